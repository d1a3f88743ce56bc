# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Reading picture marks: blind (which locator?) and against a known locator (is it this one?).

Decides: when a find counts. Blind: the sync chips must stand out (z ≥ 6) AND the decoded message must pass
its CRC-32; the two rest on disjoint chips, so their chances multiply. Known: the whole codeword must stand
out so far that the chance, times every hypothesis and every registry record tried, stays below 1e-9.
Leaves out: what a mark means. A mark can be copied from one video to another; only a fingerprint tells
(``fingerprint``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adseal_provenance.watermark.code import CRC_LOG10_P, codeword, decode
from adseal_provenance.watermark.keys import WatermarkKey
from adseal_provenance.watermark.model import Mark, MarkGeometry
from adseal_provenance.watermark.picture import ALGORITHM, CHIPS, TILE, pattern, picture_tile
from adseal_provenance.watermark.picture_evidence import ANALYSIS_SIDE, PictureEvidence
from adseal_provenance.watermark.picture_search import (
    ALL,
    BASE_CHIP,
    FOLD,
    Candidate,
    Geometry,
    Search,
    correlate,
    fold,
    oriented,
    sample,
    spectrum,
    stages,
    upright,
)

Field = NDArray[np.float32]

SYNC_Z = 6.0
"""Standard deviations that the sync chips must reach before a decoded message is believed."""

KNOWN_LOG10_P = -9.0
"""A known locator is confirmed below this chance of error."""

_LOOK_Z = 4.8  # candidates below are not worth refining
_SPAN_Z = 4.0
_PIECE_S = 4.0


def log10_tail(z: float) -> float:
    """log10 of the chance that a standard normal value exceeds z (accurate far out, by its asymptotic
    series).
    """
    if z < 25:
        return math.log10(max(0.5 * math.erfc(z / math.sqrt(2)), 1e-300))
    return (-z * z / 2 - math.log(z * math.sqrt(2 * math.pi))) / math.log(10)


@dataclass(frozen=True)
class _Found:
    candidate: Candidate
    locator: str
    log10_p: float


class PictureDetector:
    """Finds picture marks made with any of the given keys.

    Args:
        keys: tried together; the geometry search is shared, each further key costs about a tenth more.
    """

    def __init__(self, keys: Sequence[WatermarkKey]) -> None:
        self._keys = list(keys)
        self._tiles = [picture_tile(key) for key in self._keys]
        self._sync = [pattern(tile.sync) for tile in self._tiles]

    def find(self, evidence: PictureEvidence, *, thorough: bool = True) -> Mark | None:
        """Read the mark of a video, or None.

        Args:
            evidence: finished.
            thorough: False tries only unturned, unscaled copies (fast).
        """
        mean = evidence.mean()
        if not self._keys or mean is None:
            return None
        found = None
        search = Search(mean, self._sync)
        attempts = 0
        for name, geometries, orientations in stages(_with_bars(evidence)):
            best = search.scan(iter(geometries), orientations)
            found, attempts = self._read(search, best, attempts)
            if found:
                break
            if name == "whole picture":
                found, attempts = self._pieces(evidence, search, attempts)
            if found or not thorough:
                break
        return self._mark(evidence, found, "blind") if found else None

    def verify_known(
        self, evidence: PictureEvidence, known: Sequence[tuple[str, str]], *, thorough: bool = True
    ) -> Mark | None:
        """Confirm one of several (key_id, locator) pairs by matched filter; needs about 6 dB less than
        reading.

        Args:
            evidence: finished.
            known: candidates, for instance from a fingerprint lookup; each one counts as a further
                hypothesis.
            thorough: False tries only unturned, unscaled copies.
        """
        pairs = [
            (i, locator) for key_id, locator in known for i, k in enumerate(self._keys) if k.key_id == key_id
        ]
        mean = evidence.mean()
        if not pairs or mean is None:
            return None
        templates = [pattern(self._tiles[i].chips(codeword(locator))) for i, locator in pairs]
        search = Search(mean, templates)
        for name, geometries, orientations in stages(_with_bars(evidence)):
            for candidate in search.scan(iter(geometries), orientations)[:2]:
                best = search.refine(candidate)
                log10_p = math.log10(search.trials) + log10_tail(best.z)
                if log10_p < KNOWN_LOG10_P:
                    i, locator = pairs[best.template]
                    at = Candidate(best.geometry, i, best.z, best.shift)
                    return self._mark(evidence, _Found(at, locator, log10_p), "known")
            if not thorough or name == "far scales":
                break
        return None

    def _pieces(self, evidence: PictureEvidence, search: Search, attempts: int) -> tuple[_Found | None, int]:
        """Long videos in which only a part is marked: look at overlapping pieces, at the likeliest geometry
        only.
        """
        stretches = evidence.stretches
        if not stretches or stretches[-1].end_s - stretches[0].start_s < 1.5 * _PIECE_S:
            return None, attempts
        length = max(round(_PIECE_S * len(stretches) / (stretches[-1].end_s - stretches[0].start_s)), 1)
        for first in range(0, len(stretches) - length + 1, max(length // 2, 1)):
            mean = evidence.mean(first, first + length)
            if mean is None:
                continue
            piece = Search(mean, self._sync, trials=search.trials)
            best = piece.scan(iter([Geometry(BASE_CHIP, BASE_CHIP)]), ALL)
            found, attempts = self._read(piece, best, attempts)
            search.trials = piece.trials
            if found:
                return found, attempts
        return None, attempts

    def _read(
        self, search: Search, candidates: Sequence[Candidate], attempts: int
    ) -> tuple[_Found | None, int]:
        for candidate in candidates:
            if candidate.z < _LOOK_Z:
                continue
            best = search.refine(candidate)
            if best.z < SYNC_Z:
                continue
            attempts += 1
            locator = decode(self._soft(search, best))
            if locator is not None:
                sync = min(0.0, math.log10(search.trials) + log10_tail(best.z))
                return _Found(best, locator, sync + CRC_LOG10_P + math.log10(attempts)), attempts
        return None, attempts

    def _soft(self, search: Search, candidate: Candidate) -> Field:
        """Soft code bits: every half-tile block of the picture weighted by how clearly it carries the sync
        chips.
        """
        geometry = candidate.geometry
        grid = sample(search.smoothed((geometry.chip_x + geometry.chip_y) / 2), geometry)
        grid = np.pad(grid, ((-candidate.shift[0] % FOLD, 0), (-candidate.shift[1] % FOLD, 0)))
        grid = np.pad(grid, ((0, -grid.shape[0] % FOLD), (0, -grid.shape[1] % FOLD)))
        sync = oriented(self._sync[candidate.template], geometry.orientation)
        down, across = grid.shape[0] // TILE, grid.shape[1] // TILE
        blocks = grid.reshape(down, TILE, across, TILE).transpose(0, 2, 1, 3)
        parts = sync.reshape(2, TILE, 2, TILE).transpose(0, 2, 1, 3)
        parts = np.tile(parts, (down // 2, across // 2, 1, 1))
        energy = np.mean(blocks * blocks, axis=(2, 3))
        clear = np.mean(blocks * parts, axis=(2, 3)) / np.sqrt(np.maximum(energy, 1e-9))
        weight = np.where(energy > 1e-7, np.maximum(clear, 0.004) / np.sqrt(np.maximum(energy, 1e-9)), 0.0)
        total = (blocks * weight[:, :, None, None]).reshape(down // 2, 2, across // 2, 2, TILE, TILE)
        tile = total.sum(axis=(0, 2)).transpose(0, 2, 1, 3).reshape(FOLD, FOLD)
        tile = upright(np.asarray(tile, np.float32), geometry.orientation)
        chips = tile.reshape(TILE, 2, TILE, 2).mean(axis=(1, 3))
        return self._tiles[candidate.template].bits(np.asarray(chips, np.float32))

    def _mark(self, evidence: PictureEvidence, found: _Found, method: str) -> Mark:
        geometry = found.candidate.geometry
        turn = math.degrees(geometry.rotation) - 90.0 * (geometry.orientation >> 1)
        return Mark.model_validate(
            {
                "algorithm": ALGORITHM,
                "id": found.locator,
                "key_id": self._keys[found.candidate.template].key_id,
                "log10_p": round(found.log10_p, 2),
                "spans": self._spans(evidence, found),
                "geometry": MarkGeometry(
                    scale_x=round(geometry.chip_x / BASE_CHIP, 4),
                    scale_y=round(geometry.chip_y / BASE_CHIP, 4),
                    rotation_deg=round((turn + 180.0) % 360.0 - 180.0, 2),
                    flipped=bool(geometry.orientation & 1),
                ),
                "method": method,
            }
        )

    def _spans(self, evidence: PictureEvidence, found: _Found) -> tuple[tuple[float, float], ...]:
        """Stretches that carry the found codeword at the found place (each judged alone, 4 standard
        deviations).
        """
        candidate = found.candidate
        code = codeword(found.locator)
        tile = oriented(pattern(self._tiles[candidate.template].chips(code)), candidate.geometry.orientation)
        spectra = spectrum(tile)[None]
        carried = []
        for index, stretch in enumerate(evidence.stretches):
            mean = evidence.mean(index, index + 1)
            if mean is None:
                continue
            scores = correlate(fold(sample(mean, candidate.geometry)), spectra)[0]
            rows = (candidate.shift[0] + np.arange(-1, 2)) % FOLD
            columns = (candidate.shift[1] + np.arange(-1, 2)) % FOLD
            if float(scores[np.ix_(rows, columns)].max()) >= _SPAN_Z:
                carried.append((stretch.start_s, stretch.end_s))
        return merge_spans(carried, gap_s=1.0)


def merge_spans(spans: Sequence[tuple[float, float]], gap_s: float) -> tuple[tuple[float, float], ...]:
    """Join spans (ordered by start) that touch or are at most ``gap_s`` seconds apart; times rounded to 10
    ms.
    """
    merged: list[tuple[float, float]] = []
    for start, end in spans:
        if merged and start - merged[-1][1] <= gap_s + 1e-6:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple((round(start, 2), round(end, 2)) for start, end in merged)


def _with_bars(evidence: PictureEvidence) -> list[float]:
    """Chip size if what looks like bars belongs to the picture after all."""
    zoom = evidence.bars_zoom()
    return [] if zoom is None else [ANALYSIS_SIDE / CHIPS / zoom]
