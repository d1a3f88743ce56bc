# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Published lists of trust anchors: those of the C2PA conformance programme, and any PEM bundle.

Decides: what a list must be before it may replace another one (every entry a whole certificate, none twice, no private
key, not all of them expired, none that is made for the other purpose), what of its own particulars is kept, and when it
is old. Leaves out: where lists come from and where they lie (``adseal.anchors``), and whom they vouch for (``trust``).

    published = read_list(Path("C2PA-TRUST-LIST.json").read_bytes(), purpose="signers", now=now)
    published.title, published.issued, published.anchors     # "C2PA Trust List", 2026-08-05, 30

The lists are not signed: what vouches for one is the way by which it came. Signers and time-stamp authorities have
lists of their own (C2PA 2.4, 14.4.2). Form of the JSON: ETSI TS 119 602, as c2pa-org/conformance-public publishes it.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from pydantic import BaseModel, ConfigDict, ValidationError

from adseal_provenance.errors import TrustError

Purpose = Literal["signers", "tsa"]

#: Largest list that is read, in bytes; the published ones have less than 100 kB.
MAX_LIST_BYTES = 4 * 1024 * 1024
#: A list that nobody renewed for so many days is called old.
OLD_DAYS = 90
_MAX_ENTRIES = 2000
_MAX_FACTS_BYTES = 64 * 1024
_MAX_TEXT = 120
_BEGIN = re.compile(rb"-----BEGIN ([^\r\n-]{1,64})-----")
_TRUSTED = "/trusted"
_KINDS = {"signers": "signers", "tsa": "time-stamp authorities"}


