# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Loudness and true peak against published reference values, and the music itself."""

import time
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray

from adseal_generator import loudness
from adseal_generator.errors import SoundError
from adseal_generator.loudness import RATE
from adseal_generator.sound import sound_bed

MOODS = ("calm", "bright", "driving", "tender")
TEMPO = {"calm": 76, "bright": 112, "driving": 124, "tender": 70}


def sine(hertz: float, seconds: float, dbfs: float, phase: float = 0.0) -> NDArray[np.float32]:
    t = np.arange(round(seconds * RATE)) / RATE
    return (10 ** (dbfs / 20) * np.sin(2 * np.pi * hertz * t + phase)).astype(np.float32)


def stereo(*parts: NDArray[np.float32]) -> NDArray[np.float32]:
    whole = np.concatenate(parts)
    return np.stack([whole, whole])


def bed(mood: str = "bright", seed: int = 3, **changes: float) -> SimpleNamespace:
    fields = {"loudness_lufs": -14.0, "true_peak_db": -1.0} | changes
    return SimpleNamespace(mood=mood, tempo_bpm=TEMPO.get(mood, 100), seed=seed, **fields)


def test_a_full_scale_997_hz_sine_in_one_channel_reads_minus_3_01() -> None:
    # ITU-R BS.1770-5, annex 1, the note on calibration.
    assert loudness.integrated_lufs(sine(997, 10, 0.0)[None]) == pytest.approx(-3.01, abs=0.02)


def test_both_channels_together_are_three_decibels_louder() -> None:
    assert loudness.integrated_lufs(stereo(sine(997, 10, -20.0))) == pytest.approx(-20.0, abs=0.02)


@pytest.mark.parametrize(
    "levels",
    [
        ((-23.0, 20),),  # EBU Tech 3341, case 1
        ((-36.0, 4), (-23.0, 24), (-36.0, 4)),  # case 3, shortened: the relative gate
        ((-72.0, 4), (-36.0, 4), (-23.0, 24), (-36.0, 4), (-72.0, 4)),  # case 4, shortened: both gates
        ((-26.0, 20), (-20.0, 20.1), (-26.0, 20)),  # case 5
    ],
)
def test_ebu_tech_3341_signals_read_minus_23(levels: tuple[tuple[float, float], ...]) -> None:
    signal = stereo(*(sine(1000, seconds, level) for level, seconds in levels))
    assert loudness.integrated_lufs(signal) == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize(
    ("hertz", "phase", "dbfs", "expected"),
    # EBU Tech 3341, cases 15 to 19: peaks that lie between the samples. Tolerance +0.2/-0.4 dB there.
    [
        (RATE / 4, 0.0, -6.02, -6.0),
        (RATE / 4, np.pi / 4, -6.02, -6.0),
        (RATE / 6, np.pi / 3, -6.02, -6.0),
        (RATE / 8, 3 * np.pi / 8, -6.02, -6.0),
        (RATE / 4, np.pi / 4, 2.98, 3.0),
    ],
)
def test_true_peaks_between_samples_are_found(
    hertz: float, phase: float, dbfs: float, expected: float
) -> None:
    signal = sine(hertz, 1, dbfs, phase)
    signal[:4800] *= np.linspace(0, 1, 4800, dtype=np.float32)
    signal[-4800:] *= np.linspace(1, 0, 4800, dtype=np.float32)
    assert -0.4 <= loudness.true_peak_db(signal[None]) - expected <= 0.2


