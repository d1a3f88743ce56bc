# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Whom a verifier believes: named lists of anchors for signers, and anchors for time-stamp authorities.

Decides: that every anchor is a real certificate (the C2PA library ignores broken PEM without a word, and then
everybody is untrusted), that a development root never makes a signer "trusted" whichever list it stands in,
and which settings
the C2PA library gets: no network, and the extended key usages that C2PA certificates really have. Leaves out:
the judgement on one file (``credential``, ``verdict``).

    trust = Trust.of(development=[identity.root_pem], files=["partners.pem"], tsa_files=["tsa.pem"])
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from .errors import TrustError
from .pki import SIGNING_USAGES, is_development
from .report import AnchorKind

DEVELOPMENT_LIST = "development"
_BEGIN = b"-----BEGIN "
_MAX_BYTES = 16 * 1024 * 1024
#: Every list costs one more look at the manifest store.
_MAX_LISTS = 16


@dataclass(frozen=True)
class AnchorList:
    """Anchors under one name that a report can show. ``pem`` holds at least one certificate; ``date`` is the day on
    which the file was last changed (ISO 8601, UTC), empty where there is none."""

    name: str
    kind: AnchorKind
    pem: str
    date: str = ""

    @property
    def sha256(self) -> str:
        """Of the certificates in PEM, in hex; tells two editions of a list apart."""
        return hashlib.sha256(self.pem.encode()).hexdigest()


@dataclass(frozen=True)
class Trust:
    """What a verification trusts. The empty one trusts nobody; integrity is checked all the same."""

    lists: tuple[AnchorList, ...] = ()
    tsa_pem: str = ""

    @classmethod
    def of(
        cls,
        *,
        development: Iterable[str] = (),
        files: Iterable[Path | str] = (),
        tsa_files: Iterable[Path | str] = (),
    ) -> Self:
        """Build from PEM texts of development roots and from PEM files.

        Raises:
            TrustError: ``trust_missing`` where a file cannot be read, ``trust_damaged`` where something in it
                is not a certificate, ``trust_too_many`` above 16 lists.
        """
        lists: list[AnchorList] = []
        own = [cert for pem in development for cert in _certificates(pem.encode(), "a development root")]
        for path in files:
            certificates = _certificates(_read(Path(path)), str(path))
            # A development root in a user's file stays what it is.
            own += [cert for cert in certificates if is_development(cert)]
            if others := [cert for cert in certificates if not is_development(cert)]:
                lists.append(AnchorList(Path(path).name, "user", _pem(others), _day(Path(path))))
        if own:
            lists.insert(0, AnchorList(DEVELOPMENT_LIST, "development", _pem(own)))
        if len(lists) > _MAX_LISTS:
            raise TrustError(
                f"{len(lists)} lists of anchors are too many",
                code="trust_too_many",
                hint="Join some of the files.",
            )
        tsa = [cert for path in tsa_files for cert in _certificates(_read(Path(path)), str(path))]
        return cls(lists=tuple(lists), tsa_pem=_pem(tsa))

    @property
    def pem(self) -> str:
        """All anchors together, those of time-stamp authorities included."""
        return "".join([*(anchors.pem for anchors in self.lists), self.tsa_pem])

    def to_json(self) -> dict[str, Any]:
        """As JSON, for the worker."""
        return {"lists": [[a.name, a.kind, a.pem, a.date] for a in self.lists], "tsa_pem": self.tsa_pem}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """What ``to_json`` gave. The content is taken as checked."""
        return cls(lists=tuple(AnchorList(*entry) for entry in data["lists"]), tsa_pem=data["tsa_pem"])


def c2pa_settings(anchors_pem: str) -> dict[str, Any]:
    """Settings for reading and signing: nothing from the network, no surprises in memory or in the output."""
    trust: dict[str, str] = {"trust_config": "\n".join(SIGNING_USAGES) + "\n"}
    if anchors_pem:
        trust["user_anchors"] = anchors_pem
    return {
        "trust": trust,
        "verify": {
            "verify_trust": True,
            "verify_timestamp_trust": True,
            # The library's check after signing leaves a bad file behind; ours reads the output back instead.
            "verify_after_sign": False,
            # On by default: a received file could make the verifier call any address.
            "remote_manifest_fetch": False,
            "ocsp_fetch": False,
        },
        "core": {"backing_store_memory_threshold_in_mb": 8},
        "builder": {"thumbnail": {"enabled": False}},
    }


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise TrustError(
            f"the list of anchors {path} cannot be read: {error.strerror}",
            code="trust_missing",
            hint="Name a PEM file with root certificates.",
        ) from error
    if len(content) > _MAX_BYTES:
        raise TrustError(f"{path} is far too large for a list of anchors", code="trust_damaged")
    return content


def _day(path: Path) -> str:
    try:
        changed = path.stat().st_mtime
    except OSError:  # it was there a moment ago; its content is what counts
        return ""
    return dt.datetime.fromtimestamp(changed, dt.UTC).date().isoformat()


def _certificates(content: bytes, name: str) -> list[x509.Certificate]:
    try:
        certificates = x509.load_pem_x509_certificates(content)
    except ValueError as error:
        raise _damaged(name) from error
    # The parser may skip what it does not know; every block must have become a certificate.
    if len(certificates) != content.count(_BEGIN):
        raise _damaged(name)
    return certificates


def _damaged(name: str) -> TrustError:
    return TrustError(
        f"{name} holds something that is not a certificate in PEM form",
        code="trust_damaged",
        hint="Every block must be a whole certificate; private keys do not belong there.",
    )


def _pem(certificates: list[x509.Certificate]) -> str:
    return "".join(cert.public_bytes(Encoding.PEM).decode() for cert in certificates)
