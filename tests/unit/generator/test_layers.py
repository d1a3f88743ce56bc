# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Layers over frames: colours, places, times, edges of the frame, and problems told beforehand."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from adseal_generator.errors import FontError, LayerError
from adseal_generator.frames import YuvFrame, rgb_to_yuv, yuv_to_rgb
from adseal_generator.layers import LayerStack, preflight, presence
from adseal_templates.plan import (
    AdPlan,
    Box,
    FillLayer,
    FontRef,
    ImageLayer,
    ModelPlan,
    ShotPlan,
    SoundPlan,
    TextLayer,
    Timing,
)

WIDTH, HEIGHT = 360, 640
ALWAYS = Timing(start_s=0, end_s=10, fade_in_s=0, fade_out_s=0)


def a_plan(*layers: Any) -> AdPlan:
    return AdPlan(
        plan_id="p",
        campaign="c",
        brand="b",
        brief="b",
        template="t@2026-11",
        placement="x",
        locale="en",
        width=WIDTH,
        height=HEIGHT,
        fps=30,
        duration_s=6,
        title="t",
        shots=(ShotPlan(shot_id="s", start_s=0, duration_s=6, prompt="p", seed=1),),
        layers=layers,
        sound=SoundPlan(mood="calm", tempo_bpm=80, seed=1),
        model=ModelPlan(steps=1, guidance=1),
        safe_zone=Box(x=0, y=0, width=WIDTH, height=HEIGHT),
        provider="p",
        digital_source_type="trainedAlgorithmicMedia",
    )


def a_fill(**changes: Any) -> FillLayer:
    given: dict[str, Any] = {
        "role": "panel",
        "color": "#c81e5a",
        "box": Box(x=40, y=60, width=120, height=80),
        "timing": ALWAYS,
    }
    return FillLayer(**(given | changes))


def a_text(**changes: Any) -> TextLayer:
    given: dict[str, Any] = {
        "role": "headline",
        "text": "Fresh today",
        "language": "en",
        "direction": "ltr",
        "box": Box(x=30, y=100, width=300, height=120),
        "font": FontRef(family="Montserrat", weight=800),
        "max_px": 60,
        "min_px": 16,
        "max_lines": 2,
        "color": "#ffffff",
        "timing": ALWAYS,
    }
    return TextLayer(**(given | changes))


def an_image(path: Path, **changes: Any) -> ImageLayer:
    given: dict[str, Any] = {
        "role": "logo",
        "path": str(path),
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "box": Box(x=30, y=30, width=100, height=50),
        "timing": ALWAYS,
    }
    return ImageLayer(**(given | changes))


def ground(value: tuple[int, int, int] = (70, 90, 60)) -> YuvFrame:
    return rgb_to_yuv(np.full((HEIGHT, WIDTH, 3), value, np.uint8))


def seen(*layers: Any, at: float = 3.0, under: YuvFrame | None = None) -> NDArray[np.uint8]:
    return yuv_to_rgb(LayerStack(a_plan(*layers)).apply(under or ground(), at))


