# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""A growing pool of encoded clips on disk: one process renders and encodes, another trains on what is there.

Decides: which sizes and lengths are rendered how often, and the file format: one safetensors file a shard, with the
latents and the picture conditions of every kind of clip, and the attributes as JSON in its header. Leaves out: what is
said of a clip, which is drawn anew whenever it is used.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from ..autoencoder import PatchAutoencoder
from ..world.render import render
from ..world.scene import FAMILIES, Scene, chance, pick, sample_scenes

FPS = 10
PREFIX_FRAMES = 9  # of the clip before, when a clip goes on from it


@dataclass(frozen=True)
class Formats:
    """What is rendered: picture sizes (width, height) and numbers of frames, with their shares."""

    sizes: tuple[tuple[int, int], ...] = ((192, 320), (320, 192), (256, 256), (224, 288))
    size_shares: tuple[float, ...] = (0.5, 0.2, 0.15, 0.15)
    lengths: tuple[int, ...] = (33, 65)
    length_shares: tuple[float, ...] = (0.8, 0.2)
    families: tuple[str, ...] = FAMILIES


@dataclass(frozen=True)
class Clips:
    """Encoded clips of one size and length.

    Attributes:
        latents: ``[N, C, t, h, w]``; frame 0 is the encoding of the first picture alone.
        ends: ``[N, C, 2, h, w]``: the last latent of the first `PREFIX_FRAMES` frames encoded alone, and the encoding
            of the last picture alone.
        scenes: their attributes.
    """

    latents: Tensor
    ends: Tensor
    scenes: list[Scene]


def render_clips(
    seed: int, count: int, formats: Formats, *, device: str = "cpu"
) -> Iterator[tuple[list[Scene], Tensor]]:
    """``count`` clips in groups of three of one family and format; the same seed gives the same clips."""
    generator = torch.Generator().manual_seed(seed)
    for _ in range(0, count, 3):
        width, height = formats.sizes[_draw(formats.size_shares, generator)]
        frames = formats.lengths[_draw(formats.length_shares, generator)]
        scenes = sample_scenes(3, generator, family=pick(formats.families, generator))
        clips = render(
            scenes, width=width, height=height, frames=frames, fps=FPS, generator=generator, device=device
        )
        yield scenes, clips


@torch.no_grad()
def encode_normalised(vae: PatchAutoencoder, clips: Tensor) -> Tensor:
    """Latents as the transformer sees them, ``[B, C, t, h, w]``."""
    latents = vae.encode(clips, return_dict=False)[0].mode()
    mean, std = (v.to(latents.device).view(1, -1, 1, 1, 1) for v in (vae.latents_mean, vae.latents_std))
    normalised: Tensor = (latents - mean) / std
    return normalised


def encode_group(vae: PatchAutoencoder, scenes: list[Scene], clips: Tensor) -> Clips:
    """Encode clips together with the picture conditions that a prompt may bring along."""
    prefix = encode_normalised(vae, clips[:, :, :PREFIX_FRAMES])[:, :, -1:]
    last = encode_normalised(vae, clips[:, :, -1:])
    latents = encode_normalised(vae, clips)
    return Clips(latents.half().cpu(), torch.cat([prefix, last], dim=2).half().cpu(), scenes)


def write_shard(
    vae: PatchAutoencoder, folder: Path, seed: int, count: int, formats: Formats, *, device: str = "cpu"
) -> Path:
    """Render ``count`` clips, encode each as it is and once mirrored or played backwards; write one file."""
    generator = torch.Generator().manual_seed(seed + 1_000_003)
    tensors: dict[str, list[Tensor]] = {}
    scenes: dict[str, list[Scene]] = {}
    for group, clips in render_clips(seed, count, formats, device=device):
        key = f"{clips.shape[-1]}x{clips.shape[-2]}x{clips.shape[2]}"
        for members, pixels in ((group, clips), _changed(group, clips, generator)):
            encoded = encode_group(vae, members, pixels)
            tensors.setdefault(key, []).append(encoded.latents)
            tensors.setdefault(f"{key}/ends", []).append(encoded.ends)
            scenes.setdefault(key, []).extend(members)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{seed:08d}.safetensors"
    header = {k: json.dumps([asdict(s) for s in v]) for k, v in scenes.items()}
    partial = path.with_suffix(".partial")
    save_file({k: torch.cat(v) for k, v in tensors.items()}, partial, metadata=header)
    partial.rename(path)
    return path


def read_shard(path: Path) -> dict[str, Clips]:
    """The clips of each kind, latents in float16."""
    with safe_open(path, framework="pt") as file:
        scenes = {k: [Scene(**s) for s in json.loads(v)] for k, v in file.metadata().items()}
        return {
            key: Clips(file.get_tensor(key), file.get_tensor(f"{key}/ends"), members)
            for key, members in scenes.items()
        }


def _draw(shares: Sequence[float], generator: torch.Generator) -> int:
    return int(torch.multinomial(torch.tensor(shares), 1, generator=generator))


def _changed(group: list[Scene], clips: Tensor, generator: torch.Generator) -> tuple[list[Scene], Tensor]:
    backwards = [s.reversed() for s in group]
    reverse = all(s is not None for s in backwards) and chance(0.6, generator)
    if reverse:
        group, clips = [s for s in backwards if s is not None], clips.flip(2)
    if not reverse or chance(0.5, generator):
        group, clips = [s.mirrored() for s in group], clips.flip(4)
    return group, clips
