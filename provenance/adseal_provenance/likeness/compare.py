# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Does a received video show what a registered one showed: which seconds, and what was changed in it?

Decides: ``agrees`` (a copy of the registered video, or of a part of it), the seconds of each that show the same, the
seconds that show something else, and the parts of the picture that were exchanged (another price on the same
background). A watermark alone can be copied onto another video; this comparison is what tells. Leaves out: where the
candidates come from (``registry``) and what follows (``verdict``).

    compare(Fingerprint.of(frames), Fingerprint.from_bytes(record.fingerprint)).agrees

Method: the place of one picture in the other (``likeness_place``); the time line that fits best over all moments;
then every small cell of every moment is compared by its structure. Where the background stands still, what moves must
agree, too: two takes of one camera are not copies of each other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from adseal_provenance.likeness.changes import Change, find_changes
from adseal_provenance.likeness.fingerprint import Fingerprint
from adseal_provenance.likeness.place import Place, find_place, refined, seen_at, undo
from adseal_provenance.watermark.model import MarkGeometry

Field = NDArray[np.float32]

__all__ = ["AGREES_FROM", "MOVES_FROM", "STILL_FROM", "Agreement", "Change", "Span", "compare", "is_copy"]

AGREES_FROM = 0.55
"""Structure in common from which two fingerprints may show the same video (``benchmarks/fingerprint.py``)."""
MOVES_FROM = 0.35
"""What moves must have so much in common, where there is enough of it."""
STILL_FROM = 0.72
"""Structure in common that is asked for where nothing moves, or a single picture is all there is."""
_HOPELESS = 0.2
_MET = 0.6
_SPEEDS = (1.0, 25 / 24, 24 / 25, 1.25, 0.8, 1.5, 2.0, 0.5)
_SMALL = 48  # px on the longer side for the time line
_LEAST_SHARE = 0.08  # of the registered picture must be seen
_REFINED_BY = 3  # pairs of pictures
_SURE, _MOST_STEADIED = 0.1, 4.0
_STRUCTURED = 0.25  # of the clearest cell; an empty road is mostly noise below that
_MOVING = 0.05  # of the mean power of the structure, from which a pixel moves
_BUSY = 0.002  # of all pixels must, or movement is not judged


@dataclass(frozen=True)
class Span:
    """Seconds of the received video and the seconds of the registered one that they show."""

    received: tuple[float, float]
    registered: tuple[float, float]


@dataclass(frozen=True)
class Agreement:
    """Outcome of a comparison.

    Attributes:
        score: 0..1; 1 is the same structure in every cell.
        moving: −1..1, how far what moves is the same; None where too little moves to say.
        agrees: ``score`` and ``moving`` say that the received video shows the registered one, or a part of it.
        span: (start, end) in seconds of the registered video that the received one shows; (0, 0) if it does not agree.
        spans: the seconds that match, in order.
        foreign: (start, end) seconds of the received video that show something else.
        changes: parts of the picture that were exchanged, the largest first.
    """

    score: float
    moving: float | None = None
    agrees: bool = False
    span: tuple[float, float] = (0.0, 0.0)
    spans: tuple[Span, ...] = ()
    foreign: tuple[tuple[float, float], ...] = ()
    changes: tuple[Change, ...] = ()


def compare(
    received: Fingerprint, registered: Fingerprint, *, geometry: MarkGeometry | None = None
) -> Agreement:
    """Does ``received`` show (a part of) what ``registered`` showed?

    Args:
        received: of the file in question, as dense as it could be had.
        registered: of the sealed original, whole picture.
        geometry: where a picture mark was found; narrows the search.
    """
    place = find_place(received.pictures, registered.pictures, geometry)
    if place is None or place.score < _HOPELESS:
        return Agreement(max(round(place.score, 3), 0.0) if place else 0.0)
    pair = _laid_over(received, registered, place)
    if pair is None:  # a picture in common, but no time line
        return Agreement(_HOPELESS)
    score, moving = pair.score(), pair.moving()
    if not is_copy(score, moving):
        return Agreement(score, moving)
    return Agreement(
        score,
        moving,
        agrees=True,
        span=pair.span(),
        spans=pair.spans(),
        foreign=pair.foreign(),
        changes=pair.changes(),
    )


def is_copy(score: float, moving: float | None) -> bool:
    """The decision, on the two numbers of an :class:`Agreement`."""
    if moving is None:
        return score >= STILL_FROM
    return score >= AGREES_FROM and moving >= MOVES_FROM


