# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Every mark speaks one language, and what it says of chance is true."""

import math
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from watermark_clips import KEY, LOCATOR, OTHER_KEY, ad

from adseal_provenance.errors import WatermarkError
from adseal_provenance.watermark.foreign.model import (
    Frame,
    Reading,
    SoftVote,
    VideoMark,
    bits_of,
    check_bits,
    checked_frames,
    log10_coin_tail,
)
from adseal_provenance.watermark.foreign.own import AdsealMark
from adseal_provenance.watermark.foreign.rivagan import RivaGanMark
from adseal_provenance.watermark.foreign.trustmark import TrustMark
from adseal_provenance.watermark.foreign.wavelet import WaveletMark

PAYLOAD = bits_of(bytes.fromhex(LOCATOR))


def clip(seconds: float = 1.0) -> Iterator[Frame]:
    for luma in ad(seconds=seconds):
        wide = np.clip((luma.astype(np.float32) - 16) * (255 / 219), 0, 255)
        yield np.stack([wide, wide * 0.9, wide * 0.8], axis=2).astype(np.uint8)


def reading(bits: tuple[int, ...]) -> Reading:
    return Reading(
        name="x", bits=bits, soft=tuple(2.0 * b - 1 for b in bits), frames=1, chance="known_payload"
    )


def test_all_marks_keep_the_interface_and_name_only_what_the_c2pa_list_has() -> None:
    marks: list[VideoMark] = [
        AdsealMark(KEY),
        WaveletMark("dwtDct", 48),
        WaveletMark("dwtDctSvd", 48),
        RivaGanMark(),
        TrustMark("Q"),
        TrustMark("B"),
    ]
    assert all(isinstance(mark, VideoMark) for mark in marks)
    assert [mark.c2pa_alg for mark in marks] == [None, None, None, None, "com.adobe.trustmark.Q", None]
    assert [mark.chance for mark in marks] == ["statistic", *["known_payload"] * 3, *["checksum"] * 2]
    assert len({mark.name for mark in marks}) == len(marks)


def test_our_own_mark_goes_through_rgb_frames_and_back_with_its_chance() -> None:
    mark = AdsealMark(KEY, fps=12, thorough=False)
    marked = list(mark.embed(clip(), PAYLOAD))
    found = mark.detect(iter(marked))
    assert found.bits == found.payload == PAYLOAD
    assert found.log10_p is not None
    assert found.log10_p < -9
    nothing = AdsealMark(OTHER_KEY, fps=12, thorough=False).detect(iter(marked))
    assert (nothing.bits, nothing.payload, nothing.log10_p) == ((), None, None)


def test_our_own_mark_moves_luma_and_leaves_the_colour_differences_alone() -> None:
    before = next(clip())
    after = next(AdsealMark(KEY).embed([before], PAYLOAD))
    change = after.astype(int) - before
    inside = (before > 40) & (before < 215)
    assert np.abs(change).max() > 0
    assert (np.ptp(change, axis=2)[inside.all(axis=2)] == 0).all()


@given(st.integers(1, 300), st.integers(-3, 303))
@settings(max_examples=60, deadline=None)
def test_the_coin_tail_is_exact(tosses: int, heads: int) -> None:
    ways = sum(math.comb(tosses, k) for k in range(max(heads, 0), tosses + 1))
    got = log10_coin_tail(tosses, heads)
    if ways == 0:
        assert got == -math.inf
    else:
        exact = Fraction(ways, 2**tosses)
        assert got == pytest.approx(math.log10(exact.numerator) - math.log10(exact.denominator), abs=1e-9)


def test_the_chance_of_agreement_holds_for_payloads_that_were_not_chosen_with_the_bits_in_view() -> None:
    random = np.random.default_rng(5)
    fixed = reading((1,) * 40 + (0,) * 8)  # as lopsided as a flat picture reads
    scores = [fixed.log10_p_of(random.integers(0, 2, 48).tolist()) for _ in range(3000)]
    for level in (0.3, 0.1, 0.02):
        assert np.mean(np.array(scores) <= math.log10(level)) <= level * 1.25
    assert fixed.log10_p_of(fixed.bits) == pytest.approx(-48 * math.log10(2))


def test_every_hypothesis_costs_its_share_and_no_chance_exceeds_one() -> None:
    one = reading((1, 0) * 24)
    assert one.log10_p_of(one.bits, hypotheses=8) == pytest.approx(one.log10_p_of(one.bits) + math.log10(8))
    assert one.log10_p_of((0, 1) * 24, hypotheses=1000) == 0.0
    with pytest.raises(WatermarkError) as caught:
        one.log10_p_of((1, 0))
    assert caught.value.code == "bad_payload"


def test_a_vote_is_won_by_the_frames_that_know_more_and_ignores_those_that_know_nothing() -> None:
    vote = SoftVote()
    vote.add(np.array([0.9, -0.1, np.nan]))
    vote.add(np.array([-0.2, -0.1, 0.4]))
    vote.add(np.array([-np.inf, np.inf, 0.0]))
    assert vote.reading("x", "known_payload").bits == (1, 0, 1)
    assert vote.frames == 3
    with pytest.raises(WatermarkError) as caught:
        SoftVote().mean()
    assert caught.value.code == "no_frames"


@pytest.mark.parametrize("payload", [(), (0, 2), (-1,), (0, 1, 1)])
def test_only_a_row_of_the_right_number_of_bits_is_a_payload(payload: tuple[int, ...]) -> None:
    with pytest.raises(WatermarkError) as caught:
        check_bits(payload, 2)
    assert caught.value.code == "bad_payload"


@pytest.mark.parametrize(
    "frames",
    [
        [np.zeros((8, 8), np.uint8)],
        [np.zeros((8, 8, 4), np.uint8)],
        [np.zeros((8, 8, 3), np.float32)],
        [np.zeros((8, 8, 3), np.uint8), np.zeros((8, 9, 3), np.uint8)],
        [np.zeros((2, 2, 3), np.uint8)],
    ],
)
def test_frames_of_other_kinds_and_sizes_are_refused(frames: list[Frame]) -> None:
    with pytest.raises(WatermarkError) as caught:
        list(checked_frames(frames, min_pixels=10))
    assert caught.value.code == "bad_size"


def test_embedding_holds_one_frame_at_a_time() -> None:
    asked = []

    def frames() -> Iterator[Frame]:
        for i in range(5):
            asked.append(i)
            yield np.full((256, 256, 3), 100, np.uint8)

    out = WaveletMark("dwtDct", 8).embed(frames(), (1, 0) * 4)
    next(out)
    assert asked == [0]
