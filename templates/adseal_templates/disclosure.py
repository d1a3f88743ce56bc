# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The label plan: what must be said visibly, where and how long.

Decides the AI label (from the first frame to the last; EU Code of Practice on marking and labelling,
section 2), its large form where a country prescribes a size (China, GB 45438-2025), and where the legal lines
of brand and brief stand. Leaves out machine-readable marks (provenance).
"""

import math
from collections.abc import Iterable
from typing import Final, Literal

from .ad_template import LabelPlan, Layout
from .brand import BrandKit
from .brief import Brief
from .checks import applies
from .colour import BLACK, WHITE
from .compliance import Disclosure
from .faces import font_for
from .geometry import Stage
from .language import AI_LABELS, ai_label, direction_of
from .plan import Align, Box, FontRef, TextLayer, Timing

# GB 45438-2025: letters of at least 5 % of the shorter side, at least 2 s from the opening frame on. A
# capital or an ideograph is at least 0.7 of the type size high, hence the larger size.
CN_LETTER_FRACTION: Final = 0.05
CN_SECONDS: Final = 2.0
_CAP_HEIGHT: Final = 0.7

# Black at this opacity is at most #595959 on white, which white text stands out from by 7:1.
_PANEL_OPACITY: Final = 0.65
_LEGAL_MAX: Final = 0.026
_LEGAL_MIN: Final = 0.02
_OTHER_END: Final[dict[Align, Align]] = {"start": "end", "center": "center", "end": "start"}


def label_layers(
    brand: BrandKit, brief: Brief, locale: str, *, stage: Stage, label: LabelPlan, duration_s: float
) -> list[TextLayer]:
    """The AI label: one layer, or in China's jurisdiction a large one that hands over to the small one."""
    start, layers = 0.0, []
    if "CN" in brief.jurisdictions_of(locale):
        size = math.ceil(CN_LETTER_FRACTION * stage.short_side / _CAP_HEIGHT)
        end = min(duration_s, CN_SECONDS + 0.5)
        chinese = locale if locale.split("-", maxsplit=1)[0] == "zh" else "zh-Hans"
        layers.append(
            _on_panel(
                "label",
                AI_LABELS["zh"],
                language=chinese,
                stage=stage,
                box=stage.box(label.opening_area),
                font=font_for(brand, "body", 600, chinese),
                sizes=(size, size),
                timing=Timing(start_s=0.0, end_s=end, fade_in_s=0.0, fade_out_s=0.2),
                align=label.align,
                valign="top",
            )
        )
        start = round(end - 0.2, 3)
    layers.append(
        _on_panel(
            "label",
            ai_label(locale),
            language=locale if locale.split("-", maxsplit=1)[0] in AI_LABELS else "en",
            stage=stage,
            box=stage.box(label.area),
            font=font_for(brand, "body", 600, locale),
            sizes=(stage.px(label.max_size), stage.px(label.min_size)),
            timing=Timing(start_s=start, end_s=duration_s, fade_in_s=0.0, fade_out_s=0.0),
            align=label.align,
            valign="top",
        )
    )
    return layers


def end_card_lines(brand: BrandKit, brief: Brief, locale: str, card_s: float) -> str | None:
    """The legal lines of the end card: required disclaimers of the brand, and disclosures that fit there."""
    lines = [d.text.text_for(locale) for d in brand.disclaimers if d.required]
    lines += [d.text.text_for(locale) for d in _shown(brand, brief, locale) if not _is_early(d, card_s)]
    return _joined(lines)


def disclosure_layers(
    brand: BrandKit,
    brief: Brief,
    locale: str,
    *,
    stage: Stage,
    layout: Layout,
    duration_s: float,
    covered_s: float,
) -> list[TextLayer]:
    """Disclosures that cannot wait for the end card: one layer for those that may end with the pictures (at
    `covered_s`), one for those that stay to the last frame. They share one strip, so where any must stay,
    all do."""
    early = [d for d in _shown(brand, brief, locale) if _is_early(d, layout.end_card.duration_s)]
    text = _joined(d.text.text_for(locale) for d in early)
    if text is None:
        return []
    stays = any(d.persistence == "continuous" or _needed_s(d) > covered_s - 0.2 for d in early)
    return [
        _on_panel(
            "disclaimer",
            text,
            language=locale,
            stage=stage,
            box=stage.box(layout.disclosure_area),
            font=font_for(brand, "body", 500, locale),
            sizes=(stage.px(_LEGAL_MAX), stage.px(_LEGAL_MIN)),
            timing=Timing(
                start_s=0.0, end_s=duration_s if stays else covered_s, fade_in_s=0.0, fade_out_s=0.0
            ),
            align="start",
            valign="bottom",
            max_lines=2,
        )
    ]


def _joined(lines: Iterable[str | None]) -> str | None:
    """The lines as one text, each closed by a mark of its own or a full stop; None without any."""
    closed = [line if line[-1] in ".!?。！？؟।" else f"{line}." for line in lines if line]
    return " ".join(closed) or None


def _shown(brand: BrandKit, brief: Brief, locale: str) -> list[Disclosure]:
    """What the brand and the brief ask for in this locale's ad; what both ask for, once."""
    always = brand.compliance.required_disclosures
    asked = (*always, *(d for d in brief.compliance.required_disclosures if d not in always))
    return [d for d in asked if applies(d, brief, locale)]


def _needed_s(disclosure: Disclosure) -> float:
    return (disclosure.min_duration_ms or 0) / 1000


def _is_early(disclosure: Disclosure, card_s: float) -> bool:
    """True when the end card is too late or too short for it. The card's lines fade in for 0.4 s."""
    return (
        disclosure.position in {"prominent", "overlay"}
        or disclosure.persistence in {"continuous", "initial"}
        or _needed_s(disclosure) > card_s - 0.4
    )


def _on_panel(
    role: Literal["label", "disclaimer"],
    text: str,
    *,
    language: str,
    stage: Stage,
    box: Box,
    font: FontRef,
    sizes: tuple[int, int],
    timing: Timing,
    align: Align,
    valign: Literal["top", "bottom"],
    max_lines: int = 1,
) -> TextLayer:
    """White on a dark panel: readable on any picture, in any brand's colours."""
    return TextLayer(
        role=role,
        text=text,
        language=language,
        direction=stage.direction if role == "disclaimer" else direction_of(language),
        box=box,
        font=font,
        max_px=sizes[0],
        min_px=sizes[1],
        max_lines=max_lines,
        color=WHITE,
        # Alignment is logical to the text's own direction; the box was mirrored with the stage's.
        align=align if direction_of(language) == stage.direction else _OTHER_END[align],
        valign=valign,
        panel_color=BLACK,
        panel_opacity=_PANEL_OPACITY,
        panel_radius_px=stage.px(0.009),
        panel_pad_px=stage.px(0.008),
        panel_hug=True,
        timing=timing,
    )
