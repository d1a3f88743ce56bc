# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Where the lattice of a picture mark lies in a received picture: scale, rotation, mirror and shift.

Decides: which geometries are tried and in which order (cheap and likely ones first), and how strongly each
one speaks (z: the highest circular correlation with the known sync chips over all shifts, in standard
deviations over all shifts). Leaves out: reading the message and deciding whether a find counts
(``picture_detect``).

Under the null hypothesis z behaves like the largest of N standard normal values, N = shifts × hypotheses;
every trial is counted in ``Search.count``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from adseal_provenance.watermark.picture import CHIPS, TILE, pattern
from adseal_provenance.watermark.picture_evidence import ANALYSIS_SIDE

Field = NDArray[np.float32]
Spectrum = NDArray[np.complex64]

FOLD = 2 * TILE
BASE_CHIP = ANALYSIS_SIDE / CHIPS
"""Chip size in residual px if the whole of the marked picture is there."""
_MAX_GRID = 1600
_KEEP = 4
_STRETCH_NOTICED = 0.02  # less is found by refining
_AROUND = np.arange(-2, 3)
_AT_ONCE = 8  # correlations; more do not stay in the cache
_WHITENING = (
    0.75  # 1 would make all rings equal; on smooth pictures, where the mark itself is loud, that costs some
)
_RINGS = 46  # up to the corner of the spectrum, two bins of a folded tile wide


@dataclass(frozen=True)
class Geometry:
    """How the lattice lies in the residual.

    Attributes:
        chip_x, chip_y: chip size in residual px.
        rotation: radians, counter-clockwise in image coordinates (y down) of the lattice axes.
        orientation: 0..7, see :func:`oriented`; 1 is the plain mirror image.
    """

    chip_x: float
    chip_y: float
    rotation: float = 0.0
    orientation: int = 0


@dataclass(frozen=True)
class Candidate:
    """One geometry with its evidence: template index, z, and the lattice shift in samples (rows, columns)."""

    geometry: Geometry
    template: int
    z: float
    shift: tuple[int, int]


def oriented(tile: NDArray[np.float32], orientation: int) -> NDArray[np.float32]:
    """The tile as it looks after mirroring (bit 0) and then quarter turns (orientation // 2),
    counter-clockwise.
    """
    if orientation & 1:
        tile = tile[:, ::-1]
    return np.ascontiguousarray(np.rot90(tile, orientation >> 1))


def upright(tile: NDArray[np.float32], orientation: int) -> NDArray[np.float32]:
    """Undo :func:`oriented`."""
    tile = np.rot90(tile, -(orientation >> 1))
    return np.ascontiguousarray(tile[:, ::-1] if orientation & 1 else tile)


def affine(geometry: Geometry, shape: tuple[int, int]) -> tuple[NDArray[np.float64], tuple[int, int]]:
    """2×3 map from lattice samples (2 per chip) to residual px, and the grid (rows, columns) that covers the
    picture.
    """
    height, width = shape
    columns = min(max(int(width * 2 / geometry.chip_x), 1), _MAX_GRID)
    rows = min(max(int(height * 2 / geometry.chip_y), 1), _MAX_GRID)
    cos, sin = np.cos(geometry.rotation), np.sin(geometry.rotation)
    linear = np.array(
        [
            [cos * geometry.chip_x / 2, -sin * geometry.chip_y / 2],
            [sin * geometry.chip_x / 2, cos * geometry.chip_y / 2],
        ]
    )
    # sample centres: picture centre (w/2 - 0.5) stands over grid centre (columns/2 - 0.5)
    centre = np.array([width / 2 - 0.5, height / 2 - 0.5])
    offset = centre - linear @ np.array([columns / 2 - 0.5, rows / 2 - 0.5])
    return np.hstack([linear, offset[:, None]]), (rows, columns)


