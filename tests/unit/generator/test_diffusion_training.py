# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The training of mini, at toy size: it learns, it can be continued, and what it writes can be loaded."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from adseal_generator import Generator
from adseal_generator.training.__main__ import TINY, TINY_SHAPE, main
from adseal_generator.training.basis import fit_basis
from adseal_generator.training.loop import TASKS, Data, Recipe, Trainer, mentioned
from adseal_generator.training.optimiser import orthogonalised
from adseal_generator.training.pool import Clips, read_shard, render_clips, write_shard
from adseal_generator.training.slots import SLOTS
from adseal_generator.world.scene import sample_scenes

RECIPE = Recipe(
    minutes=1, batch=4, shape=TINY_SHAPE, words_share=0.0, still_share=0.0, words_first=0, warmup_steps=5
)


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pool")
    clips = [c for _, c in render_clips(1, 6, TINY.formats)]
    vae = fit_basis(clips, channels=TINY.channels, max_blocks=200)
    write_shard(vae, folder, 5, 6, TINY.formats)
    return folder


def _trainer(pool: Path, folder: Path, recipe: Recipe = RECIPE) -> Trainer:
    trainer = Trainer(recipe, Data(pool), folder, channels=TINY.channels)
    trainer.data.refresh()
    return trainer


def test_a_tiny_run_writes_a_checkpoint_that_the_host_loads(tmp_path: Path) -> None:
    threads = torch.get_num_threads()
    main(["--out", str(tmp_path / "model"), "--minutes", "0.05", "--batch", "2", "--tiny"])
    generator = Generator.load(tmp_path / "model", threads=threads)
    clip = generator.generate("teal silk", width=64, height=96, num_frames=9, seed=1, steps=2)
    assert clip.frames.shape == (9, 96, 64, 3)


def test_a_family_that_does_not_exist_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--out", str(tmp_path / "model"), "--families", "ocean,sharks"])
    assert "there is no sharks" in capsys.readouterr().err


def _loss(trainer: Trainer, clips: Clips, kind: str) -> float:
    """Mean loss of one batch under always the same noise."""
    trainer.generator.manual_seed(3)
    with torch.no_grad():
        return sum(float(trainer.loss_of(clips, kind)) for _ in range(12)) / 12


def test_the_loss_falls(pool: Path, tmp_path: Path) -> None:
    trainer = _trainer(pool, tmp_path)
    clips = trainer.data.batch(200, trainer.generator)
    before = _loss(trainer, clips, "clip")
    for _ in range(80):
        trainer.step(1.0)
    assert _loss(trainer, clips, "clip") < 0.9 * before


def test_what_is_said_lowers_the_loss_more_than_what_was_said_of_another_clip(
    pool: Path, tmp_path: Path
) -> None:
    trainer = _trainer(pool, tmp_path, replace(RECIPE, silence=0.0, words_share=1.0))
    for _ in range(100):
        trainer.step(1.0)
    clips = trainer.data.batch(200, trainer.generator)
    others = replace(clips, scenes=clips.scenes[1:] + clips.scenes[:1])
    assert _loss(trainer, clips, "words") < _loss(trainer, others, "words")


@pytest.mark.parametrize("guidance", [1.0, 2.5])
def test_stopped_and_continued_it_goes_the_same_way(pool: Path, tmp_path: Path, guidance: float) -> None:
    """Also in the last stage, which has a teacher."""
    recipe = replace(RECIPE, guidance=guidance, guided_share=1.0)
    straight = _trainer(pool, tmp_path / "a", recipe)
    expected = [straight.step(0.5) for _ in range(4)]
    first = _trainer(pool, tmp_path / "b", recipe)
    got = [first.step(0.5) for _ in range(2)]
    first.save()
    second = _trainer(pool, tmp_path / "b", recipe)
    assert second.resume()
    got += [second.step(0.5) for _ in range(2)]
    assert got == expected


@pytest.mark.parametrize(("kind", "tokens"), [("still", 6), ("words", 2)])
def test_each_kind_of_step_sees_its_share_of_the_tokens(
    pool: Path, tmp_path: Path, kind: str, tokens: int
) -> None:
    trainer = _trainer(pool, tmp_path)
    seen = _watched(trainer)
    assert trainer.loss_of(trainer.data.batch(36, trainer.generator), kind).isfinite()
    assert [hidden.shape[1] for hidden, _ in seen] == [tokens]


@pytest.mark.parametrize(
    ("task", "extra", "given"),
    [("text", 0, 0), ("first", 0, 6), ("previous", 0, 12), ("last", 6, 6), ("both", 6, 12)],
)
def test_pictures_are_given_as_clean_tokens_at_noise_level_zero(
    pool: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task: str, extra: int, given: int
) -> None:
    monkeypatch.setattr("adseal_generator.training.loop.TASKS", {t: float(t == task) for t in TASKS})
    trainer = _trainer(pool, tmp_path)
    seen = _watched(trainer)
    clips = trainer.data.batch(36, trainer.generator)
    assert trainer.loss_of(clips, "clip").isfinite()
    [(hidden, level)] = seen
    assert hidden.shape[1] == 18 + extra
    assert ((level == 0).sum(1) == given).all()
    clean = clips.latents.flatten(2).transpose(1, 2)
    if task in ("first", "previous"):
        torch.testing.assert_close(hidden[:, :6], clean[:, :6])
    if extra:
        torch.testing.assert_close(hidden[:, :6], clips.ends[:, :, 1].flatten(2).transpose(1, 2))


def test_a_shard_keeps_latents_and_scenes_together(pool: Path) -> None:
    [(key, clips)] = read_shard(next(pool.glob("*.safetensors"))).items()
    assert key == "64x96x17"
    assert clips.latents.shape == (12, TINY.channels, 3, 3, 2)
    assert clips.ends.shape == (12, TINY.channels, 2, 3, 2)
    assert len(clips.scenes) == 12


def test_only_what_a_scene_has_is_mentioned_and_sometimes_nothing() -> None:
    generator = torch.Generator().manual_seed(0)
    silent = 0
    for scene in sample_scenes(300, generator):
        said = mentioned(scene, generator, 0.1)
        silent += not said
        assert set(said) <= set(SLOTS)
        assert said.get("scene", scene.thing or scene.family) == (scene.thing or scene.family)
        assert said.get("main", scene.main) == scene.main
        assert said.get("direction") in (None, scene.direction, scene.slide)
    assert 10 < silent < 60


def test_orthogonalised_matrices_have_singular_values_near_one() -> None:
    matrix = torch.randn(24, 48, generator=torch.Generator().manual_seed(0))
    values = torch.linalg.svdvals(orthogonalised(matrix))
    assert values.min() > 0.5
    assert values.max() < 1.4


def _watched(trainer: Trainer) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """What the transformer is called with: tokens, and the noise level of each."""
    seen: list[tuple[torch.Tensor, torch.Tensor]] = []
    trainer.transformer.register_forward_pre_hook(
        lambda _module, _args, given: seen.append((given["hidden_states"], given["timestep"])),
        with_kwargs=True,
    )
    return seen
