# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What placements say of the platforms: figures with sources, gaps that are named, rates that have to be converted."""

from fractions import Fraction

import pytest
from example_copy import Edit, Problems
from pydantic import ValidationError

from adseal_templates import placement, placements
from adseal_templates.ad_delivery import AiDisclosure, Codec, Delivery, Duration, Loudness
from adseal_templates.ad_placement import Placement

PLATFORMS = ("tiktok", "meta", "youtube", "snapchat", "pinterest", "linkedin", "x", "amazon", "ctv")


def test_every_platform_has_a_placement_that_says_what_it_accepts() -> None:
    described = {each.platform for each in placements() if each.delivery is not None}
    assert described == set(PLATFORMS)
    names = {each.id for each in placements()}
    assert {
        "meta-reels-9x16",
        "meta-stories-9x16",
        "meta-feed-4x5",
        "youtube-shorts-9x16",
        "youtube-instream-16x9",
        "youtube-bumper-16x9",
    } <= names


def test_only_our_own_cuts_for_several_platforms_describe_no_delivery() -> None:
    assert {each.platform for each in placements() if each.delivery is None} == {"universal"}


@pytest.mark.parametrize("each", [p for p in placements() if p.delivery], ids=lambda p: p.id)
def test_every_figure_has_a_source_and_a_confidence_or_says_that_it_is_unknown(each: Placement) -> None:
    delivery = each.delivery
    assert delivery is not None
    facts = dict(delivery.facts())
    assert len(facts) == 10
    for name, fact in facts.items():
        if fact.unknown is None:
            assert fact.figures, name
            assert fact.source in delivery.sources, name
            assert fact.confidence in {"high", "medium", "low"}, name
        else:
            assert not fact.figures, name
            assert len(fact.unknown) > 20, name
    used = {fact.source for fact in facts.values()} - {None}
    assert used == set(delivery.sources), "a source that nothing was read from"
    assert set(delivery.unknown()) == {name for name, fact in facts.items() if not fact.figures}


def test_figures_are_those_that_were_read() -> None:
    tiktok, snap, amazon = (
        placement(n).delivery for n in ("tiktok-infeed-9x16", "snapchat-9x16", "amazon-ctv-16x9")
    )
    assert tiktok is not None
    assert (tiktok.bitrate.min_kbps, tiktok.file_size.max_mb) == (516, 500)
    flag = tiktok.ai_disclosure
    assert (flag.field, flag.value, flag.default) == (
        "aigc_disclosure_type",
        "SELF_DISCLOSURE",
        "NOT_DECLARED",
    )
    assert snap is not None
    assert (snap.loudness.integrated_lufs, snap.audio.sample_rates_hz) == (-16, (48000,))
    assert amazon is not None
    assert (amazon.bitrate.min_kbps, amazon.audio.min_kbps) == (15000, 192)
    reels = placement("meta-reels-9x16").delivery
    assert reels is not None
    assert reels.loudness.integrated_lufs is None
    assert "No official figure" in reels.unknown()["loudness"]
    tv = placement("eu-ctv-16x9").delivery
    assert tv is not None
    assert (tv.loudness.range_lufs, tv.loudness.max_true_peak_dbtp) == ((-24, -22), -1)


def test_a_rate_the_platform_does_not_take_is_converted_and_any_other_kept() -> None:
    assert placement("linkedin-ctv-16x9").delivery_rate == Fraction(30000, 1001)
    assert placement("amazon-ctv-16x9").delivery_rate == 24
    assert placement("linkedin-feed-4x5").delivery_rate == 25
    assert placement("meta-reels-9x16").delivery_rate == 30
    for each in placements():
        limit = each.delivery.frame_rate.max_fps if each.delivery else None
        assert limit is None or each.delivery_rate <= limit


def test_lengths_that_a_platform_does_not_take_are_told(edit: Edit, problems: Problems) -> None:
    edit("campaign.yaml", "  - social-square-1x1", "  - amazon-ctv-16x9")
    told = problems()
    assert {p.field for p in told} == {"placements[1]"}
    assert "takes 15, 20, 30, 40, 45, 60 s" in told[0].message
    assert "lasts 6 s" in told[0].message
    assert not placement("amazon-ctv-16x9").takes(16)
    assert placement("amazon-ctv-16x9").takes(15)
    assert placement("youtube-bumper-16x9").takes(6)
    assert not placement("youtube-bumper-16x9").takes(6.5)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Loudness(integrated_lufs=-14), "without `source` and `confidence`"),
        (Codec, "has no figures"),
        (lambda: Duration(max_s=6, unknown="not found"), "is said to be unknown and has figures"),
        (lambda: AiDisclosure(note="only a note"), "has no figures"),
    ],
)
def test_a_figure_without_a_source_and_a_gap_without_a_word_are_refused(make: object, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        make()  # type: ignore[operator]


def test_a_placement_cannot_contradict_what_the_platform_takes() -> None:
    bumper = placement("youtube-bumper-16x9").model_dump()
    for change, says in (
        ({"max_duration_s": 7}, "is longer than the platform takes"),
        ({"max_duration_s": None}, "is longer than the platform takes"),
        ({"width": 1280, "height": 720}, "has a size the platform does not name"),
    ):
        with pytest.raises(ValidationError, match=says):
            Placement.model_validate({**bumper, **change})
    snap = placement("snapchat-9x16").model_dump()
    with pytest.raises(ValidationError, match="is shorter than the platform takes"):
        Placement.model_validate({**snap, "min_duration_s": 1})


def test_a_source_that_is_not_listed_is_told() -> None:
    delivery = placement("snapchat-9x16").delivery
    assert delivery is not None
    fields = delivery.model_dump()
    fields["codec"]["source"] = "hearsay"
    with pytest.raises(ValidationError, match="names the source 'hearsay'"):
        Delivery.model_validate(fields)
