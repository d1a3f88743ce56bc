# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Meta's Video Seal family (Video Seal, PixelSeal) through the TorchScript files its makers publish.

Decides: how a stream is cut into pieces (whole multiples of the network's key-frame distance, so that the
mark is the same as over the whole video) and that the signs of averaged logits are the bits. Leaves out: the
network; the user brings the file and its hash.

Chance: none. The network's "is there a mark" output was never trained, so it is ignored here; only a payload
known beforehand can be tested (256 bits: log10 p down to −77). Networks lean: their bits on unmarked pictures
are not fair coins. The test stays exact for a payload drawn at random, and for no other.

C2PA: Meta has no entry on the list. Two other companies have entries for their own payloads in this mark
(``com.aiwatermark.videoseal.1``, ``me.reconize.videoseal.1``); only who knows whose payload it is may say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np

from adseal_provenance.watermark.foreign.model import (
    Chance,
    Frame,
    Reading,
    SoftVote,
    check_bits,
    checked_frames,
)
from adseal_provenance.watermark.foreign.networks import Array, NetworkFile, ScriptNetwork, expect_shape

_PIECE: Final = 16
"""Frames held at once; a multiple of the published networks' key-frame distance of 4."""


class VideoSealMark:
    """A network of the family.

    Args:
        network: TorchScript with ``embed(images, message, is_video)`` and ``detect(images, is_video)``.
        length: bits of its message: 256, or 96 for version 0.0.
        c2pa_alg: the entry on the C2PA list under which the payload was registered, if the caller knows.

    Raises:
        NetworkError: see :mod:`~adseal_provenance.watermark.foreign.networks`.
    """

    name: str = "Video Seal"
    chance: Chance = "known_payload"

    def __init__(self, network: NetworkFile, *, length: int = 256, c2pa_alg: str | None = None) -> None:
        self._network = ScriptNetwork(network)
        self._length = length
        self._c2pa_alg = c2pa_alg

    @property
    def c2pa_alg(self) -> str | None:
        """What the caller gave."""
        return self._c2pa_alg

    def embed(self, frames: Iterable[Frame], payload: Sequence[int]) -> Iterator[Frame]:
        """See :class:`~adseal_provenance.watermark.foreign.model.VideoMark`.

        Raises:
            WatermarkError: also the codes of NetworkError.
        """
        bits = np.array([check_bits(payload, self._length)], np.float32)
        for images in _pieces(frames):
            marked = expect_shape(self._network.call("embed", images, bits, True), images.shape, "embedder")
            levels = np.clip(np.rint(marked * 255.0), 0, 255).astype(np.uint8)
            yield from np.ascontiguousarray(levels.transpose(0, 2, 3, 1))

    def detect(self, frames: Iterable[Frame]) -> Reading:
        """See :class:`~adseal_provenance.watermark.foreign.model.VideoMark`; mean logits over frames.

        Raises:
            WatermarkError: also the codes of NetworkError.
        """
        vote = SoftVote()
        for images in _pieces(frames):
            said = self._network.call("detect", images, True)
            if said.ndim == 4:  # one answer per pixel
                said = said.mean(axis=(2, 3))
            said = expect_shape(said, (len(images), 1 + self._length), "detector")
            for logits in said[:, 1:]:
                vote.add(logits)
        return vote.reading(self.name, self.chance)


def _pieces(frames: Iterable[Frame]) -> Iterator[Array]:
    """float32 [n, 3, H, W], 0 to 1, n up to 16."""
    held: list[Array] = []
    for frame in checked_frames(frames):
        held.append(frame.transpose(2, 0, 1).astype(np.float32) / np.float32(255.0))
        if len(held) == _PIECE:
            yield np.stack(held)
            held = []
    if held:
        yield np.stack(held)
