# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Layouts in px: safe zones, contrast on any picture, mirroring, the label plan, legal lines."""

from collections.abc import Iterator

import pytest

from adseal_templates import AdPlan, Brief, Campaign, CampaignError, expand, placement, template, templates
from adseal_templates.brand import Colours
from adseal_templates.colour import BLACK, MIN_CONTRAST, WHITE, blend, contrast, luminance
from adseal_templates.compliance import Compliance, Disclosure
from adseal_templates.plan import Box, FillLayer, ImageLayer, TextLayer
from adseal_templates.values import Localised

# One of each aspect, and the narrowest safe zone.
PLACEMENTS = ("social-story-9x16", "social-square-1x1", "feed-4x5", "instream-16x9", "youtube-shorts-9x16")
TEXTS = ("price", "quote", "author", "date", "countdown", "place", "rating", "availability")
LOCALES = ("en-US", "ar-AE", "ja-JP", "zh-CN", "de-DE")
PALETTES = {
    "dark": {"primary": "#0e1f4d", "accent": "#f2b233", "background": "#0a1638", "text": "#fff6e6"},
    "light": {"primary": "#ffe9d6", "accent": "#d4421e", "background": "#fffdf8", "text": "#2b2118"},
    "grey": {"primary": "#777777", "accent": "#777777", "background": "#777777", "text": "#777777"},
    "one colour": {"primary": "#00b2a9"},
}


def everywhere(campaign: Campaign, palette: str = "dark", **changes: object) -> list[AdPlan]:
    """The first brief in every template, locale and aspect."""
    words = dict.fromkeys(LOCALES, "Some words")
    brief = campaign.briefs[0]
    brief = brief.model_copy(
        update={
            "locales": LOCALES,
            "messaging": brief.messaging.model_copy(
                update={
                    **{name: Localised(words) for name in ("headline", "tagline", "cta")},
                    "key_messages": (Localised(words),) * 3,
                }
            ),
            **{name: Localised("$9") for name in TEXTS},
            "offer": Localised("20%"),
            **changes,
        }
    )
    disclaimer = campaign.brand.disclaimers[0].model_copy(update={"text": Localised(words)})
    kit = campaign.brand.model_copy(
        update={"colors": Colours.model_validate(PALETTES[palette]), "disclaimers": (disclaimer,)}
    )
    made = []
    for each in templates():
        update = {
            "briefs": (brief,),
            "brand": kit,
            "template": each.ref,
            "templates": {each.ref: each},
            "placements": tuple(placement(name) for name in PLACEMENTS),
            "output": campaign.output.model_copy(update={"naming": "{brief}_{placement}_{locale}"}),
        }
        made += expand(campaign.model_copy(update=update))
    return made


def texts(plan: AdPlan, *roles: str) -> list[TextLayer]:
    return [x for x in plan.layers if isinstance(x, TextLayer) and (not roles or x.role in roles)]


@pytest.mark.parametrize("palette", PALETTES)
def test_every_layer_but_full_width_fills_stays_in_the_safe_zone(campaign: Campaign, palette: str) -> None:
    for plan in everywhere(campaign, palette):
        frame = Box(x=0, y=0, width=plan.width, height=plan.height)
        for layer in plan.layers:
            if isinstance(layer, FillLayer) and layer.role in {"scrim", "endcard"}:
                assert frame.contains(layer.box)
                assert layer.box.width == plan.width
            else:
                assert plan.safe_zone.contains(layer.box), (plan.plan_id, layer)


def _grounds(plan: AdPlan, text: TextLayer) -> Iterator[str]:
    """What a text can lie on, painted from below at its most visible moment, over black and white pictures,
    at the top, the middle and the bottom of its box."""
    index = plan.layers.index(text)
    for picture in (BLACK, WHITE):
        for row in (text.box.y, text.box.y + text.box.height / 2, text.box.bottom):
            ground = picture
            for layer in plan.layers[:index]:
                seen = layer.timing.start_s <= text.timing.start_s and layer.timing.end_s >= text.timing.end_s
                covers = layer.box.y <= row <= layer.box.bottom and layer.box.width == plan.width
                if isinstance(layer, FillLayer) and seen and covers:
                    along = (row - layer.box.y) / layer.box.height
                    end = layer.opacity if layer.opacity2 is None else layer.opacity2
                    tint = blend(layer.color2 or layer.color, along, layer.color)
                    ground = blend(tint, layer.opacity + along * (end - layer.opacity), ground)
            if text.panel_color is not None:
                ground = blend(text.panel_color, text.panel_opacity, ground)
            yield ground


