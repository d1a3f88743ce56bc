# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Rows of a table as input: CSV, JSON lines or YAML, each row an ad concept on top of a brief.

Decides what a row may say and what is refused, with the line of each problem and all problems at once: wrong
encodings, double and unknown columns, ragged rows, formulas and error values of spreadsheets. Nothing is guessed
and nothing evaluated. Leaves out what becomes of a row (`variants`).
"""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from .errors import CampaignError, Problem, did_you_mean
from .matrix import content_id
from .plan import M
from .values import canonical_locale
from .yaml_source import SourceLimits, parse_source

TEXT_COLUMNS: Final = ("headline", "tagline", "cta", "offer", "price")
COLUMNS: Final = ("id", "brief", "locale", "placement", "seed", "opening", *TEXT_COLUMNS)
_MAX_BYTES: Final = 4 * 1024 * 1024
_MAX_ROWS: Final = 5000
_MAX_CELL: Final = 4000
_SPREADSHEET_ERRORS: Final = ("#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!")
# What a spreadsheet would evaluate: everything after `=`, and calls or references after + - @. An ad may well begin
# with "-20 % today", "+1 free" or "@home".
_FORMULA: Final = re.compile(r"=|[+\-@]\S*(?:\(|\||![$A-Za-z])|[+\-@]\$?[A-Za-z]{1,3}\$?\d+(?![\w%])")


class Row(M):
    """One row: column (`headline`, or `headline.en-US` for one locale) → text, and where it stands."""

    values: dict[str, str]
    file: str
    line: int

    @property
    def id(self) -> str:
        """As written, else from the row's content: rows can be sorted and added to without renaming others."""
        return self.values.get("id") or content_id("r", self.values)


