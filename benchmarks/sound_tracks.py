# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What the sound mark is measured on.

Music beds by our own generator (synthesised); every sound or video file of a folder, which says in its ``sources.json``
({"file stem": "what it is"}) what it is; for every file whose name begins with "speech", an ad mix of it over one of
our beds, which makes way for it by 9 dB; and 6 s out of every track of 12 s or more.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
from sound_attacks import RATE, Sound

from adseal_generator.sound import sound_bed

MOODS = ("calm", "bright", "driving", "tender")
SHORT_S = 6.0


@dataclass(frozen=True)
class Track:
    """A sound to be marked: float32[channels, samples] at 48 kHz, and what it is."""

    name: str
    source: str
    samples: Sound


def bed(mood: str, seconds: float, seed: int) -> Sound:
    """Music as our ads have it."""
    wish = SimpleNamespace(mood=mood, tempo_bpm=100, seed=seed, loudness_lufs=-16.0, true_peak_db=-1.5)
    return sound_bed(wish, seconds, accent_s=seconds - 2.0)


def mixed(speech: Sound, music: Sound) -> Sound:
    """Speech from second 1 on over music, which is 9 dB softer while somebody speaks."""
    voice = np.zeros(music.shape[1], np.float32)
    part = speech.mean(axis=0)[: music.shape[1] - RATE]
    voice[RATE : RATE + len(part)] = part * (0.5 / max(float(np.abs(part).max()), 1e-6))
    spoken = np.convolve(np.abs(voice) > 0.01, np.ones(RATE // 5) / (RATE // 5), "same")
    out = music * 10 ** (-9 / 20 * np.minimum(3 * spoken, 1.0)) + voice
    return np.asarray(out / max(1.0, float(np.abs(out).max())), np.float32)


def tracks(folder: Path, seconds: float) -> Iterator[Track]:
    """All tracks, at most ``seconds`` of each, and 6 s out of each that is long enough."""
    for track in _whole(folder):
        samples = np.ascontiguousarray(track.samples[:, : round(seconds * RATE)])
        yield Track(track.name, track.source, samples)
        if samples.shape[1] >= 2 * SHORT_S * RATE:
            part = slice(4 * RATE, round((4 + SHORT_S) * RATE))
            yield Track(f"{track.name}, 6 s", track.source, np.ascontiguousarray(samples[:, part]))


def _whole(folder: Path) -> Iterator[Track]:
    for i, mood in enumerate(MOODS):
        yield Track(f"bed_{mood}", "our own music bed, synthesised", bed(mood, 15.0, i))
    about = folder / "sources.json"
    sources = json.loads(about.read_text(encoding="utf-8")) if about.exists() else {}
    for i, path in enumerate(sorted(p for p in folder.iterdir() if p.suffix != ".json")):
        samples = heard(path)
        source = sources.get(path.stem, "not said")
        yield Track(path.stem, source, samples)
        if path.stem.startswith("speech"):
            mood = MOODS[i % len(MOODS)]
            mix = mixed(samples, bed(mood, samples.shape[1] / RATE + 2.0, 20 + i))
            yield Track(f"ad_mix_{path.stem}", f"{path.stem} over our own bed, {mood}", mix)


def heard(path: Path) -> Sound:
    """The first sound of a file, at most stereo, at 48 kHz."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        resampler = av.AudioResampler("fltp", "mono" if stream.channels == 1 else "stereo", RATE)
        parts = [p.to_ndarray() for frame in container.decode(stream) for p in resampler.resample(frame)]
        parts += [p.to_ndarray() for p in resampler.resample(None)]
    return np.asarray(np.concatenate(parts, axis=1), np.float32)