@pytest.mark.parametrize("palette", PALETTES)
def test_every_text_reaches_the_contrast_on_black_and_on_white_pictures(
    campaign: Campaign, palette: str
) -> None:
    for plan in everywhere(campaign, palette):
        for text in texts(plan):
            grounds = tuple(_grounds(plan, text))
            # 0.05: opacities are rounded to 8-bit colours in this recomputation
            assert min(contrast(text.color, g) for g in grounds) >= MIN_CONTRAST - 0.05, (
                plan.plan_id,
                text.role,
            )
            low, high = min(map(luminance, grounds)), max(map(luminance, grounds))
            assert not low < luminance(text.color) < high, "a picture in between would swallow the text"


def test_colours_that_cannot_be_read_are_replaced_on_record(campaign: Campaign) -> None:
    plan = everywhere(campaign, "grey")[0]
    changed = {(a.role, a.before, a.after) for a in plan.adjustments}
    assert ("headline", "#777777", "#ffffff") in changed or ("headline", "#777777", "#000000") in changed
    assert any(a.role == "scrim" for a in plan.adjustments)
    assert everywhere(campaign, "dark")[0].adjustments == ()


def test_right_to_left_layouts_are_mirrored_inside_a_symmetric_safe_zone(plans: list[AdPlan]) -> None:
    english, arabic = plans[0], plans[1]
    assert english.safe_zone == Box(x=65, y=270, width=865, height=978)
    assert arabic.safe_zone == Box(x=150, y=270, width=780, height=978)
    logo = next(x for x in arabic.layers if isinstance(x, ImageLayer))
    assert logo.box.right == arabic.safe_zone.right
    (label,) = texts(arabic, "label")
    assert label.box.x == arabic.safe_zone.x
    assert (label.direction, label.align) == ("rtl", "end")
    assert all(text.direction == "rtl" for text in texts(arabic))
    assert {text.font.family for text in texts(arabic)} == {"Noto Sans Arabic"}


def test_the_ai_label_is_seen_from_the_first_to_the_last_frame_in_the_locales_language(
    campaign: Campaign,
) -> None:
    words = {
        "en-US": "AI generated",
        "ar-AE": "مولّد بالذكاء الاصطناعي",
        "ja-JP": "AI生成",
        "de-DE": "KI-generiert",
    }
    for plan in everywhere(campaign):
        if plan.locale in words:
            (label,) = texts(plan, "label")
            assert label.text == words[plan.locale]
            assert (label.timing.start_s, label.timing.end_s, label.timing.fade_in_s) == (
                0.0,
                plan.duration_s,
                0.0,
            )
            assert plan.layers[-1] == label
            assert label.min_px >= 0.025 * min(plan.width, plan.height)


def test_in_china_the_label_opens_large_for_two_seconds_and_then_stays(campaign: Campaign) -> None:
    for plan in everywhere(campaign):
        if plan.locale == "zh-CN":
            large, small = texts(plan, "label")
            short = min(plan.width, plan.height)
            assert large.min_px * 0.7 >= 0.05 * short
            assert large.timing.start_s == large.timing.fade_in_s == 0.0
            assert large.timing.end_s - large.timing.fade_out_s >= 2.0
            assert small.timing.start_s <= large.timing.end_s
            assert small.timing.end_s == plan.duration_s


def test_the_label_and_the_logo_never_overlap(campaign: Campaign) -> None:
    for plan in everywhere(campaign):
        logo = next(x for x in plan.layers if isinstance(x, ImageLayer))
        for label in texts(plan, "label"):
            assert label.box.right <= logo.box.x or logo.box.right <= label.box.x


def test_the_end_card_covers_everything_and_calls_to_action(plans: list[AdPlan]) -> None:
    for plan in plans:
        at = next(i for i, x in enumerate(plan.layers) if isinstance(x, FillLayer) and x.role == "endcard")
        card = plan.layers[at]
        assert card.box == Box(x=0, y=0, width=plan.width, height=plan.height)
        assert plan.duration_s - card.timing.start_s == pytest.approx(1.6)
        assert all(x.timing.end_s < plan.duration_s for x in plan.layers[:at])
        roles = [x.role for x in plan.layers[at + 1 :]]
        assert {"logo", "cta", "label"} <= set(roles)
        (cta,) = texts(plan, "cta")
        assert cta.panel_hug
        assert cta.box.x + cta.box.right == plan.width or plan.locale != "en-US"


