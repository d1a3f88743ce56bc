# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The instruments of the sound bed: single notes, drum hits, a whoosh, a room.

Decides how each instrument sounds. Leaves out what is played and when (`sound`). Every function returns
float32 at 48 kHz: mono [n], or stereo [2, n] where it says so. Peaks are about 1. No samples, only
arithmetic: band-limited wavetables, decaying partials, shaped noise.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adseal_generator.loudness import RATE, fast_length

Sound = NDArray[np.float32]
_TABLE = 2048


def _sound(samples: Any) -> Sound:
    return np.asarray(samples, dtype=np.float32)


def hertz(note: float) -> float:
    """Frequency of a MIDI note number (69 is 440 Hz)."""
    return float(440.0 * 2 ** ((note - 69) / 12))


@lru_cache(maxsize=256)
def _table(harmonics: int, roll: float, corner: float) -> Sound:
    """One cycle: harmonics fall as k**-roll and, above `corner` (a harmonic number), by a further 12
    dB/octave.
    """
    k = np.arange(1, harmonics + 1)
    amplitude = k**-roll / np.sqrt(1 + (k / corner) ** 4)
    phase = 2 * np.pi * np.arange(_TABLE + 1) / _TABLE
    cycle = (amplitude[:, None] * np.sin(k[:, None] * phase)).sum(axis=0)
    return _sound(cycle / np.abs(cycle).max())


def _wave(frequency: float, length: int, cutoff: float, phase: float = 0.0) -> Sound:
    """A low-passed sawtooth."""
    harmonics = max(1, min(40, int(16_000 / frequency)))
    table = _table(harmonics, 1.0, round(max(cutoff / frequency, 0.7), 2))
    at = (phase + np.arange(length) * (frequency / RATE)) % 1.0 * _TABLE
    whole = at.astype(np.int32)
    part = (at - whole).astype(np.float32)
    return table[whole] + part * (table[whole + 1] - table[whole])


def _seconds(length: int) -> Sound:
    return _sound(np.arange(length) / RATE)


