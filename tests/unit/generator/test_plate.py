# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""From clip to plate: timing without jumps, motion between frames, cropping, grain."""

from fractions import Fraction
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from adseal_generator import plate
from adseal_generator.errors import FrameError
from adseal_generator.frames import YuvFrame, rgb_to_yuv444


def a_clip(frames: int, height: int = 96, width: int = 64, speed: float = 3.0) -> SimpleNamespace:
    """A bright disc wandering over a textured ground, 10 fps."""
    ground = cv2.GaussianBlur(
        np.random.default_rng(0).integers(40, 120, (height, width, 3), dtype=np.uint8), (0, 0), 2.0
    )
    out = []
    for n in range(frames):
        picture = ground.copy()
        centre = (round((12 + speed * n) * 16), height // 2 * 16)
        cv2.circle(picture, centre, 9 * 16, (230, 200, 60), -1, cv2.LINE_AA, shift=4)
        out.append(picture)
    return SimpleNamespace(frames=np.stack(out), fps=10)


def a_shot(clip: SimpleNamespace, seconds: float, seed: int = 1, **size: int) -> list[YuvFrame]:
    size = {"width": 128, "height": 192} | size
    frames = plate.shot_frames(clip, fps=30, duration_s=seconds, grain_seed=seed, **size)
    return list(frames)


def disc_at(frame: YuvFrame) -> float:
    """Column of the disc's middle, in shares of the width."""
    bright = np.clip(frame.y.astype(float) - 140, 0, None)
    return float((bright.sum(axis=0) * np.arange(frame.width)).sum() / bright.sum() / frame.width)


@pytest.mark.parametrize("seconds", [0.5, 1.5, 2.1, 2.6, 9.0])
def test_a_shot_has_exactly_its_frames_and_never_leaves_the_clip(seconds: float) -> None:
    count = plate.frame_count(seconds, 30)
    times = plate.source_times(20, 10, count, 30)
    assert count == round(seconds * 30)
    assert times.shape == (count,)
    assert times.min() >= 0
    assert times.max() <= 19


@pytest.mark.parametrize("seconds", [1.0, 2.1, 2.6, 4.0, 30.0])
def test_time_runs_without_jumps_and_without_sudden_turns(seconds: float) -> None:
    times = plate.source_times(20, 10, plate.frame_count(seconds, 30), 30)
    speed = np.diff(times)
    assert np.abs(speed).max() <= 1 / 3 + 1e-9
    assert np.abs(np.diff(speed)).max() <= 0.2 * (1 / 3)


def test_a_clip_that_is_nearly_long_enough_is_slowed_evenly() -> None:
    speed = np.diff(plate.source_times(20, 10, 63, 30))
    assert np.ptp(speed) < 1e-9
    assert speed[0] > (1 / 3) / plate.MAX_STRETCH


def test_a_clip_that_is_too_short_glides_into_slow_motion_and_is_used_up() -> None:
    times = plate.source_times(20, 10, 75, 30)
    speed = np.diff(times)
    assert times[-1] == pytest.approx(19)
    assert speed[0] == pytest.approx(1 / 3, rel=0.05)
    assert 0 < speed[-1] < 0.8 * speed[0]
    assert np.all(np.diff(speed) < 1e-12)


def test_a_single_picture_is_held() -> None:
    frames = a_shot(a_clip(1), 0.2)
    assert len(frames) == 6
    assert np.abs(frames[0].y.astype(int) - frames[5].y).mean() < 3  # grain only


def test_a_thing_that_moves_is_seen_between_the_clips_frames() -> None:
    clip = a_clip(8)
    places = [disc_at(f) for f in a_shot(clip, 0.7)]
    steps = np.diff(places)
    # 3 px of 64 in each clip frame, in three steps: even ones, not one jump and two rests.
    assert np.allclose(steps, 1 / 64, atol=0.006)


def test_pictures_between_two_frames_are_nearer_to_the_truth_than_a_cross_fade() -> None:
    truth = a_clip(13, speed=2.0).frames.astype(float)
    given = SimpleNamespace(frames=truth[::3].astype(np.uint8), fps=10)
    made, faded = [], []
    for n, frame in enumerate(plate._Between(given.frames).at(k / 3) for k in range(13)):
        if n % 3:
            first, phase = divmod(n, 3)
            fade = given.frames[first] * (1 - phase / 3) + given.frames[first + 1] * (phase / 3)
            luma = (rgb_to_yuv444(p.astype(np.uint8))[:, :, 0].astype(float) for p in (truth[n], fade))
            real, cross = luma
            made.append(np.abs(frame[:, :, 0] - real).mean())
            faded.append(np.abs(cross - real).mean())
    assert np.mean(made) < 0.5 * np.mean(faded)


def test_a_cut_inside_a_clip_stays_a_cut() -> None:
    random = np.random.default_rng(3)
    frames = random.integers(0, 256, (2, 64, 64, 3), dtype=np.uint8)
    shot = a_shot(SimpleNamespace(frames=frames, fps=10), 0.12, width=64, height=64)
    kinds = [int(np.abs(f.y.astype(int) - shot[0].y).mean() > 20) for f in shot]
    assert kinds == sorted(kinds)


@pytest.mark.parametrize(("width", "height"), [(192, 108), (108, 192), (128, 128)])
def test_a_circle_stays_a_circle_in_every_shape_of_frame(width: int, height: int) -> None:
    clip = a_clip(2, height=96, width=96, speed=0)
    clip.frames[:] = 30
    for picture in clip.frames:
        cv2.circle(picture, (48, 48), 20, (240, 240, 240), -1)
    lit = a_shot(clip, 0.1, width=width, height=height)[0].y > 120
    across, down = lit.any(axis=0).sum(), lit.any(axis=1).sum()
    assert abs(int(across) - int(down)) <= 3
    assert abs(across - 41 * max(width, height) / 96) <= 4


def flat(value: int) -> SimpleNamespace:
    return SimpleNamespace(frames=np.full((3, 48, 48, 3), value, np.uint8), fps=10)


def test_grain_is_fine_seeded_and_new_in_every_frame() -> None:
    first, again, other = (a_shot(flat(120), 0.2, seed=s) for s in (5, 5, 6))
    assert all(np.array_equal(a.y, b.y) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0].y, other[0].y)
    assert not np.array_equal(first[0].y, first[1].y)
    noise = np.concatenate([f.y.ravel() for f in first]).astype(float)
    assert 1.0 < noise.std() < 1.6
    assert abs(noise.mean() - (16 + 120 * 219 / 255)) < 0.1
    assert np.ptp(first[0].u) == 0


