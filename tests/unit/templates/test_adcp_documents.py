# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""AdCP documents: what we write is valid by the published schemas and reads back; what others wrote is read."""

import json
from pathlib import Path
from typing import Any

import pytest
from example_copy import EXAMPLE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator, Draft202012Validator
from jsonschema.exceptions import ValidationError as SchemaError
from referencing import Registry, Resource

from adseal_templates import (
    AdPlan,
    CampaignError,
    brand_to_adcp,
    brief_to_adcp,
    json_schema,
    load_brand_kit,
    load_brief,
    read_adcp_brand,
    read_adcp_brief,
    templates,
    video_brief_to_adcp,
)
from adseal_templates.allowances import Allowance, BrandGuard
from adseal_templates.values import Localised
from adseal_templates.yaml_source import read_source

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
CAMPAIGNS = [EXAMPLE, *(EXAMPLES / name for name in ("retail-offer", "course-explainer", "film-previs"))]
BRIEFS = sorted(file for folder in CAMPAIGNS for file in (folder / "briefs").glob("*.yaml"))
Check = Any


@pytest.fixture(scope="session")
def adcp(shared_dir: Path) -> Path:
    return shared_dir / "data" / "adcp"


@pytest.fixture(scope="session")
def validator(adcp: Path) -> Check:
    """A validator for one of AdCP's schemas; their references lead to the other files of the folder."""
    found = []
    for file in adcp.rglob("*.json"):
        schema = json.loads(file.read_text("utf-8"))
        found.append((f"/schemas/{file.relative_to(adcp).as_posix()}", Resource.from_contents(schema)))
    registry: Registry[Any] = Registry().with_resources(found)

    def of(name: str) -> Draft7Validator:
        schema = registry.contents(f"/schemas/{name}")
        Draft7Validator.check_schema(schema)
        return Draft7Validator(schema, registry=registry)

    return of


@pytest.mark.parametrize("file", BRIEFS, ids=lambda f: f.stem)
def test_a_brief_is_written_as_adcp_and_reads_back_the_same(
    file: Path, validator: Check, tmp_path: Path
) -> None:
    brief = load_brief(file)
    for locale in brief.locales:
        written = brief_to_adcp(brief, locale)
        validator("core/creative-brief.json").validate(written.document)
        assert bool(written.left_out) == (len(brief.locales) > 1)
        target = tmp_path / "creative-brief.json"
        target.write_text(json.dumps(written.document, ensure_ascii=False), "utf-8")
        again = read_adcp_brief(target, locale=locale).model
        assert again.locales == (locale,)
        assert brief_to_adcp(again, locale).document == written.document
        for name in ("name", "objective", "tone", "scene", "sound", "jurisdictions", "id", "template"):
            assert getattr(again, name) == getattr(brief, name)
        for name in ("headline", "cta", "price", "offer"):
            ours, theirs = brief.slot(name), again.slot(name)
            assert (ours and ours.text_for(locale)) == (theirs and theirs.text_for(locale))


@pytest.mark.parametrize("folder", CAMPAIGNS, ids=lambda f: f.name)
def test_a_brand_kit_is_written_as_adcp_and_reads_back(
    folder: Path, validator: Check, tmp_path: Path
) -> None:
    kit = load_brand_kit(folder / "brand.yaml")
    allowing = BrandGuard(allow=(Allowance(words=("Rolex",), reason="licence 12/2026"),))
    kit = kit.model_copy(update={"guard": allowing})
    written = brand_to_adcp(kit, files_at="https://brand.example/files")
    validator("brand.json").validate(written.document)
    target = tmp_path / "brand.json"
    target.write_text(json.dumps(written.document, ensure_ascii=False), "utf-8")
    again = read_adcp_brand(target).model
    texts = ("id", "names", "legal_name", "url", "colors", "tone", "tagline", "industries")
    for name in (*texts, "compliance", "guard"):
        assert getattr(again, name) == getattr(kit, name), name
    assert again.fonts == kit.fonts
    assert [str(logo.url).rpartition("/")[2] for logo in again.logos] == [
        Path(logo.path or "").name for logo in kit.logos
    ]
    assert [(logo.background, logo.variant, logo.width) for logo in again.logos] == [
        (logo.background, logo.variant, logo.width) for logo in kit.logos
    ]


def test_what_has_no_place_in_adcp_is_listed() -> None:
    kit = load_brand_kit(EXAMPLE / "brand.yaml")
    written = brand_to_adcp(kit)
    assert "logos" not in written.document
    assert [line.partition(":")[0] for line in written.left_out] == [
        *(f"logos[{i}]" for i in range(4)),
        "disclaimers[0]",
    ]
    assert written.document["disclaimers"][0]["text"].startswith("Alcohol-free.")
    arabic = brand_to_adcp(kit, locale="ar").document["disclaimers"][0]["text"]
    assert arabic == kit.disclaimers[0].text.text_for("ar")


