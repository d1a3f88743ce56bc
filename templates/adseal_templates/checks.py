# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What only shows when brand, brief, template and placements are seen together.

Decides whether every slot has a text for every locale within its limit, whether words that must not appear
do, and whether every placement has a layout. Leaves out fields on their own (the models) and whether a text
fits its box in px (the generator's preflight, which has the fonts).
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from .ad_placement import Placement
from .ad_template import Slot, Template
from .brand import BrandKit
from .brief import SLOT_FIELDS, Brief
from .campaign import Campaign
from .compliance import Compliance, Disclosure
from .errors import Problem, did_you_mean
from .terms import says
from .values import UNDETERMINED, Localised, display_width
from .yaml_source import KeyPath, dotted

# Where a rendered video can show a disclosure; the others need sound, subtitles or a companion unit.
SHOWN_POSITIONS: Final = ("prominent", "footer", "overlay", "end_card")


@dataclass(frozen=True)
class Finding:
    """A problem before it has a line: `part` is the file it belongs to, `index` which brief or row."""

    part: Literal["campaign", "brand", "brief", "row"]
    path: KeyPath
    message: str
    hint: str = ""
    index: int = 0


def as_problems(findings: Iterable[Finding], campaign: Campaign) -> list[Problem]:
    """Findings on a campaign that was built in code, placed by names instead of files and lines."""
    names = {"campaign": campaign.source or f"campaign {campaign.id}", "brand": f"brand {campaign.brand.id}"}

    def place(f: Finding) -> tuple[str, int]:
        if f.part == "row":  # a row always knows where it stands
            return campaign.rows[f.index].file, campaign.rows[f.index].line
        return names.get(f.part) or f"brief {campaign.briefs[f.index].id}", 0

    return [
        Problem(file=file, line=line, field=dotted(f.path), message=f.message, hint=f.hint)
        for f in findings
        for file, line in (place(f),)
    ]


def check_campaign(campaign: Campaign) -> Iterator[Finding]:
    """Every cross-file finding of a whole campaign."""
    for index, brief in enumerate(campaign.briefs):
        yield from check_brief(index, brief, campaign.template_of(brief), campaign.brand)
    locales = sorted({locale for brief in campaign.briefs for locale in brief.locales})
    yield from check_brand(campaign.brand, locales)
    ads = ((brief, campaign.template_of(brief)) for brief in campaign.briefs)
    yield from check_brand_rules(campaign.brand, ads)
    used = {campaign.template_of(brief).ref: campaign.template_of(brief) for brief in campaign.briefs}
    yield from check_placements(campaign.placements, used.values())


def check_brief(index: int, brief: Brief, template: Template, brand: BrandKit | None) -> Iterator[Finding]:
    """Findings on one brief under its template."""

    def finding(path: KeyPath, message: str, hint: str = "") -> Finding:
        return Finding("brief", path, message, hint, index)

    for name, slot in template.slots.items():
        if slot.type != "text":
            continue
        path: KeyPath = SLOT_FIELDS[name]
        text = brief.slot(name)
        if text is None:
            if slot.required:
                yield finding(path, "is missing", f"{template.ref} needs it")
            continue
        for at, message, hint in check_slot(text, path, slot, brief):
            yield finding(at, message, hint)
    rules = brief.compliance if brand is None else _both(brief.compliance, brand.compliance)
    said = (
        *_check_claims(brief, rules),
        *_check_disclosures(brief, template),
        *_check_shots(brief, template),
    )
    for path, message, hint in said:
        yield finding(path, message, hint)
    if brand is not None:
        for path, message, hint in _check_prompt_words(brief, brand):
            yield finding(path, message, hint)


_Said = tuple[KeyPath, str, str]


def _both(brief: Compliance, brand: Compliance) -> Compliance:
    claims = tuple(dict.fromkeys((*brief.prohibited_claims, *brand.prohibited_claims)))
    return brief.model_copy(update={"prohibited_claims": claims})


def check_slot(
    text: Localised, path: KeyPath, slot: Slot, brief: Brief
) -> Iterator[tuple[KeyPath, str, str]]:
    """Findings on one text in a slot: a text for each locale, none longer than the slot takes."""
    languages = {locale.split("-")[0] for locale in brief.locales}
    alone = text.root.get(UNDETERMINED, "")
    if len(languages) > 1 and any(c.isalpha() for c in alone):
        yield path, f"is written once for the locales {', '.join(brief.locales)}", "write it per locale"
    for locale in brief.locales:
        if text.text_for(locale) is None:
            yield (
                (*path, locale),
                "has no text",
                f"the brief runs in {locale}; add its text or drop the locale",
            )
    for tag, words in text.items():
        width = display_width(words)
        # A text written once is held to the tightest limit among the locales it is for.
        limits = [slot.limit_for(t) for t in (brief.locales if tag == UNDETERMINED else (tag,))]
        limit = min((n for n in limits if n is not None), default=None)
        if limit is not None and width > limit:
            where = path if tag == UNDETERMINED else (*path, tag)
            yield where, f"is {width} columns long, the slot takes {limit}", f"shorten it by {width - limit}"


def _words_of(brief: Brief) -> Iterator[tuple[KeyPath, str]]:
    for name, path in SLOT_FIELDS.items():
        text = brief.slot(name)
        for tag, words in text.items() if text else ():
            yield (path if tag == UNDETERMINED else (*path, tag)), words
    for i, message in enumerate(brief.messaging.key_messages):
        for tag, words in message.items():
            here: KeyPath = ("messaging", "key_messages", i)
            yield (here if tag == UNDETERMINED else (*here, tag)), words


def _check_claims(brief: Brief, rules: Compliance) -> Iterator[_Said]:
    for claim in rules.prohibited_claims:
        for path, words in _words_of(brief):
            if says(words, claim):
                yield path, f"makes the prohibited claim “{claim}”", "say it differently"


def _check_disclosures(brief: Brief, template: Template) -> Iterator[_Said]:
    for i, disclosure in enumerate(brief.compliance.required_disclosures):
        path: KeyPath = ("compliance", "required_disclosures", i)
        if disclosure.position not in SHOWN_POSITIONS:
            hint = "one of: " + ", ".join(SHOWN_POSITIONS)
            yield (*path, "position"), f"{disclosure.position} cannot be shown in the picture", hint
        shortest = (disclosure.min_duration_ms or 0) / 1000
        if shortest > template.duration_s:
            message = f"asks for {shortest:g} s, the ad lasts {template.duration_s:g} s"
            yield (*path, "min_duration_ms"), message, "use a longer template"
        for locale in brief.locales:
            if applies(disclosure, brief, locale) and disclosure.text.text_for(locale) is None:
                yield (*path, "text", locale), "has no text", f"the brief runs in {locale}"


def _check_shots(brief: Brief, template: Template) -> Iterator[_Said]:
    known = [shot.id for shot in template.shots]
    for name in brief.scene.shots:
        if name not in known:
            hint = did_you_mean(name, known, what=f"{template.ref} has")
            yield ("scene", "shots", name), f"there is no shot {name!r}", hint


def applies(disclosure: Disclosure, brief: Brief, locale: str) -> bool:
    """True when a disclosure must be shown in a locale's ad: its language and its jurisdictions match."""
    language = disclosure.language
    if language is not None and language.split("-")[0] != locale.split("-", maxsplit=1)[0]:
        return False
    here = brief.jurisdictions_of(locale)
    wanted = {place.split("-")[0] for place in disclosure.jurisdictions}
    return not wanted or not here or bool(wanted & here)


def _check_prompt_words(brief: Brief, brand: BrandKit) -> Iterator[_Said]:
    """The model must not be asked to paint the brand: names and logos are composited."""
    scene = brief.scene
    parts: list[tuple[KeyPath, str | None]] = [
        (("scene", field), getattr(scene, field))
        for field in ("subject", "action", "setting", "opening", "light", "style", "mood")
    ]
    for shot, own in scene.shots.items():
        parts += [
            (("scene", "shots", shot, field), getattr(own, field))
            for field in ("subject", "action", "setting", "light", "style")
        ]
    for path, words in parts:
        for _, name in brand.names.items():
            if words and name.casefold() in words.casefold():
                hint = "describe what is seen; the logo is laid over it"
                yield path, f"names the brand {name!r} in a prompt", hint


def check_brand(brand: BrandKit, locales: Iterable[str]) -> Iterator[Finding]:
    """Findings on the brand kit for the locales a campaign runs in."""
    if not any(logo.path for logo in brand.logos):
        hint = "download the logo and give its `path`; addresses are never fetched"
        yield Finding("brand", ("logos",), "names no logo file", hint)
    for i, disclaimer in enumerate(brand.disclaimers):
        for locale in locales:
            if disclaimer.required and disclaimer.text.text_for(locale) is None:
                path = ("disclaimers", i, "text", locale)
                yield Finding("brand", path, "has no text", f"the campaign runs in {locale}")


def check_brand_rules(brand: BrandKit, ads: Iterable[tuple[Brief, Template]]) -> Iterator[Finding]:
    """Findings on the disclosures that the brand asks of each ad, held against its briefs and their templates."""
    ads = tuple(ads)
    for i, disclosure in enumerate(brand.compliance.required_disclosures):
        path: KeyPath = ("compliance", "required_disclosures", i)
        if disclosure.position not in SHOWN_POSITIONS:
            message = f"{disclosure.position} cannot be shown in the picture"
            yield Finding("brand", (*path, "position"), message, "one of: " + ", ".join(SHOWN_POSITIONS))
        shortest = min((template.duration_s for _, template in ads), default=math.inf)
        needed = (disclosure.min_duration_ms or 0) / 1000
        if needed > shortest:
            message = f"asks for {needed:g} s, the shortest ad lasts {shortest:g} s"
            yield Finding("brand", (*path, "min_duration_ms"), message, "use longer templates")
        places = {
            locale for brief, _ in ads for locale in brief.locales if applies(disclosure, brief, locale)
        }
        for locale in sorted(places):
            if disclosure.text.text_for(locale) is None:
                yield Finding(
                    "brand", (*path, "text", locale), "has no text", f"the campaign runs in {locale}"
                )


def check_placements(placements: Iterable[Placement], templates: Iterable[Template]) -> Iterator[Finding]:
    """Findings on placements: a layout for each aspect, a duration each allows."""
    templates = tuple(templates)
    for i, placement in enumerate(placements):
        for template in templates:
            if placement.aspect not in template.layouts:
                message = f"{template.ref} has no layout for {placement.aspect}"
                yield Finding(
                    "campaign", ("placements", i), message, "it has: " + ", ".join(template.layouts)
                )
            if not placement.takes(template.duration_s):
                message = f"takes {placement.durations}, {template.ref} lasts {template.duration_s:g} s"
                yield Finding("campaign", ("placements", i), message, "choose another template or placement")
