# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""A growing pool of encoded clips on disk: one process renders and encodes, another trains on what is there.

Decides: which sizes are rendered how often, the file format (one safetensors file a shard: latents per size,
the attributes as JSON in its header). Leaves out: captions, which are phrased anew whenever a clip is used.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from ..autoencoder import PatchAutoencoder
from ..world.render import render
from ..world.scene import Scene, chance, sample_scenes

SIZES = ((192, 320), (256, 256), (320, 192))  # width, height
SIZE_SHARES = (0.56, 0.24, 0.20)
FRAMES, FPS = 33, 10


def render_clips(
    seed: int, count: int, *, sizes: tuple[tuple[int, int], ...] = SIZES, frames: int = FRAMES
) -> Iterator[tuple[list[Scene], Tensor]]:
    """``count`` clips in groups of three of one family and size; the same seed gives the same clips."""
    generator = torch.Generator().manual_seed(seed)
    shares = torch.tensor(SIZE_SHARES[: len(sizes)])
    for _ in range(0, count, 3):
        width, height = sizes[int(torch.multinomial(shares, 1, generator=generator))]
        family = sample_scenes(1, generator)[0].family
        scenes = sample_scenes(3, generator, family=family)
        yield scenes, render(scenes, width=width, height=height, frames=frames, fps=FPS, generator=generator)


@torch.no_grad()
def encode_normalised(vae: PatchAutoencoder, clips: Tensor) -> Tensor:
    """Latents as the transformer sees them, ``[B, C, t, h, w]``."""
    latents = vae.encode(clips, return_dict=False)[0].mode()
    normalised: Tensor = (latents - vae.latents_mean.view(1, -1, 1, 1, 1)) / vae.latents_std.view(
        1, -1, 1, 1, 1
    )
    return normalised


def write_shard(
    vae: PatchAutoencoder,
    folder: Path,
    seed: int,
    count: int,
    *,
    sizes: tuple[tuple[int, int], ...] = SIZES,
    frames: int = FRAMES,
) -> Path:
    """Render ``count`` clips, encode each as it is and once mirrored or played backwards; write one file."""
    generator = torch.Generator().manual_seed(seed + 1_000_003)
    latents: dict[str, list[Tensor]] = {}
    scenes: dict[str, list[Scene]] = {}
    for group, clips in render_clips(seed, count, sizes=sizes, frames=frames):
        key = f"{clips.shape[-1]}x{clips.shape[-2]}"
        for members, pixels in ((group, clips), _changed(group, clips, generator)):
            latents.setdefault(key, []).append(encode_normalised(vae, pixels).half())
            scenes.setdefault(key, []).extend(members)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{seed:08d}.safetensors"
    header = {k: json.dumps([asdict(s) for s in v]) for k, v in scenes.items()}
    partial = path.with_suffix(".partial")
    save_file({k: torch.cat(v) for k, v in latents.items()}, partial, metadata=header)
    partial.rename(path)
    return path


def read_shard(path: Path) -> dict[str, tuple[Tensor, list[Scene]]]:
    """Latents ``[N, C, t, h, w]`` float16 and scenes for each size key."""
    with safe_open(path, framework="pt") as file:
        scenes = {k: [Scene(**s) for s in json.loads(v)] for k, v in file.metadata().items()}
        return {key: (file.get_tensor(key), members) for key, members in scenes.items()}


def _changed(group: list[Scene], clips: Tensor, generator: torch.Generator) -> tuple[list[Scene], Tensor]:
    backwards = [s.reversed() for s in group]
    reverse = all(s is not None for s in backwards) and chance(0.6, generator)
    if reverse:
        group, clips = [s for s in backwards if s is not None], clips.flip(2)
    if not reverse or chance(0.5, generator):
        group, clips = [s.mirrored() for s in group], clips.flip(4)
    return group, clips
