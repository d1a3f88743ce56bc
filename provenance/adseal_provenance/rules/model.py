# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What a rule is, and what is found about one.

Decides: the form of the files in ``data`` and of the answer. Leaves out: the law. Every rule says where it comes
from, of which date that is, and how sure we are; none of it is legal advice.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Sure = Literal["M", "H", "Md", "L"]
"""M measured with real code, H read in a primary source, Md read in good secondary sources, L one secondary source
or inference."""

SURE_WORDS = {
    "M": "measured",
    "H": "read in the primary source",
    "Md": "read in good secondary sources",
    "L": "from one secondary source, or inferred",
}
FindingState = Literal["met", "not_met", "not_checked", "cannot_check"]
When = Literal["always", "deep_fake", "synthetic_performer"]

NOT_ADVICE = (
    "This is not legal advice. It compares one file with fields that our reading of each rule asks for; whether a "
    "law applies to you, and whether you comply with it, is for a lawyer to say."
)


class _Plain(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Rule(_Plain):
    """One requirement that fields of a file can answer, or that no program can.

    Attributes:
        says: the requirement in one plain sentence.
        source, date: what it was read in, and of which date that is.
        check: name of a check in ``checks`` with its parameters; ``by_hand`` where no program can tell.
        do: what to do where it is not met.
    """

    id: str = Field(pattern=r"^[A-Z]{2}-[A-Z0-9-]+$")
    says: str
    clause: str
    source: str
    date: dt.date
    sure: Sure
    check: dict[str, Any]
    do: str


class LabelNeed(_Plain):
    """What has to be seen in the picture, in one jurisdiction.

    Attributes:
        when: for which videos.
        text: examples by language; the words themselves are prescribed only where ``must_contain`` says so.
        from_s, min_s: first second it must be seen in, and how long at least; ``None`` where nothing is said.
        letters: least height of the letters as a fraction of the picture's shorter side.
        position: where, in words.
    """

    law: str
    when: When
    text: dict[str, str]
    must_contain: str | None = None
    from_s: float = 0.0
    min_s: float | None = None
    letters: float | None = None
    position: str
    clause: str
    sure: Sure


class Law(_Plain):
    """One file of rules: a law with its jurisdiction, or a platform's terms.

    Attributes:
        in_force: first day on which it has to be met, ``None`` where we do not know it.
        read: when its sources were last read.
        label: what has to be seen, ``None`` where nothing has to.
    """

    law: str = Field(pattern=r"^(platform:)?[a-z]+(-[a-z]+)?$")
    title: str
    in_force: dt.date | None = None
    read: dt.date
    note: str = ""
    label: LabelNeed | None = None
    rules: tuple[Rule, ...] = Field(min_length=1)


class Finding(_Plain):
    """One rule and what this video shows of it: ``detail`` says what was seen, ``do`` what to do, if anything."""

    law: str
    id: str
    state: FindingState
    says: str
    detail: str
    do: str
    clause: str
    source: str
    date: dt.date
    sure: Sure


class LawHeader(_Plain):
    """A law that was asked for; ``in_force_now`` as of the day of the check."""

    law: str
    title: str
    in_force: dt.date | None
    in_force_now: bool | None
    read: dt.date
    note: str


class Compliance(_Plain):
    """The answer on one file.

    ``verdict`` is that of verification; a file that could not be read has no findings but ``not_checked``.
    """

    file: str
    sha256: str | None
    verdict: str
    laws: tuple[LawHeader, ...]
    findings: tuple[Finding, ...]
    notice: str = NOT_ADVICE
    checked_at: dt.datetime
    version: str

    @property
    def met(self) -> bool:
        """Every rule that a program can check was checked and is met."""
        return all(finding.state in ("met", "cannot_check") for finding in self.findings)
