# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What happens to an ad outside: a platform's re-encode, a user's cut, a forger's hand.

Real re-encodes with libav, not simulations of them: decode → filter → H.264 and AAC, every metadata field dropped.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

from adseal.errors import AdsealError


def reencode(source: Path, target: Path) -> None:
    """As a platform serves it: short side 720, H.264 CRF 28, 24 fps, AAC 96 kbit/s, metadata gone."""
    transcode(source, target, "scale='if(lt(iw,ih),720,-2)':'if(lt(iw,ih),-2,720)',fps=24", fps=24, crf=28)


def trim_and_crop(source: Path, target: Path) -> None:
    """As a user reposts it: 1.0 s to 4.6 s, a fifth of each side cut away off-centre, CRF 23."""
    cut = "crop=trunc(iw*0.8/2)*2:trunc(ih*0.8/2)*2:trunc(iw*0.07/2)*2:trunc(ih*0.12/2)*2"
    transcode(source, target, cut, fps=30, crf=23, start_s=1.0, end_s=4.6)


def tamper(source: Path, target: Path) -> None:
    """As a forger does who keeps the credential: 64 bytes of the coded picture overwritten."""
    data = bytearray(source.read_bytes())
    start = data.rindex(b"mdat") + (len(data) - data.rindex(b"mdat")) // 2
    data[start : start + 64] = bytes(b ^ 0x55 for b in data[start : start + 64])
    target.write_bytes(data)


def transcode(
    source: Path,
    target: Path,
    filters: str,
    *,
    fps: int,
    crf: int,
    start_s: float = 0.0,
    end_s: float = 1e9,
) -> None:
    """Decode `source`, run `filters` (libavfilter syntax) on the picture, encode to `target` without metadata.

    Raises:
        AdsealError: libav refused.
    """
    import av

    try:
        with (
            av.open(str(source)) as given,
            av.open(str(target), "w", options={"movflags": "faststart"}) as made,
        ):
            video = given.streams.video[0]
            sound = next(iter(given.streams.audio), None)
            pictures = _filtered(_between(given, video, start_s, end_s), filters, video)
            first = next(pictures)
            out = made.add_stream("libx264", rate=fps, options={"crf": str(crf), "preset": "veryfast"})
            out.width, out.height, out.pix_fmt = first.width, first.height, "yuv420p"
            heard = made.add_stream("aac", rate=48000, layout="stereo") if sound else None
            if heard is not None:
                heard.bit_rate = 96_000
            for number, picture in enumerate(chain((first,), pictures)):
                picture.pts, picture.time_base, picture.pict_type = number, Fraction(1, fps), 0
                made.mux(out.encode(picture))
            made.mux(out.encode(None))
            if sound is not None and heard is not None:
                given.seek(0)
                _copy_sound(_between(given, sound, start_s, end_s), made, heard)
    except (av.FFmpegError, OSError, StopIteration) as error:
        raise AdsealError(f"could not re-encode {source.name}: {error}") from error


def _between(container: Any, stream: Any, start_s: float, end_s: float) -> Iterator[Any]:
    for frame in container.decode(stream):
        if frame.time is None or frame.time < start_s:
            continue
        if frame.time >= end_s:
            return
        yield frame


def _filtered(frames: Iterator[Any], filters: str, stream: Any) -> Iterator[Any]:
    """Push frames through a libavfilter chain."""
    import av
    from av.filter import Graph

    graph = Graph()
    nodes = [graph.add_buffer(template=stream)]
    for text in _split(filters):
        name, _, arguments = text.partition("=")
        nodes.append(graph.add(name, arguments))
    nodes.append(graph.add("buffersink"))
    for before, after in pairwise(nodes):
        before.link_to(after)
    graph.configure()
    for frame in chain(frames, (None,)):
        graph.push(frame)
        while True:
            try:
                yield graph.pull()
            except (av.BlockingIOError, av.EOFError):
                break


def _split(filters: str) -> list[str]:
    """Split a filter chain at commas outside quotes."""
    parts, quoted, current = [], False, ""
    for letter in filters:
        quoted ^= letter == "'"
        if letter == "," and not quoted:
            parts.append(current)
            current = ""
        else:
            current += letter
    return [*parts, current]


def _copy_sound(frames: Iterator[Any], made: Any, stream: Any) -> None:
    from av.audio.resampler import AudioResampler

    resampler = AudioResampler(format="fltp", layout="stereo", rate=48000)
    position = 0
    for frame in chain(frames, (None,)):
        for piece in resampler.resample(frame):
            piece.pts, piece.time_base = position, Fraction(1, 48000)
            position += piece.samples
            made.mux(stream.encode(piece))
    made.mux(stream.encode(None))
