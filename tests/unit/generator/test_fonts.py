# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Choosing fonts: the brand's first, a fallback per script, and clear words when there is none."""

import shutil
from pathlib import Path

import pytest

from adseal_generator import fonts, sfnt
from adseal_generator.errors import FontError
from adseal_templates.plan import FontRef

BRAND = FontRef(family="Montserrat", weight=700)


def families(text: str, wish: FontRef = BRAND, language: str = "en") -> list[str]:
    return [face.family for face in fonts.faces_for(text, wish, language)]


def needs_cjk() -> None:
    if not any("cjk" in name for face in fonts._system_faces() for name in face.names):
        pytest.skip("no Noto CJK font is installed (apt-get install fonts-noto-cjk)")


def test_latin_greek_marks_and_money_stay_in_the_brand_font() -> None:
    assert set(families("Größer für €5 – “jetzt”")) == {"Montserrat"}


def test_arabic_goes_to_a_font_that_has_it_and_digits_stay_with_the_brand() -> None:
    got = families("خصم 50%", language="ar")
    assert set(got[:3]) == {"Noto Sans Arabic"}
    assert set(got[4:]) == {"Montserrat"}


def test_the_space_between_two_words_of_a_script_does_not_tear_the_run() -> None:
    assert set(families("قهوة أفضل", language="ar")) == {"Noto Sans Arabic"}


@pytest.mark.parametrize(
    ("language", "region"),
    [("ja", "JP"), ("ko-KR", "KR"), ("zh-CN", "SC"), ("zh-TW", "TC"), ("zh-Hant", "TC")],
)
def test_ideographs_are_drawn_as_the_language_writes_them(language: str, region: str) -> None:
    needs_cjk()
    assert families("直", language=language) == [f"Noto Sans CJK {region}"]


def test_a_bold_wish_gets_a_bold_fallback() -> None:
    needs_cjk()
    assert fonts.faces_for("直", BRAND, "ja")[0].weight == 700


def test_a_missing_script_is_named_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_system_faces", lambda: ())
    fonts._fallback.cache_clear()
    try:
        with pytest.raises(FontError) as caught:
            families("限时", language="zh")
    finally:
        fonts._fallback.cache_clear()
    assert caught.value.code == "script_missing"
    assert "ideographs" in str(caught.value)
    assert "fonts-noto-cjk" in caught.value.hint
    assert "brand kit" in caught.value.hint


def test_an_emoji_without_a_font_is_a_problem_not_an_empty_box(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_system_faces", lambda: ())
    fonts._fallback.cache_clear()
    with pytest.raises(FontError, match="symbol"):
        families("Sale 🛍")
    fonts._fallback.cache_clear()


def test_a_brand_font_that_is_nowhere_is_never_replaced_silently() -> None:
    with pytest.raises(FontError) as caught:
        families("Hello", FontRef(family="Nowhere Grotesk"))
    assert caught.value.code == "font_missing"
    assert "brand kit" in caught.value.hint


def brand_file(folder: Path) -> Path:
    face = fonts.wished_faces(FontRef(family="Inter"))[0]
    return Path(shutil.copy(face.path, folder / "Our Own.ttf"))


def test_a_font_file_of_the_brand_kit_comes_before_installed_families(tmp_path: Path) -> None:
    wish = FontRef(family="Montserrat", files=(str(brand_file(tmp_path)),))
    assert set(families("Hello", wish)) == {"Inter"}


def test_damaged_and_missing_font_files_are_named(tmp_path: Path) -> None:
    whole = brand_file(tmp_path).read_bytes()
    for name, data in {"cut.ttf": whole[:3000], "text.ttf": b"not a font at all", "empty.ttf": b""}.items():
        (tmp_path / name).write_bytes(data)
    for name in ("cut.ttf", "text.ttf", "empty.ttf", "absent.ttf"):
        with pytest.raises(FontError) as caught:
            families("Hello", FontRef(family="Montserrat", files=(str(tmp_path / name),)))
        assert name in str(caught.value)


def test_the_weight_of_a_variable_font_follows_the_wish() -> None:
    face = fonts.wished_faces(BRAND)[0]
    ink = [sum(bytes(fonts.load(face, 100, weight).getmask("Hamburg"))) for weight in (100, 400, 900)]
    assert ink[1] > 2 * ink[0]
    assert ink[2] > 1.6 * ink[1]


def test_the_own_reader_agrees_with_freetype_about_which_characters_there_are() -> None:
    face = fonts.wished_faces(BRAND)[0]
    font = fonts.load(face, 40, 700)
    empty = bytes(font.getmask("\U0010fffd"))  # a private-use character: the .notdef box
    for char in "AzÄßñЖ€–№ẞ漢شก☃":
        assert face.covers(char) == (bytes(font.getmask(char)) != empty), char


def test_characters_beyond_the_basic_plane_are_read_too() -> None:
    needs_cjk()
    face = fonts.faces_for("漢", BRAND, "ja")[0]
    assert face.covers("漢字かなカナ한글。")
    assert face.covers("\U00020bb7")  # a rare form of 吉, in plane 2
    assert not face.covers("ش")
    assert not face.covers("\U00030000")


def test_faces_report_family_weight_and_axes() -> None:
    (face,) = sfnt.read_faces(fonts.wished_faces(BRAND)[0].path)
    assert face.family == "Montserrat"
    assert dict(face.axes)["wght"] == (100.0, 100.0, 900.0)
    assert not face.italic
    assert face.distance(700) == 0
