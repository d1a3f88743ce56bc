# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The one encode and reading back: lengths, tags, order of the file, and no file after a failure."""

import errno
import resource
import signal
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from adseal_generator import footage
from adseal_generator.encode import RATE, encode, read_frames, read_sound48k
from adseal_generator.errors import EncodeError, GenerationCancelled
from adseal_generator.frames import YuvFrame, rgb_to_yuv, yuv_to_rgb

WIDTH, HEIGHT = 192, 128
CORNERS = ((200, 40, 40), (40, 180, 60), (50, 60, 200), (220, 210, 60))


def corners() -> NDArray[np.uint8]:
    """Four coloured quarters: red, green / blue, yellow."""
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    for n, colour in enumerate(CORNERS):
        rows, columns = slice(n // 2 * 64, n // 2 * 64 + 64), slice(n % 2 * 96, n % 2 * 96 + 96)
        picture[rows, columns] = colour
    return picture


def counted(frames: int) -> Iterator[YuvFrame]:
    """Frames whose brightness tells their number."""
    for n in range(frames):
        yield YuvFrame(
            np.full((HEIGHT, WIDTH), 20 + 2 * n, np.uint8),
            np.full((HEIGHT // 2, WIDTH // 2), 120, np.uint8),
            np.full((HEIGHT // 2, WIDTH // 2), 140, np.uint8),
        )


def tone(seconds: float) -> NDArray[np.float32]:
    return (0.4 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)[None]


def made(path: Path, frames: int = 12, **changes: object) -> Path:
    given = {"width": WIDTH, "height": HEIGHT, "fps": 30, "sound": None} | changes
    encode(path, counted(frames), **given)  # type: ignore[arg-type]
    return path


@pytest.mark.parametrize("fps", [24, 30, Fraction(30000, 1001), Fraction(25, 2)])
@pytest.mark.parametrize("sound_s", [0.3, 9.0])
def test_picture_and_sound_have_exactly_the_same_length(
    tmp_path: Path, fps: Fraction | int, sound_s: float
) -> None:
    done = encode(tmp_path / "ad.mp4", counted(47), width=WIDTH, height=HEIGHT, fps=fps, sound=tone(sound_s))
    assert done.frames == 47
    assert done.duration_s == pytest.approx(47 / fps)
    with av.open(str(done.path)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert video.frames == sum(1 for _ in container.decode(video=0)) == 47
        assert video.average_rate == fps
        assert video.start_time == audio.start_time == 0
        assert float(video.duration * video.time_base) == pytest.approx(47 / fps, abs=1e-4)
        assert audio.duration * audio.time_base == pytest.approx(47 / fps, abs=1 / RATE)


def test_the_file_is_tagged_as_players_and_platforms_expect(tmp_path: Path) -> None:
    path = made(tmp_path / "ad.mp4", sound=tone(1))
    with av.open(str(path)) as container:
        context, audio = container.streams.video[0].codec_context, container.streams.audio[0].codec_context
        assert (context.name, context.profile, context.pix_fmt) == ("h264", "High", "yuv420p")
        assert (context.colorspace, context.color_primaries, context.color_trc) == (1, 1, 1)
        assert context.color_range == 1
        assert (audio.name, audio.sample_rate, audio.layout.name) == ("aac", 48_000, "stereo")
    data = path.read_bytes()
    assert 0 < data.find(b"moov") < data.find(b"mdat")


def test_every_two_seconds_a_player_can_jump_in(tmp_path: Path) -> None:
    path = made(tmp_path / "ad.mp4", frames=100, fps=10)
    with av.open(str(path)) as container:
        times = [float(p.pts * p.time_base) for p in container.demux(video=0) if p.size and p.is_keyframe]
    assert times[0] == 0
    assert max(b - a for a, b in zip([*times, 10.0], [*times[1:], 10.0], strict=False)) <= 2.0


def test_all_metadata_keys_are_kept(tmp_path: Path) -> None:
    tags = {"AIGC": '{"Label":"1","ContentProducer":"x"}', "title": "Größe – 咖啡"}
    with av.open(str(made(tmp_path / "ad.mp4", metadata=tags))) as container:
        assert {k: container.metadata[k] for k in tags} == tags


def test_colours_and_sound_survive_the_way_there_and_back(tmp_path: Path) -> None:
    frame = rgb_to_yuv(corners())
    sound = np.concatenate([tone(1), 0.5 * tone(1)])
    path = tmp_path / "ad.mp4"
    encode(path, [frame] * 30, width=WIDTH, height=HEIGHT, fps=30, sound=sound, crf=12)
    back = list(read_frames(path))
    assert len(back) == 30
    for row, column, colour in ((30, 45, 0), (30, 145, 1), (100, 45, 2), (100, 145, 3)):
        assert np.abs(yuv_to_rgb(back[7])[row, column].astype(int) - CORNERS[colour]).max() <= 4
    heard = read_sound48k(path)
    assert heard is not None
    assert heard.shape == (2, RATE)
    for side in (0, 1):  # same sides, same place to the sample
        shifts = range(-30, 31)
        alike = [float(heard[side, 4000 + n : 44000 + n] @ sound[side, 4000:44000]) for n in shifts]
        assert shifts[int(np.argmax(alike))] == 0
        assert heard[side].std() == pytest.approx(sound[side].std(), rel=0.1)


def test_one_channel_is_heard_on_both_sides(tmp_path: Path) -> None:
    heard = read_sound48k(made(tmp_path / "ad.mp4", frames=15, sound=tone(1)))
    assert heard is not None
    assert np.allclose(heard[0], heard[1], atol=0.02)


def test_a_video_without_sound_reads_as_none(tmp_path: Path) -> None:
    assert read_sound48k(made(tmp_path / "ad.mp4")) is None


def nothing_left(folder: Path) -> bool:
    return not list(folder.iterdir())


def test_frames_that_fail_leave_no_file_and_name_the_cause(tmp_path: Path) -> None:
    def failing() -> Iterator[YuvFrame]:
        yield from counted(40)
        raise ZeroDivisionError("the model broke")

    with pytest.raises(EncodeError, match="the model broke") as caught:
        encode(tmp_path / "ad.mp4", failing(), width=WIDTH, height=HEIGHT, fps=30, sound=tone(2))
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert caught.value.code == "frames_failed"
    assert nothing_left(tmp_path)


@pytest.mark.parametrize("stop", [GenerationCancelled("stop"), KeyboardInterrupt()])
def test_who_stops_the_work_is_not_told_of_an_encoding_error(tmp_path: Path, stop: BaseException) -> None:
    def stopped() -> Iterator[YuvFrame]:
        yield from counted(3)
        raise stop

    with pytest.raises(type(stop)):
        encode(tmp_path / "ad.mp4", stopped(), width=WIDTH, height=HEIGHT, fps=30, sound=None)
    assert nothing_left(tmp_path)


def noisy(frames: int) -> Iterator[YuvFrame]:
    random = np.random.default_rng(0)
    half = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    for _ in range(frames):
        yield YuvFrame(random.integers(16, 236, (HEIGHT, WIDTH), dtype=np.uint8), half, half)


@pytest.mark.parametrize("allowed", [4_000, 300_000])
def test_a_full_disk_is_named_and_leaves_no_file(tmp_path: Path, allowed: int) -> None:
    # A file size limit makes the kernel refuse the write in the middle, as a full disk does.
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (allowed, before[1]))
    try:
        with pytest.raises(EncodeError) as caught:
            encode(tmp_path / "ad.mp4", noisy(60), width=WIDTH, height=HEIGHT, fps=30, sound=None)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert (caught.value.code, caught.value.retryable) == ("disk_full", True)
    assert isinstance(caught.value.__cause__, OSError)
    assert caught.value.__cause__.errno in (errno.EFBIG, errno.ENOSPC)
    assert nothing_left(tmp_path)


def test_folders_that_cannot_be_written_are_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for path in (tmp_path / "absent" / "ad.mp4", tmp_path / "file" / "ad.mp4", Path("/proc/ad.mp4")):
        with pytest.raises(EncodeError) as caught:
            made(path)
        assert caught.value.code == "not_writable"
        assert str(path) in str(caught.value)


def test_a_failed_encode_does_not_touch_the_file_that_was_there(tmp_path: Path) -> None:
    path = made(tmp_path / "ad.mp4")
    before = path.read_bytes()
    with pytest.raises(EncodeError):
        encode(path, iter([]), width=WIDTH, height=HEIGHT, fps=30, sound=None)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"width": 191}, "odd_size"),
        ({"height": 64}, "frame_size"),
        ({"fps": 0}, "bad_rate"),
        ({"sound": np.zeros(100, np.float32)}, "bad_sound"),
        ({"sound": np.full((2, 100), np.inf, np.float32)}, "bad_sound"),
        ({"sound": np.zeros((1, 100), np.float32), "sample_rate": 44100}, "bad_sound"),
        ({"frames": 0}, "no_frames"),
    ],
)
def test_impossible_jobs_are_refused(tmp_path: Path, changes: dict[str, object], code: str) -> None:
    with pytest.raises(EncodeError) as caught:
        made(tmp_path / "ad.mp4", **changes)  # type: ignore[arg-type]
    assert caught.value.code == code
    assert nothing_left(tmp_path)


def foreign(path: Path, pix_fmt: str, codec: str, matrix: int, *, full: bool) -> Path:
    """The four corners in another pixel format, matrix and range, as other programs write them."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, pix_fmt
        stream.codec_context.colorspace = matrix
        stream.codec_context.color_range = 2 if full else 1
        if codec == "libx264":
            stream.options = {"crf": "8"}
        for n in range(5):
            frame = av.VideoFrame.from_ndarray(corners(), format="rgb24").reformat(
                format=pix_fmt, dst_colorspace=matrix, dst_color_range=2 if full else 1
            )
            frame.pts = n
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(
    ("name", "source", "full"),
    [
        ("a.mp4", ("yuv420p", "libx264", 1), False),
        ("b.mp4", ("yuv444p", "libx264", 1), False),
        ("c.mp4", ("yuv420p", "libx264", 5), False),
        ("d.mp4", ("yuvj420p", "libx264", 1), True),
        ("e.mkv", ("yuv422p10le", "libx264", 1), False),
        ("f.avi", ("bgr0", "ffv1", 1), False),
    ],
)
def test_footage_of_any_pixel_format_comes_in_with_its_colours(
    tmp_path: Path, name: str, source: tuple[str, str, int], full: bool
) -> None:
    frames = list(read_frames(foreign(tmp_path / name, *source, full=full)))
    assert len(frames) == 5
    picture = yuv_to_rgb(frames[2]).astype(int)
    for row, column, colour in ((30, 45, 0), (30, 145, 1), (100, 45, 2), (100, 145, 3)):
        assert np.abs(picture[row, column] - CORNERS[colour]).max() <= 6


def turned(path: Path, degrees: int) -> Path:
    """The same file with a rotation in its track header, as telephones write it."""
    data = bytearray(path.read_bytes())
    at = data.find(b"tkhd") + 4 + 40  # version 0: the matrix begins 40 bytes into the box's content
    one, minus = (1 << 16).to_bytes(4, "big"), (-(1 << 16)).to_bytes(4, "big", signed=True)
    zero, last = b"\0" * 4, (1 << 30).to_bytes(4, "big")
    cells = {90: (zero, one, minus, zero), 180: (minus, zero, zero, minus), 270: (zero, minus, one, zero)}
    a, b, c, d = cells[degrees]
    data[at : at + 36] = a + b + zero + c + d + zero + zero + zero + last
    out = path.with_name(f"turned{degrees}.mp4")
    out.write_bytes(data)
    return out


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_telephone_video_stands_upright(tmp_path: Path, degrees: int) -> None:
    path = tmp_path / "ad.mp4"
    encode(path, [rgb_to_yuv(corners())] * 4, width=WIDTH, height=HEIGHT, fps=30, sound=None, crf=10)
    path = turned(path, degrees)
    want = np.rot90(corners(), -degrees // 90)  # shown turned clockwise
    info = footage.footage_info(path)
    frames = list(read_frames(path))
    assert (info.height, info.width) == want.shape[:2] == (frames[0].height, frames[0].width)
    middle = np.s_[20::60, 20::60]
    assert np.abs(yuv_to_rgb(frames[1])[middle].astype(int) - want[middle]).max() <= 12


def test_variable_frame_rate_becomes_constant_without_losing_time(tmp_path: Path) -> None:
    path = tmp_path / "vfr.mp4"
    moments = [0, 1, 2, 3, 10, 11, 12, 20, 21, 29]  # in 1/30 s
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 30)
        for n, moment in enumerate(moments):
            grey = np.full((HEIGHT, WIDTH, 3), 20 * n + 20, np.uint8)
            frame = av.VideoFrame.from_ndarray(grey, format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = moment, Fraction(1, 30)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    info = footage.footage_info(path)
    frames = list(read_frames(path))
    assert len(frames) / info.fps == pytest.approx(1.0, abs=1.5 / float(info.fps))
    greys = [int(frame.y.mean()) for frame in frames]
    assert greys == sorted(greys)


def test_uneven_sides_are_trimmed_and_not_refused(tmp_path: Path) -> None:
    path = tmp_path / "odd.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 65, 49, "yuv444p"
        frame = av.VideoFrame.from_ndarray(np.full((49, 65, 3), 90, np.uint8), format="rgb24")
        container.mux(stream.encode(frame.reformat(format="yuv444p")))
        container.mux(stream.encode(None))
    (frame_read,) = read_frames(path)
    assert (frame_read.width, frame_read.height) == (64, 48)


@pytest.mark.parametrize("content", [b"", b"just words, no video", b"\0\0\0\x18ftypisom" + b"\0" * 40])
def test_what_is_no_video_is_an_error_with_a_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    for read in (footage.footage_info, lambda p: list(read_frames(p)), read_sound48k):
        with pytest.raises(EncodeError, match=r"clip\.mp4"):
            read(path)


def test_a_cut_off_video_is_an_error_not_a_shorter_ad(tmp_path: Path) -> None:
    data = made(tmp_path / "ad.mp4", frames=90).read_bytes()
    (tmp_path / "cut.mp4").write_bytes(data[: len(data) // 3])
    with pytest.raises(EncodeError):
        list(read_frames(tmp_path / "cut.mp4"))


def test_memory_stays_bounded_however_long_the_ad(tmp_path: Path) -> None:
    taken: list[int] = []

    def watched() -> Iterator[YuvFrame]:
        for n in range(120):
            if n in (50, 119):
                taken.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
            half = np.full((360, 640), 128, np.uint8)
            yield YuvFrame(np.full((720, 1280), 16 + n, np.uint8), half, half.copy())

    job = {"width": 1280, "height": 720, "fps": 30, "sound": tone(4), "preset": "ultrafast"}
    encode(tmp_path / "ad.mp4", watched(), **job)  # type: ignore[arg-type]
    assert taken[1] - taken[0] < 40_000  # kB; the 69 frames in between are 95 MB
