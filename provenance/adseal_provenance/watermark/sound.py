# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The inaudible mark in the sound: keyed, tiny level changes over time and frequency.

Decides: cells of 43 ms × 156 Hz between 0.5 and 8 kHz are raised or lowered by about a decibel; 48 bands ×
64 slots make a tile of 2.73 s, which repeats and carries the same code as the picture (KeyedTile, 264 coded
bits). All channels get the same gains, so a mono downmix keeps the mark; gains act on levels, so volume
changes do not matter. Leaves out: finding it again (``sound_detect``).

Host-aware gain: per tile copy, what the sound itself says about each coded bit is measured and compensated,
and measured again on the result. The change is limited so that it stays at least 25 dB below the sound as a
whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from adseal_provenance.errors import WatermarkError
from adseal_provenance.watermark.code import codeword
from adseal_provenance.watermark.keys import WatermarkKey
from adseal_provenance.watermark.tile import KeyedTile

ALGORITHM: Final = "io.adseal.sound.1"
BANDS: Final = 48
SLOTS: Final = 64
LOW_HZ: Final = 500.0
BAND_HZ: Final = 156.25
SLOT_S: Final = 2048 / 48_000
HOPS: Final = 4
"""Analysis steps per slot."""
MIN_SECONDS: Final = 3.0
SNR_DB: Final = 25.0

Field = NDArray[np.float32]

_STRENGTH_DB = 2.0
_ROUNDS = 4
_CLEAR = 0.9  # mean over deviation of the coded bits that the finished sound must show
_FAINTEST_SNR_DB = 45.0
_SILENCE_RMS = 10 ** (-60 / 20)
_RANGE_DB = 50.0


@dataclass(frozen=True)
class SoundMarkResult:
    """Samples after marking (float32[channels, samples]); unchanged, with a reason, where ``marked`` is
    False.
    """

    samples: Field
    marked: bool
    reason: str = ""
    snr_db: float | None = None


def sound_tile(key: WatermarkKey) -> KeyedTile:
    """The secret tile (slots × bands) that sound marks of this key use."""
    return KeyedTile(key, ALGORITHM, (SLOTS, BANDS))


@dataclass(frozen=True)
class Spectrogram:
    """Power over time and frequency: float32[steps, bins], 4 steps per slot, summed over channels; bin
    spacing in Hz.
    """

    power: Field
    bin_hz: float


