# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What others say about our sealed files: the official conformance rubric and an independent validator."""

import copy
import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import c2pa
import pytest

from adseal_provenance.credentials.trust import c2pa_settings
from adseal_provenance.sealing.manifest import DST_PREFIX, Material, SealRequest, Step
from adseal_provenance.sealing.signing import sign_file
from adseal_provenance.verify import verify
from tests.provenance_kit import (
    RUBRIC_TOOLS,
    Seal,
    crjson,
    evaluate_rubric,
    opened,
    request,
    with_byte_changed,
)


@pytest.fixture(scope="module")
def rubric(shared_dir: Path) -> Path:
    if shutil.which("node") is None:
        pytest.skip("node is not installed, and the rubric's language has no Python implementation")
    if not (RUBRIC_TOOLS / "node_modules" / "@adobe" / "json-formula").is_dir():
        pytest.skip(f"@adobe/json-formula is missing: run `npm install` in {RUBRIC_TOOLS}")
    return shared_dir / "data" / "c2pa" / "asset-rubric-conformance0.2-spec2.4.yml"


def failing(rubric: Path, document: dict[str, Any]) -> set[str]:
    results = evaluate_rubric(rubric, document)
    assert len(results) == 31
    return {result["id"].removeprefix("validation:") for result in results if not result["passed"]}


def test_a_generated_ad_passes_all_31_rules(rubric: Path, seal: Seal) -> None:
    assert failing(rubric, crjson(seal.path, seal.trust.pem)) == set()


def test_an_ad_with_a_thumbnail_and_published_prompts_passes_all_31_rules(
    rubric: Path, seal: Seal, tmp_path: Path
) -> None:
    import cv2
    import numpy as np

    jpeg = cv2.imencode(".jpg", np.full((180, 320, 3), 90, np.uint8))[1].tobytes()
    digest = hashlib.sha256(b"a teal sea").hexdigest()
    made = request(thumbnail_jpeg=jpeg, prompts=("a teal sea",), prompts_sha256=digest)
    sign_file(seal.plain, tmp_path / "sealed.mp4", made, seal.identity)
    assert failing(rubric, crjson(tmp_path / "sealed.mp4", seal.trust.pem)) == set()


@dataclass(frozen=True)
class Things:
    """What ads are made of: a photograph with a credential, one without, and a sealed master."""

    signed_photo: Path
    photo: Path
    master: Path


@pytest.fixture(scope="module")
def things(seal: Seal, tmp_path_factory: pytest.TempPathFactory) -> Things:
    import cv2
    import numpy as np

    folder = tmp_path_factory.mktemp("things")
    photo = folder / "photo.jpg"
    cv2.imwrite(str(photo), np.full((90, 160, 3), 120, np.uint8))
    definition = {
        "title": "Shoe",
        "format": "image/jpeg",
        "claim_generator_info": [{"name": "Camera", "version": "1", "specVersion": "2.4.0"}],
        "assertions": [
            {
                "label": "c2pa.actions.v2",
                "created": True,
                "data": {
                    "allActionsIncluded": True,
                    "actions": [
                        {"action": "c2pa.created", "digitalSourceType": DST_PREFIX + "digitalCapture"}
                    ],
                },
            }
        ],
    }
    information = c2pa.C2paSignerInfo(
        alg=b"es256",
        sign_cert=seal.identity.chain_pem.encode(),
        private_key=(seal.plain.parent / "identity" / "key.pem").read_bytes(),
        ta_url=None,
    )
    signed_photo = folder / "signed.jpg"
    with (
        c2pa.Context.from_dict(c2pa_settings("")) as context,
        c2pa.Signer.from_info(information) as signer,
        c2pa.Builder(definition, context) as builder,
    ):
        builder.sign_file(str(photo), str(signed_photo), signer)
    return Things(signed_photo, photo, seal.path)


def placed(path: Path, source_type: str | None = None) -> Material:
    return Material(path=path, source_type=source_type)