def test_the_plate_stays_within_legal_levels() -> None:
    for value in (0, 255):
        frame = a_shot(flat(value), 0.1)[0]
        assert frame.y.min() >= 16
        assert frame.y.max() <= 235


def test_a_slow_gradient_shows_no_bands() -> None:
    ramp = np.linspace(100, 108, 96)[:, None].repeat(64, axis=1)
    clip = SimpleNamespace(
        frames=np.repeat(np.rint(ramp)[None, :, :, None], 3, axis=3).astype(np.uint8), fps=10
    )
    y = a_shot(clip, 0.04, height=960, width=640)[0].y
    rows = y.mean(axis=1)
    # Were the steps of one level still there, neighbouring rows would be alike but for a few large jumps.
    assert np.diff(cv2.blur(rows[:, None], (1, 9))[:, 0]).max() < 0.25
    assert y.std(axis=1).min() > 0.8


def test_a_slow_change_of_colour_shows_no_bands_either() -> None:
    ramp = np.zeros((96, 64, 3))
    ramp[:] = [120, 90, 60]
    ramp[:, :, 2] += np.linspace(0, 6, 96)[:, None]  # less than three levels of blue-difference
    noise = np.random.default_rng(0).random(ramp.shape)
    clip = SimpleNamespace(frames=np.floor(ramp + noise)[None].repeat(3, axis=0).astype(np.uint8), fps=10)
    u = a_shot(clip, 0.04, height=960, width=640)[0].u
    rows = cv2.blur(u.mean(axis=1)[:, None], (1, 25))[:, 0]
    away = rows - np.polyval(np.polyfit(np.arange(480), rows, 1), np.arange(480))
    assert np.ptp(rows) > 2
    assert np.abs(away).max() < 0.25


@pytest.mark.parametrize("frames", [7, 20, 33])
def test_a_clip_made_to_end_on_a_picture_is_shown_to_its_end_at_any_length(frames: int) -> None:
    clip = SimpleNamespace(frames=np.zeros((frames, 48, 48, 3), np.uint8), fps=10)
    for n, picture in enumerate(clip.frames):
        picture[:] = round(200 * n / (frames - 1))
    shot = list(
        plate.shot_frames(clip, width=48, height=48, fps=30, duration_s=2.0, grain_seed=1, to_the_end=True)
    )
    levels = np.array([f.y.mean() for f in shot])
    assert levels[-1] == pytest.approx(16 + 200 * 219 / 255, abs=0.5)
    assert np.abs(np.diff(levels) - np.diff(levels).mean()).max() < 1


@pytest.mark.parametrize(
    "wrong",
    [{"width": 127}, {"fps": 0}, {"fps": Fraction(-1)}, {"duration_s": 0.0}, {"duration_s": float("nan")}],
)
def test_impossible_shots_are_refused_at_once(wrong: dict[str, object]) -> None:
    given: dict[str, object] = {"width": 128, "height": 128, "fps": 30, "duration_s": 1.0, "grain_seed": 0}
    with pytest.raises(FrameError):
        plate.shot_frames(flat(1), **(given | wrong))  # type: ignore[arg-type]


def test_an_empty_clip_is_refused() -> None:
    nothing: NDArray[np.uint8] = np.zeros((0, 8, 8, 3), np.uint8)
    with pytest.raises(FrameError) as caught:
        a_shot(SimpleNamespace(frames=nothing, fps=10), 1.0)
    assert caught.value.code == "empty_clip"
