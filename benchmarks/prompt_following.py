# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""How well a model follows its prompts: scene, main colour, mood and direction of motion.

Method. Scenes are drawn from seeds that were never trained on, worded as the templates word them, and
generated. Scene, colour and mood are read from the pixels by a small 3-D convolution net that was trained on
rendered clips only; motion by a fit of shift and zoom to DIS optical flow. Each number stands between two
others: what the same judge says of clips rendered for the same prompts (ceiling), and what it says when
prompts and clips are paired at random (floor). Intervals are 95 % bootstrap over prompts.

    python benchmarks/prompt_following.py --prompts 54 --json result.json
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from adseal_generator.diffusion import Generator
from adseal_generator.world.palette import COLOURS
from adseal_generator.world.render import render
from adseal_generator.world.scene import FAMILIES, MOODS, Scene, sample_scenes

HELD_OUT_SEED = 2_000_000
JUDGE = Path(__file__).with_name("prompt_judge.safetensors")
NAMES: dict[str, tuple[str, ...]] = {"family": FAMILIES, "main": tuple(COLOURS), "mood": MOODS}
MOTION_WORDS = {
    "left": "{} drifting to the left", "right": "{} drifting to the right", "up": "{} drifting up",
    "down": "{} drifting down", "in": "{} push in", "out": "{} pull out", "still": "static camera",
}  # fmt: skip
SUBJECTS = {
    "silk": "silk folds", "bokeh": "soft bokeh lights", "ocean": "ocean waves", "mountains": "layered hills",
    "city": "a city skyline at night", "ribbons": "flowing ribbons", "rays": "light rays", "sparks": "rising sparks",
}  # fmt: skip
PRODUCTS = {"bottle": "a bottle", "can": "a drink can", "jar": "a cream jar", "tube": "a cosmetic tube"}


def prompt_of(scene: Scene) -> str:
    """The scene in the words of the ad templates."""
    subject = f"{PRODUCTS[scene.thing]} on a pedestal" if scene.thing else SUBJECTS[scene.family]
    shade = {"dark": "deep", "bright": "pale"}[scene.mood]
    accent = f" with {scene.accent} accents" if scene.accent else ""
    space = "" if scene.space == "none" else f", empty space at the {scene.space}"
    motion = MOTION_WORDS[scene.motion].format(scene.speed)
    look = f"{shade} {scene.main}{accent}, {scene.mood}, soft studio light{space}"
    return f"{motion}. {subject} in {look}.".capitalize()