def disclosing(campaign: Campaign, *disclosures: Disclosure) -> AdPlan:
    brief = campaign.briefs[0].model_copy(
        update={"locales": ("en-US",), "compliance": Compliance(required_disclosures=disclosures)}
    )
    return expand(campaign.model_copy(update={"briefs": (brief,)}))[0]


def test_a_disclosure_is_shown_where_and_as_long_as_it_asks(campaign: Campaign) -> None:
    card = Disclosure(text=Localised("Terms apply"), min_duration_ms=1000)
    early = Disclosure(text=Localised("Terms apply"), min_duration_ms=4000)
    always = Disclosure(text=Localised("Terms apply"), position="overlay", persistence="continuous")
    (line,) = texts(disclosing(campaign, card), "disclaimer")
    assert "Terms apply." in line.text
    assert line.timing.start_s > 4.0
    first, second = texts(disclosing(campaign, early), "disclaimer")
    assert (first.text, first.timing.start_s) == ("Terms apply.", 0.0)
    assert first.timing.end_s >= 4.0
    assert "Terms apply" not in second.text
    second, first = texts(disclosing(campaign, always), "disclaimer")
    assert (first.timing.start_s, first.timing.end_s) == (0.0, 6.0)
    assert second.box.bottom <= first.box.y


def test_a_disclosure_of_another_country_or_language_is_left_out(campaign: Campaign) -> None:
    elsewhere = Disclosure(text=Localised("Nur in Deutschland"), jurisdictions=("DE",))
    other = Disclosure(text=Localised("Seulement en français"), language="fr")
    (line,) = texts(disclosing(campaign, elsewhere, other), "disclaimer")
    assert "Deutschland" not in line.text
    assert "français" not in line.text
    here = Disclosure(text=Localised("Only in California"), jurisdictions=("US-CA",))
    assert "California" in texts(disclosing(campaign, here), "disclaimer")[0].text


def test_the_logo_version_suits_its_ground(campaign: Campaign) -> None:
    def first_logo(palette: str) -> str:
        plan = everywhere(campaign, palette)[0]
        return next(x.path for x in plan.layers if isinstance(x, ImageLayer))

    assert first_logo("dark").endswith("aubemar-horizontal-light.png")
    assert first_logo("light").endswith("aubemar-horizontal-dark.png")


def test_a_logo_made_for_the_other_ground_stands_on_a_plate(campaign: Campaign) -> None:
    dark_only = tuple(logo for logo in campaign.brand.logos if logo.background == "light-bg")
    brand = campaign.brand.model_copy(update={"logos": dark_only})
    plan = expand(campaign.model_copy(update={"brand": brand}))[0]
    at = next(i for i, x in enumerate(plan.layers) if isinstance(x, ImageLayer))
    plate = plan.layers[at - 1]
    assert isinstance(plate, FillLayer)
    assert plate.color == WHITE
    assert plate.box.contains(plan.layers[at].box)
    assert any(a.role == "logo" for a in plan.adjustments)


def test_a_logo_keeps_its_aspect(plans: list[AdPlan], campaign: Campaign) -> None:
    sizes = {logo.sha256: (logo.width or 0) / (logo.height or 1) for logo in campaign.brand.logos}
    for plan in plans:
        for layer in plan.layers:
            if isinstance(layer, ImageLayer):
                assert layer.box.width / layer.box.height == pytest.approx(sizes[layer.sha256], rel=0.02)


def test_text_that_no_colour_can_save_is_a_problem_not_a_guess(campaign: Campaign) -> None:
    hero = template("product-hero@2026-11")
    bare = {aspect: layout.model_copy(update={"scrims": ()}) for aspect, layout in hero.layouts.items()}
    own = hero.model_copy(update={"layouts": bare})
    with pytest.raises(CampaignError) as caught:
        expand(campaign.model_copy(update={"templates": {**campaign.templates, hero.ref: own}}))
    assert "cannot be read at 4.5:1" in caught.value.problems[0].message


def test_timings_lie_inside_the_ad(campaign: Campaign) -> None:
    for plan in everywhere(campaign):
        for layer in plan.layers:
            timing = layer.timing
            assert 0 <= timing.start_s < timing.end_s <= plan.duration_s
            assert timing.fade_in_s + timing.fade_out_s <= timing.end_s - timing.start_s


def test_slots_the_brief_leaves_empty_leave_no_layer(campaign: Campaign) -> None:
    assert isinstance(campaign.briefs[0], Brief)
    assert not [t for plan in expand(campaign) if plan.brief == "slow-evenings" for t in texts(plan, "offer")]
