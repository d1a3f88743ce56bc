# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What a plan says about itself: how its prompts were made, what the guards found, which choices it shows.

Decides the shape of these notes. Leaves out the ad itself (`plan`) and how the notes come to be (`expansion`).
"""

from typing import Literal

from pydantic import Field

from .base import M


class Expansion(M):
    """What made the prompts: the shot grammar, the model family they are written for and the date of what is
    known of it, and the guard lists that read them, each under its version."""

    grammar: str
    family: str
    families: str
    guards: tuple[str, ...] = ()


Severity = Literal["block", "warn", "note"]
Category = Literal["claim", "mark", "character", "style", "person", "political", "sensitive", "shot"]


class GuardFinding(M):
    """Words that a guard stopped at: what they may mean and where they stand. Nothing is changed by it.

    `block` keeps the ad from being rendered, `warn` is for somebody to decide, `note` for the record. `words`
    are as written; `line` counts from 1, 0 where the text stands in no file. `allowed` is the brand's reason
    for allowing the words; the finding is a note then.
    """

    code: str
    severity: Severity
    category: Category
    words: str
    file: str
    line: int = 0
    field: str
    why: str
    source: str
    allowed: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        said = (
            f"{place}: {self.field}: “{self.words}”: {self.why} [{self.severity} {self.code}, {self.source}]"
        )
        return f"{said}, allowed: {self.allowed}" if self.allowed else said


class Rewrite(M):
    """A prompt that an enhancer wrote and somebody accepted: `before` is the expander's, `after` is the shot's."""

    shot_id: str
    enhancer: str
    before: str
    after: str


class Cell(M):
    """Which of the campaign's choices this ad shows, by id; empty where the campaign offers none."""

    row: str = ""
    hook: str = ""
    headline: str = ""
    cta: str = ""
    seed: int | None = None


class Draft(M):
    """A quick look before the real one: the same seeds and prompts in a smaller frame, with fewer steps.

    Sizes in px, even; layers keep the coordinates of the final frame and are scaled with it.
    """

    width: int = Field(gt=0, multiple_of=2)
    height: int = Field(gt=0, multiple_of=2)
    fps: int = Field(gt=0)
    steps: int | None = Field(default=None, gt=0)
