# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""How good mini is: does it show what was said, does it look like its world, does it move well, how fast is it.

Method. Scenes are drawn from a seed that was never trained on and worded by the grammar of captions; free prompts were
written by hand without it (`data/free_prompts.json`). Clips of 33 frames at 192x320 are judged by `mini_judge`, a net
trained on rendered clips only; an attribute counts only where the caption said it. Beside each figure stands what the
judge says of clips rendered from the same scenes ("rendered"), of the same network before training ("untrained"), and
of generated clips paired with other captions ("shuffled"). Intervals are 95 % bootstrap over clips. Pictures are made
by `mini_sheets.py`.

    python benchmarks/mini.py --captions 500 --threads 2 --json benchmarks/results/mini.json
"""

from __future__ import annotations

import argparse
import json
import logging
import platform
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import mini_quality as quality
import numpy as np
import torch
from mini_judge import HEADS, Judge, flow, labels, load_judge, small
from numpy.typing import NDArray
from torch import Tensor

from adseal_generator.catalogue import model_folder
from adseal_generator.diffusion import Generator
from adseal_generator.world.captions import describe
from adseal_generator.world.render import render
from adseal_generator.world.scene import FAMILIES, Scene, sample_scenes

log = logging.getLogger("mini")

HELD_OUT_SEED = 2_000_000
FREE_PROMPTS = Path(__file__).parent / "data" / "free_prompts.json"
SIZE, FRAMES, FPS = (192, 320), 33, 10
# Attribute -> the heads of the judge that show it, and the slot of a caption that says it.
ATTRIBUTES: dict[str, tuple[tuple[str, str], ...]] = {
    "family": (("family", "scene"),),
    "palette": (("palette", "main"),),
    "direction": (("direction", "direction"), ("slide", "camera")),
    "camera": (("camera", "camera"),),
    "time": (("time", "time"),),
    "composition": (("space", "space"), ("subject", "subject")),
    "mood": (("mood", "mood"),),
}
SCORED = ("family", "palette", "direction", "camera", "time", "composition")

Made = Callable[[str, int], NDArray[np.uint8]]


def small_of(frames: NDArray[np.uint8]) -> Tensor:
    """A clip ``[T, H, W, 3]`` as the judge sees it, ``[3, 9, h, w]``."""
    return small(torch.from_numpy(frames).float().permute(3, 0, 1, 2)[None] / 127.5 - 1, FPS)[0]


def drawn(scene: Scene, seed: int) -> NDArray[np.uint8]:
    """The clip that the renderer makes of ``scene``."""
    own = torch.Generator().manual_seed(seed)
    clip = render([scene], width=SIZE[0], height=SIZE[1], frames=FRAMES, fps=FPS, generator=own)[0]
    frames: NDArray[np.uint8] = ((clip + 1) * 127.5).round().to(torch.uint8).permute(1, 2, 3, 0).numpy()
    return frames


def held_out(count: int, families: tuple[str, ...]) -> list[tuple[Scene, str, dict[str, str | None]]]:
    """``count`` scenes with a caption and what it says; the families in turn."""
    generator = torch.Generator().manual_seed(HELD_OUT_SEED)
    cases = []
    for i in range(count):
        scene = sample_scenes(1, generator, family=families[i % len(families)])[0]
        told = describe(scene, generator)
        cases.append((scene, told.text, dict(told.said)))
    return cases


@torch.no_grad()
def answers(judge: Judge, clips: list[Tensor]) -> dict[str, list[str]]:
    """What the judge reads from each small clip."""
    said: dict[str, list[str]] = {name: [] for name in HEADS}
    for clip in clips:
        for name, logits in judge(clip[None], flow(clip[None])).items():
            said[name].append(HEADS[name][int(logits.argmax())])
    return said


def right(
    said: dict[str, list[str]], cases: list[tuple[Scene, str, dict[str, str | None]]]
) -> dict[str, NDArray[np.float64]]:
    """For each attribute, 1 or 0 for every caption that says it; a clip may count twice for composition."""
    rows: dict[str, list[float]] = {name: [] for name in ATTRIBUTES}
    for i, (scene, _, told) in enumerate(cases):
        truth = labels(scene)
        for name, parts in ATTRIBUTES.items():
            for head, slot in parts:
                if told.get(slot) is not None and truth[head] is not None:
                    rows[name].append(float(said[head][i] == truth[head]))
    return {name: np.array(values) for name, values in rows.items()}


def share(values: NDArray[np.float64]) -> dict[str, float | int]:
    """Mean with its 95 % bootstrap interval."""
    if not len(values):
        return {"share": float("nan"), "low": float("nan"), "high": float("nan"), "of": 0}
    draws = np.random.default_rng(0).choice(values, (2000, len(values))).mean(1)
    low, high = np.quantile(draws, (0.025, 0.975))
    return {
        "share": round(float(values.mean()), 3),
        "low": round(float(low), 3),
        "high": round(float(high), 3),
        "of": len(values),
    }


def attributes(
    made: Made, blank: Made, judge: Judge, families: tuple[str, ...], count: int
) -> tuple[dict[str, Any], list[Tensor], list[Tensor]]:
    """Attribute accuracy of generated, rendered, untrained and shuffled clips; also the small clips themselves."""
    cases = held_out(count, families)
    clips = [small_of(made(text, 7000 + i)) for i, (_, text, _) in enumerate(_watched(cases, "captions"))]
    real = [small_of(drawn(scene, HELD_OUT_SEED + i)) for i, (scene, _, _) in enumerate(cases)]
    few = min(60, count)
    noise = [small_of(blank(text, 7000 + i)) for i, (_, text, _) in enumerate(cases[:few])]
    read = answers(judge, clips)
    order = np.random.default_rng(1).permutation(len(cases))
    columns = {
        "generated": right(read, cases),
        "rendered": right(answers(judge, real), cases),
        "untrained": right(answers(judge, noise), cases[:few]),
        "shuffled": right({k: [v[j] for j in order] for k, v in read.items()}, cases),
    }
    table: dict[str, Any] = {
        name: {c: share(rows[name]) for c, rows in columns.items()} for name in ATTRIBUTES
    }
    for column in columns:
        table.setdefault("mean", {})[column] = round(
            float(np.mean([table[n][column]["share"] for n in SCORED])), 3
        )
    by_family: dict[str, list[float]] = {}
    for i, (scene, _, told) in enumerate(cases):
        if told.get("scene"):
            by_family.setdefault(scene.family, []).append(float(read["family"][i] == scene.family))
    table["family_of_each"] = {k: round(float(np.mean(v)), 2) for k, v in by_family.items()}
    return table, clips, real


def free_text(made: Made, judge: Judge, families: tuple[str, ...]) -> dict[str, Any]:
    """Share of hand-written prompts whose clip is judged to show one of the families they mean."""
    prompts = [
        p for p in json.loads(FREE_PROMPTS.read_text(encoding="utf-8")) if set(p["family"]) & set(families)
    ]
    clips = [small_of(made(p["prompt"], 8000 + i)) for i, p in enumerate(_watched(prompts, "free prompts"))]
    read = answers(judge, clips)["family"]
    hits = np.array([float(r in p["family"]) for r, p in zip(read, prompts, strict=True)])
    missed = [
        {"prompt": p["prompt"], "judged": r} for p, r, h in zip(prompts, read, hits, strict=True) if not h
    ]
    return {"right": share(hits), "missed": missed}


@torch.no_grad()
def distribution(
    judge: Judge, clips: list[Tensor], real: list[Tensor], families: tuple[str, ...]
) -> dict[str, float]:
    """Frechet distances over the judge's features: samples to renders, and renders to other renders."""
    cases = held_out(2 * len(clips), families)[len(clips) :]
    fresh = [small_of(drawn(scene, HELD_OUT_SEED + 50_000 + i)) for i, (scene, _, _) in enumerate(cases)]
    groups = (torch.stack(group) for group in (clips, real, fresh))
    seen = [judge.describe(group, flow(group)).double().numpy() for group in groups]
    floor = quality.frechet(seen[1], seen[2])
    distance = quality.frechet(seen[0], seen[2])
    return {"samples": round(distance, 3), "renders": round(floor, 3), "ratio": round(distance / floor, 2)}


