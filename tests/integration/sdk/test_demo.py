# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The main job on the example campaign: what is made, what comes back, and what is said about it."""

import json
import re
import shlex
from pathlib import Path

import av
import pytest

from .conftest import DemoRun, run_program

ROOT = Path(__file__).resolve().parents[3]


def test_six_ads_are_delivered_sealed_and_intact(demo: DemoRun) -> None:
    ads = demo.summary["ads"]
    assert len(ads) == 6
    assert {ad["verdict"] for ad in ads} == {"intact"}
    assert len({ad["id"] for ad in ads}) == 6
    assert {ad["locale"] for ad in ads} == {"en-US", "ar-AE"}
    assert sorted(p.name for p in demo.out.glob("*/ad.mp4")) == ["ad.mp4"] * 6
    for folder in {p.parent for p in demo.out.glob("*/ad.mp4")}:
        assert {"ad.mp4", "manifest.c2pa", "plan.json"} <= {p.name for p in folder.iterdir()}


@pytest.mark.parametrize(("ratio", "size"), [("9x16", (1080, 1920)), ("1x1", (1080, 1080))])
def test_every_ad_is_six_seconds_at_thirty_frames_with_stereo_sound(
    demo: DemoRun, ratio: str, size: tuple[int, int]
) -> None:
    paths = [p for p in demo.out.glob("*/ad.mp4") if ratio in p.parent.name]
    assert len(paths) == 3
    for path in paths:
        with av.open(str(path)) as container:
            video, sound = container.streams.video[0], container.streams.audio[0]
            assert (video.width, video.height, video.frames) == (*size, 180)
            assert video.average_rate == 30
            assert (sound.sample_rate, sound.channels) == (48_000, 2)
            assert container.duration is not None
            assert abs(container.duration / 1e6 - 6.0) < 0.05


def test_what_comes_back_gets_the_verdict_it_deserves(demo: DemoRun) -> None:
    said = {check["name"]: check["verdict"] for check in demo.summary["checks"]}
    assert said == {
        "1-as-delivered": "intact",
        "2-platform-copy": "recovered",
        "3-trimmed-cropped": "recovered",
        "4-tampered": "broken",
        "5-unmarked": "none",
    }


def test_every_verdict_names_the_development_identity_where_it_names_a_signer(demo: DemoRun) -> None:
    for check in demo.summary["checks"]:
        if check["verdict"] in ("intact", "recovered"):
            assert "development" in check["report"]["axes"]["signer_trust"]["sentence"].lower()


def test_the_demo_stays_within_five_minutes_and_four_gigabytes(demo: DemoRun) -> None:
    assert demo.seconds < 300
    assert demo.summary["peak_memory_mb"] < 4096


def test_the_reports_are_written_and_complete(demo: DemoRun) -> None:
    report = json.loads((demo.out / "report.json").read_text())
    assert report["checks"] == demo.summary["checks"]
    page = (demo.out / "report.html").read_text()
    assert page.count("<video") == 11
    for link in re.findall(r'src="([^"]+\.mp4)"', page):
        assert (demo.out / link).is_file()
    assert (demo.out / "contact-sheet.png").read_bytes().startswith(b"\x89PNG")


def test_running_the_demo_again_renders_nothing_and_says_the_same(demo: DemoRun) -> None:
    before = {p: p.stat().st_mtime_ns for p in demo.out.glob("*/ad.mp4")}
    again = run_program("render", _example(), "--to", demo.out, "--json", home=demo.home, cwd=demo.root)
    assert again.returncode == 0, again.stderr
    ads = json.loads(again.stdout)["ads"]
    assert all(ad["already_there"] for ad in ads)
    assert {p: p.stat().st_mtime_ns for p in demo.out.glob("*/ad.mp4")} == before


def test_the_commands_of_the_readme_do_what_it_says(demo: DemoRun) -> None:
    readme = (ROOT / "README.md").read_text()
    first_screen = re.search(r"```\n(make demo\n.+?)```", readme, re.S)
    assert first_screen is not None
    make, verify = first_screen[1].strip().splitlines()
    recipe = re.search(r"^demo:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.M)
    assert make == "make demo"
    assert recipe is not None
    assert "adseal demo" in recipe[1]
    program, *arguments = shlex.split(verify)
    assert program == ".venv/bin/adseal"
    said = run_program(*arguments, home=demo.home, cwd=demo.root)
    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith("recovered")


def test_the_commands_listed_in_the_readme_exist(demo: DemoRun) -> None:
    readme = (ROOT / "README.md").read_text()
    named = set(re.findall(r"^adseal (\w+)", readme, re.M))
    making, checking = (
        {"plan", "render", "generate", "seal", "schema"},
        {"verify", "detect", "audit", "crjson", "comply"},
    )
    assert named == making | checking | {"receipt", "trust"}
    shown = run_program("--help", home=demo.home).stdout
    assert all(name in shown for name in named)


def test_the_python_of_the_readme_runs(
    demo: DemoRun, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    snippets = re.findall(r"```python\n(.+?)```", (ROOT / "README.md").read_text(), re.S)
    (snippet,) = (s for s in snippets if "adseal.verify" in s)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ADSEAL_HOME", str(demo.home))
    (tmp_path / "received.mp4").symlink_to(demo.out / "received" / "2-platform-copy.mp4")
    names: dict[str, object] = {}
    exec("import adseal\n" + snippet, names)
    assert names["report"].verdict == "recovered"  # type: ignore[attr-defined]


def _example() -> Path:
    import adseal

    return Path(adseal.__file__).parent / "data" / "example" / "campaign.yaml"
