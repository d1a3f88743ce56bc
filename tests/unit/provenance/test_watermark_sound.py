# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The sound mark: far below the sound, read back after what platforms do, honest about what cannot carry it."""

import io
from types import SimpleNamespace
from typing import cast

import av
import av.error
import numpy as np
import pytest
from av.filter import Graph
from numpy.typing import NDArray
from watermark_clips import KEY, LOCATOR, OTHER_KEY, music

from adseal_generator.loudness import normalise
from adseal_generator.sound import sound_bed
from adseal_provenance.errors import WatermarkError
from adseal_provenance.watermark.keys import PATTERNS, WatermarkKey
from adseal_provenance.watermark.model import Mark
from adseal_provenance.watermark.sound import SoundMarkResult, mark_sound
from adseal_provenance.watermark.sound_detect import SoundDetector

Sound = NDArray[np.float32]
RATE = 48_000

ALIKE = next(x for x in map("{:012x}".format, range(99)) if KEY.pattern_of(x) == KEY.pattern_of(LOCATOR))
"""A locator of the same pattern: only the payload tells it from the other."""


@pytest.fixture(scope="module")
def result() -> SoundMarkResult:
    return mark_sound(music(6.0), RATE, KEY, LOCATOR)


@pytest.fixture(scope="module")
def longer() -> SoundMarkResult:
    return mark_sound(music(13.0, 2), RATE, KEY, LOCATOR)


@pytest.fixture(scope="module")
def spoken() -> SoundMarkResult:
    return mark_sound(speech(12.0), RATE, KEY, LOCATOR)


def speech(seconds: float, pause_s: float = 0.35) -> Sound:
    """Syllables of a buzzing voice through two moving resonances, hisses between them, a pause after some; mono."""
    random = np.random.default_rng(4)
    out = np.zeros(int(seconds * RATE))
    at = 0
    while at < len(out) - RATE // 2:
        length = int(random.uniform(0.12, 0.3) * RATE)
        t = np.arange(length) / RATE
        pitch = 110 + 30 * np.sin(2 * np.pi * (0.7 * t + random.uniform()))
        phase = 2 * np.pi * np.cumsum(pitch) / RATE
        vowel = np.zeros(length)
        for harmonic in range(1, 45):
            hertz = harmonic * pitch
            low, high = random.uniform(350, 800), random.uniform(1000, 2400)
            gain = 1 / (1 + ((hertz - low) / 120) ** 2) + 0.4 / (1 + ((hertz - high) / 180) ** 2) + 0.003
            vowel += gain * np.sin(harmonic * phase)
        hiss = random.normal(0, 0.03, length) * (t > t[-1] * 0.8)
        out[at : at + length] += (0.1 * vowel + hiss) * np.hanning(length)
        at += length + int((random.uniform() < 0.35) * pause_s * RATE)
    return np.asarray(out[None] + random.normal(0, 1e-4, len(out)), np.float32)


def resampled(samples: Sound, source: int, target: int) -> Sound:
    layout = "stereo" if len(samples) == 2 else "mono"
    resampler = av.AudioResampler("fltp", layout, target)
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), "fltp", layout)
    frame.sample_rate = source
    parts = [piece.to_ndarray() for item in (frame, None) for piece in resampler.resample(item)]
    return np.asarray(np.concatenate(parts, axis=1), np.float32)


def coded(samples: Sound, codec: str, container: str, bit_rate: int, rate: int = RATE) -> Sound:
    """Through an encoder and its decoder, back at 48 kHz."""
    data = io.BytesIO()
    layout = "stereo" if len(samples) == 2 else "mono"
    with av.open(data, "w", format=container) as out:
        stream = cast(av.AudioStream, out.add_stream(codec, rate=rate, layout=layout))
        stream.bit_rate = bit_rate
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), "fltp", layout)
        frame.sample_rate = rate
        for piece in av.AudioResampler(stream.codec_context.format.name, layout, rate).resample(frame):
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))
    data.seek(0)
    with av.open(data, "r") as source:
        parts = [
            p.to_ndarray()
            for f in source.decode(source.streams.audio[0])
            for p in av.AudioResampler("fltp", layout, rate).resample(f)
        ]
    decoded = np.asarray(np.concatenate(parts, axis=1), np.float32)
    return resampled(decoded, rate, RATE) if rate != RATE else decoded


