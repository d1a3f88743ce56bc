# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What was exchanged in a copy: another price, another claim, on the same background.

Decides: which parts of the picture do not have the registered structure although the rest has, and for how long that
must last to be told. Leaves out: laying the two pictures over each other (``likeness``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]

_CELL_SIGMA = 2.0  # px on the longer side of 160
_NEIGHBOURS = 2  # moments, each way
_CHANGED = 0.35  # of a cell's structure is not the registered one's
_LEAST_POWER = 0.25  # of the picture's mean power; flatter cells are not judged
_ABOVE_NOISE = 6.0  # times the difference that most of the picture has
_LEAST_CHANGE = 0.0015  # of the picture; smaller differences are not reported
_LASTING = 2  # moments
_MOST_CHANGES = 8
_MIXTURES = (0.25, 0.5, 0.75, 1.0)  # of the next picture in this one


@dataclass(frozen=True)
class Change:
    """A part of the picture that is not the registered one's, for some time.

    Attributes:
        box: (left, top, right, bottom) of the registered picture, 0..1.
        seconds: (start, end) of the registered video.
        seen: the same place in the received picture, 0..1; None where it lies outside of it.
    """

    box: tuple[float, float, float, float]
    seconds: tuple[float, float]
    seen: tuple[float, float, float, float] | None = None


def find_changes(
    a: Field, b: Field, mask: NDArray[np.bool_], at_s: Field, step_s: float
) -> tuple[Change, ...]:
    """Connected parts whose structure is not the registered one's, over some moments; the largest first.

    Args:
        a, b: float32[k, H, W] received and registered structure, laid over each other, of equal deviation.
        mask: bool[H, W] where both have a picture.
        at_s: seconds of each moment in the registered video, ``step_s`` apart.
    """
    differs = _differing(a, b, mask)
    found = []
    # connected in the picture and in time: the same part in neighbouring moments is one change
    for start, end, marked in _episodes(differs):
        if end - start < min(_LASTING, len(differs)):
            continue
        count, labels, stats, _ = cv2.connectedComponentsWithStats(marked.astype(np.uint8), connectivity=8)
        for label in range(1, count):
            left, top, wide, high, area = (int(v) for v in stats[label])
            if area < _LEAST_CHANGE * marked.size:
                continue
            height, width = marked.shape
            box = (left / width, top / height, (left + wide) / width, (top + high) / height)
            moments = np.flatnonzero(differs[start:end, labels == label].any(axis=1)) + start
            seconds = (float(at_s[moments[0]]), float(at_s[moments[-1]]) + step_s)
            found.append((area, Change(_rounded(box, 3), (round(seconds[0], 2), round(seconds[1], 2)))))
    return tuple(change for _, change in sorted(found, key=lambda f: -f[0])[:_MOST_CHANGES])


def _differing(a: Field, b: Field, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """bool[k, H, W]: the difference is as large as the structure itself, and not what the codec does everywhere."""

    def lasting(near: Field) -> Field:
        # a moment with its neighbours: what was exchanged stays, what moves does not
        padded = np.pad(near, ((_NEIGHBOURS, _NEIGHBOURS), (0, 0), (0, 0)), mode="edge")
        return np.asarray(
            np.mean([padded[k : k + len(near)] for k in range(2 * _NEIGHBOURS + 1)], axis=0), np.float32
        )

    error = lasting(np.min([_local(d**2) for d in _differences(a, b)], axis=0))
    power = np.maximum(lasting(_local(a**2)), lasting(_local(b**2)))
    inside = error[:, mask]
    noise = np.quantile(inside, 0.7, axis=1)[:, None, None]
    clear = (power > _LEAST_POWER) & (error > _ABOVE_NOISE * noise)
    return np.asarray(
        (error > _CHANGED * power)
        & clear
        & cv2.erode(mask.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    )


def _local(values: Field) -> Field:
    return np.stack([cv2.GaussianBlur(v, (0, 0), _CELL_SIGMA) for v in values])


def _differences(a: Field, b: Field) -> Iterator[Field]:
    """What may be one picture, caught a pixel aside or some moments earlier or later: a cross-fade between two pictures
    of a record is a mixture of them."""
    for y, x in ((0, 0), (0, 1), (0, -1), (1, 0), (-1, 0)):
        yield np.roll(a, (y, x), axis=(1, 2)) - b
    for neighbour in (np.concatenate([b[:1], b[:-1]]), np.concatenate([b[1:], b[-1:]])):
        for share in _MIXTURES:
            yield a - (b + share * (neighbour - b))


def _episodes(differs: NDArray[np.bool_]) -> list[tuple[int, int, NDArray[np.bool_]]]:
    """(first, last + 1, where in at least half of the moments) of stretches over which it is much the same part."""
    episodes: list[tuple[int, int]] = []
    for k in range(len(differs)):
        if episodes and _much_the_same(differs[k - 1], differs[k]):
            episodes[-1] = (episodes[-1][0], k + 1)
        else:
            episodes.append((k, k + 1))
    return [(a, b, differs[a:b].mean(axis=0) >= 0.5) for a, b in episodes]


def _much_the_same(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> bool:
    either = int((a | b).sum())
    return either == 0 or int((a & b).sum()) > 0.3 * either


def _rounded(box: tuple[float, float, float, float], digits: int) -> tuple[float, float, float, float]:
    left, top, right, bottom = (round(v, digits) for v in box)
    return left, top, right, bottom
