# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The message of a picture mark at a given place of the lattice, and how sure it is.

Decides: how the chips of all tile copies are put together, and when a message is believed. Two things speak for a
message: the sync chips' find of the place (its chance counts every place tried so far), and the message itself, on
other chips, so that the chances multiply. The message has two witnesses, either of which will do: its CRC-32, and how
clearly all payload chips agree with it. Leaves out: finding places (``picture_search``), and marks as a whole
(``picture_detect``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from adseal_provenance.watermark.chance import message_log10_p, sum_log10_tail
from adseal_provenance.watermark.code import CRC_LOG10_P, codeword, decode
from adseal_provenance.watermark.picture import TILE
from adseal_provenance.watermark.picture_search import (
    FOLD,
    Candidate,
    Search,
    matched,
    oriented,
    sample,
    upright,
)
from adseal_provenance.watermark.tile import KeyedTile

Field = NDArray[np.float32]

BY_CRC_LOG10_P: Final = -12.5
"""A message is believed by its CRC where the chance of the sync chips' find, times that of all messages whose CRC was
looked at, is below this;"""

BY_CHIPS_LOG10_P: Final = -13.6
"""or by its payload chips, where the product of both chances, times the readings tried, is below this.

Together at most 1e-11 for a whole search: a chance is a sum over the places of a search, and each counts against all
places tried before it, which makes 1 + ln(all places / places of the first stage) = 9.6 of one; the product of two
independent chances is below a with the chance a (1 - ln a). So 9.6 (10**-12.5 + 32 * 10**-13.6) = 1e-11.
"""

_MOST_TRIES = 64
_WORTH_LOG10_P = -0.3  # chance of a place from which more than a quick reading is worth its time
_NEAR_BLOCKS = (1.0, 0.0)  # a lens or a slanted view changes a mark from block to block, all else does not
_LEAST_CLEAR = 0.004
_EMPTY = 3e-4  # rms of a block in which there is nothing


@dataclass(frozen=True)
class Layout:
    """A tile and its sync chips as a pattern (float32[128, 128], upright)."""

    tile: KeyedTile
    sync: Field


@dataclass(frozen=True)
class Message:
    """A message that can be believed, and the place where it was read."""

    locator: str
    log10_p: float
    place: Candidate


def read_message(
    sources: Sequence[Search], places: Sequence[Candidate], layout: Layout, *, place_log10_p: float
) -> Message | None:
    """The first message that can be believed at any of several neighbouring places in any of several means.

    Args:
        sources: searches of the same video, counted together.
        places: where a find of the sync chips may lie exactly. (Faint ones are refined too far.)
        layout: of the pattern that was found.
        place_log10_p: log10 of the chance of that find.
    """
    thorough = place_log10_p < _WORTH_LOG10_P
    for place in places:
        for source in sources:
            for near in _NEAR_BLOCKS if thorough else _NEAR_BLOCKS[:1]:
                chips = received_chips(source, place, layout.sync, near)
                source.count.readings += 1
                read = _believed(chips, layout.tile, source, place_log10_p, thorough)
                if read:
                    return Message(*read, place)
    return None


def _believed(
    chips: Field, tile: KeyedTile, source: Search, place_log10_p: float, thorough: bool
) -> tuple[str, float] | None:
    soft, count = tile.bits(chips), source.count
    room = 10.0 ** min(BY_CRC_LOG10_P - CRC_LOG10_P - place_log10_p, 6.0) - count.messages
    if room >= 1.0:
        tries = int(min(room, _MOST_TRIES))
        count.messages += tries
        locator = decode(soft, tries)
        if locator is not None:
            by_crc = place_log10_p + CRC_LOG10_P + math.log10(count.messages)
            return locator, min(by_crc, _by_chips(chips, tile, locator, place_log10_p, count.readings))
    # by the chips alone, for which it does not matter how many messages are looked at
    locator = decode(soft, _MOST_TRIES if thorough else 1)
    if locator is None:
        return None
    by_chips = _by_chips(chips, tile, locator, place_log10_p, count.readings)
    return (locator, by_chips) if by_chips <= BY_CHIPS_LOG10_P else None


def _by_chips(chips: Field, tile: KeyedTile, locator: str, place_log10_p: float, readings: int) -> float:
    return place_log10_p + math.log10(readings) + message_log10_p(tile.clarity(chips, codeword(locator)))


def confirmed_log10_p(sources: Sequence[Search], place: Candidate, layout: Layout, locator: str) -> float:
    """log10 of the chance that payload chips which do not carry a known message agree with it as clearly as these.

    Args:
        sources: searches of the same video, counted together, the known codewords among their templates.
        place: where the codeword spoke loudest.
        layout: of the locator's pattern.
        locator: the known message.
    """
    clarity = max(
        layout.tile.clarity(received_chips(source, place, layout.sync, near), codeword(locator))
        for source in sources
        for near in _NEAR_BLOCKS
    )
    sources[0].count.readings += len(sources) * len(_NEAR_BLOCKS)
    return min(math.log10(sources[0].count.trials) + sum_log10_tail(clarity), 0.0)


def received_chips(source: Search, place: Candidate, sync: Field, near: float) -> Field:
    """float32[64, 64]: the received chips, every half-tile block of the picture weighted by how clearly it and the
    blocks around it carry the sync chips.

    Args:
        source: its residual is read.
        place: where the lattice lies.
        sync: the pattern's sync chips, upright.
        near: how far around, in blocks (standard deviation); 0 for each block by itself.
    """
    geometry = place.geometry
    grid = sample(source.smoothed((geometry.chip_x + geometry.chip_y) / 2), geometry)
    grid = np.pad(grid, ((-place.shift[0] % FOLD, 0), (-place.shift[1] % FOLD, 0)))
    grid = matched(np.pad(grid, ((0, -grid.shape[0] % FOLD), (0, -grid.shape[1] % FOLD))))
    down, across = grid.shape[0] // TILE, grid.shape[1] // TILE
    blocks = grid.reshape(down, TILE, across, TILE).transpose(0, 2, 1, 3)
    parts = oriented(sync, geometry.orientation).reshape(2, TILE, 2, TILE).transpose(0, 2, 1, 3)
    parts = np.tile(parts, (down // 2, across // 2, 1, 1))
    rms = np.maximum(np.sqrt(np.mean(blocks * blocks, axis=(2, 3))), _EMPTY)
    there = (rms > _EMPTY).astype(np.float32)
    clear = np.mean(blocks * parts, axis=(2, 3)) / rms * there
    if near:  # one block alone says little about how clear it is, and its neighbours are much like it
        smooth = cv2.GaussianBlur(np.stack([clear, there], axis=2), (0, 0), near)
        clear = smooth[:, :, 0] / np.maximum(smooth[:, :, 1], 1e-3)
    weight = there * np.maximum(clear, _LEAST_CLEAR) / rms
    total = (blocks * weight[:, :, None, None]).reshape(down // 2, 2, across // 2, 2, TILE, TILE)
    tile = total.sum(axis=(0, 2)).transpose(0, 2, 1, 3).reshape(FOLD, FOLD)
    tile = upright(np.asarray(tile, np.float32), geometry.orientation)
    return np.asarray(tile.reshape(TILE, 2, TILE, 2).mean(axis=(1, 3)), np.float32)
