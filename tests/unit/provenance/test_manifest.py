# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What a sealed video says about itself, held by golden files and by the rules that matter."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from tests.provenance_kit import LOCATOR, opened, request, with_logo

from adseal_provenance.errors import SealError
from adseal_provenance.sealing.manifest import DST_PREFIX, ManifestPlan, build, claims_ai

GOLDEN = Path(__file__).parents[2] / "assets" / "manifests"


def actions(plan: ManifestPlan) -> list[dict[str, Any]]:
    return list(assertion(plan, "c2pa.actions.v2")["data"]["actions"])


def assertion(plan: ManifestPlan, label: str) -> dict[str, Any]:
    return next(a for a in plan.definition["assertions"] if a["label"] == label)


def labels(plan: ManifestPlan) -> list[str]:
    return [a["label"] for a in plan.definition["assertions"]]


@pytest.mark.parametrize("name", ["generated", "finished_elsewhere"])
def test_the_manifest_is_the_golden_one(name: str) -> None:
    made = (
        request(materials=(with_logo(Path("logo.png")),)) if name == "generated" else opened(Path("spot.mp4"))
    )
    plan = build(made)
    written = {
        "definition": plan.definition,
        "ingredients": [
            {
                "definition": i.definition,
                "media_type": i.media_type,
                "data": i.data.decode() if i.data else None,
            }
            for i in plan.ingredients
        ],
        "soft_bindings": [list(binding) for binding in plan.soft_bindings],
    }
    assert written == json.loads((GOLDEN / f"{name}.json").read_text())


def test_a_generated_ad_names_every_step_and_says_that_these_are_all() -> None:
    plan = build(request(materials=(with_logo(Path("logo.png")),)))
    assert [a["action"] for a in actions(plan)] == [
        "c2pa.created",
        "c2pa.addedText",
        "c2pa.placed",
        "c2pa.mixed",
        "c2pa.watermarked.bound",
    ]
    first = assertion(plan, "c2pa.actions.v2")
    assert first["created"] is True and first["data"]["allActionsIncluded"] is True
    assert actions(plan)[0]["digitalSourceType"] == DST_PREFIX + "trainedAlgorithmicMedia"


def test_picture_and_sound_are_bound_over_the_whole_length() -> None:
    plan = build(request())
    bound = [a["data"] for a in plan.definition["assertions"] if a["label"] == "c2pa.soft-binding"]
    assert [(b["alg"], b["blocks"][0]["value"]) for b in bound] == list(plan.soft_bindings)
    assert dict(plan.soft_bindings) == {"io.adseal.picture.1": LOCATOR, "io.adseal.sound.1": LOCATOR}
    assert {json.dumps(b["blocks"][0]["scope"]) for b in bound} == {'{"timespan": {"start": 0, "end": 2000}}'}


def test_without_a_mark_nothing_claims_one() -> None:
    plan = build(request(picture_id=None, sound_id=None))
    assert "c2pa.soft-binding" not in labels(plan)
    assert "c2pa.watermarked.bound" not in [a["action"] for a in actions(plan)]


def test_prompts_stay_private() -> None:
    plan = build(request())
    prompt = plan.ingredients[0]
    assert json.loads(prompt.data or b"") == {"sha256": "ab" * 32}
    assert prompt.resource == prompt.definition["data"]["identifier"]


def test_prompts_are_published_where_the_caller_wants_it() -> None:
    prompts = ("a teal sea", "柔らかい光")
    digest = hashlib.sha256("\n".join(prompts).encode()).hexdigest()
    prompt = build(request(prompts=prompts, prompts_sha256=digest)).ingredients[0]
    assert json.loads(prompt.data or b"") == {"sha256": digest, "prompts": list(prompts)}
    assert prompt.definition["title"] == "prompts"


def test_the_fields_that_california_asks_for_are_there() -> None:
    fields = assertion(build(request()), "io.adseal.ai-provenance")["data"]
    assert fields["provider"] == "Example Ads GmbH"
    assert (fields["system"], fields["systemVersion"]) == ("Adseal mini", "1.0")
    assert fields["createdAt"] == "2026-11-20T12:00:00Z"
    assert fields["contentId"] == LOCATOR and fields["createdOrAltered"] == "created"


def test_a_video_finished_elsewhere_is_opened_and_no_claim_about_ai_is_made() -> None:
    plan = build(opened(Path("spot.mp4")))
    assert [a["action"] for a in actions(plan)] == [
        "c2pa.opened",
        "c2pa.transcoded",
        "c2pa.watermarked.bound",
    ]
    assert "digitalSourceType" not in json.dumps(plan.definition)
    assert "c2pa.ai-disclosure" not in labels(plan)
    (parent,) = plan.ingredients
    assert parent.definition["relationship"] == "parentOf" and "digital_source_type" not in parent.definition
    assert assertion(plan, "io.adseal.ai-provenance")["data"]["createdOrAltered"] == "altered"


def test_the_caller_may_say_that_a_finished_video_is_generated() -> None:
    made = opened(Path("spot.mp4"), digital_source_type="trainedAlgorithmicMedia")
    parent = build(made).ingredients[0].definition
    assert parent["digital_source_type"] == DST_PREFIX + "trainedAlgorithmicMedia"
    # An ingredient with a credential speaks for itself (spec 18.16.12.3), and "opened" never carries a source
    # type.
    plan = build(made, credentialed={Path("spot.mp4")})
    assert "digital_source_type" not in plan.ingredients[0].definition
    assert "digitalSourceType" not in actions(plan)[0]


def test_a_thumbnail_is_optional() -> None:
    assert "thumbnail" not in build(request()).definition
    plan = build(request(thumbnail_jpeg=b"jpeg"))
    assert plan.definition["thumbnail"]["format"] == "image/jpeg" and plan.thumbnail_jpeg == b"jpeg"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": " "}, "title is empty"),
        ({"provider": ""}, "provider is empty"),
        ({"duration_ms": 0}, "duration_ms"),
        ({"picture_id": "XYZ"}, "picture_id"),
        ({"sound_id": "0123456789AB"}, "sound_id"),
        ({"digital_source_type": None}, "digital_source_type"),
        ({"digital_source_type": "madeUp"}, "digital_source_type"),
        ({"prompts_sha256": "secret prompt"}, "prompts_sha256"),
        ({"prompts": ("not that",)}, "not the hash of the prompts"),
        ({"materials": (with_logo(Path("logo.exe")),)}, "logo.exe is none of the kinds"),
        ({"source": Path("a.mp4")}, "source"),
        ({"created": False}, "source"),
    ],
)
def test_a_request_that_does_not_hold_together_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(SealError, match=words) as caught:
        request(**changes)
    assert caught.value.code == "seal_request"


def test_ai_source_types_are_known_in_both_forms() -> None:
    assert claims_ai("compositeWithTrainedAlgorithmicMedia")
    assert claims_ai(DST_PREFIX + "trainedAlgorithmicMedia")
    assert not claims_ai("digitalCreation") and not claims_ai(None)