@dataclass(frozen=True, eq=False)
class _Pair:
    """Matching moments, the received picture laid over the registered one.

    Attributes:
        a, b: float32[k, H, W] received and registered structure, of equal mean and deviation; 0 outside ``mask``.
        at_a, at_b: seconds of each.
        alike: float32[k], correlation moment by moment.
        mask: bool[H, W] where both have a picture.
        end_a, step_b: length of the received video; seconds between two registered pictures.
        place: of the registered picture in the received one.
        size_a: (width, height) of a received picture with the place's turn undone.
    """

    a: Field
    b: Field
    at_a: Field
    at_b: Field
    alike: Field
    mask: NDArray[np.bool_]
    end_a: float
    step_b: float
    place: Place
    size_a: tuple[int, int]

    def score(self) -> float:
        """Mean over cells of 2·cov / (var + var), weighted by structure."""
        similar, weight = _cells(self.a, self.b, self.a.shape[2] // 11)
        weight = weight * self.mask
        return round(min(max(float((similar * weight).sum() / max(float(weight.sum()), 1e-6)), 0.0), 1.0), 3)

    def moving(self) -> float | None:
        """Correlation of what clearly differs from the mean picture; None where that is too little."""
        if len(self.a) < 2:
            return None
        a, b = _blurred(self.a - self.a.mean(axis=0)), _blurred(self.b - self.b.mean(axis=0))
        power_a, power_b = a**2, b**2
        busy = (power_a > self._clear(power_a)) | (power_b > self._clear(power_b))
        if busy.sum() < _BUSY * self.mask.sum() * len(a):
            return None
        both = float(np.sqrt(float(power_a[busy].sum()) * float(power_b[busy].sum())))
        return round(float((a * b)[busy].sum()) / max(both, 1e-6), 3)

    def _clear(self, power: Field) -> float:
        """More than codecs and noise do to all of the picture."""
        return max(_MOVING, 8 * float(np.median(power[:, self.mask])))

    def span(self) -> tuple[float, float]:
        good = self.at_b[self._good()]
        return round(float(good.min()), 2), round(float(good.max()) + self.step_b, 2)

    def spans(self) -> tuple[Span, ...]:
        """Runs of matching moments."""
        runs = _runs(self._good(), self.at_a)
        half = self.step_b / 2
        return tuple(
            Span(
                (
                    max(round(float(self.at_a[i] - half), 2), 0.0),
                    min(round(float(self.at_a[j] + half), 2), self.end_a),
                ),
                (round(float(self.at_b[i]), 2), round(float(self.at_b[j]) + self.step_b, 2)),
            )
            for i, j in runs
        )

    def foreign(self) -> tuple[tuple[float, float], ...]:
        """What of the received video is in no matching run, where it is longer than a moment."""
        gaps, at = [], 0.0
        for span in self.spans():
            gaps.append((at, span.received[0]))
            at = max(at, span.received[1])
        gaps.append((at, self.end_a))
        return tuple((round(a, 2), round(b, 2)) for a, b in gaps if b - a > self.step_b + 0.01)

    def changes(self) -> tuple[Change, ...]:
        """See :func:`~adseal_provenance.likeness.changes.find_changes`."""
        found = find_changes(self.a, self.b, self.mask, self.at_b, self.step_b)
        height, width = self.mask.shape
        return tuple(replace(c, seen=seen_at(c.box, self.place, (width, height), self.size_a)) for c in found)

    def _good(self) -> NDArray[np.bool_]:
        """Moments that match: not much less alike than most, and their movement is not another one."""
        good = self.alike >= max(0.6 * float(np.quantile(self.alike, 0.8)), 0.3)
        return good if good.any() else self.alike >= self.alike.max()


def _laid_over(received: Fingerprint, registered: Fingerprint, place: Place) -> _Pair | None:
    """Matching moments at the best refinement of a place; None where less than half of the shorter video matches."""
    theirs, ours = undo(received.pictures, place), registered.pictures
    height, width = ours.shape[1:]
    steps = received.step_s, registered.step_s
    moments = _moments(theirs, ours, place, steps)
    if moments is None:
        return None
    chosen = np.linspace(0, len(moments[0]) - 1, _REFINED_BY).round().astype(int)
    pairs = [(int(moments[0][k]), int(moments[1][k])) for k in np.unique(chosen)]
    places = [place] + [p for i, j in pairs for p in refined(place, theirs[i], ours[j])]
    place = max(places, key=lambda p: _fit_of(p, theirs, ours, pairs))
    moments = _moments(theirs, ours, place, steps)
    if moments is None:
        return None
    at_a, at_b = moments
    laid, mask = _warped(theirs[at_a], place.matrix, (width, height))
    sigma = max(height, width) / 13
    b = np.stack([_even(ours[j], mask, sigma) for j in at_b])
    a = np.stack([_steadied(_even(p, mask, sigma), q) for p, q in zip(laid, b, strict=True)])
    return _Pair(
        a,
        b,
        np.asarray(at_a * steps[0], np.float32),
        np.asarray(at_b * steps[1], np.float32),
        np.asarray((a * b).sum(axis=(1, 2)) / mask.sum(), np.float32),
        mask,
        round(received.seconds, 2),
        registered.step_s,
        place,
        (theirs.shape[2], theirs.shape[1]),
    )


def _moments(
    theirs: NDArray[np.uint8], ours: NDArray[np.uint8], place: Place, steps: tuple[float, float]
) -> tuple[NDArray[np.int_], NDArray[np.int_]] | None:
    """Indices of received and of registered pictures that belong together."""
    height, width = ours.shape[1:]
    share = _SMALL / max(height, width)
    size = (max(round(width * share), 4), max(round(height * share), 4))
    laid, mask = _warped(theirs, place.matrix, (width, height))
    small_mask = cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    if small_mask.mean() < _LEAST_SHARE:
        return None
    alike = _alike(_small(laid, size), _small(ours, size), small_mask)
    line = _time_line(alike, *steps)
    at_b = np.flatnonzero(line >= 0)
    return (_nearby(alike, line, at_b), at_b) if len(at_b) else None


def _fit_of(
    place: Place, theirs: NDArray[np.uint8], ours: NDArray[np.uint8], pairs: list[tuple[int, int]]
) -> float:
    """Mean correlation of some pairs at a place."""
    height, width = ours.shape[1:]
    laid, mask = _warped(theirs[[i for i, _ in pairs]], place.matrix, (width, height))
    if mask.mean() < _LEAST_SHARE:
        return -1.0
    sigma = max(height, width) / 13
    fits = [
        (_even(a, mask, sigma) * _even(ours[j], mask, sigma)).sum()
        for a, (_, j) in zip(laid, pairs, strict=True)
    ]
    return float(np.mean(fits) / mask.sum())


def _steadied(a: Field, b: Field) -> Field:
    """``a`` moved by the few pixels that a moving camera makes of a sixteenth of a second."""
    (x, y), sure = cv2.phaseCorrelate(a, b)
    if sure < _SURE or max(abs(x), abs(y)) > _MOST_STEADIED:
        return a
    size = (a.shape[1], a.shape[0])
    return np.asarray(cv2.warpAffine(a, np.array([[1, 0, x], [0, 1, y]], np.float32), size), np.float32)


def _warped(
    pictures: NDArray[np.uint8], matrix: Field, size: tuple[int, int]
) -> tuple[Field, NDArray[np.bool_]]:
    """Received pictures on the registered grid, and where they have any picture."""
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    laid = [
        cv2.warpPerspective(p, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE) for p in pictures
    ]
    ones = np.ones(pictures.shape[1:], np.uint8)
    mask = cv2.warpPerspective(ones, matrix, size, flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP)
    mask = cv2.erode(mask, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=1)
    return np.stack(laid).astype(np.float32), np.asarray(mask > 0)


def _small(pictures: NDArray[np.uint8] | Field, size: tuple[int, int]) -> Field:
    return np.stack([cv2.resize(p, size, interpolation=cv2.INTER_AREA) for p in pictures]).astype(np.float32)


def _even(picture: NDArray[np.uint8] | Field, mask: NDArray[np.bool_], sigma: float) -> Field:
    """High-passed; mean 0 and deviation 1 inside the mask (a flat picture stays flat), 0 outside."""
    luma = np.asarray(picture, np.float32)
    weight = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), sigma)
    ground = cv2.GaussianBlur(luma * mask, (0, 0), sigma) / np.maximum(weight, 1e-3)
    detail = (luma - ground) * mask
    inside = detail[mask]
    detail = (detail - inside.mean()) / max(float(inside.std()), 1.0)
    return np.asarray(np.clip(detail, -4.0, 4.0) * mask, np.float32)


