# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""A short piece of music under an ad, composed and synthesised from a mood, a tempo and a seed.

Decides harmony, rhythm, arrangement and mix. Leaves out how instruments sound (`synth`) and measuring
loudness (`loudness`). Nothing is sampled or learned: the music is ours, and the same plan gives the same
samples.

Form: a progression walks towards the cadence, which falls on the accent (the moment the end card appears)
when one is given; the tempo gives way by a few percent so that a beat falls exactly there. The tonic rings to
the end.
"""

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from adseal_generator import synth
from adseal_generator.errors import SoundError
from adseal_generator.loudness import RATE, fast_length, normalise

Mood = Literal["calm", "bright", "driving", "tender"]

FADE_IN_S, FADE_OUT_S = 0.03, 0.3
_RING_S = 1.2  # at least this much is left for the last chord when no accent is given
_LONGEST_S = 600.0

_MAJOR, _MINOR = (0, 4, 7), (0, 3, 7)


@dataclass(frozen=True)
class _Style:
    """One mood: chords (root above the key, intervals), how they are held and what plays them.

    `lead` is the instrument of the figure, `figure` its chord steps per half beat (None rests), `pad`: gain,
    cutoff in Hz, attack in s; `wet`: share of the room.
    """

    chords: tuple[tuple[int, tuple[int, ...]], ...]
    home: tuple[int, ...]
    hold_beats: int
    lead: Literal["pluck", "marimba", "piano", "arp"]
    lead_gain: float
    figure: tuple[int | None, ...]
    pad: tuple[float, float, float]
    drums: float
    wet: float


_STYLES: dict[str, _Style] = {
    "calm": _Style(
        chords=((0, (0, 4, 7, 11)), (9, (0, 3, 7, 10)), (5, (0, 4, 7, 11)), (7, (0, 5, 7, 14))),
        home=(0, 4, 7, 14),
        hold_beats=4,
        lead="piano",
        lead_gain=0.30,
        figure=(0, None, 2, None, 3, None, 1, None),
        pad=(0.55, 1500.0, 0.5),
        drums=0.0,
        wet=0.34,
    ),
    "bright": _Style(
        chords=((0, _MAJOR), (7, _MAJOR), (9, (0, 3, 7, 10)), (5, (0, 4, 7, 14))),
        home=(0, 4, 7, 14),
        hold_beats=4,
        lead="marimba",
        lead_gain=0.34,
        figure=(0, 2, None, 1, 2, None, 3, 1),
        pad=(0.34, 2200.0, 0.15),
        drums=0.8,
        wet=0.18,
    ),
    "driving": _Style(
        chords=((9, _MINOR), (5, (0, 4, 7)), (0, _MAJOR), (7, (0, 5, 7))),
        home=(0, 4, 7, 14),
        hold_beats=4,
        lead="arp",
        lead_gain=0.26,
        figure=(0, 1, 2, 3, 1, 2, 3, 2),
        pad=(0.46, 2600.0, 0.08),
        drums=1.0,
        wet=0.16,
    ),
    "tender": _Style(
        chords=((0, (0, 4, 7, 14)), (4, (0, 3, 7, 10)), (9, (0, 3, 7, 10)), (5, (0, 4, 7, 11))),
        home=(0, 4, 7, 14),
        hold_beats=4,
        lead="piano",
        lead_gain=0.42,
        figure=(0, 1, 2, 3, 2, 1, 2, 1),
        pad=(0.42, 1700.0, 0.6),
        drums=0.0,
        wet=0.30,
    ),
}


class SoundWish(Protocol):
    """What is asked for; `AdPlan.sound` is one."""

    @property
    def mood(self) -> Mood: ...
    @property
    def tempo_bpm(self) -> int: ...
    @property
    def seed(self) -> int: ...
    @property
    def loudness_lufs(self) -> float: ...
    @property
    def true_peak_db(self) -> float: ...


def sound_bed(plan: SoundWish, duration_s: float, *, accent_s: float | None = None) -> NDArray[np.float32]:
    """Music of exactly `round(duration_s * 48000)` samples, float32 [2, n], at the plan's loudness.

    `accent_s`: the moment of the cadence, with a whoosh before it and a soft impact on it; usually the start
    of the end card. Fades in over 30 ms and out over 300 ms.

    Raises:
        SoundError: a duration that is not positive or is above 600 s, or an unknown mood.
    """
    if not 0 < duration_s <= _LONGEST_S:
        raise SoundError(
            f"a sound bed lasts up to {_LONGEST_S:.0f} s, not {duration_s}", code="sound_duration"
        )
    if plan.mood not in _STYLES:
        raise SoundError(
            f"unknown mood {plan.mood!r}", code="sound_mood", hint=f"one of {', '.join(_STYLES)}"
        )
    length = round(duration_s * RATE)
    accent = accent_s if accent_s is not None and 0 < accent_s < duration_s else None
    piece = _Piece(_STYLES[plan.mood], plan.tempo_bpm, plan.seed, duration_s, accent)
    mixed = piece.play()[:, :length]
    return normalise(_faded(mixed), plan.loudness_lufs, plan.true_peak_db)


def _mastered(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    """A gentle lift of the upper octaves (+3 dB at 1.2 kHz, +9 dB from 6 kHz): most ads are heard on
    telephones.
    """
    size = fast_length(samples.shape[1])
    f = np.fft.rfftfreq(size, 1 / RATE)
    lift = 10 ** (9.0 / 20 * (f**2 / (f**2 + 1700.0**2)))
    return np.fft.irfft(np.fft.rfft(samples, size) * lift, size)[:, : samples.shape[1]]


def _faded(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    length = samples.shape[1]
    into, out = min(round(FADE_IN_S * RATE), length), min(round(FADE_OUT_S * RATE), length)
    envelope = np.ones(length, np.float32)
    envelope[:into] *= np.linspace(0, 1, into, endpoint=False, dtype=np.float32)
    envelope[length - out :] *= np.linspace(1, 0, out, dtype=np.float32) ** 1.5
    return samples * envelope


class _Piece:
    """One composition on its way to samples: dry parts, and what is sent to the room."""

    def __init__(
        self, style: _Style, tempo_bpm: int, seed: int, duration_s: float, accent_s: float | None
    ) -> None:
        self.style, self.duration, self.accent = style, duration_s, accent_s
        self.random = np.random.default_rng([seed, 0x736F756E])
        self.key = 55 + int(self.random.integers(0, 8))  # G3..D4
        beat = 60.0 / tempo_bpm
        goal = accent_s if accent_s is not None else max(duration_s - _RING_S, 0.0)
        self.beats = max(1, round(goal / beat)) if goal > 0.6 * beat else 0
        # With an accent the tempo gives way; without one the cadence falls on the last whole beat.
        self.beat = goal / self.beats if accent_s is not None and self.beats else beat
        if accent_s is None and self.beats * self.beat > goal:
            self.beats = max(self.beats - 1, 0)
        self.cadence = self.beats * self.beat
        size = round(duration_s * RATE) + RATE // 2
        self.dry, self.sent = np.zeros((2, size), np.float32), np.zeros((2, size), np.float32)
        self.pumped = np.zeros((2, size), np.float32)

    def play(self) -> NDArray[np.float32]:
        """All parts, mixed, float32 [2, n], somewhat longer than the piece."""
        for start, stop, root, chord in self._harmony():
            self._chord(start, stop, root, chord)
        self._lead()
        if self.style.drums:
            self._drums()
        if self.accent is not None:
            self._accent()
        return self._mix()

    def _harmony(self) -> list[tuple[float, float, int, tuple[int, ...]]]:
        """Start, end (s), root note and intervals of every chord; the last is the tonic."""
        hold = self.style.hold_beats if self.beats >= 3 * self.style.hold_beats else 2
        slots = -(-self.beats // hold)
        cycle = self.style.chords
        out = []
        for n in range(slots):
            # Counted back from the cadence, so that the last chord before it leads home.
            root, chord = cycle[(n - slots) % len(cycle)]
            start = max(0.0, self.cadence - (slots - n) * hold * self.beat)
            out.append((start, self.cadence - (slots - n - 1) * hold * self.beat, self.key + root, chord))
        out.append((self.cadence, self.duration + 0.4, self.key, self.style.home))
        return out

    def _voiced(self, root: int, chord: tuple[int, ...], centre: int) -> list[int]:
        """The chord's notes in close position around a note, so that voices move by small steps."""
        return sorted(centre - 6 + (root + step - (centre - 6)) % 12 for step in chord)

    def _add(self, sound: synth.Sound, at_s: float, gain: float, pan: float = 0.0, send: float = 0.0) -> None:
        """Place mono or stereo sound; `pan` -1 left .. 1 right (constant power), `send` to the room."""
        start = round(at_s * RATE)
        room = self.dry.shape[1] - start
        if room <= 0 or start < 0:
            return
        if sound.ndim == 1:
            angle = (pan + 1) * np.pi / 4
            sides = np.array([[np.cos(angle)], [np.sin(angle)]], np.float32) * np.sqrt(2, dtype=np.float32)
            sound = sound[None, :] * sides
        part = sound[:, :room] * np.float32(gain)
        self.dry[:, start : start + part.shape[1]] += part
        if send:
            self.sent[:, start : start + part.shape[1]] += part * np.float32(send)

    def _chord(self, start: float, stop: float, root: int, chord: tuple[int, ...]) -> None:
        gain, cutoff, attack = self.style.pad
        notes = self._voiced(root, chord, self.key + 5)
        # Chords overlap, so that one melts into the next.
        sound = synth.pad(notes, stop - start + 0.35, cutoff, attack if start else 0.12, self.random)
        at = round(start * RATE)
        if self.style.drums and start >= self.cadence:
            gain *= 1.5  # the drums have stopped: the last chord has to carry the end card alone
        part = sound[:, : self.pumped.shape[1] - at] * np.float32(gain)
        self.pumped[:, at : at + part.shape[1]] += part
        low = root - 12 if root - 12 >= 40 else root
        low = low - 12 if low > 52 else low
        if self.style.drums:
            count = max(1, round((stop - start) / self.beat * 2)) if stop < self.duration else 1
            for n in range(count):
                if self.style.lead == "arp" or n % 4 in (0, 3):
                    seconds = self.beat * 0.48 if count > 1 else min(stop - start, 1.6)
                    self._add(synth.bass(low, seconds), start + n * self.beat / 2, 0.34)
        else:
            self._add(synth.bass(low, stop - start), start, 0.22)

    def _lead(self) -> None:
        """The figure over the harmony; after the cadence it climbs once through the tonic and stops."""
        step = self.beat / (4 if self.style.lead == "arp" else 2)
        lift = 12 if self.style.lead in ("marimba", "piano") else 7
        for start, stop, root, chord in self._harmony():
            notes = self._voiced(root, chord, self.key + 5 + lift)
            notes.append(notes[0] + 12)
            last = start >= self.cadence
            count = min(int((stop - start) / step + 0.5), 5 if last else 10_000)
            for n in range(count):
                at = self.style.figure[(n + round(start / step)) % len(self.style.figure)]
                at = n if last else at
                if at is None or start + n * step > self.duration - 0.25:
                    continue
                # A player's hand: downbeats a little louder, moments a few milliseconds off.
                accent = 1.0 if n % 4 == 0 else 0.78 + 0.12 * float(self.random.random())
                late = 0.004 * float(self.random.random())
                pan = 0.5 * (-1) ** n * (0.4 + 0.6 * float(self.random.random()))
                sound = self._note(notes[min(at, len(notes) - 1)])
                self._add(sound, start + n * step + late, self.style.lead_gain * accent, pan, send=0.7)

    def _note(self, note: int) -> synth.Sound:
        if self.style.lead == "piano":
            return synth.piano(note, 2.0)
        if self.style.lead == "marimba":
            return synth.marimba(note, 0.9)
        return synth.pluck(note, 0.5, 2600.0 if self.style.lead == "arp" else 2000.0)

    def _drums(self) -> None:
        """Bass drum on the beats, hands on two and four, hats between; the drums stop at the cadence."""
        gain = self.style.drums
        kick, clap = synth.kick(), synth.clap(self.random)
        hat = synth.noise(0.09, 6500, 13_000, 0.022, self.random)
        for n in range(self.beats + 1):
            at = n * self.beat
            self._add(kick, at, 0.50 * gain)
            if n == self.beats:
                break
            if (self.beats - n) % 2:
                self._add(clap, at, 0.24 * gain, send=0.5)
            for part in (1, 2, 3) if self.style.lead == "arp" else (2,):
                loud = 1.0 if part == 2 else 0.45
                self._add(hat, at + part * self.beat / 4, 0.15 * gain * loud, pan=0.25 * (part - 2) + 0.1)

    def _accent(self) -> None:
        rush = min(0.9, self.cadence)
        if rush > 0.2:
            self._add(synth.whoosh(rush, self.random), self.cadence - rush, 0.16, send=0.4)
        self._add(synth.impact(self.random), self.cadence, 0.42, send=0.35)

    def _mix(self) -> NDArray[np.float32]:
        if self.style.drums:  # the pad makes way for the bass drum
            t = np.arange(self.dry.shape[1]) / RATE
            since = np.where(t < self.cadence, t % self.beat, t - self.cadence)
            self.pumped *= (1 - 0.45 * self.style.drums * np.exp(-since / 0.11)).astype(np.float32)
        self.dry += self.pumped
        self.sent += 0.6 * self.pumped
        room = synth.room(1.8 if self.style.wet > 0.25 else 1.2, self.random)
        size = fast_length(self.dry.shape[1] + room.shape[1])
        wet = np.fft.irfft(np.fft.rfft(self.sent, size) * np.fft.rfft(room, size), size)
        mixed = self.dry + self.style.wet * 2.0 * wet[:, : self.dry.shape[1]]
        mixed = _mastered(synth.band(mixed, 32.0, 16_000.0))
        # Soft saturation holds single peaks, so that the limiter hardly works.
        return np.tanh(mixed * (0.9 / max(float(np.abs(mixed).max()), 1e-9))).astype(np.float32)
