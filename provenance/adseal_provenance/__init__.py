# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Provenance of videos: marks, signed C2PA credentials, a registry, and verification of what comes back.

Knows nothing of advertisements. Importing this package loads nothing; every name below is fetched on first use.
Verification is ``adseal_provenance.verify.verify``: a function cannot share the name of its module here.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adseal_provenance.credentials.trust import Trust
    from adseal_provenance.errors import (
        IdentityError,
        KeyFileError,
        MediaError,
        ProvenanceError,
        RegistryError,
        SealError,
        TrustError,
        WatermarkError,
    )
    from adseal_provenance.identities.identity import Identity
    from adseal_provenance.likeness.fingerprint import Fingerprint
    from adseal_provenance.reading.media import Limits
    from adseal_provenance.records.record import Record
    from adseal_provenance.records.registry import Registry
    from adseal_provenance.sealing.manifest import SealRequest
    from adseal_provenance.sealing.signing import Signed, sign_file
    from adseal_provenance.verdicts.report import Axis, Report
    from adseal_provenance.watermark.keys import WatermarkKey, new_locator
    from adseal_provenance.watermark.model import Detection, Mark

_HOMES = {
    "Axis": "verdicts.report",
    "Detection": "watermark.model",
    "Fingerprint": "likeness.fingerprint",
    "Identity": "identities.identity",
    "IdentityError": "errors",
    "KeyFileError": "errors",
    "Limits": "reading.media",
    "Mark": "watermark.model",
    "MediaError": "errors",
    "ProvenanceError": "errors",
    "Record": "records.record",
    "Registry": "records.registry",
    "RegistryError": "errors",
    "Report": "verdicts.report",
    "SealError": "errors",
    "SealRequest": "sealing.manifest",
    "Signed": "sealing.signing",
    "Trust": "credentials.trust",
    "TrustError": "errors",
    "WatermarkError": "errors",
    "WatermarkKey": "watermark.keys",
    "new_locator": "watermark.keys",
    "sign_file": "sealing.signing",
}

__all__ = [
    "Axis",
    "Detection",
    "Fingerprint",
    "Identity",
    "IdentityError",
    "KeyFileError",
    "Limits",
    "Mark",
    "MediaError",
    "ProvenanceError",
    "Record",
    "Registry",
    "RegistryError",
    "Report",
    "SealError",
    "SealRequest",
    "Signed",
    "Trust",
    "TrustError",
    "WatermarkError",
    "WatermarkKey",
    "new_locator",
    "sign_file",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
