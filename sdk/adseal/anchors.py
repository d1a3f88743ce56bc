# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The trust lists in a home: brought up to date, and shown.

Decides: where the published lists lie (`trust/c2pa-trust-list.pem` for signers, `trust/tsa/c2pa-tsa-trust-list.pem` for
time-stamp authorities, each with a JSON file of its particulars beside it), that nothing is fetched unless asked, only
by https, and that an old list stays until the new one has been read to its end. Leaves out: what a list must be
(`adseal_provenance.credentials.trust_list`) and whom it vouches for.
"""

import hashlib
import http.client
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from adseal.errors import HomeError, RequestError
from adseal.home import Home

if TYPE_CHECKING:
    from adseal_provenance.credentials.trust_list import ListFacts

Purpose = Literal["signers", "tsa"]

#: Where the C2PA conformance programme publishes its lists (github.com/c2pa-org/conformance-public).
_PUBLISHED = "https://raw.githubusercontent.com/c2pa-org/conformance-public/main/trust-list"
ADDRESSES: Mapping[Purpose, str] = {
    "signers": f"{_PUBLISHED}/C2PA-TRUST-LIST.json",
    "tsa": f"{_PUBLISHED}/C2PA-TSA-TRUST-LIST.json",
}
_PLACES: Mapping[Purpose, str] = {
    "signers": "trust/c2pa-trust-list.pem",
    "tsa": "trust/tsa/c2pa-tsa-trust-list.pem",
}
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
FETCH_S = 30.0


@dataclass(frozen=True)
class KnownList:
    """One list that verifications use.

    Attributes:
        name: its title, else its file's name.
        purpose: for signers, or for time-stamp authorities.
        path: the PEM file.
        anchors: certificates in it.
        date: the day it names, or its file's where nothing is known of it.
        source: where it came from; empty where nothing is known of it.
        old: a newer one should be looked for; False for a list of the user's own making.
        problem: why it cannot be used; verifications fail until it is gone.
    """

    name: str
    purpose: Purpose
    path: Path
    anchors: int
    date: date
    source: str = ""
    old: bool = False
    problem: str = ""


def update(
    home: Home,
    *,
    files: Mapping[Purpose, Path] | None = None,
    addresses: Mapping[Purpose, str] | None = None,
    now: datetime | None = None,
) -> "list[ListFacts]":
    """Replace the published lists by newer ones. All of them are read and checked before any is replaced.

    Args:
        home: whose lists.
        files: lists that were fetched by other means, PEM or JSON.
        addresses: lists to fetch, https only (plain http to this machine itself); no redirection is followed.
        now: aware time; the clock, if not given.

    Raises:
        RequestError: nothing was asked for.
        TrustError: a list cannot be had or used; every list is as it was before.
        HomeError: the home cannot be written.
    """
    from adseal_provenance.credentials.trust_list import read_list

    now, fresh = now or datetime.now(UTC), []
    for purpose, path in (files or {}).items():
        content, day = _of_file(path)
        fresh.append((purpose, str(path.absolute()), content, day))
    for purpose, address in (addresses or {}).items():
        fresh.append((purpose, address, fetch(address), now.date()))
    if not fresh:
        raise RequestError("no list was named", hint="--signers FILE, --tsa FILE, or --fetch")
    ready = [(*one, read_list(one[2], purpose=one[0], now=now, name=one[1])) for one in fresh]
    made = []
    for purpose, source, _, day, published in ready:
        # A list that is fetched is the published one today. Of a file, only the day it names is known.
        named = published.issued if purpose not in (addresses or {}) else None
        facts = {
            "title": published.title or Path(urlsplit(source).path).name,
            "purpose": purpose,
            "source": source,
            "issued": published.issued,
            "next_update": published.next_update,
            "as_of": min(named or day, now.date()),
            "installed_at": now,
            "sha256": hashlib.sha256(published.pem.encode()).hexdigest(),
            "anchors": published.anchors,
            "expired": published.expired,
        }
        made.append(_install(home, purpose, published.pem, facts))
    return made


def known(home: Home, *, now: datetime | None = None) -> list[KnownList]:
    """Every list that verifications with this home use, the user's own root first. Never raises on what lies there."""
    today = (now or datetime.now(UTC)).date()
    root = home.path / "identity" / "root.pem"
    paths: list[tuple[Purpose, Path]] = [("signers", root)] if root.exists() else []
    paths += [("signers", path) for path in sorted((home.path / "trust").glob("*.pem"))]
    paths += [("tsa", path) for path in sorted((home.path / "trust" / "tsa").glob("*.pem"))]
    return [_known(purpose, path, today) for purpose, path in paths]


