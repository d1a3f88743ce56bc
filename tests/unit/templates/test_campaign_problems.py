# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Each mistake is told once, at its line, in one sentence with a way out; several are told together."""

import os
from pathlib import Path

import pytest
from example_copy import EXAMPLE, Edit, Problems

from adseal_templates import CampaignError, load_brand_kit, load_brief, load_campaign

SLOW = "briefs/slow-evenings.yaml"
CASE = "briefs/first-case.yaml"


def test_the_example_has_no_problems(problems: Problems) -> None:
    assert problems() == ()


# file, what stands there, what a user writes instead, field, message, a word of the hint
ONE_MISTAKE = [
    ("campaign.yaml", "seed: 2026", "seeds: 2026", "seeds", "is not a known field", "'seed'"),
    ("campaign.yaml", "seed: 2026", "seed: -1", "seed", "input should be greater", "-1"),
    ("campaign.yaml", "seed: 2026", "seed: often", "seed", "must be a whole number", "'often'"),
    (
        "campaign.yaml",
        "- social-square-1x1",
        "- social-sqare-1x1",
        "placements[1]",
        "there is no placement 'social-sqare-1x1'",
        "did you mean 'social-square-1x1'? there are: amazon-ctv-16x9",
    ),
    (
        "campaign.yaml",
        "- social-square-1x1",
        "- social-story-9x16",
        "placements[1]",
        "names social-story-9x16 twice",
        "once",
    ),
    (
        "campaign.yaml",
        "product-hero@2026-11",
        "product-hero@2025-01",
        "template",
        "there is no template 'product-hero@2025-01'",
        "offer-price@2026-11, product-hero@2026-11, product-hero@2026-12",
    ),
    ("campaign.yaml", "@2026-11", "", "template", "'product-hero' is not a template with its version", "@"),
    ("campaign.yaml", "brand: brand.yaml", "brand: brnd.yaml", "brand", "no such file", ""),
    ("campaign.yaml", "- briefs/first-case.yaml", "- briefs", "briefs[1]", "is not a file", ""),
    (
        "brand.yaml",
        "aubemar-stacked-dark.png",
        "nowhere.png",
        "logos[3].path",
        "there is no file logos/no",
        "relative",
    ),
    (
        "brand.yaml",
        "logos/aubemar-stacked-dark.png",
        "brand.yaml",
        "logos[3].path",
        "is not a PNG, JPEG or W",
        "PNG",
    ),
    ("brand.yaml", '"#f2b233"', '"#f2b"', "colors.accent", "'#f2b' is not a colour", "#1a2b3c"),
    ("brand.yaml", "https://", "http://", "url", "is not an https address", "https://"),
    ("brand.yaml", "family: Inter", "famly: Inter", "fonts.body.famly", "is not a known field", "'family'"),
    (
        "brand.yaml",
        "Arab: {family: Noto Sans Arabic, weight: 500}",
        "Arab: 5",
        "fonts.body.fallbacks.Arab",
        "must",
        "",
    ),
    (
        SLOW,
        "locales: [en-US, ar-AE]",
        "locales: [en-us, ar-AE]",
        "locales[0]",
        "is not a language tag",
        "write en-US",
    ),
    (
        SLOW,
        "en-US: Evenings taste better slow.",
        'en-US: "  "',
        "messaging.headline.en-US",
        "is empty",
        "write",
    ),
    (SLOW, "    ar-AE: اكتشف نكهتك\n", "", "messaging.cta.ar-AE", "has no text", "add its text"),
    (SLOW, "\n  ar-AE: ابتداءً من 35 درهمًا", "", "price.ar-AE", "has no text", "ar-AE"),
    (
        SLOW,
        "en-US: Evenings taste better slow.",
        "en-US: Evenings taste so much better when they are slow.",
        "messaging.headline.en-US",
        "is 49 columns long, the slot takes 42",
        "shorten it by 7",
    ),
    (
        SLOW,
        "objective: awareness",
        "objective: fame",
        "objective",
        "'fame' is not a objective",
        "awareness, con",
    ),
    (
        SLOW,
        "palette: [primary, accent]",
        "palette: [primary, mauve]",
        "scene.palette[1]",
        "'mauve' is not a",
        "coral",
    ),
    (
        SLOW,
        "layered hills with a low sun",
        "an Aubemar bottle",
        "scene.subject",
        "names the brand 'Aubemar'",
        "laid over",
    ),
    (
        SLOW,
        "[healthy, detox, صحي]",
        "[slow]",
        "messaging.headline.en-US",
        "makes the prohibited claim “slow”",
        "",
    ),
    (CASE, "offer: 20% off\n", "", "offer", "is missing", "offer-burst@2026-11 needs it"),
    (CASE, "offer: 20% off", "offer: 20", "offer", "must be text, not 20", '"20"'),
    (CASE, "id: first-case", "id: First Case", "id", "'First Case' is not an id", "lower-case"),
    (CASE, "id: first-case", "id: slow-evenings", "id", "is also the id of", "its own"),
    (
        CASE,
        "locales: [en-US]",
        "locales: [en-US, de-DE]",
        "messaging.headline",
        "is written once for",
        "per locale",
    ),
    (
        CASE,
        "position: end_card",
        "position: audio",
        "compliance.required_disclosures[0].position",
        "audio can",
        "end_",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "field", "message", "hint"), ONE_MISTAKE)