def changed(picture: NDArray[np.uint8], least: int = 4) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what differs from the ground."""
    differs = np.abs(picture.astype(int) - yuv_to_rgb(ground())).max(axis=2) >= least
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


@pytest.mark.parametrize("colour", ["#c81e5a", "#ffc43d", "#18122b", "#0a7d4f", "#ffffff", "#000000"])
def test_a_brand_colour_comes_back_exactly(colour: str) -> None:
    inside = seen(a_fill(color=colour))[70:130, 50:150]
    want = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    assert np.abs(inside.astype(int) - want).max() <= 2


@pytest.mark.parametrize("corner", [(40, 60), (41, 60), (40, 61), (41, 61)])
def test_a_fill_covers_its_box_and_nothing_else_at_odd_places_too(corner: tuple[int, int]) -> None:
    box = Box(x=corner[0], y=corner[1], width=101, height=77)
    out = LayerStack(a_plan(a_fill(box=box))).apply(ground(), 3)
    assert changed_luma(out) == (box.x, box.y, box.right, box.bottom)
    # Chroma of blocks that are covered by half is half way between.
    u = out.u.astype(int)
    inside, outside = u[box.y // 2 + 5, box.x // 2 + 5], u[0, 0]
    edge = u[box.y // 2 + 5, box.x // 2]
    assert edge == inside if box.x % 2 == 0 else abs(edge - (inside + outside) / 2) <= 1


def changed_luma(frame: YuvFrame) -> tuple[int, int, int, int]:
    differs = frame.y != ground().y
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def test_half_opacity_is_half_way() -> None:
    got = seen(a_fill(color="#ffffff", opacity=0.5), under=ground((0, 0, 0)))[100, 100]
    assert np.abs(got.astype(int) - 128).max() <= 2


def test_blending_neither_brightens_nor_darkens_on_the_whole() -> None:
    shades = np.arange(16, 236, dtype=np.uint8)
    half = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    y = np.resize(shades, (HEIGHT, WIDTH)).copy()
    box = Box(x=0, y=0, width=WIDTH, height=HEIGHT)
    out = LayerStack(a_plan(a_fill(color="#808080", opacity=0.3, box=box))).apply(YuvFrame(y, half, half), 1)
    exact = y * 0.7 + (16 + 128 * 219 / 255) * 0.3
    assert abs(float((out.y - exact).mean())) < 0.15
    assert np.abs(out.y - exact).max() < 1.2


def test_layers_lie_on_each_other_in_the_plans_order() -> None:
    below, above = a_fill(color="#ff0000"), a_fill(color="#0000ff")
    assert seen(below, above)[100, 100, 2] > 240
    assert seen(above, below)[100, 100, 0] > 240


def test_a_scrim_runs_smoothly_from_clear_to_dark() -> None:
    box = Box(x=0, y=320, width=WIDTH, height=320)
    out = LayerStack(a_plan(a_fill(color="#000000", opacity=0.0, opacity2=0.8, box=box))).apply(
        ground((200, 200, 200)), 3
    )
    rows = out.y.mean(axis=1)
    assert np.array_equal(out.y[:320], ground((200, 200, 200)).y[:320])
    assert rows[320] > 180
    assert rows[-1] < 60
    assert np.diff(rows[320:]).max() < 0.6
    assert np.diff(rows[320:]).min() > -2.0


def test_round_corners_are_clear_and_edges_straight() -> None:
    picture = seen(a_fill(radius_px=30))
    assert np.abs(picture[61, 41].astype(int) - yuv_to_rgb(ground())[61, 41]).max() <= 2
    assert abs(int(picture[100, 41, 0]) - 0xC8) <= 4


def test_nothing_is_drawn_outside_the_frame_and_nothing_breaks() -> None:
    for x, y in ((-50, -30), (WIDTH - 20, HEIGHT - 25), (-51, HEIGHT - 11)):
        picture = seen(a_fill(box=Box(x=x, y=y, width=121, height=83)))
        assert picture.shape == (HEIGHT, WIDTH, 3)
    assert np.array_equal(seen(a_fill(box=Box(x=WIDTH, y=9, width=5, height=5))), yuv_to_rgb(ground()))


def test_the_frame_that_is_given_stays_as_it_is() -> None:
    frame = ground()
    before = [p.copy() for p in (frame.y, frame.u, frame.v)]
    out = LayerStack(a_plan(a_fill())).apply(frame, 1.0)
    assert all(np.array_equal(a, b) for a, b in zip(before, (frame.y, frame.u, frame.v), strict=True))
    assert not np.array_equal(out.y, frame.y)


def test_a_layer_is_seen_only_in_its_time_and_fades_without_steps() -> None:
    timing = Timing(start_s=1.0, end_s=3.0, fade_in_s=0.4, fade_out_s=0.4)
    stack = LayerStack(a_plan(a_fill(color="#ffffff", timing=timing)))
    levels = [float(stack.apply(ground(), n / 30).y[100, 100]) for n in range(120)]
    rest = float(ground().y[0, 0])
    assert levels[29] == rest
    assert levels[30] > rest
    assert levels[60] == 235
    assert levels[90] == rest
    assert np.abs(np.diff(levels)).max() < 0.25 * (235 - rest)


def test_a_cut_without_fades_is_whole_at_once() -> None:
    timing = Timing(start_s=1.0, end_s=2.0, fade_in_s=0, fade_out_s=0)
    assert [presence(timing, t) for t in (0.99, 1.0, 1.99, 2.0)] == [0, 256, 256, 0]


def test_a_rising_layer_comes_from_below_and_stops_in_its_place() -> None:
    timing = Timing(start_s=0, end_s=9, fade_in_s=0.3, fade_out_s=0)
    stack = LayerStack(a_plan(a_text(timing=timing, enter="rise", color="#ffffff")))
    tops = [changed_luma(stack.apply(ground(), t))[1] for t in (0.1, 0.2, 0.35, 0.6, 2.0)]
    assert tops == sorted(tops, reverse=True)
    assert tops[0] > tops[-1]
    assert tops[3] == tops[4]


def test_colour_follows_a_rising_layer_at_odd_offsets() -> None:
    timing = Timing(start_s=0, end_s=9, fade_in_s=0, fade_out_s=0)
    layer = a_text(
        text="■■", panel_color="#c81e5a", panel_pad_px=8, color="#c81e5a", timing=timing, enter="rise"
    )
    layer = layer.model_copy(update={"text": "HH"})
    stack = LayerStack(a_plan(layer))
    for n in range(12):
        frame = stack.apply(ground(), n / 60)
        luma = np.flatnonzero(frame.y[:, 180] != ground().y[0, 0])
        chroma = np.flatnonzero(frame.v[:, 90] != ground().v[0, 0])
        assert abs(luma[0] - 2 * chroma[0]) <= 1
        assert abs(luma[-1] - 2 * chroma[-1]) <= 1


@pytest.mark.parametrize(
    ("direction", "align", "side"),
    [("ltr", "start", "left"), ("ltr", "end", "right"), ("rtl", "start", "right"), ("rtl", "end", "left")],
)
def test_text_begins_where_its_script_begins(direction: str, align: str, side: str) -> None:
    words = "Sale" if direction == "ltr" else "خصم"
    box = changed(seen(a_text(text=words, direction=direction, align=align, language="ar", max_px=40)))
    gaps = {"left": box[0] - 30, "right": 330 - box[2]}
    assert gaps[side] < 8
    assert gaps["right" if side == "left" else "left"] > 100


def test_text_stays_inside_its_box_in_every_script() -> None:
    texts = [
        ("Ägypten – jpqgy", "de", "ltr"),
        ("قهوة أفضل كل صباح", "ar", "rtl"),
        ("Große Ernte: ÁÉÎ", "fr", "ltr"),
    ]
    for words, language, direction in texts:
        for valign in ("top", "middle", "bottom"):
            layer = a_text(text=words, language=language, direction=direction, valign=valign, max_px=200)
            left, top, right, bottom = changed_luma(LayerStack(a_plan(layer)).apply(ground(), 3))
            assert left >= 27  # curves may lean over the edge by a hair, as type does
            assert top >= 99
            assert right <= 333
            assert bottom <= 221


def test_a_pill_hugs_its_text_and_has_it_in_the_middle() -> None:
    layer = a_text(
        role="cta",
        text="Shop HERE",
        max_px=30,
        max_lines=1,
        align="center",
        color="#000000",
        panel_color="#ffc43d",
        panel_radius_px=99,
        panel_pad_px=24,
        panel_hug=True,
    )
    picture = seen(layer).astype(int)
    left, top, right, bottom = changed(picture)
    assert right - left < 260
    assert abs((left + right) / 2 - 180) <= 1
    assert abs((top + bottom) / 2 - 160) <= 1
    dark = picture[:, :, 0] < 90
    dark[:, :left] = dark[:, right:] = False
    rows = np.flatnonzero(dark[top:bottom, left + 20 : right - 20].sum(axis=1) > 6)
    capitals = rows[rows < bottom - top]
    # Capitals, not descenders, are what has to look centred; p hangs below.
    assert abs((capitals[0] + capitals[-1]) / 2 - (bottom - top) / 2) <= 4


def test_a_shadow_darkens_the_ground_around_light_text_only_when_asked() -> None:
    plain, shaded = seen(a_text()), seen(a_text(shadow=1.0))
    assert int(plain.min()) >= 55
    assert int(shaded.min()) < 40


def test_an_image_keeps_its_shape_and_its_soft_edge(tmp_path: Path) -> None:
    art = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    art.paste((255, 0, 0, 255), (0, 0, 400, 400))
    art.putpixel((0, 0), (0, 255, 0, 0))
    art.save(tmp_path / "logo.png")
    out = LayerStack(a_plan(an_image(tmp_path / "logo.png", align="center"))).apply(ground(), 3)
    assert changed_luma(out) == (55, 30, 105, 80)


def test_clear_pixels_of_an_image_do_not_stain_its_edge(tmp_path: Path) -> None:
    pixels = np.zeros((200, 200, 4), np.uint8)
    pixels[..., :3] = (0, 255, 0)  # the clear part is green, which must never be seen
    pixels[50:150, 50:150] = (255, 0, 0, 255)
    Image.fromarray(pixels).save(tmp_path / "logo.png")
    picture = seen(an_image(tmp_path / "logo.png", box=Box(x=30, y=30, width=51, height=51)))
    assert int(picture[..., 1].max()) <= 95


def test_preflight_names_every_problem_and_renders_nothing(tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnot really")
    good = tmp_path / "good.png"
    Image.new("RGB", (8, 8)).save(good)
    plan = a_plan(
        a_fill(),
        a_text(text="A headline that is very much too long for its box " * 8, min_px=40),
        an_image(tmp_path / "broken.png"),
        an_image(good).model_copy(update={"path": str(tmp_path / "absent.png")}),
        an_image(good, sha256="0" * 64),
        a_text(font=FontRef(family="Nowhere Grotesk")),
        a_fill(box=Box(x=300, y=0, width=100, height=10)),
        a_fill(timing=Timing(start_s=7, end_s=8)),
        an_image(good),
    )
    problems = preflight(plan)
    assert [(p.index, p.code) for p in problems] == [
        (1, "text_too_long"),
        (2, "image_unreadable"),
        (3, "image_unreadable"),
        (4, "image_changed"),
        (5, "font_missing"),
        (6, "box_outside"),
        (7, "never_seen"),
    ]
    assert "layers[1] (headline)" in str(problems[0])
    assert "characters" in str(problems[0])


def test_a_stack_that_cannot_be_drawn_says_which_layer() -> None:
    with pytest.raises(FontError, match=r"layers\[1\] \(headline\)"):
        LayerStack(a_plan(a_fill(), a_text(font=FontRef(family="Nowhere Grotesk"))))


def test_a_frame_of_another_size_is_refused() -> None:
    with pytest.raises(LayerError) as caught:
        LayerStack(a_plan(a_fill())).apply(rgb_to_yuv(np.zeros((64, 64, 3), np.uint8)), 0)
    assert caught.value.code == "frame_size"


def test_the_same_plan_draws_the_same_pixels() -> None:
    layers = (a_fill(opacity=0.2, opacity2=0.9), a_text(shadow=0.7, enter="rise"))
    assert np.array_equal(seen(*layers, at=0.2), seen(*layers, at=0.2))
