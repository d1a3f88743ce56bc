# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Adseal: marketing briefs in, sealed video ads out; received videos in, verdicts out.

    >>> import adseal
    >>> ads = adseal.Studio().render("campaign.yaml", to="out/")      # doctest: +SKIP
    >>> adseal.verify("received.mp4").verdict                         # doctest: +SKIP
    'recovered'

This is the front door: what users need of the parts is re-exported here, lazily, so that `import adseal`
loads no torch, cv2, moviepy or boto3. Nothing is decided here.
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from adseal.clips import GeneratedVideo
    from adseal.compliance import comply
    from adseal.delivery import DeliveredAd
    from adseal.home import Home
    from adseal.papers import check_receipt, write_receipt, write_report
    from adseal.receive import detect, verify
    from adseal.sealing import SealedVideo, seal
    from adseal.stores import Store, open_store
    from adseal.studio import Studio
    from adseal_provenance.verdicts.report import Report
    from adseal_provenance.watermark.model import Detection, Mark
    from adseal_templates import AdPlan, BrandKit, Brief, Campaign, Placement, Template, load_campaign

_WHERE = {
    "AdPlan": "adseal_templates",
    "BrandKit": "adseal_templates",
    "Brief": "adseal_templates",
    "Campaign": "adseal_templates",
    "DeliveredAd": "adseal.delivery",
    "Detection": "adseal_provenance.watermark.model",
    "GeneratedVideo": "adseal.clips",
    "Home": "adseal.home",
    "Mark": "adseal_provenance.watermark.model",
    "Placement": "adseal_templates",
    "Report": "adseal_provenance.verdicts.report",
    "SealedVideo": "adseal.sealing",
    "Store": "adseal.stores",
    "Studio": "adseal.studio",
    "Template": "adseal_templates",
    "check_receipt": "adseal.papers",
    "comply": "adseal.compliance",
    "detect": "adseal.receive",
    "load_campaign": "adseal_templates",
    "open_store": "adseal.stores",
    "seal": "adseal.sealing",
    "verify": "adseal.receive",
    "write_receipt": "adseal.papers",
    "write_report": "adseal.papers",
}

__all__ = [
    "AdPlan",
    "BrandKit",
    "Brief",
    "Campaign",
    "DeliveredAd",
    "Detection",
    "GeneratedVideo",
    "Home",
    "Mark",
    "Placement",
    "Report",
    "SealedVideo",
    "Store",
    "Studio",
    "Template",
    "__version__",
    "check_receipt",
    "comply",
    "detect",
    "load_campaign",
    "open_store",
    "seal",
    "verify",
    "write_receipt",
    "write_report",
]


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        from importlib import import_module

        return getattr(import_module(_WHERE[name]), name)
    raise AttributeError(f"module 'adseal' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
