# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What happens to a soundtrack between its seal and its examination: codecs, volume, filters, noise, speed, cuts.

Every attack takes and returns float32[channels, samples] at 48 kHz, as `read_sound` gives them to the detector.
Codecs run in this process through PyAV (libavcodec's AAC, libopus, libmp3lame); resampling is libswresample's, changes
of tempo libavfilter's; the rest is arithmetic. The family ``beyond`` is
harder than what the mark is held to; it is reported apart.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import av
import av.error
import numpy as np
from av.filter import Graph
from numpy.typing import NDArray

from adseal_generator.loudness import limit, normalise

Sound = NDArray[np.float32]
Change = Callable[[Sound], Sound]

RATE = 48_000


@dataclass(frozen=True)
class Attack:
    """One attack.

    Attributes:
        name, family: for tables.
        run: does it.
    """

    name: str
    family: str
    run: Change


def resampled(samples: Sound, source: int, target: int) -> Sound:
    """From one rate to another (Hz)."""
    layout = "stereo" if len(samples) == 2 else "mono"
    resampler = av.AudioResampler("fltp", layout, target)
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), "fltp", layout)
    frame.sample_rate = source
    parts = [piece.to_ndarray() for item in (frame, None) for piece in resampler.resample(item)]
    return np.asarray(np.concatenate(parts, axis=1), np.float32)


def coded(codec: str, container: str, bit_rate: int, rate: int = RATE) -> Change:
    """Through an encoder and its decoder at ``bit_rate`` (bit/s for all channels) and ``rate`` (Hz)."""

    def attack(samples: Sound) -> Sound:
        layout = "stereo" if len(samples) == 2 else "mono"
        sent = resampled(samples, RATE, rate) if rate != RATE else samples
        data = io.BytesIO()
        with av.open(data, "w", format=container) as out:
            stream = cast(av.AudioStream, out.add_stream(codec, rate=rate, layout=layout))
            stream.bit_rate = bit_rate
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sent), "fltp", layout)
            frame.sample_rate = rate
            # encoders differ in the sample format they take
            convert = av.AudioResampler(stream.codec_context.format.name, layout, rate)
            for item in (frame, None):
                for piece in convert.resample(item):
                    out.mux(stream.encode(piece))
            out.mux(stream.encode(None))
        data.seek(0)
        back = av.AudioResampler("fltp", layout, RATE)
        with av.open(data, "r") as source:
            frames = source.decode(source.streams.audio[0])
            parts = [p.to_ndarray() for f in frames for p in back.resample(f)]
        parts += [p.to_ndarray() for p in back.resample(None)]
        return np.asarray(np.concatenate(parts, axis=1), np.float32)

    return attack


def through(rate: int) -> Change:
    """To another sample rate and back."""
    return lambda samples: resampled(resampled(samples, RATE, rate), rate, RATE)


def volume(decibel: float) -> Change:
    """Louder or softer; what no longer fits is clipped."""
    return lambda samples: np.clip(samples * np.float32(10 ** (decibel / 20)), -1.0, 1.0)


def equalised(*points: tuple[float, float]) -> Change:
    """A gain curve through (Hz, dB) points, straight over the logarithm of frequency, with linear phase."""

    def attack(samples: Sound) -> Sound:
        length = samples.shape[1]
        frequency = np.fft.rfftfreq(length, 1 / RATE)
        curve = np.interp(
            np.log(np.maximum(frequency, 1.0)), [np.log(f) for f, _ in points], [d for _, d in points]
        )
        spectrum = np.fft.rfft(samples, axis=1) * 10 ** (curve / 20)
        return np.clip(np.fft.irfft(spectrum, length, axis=1), -1.0, 1.0).astype(np.float32)

    return attack


def mono(samples: Sound) -> Sound:
    """The mean of all channels."""
    return np.asarray(samples.mean(axis=0, keepdims=True), np.float32)


def noisy(snr_db: float) -> Change:
    """White noise of this many dB below the sound's mean power."""

    def attack(samples: Sound) -> Sound:
        level = float(np.sqrt(np.mean(samples.astype(np.float64) ** 2))) * 10 ** (-snr_db / 20)
        noise = np.random.default_rng(7).normal(0.0, level, samples.shape)
        return np.clip(samples + noise, -1.0, 1.0).astype(np.float32)

    return attack


def trimmed(seconds: float, where: float) -> Change:
    """Only ``seconds`` of it, starting at the share ``where`` (0..1) of what can be left out before them."""

    def attack(samples: Sound) -> Sound:
        keep = min(round(seconds * RATE), samples.shape[1])
        first = round((samples.shape[1] - keep) * where)
        return samples[:, first : first + keep]

    return attack


