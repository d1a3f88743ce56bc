# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""A campaign: one brand, its briefs, the template and the placements, and how outputs are named.

`CampaignFile` is what stands in campaign.yaml; `Campaign` is that with every reference followed. Leaves out
reading (`load`) and multiplying out (`expansion`).
"""

import re
import string
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from .ad_placement import Placement
from .ad_template import Template
from .brand import BrandKit
from .brief import Brief, TemplateRef
from .matrix import DraftSettings, Matrix, UtmKey
from .plan import M
from .rows import Row
from .values import Slug, Text, wrong
from .yaml_source import KeyPath, dotted

NAMING_FIELDS: Final = (
    "brand",
    "brief",
    "campaign",
    "cta",
    "headline",
    "hook",
    "length",
    "locale",
    "placement",
    "ratio",
    "row",
    "seed",
    "template",
    "variant",
)
UTM_FIELDS: Final = (*NAMING_FIELDS, "platform", "plan_id", "variant_id")
# TikTok takes at most so many parameters; the others take more.
MAX_UTM: Final = 14
DEFAULT_NAMING: Final = "{brand}_{brief}_{ratio}_{length}_{locale}"


def _naming(value: str) -> str:
    try:
        parts = list(string.Formatter().parse(value))
    except ValueError as error:
        raise wrong(f"{value!r} is not a naming pattern", "like " + DEFAULT_NAMING) from error
    for literal, field, spec, conversion in parts:
        if not re.fullmatch(r"[A-Za-z0-9_-]*", literal):
            raise wrong(
                f"{value!r} holds characters file names cannot", "letters, digits, _ and - between fields"
            )
        if field is not None and (field not in NAMING_FIELDS or spec or conversion):
            raise wrong(f"{{{field}}} is not a naming field", "one of: " + ", ".join(NAMING_FIELDS))
    if not any(field for _, field, _, _ in parts):
        raise wrong(f"{value!r} would name all ads the same", "like " + DEFAULT_NAMING)
    return value


def _utm(value: str) -> str:
    try:
        parts = list(string.Formatter().parse(value))
    except ValueError as error:
        raise wrong(f"{value!r} is not a pattern", "like {campaign} or {variant_id}") from error
    for literal, field, spec, conversion in parts:
        if not re.fullmatch(r"[A-Za-z0-9_.~-]*", literal):
            raise wrong(f"{value!r} holds characters that addresses escape", "letters, digits and _ . ~ -")
        if field is not None and (field not in UTM_FIELDS or spec or conversion):
            raise wrong(f"{{{field}}} is not a field of the pattern", "one of: " + ", ".join(UTM_FIELDS))
    return value


class Output(M):
    """How ads are named. `naming` makes the plan id from NAMING_FIELDS, `utm` the parameters of the ad's link
    from UTM_FIELDS."""

    naming: Annotated[Text, AfterValidator(_naming)] = DEFAULT_NAMING
    utm: dict[UtmKey, Annotated[Text, AfterValidator(_utm)]] = Field(default_factory=dict, max_length=MAX_UTM)


def _family(value: str) -> str:
    from .errors import did_you_mean
    from .families import families

    known = [family.id for family in families().families]
    if value not in known:
        raise wrong(f"{value!r} is not a model family", did_you_mean(value, known))
    return value


class ModelSettings(M):
    """Which generator model draws the pictures, with how many steps and how much guidance; by default its own.

    `family` says how prompts are written; by default what the model's name says (`families`).
    """

    name: Text = "mini"
    family: Annotated[Text, AfterValidator(_family)] | None = None
    steps: int | None = Field(default=None, ge=1, le=200)
    guidance: float | None = Field(default=None, ge=1.0, le=30.0)


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


Paths = Annotated[tuple[Text, ...], BeforeValidator(_listed)]


Part = Literal["campaign", "brand", "brief"]
Place = tuple[str, int]


def place_key(part: Part, name: str, path: KeyPath) -> str:
    """How `Campaign.places` names a field: part, id and dotted path."""
    return f"{part} {name} {dotted(path)}"


class CampaignFile(M):
    """campaign.yaml. Paths are relative to its folder. `seed` 0..2**31-1 decides every picture and sound.
    `rows` names a table whose rows are ad concepts on top of the briefs."""

    id: Slug
    name: Text
    brand: Text
    briefs: Annotated[Paths, Field(min_length=1, max_length=200)]
    template: TemplateRef
    placements: Annotated[Paths, Field(min_length=1, max_length=50)]
    seed: int = Field(default=0, ge=0, le=2**31 - 1)
    variants: int = Field(default=1, ge=1, le=20)
    model: ModelSettings = ModelSettings()
    output: Output = Output()
    matrix: Matrix = Matrix()
    rows: Text | None = None
    draft: DraftSettings = DraftSettings()
    template_files: Paths = ()
    placement_files: Paths = ()


class Campaign(M):
    """A campaign with every reference followed. `templates` holds the ones its briefs use, by ref."""

    id: Slug
    name: Text
    brand: BrandKit
    briefs: tuple[Brief, ...] = Field(min_length=1)
    template: str
    templates: dict[str, Template]
    placements: tuple[Placement, ...] = Field(min_length=1)
    seed: int = Field(default=0, ge=0, le=2**31 - 1)
    variants: int = Field(default=1, ge=1, le=20)
    model: ModelSettings = ModelSettings()
    output: Output = Output()
    matrix: Matrix = Matrix()
    rows: tuple[Row, ...] = ()
    draft: DraftSettings = DraftSettings()
    source: str = ""  # the campaign file as the user named it, for messages
    places: dict[str, Place] = Field(default_factory=dict, repr=False)

    def place_of(self, part: Part, name: str, path: KeyPath) -> Place:
        """File and line of a field, or of its nearest ancestor that stands in a file; line 0 where the campaign
        was built in code."""
        for end in range(len(path), -1, -1):
            found = self.places.get(place_key(part, name, path[:end]))
            if found is not None:
                return found
        return (self.source or f"campaign {name}", 0) if part == "campaign" else (f"{part} {name}", 0)

    def template_of(self, brief: Brief) -> Template:
        """The template a brief is laid out with."""
        return self.templates[brief.template or self.template]
