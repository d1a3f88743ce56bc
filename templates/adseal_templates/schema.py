# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""JSON Schemas of the files and of the plan, for editors and for other programs."""

from typing import Any, Final

from pydantic import BaseModel

from .ad_placement import Placement
from .ad_template import Template
from .brand import BrandKit
from .brief import Brief
from .campaign import CampaignFile
from .errors import NotInCatalogue
from .plan import AdPlan

_MODELS: Final[dict[str, type[BaseModel]]] = {
    "brand": BrandKit,
    "brief": Brief,
    "campaign": CampaignFile,
    "placement": Placement,
    "plan": AdPlan,
    "template": Template,
}


def json_schema(name: str) -> dict[str, Any]:
    """JSON Schema (2020-12) of `brand`, `brief`, `campaign`, `placement`, `plan` or `template`. Raises
    NotInCatalogue."""
    if name not in _MODELS:
        raise NotInCatalogue("schema", name, _MODELS)
    schema = _MODELS[name].model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