class ListFacts(BaseModel):
    """What is kept beside an installed list.

    Attributes:
        title: the list's own name; of a bundle without one, its file's.
        purpose: for which anchors it is.
        source: address or file it came from.
        issued: the day the list itself names; ``None`` where it names none.
        next_update: the day by which its publisher promises another one.
        as_of: the latest day on which it is known to have been the published one: the day it was fetched, else the
            day it names, else its file's day.
        installed_at: aware time.
        sha256: of the installed PEM file, 64 hex characters; particulars of another file are not believed.
        anchors: how many certificates it has; ``expired`` how many of them have ended.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    title: str
    purpose: Purpose
    source: str = ""
    issued: dt.date | None = None
    next_update: dt.date | None = None
    as_of: dt.date
    installed_at: dt.datetime
    sha256: str
    anchors: int
    expired: int = 0

    def age_days(self, today: dt.date) -> int:
        """Days since it is known to have been the published list."""
        return (today - self.as_of).days

    @property
    def old_from(self) -> dt.date:
        """The first day on which it counts as old: nobody renewed it for more than ``OLD_DAYS``, or the day has
        passed by which another one was promised."""
        renewed = self.as_of + dt.timedelta(days=OLD_DAYS)
        return (min(renewed, self.next_update) if self.next_update else renewed) + dt.timedelta(days=1)

    def is_old(self, today: dt.date) -> bool:
        """Whether a newer one should be looked for."""
        return today >= self.old_from


class PublishedList(NamedTuple):
    """A list that may be used. ``pem`` holds its certificates in canonical form; dates are those it names."""

    title: str
    issued: dt.date | None
    next_update: dt.date | None
    pem: str
    anchors: int
    expired: int


class _Entry(NamedTuple):
    """One entry; ``name`` is how it is called in an error."""

    name: str
    certificate: x509.Certificate


def read_list(content: bytes, *, purpose: Purpose, now: dt.datetime, name: str = "the list") -> PublishedList:
    """A published list, as JSON or as PEM, each entry checked.

    Args:
        content: the file's bytes.
        purpose: what the list is to be used for.
        now: aware time, to tell which entries have expired.
        name: of the file or address, for errors.

    Raises:
        TrustError: ``trust_damaged`` (an entry is no certificate, or the file neither form), ``trust_private_key``,
            ``trust_duplicate``, ``trust_expired`` (all of them), ``trust_empty``, ``trust_wrong_kind``,
            ``trust_too_large``. The message names the entry and never repeats its content.
    """
    if len(content) > MAX_LIST_BYTES:
        raise TrustError(
            f"{name} has more than {MAX_LIST_BYTES} bytes",
            code="trust_too_large",
            hint="That is no trust list.",
        )
    title, issued, following = "", None, None
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        scheme, entries = _from_json(content, name)
        title = _text(scheme.get("SchemeName"))
        issued, following = _day(scheme.get("ListIssueDateTime")), _day(scheme.get("NextUpdate"))
    else:
        entries = list(_from_pem(content, name))
    if not entries:
        raise TrustError(
            f"{name} has no entry", code="trust_empty", hint="Take the list as it was published."
        )
    _check(entries, purpose, title, name)
    expired = [entry for entry in entries if entry.certificate.not_valid_after_utc < now]
    if len(expired) == len(entries):
        raise TrustError(
            f"all {len(entries)} entries of {name} have expired, the first is {expired[0].name}",
            code="trust_expired",
            hint="Take the list as it is published today.",
        )
    pem = "".join(entry.certificate.public_bytes(Encoding.PEM).decode() for entry in entries)
    return PublishedList(title, issued, following, pem, len(entries), len(expired))


def facts_beside(path: Path, content: bytes) -> ListFacts | None:
    """What is known of a PEM file with this content, from the file beside it; ``None`` where nothing is, or where it
    speaks of other content."""
    try:
        with path.with_suffix(".json").open("rb") as file:
            facts = ListFacts.model_validate_json(file.read(_MAX_FACTS_BYTES))
    except (OSError, ValidationError):
        return None
    return facts if facts.sha256 == hashlib.sha256(content).hexdigest() else None


def _check(entries: Sequence[_Entry], purpose: Purpose, title: str, name: str) -> None:
    """No entry twice, and none that says of itself that it is for the other purpose."""
    seen: dict[bytes, str] = {}
    for entry in entries:
        print_ = entry.certificate.fingerprint(SHA256())
        if print_ in seen:
            raise TrustError(
                f"{entry.name} of {name} is the same certificate as {seen[print_]}",
                code="trust_duplicate",
                hint="Take the list as it was published, or remove one of the two.",
            )
        seen[print_] = entry.name
        usages = _usages(entry.certificate)
        stamps = ExtendedKeyUsageOID.TIME_STAMPING in usages
        wrong = usages and (
            usages == {ExtendedKeyUsageOID.TIME_STAMPING} if purpose == "signers" else not stamps
        )
        if wrong or (title and ("TSA" in title.split()) != (purpose == "tsa") and "C2PA" in title):
            raise TrustError(
                f"{entry.name} of {name} is not meant for {_KINDS[purpose]}",
                code="trust_wrong_kind",
                hint="Signers and time-stamp authorities have a list each: --signers and --tsa were mixed up.",
            )


def _usages(certificate: x509.Certificate) -> set[x509.ObjectIdentifier]:
    try:
        return set(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except (x509.ExtensionNotFound, ValueError):
        return set()


def _from_pem(content: bytes, name: str) -> Iterator[_Entry]:
    starts = list(_BEGIN.finditer(content))
    if content.count(b"-----BEGIN") != len(starts) or len(starts) > _MAX_ENTRIES:
        raise _damaged("a block", name)
    for number, start in enumerate(starts, 1):
        label = start[1].decode("ascii", "replace")
        if "PRIVATE KEY" in label:
            raise TrustError(
                f"entry {number} of {name} is a private key",
                code="trust_private_key",
                hint="A private key belongs in no list; if it is one in use, count it as lost.",
            )
        end = starts[number].start() if number < len(starts) else len(content)
        try:
            # The label is checked by the parser; what stands between two blocks is comment.
            certificate = x509.load_pem_x509_certificate(content[start.start() : end])
        except ValueError as error:
            raise _damaged(f"entry {number}", name) from error
        yield _Entry(f"entry {number} ({_subject(certificate)})", certificate)


def _from_json(content: bytes, name: str) -> tuple[dict[str, Any], list[_Entry]]:
    try:
        document = json.loads(content)
        scheme = document["LoTE"]["ListAndSchemeInformation"]
        entities = document["LoTE"]["TrustedEntitiesList"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _damaged("the document", name) from error
    if not isinstance(scheme, dict) or not isinstance(entities, list):
        raise _damaged("the document", name)
    return scheme, list(_entries(entities, name))


def _entries(entities: list[Any], name: str) -> Iterator[_Entry]:
    """The certificates of the services that are trusted; one that was withdrawn is none."""
    number = 0
    for entity in entities:
        try:
            owner = _text(entity["TrustedEntityInformation"]["TEName"])
            services = [service["ServiceInformation"] for service in entity["TrustedEntityServices"]]
            for service in services:
                status = service.get("ServiceStatus")
                held = service["ServiceDigitalIdentity"]["X509Certificates"]
                if isinstance(status, str) and not status.endswith(_TRUSTED):
                    continue
                for value in held:
                    number += 1
                    yield _Entry(
                        *_decoded(value, number, f"{owner}: {_text(service.get('ServiceName'))}", name)
                    )
        except (KeyError, TypeError, AttributeError) as error:
            raise _damaged(f"the entity behind entry {number}", name) from error


def _decoded(value: Any, number: int, called: str, name: str) -> tuple[str, x509.Certificate]:
    entry = f"entry {number} ({called})"
    if number > _MAX_ENTRIES:
        raise _damaged(entry, name)
    try:
        raw = base64.b64decode(value["val"], validate=True)
        return entry, x509.load_der_x509_certificate(raw)
    except (ValueError, binascii.Error, KeyError, TypeError) as error:
        raise _damaged(entry, name) from error


def _damaged(entry: str, name: str) -> TrustError:
    return TrustError(
        f"{entry} of {name} is not a certificate",
        code="trust_damaged",
        hint="Take the list as it was published: PEM, or JSON in the form of ETSI TS 119 602.",
    )


def _subject(certificate: x509.Certificate) -> str:
    try:
        names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    except ValueError:
        names = []
    return _line(str(names[0].value)) if names else "no common name"


def _text(names: Any) -> str:
    """The English one of several names, else the first; empty where there is none."""
    found = [n for n in names if isinstance(n, dict)] if isinstance(names, list) else []
    found.sort(key=lambda n: n.get("lang") != "en")
    return _line(str(found[0].get("value", ""))) if found else ""


def _line(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text[:_MAX_TEXT])


def _day(moment: Any) -> dt.date | None:
    try:
        return dt.datetime.fromisoformat(moment).date()
    except (TypeError, ValueError):
        return None
