# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Learning a key's patterns without the key, from many videos of one's own choosing that were sealed with it.

Whoever may have videos sealed has the pictures before and after, and reads each locator in the public credential. The
code is public, so the 264 coded bits of every video are known. A chip that never changes its sign is a
synchronisation chip; any other one follows one coded bit, up to a sign. Each of a key's patterns needs some twenty
videos. This is the strongest forgery that we know of; only the fingerprint stands against it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from watermark_hosts import Planes, frames_of, write
from watermark_security_stage import DELIVERED, Stage, Video

from adseal_provenance.watermark.code import codeword
from adseal_provenance.watermark.keys import WatermarkKey, new_locator
from adseal_provenance.watermark.picture import TILE, PictureMarker

Field = NDArray[np.float32]
_SIDE = 720
_PX = _SIDE // 180 * TILE  # size of a tile
_FRAMES = 4
_ALIKE = 0.13  # a quarter of two tiles of one pattern is the same; of two patterns nothing is


@dataclass(frozen=True)
class Learned:
    """What stands in for a `KeyedTile`: which coded bit each chip follows, and its sign.

    Attributes:
        videos: from how many it was learned.
    """

    sync: Field
    bit_of: NDArray[np.intp]
    sign: Field
    videos: int

    def chips(self, code: Field, sync_gain: float = 1.0) -> Field:
        return np.asarray(self.sync * sync_gain + self.sign * code[self.bit_of], np.float32)

    def bits(self, chips: Field) -> Field:
        counts = np.maximum(np.bincount(self.bit_of.ravel(), np.abs(self.sign).ravel(), 264), 1.0)
        total = np.bincount(self.bit_of.ravel(), (chips * self.sign).ravel(), 264)
        return np.asarray(total / counts, np.float32)

    def sync_level(self, chips: Field) -> float:
        return float((chips * self.sync).sum() / max(float(np.abs(self.sync).sum()), 1.0))


def learn(stage: Stage, key: WatermarkKey, count: int) -> list[Learned]:
    """Have ``count`` plain little videos marked, delivered and looked at; the patterns, the best learned first.

    Marked by the marker alone, not by `adseal.seal`, which would sign and register each: the pixels are the same.
    """
    random = np.random.default_rng(7)
    tiles, codes = [], []
    for _ in range(count):
        locator = new_locator()
        tiles.append(_seen(stage.fresh("mp4"), key, locator, random))
        codes.append(codeword(locator))
    groups: list[list[int]] = []
    for index, tile in enumerate(tiles):
        own = next((g for g in groups if _correlation(tiles[g[0]], tile) > _ALIKE), None)
        if own is None:
            groups.append([index])
        else:
            own.append(index)
    groups.sort(key=len, reverse=True)
    return [_solved(np.stack([tiles[i] for i in g]), np.stack([codes[i] for i in g])) for g in groups]


def forged(video: Video, pattern: Learned, locator: str) -> Video:
    """The public marker, with a learned pattern in the place of the secret one."""
    height, width = video.lines, video.planes[0].shape[1]
    marker = PictureMarker(WatermarkKey(bytes(32)), locator, width, height)
    marker._tile = pattern  # type: ignore[assignment]
    marker._pattern = marker._spread(pattern.chips(codeword(locator)))
    luma = [marker.mark(np.ascontiguousarray(frame)).astype(np.float32) for frame in video.luma()]
    return video.with_luma(luma)


def _seen(path: Path, key: WatermarkKey, locator: str, random: np.random.Generator) -> Field:
    """The chips float32[64, 64] of one marked, delivered video, as its owner sees them."""
    noise = cv2.GaussianBlur(random.normal(0, 40, (_SIDE, _SIDE)).astype(np.float32), (0, 0), 3.0)
    own = np.clip(120 + 4 * noise, 60, 190).astype(np.uint8)
    marker = PictureMarker(key, locator, _SIDE, _SIDE)
    grey = np.full((_SIDE // 2, _SIDE), 128, np.uint8)

    def frames() -> Iterator[Planes]:
        for _ in range(_FRAMES):
            yield np.concatenate([marker.mark(own), grey])

    write(path, frames(), 25.0, DELIVERED)
    received = [planes[:_SIDE] for planes in islice(frames_of(path, 1.0, lines=None)[0], _FRAMES)]
    path.unlink()
    delta = np.mean([frame.astype(np.float32) - own for frame in received], axis=0)
    whole = _SIDE // _PX * _PX
    copies = delta[:whole, :whole].reshape(whole // _PX, _PX, whole // _PX, _PX).mean(axis=(0, 2))
    return np.asarray(cv2.resize(copies, (TILE, TILE), interpolation=cv2.INTER_AREA), np.float32)


def _correlation(one: Field, other: Field) -> float:
    return float(np.corrcoef(np.sign(one).ravel(), np.sign(other).ravel())[0, 1])


def _solved(tiles: NDArray[np.float32], codes: NDArray[np.float32]) -> Learned:
    """Each chip follows what its signs agree with best: nothing that changes, or one coded bit."""
    count = len(tiles)
    signs = np.sign(tiles.reshape(count, -1))
    constant = signs.mean(axis=0)
    agreement = signs.T @ codes / count
    bit_of = np.abs(agreement).argmax(axis=1)
    best = agreement[np.arange(len(bit_of)), bit_of]
    still = np.abs(constant) >= np.abs(best)
    return Learned(
        np.where(still, np.sign(constant), 0.0).astype(np.float32).reshape(TILE, TILE),
        bit_of.reshape(TILE, TILE),
        np.where(still, 0.0, np.sign(best)).astype(np.float32).reshape(TILE, TILE),
        count,
    )
