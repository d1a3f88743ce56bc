# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The rendered world: clips of the right shape, true to their attributes, the same for the same seed."""

import pytest
import torch

from adseal_generator.world.captions import UNKNOWN, caption, split_words, vocabulary
from adseal_generator.world.palette import COLOURS, SYNONYMS
from adseal_generator.world.render import render
from adseal_generator.world.scene import FAMILIES, Scene, sample_scenes


def _clip(scene: Scene, seed: int = 1, width: int = 96, height: int = 128, frames: int = 9) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return render([scene], width=width, height=height, frames=frames, fps=10, generator=generator)[0]


def _scene(**changes: str | None) -> Scene:
    plain: dict[str, str | None] = {
        "family": "silk", "thing": None, "main": "teal", "accent": None, "motion": "still", "speed": "slow",
        "mood": "dark", "space": "none",
    }  # fmt: skip
    return Scene(**{**plain, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("family", FAMILIES)
def test_each_family_paints_a_picture_with_contrast_that_moves(family: str) -> None:
    generator = torch.Generator().manual_seed(3)
    scenes = sample_scenes(2, generator, family=family)
    clips = render(scenes, width=96, height=128, frames=9, fps=10, generator=generator)
    assert clips.shape == (2, 3, 9, 128, 96)
    assert clips.min() >= -1
    assert clips.max() <= 1
    assert clips.std() > 0.08
    assert (clips[:, :, -1] - clips[:, :, 0]).abs().mean() > 0.004


def test_motion_between_frames_is_small_enough_to_interpolate() -> None:
    for family in FAMILIES:
        generator = torch.Generator().manual_seed(4)
        clips = render(
            sample_scenes(2, generator, family=family), width=192, height=320, frames=9, fps=10, generator=generator
        )  # fmt: skip
        assert (clips[:, :, 1:] - clips[:, :, :-1]).abs().mean() < 0.06, family


def test_the_same_seed_paints_the_same_clip_and_another_seed_another() -> None:
    scene = _scene()
    assert torch.equal(_clip(scene, 5), _clip(scene, 5))
    assert not torch.equal(_clip(scene, 5), _clip(scene, 6))


@pytest.mark.parametrize(("name", "channel"), [("red", 0), ("green", 1), ("blue", 2)])
def test_the_main_colour_rules_the_picture(name: str, channel: int) -> None:
    mean = _clip(_scene(main=name)).mean((1, 2, 3))
    assert int(mean.argmax()) == channel


def test_a_dark_mood_is_darker_than_a_bright_one() -> None:
    for family in ("silk", "product", "mountains", "ocean"):
        thing = "bottle" if family == "product" else None
        dark, bright = (_clip(_scene(family=family, thing=thing, mood=m)).mean() for m in ("dark", "bright"))
        assert dark + 0.2 < bright


@pytest.mark.parametrize(("motion", "shift"), [("left", -1), ("right", 1)])
def test_content_moves_where_the_scene_says(motion: str, shift: int) -> None:
    clip = _clip(_scene(family="city", motion=motion, speed="fast"), width=192, height=192, frames=17)
    first, last = (clip[:, i, :96].mean(0) for i in (0, 16))
    spectrum = torch.fft.rfft2(last - last.mean()) * torch.fft.rfft2(first - first.mean()).conj()
    peak = int(torch.fft.irfft2(spectrum, s=first.shape)[0].argmax())
    moved = peak if peak < 96 else peak - 192
    assert moved * shift > 5


def test_empty_space_at_the_top_is_calmer_than_the_rest() -> None:
    clip = _clip(_scene(family="ribbons", space="top"), height=192)
    assert clip[:, :, :40].std() < 0.5 * clip[:, :, 80:].std()


def test_captions_use_only_words_of_the_vocabulary_and_name_the_colour() -> None:
    generator = torch.Generator().manual_seed(7)
    known = {*vocabulary(), UNKNOWN}
    for scene in sample_scenes(200, generator):
        words = split_words(caption(scene, generator))
        assert set(words) <= known
        assert {scene.main, *SYNONYMS[scene.main]} & set(words)


def test_no_colour_word_means_two_colours() -> None:
    words = [*COLOURS, *(w for s in SYNONYMS.values() for w in s)]
    assert len(words) == len(set(words))


def test_mirroring_and_playing_backwards_change_the_direction_only() -> None:
    assert _scene(motion="left").mirrored() == _scene(motion="right")
    assert _scene(motion="up").mirrored() == _scene(motion="up")
    assert _scene(motion="in").reversed() == _scene(motion="out")
    assert _scene(family="sparks").reversed() is None
