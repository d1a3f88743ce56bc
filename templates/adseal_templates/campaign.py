# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""A campaign: one brand, its briefs, the template and the placements, and how outputs are named.

`CampaignFile` is what stands in campaign.yaml; `Campaign` is that with every reference followed. Leaves out
reading (`load`) and multiplying out (`expansion`).
"""

import re
import string
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field

from .ad_placement import Placement
from .ad_template import Template
from .brand import BrandKit
from .brief import Brief, TemplateRef
from .plan import M
from .values import Slug, Text, wrong

NAMING_FIELDS: Final = (
    "brand",
    "brief",
    "campaign",
    "length",
    "locale",
    "placement",
    "ratio",
    "template",
    "variant",
)
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


class Output(M):
    """How ads are named. `naming` makes the plan id; its fields are listed in NAMING_FIELDS."""

    naming: Annotated[Text, AfterValidator(_naming)] = DEFAULT_NAMING


class ModelSettings(M):
    """Which generator model draws the pictures, with how many steps and how much guidance; by default its own."""

    name: Text = "mini"
    steps: int | None = Field(default=None, ge=1, le=200)
    guidance: float | None = Field(default=None, ge=1.0, le=30.0)


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


Paths = Annotated[tuple[Text, ...], BeforeValidator(_listed)]


class CampaignFile(M):
    """campaign.yaml. Paths are relative to its folder. `seed` 0..2**31-1 decides every picture and sound."""

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
    source: str = ""  # the campaign file as the user named it, for messages

    def template_of(self, brief: Brief) -> Template:
        """The template a brief is laid out with."""
        return self.templates[brief.template or self.template]
