# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Which ads a campaign makes: briefs or rows × hooks × headlines × CTAs × placements × locales × seeds × variants.

Decides the order, what the matrix's rules keep, and the brief of each ad with the words of its choices. Counting
makes no ad, so an explosion is seen before it costs anything. Leaves out names (`naming`) and plans (`expansion`).
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from pydantic import ValidationError

from .ad_placement import Placement
from .ad_template import Template
from .brief import SLOT_FIELDS, Brief
from .campaign import Campaign, Place
from .matrix import Hook, Line
from .plan_notes import Cell
from .rows import TEXT_COLUMNS, Row
from .values import UNDETERMINED, Localised
from .yaml_source import KeyPath

#: Combinations that are looked at before rules; beyond it a campaign is refused without looking.
MAX_LOOKED_AT: Final = 200_000


@dataclass(frozen=True)
class Concept:
    """A brief, or a brief with the words of a row. `index` is the brief's in the campaign."""

    brief: Brief
    index: int
    row: Row | None = None


class Ad(NamedTuple):
    """One ad to be made. `brief` has the words of the ad's choices, `cell` their ids."""

    plan_id: str
    brief: Brief
    template: Template
    placement: Placement
    locale: str
    variant: int  # counts from 1
    cell: Cell = Cell()
    brief_at: int = 0  # in the campaign's briefs
    row: Row | None = None

    @property
    def values(self) -> dict[str, str]:
        """Dimension → id, as rules and names see it."""
        seed = "" if self.cell.seed is None else str(self.cell.seed)
        return {
            "brief": self.brief.id,
            "row": self.cell.row,
            "hook": self.cell.hook,
            "headline": self.cell.headline,
            "cta": self.cell.cta,
            "placement": self.placement.id,
            "locale": self.locale,
            "seed": seed,
            "variant": str(self.variant),
        }


@dataclass(frozen=True)
class Count:
    """How many ads a campaign makes: the choices of each dimension (`1–2` where briefs differ), all combinations,
    those that rules keep."""

    factors: tuple[tuple[str, str], ...]
    combinations: int
    ads: int

    def __str__(self) -> str:
        shown = " × ".join(f"{n} {name}" for name, n in self.factors)
        kept = "" if self.ads == self.combinations else f", {self.ads} kept by the rules"
        return f"{shown} = {self.combinations} ads{kept}"


def count_ads(campaign: Campaign) -> Count:
    """The count, without making the ads. Beyond MAX_LOOKED_AT combinations the rules are not asked."""
    made = concepts(campaign)
    matrix = campaign.matrix
    per_concept = max(1, len(matrix.hooks)) * max(1, len(matrix.headlines)) * max(1, len(matrix.ctas))
    per_concept *= campaign.variants
    total = 0
    for concept in made:
        row = concept.row.values if concept.row else {}
        places = 1 if "placement" in row else len(campaign.placements)
        seeds = 1 if "seed" in row else max(1, len(matrix.seeds))
        total += per_concept * places * seeds * len(concept.brief.locales)
    several = (
        ("hooks", len(matrix.hooks)),
        ("headlines", len(matrix.headlines)),
        ("CTAs", len(matrix.ctas)),
        ("placements", len(campaign.placements)),
        ("seeds", len(matrix.seeds)),
        ("variants", campaign.variants if campaign.variants > 1 else 0),
    )
    locales = sorted({len(concept.brief.locales) for concept in made})
    factors = (
        ("rows" if campaign.rows else "briefs", str(len(made))),
        *((name, str(n)) for name, n in several if n),
        ("locales", "–".join(dict.fromkeys(str(n) for n in (locales[0], locales[-1]))) if locales else "0"),
    )
    ruled = (matrix.include or matrix.exclude) and total <= MAX_LOOKED_AT
    return Count(factors, total, sum(1 for _ in combinations(campaign)) if ruled else total)


def combinations(campaign: Campaign) -> Iterator[Ad]:
    """Every ad that the rules keep, in a stable order, still without a name (`naming.ads`)."""
    return (ad for ad in all_combinations(campaign) if campaign.matrix.keeps(ad.values))


def all_combinations(campaign: Campaign) -> Iterator[Ad]:
    """Every combination, whatever the rules say."""
    wishes = _Wishes(campaign)
    chosen = {placement.id: placement for placement in campaign.placements}
    for concept in concepts(campaign):
        row = concept.row.values if concept.row else {}
        template = campaign.template_of(concept.brief)
        named = chosen.get(row.get("placement", ""))
        places = ((named,) if named else ()) if "placement" in row else campaign.placements
        seeds = (int(row["seed"]),) if "seed" in row else campaign.matrix.seeds or (None,)
        for brief, cell in wishes.of(concept):
            for placement in places:
                for locale in brief.locales:
                    for seed in seeds:
                        for variant in range(1, campaign.variants + 1):
                            cell_ = cell.model_copy(update={"seed": seed})
                            yield Ad(
                                "",
                                brief,
                                template,
                                placement,
                                locale,
                                variant,
                                cell_,
                                concept.index,
                                concept.row,
                            )


