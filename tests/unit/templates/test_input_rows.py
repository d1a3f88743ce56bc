# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Rows from CSV, JSON lines and YAML: what they may say, and every trap of spreadsheets told with its line."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adseal_templates import CampaignError, Problem
from adseal_templates.rows import Row, parse_rows, read_rows

HEAD = "id,headline,cta\n"


def rows(text: str | bytes, kind: str = ".csv") -> list[Row]:
    raw = text.encode() if isinstance(text, str) else text
    return parse_rows(raw, file="rows" + kind, kind=kind)


def problems(text: str | bytes, kind: str = ".csv") -> tuple[Problem, ...]:
    with pytest.raises(CampaignError) as caught:
        rows(text, kind)
    return caught.value.problems


def test_the_three_forms_say_the_same() -> None:
    csv = rows("id,headline.en-US,seed\na,Slow evenings,7\n")
    lines = rows('{"id": "a", "headline": {"en-US": "Slow evenings"}, "seed": 7}\n', ".jsonl")
    listed = rows("- id: a\n  headline: {en-US: Slow evenings}\n  seed: 7\n", ".yaml")
    assert [r.values for r in csv] == [r.values for r in lines] == [r.values for r in listed]
    assert [r.line for r in (*csv, *lines, *listed)] == [2, 1, 1]


@pytest.mark.parametrize("mark", ["\ufeff", ""])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_exports_of_every_spreadsheet_are_read(mark: str, newline: str, separator: str) -> None:
    text = mark + newline.join(
        [separator.join(("id", "headline")), separator.join(("a", "Un café")), separator.join(("b", "Zwei"))]
    )
    assert [r.values for r in rows(text)] == [
        {"id": "a", "headline": "Un café"},
        {"id": "b", "headline": "Zwei"},
    ]


def test_lines_are_those_of_the_file_also_after_cells_of_several_lines_and_empty_ones() -> None:
    made = rows(HEAD + 'a,"two\nlines",Go\n\n,,\nb,One,Go\n')
    assert [(r.id, r.line) for r in made] == [("a", 2), ("b", 6)]
    assert made[0].values["headline"] == "two\nlines"


def test_a_row_without_an_id_has_one_from_its_content_wherever_it_stands() -> None:
    one, two = rows("headline\nOne\nTwo\n")
    assert [r.id for r in rows("headline\nTwo\nNew\nOne\n")][::2] == [two.id, one.id]
    assert one.id != two.id


@pytest.mark.parametrize(
    ("text", "line", "field", "said"),
    [
        ("id,headline,id\na,b,c\n", 1, "id", "names this column twice"),
        ("id,,headline\na,b,c\n", 1, "", "has no name for column 2"),
        ("id,headlin\na,b\n", 1, "headlin", "is not a known column"),
        ("id,headline.en_us\na,b\n", 1, "headline.en_us", "is not a known column"),
        (HEAD + "a,b\n", 2, "", "has 2 cells, the header 3"),
        (HEAD + "a,Well, then,Go\n", 2, "", "has 4 cells, the header 3"),
        (HEAD + 'a,"open,Go\n', 2, "", "cannot be read as CSV"),
        (HEAD + "a,=HYPERLINK(1),Go\n", 2, "headline", "begins like a formula"),
        (HEAD + "a,@SUM(A1:A9),Go\n", 2, "headline", "begins like a formula"),
        (HEAD + "a,+cmd|' /C calc'!A0,Go\n", 2, "headline", "begins like a formula"),
        (HEAD + "a,-2+3+cmd(1),Go\n", 2, "headline", "begins like a formula"),
        (HEAD + "a,+B12,Go\n", 2, "headline", "begins like a formula"),
        (HEAD + "a,#REF!,Go\n", 2, "headline", "the spreadsheet's error #REF!"),
        (HEAD + "A b,One,Go\n", 2, "id", "'A b' is not an id"),
        (HEAD + "a,On\x07e,Go\n", 2, "headline", "holds a control character"),
        (HEAD + "a,One,Go\na,Two,Go\n", 3, "id", "has the id a of line 2"),
        ("headline\nOne\nOne\n", 3, "id", "says the same as line 2"),
        ("headline,seed\nOne,-1\n", 2, "seed", "'-1' is not a seed"),
        ("headline,seed\nOne,2147483648\n", 2, "seed", "is not a seed"),
        ("headline,locale\nOne,en_us\n", 2, "locale", "'en_us' is not a language tag"),
        ("", 1, "", "has no header"),
        (HEAD, 0, "", "has no rows"),
        (HEAD + "a," + "x" * 4001 + ",Go\n", 2, "headline", "is 4001 characters long"),
    ],
)
def test_each_trap_is_told_at_its_line(text: str, line: int, field: str, said: str) -> None:
    first = problems(text)[0]
    assert (first.line, first.field) == (line, field)
    assert said in first.message
    assert first.hint or "control" not in said


@pytest.mark.parametrize(
    "words", ["-20 % today", "+1 free", "@home", "@home!", "+49 is the number", "– slow –", "#1 fan"]
)
def test_words_that_only_look_like_formulas_pass(words: str) -> None:
    assert rows(f'headline\n"{words}"\n')[0].values["headline"] == words


def test_formulas_are_texts_where_nothing_evaluates_them() -> None:
    assert rows('{"headline": "=slow"}\n', ".jsonl")[0].values == {"headline": "=slow"}


@pytest.mark.parametrize(
    ("raw", "line", "said"),
    [
        ("headline\nCafé\n".encode("cp1252"), 2, "is not UTF-8 text"),
        ("headline\nOne\n".encode("utf-16"), 0, "is UTF-16 text"),
        (b"headline\nOne\nT\0wo\n", 3, "holds a NUL byte"),
        (b"PK\x03\x04\0\0", 1, "holds a NUL byte"),
    ],
)
def test_wrong_encodings_are_named(raw: bytes, line: int, said: str) -> None:
    (problem,) = [p for p in problems(raw) if "no rows" not in p.message]
    assert (problem.line, problem.message) == (line, said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"headline": "a", "headline": "b"}', "headline is given twice"),
        ('{"headline": NaN}', "NaN is not JSON"),
        ('{"headline": 5}', "must be text"),
        ('{"headline": {"en-US": 5}}', "must be text"),
        ('{"seed": true}', "must be text"),
        ('{"header": "a"}', "is not a known column"),
        ('["a"]', "is not a map of columns"),
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
    ],
)
def test_broken_json_lines_are_told_at_their_line(text: str, said: str) -> None:
    first = problems('{"headline": "fine"}\n\n' + text + "\n", ".jsonl")[0]
    assert (first.line, said in first.message) == (3, True)


def test_all_problems_are_told_at_once() -> None:
    told = problems(HEAD + "A,=x,Go\nb,One\nc,#N/A,Go\n")
    assert [(p.line, p.field) for p in told] == [(2, "id"), (2, "headline"), (3, ""), (4, "headline")]
    assert all(p.file == "rows.csv" for p in told)


def test_files_that_are_no_tables_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CampaignError, match=r"is a \.xlsx file"):
        parse_rows(b"x", file="rows.xlsx", kind=".xlsx")
    with pytest.raises(CampaignError, match="cannot be read"):
        read_rows(tmp_path / "none.csv")
    with pytest.raises(CampaignError, match="is not a list"):
        rows("headline: a\n", ".yaml")


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([".csv", ".jsonl", ".yaml"]))
def test_any_bytes_give_rows_or_problems(raw: bytes, kind: str) -> None:
    try:
        assert all(row.line >= 1 for row in rows(raw, kind))
    except CampaignError as error:
        assert error.problems