def test_the_limiter_holds_the_ceiling_and_leaves_quiet_parts_alone() -> None:
    quiet, loud = sine(440, 1, -20.0), sine(RATE / 4, 0.2, 3.0, np.pi / 4)
    limited = loudness.limit(stereo(quiet, loud, quiet), -1.0)
    assert loudness.true_peak_db(limited) <= -1.0 + 0.01
    assert np.allclose(limited[0, : RATE // 2], quiet[: RATE // 2], rtol=0.02, atol=1e-4)


def test_silence_has_no_loudness_and_stays_silent() -> None:
    silence = np.zeros((2, RATE), np.float32)
    assert loudness.integrated_lufs(silence) == -np.inf
    assert loudness.true_peak_db(silence) == -np.inf
    assert not loudness.normalise(silence, -14.0, -1.0).any()


@pytest.mark.parametrize(
    "wrong", [np.zeros(9, np.float32), np.zeros((3, 9), np.float32), np.zeros((2, 9), np.int16)]
)
def test_what_is_not_sound_is_refused(wrong: NDArray[np.float32]) -> None:
    with pytest.raises(SoundError):
        loudness.integrated_lufs(wrong)
    with pytest.raises(SoundError, match="no numbers"):
        loudness.limit(np.full((1, 9), np.nan, np.float32), -1.0)


@pytest.mark.parametrize("mood", MOODS)
def test_every_mood_is_at_its_loudness_below_its_peak_and_safe_in_mono(mood: str) -> None:
    samples = sound_bed(bed(mood), 6.0, accent_s=4.2)
    assert samples.shape == (2, 6 * RATE)
    assert samples.dtype == np.float32
    assert loudness.integrated_lufs(samples) == pytest.approx(-14.0, abs=0.3)
    assert loudness.true_peak_db(samples) <= -0.98
    assert abs(float(samples.mean())) < 1e-3
    together, apart = samples.sum(axis=0).std(), (samples[0] - samples[1]).std()
    assert 0.1 < apart / together < 0.8  # wide, but nothing vanishes on a telephone


@pytest.mark.parametrize("mood", MOODS)
def test_no_register_is_missing_and_none_drowns_the_rest(mood: str) -> None:
    samples = sound_bed(bed(mood), 4.0).mean(axis=0)
    power, f = np.abs(np.fft.rfft(samples)) ** 2, np.fft.rfftfreq(samples.size, 1 / RATE)
    edges = ((40, 150), (150, 500), (500, 2000), (2000, 8000))
    shares = [10 * np.log10(power[(f >= a) & (f < b)].sum() / power.sum()) for a, b in edges]
    assert min(shares) > -22
    assert max(shares) < -0.9


def test_the_same_seed_plays_the_same_piece_and_another_seed_another() -> None:
    first, again, other = (sound_bed(bed(seed=s), 2.0) for s in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.allclose(first, other, atol=0.05)


@pytest.mark.parametrize("seconds", [0.2, 1.0, 2.5, 11.3])
def test_any_length_is_met_to_the_sample_with_soft_ends(seconds: float) -> None:
    samples = sound_bed(bed("driving"), seconds)
    assert samples.shape[1] == round(seconds * RATE)
    assert np.abs(samples[:, :16]).max() < 0.02
    assert np.abs(samples[:, -16:]).max() < 0.02
    assert np.isfinite(samples).all()


def test_a_wished_loudness_is_met() -> None:
    samples = sound_bed(bed("tender", loudness_lufs=-23.0, true_peak_db=-2.0), 4.0)
    assert loudness.integrated_lufs(samples) == pytest.approx(-23.0, abs=0.1)


def test_the_accent_is_heard_at_its_moment() -> None:
    with_it = sound_bed(bed("calm"), 3.0, accent_s=2.0)
    low = np.abs(np.fft.rfftfreq(9600, 1 / RATE)) < 70

    def rumble(at: float) -> float:
        part = with_it.mean(axis=0)[round(at * RATE) :][:9600]
        return float((np.abs(np.fft.rfft(part))[low] ** 2).sum())

    assert rumble(2.0) > 5 * rumble(1.6)


def test_the_music_has_no_clicks() -> None:
    for mood in ("calm", "tender"):
        samples = sound_bed(bed(mood), 3.0).astype(float)
        bend = np.abs(np.diff(samples, 3, axis=1)).max(axis=0)
        # A click is a single sample far outside what its surroundings do.
        around = np.convolve(bend, np.ones(480) / 480, mode="same") + 1e-4
        assert (bend / around).max() < 30


def test_six_seconds_take_less_than_two_seconds_of_processor_time() -> None:
    begun = time.process_time()
    sound_bed(bed("driving"), 6.0, accent_s=4.0)
    assert time.process_time() - begun < 2.0


@pytest.mark.parametrize(("mood", "seconds"), [("gloomy", 6.0), ("calm", 0.0), ("calm", -1.0), ("calm", 1e9)])
def test_impossible_wishes_are_refused(mood: str, seconds: float) -> None:
    with pytest.raises(SoundError):
        sound_bed(bed(mood), seconds)