def _alike(a: Field, b: Field, mask: NDArray[np.bool_]) -> Field:
    """float32[m, n]: correlation of every received with every registered moment, as they are and as they move."""

    def unit(values: Field, floor: float) -> Field:
        flat = values.reshape(len(values), -1)
        flat = flat - flat.mean(axis=1, keepdims=True)
        return np.asarray(flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), floor), np.float32)

    sigma = _SMALL / 13
    high_a, high_b = (np.stack([_even(p, mask, sigma)[mask] for p in c]) for c in (a, b))
    floor = 0.15 * float(mask.sum()) ** 0.5  # movement below this is noise
    still = unit(high_a, 1e-3) @ unit(high_b, 1e-3).T
    moving = unit(high_a - high_a.mean(axis=0), floor) @ unit(high_b - high_b.mean(axis=0), floor).T
    return np.asarray(still + moving, np.float32)


def _time_line(alike: Field, step_a: float, step_b: float) -> NDArray[np.int_]:
    """For each registered moment the received one it is shown at, or −1: the line that fits best over all moments.

    Static scenes look alike at any time, so no single moment may decide; a small choice of speeds is tried. Registered
    moments outside of the received video count as unlike, but no more: it may have been cut.
    """
    m, n = alike.shape
    best, line = -np.inf, np.full(n, -1)
    moments = np.arange(n)
    for speed in _SPEEDS:
        steps = moments * (step_b / step_a / speed)
        starts = np.arange(-float(steps[-1]), m)
        at = np.rint(starts[:, None] + steps[None, :]).astype(int)
        inside = (at >= 0) & (at < m)
        values = np.where(inside, alike[np.clip(at, 0, m - 1), moments[None, :]], 0.0)
        # most of the one must be in the other: two neighbouring shots share a moment, too
        met = inside.sum(axis=1)
        enough = (met * step_b / speed >= _MET * m * step_a) | (met >= _MET * n)
        enough &= met >= min(2, n, max(round(m * step_a / step_b), 1))
        # as much as both videos have of it, in seconds; else a cut would pass for a fast copy of the whole
        worth = values.sum(axis=1) * min(1.0, 1.0 / speed) * (1 - 0.02 * abs(speed - 1.0))
        totals = np.where(enough, worth, -np.inf)
        top = int(totals.argmax())
        if totals[top] > best + 1e-6:
            best, line = float(totals[top]), np.where(inside[top], at[top], -1)
    return line


