# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What can be wrong with a campaign, and how it is said.

Decides the error tree of this package and the printed form of a problem. Leaves out how problems are found
(`yaml_source`, `reading`, `checks`).

    TemplatesError
    ├── CampaignError      the files or the campaign they describe have problems, all listed
    ├── PlanBlocked        guards stopped at words of the campaign, all listed
    └── NotInCatalogue     no template or placement of that name is shipped
"""

import difflib
from collections.abc import Iterable

from .base import M
from .plan_notes import GuardFinding


class Problem(M):
    """One thing to correct. `line` counts from 1; 0 means the file as a whole. `field` is a dotted path."""

    file: str
    line: int
    field: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        place = self.file + (f":{self.line}" if self.line else "") + (f": {self.field}" if self.field else "")
        return f"{place}: {self.message}" + (f" ({self.hint})" if self.hint else "")


class TemplatesError(Exception):
    """Base of every error this package raises. `code` is stable; `hint` says what to do next."""

    code = "templates"
    hint = ""
    retryable = False


class CampaignError(TemplatesError):
    """Every problem of every file at once, in file and line order as found."""

    code = "campaign_invalid"
    hint = "Correct the listed fields; nothing was rendered."

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class PlanBlocked(TemplatesError):
    """Every blocking finding at once, with the ads it stands in; nothing was rendered."""

    code = "plan_blocked"
    hint = "say it differently, or let the brand kit allow the words with a reason (guard.allow)"

    def __init__(self, findings: Iterable[tuple[GuardFinding, tuple[str, ...]]]) -> None:
        self.found: tuple[tuple[GuardFinding, tuple[str, ...]], ...] = tuple(findings)
        super().__init__(self.found)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The findings as problems, for programs that list those."""
        return tuple(
            Problem(
                file=f.file,
                line=f.line,
                field=f.field,
                message=f"“{f.words}”: {f.why} [{f.code}, {f.source}]",
                hint="in " + _some(names),
            )
            for f, names in self.found
        )

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


def _some(names: tuple[str, ...]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more ads" if len(names) > 3 else "")


class NotInCatalogue(TemplatesError):
    """A template reference or placement id that is not shipped; the message lists what is."""

    code = "not_in_catalogue"

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.kind, self.name, self.known = kind, name, tuple(known)
        self.hint = did_you_mean(name, self.known)
        super().__init__(f"there is no {kind} {name!r}; {self.hint}")

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.kind, self.name, self.known)


def did_you_mean(name: str, known: Iterable[str], *, what: str = "known") -> str:
    """A hint: the nearest known name when one is near, and in any case the (first 20) known names."""
    names = sorted(known)
    near = nearest(name, names)
    listed = ", ".join(names[:20]) + (", …" if len(names) > 20 else "")
    return (f"did you mean {near!r}? " if near else "") + f"{what}: {listed or 'none'}"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name a misspelt one probably means, None when none is near."""
    found = difflib.get_close_matches(name.lower()[:80], sorted(known), n=1, cutoff=0.6)
    return found[0] if found else None