def fetch(address: str, *, timeout_s: float = FETCH_S) -> bytes:
    """A list from its address, whole within `timeout_s` seconds and 4 MiB.

    Raises:
        TrustError: `trust_address` (neither https nor this machine), `trust_too_large`, `trust_unavailable`.
    """
    import urllib.error
    import urllib.request

    from adseal_provenance.errors import TrustError

    _check_address(address)

    class NoRedirect(urllib.request.HTTPRedirectHandler):
        """Where a list comes from is the caller's choice, not the answer's."""

        def redirect_request(self, *_: Any) -> None:
            return None

    try:
        with urllib.request.build_opener(NoRedirect()).open(address, timeout=timeout_s) as reply:
            return _drained(reply, address, timeout_s)
    except urllib.error.HTTPError as error:
        error.close()
        raise _unavailable(address, f"answers with status {error.code}") from error
    except TrustError:
        raise
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _unavailable(address, f"cannot be reached ({getattr(error, 'reason', error)})") from error


def _drained(reply: Any, address: str, timeout_s: float) -> bytes:
    from adseal_provenance.credentials.trust_list import MAX_LIST_BYTES
    from adseal_provenance.errors import TrustError

    content, ends = b"", time.monotonic() + timeout_s
    # Each read has its own clock, so a server that drips bytes would never time out by itself.
    while chunk := reply.read1(1 << 16):
        content += chunk
        if len(content) > MAX_LIST_BYTES:
            raise TrustError(
                f"{address} answers more than {MAX_LIST_BYTES} bytes",
                code="trust_too_large",
                hint="That is no list.",
            )
        if time.monotonic() > ends:
            raise _unavailable(address, f"did not finish its answer within {timeout_s:g} s")
    if reply.length:
        raise _unavailable(address, "broke off its answer")
    return content


def _check_address(address: str) -> None:
    from adseal_provenance.errors import TrustError

    try:
        parts = urlsplit(address)
        usable = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    except ValueError:
        usable = False
    if not usable or not parts.hostname or "@" in parts.netloc:
        raise TrustError(
            "a trust list is fetched from an https:// address only, without a user name",
            code="trust_address",
            hint="Fetch it by other means, and name the file: --signers FILE, --tsa FILE.",
        )


def _unavailable(address: str, why: str) -> Exception:
    from adseal_provenance.errors import TrustError

    return TrustError(
        f"{address} {why}",
        code="trust_unavailable",
        hint="Try again later, or fetch it by other means and name the file: --signers FILE, --tsa FILE.",
        retryable=True,
    )


def _of_file(path: Path) -> tuple[bytes, date]:
    """The file's bytes, no more than a list may have and one, and its day."""
    from adseal_provenance.credentials.trust_list import MAX_LIST_BYTES
    from adseal_provenance.errors import TrustError

    try:
        with path.open("rb") as file:
            return file.read(MAX_LIST_BYTES + 1), _day(path)
    except OSError as error:
        raise TrustError(
            f"the list {path} cannot be read: {error.strerror}",
            code="trust_missing",
            hint="Name the file as it was published, PEM or JSON.",
        ) from error


def _day(path: Path) -> date:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).date()


def _install(home: Home, purpose: Purpose, pem: str, facts: dict[str, Any]) -> "ListFacts":
    """Put a list in its place. Should we die between the two files, the particulars name another list's hash and are
    not believed."""
    from adseal.stores.local import write_whole
    from adseal_provenance.credentials.trust_list import ListFacts

    made, path = ListFacts.model_validate(facts), home.make().path / _PLACES[purpose]
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, pem)
        write_whole(path.with_suffix(".json"), made.model_dump_json(indent=2))
    except OSError as error:
        raise HomeError(
            f"cannot write {path}: {error.strerror or error}",
            hint="set ADSEAL_HOME to a folder you can write to",
        ) from error
    return made


def _known(purpose: Purpose, path: Path, today: date) -> KnownList:
    from adseal_provenance.credentials.trust import Trust
    from adseal_provenance.credentials.trust_list import facts_beside
    from adseal_provenance.errors import TrustError

    try:
        content, day = path.read_bytes(), _day(path)
        Trust.of(files=[path])
    except OSError as error:
        return KnownList(path.name, purpose, path, 0, today, problem=error.strerror or str(error))
    except TrustError as error:
        return KnownList(path.name, purpose, path, 0, _day(path), problem=str(error))
    facts, anchors = facts_beside(path, content), content.count(b"-----BEGIN CERTIFICATE")
    if facts is None:
        return KnownList(path.name, purpose, path, anchors, day)
    return KnownList(
        facts.title, purpose, path, anchors, facts.issued or facts.as_of, facts.source, facts.is_old(today)
    )
