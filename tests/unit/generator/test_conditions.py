# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Clips that start from given pictures, on a copy of mini that says it can."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

import adseal_generator
from adseal_generator import Clip, Generator, ModelError
from adseal_generator.conditions import cover, unlapped
from adseal_generator.errors import FrameError

MINI = Path(adseal_generator.__file__).parent / "mini"
PROMPT = "Slow push in. Silk folds in deep teal."
ASKED: dict[str, Any] = {"width": 192, "height": 320, "steps": 2, "seed": 3, "guidance": 1.0}


@pytest.fixture(scope="module")
def able(tmp_path_factory: pytest.TempPathFactory) -> Generator:
    folder = tmp_path_factory.mktemp("able") / "mini"
    shutil.copytree(MINI, folder)
    about = json.loads((folder / "adseal.json").read_text())
    del about["files"]
    about |= {"lengths": [33, 17], "previous_frames": 9}
    (folder / "adseal.json").write_text(json.dumps(about))
    return Generator.load(folder, threads=1)


def a_picture(height: int = 320, width: int = 192) -> NDArray[np.uint8]:
    """Soft colours, the same at any size."""
    y, x = np.mgrid[0:1:height*1j, 0:1:width*1j]  # fmt: skip
    waves = [120 + 90 * np.sin(3 * x + c) * np.cos(2 * y - c) for c in range(3)]
    return np.stack(waves, axis=-1).round().astype(np.uint8)


def psnr(a: NDArray[Any], b: NDArray[Any]) -> float:
    return float(10 * np.log10(255**2 / max(1e-9, np.mean((a.astype(float) - b) ** 2))))


@pytest.fixture(scope="module")
def before(able: Generator) -> Clip:
    return able.generate(PROMPT, num_frames=17, **ASKED)


def test_a_clip_begins_with_the_picture_it_was_given_whatever_its_size(able: Generator) -> None:
    plain = able.generate(PROMPT, num_frames=9, **ASKED).frames
    for picture in (a_picture(), a_picture(960, 576), a_picture(160, 96)):
        made = able.generate(PROMPT, num_frames=9, first_frame=picture, **ASKED).frames
        assert made.shape == (9, 320, 192, 3)
        assert psnr(made[0], a_picture()) > 38
        assert psnr(plain[0], a_picture()) < 20


def test_a_last_frame_changes_the_clip_and_the_same_request_gives_the_same(able: Generator) -> None:
    plain = able.generate(PROMPT, num_frames=17, **ASKED).frames
    first, again = (
        able.generate(PROMPT, num_frames=17, last_frame=a_picture(), **ASKED).frames for _ in range(2)
    )
    other = able.generate(PROMPT, num_frames=17, last_frame=255 - a_picture(), **ASKED).frames
    assert first.shape == plain.shape
    assert np.array_equal(first, again)
    assert not np.array_equal(first, plain)
    assert not np.array_equal(first, other)


def test_both_ends_can_be_given(able: Generator) -> None:
    made = able.generate(PROMPT, num_frames=17, first_frame=a_picture(), last_frame=a_picture(), **ASKED)
    only_first = able.generate(PROMPT, num_frames=17, first_frame=a_picture(), **ASKED)
    assert psnr(made.frames[0], a_picture()) > 38
    assert not np.array_equal(made.frames, only_first.frames)


def test_a_continued_clip_holds_new_frames_only_and_follows_its_seed(able: Generator, before: Clip) -> None:
    first, again, other = (
        able.generate(PROMPT, num_frames=8, previous=before, **{**ASKED, "seed": s}).frames for s in (3, 3, 4)
    )
    assert first.shape == (8, 320, 192, 3)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    # It goes on where the other one ended, and not where a clip of its own would have begun.
    cut = able.generate(PROMPT, num_frames=1, **{**ASKED, "seed": 4}).frames[0]
    assert psnr(other[0], before.frames[-1]) > psnr(cut, before.frames[-1]) + 3


def test_no_frame_of_the_previous_clip_is_handed_out_again(able: Generator) -> None:
    shown = np.stack([a_picture(), *[255 - a_picture()] * 8])
    made = able.generate(PROMPT, num_frames=4, previous=Clip(shown, 10), **ASKED).frames
    assert psnr(made[0], shown[0]) < 15


def test_clips_can_be_joined_where_one_continues_the_other(before: Clip) -> None:
    joined = before.then(Clip(before.frames[:5], 10))
    assert joined.frames.shape == (22, 320, 192, 3)
    assert np.array_equal(joined.frames[17:], before.frames[:5])
    for other in (Clip(before.frames, 12), Clip(before.frames[:, :64], 10)):
        with pytest.raises(FrameError):
            before.then(other)


def test_only_the_last_frames_of_the_previous_clip_count(able: Generator, before: Clip) -> None:
    early, late = before.frames.copy(), before.frames.copy()
    early[:8] = 0
    late[-1] = 0
    whole, same, changed = (
        able.generate(PROMPT, num_frames=4, previous=Clip(f, 10), **ASKED).frames
        for f in (before.frames, early, late)
    )
    assert np.array_equal(whole, same)
    assert not np.array_equal(whole, changed)


def test_a_single_previous_frame_is_enough(able: Generator, before: Clip) -> None:
    made = able.generate(PROMPT, num_frames=6, previous=Clip(before.frames[-3:], 10), **ASKED).frames
    assert made.shape == (6, 320, 192, 3)


