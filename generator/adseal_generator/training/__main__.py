# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Trains "mini" from nothing: fits the autoencoder, renders clips in a second process, trains, writes.

    python -m adseal_generator.training --out mini --work work --minutes 60 --threads 1

Stop it at any time; the same command goes on from the last checkpoint in the work folder.
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from ..autoencoder import PatchAutoencoder
from .basis import fit_basis
from .loop import Data, Recipe, Trainer
from .model import Shape, assemble, save
from .pool import FPS, FRAMES, SIZES, render_clips, write_shard

log = logging.getLogger("adseal_generator.training")

BASIS_SEED, POOL_SEED = 777, 100_000  # seeds below 1000 and from 1_000_000 on are never trained on


@dataclass(frozen=True)
class Plan:
    """Everything a run is made from besides its `Recipe`."""

    sizes: tuple[tuple[int, int], ...] = SIZES
    frames: int = FRAMES
    channels: int = 128
    basis_clips: int = 180
    basis_blocks: int = 7000
    shards: int = 120
    clips_a_shard: int = 48


TINY = Plan(
    sizes=((64, 96),), frames=9, channels=16, basis_clips=6, basis_blocks=200, shards=1, clips_a_shard=6
)
TINY_SHAPE = Shape(width=32, layers=1, head_width=32, text_width=32, text_layers=1)


def train(
    out: Path, work: Path, recipe: Recipe, plan: Plan, *, seed: int = 0, compiled: bool = False
) -> None:
    """A whole run; returns when ``out`` holds the checkpoint."""
    vae = _autoencoder(work / "vae", plan)
    pool = work / "pool"
    context = multiprocessing.get_context("spawn")
    renderer = context.Process(target=_render, args=(work / "vae", pool, plan), daemon=True)
    renderer.start()
    try:
        while not any(pool.glob("*.safetensors")):
            if renderer.exitcode:
                raise RuntimeError(f"rendering clips failed with exit code {renderer.exitcode}")
            time.sleep(0.2)
        trainer = Trainer(recipe, Data(pool), work, channels=plan.channels, scale=vae.latents_std, seed=seed)
        log.info("resumed" if trainer.resume() else "started")
        if compiled:
            trainer.compile()
        trainer.run(log.info)
    finally:
        renderer.terminate()
        renderer.join()
    trainer.average.swap()
    about = {
        "name": "mini",
        "version": "1.0",
        "licence": "Apache-2.0",
        "fps": FPS,
        "frames": plan.frames,
        "whole_clips": True,
        "sizes": plan.sizes,
        "default_steps": 8,
        "default_guidance": 2.5,
        "timestep_shift": 5.0,
        "max_words": 64,
    }
    save(assemble(vae, trainer.text_encoder, trainer.tokenizer, trainer.transformer), out, about)
    log.info("%d steps in %d s, written to %s", trainer.steps, trainer.seconds, out)


def _autoencoder(folder: Path, plan: Plan) -> PatchAutoencoder:
    if not (folder / "config.json").exists():
        groups = render_clips(BASIS_SEED, plan.basis_clips, sizes=plan.sizes, frames=plan.frames)
        fit_basis(
            [c for _, c in groups], channels=plan.channels, max_blocks=plan.basis_blocks
        ).save_pretrained(folder)
    vae: PatchAutoencoder = PatchAutoencoder.from_pretrained(folder, low_cpu_mem_usage=False)
    return vae


def _render(vae_folder: Path, pool: Path, plan: Plan) -> None:
    torch.set_num_threads(1)
    vae = PatchAutoencoder.from_pretrained(vae_folder, low_cpu_mem_usage=False)
    for seed in range(POOL_SEED, POOL_SEED + plan.shards):
        if not (pool / f"{seed:08d}.safetensors").exists():
            write_shard(vae, pool, seed, plan.clips_a_shard, sizes=plan.sizes, frames=plan.frames)


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m adseal_generator.training", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for the checkpoint")
    parser.add_argument("--work", type=Path, help="folder for clips and states (default: OUT with .work)")
    parser.add_argument("--minutes", type=float, default=60, help="training time, over all resumes")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--compile", action="store_true", help="compile the transformer (needs a C++ compiler)"
    )
    parser.add_argument("--tiny", action="store_true", help="toy sizes, to try the machinery")
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(given.threads)
    recipe = Recipe(minutes=given.minutes, batch=given.batch, shape=TINY_SHAPE if given.tiny else Shape())
    work = given.work or given.out.with_name(given.out.name + ".work")
    train(given.out, work, recipe, TINY if given.tiny else Plan(), seed=given.seed, compiled=given.compile)


if __name__ == "__main__":
    main()
