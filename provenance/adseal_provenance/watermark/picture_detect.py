# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Reading picture marks: blind (which locator?) and against a known locator (is it this one?).

Decides: when a find counts. Blind: the sync chips must stand out AND the decoded message must pass its CRC-32 and
belong to the pattern it was read off; the two rest on disjoint chips, so their chances multiply. The chance of the
sync chips' find counts every hypothesis tried so far, so a find that took a long search has to be clearer. Known: the
whole codeword must stand out so far that the chance, times every hypothesis and every registry record tried, stays
below 1e-9.
Leaves out: what a mark means. A mark can be copied from one video to another; only a fingerprint tells
(``fingerprint``).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from adseal_provenance.watermark.code import CRC_LOG10_P, codeword, decode
from adseal_provenance.watermark.keys import PATTERNS, WatermarkKey
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
    matched,
    oriented,
    sample,
    spectrum,
    stages,
    upright,
)

Field = NDArray[np.float32]

BLIND_LOG10_P = -12.0
"""A message is read only where the chance of the sync chips' find, times that of one CRC, is below this."""

_MOST_TRIES = 64

KNOWN_LOG10_P = -9.0
"""A known locator is confirmed below this chance of error."""

_LOOK_Z = 4.8  # candidates below are not worth refining
_SPAN_Z = 4.0
_PIECE_S = 4.0