def test_the_shots_of_a_plan_are_an_adcp_video_brief(plans: list[AdPlan], validator: Check) -> None:
    for plan in plans:
        document = video_brief_to_adcp(plan)
        validator("creative/video-brief.json").validate(document)
        segments = document["segments"]
        assert [s["order"] for s in segments] == [1, 2]
        assert sum(s["duration_ms"] for s in segments) == round(plan.duration_s * 1000)
        assert [s["prompt"] for s in segments] == [shot.prompt for shot in plan.shots]
        headline = next(x.text for x in plan.layers if x.kind == "text" and x.role == "headline")
        assert headline in segments[0]["caption"]


def test_the_validator_would_notice(validator: Check) -> None:
    good = brief_to_adcp(load_brief(EXAMPLE / "briefs" / "first-case.yaml"), "en-US").document
    with pytest.raises(SchemaError, match="is not one of"):
        validator("core/creative-brief.json").validate({**good, "objective": "fame"})
    bad = {"text": "x", "position": "somewhere"}
    with pytest.raises(SchemaError, match="is not one of"):
        validator("core/creative-brief.json").validate(
            {**good, "compliance": {"required_disclosures": [bad]}}
        )


def published_example(adcp: Path, tmp_path: Path, wanted: str) -> Path:
    """The first example in AdCP's own brand.json that holds `wanted`."""
    examples = json.loads((adcp / "brand.json").read_text("utf-8"))["examples"]
    file = tmp_path / "brand.json"
    found = next(e for e in examples if f'"{wanted}"' in json.dumps(e))
    file.write_text(json.dumps(found, ensure_ascii=False, indent=2), "utf-8")
    return file


def test_a_portfolio_that_others_published_is_read_brand_by_brand(adcp: Path, tmp_path: Path) -> None:
    file = published_example(adcp, tmp_path, "pampers")
    read = read_adcp_brand(file, brand="tide", add={"fonts": {"headline": "Inter"}})
    kit = read.model
    assert dict(kit.names.items()) == {"en-US": "Tide", "es-MX": "Tide", "zh-CN": "汰渍"}
    assert (kit.colors.primary, kit.colors.background) == ("#ff6600", "#ffffff")
    assert kit.tone.dos == ("Use simple, direct language", "Emphasize cleaning power")
    assert [logo.background for logo in kit.logos] == ["transparent-bg", "dark-bg"]
    assert {"visual_guidelines", "properties", "colors.surface_1", "contact"} <= set(read.left_out)


def test_what_is_missing_in_a_published_brand_is_told_at_its_line(adcp: Path, tmp_path: Path) -> None:
    file = published_example(adcp, tmp_path, "pampers")
    with pytest.raises(CampaignError) as caught:
        read_adcp_brand(file, brand="tide")
    (told,) = caught.value.problems
    assert (told.field, told.message) == ("fonts", "is missing")
    lines = file.read_text("utf-8").splitlines()
    assert '"id": "tide"' in lines[told.line] or told.line == 1 or lines[told.line - 1].strip() == "{"
    with pytest.raises(CampaignError, match="holds several brands"):
        read_adcp_brand(file)
    with pytest.raises(CampaignError, match="did you mean 'tide'"):
        read_adcp_brand(file, brand="tied")


def test_a_wrong_value_in_a_published_brand_is_told_at_its_line(adcp: Path, tmp_path: Path) -> None:
    file = published_example(adcp, tmp_path, "pampers")
    text = file.read_text("utf-8").replace('"#FF6600"', '"orange"', 1)
    file.write_text(text, "utf-8")
    with pytest.raises(CampaignError) as caught:
        read_adcp_brand(file, brand="tide", add={"fonts": {"headline": "Inter"}})
    (told,) = caught.value.problems
    assert told.field == "colors.primary"
    assert '"orange"' in text.splitlines()[told.line - 1]


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({"house": "nike.example"}, "describes no brand"),
        ([], "is not a map of fields"),
        ({"id": "a", "names": []}, "names: has no text"),
        ({"brands": [{"id": "a"}, {"id": "b"}]}, "name one of a, b"),
    ],
)
def test_a_document_without_a_brand_is_a_campaign_error(tmp_path: Path, document: object, says: str) -> None:
    file = tmp_path / "brand.json"
    file.write_text(json.dumps(document))
    with pytest.raises(CampaignError, match=says):
        read_adcp_brand(file)


