# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""`adseal plan` and what stops `adseal render`: counts, findings, proposals, drafts and files of plans."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from chat_server import Chat, chat_server
from typer.testing import CliRunner, Result

import adseal
from adseal.cli.app import app
from adseal.errors import RequestError
from adseal.plan_files import read_plans, write_plans
from adseal.studio import Studio
from adseal_templates.errors import PlanBlocked

EXAMPLE = Path(adseal.__file__).parent / "data" / "example"


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(EXAMPLE, tmp_path / "campaign"))
    return folder / "campaign.yaml"


@pytest.fixture
def blocked(campaign: Path) -> Path:
    brief = campaign.parent / "briefs" / "slow-evenings.yaml"
    text = brief.read_text("utf-8")
    brief.write_text(text.replace("opening: gentle sea", "opening: Batman at sea, drinking Pepsi"), "utf-8")
    return campaign


@pytest.fixture
def chat() -> Iterator[Chat]:
    with chat_server() as running:
        running.words = None
        yield running


def call(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_the_count_comes_first_and_nothing_is_found_in_the_example(campaign: Path) -> None:
    said = call("plan", campaign)
    assert said.exit_code == 0
    assert said.stdout.splitlines()[0] == "2 briefs × 2 placements × 1–2 locales = 6 ads"
    assert said.stdout.splitlines()[-1] == "6 ads, nothing rendered"
    assert "blocked" not in said.stdout


def test_a_blocked_plan_is_shown_whole_and_ends_with_two(blocked: Path) -> None:
    said = call("plan", blocked)
    assert said.exit_code == 2
    assert "“Batman”" in said.stdout
    assert "“Pepsi”" in said.stdout
    assert "slow-evenings.yaml:" in said.stdout
    assert "4 ads are blocked" in said.stdout
    document = json.loads(call("plan", blocked, "--json").stdout)
    assert document["blocked"] is True
    assert {f["words"] for plan in document["plans"] for f in plan["findings"]} == {"Batman", "Pepsi"}


def test_a_blocked_plan_stops_render_before_any_work(
    blocked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_wanted(*_: object) -> None:
        raise AssertionError("work began")

    monkeypatch.setattr("adseal.stores.open_store", not_wanted)
    monkeypatch.setattr(Studio, "generator", not_wanted)
    monkeypatch.setattr(Studio, "_ad", not_wanted)
    said = call("render", blocked, "--to", tmp_path / "out")
    assert said.exit_code == 2
    assert said.stderr.count("slow-evenings.yaml:") == 2
    assert not (tmp_path / "out").exists()
    with pytest.raises(PlanBlocked):
        Studio().render(blocked, to=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_ad_that_is_not_blocked_may_be_chosen_among_those_that_are(blocked: Path, tmp_path: Path) -> None:
    studio = Studio()

    class Began(Exception):
        pass

    def began(*_: object) -> None:
        raise Began

    studio._store = began  # type: ignore[method-assign,assignment]
    with pytest.raises(Began):
        studio.render(blocked, to=tmp_path, only="aubemar_first-case_1x1_6s_en-us")
    with pytest.raises(PlanBlocked):
        studio.render(blocked, to=tmp_path, only="aubemar_slow-evenings_1x1_6s_en-us")


def test_proposals_are_shown_and_not_taken(campaign: Path, chat: Chat) -> None:
    plain = json.loads(call("plan", campaign, "--json").stdout)
    said = call("plan", campaign, "--enhance", chat.url)
    assert said.exit_code == 0
    assert (
        "- Slow push in. Gentle sea in navy, soft light, calm, moody, empty space at the top.\n"
        in said.stdout
    )
    assert (
        "+ Slow push in. Gentle sea in navy, soft light, calm, moody, empty space at the top, quietly.\n"
        in (said.stdout)
    )
    assert "4 rewrites proposed, nothing taken" in said.stdout
    document = json.loads(call("plan", campaign, "--enhance", chat.url, "--json").stdout)
    assert document["plans"] == plain["plans"]
    assert len(document["proposals"]) == 4
    assert len(chat.asked) == 4  # the second call was answered from the cache


def test_accepted_proposals_stand_in_the_plans_and_in_the_file_to_be_rendered(
    campaign: Path, chat: Chat, tmp_path: Path
) -> None:
    out = tmp_path / "plans.json"
    said = call("plan", campaign, "--enhance", chat.url, "--accept-rewrites", "--out", out)
    assert said.exit_code == 0
    for plan in Studio().plan(out):
        assert all(shot.prompt.endswith("quietly.") for shot in plan.shots)
        assert len(plan.rewrites) == len(plan.shots)


def test_a_refused_proposal_says_why_and_is_not_taken(campaign: Path, chat: Chat) -> None:
    chat.words = "A woman with a Ferrari"
    said = call("plan", campaign, "--enhance", chat.url, "--accept-rewrites")
    assert "refused: adds woman" in said.stdout
    assert "Ferrari" not in "".join(line for line in said.stdout.splitlines() if line[:1] not in {"+", " "})


def test_no_enhancer_is_asked_unless_one_is_named(campaign: Path, chat: Chat) -> None:
    call("plan", campaign)
    assert chat.asked == []
    assert call("plan", campaign, "--accept-rewrites").exit_code == 2


def test_drafts_are_marked_promoted_and_not_rendered(campaign: Path, tmp_path: Path) -> None:
    drafts, finals = tmp_path / "drafts.json", tmp_path / "finals.json"
    assert "6 ads, drafts, nothing rendered" in call("plan", campaign, "--draft", "--out", drafts).stdout
    assert call("plan", drafts, "--final", "--out", finals).exit_code == 0
    assert read_plans(finals) == Studio().plan(campaign)
    refused = call("render", drafts, "--to", tmp_path / "out")
    assert refused.exit_code == 2
    assert "--final" in refused.stderr


def test_plans_that_were_changed_by_hand_or_lost_a_picture_are_refused(
    campaign: Path, tmp_path: Path
) -> None:
    path = tmp_path / "plans.json"
    write_plans(path, Studio().plan(campaign))
    with pytest.raises(RequestError, match="exists already"):
        write_plans(path, [])
    text = path.read_text("utf-8")
    path.write_text(text.replace("Gentle sea", "Batman at sea"), "utf-8")
    with pytest.raises(RequestError, match="was changed after planning"):
        read_plans(path)
    path.write_text(text, "utf-8")
    next((campaign.parent / "logos").glob("*horizontal-light.png")).unlink()
    with pytest.raises(RequestError, match="is gone or another file now"):
        read_plans(path)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"plans": []}', '{"plans": [{}]}', "[" * 100_000])
def test_files_that_hold_no_plans_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "plans.json"
    path.write_text(text)
    with pytest.raises(RequestError):
        read_plans(path)


def test_prompts_are_written_for_the_studios_model(campaign: Path) -> None:
    plan = Studio(model="/models/Wan2.2-TI2V-5B").plan(campaign)[0]
    assert plan.expansion is not None
    assert (plan.model.name, plan.expansion.family) == ("Wan2.2-TI2V-5B", "wan")
    assert "with gold accents" in plan.shots[0].prompt
