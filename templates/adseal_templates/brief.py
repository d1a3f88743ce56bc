# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The brief: what one ad concept says, to whom, in which locales, over which pictures.

Field names and enumerations are those of AdCP's `creative-brief` where it has them; texts are localised
maps. Ours are `id`, `locales`, `jurisdictions`, `offer`, `price`, `scene`, `sound` and `template`. Leaves out
how it looks (`brand`, `template`) and where it runs (`placement`).
"""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, field_validator

from .colour import NAMED_COLOURS
from .language import region_of
from .plan import M
from .values import (
    HttpsUrl,
    Jurisdiction,
    LocaleTag,
    Localised,
    LongText,
    Slug,
    Text,
    one_of,
    wrong,
)

Camera = Literal["left", "right", "up", "down", "in", "out", "still"]
Pace = Literal["slow", "fast"]
SoundMood = Literal["calm", "bright", "driving", "tender"]
BRAND_ROLES = ("primary", "secondary", "accent", "background", "text")


def _palette_entry(value: Any) -> Any:
    if isinstance(value, str):
        if value in BRAND_ROLES or value in NAMED_COLOURS:
            return value
        if re.fullmatch("#[0-9A-Fa-f]{6}", value):
            return value.lower()
    raise wrong(
        f"{value!r} is not a palette colour",
        f"a brand role ({', '.join(BRAND_ROLES)}), a colour word ({', '.join(NAMED_COLOURS)}) or #rrggbb",
    )


PaletteColour = Annotated[str, BeforeValidator(_palette_entry)]


class Messaging(M):
    """The words of the ad, per locale."""

    headline: Localised
    tagline: Localised | None = None
    cta: Localised | None = None
    key_messages: tuple[Localised, ...] = ()


class Disclosure(M):
    """A text that must be seen, where and how long (AdCP `required_disclosures`)."""

    text: Localised
    position: Literal[
        "prominent", "footer", "audio", "subtitle", "overlay", "end_card", "pre_roll", "companion"
    ] = "end_card"
    jurisdictions: tuple[Jurisdiction, ...] = ()
    regulation: Text | None = None
    min_duration_ms: int | None = Field(default=None, ge=1)
    language: LocaleTag | None = None
    persistence: Literal["continuous", "initial", "flexible"] = "flexible"


class Compliance(M):
    """What must be said and what must not."""

    required_disclosures: tuple[Disclosure, ...] = ()
    prohibited_claims: tuple[Text, ...] = ()


class Scene(M):
    """What the pictures show. `subject` is the hero; `opening` an atmosphere for an opening shot.

    Words go to the model as they are; whatever the brief leaves open is filled in by the template and
    listed in the plan's `prompt_changes`. `palette` is the main colour and at most one accent.
    """

    subject: LongText
    setting: LongText | None = None
    opening: LongText | None = None
    palette: tuple[PaletteColour, ...] = Field(default=(), max_length=2)
    light: Text | None = None
    mood: Text | None = None
    camera: Camera | None = None
    pace: Pace | None = None


class Sound(M):
    """A wish for the sound bed; the template's own where left out."""

    mood: Annotated[SoundMood, one_of(("calm", "bright", "driving", "tender"), "mood")] | None = None
    tempo_bpm: int | None = Field(default=None, ge=40, le=200)


class ReferenceAsset(M):
    """A pointer to strategic material (AdCP `reference-asset`); kept, not rendered."""

    url: HttpsUrl
    role: Text
    description: LongText | None = None


def _template_ref(value: str) -> str:
    if re.fullmatch(r"[a-z0-9-]+@\d{4}-\d{2}", value) is None:
        raise wrong(f"{value!r} is not a template with its version", "like product-hero@2026-11")
    return value


TemplateRef = Annotated[Text, AfterValidator(_template_ref)]


class Brief(M):
    """One ad concept. `template` overrides the campaign's; `jurisdictions` adds to the locales' regions."""

    id: Slug
    name: Text
    objective: (
        Annotated[
            str,
            one_of(("awareness", "consideration", "conversion", "retention", "engagement"), "objective"),
        ]
        | None
    ) = None
    tone: LongText | None = None
    audience: LongText | None = None
    territory: LongText | None = None
    messaging: Messaging
    reference_assets: tuple[ReferenceAsset, ...] = ()
    compliance: Compliance = Compliance()
    locales: tuple[LocaleTag, ...] = Field(min_length=1, max_length=50)
    jurisdictions: tuple[Jurisdiction, ...] = ()
    offer: Localised | None = None
    price: Localised | None = None
    scene: Scene
    sound: Sound = Sound()
    template: TemplateRef | None = None

    @field_validator("locales")
    @classmethod
    def _each_locale_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        twice = sorted({tag for tag in value if value.count(tag) > 1})
        if twice:
            raise wrong(f"names {', '.join(twice)} more than once", "list each locale once")
        return value

    def jurisdictions_of(self, locale: str) -> frozenset[str]:
        """Countries whose rules a locale's ad follows: its own region and those the brief names."""
        stated = {place.split("-")[0] for place in self.jurisdictions}
        own = region_of(locale)
        return frozenset(stated | ({own} if own else set()))

    def slot(self, name: str) -> Localised | None:
        """The localised text that fills a template slot, None when the brief has none."""
        if name in {"headline", "tagline", "cta"}:
            found: Localised | None = getattr(self.messaging, name)
            return found
        return {"offer": self.offer, "price": self.price}.get(name)


# Where each slot's text stands in the file, for messages.
SLOT_FIELDS: dict[str, tuple[str, ...]] = {
    "headline": ("messaging", "headline"),
    "tagline": ("messaging", "tagline"),
    "cta": ("messaging", "cta"),
    "offer": ("offer",),
    "price": ("price",),
}
