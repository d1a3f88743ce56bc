# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""RivaGAN as the invisible-watermark library uses it: 32 bits per frame, by two small networks of the user.

Decides: the library's way of feeding them (BGR, −1 to 1, one frame at a time, its threshold of 0.52). Leaves
out: the networks. The library's own ONNX files fit; so does TorchScript that takes the same inputs.

Chance: none. The reader gives 32 bits for any picture, a payload known beforehand can be tested and then
reaches no lower than log10 p = −9.6.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np

from adseal_provenance.errors import WatermarkError
from adseal_provenance.watermark.foreign.model import (
    Chance,
    Frame,
    Reading,
    SoftVote,
    check_bits,
    checked_frames,
)
from adseal_provenance.watermark.foreign.networks import Array, NetworkFile, expect_shape, load_network
from adseal_provenance.watermark.foreign.wavelet import MIN_PIXELS

_BITS: Final = 32
_THRESHOLD: Final = 0.52


class RivaGanMark:
    """Args:
        encoder: takes frame [1, 3, 1, H, W] and data [1, 32], gives a frame; None if only reading.
        decoder: takes such a frame, gives [1, 32]; None if only writing.

    Raises:
        NetworkError: see :mod:`~adseal_provenance.watermark.foreign.networks`.
    """

    name: str = "invisible-watermark rivaGan"
    c2pa_alg: None = None
    chance: Chance = "known_payload"

    def __init__(self, *, encoder: NetworkFile | None = None, decoder: NetworkFile | None = None) -> None:
        self._encoder = load_network(encoder) if encoder else None
        self._decoder = load_network(decoder) if decoder else None

    def embed(self, frames: Iterable[Frame], payload: Sequence[int]) -> Iterator[Frame]:
        """See :class:`~adseal_provenance.watermark.foreign.model.VideoMark`; 32 bits.

        Raises:
            WatermarkError: also ``no_encoder``, and the codes of NetworkError.
        """
        bits = np.array([check_bits(payload, _BITS)], np.float32)
        if self._encoder is None:
            raise WatermarkError("writing this mark needs its encoder", code="no_encoder")
        for frame in checked_frames(frames, min_pixels=MIN_PIXELS):
            given = _fed(frame)
            marked = expect_shape(self._encoder(given, bits), given.shape, "encoder")
            levels = (np.clip(marked[0, :, 0], -1, 1) + np.float32(1.0)) * np.float32(127.5)
            yield np.ascontiguousarray(levels.astype(np.uint8).transpose(1, 2, 0)[:, :, ::-1])

    def detect(self, frames: Iterable[Frame]) -> Reading:
        """See :class:`~adseal_provenance.watermark.foreign.model.VideoMark`.

        Raises:
            WatermarkError: also ``no_decoder``, and the codes of NetworkError.
        """
        if self._decoder is None:
            raise WatermarkError("reading this mark needs its decoder", code="no_decoder")
        vote = SoftVote()
        for frame in checked_frames(frames, min_pixels=MIN_PIXELS):
            said = expect_shape(self._decoder(_fed(frame)), (1, _BITS), "decoder")
            vote.add(said[0] - np.float32(_THRESHOLD))
        return vote.reading(self.name, self.chance)


def _fed(frame: Frame) -> Array:
    """float32 [1, 3, 1, H, W], BGR, −1 to 1."""
    bgr = frame[:, :, ::-1].astype(np.float32) / np.float32(127.5) - np.float32(1.0)
    return np.ascontiguousarray(bgr.transpose(2, 0, 1)[None, :, None])
