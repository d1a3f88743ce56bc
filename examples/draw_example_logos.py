# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Draws the logos of the example campaigns: a simple mark and the name, for dark and for light grounds.

    python examples/draw_example_logos.py [FOLDER]

Writes `<campaign>/logos/<brand>-<light|dark>.png`, PNGs with transparency of 480 px in width. The brands are made up;
names and marks are ours.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import fontpkg_montserrat
from PIL import Image, ImageDraw, ImageFont

SCALE = 4  # drawn larger and reduced, for smooth edges
WIDTH, HEIGHT = 480, 96
FONT = fontpkg_montserrat.ROOT / "files" / "Montserrat[wght].ttf"
Pen = ImageDraw.ImageDraw


def tent(draw: Pen, px: int, ink: str, accent: str) -> None:
    """Two slopes and a door."""
    draw.polygon([(0.5 * px, 0.12 * px), (0.95 * px, 0.88 * px), (0.05 * px, 0.88 * px)], fill=ink)
    draw.polygon([(0.5 * px, 0.45 * px), (0.66 * px, 0.88 * px), (0.34 * px, 0.88 * px)], fill=accent)


def lamp(draw: Pen, px: int, ink: str, accent: str) -> None:
    """A disc of light over an open book."""
    draw.ellipse((0.3 * px, 0.08 * px, 0.7 * px, 0.48 * px), fill=accent)
    draw.polygon(
        [(0.06 * px, 0.56 * px), (0.47 * px, 0.66 * px), (0.47 * px, 0.92 * px), (0.06 * px, 0.82 * px)],
        fill=ink,
    )
    draw.polygon(
        [(0.94 * px, 0.56 * px), (0.53 * px, 0.66 * px), (0.53 * px, 0.92 * px), (0.94 * px, 0.82 * px)],
        fill=ink,
    )


def shutter(draw: Pen, px: int, ink: str, accent: str) -> None:
    """A frame and what is looked at."""
    draw.rectangle((0.08 * px, 0.2 * px, 0.92 * px, 0.8 * px), outline=ink, width=round(0.09 * px))
    draw.ellipse((0.38 * px, 0.38 * px, 0.62 * px, 0.62 * px), fill=accent)


# campaign, file name, name as written, mark, accent colour, dark ink
BRANDS: tuple[tuple[str, str, str, Callable[[Pen, int, str, str], None], str, str], ...] = (
    ("retail-offer", "fernhut", "FERNHUT", tent, "#e8a33d", "#12352b"),
    ("course-explainer", "lampwick", "LAMPWICK", lamp, "#f4c84a", "#1b2a4a"),
    ("film-previs", "saltframe", "SALTFRAME", shutter, "#d65a3a", "#1d1a1a"),
)


def logo(name: str, mark: Callable[[Pen, int, str, str], None], ink: str, accent: str) -> Image.Image:
    """The mark and the name beside it, WIDTH × HEIGHT px."""
    image = Image.new("RGBA", (WIDTH * SCALE, HEIGHT * SCALE), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    mark(draw, HEIGHT * SCALE, ink, accent)
    font = ImageFont.truetype(str(FONT), 52 * SCALE)
    font.set_variation_by_axes([700])
    room = (WIDTH - HEIGHT - 20) * SCALE
    if font.getlength(name) > room:
        font = font.font_variant(size=int(52 * SCALE * room / font.getlength(name)))
        font.set_variation_by_axes([700])
    draw.text(((HEIGHT + 16) * SCALE, HEIGHT * SCALE / 2), name, font=font, fill=ink, anchor="lm")
    return image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def main(folder: Path) -> None:
    """Draw every brand's two logos below `folder`."""
    for campaign, file, name, mark, accent, dark in BRANDS:
        target = folder / campaign / "logos"
        target.mkdir(parents=True, exist_ok=True)
        for ground, ink in (("light", "#ffffff"), ("dark", dark)):
            logo(name, mark, ink, accent).save(target / f"{file}-{ground}.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent)
