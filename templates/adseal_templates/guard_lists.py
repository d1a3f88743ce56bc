# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The lists that the guards read: which words, why, from what source, of which date.

Decides the shape of `guard_data/*.yaml`. Lists are starting points that people read and correct, not a legal
search: each says where it comes from and how sure that is. Leaves out matching (`terms`) and what a finding does
(`guards`).
"""

import re
from collections.abc import Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, ConfigDict, Field

from .base import M
from .plan_notes import Category, Severity
from .terms import NAMES, beginning, term
from .values import LongText, Slug, Text, wrong

Where = Literal["copy", "prompt"]
_FOLDER: Final = Path(__file__).resolve().parent / "guard_data"


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise wrong(f"{value!r} is not a pattern", str(error)) from error
    return value


Pattern = Annotated[Text, AfterValidator(_pattern)]


class ListSource(M):
    """Where a list comes from: publication or how it was compiled, `date` YYYY-MM, and how sure it is."""

    text: LongText
    date: str = Field(pattern=r"^\d{4}-\d{2}$")
    confidence: Literal["high", "medium", "low"]


class GuardEntry(M):
    """Words that mean one thing.

    `words` maps languages to words and phrases, `und` to names. `patterns` are regular expressions over folded
    text, `cased_patterns` over the text as written. `unless` lists phrases in which the words are innocent,
    `needs` words of which one must stand in the same text. `severity` holds in prompts, `in_copy` in the words
    of the ad where that is another matter.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))

    code: str = Field(pattern=r"^[a-z]+(?:\.[a-z_]+)+$")
    severity: Severity
    in_copy: Severity | None = None
    where: tuple[Where, ...] = ("copy", "prompt")
    why: LongText
    source: LongText | None = None
    words: dict[str, tuple[Text, ...]] = Field(default_factory=dict)
    patterns: tuple[Pattern, ...] = ()
    cased_patterns: tuple[Pattern, ...] = ()
    unless: tuple[Text, ...] = ()
    needs: tuple[Text, ...] = ()

    def sought(self, folded: str) -> Iterator[re.Pattern[str]]:
        """The patterns that may be found in a folded text. Most words are ruled out by their first letters, before
        a pattern is made of them."""
        for letters, word, language in self._beginnings:
            if letters in folded:
                yield term(word, language)
        yield from self._patterns

    @cached_property
    def _beginnings(self) -> tuple[tuple[str, str, str], ...]:
        return tuple(
            (beginning(word), word, language) for language, words in self.words.items() for word in words
        )

    @cached_property
    def _patterns(self) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(p) for p in self.patterns)

    @cached_property
    def written(self) -> tuple[re.Pattern[str], ...]:
        """What is looked for in the text as written."""
        return tuple(re.compile(p) for p in self.cased_patterns)

    @cached_property
    def innocent(self) -> tuple[re.Pattern[str], ...]:
        """`unless`, as patterns."""
        return tuple(term(phrase, "en") for phrase in self.unless)

    @cached_property
    def companions(self) -> tuple[re.Pattern[str], ...]:
        """`needs`, as patterns."""
        return tuple(term(word, NAMES) for word in self.needs)

    def severity_in(self, where: Where) -> Severity:
        """How much it matters in a prompt or in the words of the ad."""
        return self.in_copy or self.severity if where == "copy" else self.severity


class GuardList(M):
    """One list of a category; `ref` is `id@version`."""

    id: Slug
    version: str = Field(pattern=r"^\d{4}-\d{2}$")
    title: Text
    category: Category
    source: ListSource
    entries: tuple[GuardEntry, ...] = Field(min_length=1)

    @property
    def ref(self) -> str:
        """`id@version`."""
        return f"{self.id}@{self.version}"


@cache
def guard_lists() -> tuple[GuardList, ...]:
    """All shipped lists, by id."""
    from .catalogue import read_definition

    return tuple(read_definition(GuardList, path) for path in sorted(_FOLDER.glob("*.yaml")))
