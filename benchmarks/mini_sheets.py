# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Sheets of samples of mini, to be looked at: every family, every camera, free text, ten seeds of one prompt.

No picture is chosen: seeds count up from a fixed number. Each sample is three frames, first, middle and last, except on
the sheet of seeds.

    python benchmarks/mini_sheets.py --out docs/images/mini
    python benchmarks/mini_sheets.py --world docs/images/world.jpg     the renderer itself, not the model
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from adseal_generator.catalogue import model_folder
from adseal_generator.diffusion import Generator
from adseal_generator.world.render import render
from adseal_generator.world.scene import CAMERAS, FAMILIES, TRAITS, sample_scenes

Picture = NDArray[np.uint8]

SKYLINE = "A futuristic city skyline at sunset, flying cars moving through glass towers"
SUBJECTS = {
    "silk": ("flowing silk in deep red, slow, drifting left", "pale gold satin folds, push in"),
    "liquid": (
        "liquid gradient in purple with pink accents, dark",
        "soft teal liquid colours, bright, drifting up",
    ),
    "bokeh": ("golden bokeh lights, dark, static camera", "blue bokeh with coral accents, drifting right"),
    "rays": ("light leaks in orange, from the left, dark", "teal sunbeams from the right, bright"),
    "ocean": ("teal ocean waves at sunset", "calm blue sea by day, pan left"),
    "clouds": ("sea of clouds at sunrise in coral", "blue sky with clouds by day, drifting right"),
    "mountains": ("misty blue mountains at sunrise", "orange mountains at sunset, crane up"),
    "forest": ("green forest with light from the left, day", "blue forest at night, pan right"),
    "snow": ("falling snow in blue, bright", "snow at night in navy, slow"),
    "sparks": ("glowing embers rising, orange", "golden sparks rising, fast"),
    "particles": ("floating teal particles, dark", "gold particles drifting up, dark"),
    "skyline": ("futuristic city skyline at night in purple, flying cars", "city skyline at sunrise in blue"),
    "papercut": ("paper-cut landscape in coral, bright, sun on the left", "paper-cut hills in navy, dark"),
    "ribbons": ("navy ribbons with gold accents, dark", "pink ribbons, bright, drifting right"),
    "marble": ("cream marble with gold veins, bright", "green marble, dark"),
    "fabric": ("pink curtain blowing, light from the left", "charcoal fabric in the wind, dark"),
    "product": ("a green bottle on a pedestal, bright", "a pink sneaker on a pedestal, dark studio"),
    "stars": ("starfield with purple nebula, push in", "blue galaxy, static camera"),
}
VIEWS = {
    "mountains": "blue mountains by day",
    "clouds": "blue clouds by day",
    "product": "a teal can on a pedestal",
}  # one for each camera: the first that can be seen so
FREE = (
    "Velvet evening sky over a quiet harbour",
    "Caramel pouring slowly, rich and glossy",
    "First snow of the year, peaceful",
    "A neon metropolis after dark with hover cars",
    "Sunlight falling through pine trees in the morning",
    "Luxury perfume flacon on a plinth, warm light",
    "Festive golden lights out of focus",
    "Alpine peaks at dawn, cinematic drone shot",
)


def sample(
    model: Generator, prompt: str, seed: int, size: tuple[int, int] = (192, 320), frames: int = 33
) -> Picture:
    """One clip, ``[T, H, W, 3]``."""
    clip = model.generate(prompt, width=size[0], height=size[1], num_frames=frames, seed=seed)
    return clip.frames


def strip(frames: Picture) -> Picture:
    """First, middle and last frame side by side."""
    return np.concatenate([frames[0], frames[len(frames) // 2], frames[-1]], axis=1)


def sheet(cells: Sequence[tuple[str, Picture]], columns: int, path: Path, scale: float = 0.75) -> None:
    """Write labelled pictures of one size as a JPEG."""
    height, width = (round(n * scale) for n in cells[0][1].shape[:2])
    gap, label = 6, 18
    rows = -(-len(cells) // columns)
    board = Image.new(
        "RGB", (columns * (width + gap) + gap, rows * (height + label + gap) + gap), (24, 24, 26)
    )
    draw = ImageDraw.Draw(board)
    font = ImageFont.load_default(11)
    for i, (text, picture) in enumerate(cells):
        x, y = gap + i % columns * (width + gap), gap + i // columns * (height + label + gap)
        board.paste(
            Image.fromarray(picture).resize((width, height), Image.Resampling.LANCZOS), (x, y + label)
        )
        fitting = next(n for n in range(len(text), 0, -1) if font.getlength(text[:n]) <= width)
        draw.text((x + 1, y + 3), text[:fitting], (215, 215, 215), font=font)
    path.parent.mkdir(parents=True, exist_ok=True)
    board.save(path, quality=86, optimize=True)


def world(path: Path) -> None:
    """One frame of every family as the renderer draws it."""
    cells = []
    for i, family in enumerate(FAMILIES):
        generator = torch.Generator().manual_seed(40 + i)
        scenes = sample_scenes(1, generator, family=family)
        clip = render(scenes, width=192, height=320, frames=9, fps=10, generator=generator)[0, :, 4]
        cells.append((family, ((clip + 1) * 127.5).round().to(torch.uint8).permute(1, 2, 0).numpy()))
    sheet(cells, 10, path, 0.5)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="mini")
    parser.add_argument("--out", type=Path, default=Path("docs/images/mini"))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--world", type=Path, help="write this sheet of rendered clips and do nothing else")
    given = parser.parse_args()
    if given.world:
        world(given.world)
        return
    model = Generator.load(given.model, threads=given.threads)
    about = json.loads((model_folder(given.model) / "adseal.json").read_text(encoding="utf-8"))
    known = [f for f in about.get("families", SUBJECTS) if f in SUBJECTS]
    families = [(p, strip(sample(model, p, 100 + i))) for f in known for i, p in enumerate(SUBJECTS[f])]
    sheet(families, 4, given.out / "families.jpg", 0.5)
    moves = [
        f"{text}, {camera.replace('-', ' ')}"
        for camera in CAMERAS
        for text in [
            text for family, text in VIEWS.items() if family in known and camera in TRAITS[family].cameras
        ][:1]
    ]
    sheet([(m, strip(sample(model, m, 200))) for m in moves], 4, given.out / "cameras.jpg", 0.5)
    sheet([(p, strip(sample(model, p, 300))) for p in FREE], 4, given.out / "free-text.jpg", 0.5)
    sheet(
        [(f"seed {s}", sample(model, SKYLINE, s)[16]) for s in range(10)],
        5,
        given.out / "skyline-seeds.jpg",
        0.75,
    )


if __name__ == "__main__":
    main()
