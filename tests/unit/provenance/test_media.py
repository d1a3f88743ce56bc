# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Reading media: whole files are read, damaged ones as far as they go, hostile ones refused in time."""

import struct
import time
from pathlib import Path

import av
import numpy as np
import pytest
from watermark_clips import ad, encode, music

from adseal_provenance.errors import MediaError
from adseal_provenance.reading.frames import coded_frames, luma_frames
from adseal_provenance.reading.media import Limits, ReadNotes, probe, read_sound


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    frames = ad(width=320, height=180, seconds=3.0)
    return encode(tmp_path_factory.mktemp("clip") / "ad.mp4", frames, sound=music(3.0))


def code_of(path: Path, limits: Limits | None = None) -> str:
    with pytest.raises(MediaError) as caught:
        list(luma_frames(path, limits))
    return caught.value.code


def test_a_clip_is_described_and_read(clip: Path) -> None:
    info = probe(clip)
    assert (info.width, info.height, info.fps, info.video_codec) == (320, 180, 12.0, "h264")
    assert (info.audio_codec, info.audio_rate, info.audio_channels) == ("aac", 48_000, 2)
    frames = list(luma_frames(clip))
    assert len(frames) == 36
    assert [round(t, 3) for t, _ in frames[:3]] == [0.0, 0.083, 0.167]
    assert np.abs(frames[0][1].astype(int) - next(ad(width=320, height=180))).mean() < 3
    sound = read_sound(clip)
    assert sound is not None
    assert sound.dtype == np.float32
    assert sound.shape == (2, pytest.approx(3 * 48_000, abs=3_000))


def test_frames_come_smaller_and_fewer_when_asked(clip: Path) -> None:
    frames = list(luma_frames(clip, short_side=90, per_second=4))
    assert frames[0][1].shape == (90, 160)
    assert len(frames) == pytest.approx(12, abs=1)


def test_a_clip_without_sound_has_none(tmp_path: Path) -> None:
    assert read_sound(encode(tmp_path / "mute.mp4", ad(width=160, height=90, seconds=0.5))) is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"this is not a video at all\n" * 50,
        b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
        b"ffconcat version 1.0\nfile '/etc/passwd'\n",
        b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00" * 400,
        bytes(range(256)) * 40,
    ],
    ids=["empty", "text", "playlist", "concat", "only ftyp", "noise"],
)
def test_what_is_no_video_is_refused_as_unreadable(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    assert code_of(path) in ("unreadable", "no_video")
    with pytest.raises(MediaError):
        probe(path)
    with pytest.raises(MediaError):
        read_sound(path)


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    assert code_of(tmp_path / "nowhere.mp4") == "not_found"
    assert code_of(tmp_path) == "unreadable"


def test_a_file_with_sound_only_has_no_video(tmp_path: Path) -> None:
    path = tmp_path / "sound.m4a"
    with av.open(str(path), "w", format="mp4") as out:
        stream = out.add_stream("aac", rate=48_000, layout="stereo")
        frame = av.AudioFrame.from_ndarray(music(1.0), "fltp", "stereo")
        frame.sample_rate = 48_000
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    assert code_of(path) == "no_video"
    assert read_sound(path) is not None


def test_a_cut_off_file_is_read_as_far_as_it_goes_and_says_so(tmp_path: Path) -> None:
    whole = tmp_path / "whole.mkv"
    encode(whole, ad(width=320, height=180, seconds=3.0))
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    notes = ReadNotes()
    frames = list(luma_frames(cut, notes=notes))
    assert 0 < len(frames) < 36
    mp4 = tmp_path / "cut.mp4"
    mp4.write_bytes(encode(tmp_path / "w.mp4", ad(width=320, height=180, seconds=1.0)).read_bytes()[:-3000])
    try:
        list(luma_frames(mp4))
    except MediaError as error:
        assert error.code == "unreadable"


def test_bytes_overwritten_in_the_middle_do_not_raise_once_frames_were_read(
    clip: Path, tmp_path: Path
) -> None:
    data = bytearray(clip.read_bytes())
    middle = data.index(b"mdat") + (len(data) - data.index(b"mdat")) // 2
    data[middle : middle + 4000] = np.random.default_rng(0).bytes(4000)
    path = tmp_path / "hurt.mp4"
    path.write_bytes(data)
    assert len(list(luma_frames(path))) > 3
    read_sound(path)


def test_limits_on_bytes_pixels_and_time_hold(clip: Path) -> None:
    assert code_of(clip, Limits(max_bytes=100)) == "too_large"
    assert code_of(clip, Limits(max_pixels=320 * 100)) == "too_many_pixels"
    notes = ReadNotes()
    assert len(list(luma_frames(clip, Limits(max_seconds=1.0), notes=notes))) == pytest.approx(12, abs=1)
    assert "1 s" in notes.notes[0]
    short = read_sound(clip, Limits(max_seconds=1.0))
    assert short is not None
    assert short.shape[1] < 1.2 * 48_000


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + kind + body


def test_files_made_of_countless_or_deeply_nested_boxes_are_refused_quickly(tmp_path: Path) -> None:
    flat, deep = tmp_path / "flat.mp4", tmp_path / "deep.mp4"
    flat.write_bytes(box(b"ftyp", b"mp42") + box(b"free", b"") * 200_000)
    nested = b""
    for _ in range(3000):
        nested = box(b"udta", nested)
    deep.write_bytes(box(b"ftyp", b"mp42") + box(b"moov", nested))
    for path in (flat, deep):
        began = time.monotonic()
        assert code_of(path) == "too_complex"
        assert time.monotonic() - began < 10


def test_frames_say_how_much_of_the_file_they_are_and_whether_they_stand_alone(clip: Path) -> None:
    frames = list(coded_frames(clip))
    assert frames[0].intra
    assert sum(frame.intra for frame in frames) < len(frames) / 4
    assert all(frame.coded_bytes > 0 for frame in frames)
    assert sum(frame.coded_bytes for frame in frames) < clip.stat().st_size
    assert frames[0].coded_bytes == max(frame.coded_bytes for frame in frames)


def test_frames_that_stand_alone_are_looked_at_even_when_they_are_not_due(tmp_path: Path) -> None:
    path = tmp_path / "groups.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        stream.options = {"g": "30", "sc_threshold": "0"}
        for i in range(100):
            picture = np.random.default_rng(i // 3).integers(0, 255, (96, 160, 3), np.uint8)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        out.mux(stream.encode(None))
    frames = list(coded_frames(path, per_second=0.5))
    assert [round(frame.t_s, 2) for frame in frames if frame.intra] == [0.0, 1.2, 2.4, 3.6]