class Judge(nn.Module):
    """Reads family, main colour and mood from a small clip ``[B, 3, 9, H, W]``."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for into, out, kernel, stride in ((3, 32, (3, 4, 4), (2, 4, 4)), (32, 64, 3, 2), (64, 64, 3, 2)):
            layers += [nn.Conv3d(into, out, kernel, stride, 1), nn.GroupNorm(8, out), nn.GELU()]
        self.trunk = nn.Sequential(*layers)
        self.heads = nn.ModuleDict({k: nn.Linear(128, len(v)) for k, v in NAMES.items()})

    def forward(self, clips: Tensor) -> dict[str, Tensor]:
        seen = self.trunk(clips)
        pooled = torch.cat([seen.mean((2, 3, 4)), seen.amax((2, 3, 4))], 1)
        return {name: head(pooled) for name, head in self.heads.items()}


def small(clips: Tensor) -> Tensor:
    """Clips ``[B, 3, T, H, W]`` as the judge sees them: 9 frames, short side 48 px."""
    times = torch.linspace(0, clips.shape[2] - 1, 9).round().long()
    scale = 48 / min(clips.shape[-2:])
    size = (9, round(clips.shape[-2] * scale), round(clips.shape[-1] * scale))
    return F.interpolate(clips[:, :, times], size, mode="area")


def train_judge(clips: int = 2700, steps: int = 500, seed: int = 31) -> Judge:
    """A judge trained on ``clips`` small rendered clips (painted small: it takes a minute or two)."""
    generator = torch.Generator().manual_seed(seed)
    scenes: list[Scene] = []
    pixels = []
    for i in range(0, clips, 30):
        batch = sample_scenes(30, generator, family=FAMILIES[(i // 30) % len(FAMILIES)])
        scenes += batch
        pixels.append(small(render(batch, width=96, height=160, frames=9, fps=2.5, generator=generator)))
    data = torch.cat(pixels)
    targets = {k: torch.tensor([v.index(getattr(s, k)) for s in scenes]) for k, v in NAMES.items()}
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        judge = Judge()
    optimiser = torch.optim.AdamW(judge.parameters(), 4e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=steps)
    for _ in range(steps):
        chosen = torch.randint(len(scenes), (48,), generator=generator)
        said = judge(data[chosen])
        loss = torch.stack([F.cross_entropy(said[k], targets[k][chosen]) for k in NAMES]).sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return judge.eval()


def load_judge() -> Judge:
    """The judge that lies beside this file; ``--train-judge`` makes it anew."""
    judge = Judge()
    judge.load_state_dict({name: value.float() for name, value in load_file(JUDGE).items()})
    return judge.eval()


def motion_of(frames: NDArray[np.uint8]) -> str:
    """Direction of the picture content in ``[T, H, W, 3]``, by a fit of shift and zoom to optical flow."""
    flow_of = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    grey = [cv2.cvtColor(f, cv2.COLOR_RGB2GRAY) for f in frames[::2]]
    flows = np.stack([flow_of.calc(a, b, None) for a, b in pairwise(grey)])
    height, width = grey[0].shape
    x = (np.arange(width) - width / 2)[None, None] / width
    y = (np.arange(height) - height / 2)[None, :, None] / width
    # Flat areas carry no motion: every pixel counts by its contrast.
    weight = np.stack(
        [np.hypot(cv2.Sobel(g, cv2.CV_32F, 1, 0), cv2.Sobel(g, cv2.CV_32F, 0, 1)) for g in grey[:-1]]
    )
    weight = np.minimum(weight, 60) + 1e-3
    across, down = ((flows[..., i] * weight).sum() / weight.sum() for i in (0, 1))
    radial = ((flows[..., 0] - across) * x + (flows[..., 1] - down) * y) * weight
    grow = radial.sum() / ((x**2 + y**2) * weight).sum()
    scores = {"left": -across, "right": across, "up": -down, "down": down, "in": grow, "out": -grow}
    return max(scores, key=lambda name: float(scores[name]))


@torch.no_grad()
def readings(judge: Judge, clips: list[NDArray[np.uint8]]) -> dict[str, list[str]]:
    """What the judge and the flow say of each clip ``[T, H, W, 3]``."""
    read: dict[str, list[str]] = {k: [] for k in (*NAMES, "motion")}
    for frames in clips:
        pixels = torch.from_numpy(frames).float().permute(3, 0, 1, 2)[None] / 127.5 - 1
        said = judge(small(pixels))
        for name, options in NAMES.items():
            read[name].append(options[int(said[name].argmax())])
        read["motion"].append(motion_of(frames))
    return read


@dataclass(frozen=True)
class Share:
    """A share of right answers with its 95 % interval."""

    share: float
    low: float
    high: float


def share_right(said: list[str], wanted: list[str], seed: int = 0) -> Share:
    """How often ``said`` is ``wanted``, with a bootstrap interval."""
    right = np.array([a == b for a, b in zip(said, wanted, strict=True)], dtype=float)
    draws = np.random.default_rng(seed).choice(right, (2000, len(right))).mean(1)
    return Share(float(right.mean()), float(np.quantile(draws, 0.025)), float(np.quantile(draws, 0.975)))


def floor(said: list[str], wanted: list[str]) -> float:
    """How often they agree when they are paired at random (the exact mean over all pairings)."""
    return float(np.mean([[a == b for b in wanted] for a in said]))


def compare(
    generate: Callable[[str, int], NDArray[np.uint8]],
    scenes: list[Scene],
    judge: Judge,
    *,
    width: int,
    height: int,
) -> dict[str, dict[str, Any]]:
    """Generated, ceiling and floor for each attribute."""
    made = readings(judge, [generate(prompt_of(s), 7000 + i) for i, s in enumerate(scenes)])
    painted = []
    for i, scene in enumerate(scenes):
        own = torch.Generator().manual_seed(HELD_OUT_SEED + i)
        clip = render([scene], width=width, height=height, frames=33, fps=10, generator=own)[0]
        painted.append(((clip + 1) * 127.5).round().to(torch.uint8).permute(1, 2, 3, 0).numpy())
    real = readings(judge, painted)
    result = {}
    for name in (*NAMES, "motion"):
        # "still" is no direction, and sparks rise whatever the camera does.
        counted = [
            i
            for i, s in enumerate(scenes)
            if name != "motion" or (s.motion != "still" and s.family != "sparks")
        ]
        wanted = [getattr(scenes[i], name) for i in counted]
        said, ceiling = [made[name][i] for i in counted], [real[name][i] for i in counted]
        result[name] = {
            "generated": vars(share_right(said, wanted)),
            "ceiling": vars(share_right(ceiling, wanted)),
            "floor": floor(said, wanted),
            "prompts": len(counted),
        }
    return result


def held_out_scenes(count: int, seed: int = HELD_OUT_SEED) -> list[Scene]:
    """``count`` scenes, the families in turn."""
    generator = torch.Generator().manual_seed(seed)
    return [sample_scenes(1, generator, family=FAMILIES[i % len(FAMILIES)])[0] for i in range(count)]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="mini")
    parser.add_argument("--prompts", type=int, default=54)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--guidance", type=float)
    parser.add_argument("--size", default="192x320", help="width x height")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--train-judge", action="store_true", help="train the judge anew and do nothing else")
    given = parser.parse_args()
    width, height = map(int, given.size.split("x"))
    torch.set_num_threads(given.threads)
    if given.train_judge:
        save_file({name: value.half() for name, value in train_judge().state_dict().items()}, JUDGE)
        return
    model = Generator.load(given.model, threads=given.threads)
    cpu, wall = [], []

    def generate(prompt: str, seed: int) -> NDArray[np.uint8]:
        began, clock = time.process_time(), time.perf_counter()
        clip = model.generate(
            prompt,
            width=width,
            height=height,
            num_frames=33,
            seed=seed,
            steps=given.steps,
            guidance=given.guidance,
        )
        cpu.append(time.process_time() - began)
        wall.append(time.perf_counter() - clock)
        return clip.frames

    result = compare(generate, held_out_scenes(given.prompts), load_judge(), width=width, height=height)
    machine = f"{platform.processor() or platform.machine()}, {given.threads} thread(s)"
    report = {
        "model": vars(model.info),
        "machine": machine,
        "torch": torch.__version__,
        "size": given.size,
        "steps": given.steps or model.info.default_steps,
        "guidance": given.guidance or model.info.default_guidance,
        "cpu_s_a_clip": round(float(np.median(cpu)), 2),
        "wall_s_a_clip": round(float(np.median(wall)), 2),
        "result": result,
    }
    for name, row in result.items():
        said, real = row["generated"], row["ceiling"]
        print(
            f"{name:8} generated {said['share']:.2f} [{said['low']:.2f}, {said['high']:.2f}]"
            f"  ceiling {real['share']:.2f}  floor {row['floor']:.2f}  ({row['prompts']} prompts)"
        )
    print(f"{report['cpu_s_a_clip']} CPU-s and {report['wall_s_a_clip']} s a clip on {machine}")
    if given.json:
        given.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
