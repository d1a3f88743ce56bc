# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Reading picture marks: blind (which locator?) and against a known locator (is it this one?).

Decides: when a find counts. Blind: see ``picture_message``; a message must also belong to the pattern it was read off.
Known: the payload chips must agree with the codeword so clearly that the chance, times every place and every registry
record tried, stays below 1e-9. (Not the sync chips: every other mark of the same pattern has them, too.)
Leaves out: what a mark means. A mark can be copied from one video to another; only a fingerprint tells
(``fingerprint``).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from adseal_provenance.watermark.chance import log10_tail
from adseal_provenance.watermark.code import codeword
from adseal_provenance.watermark.keys import PATTERNS, WatermarkKey
from adseal_provenance.watermark.model import Mark, MarkGeometry
from adseal_provenance.watermark.picture import ALGORITHM, CHIPS, pattern, picture_tile
from adseal_provenance.watermark.picture_evidence import ANALYSIS_SIDE, PictureEvidence
from adseal_provenance.watermark.picture_message import Layout, confirmed_log10_p, read_message
from adseal_provenance.watermark.picture_search import (
    ALL,
    BASE_CHIP,
    FOLD,
    INTRA_STAGES,
    Candidate,
    Geometry,
    Search,
    correlate,
    fold,
    oriented,
    sample,
    stages,
    stretched_wholes,
)

Field = NDArray[np.float32]

KNOWN_LOG10_P = -9.0
"""A known locator is confirmed below this chance of error."""

_LOOK_Z = 4.4  # candidates below are not worth refining
_CLEAR_LOG10_P = -0.3
_SPAN_Z = 4.0
_PIECE_S = 4.0


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
        searches = _searches(evidence, mean, self._sync)
        for name, geometries, orientations in stages(_otherwise(evidence, mean)):
            for search in searches if name in INTRA_STAGES else searches[:1]:
                if not found:
                    found = self._read(search, search.scan(iter(geometries), orientations), searches)
            if found or name == "whole picture":
                found = self._elsewhere(evidence, searches[0], found)
            if found or (name == "whole picture otherwise" and not thorough):
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
        searches = _searches(evidence, mean, templates)
        for name, geometries, orientations in stages(_otherwise(evidence, mean)):
            for search in searches if name in INTRA_STAGES else searches[:1]:
                for candidate in search.scan(iter(geometries), orientations)[:2]:
                    best = search.refine(candidate)
                    i, locator = pairs[best.template]
                    place = replace(best, template=i)
                    chance = confirmed_log10_p(searches, place, self._layout(i), locator)
                    if chance < KNOWN_LOG10_P:
                        return self._marks(evidence, [_Found(place, locator, chance)], "known")[0]
            if name == ("far scales" if thorough else "whole picture otherwise"):
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
            for f in self._read(piece, piece.scan(iter(places), ALL), (piece,)):
                if all(f.locator != other.locator for other in found):
                    found.append(f)
                    covered.update(self._covered(evidence, f))
        return found

    def _read(
        self, search: Search, candidates: Sequence[Candidate], sources: Sequence[Search]
    ) -> list[_Found]:
        """The messages of all candidates that have one; each only once, however many candidates lead to it."""
        found: dict[str, _Found] = {}
        for candidate in candidates:
            if candidate.z < _LOOK_Z:
                continue
            best = search.refine(candidate)
            key, number = self._owners[best.template]
            chance = min(0.0, math.log10(search.count.trials) + log10_tail(best.z))
            clear = chance < _CLEAR_LOG10_P
            read = read_message(
                sources if clear else (search,),
                (best, candidate) if clear else (best,),
                self._layout(best.template),
                place_log10_p=chance,
            )
            if read and key.pattern_of(read.locator) == number:
                found.setdefault(read.locator, _Found(read.place, read.locator, read.log10_p))
        return list(found.values())

    def _layout(self, template: int) -> Layout:
        return Layout(self._tiles[template], self._sync[template])

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
        template = oriented(pattern(chips), candidate.geometry.orientation)
        rows = (candidate.shift[0] + np.arange(-1, 2)) % FOLD
        columns = (candidate.shift[1] + np.arange(-1, 2)) % FOLD
        levels = np.zeros(len(evidence.stretches), np.float32)
        for index in range(len(levels)):
            mean = evidence.mean(index, index + 1)
            if mean is not None:
                scores = correlate(fold(sample(mean, candidate.geometry)), template)
                levels[index] = scores[np.ix_(rows, columns)].max()
        return levels


def _searches(evidence: PictureEvidence, mean: Field, templates: Sequence[Field]) -> list[Search]:
    """One of all frames and, where there are such, one of those coded by themselves; counted together."""
    search = Search(mean, templates)
    intra = evidence.intra_mean()
    return [search] if intra is None else [search, Search(intra, templates, search.count)]


def _spans(evidence: PictureEvidence, levels: Field, rival: Field) -> tuple[tuple[float, float], ...]:
    """Stretches that carry a mark: 4 standard deviations, and no other mark of the same pattern is much clearer there
    (two messages have a part of their signs in common). All of them where none is that clear by itself.
    """
    carrying = (levels >= _SPAN_Z) & (levels >= 0.6 * rival)
    carrying |= not carrying.any()
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


def _otherwise(evidence: PictureEvidence, mean: Field) -> list[Geometry]:
    """Likely places besides the plain one: what looks like bars belongs to the picture, or it was stretched."""
    zoom = evidence.bars_zoom()
    chips = [] if zoom is None else [ANALYSIS_SIDE / CHIPS / zoom]
    return [Geometry(chip, chip) for chip in chips] + stretched_wholes(mean.shape[0], mean.shape[1])
