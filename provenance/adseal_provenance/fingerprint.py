# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""A small picture diary of a video, and whether two of them show the same video.

Decides: what is kept (two thumbnails per second, 64 px on the longer side, 8-bit luma), its byte form, and
when a received video shows what a registered one showed. A watermark alone can be copied onto another video;
this comparison is what tells. Leaves out: lookup among many fingerprints, and sound.

Method: thumbnails are high-passed; the received ones are found inside the registered ones by normalised
cross-correlation over scale, place, mirror image and time; then every small cell of the picture votes with
the energy of its structure, so that another headline on the same background lowers the score.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from adseal_provenance.errors import ProvenanceError
from adseal_provenance.watermark.model import MarkGeometry

Plane = NDArray[np.uint8]
Field = NDArray[np.float32]

PER_SECOND = 2.0
LONG_SIDE = 64
AGREES_FROM = 0.58
"""Score from which two fingerprints are taken to show the same video (chosen from measured null scores, see
tests).
"""

_MAGIC = b"AFP1"
_HEADER = struct.Struct("<4sBBfH")  # magic, width, height, seconds between thumbnails, count
_MAX_COUNT = 4096
_PROBES = 4
_HOPELESS = 0.2
_PAD = 2  # px that a received thumbnail may stick out over a registered one
_CELL = (6, 6)
_SPEEDS = (1.0, 25 / 24, 24 / 25, 1.25, 0.8, 1.5, 2.0, 0.5)


@dataclass(frozen=True, eq=False)
class Fingerprint:
    """Thumbnails of a video: uint8[n, H, W], the longer of H and W at most 64 px, taken every ``step_s``
    seconds.
    """

    thumbnails: NDArray[np.uint8]
    step_s: float = 1 / PER_SECOND

    @property
    def seconds(self) -> float:
        """Length of the video as far as it was seen, in seconds."""
        return len(self.thumbnails) * self.step_s

    @classmethod
    def of(cls, frames: Iterable[tuple[float, Plane]]) -> Fingerprint:
        """From (time in seconds, uint8 luma) in display order; any number of frames per second, any size.

        Raises:
            ProvenanceError: ``no_frames``.
        """
        builder = FingerprintBuilder()
        for t_s, luma in frames:
            builder.add(t_s, luma)
        result = builder.finish()
        if result is None:
            raise ProvenanceError("a fingerprint needs at least one frame", code="no_frames")
        return result

    def to_bytes(self) -> bytes:
        """Compact and versioned; about 1 to 4 kB a second."""
        count, height, width = self.thumbnails.shape
        head = _HEADER.pack(_MAGIC, width, height, self.step_s, count)
        body = np.diff(self.thumbnails, axis=0, prepend=self.thumbnails[:1] * 0)  # wraps modulo 256
        return head + zlib.compress(body.tobytes(), 6)

    @classmethod
    def from_bytes(cls, data: bytes) -> Fingerprint:
        """Read :meth:`to_bytes` back.

        Raises:
            ProvenanceError: ``fingerprint_damaged`` for anything else.
        """
        damaged = ProvenanceError("these bytes are not a fingerprint", code="fingerprint_damaged")
        if len(data) < _HEADER.size:
            raise damaged
        magic, width, height, step_s, count = _HEADER.unpack_from(data)
        size = count * width * height
        if magic != _MAGIC or not 0 < max(width, height) <= LONG_SIDE or not 0 < count <= _MAX_COUNT:
            raise damaged
        if min(width, height) < 1 or not 0.01 <= step_s <= 60:
            raise damaged
        try:
            unpack = zlib.decompressobj()
            body = unpack.decompress(data[_HEADER.size :], size + 1)
        except zlib.error as error:
            raise damaged from error
        if len(body) != size or not unpack.eof:
            raise damaged
        steps = np.frombuffer(body, np.uint8).reshape(count, height, width)
        return cls(np.cumsum(steps, axis=0, dtype=np.uint8), float(step_s))


class FingerprintBuilder:
    """Takes frames as they come; keeps one every half second at a moderate size until bars are known."""

    def __init__(self) -> None:
        self._kept: list[Plane] = []

    def add(self, t_s: float, luma: Plane) -> None:
        if t_s + 1e-6 < len(self._kept) / PER_SECOND or len(self._kept) >= _MAX_COUNT:
            return
        # a gap in time repeats the last picture, so that index and time keep together
        small = _fit(luma, 4 * LONG_SIDE)
        while len(self._kept) < min(int((t_s + 1e-6) * PER_SECOND), _MAX_COUNT - 1) and self._kept:
            self._kept.append(self._kept[-1])
        if not self._kept or small.shape == self._kept[0].shape:
            self._kept.append(small)

    def finish(self, window: tuple[float, float, float, float] | None = None) -> Fingerprint | None:
        """The fingerprint of the part (top, bottom, left, right; each 0..1) of the picture, or None without
        frames.
        """
        if not self._kept:
            return None
        height, width = self._kept[0].shape
        part = slice(None), slice(None)
        if window is not None:
            top, bottom, left, right = window
            part = (
                slice(round(top * height), max(round(bottom * height), 1)),
                slice(round(left * width), max(round(right * width), 1)),
            )
        return Fingerprint(np.stack([_fit(luma[part], LONG_SIDE) for luma in self._kept]))


