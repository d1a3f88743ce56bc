# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The inaudible mark in the sound: keyed, tiny level changes over time and frequency.

Decides: cells of 43 ms × 156 Hz between 0.5 and 8 kHz are raised or lowered; 48 bands × 64 slots make a tile of
2.73 s, which repeats and carries the same code as the picture (KeyedTile, 264 coded bits). All channels get the same
gains, so a mono downmix keeps the mark; gains act on levels, so volume changes do not matter. Leaves out: finding it
again (``sound_detect``).

How strong: each cell by what its neighbourhood hides (a spread of power over the Bark scale, less where the level is
steady, as ISO/IEC 13818-7 has it in its informative model), a loud cell somewhat less than that, and all together at
least 25 dB below the sound. Within that, only as strong as needed: after each round the result is read back as the
detector would, every 5 s of it by itself and the whole of it under noise 20 dB below the sound, and the strength is
raised or lowered. Host-aware gain: what the sound itself says about each coded bit in each copy of the tile is
measured and compensated, and measured again on the result.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
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

_MOST_DB = 4.0
_FIRST_DB, _LEAST_DB = 2.0, 0.5
_ROUNDS = 4
_WANTED, _WANTED_IN_NOISE = 1.9, 1.3  # clarity of the weakest 5 s, and of the whole under noise
_CLEAR = 1.0  # that the finished sound must show as a whole; from about 0.8 on a message can be read
_WINDOW_S = 5.0
_NOISE_DB, _HISS_DB = -20.0, -40.0  # noise that is reckoned with, and such as any sound meets
_FAINTEST_SNR_DB = 45.0
_SILENCE_RMS = 10 ** (-60 / 20)
_RANGE_DB = 65.0
_MARGIN = 4  # bands that are looked at beside the marked ones: they hide, too
_STEADY_DB, _LIVELY_DB = 0.5, 3.5  # deviation of a level over time: of a held tone, of noise
_TONE_MASKS_DB, _NOISE_MASKS_DB = 18.0, 6.0
_LOUD = 1e-5  # share of the whole power above which a cell gets less, because it costs much of the distance


@dataclass(frozen=True)
class SoundMarkResult:
    """Samples after marking (float32[channels, samples]); unchanged, with a reason, where ``marked`` is False.

    Attributes:
        snr_db: power of the sound over power of the change.
        clarity: mean over deviation of the coded bits as they are read from the weakest 5 s of the result. From about
            0.8 on, a message is read; where it is lower (pauses), more than 5 s are needed.
    """

    samples: Field
    marked: bool
    reason: str = ""
    snr_db: float | None = None
    clarity: float | None = None


def sound_tile(key: WatermarkKey, number: int) -> KeyedTile:
    """The secret tile (slots × bands) of one of a key's patterns (0 .. `PATTERNS` - 1)."""
    return KeyedTile(key, f"{ALGORITHM}:{number}", (SLOTS, BANDS))


@dataclass(frozen=True)
class Spectrogram:
    """Power over time and frequency: float32[steps, bins], 4 steps per slot, summed over channels; bin spacing in
    Hz.
    """

    power: Field
    bin_hz: float


