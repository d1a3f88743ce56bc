# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Setting text: sizes, line breaks, reading order, and saying what would fit."""

import re
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from adseal_generator import bidi, fonts, text
from adseal_generator.errors import LayerError
from adseal_templates.plan import FontRef

BRAND = FontRef(family="Montserrat", weight=700)


def set_text(words: str, **changes: Any) -> text.SetText:
    given: dict[str, Any] = {
        "language": "en",
        "rtl": False,
        "font": BRAND,
        "width": 800,
        "height": 400,
        "max_px": 90,
        "min_px": 30,
        "max_lines": 3,
    }
    return text.fit(words, **(given | changes))


def lines(done: text.SetText) -> list[str]:
    """What each line says, in logical order (runs of a right-to-left line are listed from the right)."""
    return ["".join(run.text for run in line.runs) for line in done.lines]


def needs_cjk() -> None:
    if not any("cjk" in name for face in fonts._system_faces() for name in face.names):
        pytest.skip("no Noto CJK font is installed (apt-get install fonts-noto-cjk)")


def test_a_short_text_is_set_at_the_largest_size_in_one_line() -> None:
    done = set_text("Hello")
    assert (done.size, lines(done)) == (90, ["Hello"])


def test_the_size_is_the_largest_that_fits() -> None:
    words = "Fresh coffee, roasted this morning and on your table tonight"
    done = set_text(words, max_px=200)
    assert 30 < done.size < 200
    assert done.width <= 800
    assert done.height <= 400
    with pytest.raises(LayerError):
        set_text(words, min_px=done.size + 2, max_px=done.size + 2)


def test_lines_are_balanced_instead_of_leaving_one_word_behind() -> None:
    done = set_text("Roasted slowly for bright mornings", width=760, max_px=72, min_px=72)
    assert lines(done) == ["Roasted slowly for", "bright mornings"]
    done = set_text("The quick brown fox jumps over it", width=560, max_px=60, min_px=60)
    widths = [line.width for line in done.lines]
    assert max(widths) < 1.5 * min(widths)


def test_a_line_feed_breaks_and_spaces_collapse() -> None:
    assert lines(set_text("One   two \n three ")) == ["One two", "three"]


def test_a_no_break_space_keeps_words_together() -> None:
    done = set_text("Only for 30\u00a0days more", width=330, max_px=60, min_px=60)
    assert any("30\u00a0days" in line for line in lines(done))


def test_what_would_fit_is_said_when_it_does_not() -> None:
    words = "A sentence that is far too long for the small box that the template has for it"
    with pytest.raises(LayerError) as caught:
        set_text(words, width=300, height=50, max_lines=1)
    assert caught.value.code == "text_too_long"
    found = re.search(r"about (\d+) characters", caught.value.hint)
    assert found is not None
    room = int(found.group(1))
    assert set_text(words[:room].strip(), width=300, height=50, max_lines=1).size >= 30
    with pytest.raises(LayerError):
        set_text(words[: room + 3], width=300, height=50, max_lines=1)


@pytest.mark.parametrize("nothing", ["", "  \n ", "\u00a0"[:0]])
def test_an_empty_text_is_a_problem(nothing: str) -> None:
    with pytest.raises(LayerError) as caught:
        set_text(nothing)
    assert caught.value.code == "text_empty"


def test_chinese_breaks_between_characters_but_not_before_a_stop() -> None:
    needs_cjk()
    words = "每天清晨，喝一杯更好的咖啡。"
    for width in range(260, 700, 40):
        done = set_text(words, language="zh-CN", width=width, height=2000, max_px=60, min_px=60, max_lines=9)
        assert "".join(lines(done)) == words
        assert all(line[0] not in "，。" for line in lines(done))


def test_a_chinese_headline_is_set_smaller_rather_than_broken_inside_a_phrase() -> None:
    needs_cjk()
    done = set_text(
        "每天清晨，喝一杯更好的咖啡", language="zh-CN", width=865, height=330, max_px=112, min_px=48
    )
    assert lines(done) == ["每天清晨，", "喝一杯更好的咖啡"]
    assert done.size > 90


def test_japanese_opening_brackets_do_not_end_a_line_and_small_kana_do_not_begin_one() -> None:
    needs_cjk()
    words = "今日だけ「ちょっと」お得なキャンペーン"
    for width in range(200, 700, 45):
        done = set_text(words, language="ja", width=width, height=2000, max_px=50, min_px=50, max_lines=12)
        assert all(line[-1] != "「" for line in lines(done))
        assert all(line[0] not in "」ょっャー" for line in lines(done))


