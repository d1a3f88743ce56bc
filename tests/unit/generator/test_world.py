# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The rendered world: clips of the right shape, true to their attributes, the same for the same seed."""

from dataclasses import replace
from itertools import combinations

import pytest
import torch

from adseal_generator.world.palette import COLOURS, nearest_name, rgb
from adseal_generator.world.render import PAINTERS, render
from adseal_generator.world.scene import FAMILIES, OBJECTS, TRAITS, Scene, sample_scenes

PLAIN = Scene(
    family="silk", thing=None, main="teal", accent=None, camera="static", direction=None, speed="slow", mood="dark",
    time=None, light=None, density=None, subject=None, space="none", focus=None,
)  # fmt: skip


def _scene(family: str, **changes: str | None) -> Scene:
    """A plain scene of ``family`` with a value for each attribute it has."""
    traits = TRAITS[family]
    own = {
        "thing": "bottle" if family == "product" else None,
        "time": "day" if traits.times else None,
        "light": "left" if traits.light else None,
        "density": "dense" if traits.density else None,
        "subject": "centre" if traits.subject else None,
        "focus": "deep" if traits.focus else None,
    }
    return replace(PLAIN, family=family, **{**own, **changes})  # type: ignore[arg-type]


def _clip(scene: Scene, seed: int = 1, width: int = 96, height: int = 128, frames: int = 9) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return render([scene], width=width, height=height, frames=frames, fps=10, generator=generator)[0]


def _slide(clip: torch.Tensor, dim: int) -> float:
    """How far the last frame is shifted against the first along ``dim`` (1 down, 2 across), in px, by its spectrum."""
    first, last = (clip[:, i].mean(0) for i in (0, -1))
    window = torch.hann_window(first.shape[0])[:, None] * torch.hann_window(first.shape[1])[None]
    spectra = [torch.fft.rfft2((f - f.mean()) * window) for f in (first, last)]
    surface = torch.fft.irfft2(spectra[1] * spectra[0].conj(), s=first.shape)
    profile = surface.amax(2 - dim)
    peak, size = int(profile.argmax()), profile.shape[0]
    return peak if peak < size / 2 else peak - size


@pytest.mark.parametrize("family", FAMILIES)
def test_each_family_paints_a_picture_with_contrast_that_moves(family: str) -> None:
    generator = torch.Generator().manual_seed(3)
    scenes = sample_scenes(3, generator, family=family)
    clips = render(scenes, width=96, height=128, frames=9, fps=10, generator=generator)
    assert clips.shape == (3, 3, 9, 128, 96)
    assert clips.isfinite().all()
    assert clips.min() >= -1
    assert clips.max() <= 1
    assert clips.std() > 0.08
    assert (clips[:, :, -1] - clips[:, :, 0]).abs().mean() > 0.003


@pytest.mark.parametrize("family", FAMILIES)
def test_no_family_jumps_from_one_frame_to_the_next(family: str) -> None:
    generator = torch.Generator().manual_seed(4)
    scenes = [replace(s, speed="fast") for s in sample_scenes(2, generator, family=family)]
    clips = render(scenes, width=96, height=160, frames=33, fps=10, generator=generator)
    steps = clips.diff(dim=2).abs().mean((1, 3, 4))
    assert (steps.amax(1) < 3 * steps.median(1).values + 0.01).all()


def test_there_are_at_least_twenty_families_and_a_painter_for_each() -> None:
    assert len(FAMILIES) >= 20
    assert set(PAINTERS) == set(FAMILIES)


def test_no_two_products_look_alike() -> None:
    clips = [_clip(_scene("product", thing=thing)) for thing in OBJECTS]
    assert all((a - b).abs().mean() > 0.01 for a, b in combinations(clips, 2))


def test_the_same_seed_paints_the_same_clip_and_another_seed_another() -> None:
    scene = _scene("silk")
    assert torch.equal(_clip(scene, 5), _clip(scene, 5))
    assert not torch.equal(_clip(scene, 5), _clip(scene, 6))


def test_a_clip_does_not_depend_on_the_attributes_of_its_neighbours_in_the_batch() -> None:
    """Captions are true for each clip: what one shows must not leak into the next."""
    mine = _scene("skyline", time="sunset", density="sparse")
    batches = [
        [mine, _scene("skyline", time=t, density=d)] for t, d in (("night", "dense"), ("day", "sparse"))
    ]
    clips = [
        render(b, width=96, height=128, frames=9, fps=10, generator=torch.Generator().manual_seed(9))
        for b in batches
    ]
    torch.testing.assert_close(clips[0][0], clips[1][0])
    assert (clips[0][1] - clips[1][1]).abs().mean() > 0.05


