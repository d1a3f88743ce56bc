# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The trial by a platform's pass: what comes through, what does not, and what is told about it."""

from pathlib import Path

import numpy as np
import pytest
from watermark_clips import KEY, LOCATOR, ad, encode

from adseal_provenance.errors import MediaError, WatermarkError
from adseal_provenance.watermark.chance import message_log10_p
from adseal_provenance.watermark.picture import PictureMarker
from adseal_provenance.watermark.survival import margin_db, survival


def video(path: Path, gain: float | None) -> Path:
    """A very smooth ad of 1.5 s with a mark of some strength, or none: little of it comes through a platform."""
    frames = list(ad(seconds=1.5))
    if gain is not None:
        marker = PictureMarker(KEY, LOCATOR, 540, 960, gain=gain)
        frames = [marker.mark(frame) for frame in frames]
    return encode(path, frames, crf=16)


def test_a_mark_that_is_strong_enough_for_its_picture_survives_with_a_margin(tmp_path: Path) -> None:
    outcome = survival(video(tmp_path / "marked.mp4", 1.4), KEY, LOCATOR)
    assert outcome.survives
    assert outcome.log10_p is not None
    assert outcome.log10_p < -20
    assert outcome.margin_db is not None
    assert outcome.margin_db > 1.0


@pytest.mark.parametrize("gain", [None, 0.4])
def test_a_mark_that_is_absent_or_too_faint_for_its_picture_does_not_survive(
    gain: float | None, tmp_path: Path
) -> None:
    assert not survival(video(tmp_path / "video.mp4", gain), KEY, LOCATOR).survives


def test_another_locator_than_the_expected_one_is_no_survival(tmp_path: Path) -> None:
    assert not survival(video(tmp_path / "marked.mp4", 1.4), KEY, "ffffffffffff").survives


def test_the_margin_is_the_strength_that_could_be_missing() -> None:
    assert margin_db(message_log10_p(20.0)) - margin_db(message_log10_p(20.0 / 2**0.5)) == pytest.approx(
        3.0, abs=0.2
    )


def test_what_is_no_video_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("not a video")
    with pytest.raises(MediaError):
        survival(tmp_path / "text.mp4", KEY, LOCATOR)


def test_twice_the_strength_is_twice_the_change_and_out_of_range_is_refused() -> None:
    luma = next(ad())
    changes = []
    for gain in (0.5, 1.0):
        marker = PictureMarker(KEY, LOCATOR, 540, 960, gain=gain)
        changes.append(np.sqrt(np.mean((marker.mark(luma).astype(float) - luma) ** 2 - 1 / 12)))
    assert changes[1] / changes[0] == pytest.approx(2.0, rel=0.35)
    for gain in (0.1, 3.0, float("nan")):
        with pytest.raises(WatermarkError, match="gain"):
            PictureMarker(KEY, LOCATOR, 540, 960, gain=gain)