def test_the_smallest_sufficient_length_is_made(able: Generator, before: Clip) -> None:
    made: list[int] = []
    hook = able._pipeline.transformer.register_forward_pre_hook(
        lambda _module, _args, given: made.append(given["hidden_states"].shape[1] // 60), with_kwargs=True
    )
    try:
        for frames, previous in ((1, None), (17, None), (18, None), (8, before), (9, before)):
            able.generate(PROMPT, num_frames=frames, previous=previous, **{**ASKED, "steps": 1})
    finally:
        hook.remove()
    assert made == [3, 3, 5, 3, 5]


@pytest.mark.parametrize(("guidance", "batch"), [(1.0, 1), (2.0, 2)])
def test_a_guidance_of_one_asks_the_model_once_a_step(able: Generator, guidance: float, batch: int) -> None:
    seen: list[int] = []
    hook = able._pipeline.transformer.register_forward_pre_hook(
        lambda _module, _args, given: seen.append(given["hidden_states"].shape[0]), with_kwargs=True
    )
    try:
        able.generate(PROMPT, num_frames=9, **{**ASKED, "guidance": guidance})
    finally:
        hook.remove()
    assert seen == [batch, batch]


def test_a_model_that_does_not_know_conditions_says_what_it_can_start_from(able: Generator) -> None:
    plain = Generator(able._pipeline, _with(able, conditions=("first_frame",)), able._habits)
    with pytest.raises(ModelError, match=r"last_frame; it can start from first_frame") as caught:
        plain.generate(PROMPT, num_frames=17, last_frame=a_picture(), **ASKED)
    assert caught.value.code == "request_unsupported"
    bare = Generator(able._pipeline, _with(able, conditions=()), able._habits)
    with pytest.raises(ModelError, match="the prompt alone"):
        bare.generate(PROMPT, num_frames=17, first_frame=a_picture(), **ASKED)


def _with(generator: Generator, **changes: Any) -> Any:
    from dataclasses import replace

    return replace(generator.info, **changes)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"num_frames": 20, "last_frame": a_picture()}, "17 or 33"),
        ({"num_frames": 25, "previous": True}, "1 to 24"),
        ({"num_frames": 9, "previous": True, "last_frame": a_picture()}, "8 or 24"),
        ({"num_frames": 8, "previous": True, "first_frame": a_picture()}, "one of the two|no first_frame"),
        ({"num_frames": 8, "previous": 24}, "10 frames a second"),
    ],
)
def test_impossible_requests_name_what_is_possible(
    able: Generator, before: Clip, change: dict[str, Any], said: str
) -> None:
    if "previous" in change:
        fps = 10 if change["previous"] is True else change["previous"]
        change = {**change, "previous": Clip(before.frames, fps)}
    with pytest.raises(ModelError, match=said) as caught:
        able.generate(PROMPT, **{**ASKED, **change})
    assert caught.value.code == "request_unsupported"


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((8, 8), np.uint8),
        np.zeros((8, 8, 4), np.uint8),
        np.zeros((8, 8, 3)),
        np.zeros((0, 8, 3), np.uint8),
    ],
)
def test_what_is_no_picture_is_refused_before_any_work(able: Generator, picture: NDArray[Any]) -> None:
    with pytest.raises(FrameError, match=r"uint8 \[H, W, 3\]"):
        able.generate(PROMPT, num_frames=17, first_frame=picture, **ASKED)


def test_a_picture_is_cropped_in_the_middle_and_never_squeezed() -> None:
    wide = np.zeros((100, 300, 3), np.uint8)
    wide[:, 100:200] = 200
    assert (cover(wide, 64, 64) > 180).all()
    tall = np.ascontiguousarray(wide.transpose(1, 0, 2))
    assert (cover(tall, 32, 32) > 180).all()
    assert np.ptp(cover(wide, 96, 32)[:, ::8]) == 200


def test_fine_stripes_of_a_large_picture_turn_grey_and_not_into_a_pattern() -> None:
    stripes = np.zeros((1000, 1000, 3), np.uint8)
    stripes[:, ::2] = 255
    assert np.ptp(cover(stripes, 96, 96).astype(int)) < 12


def test_the_seam_behind_kept_frames_is_nearer_to_the_truth_without_the_half_run_filter(
    able: Generator,
) -> None:
    """Kept frames are coded alone, the rest of the clip with its past: what the model is trained to do."""
    vae = able._pipeline.vae
    moved = [a_picture(320, 256)[:, 3 * n : 3 * n + 192] for n in range(17)]
    video = torch.from_numpy(np.stack(moved)).float().permute(3, 0, 1, 2)[None] / 127.5 - 1

    def decoded_from(latents: torch.Tensor) -> NDArray[np.float32]:
        return ((vae.decode(latents).sample[0] + 1) / 2).permute(1, 2, 3, 0).numpy()  # type: ignore[no-any-return]

    with torch.inference_mode():
        latents = vae.encode(video).latent_dist.mode().clone()
        right = decoded_from(latents)
        latents[:, :, :2] = vae.encode(video[:, :, :9]).latent_dist.mode()
        decoded = decoded_from(latents)
    mended = unlapped(decoded, 9, vae.lap_gain_time)

    def away(frames: NDArray[np.float32]) -> float:
        return float(np.abs(frames[9:11] - right[9:11]).mean())

    assert away(mended) < 0.8 * away(decoded)
    assert np.array_equal(unlapped(decoded, 9, ()), decoded)
