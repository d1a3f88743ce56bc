# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Draws the logo of the example brand, Aubemar: a sun half set behind two waves, and its name.

    python examples/draw_logo.py [FOLDER]

Writes three PNGs with transparency: the horizontal lockup for dark and for light grounds, and the stacked one
for the end card. Aubemar is made up; the name and the mark are ours.
"""

import math
import sys
from pathlib import Path

import fontpkg_montserrat
from PIL import Image, ImageDraw, ImageFont

SCALE = 4  # drawn larger and reduced, for smooth edges
NAVY, CREAM, GOLD = "#0e1f4d", "#fff6e6", "#f2b233"
NAME = "AUBEMAR"
FONT = fontpkg_montserrat.ROOT / "files" / "Montserrat[wght].ttf"
TARGET = Path(__file__).resolve().parents[1] / "sdk" / "adseal" / "data" / "example" / "logos"


def mark(size: int, ink: str) -> Image.Image:
    """The sign, `size` px square: half a sun in gold with rays, two waves in ink."""
    px = size * SCALE
    image = Image.new("RGBA", (px, px), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    horizon, centre, radius, stroke = 0.56 * px, px / 2, 0.235 * px, round(0.055 * px)
    draw.pieslice((centre - radius, horizon - radius, centre + radius, horizon + radius), 180, 360, fill=GOLD)
    for angle in (-72, -36, 0, 36, 72):
        across, up = math.sin(math.radians(angle)), -math.cos(math.radians(angle))
        near, far = 0.30 * px, 0.42 * px if angle else 0.45 * px
        ends = [(centre + r * across, horizon + r * up) for r in (near, far)]
        draw.line(ends, fill=GOLD, width=stroke)
        for x, y in ends:
            draw.ellipse((x - stroke / 2, y - stroke / 2, x + stroke / 2, y + stroke / 2), fill=GOLD)
    wave(draw, (centre, 0.70 * px), reach=0.42 * px, height=0.03 * px, periods=2.0, ink=ink, stroke=stroke)
    wave(draw, (centre, 0.84 * px), reach=0.21 * px, height=0.03 * px, periods=1.0, ink=ink, stroke=stroke)
    return image.resize((size, size), Image.Resampling.LANCZOS)


def wave(
    draw: ImageDraw.ImageDraw,
    middle: tuple[float, float],
    *,
    reach: float,
    height: float,
    periods: float,
    ink: str,
    stroke: int,
) -> None:
    """A cosine line `reach` to both sides, of even thickness with round ends, drawn as overlapping discs."""
    steps = int(4 * reach)
    for step in range(steps + 1):
        along = 2 * step / steps - 1  # -1 at the left end, 1 at the right
        x = middle[0] + reach * along
        y = middle[1] - height * math.cos(math.pi * periods * along)
        draw.ellipse((x - stroke / 2, y - stroke / 2, x + stroke / 2, y + stroke / 2), fill=ink)


def wordmark(height: int, ink: str, spacing: float = 0.16) -> Image.Image:
    """The name in capitals `height` px high, letters spaced by a fraction of the type size."""
    font = ImageFont.truetype(str(FONT), round(height * SCALE / 0.7))
    font.set_variation_by_axes([600])
    gap = spacing * font.size
    _, top, _, bottom = font.getbbox(NAME)  # of the whole name: round letters reach a little beyond
    width = sum(font.getlength(letter) for letter in NAME) + gap * (len(NAME) - 1)
    image = Image.new("RGBA", (math.ceil(width), round(bottom - top)), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    x = 0.0
    for letter in NAME:
        draw.text((x, -top), letter, font=font, fill=ink)
        x += font.getlength(letter) + gap
    return image.resize((round(image.width / SCALE), round(image.height / SCALE)), Image.Resampling.LANCZOS)


def trimmed(image: Image.Image) -> Image.Image:
    """Without its transparent border."""
    return image.crop(image.getchannel("A").getbbox())


def horizontal(ink: str) -> Image.Image:
    """Mark left, name right, on one middle line."""
    sign, name = trimmed(mark(300, ink)), wordmark(118, ink)
    gap = 64
    image = Image.new("RGBA", (sign.width + gap + name.width, sign.height), (0, 0, 0, 0))
    image.alpha_composite(sign, (0, 0))
    image.alpha_composite(name, (sign.width + gap, (sign.height - name.height) // 2))
    return image


def stacked(ink: str) -> Image.Image:
    """Mark above the name."""
    sign, name = trimmed(mark(460, ink)), wordmark(104, ink)
    gap = 64
    image = Image.new("RGBA", (name.width, sign.height + gap + name.height), (0, 0, 0, 0))
    image.alpha_composite(sign, ((name.width - sign.width) // 2, 0))
    image.alpha_composite(name, (0, sign.height + gap))
    return image


def main(folder: Path) -> None:
    """Write the three files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, image in (
        ("aubemar-horizontal-light.png", horizontal(CREAM)),
        ("aubemar-horizontal-dark.png", horizontal(NAVY)),
        ("aubemar-stacked-light.png", stacked(CREAM)),
        ("aubemar-stacked-dark.png", stacked(NAVY)),
    ):
        image.save(folder / name, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET)
