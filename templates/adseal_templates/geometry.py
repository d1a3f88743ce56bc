# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Where things stand: fractions of the safe zone to px of the frame.

Decides rounding, mirroring for right-to-left locales and the fitting of pictures. Leaves out what stands
there (`layers`).
"""

from dataclasses import dataclass
from typing import Literal

from .ad_placement import Placement
from .ad_template import Area
from .plan import Align, Box


@dataclass(frozen=True)
class Stage:
    """One frame with its safe zone, for one writing direction."""

    width: int
    height: int
    safe: Box
    direction: Literal["ltr", "rtl"]

    @classmethod
    def of(cls, placement: Placement, direction: Literal["ltr", "rtl"]) -> "Stage":
        """The stage of a placement."""
        return cls(placement.width, placement.height, placement.safe_zone(direction), direction)

    @property
    def short_side(self) -> int:
        """Px of the shorter side."""
        return min(self.width, self.height)

    @property
    def centred(self) -> Box:
        """The widest part of the safe zone that is symmetric about the frame's vertical axis."""
        margin = max(self.safe.x, self.width - self.safe.right)
        return Box(x=margin, y=self.safe.y, width=self.width - 2 * margin, height=self.safe.height)

    def px(self, fraction: float) -> int:
        """A size given as a fraction of the short side."""
        return round(fraction * self.short_side)

    def box(self, area: Area) -> Box:
        """The area in px, inside its reference; mirrored for right-to-left."""
        ref = self.safe if area.of == "safe" else self.centred
        left, right = area.x, min(1.0, area.x + area.width)
        if self.direction == "rtl":
            left, right = 1.0 - right, 1.0 - left
        x, end = ref.x + round(left * ref.width), ref.x + round(right * ref.width)
        y = ref.y + round(area.y * ref.height)
        bottom = ref.y + round(min(1.0, area.y + area.height) * ref.height)
        return Box(x=x, y=y, width=max(1, end - x), height=max(1, bottom - y))

    def fitted(self, box: Box, width: int, height: int, align: Align) -> Box:
        """The largest box of the picture's aspect inside `box`, in the middle of its height."""
        scale = min(box.width / width, box.height / height)
        w, h = max(1, int(width * scale)), max(1, int(height * scale))
        at_left = align == ("start" if self.direction == "ltr" else "end")
        x = box.x + ((box.width - w) // 2 if align == "center" else 0 if at_left else box.width - w)
        return Box(x=x, y=box.y + (box.height - h) // 2, width=w, height=h)


def even(value: float) -> int:
    """The nearest even px: full-bleed fills meet on chroma sample borders (4:2:0)."""
    return 2 * round(value / 2)
