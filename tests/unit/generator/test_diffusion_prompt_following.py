# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""A short version of benchmarks/prompt_following.py: mini shows what it was asked for, well above chance."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from adseal_generator import Generator

PATH = Path(__file__).resolve().parents[3] / "benchmarks" / "prompt_following.py"


@pytest.fixture(scope="module")
def measure() -> ModuleType:
    spec = importlib.util.spec_from_file_location("prompt_following", PATH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["prompt_following"] = module
    spec.loader.exec_module(module)
    return module


def test_scene_and_colour_of_generated_clips_follow_the_prompt(measure: ModuleType) -> None:
    mini = Generator.load("mini", threads=1)
    scenes = measure.held_out_scenes(12)
    result = measure.compare(
        lambda prompt, seed: mini.generate(prompt, width=192, height=320, num_frames=33, seed=seed).frames,
        scenes,
        measure.load_judge(),
        width=192,
        height=320,
    )
    for name in ("family", "main"):
        assert result[name]["ceiling"]["share"] > 0.75
        assert result[name]["generated"]["share"] > result[name]["floor"] + 0.25
        assert result[name]["generated"]["low"] > result[name]["floor"]


def test_the_measure_gives_chance_to_a_model_that_ignores_its_prompt(measure: ModuleType) -> None:
    said, wanted = ["silk"] * 9, list(measure.FAMILIES)
    assert measure.share_right(said, wanted).share == pytest.approx(1 / 9)
    assert measure.floor(said, wanted) == pytest.approx(1 / 9)
