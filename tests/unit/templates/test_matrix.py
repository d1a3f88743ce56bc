# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The matrix: counted before it is made, capped, ruled, with names and ids that stay when it grows."""

from pathlib import Path

import pytest
from example_copy import Problems
from pydantic import ValidationError

from adseal_templates import AdPlan, Campaign, CampaignError, expand, load_campaign
from adseal_templates.drafts import as_draft, as_final
from adseal_templates.matrix import DraftSettings, Matrix
from adseal_templates.naming import ads, utm
from adseal_templates.variants import count_ads

MATRIX = """
matrix:
  hooks:
    - {id: dawn, opening: ocean waves}
    - {id: mist, opening: drifting clouds, tagline: {en-US: Tea in the mist., ar-AE: شاي الضباب}}
  headlines:
    - {id: slow, text: {en-US: Evenings taste better slow., ar-AE: للمساء مذاقٌ أجمل على مهل.}}
    - {id: low, text: {en-US: The low sun., ar-AE: شمس المساء}}
  seeds: [11, 12]
"""


@pytest.fixture
def with_lines(folder: Path):  # type: ignore[no-untyped-def]
    """The copy of the example with more lines in its campaign file, read."""

    def read(lines: str) -> Campaign:
        path = folder / "campaign.yaml"
        path.write_text(path.read_text("utf-8") + lines, "utf-8")
        return load_campaign(path)

    return read


def offering(campaign: Campaign, **matrix: object) -> Campaign:
    return campaign.model_copy(update={"matrix": Matrix.model_validate(matrix)})


def ids(campaign: Campaign) -> dict[str, str]:
    campaign = campaign.model_copy(update={"briefs": campaign.briefs[1:]})  # the one in English alone
    return {plan.plan_id: plan.variant_id for plan in expand(campaign)}


def test_the_count_is_told_without_making_an_ad(with_lines) -> None:  # type: ignore[no-untyped-def]
    campaign = with_lines(MATRIX)
    counted = count_ads(campaign)
    assert str(counted) == (
        "2 briefs × 2 hooks × 2 headlines × 2 placements × 2 seeds × 1–2 locales = 48 ads"
    )
    assert counted.ads == len(expand(campaign)) == 48


def test_each_ad_shows_the_words_of_its_choices(with_lines) -> None:  # type: ignore[no-untyped-def]
    plans = expand(with_lines(MATRIX))
    for plan in plans:
        assert plan.cell is not None
        opening = {"dawn": "Ocean waves", "mist": "Drifting clouds"}[plan.cell.hook]
        assert opening in plan.shots[0].prompt
        texts = {layer.role: layer.text for layer in plan.layers if layer.kind == "text"}
        if plan.locale == "en-US":
            assert (
                texts["headline"]
                == {"slow": "Evenings taste better slow.", "low": "The low sun."}[plan.cell.headline]
            )
            taglines = [
                layer.text for layer in plan.layers if layer.kind == "text" and layer.role == "tagline"
            ]
            assert ("Tea in the mist." in taglines) == (plan.cell.hook == "mist")


def test_headlines_share_base_clips_and_seeds_do_not(with_lines) -> None:  # type: ignore[no-untyped-def]
    plans = [p for p in expand(with_lines(MATRIX)) if p.brief == "slow-evenings"]
    shots = {
        (p.cell.hook, p.cell.seed, s.shot_id): (s.prompt, s.seed) for p in plans for s in p.shots if p.cell
    }
    assert all(
        (s.prompt, s.seed) == shots[p.cell.hook, p.cell.seed, s.shot_id]
        for p in plans
        for s in p.shots
        if p.cell
    )
    assert shots["dawn", 11, "hero"][1] != shots["dawn", 12, "hero"][1]


def test_ids_stay_when_choices_are_added_and_sorted(campaign: Campaign) -> None:
    few = ids(offering(campaign, headlines=["The low sun.", "Slow tea."], seeds=[1]))
    more = ids(offering(campaign, headlines=["Slow tea.", "Another one.", "The low sun."], seeds=[3, 1]))
    assert few.items() <= more.items()
    assert len(set(more.values())) == len(more)


def test_a_variant_id_outlives_its_words_and_its_place(campaign: Campaign) -> None:
    before = ids(offering(campaign, headlines=[{"id": "one", "text": "The low sun."}]))
    after = ids(offering(campaign, headlines=[{"id": "one", "text": "The lower sun."}]))
    assert before == after


