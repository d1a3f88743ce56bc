# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Model families: how each wants its prompts.

Decides the facts of a family (`family_data/families.yaml`, dated, with sources) and which family a model belongs
to. Leaves out the sentences themselves (`shot_grammar`).
"""

import re
from functools import cache
from pathlib import Path
from typing import Final, Literal

from pydantic import Field

from .errors import NotInCatalogue
from .guard_lists import ListSource
from .plan import M
from .values import Slug, Text

Form = Literal["phrases", "paragraph", "style-first"]
_FILE: Final = Path(__file__).resolve().parent / "family_data" / "families.yaml"


class Family(M):
    """One family. Lengths in words; `max_tokens` is where its text encoder cuts off.

    `negative`: whether it reads a negative prompt. `colours`: how many named colours it can tell apart, None: all.
    `adds_mood`: False where its guide advises against prose about mood; the brief's own mood is said all the same.
    """

    id: Slug
    title: Text
    names: tuple[Text, ...]
    form: Form
    advised_words: tuple[int, int] | None = None
    max_tokens: int = Field(ge=1)
    max_words: int = Field(ge=1)
    negative: Literal["field", "none"]
    colours: int | None = Field(default=None, ge=1)
    adds_mood: bool = True
    source: ListSource


class Families(M):
    """The whole file under its version, YYYY-MM."""

    version: str = Field(pattern=r"^\d{4}-\d{2}$")
    families: tuple[Family, ...]

    @property
    def ref(self) -> str:
        """`families@version`."""
        return f"families@{self.version}"


@cache
def families() -> Families:
    """The shipped families."""
    from .catalogue import read_definition

    return read_definition(Families, _FILE)


def family(name: str) -> Family:
    """The family of that id. Raises NotInCatalogue."""
    found = {one.id: one for one in families().families}
    if name not in found:
        raise NotInCatalogue("model family", name, found)
    return found[name]


def family_of(model: str) -> Family:
    """The family of a model by its name or the last part of its path; `general` where none is known."""
    name = Path(model).name.lower()
    words = re.split(r"[^a-z0-9.]+", name)

    def means(known: str) -> bool:
        return name == known[1:] if known.startswith("=") else any(w.startswith(known) for w in words)

    return next((f for f in families().families if any(means(n) for n in f.names)), family("general"))
