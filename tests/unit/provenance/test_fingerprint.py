# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Fingerprints agree for copies of a video, disagree for other videos, and refuse damaged bytes."""

import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from watermark_clips import ad, edited, encode

from adseal_provenance.errors import ProvenanceError
from adseal_provenance.likeness.compare import AGREES_FROM, Agreement, compare
from adseal_provenance.likeness.fingerprint import Fingerprint
from adseal_provenance.reading.frames import luma_frames
from adseal_provenance.watermark.model import MarkGeometry

Plane = NDArray[np.uint8]
_SMALL = Fingerprint(np.arange(96, dtype=np.uint8).reshape(2, 6, 8)).to_bytes()


def of(frames: Iterator[Plane], fps: float = 12) -> Fingerprint:
    return Fingerprint.of((i / fps, frame) for i, frame in enumerate(frames))


def kept(fingerprint: Fingerprint) -> Fingerprint:
    """As a record has it."""
    return Fingerprint.from_bytes(fingerprint.for_record().to_bytes())


def of_file(path: Path) -> Fingerprint:
    return Fingerprint.of(luma_frames(path, per_second=12))


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return encode(tmp_path_factory.mktemp("original") / "ad.mp4", ad(seconds=4.0))


@pytest.mark.parametrize(
    "change",
    [
        lambda y: cv2.resize(y, (270, 480), interpolation=cv2.INTER_AREA),
        lambda y: y[100:820, 50:454],
        lambda y: y[210:750],
        lambda y: y[:, ::-1],
        lambda y: cv2.convertScaleAbs(y, alpha=0.8, beta=-10),
    ],
    ids=["smaller", "cropped", "square", "mirrored", "darker"],
)
def test_copies_of_a_video_agree(original: Path, tmp_path: Path, change: Callable[[Plane], Plane]) -> None:
    agreement = compare(
        of_file(edited(original, tmp_path / "copy.mp4", change, crf=30)), kept(of_file(original))
    )
    assert agreement.agrees
    assert agreement.score > 0.75
    assert agreement.span == (0.0, 4.0)


def test_a_trimmed_copy_at_another_rate_agrees_and_its_place_is_told(original: Path, tmp_path: Path) -> None:
    cut = edited(original, tmp_path / "cut.mp4", lambda y: y, keep=slice(18, 42))
    agreement = compare(of_file(cut), kept(of_file(original)))
    assert agreement.agrees
    assert agreement.span[0] == pytest.approx(1.5, abs=0.5)
    assert agreement.span[1] == pytest.approx(3.5, abs=0.5)


def test_turned_copies_agree_with_and_without_the_geometry_of_a_mark(original: Path, tmp_path: Path) -> None:
    turned = of_file(edited(original, tmp_path / "turned.mp4", np.rot90))
    hint = MarkGeometry(scale_x=1.0, scale_y=1.0, rotation_deg=-90.0, flipped=False)
    assert compare(turned, kept(of_file(original))).agrees
    assert compare(turned, kept(of_file(original)), geometry=hint).agrees


def test_other_videos_disagree_by_a_margin() -> None:
    prints = [of(ad(seed)) for seed in range(20, 26)]
    scores = [compare(a, b).score for i, a in enumerate(prints) for j, b in enumerate(prints) if i != j]
    assert max(scores) < AGREES_FROM - 0.05
    for a in prints:
        assert compare(a, a).score > 0.98


def test_natural_clips_agree_with_nothing_but_themselves(clips_dir: Path) -> None:
    prints = {name: of_file(clips_dir / f"{name}.mp4") for name in ("bee", "bunny", "crystal")}
    for a, received in prints.items():
        for b, registered in prints.items():
            assert compare(received, registered).agrees == (a == b)


def with_word(word: str, seconds: float = 2.0) -> Iterator[Plane]:
    for frame in ad(3, seconds=seconds):
        frame[640:730] = 60
        cv2.putText(frame, word, (60, 710), cv2.FONT_HERSHEY_DUPLEX, 2.2, 230, 6, cv2.LINE_AA)
        yield frame


def text_exchanged(agreement: Agreement) -> bool:
    return any(0.55 < (box[1] + box[3]) / 2 < 0.85 for box in (change.box for change in agreement.changes))


def test_an_exchanged_price_is_told_and_where_it_stands() -> None:
    same = compare(of(with_word("4.90")), kept(of(with_word("4.90"))))
    other = compare(of(with_word("9 $")), kept(of(with_word("4.90"))))
    assert same.agrees and other.agrees
    assert same.changes == ()
    assert text_exchanged(other)


def test_a_price_exchanged_for_some_seconds_is_told_with_those_seconds() -> None:
    frames = list(with_word("4.90", seconds=6.0))
    for i, frame in enumerate(with_word("9 $", seconds=6.0)):
        if 24 <= i < 60:
            frames[i] = frame
    (change, *_) = compare(of(iter(frames)), kept(of(with_word("4.90", seconds=6.0)))).changes
    assert change.seconds == pytest.approx((2.0, 5.0), abs=1.01)