def test_rules_keep_and_drop_combinations(campaign: Campaign) -> None:
    matrix = {"headlines": [{"id": "a", "text": "A."}, {"id": "b", "text": "B."}], "seeds": [1, 2]}
    kept = offering(campaign, **matrix, include=[{"headline": "a", "placement": "social-st*"}])
    assert {(ad.cell.headline, ad.placement.id) for ad in ads(kept)} == {("a", "social-story-9x16")}
    dropped = offering(campaign, **matrix, exclude=[{"headline": "a"}, {"seed": 2, "locale": "ar-AE"}])
    left = {(ad.cell.headline, ad.cell.seed, ad.locale) for ad in ads(dropped)}
    assert left == {("b", 1, "en-US"), ("b", 1, "ar-AE"), ("b", 2, "en-US")}
    assert count_ads(dropped).ads == len(list(ads(dropped)))
    assert "kept by the rules" in str(count_ads(dropped))


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("{headline: slwo}", "there is no headline 'slwo' (did you mean 'slow'?"),
        ("{placement: feed-4x5}", "there is no placement 'feed-4x5'"),
        ("{headlin: slow}", "names headlin (one of: brief, row, hook"),
        ("{}", "is not a rule"),
    ],
)
def test_a_rule_that_means_nothing_is_told(folder: Path, problems: Problems, rule: str, said: str) -> None:
    path = folder / "campaign.yaml"
    path.write_text(path.read_text("utf-8") + MATRIX + f"  exclude: [{rule}]\n", "utf-8")
    (problem,) = problems()
    assert said in str(problem)
    assert problem.line > 20


def test_rules_that_exclude_everything_are_told(campaign: Campaign) -> None:
    with pytest.raises(CampaignError, match="keeps no ad"):
        expand(offering(campaign, seeds=[1], exclude=[{"seed": 1}]))


def test_an_explosion_is_refused_before_anything_is_made(campaign: Campaign) -> None:
    many = {"headlines": [f"Line {i}." for i in range(50)], "seeds": list(range(50))}
    with pytest.raises(CampaignError, match=r"makes 15000 ads .*more than its cap of 500"):
        expand(offering(campaign, **many))
    with pytest.raises(CampaignError, match="cap of 10 "):
        expand(offering(campaign, seeds=[1, 2], cap=10))
    hooks = [{"opening": f"sea {i}"} for i in range(50)]
    with pytest.raises(CampaignError, match="750000"):
        expand(offering(campaign, **many, hooks=hooks))


def test_a_written_cap_lets_as_many_through(campaign: Campaign) -> None:
    assert len(expand(offering(campaign, seeds=[1, 2], cap=12))) == 12


@pytest.mark.parametrize(
    ("lines", "field", "said"),
    [
        ("  headlines: [{text: {en-US: Slow tea.}}]\n", "matrix.headlines[0].text.ar-AE", "has no text"),
        (
            "  ctas: [{en-US: A call to action that is far too long, ar-AE: اكتشف}]\n",
            "matrix.ctas[0].text.en-US",
            "columns long",
        ),
        ("  hooks: [{id: a}]\n", "matrix.hooks[0]", "says nothing"),
        ("  seeds: [1, 1]\n", "matrix.seeds", "names 1 twice"),
    ],
)
def test_choices_are_held_to_the_slots_of_every_template(
    folder: Path, problems: Problems, lines: str, field: str, said: str
) -> None:
    path = folder / "campaign.yaml"
    path.write_text(path.read_text("utf-8") + "matrix:\n" + lines, "utf-8")
    told = {(p.field, p.message) for p in problems()}
    assert any(f == field and said in m for f, m in told), told


def test_one_id_for_two_choices_is_refused(campaign: Campaign) -> None:
    lines = [{"id": "a", "text": "A."}, {"id": "a", "text": "B."}]
    with pytest.raises(CampaignError, match=r"has the id a of headlines\[0\]"):
        expand(offering(campaign, headlines=lines))


def test_two_ads_of_one_name_are_refused_and_both_named(with_lines) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(CampaignError) as caught:
        with_lines("output: {naming: '{brand}_{ratio}_{locale}'}\n")
    said = str(caught.value)
    assert (
        "slow-evenings in social-story-9x16 for en-US and first-case in social-story-9x16 for en-US" in said
    )


def test_links_have_their_parameters_and_share_no_content(campaign: Campaign) -> None:
    output = {
        "utm": {
            "utm_source": "{platform}",
            "utm_campaign": "{campaign}_{brief}",
            "utm_content": "{variant_id}",
            "cid": "__CID__",
        }
    }
    own = campaign.model_copy(update={"output": type(campaign.output).model_validate(output)})
    plans = expand(own)
    assert plans[0].utm == {
        "utm_source": "universal",
        "utm_campaign": "first-light_slow-evenings",
        "utm_content": plans[0].variant_id,
        "cid": "__CID__",
    }
    assert len({plan.utm["utm_content"] for plan in plans}) == len(plans)
    same = campaign.model_copy(
        update={"output": type(campaign.output).model_validate({"utm": {"utm_content": "{brief}"}})}
    )
    with pytest.raises(CampaignError, match=r"gives two ads the same slow-evenings: .* and slow-evenings in"):
        expand(same)
    assert utm(campaign, next(ads(campaign))) == {}


