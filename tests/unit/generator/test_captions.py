# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Captions: true to the scene, complete in what they report as said, and never twice the same."""

import re
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from adseal_generator.training.slots import SLOTS
from adseal_generator.world import wording
from adseal_generator.world.captions import Caption, colour_words, describe, in_words, leading_colours
from adseal_generator.world.palette import COLOURS, SYNONYMS, rgb
from adseal_generator.world.scene import FAMILIES, OBJECTS, TRAITS, Scene, sample_scenes

# Words that can only be a claim about one attribute, by slot and value.
CLAIMS: dict[str, dict[str, str]] = {
    "time": {
        "sunrise": r"sunrise|dawn|morning|daybreak",
        "day": r"daytime|noon|midday|daylight|afternoon",
        "sunset": r"sunset|dusk|sundown|golden hour|evening",
        "night": r"night(?!club)|nighttime|after dark|moonlit",
    },
    "speed": {"slow": r"slow\w*|gentl[ey]|unhurried", "fast": r"fast\w*|quick\w*|rapid\w*"},
    "space": {"top": r"(space|area|room|headline|logo) \w* ?\w* ?top", "bottom": r"bottom third|lower third"},
    "focus": {"shallow": r"shallow", "deep": r"deep focus"},
    "light": {"left": r"lit from the left", "right": r"lit from the right"},
    "density": {"sparse": r"sparse\w*|scattered|just a few", "dense": r"dense\w*|countless|crowded"},
}


def _told(seed: int, family: str | None = None) -> tuple[Scene, Caption]:
    generator = torch.Generator().manual_seed(seed)
    scene = sample_scenes(1, generator, family=family)[0]
    return scene, describe(scene, generator)


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 2**31 - 1))
def test_what_was_said_is_what_the_scene_has(seed: int) -> None:
    scene, caption = _told(seed)
    assert tuple(caption.said) == SLOTS
    for slot, value in caption.said.items():
        if value is not None and slot != "scene":
            assert value == getattr(scene, slot)
    assert caption.said["scene"] in (None, scene.family, scene.thing)
    assert caption.text.strip()


@settings(max_examples=400, deadline=None)
@given(seed=st.integers(0, 2**31 - 1))
def test_a_caption_claims_nothing_it_does_not_report(seed: int) -> None:
    _, caption = _told(seed)
    for slot, values in CLAIMS.items():
        for value, words in values.items():
            if re.search(rf"\b({words})\b", caption.text.lower()):
                assert caption.said[slot] == value, (slot, caption.text)


@pytest.mark.parametrize("family", FAMILIES)
def test_attributes_that_a_family_cannot_show_are_never_said(family: str) -> None:
    traits = TRAITS[family]
    for seed in range(40):
        said = _told(seed, family)[1].said
        assert said["time"] is None or said["time"] in traits.times
        assert said["direction"] is None or said["direction"] in traits.directions
        assert said["camera"] is None or said["camera"] in traits.cameras
        for slot in ("density", "subject", "light", "focus"):
            assert said[slot] is None or getattr(traits, slot)


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 2**31 - 1))
def test_the_camera_and_the_content_are_told_apart(seed: int) -> None:
    scene, caption = _told(seed)
    for way in ("left", "right"):
        if f"the camera pans {way}" in caption.text.lower():
            assert caption.said["camera"] == f"pan-{way}"
        if re.search(rf"(?<!camera )drifting {way}", caption.text.lower()):
            assert caption.said["direction"] == way == scene.direction


def test_a_mirrored_scene_is_told_with_the_sides_exchanged() -> None:
    swap = {"left": "right", "right": "left"}
    for seed in range(300):
        scene = sample_scenes(1, torch.Generator().manual_seed(seed))[0]
        # The same draws for both, so that the same phrases are chosen.
        first = describe(scene, torch.Generator().manual_seed(seed))
        second = describe(scene.mirrored(), torch.Generator().manual_seed(seed))
        exchanged = re.sub(r"(?i)\b(left|right)(?=wards?\b|\b)", lambda m: swap[m[0].lower()], first.text)
        assert second.text.lower() == exchanged.lower()
        for slot in ("direction", "light", "subject"):
            value = first.said[slot] or "none"
            assert second.said[slot] == (swap.get(value, value) if first.said[slot] else None)


