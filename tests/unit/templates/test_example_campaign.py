# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The example campaign's plans: which ads, and that nothing about where or when they are made changes them.

After a wanted change of the example or its templates: run this file with `ADSEAL_GOLDEN=write` and read the
difference before committing it.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from example_copy import EXAMPLE

from adseal_templates import AdPlan, Campaign, CampaignError, expand, load_campaign
from adseal_templates.plan import ImageLayer

GOLDEN = Path(__file__).parent / "golden" / "aubemar_slow-evenings_9x16_6s_ar-ae.json"
# A plan as it was delivered before prompts had a version, and its hash then.
FIRST = Path(__file__).parent / "golden" / "shot-grammar-1.json"
FIRST_HASH = "a14349106112c14140d5e42680b6c631f37cf2fbd1721aed1ab6b050c2dc8c67"
IDS = [
    "aubemar_slow-evenings_9x16_6s_en-us",
    "aubemar_slow-evenings_9x16_6s_ar-ae",
    "aubemar_slow-evenings_1x1_6s_en-us",
    "aubemar_slow-evenings_1x1_6s_ar-ae",
    "aubemar_first-case_9x16_6s_en-us",
    "aubemar_first-case_1x1_6s_en-us",
]


def hashes(plans: list[AdPlan]) -> dict[str, str]:
    return {plan.plan_id: plan.plan_hash for plan in plans}


def test_the_example_makes_six_ads(plans: list[AdPlan]) -> None:
    assert [plan.plan_id for plan in plans] == IDS
    assert {(plan.width, plan.height, plan.fps, plan.duration_s) for plan in plans} == {
        (1080, 1920, 30, 6.0),
        (1080, 1080, 30, 6.0),
    }


def test_a_plan_is_the_golden_one_field_for_field(plans: list[AdPlan]) -> None:
    made = json.loads(plans[1].canonical_json())
    if os.environ.get("ADSEAL_GOLDEN") == "write":
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
    assert made == json.loads(GOLDEN.read_text("utf-8"))


def test_hashes_are_the_same_in_another_process_and_another_folder(plans: list[AdPlan], folder: Path) -> None:
    code = (
        "import json, sys; from adseal_templates import expand, load_campaign;"
        "print(json.dumps({p.plan_id: p.plan_hash for p in expand(load_campaign(sys.argv[1]))}))"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, "campaign.yaml"],
        cwd=folder,
        env={**os.environ, "PYTHONHASHSEED": "7"},
        check=True,
        capture_output=True,
        text=True,
    )
    assert json.loads(said.stdout) == hashes(plans)


def test_a_plan_read_back_from_json_keeps_its_hash(plans: list[AdPlan]) -> None:
    for plan in plans:
        again = AdPlan.model_validate_json(plan.model_dump_json())
        assert again == plan
        assert again.content_hash() == plan.plan_hash


def test_a_plan_of_the_first_grammar_keeps_the_hash_that_its_credential_names() -> None:
    fields = json.loads(FIRST.read_text("utf-8"))
    for layer in fields["layers"]:  # where files lay was never kept
        if layer["kind"] == "image":
            layer["path"] = "somewhere.png"
    for asset in fields["assets"]:
        asset["path"] = "somewhere"
    plan = AdPlan.model_validate(fields)
    assert plan.plan_hash == plan.content_hash() == FIRST_HASH


def test_every_plan_names_the_versions_that_made_and_read_its_prompts(plans: list[AdPlan]) -> None:
    for plan in plans:
        assert plan.expansion is not None
        assert (plan.expansion.grammar, plan.expansion.family) == ("shot-grammar 2", "mini")
        assert plan.expansion.families == "families@2026-11"
        assert {"claims@2026-11", "marks@2026-11", "persons@2026-11"} <= set(plan.expansion.guards)
        assert all(change.reason.startswith("shot-grammar 2: ") for change in plan.prompt_changes)


def test_other_pixels_in_the_logo_give_another_hash(plans: list[AdPlan], folder: Path) -> None:
    logo = folder / "logos" / "aubemar-horizontal-light.png"
    logo.write_bytes(logo.read_bytes() + b"\0")
    changed = hashes(expand(load_campaign(folder / "campaign.yaml")))
    assert all(changed[plan.plan_id] != plan.plan_hash for plan in plans)


def test_any_change_of_seed_or_model_changes_the_hash(campaign: Campaign, plans: list[AdPlan]) -> None:
    other_seed = expand(campaign.model_copy(update={"seed": 2027}))
    other_model = expand(campaign, model_digest="ab" * 32)
    everything = {plan.plan_hash for plan in (*plans, *other_seed, *other_model)}
    assert len(everything) == 18
    assert other_model[0].model.digest == "ab" * 32


def test_a_shot_is_shared_by_locales_and_placements_and_nothing_else(plans: list[AdPlan]) -> None:
    shots = {(p.brief, s.shot_id, s.prompt, s.seed) for p in plans for s in p.shots}
    assert len(shots) == 4  # two briefs, two shots each
    assert len({seed for *_, seed in shots}) == 4


def test_variants_differ_in_seed_and_name(campaign: Campaign) -> None:
    made = expand(campaign.model_copy(update={"variants": 2}))
    assert [plan.plan_id for plan in made[:2]] == [f"{IDS[0]}_v1", f"{IDS[0]}_v2"]
    assert made[0].shots[0].seed != made[1].shots[0].seed
    assert made[0].shots[0].prompt == made[1].shots[0].prompt


def test_shots_follow_each_other_without_gaps(plans: list[AdPlan]) -> None:
    for plan in plans:
        ends = [round(s.start_s + s.duration_s, 6) for s in plan.shots]
        assert [s.start_s for s in plan.shots] == [0.0, *ends[:-1]]
        assert ends[-1] == plan.duration_s


def test_assets_are_the_files_the_layers_show(plans: list[AdPlan]) -> None:
    for plan in plans:
        shown = {layer.sha256 for layer in plan.layers if isinstance(layer, ImageLayer)}
        assert shown == {asset.sha256 for asset in plan.assets if asset.role == "logo"}
        assert all(Path(asset.path).is_file() for asset in plan.assets)


def test_a_campaign_built_in_code_is_checked_like_one_from_files(campaign: Campaign) -> None:
    brief = campaign.briefs[0].model_copy(update={"price": None, "locales": ("en-US", "fr-FR")})
    broken = campaign.model_copy(update={"briefs": (brief,), "source": ""})
    with pytest.raises(CampaignError) as caught:
        expand(broken)
    told = [(p.file, p.field, p.line) for p in caught.value.problems]
    assert ("brief slow-evenings", "messaging.headline.fr-FR", 0) in told
    assert ("brand aubemar", "disclaimers[0].text.fr-FR", 0) in told


def test_expanding_does_not_depend_on_the_working_folder(
    plans: list[AdPlan], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert hashes(expand(load_campaign(EXAMPLE / "campaign.yaml"))) == hashes(plans)
