# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""A placement: where an ad runs, how large it is there and what the app draws over it.

Platforms publish safe zones as pictures, percentages or not at all, and change them; so each placement says
where its numbers come from, of which date and how sure they are, and users can bring their own files.
Leaves out file size and codec limits (delivery).
"""

from fractions import Fraction
from typing import Literal

from pydantic import Field, model_validator

from .plan import Box, M
from .values import LongText, Slug, Text, wrong


class SafeMargins(M):
    """Px from each edge that the app may cover."""

    top: int = Field(ge=0)
    bottom: int = Field(ge=0)
    left: int = Field(ge=0)
    right: int = Field(ge=0)


class MarginSource(M):
    """Where safe margins come from: `text` names the publication, `date` is YYYY-MM of the reading."""

    text: LongText
    date: str = Field(pattern=r"^\d{4}-\d{2}$")
    confidence: Literal["high", "medium", "low"]


class Placement(M):
    """A frame and its safe zone. `aigc_disclosure` says how the platform wants AI use declared."""

    id: Slug
    title: Text
    platform: Text
    width: int = Field(ge=180, le=4096, multiple_of=2)
    height: int = Field(ge=180, le=4096, multiple_of=2)
    fps: int = Field(ge=10, le=60)
    safe_margins: SafeMargins
    source: MarginSource
    aigc_disclosure: LongText | None = None
    min_duration_s: float = Field(default=1.0, gt=0)
    max_duration_s: float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _something_is_left(self) -> "Placement":
        margins = self.safe_margins
        wide = self.width - 2 * max(margins.left, margins.right)
        high = self.height - margins.top - margins.bottom
        if wide < self.width * 0.4 or high < self.height * 0.3:
            raise wrong(
                "leaves too little room between its safe margins", "at least 40 % × 30 % of the frame"
            )
        return self

    @property
    def aspect(self) -> str:
        """The ratio in lowest terms, written as file names take it: 9x16."""
        ratio = Fraction(self.width, self.height)
        return f"{ratio.numerator}x{ratio.denominator}"

    @property
    def short_side(self) -> int:
        """Px of the shorter side; type sizes are fractions of it."""
        return min(self.width, self.height)

    def safe_zone(self, direction: Literal["ltr", "rtl"] = "ltr") -> Box:
        """What stays uncovered. Apps in right-to-left languages mirror their button rail, but who sees the
        ad may use either, so for `rtl` both sides keep the wider margin."""
        margins = self.safe_margins
        left, right = margins.left, margins.right
        if direction == "rtl":
            left = right = max(left, right)
        return Box(
            x=left,
            y=margins.top,
            width=self.width - left - right,
            height=self.height - margins.top - margins.bottom,
        )
