# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Colour arithmetic: contrast, blending, and the nearest colour name.

Decides whether a text can be read on what lies under it (WCAG 2.2) and which of the generator's colour words
is nearest to a brand colour (CIE Lab). Leaves out where colours are used (`layers`, `prompts`).
"""

import math
from collections.abc import Iterable
from typing import Final

# WCAG 2.2 success criterion 1.4.3 (AA, text of any size).
MIN_CONTRAST: Final = 4.5
# Relative luminance at which black and white text read equally well: sqrt(1.05 * 0.05) - 0.05.
MIDDLE_LUMINANCE: Final = 0.179
WHITE: Final = "#ffffff"
BLACK: Final = "#000000"

# The colour words of the generator's vocabulary and what they look like there.
NAMED_COLOURS: Final = {
    "red": "#cc1a21",
    "coral": "#fc7561",
    "orange": "#f58c1a",
    "gold": "#dbb347",
    "green": "#249954",
    "teal": "#0a9999",
    "blue": "#266bed",
    "navy": "#1a2b73",
    "purple": "#7d42d4",
    "pink": "#f26bad",
    "cream": "#f0e3c9",
    "charcoal": "#454a52",
}


def _channels(colour: str) -> tuple[float, float, float]:
    return int(colour[1:3], 16) / 255, int(colour[3:5], 16) / 255, int(colour[5:7], 16) / 255


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def luminance(colour: str) -> float:
    """Relative luminance 0..1 of an sRGB colour (WCAG 2.2 definition)."""
    red, green, blue = (_linear(c) for c in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio 1..21 of two colours (WCAG 2.2 definition)."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def blend(over: str, opacity: float, under: str) -> str:
    """`over` at `opacity` 0..1 laid on `under`, in gamma-encoded sRGB as the compositor does it."""
    mixed = (
        round(255 * (opacity * a + (1 - opacity) * b))
        for a, b in zip(_channels(over), _channels(under), strict=True)
    )
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def worst_contrast(text: str, surfaces: Iterable[str]) -> float:
    """The smallest contrast of a text colour over surfaces as dark as the darkest, as light as the lightest
    given, and everything between: a grey text reads on white and on black, but not on grey."""
    levels = [luminance(surface) for surface in surfaces]
    here, low, high = luminance(text), min(levels), max(levels)
    if low <= here <= high:
        return 1.0
    return (low + 0.05) / (here + 0.05) if here < low else (here + 0.05) / (high + 0.05)


def readable(preferred: str | None, surfaces: Iterable[str]) -> str | None:
    """`preferred` when it reaches MIN_CONTRAST on every surface, else white or black, whichever reads
    better; None when neither reaches it."""
    surfaces = tuple(surfaces)
    if preferred is not None and worst_contrast(preferred, surfaces) >= MIN_CONTRAST:
        return preferred
    best = max((WHITE, BLACK), key=lambda colour: worst_contrast(colour, surfaces))
    return best if worst_contrast(best, surfaces) >= MIN_CONTRAST else None


def over_any_picture(colour: str, opacity: float) -> tuple[str, str]:
    """The darkest and the lightest that a colour at an opacity can look, whatever picture lies under it."""
    return blend(colour, opacity, BLACK), blend(colour, opacity, WHITE)


def lab(colour: str) -> tuple[float, float, float]:
    """CIE 1976 L*a*b* (D65 white) of an sRGB colour."""
    red, green, blue = (_linear(c) for c in _channels(colour))
    x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883

    def f(t: float) -> float:
        return t ** (1 / 3) if t > (6 / 29) ** 3 else t / (3 * (6 / 29) ** 2) + 4 / 29

    return 116 * f(y) - 16, 500 * (f(x) - f(y)), 200 * (f(y) - f(z))


def nearest_name(colour: str) -> tuple[str, float]:
    """The nearest colour word and its distance in Lab, lightness counted half.

    Lightness counts half because a word names a hue and the mood of the scene sets how dark it is: a deep
    navy brand colour means navy in the dark, not charcoal.
    """
    here = lab(colour)

    def distance(name: str) -> float:
        there = lab(NAMED_COLOURS[name])
        return math.hypot(0.5 * (here[0] - there[0]), here[1] - there[1], here[2] - there[2])

    name = min(NAMED_COLOURS, key=distance)
    return name, distance(name)
