# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What every mark looks like to a caller: frames and bits in, frames out; frames in, a reading out.

Decides: the interface, what a reading says, and how honest it has to be about chance. Leaves out: every
method (one module each) and what a mark means for a verdict. A mark can be copied from one picture to another
whoever made it; nothing here proves where a picture comes from.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from adseal_provenance.errors import WatermarkError

Frame = NDArray[np.uint8]
"""uint8 RGB [H, W, 3], full range."""

Chance = Literal["known_payload", "checksum", "statistic"]
"""How a find can be told from chance.

``known_payload``: it cannot by itself. Every picture, marked or not, gives bits; only a payload that was known
beforehand can be tested against them (:meth:`Reading.log10_p_of`).
``checksum``: a random reading passes an error-correcting code with a chance that is known and stated.
``statistic``: presence is tested by itself, every hypothesis counted.
"""


class Reading(BaseModel):
    """What was read from a row of frames.

    Attributes:
        name: the mark's name.
        bits: the most likely value of each bit; empty if the method found nothing. With ``known_payload``
            these are noise on an unmarked picture, and look no different.
        soft: per bit, positive for 1; larger is surer. The scale is the method's own.
        frames: how many frames took part.
        chance: how a find can be told from chance.
        payload: the message behind the bits where a code confirmed it, else None.
        log10_p: decimal logarithm of the chance that unmarked frames give such a find; None where the method
            cannot say.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    bits: tuple[int, ...]
    soft: tuple[float, ...]
    frames: int
    chance: Chance
    payload: tuple[int, ...] | None = None
    log10_p: float | None = None

    def log10_p_of(self, expected: Sequence[int], *, hypotheses: int = 1) -> float:
        """log10 of the chance that as many bits agree with a payload that was known before the frames were
        looked at.

        Exact under one assumption: that the payload was not chosen with these frames in view. Then it is, to
        an unmarked picture, a row of fair coin tosses, whatever bits the picture gives. A payload that was
        read from the frames themselves always scores best and proves nothing.

        Args:
            expected: the payload, as long as the reading.
            hypotheses: payloads, methods and geometries tried in all; the chance is multiplied by it.

        Raises:
            WatermarkError: ``bad_payload`` if the length differs.
        """
        wanted = check_bits(expected)
        if len(wanted) != len(self.bits):
            raise WatermarkError(
                f"{len(wanted)} bits cannot be compared with {len(self.bits)} that were read",
                code="bad_payload",
            )
        matches = sum(a == b for a, b in zip(wanted, self.bits, strict=True))
        return min(0.0, log10_coin_tail(len(wanted), matches) + math.log10(max(hypotheses, 1)))


@runtime_checkable
class VideoMark(Protocol):
    """One way of marking pictures. Both directions stream: a frame is held only while it passes."""

    @property
    def name(self) -> str:
        """Stable, for people and logs."""

    @property
    def c2pa_alg(self) -> str | None:
        """Its name in the C2PA list of soft-binding algorithms; None if it is not on the list, and then it
        may not be written into a manifest as if it were.
        """

    @property
    def chance(self) -> Chance:
        """How a find can be told from chance."""

    def embed(self, frames: Iterable[Frame], payload: Sequence[int]) -> Iterator[Frame]:
        """Marked copies of ``frames``, in order.

        Raises:
            WatermarkError: ``bad_payload``, ``bad_size``, or a method's own codes; at the latest when the
                first frame is asked for.
        """

    def detect(self, frames: Iterable[Frame]) -> Reading:
        """Read all ``frames`` together.

        Raises:
            WatermarkError: ``no_frames``, ``bad_size``, or a method's own codes.
        """


def log10_coin_tail(tosses: int, heads: int) -> float:
    """log10 P(at least ``heads`` heads in ``tosses`` fair tosses), exact; 0 heads or fewer give 0."""
    if heads <= 0:
        return 0.0
    if heads > tosses:
        return -math.inf
    ways = sum(math.comb(tosses, k) for k in range(heads, tosses + 1))
    return math.log10(ways) - tosses * math.log10(2.0)


def check_bits(payload: Sequence[int], length: int | None = None) -> tuple[int, ...]:
    """``payload`` as a tuple of 0 and 1.

    Raises:
        WatermarkError: ``bad_payload`` if it is empty, holds anything else, or has another length.
    """
    bits = tuple(int(bit) for bit in payload)
    if not bits or any(bit not in (0, 1) for bit in bits):
        raise WatermarkError("a payload is a row of 0 and 1", code="bad_payload")
    if length is not None and len(bits) != length:
        raise WatermarkError(
            f"this mark carries {length} bits, not {len(bits)}",
            code="bad_payload",
            hint=f"Give exactly {length} bits.",
        )
    return bits


def bits_of(data: bytes) -> tuple[int, ...]:
    """The bits of ``data``, each byte's highest bit first."""
    return tuple(np.unpackbits(np.frombuffer(data, np.uint8)).tolist())


def checked_frames(frames: Iterable[Frame], *, min_pixels: int = 1) -> Iterator[Frame]:
    """The same frames, each uint8 [H, W, 3] of the first one's size with at least ``min_pixels`` pixels.

    Raises:
        WatermarkError: ``bad_size``.
    """
    shape: tuple[int, ...] | None = None
    for frame in frames:
        if frame.dtype != np.uint8 or frame.ndim != 3 or frame.shape[2] != 3:
            raise WatermarkError(
                f"expected uint8[H, W, 3], got {frame.dtype}{list(frame.shape)}", code="bad_size"
            )
        if frame.shape[0] * frame.shape[1] < min_pixels:
            raise WatermarkError(
                f"{frame.shape[1]}x{frame.shape[0]} px is too small for this mark",
                code="bad_size",
                hint=f"A frame needs at least {min_pixels} pixels.",
            )
        if shape is not None and frame.shape != shape:
            raise WatermarkError(
                f"a frame of {frame.shape[1]}x{frame.shape[0]} px follows others of {shape[1]}x{shape[0]} px",
                code="bad_size",
                hint="One call takes frames of one size.",
            )
        shape = frame.shape
        yield frame


def no_frames() -> WatermarkError:
    """The error for an empty row of frames."""
    return WatermarkError("there were no frames to look at", code="no_frames")


class SoftVote:
    """Mean of soft values over frames; a bit that some frames lost is carried by the others."""

    def __init__(self) -> None:
        self._sum: NDArray[np.float64] | None = None
        self.frames = 0

    def add(self, soft: NDArray[np.floating]) -> None:
        """One frame's soft values, [n]; what is not finite counts as 0 (knows nothing)."""
        values = np.nan_to_num(soft.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
        self._sum = values if self._sum is None else self._sum + values
        self.frames += 1

    def mean(self) -> NDArray[np.float64]:
        """float64[n].

        Raises:
            WatermarkError: ``no_frames``.
        """
        if self._sum is None:
            raise no_frames()
        return self._sum / self.frames

    def reading(self, name: str, chance: Chance) -> Reading:
        """A reading without a payload or a chance of its own."""
        soft = self.mean()
        return Reading(
            name=name,
            bits=tuple((soft >= 0).astype(int).tolist()),
            soft=tuple(soft.tolist()),
            frames=self.frames,
            chance=chance,
        )