def read_rows(path: Path) -> list[Row]:
    """Every row of a `.csv`, `.tsv`, `.jsonl`, `.ndjson`, `.yaml` or `.yml` file. Raises CampaignError."""
    name = str(path)
    kind = path.suffix.lower()
    try:
        with path.open("rb") as stream:
            raw = stream.read(_MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or error
        raise CampaignError(
            [Problem(file=name, line=0, field="", message=f"cannot be read: {said}")]
        ) from error
    return parse_rows(raw, file=name, kind=kind)


def parse_rows(raw: bytes, *, file: str, kind: str) -> list[Row]:
    """Rows from the bytes of a file; `kind` is its suffix. Raises CampaignError with every problem."""
    table = _Table(file)
    if len(raw) > _MAX_BYTES:
        table.add(0, "", f"is larger than {_MAX_BYTES // 2**20} MiB", "split it")
    elif kind in {".yaml", ".yml"}:
        table.read_yaml(raw)
    elif (text := table.decode(raw)) is not None:
        if kind in {".csv", ".tsv"}:
            table.read_csv(text)
        elif kind in {".jsonl", ".ndjson"}:
            table.read_json_lines(text)
        else:
            table.add(0, "", f"is a {kind or 'nameless'} file", "rows come as .csv, .tsv, .jsonl or .yaml")
    table.check_ids()
    if table.problems:
        raise CampaignError(table.problems)
    return table.rows


@dataclass
class _Table:
    """Rows on their way in; collects problems instead of raising."""

    file: str
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def add(self, line: int, column: str, message: str, hint: str = "") -> None:
        self.problems.append(Problem(file=self.file, line=line, field=column, message=message, hint=hint))

    def decode(self, raw: bytes) -> str | None:
        if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
            self.add(0, "", "is UTF-16 text", "save it as UTF-8 (“CSV UTF-8” in Excel)")
            return None
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = raw[: error.start].count(b"\n") + 1
            self.add(line, "", "is not UTF-8 text", "save it as UTF-8 (“CSV UTF-8” in Excel)")
            return None
        if "\0" in text:
            self.add(text[: text.index("\0")].count("\n") + 1, "", "holds a NUL byte", "is it a spreadsheet?")
            return None
        return text

    def read_csv(self, text: str) -> None:
        first = text.split("\n", 1)[0]
        # The separator that makes most known columns of the header; a comma where none does.
        delimiter = max(",;\t", key=lambda d: sum(_known(c) for c in first.strip("\r").split(d)))
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        try:
            header = [name.strip() for name in next(reader, [])]
            if not self._header_fits(header):
                return
            before = reader.line_num
            for cells in reader:
                line, before = before + 1, reader.line_num
                if not any(cell.strip() for cell in cells):
                    continue
                if len(cells) != len(header):
                    hint = "put a text with separators in double quotes"
                    self.add(line, "", f"has {len(cells)} cells, the header {len(header)}", hint)
                    continue
                self._row(dict(zip(header, cells, strict=True)), line)
        except csv.Error as error:
            self.add(reader.line_num, "", f"cannot be read as CSV: {error}", "check the double quotes")

    def _header_fits(self, header: list[str]) -> bool:
        if not any(header):
            self.add(1, "", "has no header", "the first line names the columns: " + ", ".join(COLUMNS))
            return False
        for number, name in enumerate(header, start=1):
            if not name:
                self.add(1, "", f"has no name for column {number}", "name it or remove it")
            elif header.index(name) != number - 1:
                self.add(1, name, "names this column twice", "keep one of the two")
            elif not _known(name):
                self.add(1, name, "is not a known column", did_you_mean(name, COLUMNS))
        return not self.problems

    def read_json_lines(self, text: str) -> None:
        for line, written in enumerate(text.split("\n"), start=1):
            if not written.strip():
                continue
            try:
                data = json.loads(written, object_pairs_hook=_each_once, parse_constant=_no_constant)
            except (ValueError, RecursionError) as error:
                self.add(line, "", f"is not JSON: {error}", "one object on each line")
                continue
            self._object(data, line)

    def read_yaml(self, raw: bytes) -> None:
        limits = SourceLimits(max_bytes=_MAX_BYTES, max_nodes=_MAX_ROWS * 20)
        try:
            source = parse_source(raw, file=self.file, folder=Path(), limits=limits)
        except CampaignError as error:
            self.problems += error.problems
            return
        if not isinstance(source.data, list):
            self.add(1, "", "is not a list", "each row starts with a dash")
            return
        for i, data in enumerate(source.data):
            self._object(data, source.line((i,)))

    def _object(self, data: Any, line: int) -> None:
        if not isinstance(data, dict):
            self.add(line, "", "is not a map of columns", 'like {"headline": "…"}')
            return
        flat: dict[str, str] = {}
        for name, value in data.items():
            if isinstance(value, dict) and name in TEXT_COLUMNS:
                flat |= {f"{name}.{tag}": v for tag, v in value.items()}
            elif value is not None:
                flat[name] = value
        bad = [name for name in flat if not _known(name)]
        for name in bad:
            self.add(line, name, "is not a known column", did_you_mean(name, COLUMNS))
        texts: dict[str, str] = {}
        for name, value in flat.items():
            whole = isinstance(value, int) and not isinstance(value, bool)
            if isinstance(value, str) or (whole and name == "seed"):
                texts[name] = str(value)
            elif name not in bad:
                self.add(line, name, "must be text", f"it is {value!r}"[:80])
        if not bad:
            self._row(texts, line, evaluated=False)

    def _row(self, cells: dict[str, str], line: int, *, evaluated: bool = True) -> None:
        """Check the cells and keep the row. JSON and YAML hold texts and are not told about formulas."""
        values = {name: cell.strip() for name, cell in cells.items() if cell.strip()}
        for name, cell in values.items():
            for message, hint in _wrong_with(name, cell, evaluated=evaluated):
                self.add(line, name, message, hint)
        if len(self.rows) == _MAX_ROWS:
            self.add(line, "", f"is row {_MAX_ROWS + 1}", f"at most {_MAX_ROWS} rows a file")
        if len(self.rows) <= _MAX_ROWS:
            self.rows.append(Row(values=values, file=self.file, line=line))

    def check_ids(self) -> None:
        if not self.rows and not self.problems:
            self.add(0, "", "has no rows", "one line for each ad concept")
        seen: dict[str, Row] = {}
        for row in self.rows:
            other = seen.setdefault(row.id, row)
            if other is not row:
                same = "says the same as" if "id" not in row.values else f"has the id {row.id} of"
                self.add(row.line, "id", f"{same} line {other.line}", "give each row an id of its own")


def _known(name: str) -> bool:
    column, _, tag = name.strip().partition(".")
    if not tag:
        return column in COLUMNS
    return column in TEXT_COLUMNS and canonical_locale(tag) == tag


def _wrong_with(name: str, cell: str, *, evaluated: bool) -> Iterator[tuple[str, str]]:
    if len(cell) > _MAX_CELL:
        yield f"is {len(cell)} characters long", f"at most {_MAX_CELL}"
    if cell.startswith(_SPREADSHEET_ERRORS):
        yield f"holds the spreadsheet's error {cell[:20]}", "repair the cell and export again"
    elif evaluated and _FORMULA.match(cell):
        yield (
            f"begins like a formula: {cell[:40]!r}",
            "export values; a text that begins so goes into JSON lines",
        )
    if any(ord(c) < 32 and c not in "\n\t\r" for c in cell):
        yield "holds a control character", "remove it"
    if name in {"id", "brief", "placement"} and not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", cell):
        yield f"{cell[:60]!r} is not an id", "lower-case letters, digits and single hyphens"
    if name == "seed" and not (re.fullmatch(r"[0-9]{1,10}", cell) and int(cell) < 2**31):
        yield f"{cell[:40]!r} is not a seed", "a whole number from 0 to 2147483647"
    if name == "locale" and canonical_locale(cell) != cell:
        yield f"{cell[:40]!r} is not a language tag", f"write {canonical_locale(cell) or 'en-US'}"


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{name} is given twice")
        found[name] = value
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
