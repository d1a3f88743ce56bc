# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What a composited frame costs, stage by stage, and against the same composite done with Pillow.

    python benchmarks/compositing.py [--seconds 6]

Method: one ad of 1080x1920 at 30 fps with the layers of a product ad (two scrims, logo, headline, offer,
price, label; then an end card with logo, tagline and button). Processor time of this process
(`time.process_time`), OpenCV and the encoder's threads included, best of three runs; the plate and layer
stages run on one thread. The peer draws the same RGBA layers with `PIL.Image.alpha_composite` onto an RGB
plate and converts to YUV, as a program without a YUV path has to; its layers are drawn beforehand as ours
are.
"""

import argparse
import hashlib
import os
import platform
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import av
import cv2
import numpy as np
from PIL import Image, ImageDraw

from adseal_generator import encode, frames, layers, plate, raster, sound
from adseal_templates.plan import (
    AdPlan,
    Box,
    FillLayer,
    FontRef,
    ImageLayer,
    Layer,
    ModelPlan,
    ShotPlan,
    SoundPlan,
    TextLayer,
    Timing,
)

WIDTH, HEIGHT, FPS, END = 1080, 1920, 30, 0.7


def a_clip() -> SimpleNamespace:
    """Two seconds of a drifting light at the size and rate of the small model."""
    ys, xs = np.mgrid[0:448, 0:256].astype(np.float32)
    pictures = []
    for n in range(20):
        light = np.exp(-(((xs - 110 - 3 * n) / 70) ** 2 + ((ys - 200) / 120) ** 2))
        colour = np.stack([40 + 150 * light, 30 + 80 * light + 40 * ys / 448, 70 + 60 * light], axis=2)
        pictures.append(colour.astype(np.uint8))
    return SimpleNamespace(frames=np.stack(pictures), fps=10)


def a_plan(folder: Path, seconds: float) -> AdPlan:
    """A product ad with an end card for the last third."""
    art = Image.new("RGBA", (600, 180), (0, 0, 0, 0))
    ImageDraw.Draw(art).ellipse((10, 10, 170, 170), fill=(255, 196, 61, 255))
    art.save(folder / "logo.png")
    sha256 = hashlib.sha256((folder / "logo.png").read_bytes()).hexdigest()
    first = Timing(start_s=0, end_s=END * seconds)
    last = Timing(start_s=END * seconds, end_s=seconds)
    type_ = FontRef(family="Montserrat", weight=800)

    def words(role: str, text: str, box: Box, px: int, **more: object) -> TextLayer:
        fixed = {"language": "en", "direction": "ltr", "min_px": 16, "max_lines": 2, "color": "#ffffff"}
        given = fixed | {"role": role, "text": text, "box": box, "font": type_, "max_px": px, "timing": first}
        return TextLayer.model_validate(given | more)

    def logo(box: Box, timing: Timing) -> ImageLayer:
        return ImageLayer(role="logo", path=str(folder / "logo.png"), sha256=sha256, box=box, timing=timing)

    def box(x: int, y: int, width: int, height: int) -> Box:
        return Box(x=x, y=y, width=width, height=height)

    badge = {"panel_color": "#ffc43d", "panel_pad_px": 26, "panel_hug": True, "color": "#18122b"}
    stack: tuple[Layer, ...] = (
        FillLayer(
            role="scrim", color="#0b0714", opacity=0.6, opacity2=0.0, box=box(0, 0, 1080, 760), timing=first
        ),
        FillLayer(
            role="scrim",
            color="#0b0714",
            opacity=0.0,
            opacity2=0.8,
            box=box(0, 1000, 1080, 920),
            timing=first,
        ),
        logo(box(65, 150, 300, 90), first),
        words(
            "headline",
            "Wake up to better coffee",
            box(65, 290, 865, 330),
            112,
            shadow=0.6,
            enter="rise",
        ),
        words("offer", "This week only", box(65, 1010, 865, 90), 46, panel_radius_px=14, **badge),
        words("price", "$9.99", box(65, 1110, 865, 140), 120, shadow=0.6),
        words(
            "label", "Ad · AI-generated", box(65, 80, 420, 52), 26, timing=Timing(start_s=0, end_s=seconds)
        ),
        FillLayer(role="endcard", color="#18122b", color2="#3a1d5c", box=box(0, 0, 1080, 1920), timing=last),
        logo(box(240, 560, 600, 180), last),
        words("tagline", "Small roastery. Big mornings.", box(110, 800, 860, 190), 64, timing=last),
        words(
            "cta",
            "Shop now",
            box(140, 1040, 800, 150),
            58,
            timing=last,
            panel_radius_px=99,
            shadow=0.5,
            **badge,
        ),
    )
    return AdPlan(
        plan_id="bench",
        campaign="bench",
        brand="bench",
        brief="bench",
        template="bench@2026-11",
        placement="bench",
        locale="en",
        width=WIDTH,
        height=HEIGHT,
        fps=FPS,
        duration_s=seconds,
        title="bench",
        shots=(ShotPlan(shot_id="s", start_s=0, duration_s=seconds, prompt="p", seed=1),),
        layers=stack,
        sound=SoundPlan(mood="bright", tempo_bpm=112, seed=1),
        model=ModelPlan(steps=1, guidance=1),
        safe_zone=box(65, 270, 865, 978),
        provider="bench",
        digital_source_type="compositeWithTrainedAlgorithmicMedia",
    )


def best(work: Callable[[], object], count: int) -> float:
    """Milliseconds of processor time for each of `count` items, best of three runs."""
    runs = []
    for _ in range(3):
        begun = time.process_time()
        work()
        runs.append((time.process_time() - begun) / count * 1000)
    return min(runs)


class PillowPeer:
    """The same layers composited in RGBA by Pillow."""

    def __init__(self, plan: AdPlan) -> None:
        self.layers = []
        for layer in plan.layers:
            if layer.kind == "text":
                drawing = raster.draw_text(layer, WIDTH, HEIGHT)
            elif layer.kind == "image":
                drawing = raster.draw_image(layer)
            else:
                drawing = raster.draw_fill(layer)
            rgba = np.broadcast_to(drawing.rgba, (drawing.rgba.shape[0], drawing.width, 4)).copy()
            rgba[:, :, :3] /= np.maximum(rgba[:, :, 3:], 1e-6)
            self.layers.append(
                (layer.timing, Image.fromarray(np.rint(rgba * 255).astype(np.uint8)), drawing.x, drawing.y)
            )

    def apply(self, rgb: np.ndarray, t_s: float) -> frames.YuvFrame:
        """One frame, from RGB to planes."""
        canvas = Image.fromarray(rgb).convert("RGBA")
        for timing, drawn, x, y in self.layers:
            level = layers.presence(timing, t_s)
            if level == 0:
                continue
            picture = drawn
            if level < 256:
                picture = drawn.copy()
                picture.putalpha(picture.getchannel("A").point([a * level >> 8 for a in range(256)]))
            canvas.alpha_composite(picture, (max(x, 0), max(y, 0)), (max(-x, 0), max(-y, 0)))
        return frames.rgb_to_yuv(np.asarray(canvas.convert("RGB")))


def report(what: str, milliseconds: float, note: str = "") -> None:
    """One line of the result."""
    print(f"{what:<44}{milliseconds:8.2f}  {note}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--seconds", type=float, default=6.0, help="length of the ad")
    seconds = parser.parse_args().seconds
    times = [n / FPS for n in range(plate.frame_count(seconds, FPS))]
    cv2.setNumThreads(1)
    print(f"{platform.platform()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    print(f"Python {platform.python_version()}, OpenCV {cv2.__version__}, PyAV {av.__version__}")
    print(f"{WIDTH}x{HEIGHT} at {FPS} fps, {len(times)} frames; processor ms a frame, best of 3\n")
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), a_plan(Path(folder), seconds), times)


def measure(folder: Path, plan: AdPlan, times: list[float]) -> None:
    """All stages, in the order an ad goes through them."""
    clip, size = a_clip(), {"width": WIDTH, "height": HEIGHT, "fps": FPS, "grain_seed": 1}
    few = list(plate.shot_frames(clip, duration_s=0.2, **size))
    report("plate, 10 to 30 fps, motion compensated", best(lambda: plates(clip, size), 60))
    report("drawing all layers", best(lambda: layers.LayerStack(plan), 1), "once an ad")
    stack, peer = layers.LayerStack(plan), PillowPeer(plan)
    ours = best(lambda: [stack.apply(few[n % 6], t) for n, t in enumerate(times)], len(times))
    report("layers, blended in YUV", ours)
    rgb = frames.yuv_to_rgb(few[0])
    theirs = best(lambda: [peer.apply(rgb, t) for t in times[::4]], len(times[::4]))
    report("layers, Pillow alpha_composite and to YUV", theirs, f"{theirs / ours:.1f} times ours")
    apart = np.abs(peer.apply(rgb, 2.0).y.astype(int) - stack.apply(frames.rgb_to_yuv(rgb), 2.0).y)
    print(f"  (luma of the two differs by {apart.mean():.2f} on average, {apart.max()} at most)")
    report("sound bed", best(lambda: sound.sound_bed(plan.sound, plan.duration_s), 1), "once an ad")
    bed = sound.sound_bed(plan.sound, plan.duration_s)

    def write() -> object:
        pictures = (stack.apply(few[n % 6], t) for n, t in enumerate(times))
        return encode.encode(folder / "ad.mp4", pictures, width=WIDTH, height=HEIGHT, fps=FPS, sound=bed)

    report("layers and encode, x264 veryfast, CRF 20", best(write, len(times)))


def plates(clip: SimpleNamespace, size: dict[str, int]) -> int:
    """Make two seconds of plate."""
    return sum(1 for _ in plate.shot_frames(clip, duration_s=2.0, **size))


if __name__ == "__main__":
    main()
