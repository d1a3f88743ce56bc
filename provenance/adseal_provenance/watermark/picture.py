# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The invisible mark in the picture: a keyed, tiled spread-spectrum pattern added to the luma plane.

Decides: where the mark may be strong (texture), where it must be faint (smooth areas, near black), and how
it reacts to the picture it sits in. Leaves out: reading it back (``picture_detect``), and chroma, which is
never touched.

Lattice: 180 chips along the SHORTER side of the frame (6 px a chip at 1080 × 1920 and at 1920 × 1080). The
shorter side is the one that survives the usual cuts of a portrait ad (9:16 → 4:5 → 1:1), so those copies
keep the nominal chip size and are found by the first, cheapest hypothesis. The tile of 64 × 64 chips repeats
over the frame; any area of about one tile (a third of the width of a portrait ad) carries the whole message.

Host-aware gain: what the picture itself happens to say about each coded bit is measured and compensated
(informed embedding in the sense of improved spread spectrum, Malvar & Florencio 2003), smoothed over time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from adseal_provenance.errors import WatermarkError
from adseal_provenance.watermark.code import CODE_BITS, codeword
from adseal_provenance.watermark.keys import WatermarkKey
from adseal_provenance.watermark.tile import KeyedTile

ALGORITHM: Final = "io.adseal.picture.1"
TILE: Final = 64
"""Tile size in chips, both ways."""
CHIPS: Final = 180
"""Chips along the shorter side of a marked frame."""

Profile = Literal["robust", "quality"]
Plane = NDArray[np.uint8]
Field = NDArray[np.float32]

_UNIT = 128  # fixed-point steps per luma level in the full-resolution tail
_MIN_SIDE = 64
_BLACK, _WHITE = 16, 235
_GRAIN = 0.5  # local luma deviation at grid resolution that fine grain leaves
_AROUND = np.ones((13, 13), np.uint8)
_TEXTURE_LEAST = (
    12.0  # how far local deviation exceeds the least fine detail nearby in natural texture, at most
)
_QUIET = (0.5, 2.0)  # luma levels of deviation below which a place is not clearer than another
_CHIP_GAIN = 0.7  # mean of a unit pattern over one of its chips
_EVERY = 3  # frames between two measurements of the host; they are smoothed over many frames anyway


@dataclass(frozen=True)
class _Strength:
    """Amplitudes in luma levels, rms. Smooth areas get ``smooth``; texture of local deviation d gets +
    ``slope`` · d.
    """

    smooth: float
    slope: float
    most: float
    frame_rms: float  # cap for the whole frame: 255 · 10^(−PSNR / 20)

    def for_lines(self, lines: int) -> _Strength:
        """Less above 720 lines, where a chip has more px: it is heard more clearly there, and seen more clearly."""
        return self.times(min(1.0, (720 / lines) ** 0.5))

    def times(self, gain: float) -> _Strength:
        return _Strength(self.smooth * gain, self.slope * gain, self.most * gain, self.frame_rms * gain)


_PROFILES: Final[dict[str, _Strength]] = {
    "robust": _Strength(smooth=0.75, slope=0.28, most=3.5, frame_rms=1.30),
    "quality": _Strength(smooth=0.40, slope=0.18, most=2.2, frame_rms=0.95),
}


def picture_tile(key: WatermarkKey, number: int) -> KeyedTile:
    """The secret tile of one of a key's patterns (0 .. `PATTERNS` - 1)."""
    return KeyedTile(key, f"{ALGORITHM}:{number}", (TILE, TILE))


