# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Reading sound marks: where in time, at which speed, through cuts; blind (which locator?) and against a known one.

Decides: when a find counts. Leaves out: speeds beyond ±5 %, changes of pitch alone.

Search: levels are taken at the speed as received, then 0.3 % apart up to ±5.1 %, played faster (pitch and tempo) or
stretched (tempo alone). At each speed the residual is correlated with the sync chips in blocks of one tile period;
neighbouring blocks are added up in groups of 1, 2, 4 ... blocks, so that short stretches and long ones both show. From
the best group the shift is followed through the whole sound, chunk by chunk (a hidden Markov model: a shift stays,
drifts by a step, jumps at a cut, or nothing is there), and all chunks are added up at their shifts before the message
is read. What a mark leaves uncovered is then searched by itself, for other marks.

Chance of a wrong find: a sound that was not marked with this key does not depend on the key's signs. For fixed cells x
and random signs s, z = Σ s x / √(Σ x²) exceeds a bound with at most 3.18 times the chance of a normal value
(Bentkus and Dzindzalieta 2015, the best constant for weighted Rademacher sums). Given any shift, weights and places,
the signs of the payload chips make every soft bit's sign an independent fair coin; as the code is linear, each message
that decoding yields is then evenly distributed, passes the CRC with chance 2**-32 and belongs to the pattern with
chance 1/4. Sync and payload chips are disjoint, so the two multiply. At the n-th shift tried, k messages (1 .. 64) are
read, from the group and from a path that is one of w, only if n · w · 3.18 · Q(z) · 2**-32 · k < 1e-12; the expected
number of wrong finds is thus below 2 · (1 + 1/2 + ... + 1/64) · (ln N + 1) · 1e-12 / 4 = 5e-11 for searches of up to
N = 1e8 shifts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from adseal_provenance.watermark.chance import log10_tail
from adseal_provenance.watermark.code import CRC_LOG10_P, codeword, decode
from adseal_provenance.watermark.keys import PATTERNS, WatermarkKey
from adseal_provenance.watermark.model import Mark
from adseal_provenance.watermark.picture_detect import merge_spans
from adseal_provenance.watermark.sound import (
    ALGORITHM,
    BANDS,
    HOPS,
    MIN_SECONDS,
    SLOT_S,
    SLOTS,
    levels,
    residual,
    sound_tile,
    spectrogram,
)

Field = NDArray[np.float32]
Path = NDArray[np.intp]
"""Shift of each chunk of a residual, 0 .. 255; -1 where nothing is."""

Spectra = NDArray[np.complex64]

BLIND_LOG10_P = -12.0
"""A message is read only where the chance of the sync chips' find, times that of one CRC, is below this."""

KNOWN_LOG10_P = -9.0
"""A known locator is confirmed below this chance of error."""

_MOST_TRIES = 64
_SIGNS_LOG10 = math.log10(3.18)
_PERIOD = SLOTS * HOPS
_STEP_S = SLOT_S / HOPS
_GRID, _MOST_SPEED = 0.003, 0.0511
_CHUNK = 32  # steps (0.34 s)
_LOOK_Z = 4.6  # groups below are not worth following
_DRIFT = 2.0  # log-likelihood that a shift by one step has to bring
_TURN, _CUT = 6.0, 9.0  # that an end, or the way back, and a new shift have to bring
_SPAN_Z = 4.0
_SPAN_CHUNKS = 8