def spectrogram(samples: Field, sample_rate: int) -> Spectrogram:
    """Short-time power of float32[channels, samples]; steps of 10.67 ms, windows of 21.3 ms. May have 0
    steps.
    """
    window = round(1024 / 48_000 * sample_rate) // 2 * 2
    step = SLOT_S / HOPS * sample_rate
    count = max(int((samples.shape[1] - window) / step) + 1, 0)
    top = int((LOW_HZ + (BANDS + 4) * BAND_HZ) * window / sample_rate) + 2
    shape = np.sqrt(np.hanning(window + 1)[:-1]).astype(np.float32)
    power = np.zeros((count, min(top, window // 2 + 1)), np.float32)
    begin = np.rint(np.arange(count) * step).astype(int)
    for first in range(0, count, 512):
        at = begin[first : first + 512, None] + np.arange(window)
        for channel in samples:
            spectrum = np.fft.rfft(channel[at] * shape, axis=1)[:, : power.shape[1]]
            power[first : first + 512] += (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    return Spectrogram(power, sample_rate / window)


def levels(spectra: Spectrogram, speed: float = 1.0) -> Field:
    """Band levels over time: float32[steps, 48] in dB.

    Args:
        spectra: of the received sound.
        speed: how much faster (and higher) it plays than when it was marked; 1.0 is unchanged.

    Cells more than 50 dB below the loudest of their time neighbourhood are lifted to that floor: nothing
        audible is there.
    """
    power = spectra.power
    if not len(power):
        return np.zeros((0, BANDS), np.float32)
    frequency = np.arange(power.shape[1]) * spectra.bin_hz / speed
    band = np.floor((frequency - LOW_HZ) / BAND_HZ).astype(int)
    inside = np.flatnonzero((band >= 0) & (band < BANDS))
    starts = np.flatnonzero(np.diff(band[inside], prepend=-1))
    summed = np.zeros((len(power), BANDS), np.float32)
    summed[:, band[inside][starts]] = np.add.reduceat(power[:, inside], starts, axis=1)
    if speed != 1.0:
        at = np.rint(np.arange(int((len(summed) - 1) * speed) + 1) / speed).astype(int)
        summed = summed[np.minimum(at, len(summed) - 1)]
    decibel = 10 * np.log10(summed + 1e-9)
    floor = _running_max(decibel.max(axis=1), SLOTS * HOPS // 4) - _RANGE_DB
    return np.asarray(np.maximum(decibel, floor[:, None]), np.float32)


def _running_max(values: Field, width: int) -> Field:
    padded = np.pad(values, (width // 2, width - width // 2 - 1), mode="edge")
    return np.asarray(np.lib.stride_tricks.sliding_window_view(padded, width).max(axis=1), np.float32)


def residual(decibel: Field) -> Field:
    """Levels without what is slow in time or broad in frequency, divided by their local deviation, clipped
    to ±2.
    """
    smooth = _box(_box(decibel, 5 * HOPS, 0), 1, 1)
    detail = decibel - smooth
    detail = detail - _box(detail, 9, 1)
    deviation = np.sqrt(_box(_box(detail * detail, 12 * HOPS, 0), 5, 1)) + 0.7
    return np.asarray(np.clip(detail / deviation, -2.0, 2.0), np.float32)


def _box(values: Field, width: int, axis: int) -> Field:
    """Running mean of ``width`` values along an axis, edges mirrored."""
    if width <= 1:
        return values
    before, after = width // 2, width - 1 - width // 2
    pad = [(0, 0), (0, 0)]
    pad[axis] = (before, after)
    padded = np.pad(values, pad, mode="symmetric").astype(np.float64)
    total = np.cumsum(padded, axis=axis)
    zero = np.zeros_like(np.take(total, [0], axis=axis))
    total = np.concatenate([zero, total], axis=axis)
    size = values.shape[axis]
    high = np.take(total, range(width, width + size), axis=axis)
    low = np.take(total, range(size), axis=axis)
    return np.asarray((high - low) / width, np.float32)


def mark_sound(
    samples: Field, sample_rate: int, key: WatermarkKey, locator: str, *, strength_db: float = _STRENGTH_DB
) -> SoundMarkResult:
    """Mark a whole soundtrack.

    Args:
        samples: float32[channels, samples] in −1..1.
        sample_rate: Hz, 17 000 … 192 000.
        key, locator: as for the picture.
        strength_db: largest level change of an ordinary cell, in dB; host-aware gain varies it around that.

    Returns:
        The marked samples, or the unchanged ones with ``marked=False`` and a reason (too short, too quiet,
        or nothing in it between 0.5 and 8 kHz that could carry a mark).

    Raises:
        WatermarkError: ``bad_locator`` or ``bad_sound`` (shape, type, rate, values that are not finite).
    """
    code = codeword(locator)
    _check_sound(samples, sample_rate)
    if samples.shape[1] < MIN_SECONDS * sample_rate:
        return SoundMarkResult(samples, False, f"shorter than {MIN_SECONDS:g} s")
    if float(np.sqrt(np.mean(samples.astype(np.float64) ** 2))) < _SILENCE_RMS:
        return SoundMarkResult(samples, False, "silence")
    tile = sound_tile(key)
    spectra = spectrogram(samples, sample_rate)
    power = float(np.mean(samples.astype(np.float64) ** 2))
    depth = _depth(spectra, samples.shape[0] * power, strength_db)
    if depth is None:
        return SoundMarkResult(samples, False, "nothing between 0.5 and 8 kHz that could carry a mark")
    gains = _host_gains(residual(levels(spectra)), tile, code)
    marked = samples
    for again in range(_ROUNDS):
        plan = _plan(gains, tile, code) * depth
        difference = _filtered(samples, sample_rate, plan)
        change = float(np.mean(difference.astype(np.float64) ** 2))
        room = float(np.sqrt(power * 10 ** (-SNR_DB / 10) / max(change, 1e-20)))
        difference *= np.float32(min(1.0, room))
        marked = np.clip(samples + difference, min(-1.0, samples.min()), max(1.0, samples.max()))
        soft = _soft_per_copy(residual(levels(spectrogram(marked, sample_rate))), tile, code)
        if again + 1 < _ROUNDS:
            depth = np.minimum(depth * np.float32(np.clip(room, 0.5, 2.0)), strength_db)
            # pull every coded bit towards the same clarity: what one bit has to spare helps a weak one
            gains = np.clip(gains + 0.8 * (soft.mean() - soft) / max(float(soft.mean()), 0.05), 0.2, 2.2)
            gains = gains.astype(np.float32)
    clear = soft.mean(axis=0)
    final = float(np.mean((marked.astype(np.float64) - samples) ** 2))
    snr = 10 * float(np.log10(power / max(final, 1e-20)))
    if clear.mean() < _CLEAR * clear.std() or snr > _FAINTEST_SNR_DB:
        return SoundMarkResult(samples, False, "too little sound between 0.5 and 8 kHz to carry a mark")
    return SoundMarkResult(marked.astype(np.float32), True, "", round(snr, 2))


def _check_sound(samples: Field, sample_rate: int) -> None:
    if samples.ndim != 2 or samples.dtype != np.float32 or not 17_000 <= sample_rate <= 192_000:
        raise WatermarkError("expected float32[channels, samples] at 17..192 kHz", code="bad_sound")
    if not np.isfinite(samples).all():
        raise WatermarkError("the sound has values that are not finite", code="bad_sound")


def _depth(spectra: Spectrogram, power: float, most_db: float) -> Field | None:
    """Level change per band in dB (float32[48]) that together stays just above the wanted distance to the
    sound.

    Loud bands cost most of that distance and tell no more than quiet ones, so depth falls with the fourth
    root of power.
    """
    frequency = np.arange(spectra.power.shape[1]) * spectra.bin_hz
    band = np.floor((frequency - LOW_HZ) / BAND_HZ).astype(int)
    inside = (band >= 0) & (band < BANDS)
    energy = spectra.power.mean(axis=0)
    share = np.bincount(band[inside], weights=energy[inside], minlength=BANDS) / max(
        float(energy.sum()), 1e-20
    )
    if power <= 0 or float(share.sum()) < 1e-7:
        return None
    slope = np.maximum(share / share.max(), 1e-6) ** -0.25
    depth = np.full(BANDS, most_db)
    for scale in np.geomspace(8.0, 0.02, 120):
        depth = np.minimum(scale * slope, most_db)
        # 1.5: host-aware gains vary around 1, their mean square lies above it
        if float((share * (10 ** (depth / 20) - 1) ** 2).sum()) * 1.5 < 10 ** (-SNR_DB / 10):
            break
    return np.asarray(depth, np.float32)


def _copies(cells: Field) -> Field:
    """float32[copies, 64, 48]: slot means of a residual (steps of a quarter slot), zero-padded to whole
    tiles.
    """
    slots = cells[: len(cells) // HOPS * HOPS].reshape(-1, HOPS, BANDS).mean(axis=1)
    count = max(-(-len(slots) // SLOTS), 1)
    whole = np.zeros((count * SLOTS, BANDS), np.float32)
    whole[: len(slots)] = slots
    return np.asarray(whole.reshape(count, SLOTS, BANDS))


def _soft_per_copy(cells: Field, tile: KeyedTile, code: Field) -> Field:
    """float32[copies, 264]: how clearly each coded bit speaks for the right sign in each copy of the tile."""
    return np.stack([tile.bits(copy) * code for copy in _copies(cells)])


def _host_gains(cells: Field, tile: KeyedTile, code: Field) -> Field:
    """float32[copies, 264]: first guess of the gain of each coded bit, against what the sound says by
    itself.
    """
    return np.asarray(np.clip(1.0 - _soft_per_copy(cells, tile, code) / 0.22, 0.25, 2.0), np.float32)


def _plan(gains: Field, tile: KeyedTile, code: Field) -> Field:
    """Relative level change per slot and band (float32[slots, 48]); one tile copy more than measured, for
    the end.
    """
    parts = [tile.chips((code * gain).astype(np.float32)) for gain in (*gains, gains[-1])]
    return np.asarray(np.concatenate(parts))


def _filtered(samples: Field, sample_rate: int, plan: Field) -> Field:
    """What has to be added: overlap-add of short spectra times (gain − 1). float32[channels, samples]."""
    hop = round(SLOT_S / HOPS * sample_rate)
    window = 2 * hop
    shape = np.sqrt(np.hanning(window + 1)[:-1]).astype(np.float32)
    frequency = np.fft.rfftfreq(window, 1 / sample_rate)
    count = -(-samples.shape[1] // hop) + 1
    # frame i is centred at sample i * hop; interpolate slot gains in time, band gains in frequency
    centre = np.arange(count) * hop / sample_rate / SLOT_S - 0.5
    lower = np.clip(np.floor(centre).astype(int), 0, len(plan) - 1)
    upper = np.minimum(lower + 1, len(plan) - 1)
    blend = np.clip((centre - lower) * 2 - 0.5, 0.0, 1.0)[
        :, None
    ]  # steep: half of a slot is at full strength
    in_time = plan[lower] * (1 - blend) + plan[upper] * blend
    band = (frequency - LOW_HZ) / BAND_HZ - 0.5
    padded = np.pad(in_time, ((0, 0), (1, 1)))
    left = np.clip(np.floor(band).astype(int) + 1, 0, BANDS)
    share = np.clip((band - np.floor(band)) * 2 - 0.5, 0.0, 1.0)
    outside = (band <= -1) | (band >= BANDS)
    gain_db = padded[:, left] * (1 - share) + padded[:, left + 1] * share
    gain_db[:, outside] = 0.0
    factor = (10 ** (gain_db / 20) - 1.0).astype(np.float32)
    out = np.zeros_like(samples)
    source = np.pad(samples, ((0, 0), (hop, window)))
    target = np.zeros_like(source)
    for i in range(count):
        part = slice(i * hop, i * hop + window)
        spectrum = np.fft.rfft(source[:, part] * shape, axis=1)
        target[:, part] += np.fft.irfft(spectrum * factor[i], n=window, axis=1).astype(np.float32) * shape
    out[:] = target[:, hop : hop + samples.shape[1]]
    return out
