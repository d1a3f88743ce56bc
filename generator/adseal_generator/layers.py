# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Headline, logo, price, call to action: laid over the plate in its own YUV planes.

Decides when a layer is seen, how it enters and leaves, and the blending arithmetic. Each layer is drawn once
(`raster`) and kept as premultiplied Y'CbCr tiles at full and half resolution; a frame then costs one
multiply-add in the tile's rectangle. Leaves out the plate (`plate`) and what the layers say (the plan).

Arithmetic: out = (under * (256 - alpha) + tile + 128) >> 8 in uint16, tile = alpha * colour in 1/256 levels;
the half is stored in the tile. The largest sum is 255 * 256 + 255 < 2**16.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from adseal_generator import raster
from adseal_generator.errors import GeneratorError, LayerError
from adseal_generator.frames import RGB_TO_YUV, YuvFrame, check_size

if TYPE_CHECKING:
    from adseal_templates.plan import AdPlan, FillLayer, ImageLayer, TextLayer, Timing

    AnyLayer = TextLayer | ImageLayer | FillLayer

_RISE = 0.022  # of the frame's height: the way a rising layer travels
_STRIP = 128  # rows blended at a time
_RISE_S = 0.5  # how long it travels at least; it slows down to a stop


@dataclass(frozen=True)
class LayerProblem:
    """One thing that keeps a layer from being set. `index` counts the plan's layers from the bottom."""

    index: int
    role: str
    code: str
    message: str
    hint: str

    def __str__(self) -> str:
        return f"layers[{self.index}] ({self.role}): {self.message}" + (f"; {self.hint}" if self.hint else "")


def preflight(plan: "AdPlan") -> list[LayerProblem]:
    """All that would keep the plan's layers from being set, before anything is rendered. Raises nothing.

    Checks that every text has fonts and fits its box, that every picture file opens and is the planned one,
    that boxes lie inside the frame, and that no layer starts after the ad ends.
    """
    problems = []
    for index, layer in enumerate(plan.layers):
        found = _check(layer, plan)
        if found is not None:
            problems.append(LayerProblem(index, layer.role, found.code, str(found), found.hint))
    return problems


def _check(layer: "AnyLayer", plan: "AdPlan") -> GeneratorError | None:
    box = layer.box
    if box.x < 0 or box.y < 0 or box.right > plan.width or box.bottom > plan.height:
        return LayerError(
            f"its box {box.x},{box.y} {box.width}x{box.height} leaves the {plan.width}x{plan.height} frame",
            code="box_outside",
        )
    if layer.timing.start_s >= min(layer.timing.end_s, plan.duration_s):
        return LayerError("it is never seen: it starts after it ends or after the ad ends", code="never_seen")
    try:
        if layer.kind == "text":
            raster.set_text(layer)
        elif layer.kind == "image":
            raster.open_image(layer)
    except GeneratorError as problem:
        return problem
    return None


@dataclass(frozen=True)
class _Plane:
    """What is blended into one plane: `ink` uint16 (premultiplied, 1/256 levels, rounding included) and
    `keep` uint16 (256 - alpha), both [h, w] or [h, 1]; `x`, `y`, `width` in that plane's px."""

    ink: NDArray[np.uint16]
    keep: NDArray[np.uint16]
    x: int
    y: int
    width: int
    opaque: bool


@dataclass(frozen=True)
class _Tile:
    """A layer ready to blend. `planes[parity]` holds y, u, v for an even (0) or odd (1) vertical shift."""

    timing: "Timing"
    rises: bool
    planes: tuple[tuple[_Plane, _Plane, _Plane], ...]


