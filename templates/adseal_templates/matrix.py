# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The matrix of a campaign: hooks, headlines, CTAs and seeds that are tried against each other.

Decides what a choice is and its stable id, and which combinations the include and exclude rules keep. An id is
written or made from the words, never from the place in the list, so choices can be added and sorted without
renaming what was made before. Leaves out multiplying out (`variants`) and names (`naming`).
"""

import fnmatch
import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from .plan import M
from .values import Localised, LongText, Slug, Text, wrong

DIMENSIONS: Final = ("brief", "row", "hook", "headline", "cta", "placement", "locale", "seed", "variant")
DEFAULT_CAP: Final = 500


def content_id(prefix: str, value: Any) -> str:
    """A short id from content: `h-3fa9c1`. 24 bits tell the entries of one list apart; equal ids are told."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return f"{prefix}-{hashlib.sha256(text.encode()).hexdigest()[:6]}"


class Hook(M):
    """How an ad begins: the picture of the opening shot, the tagline under the headline, or both."""

    id: Slug = ""
    opening: LongText | None = None
    tagline: Localised | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "Hook":
        if self.opening is None and self.tagline is None:
            raise wrong("says nothing", "give `opening`, `tagline` or both")
        if not self.id:
            said = [self.opening, self.tagline and self.tagline.root]
            object.__setattr__(self, "id", content_id("h", said))
        return self


class Line(M):
    """One headline or one call to action."""

    id: Slug = ""
    text: Localised

    @model_validator(mode="after")
    def _has_an_id(self) -> "Line":
        if not self.id:
            object.__setattr__(self, "id", content_id("t", self.text.root))
        return self


def _line(value: Any) -> Any:
    """A plain text or a map of locales is a line without a written id."""
    is_line = isinstance(value, Line) or (isinstance(value, dict) and {"text", "id"} & set(value))
    return value if is_line else {"text": value}


def _rule(value: Any) -> Any:
    if not isinstance(value, dict) or not value:
        raise wrong("is not a rule", "like {hook: dawn, locale: [en-US, en-GB]}")
    unknown = sorted(str(name) for name in value if name not in DIMENSIONS)
    if unknown:
        raise wrong(f"names {', '.join(unknown)}", "one of: " + ", ".join(DIMENSIONS))
    listed = {name: v if isinstance(v, list | tuple) else [v] for name, v in value.items()}
    if not all(v and all(isinstance(x, str | int) for x in v) for v in listed.values()):
        raise wrong("has a value that is not an id", "ids, or patterns such as story-*")
    return {name: tuple(str(x) for x in v) for name, v in listed.items()}


Rule = Annotated[dict[str, tuple[str, ...]], BeforeValidator(_rule)]


def _different(value: tuple[int, ...]) -> tuple[int, ...]:
    twice = sorted({seed for seed in value if value.count(seed) > 1})
    if twice:
        raise wrong(f"names {', '.join(map(str, twice))} twice", "list each seed once")
    return value


Seed = Annotated[int, Field(ge=0, le=2**31 - 1)]


class Matrix(M):
    """Choices that are multiplied with briefs, placements and locales.

    `include` keeps only combinations that match one of its rules, `exclude` drops those that match one of its
    own; a rule maps dimensions to ids or patterns (`story-*`), all of which have to match. `cap` is the number of
    ads above which nothing is planned: an accident should not cost a night of rendering.
    """

    hooks: tuple[Hook, ...] = Field(default=(), max_length=50)
    headlines: tuple[Annotated[Line, BeforeValidator(_line)], ...] = Field(default=(), max_length=50)
    ctas: tuple[Annotated[Line, BeforeValidator(_line)], ...] = Field(default=(), max_length=50)
    seeds: Annotated[tuple[Seed, ...], AfterValidator(_different)] = Field(default=(), max_length=50)
    include: tuple[Rule, ...] = Field(default=(), max_length=100)
    exclude: tuple[Rule, ...] = Field(default=(), max_length=100)
    cap: int = Field(default=DEFAULT_CAP, ge=1, le=5000)

    @property
    def offered(self) -> tuple[str, ...]:
        """The dimensions this matrix has choices for."""
        pairs = (("hook", self.hooks), ("headline", self.headlines), ("cta", self.ctas), ("seed", self.seeds))
        return tuple(name for name, choices in pairs if choices)

    def keeps(self, values: Mapping[str, str]) -> bool:
        """True when the rules keep a combination, given as dimension → id."""
        if self.include and not any(matches(rule, values) for rule in self.include):
            return False
        return not any(matches(rule, values) for rule in self.exclude)


def matches(rule: Mapping[str, tuple[str, ...]], values: Mapping[str, str]) -> bool:
    """True when every dimension of the rule has one of its values. Patterns know `*`, `?` and `[…]`."""
    return all(
        any(fnmatch.fnmatchcase(values.get(name, ""), wanted) for wanted in wishes)
        for name, wishes in rule.items()
    )


class DraftSettings(M):
    """How drafts are made: the frame's sides scaled by `scale`, and at most so many steps and frames a second."""

    scale: float = Field(default=0.5, gt=0.1, le=1.0)
    steps: int | None = Field(default=4, ge=1, le=200)
    fps: int = Field(default=15, ge=10, le=60)


UtmKey = Annotated[Text, Field(pattern=r"^[A-Za-z0-9_]{1,100}$")]