def aac(samples: Sound, bit_rate: int, rate: int = RATE) -> Sound:
    return coded(samples, "aac", "mp4", bit_rate, rate)


def stretched(samples: Sound, factor: float) -> Sound:
    """Played faster at its own pitch."""
    graph = Graph()
    layout = "stereo" if len(samples) == 2 else "mono"
    source = graph.add_abuffer(sample_rate=RATE, format="flt", layout=layout)
    change, sink = graph.add("atempo", str(factor)), graph.add("abuffersink")
    source.link_to(change)
    change.link_to(sink)
    graph.configure()
    packed = np.ascontiguousarray(samples.T.reshape(1, -1))
    frame = av.AudioFrame.from_ndarray(packed, "flt", layout)
    frame.sample_rate, frame.pts = RATE, 0
    graph.push(frame)
    graph.push(None)
    parts = []
    while True:
        try:
            parts.append(cast(av.AudioFrame, graph.pull()).to_ndarray())
        except (av.error.EOFError, av.error.BlockingIOError):
            break
    return np.ascontiguousarray(np.concatenate(parts, axis=1).reshape(-1, len(samples)).T)


def noisy(samples: Sound, snr_db: float) -> Sound:
    level = float(np.sqrt(np.mean(samples**2))) * 10 ** (-snr_db / 20)
    return (samples + np.random.default_rng(7).normal(0, level, samples.shape)).astype(np.float32)


def equalised(samples: Sound, bass_db: float, treble_db: float) -> Sound:
    """Gains at 100 Hz and 8 kHz, straight over the logarithm of frequency between them."""
    length = samples.shape[1]
    frequency = np.fft.rfftfreq(length, 1 / RATE)
    curve = np.interp(np.log(np.maximum(frequency, 1)), np.log([100, 8000]), [bass_db, treble_db])
    return np.asarray(
        np.fft.irfft(np.fft.rfft(samples, axis=1) * 10 ** (curve / 20), length, axis=1), np.float32
    )


def cut(samples: Sound, every_s: float) -> Sound:
    """Without 500 ms of every ``every_s`` seconds."""
    t = np.arange(samples.shape[1]) / RATE
    return np.ascontiguousarray(samples[:, (t + every_s / 2) % every_s >= 0.5])


def found(samples: Sound, *keys: WatermarkKey) -> tuple[Mark, ...]:
    return SoundDetector(keys or (KEY,)).find(np.ascontiguousarray(samples), RATE)


def read(samples: Sound) -> str | None:
    marks = found(samples)
    assert len(marks) < 2
    return marks[0].id if marks else None


def test_the_mark_lies_25_db_below_the_sound_and_is_read_with_its_time(result: SoundMarkResult) -> None:
    original = music(6.0)
    assert result.marked
    change = result.samples - original
    snr = 10 * np.log10(np.mean(original.astype(float) ** 2) / np.mean(change.astype(float) ** 2))
    assert snr >= 24.95
    assert result.snr_db == pytest.approx(snr, abs=0.05)
    (mark,) = found(result.samples, OTHER_KEY, KEY)
    assert (mark.algorithm, mark.id, mark.key_id) == ("io.adseal.sound.1", LOCATOR, KEY.key_id)
    assert mark.log10_p < -15
    assert mark.spans[0][0] < 0.5
    assert mark.spans[-1][1] > 5.0
    assert (mark.geometry, mark.method) == (None, "blind")


@pytest.mark.parametrize("bit_rate", [128_000, 96_000, 64_000])
def test_the_mark_survives_aac(result: SoundMarkResult, bit_rate: int) -> None:
    assert read(aac(result.samples, bit_rate)) == LOCATOR


