# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Putting a mark where it does not belong, and putting several sealed files together (`watermark_security.py`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from watermark_security_cast import MANY, Cast, Tried
from watermark_security_learn import Learned, forged, learn
from watermark_security_stage import Video
from watermark_security_tools import (
    add_plain,
    add_shaped,
    gain_for,
    mean_of,
    plain_estimate,
    shaped,
    tile_estimate,
)

from adseal_provenance.watermark.keys import PATTERNS, WatermarkKey, new_locator
from adseal_provenance.watermark.picture import PictureMarker

_WANTED = (45.0, 42.0, 39.0)  # dB that the forger is ready to pay
_LEARN_FROM = 24 * PATTERNS


def transplant(cast: Cast) -> Iterator[Tried]:
    """The victim's mark, estimated from the one sealed file, added to an innocent video."""
    frames, innocent = cast.victim.video.luma(), cast.innocent
    plain, tile = plain_estimate(frames), tile_estimate([cast.victim.video])
    rms = float(np.sqrt(np.mean(plain**2)))
    for wanted in _WANTED:
        made = add_plain(innocent, plain, gain_for(rms, wanted))
        yield _given(cast, f"plain copy at {wanted:g} dB", "one sealed file", made)
    for wanted in _WANTED:
        made = add_shaped(innocent, tile, gain_for(_rms(innocent, tile), wanted))
        yield _given(cast, f"informed copy at {wanted:g} dB", "one sealed file, this code", made)


def forgery(cast: Cast) -> Iterator[Tried]:
    """A locator of the forger's choice, on an innocent video, without the key."""
    innocent, victim = cast.innocent, cast.victim.locator
    height, width = innocent.lines, innocent.planes[0].shape[1]
    marker = PictureMarker(WatermarkKey(bytes(range(32))), victim, width, height)
    luma = [marker.mark(np.ascontiguousarray(frame)).astype(np.float32) for frame in innocent.luma()]
    own = innocent.with_luma(luma)
    yield _given(cast, "the victim's locator under a key of one's own", "this code", own)
    patterns = learn(cast.stage, cast.stage.home.watermark_key(), _LEARN_FROM)[:PATTERNS]
    yield _on_learned(cast, "a new locator", new_locator(), patterns)
    yield _on_learned(cast, "the victim's locator", victim, patterns)


def _on_learned(cast: Cast, what: str, locator: str, patterns: Sequence[Learned]) -> Tried:
    """On one learned pattern after another until one is read: which one belongs to a locator is keyed."""
    for number, pattern in enumerate(patterns, 1):
        path = cast.stage.deliver(forged(cast.innocent, pattern, locator))
        finding = cast.stage.judge(path, (locator,))
        if finding.mark == "blind" or number == len(patterns):
            break
        path.unlink()
    remark = f"try {number} of {len(patterns)}; pattern learned from {pattern.videos} videos"
    needs = f"{_LEARN_FROM} videos of one's own sealed with the key, this code"
    name = f"{what} on a learned pattern"
    return Tried(name, needs, path, cast.innocent.luma(), (locator,), remark, finding)


def collusion(cast: Cast) -> Iterator[Tried]:
    """Sealed files averaged: copies of one ad, and the residuals of different ads."""
    ads = [copy.locator for copy in cast.copies]
    for count in (2, 3, 5, MANY):
        made = mean_of([copy.video for copy in cast.copies[:count]])
        path = cast.stage.deliver(made)
        reference = cast.copies[0].video.luma()
        yield Tried(
            f"mean of {count} sealed copies of one ad", f"{count} copies", path, reference, tuple(ads[:count])
        )
    for count in (2, 5, MANY):
        some = cast.others[:count]
        tile = tile_estimate([sealed.video for sealed in some])
        needs = f"{len(some)} sealed videos, this code"
        innocent = cast.innocent
        made = add_shaped(innocent, tile, gain_for(_rms(innocent, tile), 42.0))
        path = cast.stage.deliver(made)
        named = tuple(sealed.locator for sealed in some)
        yield Tried(f"mean pattern of {count} ads added at 42 dB", needs, path, innocent.luma(), named)
        for gain in (1.0, 2.0):
            less = add_shaped(cast.victim.video, tile, -gain)
            path = cast.stage.deliver(less)
            name = f"mean pattern of {count} ads taken off another one, ×{gain:g}"
            yield Tried(name, needs, path, cast.victim.video.luma(), cast.expected)


def _rms(video: Video, tile: np.ndarray) -> float:
    return float(np.sqrt(np.mean([np.mean(shaped(tile, frame) ** 2) for frame in video.luma()[::10]])))


def _given(cast: Cast, name: str, needs: str, made: Video) -> Tried:
    return Tried(name, needs, cast.stage.deliver(made), cast.innocent.luma(), cast.expected)
