# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Where the picture of a registered video lies in a received one.

Decides: scale, place, mirror image, quarter turns and small distortions, as one matrix from registered to received
pixels. Leaves out: time, and whether the two agree once they lie on each other (``likeness``).

Method: normalised cross-correlation of high-passed 64 px pictures over sizes and places, the smaller inside the larger;
then maximisation of the enhanced correlation coefficient (Evangelidis and Psarakis, PAMI 2008) on the full pictures,
affine and then projective.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from adseal_provenance.watermark.model import MarkGeometry

Plane = NDArray[np.uint8]
Field = NDArray[np.float32]

SEARCH_SIDE = 64
_PROBES = 4
_MOMENTS = 20  # of the registered video, that differ
_PAD = 2  # px that the smaller picture may stick out over the larger
_CLEAR = 0.6  # found; rarer geometries need not be tried
_ROUNDS = 40


@dataclass(frozen=True)
class Place:
    """A candidate.

    Attributes:
        score: correlation, −1..1.
        theirs, ours: index of the received and of the registered picture.
        matrix: float32[3, 3], from registered to received (x, y) in pixels of their fingerprints, after ``flipped``
            and ``quarters`` were undone in the received pictures.
    """

    score: float
    theirs: int
    ours: int
    matrix: Field
    flipped: bool = False
    quarters: int = 0


def undo(pictures: NDArray[np.uint8], place: Place) -> NDArray[np.uint8]:
    """Received pictures without the place's quarter turns and mirror image."""
    turned = np.rot90(pictures, place.quarters, axes=(1, 2))
    return np.ascontiguousarray(turned[:, :, ::-1] if place.flipped else turned)


def seen_at(
    box: tuple[float, float, float, float], place: Place, ours: tuple[int, int], theirs: tuple[int, int]
) -> tuple[float, float, float, float] | None:
    """Where a part of the registered picture is in the received one, upright around its corners; None if outside.

    Args:
        box: (left, top, right, bottom) of the registered picture, 0..1.
        place: of the registered picture in the received one.
        ours, theirs: (width, height) in pixels of the registered picture and of the received one, its turn undone.
    """
    left, top, right, bottom = box
    corners = np.array([[left, top], [right, top], [left, bottom], [right, bottom]], np.float64)
    pixels = corners * ours - 0.5
    mapped = np.column_stack([pixels, np.ones(4)]) @ np.asarray(place.matrix, np.float64).T
    if not np.isfinite(mapped).all() or mapped[:, 2].min() < 1e-6:
        return None
    at = np.clip((mapped[:, :2] / mapped[:, 2:] + 0.5) / theirs, 0.0, 1.0)
    if place.flipped:
        at[:, 0] = 1 - at[:, 0]
    for _ in range(place.quarters):  # undone counter-clockwise, so back clockwise
        at = np.column_stack([1 - at[:, 1], at[:, 0]])
    (x0, y0), (x1, y1) = (tuple(round(float(v), 3) for v in edge) for edge in (at.min(0), at.max(0)))
    return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None


def find_place(
    theirs: NDArray[np.uint8], ours: NDArray[np.uint8], geometry: MarkGeometry | None
) -> Place | None:
    """The likeliest place of ``ours`` in ``theirs`` (or the other way round), to a pixel; None without any picture."""
    registered = _Small.of(ours, distinct(ours))
    best: Place | None = None
    for quarters, flipped in _orientations(geometry):
        way = Place(-1.0, 0, 0, np.eye(3, dtype=np.float32), flipped, quarters)
        received = undo(theirs, way)
        small = _Small.of(received, _probes(received))
        for place in _search(small, registered, way, geometry):
            best = place if best is None or place.score > best.score else best
        if best is not None and best.score > _CLEAR:
            break
    return best


def distinct(pictures: NDArray[np.uint8], most: int = _MOMENTS) -> list[int]:
    """Moments that look different from the one before them, thinned to ``most``."""
    chosen: list[int] = []
    last: Field | None = None
    for i, picture in enumerate(pictures):
        now = cv2.resize(picture, (16, 16), interpolation=cv2.INTER_AREA).astype(np.float32)
        if last is None or float(np.abs(now - last).mean()) > 4.0:
            chosen.append(i)
            last = now
    return [chosen[i] for i in np.unique(np.linspace(0, len(chosen) - 1, most).round().astype(int))]


def structure(picture: Plane | Field, sigma: float) -> Field:
    """High-passed, unit deviation where there is any structure, outliers clipped."""
    luma = np.asarray(picture, np.float32)
    detail = luma - cv2.GaussianBlur(luma, (0, 0), sigma)
    return np.asarray(np.clip(detail / max(float(detail.std()), 1.0), -3.0, 3.0), np.float32)


@dataclass(frozen=True)
class _Small:
    """Chosen pictures at search size, and how far they were made smaller."""

    structures: list[Field]
    indices: list[int]
    factor: tuple[float, float]

    @classmethod
    def of(cls, pictures: NDArray[np.uint8], indices: list[int]) -> _Small:
        height, width = pictures.shape[1:]
        share = min(SEARCH_SIDE / max(height, width), 1.0)
        size = (max(round(width * share), 4), max(round(height * share), 4))
        small = [cv2.resize(pictures[i], size, interpolation=cv2.INTER_AREA) for i in indices]
        factor = (size[0] / width, size[1] / height)
        return cls([structure(picture, SEARCH_SIDE / 13) for picture in small], indices, factor)

    @property
    def shape(self) -> tuple[int, int]:
        height, width = self.structures[0].shape
        return height, width


