# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Pictures of a received file for people: taken in the worker, of the right moments, turned as a player turns them."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.provenance_kit import make_mp4

from adseal_provenance.examination import examine
from adseal_provenance.examination.examine import examine_keyframes
from adseal_provenance.likeness.place import Place, seen_at
from adseal_provenance.reading.media import Limits
from adseal_provenance.verdicts.evidence import KeyFrames


def taken(path: Path, **options: Any) -> KeyFrames:
    return examine_keyframes(path.absolute(), limits=Limits(), **options)


def decoded(jpeg: bytes) -> NDArray[np.uint8]:
    import cv2

    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return np.asarray(picture, np.uint8)


def colour_clock(path: Path, seconds: int = 12) -> Path:
    """A video that is as bright as it is late, with a key frame only every four seconds."""
    import av

    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=10, options={"g": "40", "sc_threshold": "0"})
        video.width, video.height, video.pix_fmt = 160, 96, "yuv420p"
        for number in range(seconds * 10):
            picture = np.full((96, 160, 3), number * 2, np.uint8)
            out.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        out.mux(video.encode(None))
    return path


def test_pictures_are_spread_evenly_and_show_their_moment(tmp_path: Path) -> None:
    path = colour_clock(tmp_path / "clock.mp4")
    far = taken(path, count=3)
    assert [round(frame.t_s, 1) for frame in far.frames] == [2.0, 6.0, 10.0], (
        "leaps to key frames, then decodes on"
    )
    found = taken(path, count=4, also=[11.0, 10.0, 99.0])
    assert [round(frame.t_s, 1) for frame in found.frames][:5] == [1.5, 4.5, 7.5, 10.0, 10.5]
    for frame in (*far.frames, *found.frames):
        assert abs(float(decoded(frame.jpeg).mean()) - frame.t_s * 20) < 6, "the picture of another moment"
    assert found.reason == ""


def test_pictures_are_small_and_never_many(tmp_path: Path) -> None:
    path = make_mp4(tmp_path / "clip.mp4", height=640)
    found = taken(path, count=200)
    assert 1 < len(found.frames) <= 24
    assert max(decoded(found.frames[0].jpeg).shape) <= 360
    assert all(frame.jpeg.startswith(b"\xff\xd8") and len(frame.jpeg) < 60_000 for frame in found.frames)


@pytest.mark.parametrize(("degrees", "quarters"), [(90, 3), (180, 2), (270, 1)])
def test_a_picture_is_turned_as_a_player_turns_it(degrees: int, quarters: int, tmp_path: Path) -> None:
    import imageio_ffmpeg

    program = imageio_ffmpeg.get_ffmpeg_exe()
    plain, turned, played = (tmp_path / f"{name}.mp4" for name in ("plain", "turned", "played"))
    make_mp4(plain)
    quiet = [program, "-y", "-loglevel", "error"]
    subprocess.run([*quiet, "-display_rotation", str(degrees), "-i", plain, "-c", "copy", turned], check=True)
    subprocess.run([*quiet, "-i", turned, "-an", played], check=True)
    found, seen = taken(turned, count=1), taken(played, count=1)
    assert (found.quarters, seen.quarters) == (quarters, 0)
    ours, theirs = decoded(found.frames[0].jpeg), decoded(seen.frames[0].jpeg)
    assert ours.shape == theirs.shape
    assert float(np.abs(ours.astype(int) - theirs).mean()) < 12


def test_bars_are_told(tmp_path: Path) -> None:
    import imageio_ffmpeg

    make_mp4(tmp_path / "plain.mp4")
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error", "-i", tmp_path / "plain.mp4"]
    subprocess.run([*command, "-vf", "pad=640:180:160:0", tmp_path / "bars.mp4"], check=True)
    left, top, right, bottom = taken(tmp_path / "bars.mp4").picture
    assert (left, right) == pytest.approx((0.25, 0.75), abs=0.02) and (top, bottom) == (0.0, 1.0)
    assert taken(tmp_path / "plain.mp4").picture == (0.0, 0.0, 1.0, 1.0)


