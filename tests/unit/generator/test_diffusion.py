# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The host of text-to-video models, with the model that comes with the package."""

import json
import logging
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import adseal_generator
from adseal_generator import GenerationCancelled, Generator, ModelError, model_info
from adseal_generator.diffusion import timesteps

MINI = Path(adseal_generator.__file__).parent / "mini"
SMALL = {"width": 192, "height": 320, "num_frames": 9, "steps": 2}
PROMPT = (
    "Slow push in. Silk folds in deep teal with coral accents, soft studio light, empty space at the top."
)


@pytest.fixture(scope="module")
def mini() -> Generator:
    return Generator.load("mini", threads=1)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of mini to damage, without the list of sums that would tell any change at once."""
    folder = tmp_path / "model"
    shutil.copytree(MINI, folder)
    about = json.loads((folder / "adseal.json").read_text())
    del about["files"]
    (folder / "adseal.json").write_text(json.dumps(about))
    return folder


def test_mini_says_what_it_can_do() -> None:
    info = model_info("mini")
    assert info.name == "mini"
    assert info.licence == "Apache-2.0"
    assert info.sizes == ((192, 320), (320, 192), (256, 256), (224, 288))
    assert (info.fps, info.lengths) == (10, (33, 65))
    assert info.conditions == ("first_frame", "last_frame", "previous")
    assert info.default_guidance == 1.0  # baked in
    assert len(info.digest) == 64


def test_the_shipped_files_stay_small_enough_to_travel() -> None:
    sizes = [p.stat().st_size for p in MINI.rglob("*") if p.is_file()]
    assert max(sizes) <= 15_000_000
    assert sum(sizes) <= 50_000_000


def test_the_same_seed_gives_the_same_frames_and_another_seed_others(mini: Generator) -> None:
    first, again, other = (mini.generate(PROMPT, **SMALL, seed=seed).frames for seed in (5, 5, 6))
    assert first.shape == (9, 320, 192, 3)
    assert first.dtype == np.uint8
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_words_change_the_picture_and_unknown_words_do_no_harm(mini: Generator) -> None:
    def made(prompt: str) -> np.ndarray:  # type: ignore[type-arg]
        return mini.generate(prompt, **SMALL, seed=5).frames.astype(float)

    assert np.abs(made("teal silk") - made("a city in red")).mean() > 5
    assert made("Frühlingsangebot für Ölmühlen, 春, teal silk").std() > 5
    assert made("").shape == (9, 320, 192, 3)


@pytest.mark.parametrize(("colour", "channel"), [("red", 0), ("green", 1), ("blue", 2)])
@pytest.mark.parametrize("subject", ["ocean waves", "layered hills"])
def test_the_colour_that_was_asked_for_rules_the_picture(
    mini: Generator, subject: str, colour: str, channel: int
) -> None:
    clip = mini.generate(f"{subject} in deep {colour}, dark", width=192, height=320, num_frames=9, seed=3)
    assert int(clip.frames.mean((0, 1, 2)).argmax()) == channel


def test_a_second_colour_does_not_muddy_the_first(mini: Generator) -> None:
    one, two = ("Gentle sea in navy, calm", "Gentle sea in navy with gold accents, calm")
    told = [mini.generate(p, **SMALL, seed=5).frames.mean((0, 1, 2)) for p in (one, two)]
    assert all(blue > red for red, _, blue in told)


def test_a_hex_code_is_read_as_a_colour(mini: Generator) -> None:
    def made(prompt: str) -> float:
        red, _, blue = mini.generate(prompt, **SMALL, seed=5).frames.mean((0, 1, 2))
        return float(blue - red)

    assert made("ocean waves in #1020c0, dark") > made("ocean waves in #c01020, dark") + 20


@pytest.mark.parametrize(
    ("wanted", "native"),
    [
        ((1080, 1920), (192, 320)),
        ((1080, 1080), (256, 256)),
        ((1920, 1080), (320, 192)),
        ((1080, 1350), (224, 288)),
    ],
)
def test_the_native_size_is_the_one_nearest_in_shape(
    mini: Generator, wanted: tuple[int, int], native: tuple[int, int]
) -> None:
    assert mini.size_for(*wanted) == native


def test_a_shorter_clip_is_the_beginning_of_a_longer_one(mini: Generator) -> None:
    longer, shorter = (mini.generate(PROMPT, **{**SMALL, "num_frames": n}, seed=1).frames for n in (20, 7))
    assert (len(longer), len(shorter)) == (20, 7)
    assert np.array_equal(longer[:7], shorter)


def test_every_step_is_reported(mini: Generator) -> None:
    seen: list[tuple[int, int]] = []
    mini.generate(PROMPT, **{**SMALL, "steps": 3}, seed=1, on_step=lambda done, of: seen.append((done, of)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_cancelling_between_steps_stops_at_once_and_the_model_works_on(mini: Generator) -> None:
    seen: list[int] = []
    with pytest.raises(GenerationCancelled):
        mini.generate(
            PROMPT,
            **{**SMALL, "steps": 4},
            seed=1,
            on_step=lambda done, _: seen.append(done),
            cancelled=lambda: len(seen) == 2,
        )
    assert seen == [1, 2]
    assert mini.generate(PROMPT, **SMALL, seed=1).frames.shape[0] == 9


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"width": 200}, "192x320"),
        ({"num_frames": 66}, "1 to 65"),
        ({"num_frames": 0}, "1 to 65"),
        ({"steps": 0}, "1 to 200"),
        ({"seed": -1}, "seed"),
        ({"guidance": 0.0}, "guidance"),
    ],
)
def test_a_request_the_model_cannot_meet_is_refused_with_what_it_can(
    mini: Generator, change: dict[str, int], said: str
) -> None:
    with pytest.raises(ModelError, match=said) as caught:
        mini.generate(PROMPT, **{**SMALL, "seed": 1, **change})  # type: ignore[arg-type]
    assert caught.value.code == "request_unsupported"


def test_nothing_is_said_on_the_terminal(mini: Generator, capfd: pytest.CaptureFixture[str]) -> None:
    Generator.load("mini", threads=1).generate(PROMPT, **SMALL, seed=1)
    said = capfd.readouterr()
    assert said.out + said.err == ""
    filters = logging.getLogger("diffusers.pipelines.pipeline_utils").filters
    assert not [f for f in filters if type(f).__module__.startswith("adseal")]


def test_a_folder_that_is_not_there_is_told_by_name(tmp_path: Path) -> None:
    for folder in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(ModelError, match=folder.name) as caught:
            Generator.load(folder)
        assert caught.value.code == "model_missing"
        assert caught.value.hint


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:1000])


@pytest.mark.parametrize(
    ("file", "harm", "code"),
    [
        ("transformer/diffusion_pytorch_model.safetensors", _cut, "model_damaged"),
        ("vae/diffusion_pytorch_model.safetensors", Path.unlink, "model_incomplete"),
        ("transformer/config.json", lambda p: p.write_text("{"), "model_damaged"),
        ("tokenizer/tokenizer.json", Path.unlink, "model_damaged"),
        ("model_index.json", lambda p: p.write_text("[]"), "model_damaged"),
        ("adseal.json", lambda p: p.write_text('{"sizes": 3}'), "model_damaged"),
    ],
)
def test_damaged_files_are_one_typed_error(
    copy: Path, file: str, harm: Callable[[Path], object], code: str
) -> None:
    harm(copy / file)
    with pytest.raises(ModelError) as caught:
        Generator.load(copy)
    assert caught.value.code == code


def test_one_changed_byte_in_the_weights_is_found_by_its_sum(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(MINI, folder)
    weights = next((folder / "transformer").glob("*.safetensors"))
    content = bytearray(weights.read_bytes())
    content[-1000] ^= 1
    weights.write_bytes(content)
    with pytest.raises(ModelError, match="sha256") as caught:
        model_info(folder)
    assert caught.value.code == "model_damaged"


def test_the_digest_follows_the_weights_and_not_the_notes(copy: Path) -> None:
    before = model_info(copy).digest
    (copy / "MODEL_CARD.md").write_text("changed")
    assert model_info(copy).digest == before
    (copy / "scheduler" / "scheduler_config.json").write_text("{}")
    assert model_info(copy).digest != before


def test_noise_levels_fall_from_the_strongest_and_favour_strong_noise() -> None:
    levels = timesteps(8, 5.0)
    assert levels[0] == 1000
    assert levels == sorted(levels, reverse=True)
    assert levels[4] > 800
    assert timesteps(4, 1.0) == [1000, 750, 500, 250]


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import sys, adseal_generator as g; dir(g); print({'torch', 'numpy', 'cv2'} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "set()"