def spectrogram(samples: Field, sample_rate: int) -> Spectrogram:
    """Short-time power of float32[channels, samples]; steps of 10.67 ms, windows of 21.3 ms. May have 0 steps."""
    window = round(1024 / 48_000 * sample_rate) // 2 * 2
    step = SLOT_S / HOPS * sample_rate
    count = max(int((samples.shape[1] - window) / step) + 1, 0)
    top = int((LOW_HZ + (BANDS + _MARGIN) * BAND_HZ) * window / sample_rate) + 2
    shape = np.sqrt(np.hanning(window + 1)[:-1]).astype(np.float32)
    power = np.zeros((count, min(top, window // 2 + 1)), np.float32)
    begin = np.rint(np.arange(count) * step).astype(int)
    for channel in samples if count else ():
        frames = np.lib.stride_tricks.sliding_window_view(channel, window)
        for first in range(0, count, 512):
            part = slice(first, first + 512)
            spectrum = np.fft.rfft(frames[begin[part]] * shape, axis=1)[:, : power.shape[1]]
            power[part] += spectrum.real**2 + spectrum.imag**2
    return Spectrogram(power, sample_rate / window)


def _bands(spectra: Spectrogram, pitch: float = 1.0, margin: int = 0) -> Field:
    """Power per band: float32[steps, margin + 48 + margin]."""
    frequency = np.arange(spectra.power.shape[1]) * spectra.bin_hz / pitch
    band = np.floor((frequency - LOW_HZ) / BAND_HZ).astype(int) + margin
    inside = np.flatnonzero((band >= 0) & (band < BANDS + 2 * margin))
    collect = np.zeros((len(frequency), BANDS + 2 * margin), np.float32)
    collect[inside, band[inside]] = 1.0
    return np.asarray(spectra.power @ collect, np.float32)


def levels(spectra: Spectrogram, pitch: float = 1.0, tempo: float = 1.0) -> Field:
    """Band levels over time: float32[steps, 48] in dB.

    Args:
        spectra: of the received sound.
        pitch: how much higher it is than when it was marked; 1.0 is unchanged.
        tempo: how much faster it is.

    Cells more than 65 dB below the loudest of their time neighbourhood are lifted to that floor: nothing audible is
    there.
    """
    if not len(spectra.power):
        return np.zeros((0, BANDS), np.float32)
    decibel = (10 * np.log10(_bands(spectra, pitch) + np.float32(1e-9))).astype(np.float32)
    if tempo != 1.0:
        at = np.rint(np.arange(int((len(decibel) - 1) * tempo) + 1) / tempo).astype(int)
        decibel = decibel[np.minimum(at, len(decibel) - 1)]
    near = np.ones((SLOTS * HOPS // 4, 1), np.uint8)
    loudest = cv2.dilate(decibel.max(axis=1, keepdims=True), near).reshape(-1, 1)
    return np.asarray(np.maximum(decibel, loudest - np.float32(_RANGE_DB)), np.float32)


def residual(decibel: Field) -> Field:
    """Levels without what is slow in time or broad in frequency, divided by their local deviation, clipped to ±2."""
    if not len(decibel):
        return decibel
    detail = decibel - _box(decibel, 5 * HOPS, 1)
    detail = detail - _box(detail, 1, 9)
    deviation = np.sqrt(np.maximum(_box(detail * detail, 12 * HOPS, 5), 0.0)) + np.float32(0.7)
    return np.asarray(np.clip(detail / deviation, -2.0, 2.0), np.float32)


def _box(values: Field, steps: int, bands: int) -> Field:
    """Running mean over time and bands, edges mirrored."""
    return np.asarray(cv2.blur(values, (bands, steps), borderType=cv2.BORDER_REFLECT), np.float32)


def mark_sound(
    samples: Field, sample_rate: int, key: WatermarkKey, locator: str, *, strength_db: float = _MOST_DB
) -> SoundMarkResult:
    """Mark a whole soundtrack.

    Args:
        samples: float32[channels, samples] in −1..1.
        sample_rate: Hz, 17 000 … 192 000.
        key, locator: as for the picture.
        strength_db: largest level change of an ordinary cell, in dB, for sound that needs it; host-aware gain varies
            it around that.

    Returns:
        The marked samples, or the unchanged ones with ``marked=False`` and a reason: too short, too quiet, or, as
        reading the result back showed, too little between 0.5 and 8 kHz that could carry a mark.

    Raises:
        WatermarkError: ``bad_locator`` or ``bad_sound`` (shape, type, rate, values that are not finite).
    """
    code = codeword(locator)
    _check_sound(samples, sample_rate)
    if samples.shape[1] < MIN_SECONDS * sample_rate:
        return SoundMarkResult(samples, False, f"shorter than {MIN_SECONDS:g} s")
    power = float(np.mean(samples.astype(np.float64) ** 2))
    if power < _SILENCE_RMS**2:
        return SoundMarkResult(samples, False, "silence")
    host = _Host(samples, sample_rate, sound_tile(key, key.pattern_of(locator)), code)
    if host.share < 1e-7:
        return SoundMarkResult(samples, False, "nothing between 0.5 and 8 kHz that could carry a mark")
    gains, strength = host.first_gains(), min(_FIRST_DB, strength_db)
    for again in range(_ROUNDS):
        marked = _limited(samples, _filtered(samples, sample_rate, host.plan(gains, strength)), power)
        soft, weakest, noisy, hissing = host.read(marked)
        if again + 1 < _ROUNDS:
            # pull every coded bit towards the same clarity: what one bit has to spare helps a weak one
            mean = max(float(soft.mean()), 1e-3)
            gains = np.clip(gains + 0.8 * (mean - soft) / mean, 0.2, 2.2).astype(np.float32)
            need = max(_WANTED / max(weakest, 0.05), _WANTED_IN_NOISE / max(noisy, 0.05))
            strength = float(np.clip(strength * np.clip(need, 0.6, 1.8), _LEAST_DB, strength_db))
    change = float(np.mean((marked.astype(np.float64) - samples) ** 2))
    snr = 10 * float(np.log10(power / max(change, 1e-20)))
    if hissing < _CLEAR or snr > _FAINTEST_SNR_DB:
        return SoundMarkResult(samples, False, "too little sound between 0.5 and 8 kHz to carry a mark")
    return SoundMarkResult(marked, True, "", round(snr, 2), round(weakest, 2))


def _check_sound(samples: Field, sample_rate: int) -> None:
    if samples.ndim != 2 or samples.dtype != np.float32 or not 17_000 <= sample_rate <= 192_000:
        raise WatermarkError("expected float32[channels, samples] at 17..192 kHz", code="bad_sound")
    if not np.isfinite(samples).all():
        raise WatermarkError("the sound has values that are not finite", code="bad_sound")


def _limited(samples: Field, difference: Field, power: float) -> Field:
    """The sum, with the change 25 dB below the sound at least, and no peak above full scale that was not there."""
    change = float(np.mean(difference.astype(np.float64) ** 2))
    room = float(np.sqrt(power * 10 ** (-SNR_DB / 10) / max(change, 1e-20)))
    out = samples + difference * np.float32(min(1.0, room))
    return np.clip(out, min(-1.0, float(samples.min())), max(1.0, float(samples.max()))).astype(np.float32)


class _Host:
    """One sound that is to carry one message: what it hides, and what can be read from it.

    Attributes:
        share: part of its power that lies between 0.5 and 8 kHz.
    """

    def __init__(self, samples: Field, sample_rate: int, tile: KeyedTile, code: Field) -> None:
        self._rate, self._tile, self._code = sample_rate, tile, code
        spectra = spectrogram(samples, sample_rate)
        # what all bins up to half the sample rate hold together, by Parseval
        total = (
            float(np.mean(samples.astype(np.float64) ** 2))
            * len(samples)
            * (sample_rate / spectra.bin_hz) ** 2
            / 4
        )
        cells = _slots(_bands(spectra, margin=_MARGIN))
        self._power = cells[:, _MARGIN:-_MARGIN] / np.float32(total)
        self.share = float(self._power.sum(axis=1).mean())
        self._hidden = _hidden(spectra, cells) / np.float32(total)
        self._own = _copies(residual(levels(spectra)))
        # white noise in the power domain: its own power, and by the phase what it adds to or takes from the sound's
        random = np.random.default_rng(0)
        level = total * spectra.bin_hz / (sample_rate / 2)
        self._noise = random.exponential(level, spectra.power.shape).astype(np.float32)
        self._phase = np.cos(random.uniform(0, 2 * np.pi, spectra.power.shape)).astype(np.float32)

    def first_gains(self) -> Field:
        """float32[copies, 264]: gain of each coded bit, against what the sound says by itself."""
        soft = _soft(self._own, self._tile, self._code)
        return np.asarray(np.clip(1.0 - soft / max(1.5 * float(np.median(np.abs(soft))), 1e-6), 0.25, 2.0))

    def plan(self, gains: Field, strength_db: float) -> Field:
        """Level change in dB per slot and band (float32[slots, 48]); one tile copy more than measured, for the end."""
        parts = [self._tile.chips((self._code * gain).astype(np.float32)) for gain in (*gains, gains[-1])]
        chips = np.concatenate(parts)
        depth = self._depth(strength_db)
        return chips * np.pad(depth, ((0, len(chips) - len(depth)), (0, 0)), mode="edge")

    def _depth(self, most_db: float) -> Field:
        """Level change of each cell in dB that together stays just above the wanted distance to the sound."""
        ratio = np.sqrt(self._hidden / np.maximum(self._power, 1e-12)) * (self._power / _LOUD + 1) ** -0.2
        low, high = 1e-4, most_db / _MOST_DB
        for _ in range(24):
            middle = np.sqrt(low * high)
            factor = np.minimum(middle * ratio, 10 ** (most_db / 20) - 1)
            # 1.5: host-aware gains vary around 1, their mean square lies above it
            cost = 1.5 * float((self._power * factor * factor).sum(axis=1).mean())
            low, high = (middle, high) if cost < 10 ** (-SNR_DB / 10) else (low, middle)
        return np.asarray(np.minimum(20 * np.log10(1 + low * ratio), most_db), np.float32)

    def read(self, marked: Field) -> tuple[Field, float, float, float]:
        """What the detector would read: float32[copies, 264], and the clarity of the weakest 5 s, of the whole under
        noise, and of the whole under hiss.
        """
        spectra = spectrogram(marked, self._rate)
        copies = _copies(residual(levels(spectra)))
        weakest = min(self._clarity(part) for part in _windows(copies))
        noisy, hissing = (self._under_noise(spectra, decibel) for decibel in (_NOISE_DB, _HISS_DB))
        return _soft(copies, self._tile, self._code), weakest, noisy, hissing

    def _under_noise(self, spectra: Spectrogram, decibel: float) -> float:
        """Clarity of the whole under white noise of this many dB against the sound."""
        noise = self._noise * np.float32(10 ** (decibel / 10))
        power = spectra.power + noise + 2 * np.sqrt(spectra.power * noise) * self._phase
        cells = residual(levels(Spectrogram(power, spectra.bin_hz)))
        return self._clarity(_copies(cells).sum(axis=0))

    def _clarity(self, cells: Field) -> float:
        signed = self._tile.bits(cells) * self._code
        return float(signed.mean() / max(float(signed.std()), 1e-9))


def _hidden(spectra: Spectrogram, cells: Field) -> Field:
    """Power that each marked cell's neighbourhood hides (float32[slots, 48]), from float32[slots, 4 + 48 + 4]."""
    middle = np.maximum(LOW_HZ + (np.arange(cells.shape[1]) - _MARGIN + 0.5) * BAND_HZ, 50.0)
    bark = 13 * np.arctan(0.00076 * middle) + 3.5 * np.arctan((middle / 7500) ** 2)
    away = bark[None, :] - bark[:, None]
    away = np.where(away >= 0, 3.0, 1.5) * away
    spread = 15.811389 + 7.5 * (away + 0.474) - 17.5 * np.sqrt(1 + (away + 0.474) ** 2)
    spread += 8 * np.minimum((away - 0.5) ** 2 - 2 * (away - 0.5), 0)
    weight = 10 ** (spread / 10)
    near = cells @ (weight / weight.max(axis=0)).astype(np.float32)
    level = (10 * np.log10(_bands(spectra, margin=_MARGIN) + np.float32(1e-9))).astype(np.float32)
    level -= _box(level, 5 * HOPS, 1)
    deviation = np.sqrt(np.maximum(_slots(_box(level * level, 3 * HOPS, 1)), 0.0))
    steady = np.clip((_LIVELY_DB - deviation) / (_LIVELY_DB - _STEADY_DB), 0.0, 1.0)
    below = _NOISE_MASKS_DB + steady * (_TONE_MASKS_DB - _NOISE_MASKS_DB)
    return np.asarray((near * 10 ** (-below / 10))[:, _MARGIN:-_MARGIN], np.float32)


def _slots(steps: Field) -> Field:
    """float32[slots, bands]: means of four steps; what is left of the last slot is dropped."""
    whole = len(steps) // HOPS
    return np.asarray(steps[: whole * HOPS].reshape(whole, HOPS, -1).mean(axis=1), np.float32)


def _copies(cells: Field) -> Field:
    """float32[copies, 64, 48]: slot means of a residual, zero-padded to whole tiles."""
    slots = _slots(cells)
    count = max(-(-len(slots) // SLOTS), 1)
    return np.pad(slots, ((0, count * SLOTS - len(slots)), (0, 0))).reshape(count, SLOTS, BANDS)


def _windows(copies: Field) -> list[Field]:
    """Every 5 s of the sound folded onto one tile (float32[64, 48]), a quarter of that apart."""
    slots = copies.reshape(-1, BANDS)
    used = int(np.flatnonzero(slots.any(axis=1)).max(initial=0)) + 1
    size = min(round(_WINDOW_S / SLOT_S), used)
    folded = []
    for first in range(0, used - size + 1, max(size // 4, 1)):
        before = first % SLOTS
        part = np.pad(slots[first : first + size], ((before, -(before + size) % SLOTS), (0, 0)))
        folded.append(part.reshape(-1, SLOTS, BANDS).sum(axis=0))
    return folded


def _soft(copies: Field, tile: KeyedTile, code: Field) -> Field:
    """float32[copies, 264]: how clearly each coded bit speaks for the right sign in each copy of the tile."""
    return np.stack([tile.bits(copy) * code for copy in copies])


def _filtered(samples: Field, sample_rate: int, plan: Field) -> Field:
    """What has to be added: overlap-add of short spectra times (gain − 1). float32[channels, samples]."""
    hop = round(SLOT_S / HOPS * sample_rate)
    window = 2 * hop
    shape = np.sqrt(np.hanning(window + 1)[:-1]).astype(np.float32)
    count = -(-samples.shape[1] // hop) + 1
    source = np.pad(samples, ((0, 0), (hop, window)))
    out = np.zeros_like(source)
    for first in range(0, count, 256):
        size = min(256, count - first)
        factor = _factors(plan, np.arange(first, first + size) * hop / sample_rate, window, sample_rate)
        for channel, target in zip(source, out, strict=True):
            frames = np.lib.stride_tricks.sliding_window_view(channel, window)[first * hop :: hop][:size]
            parts = np.fft.irfft(np.fft.rfft(frames * shape, axis=1) * factor, window, axis=1) * shape
            halves = target[first * hop : (first + size + 1) * hop].reshape(size + 1, hop)
            halves[:-1] += parts[:, :hop]
            halves[1:] += parts[:, hop:]
    return out[:, hop : hop + samples.shape[1]]


def _factors(plan: Field, at_s: NDArray[np.float64], window: int, sample_rate: int) -> Field:
    """Gain − 1 of each bin at these times (float32[times, bins]): steep blends, half of a cell is at full strength."""
    centre = at_s / SLOT_S - 0.5
    lower = np.clip(np.floor(centre).astype(int), 0, len(plan) - 1)
    upper = np.minimum(lower + 1, len(plan) - 1)
    blend = np.clip((centre - lower) * 2 - 0.5, 0.0, 1.0)[:, None].astype(np.float32)
    padded = np.pad(plan[lower] * (1 - blend) + plan[upper] * blend, ((0, 0), (1, 1)))
    band = (np.fft.rfftfreq(window, 1 / sample_rate) - LOW_HZ) / BAND_HZ - 0.5
    left = np.clip(np.floor(band).astype(int) + 1, 0, BANDS)
    share = np.clip((band - np.floor(band)) * 2 - 0.5, 0.0, 1.0).astype(np.float32)
    gain_db = padded[:, left] * (1 - share) + padded[:, left + 1] * share
    gain_db[:, (band <= -1) | (band >= BANDS)] = 0.0
    return np.asarray(10 ** (gain_db / 20) - 1, np.float32)
