# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The training loop of the video transformer: rectified flow on encoded clips.

Decides: the objective, the noise levels, what is said and what pictures are given, the schedule, checkpoints and
resuming. Leaves out: how the transformer is called (`flow`), rendering (`pool`), reading words (`reader`), the command
line (`__main__`).
"""

# mypy: disallow-untyped-calls=False
from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..world.scene import Scene
from .flow import Tokens, video_coords
from .model import Shape, build_transformer
from .optimiser import Average, Optimiser
from .pool import FPS, PREFIX_FRAMES, Clips, read_shard
from .slots import SLOTS, Slots

# Kinds of steps, and how many clips one takes for every clip of a "clip" step; all cost about the same.
#   clip   whole clips.
#   still  one latent frame of each clip: what pictures look like, learned from many more of them.
#   words  an eighth of the tokens, in almost pure noise. There a token learns nothing from its neighbours, only from
#          its place and the words, so the words are learned from eight times as many clips.
#   guided the last stage: whole clips, towards what the finished model says with guidance (`Recipe.guidance`).
KINDS = {"clip": 1, "still": 5, "words": 8, "guided": 1}

# What a whole clip is given besides words, and how often.
TASKS = {"text": 0.60, "first": 0.14, "previous": 0.10, "last": 0.09, "both": 0.07}

_DRIFTS = (
    0.25  # share of clips with a camera that crosses the picture where only the drift of the picture is said
)
_SAID = {"scene": 0.96, "main": 0.9}  # probability that an attribute is said; 0.72 for all others


@dataclass(frozen=True)
class Recipe:
    """What a run does. ``minutes`` is the whole budget over all resumes, counted in training seconds."""

    minutes: float
    batch: int = 16
    warmup_steps: int = 30
    cooldown: float = 0.45  # last share of the budget over which the rate falls
    silence: float = 0.1  # share of clips of which nothing is said
    slots_share: float = (
        0.3  # of the budget, in which the slots learn; then they stay, and the text encoder can be trained
    )
    slot_noise: float = 0.1  # spread added to what is said: the text encoder never hits a vector exactly
    # Mean and spread of the logit of the noise level. Strong noise is favoured: only there the noisy clip does
    # not give away its colour and scene, so that the words have to be read.
    noise_shift: float = 1.0
    noise_spread: float = 1.4
    words_share: float = 0.10
    words_first: int = 45  # this many steps at the start are of the kind "words" only
    still_share: float = 0.5  # at the start; falls to 0 at the end
    motion_weight: float = 0.5  # of the error in differences between latent frames, in steps of whole clips
    pixel_weighting: float = 0.5  # 0: every latent channel counts alike; 1: every pixel does
    guidance: float = 2.5  # baked in during the last stage; 1: no such stage
    guided_share: float = 0.12  # of the budget
    checkpoint_every_s: float = 180.0
    muon_rate: float = 0.02
    adam_rate: float = 1.5e-3
    average: float = 0.997
    shape: Shape = field(default_factory=Shape)


class Data:
    """All shards of a pool in memory; looks for new ones when asked."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.seen = folder, set[str]()
        self.latents: dict[str, list[Tensor]] = {}
        self.ends: dict[str, list[Tensor]] = {}
        self.scenes: dict[str, list[Scene]] = {}

    def refresh(self) -> int:
        """Read new shards; returns the number of clips held."""
        for path in sorted(self.folder.glob("*.safetensors")):
            if path.name not in self.seen:
                self.seen.add(path.name)
                for key, clips in read_shard(path).items():
                    self.latents.setdefault(key, []).extend(clips.latents)
                    self.ends.setdefault(key, []).extend(clips.ends)
                    self.scenes.setdefault(key, []).extend(clips.scenes)
        return sum(map(len, self.scenes.values()))

    def batch(self, tokens: float, generator: torch.Generator) -> Clips:
        """Clips of one size and length, as many as make up about ``tokens``; kinds as frequent as clips."""
        keys = list(self.scenes)
        counts = torch.tensor([float(len(self.scenes[k])) for k in keys])
        key = keys[int(torch.multinomial(counts, 1, generator=generator))]
        size = max(1, round(tokens / self.latents[key][0][0].numel()))
        chosen = torch.randint(len(self.scenes[key]), (size,), generator=generator).tolist()
        latents = torch.stack([self.latents[key][i] for i in chosen]).float()
        ends = torch.stack([self.ends[key][i] for i in chosen]).float()
        return Clips(latents, ends, [self.scenes[key][i] for i in chosen])

    def typical_tokens(self) -> int:
        """Tokens of the most frequent kind of clip."""
        key = max(self.scenes, key=lambda k: len(self.scenes[k]))
        return self.latents[key][0][0].numel()


