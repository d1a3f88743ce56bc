# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Fingerprints agree for copies of a video, disagree for other videos, and refuse damaged bytes."""

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from watermark_clips import ad, edited, encode

from adseal_provenance.errors import ProvenanceError
from adseal_provenance.fingerprint import AGREES_FROM, Fingerprint, compare
from adseal_provenance.frames import luma_frames
from adseal_provenance.watermark.model import MarkGeometry

Plane = NDArray[np.uint8]


def of(frames: Iterator[Plane], fps: float = 12) -> Fingerprint:
    return Fingerprint.of((i / fps, frame) for i, frame in enumerate(frames))


def of_file(path: Path) -> Fingerprint:
    return Fingerprint.of(luma_frames(path, per_second=4))


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
    agreement = compare(of_file(edited(original, tmp_path / "copy.mp4", change, crf=30)), of_file(original))
    assert agreement.agrees
    assert agreement.score > 0.75
    assert agreement.span == (0.0, 4.0)


def test_a_trimmed_copy_at_another_rate_agrees_and_its_place_is_told(original: Path, tmp_path: Path) -> None:
    cut = edited(original, tmp_path / "cut.mp4", lambda y: y, keep=slice(18, 42))
    agreement = compare(of_file(cut), of_file(original))
    assert agreement.agrees
    assert agreement.span[0] == pytest.approx(1.5, abs=0.5)
    assert agreement.span[1] == pytest.approx(3.5, abs=0.5)


def test_the_geometry_of_a_found_mark_lets_turned_copies_be_compared(original: Path, tmp_path: Path) -> None:
    turned = of_file(edited(original, tmp_path / "turned.mp4", np.rot90))
    hint = MarkGeometry(scale_x=1.0, scale_y=1.0, rotation_deg=-90.0, flipped=False)
    assert not compare(turned, of_file(original)).agrees
    assert compare(turned, of_file(original), geometry=hint).agrees


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


def test_an_exchanged_headline_shows_in_the_weakest_part() -> None:
    def with_word(word: str) -> Iterator[Plane]:
        for frame in ad(3):
            frame[600:760] = 60
            cv2.putText(frame, word, (40, 720), cv2.FONT_HERSHEY_DUPLEX, 4.5, 230, 14, cv2.LINE_AA)
            yield frame

    same = compare(of(with_word("4.90")), of(with_word("4.90")))
    other = compare(of(with_word("9 $")), of(with_word("4.90")))
    assert other.score < same.score
    assert other.weakest < 0.5 < same.weakest


def test_flat_and_single_frame_videos_are_no_trouble() -> None:
    flat = Fingerprint.of([(0.0, np.full((90, 160), 16, np.uint8))])
    assert not compare(flat, of(ad())).agrees
    assert not compare(of(ad()), flat).agrees
    assert not compare(flat, flat).agrees
    with pytest.raises(ProvenanceError):
        Fingerprint.of([])


def test_bytes_round_trip_and_stay_small() -> None:
    fingerprint = of(ad())
    data = fingerprint.to_bytes()
    again = Fingerprint.from_bytes(data)
    assert (again.thumbnails == fingerprint.thumbnails).all()
    assert again.seconds == fingerprint.seconds == 2.0
    assert len(data) < 10_000


def test_damaged_bytes_are_refused() -> None:
    data = of(ad()).to_bytes()
    bomb = data[:11] + b"\x01\x00" + data[13:]
    for bad in (b"", data[:9], data[:-5], b"XXXX" + data[4:], data[:4] + b"\xff" + data[5:], bomb, data[:12]):
        with pytest.raises(ProvenanceError) as caught:
            Fingerprint.from_bytes(bad)
        assert caught.value.code == "fingerprint_damaged"
