# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""`adseal schema` and what `adseal plan` says of a bad brief."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from adseal.cli.app import app
from adseal.cli.schema import Kind
from adseal_templates import json_schema

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


@pytest.mark.parametrize("kind", Kind)
def test_the_schema_of_a_file_is_one_json_document(kind: Kind) -> None:
    said = CliRunner().invoke(app, ["schema", kind.value])
    assert said.exit_code == 0
    assert json.loads(said.stdout) == json_schema(kind.value)


def test_an_unknown_kind_is_wrong_usage() -> None:
    assert CliRunner().invoke(app, ["schema", "clip"]).exit_code == 2


def test_plan_tells_every_mistake_of_a_brief_at_once_and_exits_with_2(tmp_path: Path) -> None:
    folder = shutil.copytree(EXAMPLES / "course-explainer", tmp_path / "course")
    brief = folder / "briefs" / "why-tides.yaml"
    text = brief.read_text("utf-8").replace("objective: consideration", "objective: fame")
    brief.write_text(text.replace("de-DE: Abend ausprobieren", 'de-DE: ""'), "utf-8")
    said = CliRunner().invoke(app, ["plan", str(folder / "campaign.yaml"), "--json"])
    assert said.exit_code == 2
    problems = json.loads(said.stdout)["error"]["problems"]
    lines = text.splitlines()
    assert {p["field"] for p in problems} == {"objective", "messaging.cta.de-DE"}
    assert all(p["file"] == str(brief) and p["line"] > 0 for p in problems)
    assert "objective" in lines[next(p["line"] for p in problems if p["field"] == "objective") - 1]