@dataclass(frozen=True)
class Agreement:
    """Outcome of a comparison.

    Attributes:
        score: 0..1; 1 is the same picture in every cell.
        weakest: 0..1; the same for the least similar tenth of the structure: low where a part of the picture
            was exchanged (another headline) although the rest agrees.
        agrees: score is at least ``AGREES_FROM``.
        span: (start, end) in seconds of the registered video that the received one shows; (0, 0) if it does
            not agree.
    """

    score: float
    weakest: float
    agrees: bool
    span: tuple[float, float]


def compare(
    received: Fingerprint, registered: Fingerprint, *, geometry: MarkGeometry | None = None
) -> Agreement:
    """Does ``received`` show (a part of) what ``registered`` showed?

    Args:
        received: of the file in question.
        registered: of the sealed original, whole picture.
        geometry: where a picture mark was found; narrows the search and lets turned copies be compared.
    """
    ours = np.stack([_structure(t) for t in registered.thumbnails])
    theirs = np.stack([_structure(t) for t in _undo_turn(received.thumbnails, geometry)])
    best = _Place(-1.0, 0, 0, 1.0, 0, 0, False)
    probes = _probes(theirs)
    for flipped in (False, True) if geometry is None else (geometry.flipped,):
        for factor in _factors(theirs.shape[1:], ours.shape[1:], geometry):
            best = max([best, *_search(theirs, ours, probes, factor, flipped)], key=lambda p: p.score)
    for step in (0.012, 0.006, 0.003):
        for factor in (best.factor * (1 - step), best.factor * (1 + step)):
            best = max(
                [best, *_search(theirs, ours, [best.theirs], factor, best.flipped)], key=lambda p: p.score
            )
    if best.score < _HOPELESS:
        return Agreement(max(round(best.score, 3), 0.0), max(round(best.score, 3), 0.0), False, (0.0, 0.0))
    a, b, used = _aligned(theirs, ours, best, received.step_s / registered.step_s)
    score, weakest = _cell_similarity(a, b)
    if score < AGREES_FROM:
        return Agreement(score, weakest, False, (0.0, 0.0))
    step_s = registered.step_s
    return Agreement(score, weakest, True, (round(min(used) * step_s, 2), round((max(used) + 1) * step_s, 2)))


@dataclass(frozen=True)
class _Place:
    score: float
    theirs: int
    ours: int
    factor: float
    row: int
    column: int
    flipped: bool


def _fit(luma: Plane, long_side: int) -> Plane:
    height, width = luma.shape
    factor = long_side / max(height, width)
    if factor >= 1.0:
        return luma.copy()
    size = (max(round(width * factor), 1), max(round(height * factor), 1))
    return np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _structure(thumbnail: Plane) -> Field:
    """High-passed, unit deviation where there is any structure, outliers clipped."""
    luma = thumbnail.astype(np.float32)
    detail = luma - cv2.GaussianBlur(luma, (0, 0), 5.0)
    return np.asarray(np.clip(detail / max(float(detail.std()), 1.0), -3.0, 3.0), np.float32)


def _undo_turn(thumbnails: NDArray[np.uint8], geometry: MarkGeometry | None) -> NDArray[np.uint8]:
    quarters = 0 if geometry is None else round(geometry.rotation_deg / 90.0)
    return np.ascontiguousarray(np.rot90(thumbnails, quarters, axes=(1, 2)))


def _probes(structures: Field) -> list[int]:
    """A few well-structured moments, spread over the video."""
    groups = np.array_split(np.arange(len(structures)), min(_PROBES, len(structures)))
    return [int(max(group, key=lambda i: float(np.abs(structures[i]).mean()))) for group in groups]


def _factors(theirs: tuple[int, ...], ours: tuple[int, ...], geometry: MarkGeometry | None) -> list[float]:
    """Sizes at which the received thumbnails may lie in the registered ones."""
    if geometry is not None:
        exact = min(ours) / (min(theirs) * (geometry.scale_x + geometry.scale_y) / 2)
        return [exact * f for f in (0.97, 0.985, 1.0, 1.015, 1.03)]
    whole = min(ours[0] / theirs[0], ours[1] / theirs[1])
    return [float(whole * f) for f in (1.03, *np.geomspace(1.0, 0.45, 22))]


def _scaled(structure: Field, factor: float, flipped: bool) -> Field:
    height, width = structure.shape
    size = (max(round(width * factor), 4), max(round(height * factor), 4))
    out = cv2.resize(structure, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR)
    return np.ascontiguousarray(out[:, ::-1] if flipped else out)