@dataclass
class _Wishes:
    """The hooks, headlines and CTAs of a campaign laid over a concept."""

    campaign: Campaign
    _hooks: tuple[Hook | None, ...] = field(init=False)
    _headlines: tuple[Line | None, ...] = field(init=False)
    _ctas: tuple[Line | None, ...] = field(init=False)

    def __post_init__(self) -> None:
        matrix = self.campaign.matrix
        self._hooks = matrix.hooks or (None,)
        self._headlines = matrix.headlines or (None,)
        self._ctas = matrix.ctas or (None,)

    def of(self, concept: Concept) -> Iterator[tuple[Brief, Cell]]:
        row = concept.row.id if concept.row else ""
        for hook in self._hooks:
            for headline in self._headlines:
                for cta in self._ctas:
                    cell = Cell(
                        row=row,
                        hook=hook.id if hook else "",
                        headline=headline.id if headline else "",
                        cta=cta.id if cta else "",
                    )
                    yield with_choices(concept.brief, hook, headline, cta), cell


def with_choices(brief: Brief, hook: Hook | None, headline: Line | None, cta: Line | None) -> Brief:
    """The brief with the words of its choices."""
    if hook is None and headline is None and cta is None:
        return brief
    words: dict[str, Localised] = {}
    if hook is not None and hook.tagline is not None:
        words["tagline"] = hook.tagline
    if headline is not None:
        words["headline"] = headline.text
    if cta is not None:
        words["cta"] = cta.text
    scene = brief.scene
    if hook is not None and hook.opening is not None:
        scene = scene.model_copy(update={"opening": hook.opening})
    return brief.model_copy(update={"messaging": brief.messaging.model_copy(update=words), "scene": scene})


def concepts(campaign: Campaign) -> tuple[Concept, ...]:
    """The campaign's briefs, or its rows on top of them; rows that name no brief of ours are left out here and
    told by `check_matrix`."""
    if not campaign.rows:
        return tuple(Concept(brief, index) for index, brief in enumerate(campaign.briefs))
    found = []
    for row in campaign.rows:
        index = brief_index(campaign, row)
        if index is not None:
            try:
                found.append(Concept(with_row(campaign.briefs[index], row), index, row))
            except ValidationError:
                continue
    return tuple(found)


def brief_index(campaign: Campaign, row: Row) -> int | None:
    """Which brief a row is laid over: the one it names, or the only one."""
    ids = [brief.id for brief in campaign.briefs]
    if "brief" not in row.values:
        return 0 if len(ids) == 1 else None
    return ids.index(row.values["brief"]) if row.values["brief"] in ids else None


@lru_cache(maxsize=8192)
def _localised(texts: tuple[tuple[str, str], ...]) -> Localised:
    return Localised.model_validate(dict(texts))


def with_row(brief: Brief, row: Row) -> Brief:
    """The brief with the row's words. A plain column is meant for the row's locale, else for all locales. Raises
    pydantic's ValidationError for a text that no brief could hold."""
    locale = row.values.get("locale")
    changed: dict[str, Localised] = {}
    for column in TEXT_COLUMNS:
        own = {
            tag or locale or UNDETERMINED: text
            for name, text in row.values.items()
            for head, _, tag in (name.partition("."),)
            if head == column
        }
        if own:
            before = brief.slot(column)
            kept = {} if UNDETERMINED in own or before is None else dict(before.root)
            changed[column] = _localised(tuple({**kept, **own}.items()))
    inside = {name: text for name, text in changed.items() if SLOT_FIELDS[name][0] == "messaging"}
    update: dict[str, object] = {name: text for name, text in changed.items() if name not in inside}
    if inside:
        update["messaging"] = brief.messaging.model_copy(update=inside)
    if locale:
        update["locales"] = (locale,)
    if "opening" in row.values:
        update["scene"] = brief.scene.model_copy(update={"opening": row.values["opening"]})
    return brief.model_copy(update=update) if update else brief


def variant_id(campaign: Campaign, ad: Ad) -> str:
    """12 hex digits from the ad's choices alone: the same for a draft and its final, and after words changed."""
    named = json.dumps([campaign.id, campaign.brand.id, ad.values], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(named.encode()).hexdigest()[:12]


def place_of_words(campaign: Campaign, ad: Ad, path: KeyPath, locale: str | None = None) -> Place:
    """Where the words of a field of this ad stand: in the matrix, in a row, or in the brief."""
    chosen: dict[str, tuple[str, str, tuple[Hook | Line, ...]]] = {
        "headline": (ad.cell.headline, "headlines", campaign.matrix.headlines),
        "cta": (ad.cell.cta, "ctas", campaign.matrix.ctas),
        "tagline": (ad.cell.hook, "hooks", campaign.matrix.hooks),
        "opening": (ad.cell.hook, "hooks", campaign.matrix.hooks),
    }
    last = str(next((part for part in reversed(path) if part in {*chosen, *TEXT_COLUMNS}), ""))
    nothing: tuple[str, str, tuple[Hook | Line, ...]] = ("", "", ())
    wanted, name, choices = chosen.get(last, nothing)
    for i, choice in enumerate(choices):
        says = not isinstance(choice, Hook) or getattr(choice, last) is not None
        if wanted and choice.id == wanted and says:
            tail = ("text",) if isinstance(choice, Line) else (last,)
            where: KeyPath = ("matrix", name, i, *tail, *((locale,) if locale else ()))
            return campaign.place_of("campaign", campaign.id, where)
    if ad.row is not None and any(column.partition(".")[0] == last for column in ad.row.values):
        return ad.row.file, ad.row.line
    return campaign.place_of("brief", ad.brief.id, (*path, locale) if locale else path)