@dataclass(frozen=True)
class Hit:
    """The best group of blocks for one template at one speed.

    Attributes:
        pitch, tempo: how much higher and faster the sound is than when it was marked.
        template: index of the template.
        first, last: blocks first .. last - 1 of the residual at that speed.
        shift: step at which a tile begins, 0 .. 255.
        z: in standard deviations under random signs.
        slope: log-likelihood per unit of correlation.
        trials: shifts tried until then.
    """

    pitch: float
    tempo: float
    template: int
    first: int
    last: int
    shift: int
    z: float
    slope: float
    trials: int

    def alone(self, steps: int) -> Path:
        """The path that is the group at its shift, and nothing (-1) in the other chunks of a residual."""
        path = np.full(-(-steps // _CHUNK), -1)
        path[self.first * _PERIOD // _CHUNK : self.last * _PERIOD // _CHUNK] = self.shift
        return path

    @property
    def log10_p(self) -> float:
        """log10 of the chance that a template stands out this far at any shift tried so far."""
        return math.log10(self.trials) + _SIGNS_LOG10 + log10_tail(self.z)

    def log10_ways(self, path: Path) -> float:
        """log10 of how many paths count as simple as this one.

        Its first part, and what begins at each turn, is one of four: this hit's shift, nothing, a step beside the last
        one, or one of all shifts. With each turn a path is believed half as much, so that all together count 1.
        """
        turns = np.flatnonzero(np.diff(path)).tolist()
        log10_ways = math.log10(math.comb(len(path) - 1, len(turns)) * 2 ** (len(turns) + 1))
        for i in (-1, *turns):
            new, old = int(path[i + 1]), int(path[i]) if i >= 0 else -1
            beside = old >= 0 and (new - old) % _PERIOD in (1, _PERIOD - 1)
            log10_ways += math.log10(4 * (1 if new in (self.shift, -1) else 2 if beside else _PERIOD))
        return log10_ways


@dataclass
class _Count:
    """What was tried so far: shifts, and messages."""

    trials: int = 0
    messages: int = 0


class SoundDetector:
    """Finds sound marks made with any of the given keys."""

    def __init__(self, keys: Sequence[WatermarkKey]) -> None:
        self._owners = [(key, number) for key in keys for number in range(PATTERNS)]
        self._tiles = [sound_tile(key, number) for key, number in self._owners]
        self._sync = np.stack([tile.sync for tile in self._tiles]) if self._tiles else None

    def find(self, samples: Field, sample_rate: int) -> tuple[Mark, ...]:
        """Read every mark of a soundtrack, in the order in which they appear; each locator once, with all its spans.

        Args:
            samples: float32[channels, samples].
            sample_rate: Hz.
        """
        found: dict[tuple[str, str], Mark] = {}
        count, parts = _Count(), [(0, samples.shape[-1])]
        while parts:
            first, last = parts.pop(0)
            mark = self._first(samples[..., first:last], sample_rate, count)
            if mark is None:
                continue
            begin = first / sample_rate
            spans = [(begin + start, begin + end) for start, end in mark.spans]
            edges = [first, *(round(t * sample_rate) for span in spans for t in span), last]
            gaps = zip(edges[::2], edges[1::2], strict=True)
            parts += [(a, b) for a, b in gaps if MIN_SECONDS * sample_rate <= b - a < last - first]
            same = found.setdefault((mark.key_id, mark.id), mark)
            others = same.spans if same is not mark else ()
            merged = merge_spans(sorted([*others, *spans]), gap_s=1.0)
            found[mark.key_id, mark.id] = same.model_copy(update={"spans": merged})
        return tuple(sorted(found.values(), key=lambda mark: mark.spans[:1]))

    def _first(self, samples: Field, sample_rate: int, count: _Count) -> Mark | None:
        """A mark of this sound: the first that can be read."""
        if self._sync is None:
            return None
        for hit, cells in _hits(samples, sample_rate, self._sync, count):
            if hit.z < _LOOK_Z:
                continue
            key, number = self._owners[hit.template]
            tile = self._tiles[hit.template]
            for path, sync in _paths(cells, tile.sync, hit):
                tries = _tries(sync + CRC_LOG10_P)
                count.messages += tries
                locator = decode(tile.bits(_folded(cells, path)), tries) if tries else None
                if locator is not None and key.pattern_of(locator) == number:
                    log10_p = sync + CRC_LOG10_P + math.log10(count.messages)
                    return self._mark(cells, path, hit, owner=hit.template, locator=locator, log10_p=log10_p)
        return None

    def verify_known(self, samples: Field, sample_rate: int, known: Sequence[tuple[str, str]]) -> Mark | None:
        """Confirm one of several (key_id, locator) pairs by matched filter; needs less clarity than reading.

        Args:
            samples: float32[channels, samples].
            sample_rate: Hz.
            known: candidates, for instance from a fingerprint lookup; each one counts as a further hypothesis.
        """
        pairs = [
            (i, locator)
            for key_id, locator in known
            for i, (key, number) in enumerate(self._owners)
            if key.key_id == key_id and key.pattern_of(locator) == number
        ]
        if not pairs:
            return None
        # Without sync chips: any mark of the same pattern has those.
        templates = np.stack([self._tiles[i].chips(codeword(locator), sync_gain=0.0) for i, locator in pairs])
        for hit, cells in _hits(samples, sample_rate, templates, _Count()):
            if hit.z < _LOOK_Z:
                continue
            for path, log10_p in _paths(cells, templates[hit.template], hit):
                if log10_p < KNOWN_LOG10_P:
                    owner, locator = pairs[hit.template]
                    return self._mark(
                        cells, path, hit, owner=owner, locator=locator, log10_p=log10_p, method="known"
                    )
        return None

    def hits(self, samples: Field, sample_rate: int) -> Iterator[tuple[Hit, Field]]:
        """Where the sync chips of each pattern stand out most, speed by speed, with the residual at that speed; clear
        or not.
        """
        if self._sync is not None:
            yield from _hits(samples, sample_rate, self._sync, _Count())

    def _mark(
        self,
        cells: Field,
        path: Path,
        hit: Hit,
        *,
        owner: int,
        locator: str,
        log10_p: float,
        method: Literal["blind", "known"] = "blind",
    ) -> Mark:
        chips = self._tiles[owner].chips(codeword(locator), sync_gain=0.0)
        return Mark(
            algorithm=ALGORITHM,
            id=locator,
            key_id=self._owners[owner][0].key_id,
            log10_p=round(log10_p, 2),
            spans=_spans(cells, chips, path, hit.tempo),
            method=method,
        )


def _tries(log10_p: float) -> int:
    """How many messages may be read off a find of which one would be wrong with this chance."""
    return int(min(10.0 ** max(BLIND_LOG10_P - log10_p, -1.0), _MOST_TRIES))


def _paths(cells: Field, template: Field, hit: Hit) -> Iterator[tuple[Path, float]]:
    """Through the whole sound, and the group alone, each with log10 of the chance (at most 0) that a template stands
    out this far in any group tried so far, or on any path as simple as this one.
    """
    path = _followed(cells, template, hit)
    z, _ = _exact(_folded(cells, path), template)
    along = math.log10(hit.trials) + hit.log10_ways(path) + _SIGNS_LOG10 + log10_tail(z)
    yield path, min(0.0, min(along, hit.log10_p) + math.log10(2))
    yield hit.alone(len(cells)), min(0.0, hit.log10_p)


def _speeds() -> Iterator[tuple[float, float]]:
    """(pitch, tempo): as received, then the nearest speeds first."""
    yield 1.0, 1.0
    for away in np.arange(_GRID, _MOST_SPEED, _GRID).tolist():
        for speed in (1 + away, 1 - away):
            yield speed, speed
            yield 1.0, speed


def _hits(samples: Field, sample_rate: int, templates: Field, count: _Count) -> Iterator[tuple[Hit, Field]]:
    """The best group of each template (float32[n, 64, 48], signs or 0) at each speed, the clearest first."""
    if samples.ndim != 2 or samples.shape[1] < MIN_SECONDS * sample_rate:
        return
    power = spectrogram(samples, sample_rate)
    spectra = np.conj(np.fft.rfft(np.repeat(templates, HOPS, axis=1), axis=1))
    for pitch, tempo in _speeds():
        cells = residual(levels(power, pitch, tempo))
        groups, places = _best(cells, spectra, np.mean(templates != 0, axis=(1, 2)))
        count.trials += groups * len(templates) * _PERIOD
        found = []
        for i, (first, last, shift) in enumerate(places):
            folded = np.roll(_blocks(cells)[first:last].sum(axis=0), -shift, axis=0)
            z, slope = _exact(folded.reshape(SLOTS, HOPS, BANDS).sum(axis=1), templates[i])
            found.append(Hit(pitch, tempo, i, first, last, shift, z, slope, count.trials))
        for hit in sorted(found, key=lambda hit: -hit.z):
            yield hit, cells


def _best(
    cells: Field, spectra: Spectra, share: NDArray[np.float64]
) -> tuple[int, list[tuple[int, int, int]]]:
    """How many groups of blocks there are, and (first, last, shift) of each template's clearest.

    Args:
        cells: float32[steps, 48].
        spectra: complex64[n, 129, 48], conjugate spectra over time of the templates at analysis steps.
        share: float64[n], part of a template's chips that are not 0.
    """
    blocks = _blocks(cells)
    received = np.fft.rfft(blocks, axis=1).transpose(1, 0, 2)
    product = (received @ spectra.transpose(1, 2, 0)).transpose(2, 1, 0)
    scores = np.cumsum(np.fft.irfft(product, _PERIOD, axis=2), axis=1)
    scores = np.pad(scores, ((0, 0), (1, 0), (0, 0)))
    energy = np.pad(np.cumsum(_energies(blocks), axis=0), ((1, 0), (0, 0)))
    count, groups = len(blocks), 0
    best = [(-1.0, 0, 1, 0)] * len(spectra)
    size = 1
    while True:
        for first in range(0, count - size + 1, max(size // 2, 1)):
            groups += 1
            last = first + size
            spread = np.tile(energy[last] - energy[first], SLOTS)  # a shift's slots begin every fourth step
            z = (scores[:, last] - scores[:, first]) / np.sqrt(np.maximum(spread * share[:, None], 1e-6))
            for i, shift in enumerate(z.argmax(axis=1).tolist()):
                best[i] = max(best[i], (float(z[i, shift]), first, last, shift))
        if size == count:
            return groups, [place[1:] for place in best]
        size = min(2 * size, count)


def _blocks(cells: Field) -> Field:
    """float32[blocks, 256, 48], zero-padded."""
    count = max(-(-len(cells) // _PERIOD), 1)
    return np.pad(cells, ((0, count * _PERIOD - len(cells)), (0, 0))).reshape(count, _PERIOD, BANDS)


def _energies(blocks: Field) -> NDArray[np.float64]:
    """float64[blocks, 4]: sum of squares of all cells of a block, for slots that begin at step 0, 1, 2 or 3."""
    steps = np.pad(blocks.reshape(-1, BANDS), ((0, HOPS - 1), (0, 0)))
    slots = steps[: 1 - HOPS] + steps[1 : 2 - HOPS] + steps[2 : 3 - HOPS] + steps[3:]
    power = np.square(slots).sum(axis=1, dtype=np.float64)
    return np.asarray(power.reshape(len(blocks), SLOTS, HOPS).sum(axis=1))


def _exact(slots: Field, template: Field) -> tuple[float, float]:
    """z under random signs of a template on a folded sound (both float32[64, 48]), and log-likelihood per unit of
    correlation.
    """
    used = slots[template != 0]
    energy, score = float((used * used).sum()), float((used * template[template != 0]).sum())
    return score / math.sqrt(max(energy, 1e-9)), max(score, 0.0) / max(energy, 1e-9)


def _followed(cells: Field, template: Field, hit: Hit) -> Path:
    """The likeliest shift of each chunk of 32 steps (-1 where nothing is there), from a hit outwards."""
    steps = np.repeat(template, HOPS, axis=0)
    turned = np.stack([np.roll(steps, shift, axis=0)[:_CHUNK] for shift in range(_PERIOD)])
    chunks = _chunks(cells)
    scores = chunks.reshape(len(chunks), -1) @ turned.reshape(_PERIOD, -1).T
    scores = np.stack([np.roll(row, i * _CHUNK % _PERIOD) for i, row in enumerate(scores)])
    slots = chunks.reshape(len(chunks), -1, HOPS, BANDS).sum(axis=2)
    energy = (slots * slots).sum(axis=(1, 2)) * float(np.mean(template != 0))
    likely = np.pad(hit.slope * scores - 0.5 * hit.slope**2 * energy[:, None], ((0, 0), (0, 1)))
    turn = np.full(_PERIOD + 1, _CUT)
    turn[[hit.shift, _PERIOD]] = _TURN
    now = -turn
    now[hit.shift] = 0.0
    came = np.empty((len(chunks), _PERIOD + 1), np.intp)
    for i, row in enumerate(likely):
        before = now.copy()
        came[i] = np.arange(_PERIOD + 1)
        for step in (1, -1):
            beside = np.roll(now[:-1], step) - _DRIFT
            better = np.flatnonzero(beside > before[:-1])
            before[better] = beside[better]
            came[i, better] = (better - step) % _PERIOD
        jump = now.max() - turn
        came[i, before < jump] = int(now.argmax())
        now = np.maximum(before, jump) + row
    path = np.empty(len(chunks), np.intp)
    state = int(now.argmax())
    for i in range(len(chunks) - 1, -1, -1):
        path[i] = state
        state = int(came[i, state])
    path[path == _PERIOD] = -1
    return path


def _chunks(cells: Field) -> Field:
    """float32[chunks, 32, 48], zero-padded."""
    count = -(-len(cells) // _CHUNK)
    return np.pad(cells, ((0, count * _CHUNK - len(cells)), (0, 0))).reshape(count, _CHUNK, BANDS)


def _folded(cells: Field, path: Path) -> Field:
    """All chunks of a sound, each at its shift, added up on one tile (float32[64, 48]).

    No weights on purpose: the embedder has balanced every bit against what the sound itself says in each whole copy,
    and any weighting of parts would bring that interference back.
    """
    rows = np.zeros((_PERIOD, BANDS), np.float32)
    for i, (chunk, shift) in enumerate(zip(_chunks(cells), path.tolist(), strict=True)):
        if shift >= 0:
            first = (i * _CHUNK - shift) % _PERIOD
            rows += np.roll(np.pad(chunk, ((0, _PERIOD - _CHUNK), (0, 0))), first, axis=0)
    return np.asarray(rows.reshape(SLOTS, HOPS, BANDS).sum(axis=1))


def _spans(cells: Field, chips: Field, path: Path, tempo: float) -> tuple[tuple[float, float], ...]:
    """Stretches that carry the codeword, each judged alone, in seconds of the received file."""
    steps = np.repeat(chips, HOPS, axis=0)
    score, energy = np.zeros(len(path)), np.zeros(len(path))
    for i, (chunk, shift) in enumerate(zip(_chunks(cells), path.tolist(), strict=True)):
        if shift >= 0:
            score[i] = float((chunk * np.roll(steps, shift - i * _CHUNK, axis=0)[:_CHUNK]).sum())
            slots = chunk.reshape(-1, HOPS, BANDS).sum(axis=1)
            energy[i] = float((slots * slots).sum())
    near = np.ones(min(_SPAN_CHUNKS, len(path)))
    z = np.convolve(score, near, "same") / np.sqrt(np.maximum(np.convolve(energy, near, "same"), 1e-9))
    second = _STEP_S / tempo
    end = len(cells) * second
    # clear only as a whole: then it is in all of it, as far as can be told
    clear = z >= _SPAN_Z if (z >= _SPAN_Z).any() else path >= 0
    carried = [
        (i * _CHUNK * second, min((i + 1) * _CHUNK * second, end)) for i in np.flatnonzero(clear).tolist()
    ]
    return merge_spans(carried, gap_s=1.0)
