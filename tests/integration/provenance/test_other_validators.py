# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What others say about our sealed files: the official conformance rubric and an independent validator."""

import copy
import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from adseal_provenance.signing import sign_file
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
