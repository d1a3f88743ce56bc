# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The keyed tile: which chip of the repeated pattern says what.

Decides: a tile's chips are split by a keyed shuffle into one quarter of known sync signs and three quarters
of payload; payload chip j carries coded bit ``bit_of[j]`` times a keyed sign. Picture and sound use the same
scheme with tiles of different shape and independent secrets. Leaves out: how chips become pixels or gains.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adseal_provenance.watermark.code import CODE_BITS
from adseal_provenance.watermark.keys import WatermarkKey


class KeyedTile:
    """The secret layout of one tile.

    Attributes:
        shape: (rows, columns) in chips.
        sync: float32[rows, columns]: −1 or +1 at sync chips, 0 elsewhere.
    """

    def __init__(self, key: WatermarkKey, label: str, shape: tuple[int, int]) -> None:
        generator = key.generator(label)
        chips = shape[0] * shape[1]
        order = generator.permutation(chips)
        self.shape = shape
        self._sync_at = order[: chips // 4]
        self._payload_at = order[chips // 4 :]
        self._sync_sign = _signs(generator, len(self._sync_at))
        self._payload_sign = _signs(generator, len(self._payload_at))
        self._bit_of = np.arange(len(self._payload_at)) % CODE_BITS
        self._per_bit = np.bincount(self._bit_of, minlength=CODE_BITS).astype(np.float32)
        self.sync = self.chips(np.zeros(CODE_BITS, np.float32))

    def chips(self, code: NDArray[np.float32], sync_gain: float = 1.0) -> NDArray[np.float32]:
        """float32[rows, columns]: the tile that carries ``code`` (float32[264], signs times any gain)."""
        flat = np.zeros(self.shape[0] * self.shape[1], np.float32)
        flat[self._sync_at] = self._sync_sign * sync_gain
        flat[self._payload_at] = self._payload_sign * code[self._bit_of]
        return flat.reshape(self.shape)

    def bits(self, chips: NDArray[np.float32]) -> NDArray[np.float32]:
        """float32[264]: mean signed value of the chips of each coded bit (a soft value, positive means
        +1).
        """
        signed = chips.ravel()[self._payload_at] * self._payload_sign
        return (np.bincount(self._bit_of, weights=signed, minlength=CODE_BITS) / self._per_bit).astype(
            np.float32
        )

    def clarity(self, chips: NDArray[np.float32], code: NDArray[np.float32]) -> float:
        """How far received payload chips agree with a code (float32[264], signs), in standard deviations of what they
        would be under chance signs.

        A tile's signs are secret and random: for media that know nothing of them this is a sum of given numbers with
        chance signs.
        """
        received = chips.ravel()[self._payload_at]
        agreed = float(np.sum(received * self._payload_sign * np.sign(code)[self._bit_of], dtype=np.float64))
        return agreed / max(float(np.sqrt(np.sum(received * received, dtype=np.float64))), 1e-30)

    def sync_level(self, chips: NDArray[np.float32]) -> float:
        """Mean signed value of the sync chips."""
        return float((chips.ravel()[self._sync_at] * self._sync_sign).mean())


def _signs(generator: np.random.Generator, count: int) -> NDArray[np.float32]:
    return (generator.integers(0, 2, count) * 2 - 1).astype(np.float32)
