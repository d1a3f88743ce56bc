# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Adobe's TrustMark: 100 bits per frame by two networks of the user, guarded by a BCH code.

Decides: packet layout (data, checks, 2 spare bits, 2 bits that name the schema), the picture's way to the
networks and the residual's way back, as in TrustMark's own Python code. Leaves out: the networks. The ONNX
files its makers publish for other languages fit (encoder: picture and 100 bits; decoder: picture); so does
TorchScript with the same inputs. TrustMark's own checkpoints are pickles and are not loaded.

Chance: a checksum, and a weak one. If a decoder's bits were fair coins, an unmarked picture would pass with
1.9e-3 under BCH_5, 1.2e-2 under BCH_4, 7e-2 under BCH_3 and 1.8e-6 under BCH_SUPER, less the chance of the
schema bits (1/16 each). :attr:`Reading.log10_p` states it, by the number of bits that had to be corrected.
Real decoders' bits lean, so it is a guide; many frames that agree are not many independent finds either.

C2PA: ``com.adobe.trustmark.Q``, ``.C`` and ``.P`` are on the list; variant B is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from adseal_provenance.errors import WatermarkError
from adseal_provenance.watermark.foreign.bch import checks, correct, log10_chance
from adseal_provenance.watermark.foreign.model import (
    Chance,
    Frame,
    Reading,
    SoftVote,
    check_bits,
    checked_frames,
)
from adseal_provenance.watermark.foreign.networks import Array, NetworkFile, expect_shape, load_network

Variant = Literal["Q", "C", "B", "P"]
Schema = Literal["BCH_SUPER", "BCH_5", "BCH_4", "BCH_3"]

PACKET_BITS: Final = 100
_GUARDED: Final = 96
_ERRORS: Final[dict[Schema, int]] = {"BCH_SUPER": 8, "BCH_5": 5, "BCH_4": 4, "BCH_3": 3}
_NUMBER: Final[dict[Schema, int]] = {"BCH_SUPER": 0, "BCH_5": 1, "BCH_4": 2, "BCH_3": 3}

_WRITE_SIDE: Final = 256
_LONGEST: Final = 2.0  # beyond this ratio only the middle square is marked


def capacity(schema: Schema) -> int:
    """Bits of payload: 40, 61, 68 or 75."""
    return _GUARDED - 7 * _ERRORS[schema]


def pack(payload: Sequence[int], schema: Schema) -> tuple[int, ...]:
    """The 100 bits that carry a payload.

    Raises:
        WatermarkError: ``bad_payload`` if it has not exactly the schema's capacity.
    """
    data = check_bits(payload, capacity(schema))
    number = _NUMBER[schema]
    return (*data, *checks(_padded(data), _ERRORS[schema]), 0, 0, number >> 1, number & 1)


def unpack(packet: Sequence[int], schema: Schema) -> tuple[tuple[int, ...], int] | None:
    """Payload and number of corrected bits, or None if the packet names another schema or is beyond repair."""
    number = _NUMBER[schema]
    if tuple(packet[_GUARDED:]) != (0, 0, number >> 1, number & 1):
        return None
    size = capacity(schema)
    data = _padded(packet[:size])
    found = correct((*data, *packet[size:_GUARDED]), _ERRORS[schema])
    if found is None or any(found[0][size : len(data)]):  # the padding was never sent and cannot be wrong
        return None
    return found[0][:size], found[1]


def c2pa_value(payload: Sequence[int], schema: Schema) -> str:
    """How TrustMark's payload is written in a C2PA soft binding: schema number, ``*``, bits."""
    return f"{_NUMBER[schema]}*{''.join(map(str, check_bits(payload, capacity(schema))))}"


