# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Our own picture mark behind the same interface as everybody else's.

Decides: how RGB frames meet a mark that lives in the luma plane (the change of luma is added to all three
colours, which leaves the colour differences alone). Leaves out: sound, confirming known locators and files;
see ``watermark.detect`` for those.

Chance: a statistic. The synchronisation pattern has to stand out over every geometry tried AND the message has
to pass its 32-bit checksum; :attr:`Reading.log10_p` counts both and every hypothesis. An unmarked picture
gives no bits at all.

C2PA: ``io.adseal.picture.1`` is not on the list yet, so there is no name to give.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from adseal_provenance.errors import WatermarkError
from adseal_provenance.watermark.foreign.model import (
    Chance,
    Frame,
    Reading,
    bits_of,
    check_bits,
    checked_frames,
    no_frames,
)
from adseal_provenance.watermark.keys import LOCATOR_BITS, WatermarkKey
from adseal_provenance.watermark.picture import ALGORITHM, PictureMarker, Profile
from adseal_provenance.watermark.picture_detect import PictureDetector
from adseal_provenance.watermark.picture_evidence import PictureEvidence

_BT709: Final = np.array([0.2126, 0.7152, 0.0722], np.float32)
_SPAN: Final = np.float32(219.0 / 255.0)


class AdsealMark:
    """Args:
    key: the secret behind the mark.
    profile: see :class:`~adseal_provenance.watermark.picture.PictureMarker`.
    fps: frames per second, from which times are counted when reading.
    thorough: False looks for unturned, unscaled pictures only (fast).
    """

    name: str = ALGORITHM
    c2pa_alg: None = None
    chance: Chance = "statistic"

    def __init__(
        self, key: WatermarkKey, *, profile: Profile = "robust", fps: float = 24.0, thorough: bool = True
    ) -> None:
        if not fps > 0:
            raise WatermarkError(f"{fps} frames per second cannot be", code="bad_rate")
        self._key = key
        self._profile: Profile = profile
        self._fps = fps
        self._thorough = thorough

    def embed(self, frames: Iterable[Frame], payload: Sequence[int]) -> Iterator[Frame]:
        """See :class:`~adseal_provenance.watermark.foreign.model.VideoMark`; the locator's 48 bits."""
        bits = check_bits(payload, LOCATOR_BITS)
        locator = f"{int(''.join(map(str, bits)), 2):0{LOCATOR_BITS // 4}x}"
        marker: PictureMarker | None = None
        for frame in checked_frames(frames):
            if marker is None:
                height, width = frame.shape[:2]
                marker = PictureMarker(self._key, locator, width, height, profile=self._profile)
            luma = _luma(frame)
            change = (marker.mark(luma).astype(np.float32) - luma) / _SPAN
            yield np.clip(np.rint(frame + change[:, :, None]), 0, 255).astype(np.uint8)

    def detect(self, frames: Iterable[Frame]) -> Reading:
        """See :class:`~adseal_provenance.watermark.foreign.model.VideoMark`; no bits where no mark was
        found.
        """
        evidence, count = PictureEvidence(), 0
        for frame in checked_frames(frames):
            evidence.add(count / self._fps, _luma(frame))
            count += 1
        if not count:
            raise no_frames()
        evidence.finish(count / self._fps)
        marks = PictureDetector([self._key]).find(evidence, thorough=self._thorough)
        mark = min(marks, key=lambda m: m.log10_p, default=None)
        bits = bits_of(bytes.fromhex(mark.id)) if mark else ()
        return Reading(
            name=self.name,
            bits=bits,
            soft=tuple(2.0 * bit - 1.0 for bit in bits),
            frames=count,
            chance=self.chance,
            payload=bits or None,
            log10_p=mark.log10_p if mark else None,
        )


def _luma(frame: Frame) -> NDArray[np.uint8]:
    """BT.709 luma, limited range."""
    return np.asarray(np.rint(16.0 + (frame.astype(np.float32) @ _BT709) * _SPAN), np.uint8)
