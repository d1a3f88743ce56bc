# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""A placement: where an ad runs, how large it is there and what the app draws over it.

Platforms publish safe zones as pictures, percentages or not at all, and change them; so each placement says
where its numbers come from, of which date and how sure they are, and users can bring their own files.
What the platform accepts as a file is `ad_delivery`; measuring a rendition against it is left to who encodes it.
"""

from fractions import Fraction
from typing import Literal

from pydantic import Field, model_validator

from .ad_delivery import Delivery
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
    """A frame, its safe zone and what may be delivered there. `aigc_disclosure` says how the platform wants AI use
    declared; `fps` is the whole rate an ad is composed at, `delivery_rate` that of the file."""

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
    delivery: Delivery | None = None

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

    @model_validator(mode="after")
    def _is_what_the_platform_accepts(self) -> "Placement":
        if self.delivery is None:
            return self
        frame, duration = self.delivery.frame, self.delivery.duration
        if frame.sizes and f"{self.width}x{self.height}" not in frame.sizes:
            raise wrong(
                "has a size the platform does not name", "one of: " + ", ".join(frame.sizes), at="width"
            )
        if duration.min_s is not None and self.min_duration_s < duration.min_s:
            raise wrong(
                "is shorter than the platform takes", f"at least {duration.min_s:g}", at="min_duration_s"
            )
        longest = duration.max_s
        if longest is not None and (self.max_duration_s is None or self.max_duration_s > longest):
            raise wrong("is longer than the platform takes", f"at most {longest:g}", at="max_duration_s")
        return self

    def takes(self, duration_s: float) -> bool:
        """True when an ad of that length can run here."""
        exact = self.delivery.duration.exact_s if self.delivery else ()
        longest = self.max_duration_s or duration_s
        return self.min_duration_s <= duration_s <= longest and (not exact or duration_s in exact)

    @property
    def durations(self) -> str:
        """Lengths that can run here, in words: `5 to 60 s` or `15, 30 s`."""
        if self.delivery and self.delivery.duration.exact_s:
            return ", ".join(f"{s:g}" for s in self.delivery.duration.exact_s) + " s"
        top = f" to {self.max_duration_s:g} s" if self.max_duration_s else " s and more"
        return f"{self.min_duration_s:g}{top}"

    @property
    def delivery_rate(self) -> Fraction:
        """Frames a second of the delivered file: `fps` where the platform takes it, else what it prefers."""
        rates = self.delivery.frame_rate if self.delivery else None
        if rates is None or not rates.accepted or Fraction(self.fps) in map(Fraction, rates.accepted):
            return Fraction(self.fps)
        return Fraction(rates.preferred or rates.accepted[0])

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
