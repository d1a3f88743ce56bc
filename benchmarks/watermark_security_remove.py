# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Taking a mark off a sealed file, or coding it until it is gone (`watermark_security.py`)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from attacks import ffmpeg, x264
from watermark_security_cast import Cast, Tried
from watermark_security_tools import add_plain, add_shaped, plain_estimate, regenerated, tile_estimate

_FILTERS = {
    "denoise, hqdn3d 4": "hqdn3d=4",
    "denoise, hqdn3d 12": "hqdn3d=12",
    "denoise, nlmeans light": "nlmeans=s=3:p=5:r=7",
    "denoise, atadenoise": "atadenoise=0a=0.1:0b=0.2:1a=0.1:1b=0.2:2a=0.1:2b=0.2:s=15",
    "blur, sigma 1": "gblur=sigma=1",
    "blur, sigma 2": "gblur=sigma=2",
    "blur, sigma 4": "gblur=sigma=4",
    "blur, sigma 8": "gblur=sigma=8",
}
_CRF = (18, 23, 28, 33, 38, 43)
_GENERATIONS = (5, 10)
_ASKED = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0)
_REGENERATED_FRAMES = 25


def subtraction(cast: Cast) -> Iterator[Tried]:
    """The mark's own estimate, from the one sealed file, taken off it."""
    video = cast.victim.video
    plain, tile = plain_estimate(video.luma()), tile_estimate([video])
    for gain in (1.0, 2.0, 3.0):
        path = cast.stage.deliver(add_plain(video, plain, -gain))
        yield Tried(
            f"plain estimate taken off, ×{gain:g}", "the sealed file", path, video.luma(), cast.expected
        )
    for gain in (1.0, 2.0, 3.0):
        path = cast.stage.deliver(add_shaped(video, tile, -gain))
        needs = "the sealed file, this code"
        yield Tried(f"informed estimate taken off, ×{gain:g}", needs, path, video.luma(), cast.expected)


def filtering(cast: Cast) -> Iterator[Tried]:
    """Denoising and blurring."""
    for name, filters in _FILTERS.items():
        yield _through(cast, name, ["-vf", filters, *x264(18)])


def coding(cast: Cast) -> Iterator[Tried]:
    """Encoding harder, encoding again and again, and throwing lines away."""
    for crf in _CRF:
        yield _through(cast, f"H.264 CRF {crf}", x264(crf))
    path = cast.victim.path
    for generation in range(1, max(_GENERATIONS) + 1):
        out = cast.stage.fresh()
        ffmpeg(["-i", str(path), *x264(23), "-an", str(out)])
        path = out
        if generation in _GENERATIONS:
            kept = Path(shutil.copy(out, cast.stage.fresh()))
            yield _tried(cast, f"{generation} generations at CRF 23", kept)
    height = cast.victim.video.lines
    for halvings in (1, 2, 3):
        lines = height >> halvings
        yield _through(cast, f"{lines} lines", ["-vf", f"scale=-2:{lines}", *x264(18)])


def regeneration(cast: Cast) -> Iterator[Tried]:
    """Encoded and decoded by an autoencoder: ours, of 8 x 32 x 32 px to 128 numbers, is far from the strongest one.

    It throws away what is finer than its blocks, mark and picture alike; larger pictures lose less of both. A trained
    image model of today would keep the picture and not the mark: no pixel mark withstands that.
    """
    for scale in (0.25, 0.5, 1.0, 2.0):
        made = regenerated(cast.victim.video, scale, _REGENERATED_FRAMES)
        path = cast.stage.deliver(made)
        reference = cast.victim.video.luma()
        name = f"mini's autoencoder at ×{scale:g} size"
        yield Tried(
            name, "the sealed file, a model", path, reference, cast.expected, "1 s; not the strongest"
        )


def oracle(cast: Cast) -> Iterator[Tried]:
    """What unlimited questions are worth: the first of stronger and stronger subtractions that is not read any more.

    Not a bisection: what is taken off too strongly is a mark again.
    """
    video, tile = cast.victim.video, tile_estimate([cast.victim.video])
    for asked, gain in enumerate(_ASKED, 1):
        path = cast.stage.deliver(add_shaped(video, tile, -gain))
        finding = cast.stage.judge(path, cast.expected)
        hidden = finding.mark != "blind"
        if hidden or asked == len(_ASKED):
            break
        path.unlink()
    name = f"informed subtraction, asking after each, ×{gain:g}"
    needs = "the sealed file, this code, a detector to ask"
    remark = f"{'hidden' if hidden else 'not hidden'} after {asked} questions; a service must limit them"
    yield Tried(name, needs, path, video.luma(), cast.expected, remark, finding)


def _through(cast: Cast, name: str, arguments: list[str] | tuple[str, ...]) -> Tried:
    out = cast.stage.fresh()
    ffmpeg(["-i", str(cast.victim.path), *arguments, "-an", str(out)])
    return _tried(cast, name, out)


def _tried(cast: Cast, name: str, path: Path) -> Tried:
    return Tried(name, "the sealed file", path, cast.victim.video.luma(), cast.expected)