def mentioned(scene: Scene, generator: torch.Generator, silence: float) -> dict[str, str | None]:
    """What is said of ``scene`` this time, for `Slots`; sometimes nothing."""
    known: dict[str, str | None] = {name: getattr(scene, name, None) for name in SLOTS}
    known["scene"] = scene.thing or scene.family
    draws = torch.rand(len(SLOTS) + 2, generator=generator).tolist()
    if draws[-1] < silence:
        return {}
    if (
        scene.slide and draws[-2] < _DRIFTS
    ):  # "drifting left" is said of mountains, too: nothing else moves there
        known |= {"direction": scene.slide, "camera": None}
    return {n: v for (n, v), d in zip(known.items(), draws, strict=False) if d < _SAID.get(n, 0.72)}


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
        device: str = "cpu",
    ) -> None:
        torch.manual_seed(seed)
        self.recipe, self.data, self.folder, self.device = recipe, data, folder, torch.device(device)
        self.slots = Slots(recipe.shape.text_width).to(self.device)
        self.transformer: Any = build_transformer(recipe.shape, channels).to(self.device)
        modules = (self.slots, self.transformer)
        self.optimiser = Optimiser(modules, muon_rate=recipe.muon_rate, adam_rate=recipe.adam_rate)
        self.average = Average(modules, recipe.average)
        self.teacher: Any = None
        self.generator = torch.Generator().manual_seed(seed + 1)
        # Squared scale of each channel in pixels: what an error in it costs the picture.
        self.pixel_weight = (torch.ones(channels) if scale is None else scale.pow(2)).to(self.device)
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
                report(json.dumps(self._progress()))
            if now - saved > self.recipe.checkpoint_every_s:
                self.save()
                saved = now
        self.save()

    def step(self, rate: float, done: float = 0.0) -> float:
        """One optimiser step at a share ``done`` of the run; returns the loss."""
        kind = self._kind(done)
        if kind == "guided" and self.teacher is None:
            self._graduate()
        tokens = self.recipe.batch * KINDS[kind] * self.data.typical_tokens()
        clips = self.data.batch(tokens, self.generator)
        with torch.autocast(self.device.type, torch.bfloat16):
            loss = self.loss_of(clips, kind)
        loss.backward()
        self.optimiser.step(rate)
        self.average.update()
        self.steps += 1
        value = float(loss.detach())
        self.losses[kind] = value if kind not in self.losses else 0.95 * self.losses[kind] + 0.05 * value
        return value

    def loss_of(self, clips: Clips, kind: str = "clip") -> Tensor:
        """Flow-matching loss of a batch of one of the `KINDS`."""
        frames, height, width = clips.latents.shape[2:]
        area = height * width
        tokens = self._tokens(clips, kind)
        if kind in ("still", "words"):
            tokens = tokens.kept(self._some(kind, frames, area))
            return (self._error(tokens, kind).pow(2) * self._weight(kind)).mean()
        tokens, extra, known = self._given(tokens, clips)
        error = self._error(tokens, kind)[:, extra:].unflatten(1, (frames, area))[:, known:]
        loss: Tensor = (error.pow(2) * self._weight(kind)).mean()
        if error.shape[1] > 1:  # direction of motion lies in the differences between latent frames
            steps = error.diff(dim=1)
            loss = loss + self.recipe.motion_weight * (steps.pow(2) * self._weight(kind)).mean()
        return loss

    def _tokens(self, clips: Clips, kind: str) -> Tokens:
        frames, height, width = clips.latents.shape[2:]
        clean = clips.latents.to(self.device).flatten(2).transpose(1, 2)  # [B, C, t, h, w] -> [B, t h w, C]
        text, mask = self._said(clips.scenes)
        level = self._noise_levels(len(clean), kind)[:, None].expand(-1, clean.shape[1])
        coords = video_coords(frames, height, width, FPS).to(self.device)
        return Tokens(clean, self._randn(clean.shape), level, coords, text, mask)

    def _given(self, tokens: Tokens, clips: Clips) -> tuple[Tokens, int, int]:
        """Put picture conditions in as the pipeline does: noise-free tokens at level 0, the last picture as extra
        tokens in front. Returns also how many extra tokens and how many known latent frames there are.
        """
        shares = torch.tensor(list(TASKS.values()))
        task = list(TASKS)[int(torch.multinomial(shares, 1, generator=self.generator))]
        frames, height, width = clips.latents.shape[2:]
        area = height * width
        prefix, last = clips.ends.to(self.device).flatten(3).permute(2, 0, 3, 1)  # each [B, h w, C]
        known = {"text": 0, "last": 0, "first": 1, "both": 1, "previous": 1 + (PREFIX_FRAMES - 1) // 8}[task]
        known = min(known, frames - 1)
        clean, level = tokens.clean, tokens.level.clone()
        level[:, : known * area] = 0
        if known > 1:
            clean = torch.cat([clean[:, :area], prefix, clean[:, 2 * area :]], dim=1)
        given = replace(tokens, clean=clean, level=level)
        if task not in ("last", "both"):
            return given, 0, known
        at_end = video_coords(1, height, width, FPS, 8 * (frames - 1)).to(self.device)
        given = replace(
            given,
            clean=torch.cat([last, clean], dim=1),
            noise=torch.cat([torch.zeros_like(last), tokens.noise], dim=1),
            level=torch.cat([torch.zeros_like(level[:, :area]), level], dim=1),
            coords=torch.cat([at_end, tokens.coords], dim=2),
        )
        return given, area, known

    def _error(self, tokens: Tokens, kind: str) -> Tensor:
        if kind == "guided":
            slots, teacher = self.teacher
            wanted = tokens.guided(teacher, slots([{}])[0], self.recipe.guidance)
        else:
            wanted = tokens.noise - tokens.clean
        return tokens.velocity(self.transformer) - wanted

    def _graduate(self) -> None:
        """The averaged model becomes the teacher, and the start of the student."""
        self.average.swap()
        self.teacher = (copy.deepcopy(self.slots).eval(), _copied(self.transformer))
        self.average.values = [p.detach().clone() for p in self.average.parameters]

    def _said(self, scenes: list[Scene]) -> tuple[Tensor, Tensor]:
        """What a text encoder makes of prompts: ``[B, tokens, D]``, words (all alike) behind the slots, and a mask."""
        said = [mentioned(s, self.generator, self.recipe.silence) for s in scenes]
        with torch.autocast(self.device.type, enabled=False):
            slots = self.slots(said)
            settled = self.seconds >= self.recipe.slots_share * self.recipe.minutes * 60
            slots = slots.detach() if settled else slots
            slots = slots + self.recipe.slot_noise * self._randn(slots.shape)
            words = torch.randint(1, 32, (len(said),), generator=self.generator).to(self.device)
            most = int(words.max())
            null = self.slots.null.detach() if settled else self.slots.null
            null = null.expand(len(said), most, -1)
            null = null + self.recipe.slot_noise * self._randn(null.shape)
        mask = torch.arange(most, device=self.device)[None] < words[:, None]
        ones = torch.ones(len(said), slots.shape[1], dtype=torch.bool, device=self.device)
        return torch.cat([slots, null], dim=1), torch.cat([ones, mask], dim=1)

    def _some(self, kind: str, frames: int, area: int) -> Tensor:
        if kind == "words":
            return torch.randperm(frames * area, generator=self.generator)[: max(1, frames * area // 8)]
        first = int(torch.randint(frames, (1,), generator=self.generator)) * area
        return torch.arange(first, first + area)

    def _weight(self, kind: str) -> Tensor:
        weight = self.pixel_weight ** (1.0 if kind == "words" else self.recipe.pixel_weighting)
        return weight / weight.mean()

    def _kind(self, done: float) -> str:
        if self.recipe.guidance != 1 and done >= 1 - self.recipe.guided_share:
            return "guided"
        draw = float(torch.rand(1, generator=self.generator))
        if self.steps < self.recipe.words_first or draw < self.recipe.words_share:
            return "words"
        return "still" if draw < self.recipe.words_share + self.recipe.still_share * (1 - done) else "clip"

    def _noise_levels(self, count: int, kind: str) -> Tensor:
        """Levels ``[count]`` in 0..1."""
        if kind == "words":
            levels = 1 - 0.02 * torch.rand(count, generator=self.generator)
        else:
            normal = torch.randn(count, generator=self.generator)
            levels = torch.sigmoid(normal * self.recipe.noise_spread + self.recipe.noise_shift)
        return levels.to(self.device)

    def _randn(self, shape: torch.Size) -> Tensor:
        return torch.randn(shape, generator=self.generator).to(self.device)

    def _rate(self, done: float) -> float:
        warm = min(1.0, (self.steps + 1) / self.recipe.warmup_steps)
        return warm * min(1.0, max(0.0, 1 - done) / self.recipe.cooldown)

    def _progress(self) -> dict[str, object]:
        return {
            "step": self.steps,
            "seconds": round(self.seconds),
            "of": round(self.recipe.minutes * 60),
            "loss": {k: round(v, 4) for k, v in self.losses.items()},
            "clips": self.data.refresh(),
        }

    def save(self) -> None:
        """Write everything a later run needs to continue, atomically."""
        self.folder.mkdir(parents=True, exist_ok=True)
        state: dict[str, Any] = {
            "slots": self.slots.state_dict(),
            "transformer": self.transformer.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "average": self.average.values,
            "updates": self.average.updates,
            "generator": self.generator.get_state(),
            "progress": (self.steps, self.seconds, self.losses),
            "teacher": None if self.teacher is None else [m.state_dict() for m in self.teacher],
        }
        partial = self.folder / "state.partial"
        torch.save(state, partial)
        partial.rename(self.folder / "state.pt")

    def resume(self) -> bool:
        """Continue from the last checkpoint in the folder, if there is one."""
        path = self.folder / "state.pt"
        if not path.exists():
            return False
        state = torch.load(path, weights_only=True, map_location=self.device)
        self.slots.load_state_dict(state["slots"])
        self.transformer.load_state_dict(state["transformer"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.average.values, self.average.updates = state["average"], state["updates"]
        self.generator.set_state(state["generator"].cpu())
        self.steps, self.seconds, self.losses = state["progress"]
        if state["teacher"] is not None:
            self.teacher = (copy.deepcopy(self.slots).eval(), _copied(self.transformer))
            for module, values in zip(self.teacher, state["teacher"], strict=True):
                module.load_state_dict(values)
        return True


def _copied(transformer: Any) -> Any:
    """A frozen copy that is not compiled, so that it does not force the student's graphs to be made anew."""
    config = dict(transformer.config)
    copied = type(transformer).from_config(config).to(transformer.device).eval().requires_grad_(False)
    copied.load_state_dict(transformer.state_dict())
    return copied
