# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What a single clip may be asked for, and how long a clip is asked of the model."""

from typing import Any

import pytest

from adseal.cli.show import exit_code
from adseal.clips import ClipRequest, frames_for
from adseal.errors import RequestError


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"seconds": 1.9}, "2 to 6"),
        ({"seconds": 6.1}, "2 to 6"),
        ({"seconds": float("nan")}, "2 to 6"),
        ({"aspect": "3:4"}, "9:16, 16:9, 1:1, 4:5"),
        ({"fps": 0}, "12 to 60"),
        ({"prompt": "  "}, "empty prompt"),
    ],
)
def test_a_value_out_of_range_is_refused_with_the_range(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(RequestError, match=said) as caught:
        ClipRequest(**{"prompt": "silk", **wrong})
    assert exit_code(caught.value) == 2


def a_model(lengths: tuple[int, ...], most: int) -> Any:
    pytest.importorskip("torch", reason="needs the generator extra")
    from adseal_generator.diffusion import ModelInfo

    return ModelInfo("m", "1", "d", 10, most, ((64, 64),), 8, 1.0, "unknown", lengths)


@pytest.mark.parametrize(("seconds", "frames"), [(2.0, 21), (5.0, 51), (6.0, 61)])
def test_a_clip_has_a_frame_for_each_moment_and_one_to_look_forward_to(seconds: float, frames: int) -> None:
    assert frames_for(seconds, a_model((33, 65), 65), whole=False) == frames
    assert frames_for(seconds, a_model((), 33), whole=False) == min(frames, 33)


@pytest.mark.parametrize(("seconds", "frames"), [(2.0, 33), (4.0, 33), (5.0, 65), (6.0, 65)])
def test_a_clip_that_ends_on_a_picture_has_the_length_that_changes_its_speed_least(
    seconds: float, frames: int
) -> None:
    assert frames_for(seconds, a_model((33, 65), 65), whole=True) == frames


def test_without_lengths_of_its_own_a_model_ends_a_clip_near_the_wanted_moment() -> None:
    assert frames_for(3.0, a_model((), 65), whole=True) == 33
    assert frames_for(6.0, a_model((), 49), whole=True) == 49