def _tries(log10_p: float) -> int:
    """How many messages may be read off a find of which one would be wrong with this chance."""
    return int(min(10.0 ** max(BLIND_LOG10_P - log10_p, -1.0), _MOST_TRIES))


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
        keys: tried together; the geometry search is shared, each further key costs about half as much again.
    """

    def __init__(self, keys: Sequence[WatermarkKey]) -> None:
        self._owners = [(key, number) for key in keys for number in range(PATTERNS)]
        self._tiles = [picture_tile(key, number) for key, number in self._owners]
        self._sync = [pattern(tile.sync) for tile in self._tiles]

    def find(self, evidence: PictureEvidence, *, thorough: bool = True) -> tuple[Mark, ...]:
        """Read every mark of a video, in the order in which they appear.

        Marks in other seconds than the first one that is read are looked for at its place and at the likeliest one.

        Args:
            evidence: finished.
            thorough: False tries only unturned, unscaled copies (fast).
        """
        mean = evidence.mean()
        if not self._owners or mean is None:
            return ()
        found: list[_Found] = []
        search = Search(mean, self._sync)
        for name, geometries, orientations in stages(_with_bars(evidence)):
            found = self._read(search, search.scan(iter(geometries), orientations))
            if found or name == "whole picture":
                found = self._elsewhere(evidence, search, found)
            if found or not thorough:
                break
        return self._marks(evidence, found, "blind")

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
            (i, locator)
            for key_id, locator in known
            for i, (key, number) in enumerate(self._owners)
            if key.key_id == key_id and key.pattern_of(locator) == number
        ]
        mean = evidence.mean()
        if not pairs or mean is None:
            return None
        templates = [pattern(self._tiles[i].chips(codeword(locator))) for i, locator in pairs]
        search = Search(mean, templates)
        for name, geometries, orientations in stages(_with_bars(evidence)):
            for candidate in search.scan(iter(geometries), orientations)[:2]:
                best = search.refine(candidate)
                log10_p = math.log10(search.count.trials) + log10_tail(best.z)
                if log10_p < KNOWN_LOG10_P:
                    i, locator = pairs[best.template]
                    at = Candidate(best.geometry, i, best.z, best.shift)
                    return self._marks(evidence, [_Found(at, locator, log10_p)], "known")[0]
            if not thorough or name == "far scales":
                break
        return None

    def _elsewhere(self, evidence: PictureEvidence, search: Search, found: list[_Found]) -> list[_Found]:
        """``found``, and the marks in stretches that carry none of them: overlapping pieces of some seconds."""
        covered = {i for f in found for i in self._covered(evidence, f)}
        places = dict.fromkeys([Geometry(BASE_CHIP, BASE_CHIP), *(f.candidate.geometry for f in found)])
        for first, last in _pieces(evidence):
            mean = evidence.mean(first, last)
            if mean is None or covered.issuperset(range(first, last)):
                continue
            piece = Search(mean, self._sync, search.count)
            for f in self._read(piece, piece.scan(iter(places), ALL)):
                if all(f.locator != other.locator for other in found):
                    found.append(f)
                    covered.update(self._covered(evidence, f))
        return found

    def _read(self, search: Search, candidates: Sequence[Candidate]) -> list[_Found]:
        """The messages of all candidates that have one; each only once, however many candidates lead to it."""
        found: dict[str, _Found] = {}
        for candidate in candidates:
            if candidate.z < _LOOK_Z:
                continue
            best = search.refine(candidate)
            sync = min(0.0, math.log10(search.count.trials) + log10_tail(best.z))
            tries = _tries(sync + CRC_LOG10_P)
            if not tries:
                continue
            search.count.messages += tries
            locator = decode(self._soft(search, best), tries)
            key, number = self._owners[best.template]
            if locator is not None and locator not in found and key.pattern_of(locator) == number:
                log10_p = sync + CRC_LOG10_P + math.log10(search.count.messages)
                found[locator] = _Found(best, locator, log10_p)
        return list(found.values())

    def _soft(self, search: Search, candidate: Candidate) -> Field:
        """Soft code bits: every half-tile block of the picture weighted by how clearly it carries the sync
        chips.
        """
        geometry = candidate.geometry
        grid = sample(search.smoothed((geometry.chip_x + geometry.chip_y) / 2), geometry)
        grid = np.pad(grid, ((-candidate.shift[0] % FOLD, 0), (-candidate.shift[1] % FOLD, 0)))
        grid = np.pad(grid, ((0, -grid.shape[0] % FOLD), (0, -grid.shape[1] % FOLD)))
        grid = matched(grid)
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

    def _covered(self, evidence: PictureEvidence, found: _Found) -> list[int]:
        levels = self._levels(evidence, found)
        return np.flatnonzero(levels >= max(_SPAN_Z, 0.5 * float(levels.max(initial=0.0)))).tolist()

    def _marks(
        self, evidence: PictureEvidence, found: Sequence[_Found], method: Literal["blind", "known"]
    ) -> tuple[Mark, ...]:
        levels = [self._levels(evidence, f) for f in found]
        marks = []
        for f, own in zip(found, levels, strict=True):
            alike = [
                x for o, x in zip(found, levels, strict=True) if o.candidate.template == f.candidate.template
            ]
            mark = Mark(
                algorithm=ALGORITHM,
                id=f.locator,
                key_id=self._owners[f.candidate.template][0].key_id,
                log10_p=round(f.log10_p, 2),
                spans=_spans(evidence, own, np.max(alike, axis=0)),
                geometry=_seen_geometry(f.candidate.geometry),
                method=method,
            )
            marks.append(mark)
        return tuple(sorted(marks, key=lambda mark: mark.spans[:1]))

    def _levels(self, evidence: PictureEvidence, found: _Found) -> Field:
        """How clearly each stretch, judged alone, carries the found message at the found place: standard deviations.

        Not by the sync chips: another mark of the same pattern has them, too.
        """
        candidate = found.candidate
        chips = self._tiles[candidate.template].chips(codeword(found.locator), sync_gain=0.0)
        spectra = spectrum(oriented(pattern(chips), candidate.geometry.orientation))[None]
        rows = (candidate.shift[0] + np.arange(-1, 2)) % FOLD
        columns = (candidate.shift[1] + np.arange(-1, 2)) % FOLD
        levels = np.zeros(len(evidence.stretches), np.float32)
        for index in range(len(levels)):
            mean = evidence.mean(index, index + 1)
            if mean is not None:
                scores = correlate(fold(sample(mean, candidate.geometry)), spectra)[0]
                levels[index] = scores[np.ix_(rows, columns)].max()
        return levels


def _spans(evidence: PictureEvidence, levels: Field, rival: Field) -> tuple[tuple[float, float], ...]:
    """Stretches that carry a mark: 4 standard deviations, and no other mark of the same pattern is much clearer there
    (two messages have a part of their signs in common).
    """
    carrying = (levels >= _SPAN_Z) & (levels >= 0.6 * rival)
    chosen = [stretch for stretch, yes in zip(evidence.stretches, carrying, strict=True) if yes]
    return merge_spans([(stretch.start_s, stretch.end_s) for stretch in chosen], gap_s=1.0)


def _seen_geometry(geometry: Geometry) -> MarkGeometry:
    turn = math.degrees(geometry.rotation) - 90.0 * (geometry.orientation >> 1)
    return MarkGeometry(
        scale_x=round(geometry.chip_x / BASE_CHIP, 4),
        scale_y=round(geometry.chip_y / BASE_CHIP, 4),
        rotation_deg=round((turn + 180.0) % 360.0 - 180.0, 2),
        flipped=bool(geometry.orientation & 1),
    )


def _pieces(evidence: PictureEvidence) -> Iterator[tuple[int, int]]:
    """Overlapping pieces of about four seconds, as (first, last + 1) stretch; none where one would be all there is."""
    stretches = evidence.stretches
    length = stretches[-1].end_s - stretches[0].start_s
    if length < 1.5 * _PIECE_S:
        return
    size = max(round(_PIECE_S * len(stretches) / length), 1)
    for first in range(0, len(stretches) - size + 1, max(size // 2, 1)):
        yield first, first + size


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