def test_a_mistake_is_told_once_at_its_line(
    folder: Path,
    edit: Edit,
    problems: Problems,
    file: str,
    old: str,
    new: str,
    field: str,
    message: str,
    hint: str,
) -> None:
    line = edit(file, old, new)
    told = problems()
    first = told[0]
    # Two locales of texts written once are two to four problems; everything else is exactly one.
    assert len(told) == 1 or "is written once" in message
    assert first.file == str(folder / file)
    assert first.field == field
    assert message in first.message
    assert hint in first.hint
    if new and "missing" not in message and "is written once" not in message and "prohibited" not in message:
        assert first.line == line + (1 if new.startswith("\n") else 0)
    assert str(first).startswith(f"{folder / file}:{first.line}: {field}: ")


def test_an_ad_that_would_overwrite_another_is_told(edit: Edit, problems: Problems) -> None:
    edit("campaign.yaml", "  - social-square-1x1", "  - tiktok-infeed-9x16\n  - meta-reels-9x16")
    (told,) = problems()
    assert told.field == "output.naming"
    assert "names two ads aubemar_slow-evenings_9x16_6s_en-us" in told.message
    assert "{placement}" in told.hint
    edit("campaign.yaml", "seed: 2026", "output: {naming: '{brand}_{brief}_{placement}_{locale}'}")
    assert problems() == ()


def test_problems_of_all_files_are_told_together(edit: Edit, problems: Problems) -> None:
    edit("campaign.yaml", "- social-square-1x1", "- social-square")
    edit("campaign.yaml", "seed: 2026", "sed: 2026")
    edit("brand.yaml", '"#f2b233"', "gold")
    edit("brand.yaml", "aubemar-stacked-dark.png", "nowhere.png")
    edit(SLOW, "objective: awareness", "objektive: awareness")
    edit(SLOW, "en-US: Evenings taste better slow.", "en-US: ''")
    edit(SLOW, "    ar-AE: اكتشف نكهتك\n", "")
    edit(CASE, "offer: 20% off", "offer: Twenty percent off every case")
    told = problems()
    assert {(Path(p.file).name, p.field) for p in told} == {
        ("campaign.yaml", "sed"),
        ("campaign.yaml", "placements[1]"),
        ("brand.yaml", "colors.accent"),
        ("brand.yaml", "logos[3].path"),
        ("slow-evenings.yaml", "objektive"),
        ("slow-evenings.yaml", "messaging.headline.en-US"),
        ("slow-evenings.yaml", "messaging.cta.ar-AE"),
        ("first-case.yaml", "offer"),
    }
    assert len(told) == 8
    text = str(CampaignError(told))
    assert text.count("\n") == 7