def _nearby(alike: Field, line: NDArray[np.int_], at_b: NDArray[np.int_]) -> NDArray[np.int_]:
    """The received moments of a line, each moved to the likest neighbour: clocks of copies are not exact."""
    found = []
    for j in at_b:
        near = np.arange(max(line[j] - 1, 0), min(line[j] + 2, len(alike)))
        found.append(int(near[alike[near, j].argmax()]))
    return np.array(found)


def _cells(a: Field, b: Field, size: int) -> tuple[Field, Field]:
    """Similarity and structure of every cell over all moments: 2·cov / (var + var), and the larger deviation."""

    def local(values: Field) -> Field:
        return np.asarray(cv2.blur(np.asarray(values.mean(axis=0), np.float32), (size, size)), np.float32)

    mean_a, mean_b = local(a), local(b)
    var_a = np.maximum(local(a * a) - mean_a**2, 0)
    var_b = np.maximum(local(b * b) - mean_b**2, 0)
    cov = local(a * b) - mean_a * mean_b
    weight = np.sqrt(np.maximum(var_a, var_b))
    weight = np.where(weight > _STRUCTURED * weight.max(), weight, 0.0)
    return np.asarray(2 * cov / np.maximum(var_a + var_b, 1e-6), np.float32), np.asarray(weight, np.float32)


def _blurred(values: Field) -> Field:
    """Without what codecs do to single pixels."""
    return np.stack([cv2.GaussianBlur(v, (0, 0), 1.5) for v in values])


def _runs(good: NDArray[np.bool_], at_a: Field) -> list[tuple[int, int]]:
    """(first, last) of every run of good moments that follow each other in both videos."""
    runs: list[tuple[int, int]] = []
    for i in np.flatnonzero(good).tolist():
        if runs and runs[-1][1] == i - 1 and at_a[i] >= at_a[i - 1]:
            runs[-1] = (runs[-1][0], i)
        else:
            runs.append((i, i))
    return runs
