# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The templates and placements shipped with the package.

Decides how they are found by name. Leaves out what stands in them (`data/templates`, `data/placements`).
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from .ad_placement import Placement
from .ad_template import Template, newest
from .brief import LATEST_UNPINNED
from .errors import CampaignError, NotInCatalogue
from .reading import Model, read_model
from .yaml_source import read_source

_DATA: Final = Path(__file__).resolve().parent / "data"


def read_definition(cls: type[Model], path: Path, *, shown_as: str | None = None) -> Model:
    """One template or placement file. Raises CampaignError listing its problems."""
    model, problems = read_model(cls, read_source(path, shown_as=shown_as))
    if model is None or problems:
        raise CampaignError(problems)
    return model


@cache
def _shipped(cls: type[Model], folder: str) -> tuple[Model, ...]:
    return tuple(read_definition(cls, path) for path in sorted((_DATA / folder).glob("*.yaml")))


def templates() -> tuple[Template, ...]:
    """All shipped templates, by reference."""
    return _shipped(Template, "templates")


def placements() -> tuple[Placement, ...]:
    """All shipped placements, by id."""
    return _shipped(Placement, "placements")


def template(ref: str) -> Template:
    """The shipped template `id@version`; `id@latest-unpinned` is the newest, whichever that is. Raises
    NotInCatalogue."""
    found = {t.ref: t for t in templates()}
    known = pinned(ref, found)
    if known not in found:
        raise NotInCatalogue("template", ref, found)
    return found[known]


def pinned(ref: str, known: Iterable[str]) -> str:
    """The version that `id@latest-unpinned` means among the known references; any other reference as it is."""
    name, _, version = ref.rpartition("@")
    return (newest(name, known) if version == LATEST_UNPINNED else None) or ref


def placement(name: str) -> Placement:
    """The shipped placement of that id. Raises NotInCatalogue."""
    found = {p.id: p for p in placements()}
    if name not in found:
        raise NotInCatalogue("placement", name, found)
    return found[name]
