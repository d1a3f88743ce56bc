# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The training loop: rectified flow on encoded clips, text encoder and transformer together.

Decides: the objective, the noise levels, the schedule, checkpoints and resuming. The transformer is called
exactly as ``LTXConditionPipeline`` calls it (same coordinates, timestep scale, masks), see `velocity`. Leaves
out: rendering (`pool`) and the command line (`__main__`).
"""

# mypy: disallow-untyped-calls=False
from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from diffusers import LTXConditionPipeline
from torch import Tensor
from transformers import PreTrainedTokenizerFast

from ..world.captions import caption
from ..world.scene import Scene
from .model import MAX_WORDS, Shape, build_text_encoder, build_tokenizer, build_transformer
from .optimiser import Average, Optimiser
from .pool import FPS, read_shard

# Kinds of steps, and how many clips one takes for every clip of a "clip" step; all cost about the same.
#   clip   whole clips.
#   still  one latent frame of each clip: what pictures look like, learned from five times as many of them.
#   words  an eighth of the tokens, in almost pure noise. There a token learns nothing from its neighbours, only from
#          its place and the words, so the text is learned from eight times as many captions.
KINDS = {"clip": 1, "still": 5, "words": 8}


@dataclass(frozen=True)
class Recipe:
    """What a run does. ``minutes`` is the whole budget over all resumes, counted in training seconds."""

    minutes: float
    batch: int = 16
    warmup_steps: int = 30
    cooldown: float = 0.4  # last share of the budget over which the rate falls to 0
    caption_dropout: float = 0.1
    # Mean and spread of the logit of the noise level. Strong noise is favoured: only there the noisy clip does
    # not give away its colour and scene, so that the words have to be read.
    noise_shift: float = 1.6
    noise_spread: float = 1.4
    words_share: float = 0.25
    words_first: int = 45  # this many steps at the start are of the kind "words" only
    still_share: float = 0.6  # at the start; falls to 0 at the end
    motion_weight: float = 0.5  # of the error in differences between latent frames, in steps of whole clips
    pixel_weighting: float = 0.5  # 0: every latent channel counts alike; 1: every pixel does
    checkpoint_every_s: float = 180.0
    muon_rate: float = 0.02
    adam_rate: float = 1.5e-3
    shape: Shape = field(default_factory=Shape)


class Data:
    """All shards of a pool in memory; looks for new ones when asked."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.seen = folder, set[str]()
        self.latents: dict[str, list[Tensor]] = {}
        self.scenes: dict[str, list[Scene]] = {}

    def refresh(self) -> int:
        """Read new shards; returns the number of clips held."""
        for path in sorted(self.folder.glob("*.safetensors")):
            if path.name not in self.seen:
                self.seen.add(path.name)
                for key, (latents, scenes) in read_shard(path).items():
                    self.latents.setdefault(key, []).extend(latents)
                    self.scenes.setdefault(key, []).extend(scenes)
        return sum(map(len, self.scenes.values()))

    def batch(self, size: int, generator: torch.Generator) -> tuple[Tensor, list[Scene]]:
        """``size`` clips of one picture size, ``[B, C, t, h, w]`` float32; sizes as frequent as clips."""
        keys = list(self.scenes)
        counts = torch.tensor([float(len(self.scenes[k])) for k in keys])
        key = keys[int(torch.multinomial(counts, 1, generator=generator))]
        chosen = torch.randint(len(self.scenes[key]), (size,), generator=generator).tolist()
        latents = torch.stack([self.latents[key][i] for i in chosen]).float()
        return latents, [self.scenes[key][i] for i in chosen]


def video_coords(frames: int, height: int, width: int, fps: float) -> Tensor:
    """``[1, 3, tokens]``: seconds, and pixels down and across, of each token; sizes in latent units."""
    ids = LTXConditionPipeline._prepare_video_ids(1, frames, height, width)
    coords = LTXConditionPipeline._scale_video_ids(ids, 32, 8, 0).float()
    coords[:, 0] /= fps
    packed: Tensor = coords
    return packed