def pattern(chips: Field) -> Field:
    """float32[128, 128]: a tile at 2 samples per chip, without its lowest frequencies, unit variance,
    periodic.
    """
    border = 16
    wide = cv2.copyMakeBorder(chips, border, border, border, border, cv2.BORDER_WRAP)
    wide = cv2.resize(wide, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    wide = wide - cv2.GaussianBlur(wide, (0, 0), 6.0)
    tile = np.ascontiguousarray(wide[2 * border : -2 * border, 2 * border : -2 * border])
    scale = float(np.sqrt(np.mean(tile * tile)))
    return np.asarray(tile / max(scale, 1e-9), dtype=np.float32)


class PictureMarker:
    """Marks the luma planes of one video, called once per frame in display order.

    Args:
        key: the secret.
        locator: 12 hex characters, the number the mark carries.
        width, height: frame size in px, at least 64 each; any orientation.
        profile: ``robust`` (luma PSNR at least about 45.5 dB) or ``quality`` (48.5 dB).
        gain: times the profile's amplitudes, 0.25 to 2.

    Raises:
        WatermarkError: ``bad_locator``, ``bad_size``, ``bad_profile`` or ``bad_gain``.
    """

    def __init__(
        self,
        key: WatermarkKey,
        locator: str,
        width: int,
        height: int,
        *,
        profile: Profile = "robust",
        gain: float = 1.0,
    ) -> None:
        if min(width, height) < _MIN_SIDE:
            raise WatermarkError(
                f"{width}x{height} px is too small to mark",
                code="bad_size",
                hint=f"Both sides must be at least {_MIN_SIDE} px.",
            )
        if profile not in _PROFILES:
            raise WatermarkError(
                f"there is no profile {profile!r}", code="bad_profile", hint="robust or quality."
            )
        if not 0.25 <= gain <= 2.0:
            raise WatermarkError(f"a gain of {gain}: 0.25 to 2", code="bad_gain")
        self._size = (height, width)
        self._strength = _PROFILES[profile].times(gain).for_lines(min(width, height))
        self._tile = picture_tile(key, key.pattern_of(locator))
        self._code = codeword(locator)
        chip_px = min(width, height) / CHIPS
        self._grid = (round(height / chip_px) * 2, round(width / chip_px) * 2)
        self._bias: Field = np.zeros(CODE_BITS, np.float32)
        self._sync_bias = 0.0
        self._frames = 0
        self._pattern = self._spread(self._tile.chips(self._code))
        self._dither = _ordered_dither(self._size)
        self._range = _range_taper()

    def mark(self, luma: Plane) -> Plane:
        """A marked copy of one luma plane.

        Args:
            luma: uint8[height, width], BT.709 limited range (16..235), and stays so; a plane that has values
                outside that range is only kept within 0..255.

        Raises:
            WatermarkError: ``bad_size`` if the plane has another size or type than announced.
        """
        if luma.shape != self._size or luma.dtype != np.uint8:
            raise WatermarkError(
                f"expected uint8{list(self._size)}, got {luma.dtype}{list(luma.shape)}",
                code="bad_size",
                hint="One marker marks frames of one size.",
            )
        rows, columns = self._grid
        small = np.asarray(cv2.resize(luma, (columns, rows), interpolation=cv2.INTER_AREA), dtype=np.uint8)
        host = small.astype(np.float32)
        amplitude = self._amplitude(small, host)
        if self._frames % _EVERY == 0:
            self._listen(host, amplitude)
        self._frames += 1
        amplitude *= self._pattern
        rms = float(np.sqrt(cv2.norm(amplitude, cv2.NORM_L2SQR) / amplitude.size))
        cap = min(1.0, self._strength.frame_rms / max(rms, 1e-9))
        return self._add(luma, amplitude, cap)

    def _amplitude(self, small: Plane, host: Field) -> Field:
        """Mark amplitude per grid sample in luma levels; small near isolated edges, on flat areas and near
        black.
        """
        strength = self._strength
        detail = host - cv2.blur(host, (7, 7))
        # the running sums of a box filter can end a hair below zero
        activity = cv2.sqrt(np.maximum(cv2.blur(detail * detail, (9, 9)), 0.0))
        # eroded, so that the surroundings of a lone edge (text on a plain ground) count as the plain ground
        # they are
        activity = cv2.blur(cv2.erode(activity, _AROUND), (7, 7))
        # letters stand close together, but there is flat ground between and inside them, as in no texture
        fine = cv2.blur(cv2.absdiff(host, cv2.blur(host, (3, 3))), (3, 3))
        least = cv2.blur(cv2.erode(fine, _AROUND), (7, 7))
        activity = np.minimum(activity, _TEXTURE_LEAST * least)
        # film grain alone is not texture: it hides nothing as coarse as a chip
        amplitude = np.maximum(activity - _GRAIN, 0.0) * strength.slope + strength.smooth
        np.minimum(amplitude, strength.most, out=amplitude)
        amplitude *= cv2.LUT(small, self._range)
        return np.asarray(amplitude, dtype=np.float32)

    def _listen(self, host: Field, amplitude: Field) -> None:
        """Measure what the host says about each coded bit, as the detector will, and strengthen or relax each bit's
        chips accordingly.
        """
        residual, weight = host_residual(host, 2.7, 17)
        chips = fold_chips(residual)
        chips -= chips.mean()
        keep = 0.0 if self._frames == 0 else 0.8
        self._bias = (keep * self._bias + (1 - keep) * self._tile.bits(chips)).astype(np.float32)
        self._sync_bias = keep * self._sync_bias + (1 - keep) * self._tile.sync_level(chips)
        rms = float(np.sqrt(np.mean(amplitude * amplitude)))
        cap = min(1.0, self._strength.frame_rms / max(rms, 1e-9))
        # what the mark will add to a chip of the detector's
        expected = max(_CHIP_GAIN * cap * float(np.mean(amplitude * weight)), 1e-6)
        gains = np.clip(1.0 - self._code * self._bias / expected, 0.25, 2.2)
        sync_gain = float(np.clip(1.0 - self._sync_bias / expected, 0.25, 2.2))
        self._pattern = self._spread(self._tile.chips((self._code * gains).astype(np.float32), sync_gain))

    def _spread(self, chips: Field) -> Field:
        tile = pattern(chips)
        rows, columns = self._grid
        many = np.tile(tile, (-(-rows // (2 * TILE)), -(-columns // (2 * TILE))))
        return np.ascontiguousarray(many[:rows, :columns])

    def _add(self, luma: Plane, delta: Field, gain: float) -> Plane:
        """Up-scale in 16-bit fixed point, dither, round, add with saturation."""
        height, width = self._size
        fixed = (delta * (gain * _UNIT)).astype(np.int16)
        full = np.asarray(cv2.resize(fixed, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.int16)
        full += self._dither
        np.right_shift(full, 7, out=full)  # _UNIT is 2**7
        out = np.asarray(cv2.add(luma, full, dtype=cv2.CV_8U), dtype=np.uint8)
        # looking costs a tenth of clamping, which few frames need
        if int(out.max()) > _WHITE >= int(luma.max()):
            np.minimum(out, _WHITE, out=out)
        if int(out.min()) < _BLACK <= int(luma.min()):
            np.maximum(out, _BLACK, out=out)
        return out


def host_residual(luma: Field, sigma: float, box: int) -> tuple[Field, Field]:
    """What a picture says at the scale of chips, each sample weighted as a matched filter would.

    Where the picture is quiet the mark is faint but clear; on texture it is loud in a louder neighbourhood. So a
    sample counts by the mark's usual amplitude there over the local variance. Below about the picture's own median
    deviation nothing gets clearer: what is left there has been through a codec.

    Args:
        luma: float32[H, W].
        sigma: px; coarser things are taken out.
        box: px; size of the neighbourhood.

    Returns:
        The weighted residual, clipped to twice the local deviation, and the weights (both float32[H, W]).
    """
    detail = luma - cv2.GaussianBlur(luma, (0, 0), sigma)
    variance = np.maximum(cv2.blur(detail * detail, (box, box)), 0.0)
    deviation: Field = np.asarray(cv2.sqrt(variance), dtype=np.float32)
    quiet = float(np.clip(1.5 * np.median(deviation[::8, ::8]), *_QUIET))
    usual = _PROFILES["robust"]
    weight = (usual.smooth + usual.slope * deviation) / (variance + quiet * quiet)
    most = 2.0 * (deviation + 0.3)
    residual = np.clip(detail, -most, most) * weight
    return np.asarray(residual, np.float32), np.asarray(weight, np.float32)


def fold_chips(residual: Field) -> Field:
    """float32[64, 64]: mean over all tile copies of a residual at 2 samples per chip, lattice at the
    origin.
    """
    rows, columns = residual.shape
    chips = cv2.resize(residual, (columns // 2, rows // 2), interpolation=cv2.INTER_AREA)
    down, across = -(-chips.shape[0] // TILE), -(-chips.shape[1] // TILE)
    chips = cv2.copyMakeBorder(
        chips,
        0,
        down * TILE - chips.shape[0],
        0,
        across * TILE - chips.shape[1],
        cv2.BORDER_CONSTANT,
        value=0,
    )
    return np.asarray(chips.reshape(down, TILE, across, TILE).mean(axis=(0, 2)), dtype=np.float32)


def _ordered_dither(size: tuple[int, int]) -> NDArray[np.int16]:
    """8×8 Bayer thresholds, 0 to just under 1 level, in fixed-point steps (floor then rounds without
    bias).
    """
    matrix = np.zeros((1, 1), np.int64)
    for _ in range(3):
        matrix = np.block([[4 * matrix, 4 * matrix + 2], [4 * matrix + 3, 4 * matrix + 1]])
    steps = (matrix * _UNIT // 64 + _UNIT // 128).astype(np.int16)
    height, width = size
    return np.ascontiguousarray(np.tile(steps, (-(-height // 8), -(-width // 8)))[:height, :width])


def _range_taper() -> NDArray[np.float32]:
    """Gain by luma value: none at or below black and above white, full from a dark grey to a light grey.

    Keeps limited-range pictures inside 16..235, and leaves pure black (bars, fades) untouched.
    """
    value = np.arange(256, dtype=np.float32)
    dark = np.clip((value - 16.0) / 14.0, 0.0, 1.0)
    light = np.clip((235.0 - value) / 16.0, 0.35, 1.0)
    light[236:] = 0.0
    return np.asarray(dark * light, dtype=np.float32)
