# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""A template's layout as layers in px, for one brief, placement and locale.

Decides the order of layers, their colours (every text reaches a contrast of 4.5:1 on whatever picture lies
under it, WCAG 2.2 §1.4.3), their times and which logo stands where. Leaves out setting text (the generator),
the label and legal lines (`disclosure`).
"""

from dataclasses import dataclass, field
from typing import cast

from .ad_template import ColourName, EndCard, Item, Layout, LogoItem, Panel, RuleItem, Showing, TextItem
from .brand import BrandKit, Logo
from .brief import Brief
from .colour import BLACK, MIDDLE_LUMINANCE, WHITE, blend, luminance, over_any_picture, readable
from .disclosure import disclosure_layers, end_card_lines, label_layers
from .faces import font_for
from .geometry import Stage
from .plan import Adjustment, Box, FillLayer, ImageLayer, Layer, TextLayer, TextRole, Timing
from .shade import Shade


class NotReadable(Exception):
    """No text colour reaches the contrast an item needs."""

    def __init__(self, slot: str) -> None:
        self.slot = slot
        super().__init__(f"{slot} cannot be read on every picture")


@dataclass
class LayerBuilder:
    """Builds the layers of one ad; `adjustments` lists where it left the brand kit or the template."""

    brand: BrandKit
    brief: Brief
    layout: Layout
    stage: Stage
    locale: str
    duration_s: float
    adjustments: list[Adjustment] = field(default_factory=list)

    def build(self) -> tuple[Layer, ...]:
        """All layers from bottom to top. Raises NotReadable."""
        card = self.layout.end_card
        card_start = round(self.duration_s - card.duration_s, 3)
        # What stands under the end card goes once the card has covered it.
        covered = round(min(self.duration_s, card_start + card.fade_in_s), 3)
        layers: list[Layer] = []
        shades = [self._shade(index) for index in range(len(self.layout.scrims))]
        for shade in shades:
            layers += shade.layers(Timing(start_s=0.0, end_s=covered, fade_in_s=0.0, fade_out_s=0.0))
        for item in self.layout.items:
            layers += self._item(item, _timing(item.show, 0.0, covered), self._ground(item, shades))
        disclosures = disclosure_layers(
            self.brand,
            self.brief,
            self.locale,
            stage=self.stage,
            layout=self.layout,
            duration_s=self.duration_s,
            covered_s=covered,
        )
        layers += (layer for layer in disclosures if layer.timing.end_s <= covered)
        layers += self._end_card(card, card_start, above=disclosures)
        layers += (layer for layer in disclosures if layer.timing.end_s > covered)
        layers += label_layers(
            self.brand,
            self.brief,
            self.locale,
            stage=self.stage,
            label=self.layout.label,
            duration_s=self.duration_s,
        )
        return tuple(layers)

    # --- grounds and colours -------------------------------------------------------------------------

    def _colour(self, name: ColourName) -> str:
        match name:
            case "black":
                return BLACK
            case "white" | "auto":
                return WHITE
            case _:
                return self.brand.colors.role(name)

    def _wish(self, item: TextItem) -> str | None:
        return self.brand.colors.text if item.color == "auto" else self._colour(item.color)

    def _shade(self, index: int) -> Shade:
        """A scrim of the layout, as strong as the texts standing on it need."""
        scrim = self.layout.scrims[index]
        planned = shade = Shade.of(scrim, self._colour(scrim.color), self.stage)
        for item in self.layout.items:
            if isinstance(item, TextItem) and item.panel is None and shade.carries(self.stage.box(item.area)):
                shade = shade.fit_for(self._wish(item))
        if shade != planned:
            before, after = (f"{s.colour} at {s.inner:g}" for s in (planned, shade))
            self._adjust("scrim", "too weak for text on any picture (WCAG 2.2 §1.4.3)", before, after)
        return shade

    def _ground(self, item: Item, shades: list[Shade]) -> tuple[str, ...]:
        """The extremes of what an item can lie on: a scrim that carries it, or any picture."""
        box = self.stage.box(item.area)
        carried = [shade.surfaces() for shade in shades if shade.carries(box)]
        return carried[0] if carried else (BLACK, WHITE)

    def _text_colour(self, item: TextItem, ground: tuple[str, ...]) -> str:
        wish = self._wish(item)
        if item.color == "auto":
            # Any of the brand's own text colours will do before it has to be plain black or white.
            colors = self.brand.colors
            own = (colour for colour in (colors.text, colors.background, colors.primary) if colour)
            wish = next((colour for colour in own if readable(colour, ground) == colour), wish)
        found = readable(wish, ground)
        if found is None:
            raise NotReadable(item.slot)
        if wish is not None and found != wish:
            self._adjust(item.slot, "contrast below 4.5:1 on its ground (WCAG 2.2 §1.4.3)", wish, found)
        return found

    def _adjust(self, role: str, reason: str, before: str, after: str) -> None:
        change = Adjustment(role=role, reason=reason, before=before, after=after)
        if change not in self.adjustments:
            self.adjustments.append(change)

    # --- items ---------------------------------------------------------------------------------------

    def _item(self, item: Item, timing: Timing, ground: tuple[str, ...]) -> list[Layer]:
        match item:
            case RuleItem():
                return [
                    FillLayer(
                        role="panel",
                        color=self._colour(item.color),
                        opacity=item.opacity,
                        box=self.stage.box(item.area),
                        radius_px=self.stage.px(item.radius),
                        timing=timing,
                    )
                ]
            case LogoItem():
                return self._logo(item, timing, ground)
            case TextItem():
                text = self._text_of(item)
                return [] if text is None else [self._text(item, text, timing, ground)]

    def _text_of(self, item: TextItem) -> str | None:
        if item.slot == "disclaimer":
            return end_card_lines(self.brand, self.brief, self.locale, self.layout.end_card.duration_s)
        if item.slot == "brand_tagline":
            return self.brand.tagline.text_for(self.locale) if self.brand.tagline else None
        slot = self.brief.slot(item.slot)
        return slot.text_for(self.locale) if slot else None

    def _text(self, item: TextItem, text: str, timing: Timing, ground: tuple[str, ...]) -> TextLayer:
        stage, panel = self.stage, item.panel
        color = self._colour(panel.color) if panel else None
        if panel is not None and color is not None:
            ground = tuple(blend(color, panel.opacity, under) for under in ground)
        panel = panel or Panel(color="black", opacity=0.0, hug=False)
        return TextLayer(
            role=_role(item.slot),
            text=text,
            language=self.locale,
            direction=stage.direction,
            box=stage.box(item.area),
            font=font_for(self.brand, item.font, item.weight, self.locale),
            max_px=stage.px(item.max_size),
            min_px=stage.px(item.min_size),
            max_lines=item.max_lines,
            color=self._text_colour(item, ground),
            align=item.align,
            valign=item.valign,
            panel_color=color,
            panel_opacity=panel.opacity,
            panel_radius_px=stage.px(panel.radius),
            panel_pad_px=stage.px(panel.pad),
            panel_hug=panel.hug,
            shadow=item.shadow,
            timing=timing,
            enter=item.enter,
        )

    def _logo(self, item: LogoItem, timing: Timing, ground: tuple[str, ...]) -> list[Layer]:
        dark = max(luminance(surface) for surface in ground) < MIDDLE_LUMINANCE or ground == (BLACK, WHITE)
        logo = self._choose_logo(item, dark=dark)
        layers: list[Layer] = []
        area = self.stage.box(item.area)
        width, height = logo.width or area.width, logo.height or area.height
        if logo.background == ("light-bg" if dark else "dark-bg"):
            # Only the wrong version exists: it stands on a plate of the ground it was made for.
            pad = self.stage.px(0.014)
            area = Box(
                x=area.x + pad, y=area.y + pad, width=area.width - 2 * pad, height=area.height - 2 * pad
            )
            box = self.stage.fitted(area, width, height, item.align)
            plate = Box(x=box.x - pad, y=box.y - pad, width=box.width + 2 * pad, height=box.height + 2 * pad)
            color = WHITE if dark else BLACK
            layers.append(FillLayer(role="panel", color=color, box=plate, radius_px=pad, timing=timing))
            self._adjust("logo", "no version for this ground", logo.background, f"on a plate of {color}")
        else:
            box = self.stage.fitted(area, width, height, item.align)
        layers.append(
            ImageLayer(
                role="logo",
                path=logo.path or "",
                sha256=logo.sha256 or "",
                box=box,
                align=item.align,
                timing=timing,
                enter=item.enter,
            )
        )
        return layers

    def _choose_logo(self, item: LogoItem, *, dark: bool) -> Logo:
        """Right ground first, then the wanted shape, then the order of the brand kit."""
        grounds = {"dark-bg" if dark else "light-bg": 0, "transparent-bg": 1}

        def rank(logo: Logo) -> tuple[int, bool]:
            shape = "horizontal" if logo.orientation == "horizontal" else "stacked"
            return grounds.get(logo.background, 2), shape != item.prefer

        return min((logo for logo in self.brand.logos if logo.path), key=rank)

    # --- end card ------------------------------------------------------------------------------------

    def _end_card(self, card: EndCard, start: float, above: list[TextLayer]) -> list[Layer]:
        colour, opacity = self._colour(card.color), card.opacity
        lower = blend(BLACK, 0.28, colour)  # a little depth towards the bottom
        ground: tuple[str, ...] = (*over_any_picture(colour, opacity), *over_any_picture(lower, opacity))
        if readable(self.brand.colors.text, ground) is None:
            # On one flat colour either black or white always reads.
            self._adjust(
                "endcard", "no text reads on the whole gradient", f"{colour} to {lower}", f"flat {colour}"
            )
            lower, opacity, ground = colour, 1.0, (colour,)
        end = self.duration_s
        fill = FillLayer(
            role="endcard",
            color=colour,
            color2=lower,
            opacity=opacity,
            opacity2=opacity,
            box=Box(x=0, y=0, width=self.stage.width, height=self.stage.height),
            timing=Timing(start_s=start, end_s=end, fade_in_s=card.fade_in_s, fade_out_s=0.0),
        )
        layers: list[Layer] = [fill]
        for item in card.items:
            show = item.show.model_copy(update={"fade_out_s": 0.0})
            made = self._item(item, _timing(show, start, end), ground)
            if isinstance(item, TextItem) and item.slot == "disclaimer":
                made = [_above(layer, above) for layer in made]
            layers += made
        return layers


def _role(slot: str) -> TextRole:
    """What a text is in the plan: the brand's tagline is a tagline, key messages are captions."""
    if slot.startswith("key_message"):
        return "caption"
    return "tagline" if slot == "brand_tagline" else cast("TextRole", slot)


def _timing(show: Showing, origin: float, until: float) -> Timing:
    end = until if show.end_s is None else min(until, origin + show.end_s)
    start = min(origin + show.start_s, end - 0.1)
    return Timing(
        start_s=round(start, 3), end_s=round(end, 3), fade_in_s=show.fade_in_s, fade_out_s=show.fade_out_s
    )


def _above(layer: Layer, disclosures: list[TextLayer]) -> Layer:
    """The end card's legal lines make room for a disclosure that stays to the last frame."""
    tops = [d.box.y for d in disclosures if d.timing.end_s >= layer.timing.end_s]
    if not tops or layer.box.bottom <= min(tops):
        return layer
    height = max(1, min(tops) - layer.box.y)
    return layer.model_copy(update={"box": layer.box.model_copy(update={"height": height})})
