# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""A few numbers for what a video looks like, to find it among a million.

Decides: which pictures of a video are described (its scenes; the whole picture and the cuts that placements make), how
(64 whitened DCT coefficients), and which drawers of the index a query opens. Leaves out: storage (``registry``) and the
answer to "is it a copy?" (``likeness``); what comes out of here are candidates.

Method: as PDQ (Facebook, 2019) a picture is reduced to the low frequencies of its DCT. Other than there, they are
whitened (natural pictures have power 1/f²) and turned by a fixed random Hadamard matrix, so that all signs carry the
same information; the first signs are the number of a drawer, and a query also opens the drawers that differ in the
least certain signs (multi-probe hashing, Lv et al., VLDB 2007). No training, so drawers never have to be rebuilt.
"""

from __future__ import annotations

import hashlib
import heapq
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from adseal_provenance.likeness.fingerprint import Fingerprint

Field = NDArray[np.float32]

VERSION = 1
CELL_BITS = 20
CODE_BYTES = 16
_SIDE = 32
_LOW = 9  # frequencies in each direction
_DIMENSIONS = 64
_SCENES = 3
_QUERY_SCENES = 4
_SCENE_STEP = 12.0  # mean grey levels between two scenes
_ASPECTS = (1.0, 9 / 16, 16 / 9)  # what placements cut out of a picture
_PROBES = 48


@dataclass(frozen=True, eq=False)
class Descriptor:
    """float32[n, 64], each of length 1: the pictures by which a video is found."""

    vectors: Field

    @classmethod
    def of(cls, fingerprint: Fingerprint) -> Descriptor:
        """Of a registered video: its longest scenes, whole and as placements cut them."""
        pictures = [p for scene in _scenes(fingerprint, _SCENES) for p in _cuts(scene)]
        return cls(_vectors(pictures))

    @classmethod
    def of_query(cls, fingerprint: Fingerprint) -> Descriptor:
        """Of a received video: its longest scenes, as they are and mirrored."""
        scenes = _scenes(fingerprint, _QUERY_SCENES)
        return cls(_vectors([p for scene in scenes for p in (scene, np.ascontiguousarray(scene[:, ::-1]))]))

    def codes(self) -> list[tuple[int, bytes]]:
        """(drawer, signs) of each vector, in each of two cabinets."""
        found = []
        for row in _turned(self.vectors):
            signs = np.packbits(row >= 0).tobytes()
            found += [
                (_cell(part) | cabinet << CELL_BITS, signs) for cabinet, part in enumerate(_cabinets(row))
            ]
        return found

    def probes(self) -> list[int]:
        """The drawers to open, the likeliest of each vector."""
        rows = _turned(self.vectors)
        opened = {
            cell | cabinet << CELL_BITS
            for row in rows
            for cabinet, part in enumerate(_cabinets(row))
            for cell in _likely_cells(part)
        }
        return sorted(opened)

    def distances(self, codes: NDArray[np.uint8]) -> NDArray[np.int_]:
        """How many of 128 signs differ, at the best of the vectors, for each of uint8[n, 16] codes."""
        signs = np.unpackbits(codes, axis=1).astype(np.float32) * 2 - 1
        own = np.where(_turned(self.vectors) >= 0, 1.0, -1.0).astype(np.float32)
        return np.asarray(np.rint((8 * CODE_BYTES - (signs @ own.T).max(axis=1)) / 2), int)

    def similarity(self, other: Descriptor) -> float:
        """Largest cosine between a vector of each."""
        if not len(self.vectors) or not len(other.vectors):
            return 0.0
        return float((self.vectors @ other.vectors.T).max())

    def to_bytes(self) -> bytes:
        """65 bytes a vector or less: a version, then int8."""
        return bytes([VERSION]) + np.rint(self.vectors * 127).astype(np.int8).tobytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> Descriptor:
        """Read :meth:`to_bytes` back; nothing at all from anything else, for a candidate less is no harm."""
        if len(data) % _DIMENSIONS != 1 or data[0] != VERSION:
            return cls(np.zeros((0, _DIMENSIONS), np.float32))
        raw = np.frombuffer(data[1:], np.int8).reshape(-1, _DIMENSIONS).astype(np.float32)
        return cls(raw / np.maximum(np.linalg.norm(raw, axis=1, keepdims=True), 1.0))


def _scenes(fingerprint: Fingerprint, most: int) -> list[Field]:
    """Mean pictures of the longest stretches over which the picture stays much the same."""
    small = np.stack([cv2.resize(p, (16, 16), interpolation=cv2.INTER_AREA) for p in fingerprint.pictures])
    runs = [[0]]
    for i in range(1, len(small)):
        start = small[runs[-1][0]].astype(np.float32)
        if float(np.abs(small[i] - start).mean()) > _SCENE_STEP:
            runs.append([i])
        else:
            runs[-1].append(i)
    longest = sorted(runs, key=len, reverse=True)[:most]
    return [np.asarray(fingerprint.pictures[run].mean(axis=0), np.float32) for run in sorted(longest)]


def _cuts(picture: Field) -> list[Field]:
    """The picture, and the middle of it in other aspect ratios."""
    height, width = picture.shape
    found = [picture]
    for aspect in _ASPECTS:
        wide, high = min(width, round(height * aspect)), min(height, round(width / aspect))
        if wide * high > 0.92 * width * height or min(wide, high) < 16:
            continue
        top, left = (height - high) // 2, (width - wide) // 2
        if wide * high > 0.25 * width * height:
            found.append(picture[top : top + high, left : left + wide])
    return found


def _vectors(pictures: list[Field]) -> Field:
    rows = []
    for picture in pictures:
        square = cv2.resize(picture, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
        low = cv2.dct(np.asarray(square - square.mean(), np.float32))[:_LOW, :_LOW] * _WEIGHTS
        row = low[_KEPT]
        length = float(np.linalg.norm(row))
        if length > 1.0:  # a flat picture says nothing
            rows.append(row / length)
    return np.array(rows, np.float32).reshape(-1, _DIMENSIONS)


def _frequencies() -> tuple[Field, NDArray[np.bool_]]:
    """Whitening weights, and which 64 frequencies are kept: the lowest ones but the mean."""
    down, across = np.mgrid[0:_LOW, 0:_LOW]
    frequency = np.hypot(down, across)
    kept = np.zeros(frequency.shape, bool)
    kept.flat[np.argsort(frequency, axis=None, kind="stable")[1 : _DIMENSIONS + 1]] = True
    return np.asarray(frequency, np.float32), kept


def _rotation(salt: bytes) -> Field:
    """A Hadamard matrix with columns of random sign: orthogonal, and the same everywhere for ever."""
    matrix = np.ones((1, 1), np.float32)
    while len(matrix) < _DIMENSIONS:
        matrix = np.block([[matrix, matrix], [matrix, -matrix]])
    bits = np.unpackbits(np.frombuffer(hashlib.sha256(salt).digest(), np.uint8))[:_DIMENSIONS]
    return np.asarray(matrix * (bits * 2.0 - 1.0) / _DIMENSIONS**0.5, np.float32)


def _turned(vectors: Field) -> Field:
    """float32[n, 128], whose signs are the code."""
    return np.asarray(vectors @ _ROTATIONS.T, np.float32)


def _cabinets(row: Field) -> tuple[Field, Field]:
    return row[:CELL_BITS], row[_DIMENSIONS : _DIMENSIONS + CELL_BITS]


def _cell(row: Field) -> int:
    return int("".join("1" if v >= 0 else "0" for v in row), 2)


def _likely_cells(row: Field) -> list[int]:
    """Drawers in the order of what it costs to flip the signs that differ; the first is the vector's own."""
    cost = np.abs(row)
    order = np.argsort(cost)
    flips = [1 << (CELL_BITS - 1 - int(i)) for i in order]
    price = [float(cost[i]) ** 2 for i in order]
    own, found = _cell(row), []
    # sets of flipped signs in ascending order of price: extend by the next sign, or exchange the last for the next
    heap: list[tuple[float, int, int]] = [(price[0], 0, flips[0])]
    found.append(own)
    while len(found) < _PROBES:
        total, last, mask = heapq.heappop(heap)
        found.append(own ^ mask)
        if last + 1 < CELL_BITS:
            heapq.heappush(heap, (total + price[last + 1], last + 1, mask | flips[last + 1]))
            swapped = total - price[last] + price[last + 1]
            heapq.heappush(heap, (swapped, last + 1, mask ^ flips[last] | flips[last + 1]))
    return found


_WEIGHTS, _KEPT = _frequencies()
_ROTATIONS = np.concatenate([_rotation(b"adseal descriptor 1/a"), _rotation(b"adseal descriptor 1/b")])