def velocity(
    transformer: Any,
    noisy: Tensor,
    *,
    text: Tensor,
    mask: Tensor,
    noise_level: Tensor,
    coords: Tensor,
) -> Tensor:
    """Predicted noise minus clean latents, for packed ``[B, tokens, C]`` at noise levels ``[B]`` in 0..1."""
    prediction: Tensor = transformer(
        hidden_states=noisy,
        encoder_hidden_states=text,
        timestep=noise_level[:, None] * 1000,
        encoder_attention_mask=mask,
        video_coords=coords.expand(len(noisy), -1, -1),
        return_dict=False,
    )[0]
    return prediction


class Trainer:
    """Holds everything that changes during a run."""

    def __init__(
        self,
        recipe: Recipe,
        data: Data,
        folder: Path,
        *,
        channels: int = 128,
        scale: Tensor | None = None,
        seed: int = 0,
    ) -> None:
        torch.manual_seed(seed)
        self.recipe, self.data, self.folder = recipe, data, folder
        self.tokenizer: PreTrainedTokenizerFast = build_tokenizer()
        self.text_encoder: Any = build_text_encoder(recipe.shape, len(self.tokenizer))
        self.transformer: Any = build_transformer(recipe.shape, channels)
        modules = (self.text_encoder, self.transformer)
        self.optimiser = Optimiser(modules, muon_rate=recipe.muon_rate, adam_rate=recipe.adam_rate)
        self.average = Average(modules)
        self.generator = torch.Generator().manual_seed(seed + 1)
        # Squared scale of each channel in pixels: what an error in it costs the picture.
        self.pixel_weight = torch.ones(channels) if scale is None else scale.pow(2)
        self.steps, self.seconds, self.losses = 0, 0.0, dict[str, float]()

    def compile(self) -> None:
        """Compile the blocks of the transformer: needs a C++ compiler and a minute, then steps cost half or less."""
        self.transformer.compile_repeated_blocks(dynamic=True)

    def run(self, report: Callable[[str], None], *, stop_at: float | None = None) -> None:
        """Train until the budget is used up (or the clock passes ``stop_at``, seconds since the epoch)."""
        budget, last, saved = self.recipe.minutes * 60, time.time(), time.time()
        self.data.refresh()
        while self.seconds < budget and (stop_at is None or time.time() < stop_at):
            done = self.seconds / budget
            self.step(self._rate(done), done)
            now = time.time()
            self.seconds, last = self.seconds + now - last, now
            if self.steps % 25 == 0:
                held = self.data.refresh()
                report(
                    json.dumps(
                        {
                            "step": self.steps,
                            "seconds": round(self.seconds),
                            "loss": {k: round(v, 4) for k, v in self.losses.items()},
                            "clips": held,
                        }
                    )
                )
            if now - saved > self.recipe.checkpoint_every_s:
                self.save()
                saved = now
        self.save()

    def step(self, rate: float, done: float = 1.0) -> float:
        """One optimiser step at a share ``done`` of the run; returns the loss."""
        kind = self._kind(done)
        latents, scenes = self.data.batch(self.recipe.batch * KINDS[kind], self.generator)
        with torch.autocast("cpu", torch.bfloat16):
            loss = self.loss_of(latents, scenes, kind)
        loss.backward()
        self.optimiser.step(rate)
        self.average.update()
        self.steps += 1
        value = float(loss.detach())
        self.losses[kind] = value if kind not in self.losses else 0.95 * self.losses[kind] + 0.05 * value
        return value

    def loss_of(self, latents: Tensor, scenes: list[Scene], kind: str = "clip") -> Tensor:
        """Flow-matching loss of a batch of one `KINDS`."""
        text, mask = self._read_captions(scenes)
        frames, height, width = latents.shape[2:]
        coords = video_coords(frames, height, width, FPS)
        clean = latents.flatten(2).transpose(1, 2)  # [B, C, t, h, w] -> [B, t h w, C]
        kept = self._tokens_for(kind, frames, height * width)
        clean, coords = clean[:, kept], coords[:, :, kept]
        level = self._noise_levels(len(clean), kind)
        noise = torch.randn(clean.shape, generator=self.generator)
        noisy = torch.lerp(clean, noise, level[:, None, None])
        predicted = velocity(self.transformer, noisy, text=text, mask=mask, noise_level=level, coords=coords)
        weight = self.pixel_weight ** (1.0 if kind == "words" else self.recipe.pixel_weighting)
        weight = weight / weight.mean()
        error = predicted.float() - (noise - clean)
        loss: Tensor = (error.pow(2) * weight).mean()
        if kind == "clip" and frames > 1:  # direction of motion lies in the differences between latent frames
            steps = error.unflatten(1, (frames, height * width)).diff(dim=1)
            loss = loss + self.recipe.motion_weight * (steps.pow(2) * weight).mean()
        return loss

    def _kind(self, done: float) -> str:
        draw = float(torch.rand(1, generator=self.generator))
        if self.steps < self.recipe.words_first or draw < self.recipe.words_share:
            return "words"
        return "still" if draw < self.recipe.words_share + self.recipe.still_share * (1 - done) else "clip"

    def _tokens_for(self, kind: str, frames: int, area: int) -> Tensor:
        if kind == "still":
            start = area * int(torch.randint(frames, (1,), generator=self.generator))
            return torch.arange(start, start + area)
        if kind == "words":
            return torch.randperm(frames * area, generator=self.generator)[
                : max(1, frames * area // KINDS["words"])
            ]
        return torch.arange(frames * area)

    def _read_captions(self, scenes: list[Scene]) -> tuple[Tensor, Tensor]:
        """Encoded captions ``[B, words, D]``, some of them empty, and their mask."""
        texts = [caption(s, self.generator) for s in scenes]
        dropped = torch.rand(len(texts), generator=self.generator) < self.recipe.caption_dropout
        texts = ["" if d else t for t, d in zip(texts, dropped.tolist(), strict=True)]
        tokens = self.tokenizer(
            texts, padding=True, truncation=True, max_length=MAX_WORDS, return_tensors="pt"
        )
        mask = tokens.attention_mask.bool()
        return self.text_encoder(tokens.input_ids, attention_mask=mask)[0], mask

    def save(self) -> None:
        """Write everything a later run needs to continue, atomically."""
        self.folder.mkdir(parents=True, exist_ok=True)
        state: dict[str, Any] = {
            "text_encoder": self.text_encoder.state_dict(),
            "transformer": self.transformer.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "average": self.average.values,
            "updates": self.average.updates,
            "generator": self.generator.get_state(),
            "progress": (self.steps, self.seconds, self.losses),
        }
        partial = self.folder / "state.partial"
        torch.save(state, partial)
        partial.rename(self.folder / "state.pt")

    def resume(self) -> bool:
        """Continue from the last checkpoint in the folder, if there is one."""
        path = self.folder / "state.pt"
        if not path.exists():
            return False
        state = torch.load(path, weights_only=True)
        self.text_encoder.load_state_dict(state["text_encoder"])
        self.transformer.load_state_dict(state["transformer"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.average.values, self.average.updates = state["average"], state["updates"]
        self.generator.set_state(state["generator"])
        self.steps, self.seconds, self.losses = state["progress"]
        return True

    def _noise_levels(self, count: int, kind: str) -> Tensor:
        """Levels ``[count]`` in 0..1."""
        if kind == "words":
            return 1 - 0.02 * torch.rand(count, generator=self.generator)
        normal = torch.randn(count, generator=self.generator)
        return torch.sigmoid(normal * self.recipe.noise_spread + self.recipe.noise_shift)

    def _rate(self, done: float) -> float:
        warm = min(1.0, (self.steps + 1) / self.recipe.warmup_steps)
        return warm * min(1.0, max(0.0, 1 - done) / self.recipe.cooldown)
