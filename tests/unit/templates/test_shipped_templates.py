# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Each shipped template in each aspect, with texts as long as its slots take: the plan is the golden one, and every
text fits where it stands.

After a new version of a template: run this file with `ADSEAL_GOLDEN=write` and read the difference before committing
it. A published version's golden changes for nobody.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from adseal_generator.layers import preflight
from adseal_templates import AdPlan, Campaign, Template, expand, placement, template, templates
from adseal_templates.values import Localised, display_width

GOLDEN = Path(__file__).parent / "golden" / "templates"
# One placement for each aspect; the upright one has the narrowest safe zone.
PLACEMENTS = ("social-story-9x16", "feed-4x5", "social-square-1x1", "instream-16x9")
REFS = [each.ref for each in templates()]
WORDS = (
    "Warm evening light over quiet water and every small boat comes slowly home again "
    "before the bells of the old town ring"
)
SCENE = {
    "subject": "a small boat",
    "action": "coming slowly home",
    "setting": "on quiet water",
    "opening": "gentle sea",
    "palette": ("primary", "accent"),
}


def filler(columns: int) -> str:
    """Words of at most so many columns, and hardly fewer."""
    text = ""
    for word in f"{WORDS} {WORDS}".split():
        if display_width(f"{text} {word}".strip()) <= columns:
            text = f"{text} {word}".strip()
    return text


def in_all_aspects(campaign: Campaign, shown: Template) -> list[AdPlan]:
    """The first brief of the example under a template, every slot filled to its limit."""
    texts = {
        name: Localised(filler(slot.max_length or 0)) for name, slot in shown.slots.items() if slot.max_length
    }
    brief = campaign.briefs[0]
    keys = [f"key_message_{i}" for i in (1, 2, 3)]
    messaging = {name: texts[name] for name in ("headline", "tagline", "cta") if name in texts}
    brief = brief.model_copy(
        update={
            "locales": ("en-US",),
            "messaging": brief.messaging.model_copy(
                update={**messaging, "key_messages": tuple(texts[key] for key in keys if key in texts)}
            ),
            "scene": brief.scene.model_copy(update=SCENE),
            "price": None,
            **{name: text for name, text in texts.items() if name not in {*messaging, *keys}},
        }
    )
    return expand(
        campaign.model_copy(
            update={
                "briefs": (brief,),
                "template": shown.ref,
                "templates": {shown.ref: shown},
                "placements": tuple(placement(name) for name in PLACEMENTS),
                "output": campaign.output.model_copy(update={"naming": "{template}_{ratio}"}),
            }
        )
    )


def told_apart(plans: list[AdPlan]) -> dict[str, Any]:
    """The plans as one document: what all aspects share, then what is each one's own."""
    made = [json.loads(plan.canonical_json()) for plan in plans]
    shared = {name: value for name, value in made[0].items() if all(m.get(name) == value for m in made)}
    own = {
        plan.placement.rpartition("-")[2]: {n: v for n, v in m.items() if n not in shared}
        for plan, m in zip(plans, made, strict=True)
    }
    return {"all": shared, **own}


@pytest.mark.parametrize("ref", REFS)
def test_a_template_makes_the_golden_plan_in_every_aspect(campaign: Campaign, ref: str) -> None:
    made = told_apart(in_all_aspects(campaign, template(ref)))
    file = GOLDEN / f"{ref}.json"
    if os.environ.get("ADSEAL_GOLDEN") == "write":
        file.parent.mkdir(exist_ok=True, parents=True)
        file.write_text(json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
    assert set(made) == {"all", "9x16", "4x5", "1x1", "16x9"}
    assert made == json.loads(file.read_text("utf-8"))


def test_no_golden_plan_is_left_over() -> None:
    assert sorted(file.stem for file in GOLDEN.glob("*.json")) == sorted(REFS)


@pytest.mark.parametrize("ref", REFS)
def test_texts_as_long_as_their_slots_fit_where_they_stand(campaign: Campaign, ref: str) -> None:
    for plan in in_all_aspects(campaign, template(ref)):
        assert preflight(plan) == [], plan.plan_id


@pytest.mark.parametrize("ref", REFS)
def test_every_slot_of_a_template_is_seen_in_every_aspect(campaign: Campaign, ref: str) -> None:
    shown = template(ref)
    for plan in in_all_aspects(campaign, shown):
        texts = {layer.text for layer in plan.layers if layer.kind == "text"}
        wanted = {filler(s.max_length) for s in shown.slots.values() if s.max_length}
        assert wanted <= texts, plan.plan_id


@pytest.mark.parametrize("ref", REFS)
def test_no_two_texts_seen_at_once_lie_on_each_other(campaign: Campaign, ref: str) -> None:
    for plan in in_all_aspects(campaign, template(ref)):
        texts = [layer for layer in plan.layers if layer.kind == "text"]
        for i, one in enumerate(texts):
            for other in texts[i + 1 :]:
                a, b = one.timing, other.timing
                # What stands under the end card is covered while the card fades in.
                together = min(a.end_s, b.end_s) - max(a.start_s, b.start_s) > 0.4
                apart = (
                    one.box.right <= other.box.x
                    or other.box.right <= one.box.x
                    or one.box.bottom <= other.box.y
                    or other.box.bottom <= one.box.y
                )
                assert apart or not together, (plan.plan_id, one.role, other.role)
