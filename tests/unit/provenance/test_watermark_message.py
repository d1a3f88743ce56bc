# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""When a message is believed: by its CRC or by its chips, and never because another mark lends it its sync chips."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from watermark_clips import KEY, LOCATOR, ad, marked

from adseal_provenance.watermark.chance import log10_tail, message_log10_p, sum_log10_tail
from adseal_provenance.watermark.code import codeword
from adseal_provenance.watermark.picture import picture_tile
from adseal_provenance.watermark.picture_detect import PictureDetector
from adseal_provenance.watermark.picture_evidence import PictureEvidence
from adseal_provenance.watermark.picture_message import BY_CHIPS_LOG10_P, BY_CRC_LOG10_P
from adseal_provenance.watermark.picture_search import (
    FOLD,
    Geometry,
    Spectra,
    correlate,
    fold,
    sample,
    scaled,
)

CODE = codeword(LOCATOR)
TILE = picture_tile(KEY, KEY.pattern_of(LOCATOR))


def same_pattern(number: int) -> Iterator[str]:
    """Other locators whose marks have the same pattern."""
    own = KEY.pattern_of(LOCATOR)
    numbers = (f"{n:012x}" for n in range(5000, 9000))
    return (
        locator
        for locator, _ in zip((x for x in numbers if KEY.pattern_of(x) == own), range(number), strict=False)
    )


def test_the_chance_of_a_normal_value_is_known_far_out() -> None:
    assert log10_tail(0.0) == pytest.approx(np.log10(0.5))
    assert log10_tail(6.0) == pytest.approx(-9.006, abs=0.001)
    assert log10_tail(24.999) == pytest.approx(log10_tail(25.001), abs=0.05)


def test_a_message_among_all_48_bit_messages_needs_about_eleven_deviations() -> None:
    assert message_log10_p(7.0) == 0.0
    assert message_log10_p(10.9) > BY_CHIPS_LOG10_P > message_log10_p(11.5)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.5, 4.0))
def test_chips_that_know_nothing_of_the_key_never_agree_more_often_than_stated(
    seed: int, heavy: float
) -> None:
    """Whatever the picture is: here, chips with tails as heavy as they come."""
    random = np.random.default_rng(seed)
    chips = (np.abs(random.standard_t(heavy, (64, 64))) * random.choice([-1, 1])).astype(np.float32)
    clarity = TILE.clarity(chips, CODE)
    # 40 examples: a bound of 1e-6 each leaves 4e-5 for the whole test
    assert sum_log10_tail(abs(clarity)) > -6


def test_chips_that_carry_the_message_agree_with_it_and_not_with_another() -> None:
    random = np.random.default_rng(0)
    chips = TILE.chips(CODE) + random.normal(0, 3, (64, 64)).astype(np.float32)
    assert TILE.clarity(chips, CODE) > 15
    assert abs(TILE.clarity(chips, codeword("ffffffffffff"))) < 7


def evidence_of(locator: str, *, faint: float) -> PictureEvidence:
    """An ad with a mark, under so much noise that nothing is read off it."""
    evidence, random = PictureEvidence(), np.random.default_rng(1)
    for i, luma in enumerate(marked(ad(seconds=0.5), locator=locator)):
        noisy = luma + random.normal(0, faint, luma.shape)
        evidence.add(i / 12, np.clip(noisy, 0, 255).astype(np.uint8))
    evidence.finish()
    return evidence


def test_another_mark_of_the_same_pattern_confirms_no_known_locator() -> None:
    evidence = evidence_of(LOCATOR, faint=12.0)
    detector = PictureDetector([KEY])
    confirmed = detector.verify_known(evidence, [(KEY.key_id, LOCATOR)], thorough=False)
    assert confirmed is not None
    others = [(KEY.key_id, locator) for locator in same_pattern(12)]
    assert len(others) == 12
    assert detector.verify_known(evidence, others, thorough=False) is None


def test_both_thresholds_leave_less_than_one_wrong_message_in_1e11_searches() -> None:
    stages = 1 + np.log(3.5e8 / (4 * FOLD * FOLD))
    by_crc = stages * 10**BY_CRC_LOG10_P
    by_chips = stages * 10**BY_CHIPS_LOG10_P * (1 - np.log(10**BY_CHIPS_LOG10_P))
    assert by_crc + by_chips < 1.1e-11


def test_the_fast_search_sees_what_the_exact_one_sees() -> None:
    random = np.random.default_rng(3)
    residual = random.normal(0, 1, (540, 960)).astype(np.float32)
    geometry = Geometry(2.7, 2.7)
    templates = [random.normal(0, 1, (FOLD, FOLD)).astype(np.float32) for _ in range(11)]
    folded = fold(sample(residual, geometry))
    z, at = Spectra.of(templates).best(folded)
    for template, best, where in zip(templates, z, at, strict=True):
        scores = correlate(folded, template)
        assert best == pytest.approx(float(scores.max()), rel=1e-3)
        assert int(where) == int(scores.argmax())
    quick, exact = fold(scaled(residual, 2.7, 2.7)), folded
    assert quick.shape == exact.shape
