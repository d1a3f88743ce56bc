# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The training of mini, at toy size: it learns, it can be continued, and what it writes can be loaded."""

from pathlib import Path

import pytest
import torch

from adseal_generator import Generator
from adseal_generator.training.__main__ import TINY, TINY_SHAPE, main
from adseal_generator.training.basis import fit_basis
from adseal_generator.training.loop import Data, Recipe, Trainer
from adseal_generator.training.model import Shape, build_text_encoder, build_tokenizer
from adseal_generator.training.optimiser import orthogonalised
from adseal_generator.training.pool import read_shard, render_clips, write_shard

RECIPE = Recipe(
    minutes=1, batch=4, shape=TINY_SHAPE, words_share=0.0, still_share=0.0, words_first=0, warmup_steps=5
)


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pool")
    clips = [c for _, c in render_clips(1, 6, sizes=TINY.sizes, frames=TINY.frames)]
    vae = fit_basis(clips, channels=TINY.channels, max_blocks=200)
    write_shard(vae, folder, 5, 6, sizes=TINY.sizes, frames=TINY.frames)
    return folder


def _trainer(pool: Path, folder: Path) -> Trainer:
    trainer = Trainer(RECIPE, Data(pool), folder, channels=TINY.channels)
    trainer.data.refresh()
    return trainer


def test_a_tiny_run_writes_a_checkpoint_that_the_host_loads(tmp_path: Path) -> None:
    threads = torch.get_num_threads()
    main(["--out", str(tmp_path / "model"), "--minutes", "0.05", "--batch", "2", "--tiny"])
    generator = Generator.load(tmp_path / "model", threads=threads)
    clip = generator.generate("teal silk", width=64, height=96, num_frames=9, seed=1, steps=2)
    assert clip.frames.shape == (9, 96, 64, 3)


def test_the_loss_falls(pool: Path, tmp_path: Path) -> None:
    trainer = _trainer(pool, tmp_path)
    losses = [trainer.step(1.0) for _ in range(60)]
    assert sum(losses[-10:]) < 0.9 * sum(losses[:10])


def test_stopped_and_continued_it_goes_the_same_way(pool: Path, tmp_path: Path) -> None:
    straight = _trainer(pool, tmp_path / "a")
    expected = [straight.step(0.5) for _ in range(4)]
    first = _trainer(pool, tmp_path / "b")
    got = [first.step(0.5) for _ in range(2)]
    first.save()
    second = _trainer(pool, tmp_path / "b")
    assert second.resume()
    got += [second.step(0.5) for _ in range(2)]
    assert got == expected


def test_words_leave_the_untrained_text_encoder_apart_from_each_other() -> None:
    """Where they come out alike, a model never learns to tell red from teal."""
    tokenizer = build_tokenizer()
    torch.manual_seed(0)
    encoder = build_text_encoder(Shape(), len(tokenizer)).eval()
    tokens = tokenizer("silk folds in deep teal with coral accents", return_tensors="pt")
    with torch.no_grad():
        words = torch.nn.functional.normalize(encoder(tokens.input_ids)[0][0], dim=-1)
    assert (words @ words.T - torch.eye(len(words))).abs().max() < 0.5


@pytest.mark.parametrize(("kind", "tokens"), [("clip", 12), ("still", 6), ("words", 1)])
def test_each_kind_of_step_sees_its_share_of_the_tokens(
    pool: Path, tmp_path: Path, kind: str, tokens: int
) -> None:
    trainer = _trainer(pool, tmp_path)
    seen: list[int] = []
    trainer.transformer.register_forward_pre_hook(
        lambda _module, _args, given: seen.append(given["hidden_states"].shape[1]), with_kwargs=True
    )
    latents, scenes = trainer.data.batch(2, trainer.generator)
    assert trainer.loss_of(latents, scenes, kind).isfinite()
    assert seen == [tokens]


def test_a_shard_keeps_latents_and_scenes_together(pool: Path) -> None:
    [(key, (latents, scenes))] = read_shard(next(pool.glob("*.safetensors"))).items()
    assert key == "64x96"
    assert latents.shape == (12, TINY.channels, 2, 3, 2)
    assert len(scenes) == 12


def test_unknown_words_and_the_empty_prompt_are_tokens_too() -> None:
    tokenizer = build_tokenizer()
    assert tokenizer("").input_ids == [tokenizer.eos_token_id]
    unknown, known = tokenizer("Quittengelee TEAL").input_ids[:2]
    assert unknown == tokenizer.unk_token_id
    assert known == tokenizer("teal").input_ids[0] != unknown


def test_orthogonalised_matrices_have_singular_values_near_one() -> None:
    matrix = torch.randn(24, 48, generator=torch.Generator().manual_seed(0))
    values = torch.linalg.svdvals(orthogonalised(matrix))
    assert values.min() > 0.5
    assert values.max() < 1.4