def test_the_mark_survives_aac_at_44100_hz(result: SoundMarkResult) -> None:
    assert read(aac(resampled(result.samples, RATE, 44_100), 96_000, 44_100)) == LOCATOR


def test_the_mark_survives_opus_and_mp3(result: SoundMarkResult) -> None:
    assert read(coded(result.samples, "libopus", "ogg", 48_000)) == LOCATOR
    assert read(coded(result.samples, "libmp3lame", "mp3", 128_000)) == LOCATOR


def test_the_mark_survives_a_mono_downmix_and_other_volumes(result: SoundMarkResult) -> None:
    assert read(aac(result.samples.mean(axis=0, keepdims=True), 96_000)) == LOCATOR
    assert read(aac(result.samples * 0.5, 128_000)) == LOCATOR
    assert read(np.clip(result.samples * 2, -1, 1)) == LOCATOR


@pytest.mark.parametrize("lufs", [-14.0, -23.0])
def test_the_mark_survives_being_brought_to_a_loudness(result: SoundMarkResult, lufs: float) -> None:
    assert read(normalise(result.samples, lufs, -1.0)) == LOCATOR


@pytest.mark.parametrize(("bass_db", "treble_db"), [(6, -6), (-6, 6)])
def test_the_mark_survives_equalising(result: SoundMarkResult, bass_db: float, treble_db: float) -> None:
    assert read(equalised(result.samples, bass_db, treble_db)) == LOCATOR


def test_the_mark_survives_noise_20_db_below_the_sound(longer: SoundMarkResult) -> None:
    assert read(noisy(longer.samples, 20)) == LOCATOR


def test_the_mark_survives_another_sample_rate(result: SoundMarkResult) -> None:
    assert read(resampled(resampled(result.samples, RATE, 22_050), 22_050, RATE)) == LOCATOR


@pytest.mark.parametrize("first_s", [0.0, 2.1, 5.3, 8.0])
def test_five_seconds_of_the_sound_are_enough(longer: SoundMarkResult, first_s: float) -> None:
    first = round(first_s * RATE)
    assert longer.clarity is not None
    assert longer.clarity > 0.8
    assert read(longer.samples[:, first : first + 5 * RATE]) == LOCATOR


@pytest.mark.parametrize("factor", [25 / 24, 0.96, 1.023])
def test_the_mark_survives_a_change_of_speed(longer: SoundMarkResult, factor: float) -> None:
    (mark,) = found(resampled(longer.samples, RATE, round(RATE / factor)))
    assert mark.id == LOCATOR
    assert mark.spans[-1][1] == pytest.approx(13.0 / factor, abs=0.2)


@pytest.mark.parametrize("factor", [1.04, 0.96])
def test_the_mark_survives_a_change_of_tempo_at_the_same_pitch(
    longer: SoundMarkResult, factor: float
) -> None:
    assert read(stretched(longer.samples, factor)) == LOCATOR


def test_the_mark_is_followed_through_cuts(longer: SoundMarkResult) -> None:
    assert read(cut(longer.samples, 4.0)) == LOCATOR


def test_cuts_too_close_for_any_one_stretch_are_followed(longer: SoundMarkResult) -> None:
    # Between the cuts 2.5 s are left, less than one tile: only all of them together can be read.
    assert read(cut(longer.samples, 3.0)) == LOCATOR
    pieces = cut(longer.samples, 3.0)
    assert read(np.concatenate([pieces[:, : int(2.4 * RATE)], music(4.0, 9)], axis=1)) is None


def test_a_marked_stretch_of_a_longer_programme_is_found_and_its_time_told(result: SoundMarkResult) -> None:
    programme = np.concatenate([music(7.0, 5), result.samples, music(9.0, 6)], axis=1)
    (mark,) = found(programme)
    assert mark.id == LOCATOR
    assert mark.spans[0][0] == pytest.approx(7.0, abs=1.5)
    assert mark.spans[-1][1] == pytest.approx(13.0, abs=1.5)


