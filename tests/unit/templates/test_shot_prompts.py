# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Prompts: the grammar, the brief's words kept, every addition on record."""

import re

from adseal_templates import AdPlan, Campaign, expand
from adseal_templates.brief import Scene
from adseal_templates.colour import NAMED_COLOURS, nearest_name

# Copied by hand from the generator's vocabulary: what the expander itself may add.
ADDED_WORDS = {
    *NAMED_COLOURS,
    *(
        "slow",
        "fast",
        "drifting",
        "left",
        "right",
        "up",
        "down",
        "push",
        "pull",
        "in",
        "out",
        "static",
        "camera",
    ),
    *("with", "accents", "soft", "studio", "light", "calm", "bright", "empty", "space", "at", "the", "top"),
}


def with_scene(campaign: Campaign, **scene: object) -> list[AdPlan]:
    brief = campaign.briefs[0].model_copy(
        update={"scene": Scene.model_validate(scene), "locales": ("en-US",)}
    )
    return expand(campaign.model_copy(update={"briefs": (brief,)}))


def told_as(campaign: Campaign, family: str) -> Campaign:
    model = campaign.model.model_copy(update={"family": family})
    return campaign.model_copy(update={"model": model})


def test_a_prompt_says_move_subject_colours_light_mood_and_space(plans: list[AdPlan]) -> None:
    assert [shot.prompt for shot in plans[0].shots] == [
        "Slow push in. Gentle sea in navy, soft light, calm, moody, empty space at the top.",
        "Slow push in. Layered hills with a low sun in navy, soft light, calm, moody, empty space at the top.",
    ]


def test_every_addition_is_on_record_and_leads_from_the_brief_to_the_prompt(campaign: Campaign) -> None:
    plan = with_scene(campaign, subject="silk folds")[0]
    for shot in plan.shots:
        steps = [change for change in plan.prompt_changes if change.shot_id == shot.shot_id]
        assert steps[0].before == "Silk folds."
        assert steps[-1].after == shot.prompt
        assert [s.before for s in steps[1:]] == [s.after for s in steps[:-1]]
        assert all(step.before != step.after for step in steps)
        added = set(re.findall(r"\w+", shot.prompt.lower())) - {"silk", "folds"}
        assert added <= ADDED_WORDS


def test_the_briefs_own_words_stand_in_every_prompt_unchanged(campaign: Campaign) -> None:
    words = {
        "subject": "rising sparks",
        "light": "sunbeams",
        "mood": "dramatic night",
        "setting": "over water",
    }
    for plan in with_scene(campaign, **words):
        for shot in plan.shots:
            assert all(word in shot.prompt.lower() for word in words.values())


def test_camera_and_pace_of_the_brief_win_over_the_template(campaign: Campaign) -> None:
    plan = with_scene(campaign, subject="a can", camera="left", pace="fast")[0]
    assert plan.shots[0].prompt.startswith("Fast drifting left. A can")
    still = with_scene(campaign, subject="a can", camera="still")[0]
    assert still.shots[0].prompt.startswith("Static camera. A can")


def test_palettes_take_brand_roles_words_and_hex_colours(campaign: Campaign) -> None:
    assert (
        "The colours are teal with pink accents."
        in with_scene(told_as(campaign, "wan"), subject="x", palette=["#0a9999", "pink"])[0].shots[0].prompt
    )
    assert " in gold," in with_scene(campaign, subject="x", palette=["accent"])[0].shots[0].prompt


def test_a_colour_word_names_the_hue_even_of_a_very_dark_colour() -> None:
    assert all(nearest_name(value)[0] == name for name, value in NAMED_COLOURS.items())
    pairs = {
        "#0e1f4d": "navy",
        "#f2b233": "gold",
        "#101010": "charcoal",
        "#ffffff": "cream",
        "#006d5b": "teal",
        "#e2001a": "red",
    }
    assert {colour: nearest_name(colour)[0] for colour in pairs} == pairs


def test_text_and_logos_are_never_asked_of_the_model(plans: list[AdPlan]) -> None:
    for plan in plans:
        for shot in plan.shots:
            assert "aubemar" not in shot.prompt.lower()
            assert {"text", "logo"} <= set(re.findall(r"\w+", shot.negative_prompt))
