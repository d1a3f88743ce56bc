# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Prompts for each family: its form, its length, its negative prompt, and nothing dropped in silence."""

import pytest

from adseal_templates import AdPlan, Campaign, NotInCatalogue, expand
from adseal_templates.brief import Scene
from adseal_templates.campaign import ModelSettings
from adseal_templates.families import families, family, family_of
from adseal_templates.shot_grammar import length_in_words


def told(campaign: Campaign, name: str, **scene: object) -> AdPlan:
    words = {"subject": "silk folds", "setting": "in a studio", **scene}
    brief = campaign.briefs[0].model_copy(
        update={"scene": Scene.model_validate(words), "locales": ("en-US",)}
    )
    model = ModelSettings.model_validate({"family": name})
    return expand(campaign.model_copy(update={"briefs": (brief,), "model": model}))[0]


@pytest.mark.parametrize(
    ("model", "known"),
    [
        ("mini", "mini"),
        ("/models/Wan2.2-T2V-A14B-Diffusers", "wan"),
        ("LTX-Video-0.9.8", "ltx"),
        ("THUDM/CogVideoX-5b", "cogvideox"),
        ("HunyuanVideo", "hunyuan"),
        ("minimax-video", "general"),
        ("swan-lake", "general"),
    ],
)
def test_a_model_belongs_to_the_family_its_name_says(model: str, known: str) -> None:
    assert family_of(model).id == known


def test_every_family_is_dated_and_has_a_source() -> None:
    for one in families().families:
        assert one.source.date <= families().version
        assert len(one.source.text) > 40
        assert one.max_words <= one.max_tokens
    with pytest.raises(NotInCatalogue, match="did you mean 'wan'"):
        family("wann")


def test_each_form_says_the_parts_in_its_order(campaign: Campaign) -> None:
    words = {"action": "unfold slowly", "style": "35 mm film", "camera": "left"}
    assert told(campaign, "mini", **words).shots[1].prompt == (
        "Slow drifting left. Silk folds unfold slowly in a studio in navy, soft studio light, calm, 35 mm film, "
        "empty space at the top."
    )
    assert told(campaign, "ltx", **words).shots[1].prompt == (
        "Silk folds unfold slowly in a studio. The camera slowly drifts left. Soft studio light. "
        "The colours are navy with gold accents. The mood is calm. 35 mm film. Empty space at the top."
    )
    assert told(campaign, "wan", **words).shots[1].prompt == (
        "35 mm film. Silk folds unfold slowly in a studio. The camera slowly drifts left. Soft studio light. "
        "The colours are navy with gold accents. Empty space at the top."
    )


def test_a_family_without_prose_about_mood_still_says_the_briefs_own(campaign: Campaign) -> None:
    assert "mood" not in told(campaign, "wan").shots[0].prompt
    assert "The mood is tense." in told(campaign, "wan", mood="tense").shots[0].prompt


def test_the_brands_mood_and_palette_reach_the_prompt(campaign: Campaign) -> None:
    tone = campaign.brand.tone.model_copy(update={"attributes": ("plain-spoken", "Dreamy", "warm", "bold")})
    brand = campaign.brand.model_copy(update={"tone": tone})
    plan = told(campaign.model_copy(update={"brand": brand}), "ltx")
    assert all("The mood is Dreamy, warm." in shot.prompt for shot in plan.shots)
    assert all("navy with gold accents" in shot.prompt for shot in plan.shots)
    assert any("the brand's tone" in change.reason for change in plan.prompt_changes)


def test_constants_are_the_same_words_in_every_shot(campaign: Campaign) -> None:
    for name in ("mini", "wan", "ltx", "hunyuan"):
        plan = told(campaign, name, opening="mist", light="sunbeams", mood="tense", style="35 mm film")
        for constant in ("sunbeams", "tense", "35 mm film", "navy"):
            assert all(constant in shot.prompt.lower() for shot in plan.shots)


def test_mini_is_told_one_colour_and_the_plan_says_which_is_left_unsaid(campaign: Campaign) -> None:
    plan = told(campaign, "mini", palette=["teal", "pink"])
    assert all("teal" in shot.prompt and "pink" not in shot.prompt for shot in plan.shots)
    assert any("pink left unsaid: mini tells 1 colour apart" in c.reason for c in plan.prompt_changes)


def test_a_family_that_reads_no_negative_prompt_is_given_none_and_the_plan_says_so(
    campaign: Campaign,
) -> None:
    plan = told(campaign, "hunyuan")
    assert {shot.negative_prompt for shot in plan.shots} == {""}
    left_out = [c for c in plan.prompt_changes if "negative prompt left out" in c.reason]
    assert len(left_out) == len(plan.shots)
    assert all("logo" in c.before and c.after == "" for c in left_out)
    assert all(shot.negative_prompt for shot in told(campaign, "wan").shots)


def test_our_own_additions_give_way_first_and_on_record(campaign: Campaign) -> None:
    long = "silk " + " ".join(["folding"] * 44)
    plan = told(campaign, "mini", subject=long)
    hero = plan.shots[1].prompt
    assert long.capitalize()[:20].lower() in hero.lower()
    assert length_in_words(hero) <= family("mini").max_words
    assert "empty space" not in hero
    assert any("space left out again" in c.reason for c in plan.prompt_changes)
    assert not any(f.code == "shot.too_long" for f in plan.findings)


def test_the_briefs_own_words_are_never_cut_but_block_where_they_are_too_long(campaign: Campaign) -> None:
    long = "silk " + " ".join(["folding"] * 70)
    plan = told(campaign, "mini", subject=long)
    assert long.lower() in plan.shots[1].prompt.lower()
    blocks = [f for f in plan.findings if f.severity == "block"]
    assert {f.code for f in blocks} == {"shot.too_long"}
    assert "words longer than the 58" in blocks[0].why


def test_the_steps_lead_without_a_gap_from_the_brief_to_the_prompt_in_every_family(
    campaign: Campaign,
) -> None:
    for one in families().families:
        plan = told(campaign, one.id, opening="mist")
        for shot in plan.shots:
            steps = [
                c for c in plan.prompt_changes if c.shot_id == shot.shot_id and "negative" not in c.reason
            ]
            assert [s.before for s in steps[1:]] == [s.after for s in steps[:-1]]
            assert steps[-1].after == shot.prompt


def test_letters_count_as_words_where_no_spaces_are_written() -> None:
    assert length_in_words("海上的日出") == 5
    assert length_in_words("soft, slow; don't stop") == 4


def test_an_unknown_family_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="'wann' is not a model family"):
        ModelSettings.model_validate({"family": "wann"})