def test_every_mark_of_a_compilation_is_named_with_its_seconds(result: SoundMarkResult) -> None:
    second = mark_sound(music(6.0, 4), RATE, KEY, ALIKE).samples
    third = mark_sound(speech(7.0), RATE, OTHER_KEY, LOCATOR).samples
    parts = (result.samples, second, third.repeat(2, axis=0))
    marks = found(aac(np.concatenate(parts, axis=1), 128_000), KEY, OTHER_KEY)
    assert [(mark.id, mark.key_id) for mark in marks] == [
        (LOCATOR, KEY.key_id),
        (ALIKE, KEY.key_id),
        (LOCATOR, OTHER_KEY.key_id),
    ]
    for mark, (start, end) in zip(marks, [(0, 6), (6, 12), (12, 19)], strict=True):
        assert mark.spans[0][0] == pytest.approx(start, abs=1.5)
        assert mark.spans[-1][1] == pytest.approx(end, abs=1.5)


def test_where_reading_fails_a_known_locator_is_confirmed_and_no_other(result: SoundMarkResult) -> None:
    detector = SoundDetector([OTHER_KEY, KEY])
    received = noisy(result.samples, 8)
    assert detector.find(received, RATE) == ()
    known = [(KEY.key_id, LOCATOR), (OTHER_KEY.key_id, LOCATOR), (KEY.key_id, ALIKE)]
    mark = detector.verify_known(received, RATE, known)
    assert mark is not None
    assert (mark.id, mark.key_id, mark.method) == (LOCATOR, KEY.key_id, "known")
    assert mark.log10_p < -9
    assert detector.verify_known(received, RATE, known[1:]) is None
    assert detector.verify_known(music(6.0), RATE, known) is None
    assert detector.verify_known(received, RATE, []) is None


def test_a_locator_is_not_confirmed_by_another_mark_of_the_same_key_and_pattern() -> None:
    other = mark_sound(music(24.0, 2), RATE, KEY, LOCATOR).samples
    detector = SoundDetector([KEY])
    assert detector.verify_known(other, RATE, [(KEY.key_id, ALIKE)]) is None
    assert detector.verify_known(other, RATE, [(KEY.key_id, LOCATOR)]) is not None


def test_speech_with_pauses_carries_the_mark(spoken: SoundMarkResult) -> None:
    assert spoken.marked
    assert spoken.snr_db is not None
    assert spoken.snr_db >= 24.95
    assert read(aac(spoken.samples, 64_000)) == LOCATOR
    assert read(stretched(spoken.samples, 1.04)) == LOCATOR


def test_sound_marked_at_44100_hz_is_read_at_48000() -> None:
    host = resampled(music(6.0, 7), RATE, 44_100)
    assert read(resampled(mark_sound(host, 44_100, KEY, LOCATOR).samples, 44_100, RATE)) == LOCATOR


def test_a_held_tone_is_changed_less_than_noise_of_the_same_power() -> None:
    t = np.arange(8 * RATE) / RATE
    noise = np.random.default_rng(6).normal(0, 1, len(t))
    spectrum = np.fft.rfft(noise)
    hertz = np.fft.rfftfreq(len(t), 1 / RATE)
    spectrum[(hertz > 1500) & (hertz < 2500)] *= 0.01
    noise = 0.05 * np.fft.irfft(spectrum, len(t))
    inside = (hertz > 1900) & (hertz < 2100)
    outside = (hertz > 3900) & (hertz < 4100)
    power = np.abs(np.fft.rfft(noise)[outside]) ** 2
    tone = np.sin(2 * np.pi * 2000 * t)
    tone *= np.sqrt(power.sum() / (np.abs(np.fft.rfft(tone)[inside]) ** 2).sum())
    host = (noise + tone).astype(np.float32)[None]
    change = np.abs(np.fft.rfft(mark_sound(host, RATE, KEY, LOCATOR).samples - host)[0]) ** 2
    assert change[inside].sum() < 0.25 * change[outside].sum()