class TrustMark:
    """One variant of TrustMark.

    Args:
        variant: which networks these are; it decides sizes and strength.
        encoder: picture [1, 3, 256, 256] and bits [1, 100] in, picture out; None if only reading.
        decoder: picture [1, 3, 256, 256] (224 for P) in, logits [1, 100] out; None if only writing.
        schema: of payloads written and read.

    Raises:
        NetworkError: see :mod:`~adseal_provenance.watermark.foreign.networks`.
        WatermarkError: ``bad_method`` for another variant or schema.
    """

    chance: Chance = "checksum"

    def __init__(
        self,
        variant: Variant = "Q",
        *,
        encoder: NetworkFile | None = None,
        decoder: NetworkFile | None = None,
        schema: Schema = "BCH_5",
    ) -> None:
        if variant not in ("Q", "C", "B", "P") or schema not in _ERRORS:
            raise WatermarkError(f"there is no TrustMark {variant!r} with {schema!r}", code="bad_method")
        self._variant: Variant = variant
        self._schema: Schema = schema
        self._encoder = load_network(encoder) if encoder else None
        self._decoder = load_network(decoder) if decoder else None
        self._strength = np.float32(1.25 if variant == "P" else 1.0)
        self._read_side = 224 if variant == "P" else 256

    @property
    def name(self) -> str:
        """``TrustMark Q (BCH_5)`` and so on."""
        return f"TrustMark {self._variant} ({self._schema})"

    @property
    def c2pa_alg(self) -> str | None:
        """``com.adobe.trustmark.Q``, C or P; None for B."""
        return None if self._variant == "B" else f"com.adobe.trustmark.{self._variant}"

    def embed(self, frames: Iterable[Frame], payload: Sequence[int]) -> Iterator[Frame]:
        """See :class:`~adseal_provenance.watermark.foreign.model.VideoMark`; the schema's capacity in bits.

        Raises:
            WatermarkError: also ``no_encoder``, and the codes of NetworkError.
        """
        bits = np.array([pack(payload, self._schema)], np.float32)
        if self._encoder is None:
            raise WatermarkError("writing this mark needs its encoder", code="no_encoder")
        for frame in checked_frames(frames):
            part = self._part(frame)
            cover = part.of(frame)
            given = _fed(cover, _WRITE_SIDE)
            marked = expect_shape(self._encoder(given, bits), given.shape, "encoder")
            residual = np.clip(marked, -1, 1) - given
            residual -= residual.mean(axis=(2, 3), keepdims=True)  # no shift of colour
            yield part.laid_into(frame, residual[0].transpose(1, 2, 0) * self._strength)

    def detect(self, frames: Iterable[Frame]) -> Reading:
        """See :class:`~adseal_provenance.watermark.foreign.model.VideoMark`; mean logits over frames, then
        one correction.

        Raises:
            WatermarkError: also ``no_decoder``, and the codes of NetworkError.
        """
        if self._decoder is None:
            raise WatermarkError("reading this mark needs its decoder", code="no_decoder")
        vote = SoftVote()
        for frame in checked_frames(frames):
            said = self._decoder(_fed(self._part(frame).of(frame), self._read_side))
            vote.add(expect_shape(said, (1, PACKET_BITS), "decoder")[0])
        reading = vote.reading(self.name, self.chance)
        found = unpack(reading.bits, self._schema)
        if found is None:
            return reading
        payload, wrong = found
        log10_p = log10_chance(_GUARDED, _ERRORS[self._schema], wrong) - 4 * float(np.log10(2.0))
        return reading.model_copy(update={"payload": payload, "log10_p": log10_p})

    def _part(self, frame: Frame) -> _Part:
        height, width = frame.shape[:2]
        if self._variant != "P" and max(height, width) <= _LONGEST * min(height, width):
            return _Part(0, 0, height, width)
        side = min(height, width)
        return _Part((height - side) // 2, (width - side) // 2, side, side)


@dataclass(frozen=True)
class _Part:
    """The marked rectangle of a frame, in px."""

    top: int
    left: int
    height: int
    width: int

    def of(self, frame: Frame) -> Frame:
        return frame[self.top : self.top + self.height, self.left : self.left + self.width]

    def laid_into(self, frame: Frame, residual: Array) -> Frame:
        """A copy of ``frame`` with ``residual`` (scale −1 to 1) in this rectangle, fading out at its edge."""
        grown = cv2.resize(residual, (self.width, self.height), interpolation=cv2.INTER_LINEAR)
        fade = max(1, min(int(min(self.height, self.width) * 0.01), 50))
        rows, columns = _ramp(self.height, fade), _ramp(self.width, fade)
        grown *= np.minimum(rows[:, None], columns[None, :])[:, :, None]
        out = frame.copy()
        levels = self.of(frame) + grown * np.float32(127.5)
        self.of(out)[:] = np.clip(np.rint(levels), 0, 255).astype(np.uint8)
        return out


def _padded(data: Sequence[int]) -> tuple[int, ...]:
    """The checks are taken over whole bytes."""
    return (*data, *[0] * (-len(data) % 8))


def _ramp(length: int, fade: int) -> Array:
    """1 in the middle, rising from 1 / fade at both ends."""
    near = np.minimum(np.arange(length), np.arange(length)[::-1])
    return np.asarray(np.minimum((near + 1) / fade, 1.0), np.float32)


def _fed(picture: Frame, side: int) -> Array:
    """float32 [1, 3, side, side], −1 to 1; resized as Pillow's and torch's antialiased bilinear filters do."""
    down, across = _triangles(picture.shape[0], side), _triangles(picture.shape[1], side)
    small = np.einsum("sh,hwc,tw->cst", down, picture.astype(np.float32), across, optimize=True)
    return np.ascontiguousarray(small[None] / np.float32(127.5) - np.float32(1.0), np.float32)


def _triangles(before: int, after: int) -> NDArray[np.float32]:
    """Weights [after, before] of a triangular filter as wide as the step between samples, at least 1 px."""
    scale = before / after
    centre = (np.arange(after) + 0.5) * scale
    away = np.abs(np.arange(before)[None, :] + 0.5 - centre[:, None]) / max(scale, 1.0)
    weight = np.maximum(1.0 - away, 0.0)
    return np.asarray(weight / weight.sum(axis=1, keepdims=True), np.float32)