@pytest.mark.parametrize(
    "content", [b"", b"not a video" * 99, b"\0\0\0\x18ftypisom" + bytes(200)], ids=range(3)
)
def test_what_cannot_be_decoded_has_no_pictures_and_says_why(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_bytes(content)
    found = taken(tmp_path / "clip.mp4")
    assert found.frames == () and found.reason


def test_a_cut_off_file_shows_what_is_left_of_it(tmp_path: Path) -> None:
    import imageio_ffmpeg

    colour_clock(tmp_path / "clock.mp4")
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error", "-i", tmp_path / "clock.mp4"]
    subprocess.run([*command, "-c", "copy", tmp_path / "clock.mkv"], check=True)
    whole = (tmp_path / "clock.mkv").read_bytes()
    (tmp_path / "cut.mkv").write_bytes(whole[: len(whole) // 2])
    assert len(taken(tmp_path / "cut.mkv").frames) >= 1


@pytest.mark.parametrize(
    "answer",
    ["{}", '{"ok": {"frames": 7}}', '{"ok": {"quarters": 9}}', '{"ok": {"frames": [{"t_s": -1}]}}', "}{"],
)
def test_a_worker_that_answers_nonsense_gives_no_pictures(
    answer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = f"print({answer!r})"
    monkeypatch.setattr(examine, "command", lambda: [sys.executable, "-I", "-S", "-c", script])
    found = taken(tmp_path / "any.mp4")
    assert found.frames == () and "examination failed" in found.reason


# ---- where a place of the registered picture lies in the copy

IDENTITY = np.eye(3, dtype=np.float32)


def test_a_place_is_carried_through_a_crop_a_mirror_and_turns() -> None:
    box, size = (0.25, 0.5, 0.5, 0.75), (100, 100)
    assert seen_at(box, Place(1, 0, 0, IDENTITY), size, size) == box
    # the copy shows the right half: what lies at 0.5 to 0.75 is its left half
    half = np.array([[1, 0, -50], [0, 1, 0], [0, 0, 1]], np.float32)
    assert seen_at((0.5, 0.0, 0.75, 1.0), Place(1, 0, 0, half), size, (50, 100)) == (0.0, 0.0, 0.5, 1.0)
    assert seen_at((0.0, 0.0, 0.5, 1.0), Place(1, 0, 0, half), size, (50, 100)) is None, "cut away"
    assert seen_at(box, Place(1, 0, 0, IDENTITY, flipped=True), size, size) == (0.5, 0.5, 0.75, 0.75)
    broken = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 0]], np.float32)
    assert seen_at(box, Place(1, 0, 0, broken), size, size) is None


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
@pytest.mark.parametrize("flipped", [False, True])
def test_a_place_is_carried_as_pictures_are_undone(quarters: int, flipped: bool) -> None:
    from adseal_provenance.likeness.place import undo

    place = Place(1, 0, 0, IDENTITY, flipped, quarters)
    received = np.zeros((1, 40, 80), np.uint8)
    received[0, 4:12, 8:24] = 255
    upright = undo(received, place)[0]
    rows, columns = np.nonzero(upright)
    high, wide = upright.shape
    box = (columns.min() / wide, rows.min() / high, (columns.max() + 1) / wide, (rows.max() + 1) / high)
    assert seen_at(box, place, (wide, high), (wide, high)) == pytest.approx((0.1, 0.1, 0.3, 0.3), abs=1e-3)


def test_an_exchange_is_seen_where_the_copy_shows_it() -> None:
    """Cropped to its lower half, a picture has at its top what the registered one has in the middle."""
    import cv2

    from adseal_provenance.likeness.compare import compare
    from adseal_provenance.likeness.fingerprint import Fingerprint

    rng = np.random.default_rng(3)
    ground = cv2.GaussianBlur(rng.normal(128, 90, (300, 240)).astype(np.float32), (0, 0), 5)
    ground = np.clip((ground - ground.mean()) * 6 + 128, 0, 255).astype(np.uint8)

    def frame(t: float, *, forged: bool) -> NDArray[np.uint8]:
        picture = np.roll(ground, round(20 * t), axis=1).copy()
        cv2.putText(
            picture, "19.90" if not forged else "49.50", (60, 190), 0, 1.4, 255 if not forged else 0, 6
        )
        return np.asarray(picture, np.uint8)

    registered = Fingerprint.of((n / 8, frame(n / 8, forged=False)) for n in range(40)).for_record()
    received = Fingerprint.of((n / 8, frame(n / 8, forged=True)[120:]) for n in range(40))
    agreement = compare(received, registered)
    assert agreement.agrees and agreement.changes
    seen = agreement.changes[0].seen
    assert seen is not None
    # 150 to 195 of 300 in the whole is 30 to 75 of 180 in the crop
    assert (
        0.1 < (seen[1] + seen[3]) / 2 < 0.5 < (agreement.changes[0].box[1] + agreement.changes[0].box[3]) / 2
    )
