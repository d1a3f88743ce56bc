# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What an audit writes down of each video, and the CSV table it is written into.

Decides: the columns, how a cell is written so that no spreadsheet takes it for a formula and no name breaks a line, and
how a table that was cut off anywhere is taken up again. Leaves out: what is looked at (`audit`).

Names in a bucket come from strangers. Every cell is quoted; one that begins like a formula gets an apostrophe in front
(OWASP, "CSV Injection"); what cannot be printed is written as an escape (\\n, \\u202e), a backslash as two.
"""

import csv
import os
import re
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from adseal.errors import RequestError

AXES = (
    "credential",
    "integrity",
    "signer_trust",
    "time",
    "revocation",
    "ingredients",
    "ai_claim",
    "picture_watermark",
    "sound_watermark",
    "fingerprint",
)
_END = "\r\n"
_MAX_TEXT = 2000
_LIKE_A_FORMULA = tuple("=+-@'\uff1d\uff0b\uff0d\uff20")
_ESCAPE = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(\\))")


class Row(BaseModel):
    """One video.

    Attributes:
        key: its address, as `adseal verify` takes it: `s3://bucket/key`, or a path.
        size: bytes.
        etag: the server's name for the bytes; empty for a file.
        modified: of the last change, ISO 8601, UTC.
        triage: `embedded`, `absent`, `unsupported` or `unclear` (see `adseal_provenance.reading.triage`); empty if not
            even the first bytes could be read.
        labels: unsigned labels within the bytes of the triage, in words.
        verdict: of the full verification; empty where there was none.
        summary: the report's; of an error, what went wrong.
        axes: the state of each axis, in the order of `AXES`; empty without a verdict.
        manifest_id, record_id: of the credential, and the watermark id of the registered original.
        bytes_read: of the triage and of the full verification.
        error: code of what kept it from being examined.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    size: int
    etag: str = ""
    modified: str = ""
    triage: str = ""
    labels: str = ""
    verdict: str = ""
    summary: str = ""
    axes: dict[str, str] = {}
    manifest_id: str = ""
    record_id: str = ""
    bytes_read: int = 0
    error: str = ""

    def is_of(self, size: int, etag: str, modified: str) -> bool:
        """Whether the row is about these bytes."""
        return (self.size, self.etag, self.modified) == (size, etag, modified)


_PLAIN = tuple(name for name in Row.model_fields if name != "axes")
_BEFORE = _PLAIN.index("manifest_id")
COLUMNS = (*_PLAIN[:_BEFORE], *AXES, *_PLAIN[_BEFORE:])


class Table:
    """A CSV table on disk that is whole after every row.

    Args:
        path: must not exist, unless `resume`.
        resume: take the rows of an earlier run from it; a last row that was cut off is dropped.

    Raises:
        RequestError: it exists and is not to be resumed, is another kind of file, or cannot be written.
    """

    def __init__(self, path: Path, *, resume: bool) -> None:
        self.path = path
        self.rows: dict[str, Row] = {}
        self._file: IO[str] | None = None
        if path.exists() and not resume:
            raise RequestError(
                f"{path} exists already", hint="--resume goes on with it; or choose another name"
            )
        if path.exists():
            self.rows = _read(path)

    def begin(self, again: Iterable[str]) -> Self:
        """Write the table anew without the rows of these keys, and open it for more."""
        for key in again:
            self.rows.pop(key, None)
        fresh = self.path.with_name(f".{self.path.name}.{secrets.token_hex(4)}")
        try:
            # Not through csv's own line ends: each row is one write, so that a kill leaves whole rows.
            with fresh.open("x", encoding="utf-8", newline="") as file:
                file.write(_line(COLUMNS) + "".join(_line(_cells(row)) for row in self.rows.values()))
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self.path)
            self._file = self.path.open("a", encoding="utf-8", newline="")
        except OSError as error:
            raise RequestError(f"{self.path} cannot be written: {error.strerror}") from error
        finally:
            fresh.unlink(missing_ok=True)
        return self

    def add(self, row: Row) -> None:
        """Write one row; it is on its way to the disk when this returns.

        Raises:
            RequestError: the disk is full, say.
        """
        if self._file is None:
            raise RequestError("the table was not begun")
        try:
            self._file.write(_line(_cells(row)))
            self._file.flush()
        except OSError as error:
            raise RequestError(
                f"{self.path} cannot be written: {error.strerror}", hint="--resume goes on from here"
            ) from error

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def cell(text: str) -> str:
    """A text as a cell that is no formula and stays on its line; `uncell` undoes it."""
    written = "".join(c if c.isprintable() and c != "\\" else _escaped(c) for c in text)
    return f"'{written}" if written.startswith(_LIKE_A_FORMULA) else written


def uncell(written: str) -> str:
    """The text that `cell` wrote."""
    return _ESCAPE.sub(_meant, written.removeprefix("'"))


def _escaped(character: str) -> str:
    number = ord(character)
    if character == "\\":
        return "\\\\"
    return (
        f"\\x{number:02x}"
        if number < 0x100
        else f"\\u{number:04x}"
        if number < 0x10000
        else f"\\U{number:08x}"
    )


def _meant(found: "re.Match[str]") -> str:
    if found[4]:
        return "\\"
    number = int(found[1] or found[2] or found[3], 16)
    return chr(number) if number < 0x110000 else found[0]


def _cells(row: Row) -> list[str]:
    values = {**row.model_dump(exclude={"axes"}), **row.axes}
    return [str(values.get(name, ""))[: _MAX_TEXT if name != "key" else None] for name in COLUMNS]


def _line(cells: Iterable[str]) -> str:
    return ",".join('"' + cell(text).replace('"', '""') + '"' for text in cells) + _END


def _read(path: Path) -> dict[str, Row]:
    """The rows of an earlier run, the last one of each key."""
    try:
        text = path.read_bytes().decode("utf-8", "replace")
    except OSError as error:
        raise RequestError(f"{path} cannot be read: {error.strerror}") from error
    whole = text[: text.rfind(_END) + len(_END)] if _END in text else ""
    try:
        lines = list(csv.reader(whole.split(_END)[:-1]))
    except csv.Error as error:
        raise RequestError(f"{path} is no table of an audit") from error
    if text and (not lines or tuple(lines[0]) != COLUMNS):
        raise RequestError(f"{path} is no table of an audit", hint="choose another name for --csv")
    rows = {}
    for line in lines[1:]:
        named = {name: uncell(value) for name, value in zip(COLUMNS, line, strict=False)}
        axes = {name: named.pop(name, "") for name in AXES}
        try:
            row = Row.model_validate({**named, "axes": {k: v for k, v in axes.items() if v}})
        except ValidationError:
            continue  # somebody edited it: that video is examined again
        rows[row.key] = row
    return rows
