# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Trains "mini" from nothing: autoencoder, clips, video transformer, text encoder, checkpoint.

    python -m adseal_generator.training --out mini --work work --minutes 60

Stop it at any time; the same command goes on from the last checkpoint in the work folder.
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch

from ..autoencoder import PatchAutoencoder
from ..world.scene import FAMILIES, OBJECTS
from .basis import fit_basis
from .loop import Data, Recipe, Trainer
from .model import Shape, assemble, save
from .pool import FPS, Formats, render_clips, write_shard
from .reader import Reading, train_reader
from .words import read_words

log = logging.getLogger("adseal_generator.training")

BASIS_SEED, POOL_SEED = 777, 100_000  # seeds below 1000 and from 1_000_000 on are never trained on


@dataclass(frozen=True)
class Plan:
    """Everything a run is made from besides its `Recipe`."""

    formats: Formats = field(default_factory=Formats)
    channels: int = 128
    basis_clips: int = 240
    basis_blocks: int = 9000
    shards: int = 120
    clips_a_shard: int = 48
    reading: Reading = field(default_factory=Reading)


# What is shown for a family that a run leaves out: the first of these that it learns, else its first family.
NEAREST = {
    "rain": ("bokeh",),
    "snow": ("particles", "bokeh"),
    "confetti": ("particles", "bokeh"),
    "particles": ("stars", "bokeh"),
    "dust": ("particles", "rays"),
    "bubbles": ("particles", "bokeh"),
    "stars": ("particles", "bokeh"),
    "neon": ("skyline", "stars"),
    "towers": ("skyline",),
    "road": ("mountains",),
    "forest": ("mountains",),
    "geometric": ("ribbons", "papercut"),
    "terrazzo": ("marble", "liquid"),
    "marble": ("liquid",),
    "splash": ("liquid",),
    "ink": ("liquid", "silk"),
    "steam": ("clouds", "rays"),
    "fabric": ("silk",),
    "ribbons": ("silk",),
    "sparks": ("particles", "bokeh"),
    "product": ("rays", "bokeh"),  # a lit stage without the product, which is the compositor's
    **dict.fromkeys(OBJECTS, ("rays", "bokeh")),
}

TINY = Plan(
    formats=Formats(sizes=((64, 96),), size_shares=(1.0,), lengths=(17,), length_shares=(1.0,)),
    channels=16,
    basis_clips=6,
    basis_blocks=200,
    shards=1,
    clips_a_shard=6,
    reading=Reading(steps=3, batch=4),
)
TINY_SHAPE = Shape(width=32, layers=1, head_width=32)
LARGE_SHAPE = Shape(width=384, layers=8)  # worth it from about 20 minutes of a large GPU on


def train(
    out: Path,
    work: Path,
    recipe: Recipe,
    plan: Plan,
    *,
    seed: int = 0,
    compiled: bool = False,
    device: str = "cpu",
) -> None:
    """A whole run; returns when ``out`` holds the checkpoint."""
    vae = _autoencoder(work / "vae", plan)
    pool = work / "pool"
    context = multiprocessing.get_context("spawn")
    renderer = context.Process(target=_render, args=(work / "vae", pool, plan, device), daemon=True)
    renderer.start()
    try:
        while not any(pool.glob("*.safetensors")):
            if renderer.exitcode:
                raise RuntimeError(f"rendering clips failed with exit code {renderer.exitcode}")
            time.sleep(0.2)
        trainer = Trainer(
            recipe, Data(pool), work, channels=plan.channels, scale=vae.latents_std, seed=seed, device=device
        )
        log.info("resumed" if trainer.resume() else "started")
        if compiled:
            trainer.compile()
        trainer.run(log.info)
    finally:
        renderer.terminate()
        renderer.join()
    trainer.average.swap()
    words = read_words()
    reading = replace(plan.reading, stand_ins=stand_ins(plan.formats.families))
    encoder = train_reader(trainer.slots.cpu(), words, reading, log.info, seed=seed)
    pipeline = assemble(vae, encoder, words.tokenizer, trainer.transformer.cpu())
    save(pipeline, out, about(plan, recipe))
    log.info("%d steps in %d s, written to %s", trainer.steps, trainer.seconds, out)


