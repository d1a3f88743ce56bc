# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""One sealed clip from one prompt, with the model that comes with the package."""

import json
import shutil
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

import adseal
import adseal_generator
from adseal.errors import SealingError
from adseal.home import Home
from adseal_generator import GenerationCancelled
from adseal_generator.frames import YuvFrame, yuv_to_rgb

from .conftest import Program

PROMPT = "Slow push in. Silk folds in deep teal with coral accents, soft studio light."
SMALL = ("--seconds", 2, "--aspect", "1:1", "--fps", 12, "--steps", 4)
MINI = Path(adseal_generator.__file__).parent / "mini"


def a_model(folder: Path, conditions: list[str]) -> Path:
    """A copy of mini that says what it can start from."""
    shutil.copytree(MINI, folder)
    about = json.loads((folder / "adseal.json").read_text())
    about.pop("files", None)
    (folder / "adseal.json").write_text(json.dumps(about | {"conditions": conditions}))
    return folder


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    from PIL import Image

    path = tmp_path / "start.png"
    Image.fromarray(soft_picture()).save(path)
    return path


def soft_picture() -> NDArray[np.uint8]:
    y, x = np.mgrid[0:1:300j, 0:1:400j]
    waves = [120 + 90 * np.sin(3 * x + c) * np.cos(2 * y - c) for c in range(3)]
    return np.stack(waves, axis=-1).round().astype(np.uint8)


def first_frame_of(video: Path) -> NDArray[np.uint8]:
    from adseal_generator.footage import read_frames

    frame: YuvFrame = next(iter(read_frames(video)))
    return yuv_to_rgb(frame)


def test_a_prompt_becomes_one_sealed_clip_and_nothing_else(
    program: Program, own_home: Path, tmp_path: Path
) -> None:
    out = tmp_path / "silk.mp4"
    made = program("generate", PROMPT, "-o", out, *SMALL, "--seed", 5, "--json")
    assert made.returncode == 0, made.stderr
    answer = json.loads(made.stdout)
    assert {"output", "id", "sha256", "manifest_id", "seed", "model"} <= set(answer)
    assert (answer["seed"], answer["width"], answer["height"], answer["fps"]) == (5, 1080, 1080, 12)
    assert [p.name for p in tmp_path.iterdir()] == ["silk.mp4"]
    assert list((own_home / "cache" / "work").iterdir()) == []
    with av.open(str(out)) as container:
        assert not container.streams.audio
        assert container.streams.video[0].average_rate == 12
        assert sum(1 for p in container.demux(video=0) if p.size) == 24

    said = program("verify", out, "--json")
    report = json.loads(said.stdout)
    assert (said.returncode, report["verdict"]) == (0, "intact")
    assert report["axes"]["ai_claim"]["state"] == "pass"
    assert {m["id"] for m in report["marks"]} == {answer["id"]}
    assert PROMPT.encode() not in out.read_bytes()

    again = program("generate", PROMPT, "-o", out, *SMALL, "--json")
    assert again.returncode == 1
    assert "already exists" in json.loads(again.stdout)["error"]["message"]
    assert adseal.verify(out, home=Home(own_home)).sha256 == answer["sha256"]


def test_the_same_seed_gives_the_same_picture_and_a_given_one_begins_it(
    own_home: Path, tmp_path: Path, picture: Path
) -> None:
    studio = adseal.Studio(model=a_model(tmp_path / "model", ["first_frame"]), home=Home(own_home), threads=1)
    small: dict[str, Any] = {"seconds": 2, "aspect": "1:1", "fps": 12, "steps": 2}
    first = studio.generate(PROMPT, tmp_path / "1.mp4", seed=5, **small)
    again = studio.generate(PROMPT, tmp_path / "2.mp4", seed=first.seed, **small)
    begun = studio.generate(PROMPT, tmp_path / "3.mp4", seed=5, first_frame=picture, **small)
    drawn = studio.generate(PROMPT, tmp_path / "4.mp4", **small)
    frames = [first_frame_of(Path(v.output)).astype(float) for v in (first, again, begun, drawn)]
    assert np.abs(frames[0] - frames[1]).mean() < 3  # grain and mark differ, no more
    assert np.abs(frames[0] - frames[3]).mean() > 5
    wanted = cv2.resize(soft_picture()[:, 50:350], (1080, 1080), interpolation=cv2.INTER_CUBIC).astype(float)
    assert np.abs(frames[2] - wanted).mean() < 4
    assert np.abs(frames[0] - wanted).mean() > 12


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--first-frame", "start.png"), 2, "prompt alone"),
        (("--first-frame", "missing.png"), 3, "missing.png"),
        (("--seconds", "9"), 2, "--seconds"),
        (("--aspect", "3:4"), 2, "--aspect"),
        (("--model", "nowhere"), 1, "nowhere"),
    ],
)
def test_what_cannot_be_made_is_told_with_its_exit_code_and_leaves_nothing(
    program: Program, tmp_path: Path, picture: Path, options: tuple[str, str], code: int, said: str
) -> None:
    model = a_model(tmp_path / "model", [])
    before = sorted(p.name for p in tmp_path.iterdir())
    told = program("generate", PROMPT, "-o", "out.mp4", "--model", model, *options, cwd=tmp_path)
    assert told.returncode == code, told.stderr
    assert said in told.stderr
    assert "Traceback" not in told.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == before


def test_a_cancelled_clip_leaves_nothing(own_home: Path, tmp_path: Path) -> None:
    studio = adseal.Studio(home=Home(own_home), threads=1)
    with pytest.raises(GenerationCancelled):
        studio.generate(PROMPT, tmp_path / "out.mp4", steps=2, cancelled=lambda: True)
    assert list(tmp_path.iterdir()) == []
    assert list((own_home / "cache" / "work").iterdir()) == []


def test_a_folder_that_is_not_there_is_told_before_the_model_is_loaded(
    own_home: Path, tmp_path: Path
) -> None:
    studio = adseal.Studio(home=Home(own_home), model=tmp_path / "no-model")
    with pytest.raises(SealingError, match="does not exist"):
        studio.generate(PROMPT, tmp_path / "nowhere" / "out.mp4")