def sample(residual: Field, geometry: Geometry) -> Field:
    """The residual on the lattice, 2 samples per chip, padded with zeros to whole tiles (128 × 128
    samples).
    """
    matrix, (rows, columns) = affine(geometry, (residual.shape[0], residual.shape[1]))
    full = (-(-columns // FOLD) * FOLD, -(-rows // FOLD) * FOLD)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    if full == (columns, rows):
        return np.asarray(cv2.warpAffine(residual, matrix, full, flags=flags))
    grid = cv2.warpAffine(residual, matrix, (columns, rows), flags=flags)
    return np.asarray(
        cv2.copyMakeBorder(grid, 0, full[1] - rows, 0, full[0] - columns, cv2.BORDER_CONSTANT, value=0)
    )


def scaled(residual: Field, chip_x: float, chip_y: float) -> Field:
    """Much the same as :func:`sample` without a rotation, three times as fast; up to half a sample beside it."""
    wide, high = 2.0 / chip_x, 2.0 / chip_y
    rows, columns = round(residual.shape[0] * high), round(residual.shape[1] * wide)
    if not (1 <= rows <= _MAX_GRID and 1 <= columns <= _MAX_GRID):
        return sample(residual, Geometry(chip_x, chip_y))
    grid = cv2.resize(residual, None, fx=wide, fy=high, interpolation=cv2.INTER_LINEAR)
    rows, columns = grid.shape
    return np.pad(grid, ((0, -rows % FOLD), (0, -columns % FOLD)))


def fold(grid: Field) -> Field:
    """float32[128, 128]: sum over all tile copies, zero mean."""
    rows, columns = grid.shape
    total = grid.reshape(rows // FOLD, FOLD, columns // FOLD, FOLD).sum(axis=(0, 2))
    return np.asarray(total - total.mean(), dtype=np.float32)


@lru_cache(maxsize=16)
def _rings(rows: int, columns: int) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """The ring of equal frequency that each bin of a real spectrum of this shape is in, and the size of each ring."""
    across = np.hypot(np.fft.fftfreq(rows)[:, None], np.fft.rfftfreq(columns)[None])
    ring = np.minimum((across * TILE).astype(np.intp), _RINGS - 1)
    return ring, np.maximum(np.bincount(ring.ravel(), minlength=_RINGS), 1).astype(np.float64)


def whitened(received: Spectrum, columns: int) -> Spectrum:
    """A real field's spectrum with more equal amplitudes over frequency.

    What the picture itself says is strong at low frequencies, what a codec says at some of them: a matched filter is
    for white noise only. (JAWS, Kalker et al. 1999, keeps the phases alone for that reason; here the bins of a ring
    of equal frequency keep their relation.)

    Args:
        received: ``rfft2`` of a field at 2 samples per chip.
        columns: of that field.
    """
    ring, count = _rings(received.shape[0], columns)
    power = np.bincount(ring.ravel(), (received.real**2 + received.imag**2).ravel(), minlength=_RINGS) / count
    power = np.convolve(np.pad(power, 1, mode="edge"), [0.25, 0.5, 0.25], mode="valid")
    level = (np.maximum(power, 1e-12) ** (_WHITENING / 2)).astype(np.float32)
    return np.asarray(received / level[ring], dtype=np.complex64)


@lru_cache(maxsize=1)
def _envelope() -> NDArray[np.float64]:
    """Mean amplitude of a pattern's spectrum in each ring, at most 1."""
    ring, count = _rings(FOLD, FOLD)
    chips = np.random.default_rng(0).choice(np.array([-1.0, 1.0], np.float32), (TILE, TILE))
    power = np.abs(np.fft.rfft2(pattern(chips))) ** 2
    level: NDArray[np.float64] = np.sqrt(np.bincount(ring.ravel(), power.ravel(), minlength=_RINGS) / count)
    return np.asarray(level / level.max(), dtype=np.float64)


def matched(grid: Field) -> Field:
    """A residual on the lattice (2 samples per chip) after the matched filter for single chips: `whitened`, and with
    each frequency as strong as patterns have it.
    """
    rows, columns = grid.shape
    received = whitened(np.fft.rfft2(grid).astype(np.complex64), columns)
    received *= _envelope()[_rings(rows, columns)[0]].astype(np.float32)
    filtered = np.fft.irfft2(received, s=(rows, columns))
    return np.asarray(filtered / max(float(filtered.std()), 1e-12), dtype=np.float32)


def correlate(folded: Field, template: Field) -> Field:
    """Circular correlation of a folded residual, whitened, with a template: float32[128, 128] in standard
    deviations.
    """
    received = whitened(np.fft.rfft2(folded).astype(np.complex64), FOLD)
    scores = np.fft.irfft2(received * np.conj(np.fft.rfft2(template)), s=(FOLD, FOLD))
    return np.asarray(scores / max(float(scores.std()), 1e-9), dtype=np.float32)


@dataclass(frozen=True)
class Spectra:
    """Templates ready for correlation: conjugate spectra complex64[n, 128, 65], and their power float32[n, 8320], bins
    that stand for two counted twice.
    """

    conjugate: Spectrum
    power: Field

    @classmethod
    def of(cls, templates: Sequence[Field]) -> Spectra:
        conjugate = np.conj(np.fft.rfft2(np.stack(templates))).astype(np.complex64)
        power = conjugate.real**2 + conjugate.imag**2
        power[:, :, 1:-1] *= 2.0
        return cls(conjugate, np.asarray(power.reshape(len(templates), -1), np.float32))

    def best(self, folded: Field) -> tuple[Field, NDArray[np.intp]]:
        """The highest circular correlation of a folded residual, whitened, with each template, in standard deviations
        over all shifts (float32[n]), and at which one it is (row · 128 + column).
        """
        received = whitened(np.fft.rfft2(folded).astype(np.complex64), FOLD)
        energy = self.power @ (received.real**2 + received.imag**2).reshape(-1)
        z = np.zeros(len(self.conjugate), np.float32)
        at = np.zeros(len(self.conjugate), np.intp)
        for first in range(0, len(z), _AT_ONCE):
            part = slice(first, first + _AT_ONCE)
            maps = np.fft.irfft2(received[None] * self.conjugate[part], s=(FOLD, FOLD)).reshape(
                -1, FOLD * FOLD
            )
            at[part] = maps.argmax(axis=1)
            z[part] = maps.max(axis=1)
        # Parseval: the deviation over all shifts, from the spectra
        return np.asarray(z * FOLD**2 / np.sqrt(np.maximum(energy, 1e-12)), np.float32), at


@dataclass
class Count:
    """Hypotheses tried while one video is looked at: places of the lattice, readings of chips at a place, and messages
    whose CRC was looked at.
    """

    trials: int = 0
    readings: int = 0
    messages: int = 0


@dataclass
class Search:
    """A search of one mean residual for any of several templates (keys, or full codewords).

    Args:
        residual: float32[H, W].
        templates: one 128×128 pattern each, upright.
        count: shared by all searches of one video.
    """

    residual: Field
    templates: Sequence[Field]
    count: Count = field(default_factory=Count)
    _spectra: dict[tuple[int, ...], Spectra] = field(default_factory=dict)
    _smooth: dict[int, Field] = field(default_factory=dict)

    def spectra(self, orientations: tuple[int, ...]) -> Spectra:
        if orientations not in self._spectra:
            self._spectra[orientations] = Spectra.of(
                [oriented(t, o) for o in orientations for t in self.templates]
            )
        return self._spectra[orientations]

    def smoothed(self, chip: float) -> Field:
        """The residual without what is finer than the chips looked for; one version per half octave."""
        step = round(2 * float(np.log2(chip)))
        if step not in self._smooth:
            sigma = 0.35 * 2.0 ** (step / 2)
            smooth = cv2.GaussianBlur(self.residual, (0, 0), sigma) if sigma > 0.4 else self.residual
            self._smooth[step] = np.asarray(smooth, dtype=np.float32)
        return self._smooth[step]

    def look(
        self, geometry: Geometry, orientations: tuple[int, ...], *, exactly: bool = True
    ) -> list[Candidate]:
        """The best shift for every orientation and template at one geometry.

        Args:
            exactly: False may be half a sample off, which is enough to see whether there is anything.
        """
        smooth = self.smoothed((geometry.chip_x + geometry.chip_y) / 2)
        if exactly or geometry.rotation:
            grid = sample(smooth, geometry)
        else:
            grid = scaled(smooth, geometry.chip_x, geometry.chip_y)
        z, at = self.spectra(orientations).best(fold(grid))
        self.count.trials += len(z) * FOLD * FOLD
        turned = [replace(geometry, orientation=orientation) for orientation in orientations]
        number = len(self.templates)
        return [
            Candidate(turned[i // number], i % number, float(z[i]), divmod(int(at[i]), FOLD))
            for i in range(len(z))
        ]

    def scan(self, geometries: Iterator[Geometry], orientations: tuple[int, ...]) -> list[Candidate]:
        """The few best candidates of a stage, strongest first."""
        kept: list[Candidate] = []
        for geometry in geometries:
            kept.extend(self.look(geometry, orientations, exactly=False))
            if len(kept) > 64:
                kept = sorted(kept, key=lambda c: -c.z)[:_KEEP]
        return sorted(kept, key=lambda c: -c.z)[:_KEEP]

    def refine(self, candidate: Candidate) -> Candidate:
        """Climb from a candidate to the geometry where it speaks loudest (coordinate-wise, shrinking
        steps).
        """
        template = oriented(self.templates[candidate.template], candidate.geometry.orientation)
        best = self._near(candidate, candidate.geometry, template)
        scale = (candidate.geometry.chip_x + candidate.geometry.chip_y) / 2
        steps = {"chip_x": scale * 0.003, "chip_y": scale * 0.003, "rotation": float(np.deg2rad(0.2))}
        for _ in range(4):
            for name, step in steps.items():
                for sign in (-1, 1):
                    value = getattr(best.geometry, name) + sign * step
                    other = self._near(best, replace(best.geometry, **{name: value}), template)
                    best = other if other.z > best.z else best
            steps = {name: step * 0.55 for name, step in steps.items()}
        return best

    def _near(self, candidate: Candidate, geometry: Geometry, template: Field) -> Candidate:
        """The best of the few shifts around a candidate's at another geometry."""
        grid = sample(self.smoothed((geometry.chip_x + geometry.chip_y) / 2), geometry)
        scores = correlate(fold(grid), template)
        rows = (candidate.shift[0] + _AROUND) % FOLD
        columns = (candidate.shift[1] + _AROUND) % FOLD
        part = scores[np.ix_(rows, columns)]
        self.count.trials += part.size
        row, column = divmod(int(part.argmax()), len(_AROUND))
        shift = (int(rows[row]), int(columns[column]))
        return Candidate(geometry, candidate.template, float(part.max()), shift)


UPRIGHT = (0, 1)
QUARTERS = (2, 3, 6, 7)
ALL = (0, 1, 2, 3, 4, 5, 6, 7)
INTRA_STAGES = ("as it was", "whole picture", "whole picture otherwise", "near scales", "far scales")
"""Stages in which frames that are coded by themselves are also looked at apart from the others."""


_ASPECTS = (9 / 16, 4 / 5, 1.0, 4 / 3, 16 / 9)


def stretched_wholes(rows: int, columns: int) -> list[Geometry]:
    """Where the lattice lies if all of a picture of a usual aspect was stretched to ``rows`` × ``columns`` px."""
    found = []
    for aspect in _ASPECTS:
        across, down = CHIPS * max(1.0, aspect), CHIPS * max(1.0, 1 / aspect)
        geometry = Geometry(columns / across, rows / down)
        if abs(np.log(geometry.chip_x / geometry.chip_y)) > _STRETCH_NOTICED:
            found.append(geometry)
    return found


def stages(also: Sequence[Geometry]) -> Iterator[tuple[str, list[Geometry], tuple[int, ...]]]:
    """The search plan: (name, geometries, orientations) in order of cost and likelihood.

    Args:
        also: further likely places (with bars counted in; stretched from another aspect).
    """
    base = BASE_CHIP
    yield "as it was", [Geometry(base, base)], ALL[:1]
    yield "whole picture", [Geometry(base, base)], ALL[1:]
    yield "whole picture otherwise", list(also), ALL
    scales = np.exp(np.arange(np.log(0.5), np.log(2.45), 0.0035))
    order = scales[np.argsort(np.abs(np.log(scales)))].tolist()
    near = [s for s in order if 0.9 < s < 1.45]
    yield "near scales", [Geometry(base * s, base * s) for s in near], UPRIGHT
    yield "far scales", [Geometry(base * s, base * s) for s in order if not 0.9 < s < 1.45], UPRIGHT
    turns = np.deg2rad(np.arange(-6.0, 6.01, 0.4)).tolist()
    close = np.exp(np.arange(np.log(0.95), np.log(1.06), 0.004)).tolist()
    yield (
        "small rotations",
        [Geometry(base * s, base * s, turn) for turn in turns for s in close if turn],
        UPRIGHT,
    )
    yield "quarter turns", [Geometry(base * s, base * s) for s in order if 0.55 < s < 1.9], QUARTERS
    stretches = np.exp(np.arange(np.log(0.55), np.log(1.85), 0.004)).tolist()
    yield "stretched", [Geometry(base * s, base) for s in stretches], UPRIGHT
    yield "squeezed", [Geometry(base, base * s) for s in stretches], UPRIGHT