def stand_ins(families: Sequence[str]) -> dict[str, str]:
    """For each family (and product) that is not learned, the one that is shown instead."""
    missing = [f for f in FAMILIES if f not in families]
    if "product" in missing:
        missing += OBJECTS
    return {f: next((n for n in NEAREST.get(f, ()) if n in families), families[0]) for f in missing}


def about(plan: Plan, recipe: Recipe) -> dict[str, object]:
    """What ``adseal.json`` says of the checkpoint."""
    return {
        "name": "mini",
        "version": "2.0",
        "licence": "Apache-2.0",
        "fps": FPS,
        "lengths": plan.formats.lengths,
        "sizes": plan.formats.sizes,
        "families": plan.formats.families,
        "stand_ins": stand_ins(plan.formats.families),
        "conditions": ["first_frame", "last_frame", "previous"],
        "default_steps": 8,
        "default_guidance": 1.0 if recipe.guidance != 1 else 2.5,
        "timestep_shift": 5.0,
        "max_words": 96,
        "colours": 1,
    }


def _autoencoder(folder: Path, plan: Plan) -> PatchAutoencoder:
    if not (folder / "config.json").exists():
        groups = render_clips(BASIS_SEED, plan.basis_clips, plan.formats)
        fit_basis(
            [c for _, c in groups], channels=plan.channels, max_blocks=plan.basis_blocks
        ).save_pretrained(folder)
    vae: PatchAutoencoder = PatchAutoencoder.from_pretrained(folder, low_cpu_mem_usage=False)
    return vae


def _render(vae_folder: Path, pool: Path, plan: Plan, device: str) -> None:
    torch.set_num_threads(1)
    vae = PatchAutoencoder.from_pretrained(vae_folder, low_cpu_mem_usage=False).to(device)
    for seed in range(POOL_SEED, POOL_SEED + plan.shards):
        if not (pool / f"{seed:08d}.safetensors").exists():
            write_shard(vae, pool, seed, plan.clips_a_shard, plan.formats, device=device)


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m adseal_generator.training", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for the checkpoint")
    parser.add_argument("--work", type=Path, help="folder for clips and states (default: OUT with .work)")
    parser.add_argument("--minutes", type=float, default=60, help="training time, over all resumes")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--large", action="store_true", help="8 layers of 384 instead of 6 of 256, for a GPU")
    parser.add_argument("--families", default=",".join(FAMILIES), help="scene families to learn, with commas")
    parser.add_argument(
        "--shards", type=int, default=Plan.shards, help="of 96 clips each, half of them mirrored"
    )
    parser.add_argument(
        "--compile", action="store_true", help="compile the transformer (needs a C++ compiler)"
    )
    parser.add_argument("--tiny", action="store_true", help="toy sizes, to try the machinery")
    given = parser.parse_args(arguments)
    families = tuple(given.families.split(","))
    if unknown := set(families) - set(FAMILIES):
        parser.error(f"--families: there is no {', '.join(sorted(unknown))}; known are {', '.join(FAMILIES)}")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(given.threads)
    shape = TINY_SHAPE if given.tiny else LARGE_SHAPE if given.large else Shape()
    recipe = Recipe(minutes=given.minutes, batch=given.batch, shape=shape)
    plan = TINY if given.tiny else Plan(formats=Formats(families=families), shards=given.shards)
    work = given.work or given.out.with_name(given.out.name + ".work")
    train(given.out, work, recipe, plan, seed=given.seed, compiled=given.compile, device=given.device)


if __name__ == "__main__":
    main()