def _orientations(geometry: MarkGeometry | None) -> Iterator[tuple[int, bool]]:
    if geometry is not None:
        yield round(geometry.rotation_deg / 90.0) % 4, geometry.flipped
        return
    for quarters in (0, 1, 3, 2):
        for flipped in (False, True):
            yield quarters, flipped


def _probes(pictures: NDArray[np.uint8]) -> list[int]:
    """A few well-structured moments, spread over the video."""
    groups = np.array_split(np.arange(len(pictures)), min(_PROBES, len(pictures)))
    return [int(max(group, key=lambda i: float(pictures[i].std()))) for group in groups]


def _search(received: _Small, registered: _Small, way: Place, geometry: MarkGeometry | None) -> list[Place]:
    """Received inside registered (a crop), and registered inside received (a picture in a picture)."""
    found = []
    for crop in (True, False):
        inner, outer = (received, registered) if crop else (registered, received)
        whole = min(outer.shape[0] / inner.shape[0], outer.shape[1] / inner.shape[1])
        factors = whole * np.array([1.03, *np.geomspace(1.0, 0.42, 20)])
        if geometry is not None:
            ours = min(registered.shape) / (min(received.shape) * (geometry.scale_x + geometry.scale_y) / 2)
            factors = (ours if crop else 1 / ours) * np.array([0.97, 0.985, 1.0, 1.015, 1.03])
        for factor in factors.tolist():
            found += [_place(p, received, registered, way, crop) for p in _locate(inner, outer, factor)]
    return found


def _locate(inner: _Small, outer: _Small, factor: float) -> list[tuple[float, int, int, Field]]:
    """(score, inner index, outer index, matrix from outer to inner) of each inner picture's best place at one size."""
    found = []
    height, width = inner.shape
    size = (max(round(width * factor), 4), max(round(height * factor), 4))
    padded = [cv2.copyMakeBorder(p, _PAD, _PAD, _PAD, _PAD, cv2.BORDER_REFLECT_101) for p in outer.structures]
    if size[0] > padded[0].shape[1] or size[1] > padded[0].shape[0]:
        return []
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    for i, picture in zip(inner.indices, inner.structures, strict=True):
        template = cv2.resize(picture, size, interpolation=way)
        best = (-1.0, 0, 0, 0)
        for j, ground in zip(outer.indices, padded, strict=True):
            scores = np.nan_to_num(
                cv2.matchTemplate(ground, template, cv2.TM_CCOEFF_NORMED), posinf=0, neginf=0
            )
            at = int(scores.argmax())
            best = max(best, (float(scores.flat[at]), j, at // scores.shape[1], at % scores.shape[1]))
        score, j, row, column = best
        zoom = (width / size[0], height / size[1])
        matrix = _matrix(zoom, (-(column - _PAD) * zoom[0], -(row - _PAD) * zoom[1]))
        found.append((score, i, j, matrix))
    return found


def _place(
    found: tuple[float, int, int, Field], received: _Small, registered: _Small, way: Place, crop: bool
) -> Place:
    score, inner, outer, matrix = found
    if not crop:
        matrix = np.asarray(np.linalg.inv(matrix), np.float32)
    # from full registered pixels down to the search size, over, and up to full received pixels
    down, up = _matrix(registered.factor), np.linalg.inv(_matrix(received.factor))
    full = np.asarray(up @ matrix @ down, np.float32)
    theirs, ours = (inner, outer) if crop else (outer, inner)
    return replace(way, score=score, theirs=theirs, ours=ours, matrix=full)


def _matrix(zoom: tuple[float, float], shift: tuple[float, float] = (0.0, 0.0)) -> Field:
    """Pixel centres count: zooming by z takes x to z (x + ½) − ½."""
    x, y = zoom
    return np.array([[x, 0, shift[0] + (x - 1) / 2], [0, y, shift[1] + (y - 1) / 2], [0, 0, 1]], np.float32)


def refined(place: Place, theirs: Plane, ours: Plane) -> list[Place]:
    """The same place to a fraction of a pixel, by one pair of pictures: affine and projective, as far as they converge.

    Args:
        place: to start from.
        theirs: a received picture, with the place's turn undone.
        ours: the registered picture of the same moment.
    """
    a, b = theirs.astype(np.float32), ours.astype(np.float32)
    matrix, found = place.matrix, []
    everywhere = np.ones(a.shape, np.uint8)
    ends = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, _ROUNDS, 1e-4)
    for motion, rows in ((cv2.MOTION_AFFINE, 2), (cv2.MOTION_HOMOGRAPHY, 3)):
        try:
            _, better = cv2.findTransformECC(b, a, matrix[:rows].copy(), motion, ends, everywhere, 5)
        except cv2.error:  # does not converge
            break
        candidate = np.eye(3, dtype=np.float32)
        candidate[:rows] = better
        if not np.isfinite(candidate).all() or _bent(candidate, place.matrix, b):
            break
        matrix = candidate
        found.append(replace(place, matrix=matrix))
    return found


def _bent(matrix: Field, before: Field, picture: Field) -> bool:
    """A refinement that moved a corner by more than a fifth of the picture has run away."""
    height, width = picture.shape
    corners = np.array([[[0, 0], [width, 0], [0, height], [width, height]]], np.float32)
    moved = cv2.perspectiveTransform(corners, matrix) - cv2.perspectiveTransform(corners, before)
    size = np.abs(np.linalg.det(before[:2, :2])) ** 0.5 * max(height, width)
    return bool(np.abs(moved).max() > 0.2 * size)
