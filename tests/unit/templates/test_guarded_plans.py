# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What the guards found stands in the plan with file and line; a blocked plan is refused whole; a brand may allow."""

import pytest
from example_copy import Edit

from adseal_templates import AdPlan, Campaign, TemplatesError, expand, load_campaign
from adseal_templates.allowances import Allowance, BrandGuard
from adseal_templates.errors import PlanBlocked
from adseal_templates.guards import blocked, refuse_blocked
from adseal_templates.plan_notes import GuardFinding

SLOW = "briefs/slow-evenings.yaml"


def found(plans: list[AdPlan]) -> set[tuple[str, str, str]]:
    return {(f.code, f.severity, f.words) for plan in plans for f in plan.findings}


@pytest.fixture
def replan(folder, edit: Edit):  # type: ignore[no-untyped-def]
    """Edit a file of the copy and plan it again; the edited line comes with the plans."""

    def planned(file: str, old: str, new: str) -> tuple[int, list[AdPlan]]:
        line = edit(file, old, new)
        return line, expand(load_campaign(folder / "campaign.yaml"))

    return planned


def test_the_example_has_no_findings(plans: list[AdPlan]) -> None:
    assert found(plans) == set()


def test_a_finding_names_words_file_line_field_reason_and_source(folder, replan) -> None:  # type: ignore[no-untyped-def]
    line, plans = replan(SLOW, "opening: gentle sea", "opening: gentle sea with a Nіke shoe")
    one = next(f for f in plans[0].findings)
    assert (one.code, one.severity, one.category) == ("mark.named", "block", "mark")
    assert one.words == "Nіke"  # as written, with the Cyrillic letter
    assert one.file == str(folder / "briefs" / "slow-evenings.yaml")
    assert (one.line, one.field) == (line, "scene.opening")
    assert "trademark" in one.why
    assert "marks@2026-11" in one.source
    assert f"{one.file}:{line}: scene.opening: “Nіke”" in str(one)


def test_copy_is_judged_in_the_locale_that_shows_it(replan) -> None:  # type: ignore[no-untyped-def]
    line, plans = replan(SLOW, "en-US: Find your bottle", "en-US: Cures cancer")
    by_locale = {plan.locale: plan.findings for plan in plans if plan.brief == "slow-evenings"}
    assert [(f.code, f.line, f.field) for f in by_locale["en-US"]] == [
        ("health.cure", line, "messaging.cta.en-US")
    ]
    assert by_locale["ar-AE"] == ()


def test_prompts_are_never_changed_by_a_finding(replan) -> None:  # type: ignore[no-untyped-def]
    _, plans = replan(SLOW, "opening: gentle sea", "opening: Batman by a gentle sea")
    assert "Batman by a gentle sea" in plans[0].shots[0].prompt
    assert not any("Batman" in c.before and "Batman" not in c.after for c in plans[0].prompt_changes)


def test_words_that_come_from_the_template_are_found_in_the_prompt(campaign: Campaign) -> None:
    name = campaign.template
    template = campaign.templates[name]
    prompt = template.prompt.model_copy(update={"light": "Disney light"})
    own = template.model_copy(update={"prompt": prompt})
    brief = campaign.briefs[0]
    silent = brief.model_copy(update={"scene": brief.scene.model_copy(update={"light": None})})
    plans = expand(campaign.model_copy(update={"briefs": (silent,), "templates": {name: own}}))
    fields = {f.field for f in plans[0].findings if f.words == "Disney"}
    assert fields == {"shots.opening.prompt", "shots.hero.prompt"}


def test_a_blocked_plan_is_refused_with_every_finding_once(replan) -> None:  # type: ignore[no-untyped-def]
    _, plans = replan(SLOW, "opening: gentle sea", "opening: Batman by a gentle sea, Pikachu on his shoulder")
    with pytest.raises(PlanBlocked) as caught:
        refuse_blocked(plans)
    assert [f.words for f, _ in caught.value.found] == ["Batman", "Pikachu"]
    assert all(len(ads) == 4 for _, ads in caught.value.found)  # two placements, two locales
    assert isinstance(caught.value, TemplatesError)
    assert caught.value.code == "plan_blocked"
    assert "guard.allow" in caught.value.hint
    assert len(caught.value.problems) == 2
    assert str(caught.value).count("slow-evenings.yaml:") == 2


