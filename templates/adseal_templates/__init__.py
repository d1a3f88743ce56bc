# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Brand kit, brief, template, placement → AdPlan.

    campaign = load_campaign("campaign.yaml")
    for plan in expand(campaign):
        print(plan.plan_id, plan.plan_hash)

Pure data: reads files, renders nothing, talks to nobody. Each name is imported when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .ad_delivery import Delivery
    from .ad_placement import Placement
    from .ad_template import Template
    from .adcp import brand_to_adcp, brief_to_adcp, video_brief_to_adcp
    from .adcp_reading import read_adcp_brand, read_adcp_brief
    from .brand import BrandKit
    from .brief import Brief
    from .campaign import Campaign
    from .catalogue import placement, placements, template, templates
    from .drafts import as_draft, as_final
    from .errors import CampaignError, NotInCatalogue, PlanBlocked, Problem, TemplatesError
    from .expansion import expand
    from .guards import refuse_blocked
    from .load import load_brand_kit, load_brief, load_campaign
    from .plan import AdPlan
    from .plan_notes import GuardFinding
    from .schema import json_schema
    from .variants import count_ads

__all__ = [
    "AdPlan",
    "BrandKit",
    "Brief",
    "Campaign",
    "CampaignError",
    "Delivery",
    "GuardFinding",
    "NotInCatalogue",
    "Placement",
    "PlanBlocked",
    "Problem",
    "Template",
    "TemplatesError",
    "as_draft",
    "as_final",
    "brand_to_adcp",
    "brief_to_adcp",
    "count_ads",
    "expand",
    "json_schema",
    "load_brand_kit",
    "load_brief",
    "load_campaign",
    "placement",
    "placements",
    "read_adcp_brand",
    "read_adcp_brief",
    "refuse_blocked",
    "template",
    "templates",
    "video_brief_to_adcp",
]

_HOME = {
    "ad_delivery": ("Delivery",),
    "ad_placement": ("Placement",),
    "ad_template": ("Template",),
    "adcp": ("brand_to_adcp", "brief_to_adcp", "video_brief_to_adcp"),
    "adcp_reading": ("read_adcp_brand", "read_adcp_brief"),
    "brand": ("BrandKit",),
    "brief": ("Brief",),
    "campaign": ("Campaign",),
    "catalogue": ("placement", "placements", "template", "templates"),
    "expansion": ("expand",),
    "load": ("load_brand_kit", "load_brief", "load_campaign"),
    "drafts": ("as_draft", "as_final"),
    "guards": ("refuse_blocked",),
    "plan": ("AdPlan",),
    "plan_notes": ("GuardFinding",),
    "variants": ("count_ads",),
    "errors": ("CampaignError", "NotInCatalogue", "PlanBlocked", "Problem", "TemplatesError"),
    "schema": ("json_schema",),
}


def __getattr__(name: str) -> Any:
    for module, names in _HOME.items():
        if name in names:
            value = getattr(import_module(f".{module}", __name__), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