def test_a_broken_file_does_not_hide_the_problems_of_the_others(
    folder: Path, edit: Edit, problems: Problems
) -> None:
    (folder / CASE).write_text("id: first-case\nname: [unclosed\n")
    edit("brand.yaml", '"#f2b233"', "gold")
    told = problems()
    assert [Path(p.file).name for p in told] == ["brand.yaml", "first-case.yaml"]
    assert "is not valid YAML" in told[1].message


def test_a_required_field_left_out_is_named_with_its_parent_line(edit: Edit, problems: Problems) -> None:
    edit(CASE, "  headline: Your first case, lighter.\n", "")
    (told,) = problems()
    assert (told.field, told.message) == ("messaging.headline", "is missing")
    assert told.line == 13  # where `messaging:` stands


def test_a_missing_campaign_file_is_a_campaign_error(tmp_path: Path) -> None:
    with pytest.raises(CampaignError, match="no such file"):
        load_campaign(tmp_path / "campaign.yaml")


@pytest.mark.parametrize("name", ["campaign.yaml\0", "x" * 5000])
def test_an_impossible_file_name_is_a_campaign_error(name: str) -> None:
    with pytest.raises(CampaignError):
        load_campaign(name)


def test_a_logo_that_is_a_device_or_a_pipe_is_not_read(folder: Path, edit: Edit, problems: Problems) -> None:
    os.mkfifo(folder / "logos" / "pipe.png")
    edit("brand.yaml", "aubemar-stacked-dark.png", "pipe.png")
    (told,) = problems()
    assert "there is no file logos/pipe.png" in told.message


def test_a_logo_that_changed_since_it_was_pinned_is_told(edit: Edit, problems: Problems) -> None:
    pinned = f"aubemar-stacked-dark.png\n    sha256: '{'0' * 64}'"
    edit("brand.yaml", "aubemar-stacked-dark.png", pinned)
    (told,) = problems()
    assert "has changed" in told.message


def test_an_svg_logo_is_told_how_to_become_a_png(folder: Path, edit: Edit, problems: Problems) -> None:
    (folder / "logos" / "logo.svg").write_text(
        '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'
    )
    edit("brand.yaml", "aubemar-stacked-dark.png", "logo.svg")
    (told,) = problems()
    assert "export the SVG" in told.hint


def test_a_font_file_that_is_no_font_is_told(folder: Path, edit: Edit, problems: Problems) -> None:
    (folder / "brand.woff2").write_bytes(b"wOF2" + bytes(60))
    edit("brand.yaml", "    family: Inter\n", "    family: Inter\n    files: [{path: brand.woff2}]\n")
    (told,) = problems()
    assert told.field == "fonts.body.files[0].path"
    assert "unpack" in told.hint


def test_kits_and_briefs_load_on_their_own() -> None:
    kit = load_brand_kit(EXAMPLE / "brand.yaml")
    assert kit.provider == "Aubemar Tea House Ltd."
    assert Path(kit.logos[0].path or "").is_absolute()
    assert kit.logos[0].width == 1410
    assert load_brief(EXAMPLE / SLOW).locales == ("en-US", "ar-AE")
    with pytest.raises(CampaignError):
        load_brief(EXAMPLE / "brand.yaml")


def test_a_users_own_template_and_placement_are_found(folder: Path, edit: Edit, problems: Problems) -> None:
    from adseal_templates import catalogue

    data = Path(catalogue.__file__).parent / "data"
    own = (
        (data / "placements" / "social-square-1x1.yaml")
        .read_text()
        .replace("social-square-1x1", "shop-window")
    )
    (folder / "window.yaml").write_text(own)
    edit("campaign.yaml", "  - social-square-1x1", "  - shop-window\nplacement_files: window.yaml")
    assert problems() == ()
    (folder / "window.yaml").write_text(own.replace("fps: 30", "fps: 300"))
    told = problems()
    assert (told[0].field, Path(told[0].file).name) == ("fps", "window.yaml")