#: Every kind of ad: what the request says, given the things it is made of.
KINDS: dict[str, Callable[[Things], SealRequest]] = {
    "all of it generated": lambda _: request(added_text=False, mixed_sound=False),
    "begun on a photograph": lambda t: request(materials=(Material(path=t.signed_photo, use="input"),)),
    "composed with a photograph": lambda t: request(
        digital_source_type="compositeWithTrainedAlgorithmicMedia",
        materials=(placed(t.photo, "digitalCapture"),),
    ),
    "composed with signed things": lambda t: request(
        digital_source_type="compositeWithTrainedAlgorithmicMedia",
        materials=(placed(t.signed_photo, "digitalCapture"), placed(t.master)),
    ),
    "cut from a sealed master": lambda t: opened(
        t.master, steps=(Step(action="trimmed"), Step(action="cropped"), Step(action="resized.proportional"))
    ),
    "people's work with a part by a model": lambda t: opened(
        t.master,
        materials=(placed(t.photo, "digitalCapture"),),
        steps=(
            Step(action="edited", source_type="compositeWithTrainedAlgorithmicMedia", agent="Dreamer 3"),
            Step(action="adjustedColor", agent="Grader 9"),
            Step(action="published"),
        ),
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_ad_passes_all_31_rules_and_an_independent_validator(
    rubric: Path, seal: Seal, things: Things, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENCYPHER_C2PA_TELEMETRY", "off")
    path = tmp_path / "sealed.mp4"
    sign_file(seal.plain, path, KINDS[kind](things), seal.identity)
    assert failing(rubric, crjson(path, seal.trust.pem)) == set()
    other = second_opinion(path, str(seal.identity.root_pem))
    assert (other["integrity"], other["signature"], other["hard_binding"]) == ("valid", "valid", "match")
    assert verify(path, trust=seal.trust).verdict == "intact"


def test_sources_at_every_depth_get_a_verdict_each(seal: Seal, things: Things, tmp_path: Path) -> None:
    middle, path = tmp_path / "middle.mp4", tmp_path / "top.mp4"
    sign_file(seal.plain, middle, KINDS["composed with signed things"](things), seal.identity)
    sign_file(seal.plain, path, opened(middle), seal.identity)
    walked = [(i.title, i.depth, i.verdict) for i in verify(path, trust=seal.trust).ingredients]
    assert walked[0] == ("middle.mp4", 1, "intact")
    assert ("signed.jpg", 2, "intact") in walked and ("sealed.mp4", 2, "intact") in walked
    assert ("prompts (hash only)", 3, "none") in walked


def test_a_material_whose_own_credential_is_damaged_warns(seal: Seal, things: Things, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.mp4"
    damaged.write_bytes(with_byte_changed(things.master.read_bytes(), -4000))
    sign_file(seal.plain, tmp_path / "ad.mp4", request(materials=(placed(damaged),)), seal.identity)
    report = verify(tmp_path / "ad.mp4", trust=seal.trust)
    assert report.axes["ingredients"].code == "source_broken"
    assert ("damaged.mp4", "broken") in {(i.title, i.verdict) for i in report.ingredients}


@pytest.mark.parametrize("with_credential", [True, False])
def test_a_video_finished_elsewhere_passes_all_31_rules(
    rubric: Path, seal: Seal, tmp_path: Path, with_credential: bool
) -> None:
    source = seal.path if with_credential else seal.plain
    sign_file(seal.plain, tmp_path / "sealed.mp4", opened(source), seal.identity)
    assert failing(rubric, crjson(tmp_path / "sealed.mp4", seal.trust.pem)) == set()


def _actions(document: dict[str, Any]) -> list[dict[str, Any]]:
    return list(document["manifests"][0]["assertions"]["c2pa.actions.v2"]["actions"])


BREAKAGES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "mandatory_all_actions_included": lambda d: d["manifests"][0]["assertions"]["c2pa.actions.v2"].pop(
        "allActionsIncluded"
    ),
    "mandatory_spec_version": lambda d: d["manifests"][0]["claim.v2"]["claim_generator_info"].pop(
        "specVersion"
    ),
    "mandatory_dst_for_created_action": lambda d: _actions(d)[0].pop("digitalSourceType"),
    "mandatory_dst_for_perceptible_transformations": lambda d: _actions(d)[1].pop("digitalSourceType"),
    "no_deprecated_actions": lambda d: _actions(d)[-1].update(action="c2pa.watermarked"),
    "no_unsupported_actions": lambda d: _actions(d)[-1].update(action="c2pa.invented"),
    "inception_action_position": lambda d: d["manifests"][0]["claim.v2"].update(created_assertions=[]),
    "valid_success": lambda d: d["manifests"][0]["validationResults"]["failure"].append(
        {"code": "assertion.bmffHash.mismatch"}
    ),
    "active_manifest_urn": lambda d: d["manifests"][0].update(label="urn:uuid:1"),
}


@pytest.mark.parametrize("rule", BREAKAGES)
def test_the_evaluator_can_fail(rubric: Path, seal: Seal, rule: str) -> None:
    document = copy.deepcopy(crjson(seal.path, seal.trust.pem))
    BREAKAGES[rule](document)
    assert rule in failing(rubric, document)


def second_opinion(path: Path, root_pem: str) -> dict[str, Any]:
    encypher = pytest.importorskip(
        "encypher_c2pa", reason="the independent validator is a development dependency"
    )
    return dict(encypher.verify(path, trust_pem=root_pem, no_default_trust=True, online=False))


def test_an_independent_validator_agrees(seal: Seal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENCYPHER_C2PA_TELEMETRY", "off")
    root = str(seal.identity.root_pem)
    sign_file(seal.plain, tmp_path / "child.mp4", opened(seal.path), seal.identity)
    sign_file(seal.plain, tmp_path / "bare.mp4", request(picture_id=None, sound_id=None), seal.identity)
    for path in (seal.path, tmp_path / "child.mp4", tmp_path / "bare.mp4"):
        report = second_opinion(path, root)
        assert (report["integrity"], report["signature"], report["hard_binding"]) == (
            "valid",
            "valid",
            "match",
        )
        assert report["trust"]["status"] == "valid_for_supplied_material"
    tampered = tmp_path / "tampered.mp4"
    tampered.write_bytes(with_byte_changed(seal.path.read_bytes(), -4000))
    assert second_opinion(tampered, root)["integrity"] == "invalid"
