# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The stage of `watermark_security.py`: a home of its own, real videos sealed into it, and what the library says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from watermark_hosts import Planes, frames_of, write

import adseal
import adseal_provenance
from adseal_provenance.reading.media import Limits
from adseal_provenance.watermark.detect import detect_file

PICTURE = "io.adseal.picture.1"
DELIVERED = {"crf": "18"}
Luma = NDArray[np.uint8]


@dataclass(frozen=True)
class Video:
    """Frames at hand, as yuv420p planes."""

    name: str
    planes: list[Planes]
    fps: float

    @property
    def lines(self) -> int:
        return self.planes[0].shape[0] * 2 // 3

    def luma(self) -> list[Luma]:
        return [planes[: self.lines] for planes in self.planes]

    def with_luma(self, luma: Iterable[NDArray[np.floating]]) -> Video:
        """The same colours with other luma, rounded and clipped to limited range."""
        planes = [
            np.concatenate([np.rint(np.clip(new, 16, 235)).astype(np.uint8), old[self.lines :]])
            for new, old in zip(luma, self.planes, strict=True)
        ]
        return Video(self.name, planes, self.fps)


@dataclass(frozen=True)
class Sealed:
    """A sealed and registered video: the file as delivered, its decoded frames, and its public number."""

    path: Path
    video: Video
    locator: str


@dataclass(frozen=True)
class Finding:
    """What the library says of a file.

    Attributes:
        mark: ``blind`` (one of the expected locators was read), ``known`` (confirmed against the expected one),
            ``gone``, or ``other`` (a locator that nobody expected).
        verdict: of ``adseal.verify``.
        log10_p: of the clearest find.
        found: the picture marks that were read, without keys.
    """

    mark: str
    verdict: str
    log10_p: float | None
    found: tuple[str, ...] = ()


def piece(path: Path, start_s: float, seconds: float) -> Video:
    """A part of a clip at 720 lines, without sound."""
    frames, fps = frames_of(path, start_s + seconds)
    name = f"{path.stem}@{start_s:g}"
    return Video(name, list(islice(frames, round(start_s * fps), None)), fps)


def load(path: Path, name: str) -> Video:
    """All frames of a file in its own size."""
    frames, fps = frames_of(path, 60.0, lines=None)
    return Video(name, list(frames), fps)


class Stage:
    """A folder, and a home in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = adseal.Home(folder / "home")
        self._count = 0
        self._sources = _sources()

    def fresh(self, ending: str = "mp4") -> Path:
        """A path that was not used yet."""
        self._count += 1
        return self.folder / f"{self._count:04}.{ending}"

    def seal(self, video: Video) -> Sealed:
        """Through the front door: marked, encoded, signed, registered."""
        source, out = self.fresh(), self.fresh()
        write(source, iter(video.planes), video.fps, {"qp": "0"})
        sealed = adseal.seal(source, out, title=video.name, home=self.home)
        source.unlink()
        return Sealed(out, load(out, video.name), sealed.id)

    def deliver(self, video: Video) -> Path:
        """A new file without credential, at CRF 18: what somebody would upload."""
        path = self.fresh()
        write(path, iter(video.planes), video.fps, DELIVERED)
        return path

    def judge(self, path: Path, expected: Sequence[str]) -> Finding:
        """What ``adseal.verify`` says; where it reads no mark, whether the expected one can be confirmed.

        Raises:
            RuntimeError: the file could not be examined at all, which would look like a mark that is gone; or the
                library's source has changed, and `adseal.verify`, which starts processes, has another one than we.
        """
        if _sources() != self._sources:
            raise RuntimeError("the library's source changed during the run")
        report = adseal.verify(path, home=self.home)
        if report.verdict == "unreadable":
            raise RuntimeError(f"{path} was not examined: {report.summary}")
        marks = [mark for mark in report.marks if mark.algorithm == PICTURE]
        if marks:
            ids = tuple(sorted({mark.id for mark in marks}))
            state = "blind" if set(ids) & set(expected) else "other"
            return Finding(state, report.verdict, min(mark.log10_p for mark in marks), ids)
        keys = self.home.known_keys()
        known = [(key.key_id, locator) for key in keys for locator in expected]
        detection, _ = detect_file(path, keys, known=known, limits=Limits(threads=1))
        confirmed = next((mark for mark in detection.marks if mark.algorithm == PICTURE), None)
        if confirmed is None:
            return Finding("gone", report.verdict, None)
        return Finding("known", report.verdict, confirmed.log10_p)


def _sources() -> int:
    """When one of the library's files last changed, in ns."""
    return max(path.stat().st_mtime_ns for path in Path(adseal_provenance.__file__).parent.rglob("*.py"))


def psnr(changed: Sequence[Luma], reference: Sequence[Luma]) -> float:
    """Luma PSNR in dB of frames with the same numbers; another size is scaled back to the reference's."""
    squares = []
    for one, other in zip(changed, reference, strict=False):
        if one.shape != other.shape:
            one = cv2.resize(one, other.shape[::-1], interpolation=cv2.INTER_CUBIC)  # noqa: PLW2901
        squares.append(float(np.mean((one.astype(np.float32) - other) ** 2)))
    return round(float(10 * np.log10(255**2 / max(float(np.mean(squares)), 1e-9))), 1)
