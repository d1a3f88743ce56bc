# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The brief: what one ad concept says, to whom, in which locales, over which pictures.

Field names and enumerations are those of AdCP's `creative-brief` where it has them; texts are localised
maps. Ours are `id`, `locales`, `jurisdictions`, `scene`, `sound`, `template` and the texts that some templates ask
for (`offer`, `price`, `quote`, …). Leaves out how it looks (`brand`, `template`) and where it runs (`placement`).
"""

import re
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field, field_validator

from .colour import NAMED_COLOURS
from .compliance import Compliance
from .language import region_of
from .plan import M
from .values import HttpsUrl, Jurisdiction, LocaleTag, Localised, LongText, Slug, Text, one_of, wrong

Camera = Literal["left", "right", "up", "down", "in", "out", "still"]
Pace = Literal["slow", "fast"]
SoundMood = Literal["calm", "bright", "driving", "tender"]
# Which text of the brief a template's slot shows; SLOT_FIELDS says where it stands.
TextSlot = Literal[
    "headline",
    "tagline",
    "cta",
    "offer",
    "price",
    "quote",
    "author",
    "date",
    "countdown",
    "place",
    "rating",
    "availability",
    "key_message_1",
    "key_message_2",
    "key_message_3",
]
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


class ShotScene(M):
    """What the brief wants of one shot of the template, in place of what the template's storyboard says there."""

    subject: LongText | None = None
    action: LongText | None = None
    setting: LongText | None = None
    camera: Camera | None = None
    light: Text | None = None
    palette: tuple[PaletteColour, ...] = Field(default=(), max_length=2)
    style: Text | None = None


class Scene(M):
    """What the pictures show. `subject` is the hero, `action` what it does, `opening` an atmosphere for an opening
    shot; `shots` says more of single shots, by the template's shot ids.

    Words go to the model as they are; whatever the brief leaves open is filled in by the template and
    listed in the plan's `prompt_changes`. `palette` is the main colour and at most one accent.
    """

    subject: LongText
    action: LongText | None = None
    setting: LongText | None = None
    opening: LongText | None = None
    palette: tuple[PaletteColour, ...] = Field(default=(), max_length=2)
    light: Text | None = None
    style: Text | None = None
    mood: Text | None = None
    camera: Camera | None = None
    pace: Pace | None = None
    shots: dict[Slug, ShotScene] = Field(default_factory=dict)


class Sound(M):
    """A wish for the sound bed; the template's own where left out."""

    mood: Annotated[SoundMood, one_of(("calm", "bright", "driving", "tender"), "mood")] | None = None
    tempo_bpm: int | None = Field(default=None, ge=40, le=200)


class ReferenceAsset(M):
    """A pointer to strategic material (AdCP `reference-asset`); kept, not rendered."""

    url: HttpsUrl
    role: Text
    description: LongText | None = None


# A version that is none: whoever asks for it gets another ad when a newer template is installed.
LATEST_UNPINNED: Final = "latest-unpinned"


def _template_ref(value: str) -> str:
    if re.fullmatch(rf"[a-z0-9-]+@(?:\d{{4}}-\d{{2}}|{LATEST_UNPINNED})", value) is None:
        hint = "like product-hero@2026-11"
        if value.endswith("@latest"):
            hint += f"; @{LATEST_UNPINNED} takes the newest, and changes when a newer one is installed"
        raise wrong(f"{value!r} is not a template with its version", hint)
    return value


TemplateRef = Annotated[Text, AfterValidator(_template_ref)]


class Brief(M):
    """One ad concept. `template` overrides the campaign's; `jurisdictions` adds to the locales' regions.

    `quote` is what `author`, a real person, has said and lets be shown; `date`, `countdown` and `place` are an
    event's, as they are to be read; `rating` is an age or shop rating; `availability` says where or on what.
    """

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
    quote: Localised | None = None
    author: Localised | None = None
    date: Localised | None = None
    countdown: Localised | None = None
    place: Localised | None = None
    rating: Localised | None = None
    availability: Localised | None = None
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
        value: Any = self
        for part in SLOT_FIELDS.get(name, ()):
            # A key message by its number, everything else by its name.
            value = (
                next(iter(value[part : part + 1]), None) if isinstance(part, int) else getattr(value, part)
            )
        return value if isinstance(value, Localised) else None


# Where each slot's text stands in the file.
SLOT_FIELDS: Final[dict[str, tuple[str | int, ...]]] = {
    "headline": ("messaging", "headline"),
    "tagline": ("messaging", "tagline"),
    "cta": ("messaging", "cta"),
    "key_message_1": ("messaging", "key_messages", 0),
    "key_message_2": ("messaging", "key_messages", 1),
    "key_message_3": ("messaging", "key_messages", 2),
    "offer": ("offer",),
    "price": ("price",),
    "quote": ("quote",),
    "author": ("author",),
    "date": ("date",),
    "countdown": ("countdown",),
    "place": ("place",),
    "rating": ("rating",),
    "availability": ("availability",),
}
