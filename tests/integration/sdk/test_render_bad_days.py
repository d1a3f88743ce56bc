# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Rendering on bad days: killed, no room, no rights, no model, bad campaign."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import adseal

from .conftest import DemoRun, Program, run_program

EXAMPLE = Path(adseal.__file__).parent / "data" / "example"


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    folder = tmp_path / "campaign"
    shutil.copytree(EXAMPLE, folder)
    return folder / "campaign.yaml"


def _delivered(to: Path) -> list[Path]:
    return [p for p in to.rglob("*.mp4") if p.is_file()] if to.exists() else []


def test_a_render_killed_at_the_worst_moment_leaves_nothing_half_made_and_goes_on(
    campaign: Path, tmp_path: Path, demo: DemoRun
) -> None:
    home, to = tmp_path / "home", tmp_path / "ads"
    shutil.copytree(demo.home, home)  # same keys and clips: the kill falls into compositing and encoding
    only = next(ad["plan_id"] for ad in demo.summary["ads"] if "1x1" in ad["plan_id"])
    command = [sys.executable, "-c", "from adseal.cli import main; main()", "render", campaign, "--to", to]
    process = subprocess.Popen(
        [*map(str, command), "--only", only, "--quiet"],
        env={**os.environ, "ADSEAL_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    unfinished = home / "cache" / "work"
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and not any(
        p.stat().st_size > 100_000 for p in unfinished.rglob("*.mp4") if p.exists()
    ):
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -9
    assert any(unfinished.rglob("*.mp4")), "the kill came too late to prove anything"
    assert _delivered(to) == []

    again = run_program("render", campaign, "--to", to, "--only", only, "--json", home=home)
    assert again.returncode == 0, again.stderr
    (ad,) = json.loads(again.stdout)["ads"]
    assert ad["verdict"] == "intact"
    assert len(_delivered(to)) == 1
    assert list(unfinished.iterdir()) == []


def test_an_ad_that_was_replaced_at_the_destination_is_an_error_not_a_success(
    campaign: Path, demo: DemoRun, tmp_path: Path, plain_video: Path
) -> None:
    to = tmp_path / "ads"
    shutil.copytree(demo.out, to)
    ad = next(p for p in _delivered(to) if "1x1" in str(p))
    plan_id = ad.parent.name.rsplit("-", 1)[0]
    ad.unlink()
    shutil.copyfile(plain_video, ad)
    said = run_program("render", campaign, "--to", to, "--only", plan_id, home=demo.home)
    assert said.returncode == 1
    assert "Traceback" not in said.stderr


def test_a_destination_that_cannot_be_written_is_told_before_anything_is_rendered(
    campaign: Path, program: Program, tmp_path: Path, own_home: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    said = program("render", campaign, "--to", blocked)
    assert said.returncode in (1, 2)
    assert "hint" in said.stderr
    assert not (own_home / "cache" / "clips").exists()


def test_a_full_disk_at_the_destination_is_one_typed_error(
    campaign: Path, demo: DemoRun, tmp_path: Path
) -> None:
    if os.geteuid() != 0:
        pytest.skip("mounting a small tmpfs needs root")
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", small], check=False).returncode:
        pytest.skip("tmpfs cannot be mounted here")
    try:
        only = next(ad["plan_id"] for ad in demo.summary["ads"] if "1x1" in ad["plan_id"])
        said = run_program("render", campaign, "--to", small, "--only", only, "--json", home=demo.home)
        assert said.returncode == 1, said.stdout
        assert "Traceback" not in said.stderr
        assert _delivered(small) == []
    finally:
        subprocess.run(["umount", small], check=True)


def test_a_model_folder_that_is_not_there_or_damaged_is_one_typed_error(
    campaign: Path, program: Program, tmp_path: Path
) -> None:
    missing = program("render", campaign, "--to", tmp_path / "ads", "--model", tmp_path / "no-model")
    assert missing.returncode == 1
    assert "no-model" in missing.stderr
    import adseal_generator

    damaged = tmp_path / "damaged"
    shutil.copytree(Path(adseal_generator.__file__).parent / "mini", damaged)
    weights = next((damaged / "transformer").glob("*.safetensors"))
    weights.write_bytes(weights.read_bytes()[:1000])
    broken = program("render", campaign, "--to", tmp_path / "ads", "--model", damaged)
    assert broken.returncode == 1
    assert "Traceback" not in missing.stderr + broken.stderr
    assert _delivered(tmp_path / "ads") == []


@pytest.mark.parametrize(
    ("file", "before", "after", "told"),
    [
        ("campaign.yaml", "briefs:", "briefs: [", "campaign.yaml:"),
        ("campaign.yaml", "social-square-1x1", "billboard-9x9", "billboard-9x9"),
        ("campaign.yaml", "placements:", "colour_of_the_sky: blue\nplacements:", "colour_of_the_sky"),
    ],
)
def test_a_bad_campaign_is_told_with_file_and_line_and_exits_with_two(
    campaign: Path, program: Program, tmp_path: Path, file: str, before: str, after: str, told: str
) -> None:
    path = campaign.parent / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    for command in (["plan", campaign], ["render", campaign, "--to", tmp_path / "ads"]):
        said = program(*command)
        assert said.returncode == 2, said.stderr
        assert told in said.stderr
        assert "Traceback" not in said.stderr
    assert not (tmp_path / "ads").exists()


def test_a_headline_too_long_for_its_box_is_told_before_anything_is_rendered(
    campaign: Path, program: Program, own_home: Path
) -> None:
    brief = campaign.parent / "briefs" / "first-case.yaml"
    text = brief.read_text(encoding="utf-8")
    assert "headline: Your first case, lighter." in text
    wide = "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW"  # within the slot's letters, not within its box
    brief.write_text(text.replace("Your first case, lighter.", wide), encoding="utf-8")
    said = program("plan", campaign)
    assert said.returncode == 2, said.stdout
    assert "headline" in said.stderr
    assert not (own_home / "cache").exists()


def test_plan_json_is_one_document_and_stable(program: Program) -> None:
    first, second = (program("plan", EXAMPLE / "campaign.yaml", "--json") for _ in range(2))
    plans = json.loads(first.stdout)["plans"]
    assert len(plans) == 6
    assert first.stdout == second.stdout