def test_foreign_seconds_in_a_copy_are_told() -> None:
    frames = list(ad(4, seconds=6.0))
    frames[24:48] = list(ad(9, seconds=6.0))[24:48]
    agreement = compare(of(iter(frames)), kept(of(ad(4, seconds=6.0))))
    assert agreement.agrees
    (foreign,) = agreement.foreign
    assert foreign == pytest.approx((2.0, 4.0), abs=0.5)
    assert [pytest.approx(span.registered, abs=0.51) for span in agreement.spans] == [(0.0, 2.0), (4.0, 6.0)]


def test_another_take_in_front_of_the_same_background_is_no_copy() -> None:
    def take(seed: int) -> Iterator[Plane]:
        wall = cv2.resize(np.random.default_rng(0).normal(0, 30, (48, 27)).astype(np.float32), (540, 960))
        ground = np.clip(next(ad(5)) + wall, 16, 235).astype(np.uint8)
        spots = np.random.default_rng(seed).uniform(80, 400, (3, 4))
        for i in range(48):
            frame = ground.copy()
            for x, y, dx, dy in spots:
                at = (int(x + (dx - 240) * i / 60), int(2 * y + (dy - 240) * i / 40))
                cv2.circle(frame, at, 36, 225, -1)
                cv2.circle(frame, at, 20, 30, -1)
            yield frame

    same, other = (compare(of(take(seed)), kept(of(take(1)))) for seed in (1, 2))
    assert same.agrees and same.moving is not None and same.moving > 0.8
    assert other.score > AGREES_FROM  # by the background alone it would be one
    assert not other.agrees and other.moving is not None and other.moving < 0.3


def test_a_picture_in_a_picture_agrees() -> None:
    def inside() -> Iterator[Plane]:
        for frame, ground in zip(ad(6), ad(7), strict=True):
            ground[300:780, 150:420] = cv2.resize(frame, (270, 480), interpolation=cv2.INTER_AREA)
            yield ground

    assert compare(of(inside()), kept(of(ad(6)))).agrees


def test_flat_and_single_frame_videos_are_no_trouble() -> None:
    flat = Fingerprint.of([(0.0, np.full((90, 160), 16, np.uint8))])
    assert not compare(flat, of(ad())).agrees
    assert not compare(of(ad()), flat).agrees
    assert not compare(flat, flat).agrees
    with pytest.raises(ProvenanceError):
        Fingerprint.of([])


def test_bytes_round_trip_and_stay_small() -> None:
    fingerprint = of(ad()).for_record()
    data = fingerprint.to_bytes()
    again = Fingerprint.from_bytes(data)
    assert np.abs(again.pictures.astype(int) - fingerprint.pictures).max() <= 2
    assert again.seconds == fingerprint.seconds == 2.0
    assert again.to_bytes() == data
    assert len(data) < 20_000


def test_fingerprints_of_the_first_version_are_still_read_and_compared() -> None:
    pictures = np.stack([cv2.resize(f, (36, 64), interpolation=cv2.INTER_AREA) for f in list(ad())[::6]])
    steps = np.diff(pictures, axis=0, prepend=pictures[:1] * 0)
    old = struct.pack("<4sBBfH", b"AFP1", 36, 64, 0.5, len(pictures)) + zlib.compress(steps.tobytes())
    assert (Fingerprint.from_bytes(old).pictures == pictures).all()
    assert compare(of(ad()), Fingerprint.from_bytes(old)).agrees
    assert not compare(of(ad(8)), Fingerprint.from_bytes(old)).agrees


def test_long_videos_are_kept_in_bounded_memory() -> None:
    flat = np.full((90, 160), 16, np.uint8)
    fingerprint = Fingerprint.of((i / 8, flat) for i in range(5000))
    assert len(fingerprint.pictures) <= 1024
    assert fingerprint.seconds == pytest.approx(625, abs=1)


@given(st.binary(max_size=200), st.integers(0, 10_000), st.integers(0, 255))
def test_whatever_bytes_come_they_are_a_fingerprint_or_refused(tail: bytes, at: int, to: int) -> None:
    good = bytearray(_SMALL)
    good[at % len(good)] = to
    for data in (tail, _SMALL[:14] + tail, bytes(good)):
        try:
            assert Fingerprint.from_bytes(data).seconds > 0
        except ProvenanceError as error:
            assert error.code == "fingerprint_damaged"


def test_damaged_bytes_are_refused() -> None:
    data = of(ad()).to_bytes()
    bomb = data[:11] + b"\x01\x00" + data[13:]
    for bad in (b"", data[:9], data[:-5], b"XXXX" + data[4:], data[:4] + b"\xff" + data[5:], bomb, data[:12]):
        with pytest.raises(ProvenanceError) as caught:
            Fingerprint.from_bytes(bad)
        assert caught.value.code == "fingerprint_damaged"
