# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""A small picture diary of a video.

Decides: what is kept (small luma pictures, 160 px on the longer side: 8 a second of a received video, 2 a second of a
registered one), and its byte form. Leaves out: what two diaries say of each other (``likeness``), look-up among many
(``descriptor``, ``registry``), and sound.

Pictures and not hashes, because the questions after "is it a copy?" are "of which seconds?" and "was the price
exchanged?", and a hash of a whole frame (PDQ, a phash) answers neither.
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

Plane = NDArray[np.uint8]

PER_SECOND = 8.0
"""Pictures a second of a video that is looked at; fewer where that would be more than ``_MOST``."""
RECORD_PER_SECOND = 2.0
"""Pictures a second that a record keeps: the other side of a comparison is dense, so every one finds its moment."""
LONG_SIDE = 160

_MAGIC = b"AFP2"
_OLD_MAGIC = b"AFP1"  # 64 px, 8 bits, 2 a second; read, no longer written
_HEADER = struct.Struct("<4sBBBfH")  # magic, width, height, quantum, seconds between pictures, count
_OLD_HEADER = struct.Struct("<4sBBfH")
_MOST = 1024
_MAX_COUNT = 4096
_MOST_QUANTUM = 4  # grey levels
_STEPS = 6.0  # quanta that the detail of a picture must keep: a hazy road has 6 grey levels of it, an ad 25


@dataclass(frozen=True, eq=False)
class Fingerprint:
    """Pictures of a video: uint8[n, H, W], the longer of H and W at most 160 px, one every ``step_s`` seconds."""

    pictures: NDArray[np.uint8]
    step_s: float = 1 / PER_SECOND

    @property
    def seconds(self) -> float:
        """Length of the video as far as it was seen, in seconds."""
        return len(self.pictures) * self.step_s

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

    def for_record(self) -> Fingerprint:
        """What a record keeps of it: two pictures a second."""
        every = max(round(1 / (self.step_s * RECORD_PER_SECOND)), 1)
        return Fingerprint(np.ascontiguousarray(self.pictures[::every]), self.step_s * every)

    def to_bytes(self) -> bytes:
        """Compact and versioned; as many grey levels are kept as the picture's contrast asks for."""
        count, height, width = self.pictures.shape
        quantum = self._quantum()
        head = _HEADER.pack(_MAGIC, width, height, quantum, self.step_s, count)
        coarse = self.pictures // np.uint8(quantum)
        body = np.diff(coarse, axis=0, prepend=coarse[:1] * 0)  # wraps modulo 256
        return head + zlib.compress(body.tobytes(), 6)

    def _quantum(self) -> int:
        some = self.pictures[:: max(len(self.pictures) // 4, 1)].astype(np.float32)
        detail = [float((p - cv2.GaussianBlur(p, (0, 0), max(p.shape) / 13)).std()) for p in some]
        return int(min(max(float(np.mean(detail)) // _STEPS, 1), _MOST_QUANTUM))

    @classmethod
    def from_bytes(cls, data: bytes) -> Fingerprint:
        """Read :meth:`to_bytes` back, also that of earlier versions.

        Raises:
            ProvenanceError: ``fingerprint_damaged`` for anything else.
        """
        damaged = ProvenanceError("these bytes are not a fingerprint", code="fingerprint_damaged")
        old = data[:4] == _OLD_MAGIC
        header = _OLD_HEADER if old else _HEADER
        if len(data) < header.size or data[:4] not in {_MAGIC, _OLD_MAGIC}:
            raise damaged
        fields = header.unpack_from(data)
        width, height, step_s, count = *fields[1:3], *fields[-2:]
        quantum = 1 if old else fields[3]
        size = count * width * height
        if not 0 < max(width, height) <= LONG_SIDE or not 0 < quantum <= _MOST_QUANTUM:
            raise damaged
        if min(width, height) < 1 or not 0.01 <= step_s <= 60 or not 0 < count <= _MAX_COUNT:
            raise damaged
        try:
            unpack = zlib.decompressobj()
            body = unpack.decompress(data[header.size :], size + 1)
        except zlib.error as error:
            raise damaged from error
        if len(body) != size or not unpack.eof or unpack.unused_data:
            raise damaged
        steps = np.frombuffer(body, np.uint8).reshape(count, height, width)
        pictures = np.cumsum(steps, axis=0, dtype=np.uint8)
        highest = 255 // quantum
        pictures = np.minimum(pictures, highest) * np.uint8(quantum) + np.uint8(quantum // 2)
        return cls(pictures, float(step_s))


class FingerprintBuilder:
    """Takes frames as they come; keeps some of them at a moderate size until bars are known.

    Memory is bounded: where the pictures of a long video become too many, every second one is dropped, and from
    there on half as many are taken.
    """

    def __init__(self) -> None:
        self._kept: list[Plane] = []
        self._step_s = 1 / PER_SECOND

    def add(self, t_s: float, luma: Plane) -> None:
        """The next frame, at ``t_s`` seconds."""
        if t_s + 1e-6 < len(self._kept) * self._step_s:
            return
        small = fit(luma, 2 * LONG_SIDE)
        if self._kept and small.shape != self._kept[0].shape:
            return
        # a gap in time repeats the last picture, so that index and time keep together
        while self._kept and len(self._kept) < int((t_s + 1e-6) / self._step_s):
            self._keep(self._kept[-1])
        if t_s + 1e-6 >= len(self._kept) * self._step_s:
            self._keep(small)

    def _keep(self, picture: Plane) -> None:
        self._kept.append(picture)
        if len(self._kept) >= _MOST:
            self._kept = self._kept[::2]
            self._step_s *= 2

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
        return Fingerprint(np.stack([fit(luma[part], LONG_SIDE) for luma in self._kept]), self._step_s)


def fit(luma: Plane, long_side: int) -> Plane:
    """The picture made smaller until its longer side fits; never larger."""
    height, width = luma.shape
    factor = long_side / max(height, width)
    if factor >= 1.0:
        return luma.copy()
    size = (max(round(width * factor), 1), max(round(height * factor), 1))
    return np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
