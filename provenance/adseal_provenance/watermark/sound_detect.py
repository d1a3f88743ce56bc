# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Reading sound marks: shift in time, small changes of speed, message.

Decides: when a find counts (sync chips z ≥ 4.5 AND CRC-32, as for the picture; far fewer hypotheses are
tried here, so the same reliability needs a lower z). Leaves out: tempo changes without change of pitch, and
speeds beyond ±5 %.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adseal_provenance.watermark.code import CRC_LOG10_P, codeword, decode
from adseal_provenance.watermark.keys import WatermarkKey
from adseal_provenance.watermark.model import Mark
from adseal_provenance.watermark.picture_detect import log10_tail, merge_spans
from adseal_provenance.watermark.sound import (
    ALGORITHM,
    BANDS,
    HOPS,
    MIN_SECONDS,
    SLOT_S,
    SLOTS,
    Spectrogram,
    levels,
    residual,
    sound_tile,
    spectrogram,
)
from adseal_provenance.watermark.tile import KeyedTile

Field = NDArray[np.float32]

SYNC_Z = 4.5
_PERIOD = SLOTS * HOPS
_SPAN_Z = 4.0
_PIECE_S = 12.0
_STEP_S = SLOT_S / HOPS


@dataclass
class _Counter:
    trials: int = 0
    attempts: int = 0


class SoundDetector:
    """Finds sound marks made with any of the given keys."""

    def __init__(self, keys: Sequence[WatermarkKey]) -> None:
        self._keys = list(keys)
        self._tiles = [sound_tile(key) for key in self._keys]
        self._spectra = [np.conj(np.fft.rfft2(stretch(tile.sync))) for tile in self._tiles]

    def find(self, samples: Field, sample_rate: int) -> Mark | None:
        """Read the mark of a soundtrack (float32[channels, samples]), or None.

        Tried in order: the whole at its own speed; overlapping pieces of 12 s; ±5 % of speed on the loudest
            piece.
        """
        if not self._keys or samples.ndim != 2 or samples.shape[1] < MIN_SECONDS * sample_rate:
            return None
        power = spectrogram(samples, sample_rate)
        counter = _Counter()
        whole = residual(levels(power))
        mark = self._attempt(whole, 1.0, counter)
        if mark:
            return mark
        piece = round(_PIECE_S / _STEP_S)
        if len(whole) > 1.5 * piece:
            for first in range(0, len(whole) - piece // 2, piece // 2):
                mark = self._attempt(whole[first : first + piece], 1.0, counter, start_s=first * _STEP_S)
                if mark:
                    return mark
        loud = _loudest(power, piece)
        for speed in _speeds():
            part = Spectrogram(power.power[loud : loud + piece], power.bin_hz)
            mark = self._attempt(residual(levels(part, speed)), speed, counter, start_s=loud * _STEP_S)
            if mark:
                return mark
        return None

    def _attempt(self, cells: Field, speed: float, counter: _Counter, start_s: float = 0.0) -> Mark | None:
        if len(cells) < MIN_SECONDS / _STEP_S * 0.9:
            return None
        for index, spectrum in enumerate(self._spectra):
            shift, z = _sync(cells, spectrum)
            counter.trials += _PERIOD
            if z < SYNC_Z:
                continue
            counter.attempts += 1
            grid = _aligned(cells, shift)
            locator = decode(_soft(grid, self._tiles[index]))
            if locator is None:
                continue
            chance = min(0.0, math.log10(counter.trials) + log10_tail(z))
            return Mark(
                algorithm=ALGORITHM,
                id=locator,
                key_id=self._keys[index].key_id,
                log10_p=round(chance + CRC_LOG10_P + math.log10(counter.attempts), 2),
                spans=_spans(
                    grid,
                    self._tiles[index],
                    locator,
                    steps=len(cells),
                    shift=shift,
                    speed=speed,
                    start_s=start_s,
                ),
            )
        return None


def stretch(chips: Field) -> Field:
    """float32[256, 48]: a tile at analysis steps (4 per slot)."""
    return np.repeat(chips, HOPS, axis=0)


def _speeds() -> list[float]:
    usual = [25 / 24, 24 / 25, 1.001, 1 / 1.001]
    grid = (1.0 + np.arange(-0.05, 0.0501, 0.002)).tolist()
    return usual + sorted((s for s in grid if abs(s - 1.0) > 1e-9), key=lambda s: abs(s - 1.0))


def _loudest(power: Spectrogram, piece: int) -> int:
    """First step of the loudest piece."""
    total = np.cumsum(np.concatenate([[0.0], power.power.sum(axis=1, dtype=np.float64)]))
    if len(total) <= piece + 1:
        return 0
    return int(np.argmax(total[piece:] - total[:-piece]))


def _sync(cells: Field, spectrum: NDArray[np.complexfloating]) -> tuple[int, float]:
    """Best time shift in steps and its z; shifts across bands, where no mark can be, give the null
    deviation.
    """
    count = -(-len(cells) // _PERIOD)
    padded = np.zeros((count * _PERIOD, BANDS), np.float32)
    padded[: len(cells)] = cells
    folded = padded.reshape(count, _PERIOD, BANDS).sum(axis=0)
    folded -= folded.mean(axis=0, keepdims=True)
    scores = np.fft.irfft2(np.fft.rfft2(folded) * spectrum, s=folded.shape)
    null = float(np.sqrt(np.mean(scores[:, 2:-2] ** 2)))
    shift = int(scores[:, 0].argmax())
    return shift, float(scores[shift, 0] / max(null, 1e-9))


def _aligned(cells: Field, shift: int) -> Field:
    """float32[copies, 64, 48]: slot means with tiles starting at whole copies."""
    front = -shift % _PERIOD
    count = -(-(front + len(cells)) // _PERIOD)
    padded = np.zeros((count * _PERIOD, BANDS), np.float32)
    padded[front : front + len(cells)] = cells
    return np.asarray(padded.reshape(count, SLOTS, HOPS, BANDS).mean(axis=2))


def _soft(grid: Field, tile: KeyedTile) -> Field:
    """Soft code bits: plain sum over tile copies.

    No weights on purpose: the embedder has balanced every bit against what the sound itself says in each whole
    copy, and any weighting of parts would bring that interference back.
    """
    return tile.bits(grid.sum(axis=0))


def _spans(
    grid: Field, tile: KeyedTile, locator: str, *, steps: int, shift: int, speed: float, start_s: float
) -> tuple[tuple[float, float], ...]:
    """Tile copies that carry the codeword, in seconds of the received file."""
    chips = tile.chips(codeword(locator))
    carried = []
    end = steps * _STEP_S / speed
    for index, copy in enumerate(grid):
        energy = float(np.sqrt((copy * copy).sum()))
        if energy > 0 and float((copy * chips).sum()) / energy >= _SPAN_Z:
            begin = (index * _PERIOD - (-shift % _PERIOD)) * _STEP_S / speed
            carried.append((start_s + max(begin, 0.0), start_s + min(begin + _PERIOD * _STEP_S / speed, end)))
    return merge_spans(carried, gap_s=1.0)
