# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Drawing one layer, once: text, panels, pictures and fills as premultiplied RGBA.

Decides how things look: alignment, panel shapes, shadows, gradients, edge quality. Leaves out when and where
a layer is seen (`layers`), font size and line breaks (`text`). Colours are composed in the gamma-encoded sRGB
space they are given in, as browsers and video editors do, so that a brand colour stays exactly itself.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from adseal_generator import fonts, text
from adseal_generator.pictures import open_srgb

if TYPE_CHECKING:
    from PIL.Image import Image

    from adseal_templates.plan import FillLayer, ImageLayer, TextLayer

_ROUND_END = 0.3  # of the corner radius: more air beside the text of a pill
_PANEL_RISE = 0.12  # of the font size: air above capitals and below the baseline inside a hugging panel


@dataclass(frozen=True)
class Drawing:
    """A drawn layer. `rgba` float32 [H, W, 4], 0..1, colour premultiplied; W is 1 when all columns are alike
    and the drawing is `width` px wide. `x`, `y`: its top left corner in the frame, px, may be negative.
    `dither` asks for noise in place of rounding (gradients)."""

    rgba: NDArray[np.float32]
    x: int
    y: int
    width: int
    dither: bool = False


def _rgb(colour: str) -> NDArray[np.float32]:
    return np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)], np.float32)


def _over(canvas: NDArray[np.float32], coverage: NDArray[np.float32], colour: str, opacity: float) -> None:
    """Paint a colour through a coverage mask [H, W] onto the canvas [H, W, 4], in place."""
    alpha = (coverage * np.float32(opacity))[:, :, None]
    canvas *= 1.0 - alpha
    canvas[:, :, :3] += alpha * _rgb(colour)
    canvas[:, :, 3:] += alpha


def rounded(
    height: int, width: int, box: tuple[float, float, float, float], radius: float
) -> NDArray[np.float32]:
    """Coverage float32 [H, W] of a rounded rectangle (left, top, right, bottom) with a smooth edge."""
    left, top, right, bottom = box
    radius = min(radius, (right - left) / 2, (bottom - top) / 2)
    x = np.abs(np.arange(width, dtype=np.float32) + 0.5 - (left + right) / 2) - ((right - left) / 2 - radius)
    y = np.abs(np.arange(height, dtype=np.float32) + 0.5 - (top + bottom) / 2) - ((bottom - top) / 2 - radius)
    outside = np.hypot(np.maximum(x, 0)[None, :], np.maximum(y, 0)[:, None])
    inside = np.minimum(np.maximum(x[None, :], y[:, None]), 0)
    return np.asarray(np.clip(0.5 - (outside + inside - radius), 0, 1), dtype=np.float32)


def draw_fill(layer: "FillLayer") -> Drawing:
    """A rectangle of one colour or a vertical gradient."""
    box = layer.box
    flat = layer.color2 is None and layer.opacity2 is None
    along = np.linspace(0, 1, box.height, dtype=np.float32)[:, None]
    low = layer.opacity if layer.opacity2 is None else layer.opacity2
    # An eased ramp has no visible line where a scrim begins.
    along = along * along * (3 - 2 * along)
    alpha = layer.opacity + along * (low - layer.opacity)
    colour = _rgb(layer.color) + along * (_rgb(layer.color2 or layer.color) - _rgb(layer.color))
    rgba = np.concatenate([colour * alpha, alpha], axis=1)[:, None, :].astype(np.float32)
    if layer.radius_px:
        shape = rounded(box.height, box.width, (0, 0, box.width, box.height), layer.radius_px)
        rgba = rgba * shape[:, :, None]
    return Drawing(rgba, box.x, box.y, box.width, dither=not flat)


def set_text(layer: "TextLayer") -> text.SetText:
    """The layer's text, set to its box.

    Raises:
        LayerError: it does not fit.
        FontError: no font for it.
    """
    return text.fit(
        layer.text,
        language=layer.language,
        rtl=layer.direction == "rtl",
        font=layer.font,
        width=layer.box.width - 2 * _pad_x(layer),
        height=layer.box.height - 2 * _pad_y(layer),
        max_px=layer.max_px,
        min_px=layer.min_px,
        max_lines=layer.max_lines,
    )


def _pad_x(layer: "TextLayer") -> float:
    """Horizontal padding of a panel; round ends of a hugging one take some room of their own."""
    if not layer.panel_color:
        return 0.0
    # Half the height a one-line panel can have: corners cannot be rounder than that.
    half = min(layer.box.height / 2, _pad_y(layer) + 0.48 * layer.max_px)
    ends = min(layer.panel_radius_px, half) if layer.panel_hug else 0.0
    return round(layer.panel_pad_px + _ROUND_END * ends)


def _pad_y(layer: "TextLayer") -> float:
    """Vertical padding of a panel; a hugging one brings some air of its own, so it takes less."""
    if not layer.panel_color:
        return 0.0
    return layer.panel_pad_px * (0.7 if layer.panel_hug else 1.0)


def _place(align: str, rtl: bool, left: float, room: float, size: float) -> float:
    """Left edge of something `size` px wide in `room` px from `left`."""
    share = {"start": 1.0 if rtl else 0.0, "center": 0.5, "end": 0.0 if rtl else 1.0}[align]
    return left + share * (room - size)


