# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The contact sheet: what was made and what came back, on one picture."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

INK, PAPER, FAINT = "#14171c", "#f4f2ee", "#6d7278"
VERDICT_INK = {"intact": "#1a7f4b", "recovered": "#1a7f4b", "none": "#8a6d1a", "marked": "#8a6d1a"}
HEIGHT, GAP, MARGIN, TEXT = 300, 10, 48, 62


@dataclass(frozen=True)
class Row:
    """One video: a title, a line below it, and the moments to show."""

    path: Path
    title: str
    line: str
    ink: str
    times_s: tuple[float, ...]


def stills(path: Path, times_s: tuple[float, ...], height: int) -> "list[Image]":
    """The frames shown at `times_s`, scaled to `height`; fewer where the video is shorter or damaged."""
    import av

    found: list[Image] = []
    wanted = list(times_s)
    try:
        with av.open(str(path)) as container:
            for frame in container.decode(video=0):
                if not wanted:
                    break
                if frame.time is not None and frame.time >= wanted[0]:
                    wanted.pop(0)
                    width = round(frame.width * height / frame.height / 2) * 2
                    small = frame.reformat(width=width, height=height, interpolation="LANCZOS")
                    found.append(small.to_image())  # type: ignore[no-untyped-call]
    except (av.FFmpegError, OSError):
        return found  # a damaged video shows what could be read of it
    return found


def contact_sheet(rows: list[Row], path: Path, *, heading: str) -> None:
    """Draw the sheet and write it as PNG."""
    from PIL import Image, ImageDraw

    strips = [(row, stills(row.path, row.times_s, HEIGHT)) for row in rows]
    columns = _columns([sum(s.width + GAP for s in images) for _, images in strips])
    width = MARGIN * 2 + sum(columns) + GAP * 4 * (len(columns) - 1)
    lines = -(-len(strips) // len(columns))
    sheet = Image.new("RGB", (width, MARGIN * 2 + 70 + lines * (HEIGHT + TEXT + 26)), PAPER)
    draw = ImageDraw.Draw(sheet)
    draw.text((MARGIN, MARGIN - 14), heading, font=_font(heading, 34, 700), fill=INK)
    for number, (row, images) in enumerate(strips):
        line, column = divmod(number, len(columns))
        x = MARGIN + sum(columns[:column]) + GAP * 4 * column
        y = MARGIN + 70 + line * (HEIGHT + TEXT + 26)
        draw.text((x, y), row.title, font=_font(row.title, 19, 700), fill=row.ink)
        draw.text((x, y + 32), row.line, font=_font(row.line, 15, 400), fill=FAINT)
        for image in images:
            sheet.paste(image, (x, y + TEXT))
            x += image.width + GAP
    sheet.save(path, optimize=True)


def _columns(widths: list[int]) -> list[int]:
    """Two columns, each as wide as its widest strip."""
    return [max(widths[i::2], default=0) for i in range(2)]


def _font(text: str, size: int, weight: int) -> Any:
    """A font that has the text's letters: the house font, or the one for the script it is in."""
    from collections import Counter

    from adseal_generator.fonts import faces_for, load
    from adseal_templates.plan import FontRef

    faces = faces_for(list(text), FontRef(family="Inter", weight=weight), "en")
    face = Counter(f for f, letter in zip(faces, text, strict=True) if letter.isalpha()).most_common(1)[0][0]
    return load(face, size, weight)