class LayerStack:
    """The plan's layers, drawn once and laid over frame after frame.

    Not safe for use by several threads at once (scratch memory is shared between frames).

    Raises:
        LayerError: a text does not fit or a picture is unusable; says which layer. Run `preflight` to get
            all. FontError: a font is missing or lacks a script. FrameError: the plan's size is odd.
    """

    def __init__(self, plan: "AdPlan") -> None:
        check_size(plan.width, plan.height)
        self._width, self._height = plan.width, plan.height
        self._tiles = [self._tile(index, layer) for index, layer in enumerate(plan.layers)]
        self._scratch = np.empty(plan.width * _STRIP, np.uint16)

    def _tile(self, index: int, layer: "AnyLayer") -> _Tile:
        try:
            drawing = self._drawing(layer)
        except LayerError as problem:
            where = f"layers[{index}] ({layer.role}): {problem}"
            raise type(problem)(where, code=problem.code, hint=problem.hint) from problem
        rises = layer.kind != "fill" and layer.enter == "rise"
        planes = tuple(_planes(drawing, parity) for parity in ((0, 1) if rises else (0,)))
        return _Tile(layer.timing, rises, planes)

    def _drawing(self, layer: "AnyLayer") -> raster.Drawing:
        if layer.kind == "text":
            return raster.draw_text(layer, self._width, self._height)
        if layer.kind == "image":
            return raster.draw_image(layer)
        return raster.draw_fill(layer)

    def apply(self, frame: YuvFrame, t_s: float) -> YuvFrame:
        """The frame with all layers that are seen at `t_s`; the frame given is left as it is.

        Raises:
            LayerError: the frame has another size than the plan.
        """
        if (frame.width, frame.height) != (self._width, self._height):
            raise LayerError(
                f"the plan is {self._width}x{self._height}, the frame {frame.width}x{frame.height}",
                code="frame_size",
            )
        seen = [(tile, level) for tile in self._tiles if (level := presence(tile.timing, t_s)) > 0]
        if not seen:
            return frame
        out = (frame.y.copy(), frame.u.copy(), frame.v.copy())
        for tile, level in seen:
            shift = self._shift(tile, t_s) if tile.rises else 0
            parts = tile.planes[shift % 2]
            for target, part, down in zip(out, parts, (shift, shift // 2, shift // 2), strict=True):
                self._blend(target, part, part.y + down, level)
        return YuvFrame(*out)

    def _shift(self, tile: _Tile, t_s: float) -> int:
        """How far below its place a rising layer still is, px."""
        span = max(tile.timing.fade_in_s, _RISE_S)
        left = 1.0 - min(max((t_s - tile.timing.start_s) / span, 0.0), 1.0)
        return round(_RISE * self._height * left**3)

    def _blend(self, target: NDArray[np.uint8], part: _Plane, y: int, level: int) -> None:
        top, bottom = max(y, 0), min(y + part.ink.shape[0], target.shape[0])
        left, right = max(part.x, 0), min(part.x + part.width, target.shape[1])
        if top >= bottom or left >= right:
            return
        rows = slice(top - y, bottom - y)
        ink = part.ink[rows] if part.ink.shape[1] == 1 else part.ink[rows, left - part.x : right - part.x]
        keep = part.keep[rows] if part.keep.shape[1] == 1 else part.keep[rows, left - part.x : right - part.x]
        region = target[top:bottom, left:right]
        under = region.copy() if level < 256 else None
        if part.opaque:
            np.right_shift(ink, 8, out=region, casting="unsafe")
        else:
            self._cover(region, ink, keep)
        if under is not None:
            share = level / 256
            region[...] = cv2.addWeighted(region, share, under, 1 - share, 0)

    def _cover(self, region: NDArray[np.uint8], ink: NDArray[np.uint16], keep: NDArray[np.uint16]) -> None:
        """The multiply-add, in strips that stay in the processor's cache."""
        for top in range(0, region.shape[0], _STRIP):
            rows = slice(top, top + _STRIP)
            work = self._scratch[: region[rows].size].reshape(region[rows].shape)
            work[...] = region[rows]
            work *= keep[rows]
            work += ink[rows]
            work >>= 8
            region[rows] = work


def presence(timing: "Timing", t_s: float) -> int:
    """How much of a layer is seen at `t_s`: 0 nothing .. 256 all, eased at both ends of its fades."""
    if not timing.start_s <= t_s < timing.end_s:
        return 0
    level = 1.0
    if timing.fade_in_s > 0:
        # The first frame of a fade shows a little already: a layer that is due is never wholly absent.
        level = min(level, (t_s - timing.start_s + 1 / 60) / timing.fade_in_s)
    if timing.fade_out_s > 0:
        level = min(level, (timing.end_s - t_s) / timing.fade_out_s)
    level = min(max(level, 0.0), 1.0)
    return round(256 * level * level * (3 - 2 * level))


def _planes(drawing: raster.Drawing, parity: int) -> tuple[_Plane, _Plane, _Plane]:
    """Y, U and V tiles of a drawing that lies `parity` px lower than its place.

    The luma tile is the same for both parities and its `y` never includes the shift; the chroma tile's 2x2
    blocks depend on where the drawing begins, and its `y` includes the odd px.
    """
    alpha = drawing.rgba[:, :, 3:]
    colour = drawing.rgba[:, :, :3] @ (RGB_TO_YUV[:, :3].T * 255).astype(np.float32)
    yuv = colour + alpha * RGB_TO_YUV[:, 3].astype(np.float32)
    luma = _plane(yuv[:, :, 0], alpha[:, :, 0], (drawing.x, drawing.y, drawing.width), dither=drawing.dither)
    top, left = (drawing.y + parity) % 2, drawing.x % 2
    column = alpha.shape[1] == 1 and drawing.width > 1
    bottom = (top + alpha.shape[0]) % 2
    right = (left + drawing.width) % 2
    sides = ((top, bottom), (left, right))
    if column and (left or right):
        # Half-covered chroma columns at the sides: the tile has to be spelled out.
        alpha, yuv = (np.repeat(a, drawing.width, axis=1) for a in (alpha, yuv))
        column = False
    elif column:
        sides = ((top, bottom), (0, 1))
    halves = []
    for channel in (alpha[:, :, 0], yuv[:, :, 1], yuv[:, :, 2]):
        padded = np.pad(channel, sides, mode="edge" if column else "constant")
        if column:
            padded[:top] = 0
            padded[padded.shape[0] - bottom :] = 0
        size = (padded.shape[1] // 2, padded.shape[0] // 2)
        halves.append(np.asarray(cv2.resize(padded, size, interpolation=cv2.INTER_AREA), dtype=np.float32))
    x, y = (drawing.x - left) // 2, (drawing.y + parity - top) // 2
    width = (drawing.width + left + right) // 2
    u, v = (_plane(half, halves[0], (x, y, width), dither=drawing.dither) for half in halves[1:])
    return luma, u, v


def _plane(
    ink: NDArray[np.float32],
    alpha: NDArray[np.float32],
    place: tuple[int, int, int],
    *,
    dither: bool,
) -> _Plane:
    """Fixed-point tile of one plane; `place` is x, y, width in that plane's px."""
    x, y, width = place
    ink, alpha = (a.reshape(a.shape[0], -1) for a in (ink, alpha))
    keep = 256 - np.rint(alpha * 256)
    if dither:
        noise = np.random.default_rng(20130415).random((ink.shape[0], width), dtype=np.float32)
        levels = ink * 256 + noise * 255
    else:
        levels = ink * 256 + 128
    # Where alpha and ink are rounded apart, the sum could pass 16 bits: the ink gives way.
    levels = np.clip(np.rint(levels), 0, 65535 - keep * 255)
    return _Plane(
        levels.astype(np.uint16), keep.astype(np.uint16), x, y, width, opaque=bool(keep.max(initial=0) == 0)
    )
