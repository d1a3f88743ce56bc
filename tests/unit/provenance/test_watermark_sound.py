# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The sound mark: far below the sound, read back after what platforms do, honest about what cannot carry it."""

import io

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from watermark_clips import KEY, LOCATOR, OTHER_KEY, music

from adseal_provenance.errors import WatermarkError
from adseal_provenance.watermark.sound import SNR_DB, SoundMarkResult, mark_sound
from adseal_provenance.watermark.sound_detect import SoundDetector

Sound = NDArray[np.float32]
RATE = 48_000


@pytest.fixture(scope="module")
def result() -> SoundMarkResult:
    return mark_sound(music(6.0), RATE, KEY, LOCATOR)


def resampled(samples: Sound, source: int, target: int) -> Sound:
    layout = "stereo" if len(samples) == 2 else "mono"
    resampler = av.AudioResampler("fltp", layout, target)
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), "fltp", layout)
    frame.sample_rate = source
    parts = [piece.to_ndarray() for item in (frame, None) for piece in resampler.resample(item)]
    return np.asarray(np.concatenate(parts, axis=1), np.float32)


def aac(samples: Sound, bit_rate: int, rate: int = RATE) -> Sound:
    """Through an AAC encoder and decoder, back at 48 kHz."""
    data = io.BytesIO()
    layout = "stereo" if len(samples) == 2 else "mono"
    with av.open(data, "w", format="mp4") as out:
        stream = out.add_stream("aac", rate=rate, layout=layout)
        stream.bit_rate = bit_rate
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), "fltp", layout)
        frame.sample_rate = rate
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    data.seek(0)
    with av.open(data) as source:
        decoded = np.concatenate([f.to_ndarray() for f in source.decode(audio=0)], axis=1)
    return resampled(decoded, rate, RATE) if rate != RATE else np.asarray(decoded, np.float32)


def read(samples: Sound) -> str | None:
    mark = SoundDetector([KEY]).find(samples, RATE)
    return mark.id if mark else None


def test_the_mark_lies_25_db_below_the_sound_and_is_read_with_its_time(result: SoundMarkResult) -> None:
    original = music(6.0)
    assert result.marked
    change = result.samples - original
    snr = 10 * np.log10(np.mean(original.astype(float) ** 2) / np.mean(change.astype(float) ** 2))
    assert snr >= SNR_DB - 0.05
    assert result.snr_db == pytest.approx(snr, abs=0.05)
    mark = SoundDetector([OTHER_KEY, KEY]).find(result.samples, RATE)
    assert mark is not None
    assert (mark.algorithm, mark.id, mark.key_id) == ("io.adseal.sound.1", LOCATOR, KEY.key_id)
    assert mark.log10_p < -15
    assert mark.spans[0][0] < 0.5
    assert mark.spans[-1][1] > 5.0
    assert mark.geometry is None


@pytest.mark.parametrize("bit_rate", [128_000, 96_000])
def test_the_mark_survives_aac(result: SoundMarkResult, bit_rate: int) -> None:
    assert read(aac(result.samples, bit_rate)) == LOCATOR


def test_the_mark_survives_aac_at_44100_hz(result: SoundMarkResult) -> None:
    assert read(aac(resampled(result.samples, RATE, 44_100), 96_000, 44_100)) == LOCATOR


def test_the_mark_survives_a_mono_downmix_and_other_volumes(result: SoundMarkResult) -> None:
    assert read(aac(result.samples.mean(axis=0, keepdims=True), 96_000)) == LOCATOR
    assert read(aac(result.samples * 0.5, 128_000)) == LOCATOR
    assert read(np.clip(result.samples * 2, -1, 1)) == LOCATOR


def test_the_mark_survives_trimming(result: SoundMarkResult) -> None:
    assert read(aac(result.samples[:, 43_210:], 128_000)) == LOCATOR


def test_the_mark_survives_a_change_of_speed_from_24_to_25_pictures(result: SoundMarkResult) -> None:
    assert read(resampled(result.samples, RATE, 46_080)) == LOCATOR


def test_unmarked_sound_and_the_wrong_key_give_nothing(result: SoundMarkResult) -> None:
    assert SoundDetector([OTHER_KEY]).find(result.samples, RATE) is None
    noise = np.random.default_rng(1).normal(0, 0.1, (1, 10 * RATE)).astype(np.float32)
    assert all(read(sound) is None for sound in (music(6.0), music(8.0, 3), noise))


@pytest.mark.parametrize(
    ("samples", "reason"),
    [
        (np.zeros((2, 6 * RATE), np.float32), "silence"),
        (music(2.0), "shorter"),
        (
            np.tile(0.3 * np.sin(np.arange(6 * RATE) * 2 * np.pi * 100 / RATE), (2, 1)).astype(np.float32),
            "8 kHz",
        ),
    ],
)
def test_sound_that_cannot_carry_a_mark_is_left_unchanged_and_says_why(samples: Sound, reason: str) -> None:
    result = mark_sound(samples, RATE, KEY, LOCATOR)
    assert not result.marked
    assert reason in result.reason
    assert (result.samples == samples).all()
    assert SoundDetector([KEY]).find(samples, RATE) is None


def test_malformed_sound_is_refused() -> None:
    for bad in (
        np.zeros(RATE * 6, np.float32),
        np.zeros((2, RATE * 6)),
        np.full((1, RATE * 6), np.nan, np.float32),
    ):
        with pytest.raises(WatermarkError):
            mark_sound(bad, RATE, KEY, LOCATOR)
    with pytest.raises(WatermarkError):
        mark_sound(music(4.0), 8_000, KEY, LOCATOR)
