# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The guards: words in an ad's copy and prompts that somebody should look at before money is spent.

Decides which texts of an ad are read, against which lists, and what a brand allows. A finding never changes a word.
Guards read words, not meanings: no finding is no clearance, and this is not legal advice. Leaves out the lists
(`guard_lists`), matching (`terms`, `folding`) and who stops at what (`refuse_blocked` raises, callers decide when).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from .brand import BrandKit
from .brief import SLOT_FIELDS
from .campaign import Campaign, Place
from .errors import PlanBlocked
from .folding import Folded, fold, views
from .guard_lists import GuardEntry, GuardList, Where, guard_lists
from .plan import AdPlan, ShotPlan
from .plan_notes import Category, GuardFinding, Severity
from .shot_grammar import second_action, second_move
from .terms import says
from .variants import Ad, place_of_words
from .yaml_source import KeyPath, dotted

_SCENE_FIELDS: Final = ("subject", "action", "setting", "opening", "light", "style", "mood")


@dataclass(frozen=True)
class Hit:
    """Words of a text that a list has, before it is known where the text stands."""

    code: str
    severity: Severity
    category: Category
    words: str
    why: str
    source: str


@dataclass(frozen=True)
class _Read:
    """One text of an ad and where it stands."""

    text: str
    where: Where
    field: str
    place: Place


@lru_cache(maxsize=20_000)
def scan(text: str, where: Where) -> tuple[Hit, ...]:
    """What the shipped lists find in a text, as copy or as a prompt; each code and words once, in list order."""
    found: dict[tuple[str, str], Hit] = {}
    seen = views(text)
    for guards in guard_lists():
        for entry in guards.entries:
            if where in entry.where:
                for words in _found(entry, text, seen):
                    found.setdefault((entry.code, fold(words).text), _hit(guards, entry, where, words))
    return tuple(found.values())


def _hit(guards: GuardList, entry: GuardEntry, where: Where, words: str) -> Hit:
    source = f"{entry.source or guards.source.text} ({guards.ref})"
    return Hit(entry.code, entry.severity_in(where), guards.category, words, entry.why, source)


def _found(entry: GuardEntry, text: str, seen: Sequence[Folded]) -> Iterator[str]:
    """The words of a text that an entry means, as written."""
    if not _company(entry, seen):
        return
    for view in seen:
        found = [m.span() for pattern in entry.sought(view.text) for m in pattern.finditer(view.text)]
        innocent = (
            [m.span() for phrase in entry.innocent for m in phrase.finditer(view.text)] if found else []
        )
        for start, end in found:
            if not any(a < end and start < b for a, b in innocent):
                yield view.written(start, end, text)
    for cased in entry.written:
        for match in cased.finditer(text):
            folded = fold(match[0]).text
            if not any(phrase.search(folded) for phrase in entry.innocent):
                yield match[0]


def _company(entry: GuardEntry, seen: Sequence[Folded]) -> bool:
    if not entry.companions:
        return True
    return any(word.search(view.text) for word in entry.companions for view in seen)


def guard_refs() -> tuple[str, ...]:
    """The lists that were asked, each `id@version`, as plans name them."""
    return tuple(guards.ref for guards in guard_lists())


def check_ad(campaign: Campaign, ad: Ad, shots: Sequence[ShotPlan]) -> tuple[GuardFinding, ...]:
    """Every finding on one ad: its copy in its locale, the brief's scene, and prompts that say more than it."""
    found: list[GuardFinding] = []
    told: set[tuple[str, str]] = set()
    for read in _texts(campaign, ad):
        for hit in (*scan(read.text, read.where), *_own_claims(campaign.brand, read.text)):
            told.add((hit.code, fold(hit.words).text))
            found.append(_placed(campaign.brand, hit, read))
        if read.where == "prompt":
            found += (_placed(campaign.brand, hit, read) for hit in _more_than_one(read.text))
    for shot in shots:
        read = _Read(shot.prompt, "prompt", f"shots.{shot.shot_id}.prompt", (ad.template.ref, 0))
        for hit in (*scan(shot.prompt, "prompt"), *_own_claims(campaign.brand, shot.prompt)):
            if (hit.code, fold(hit.words).text) not in told:
                found.append(_placed(campaign.brand, hit, read))
    return tuple(dict.fromkeys(found))


