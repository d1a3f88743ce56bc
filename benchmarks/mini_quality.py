# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Measures of `mini.py` that need no captions: flicker, frozen clips, seeds, autoencoder, distances, speed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from adseal_generator.autoencoder import PatchAutoencoder
from adseal_generator.diffusion import Generator
from adseal_generator.world.render import render
from adseal_generator.world.scene import Scene, sample_scenes

Clip = NDArray[np.uint8]
Cases = list[tuple[Scene, str, dict[str, str | None]]]

SMOOTH = ("liquid", "bokeh", "rays", "clouds", "particles", "ink", "silk")
FROZEN = (
    0.25  # mean difference of a frame from the one 0.4 s later, in 8-bit levels, below which nothing moves
)
_SPEED = """
import json, sys, time
from adseal_generator.diffusion import Generator
from adseal_generator.plate import shot_frames
model = Generator.load(sys.argv[1], threads=2)
width, height = model.size_for(1080, 1920)
frames = min(51, model.info.max_frames)
def once(seed):
    began = time.perf_counter()
    prompt = "teal ocean waves at sunset, pan left"
    clip = model.generate(prompt, width=width, height=height, num_frames=frames, seed=seed)
    made = time.perf_counter() - began
    count = sum(1 for _ in shot_frames(clip, width=1080, height=1920, fps=24, duration_s=5.0, grain_seed=1))
    return made, time.perf_counter() - began, count
once(1)
made, whole, count = once(2)
with open("/proc/self/status") as status:  # ru_maxrss would begin with what the parent had
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 2**20
times = {"clip_s": round(made, 2), "with_frames_s": round(whole, 2)}
times |= {"clip_frames": frames, "frames": count, "peak_gib": round(peak, 2)}
print(json.dumps(times))
"""


def frechet(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Frechet distance of two normal distributions fitted to features ``[N, D]`` (Dowson and Landau, 1982)."""
    means = first.mean(0) - second.mean(0)
    a, b = np.cov(first.T), np.cov(second.T)
    # tr sqrt(a b) by the symmetric form sqrt(a) b sqrt(a), whose eigenvalues are not negative.
    values, vectors = np.linalg.eigh(a)
    root = vectors * np.sqrt(values.clip(0)) @ vectors.T
    cross = np.sqrt(np.linalg.eigvalsh(root @ b @ root).clip(0)).sum()
    return float(means @ means + np.trace(a) + np.trace(b) - 2 * cross)


def untrained(model: str | Path) -> Generator:
    """The same network with the weights it has before training."""
    from adseal_generator.training.model import Shape, build_transformer

    blank = Generator.load(model)
    config = blank._pipeline.transformer.config
    shape = Shape(
        config.num_attention_heads * config.attention_head_dim, config.num_layers, config.attention_head_dim
    )
    torch.manual_seed(0)
    blank._pipeline.transformer = build_transformer(shape, config.in_channels).eval()
    return blank


def flicker(frames: Clip) -> float:
    """Mean error, in 8-bit levels, of a frame warped onto the next one by DIS optical flow."""
    flow_of = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    height, width = frames.shape[1:3]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    errors = []
    for before, after in pairwise(frames):
        flow = flow_of.calc(*(cv2.cvtColor(f, cv2.COLOR_RGB2GRAY) for f in (after, before)), None)
        moved = cv2.remap(
            before, x + flow[..., 0], y + flow[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        errors.append(np.abs(moved.astype(np.int16) - after).mean())
    return float(np.mean(errors))


def frozen(frames: Clip) -> bool:
    """Nothing moves over a whole clip at 10 frames a second."""
    return bool(np.abs(frames[4:].astype(np.int16) - frames[:-4]).mean() < FROZEN)


def motion(
    made: Callable[[str, int], Clip], drawn: Callable[[Scene, int], Clip], cases: Cases
) -> dict[str, Any]:
    """Flicker and frozen clips beside those of rendered clips of the same scenes."""
    clips = [made(text, 9000 + i) for i, (_, text, _) in enumerate(cases)]
    real = [drawn(scene, 3_000_000 + i) for i, (scene, _, _) in enumerate(cases)]
    flickers = [float(np.mean([flicker(c) for c in group])) for group in (clips, real)]
    return {
        "flicker": round(flickers[0], 3),
        "flicker_rendered": round(flickers[1], 3),
        "flicker_ratio": round(flickers[0] / flickers[1], 2),
        "frozen": round(float(np.mean([frozen(c) for c in clips])), 3),
        "frozen_rendered": round(float(np.mean([frozen(c) for c in real])), 3),
        "clips": len(clips),
    }


def seeds(made: Callable[[str, int], Clip], cases: Cases) -> dict[str, Any]:
    """The same seed twice, and how far apart four seeds are: mean absolute difference in 8-bit levels."""
    text = cases[0][1]
    same = bool(np.array_equal(made(text, 1), made(text, 1)))
    apart = []
    for _, prompt, _ in cases[:6]:
        clips = [made(prompt, s).astype(np.int16) for s in range(4)]
        apart += [float(np.abs(a - b).mean()) for a, b in combinations(clips, 2)]
    return {
        "same_seed_identical": same,
        "different_seeds_apart": round(float(np.mean(apart)), 2),
        "least": round(min(apart), 2),
    }


@torch.no_grad()
def autoencoder(folder: Path, families: tuple[str, ...], clips: int = 3) -> dict[str, Any]:
    """PSNR in dB for each family on held-out renders, and how strong bends on block borders are against others."""
    vae = PatchAutoencoder.from_pretrained(folder / "vae", low_cpu_mem_usage=False).float()
    generator = torch.Generator().manual_seed(4_000_000)
    decibels: dict[str, float] = {}
    borders: list[tuple[float, float]] = []
    for family in families:
        scenes = sample_scenes(clips, generator, family=family)
        real = render(scenes, width=192, height=320, frames=33, fps=10, generator=generator)
        back = vae(real)
        error = ((back - real) / 2).pow(2).mean((1, 2, 3, 4))
        decibels[family] = round(float((-10 * error.log10()).mean()), 1)
        borders.append((_border(back), _border(real)))
    smooth = [v for k, v in decibels.items() if k in SMOOTH]
    coded, real_border = np.mean(borders, axis=0)
    return {
        "psnr_db": decibels,
        "mean_db": round(float(np.mean(list(decibels.values()))), 1),
        "smooth_mean_db": round(float(np.mean(smooth)), 1) if smooth else None,
        "border_steps": round(float(coded), 2),
        "border_steps_rendered": round(float(real_border), 2),
    }


def _border(clips: Tensor) -> float:
    """Bends (second differences) across multiples of 32 px, relative to the median place."""
    bends = clips.diff(n=2, dim=-1).abs().mean((0, 1, 2, 3))
    at = torch.stack([bends[31::32], bends[30::32]]).mean()
    return float(at / bends.median())


def speed(model: str | Path) -> dict[str, Any]:
    """A 5 s clip at 9:16 up to its 1080x1920 frames on two threads, in a process of its own, second call."""
    done = subprocess.run(
        [sys.executable, "-c", _SPEED, str(model)], capture_output=True, text=True, check=True
    )
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result