def draw_text(layer: "TextLayer", frame_width: int, frame_height: int) -> Drawing:
    """A text with its panel and shadow.

    Raises:
        LayerError: it does not fit.
        FontError: no font for it.
    """
    done = set_text(layer)
    box, rtl = layer.box, layer.direction == "rtl"
    pad_x, pad_y = _pad_x(layer), _pad_y(layer)
    air = _PANEL_RISE * done.size if layer.panel_color and layer.panel_hug else 0.0
    high = done.bottom - done.top + 2 * air
    share = {"top": 0.0, "middle": 0.5, "bottom": 1.0}[layer.valign]
    block = box.y + pad_y + share * (box.height - 2 * pad_y - high) + air
    baseline = block - done.top
    # The optical block may be placed so that accents or descenders leave the box: the ink wins.
    baseline = min(max(baseline, box.y + pad_y - done.ink[1]), box.bottom - pad_y - done.ink[3])
    block = baseline + done.top
    left = _place(layer.align, rtl, box.x + pad_x, box.width - 2 * pad_x, done.width)
    panel = (float(box.x), float(box.y), float(box.right), float(box.bottom))
    if layer.panel_hug:
        edge = block + done.bottom - done.top + air + pad_y
        panel = (left - pad_x, block - air - pad_y, left + done.width + pad_x, edge)
        panel = (round(panel[0]), round(panel[1]), round(panel[2]), round(panel[3]))
    reach = 4 + round(1.2 * done.size) if layer.shadow else 4 + round(0.3 * done.size)
    x0, y0 = max(box.x - reach, 0), max(box.y - reach, 0)
    x1, y1 = min(box.right + reach, frame_width), min(box.bottom + reach, frame_height)
    canvas = np.zeros((max(y1 - y0, 1), max(x1 - x0, 1), 4), np.float32)
    ink = _ink(
        layer,
        done,
        width=canvas.shape[1],
        height=canvas.shape[0],
        left=left - x0,
        baseline=round(baseline) - y0,
    )
    if layer.panel_color:
        moved = (panel[0] - x0, panel[1] - y0, panel[2] - x0, panel[3] - y0)
        shape = rounded(canvas.shape[0], canvas.shape[1], moved, layer.panel_radius_px)
        _shadow(canvas, shape, layer.shadow, done.size)
        _over(canvas, shape, layer.panel_color, layer.panel_opacity)
    else:
        _shadow(canvas, ink, layer.shadow, done.size)
    _over(canvas, ink, layer.color, 1.0)
    return _trimmed(canvas, x0, y0)


def _ink(
    layer: "TextLayer", done: text.SetText, *, width: int, height: int, left: float, baseline: float
) -> NDArray[np.float32]:
    """Coverage float32 [height, width] of the glyphs."""
    from PIL import Image, ImageDraw

    mask = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(mask)
    for n, line in enumerate(done.lines):
        x = _place(layer.align, layer.direction == "rtl", left, done.width, line.width)
        for run in line.runs:
            draw.text(
                (x + run.x, baseline + round(n * done.pitch)),
                run.text,
                fill=255,
                font=fonts.load(run.face, done.size, done.weight),
                anchor="ls",
                direction="rtl" if run.rtl else "ltr",
                language=done.language,
            )
    return np.asarray(mask, np.float32) / np.float32(255)


def _shadow(canvas: NDArray[np.float32], shape: NDArray[np.float32], strength: float, size: int) -> None:
    """A close shadow for the edge and a wide one for the ground, both black."""
    if strength <= 0:
        return
    for sigma, drop, opacity in ((0.30, 0.05, 0.45), (0.07, 0.03, 0.55)):
        shift = np.array([[1, 0, 0], [0, 1, drop * size]], np.float32)
        soft: Any = cv2.GaussianBlur(shape, (0, 0), max(sigma * size, 0.5))
        soft = cv2.warpAffine(soft, shift, (shape.shape[1], shape.shape[0]))
        _over(canvas, soft, "#000000", opacity * strength)


def _trimmed(canvas: NDArray[np.float32], x: int, y: int) -> Drawing:
    """Without its empty margins."""
    seen = canvas[:, :, 3] > 1 / 512
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    if rows.size == 0:
        return Drawing(canvas[:1, :1], x, y, 1)
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    return Drawing(canvas[top:bottom, left:right], x + int(left), y + int(top), int(right - left))


def open_image(layer: "ImageLayer") -> "Image":
    """The picture file in sRGB with alpha, upright.

    Raises:
        LayerError: missing, unreadable, too large, or not the file the plan was made with.
    """
    return open_srgb(layer.path, sha256=layer.sha256)


def draw_image(layer: "ImageLayer") -> Drawing:
    """A picture scaled to fit its box, in the middle of its height.

    Raises:
        LayerError: the file cannot be used.
    """
    from PIL import Image

    image, box = open_image(layer), layer.box
    scale = min(box.width / image.width, box.height / image.height)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    # Pillow scales RGBA premultiplied, so transparent pixels' colours do not bleed into the edge.
    image = image.resize(size, Image.Resampling.LANCZOS)
    rgba = np.asarray(image, np.float32) / np.float32(255)
    rgba[:, :, 3] *= layer.opacity
    rgba[:, :, :3] *= rgba[:, :, 3:]
    x = round(_place(layer.align, False, box.x, box.width, size[0]))
    return Drawing(rgba, x, box.y + (box.height - size[1]) // 2, size[0])
