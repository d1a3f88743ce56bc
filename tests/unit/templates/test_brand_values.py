# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Locales, localised texts, contrast and picture headers."""

from pathlib import Path

import pytest
from PIL import Image
from pydantic import ValidationError

from adseal_templates import files, placement, placements
from adseal_templates.colour import blend, contrast, readable, worst_contrast
from adseal_templates.language import ai_label, direction_of, lookup_chain, region_of, script_of
from adseal_templates.values import Localised, canonical_locale, display_width


def test_a_text_is_looked_up_by_locale_then_by_its_parents() -> None:
    text = Localised({"en": "colour", "en-US": "color", "zh-Hant": "顏色"})
    assert [text.text_for(tag) for tag in ("en-US", "en-GB", "zh-Hant-TW", "zh-CN")] == [
        "color",
        "colour",
        "顏色",
        None,
    ]
    assert Localised("20%").text_for("ar-AE") == "20%"
    assert lookup_chain("zh-Hant-TW") == ("zh-Hant-TW", "zh-Hant", "zh")


def test_localised_texts_are_read_in_the_adcp_form_too() -> None:
    names = Localised.model_validate([{"en_US": "Aubemar"}, {"fr_CA": "Aubemar Canada"}, {"en_US": "alias"}])
    assert dict(names.items()) == {"en-US": "Aubemar", "fr-CA": "Aubemar Canada"}


@pytest.mark.parametrize(
    "bad", [{}, [], {"en_US": "x"}, {"english": "x"}, {"en": ""}, {"en": 5}, 5, None, {"en": "x" * 501}]
)
def test_localised_texts_without_words_or_tags_are_refused(bad: object) -> None:
    with pytest.raises(ValidationError):
        Localised.model_validate(bad)


@pytest.mark.parametrize(
    ("tag", "script", "direction", "region"),
    [
        ("ar-AE", "Arab", "rtl", "AE"),
        ("he", "Hebr", "rtl", None),
        ("az-Arab-IR", "Arab", "rtl", "IR"),
        ("ar-Latn", "Latn", "ltr", None),
        ("zh-CN", "Hans", "ltr", "CN"),
        ("zh-TW", "Hant", "ltr", "TW"),
        ("sr-Latn-RS", "Latn", "ltr", "RS"),
        ("pt-BR", "Latn", "ltr", "BR"),
    ],
)
def test_a_tag_tells_script_direction_and_region(
    tag: str, script: str, direction: str, region: str | None
) -> None:
    assert (script_of(tag), direction_of(tag), region_of(tag)) == (script, direction, region)


def test_tags_in_other_casing_are_set_right_in_the_hint() -> None:
    assert canonical_locale("EN_us") == "en-US"
    assert canonical_locale("ZH-hant_tw") == "zh-Hant-TW"
    assert canonical_locale("not a tag") is None
    assert ai_label("fr-CA") == "Généré par IA"
    assert ai_label("sv-SE") == "AI generated"


def test_contrast_is_the_one_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert contrast("#ff0000", "#ffffff") == pytest.approx(4.0, abs=0.01)
    assert blend("#000000", 0.5, "#ffffff") == "#808080"


def test_grey_text_is_not_readable_between_black_and_white() -> None:
    assert min(contrast("#767676", "#ffffff"), contrast("#767676", "#000000")) > 4.5
    assert worst_contrast("#767676", ("#000000", "#ffffff")) == 1.0
    assert readable("#767676", ("#000000", "#ffffff")) is None
    assert readable("#f2b233", ("#ffffff",)) == "#000000"


def test_widths_count_wide_characters_twice_and_marks_not_at_all() -> None:
    assert display_width("AI生成") == 6
    assert display_width("مَذاقٌ") == 4
    assert display_width("e\u0301") == 1


@pytest.mark.parametrize("form", ["png", "jpeg", "webp", "lossless", "alpha"])
def test_sizes_are_read_from_the_headers_of_png_jpeg_and_webp(tmp_path: Path, form: str) -> None:
    path = tmp_path / "picture"
    image = Image.new("RGBA" if form == "alpha" else "RGB", (321, 123), "#336699")
    if form in {"png", "jpeg"}:
        image.save(path, form)
    else:
        if form == "alpha":
            image.putalpha(120)
        image.save(path, "webp", lossless=form == "lossless")
    facts = files.examine_picture("picture", tmp_path)
    assert (facts.width, facts.height) == (321, 123)


@pytest.mark.parametrize(
    "data",
    [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"\xff\xd8\xff\xe0\x00\x00" * 9, b"GIF89a" + bytes(20)],
)
def test_damaged_and_other_pictures_are_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "logo.png").write_bytes(data)
    with pytest.raises(ValueError, match="is not a PNG, JPEG or WebP picture"):
        files.examine_picture("logo.png", tmp_path)


def test_a_picture_bomb_is_refused_by_its_header(tmp_path: Path) -> None:
    header = b"\x89PNG\r\n\x1a\n" + (13).to_bytes(4, "big") + b"IHDR" + (60_000).to_bytes(4, "big") * 2
    (tmp_path / "bomb.png").write_bytes(header)
    with pytest.raises(ValueError, match="60000×60000"):
        files.examine_picture("bomb.png", tmp_path)


def test_placements_say_where_their_margins_come_from() -> None:
    for each in placements():
        assert each.id.endswith(each.aspect)
        assert len(each.source.text) > 30
    reels, story = placement("meta-reels-9x16").safe_zone(), placement("social-story-9x16").safe_zone()
    assert reels.contains(story)
