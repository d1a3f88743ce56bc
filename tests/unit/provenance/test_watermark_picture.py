# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The picture mark: hard to see, read back after what platforms do, absent where it is absent."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from watermark_clips import KEY, LOCATOR, OTHER_KEY, ad, edited, encode, marked

from adseal_provenance.errors import WatermarkError
from adseal_provenance.reading.frames import coded_frames
from adseal_provenance.watermark.model import Mark
from adseal_provenance.watermark.picture import PictureMarker, Profile
from adseal_provenance.watermark.picture_detect import PictureDetector
from adseal_provenance.watermark.picture_evidence import PictureEvidence

Plane = NDArray[np.uint8]
OTHERS = [f"{n:012x}" for n in range(1000, 1040)]
KEY_PATTERN = KEY.pattern_of(LOCATOR)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A marked portrait ad, 540×960, 2 s."""
    return encode(tmp_path_factory.mktemp("marked") / "ad.mp4", marked(ad()))


def evidence_of(path: Path) -> PictureEvidence:
    evidence = PictureEvidence()
    for frame in coded_frames(path, short_side=1080, per_second=8):
        evidence.add(*frame)
    evidence.finish()
    return evidence


def all_found(path: Path, *, thorough: bool = True) -> tuple[Mark, ...]:
    return PictureDetector([KEY]).find(evidence_of(path), thorough=thorough)


def found(path: Path, *, thorough: bool = True) -> Mark | None:
    """The only mark of a file, or None."""
    marks = all_found(path, thorough=thorough)
    assert len(marks) < 2
    return marks[0] if marks else None


def psnr(a: Plane, b: Plane) -> float:
    return float(10 * np.log10(255**2 / np.mean((a.astype(np.float64) - b) ** 2)))


def test_the_mark_is_read_from_the_encoded_file_with_its_place_and_time(clip: Path) -> None:
    mark = found(clip, thorough=False)
    assert mark is not None
    assert (mark.algorithm, mark.id, mark.key_id, mark.method) == (
        "io.adseal.picture.1",
        LOCATOR,
        KEY.key_id,
        "blind",
    )
    assert mark.log10_p < -30
    assert mark.spans[0][0] == 0.0
    assert mark.spans[-1][1] > 1.5
    assert mark.geometry is not None
    assert mark.geometry.scale_x == pytest.approx(1.0, abs=0.01)
    assert not mark.geometry.flipped


def test_a_recompressed_smaller_copy_at_another_frame_rate_is_still_found(clip: Path, tmp_path: Path) -> None:
    def smaller(luma: Plane) -> Plane:
        return cv2.resize(luma, (360, 640), interpolation=cv2.INTER_AREA)

    mark = found(edited(clip, tmp_path / "small.mp4", smaller, crf=23, fps=10), thorough=False)
    assert mark is not None
    assert mark.id == LOCATOR


def test_a_cropped_copy_is_still_found_and_its_scale_told(clip: Path, tmp_path: Path) -> None:
    mark = found(edited(clip, tmp_path / "crop.mp4", lambda luma: luma[130:850, 60:464]))
    assert mark is not None
    assert mark.id == LOCATOR
    assert mark.geometry is not None
    assert mark.geometry.scale_x == pytest.approx(540 / 404, rel=0.01)


def test_a_portrait_ad_cut_to_a_square_needs_no_search(clip: Path, tmp_path: Path) -> None:
    mark = found(edited(clip, tmp_path / "square.mp4", lambda luma: luma[210:750]), thorough=False)
    assert mark is not None
    assert mark.id == LOCATOR


def test_a_trimmed_mirrored_copy_is_still_found(clip: Path, tmp_path: Path) -> None:
    mark = found(
        edited(clip, tmp_path / "flip.mp4", lambda luma: luma[:, ::-1], keep=slice(9, None)), thorough=False
    )
    assert mark is not None
    assert mark.id == LOCATOR
    assert mark.geometry is not None
    assert mark.geometry.flipped


def test_a_copy_with_black_bars_is_still_found(clip: Path, tmp_path: Path) -> None:
    def boxed(luma: Plane) -> Plane:
        small = cv2.resize(luma, (404, 720), interpolation=cv2.INTER_AREA)
        return cv2.copyMakeBorder(small, 0, 0, 438, 438, cv2.BORDER_CONSTANT, value=16)

    mark = found(edited(clip, tmp_path / "boxed.mp4", boxed))
    assert mark is not None
    assert mark.id == LOCATOR


def test_a_vertical_ad_pulled_to_a_wide_screen_is_still_found_and_its_stretch_told(
    clip: Path, tmp_path: Path
) -> None:
    def wide(luma: Plane) -> Plane:
        return cv2.resize(luma, (1280, 960), interpolation=cv2.INTER_LINEAR)

    mark = found(edited(clip, tmp_path / "wide.mp4", wide), thorough=False)
    assert mark is not None
    assert mark.geometry is not None
    assert mark.geometry.scale_x / mark.geometry.scale_y == pytest.approx(
        (1280 / 540) / (960 / 960), rel=0.02
    )


def test_a_copy_lying_on_its_side_is_found_and_its_turn_told(clip: Path, tmp_path: Path) -> None:
    turned = edited(clip, tmp_path / "turned.mp4", np.rot90)
    mark = found(turned, thorough=False)
    assert mark is not None
    assert mark.id == LOCATOR
    assert mark.geometry is not None
    assert mark.geometry.rotation_deg == pytest.approx(-90.0, abs=0.5)


def test_only_the_seconds_that_carry_the_mark_are_named(tmp_path: Path) -> None:
    frames = [*ad(3, seconds=3), *marked(ad(4, seconds=3)), *ad(5, seconds=3)]
    mark = found(encode(tmp_path / "mixed.mp4", frames), thorough=False)
    assert mark is not None
    assert len(mark.spans) == 1
    start, end = mark.spans[0]
    assert 2.0 <= start <= 3.1
    assert 5.9 <= end <= 7.1


def test_every_mark_of_a_compilation_is_named_with_its_seconds(tmp_path: Path) -> None:
    same = next(other for other in OTHERS if KEY.pattern_of(other) == KEY.pattern_of(LOCATOR))
    different = next(other for other in OTHERS if KEY.pattern_of(other) != KEY.pattern_of(LOCATOR))
    parts = [(LOCATOR, 3), (same, 4), (different, 5)]
    frames = [f for locator, seed in parts for f in marked(ad(seed, seconds=5), locator=locator)]
    marks = all_found(encode(tmp_path / "compilation.mp4", frames), thorough=False)
    assert [mark.id for mark in marks] == [LOCATOR, same, different]
    for mark, start in zip(marks, (0, 5, 10), strict=True):
        assert mark.spans[0][0] == pytest.approx(start, abs=1.1)
        assert mark.spans[-1][1] == pytest.approx(start + 5, abs=1.1)


def test_a_video_marked_twice_has_both_marks(tmp_path: Path) -> None:
    different = next(other for other in OTHERS if KEY.pattern_of(other) != KEY.pattern_of(LOCATOR))
    twice = encode(tmp_path / "twice.mp4", marked(marked(ad()), locator=different))
    assert {mark.id for mark in all_found(twice, thorough=False)} == {LOCATOR, different}


def test_a_message_read_off_another_pattern_than_its_own_is_refused(
    clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evidence = evidence_of(clip)
    monkeypatch.setattr(type(KEY), "pattern_of", lambda *_: 1 - KEY_PATTERN)
    assert PictureDetector([KEY]).find(evidence, thorough=False) == ()


def test_the_wrong_key_finds_nothing_and_the_right_one_among_several_is_named(clip: Path) -> None:
    evidence = evidence_of(clip)
    assert PictureDetector([OTHER_KEY]).find(evidence, thorough=False) == ()
    marks = PictureDetector([OTHER_KEY, KEY]).find(evidence, thorough=False)
    assert [mark.key_id for mark in marks] == [KEY.key_id]
    assert PictureDetector([]).find(evidence) == ()


def test_unmarked_ads_carry_nothing_even_under_the_full_search(tmp_path: Path) -> None:
    assert found(encode(tmp_path / "plain.mp4", ad(6, seconds=1.0))) is None


@pytest.mark.parametrize("seed", range(7, 11))
def test_unmarked_ads_carry_nothing(seed: int, tmp_path: Path) -> None:
    assert found(encode(tmp_path / "plain.mp4", ad(seed, seconds=0.5)), thorough=False) is None


def test_a_smooth_picture_that_is_flat_at_its_edges_is_not_taken_for_bars() -> None:
    evidence = PictureEvidence()
    for i in range(8):
        picture = np.full((540, 960), 120, np.uint8)
        cv2.circle(picture, (480 + i, 270), 150, 160, -1)
        evidence.add(i / 8, cv2.GaussianBlur(picture, (0, 0), 30))
    evidence.finish()
    assert evidence.window is not None
    assert evidence.window.whole


def test_unmarked_natural_clips_carry_nothing(clips_dir: Path) -> None:
    for name in ("bee.mp4", "crystal.mp4"):
        assert found(clips_dir / name, thorough=False) is None


def test_a_known_locator_is_confirmed_where_reading_fails_and_another_is_not(
    clip: Path, tmp_path: Path
) -> None:
    detector = PictureDetector([KEY])
    evidence = _first_unreadable(detector, clip, tmp_path)
    mark = detector.verify_known(
        evidence, [(KEY.key_id, "ffffffffffff"), (KEY.key_id, LOCATOR)], thorough=False
    )
    assert mark is not None
    assert (mark.id, mark.method) == (LOCATOR, "known")
    assert mark.log10_p < -9
    assert detector.verify_known(evidence, [(KEY.key_id, "ffffffffffff")], thorough=False) is None
    assert detector.verify_known(evidence, [("00000000", LOCATOR)], thorough=False) is None


def _first_unreadable(detector: PictureDetector, clip: Path, folder: Path) -> PictureEvidence:
    """Ever smaller copies until nothing can be read: which one it is depends on the encoder's build."""
    for width in range(252, 150, -12):

        def tiny(luma: Plane, width: int = width) -> Plane:
            return cv2.resize(luma, (width, width * 16 // 9 // 2 * 2), interpolation=cv2.INTER_AREA)

        evidence = evidence_of(edited(clip, folder / f"tiny{width}.mp4", tiny, crf=23))
        if not detector.find(evidence, thorough=False):
            return evidence
    pytest.fail("even a copy of 156 pixels' width was read")


@pytest.mark.parametrize(("profile", "least"), [("robust", 43.0), ("quality", 46.4)])
def test_the_change_stays_small_and_smaller_on_smooth_ground(profile: Profile, least: float) -> None:
    random = np.random.default_rng(0)
    rough = cv2.GaussianBlur(random.normal(0, 120, (360, 640)).astype(np.float32), (0, 0), 2.5) + 120
    rough = np.clip(rough, 16, 235).astype(np.uint8)
    smooth = np.tile(np.linspace(60, 180, 640).astype(np.uint8), (360, 1))
    on_rough = psnr(rough, PictureMarker(KEY, LOCATOR, 640, 360, profile=profile).mark(rough))
    on_smooth = psnr(smooth, PictureMarker(KEY, LOCATOR, 640, 360, profile=profile).mark(smooth))
    assert least <= on_rough < least + 3
    assert on_smooth > least + 3


def test_pictures_stay_in_limited_range_and_black_stays_black() -> None:
    marker = PictureMarker(KEY, LOCATOR, 640, 360)
    for level in (16, 17, 128, 235):
        out = marker.mark(np.full((360, 640), level, np.uint8))
        assert out.min() >= 16
        assert out.max() <= 235
    assert (marker.mark(np.full((360, 640), 16, np.uint8)) == 16).all()
    assert (marker.mark(np.zeros((360, 640), np.uint8)) == 0).all()


def test_black_and_flat_videos_are_no_trouble(tmp_path: Path) -> None:
    for level in (16, 128):
        plain = encode(tmp_path / f"{level}.mp4", [np.full((360, 640), level, np.uint8)] * 10)
        assert found(plain) is None
    evidence = PictureEvidence()
    evidence.finish()
    assert PictureDetector([KEY]).find(evidence) == ()


def test_marking_is_the_same_every_time_and_leaves_its_input_alone() -> None:
    frame = next(ad())
    before = frame.copy()
    first = PictureMarker(KEY, LOCATOR, 540, 960).mark(frame)
    second = PictureMarker(KEY, LOCATOR, 540, 960).mark(frame)
    assert (first == second).all()
    assert (frame == before).all()


def test_wrong_sizes_locators_and_profiles_are_refused() -> None:
    with pytest.raises(WatermarkError, match="too small"):
        PictureMarker(KEY, LOCATOR, 640, 32)
    with pytest.raises(WatermarkError, match="locator"):
        PictureMarker(KEY, "zz", 640, 360)
    with pytest.raises(WatermarkError, match="profile"):
        PictureMarker(KEY, LOCATOR, 640, 360, profile="loud")  # type: ignore[arg-type]
    with pytest.raises(WatermarkError, match="expected"):
        PictureMarker(KEY, LOCATOR, 640, 360).mark(np.zeros((640, 360), np.uint8))


def test_lettering_on_flat_plates_is_marked_as_faintly_as_the_plates() -> None:
    plain = np.full((540, 960), 190, np.uint8)
    for top in (60, 170, 280, 390):
        cv2.rectangle(plain, (80, top), (880, top + 44), 60, -1)
    lettered = plain.copy()
    for top in (60, 170, 280, 390):
        text = "12 bottles, now $86.40 12 bottles"
        cv2.putText(lettered, text, (92, top + 32), cv2.FONT_HERSHEY_DUPLEX, 1.4, 220, 6, cv2.LINE_AA)
    between = (plain == 60) & (cv2.erode((lettered == 60).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)
    changes = []
    for picture in (plain, lettered):
        change = PictureMarker(KEY, LOCATOR, 960, 540).mark(picture).astype(float) - picture
        changes.append(float(np.sqrt(np.mean(change[between] ** 2))))
    assert changes[1] < 1.2 * changes[0]


def frames_with(*kinds: tuple[int, int, bool]) -> PictureEvidence:
    """Frames of (seed of the picture, coded bytes, coded by itself), one a tenth of a second."""
    evidence = PictureEvidence()
    for i, (seed, size, intra) in enumerate(kinds):
        noise = np.random.default_rng(seed).normal(128, 30, (540, 960))
        evidence.add(
            i / 10,
            np.clip(cv2.GaussianBlur(noise, (0, 0), 2) * 4 - 384, 0, 255).astype(np.uint8),
            size,
            intra,
        )
    evidence.finish()
    return evidence


def likeness(a: PictureEvidence, b: PictureEvidence) -> float:
    first, second = a.mean(), b.mean()
    assert first is not None
    assert second is not None
    return float(np.corrcoef(first.ravel(), second.ravel())[0, 1])


def test_a_frame_counts_by_its_share_of_the_file() -> None:
    alone = frames_with((1, 0, False))
    assert likeness(frames_with((1, 9000, False), (2, 1000, False)), alone) > 0.9
    assert likeness(frames_with((1, 1000, False), (2, 9000, False)), alone) < 0.3
    assert likeness(frames_with((1, 0, False), (2, 0, False)), alone) == pytest.approx(0.7, abs=0.05)


def test_frames_coded_by_themselves_are_kept_apart_where_they_are_few() -> None:
    few = frames_with((1, 5000, True), *[(2, 500, False)] * 7)
    intra = few.intra_mean()
    whole = frames_with((1, 0, False)).mean()
    assert intra is not None
    assert whole is not None
    assert np.corrcoef(intra.ravel(), whole.ravel())[0, 1] > 0.99
    assert frames_with(*[(1, 500, True)] * 4).intra_mean() is None
    assert frames_with(*[(1, 500, False)] * 4).intra_mean() is None
