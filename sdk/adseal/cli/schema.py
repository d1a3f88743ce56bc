# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The command that tells what a file may hold: schema."""

from enum import StrEnum
from typing import Annotated

import typer

from adseal.cli import show


class Kind(StrEnum):
    """What a schema is of."""

    brand = "brand"
    brief = "brief"
    campaign = "campaign"
    placement = "placement"
    plan = "plan"
    template = "template"


def schema(kind: Annotated[Kind, typer.Argument(help="Which file.")]) -> None:
    """Print the JSON Schema (2020-12) of a file, for editors and other programs."""
    with show.errors_told(as_json=True):
        from adseal_templates import json_schema

        document = json_schema(kind.value)
    show.emit(document)
