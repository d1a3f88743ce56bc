# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Pictures a clip has to start from, end with, or go on from.

Decides: which of them a model takes, how long a clip must be made for them, how a picture is fitted to the
model's size, and how they are handed to diffusers' ``LTXConditionPipeline``:

* the first frame, or the last frames of the previous clip, take the place of the first latents (frame index 0)
  and are kept as they are;
* the last frame goes in as extra tokens at the place of the clip's very last frame: a strong wish, not a copy.

Leaves out: the denoising (`diffusion`), what a model says about itself (`catalogue`), and reading picture files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from .catalogue import ModelInfo
from .errors import FrameError, ModelError


class _ClipLike(Protocol):
    @property
    def frames(self) -> NDArray[np.uint8]: ...
    @property
    def fps(self) -> int: ...


@dataclass(frozen=True)
class Given:
    """What a clip has to agree with; every part may be missing.

    Attributes:
        first_frame, last_frame: uint8 ``[H, W, 3]`` RGB, any size.
        previous: the clip to go on from.
    """

    first_frame: NDArray[np.uint8] | None = None
    last_frame: NDArray[np.uint8] | None = None
    previous: _ClipLike | None = None

    def names(self) -> list[str]:
        """The parts that are there."""
        parts = {"first_frame": self.first_frame, "last_frame": self.last_frame, "previous": self.previous}
        return [name for name, part in parts.items() if part is not None]

    def known_frames(self, most: int) -> int:
        """How many last frames of the previous clip are looked at: 8 k + 1, at most ``most``; 0 without one."""
        if self.previous is None:
            return 0
        return (min(len(self.previous.frames), most) - 1) // 8 * 8 + 1


def check(info: ModelInfo, given: Given) -> None:
    """Refuse what the model or the pipeline cannot do.

    Raises:
        ModelError: ``request_unsupported``.
        FrameError: a picture is not uint8 ``[H, W, 3]``, or the previous clip holds no frames.
    """
    asked = given.names()
    missing = [name for name in asked if name not in info.conditions]
    if missing:
        can = ", ".join(info.conditions) or "the prompt alone"
        raise ModelError(
            f"the model {info.name} cannot start from {' and '.join(missing)}; it can start from {can}",
            code="request_unsupported",
            hint="info.conditions names what a model can start from",
        )
    if "first_frame" in asked and "previous" in asked:
        raise ModelError(
            "a clip that continues a previous one begins where that ends and has no first_frame of its own",
            code="request_unsupported",
            hint="give one of the two",
        )
    for picture in (given.first_frame, given.last_frame):
        if picture is not None:
            _check_pictures(picture[None] if picture.ndim == 3 else picture)
    if given.previous is not None:
        _check_pictures(given.previous.frames)
        if given.previous.fps != info.fps:
            raise ModelError(
                f"the model {info.name} continues clips of {info.fps} frames a second,"
                f" and this one has {given.previous.fps}",
                code="request_unsupported",
                hint="give a clip as a model of the same rate made it",
            )


def _check_pictures(pictures: NDArray[Any]) -> None:
    if pictures.dtype != np.uint8 or pictures.ndim != 4 or pictures.shape[3] != 3 or 0 in pictures.shape:
        shape = "x".join(str(n) for n in pictures.shape)
        raise FrameError(
            f"given pictures must be RGB, uint8 [H, W, 3], not {pictures.dtype} {shape}", code="frame_planes"
        )


def whole_length(info: ModelInfo, frames: int, given: Given, known: int) -> int:
    """How many frames must be made so that ``frames`` new ones can be handed out after ``known`` ones.

    Raises:
        ModelError: ``request_unsupported``: too many, or a last frame would lie where no clip ends.
    """
    made = info.length_for(known + frames)
    if made is None or frames < 1:
        behind = f" behind the {known} it continues" if known else ""
        raise ModelError(
            f"the model {info.name} cannot meet a request for {frames} frames (it makes 1 to"
            f" {info.max_frames - known} at {info.fps} a second{behind})",
            code="request_unsupported",
            hint="size_for() names the nearest size, info the limits",
        )
    if given.last_frame is not None and made != known + frames:
        raise ModelError(
            f"the model {info.name} cannot end a clip of {frames} frames on a given picture;"
            f" its clips end after {_ends(info, known)} frames",
            code="request_unsupported",
            hint=f"ask for {made - known} frames",
        )
    return made


def _ends(info: ModelInfo, known: int) -> str:
    if info.lengths:
        return " or ".join(str(n - known) for n in info.lengths if n > known)
    return f"8 k + {(1 - known) % 8} (up to {info.max_frames - known})"


def cover(picture: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """The largest centred part of a picture ``[H, W, 3]`` with the wanted shape, at the wanted size.

    Lanczos over the whole footprint of each new pixel, so that a large photograph does not alias.
    """
    from PIL import Image

    have_h, have_w = picture.shape[:2]
    keep_w, keep_h = min(have_w, have_h * width / height), min(have_h, have_w * height / width)
    left, top = (have_w - keep_w) / 2, (have_h - keep_h) / 2
    box = (left, top, left + keep_w, top + keep_h)
    made = Image.fromarray(picture).resize((width, height), Image.Resampling.LANCZOS, box=box)
    return np.asarray(made, dtype=np.uint8)


def for_pipeline(given: Given, *, width: int, height: int, made: int, known: int) -> list[Any]:
    """``LTXVideoCondition``s for a clip of ``made`` frames, everything at full strength."""
    from diffusers.pipelines.ltx.pipeline_ltx_condition import LTXVideoCondition
    from PIL import Image

    def fitted(picture: NDArray[np.uint8]) -> Image.Image:
        return Image.fromarray(cover(picture, width, height))

    conditions: list[Any] = []
    if given.first_frame is not None:
        conditions.append(LTXVideoCondition(image=fitted(given.first_frame), frame_index=0))
    if given.previous is not None:
        video = [fitted(frame) for frame in given.previous.frames[-known:]]
        conditions.append(LTXVideoCondition(video=video, frame_index=0))
    if given.last_frame is not None:
        conditions.append(LTXVideoCondition(image=fitted(given.last_frame), frame_index=made - 1))
    return conditions


def unlapped(frames: NDArray[np.float32], known: int, gains: Sequence[float]) -> NDArray[np.float32]:
    """New frames behind ``known`` kept ones, freed from a filter that only ran on one side of the seam.

    An autoencoder lapped in time scales the difference of two frames mirrored at a block border up by
    ``gains`` (nearest pair first) before coding, and down after decoding. The kept frames were coded without
    their future, so decoding takes plain frames p for filtered ones. From the two decoded frames the coded new
    one, a, follows exactly, and from a and p the new frame that it stood for.

    Args:
        frames: float ``[T, H, W, 3]``, decoded, kept frames first.
        gains: empty: the frames come back as they are.
    """
    mended = frames.copy()
    if known < 1 + len(gains):  # the first frame's own block has no such border
        return mended
    for distance, gain in enumerate(gains):
        before, after = known - 1 - distance, known + distance
        if after >= len(frames):
            break
        mean, half = (frames[after] + frames[before]) / 2, (frames[after] - frames[before]) / 2 * gain
        plain, coded = mean - half, mean + half
        mended[before] = plain
        mended[after] = np.clip((2 * coded - (1 - gain) * plain) / (1 + gain), 0, 1)
    return mended
