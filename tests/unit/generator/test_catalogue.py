# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What a model folder says of itself: lengths and conditions."""

import json
from pathlib import Path
from typing import Any

import pytest

from adseal_generator import ModelError
from adseal_generator.catalogue import CONDITIONS, describe


def a_folder(tmp_path: Path, pipeline: str = "LTXConditionPipeline", **about: Any) -> Path:
    (tmp_path / "model_index.json").write_text(json.dumps({"_class_name": pipeline}))
    if about:
        (tmp_path / "adseal.json").write_text(json.dumps({"sizes": [[64, 64]], "fps": 10, **about}))
    return tmp_path


def test_several_lengths_are_read_and_the_smallest_sufficient_one_is_named(tmp_path: Path) -> None:
    info, _ = describe(a_folder(tmp_path, lengths=[65, 33]))
    assert (info.lengths, info.max_frames) == ((33, 65), 65)
    assert [info.length_for(n) for n in (1, 33, 34, 65, 66)] == [33, 33, 65, 65, None]


def test_without_lengths_every_8k_plus_1_is_made(tmp_path: Path) -> None:
    info, _ = describe(a_folder(tmp_path, frames=41))
    assert info.lengths == ()
    assert [info.length_for(n) for n in (1, 2, 9, 10, 41, 42)] == [1, 9, 9, 17, 41, None]


def test_named_conditions_come_without_noise_unless_it_is_named_too(tmp_path: Path) -> None:
    info, habits = describe(a_folder(tmp_path, conditions=["previous", "first_frame"]))
    assert info.conditions == ("first_frame", "previous")
    assert (habits.condition_noise, habits.previous_frames) == (0.0, 9)
    _, habits = describe(a_folder(tmp_path, conditions=["previous"], condition_noise=0.1, previous_frames=17))
    assert (habits.condition_noise, habits.previous_frames) == (0.1, 17)


def test_a_described_model_that_names_no_conditions_has_none(tmp_path: Path) -> None:
    assert describe(a_folder(tmp_path, frames=33))[0].conditions == ()


@pytest.mark.parametrize(
    ("pipeline", "conditions"), [("LTXConditionPipeline", CONDITIONS), ("LTXPipeline", ())]
)
def test_a_stock_folder_has_what_its_pipeline_was_made_for(
    tmp_path: Path, pipeline: str, conditions: tuple[str, ...]
) -> None:
    info, habits = describe(a_folder(tmp_path, pipeline))
    assert info.conditions == conditions
    assert habits.condition_noise is None


@pytest.mark.parametrize(
    ("pipeline", "about", "said"),
    [
        ("LTXConditionPipeline", {"lengths": [32]}, "8 k \\+ 1"),
        ("LTXConditionPipeline", {"lengths": 33}, "lengths is 33"),
        ("LTXConditionPipeline", {"lengths": "many"}, "lengths is 'many'"),
        ("LTXConditionPipeline", {"fps": 0}, "fps is 0"),
        ("LTXConditionPipeline", {"default_steps": "8"}, "default_steps is '8'"),
        ("LTXConditionPipeline", {"colours": 0}, "colours is 0"),
        ("LTXConditionPipeline", {"default_guidance": float("nan")}, "default_guidance is nan"),
        ("LTXConditionPipeline", {"previous_frames": 0}, "8 k \\+ 1"),
        ("LTXConditionPipeline", {"conditions": ["middle_frame"]}, "middle_frame"),
        ("LTXPipeline", {"conditions": ["first_frame"]}, "LTXPipeline"),
    ],
)
def test_a_description_that_cannot_be_true_is_refused(
    tmp_path: Path, pipeline: str, about: dict[str, Any], said: str
) -> None:
    with pytest.raises(ModelError, match=said) as caught:
        describe(a_folder(tmp_path, pipeline, **about))
    assert caught.value.code == "model_damaged"