BARE = {
    "name": "Spring, flight 1",
    "messaging": {"headline": "Out again", "cta": "See the coats", "hashtag": "#out"},
    "compliance": {"required_disclosures": [{"text": "While stock lasts", "position": "end_card"}]},
    "budget": 12,
}


def test_a_bare_brief_of_others_needs_a_scene_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "creative-brief.json"
    file.write_text(json.dumps(BARE, indent=1))
    with pytest.raises(CampaignError, match=r"scene: is missing"):
        read_adcp_brief(file, locale="en-US")
    read = read_adcp_brief(file, locale="en-US", add={"scene": {"subject": "a coat in the wind"}})
    assert (read.model.id, read.model.locales) == ("spring-flight-1", ("en-US",))
    assert read.model.messaging.headline == Localised({"en-US": "Out again"})
    assert set(read.left_out) == {"budget", "messaging.hashtag"}
    # AdCP: a persistence that is left out is the most restrictive.
    assert read.model.compliance.required_disclosures[0].persistence == "continuous"


def test_a_wrong_brief_of_others_is_told_at_its_lines(tmp_path: Path) -> None:
    file = tmp_path / "creative-brief.json"
    worse = {**BARE, "objective": "fame", "messaging": {"headline": 5}}
    file.write_text(json.dumps(worse, indent=1))
    lines = file.read_text().splitlines()
    with pytest.raises(CampaignError) as caught:
        read_adcp_brief(file, locale="en-US", add={"scene": {"subject": "a coat"}})
    told = {p.field: lines[p.line - 1].strip() for p in caught.value.problems}
    assert told == {"objective": '"objective": "fame"', "messaging.headline": '"headline": 5'}


@pytest.mark.parametrize(
    "style",
    [
        {"indent": "\t"},
        {"separators": (",", ":")},
        {"ensure_ascii": True},
        {"ensure_ascii": False, "indent": 2},
    ],
)
def test_json_is_read_however_it_is_laid_out(tmp_path: Path, style: dict[str, Any]) -> None:
    words = "Out again 🌱 \\ud83c and \\\\ “quoted” \t end"
    file = tmp_path / "creative-brief.json"
    file.write_text(json.dumps({**BARE, "messaging": {"headline": words}}, **style), "utf-8")
    read = read_adcp_brief(file, locale="en-US", add={"scene": {"subject": "a coat"}})
    assert read.model.messaging.headline.text_for("en-US") == words


_JUNK = st.sampled_from(
    [None, 5, True, "", "x", "en_US", [], {}, [5], [{}], {"a": 1}, ["x"], [[]], {"en_US": "x"}, -1]
)


def _places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(place for key, below in inner for place in _places(below, (*at, key)))]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_document_with_any_value_changed_is_read_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    brand = data.draw(st.booleans())
    if brand:
        document = brand_to_adcp(
            load_brand_kit(EXAMPLE / "brand.yaml"), files_at="https://b.example"
        ).document
    else:
        document = brief_to_adcp(load_brief(BRIEFS[0]), load_brief(BRIEFS[0]).locales[0]).document
    document = json.loads(json.dumps(document))
    *way, last = data.draw(st.sampled_from(_places(document)[1:]))
    holder = document
    for key in way:
        holder = holder[key]
    holder[last] = data.draw(_JUNK)
    file = tmp_path / "document.json"
    file.write_text(json.dumps(document), "utf-8")
    try:
        read_adcp_brand(file) if brand else read_adcp_brief(file, locale="en-US")
    except CampaignError as error:
        assert error.problems
        assert all(problem.message and problem.file == str(file) for problem in error.problems)


def test_files_that_ship_are_valid_by_the_schemas_we_export() -> None:
    folder = Path(templates.__code__.co_filename).parent / "data"
    files = {
        "brand": [f / "brand.yaml" for f in CAMPAIGNS],
        "brief": BRIEFS,
        "campaign": [f / "campaign.yaml" for f in CAMPAIGNS],
        "placement": sorted((folder / "placements").glob("*.yaml")),
        "template": sorted((folder / "templates").glob("*.yaml")),
    }
    for name, paths in files.items():
        schema = json_schema(name)
        Draft202012Validator.check_schema(schema)
        check = Draft202012Validator(schema)
        assert paths
        for path in paths:
            data = read_source(path).data
            assert [e.message for e in check.iter_errors(data)] == [], path
            assert list(check.iter_errors({**data, "colour_of_the_sky": "blue"})), name


def test_a_plan_is_valid_by_its_schema(plans: list[AdPlan]) -> None:
    check = Draft202012Validator(json_schema("plan"))
    for plan in plans:
        check.validate(plan.model_dump(mode="json"))
