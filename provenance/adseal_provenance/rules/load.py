# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Reading the rule files that are shipped with the package."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from adseal_provenance.errors import RulesError
from adseal_provenance.rules.model import Law


def law_names() -> tuple[str, ...]:
    """Every law and platform there is a file for: ``eu``, ``us-ca``, ``platform:tiktok`` and so on."""
    return tuple(_laws())


def laws(names: Iterable[str]) -> tuple[Law, ...]:
    """The rules under these names, each once, in the order asked for.

    Raises:
        RulesError: ``unknown_law``.
    """
    wanted = tuple(dict.fromkeys(name.strip().lower() for name in names if name.strip()))
    unknown = [name for name in wanted if name not in _laws()]
    if unknown or not wanted:
        raise RulesError(
            f"there are no rules for {', '.join(map(repr, unknown))}" if unknown else "no law was named",
            code="unknown_law",
            hint=f"Name one or more of {', '.join(_laws())}.",
        )
    return tuple(_laws()[name] for name in wanted)


@cache
def _laws() -> dict[str, Law]:
    import yaml

    folder = files("adseal_provenance.rules") / "data"
    read = [
        Law.model_validate(yaml.safe_load(file.read_text("utf-8")))
        for file in folder.iterdir()
        if file.name.endswith(".yaml")
    ]
    return {law.law: law for law in sorted(read, key=lambda law: (":" in law.law, law.law))}
