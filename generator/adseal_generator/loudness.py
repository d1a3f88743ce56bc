# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""How loud sound is, how high its true peak is, and bringing both where they should be.

Decides by ITU-R BS.1770-5: integrated loudness (annex 1, gated) and true peak (annex 2, four times
oversampled). Leaves out making sound (`sound`). Works on float32 [channels, samples] at 48 kHz, one or two
channels.

Reference points, held by tests: a 997 Hz sine of 0 dBFS in one channel reads -3.01 LKFS (annex 1); EBU Tech
3341 cases 1 to 5 read as stated there, within 0.1 LU.
"""

import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from adseal_generator.errors import SoundError

RATE = 48_000
# Annex 1, tables 1 and 2: numerator and denominator of the shelf and of the high pass at 48 kHz.
_STAGES = (
    ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585)),
    ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621)),
)
_BLOCK, _HOP = RATE * 4 // 10, RATE // 10
_LOOK_AHEAD = 240  # samples: the limiter's gain moves over 5 ms to either side of a peak


def check_sound(samples: NDArray[np.float32]) -> None:
    """Refuse what is not sound.

    Raises:
        SoundError: not a floating-point array [1 or 2, samples], or with values that are no numbers.
    """
    if samples.ndim != 2 or samples.shape[0] not in (1, 2) or samples.dtype.kind != "f":
        raise SoundError(
            f"expected float sound [1 or 2 channels, samples], got {samples.dtype} {samples.shape}",
            code="sound_shape",
        )
    if not np.isfinite(samples).all():
        raise SoundError("the sound holds values that are no numbers", code="sound_values")


def fast_length(length: int) -> int:
    """The next length of the form 2**a or 3 * 2**a, which an FFT likes."""
    power = 1 << max(length - 1, 1).bit_length()
    return power * 3 // 4 if power * 3 // 4 >= length else power


def _weighted(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """K-weighted samples. Applied as a frequency response; one second of padding takes the filters' tails."""
    length = fast_length(samples.shape[1] + RATE)
    z = np.exp(-2j * np.pi * np.arange(length // 2 + 1) / length)
    response = np.ones_like(z)
    for up, down in _STAGES:
        response *= (up[0] + up[1] * z + up[2] * z * z) / (down[0] + down[1] * z + down[2] * z * z)
    spectrum = np.fft.rfft(samples.astype(np.float64), length, axis=1)
    return np.fft.irfft(spectrum * response, length, axis=1)[:, : samples.shape[1]]


def integrated_lufs(samples: NDArray[np.float32]) -> float:
    """Gated loudness in LUFS; -inf for silence. Sound shorter than 400 ms is measured as one ungated block.

    Raises:
        SoundError: not sound (see `check_sound`).
    """
    check_sound(samples)
    if samples.shape[1] == 0:
        return -math.inf
    power = np.sum(_weighted(samples) ** 2, axis=0)
    if power.size < _BLOCK:
        blocks = np.array([power.mean()])
    else:
        sums = np.concatenate([[0.0], np.cumsum(power)])
        starts = np.arange(0, power.size - _BLOCK + 1, _HOP)
        blocks = (sums[starts + _BLOCK] - sums[starts]) / _BLOCK
    blocks = blocks[blocks > _power(-70.0)]
    if blocks.size == 0:
        return -math.inf
    gate = blocks.mean() / 10  # relative gate, 10 LU below the mean of the blocks that passed the first
    return _level(float(blocks[blocks > gate].mean()))


def _level(power: float) -> float:
    return -0.691 + 10 * math.log10(power)


def _power(lufs: float) -> float:
    return float(10 ** ((lufs + 0.691) / 10))


def _peaks(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """The highest absolute value around each sample, of all channels, four times oversampled; [samples]."""
    count = samples.shape[1]
    length = fast_length(count + 512)
    spectrum = np.fft.rfft(samples, length, axis=1)
    spectrum[:, -1] = 0.0
    dense = np.fft.irfft(spectrum, 4 * length, axis=1)[:, : 4 * count] * 4
    highest = np.abs(dense).max(axis=0).reshape(count, 4).max(axis=1)
    return np.asarray(highest, dtype=np.float32)


def true_peak_db(samples: NDArray[np.float32]) -> float:
    """True peak in dBTP; -inf for silence.

    Raises:
        SoundError: not sound (see `check_sound`).
    """
    check_sound(samples)
    peak = float(_peaks(samples).max(initial=0.0)) if samples.shape[1] else 0.0
    return 20 * math.log10(peak) if peak > 0 else -math.inf


def limit(samples: NDArray[np.float32], ceiling_db: float) -> NDArray[np.float32]:
    """The sound with its true peak at or below `ceiling_db` dBTP; quiet parts are left untouched.

    Raises:
        SoundError: not sound (see `check_sound`).
    """
    check_sound(samples)
    ceiling = 10 ** (ceiling_db / 20)
    out = samples.astype(np.float32)
    if out.shape[1] == 0:
        return out
    for _ in range(2):
        peaks = _peaks(out)
        if float(peaks.max()) <= ceiling:
            return out
        gain: Any = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-9)).astype(np.float32)[None, :]
        # Lowest gain within reach, then two box filters that together reach as far: never above what is
        # needed.
        gain = cv2.erode(gain, np.ones((1, 4 * _LOOK_AHEAD + 1), np.uint8), borderType=cv2.BORDER_REPLICATE)
        for _box in range(2):
            gain = cv2.blur(gain, (2 * _LOOK_AHEAD + 1, 1), borderType=cv2.BORDER_REPLICATE)
        out = out * gain
    # The moving gain adds a trace of new peaks; what is left is a matter of hundredths of a decibel.
    return (out * min(1.0, ceiling / float(_peaks(out).max()))).astype(np.float32)


def normalise(samples: NDArray[np.float32], lufs: float, ceiling_db: float) -> NDArray[np.float32]:
    """The sound at `lufs` integrated loudness, limited to `ceiling_db` dBTP. Silence stays silence.

    Limiting costs loudness, so gain and limiter take turns until both hold or no more can be had.

    Raises:
        SoundError: not sound (see `check_sound`).
    """
    gain_db = lufs - integrated_lufs(samples)
    if not math.isfinite(gain_db):
        return samples.astype(np.float32)
    out = samples
    for _ in range(4):
        out = limit((samples * 10 ** (gain_db / 20)).astype(np.float32), ceiling_db)
        missing = lufs - integrated_lufs(out)
        if abs(missing) < 0.05:
            break
        gain_db += missing
    return out