def _texts(campaign: Campaign, ad: Ad) -> Iterator[_Read]:
    for slot, path in SLOT_FIELDS.items():
        text = ad.brief.slot(slot)
        words = text.text_for(ad.locale) if text else None
        if text is not None and words is not None:
            tag = next((tag for tag, said in text.items() if said == words), None)
            locale = tag if tag and tag != "und" else None
            place = place_of_words(campaign, ad, path, locale)
            yield _Read(words, "copy", dotted((*path, locale) if locale else path), place)
    for i, message in enumerate(ad.brief.messaging.key_messages[3:], start=3):  # slots show the first three
        if (words := message.text_for(ad.locale)) is not None:
            at: KeyPath = ("messaging", "key_messages", i)
            yield _Read(words, "copy", dotted(at), campaign.place_of("brief", ad.brief.id, at))
    tagline = campaign.brand.tagline
    if tagline is not None and (words := tagline.text_for(ad.locale)) is not None:
        yield _Read(words, "copy", "tagline", campaign.place_of("brand", campaign.brand.id, ("tagline",)))
    for name in _SCENE_FIELDS:
        if words := getattr(ad.brief.scene, name):
            place = place_of_words(campaign, ad, ("scene", name))
            yield _Read(words, "prompt", f"scene.{name}", place)
    for shot, own in ad.brief.scene.shots.items():
        for name in _SCENE_FIELDS:
            if words := getattr(own, name, None):
                path = ("scene", "shots", shot, name)
                yield _Read(words, "prompt", dotted(path), campaign.place_of("brief", ad.brief.id, path))


def _own_claims(brand: BrandKit, text: str) -> Iterator[Hit]:
    for claim in brand.compliance.prohibited_claims:
        if says(text, claim):
            why = "a claim that the brand does not make"
            yield Hit("claim.brand", "block", "claim", claim, why, f"brand kit of {brand.id}")


def _more_than_one(text: str) -> Iterator[Hit]:
    """One action and one camera move a shot: what a model is asked beyond that, it mixes."""
    guides = "guides of Wan 2.2, LTX-Video and Veo 3.1, read 2026-08"
    if move := second_move(text):
        why = "a camera move in words; the shot has one already, use `camera`"
        yield Hit("shot.second_move", "warn", "shot", move, why, guides)
    if action := second_action(text):
        yield Hit("shot.second_action", "warn", "shot", action, "a second action in one shot", guides)


def _placed(brand: BrandKit, hit: Hit, read: _Read) -> GuardFinding:
    reason = _allowed(brand, hit, read.where)
    return GuardFinding(
        code=hit.code,
        severity="note" if reason else hit.severity,
        category=hit.category,
        words=hit.words,
        file=read.place[0],
        line=read.place[1],
        field=read.field,
        why=hit.why,
        source=hit.source,
        allowed=reason,
    )


def _allowed(brand: BrandKit, hit: Hit, where: Where) -> str:
    """The brand's reason for allowing the words, empty where it gives none. Its own prohibitions stay, and its own
    name is always its own to say, though not to paint (`checks`)."""
    if hit.code == "claim.brand":
        return ""
    same = fold(hit.words).text
    for allowance in brand.guard.allow:
        if allowance.code in {None, hit.code} and any(
            fold(words).text == same or says(hit.words, words) for words in allowance.words
        ):
            return allowance.reason
    own = (*(name for _, name in brand.names.items()), *filter(None, (brand.legal_name,)))
    if hit.category == "mark" and where == "copy" and any(says(name, hit.words) for name in own):
        return "the brand's own name"
    return ""


def blocked(plans: Iterable[AdPlan]) -> list[tuple[AdPlan, GuardFinding]]:
    """Every blocking finding of the plans."""
    return [(plan, f) for plan in plans for f in plan.findings if f.severity == "block"]


def refuse_blocked(plans: Iterable[AdPlan]) -> None:
    """Raises PlanBlocked with every blocking finding of all plans, each place once."""
    ads: dict[GuardFinding, list[str]] = {}
    for plan, finding in blocked(plans):
        ads.setdefault(finding, []).append(plan.plan_id)
    if ads:
        raise PlanBlocked((finding, tuple(names)) for finding, names in ads.items())
