# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The measures of benchmarks/mini.py cannot be fooled: they tell what is right from what is not."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch

from adseal_generator import Generator

FAMILIES = ("ocean", "silk", "skyline", "papercut")
BENCHMARKS = Path(__file__).resolve().parents[3] / "benchmarks"


@pytest.fixture(scope="module")
def mini() -> ModuleType:
    sys.path.insert(0, str(BENCHMARKS))
    try:
        return importlib.import_module("mini")
    finally:
        sys.path.remove(str(BENCHMARKS))


def test_a_model_that_draws_what_it_is_told_passes_and_one_that_does_not_is_found_out(
    mini: ModuleType,
) -> None:
    judge = mini.load_judge()
    drawn = {
        text: mini.drawn(scene, 6_000_000 + i)
        for i, (scene, text, _) in enumerate(mini.held_out(16, FAMILIES))
    }
    deaf = next(iter(drawn.values()))
    for made, least, most in ((lambda p, _: drawn[p], 0.75, 1.0), (lambda _p, _s: deaf, 0.0, 0.45)):
        table, _, _ = mini.attributes(made, lambda _p, _s: deaf, judge, FAMILIES, 16)
        assert least <= table["family"]["generated"]["share"] <= most
        assert table["family"]["rendered"]["share"] >= 0.75


def test_the_judge_is_right_about_rendered_clips_it_never_saw(mini: ModuleType) -> None:
    cases = mini.held_out(24, FAMILIES)
    clips = [mini.small_of(mini.drawn(scene, 5_000_000 + i)) for i, (scene, _, _) in enumerate(cases)]
    right = mini.right(mini.answers(mini.load_judge(), clips), cases)
    assert right["family"].mean() > 0.8
    assert right["palette"].mean() > 0.75


def test_a_caption_counts_only_for_what_it_says(mini: ModuleType) -> None:
    scene = mini.held_out(1, ("ocean",))[0][0]
    said = {name: [mini.labels(scene)[name] or ""] for name in mini.HEADS}
    rows = mini.right(said, [(scene, "", {"scene": "ocean", "main": None})])
    assert list(rows["family"]) == [1.0]
    assert len(rows["palette"]) == 0


def test_the_distance_of_equal_distributions_is_zero_and_grows_with_their_difference(
    mini: ModuleType,
) -> None:
    features = np.random.default_rng(0).normal(size=(400, 6))
    assert mini.quality.frechet(features, features) == pytest.approx(0, abs=1e-6)
    assert mini.quality.frechet(features, features + 1) == pytest.approx(6, rel=1e-3)


def test_noise_flickers_stills_are_frozen_and_smooth_motion_is_neither(mini: ModuleType) -> None:
    random = np.random.default_rng(1)
    noise = random.integers(0, 256, (6, 64, 64, 3), dtype=np.uint8)
    wave = np.stack([np.sin((np.arange(64) + 2 * t) / 6) for t in range(6)])
    smooth = np.repeat(np.repeat((wave * 90 + 128).astype(np.uint8)[:, None, :, None], 64, 1), 3, 3)
    still = np.repeat(smooth[:1], 6, 0)
    assert mini.quality.flicker(noise) > 5 * mini.quality.flicker(smooth)
    assert mini.quality.frozen(still)
    assert not mini.quality.frozen(smooth)


def test_the_network_before_training_makes_something_else(mini: ModuleType) -> None:
    blank, model = mini.quality.untrained("mini"), Generator.load("mini", threads=1)
    request = {"width": 192, "height": 320, "num_frames": 33, "seed": 1, "steps": 2}
    one, other = (m.generate("teal ocean", **request).frames for m in (blank, model))
    assert np.abs(one.astype(int) - other).mean() > 5
    assert torch.equal(
        torch.from_numpy(one), torch.from_numpy(blank.generate("teal ocean", **request).frames)
    )