def _watched(items: list[Any], what: str) -> Iterable[Any]:
    for i, item in enumerate(items):
        if i % 50 == 0:
            log.info("%s: %d of %d", what, i, len(items))
        yield item


def _maker(model: Generator) -> Made:
    def make(prompt: str, seed: int) -> NDArray[np.uint8]:
        return model.generate(prompt, width=SIZE[0], height=SIZE[1], num_frames=FRAMES, seed=seed).frames

    return make


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="mini")
    parser.add_argument("--captions", type=int, default=500)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    model = Generator.load(given.model, threads=given.threads)
    about = json.loads((model_folder(given.model) / "adseal.json").read_text(encoding="utf-8"))
    families = tuple(about.get("families", FAMILIES))
    judge, made = load_judge(), _maker(model)
    blank = _maker(quality.untrained(given.model))
    table, clips, real = attributes(made, blank, judge, families, given.captions)
    report = {
        "model": {"name": about["name"], "version": about["version"], "families": families},
        "machine": f"{platform.processor() or platform.machine()}, {given.threads} thread(s)",
        "torch": torch.__version__,
        "attributes": table,
        "attribute_accuracy": table["mean"]["generated"],
        "free_text": free_text(made, judge, families),
        "distribution": distribution(judge, clips, real, families),
        "motion": quality.motion(made, drawn, held_out(60, families)),
        "seeds": quality.seeds(made, held_out(12, families)),
        "autoencoder": quality.autoencoder(model_folder(given.model), families),
        "speed": quality.speed(given.model),
    }
    text = json.dumps(report, indent=2, ensure_ascii=False)
    if given.json:
        given.json.parent.mkdir(parents=True, exist_ok=True)
        given.json.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
