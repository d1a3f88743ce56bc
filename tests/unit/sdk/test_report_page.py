# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The report page: whole by itself, deaf to what files try to say, and right about seconds and places."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from tests.report_kit import EVIL, JPEG, SHA, frames, hostile, record, report

from adseal.pages import pictures, timeline
from adseal.pages.style import document
from adseal.pages.verdict import page, unsaid
from adseal.pages.words import AXES, STATES, VERDICTS, plain, told, verdict_tone
from adseal_provenance.verdicts import report as reports
from adseal_provenance.verdicts.evidence import KeyFrames
from adseal_provenance.verdicts.report import Axis, ManifestFacts, MediaFacts
from adseal_provenance.watermark.model import Mark


class _Reader(HTMLParser):
    """Every element with its attributes, the text, and whether elements close in order."""

    VOID = frozenset({"meta", "img", "br", "rect", "path"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, f"{tag} closes out of order"

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.text += data


@pytest.mark.parametrize("found", [frames(0.5, 4.0), KeyFrames(reason=EVIL)], ids=["pictures", "none"])
def test_nothing_that_a_file_says_becomes_part_of_the_page(found: KeyFrames) -> None:
    html = page(hostile(), found)
    read = _Reader(html)
    assert read.open == [] and "<script>alert(1)</script>" in read.text, "the attack should be text"
    named = {tag for tag, _ in read.elements}
    assert not named & {"script", "iframe", "object", "embed", "link", "base", "form", "a", "video"}
    for tag, attributes in read.elements:
        assert not any(name.startswith("on") or name in {"style", "href", "srcset"} for name in attributes), (
            tag
        )
        assert (attributes.get("src") or "data:image/jpeg;base64,").startswith("data:image/jpeg;base64,")
    assert "\u202e" not in html and "https:" not in re.sub(
        r"<bdi>.*?</bdi>|<title>.*?</title>", "", html, flags=re.S
    )


def test_the_policy_allows_exactly_the_pages_own_style_sheet() -> None:
    html = page(report(), frames(1.0))
    policy = next(a["content"] for t, a in _Reader(html).elements if a.get("http-equiv"))
    (sheet,) = re.findall(r"<style>(.*?)</style>", html, re.S)
    digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    assert policy is not None
    assert set(policy.split("; ")) == {
        "default-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "img-src data:",
        f"style-src 'sha256-{digest}'",
    }
    assert "url(" not in sheet.replace("url(#", "") and "@import" not in sheet
    assert html.index("Content-Security-Policy") < html.index("<style>")


def test_the_page_says_what_was_examined_and_every_axis() -> None:
    text = _Reader(page(report(), frames(1.0))).text
    assert "clip.mp4" in text and "/home/somebody" not in text
    for words in (SHA, "2.4 MB", "2026-11-23 12:00:00 UTC", "8.0 s", "1.2.3", "Look at this.", "not signed"):
        assert words in text
    for name, question in AXES.values():
        assert name in text and question in text
    assert text.count("✓") >= len(AXES), "a state has a sign that does not depend on colour"


def test_words_exist_for_everything_a_report_can_say() -> None:
    from typing import get_args

    from adseal.pages.verdict import _KINDS
    from adseal.pages.words import SOURCES

    assert tuple(AXES) == reports.AXES
    assert set(STATES) == set(get_args(reports.State))
    assert set(VERDICTS) == set(get_args(reports.Verdict))
    assert set(SOURCES) == set(get_args(reports.IngredientVerdict))
    assert set(_KINDS) == set(get_args(reports.SignerKind))


def test_a_verdict_with_a_warning_is_never_simply_good() -> None:
    assert verdict_tone(report(warnings=())) == "good"
    assert verdict_tone(report()) == "fair"
    assert verdict_tone(report(verdict="none", warnings=())) == "fair"
    assert verdict_tone(report(verdict="broken", warnings=())) == "bad"


def test_an_unreadable_file_has_a_page_too() -> None:
    axis = Axis(state="not_checked", code="unexamined", sentence="Not examined.")
    bare = report(
        verdict="unreadable", sha256=None, size=None, record=None, marks=(), media=MediaFacts(), warnings=(),
        axes=dict.fromkeys(reports.AXES, axis),
    )  # fmt: skip
    text = _Reader(page(bare, KeyFrames(reason="it is a folder"))).text
    assert "could not be read" in text and "it is a folder" in text and "Which seconds" not in text
    assert "No picture of the file could be decoded" in text


# ---- seconds


def test_seconds_are_told_in_words_and_drawn_to_scale() -> None:
    words = timeline.sentences(report())
    assert words[0] == "Seconds 2.0 to 8.0 of this copy show seconds 0.0 to 6.0 of the registered video."
    assert words[1] == "Seconds 0.0 to 2.0 of this copy show something else than the registered video."
    assert "(bottom centre)" in words[2]
    assert "seconds 2.0 to 5.0 of the registered video, which are seconds 4.0 to 7.0 of this copy" in words[2]
    rects = {
        kind: (float(x), float(wide))
        for kind, x, wide in re.findall(
            r'<rect class="(\w+)" x="([\d.]+)" y="14" width="([\d.]+)"', timeline.bars(report())
        )
    }
    assert rects["exchanged"] == (500.0, 375.0), "of eight seconds the fourth to the seventh"


def test_a_copy_that_is_slower_is_carried_over_by_its_own_seconds() -> None:
    slow = report(
        record=record(matches=(((0.0, 12.0), (0.0, 6.0)),), foreign=()), media=MediaFacts(duration_s=12.0)
    )
    line = timeline.line_of(slow)
    assert line.exchanged == (((4.0, 10.0), (2.0, 5.0)),)
    assert timeline.in_original(line, 6.0) == 3.0 and timeline.in_original(line, 13.0) is None


def test_the_same_bytes_are_the_same_all_the_way() -> None:
    line = timeline.line_of(
        report(
            record=record(same_bytes=True, changed=(), seen=(), foreign=()), media=MediaFacts(duration_s=6.0)
        )
    )
    assert line.matches == (((0.0, 6.0), (0.0, 6.0)),)


def test_without_a_record_and_without_a_mark_there_is_nothing_to_draw() -> None:
    assert timeline.bars(report(record=None, marks=())) == ""
    assert "Mark in the picture" in timeline.bars(report(record=None))


@pytest.mark.parametrize("length", [0.04, 0.5, 7.9, 8.0, 59.0, 600.0, 86_400.0])
def test_a_scale_has_few_ticks_and_covers_the_whole_video(length: float) -> None:
    mark = Mark(algorithm="io.adseal.sound.1", id="a", key_id="b", log10_p=-9, spans=((0.0, length),))
    html = timeline.bars(report(record=None, marks=(mark,), media=MediaFacts(duration_s=length)))
    assert 1 <= html.count("<span>") - html.count("</svg> ") <= 8
    assert all(
        float(x) + float(w) <= 1004.1 for x, w in re.findall(r'x="([\d.]+)" y="1" width="([\d.]+)"', html)
    )


# ---- pictures


def boxes_in(html: str) -> list[int]:
    return [figure.count('class="over"') for figure in html.split("<figure>")[1:]]


def test_what_was_exchanged_is_framed_in_the_pictures_of_its_seconds() -> None:
    html = pictures.gallery(report(), frames(0.5, 3.0, 4.5, 6.5, 7.5))
    assert boxes_in(html) == [0, 0, 1, 1, 0]
    assert html.count("something else") == 1 and "original: 1.0 s" in html
    assert base64.b64encode(JPEG).decode() in html


def test_an_exchange_between_two_pictures_gets_one_of_its_own_or_the_nearest() -> None:
    brief = report(record=record(changed=(((0.1, 0.6, 0.9, 0.8), (2.1, 2.3)),)))
    assert pictures.moments(brief) == [pytest.approx(4.2)]
    assert pictures.moments(report()) == []
    assert boxes_in(pictures.gallery(brief, frames(0.5, 4.0, 7.5))) == [0, 1, 0]


def test_a_frame_is_put_where_the_picture_shows_the_place() -> None:
    def drawn(**changes: Any) -> list[float]:
        place = report(record=record(seen=((0.2, 0.4, 0.6, 0.8),)))
        html = pictures.gallery(place, frames(4.5, **changes))
        (rect,) = re.findall(
            r'class="over" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"', html
        )
        x, y, wide, high = map(float, rect)
        return [x, y, x + wide, y + high]

    near = 0.01
    assert drawn() == pytest.approx([0.2, 0.4, 0.6, 0.8], abs=near)
    assert drawn(picture=(0.25, 0.0, 0.75, 1.0)) == pytest.approx([0.35, 0.4, 0.55, 0.8], abs=near), "bars"
    assert drawn(quarters=1) == pytest.approx([0.2, 0.2, 0.6, 0.6], abs=near), "turned clockwise"
    assert drawn(quarters=2) == pytest.approx([0.4, 0.2, 0.8, 0.6], abs=near)
    hidden = report(record=record(seen=(None,)))
    assert boxes_in(pictures.gallery(hidden, frames(4.5))) == [0], "cut away in this copy"
    assert boxes_in(pictures.gallery(report(record=record(seen=())), frames(4.5))) == [0], "an older report"


# ---- what it does not say


def test_the_page_says_what_it_does_not_say() -> None:
    axes = {**report().axes, "revocation": Axis(state="not_checked", code="revocation_unknown", sentence="x")}
    axes["picture_watermark"] = Axis(state="absent", code="mark_absent", sentence="x")
    axes["time"] = Axis(state="warn", code="stamp_missing", sentence="x")
    found = ManifestFacts(source="registry", manifest_id="urn:c2pa:1", signer="x", signer_kind="development")
    said = " ".join(unsaid(report(axes=axes, manifest=found)))
    for words in (
        "Revocation",
        "marks can be lost",
        "time stamp",
        "development identity",
        "these bytes",
        "half a second",
    ):
        assert words in said
    nothing = " ".join(unsaid(report(verdict="none", record=None, marks=())))
    assert "nothing found says nothing" in nothing and "development" not in nothing


def test_text_of_strangers_becomes_one_visible_line() -> None:
    assert plain("a\u202eb\nc\x1b[31m") == "a\ufffdb\ufffdc\ufffd[31m"
    assert plain("x" * 500, 10) == "x" * 10 + "…"
    assert plain("می\u200cخواهم") == "می\u200cخواهم", "Persian keeps its joiners"
    assert told("<b>&") == "<bdi>&lt;b&gt;&amp;</bdi>"


def test_a_page_names_its_title_safely() -> None:
    assert "<title>&lt;/title&gt;</title>" in document("</title>", "", "")