@pytest.mark.parametrize(
    "written", [{"a b": "x"}, {"utm_x": "{nothing}"}, {"utm_x": "a&b"}, {f"k{i}": "x" for i in range(15)}]
)
def test_parameters_that_no_platform_takes_are_refused(campaign: Campaign, written: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        type(campaign.output).model_validate({"utm": written})


def with_rows(folder: Path, text: str) -> Path:
    (folder / "rows.csv").write_text(text, "utf-8")
    path = folder / "campaign.yaml"
    path.write_text(path.read_text("utf-8") + "rows: rows.csv\n", "utf-8")
    return path


def test_rows_are_concepts_on_top_of_briefs(folder: Path) -> None:
    table = (
        "id,brief,locale,placement,seed,headline,opening\n"
        "a,slow-evenings,en-US,social-story-9x16,5,Slow tea.,morning mist\n"
        "b,slow-evenings,ar-AE,,,شاي المساء,\n"
        "c,first-case,,,,A first sip.,\n"
    )
    campaign = load_campaign(with_rows(folder, table))
    plans = expand(campaign)
    assert count_ads(campaign).ads == len(plans) == 5
    assert [(p.cell.row, p.locale, p.placement) for p in plans if p.cell] == [
        ("a", "en-US", "social-story-9x16"),
        ("b", "ar-AE", "social-story-9x16"),
        ("b", "ar-AE", "social-square-1x1"),
        ("c", "en-US", "social-story-9x16"),
        ("c", "en-US", "social-square-1x1"),
    ]
    assert "Morning mist" in plans[0].shots[0].prompt
    assert plans[0].plan_id.endswith("_a")


def test_problems_of_rows_are_told_at_their_lines_all_at_once(folder: Path) -> None:
    table = (
        "id,brief,placement,headline\n"
        "a,slow-evening,,Slow tea.\n"
        "b,first-case,feed-4x5,One.\n"
        "c,first-case,,A headline that is really much too long for the slot.\n"
        "d,slow-evenings,,Written once for two languages\n"
    )
    with pytest.raises(CampaignError) as caught:
        load_campaign(with_rows(folder, table))
    told = {(Path(p.file).name, p.line, p.field) for p in caught.value.problems}
    assert told >= {
        ("rows.csv", 2, "brief"),
        ("rows.csv", 3, "placement"),
        ("rows.csv", 4, "headline"),
        ("rows.csv", 5, "headline"),
    }


def test_a_finding_in_a_row_names_the_row(folder: Path) -> None:
    table = "id,brief,headline\na,first-case,One sip.\nb,first-case,Cures cancer.\n"
    plans = expand(load_campaign(with_rows(folder, table)))
    (finding,) = {f for plan in plans for f in plan.findings}
    assert (Path(finding.file).name, finding.line, finding.code) == ("rows.csv", 3, "health.cure")


def test_headlines_in_rows_and_in_the_matrix_are_refused_together(folder: Path) -> None:
    path = with_rows(folder, "brief,headline\nfirst-case,One sip.\n")
    path.write_text(path.read_text("utf-8") + "matrix: {headlines: [{text: Slow.}]}\n", "utf-8")
    with pytest.raises(CampaignError, match="and the column headline of rows both say it"):
        load_campaign(path)


def test_a_draft_is_smaller_and_faster_and_keeps_seeds_prompts_and_variant(campaign: Campaign, plans) -> None:  # type: ignore[no-untyped-def]
    drafts = expand(campaign, draft=True)
    for draft, final in zip(drafts, plans, strict=True):
        assert draft.draft is not None
        assert (draft.draft.width, draft.draft.height) == (final.width // 2, final.height // 2)
        assert (draft.draft.fps, draft.draft.steps) == (15, 4)
        assert draft.shots == final.shots
        assert draft.variant_id == final.variant_id
        assert draft.plan_id == f"{final.plan_id}_draft"
        assert draft.plan_hash != final.plan_hash


def test_promoting_a_draft_gives_the_final_plan_field_for_field(
    campaign: Campaign, plans: list[AdPlan]
) -> None:
    assert [as_final(draft) for draft in expand(campaign, draft=True)] == plans
    assert as_final(plans[0]) is plans[0]
    draft = as_draft(plans[0], DraftSettings(scale=0.33))
    assert as_draft(draft, DraftSettings()) is draft
    assert draft.draft is not None
    assert draft.draft.width % 2 == draft.draft.height % 2 == 0