def faster(factor: float) -> Change:
    """Played faster and higher, as a tape."""
    return lambda samples: resampled(samples, RATE, round(RATE / factor))


def tempo(factor: float) -> Change:
    """Played faster at its own pitch, by libavfilter's ``atempo`` (waveform similarity overlap-add)."""

    def attack(samples: Sound) -> Sound:
        layout = "stereo" if len(samples) == 2 else "mono"
        graph = Graph()
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

    return attack


def cut(seconds: float, every: float) -> Change:
    """Leaves out ``seconds`` of every ``every`` seconds."""

    def attack(samples: Sound) -> Sound:
        t = np.arange(samples.shape[1]) / RATE
        return np.ascontiguousarray(samples[:, (t + every / 2) % every >= seconds])

    return attack


def cut_once(seconds: float) -> Change:
    """Leaves out ``seconds`` in the middle."""

    def attack(samples: Sound) -> Sound:
        half, gap = samples.shape[1] // 2, round(seconds * RATE / 2)
        return np.concatenate([samples[:, : half - gap], samples[:, half + gap :]], axis=1)

    return attack


def loudness(lufs: float) -> Change:
    """To a loudness by ITU-R BS.1770 with a true peak of -1 dB at most, as platforms do it."""
    return lambda samples: normalise(samples, lufs, -1.0)


def compressed(samples: Sound) -> Sound:
    """Ratio 3:1 above -24 dBFS with 10 ms, released over 150 ms, then 6 dB louder and limited."""
    block = 240
    count = samples.shape[1] // block
    peak = np.abs(samples[:, : count * block]).reshape(len(samples), count, block).max(axis=(0, 2))
    wanted = np.minimum(0.0, (-24.0 - 20 * np.log10(np.maximum(peak, 1e-6))) * 2 / 3)
    gain, now = np.zeros(count), 0.0
    for i, w in enumerate(wanted):
        now += (w - now) * (0.4 if w < now else block / RATE / 0.15)
        gain[i] = now
    curve = np.interp(np.arange(samples.shape[1]), np.arange(count) * block + block / 2, gain)
    return limit((samples * 10 ** ((curve + 6) / 20)).astype(np.float32), -1.0)


def echoing(samples: Sound) -> Sound:
    """In a room: noise that decays by 60 dB in 0.4 s, 6 dB below the direct sound, the same for all channels."""
    t = np.arange(round(0.4 * RATE)) / RATE
    room = np.random.default_rng(5).normal(0, 1, len(t)) * 10 ** (-3 * t / 0.4)
    room *= 10 ** (-6 / 20) / np.sqrt(np.sum(room**2))
    room[0] = 1.0
    size = samples.shape[1] + len(room)
    spectrum = np.fft.rfft(samples, size, axis=1) * np.fft.rfft(room, size)
    heard = np.fft.irfft(spectrum, size, axis=1)[:, : samples.shape[1]]
    return (heard / max(1.0, float(np.abs(heard).max()))).astype(np.float32)


