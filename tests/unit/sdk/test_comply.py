# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""`adseal comply` on real sealed files: the fields, the exit codes, and the labels of real plans."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.provenance_kit import Seal, make_seal
from typer.testing import CliRunner

import adseal
from adseal.cli.app import app
from adseal.compliance import plan_facts, read_plans
from adseal_provenance.errors import RulesError
from adseal_provenance.rules.checks import CHECKS
from adseal_provenance.rules.facts import VisibleLabel
from adseal_provenance.rules.labels import label_needs
from adseal_templates import disclosure

EXAMPLE = Path(adseal.__file__).parent / "data" / "example" / "campaign.yaml"


@pytest.fixture(scope="module")
def seal(tmp_path_factory: pytest.TempPathFactory) -> Seal:
    return make_seal(tmp_path_factory.mktemp("sealed"))


def said(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["comply", *map(str, arguments)], catch_exceptions=False)
    return done.exit_code, done.output


def test_a_sealed_file_shows_the_fields_of_california_and_chinas_tag(seal: Seal) -> None:
    code, text = said(seal.path, "--law", "us-ca,cn", "--json")
    answer = json.loads(text)
    states = {f["id"]: f["state"] for f in answer["findings"]}
    assert [states[f"CA-{n}"] for n in range(1, 6)] == ["met"] * 5 and states["CN-2"] == "met"
    assert states["CN-1"] == "not_checked" and states["CN-3"] == "cannot_check"
    assert code == 1 and answer["met"] is False and "not legal advice" in answer["notice"]


def test_everything_met_exits_with_zero_and_a_plain_file_with_one(seal: Seal) -> None:
    code, text = said(seal.path, "--law", "us-wa,platform:meta", "--declare", "platform-toggle=yes")
    assert code == 0, text
    assert "NOT in force before 2027-02-01" in text and "not legal advice" in text and "✓ WA-1" in text
    code, text = said(seal.plain, "--law", "us-wa")
    assert code == 1 and "✗ WA-1" in text and "Distribute the sealed file itself" in text


def test_what_cannot_be_read_exits_with_three_and_wrong_usage_with_two(seal: Seal, tmp_path: Path) -> None:
    assert said(tmp_path / "missing.mp4", "--law", "eu")[0] == 3
    for wrong in (
        ["--law", "atlantis"],
        ["--law", "eu", "--declare", "deep-fake"],
        ["--law", "eu", "--declare", "happiness=yes"],
        ["--law", "eu", "--plan", str(tmp_path / "missing.json")],
        ["--law", "eu", "--plan", str(seal.path)],
        [],
    ):
        assert said(seal.path, *wrong)[0] == 2, wrong


def test_the_plans_of_the_example_show_a_label_that_the_rules_accept(tmp_path: Path) -> None:
    from adseal_templates import expand, load_campaign

    plans = tuple(expand(load_campaign(EXAMPLE)))
    (tmp_path / "plans.json").write_text(json.dumps({"plans": [p.model_dump(mode="json") for p in plans]}))
    assert read_plans(tmp_path / "plans.json") == plans
    for plan in plans:
        labels = plan_facts(plan).labels
        assert labels and _accepted(labels, ("in",)), plan.plan_id


def test_a_plan_for_china_shows_the_large_label_that_the_rules_ask_for() -> None:
    """Breaks where the layout of the label and the rule's numbers drift apart."""
    (need,) = label_needs(["cn"])
    assert (need.letters, need.min_s) == (disclosure.CN_LETTER_FRACTION, disclosure.CN_SECONDS)
    from adseal_templates import expand, load_campaign

    campaign = load_campaign(EXAMPLE)
    brief = campaign.briefs[0].model_copy(update={"jurisdictions": ("CN",)})
    plans = tuple(expand(campaign.model_copy(update={"briefs": (brief,)})))
    assert plans and all(_accepted(plan_facts(plan).labels, ("cn",)) for plan in plans)


def test_a_plan_that_was_edited_is_another_plan(tmp_path: Path) -> None:
    from adseal_templates import expand, load_campaign

    plan = next(iter(expand(load_campaign(EXAMPLE))))
    edited = json.loads(plan.model_dump_json())
    edited["layers"] = [layer for layer in edited["layers"] if layer["role"] != "headline"]
    (tmp_path / "plan.json").write_text(json.dumps(edited))
    (read,) = read_plans(tmp_path / "plan.json")
    assert read.plan_hash == plan.plan_hash and plan_facts(read).plan_hash != plan.plan_hash
    (tmp_path / "plan.json").write_text("[" * 100_000)
    with pytest.raises(RulesError) as caught:
        read_plans(tmp_path / "plan.json")
    assert caught.value.code == "bad_plan"


def _accepted(labels: tuple[VisibleLabel, ...], names: tuple[str, ...]) -> bool:
    from dataclasses import replace

    from tests.unit.provenance.test_rules import GOOD

    facts: Any = replace(GOOD, labels=labels)
    needs = label_needs(names)
    return all(CHECKS["visible_label"](facts, need.model_dump()).state == "met" for need in needs)
