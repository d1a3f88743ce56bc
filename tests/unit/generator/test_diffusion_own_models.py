# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""A user's own checkpoint: a stock LTX pipeline with stock parts, tiny and untrained, with and without adseal.json."""

import json
from pathlib import Path

import pytest
import torch
from diffusers import AutoencoderKLLTXVideo, FlowMatchEulerDiscreteScheduler, LTXPipeline

from adseal_generator import Generator, ModelError, model_info
from adseal_generator.training.model import Shape, build_transformer
from adseal_generator.training.reader import build_text_encoder
from adseal_generator.training.words import with_pieces


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stock-ltx")
    shape = Shape(width=32, layers=1, head_width=32, text_width=32)
    words = with_pieces(("a", "silk"), torch.randn(2, 32))
    torch.manual_seed(0)
    vae = AutoencoderKLLTXVideo(
        latent_channels=8,
        block_out_channels=(8, 8, 8, 8),
        decoder_block_out_channels=(8, 8, 8, 8),
        layers_per_block=(1, 1, 1, 1, 1),
        decoder_layers_per_block=(1, 1, 1, 1, 1),
    )
    LTXPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(),
        vae=vae,
        text_encoder=build_text_encoder(words, layers=1),
        tokenizer=words.tokenizer,
        transformer=build_transformer(shape, 8),
    ).save_pretrained(folder)
    return folder


def test_without_a_description_it_gets_the_limits_of_its_family(stock: Path) -> None:
    info = model_info(stock)
    assert info.name == stock.name
    assert (info.fps, info.max_frames, info.licence) == (24, 161, "unknown")
    with pytest.raises(ModelError, match="704x1216"):
        Generator.load(stock).generate("a", width=64, height=64, num_frames=9, seed=1)


def test_with_a_description_it_is_held_to_what_that_says(stock: Path) -> None:
    about = {"name": "own", "version": "2", "sizes": [[64, 96]], "fps": 12, "frames": 17, "default_steps": 2}
    (stock / "adseal.json").write_text(json.dumps(about))
    own = Generator.load(stock)
    steps: list[tuple[int, int]] = []
    clip = own.generate(
        "a", width=64, height=96, num_frames=6, seed=1, on_step=lambda done, of: steps.append((done, of))
    )
    assert clip.frames.shape == (6, 96, 64, 3)
    assert clip.fps == 12
    assert steps == [(1, 2), (2, 2)]
