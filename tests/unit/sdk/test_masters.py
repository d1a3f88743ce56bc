# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Base clips are made once and found again by what decides their pixels."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from adseal.masters import Masters, _frame_count
from adseal_templates.plan import AdPlan, ShotPlan

pytest.importorskip("torch", reason="needs the generator extra")

from adseal_generator.diffusion import Clip, ModelInfo


class CountingModel:
    """Stands where a model stands; makes tiny clips and counts them."""

    def __init__(self, digest: str = "d1") -> None:
        self.made: list[dict[str, Any]] = []
        self.info = ModelInfo(
            name="counting",
            version="1",
            digest=digest,
            fps=10,
            max_frames=33,
            sizes=((32, 64),),
            default_steps=4,
            default_guidance=1.0,
            licence="Apache-2.0",
        )

    def size_for(self, width: int, height: int) -> tuple[int, int]:
        return (32, 64)

    def generate(self, prompt: str, **asked: Any) -> Clip:
        self.made.append({"prompt": prompt, **asked})
        frames = np.full(
            (asked["num_frames"], asked["height"], asked["width"], 3), asked["seed"] % 256, np.uint8
        )
        return Clip(frames=frames, fps=10)


def _clip(masters: Masters, plan: AdPlan, shot: ShotPlan) -> Clip:
    return masters.clip(plan, shot, on_step=lambda *_: None)


def test_the_same_shot_is_made_once_and_another_seed_again(tmp_path: Path, example_plan: AdPlan) -> None:
    model = CountingModel()
    masters = Masters(tmp_path, lambda: model)  # type: ignore[arg-type, return-value]
    shot = example_plan.shots[0]
    first = _clip(masters, example_plan, shot)
    again = _clip(masters, example_plan, shot)
    other = _clip(masters, example_plan, shot.model_copy(update={"seed": shot.seed ^ 1}))
    assert len(model.made) == 2
    assert np.array_equal(first.frames, again.frames)
    assert not np.array_equal(first.frames, other.frames)


def test_a_new_model_digest_makes_every_clip_again(tmp_path: Path, example_plan: AdPlan) -> None:
    old, new = CountingModel("d1"), CountingModel("d2")
    _clip(Masters(tmp_path, lambda: old), example_plan, example_plan.shots[0])  # type: ignore[arg-type, return-value]
    _clip(Masters(tmp_path, lambda: new), example_plan, example_plan.shots[0])  # type: ignore[arg-type, return-value]
    assert len(new.made) == 1


def test_a_damaged_cache_file_costs_time_and_nothing_else(tmp_path: Path, example_plan: AdPlan) -> None:
    model = CountingModel()
    masters = Masters(tmp_path, lambda: model)  # type: ignore[arg-type, return-value]
    _clip(masters, example_plan, example_plan.shots[0])
    (kept,) = tmp_path.glob("*.npy")
    kept.write_bytes(kept.read_bytes()[:100])
    _clip(masters, example_plan, example_plan.shots[0])
    assert len(model.made) == 2


@pytest.mark.parametrize(("seconds", "frames"), [(0.5, 9), (0.8, 9), (2.4, 25), (3.0, 33), (60.0, 33)])
def test_clip_lengths_follow_the_8k_plus_1_rule_within_the_model(seconds: float, frames: int) -> None:
    assert _frame_count(seconds, 10, 33) == frames
