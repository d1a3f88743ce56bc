# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Storyboards, versions and slots: what templates may say, and how a brief speaks of single shots."""

from pathlib import Path

import pytest
from example_copy import EXAMPLE, Edit, Problems
from pydantic import ValidationError

from adseal_templates import AdPlan, Campaign, expand, load_campaign, template, templates
from adseal_templates.ad_template import ShotSpec, Slot, Template, newest
from adseal_templates.brief import Scene
from adseal_templates.checks import check_brief
from adseal_templates.plan import ShotPlan, Transition
from adseal_templates.storyboard import for_shot
from adseal_templates.values import Localised

NINE = {
    "app-promo",
    "concept-reel",
    "event-countdown",
    "explainer",
    "game-trailer",
    "mood-film",
    "offer-price",
    "product-hero",
    "testimonial",
}
PARTS = ("subject", "action", "setting", "light", "style")


def test_nine_kinds_of_ad_have_a_storyboard_of_several_shots() -> None:
    told = {each.id for each in templates() if any(shot.subject for shot in each.shots)}
    assert told == NINE
    for each in templates():
        assert len(each.shots) >= 2
        assert set(each.layouts) == {"9x16", "4x5", "1x1", "16x9"}
        if each.id != "offer-burst" and each.version != "2026-11":
            assert all(shot.subject for shot in each.shots)


def test_a_shot_has_exactly_one_move_and_the_seven_parts_of_a_storyboard() -> None:
    assert {*PARTS, "camera", "palette"} <= set(ShotSpec.model_fields)
    kinds = {s.transition.kind for t in templates() for s in t.shots if s.transition}
    assert kinds == {"dissolve", "fade"}


