# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Names of ads: the stable id of each, and the parameters of its link.

Decides ids and UTM maps by the campaign's patterns, and refuses names that are too long or given twice, naming both
ads. Leaves out which ads there are (`variants`) and what they contain (`expansion`).
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from .campaign import Campaign
from .checks import Finding
from .matrix_checks import check_count
from .variants import Ad, combinations, variant_id

MAX_ID_LENGTH: Final = 120
# TikTok's limit for the value of one parameter.
MAX_UTM_LENGTH: Final = 600


def ads(campaign: Campaign) -> Iterator[Ad]:
    """Every ad of the campaign with its name, in a stable order."""
    for ad in combinations(campaign):
        yield ad._replace(plan_id=plan_id(campaign, ad))


def plan_id(campaign: Campaign, ad: Ad) -> str:
    """The id by `output.naming`, lower case, only `a-z 0-9 _ -`. Dimensions that the campaign offers choices in
    are added where the pattern does not name them, as `_v1`, `_v2`, … for variants."""
    pattern = campaign.output.naming
    offered = (*(("row",) if campaign.rows else ()), *campaign.matrix.offered)
    for name in offered:
        if f"{{{name}}}" not in pattern:
            pattern += "_s{seed}" if name == "seed" else f"_{{{name}}}"
    if campaign.variants > 1 and "{variant}" not in pattern:
        pattern += "_v{variant}"
    return re.sub(r"[^a-z0-9_-]", "-", pattern.format(**_fields(campaign, ad)).lower())


def utm(campaign: Campaign, ad: Ad) -> dict[str, str]:
    """The parameters of the ad's link by `output.utm`; values need no escaping."""
    fields = _fields(campaign, ad)
    fields |= {
        "platform": ad.placement.platform,
        "plan_id": ad.plan_id,
        "variant_id": variant_id(campaign, ad),
    }
    return {
        name: re.sub(r"[^A-Za-z0-9_.~-]+", "-", pattern.format(**fields)).strip("-")
        for name, pattern in campaign.output.utm.items()
    }


def _fields(campaign: Campaign, ad: Ad) -> dict[str, str]:
    return ad.values | {
        "brand": campaign.brand.id,
        "campaign": campaign.id,
        "length": f"{ad.template.duration_s:g}".replace(".", "p") + "s",
        "ratio": ad.placement.aspect,
        "template": ad.template.id,
    }


def check_names(campaign: Campaign) -> Iterator[Finding]:
    """Findings on the number of ads, and on names and links that are too long or given twice."""
    too_many = list(check_count(campaign))
    if too_many:
        yield from too_many
        return
    named: dict[str, list[Ad]] = defaultdict(list)
    linked: dict[str, list[Ad]] = defaultdict(list)
    for ad in ads(campaign):
        named[ad.plan_id].append(ad)
        parameters = utm(campaign, ad)
        for name, value in parameters.items():
            if len(value) > MAX_UTM_LENGTH:
                message = f"makes a value of {len(value)} characters for {ad.plan_id}"
                yield Finding("campaign", ("output", "utm", name), message, f"at most {MAX_UTM_LENGTH}")
        if "utm_content" in parameters:
            linked[parameters["utm_content"]].append(ad)
    for name, same in named.items():
        if len(name) > MAX_ID_LENGTH:
            yield Finding(
                "campaign",
                ("output", "naming"),
                f"makes a name of {len(name)} characters: {name}",
                f"at most {MAX_ID_LENGTH}",
            )
        if len(same) > 1:
            which = " and ".join(_told(ad) for ad in same[:2])
            yield Finding("campaign", ("output", "naming"), f"names two ads {name}: {which}", _way_out(same))
    for value, same in linked.items():
        if len(same) > 1:
            which = " and ".join(_told(ad) for ad in same[:2])
            message = f"gives two ads the same {value}: {which}"
            yield Finding(
                "campaign", ("output", "utm", "utm_content"), message, "use {plan_id} or {variant_id}"
            )


def _told(ad: Ad) -> str:
    """`slow-evenings in social-story-9x16 for en-US, headline slow, row r-1 (rows.csv:4)`"""
    said = f"{ad.brief.id} in {ad.placement.id} for {ad.locale}"
    choices = ad.cell.model_dump(exclude={"row"})
    said += "".join(f", {name} {value}" for name, value in choices.items() if value not in {"", None})
    return said + (f", row {ad.cell.row} ({ad.row.file}:{ad.row.line})" if ad.row else "")


def _way_out(same: list[Ad]) -> str:
    if same[0].placement != same[1].placement:
        return "add {placement} to output.naming"
    return "name {brief}, {ratio} or {placement}, and {locale} in output.naming"