def _edges(length: int, attack_s: float, release_s: float) -> Sound:
    """An envelope with raised-cosine edges."""
    attack, release = (max(1, min(int(s * RATE), length // 2)) for s in (attack_s, release_s))
    envelope = np.ones(length, np.float32)
    envelope[:attack] = 0.5 - 0.5 * np.cos(np.pi * np.arange(attack) / attack)
    envelope[length - release :] *= 0.5 + 0.5 * np.cos(np.pi * np.arange(release) / release)
    return envelope


def pad(
    notes: list[int], seconds: float, cutoff: float, attack_s: float, random: np.random.Generator
) -> Sound:
    """A held chord, stereo [2, n]: detuned voices, other ones on the left than on the right."""
    length = int(seconds * RATE)
    out = np.zeros((2, length), np.float32)
    for note in notes:
        out += 0.8 * _wave(hertz(note), length, cutoff, float(random.random()))
        for side in (0, 1):
            for cents in (-7.0, 5.0):
                off = cents + (2.5 if side else -2.5)
                out[side] += _wave(hertz(note + off / 100), length, cutoff, float(random.random()))
    # A slow breath, so that a held chord is never quite still.
    breath = 1 + 0.08 * np.sin(2 * np.pi * 0.35 * _seconds(length) + 6.28 * float(random.random()))
    edges = _edges(length, attack_s, min(0.6, 0.4 * seconds))
    return _sound(out * (breath * edges / (2.6 * len(notes))))


def pluck(note: int, seconds: float, cutoff: float) -> Sound:
    """A plucked string whose brightness dies before its body."""
    length = int(seconds * RATE)
    t = _seconds(length)
    frequency = hertz(note)
    bright = _wave(frequency, length, cutoff) * np.exp(-t / 0.07)
    dark = _wave(frequency, length, 0.3 * cutoff) * np.exp(-t / 0.30)
    return _sound((0.5 * bright + 0.7 * dark) * _edges(length, 0.003, 0.05))


def marimba(note: int, seconds: float) -> Sound:
    """A wooden bar: fundamental and its fourth harmonic (how marimba bars are tuned), and a soft knock."""
    length = int(seconds * RATE)
    t = _seconds(length)
    w = 2 * np.pi * hertz(note)
    tone = np.sin(w * t) * np.exp(-t / 0.28) + 0.28 * np.sin(3.98 * w * t) * np.exp(-t / 0.06)
    tone += 0.08 * np.sin(9.8 * w * t) * np.exp(-t / 0.02) * (hertz(note) < 900)
    return _sound(0.85 * tone * _edges(length, 0.002, 0.05))


def piano(note: int, seconds: float) -> Sound:
    """A felt piano: two strings slightly apart, partials a little sharp, the high ones short."""
    length = int(seconds * RATE)
    t = _seconds(length)
    f = hertz(note)
    tone = np.zeros(length, np.float32)
    for k in range(1, 8):
        stretched = k * f * np.sqrt(1 + 0.0004 * k * k)
        if stretched > 6000:
            break
        beat = np.sin(2 * np.pi * stretched * t) + 0.7 * np.sin(2 * np.pi * stretched * 1.0007 * t + 0.4)
        tone += (k**-1.15 * beat * np.exp(-t * (0.9 + 0.6 * k))).astype(np.float32)
    return _sound(0.5 * tone * _edges(length, 0.006, 0.12))


def bass(note: int, seconds: float) -> Sound:
    """A round bass with enough second and third harmonic to be heard on a telephone."""
    length = int(seconds * RATE)
    t = _seconds(length)
    w = 2 * np.pi * hertz(note)
    tone = np.sin(w * t) + 0.35 * np.sin(2 * w * t) + 0.14 * np.sin(3 * w * t)
    return _sound(0.75 * tone * np.exp(-t / 1.2) * _edges(length, 0.008, 0.06))


def kick() -> Sound:
    """A soft bass drum: a sine falling from 130 to 48 Hz."""
    t = _seconds(int(0.32 * RATE))
    phase = 2 * np.pi * (48 * t + 82 * 0.035 * (1 - np.exp(-t / 0.035)))
    return _sound(np.sin(phase) * np.exp(-t / 0.11) * _edges(t.size, 0.002, 0.05))


def noise(seconds: float, low: float, high: float, decay_s: float, random: np.random.Generator) -> Sound:
    """Noise between two frequencies (Hz, soft edges) that dies away: hats, brushes, cymbals."""
    length = int(seconds * RATE)
    tone = band(random.standard_normal(length), low, high)
    tone *= np.exp(-_seconds(length) / decay_s) * _edges(length, 0.001, 0.02)
    return _sound(tone / max(float(np.abs(tone).max()), 1e-9))


def band(samples: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    """What lies between `low` and `high` Hz, with second-order slopes and no phase shift; [..., n]."""
    length = samples.shape[-1]
    f = np.maximum(np.fft.rfftfreq(fast_length(length), 1 / RATE), 1e-3)
    gain = 1 / np.sqrt((1 + (low / f) ** 4) * (1 + (f / high) ** 4))
    spectrum = np.fft.rfft(samples, fast_length(length), axis=-1) * gain
    return np.fft.irfft(spectrum, fast_length(length), axis=-1)[..., :length]


def clap(random: np.random.Generator) -> Sound:
    """Three quick bursts and a tail, like a few hands, softly."""
    out = np.zeros(int(0.2 * RATE), np.float32)
    for start, gain, decay in ((0.0, 0.5, 0.006), (0.011, 0.6, 0.006), (0.022, 0.9, 0.05)):
        burst = gain * noise(0.16, 900, 3500, decay, random)
        at = int(start * RATE)
        out[at : at + burst.size] += burst
    return out


def whoosh(seconds: float, random: np.random.Generator) -> Sound:
    """Air rushing up to a moment at its end, stereo [2, n], from left to right."""
    length = int(seconds * RATE)
    x = np.linspace(0, 1, length)
    out = np.zeros((2, length))
    source = random.standard_normal((2, length))
    centres = np.geomspace(250, 5000, 6)
    for n, centre in enumerate(centres):
        peak = 0.45 + 0.5 * n / (len(centres) - 1)
        out += band(source, centre / 1.4, centre * 1.4) * np.exp(-(((x - peak) / 0.22) ** 2)) / (1 + 0.25 * n)
    out *= x**2 * np.where(x > 0.96, (1 - x) / 0.04, 1.0)
    pan = np.stack([np.cos(x * np.pi / 3 + 0.25), np.sin(x * np.pi / 3 + 0.25)])
    return _sound(out * pan / max(float(np.abs(out).max()), 1e-9))


def impact(random: np.random.Generator) -> Sound:
    """A deep, soft hit with a shimmer above it."""
    t = _seconds(int(1.4 * RATE))
    boom = np.sin(2 * np.pi * (42 * t + 40 * 0.06 * (1 - np.exp(-t / 0.06)))) * np.exp(-t / 0.35)
    return _sound(0.8 * boom * _edges(t.size, 0.003, 0.2)) + 0.12 * noise(1.4, 3000, 9000, 0.4, random)


def room(seconds: float, random: np.random.Generator) -> Sound:
    """Impulse response of a diffuse room, stereo [2, n], unit energy per channel, 18 ms before its first
    sound.
    """
    length, early = int(seconds * RATE), int(0.018 * RATE)
    t = np.arange(length) / RATE
    # High tones die sooner: two layers of noise with their own bands and decays.
    tail = band(random.standard_normal((2, length)), 180, 2200) * np.exp(-6.9 * t / seconds)
    tail += 0.5 * band(random.standard_normal((2, length)), 2200, 7000) * np.exp(-6.9 * t / (0.5 * seconds))
    tail /= np.sqrt((tail**2).sum(axis=1, keepdims=True))
    return _sound(np.pad(tail, ((0, 0), (early, 0))))
