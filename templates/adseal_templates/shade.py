# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The scrims of a layout: how dark they must be, and what a text on them can lie on.

Decides by WCAG 2.2 contrast against the whole range of pictures, from black to white, that may play beneath.
"""

from dataclasses import dataclass, replace

from .ad_template import Scrim
from .colour import BLACK, blend, over_any_picture, readable
from .geometry import Stage, even
from .plan import Box, FillLayer, Timing

# Nearly opaque: stronger than this and a scrim is a panel.
_STRONGEST = 0.92


@dataclass(frozen=True)
class Shade:
    """A scrim in px. Opacity runs from `edge` (at the frame's edge) to `inner` (at row `reach`), then to 0
    over `fade` px away from the edge."""

    at_top: bool
    reach: int
    fade: int
    edge: float
    inner: float
    colour: str
    frame_width: int
    frame_height: int

    @classmethod
    def of(cls, scrim: Scrim, colour: str, stage: Stage) -> "Shade":
        """The scrim of a template on a stage."""
        at_top = scrim.edge == "top"
        inside = scrim.reach * stage.safe.height
        return cls(
            at_top=at_top,
            reach=even(stage.safe.y + inside if at_top else stage.safe.bottom - inside),
            fade=even(scrim.fade * stage.height),
            edge=scrim.opacity,
            inner=scrim.opacity_at_reach,
            colour=colour,
            frame_width=stage.width,
            frame_height=stage.height,
        )

    def carries(self, box: Box) -> bool:
        """True when the box lies wholly between the frame's edge and `reach`."""
        return box.bottom <= self.reach if self.at_top else box.y >= self.reach

    def surfaces(self) -> tuple[str, ...]:
        """The extremes a text on this scrim can lie on."""
        return (*over_any_picture(self.colour, self.inner), *over_any_picture(self.colour, self.edge))

    def fit_for(self, preferred: str | None) -> "Shade":
        """This scrim, strengthened until some text colour can be read on it; a colour of middling lightness,
        on which no text reads once a picture shines through, is darkened step by step as well."""
        for darker in range(11):
            shade = replace(self, colour=blend(BLACK, darker / 10, self.colour))
            while shade.inner < _STRONGEST:
                if readable(preferred, shade.surfaces()) is not None:
                    return shade
                inner = round(shade.inner + 0.02, 2)
                shade = replace(shade, inner=inner, edge=max(shade.edge, inner))
        return shade

    def layers(self, timing: Timing) -> tuple[FillLayer, FillLayer]:
        """The even part and the fading part, meeting without a seam."""
        if self.at_top:
            body = Box(x=0, y=0, width=self.frame_width, height=self.reach)
            tail = Box(x=0, y=self.reach, width=self.frame_width, height=self.fade)
            ends = (self.edge, self.inner), (self.inner, 0.0)
        else:
            body = Box(x=0, y=self.reach, width=self.frame_width, height=self.frame_height - self.reach)
            tail = Box(x=0, y=self.reach - self.fade, width=self.frame_width, height=self.fade)
            ends = (self.inner, self.edge), (0.0, self.inner)
        return self._fill(body, *ends[0], timing), self._fill(tail, *ends[1], timing)

    def _fill(self, box: Box, top: float, bottom: float, timing: Timing) -> FillLayer:
        return FillLayer(
            role="scrim",
            color=self.colour,
            color2=self.colour,
            opacity=top,
            opacity2=bottom,
            box=box,
            timing=timing,
        )
