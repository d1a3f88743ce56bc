# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What must be said and what must not, by brand and by brief.

Field names and enumerations are those of `compliance` in AdCP's `creative-brief`; a brand kit carries the same
object for what holds in each of its ads. Leaves out where a text stands (`disclosure`) and whether words make a
claim (`checks`).
"""

from typing import Literal

from pydantic import Field

from .plan import M
from .values import Jurisdiction, LocaleTag, Localised, Text


class Disclosure(M):
    """A text that must be seen, where and how long (AdCP `required_disclosures`).

    Without `jurisdictions` it holds everywhere, without `language` in ads of every language. `min_duration_ms`
    is in milliseconds. `persistence` is `continuous` (first to last frame), `initial` (from the first frame) or
    `flexible`.
    """

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
