# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The package's face: names, laziness, errors, schemas, and agreement with AdCP."""

import json
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import BaseModel

import adseal_templates
from adseal_templates import (
    CampaignError,
    NotInCatalogue,
    Problem,
    TemplatesError,
    json_schema,
    placement,
    template,
)
from adseal_templates.adcp import OUR_TEXTS
from adseal_templates.brand import BrandKit, Disclaimer, Logo
from adseal_templates.brief import Brief, Messaging
from adseal_templates.compliance import Compliance, Disclosure


def test_every_public_name_is_there() -> None:
    for name in adseal_templates.__all__:
        assert getattr(adseal_templates, name) is not None
    assert set(adseal_templates.__all__) <= set(dir(adseal_templates))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        adseal_templates.nothing  # noqa: B018


@pytest.mark.parametrize(
    ("statement", "unwanted"),
    [
        ("import adseal_templates", "{'pydantic', 'yaml', 'numpy', 'PIL'}"),
        ("from adseal_templates import expand, load_campaign", "{'numpy', 'PIL', 'torch', 'cv2'}"),
    ],
)
def test_importing_loads_no_more_than_needed(statement: str, unwanted: str) -> None:
    code = f"{statement}; import sys; sys.exit(bool({unwanted} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_unknown_template_or_placement_names_the_known_ones() -> None:
    with pytest.raises(
        NotInCatalogue, match=r"did you mean 'product-hero@2026-1[12]'\?.*offer-burst@2026-11"
    ):
        template("product-hero@2026-13")
    with pytest.raises(
        NotInCatalogue, match=r"no placement 'billboard'; known: amazon-ctv-16x9, eu-ctv-16x9, feed-4x5"
    ):
        placement("billboard")


def test_errors_carry_code_hint_and_survive_pickling() -> None:
    problem = Problem(
        file="a.yaml", line=3, field="colors.accent", message="is not a colour", hint="six digits"
    )
    for error in (CampaignError([problem]), NotInCatalogue("template", "x", ["y"])):
        assert isinstance(error, TemplatesError)
        assert (error.code, error.retryable) in {("campaign_invalid", False), ("not_in_catalogue", False)}
        assert error.hint
        assert str(pickle.loads(pickle.dumps(error))) == str(error)
    assert str(problem) == "a.yaml:3: colors.accent: is not a colour (six digits)"


@pytest.mark.parametrize("name", ["brand", "brief", "campaign", "placement", "plan", "template"])
def test_schemas_are_json_and_closed(name: str) -> None:
    schema = json.loads(json.dumps(json_schema(name)))
    assert schema["$schema"].endswith("2020-12/schema")
    assert schema["additionalProperties"] is False
    with pytest.raises(NotInCatalogue):
        json_schema("plans")


# What is ours and not AdCP's, by model.
OURS = {
    "brand": {"legal_name", "fonts", "compliance", "guard"},
    "logo": {"path", "sha256"},
    "brief": {"id", "locales", "jurisdictions", "scene", "sound", "template", *OUR_TEXTS},
}


def fields(model: type[BaseModel]) -> set[str]:
    return set(model.model_fields)


def test_brand_kit_fields_are_those_of_adcp(shared_dir: Path) -> None:
    schema = json.loads((shared_dir / "data" / "adcp" / "brand.json").read_text())["definitions"]
    assert fields(BrandKit) - OURS["brand"] <= set(schema["brand"]["properties"])
    assert fields(Logo) - OURS["logo"] <= set(schema["logo"]["properties"])
    assert fields(Disclaimer) <= set(schema["brand"]["properties"]["disclaimers"]["items"]["properties"])
    for name in ("orientation", "background", "variant"):
        ours = Logo.model_json_schema()["properties"][name]["enum"]
        assert set(ours) == set(schema["logo"]["properties"][name]["enum"])


def test_brief_fields_are_those_of_adcp(shared_dir: Path) -> None:
    adcp = shared_dir / "data" / "adcp"
    schema = json.loads((adcp / "core" / "creative-brief.json").read_text())["properties"]
    assert fields(Brief) - OURS["brief"] <= set(schema)
    assert fields(Messaging) <= set(schema["messaging"]["properties"])
    assert fields(Compliance) <= set(schema["compliance"]["properties"])
    disclosures = schema["compliance"]["properties"]["required_disclosures"]["items"]["properties"]
    assert fields(Disclosure) <= set(disclosures)
    own = Disclosure.model_json_schema()["properties"]
    for name in ("position", "persistence"):
        enum = json.loads((adcp / "enums" / f"disclosure-{name}.json").read_text())["enum"]
        assert set(own[name]["enum"]) == set(enum)
