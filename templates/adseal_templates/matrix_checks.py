# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What can be wrong with a matrix or with rows, seen together with briefs, templates and placements.

Decides whether choices fit their slots, rules name what exists, rows name briefs and placements of the campaign, and
whether there are more ads than the campaign allows. Leaves out names (`naming`) and the files themselves (`rows`).
"""

from collections.abc import Iterator
from typing import Final

from pydantic import ValidationError

from .ad_template import Slot, SlotName, Template
from .campaign import Campaign
from .checks import Finding, check_brief, check_slot
from .errors import did_you_mean
from .matrix import Matrix
from .rows import TEXT_COLUMNS, Row
from .values import Localised
from .variants import MAX_LOOKED_AT, brief_index, combinations, count_ads, with_row
from .yaml_source import KeyPath

MAX_PLANS: Final = 5000
_PATTERN: Final = frozenset("*?[")


def check_count(campaign: Campaign) -> Iterator[Finding]:
    """A finding when the campaign makes more ads than it allows, or none."""
    multiplied = bool(campaign.matrix.offered or campaign.rows)
    allowed = campaign.matrix.cap if multiplied else MAX_PLANS
    counted = count_ads(campaign)
    if counted.combinations > MAX_LOOKED_AT or counted.ads > allowed:
        if multiplied:
            hint = f"narrow it with include and exclude, or raise matrix.cap (at most {MAX_PLANS})"
            message = f"makes {counted.ads} ads ({counted}), more than its cap of {allowed}"
            yield Finding("campaign", ("matrix",), message, hint)
        else:
            message = f"makes {counted.ads} ads, more than {MAX_PLANS}"
            yield Finding("campaign", ("briefs",), message, "split the campaign")
    elif counted.ads == 0:
        yield Finding("campaign", ("matrix",), "keeps no ad", "its rules exclude every combination")


def check_matrix(campaign: Campaign) -> Iterator[Finding]:
    """Every finding on matrix and rows."""
    yield from _check_choices(campaign)
    yield from _check_rules(campaign)
    for index, row in enumerate(campaign.rows):
        yield from _check_row(campaign, index, row)


def _check_choices(campaign: Campaign) -> Iterator[Finding]:
    matrix = campaign.matrix
    named = (("hooks", matrix.hooks), ("headlines", matrix.headlines), ("ctas", matrix.ctas))
    for name, choices in named:
        ids = [choice.id for choice in choices]
        for i, choice in enumerate(ids):
            if choice in ids[:i]:
                message = f"has the id {choice} of {name}[{ids.index(choice)}]"
                yield Finding("campaign", ("matrix", name, i), message, "give each its own id")
    for i, hook in enumerate(matrix.hooks):
        if hook.tagline is not None:
            yield from _check_text(campaign, "tagline", hook.tagline, ("matrix", "hooks", i, "tagline"))
    for i, line in enumerate(matrix.headlines):
        yield from _check_text(campaign, "headline", line.text, ("matrix", "headlines", i, "text"))
    for i, line in enumerate(matrix.ctas):
        yield from _check_text(campaign, "cta", line.text, ("matrix", "ctas", i, "text"))
    said = {column: i for i, row in enumerate(campaign.rows) for column in row.values}
    for name, column in (("headlines", "headline"), ("ctas", "cta")):
        if getattr(matrix, name) and any(said_column.startswith(column) for said_column in said):
            message = f"and the column {column} of rows both say it"
            yield Finding("campaign", ("matrix", name), message, "keep one of the two")


def _check_text(campaign: Campaign, slot: SlotName, text: Localised, path: KeyPath) -> Iterator[Finding]:
    """A choice in the slot of every brief's template; each complaint once."""
    told = set()
    for brief in campaign.briefs:
        spec = campaign.template_of(brief).slots.get(slot) or Slot()
        for at, message, hint in check_slot(text, path, spec, brief):
            if (at, message) not in told:
                told.add((at, message))
                yield Finding("campaign", at, message, hint)


def _check_rules(campaign: Campaign) -> Iterator[Finding]:
    matrix = campaign.matrix
    if not (matrix.include or matrix.exclude):
        return
    counted = count_ads(campaign)
    if counted.combinations > MAX_LOOKED_AT:
        return
    known: dict[str, set[str]] = {}
    for ad in combinations(campaign.model_copy(update={"matrix": _without_rules(campaign)})):
        for name, value in ad.values.items():
            known.setdefault(name, set()).add(value)
    for kind, rules in (("include", matrix.include), ("exclude", matrix.exclude)):
        for i, rule in enumerate(rules):
            for name, wishes in rule.items():
                for wish in wishes:
                    if not _PATTERN & set(wish) and wish not in known.get(name, ()):
                        offered = sorted(value for value in known.get(name, ()) if value)
                        message = f"there is no {name} {wish!r}"
                        yield Finding(
                            "campaign", ("matrix", kind, i, name), message, did_you_mean(wish, offered)
                        )


def _without_rules(campaign: Campaign) -> Matrix:
    return campaign.matrix.model_copy(update={"include": (), "exclude": ()})


def _check_row(campaign: Campaign, index: int, row: Row) -> Iterator[Finding]:
    def finding(column: str, message: str, hint: str = "") -> Finding:
        return Finding("row", (column,), message, hint, index)

    named = row.values.get("brief")
    found = brief_index(campaign, row)
    if found is None:
        ids = [brief.id for brief in campaign.briefs]
        message = f"there is no brief {named!r}" if named else "is missing"
        yield finding("brief", message, did_you_mean(named or "", ids, what="there are"))
    placement = row.values.get("placement")
    places = [p.id for p in campaign.placements]
    if placement is not None and placement not in places:
        hint = did_you_mean(placement, places, what="the campaign has")
        yield finding("placement", f"there is no placement {placement!r}", hint)
    if found is None:
        return
    try:
        brief = with_row(campaign.briefs[found], row)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            yield finding("", str(detail["msg"])[:200])
        return
    # What the brief itself has wrong is told at the brief.
    before = {
        (f.path, f.message) for f in check_brief(0, campaign.briefs[found], _template(campaign, found), None)
    }
    for problem in check_brief(0, brief, _template(campaign, found), campaign.brand):
        if (problem.path, problem.message) not in before:
            column = next((str(p) for p in problem.path if p in TEXT_COLUMNS), str(problem.path[0]))
            yield finding(column, problem.message, problem.hint)


def _template(campaign: Campaign, index: int) -> Template:
    return campaign.template_of(campaign.briefs[index])