def jittered(decibel: float) -> Change:
    """Levels changed at random by up to ``decibel``, in cells as large as the mark's: its like without the key."""

    def attack(samples: Sound) -> Sound:
        size, hop = 2048, 1024
        window = np.sqrt(np.hanning(size + 1)[:-1])
        count = samples.shape[1] // hop + 1
        gains = np.random.default_rng(6).uniform(-decibel, decibel, (count // 2 + 1, 154))
        factor = 10 ** (gains / 20).repeat(2, axis=0).repeat(7, axis=1)[:, : size // 2 + 1]
        factor = np.pad(factor, ((0, 0), (0, size // 2 + 1 - factor.shape[1])), mode="edge")
        padded = np.pad(samples, ((0, 0), (hop, 2 * size)))
        out = np.zeros(padded.shape)
        for i in range(count):
            part = slice(i * hop, i * hop + size)
            spectrum = np.fft.rfft(padded[:, part] * window, axis=1) * factor[i]
            out[:, part] += np.fft.irfft(spectrum, size, axis=1) * window
        return np.clip(out[:, hop : hop + samples.shape[1]], -1.0, 1.0).astype(np.float32)

    return attack


def higher(factor: float) -> Change:
    """Another pitch at the same tempo."""
    return chain(faster(factor), tempo(1 / factor))


def chain(*attacks: Change) -> Change:
    """One after the other."""

    def attack(samples: Sound) -> Sound:
        for each in attacks:
            samples = each(samples)
        return samples

    return attack


_AAC_96 = coded("aac", "mp4", 96_000)
_AAC_64 = coded("aac", "mp4", 64_000)
_OPUS_48 = coded("libopus", "ogg", 48_000)
_MP3_128 = coded("libmp3lame", "mp3", 128_000)

_LIST = [
    Attack("none", "none", lambda samples: samples),
    Attack("AAC 128", "codec", coded("aac", "mp4", 128_000)),
    Attack("AAC 96", "codec", _AAC_96),
    Attack("AAC 64", "codec", _AAC_64),
    Attack("Opus 48", "codec", _OPUS_48),
    Attack("MP3 128", "codec", _MP3_128),
    Attack("44.1 kHz and back", "sample rate", through(44_100)),
    Attack("32 kHz and back", "sample rate", through(32_000)),
    Attack("22.05 kHz and back", "sample rate", through(22_050)),
    Attack("+6 dB, clipped", "volume", volume(6)),
    Attack("-6 dB", "volume", volume(-6)),
    Attack("-14 LUFS", "volume", loudness(-14)),
    Attack("-23 LUFS", "volume", loudness(-23)),
    Attack("bass +6 dB, treble -6 dB", "equaliser", equalised((100, 6), (1000, 0), (8000, -6))),
    Attack("bass -6 dB, treble +6 dB", "equaliser", equalised((100, -6), (1000, 0), (8000, 6))),
    Attack("middle -8 dB", "equaliser", equalised((300, 0), (1500, -8), (7000, 0))),
    Attack("mono", "mono", mono),
    Attack("noise 20 dB below", "noise", noisy(20)),
    Attack("first 5 s", "trim", trimmed(5, 0.0)),
    Attack("5 s at 1/3", "trim", trimmed(5, 1 / 3)),
    Attack("5 s at 2/3", "trim", trimmed(5, 2 / 3)),
    Attack("last 5 s", "trim", trimmed(5, 1.0)),
    Attack("4 % faster", "speed", faster(1.04)),
    Attack("4 % slower", "speed", faster(0.96)),
    Attack("2.3 % faster", "speed", faster(1.023)),
    Attack("24 to 25 pictures", "speed", faster(25 / 24)),
    Attack("tempo +4 %", "speed", tempo(1.04)),
    Attack("tempo -4 %", "speed", tempo(0.96)),
    Attack("tempo -1.7 %", "speed", tempo(0.983)),
    Attack("500 ms cut out once", "cuts", cut_once(0.5)),
    Attack("500 ms of every 4 s cut out", "cuts", cut(0.5, 4.0)),
    Attack("5 s, AAC 64", "chain", chain(trimmed(5, 0.4), _AAC_64)),
    Attack("5 s, Opus 48", "chain", chain(trimmed(5, 0.4), _OPUS_48)),
    Attack("5 s, 4 % faster, AAC 96", "chain", chain(trimmed(5, 0.4), faster(1.04), _AAC_96)),
    Attack("4 % slower, AAC 96", "chain", chain(faster(0.96), _AAC_96)),
    Attack("tempo +4 %, MP3 128", "chain", chain(tempo(1.04), _MP3_128)),
    Attack("AAC 96, then AAC 96", "chain", chain(_AAC_96, _AAC_96)),
    Attack("MP3 128, then Opus 48", "chain", chain(_MP3_128, _OPUS_48)),
    Attack("-14 LUFS, 44.1 kHz AAC 96", "chain", chain(loudness(-14), coded("aac", "mp4", 96_000, 44_100))),
    Attack("compressed 3:1, AAC 128", "chain", chain(compressed, coded("aac", "mp4", 128_000))),
    Attack("mono, AAC 48", "chain", chain(mono, coded("aac", "mp4", 48_000))),
    Attack("500 ms of every 4 s, AAC 96", "chain", chain(cut(0.5, 4.0), _AAC_96)),
    Attack("noise 26 dB below, AAC 64", "chain", chain(noisy(26), _AAC_64)),
    Attack("noise 12 dB below", "beyond", noisy(12)),
    Attack("noise 6 dB below", "beyond", noisy(6)),
    Attack("telephone band", "beyond", equalised((200, -60), (300, 0), (3400, 0), (4000, -60))),
    Attack("3.2 s", "beyond", trimmed(3.2, 0.5)),
    Attack("Opus 24", "beyond", coded("libopus", "ogg", 24_000)),
    Attack("AAC 32 mono", "beyond", chain(mono, coded("aac", "mp4", 32_000))),
    Attack("echo of a room", "beyond", echoing),
    Attack("random levels, 4 dB", "beyond", jittered(4)),
    Attack("500 ms of every 2 s cut out", "beyond", cut(0.5, 2.0)),
    Attack("7 % faster", "beyond", faster(1.07)),
    Attack("pitch +3 %, same tempo", "beyond", higher(1.03)),
]
ATTACKS = {attack.name: attack for attack in _LIST}