def test_transitions_reach_the_plan_and_a_cut_leaves_the_hash_as_it_was(plans: list[AdPlan]) -> None:
    assert all(shot.transition is None for plan in plans for shot in plan.shots)
    assert '"transition"' not in plans[0].canonical_json()
    first, *rest = plans[0].shots
    dissolving = rest[0].model_copy(update={"transition": Transition(kind="dissolve", duration_s=0.4)})
    other = plans[0].model_copy(update={"shots": (first, dissolving)})
    assert other.content_hash() != plans[0].plan_hash
    assert ShotPlan.model_validate_json(dissolving.model_dump_json()) == dissolving


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"kind": "cut", "duration_s": 0.4}, "a cut takes no time"),
        ({"kind": "dissolve"}, "a dissolve takes time"),
        ({"kind": "wipe", "duration_s": 0.4}, "cut"),
        ({"kind": "fade", "duration_s": 3}, "less than or equal"),
    ],
)
def test_a_transition_that_makes_no_sense_is_refused(given: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Transition.model_validate(given)


def a_shot(**fields: object) -> ShotSpec:
    return ShotSpec.model_validate({"id": "one", "duration_s": 2, "camera": "in", **fields})


def test_a_storyboard_names_only_words_of_the_brief() -> None:
    assert a_shot(subject="close view of {subject}", action="{action}").subject == "close view of {subject}"
    for bad in ("{product} on a table", "{subject", "subject}", "{{subject}}", "{}"):
        with pytest.raises(ValidationError, match="words of the brief"):
            a_shot(subject=bad)
    with pytest.raises(ValidationError, match="as long as itself"):
        a_shot(transition={"kind": "fade", "duration_s": 2})


def changed(change: dict[str, object]) -> dict[str, object]:
    return {**template("mood-film@2026-11").model_dump(), **change}


def test_a_template_that_hides_a_required_slot_or_begins_with_a_transition_is_refused() -> None:
    slots = {name: slot.model_dump() for name, slot in template("mood-film@2026-11").slots.items()}
    with pytest.raises(ValidationError, match="asks for price and shows it nowhere in 9x16"):
        Template.model_validate(changed({"slots": {**slots, "price": {"required": True}}}))
    shots = [shot.model_dump() for shot in template("mood-film@2026-11").shots]
    shots[0]["transition"] = {"kind": "fade", "duration_s": 0.4}
    with pytest.raises(ValidationError, match="begins with a transition"):
        Template.model_validate(changed({"shots": shots}))


def test_what_a_brief_says_of_a_shot_stands_in_place_of_the_template(campaign: Campaign) -> None:
    shot = a_shot(id="hero", subject="close view of {subject}", light="low light", camera="in")
    scene = Scene.model_validate(
        {
            "subject": "a cup",
            "setting": "on a table",
            "light": "sunlight",
            "shots": {"hero": {"subject": "two hands", "camera": "left", "palette": ["teal"]}},
        }
    )
    own, left = for_shot(scene, shot)
    assert (own.subject, own.setting, own.camera, own.palette) == ("two hands", None, "left", ("teal",))
    assert (own.light, left.light) == ("sunlight", "low light")
    assert (left.subject, left.palette, left.scene) == (None, (), "subject")
    assert for_shot(scene, a_shot(id="other")) == (scene, a_shot(id="other"))


def test_words_of_one_shot_reach_its_prompt_and_no_other(campaign: Campaign) -> None:
    scene = Scene.model_validate({"subject": "silk folds", "shots": {"hero": {"subject": "rising sparks"}}})
    brief = campaign.briefs[0].model_copy(update={"scene": scene, "locales": ("en-US",)})
    plan = expand(campaign.model_copy(update={"briefs": (brief,)}))[0]
    prompts = {shot.shot_id: shot.prompt.lower() for shot in plan.shots}
    assert "rising sparks" in prompts["hero"]
    assert "silk folds" not in prompts["hero"]
    assert "silk folds" in prompts["opening"]


def test_a_shot_the_template_does_not_have_is_told_at_its_line(edit: Edit, problems: Problems) -> None:
    line = edit(
        "briefs/slow-evenings.yaml",
        "  mood: calm, moody",
        "  mood: calm\n  shots:\n    hreo: {light: sunbeams}",
    )
    (told,) = problems()
    assert (told.field, told.line) == ("scene.shots.hreo", line + 2)
    assert "there is no shot 'hreo'" in told.message
    assert told.hint == "did you mean 'hero'? product-hero@2026-11 has: hero, opening"


def test_the_latest_version_has_to_be_asked_for_by_an_unsafe_name(
    edit: Edit, problems: Problems, folder: Path
) -> None:
    edit("campaign.yaml", "product-hero@2026-11", "product-hero@latest")
    (told,) = problems()
    assert "is not a template with its version" in told.message
    assert "@latest-unpinned" in told.hint
    edit("campaign.yaml", "product-hero@latest", "product-hero@latest-unpinned")
    assert problems() == ()
    made = load_campaign(folder / "campaign.yaml")
    assert made.template == "product-hero@2026-12"
    assert {plan.template for plan in expand(made)} == {"product-hero@2026-12", "offer-burst@2026-11"}
    assert template("product-hero@latest-unpinned").version == "2026-12"


def test_a_brief_that_asks_for_the_latest_gets_a_version_too(
    edit: Edit, problems: Problems, folder: Path
) -> None:
    edit("briefs/first-case.yaml", "offer-burst@2026-11", "offer-burst@latest-unpinned")
    assert problems() == ()
    assert load_campaign(folder / "campaign.yaml").briefs[1].template == "offer-burst@2026-11"
    edit("briefs/first-case.yaml", "offer-burst@latest-unpinned", "offer-brust@latest-unpinned")
    (told,) = problems()
    assert "there is no template 'offer-brust@latest-unpinned'" in told.message


def test_versions_are_ordered_by_their_date() -> None:
    refs = ["a@2026-09", "a@2026-11", "a@2025-12", "ab@2027-01"]
    assert (newest("a", refs), newest("b", refs)) == ("a@2026-11", None)


def test_every_plan_names_the_version_it_was_made_with(plans: list[AdPlan]) -> None:
    assert {plan.template for plan in plans} == {"product-hero@2026-11", "offer-burst@2026-11"}


def test_a_slot_has_other_limits_in_other_languages(folder: Path, edit: Edit, problems: Problems) -> None:
    slot = Slot.model_validate({"max_length": 20, "max_length_in": {"de": 26, "zh-Hant": 12}})
    assert [slot.limit_for(tag) for tag in ("en-US", "de-AT", "zh-Hant-TW", "zh-CN")] == [20, 26, 12, 20]
    words = "Evenings that taste so much better slow and late."  # 49 columns
    assert template("product-hero@2026-12").slots["headline"].limit_for("de-DE") == 48
    edit("campaign.yaml", "product-hero@2026-11", "product-hero@2026-12")
    edit("briefs/slow-evenings.yaml", "en-US: Evenings taste better slow.", f"en-US: {words[:47]}")
    (told,) = problems()
    assert "is 47 columns long, the slot takes 42" in told.message


def test_a_longer_german_headline_is_taken_where_the_slot_gives_german_more_room(campaign: Campaign) -> None:
    def told(columns: int, tag: str) -> list[str]:
        texts = {"headline": Localised({tag: "x" * columns}), "tagline": None, "cta": Localised({tag: "Los"})}
        messaging = campaign.briefs[0].messaging.model_copy(update={**texts, "key_messages": ()})
        brief = campaign.briefs[0].model_copy(
            update={"locales": (tag,), "messaging": messaging, "price": None}
        )
        found = check_brief(0, brief, template("product-hero@2026-12"), None)
        return [finding.message for finding in found]

    assert told(48, "de-DE") == []
    assert told(49, "de-DE") == ["is 49 columns long, the slot takes 48"]
    assert told(48, "en-US") == ["is 48 columns long, the slot takes 42"]


def test_the_brands_own_rules_hold_in_every_brief(folder: Path, edit: Edit, problems: Problems) -> None:
    rules = """compliance:
  prohibited_claims: [slow]
  required_disclosures:
    - {text: {en: Ad}, position: overlay, persistence: continuous}
disclaimers:"""
    edit("brand.yaml", "disclaimers:", rules)
    told = {(Path(p.file).name, p.field) for p in problems()}
    assert told == {
        ("slow-evenings.yaml", "messaging.headline.en-US"),
        ("brand.yaml", "compliance.required_disclosures[0].text.ar-AE"),
    }
    edit("brand.yaml", "[slow]", "[detoxing]")
    edit("brand.yaml", "{en: Ad}", "{en: Ad, ar: إعلان}")
    plans = expand(load_campaign(folder / "campaign.yaml"))
    for plan in plans:
        texts = [layer for layer in plan.layers if layer.role == "disclaimer" and layer.kind == "text"]
        whole = [t for t in texts if t.timing.start_s == 0 and t.timing.end_s == plan.duration_s]
        assert len(whole) == 1
        assert whole[0].text == ("إعلان." if plan.locale == "ar-AE" else "Ad.")


def test_a_brands_disclosure_is_missed_in_a_country_that_only_the_brief_names(
    edit: Edit, problems: Problems
) -> None:
    rules = """compliance:
  required_disclosures:
    - {text: {de: Anzeige}, position: overlay, jurisdictions: [DE]}
    - {text: Ad, position: audio, min_duration_ms: 9000}
disclaimers:"""
    edit("brand.yaml", "disclaimers:", rules)
    told = {p.field for p in problems()}
    rest = {f"compliance.required_disclosures[1].{name}" for name in ("position", "min_duration_ms")}
    assert told == rest
    edit("briefs/first-case.yaml", "locales: [en-US]", "locales: [en-US]\njurisdictions: [DE]")
    assert {p.field for p in problems()} == {*rest, "compliance.required_disclosures[0].text.en-US"}


def test_templates_published_before_are_read_as_they_were() -> None:
    for ref in ("product-hero@2026-11", "offer-burst@2026-11"):
        assert all(getattr(shot, part) is None for shot in template(ref).shots for part in PARTS)
    assert load_campaign(EXAMPLE / "campaign.yaml").template == "product-hero@2026-11"
