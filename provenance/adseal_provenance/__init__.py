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
    from .errors import (
        IdentityError,
        KeyFileError,
        MediaError,
        ProvenanceError,
        RegistryError,
        SealError,
        TrustError,
        WatermarkError,
    )
    from .fingerprint import Fingerprint
    from .identity import Identity
    from .manifest import SealRequest
    from .media import Limits
    from .record import Record
    from .registry import Registry
    from .report import Axis, Report
    from .signing import Signed, sign_file
    from .trust import Trust
    from .watermark.keys import WatermarkKey, new_locator
    from .watermark.model import Detection, Mark

_HOMES = {
    "Axis": "report",
    "Detection": "watermark.model",
    "Fingerprint": "fingerprint",
    "Identity": "identity",
    "IdentityError": "errors",
    "KeyFileError": "errors",
    "Limits": "media",
    "Mark": "watermark.model",
    "MediaError": "errors",
    "ProvenanceError": "errors",
    "Record": "record",
    "Registry": "registry",
    "RegistryError": "errors",
    "Report": "report",
    "SealError": "errors",
    "SealRequest": "manifest",
    "Signed": "signing",
    "Trust": "trust",
    "TrustError": "errors",
    "WatermarkError": "errors",
    "WatermarkKey": "watermark.keys",
    "new_locator": "watermark.keys",
    "sign_file": "signing",
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
