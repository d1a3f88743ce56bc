# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The judge of `mini.py`: reads the attributes of the world from the pixels of a clip.

A convolution net over nine frames at a quarter of the size and the optical flow between them (DIS), trained only on
clips of the renderer, painted small for it. It knows nothing of the model, its latents or its words.

    python benchmarks/mini_judge.py --clips 24000 --steps 6000     writes benchmarks/data/mini_judge.safetensors
"""

from __future__ import annotations

import argparse
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from adseal_generator.world.palette import COLOURS
from adseal_generator.world.render import render
from adseal_generator.world.scene import (
    FAMILIES,
    MOODS,
    OBJECTS,
    SPACES,
    SUBJECTS,
    TIMES,
    Scene,
    sample_scenes,
)

log = logging.getLogger("mini_judge")

FILE = Path(__file__).parent / "data" / "mini_judge.safetensors"
SEED = 31_000_000
SIZE = (96, 160)  # painted; the judge sees half of it
SECONDS = 3.2  # of a clip that are judged, in nine frames
MOVES = ("static", "push-in", "pull-out", "pan", "tilt", "crane", "orbit")
WAYS = ("left", "right", "up", "down")
KINDS = (*(f for f in FAMILIES if f != "product"), *OBJECTS)
HEADS: dict[str, tuple[str, ...]] = {
    "family": FAMILIES,
    "kind": KINDS,
    "palette": tuple(COLOURS),
    "mood": MOODS,
    "camera": MOVES,
    "slide": WAYS,  # where the picture slides when the camera moves across it
    "direction": WAYS,
    "time": TIMES,
    "space": SPACES,
    "subject": SUBJECTS,
}
FEATURES = 160


def labels(scene: Scene) -> dict[str, str | None]:
    """The answer for each of `HEADS`; None where the scene has no such attribute."""
    move = scene.camera.partition("-")[0]
    zoom = scene.camera in ("push-in", "pull-out")
    return {
        "family": scene.family,
        "kind": scene.thing or scene.family,
        "palette": scene.main if scene.main in COLOURS else None,  # a hex code may lie between two names
        "mood": scene.mood,
        "camera": scene.camera if zoom else move,
        "slide": scene.slide,
        "direction": scene.direction,
        "time": scene.time,
        "space": scene.space,
        "subject": scene.subject,
    }


class Judge(nn.Module):
    """Logits for each of `HEADS` from small clips ``[B, 3, 9, h, w]`` in -1..1 (`small`) and their `flow`."""

    def __init__(self) -> None:
        super().__init__()
        self.enter = nn.Conv2d(3 * 9 + 3 * 8, 64, 7, 4, 3)
        self.enter_flow = nn.Conv2d(2 * 8, 64, 3, 1, 1)
        self.stages = nn.ModuleList([_stage(64, 64, 1), _stage(64, 96), _stage(96, 128)])
        self.features = nn.Linear(2 * 128 + 3, FEATURES)
        self.heads = nn.ModuleDict(
            {name: nn.Linear(FEATURES, len(options)) for name, options in HEADS.items()}
        )

    def describe(self, clips: Tensor, flows: Tensor) -> Tensor:
        """Features ``[B, FEATURES]`` before the heads."""
        seen = self.enter(torch.cat([clips.flatten(1, 2), 3 * clips.diff(dim=2).flatten(1, 2)], dim=1))
        seen = seen + self.enter_flow(flows)
        for stage in self.stages:
            seen = stage(seen)
        pooled = torch.cat([seen.mean((2, 3)), seen.amax((2, 3)), clips.mean((2, 3, 4))], dim=1)
        features: Tensor = F.gelu(self.features(pooled))
        return features

    def forward(self, clips: Tensor, flows: Tensor) -> dict[str, Tensor]:
        features = self.describe(clips, flows)
        return {name: head(features) for name, head in self.heads.items()}


class _Residual(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.GroupNorm(8, width), nn.GELU(), nn.Conv2d(width, width, 3, 1, 1),
            nn.GroupNorm(8, width), nn.GELU(), nn.Conv2d(width, width, 3, 1, 1),
        )  # fmt: skip

    def forward(self, seen: Tensor) -> Tensor:
        out: Tensor = seen + self.body(seen)
        return out


def _stage(into: int, out: int, stride: int = 2) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(into, out, 3, stride, 1), _Residual(out))


def small(clips: Tensor, fps: float) -> Tensor:
    """Clips ``[B, 3, T, H, W]`` as the judge sees them: nine frames of `SECONDS`, short side 48 px."""
    last = min(clips.shape[2] - 1, round(SECONDS * fps))
    times = torch.linspace(0, last, 9).round().long()
    scale = 48 / min(clips.shape[-2:])
    size = (9, round(clips.shape[-2] * scale), round(clips.shape[-1] * scale))
    return F.interpolate(clips[:, :, times], size, mode="area")


def flow(clips: Tensor) -> Tensor:
    """Optical flow between the nine frames of small clips, ``[B, 16, h / 4, w / 4]`` in px."""
    find = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    find.setFinestScale(0)
    found = []
    for clip in clips:
        grey = ((clip.float().mean(0) + 1) * 127.5).clamp(0, 255).byte().numpy()
        pairs = [find.calc(a, b, None) for a, b in pairwise(grey)]
        found.append(torch.from_numpy(np.concatenate(pairs, axis=2)).permute(2, 0, 1))
    return F.avg_pool2d(torch.stack(found), 4)


def targets(scenes: list[Scene]) -> dict[str, Tensor]:
    """Indices ``[B]`` into the options of each head; -100 where there is nothing to say."""
    told = [labels(s) for s in scenes]
    return {
        name: torch.tensor([options.index(v) if (v := t[name]) is not None else -100 for t in told])
        for name, options in HEADS.items()
    }


@dataclass
class Clips:
    """Small clips (float16) with their flow and what is in them."""

    pixels: Tensor
    flows: Tensor
    scenes: list[Scene]

    @classmethod
    def drawn(cls, count: int, families: Sequence[str], generator: torch.Generator) -> Clips:
        """``count`` clips painted at a small size, a frame every 0.4 s; the families in turn."""
        scenes: list[Scene] = []
        pixels, flows = [], []
        started = time.time()
        fps = 8 / SECONDS
        while len(scenes) < count:
            batch = sample_scenes(10, generator, family=families[(len(scenes) // 10) % len(families)])
            clips = small(
                render(batch, width=SIZE[0], height=SIZE[1], frames=9, fps=fps, generator=generator), fps
            )
            scenes += batch
            pixels.append(clips.half())
            flows.append(flow(clips).half())
        log.info("%d clips painted in %d s", len(scenes), time.time() - started)
        return cls(torch.cat(pixels), torch.cat(flows), scenes)

    def mirrored(self) -> Clips:
        """All clips flipped from left to right."""
        turned = self.flows.flip(3).unflatten(1, (8, 2)) * torch.tensor([-1.0, 1.0])[:, None, None].half()
        return Clips(self.pixels.flip(4), turned.flatten(1, 2), [s.mirrored() for s in self.scenes])


def train_judge(clips: int, steps: int, families: Sequence[str], batch: int = 64) -> Judge:
    """A judge trained on ``clips`` rendered ones and their mirror pictures; every second batch is noised a little."""
    generator = torch.Generator().manual_seed(SEED)
    plain = Clips.drawn(clips, families, generator)
    pools = [(pool, targets(pool.scenes)) for pool in (plain, plain.mirrored())]
    torch.manual_seed(SEED)
    judge = Judge()
    optimiser = torch.optim.AdamW(judge.parameters(), 3e-3, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=steps, pct_start=0.1)
    started = time.time()
    for step in range(steps):
        pool, truth = pools[step // 2 % 2]
        chosen = torch.randint(clips, (batch,), generator=generator)
        seen = pool.pixels[chosen].float()
        if step % 2:
            seen = seen + 0.03 * torch.randn(seen.shape, generator=generator)
        with torch.autocast("cpu", torch.bfloat16):
            said = judge(seen, pool.flows[chosen].float())
        losses = [F.cross_entropy(said[k].float(), truth[k][chosen], label_smoothing=0.02) for k in HEADS]
        loss = torch.stack([x for x in losses if x.isfinite()]).sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % 200 == 199:
            log.info("step %d of %d, loss %.3f, %d s", step + 1, steps, loss.item(), time.time() - started)
    return judge.eval()


@torch.no_grad()
def accuracy(judge: Judge, clips: Clips) -> dict[str, float]:
    """Share of right answers of each head."""
    truth = targets(clips.scenes)
    said = {k: v.argmax(1) for k, v in judge(clips.pixels.float(), clips.flows.float()).items()}
    return {
        k: float((said[k] == truth[k])[truth[k] >= 0].float().mean())
        for k in HEADS
        if bool((truth[k] >= 0).any())
    }


def load_judge() -> Judge:
    """The judge in `FILE`."""
    judge = Judge()
    judge.load_state_dict({name: value.float() for name, value in load_file(FILE).items()})
    return judge.eval()


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clips", type=int, default=24000)
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument(
        "--families", default=",".join(FAMILIES), help="that it has to tell apart, with commas"
    )
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(given.threads)
    families = given.families.split(",")
    judge = train_judge(given.clips, given.steps, families)
    held_out = Clips.drawn(1200, families, torch.Generator().manual_seed(SEED + 1))
    log.info("held out: %s", {k: round(v, 3) for k, v in accuracy(judge, held_out).items()})
    FILE.parent.mkdir(exist_ok=True)
    save_file({name: value.half() for name, value in judge.state_dict().items()}, FILE)


if __name__ == "__main__":
    main()