def _search(theirs: Field, ours: Field, probes: list[int], factor: float, flipped: bool) -> list[_Place]:
    """Best place of each probe moment inside any registered moment, at one size."""
    found = []
    for i in probes:
        template = _scaled(theirs[i], factor, flipped)
        for j, picture in enumerate(ours):
            score, row, column = _locate(picture, template)
            found.append(_Place(score, i, j, factor, row, column, flipped))
    return found


def _locate(picture: Field, template: Field) -> tuple[float, int, int]:
    """Best normalised correlation of a template inside a picture (2 px overhang allowed), with its row and
    column.
    """
    padded = cv2.copyMakeBorder(picture, _PAD, _PAD, _PAD, _PAD, cv2.BORDER_REFLECT_101)
    if template.shape[0] > padded.shape[0] or template.shape[1] > padded.shape[1]:
        return -1.0, 0, 0
    scores = np.nan_to_num(cv2.matchTemplate(padded, template, cv2.TM_CCOEFF_NORMED), posinf=0.0, neginf=0.0)
    at = int(scores.argmax())
    return float(scores.flat[at]), at // scores.shape[1] - _PAD, at % scores.shape[1] - _PAD


def _aligned(theirs: Field, ours: Field, place: _Place, step_ratio: float) -> tuple[Field, Field, list[int]]:
    """Received and registered pictures, moment by moment, at one place: the time line that fits best over
    all moments.

    Static scenes look alike at any time, so no single moment may decide; a small choice of speeds is tried.
    """
    a = np.stack([_scaled(structure, place.factor, place.flipped) for structure in theirs])
    row, column = place.row + _PAD, place.column + _PAD
    padded = np.pad(ours, ((0, 0), (_PAD, _PAD), (_PAD, _PAD)), mode="reflect")
    b = padded[:, row : row + a.shape[1], column : column + a.shape[2]]
    a = a - a.mean(axis=(1, 2), keepdims=True)
    b = b - b.mean(axis=(1, 2), keepdims=True)
    flat_a, flat_b = a.reshape(len(a), -1), b.reshape(len(b), -1)
    norm = np.outer(np.linalg.norm(flat_a, axis=1), np.linalg.norm(flat_b, axis=1))
    alike = (flat_a @ flat_b.T) / np.maximum(norm, 1e-6)
    best, line = -np.inf, np.zeros(len(a), int)
    for speed in _SPEEDS:
        steps = np.arange(len(a)) * step_ratio * speed
        for start in np.arange(-len(a) + 1, len(b), 0.5):
            at = np.rint(start + steps).astype(int)
            inside = (at >= 0) & (at < len(b))
            if inside.sum() < max(1, min(len(a), len(b)) // 2):
                continue
            # moments outside the registered video count as unlike, but only a little: it may be longer at
            # either end
            total = float(np.where(inside, alike[np.arange(len(a)), np.clip(at, 0, len(b) - 1)], 0.0).sum())
            if total > best + 1e-6:
                best, line = total, np.where(inside, at, -1)
    keep = np.flatnonzero(line >= 0)
    used = []
    for i in keep.tolist():
        near = np.arange(max(line[i] - 1, 0), min(line[i] + 2, len(b)))
        used.append(int(near[alike[i, near].argmax()]))
    return a[keep], b[used], used


def _cell_similarity(a: Field, b: Field) -> tuple[float, float]:
    """(mean, weakest tenth) over cells of 2·cov / (var + var), weighted by structure. Both float32[n, H,
    W].
    """
    a = a / max(float(a.std()), 1e-6)
    b = b / max(float(b.std()), 1e-6)

    def local(values: Field) -> Field:
        return np.asarray(cv2.blur(np.asarray(values.mean(axis=0), np.float32), _CELL), np.float32)

    mean_a, mean_b = local(a), local(b)
    var_a = np.maximum(local(a * a) - mean_a**2, 0)
    var_b = np.maximum(local(b * b) - mean_b**2, 0)
    cov = local(a * b) - mean_a * mean_b
    weight = np.sqrt(np.maximum(var_a, var_b)).ravel()
    similar = (2 * cov / np.maximum(var_a + var_b, 1e-6)).ravel()
    weight *= weight > 0.1 * weight.max()
    order = np.argsort(similar)
    share = np.cumsum(weight[order]) / max(float(weight.sum()), 1e-6)
    tenth = order[: max(int(np.searchsorted(share, 0.1)), 1)]
    mean = float((similar * weight).sum() / max(float(weight.sum()), 1e-6))
    weak = float((similar[tenth] * weight[tenth]).sum() / max(float(weight[tenth].sum()), 1e-6))
    return round(min(max(mean, 0.0), 1.0), 3), round(min(max(weak, 0.0), 1.0), 3)
