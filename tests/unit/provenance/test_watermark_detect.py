# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""One call on one file: both marks, the fingerprint, and what could not be looked at."""

from pathlib import Path

import pytest
from watermark_clips import KEY, LOCATOR, ad, encode, marked, music

from adseal_provenance.errors import MediaError
from adseal_provenance.likeness.compare import compare
from adseal_provenance.reading.media import Limits
from adseal_provenance.watermark.detect import detect_file
from adseal_provenance.watermark.picture_detect import PictureDetector
from adseal_provenance.watermark.sound import mark_sound
from adseal_provenance.watermark.sound_detect import SoundDetector


def test_both_marks_of_a_file_are_found_and_its_fingerprint_agrees_with_itself(tmp_path: Path) -> None:
    sound = mark_sound(music(6.0), 48_000, KEY, LOCATOR)
    path = encode(tmp_path / "ad.mp4", marked(ad(seconds=2.0)), sound=sound.samples)
    detection, fingerprint = detect_file(path, [KEY], limits=Limits(), thorough=False)
    assert (detection.picture, detection.sound) == ("found", "found")
    assert {(m.algorithm, m.id) for m in detection.marks} == {
        ("io.adseal.picture.1", LOCATOR),
        ("io.adseal.sound.1", LOCATOR),
    }
    assert fingerprint is not None
    picture = next(m for m in detection.marks if m.geometry)
    assert compare(fingerprint, fingerprint, geometry=picture.geometry).agrees
    assert type(detection).model_validate_json(detection.model_dump_json()) == detection


@pytest.mark.parametrize("lost", ["picture", "sound"])
def test_what_is_read_in_picture_or_sound_is_confirmed_in_the_other(
    tmp_path: Path, lost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = mark_sound(music(6.0), 48_000, KEY, LOCATOR)
    path = encode(tmp_path / "ad.mp4", marked(ad(seconds=2.0)), sound=sound.samples)
    unreadable = PictureDetector if lost == "picture" else SoundDetector
    monkeypatch.setattr(unreadable, "find", lambda *_, **__: ())
    detection, _ = detect_file(path, [KEY], limits=Limits(), thorough=False)
    methods = {m.algorithm.split(".")[2]: (m.id, m.method) for m in detection.marks}
    assert methods[lost] == (LOCATOR, "known") and getattr(detection, lost) == "found"
    assert {method for _, method in methods.values()} == {"known", "blind"}


def test_an_unmarked_file_without_sound_says_what_was_not_checked(tmp_path: Path) -> None:
    path = encode(tmp_path / "plain.mp4", ad(9, seconds=0.5))
    detection, fingerprint = detect_file(path, [KEY], thorough=False)
    assert (detection.picture, detection.sound, detection.marks) == ("not_found", "not_checked", ())
    assert "no sound" in detection.notes
    assert fingerprint is not None


def test_without_keys_nothing_counts_as_checked(tmp_path: Path) -> None:
    path = encode(tmp_path / "plain.mp4", ad(9, seconds=0.5))
    detection, fingerprint = detect_file(path, [])
    assert (detection.picture, detection.sound) == ("not_checked", "not_checked")
    assert fingerprint is not None


def test_what_cannot_be_read_raises_the_one_error_type(tmp_path: Path) -> None:
    path = tmp_path / "no.mp4"
    path.write_text("no video")
    with pytest.raises(MediaError):
        detect_file(path, [KEY])
