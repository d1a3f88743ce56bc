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
import re
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, Self

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from adseal_provenance.credentials.trust_list import ListFacts, facts_beside
from adseal_provenance.errors import TrustError
from adseal_provenance.identities.pki import SIGNING_USAGES, is_development
from adseal_provenance.verdicts.report import AnchorKind

DEVELOPMENT_LIST = "development"
_BEGIN = b"-----BEGIN "
_END = "-----END CERTIFICATE-----\n"
_MAX_BYTES = 16 * 1024 * 1024
#: Every list costs one more look at the manifest store.
_MAX_LISTS = 16
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?(:[0-9]{1,5})?")


@dataclass(frozen=True)
class AnchorList:
    """Anchors under one name that a report can show. ``pem`` holds at least one certificate.

    ``date`` is the day the list names, ISO 8601; ``old_from`` the first day on which it counts as old. Both are empty
    for a list of the user's own making.
    """

    name: str
    kind: AnchorKind
    pem: str
    date: str = ""
    old_from: str = ""

    @property
    def called(self) -> str:
        """Its name in quotes, with its day where it has one."""
        return f"{self.name!r} of {self.date}" if self.date else repr(self.name)

    def is_old(self, now: dt.datetime) -> bool:
        """Whether a newer one should be looked for."""
        return bool(self.old_from) and now.date().isoformat() >= self.old_from

    @property
    def sha256(self) -> str:
        """Of the certificates in PEM, in hex; tells two editions of a list apart."""
        return hashlib.sha256(self.pem.encode()).hexdigest()


@dataclass(frozen=True)
class Trust:
    """What a verification trusts. The empty one trusts nobody; integrity is checked all the same.

    Attributes:
        lists: anchors for signers.
        tsa_pem: anchors for time-stamp authorities.
        ocsp_hosts: hosts that may be asked whether a certificate was withdrawn. The address stands in the certificate
            of whoever signed the received file, so nobody else is asked; with none, verification stays off the network.
    """

    lists: tuple[AnchorList, ...] = ()
    tsa_pem: str = ""
    ocsp_hosts: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        *,
        development: Iterable[str] = (),
        files: Iterable[Path | str] = (),
        tsa_files: Iterable[Path | str] = (),
        ocsp_hosts: Iterable[str] = (),
    ) -> Self:
        """Build from PEM texts of development roots and from PEM files.

        Raises:
            TrustError: ``trust_missing`` where a file cannot be read, ``trust_damaged`` where something in it
                is not a certificate, ``trust_too_many`` above 16 lists, ``trust_host`` where a host is none.
        """
        lists: list[AnchorList] = []
        own = [cert for pem in development for cert in _certificates(pem.encode(), "a development root")]
        for path in files:
            content = _read(Path(path))
            certificates = _certificates(content, str(path))
            # A development root in a user's file stays what it is.
            own += [cert for cert in certificates if is_development(cert)]
            if others := [cert for cert in certificates if not is_development(cert)]:
                lists.append(_named(Path(path), _pem(others), facts_beside(Path(path), content)))
        if own:
            lists.insert(0, AnchorList(DEVELOPMENT_LIST, "development", _pem(own)))
        if len(lists) > _MAX_LISTS:
            raise TrustError(
                f"{len(lists)} lists of anchors are too many",
                code="trust_too_many",
                hint="Join some of the files.",
            )
        tsa = [cert for path in tsa_files for cert in _certificates(_read(Path(path)), str(path))]
        hosts = tuple(_host(host) for host in ocsp_hosts)
        return cls(lists=tuple(lists), tsa_pem=_pem(tsa), ocsp_hosts=hosts)

    @property
    def pem(self) -> str:
        """All anchors together, those of time-stamp authorities included."""
        return "".join([*(anchors.pem for anchors in self.lists), self.tsa_pem])

    def find(self, name: str | None) -> AnchorList | None:
        """The list of that name."""
        return next((anchors for anchors in self.lists if anchors.name == name), None)

    def for_time_alone(self, anchors: AnchorList) -> str:
        """The anchors of time-stamp authorities that are not in this list as well, as PEM."""
        return "".join(pem for pem in _blocks(self.tsa_pem) if pem not in anchors.pem)

    def to_json(self) -> dict[str, Any]:
        """As JSON, for the worker."""
        return {
            "lists": [list(astuple(anchors)) for anchors in self.lists],
            "tsa_pem": self.tsa_pem,
            "ocsp_hosts": list(self.ocsp_hosts),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """What ``to_json`` gave. The content is taken as checked."""
        return cls(
            lists=tuple(AnchorList(*entry) for entry in data["lists"]),
            tsa_pem=data["tsa_pem"],
            ocsp_hosts=tuple(data["ocsp_hosts"]),
        )


def c2pa_settings(anchors_pem: str, ocsp_hosts: Sequence[str] = ()) -> dict[str, Any]:
    """Settings for reading and signing: nothing from the network but what ``ocsp_hosts`` allow, no surprises in memory
    or in the output.
    """
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
            "ocsp_fetch": bool(ocsp_hosts),
        },
        "core": {
            "backing_store_memory_threshold_in_mb": 8,
            "allowed_network_hosts": list(ocsp_hosts),
            "allow_redirects": False,
        },
        "builder": {"thumbnail": {"enabled": False}},
    }


def _named(path: Path, pem: str, facts: ListFacts | None) -> AnchorList:
    """A list under the name that its publisher gave it, with its day; under its file's where none is known."""
    if facts is None:
        return AnchorList(path.name, "user", pem)
    return AnchorList(
        facts.title or path.name,
        "user",
        pem,
        date=(facts.issued or facts.as_of).isoformat(),
        old_from=facts.old_from.isoformat(),
    )


def _host(host: str) -> str:
    """A host name, with a port or without; addresses and patterns are refused, since the library would take them for
    names that nobody has, and then ask nobody."""
    if not _HOST.fullmatch(host):
        raise TrustError(
            f"{host!r} is not a host name",
            code="trust_host",
            hint="Write it as in the certificate's OCSP address: ocsp.example.com.",
        )
    return host.lower()


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


def _certificates(content: bytes, name: str) -> list[x509.Certificate]:
    try:
        certificates = x509.load_pem_x509_certificates(content)
    except ValueError as error:
        raise _damaged(name) from error
    # The parser may skip what it does not know; every block must have become a certificate.
    if len(certificates) != content.count(_BEGIN):
        raise _damaged(name)
    return certificates


def _blocks(pem: str) -> list[str]:
    """The certificates of a PEM text that was written here, one by one."""
    return [block + _END for block in pem.split(_END)[:-1]]


def _damaged(name: str) -> TrustError:
    return TrustError(
        f"{name} holds something that is not a certificate in PEM form",
        code="trust_damaged",
        hint="Every block must be a whole certificate; private keys do not belong there.",
    )


def _pem(certificates: list[x509.Certificate]) -> str:
    return "".join(cert.public_bytes(Encoding.PEM).decode() for cert in certificates)
