# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""How far a change lies below what a sound masks: the noise-to-mask ratio (NMR; Brandenburg and Sporer 1992).

A proxy for audibility, not an ODG: no listener was asked. Power of the change over what the sound masks, in bands of a
third of a Bark, frames of 2048 samples. Masked is what ISO/IEC 13818-7 (AAC), annex B, psychoacoustic model, lets pass:
power spread over the Bark scale, times -6 dB where it is noise-like, -18 dB where it is tonal (by how well each line is
predicted from the two frames before), never less than the threshold in quiet (Terhardt 1979; a full-scale sine played
at 96 dB SPL).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from sound_attacks import RATE, Sound

Numbers = NDArray[np.float64]


def nmr(sound: Sound, changed: Sound) -> tuple[float, float]:
    """(10 log10 of the mean ratio over bands and frames, 0 dB is just masked; share of band-frames above that)."""
    size = 2048
    shape = np.hanning(size + 1)[:-1]
    hertz = np.fft.rfftfreq(size, 1 / RATE)
    bark = 13 * np.arctan(0.00076 * hertz) + 3.5 * np.arctan((hertz / 7500) ** 2)
    band = np.unique(np.floor(bark * 3).astype(int), return_inverse=True)[1]
    collect = (band[:, None] == np.arange(band.max() + 1)).astype(np.float64)
    spread = _spread((bark @ collect) / collect.sum(axis=0))
    quiet = (
        np.array([_in_quiet(hertz[band == b]).min() for b in range(band.max() + 1)]) * (shape.sum() / 2) ** 2
    )
    ratios, powers = [], []
    for channel, other in zip(sound, changed, strict=True):
        spectra, change = (np.fft.rfft(_frames(x, size) * shape, axis=1) for x in (channel, other - channel))
        level, phase = np.abs(spectra), np.angle(spectra)
        expected = 2 * level[1:-1] - level[:-2]
        missed = np.abs(spectra[2:] - expected * np.exp(1j * (2 * phase[1:-1] - phase[:-2])))
        missed /= level[2:] + np.abs(expected) + 1e-12
        power = level[2:] ** 2
        near = power @ collect @ spread
        tonal = np.clip((power * missed) @ collect @ spread / (near + 1e-20), 1e-6, 1.0)
        tonal = np.clip(-0.299 - 0.43 * np.log(tonal), 0.0, 1.0)
        masked = np.maximum(near / spread.sum(axis=0) * 10 ** (-(6 + 12 * tonal) / 10), quiet)
        ratios.append(np.abs(change[2:]) ** 2 @ collect / masked)
        powers.append(power.sum(axis=1))
    ratio, loud = np.concatenate(ratios), np.concatenate(powers)
    ratio = ratio[loud > loud.max() * 1e-6]  # silence masks nothing and is changed by nothing
    return round(10 * math.log10(float(ratio.mean())), 1), round(float((ratio > 1).mean()), 3)


def _frames(channel: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    return np.lib.stride_tricks.sliding_window_view(channel, size)[:: size // 2]


def _in_quiet(hertz: Numbers) -> Numbers:
    """Threshold in quiet as a power, where a full-scale sine is 1 at 96 dB SPL."""
    k = np.maximum(hertz, 20.0) / 1000
    level = 3.64 * k**-0.8 - 6.5 * np.exp(-0.6 * (k - 3.3) ** 2) + 1e-3 * k**4
    return np.asarray(10 ** ((level - 96) / 10), np.float64)


def _spread(bark: Numbers) -> Numbers:
    """float64[from, to]: how far power in one band reaches into another (ISO/IEC 13818-7)."""
    away = bark[None, :] - bark[:, None]
    away = np.where(away >= 0, 3.0, 1.5) * away
    level = 15.811389 + 7.5 * (away + 0.474) - 17.5 * np.sqrt(1 + (away + 0.474) ** 2)
    level += 8 * np.minimum((away - 0.5) ** 2 - 2 * (away - 0.5), 0)
    return np.where(level < -100, 0.0, 10 ** (level / 10))