def test_a_scene_played_backwards_is_told_backwards() -> None:
    for seed in range(300):
        generator = torch.Generator().manual_seed(seed)
        scene = sample_scenes(1, generator)[0]
        back = scene.reversed()
        if back is None:
            continue
        first = describe(scene, torch.Generator().manual_seed(seed)).said
        second = describe(back, torch.Generator().manual_seed(seed)).said
        for slot in ("camera", "direction"):
            if first[slot] and second[slot] and first[slot] != "static":
                assert first[slot] != second[slot]


def test_the_scene_and_the_main_colour_are_nearly_always_named_and_sometimes_left_out() -> None:
    said = [_told(seed)[1].said for seed in range(1200)]
    scene, main = (sum(s[slot] is None for s in said) / len(said) for slot in ("scene", "main"))
    assert 0.02 < scene < 0.09
    assert 0.08 < main < 0.18


def test_captions_range_from_two_words_to_several_sentences() -> None:
    lengths = [len(_told(seed)[1].text.split()) for seed in range(500)]
    assert min(lengths) <= 2
    assert max(lengths) > 30


def test_a_colour_code_is_told_by_itself_or_by_a_name_near_to_it() -> None:
    generator = torch.Generator().manual_seed(1)
    scene = replace(sample_scenes(1, generator, family="silk")[0], main="#0b9898", accent=None)
    texts = {describe(scene, generator).text.lower() for _ in range(200)}
    assert any("#0b9898" in text for text in texts)
    assert any("teal" in text for text in texts)
    assert not any(re.search(r"\b(red|gold|pink|navy)\b", text) for text in texts)


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_the_names_of_a_colour_are_near_to_it(triple: tuple[int, int, int]) -> None:
    code = "#" + "".join(f"{v:02x}" for v in triple)
    for name in colour_words(code):
        other = rgb(wording.SHADES.get(name, name))
        assert max(abs(a - b) for a, b in zip(rgb(code), other, strict=True)) < 0.2


def test_every_family_and_thing_has_a_dozen_phrases_or_nearly() -> None:
    assert set(wording.SCENE_WORDS) == set(FAMILIES) - {"product"}
    assert set(wording.THING_WORDS) == {*OBJECTS, "product"}
    assert min(len(set(phrases)) for phrases in wording.SCENE_WORDS.values()) >= 12
    assert min(len(set(phrases)) for phrases in wording.THING_WORDS.values()) >= 8


def test_every_family_and_thing_has_a_hundred_words_of_a_brief_and_shares_none_with_another() -> None:
    fields = wording.fields()
    assert set(fields) == {*FAMILIES, *OBJECTS} - {"product"}
    assert all(len(phrases) > 85 for phrases in fields.values())
    listed = [phrase for phrases in fields.values() for phrase in phrases]
    assert len(listed) == len(set(listed))


def test_no_colour_word_means_two_colours() -> None:
    words = [*COLOURS, *(w for s in SYNONYMS.values() for w in s)]
    assert len(words) == len(set(words))
    assert not set(wording.SHADES) & set(COLOURS)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("waves in #1f6f78", "waves in petrol"),
        ("#C1122F and #fff, soft", "crimson and white, soft"),
        ("(#2A9D8F)", "(jade)"),
        ("our #sale, order #123456789, #12345", "our #sale, order #123456789, #12345"),
    ],
)
def test_hex_codes_are_read_as_the_nearest_colour_and_other_signs_are_left_alone(
    written: str, read: str
) -> None:
    assert in_words(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Gentle sea in navy with gold accents, calm", "Gentle sea in navy with accents, calm"),
        ("Navy on navy, NAVY again", "Navy on navy, NAVY again"),
        ("deep green silk, hints of wine red", "deep green silk, hints of"),
        ("clouds over a forest", "clouds over a forest"),
        ("", ""),
    ],
)
def test_an_encoder_that_mixes_colours_is_told_the_first_only(written: str, read: str) -> None:
    assert leading_colours(written, 1) == read


def test_as_many_colours_are_told_as_are_asked_for() -> None:
    assert leading_colours("red, blue and teal", 2) == "red, blue and"


@given(st.integers(0, 0xFFFFFF))
def test_every_hex_code_becomes_a_colour_word(value: int) -> None:
    assert in_words(f"#{value:06x}") in {*COLOURS, *wording.SHADES}