def test_sound_gets_no_more_of_the_mark_than_it_needs() -> None:
    wish = SimpleNamespace(mood="driving", tempo_bpm=100, seed=1, loudness_lufs=-16.0, true_peak_db=-1.5)
    easy = mark_sound(sound_bed(wish, 8.0, accent_s=6.0), RATE, KEY, LOCATOR)
    assert easy.snr_db is not None
    assert easy.snr_db > 30
    assert easy.clarity is not None
    assert 1.5 < easy.clarity < 2.5
    weak, hard = (mark_sound(speech(8.0), RATE, KEY, LOCATOR, strength_db=most) for most in (1.0, 4.0))
    assert hard.clarity is not None
    assert weak.clarity is None or weak.clarity < 0.8 * hard.clarity


def test_unmarked_sound_and_the_wrong_key_give_nothing(result: SoundMarkResult) -> None:
    assert found(result.samples, OTHER_KEY) == ()
    noise = np.random.default_rng(1).normal(0, 0.1, (1, 10 * RATE)).astype(np.float32)
    assert all(read(sound) is None for sound in (music(6.0), music(8.0, 3), speech(8.0), noise))
    assert SoundDetector([]).find(result.samples, RATE) == ()


def test_sync_chips_stand_out_of_unmarked_sound_no_more_than_chance_lets_them() -> None:
    random = np.random.default_rng(8)
    sounds = (music(7.0, 3), speech(7.0), random.normal(0, 0.1, (1, 7 * RATE)).astype(np.float32))
    largest, trials = [], 0
    for i in range(12):
        hits = [hit for hit, _ in SoundDetector([WatermarkKey(random.bytes(32))]).hits(sounds[i % 3], RATE)]
        largest.append(max(hit.z for hit in hits))
        trials = hits[-1].trials
        assert [hit.trials for hit in hits] == sorted(hit.trials for hit in hits)
    assert trials > 69 * 4 * 256
    # The largest of so many normal values lies between 4.0 and 6.0 with a chance of more than 99.9 %.
    assert 3.8 < np.median(largest) < 5.2
    assert max(largest) < 6.0


def test_a_find_that_took_a_longer_search_counts_for_less(result: SoundMarkResult) -> None:
    others = [WatermarkKey(bytes([i] * 32)) for i in range(1, 8)]
    (alone,), (among,) = found(result.samples), found(result.samples, *others, KEY)
    assert among.log10_p - alone.log10_p == pytest.approx(np.log10(8), abs=0.05)


def test_a_message_that_has_another_pattern_than_its_own_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    own = WatermarkKey.pattern_of
    with monkeypatch.context() as patch:
        patch.setattr(WatermarkKey, "pattern_of", lambda key, locator: (own(key, locator) + 1) % PATTERNS)
        forged = mark_sound(music(6.0), RATE, KEY, LOCATOR)
        assert read(forged.samples) == LOCATOR
    assert read(forged.samples) is None


def one_word(seconds: float) -> Sound:
    """A quarter of a second of speech, then next to nothing."""
    sound = np.random.default_rng(3).normal(0, 1e-5, (1, int(seconds * RATE))).astype(np.float32)
    sound[:, : RATE // 4] += speech(2.0)[:, : RATE // 4]
    return sound


@pytest.mark.parametrize(
    ("samples", "reason"),
    [
        (np.zeros((2, 6 * RATE), np.float32), "silence"),
        (music(2.0), "shorter"),
        (
            np.tile(0.3 * np.sin(np.arange(6 * RATE) * 2 * np.pi * 100 / RATE), (2, 1)).astype(np.float32),
            "8 kHz",
        ),
        (one_word(6.0), "too little"),
    ],
)
def test_sound_that_cannot_carry_a_mark_is_left_unchanged_and_says_why(samples: Sound, reason: str) -> None:
    result = mark_sound(samples, RATE, KEY, LOCATOR)
    assert not result.marked
    assert reason in result.reason
    assert (result.samples == samples).all()
    assert (result.snr_db, result.clarity) == (None, None)
    assert found(samples) == ()


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