@pytest.mark.parametrize(("colour", "channel"), [("red", 0), ("green", 1), ("blue", 2), ("#d01020", 0)])
@pytest.mark.parametrize("family", ["silk", "liquid", "ribbons", "marble", "product"])
def test_the_main_colour_rules_the_picture(family: str, colour: str, channel: int) -> None:
    mean = _clip(_scene(family, main=colour)).mean((1, 2, 3))
    assert int(mean.argmax()) == channel


@pytest.mark.parametrize("family", ["silk", "liquid", "bokeh", "product", "papercut", "marble"])
def test_a_dark_mood_is_darker_than_a_bright_one(family: str) -> None:
    dark, bright = (_clip(_scene(family, mood=m)).mean() for m in ("dark", "bright"))
    assert dark + 0.2 < bright


@pytest.mark.parametrize("family", [f for f in FAMILIES if TRAITS[f].times])
def test_night_is_darker_than_day(family: str) -> None:
    night, day = (
        _clip(_scene(family, time=t, mood=m)).mean() for t, m in (("night", "dark"), ("day", "bright"))
    )
    assert night + 0.25 < day


@pytest.mark.parametrize(
    ("camera", "dim", "sign"),
    [("pan-left", 2, 1), ("pan-right", 2, -1), ("tilt-up", 1, 1), ("tilt-down", 1, -1)],
)
@pytest.mark.parametrize("family", ["geometric", "clouds", "terrazzo"])
def test_the_picture_slides_against_the_camera(family: str, camera: str, dim: int, sign: int) -> None:
    clip = _clip(_scene(family, camera=camera, speed="fast"), width=192, height=192, frames=9)
    assert _slide(clip, dim) * sign >= 4


@pytest.mark.parametrize(
    ("direction", "dim", "sign"), [("left", 2, -1), ("right", 2, 1), ("up", 1, -1), ("down", 1, 1)]
)
@pytest.mark.parametrize("family", ["particles", "geometric"])
def test_content_flows_where_the_scene_says(family: str, direction: str, dim: int, sign: int) -> None:
    clip = _clip(_scene(family, direction=direction, speed="fast"), width=192, height=192, frames=9)
    assert _slide(clip, dim) * sign >= 4


@pytest.mark.parametrize(("space", "rows"), [("top", slice(0, 48)), ("bottom", slice(144, 192))])
def test_empty_space_is_calmer_than_the_rest(space: str, rows: slice) -> None:
    clip = _clip(_scene("ribbons", space=space), height=192)
    assert clip[:, :, rows].std() < 0.5 * clip[:, :, 60:130].std()


@pytest.mark.parametrize("family", FAMILIES)
def test_scenes_have_only_what_their_family_can_show(family: str) -> None:
    traits = TRAITS[family]
    for scene in sample_scenes(60, torch.Generator().manual_seed(1), family=family):
        assert scene.camera in traits.cameras
        assert scene.direction is None or scene.direction in traits.directions
        assert (scene.time is None) == (not traits.times)
        assert (scene.density is None) == (not traits.density)
        # A flow across the picture and a camera that crosses it could not be told apart.
        assert scene.direction is None or scene.camera in ("static", "push-in", "pull-out")


def test_mirroring_swaps_left_and_right_and_nothing_else() -> None:
    scene = _scene("product", camera="orbit-left", light="right", subject="left")
    assert scene.mirrored() == replace(scene, camera="orbit-right", light="left", subject="right")
    assert _scene("silk", camera="tilt-up").mirrored() == _scene("silk", camera="tilt-up")
    assert scene.mirrored().mirrored() == scene


def test_the_picture_slides_the_other_way_than_the_camera_goes() -> None:
    slides = {
        c: _scene("silk", camera=c).slide
        for c in ("pan-left", "crane-up", "tilt-down", "push-in", "orbit-left")
    }
    assert slides == {
        "pan-left": "right",
        "crane-up": "down",
        "tilt-down": "up",
        "push-in": None,
        "orbit-left": None,
    }


def test_playing_backwards_turns_the_camera_round_and_is_refused_where_time_has_an_arrow() -> None:
    assert _scene("silk", camera="push-in").reversed() == _scene("silk", camera="pull-out")
    assert _scene("ocean", direction="left").reversed() == _scene("ocean", direction="right")
    assert _scene("sparks").reversed() is None


def test_every_colour_is_nearest_to_itself_and_hex_codes_are_read() -> None:
    assert all(nearest_name(name) == name for name in COLOURS)
    assert rgb("#ff8000") == pytest.approx((1.0, 0.50196, 0.0), abs=1e-4)
    assert nearest_name("#121a44") == "navy"
