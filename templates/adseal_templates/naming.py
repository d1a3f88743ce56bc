# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Names of ads: which ads a campaign makes, and the stable id of each.

Decides the order briefs × placements × locales × variants and the id by the campaign's naming pattern.
Leaves out what the ads contain (`expansion`).
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final, NamedTuple

from .ad_placement import Placement
from .ad_template import Template
from .brief import Brief
from .campaign import Campaign
from .checks import Finding

MAX_PLANS: Final = 5000
MAX_ID_LENGTH: Final = 120


class Ad(NamedTuple):
    """One ad to be made."""

    plan_id: str
    brief: Brief
    template: Template
    placement: Placement
    locale: str
    variant: int  # counts from 1


def ads(campaign: Campaign) -> Iterator[Ad]:
    """Every ad of the campaign, in a stable order."""
    for brief in campaign.briefs:
        template = campaign.template_of(brief)
        for placement in campaign.placements:
            for locale in brief.locales:
                for variant in range(1, campaign.variants + 1):
                    ad = Ad("", brief, template, placement, locale, variant)
                    yield ad._replace(plan_id=plan_id(campaign, ad))


def plan_id(campaign: Campaign, ad: Ad) -> str:
    """The id by `output.naming`, lower case, only `a-z 0-9 _ -`. Several variants add `_v1`, `_v2`, …
    where the pattern does not name them."""
    pattern = campaign.output.naming
    if campaign.variants > 1 and "{variant}" not in pattern:
        pattern += "_v{variant}"
    filled = pattern.format(
        brand=campaign.brand.id,
        brief=ad.brief.id,
        campaign=campaign.id,
        length=f"{ad.template.duration_s:g}".replace(".", "p") + "s",
        locale=ad.locale,
        placement=ad.placement.id,
        ratio=ad.placement.aspect,
        template=ad.template.id,
        variant=ad.variant,
    )
    return re.sub(r"[^a-z0-9_-]", "-", filled.lower())


def check_names(campaign: Campaign) -> Iterator[Finding]:
    """Findings on the number of ads and on ids that are too long or given twice."""
    count = sum(len(b.locales) for b in campaign.briefs) * len(campaign.placements) * campaign.variants
    if count > MAX_PLANS:
        yield Finding(
            "campaign", ("briefs",), f"makes {count} ads, more than {MAX_PLANS}", "split the campaign"
        )
        return
    made: dict[str, list[Ad]] = defaultdict(list)
    for ad in ads(campaign):
        made[ad.plan_id].append(ad)
    for name, same in made.items():
        if len(name) > MAX_ID_LENGTH:
            yield Finding(
                "campaign",
                ("output", "naming"),
                f"makes a name of {len(name)} characters: {name}",
                f"at most {MAX_ID_LENGTH}",
            )
        if len(same) > 1:
            which = " and ".join(f"{ad.brief.id} in {ad.placement.id} for {ad.locale}" for ad in same[:2])
            hint = (
                "add {placement} to output.naming"
                if same[0].placement != same[1].placement
                else ("name {brief}, {ratio} or {placement}, and {locale} in output.naming")
            )
            yield Finding("campaign", ("output", "naming"), f"names two ads {name}: {which}", hint)