def test_korean_breaks_at_its_spaces() -> None:
    needs_cjk()
    done = set_text("매일 아침 더 좋은 커피", language="ko", width=330, max_px=60, min_px=60)
    assert lines(done) == ["매일 아침", "더 좋은 커피"] or lines(done) == ["매일 아침 더", "좋은 커피"]


def test_arabic_words_stay_whole_and_latin_stays_left_to_right_inside() -> None:
    done = set_text("قهوة أفضل مع Luma Coffee كل يوم", language="ar", rtl=True, width=2000, max_lines=1)
    (line,) = done.lines
    assert [run.text for run in line.runs if not run.rtl] == ["Luma Coffee"]
    assert line.runs[-1].text.startswith("قهوة")  # the sentence begins at the right
    assert line.runs[0].text.endswith("يوم")
    assert [run.x for run in line.runs] == sorted(run.x for run in line.runs)


def test_an_arabic_percentage_reads_as_arabic_readers_write_it() -> None:
    # W2 makes 50 an Arabic number after Arabic letters, so the sign stands to its left.
    assert bidi.levels("خصم 50%", rtl=True) == [1, 1, 1, 1, 2, 2, 1]
    assert bidi.levels("50%", rtl=False) == [0, 0, 0]


@pytest.mark.parametrize(
    ("levels", "order"),
    [
        ([0, 1, 0], [0, 1, 2]),
        ([1, 2, 1], [2, 1, 0]),
        ([0, 1, 2, 1, 0], [0, 3, 2, 1, 4]),
        ([], []),
        ([2, 2], [0, 1]),
    ],
)
def test_runs_are_reversed_level_by_level(levels: list[int], order: list[int]) -> None:
    assert bidi.visual_order(levels) == order


@pytest.mark.parametrize(
    ("words", "rtl"),
    [
        ("السعر 1,299.50 ر.س فقط", True),
        ("שלום world 123 עולם", True),
        ("Hello שלום world", False),
        ("Buy قهوة 20% now!", False),
        ("اتصل +966-50-123 الآن", True),
        ("(luma) قهوة (طازجة)", True),
        ("abc אבג 12-34 דהו.", True),
        ("٢٠-٣٠ دقيقة", True),
    ],
)
def test_reading_order_agrees_with_fribidi(words: str, rtl: bool) -> None:
    dejavu = SimpleNamespace(family="DejaVu Sans", weight=400, files=())
    if not any("dejavu sans" in face.names for face in fonts._system_faces()):
        pytest.skip("needs one font with Latin, Hebrew and Arabic (apt-get install fonts-dejavu-core)")
    done = set_text(words, language="ar", rtl=rtl, font=dejavu, width=2000, max_lines=1, max_px=60, min_px=60)
    face = done.lines[0].runs[0].face
    ours, theirs = Image.new("L", (1400, 120)), Image.new("L", (1400, 120))
    for run in done.lines[0].runs:
        ImageDraw.Draw(ours).text(
            (20 + run.x, 80),
            run.text,
            fill=255,
            font=fonts.load(run.face, 60, 400),
            anchor="ls",
            direction="rtl" if run.rtl else "ltr",
            language="ar",
        )
    # The reference: Raqm lays the whole line out by itself, with FriBidi.
    ImageDraw.Draw(theirs).text(
        (20, 80),
        words,
        fill=255,
        font=fonts.load(face, 60, 400),
        anchor="ls",
        direction="rtl" if rtl else "ltr",
        language="ar",
    )
    difference = np.abs(np.asarray(ours, int) - np.asarray(theirs, int)).sum()
    assert difference <= 0.01 * np.asarray(theirs, int).sum()


def test_mixed_fonts_share_one_baseline_and_do_not_overlap() -> None:
    done = set_text("خصم 50% الآن", language="ar", rtl=True, max_lines=1)
    runs = done.lines[0].runs
    assert {run.face.family for run in runs} == {"Montserrat", "Noto Sans Arabic"}
    for left, right in pairwise(runs):
        assert right.x == pytest.approx(left.x + text.advance(left, done.size, 700, "ar"), abs=0.01)


def test_combining_marks_stay_with_their_letter() -> None:
    assert text._clusters("a\u0301b👩\u200d🚀") == ["a\u0301", "b", "👩\u200d🚀"]
