# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The campaigns in `examples/`: each is accepted as it lies there, texts measured with real fonts."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from adseal import Studio
from adseal_templates import AdPlan, expand, load_campaign

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
CAMPAIGNS = {"retail-offer": 9, "course-explainer": 4, "film-previs": 4}


def plans_of(name: str) -> list[AdPlan]:
    return expand(load_campaign(EXAMPLES / name / "campaign.yaml"))


@pytest.mark.parametrize("name", CAMPAIGNS)
def test_a_campaign_is_planned_without_a_problem(name: str) -> None:
    assert len(Studio().plan(EXAMPLES / name / "campaign.yaml")) == CAMPAIGNS[name]


def test_every_campaign_in_the_folder_is_tested() -> None:
    assert {file.parent.name for file in EXAMPLES.glob("*/campaign.yaml")} == set(CAMPAIGNS)


def test_the_retail_offer_speaks_english_arabic_and_chinese() -> None:
    made = plans_of("retail-offer")
    assert {plan.locale for plan in made} == {"en-US", "ar-AE", "zh-CN"}
    for plan in made:
        texts = [layer for layer in plan.layers if layer.kind == "text"]
        price = next(t for t in texts if t.role == "price")
        assert price.direction == ("rtl" if plan.locale == "ar-AE" else "ltr")
        advertising = [t for t in texts if t.text == "广告."]
        assert len(advertising) == (1 if plan.locale == "zh-CN" else 0)


def test_the_explainer_shows_one_sentence_at_a_time_in_order() -> None:
    for plan in plans_of("course-explainer"):
        captions = [layer for layer in plan.layers if layer.kind == "text" and layer.role == "caption"]
        assert len(captions) == 3
        starts = [layer.timing.start_s for layer in captions]
        assert starts == sorted(starts)
        assert all(a.timing.end_s <= b.timing.start_s for a, b in pairwise(captions))


def test_the_film_shows_in_each_shot_what_its_brief_says_there() -> None:
    plan = plans_of("film-previs")[0]
    prompts = [shot.prompt.lower() for shot in plan.shots]
    wanted = (
        "wide dunes at dawn",
        "hands on a wheel",
        "a lorry",
        "sacks of salt",
        "a wall of sand",
        "tracks",
    )
    for prompt, words in zip(prompts, wanted, strict=True):
        assert words in prompt
    assert plan.shots[-1].transition is not None
    assert [layer for layer in plan.layers if layer.kind == "text" and layer.text == "Pre-visualisation."]


def test_the_script_draws_the_logos_the_campaigns_ship(tmp_path: Path) -> None:
    script = EXAMPLES / "draw_example_logos.py"
    subprocess.run([sys.executable, str(script), str(tmp_path)], check=True)
    drawn = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.png"))
    assert drawn == sorted(path.relative_to(EXAMPLES) for path in EXAMPLES.rglob("*.png"))
    for name in drawn:
        assert (EXAMPLES / name).stat().st_size < 20_000
        with Image.open(tmp_path / name) as ours, Image.open(EXAMPLES / name) as shipped:
            # Versions of the rasteriser may differ in edge pixels only.
            assert max(ImageStat.Stat(ImageChops.difference(ours, shipped)).mean) < 1.0