def test_plans_without_blocks_pass(plans: list[AdPlan]) -> None:
    refuse_blocked(plans)
    assert blocked(plans) == []


def test_warnings_and_notes_do_not_block(replan) -> None:  # type: ignore[no-untyped-def]
    _, plans = replan(SLOW, "en-US: Find your bottle", "en-US: The world's best")
    assert ("claim.superlative", "warn", "world's best") in found(plans)
    refuse_blocked(plans)


def allowing(campaign: Campaign, opening: str, **allowance: object) -> list[GuardFinding]:
    brief = campaign.briefs[0]
    scene = brief.scene.model_copy(update={"opening": opening})
    guard = BrandGuard(allow=(Allowance.model_validate({"reason": "licence 12/2026", **allowance}),))
    brand = campaign.brand.model_copy(update={"guard": guard})
    changed_brief = brief.model_copy(update={"scene": scene})
    return list(expand(campaign.model_copy(update={"brand": brand, "briefs": (changed_brief,)}))[0].findings)


def test_a_brand_may_allow_words_with_a_reason_and_the_plan_records_it(campaign: Campaign) -> None:
    (one,) = allowing(campaign, "a Rolex on silk", words=["Rolex"])
    assert (one.severity, one.allowed, one.words) == ("note", "licence 12/2026", "Rolex")
    assert str(one).endswith("allowed: licence 12/2026")


def test_what_is_allowed_is_allowed_alone(campaign: Campaign) -> None:
    both = allowing(campaign, "a Rolex and a Cartier on silk", words=["Rolex"])
    assert {f.words: f.severity for f in both} == {"Rolex": "note", "Cartier": "block"}
    other = allowing(campaign, "a Rolex on silk", words=["Rolex"], code="person.named")
    assert [f.severity for f in other] == ["block"]


def test_a_brands_own_name_may_stand_in_its_copy(campaign: Campaign) -> None:
    brand = campaign.brand.model_copy(update={"legal_name": "Nespresso Trading Ltd."})
    brief = campaign.briefs[1]
    words = brief.messaging.model_copy(
        update={"headline": type(brief.messaging.headline)("Nespresso at six")}
    )
    own = brief.model_copy(update={"messaging": words})
    (one,) = expand(campaign.model_copy(update={"brand": brand, "briefs": (own,)}))[0].findings
    assert (one.severity, one.allowed) == ("note", "the brand's own name")


def test_a_claim_the_brand_prohibits_blocks_prompts_too(campaign: Campaign) -> None:
    rules = campaign.brand.compliance.model_copy(update={"prohibited_claims": ("low sun",)})
    brand = campaign.brand.model_copy(update={"compliance": rules})
    plans = expand(campaign.model_copy(update={"brand": brand}))
    assert {("claim.brand", "block", "low sun")} <= found(plans)


def test_two_moves_and_two_actions_in_one_shot_are_told(campaign: Campaign) -> None:
    brief = campaign.briefs[0]
    scene = brief.scene.model_copy(
        update={"subject": "silk, the camera pans left, and then a glass falls", "opening": None}
    )
    plans = expand(campaign.model_copy(update={"briefs": (brief.model_copy(update={"scene": scene}),)}))
    assert {(f.code, f.words) for f in plans[0].findings} == {
        ("shot.second_move", "camera pans"),
        ("shot.second_action", "and then a glass falls"),
    }


def test_where_words_stand_does_not_change_the_hash_and_what_was_found_does(
    campaign: Campaign, plans
) -> None:  # type: ignore[no-untyped-def]
    finding = GuardFinding(
        code="x.y",
        severity="warn",
        category="mark",
        words="w",
        file="a",
        line=1,
        field="f",
        why="y",
        source="s",
    )
    moved = finding.model_copy(update={"file": "b", "line": 2})
    hashes = [plans[0].model_copy(update={"findings": (one,)}).content_hash() for one in (finding, moved)]
    assert hashes[0] == hashes[1] != plans[0].plan_hash
