# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Asking anybody's resolution server for the manifest of a marked video.

Decides: what is sent, how much may come back, and that a recovered manifest is refused unless it names every
soft binding by which it was found (C2PA 9.3.2). Never follows a redirect or an ``endpoint`` to another server: whom
to ask is the decision of the caller. Leaves out: whether to ask; verification goes to the network only when told to.

    with ResolutionClient("https://sbr.example") as client:
        for found in client.recover([("io.adseal.picture.1", "3f0c9a7710be")], trust=trust):
            found.manifest_id, found.credential.signer
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from pydantic import BaseModel

from adseal_provenance.credentials.trust import Trust
from adseal_provenance.resolution.models import (
    MAX_QUERY_VALUE,
    Algorithms,
    Capabilities,
    Discovery,
    Match,
    Matches,
    Receipt,
    ResolutionError,
    Status,
    Stored,
    to_wire,
)
from adseal_provenance.verdicts.evidence import CredentialEvidence

if TYPE_CHECKING:
    import httpx

_T = TypeVar("_T", bound=BaseModel)
_MAX_ANSWER = 32 * 1024 * 1024
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_ERRORS = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    413: "too_large",
    414: "uri_too_long",
    415: "unsupported_type",
}


@dataclass(frozen=True)
class Call:
    """One request, before anything is sent: the pure half of the client."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    content_type: str = ""

    def url(self, base: str) -> str:
        return f"{base}{self.path}" + (f"?{urlencode(self.query)}" if self.query else "")


@dataclass(frozen=True)
class Recovered:
    """A manifest that names every soft binding by which it was found. Its signature and trust are in ``credential``."""

    manifest_id: str
    credential: CredentialEvidence
    manifest_store: bytes = field(repr=False)


def call_by_binding(algorithm: str, value: str, most: int) -> Call:
    """``value`` in hex; a long one goes into the body."""
    wire = to_wire(value)
    results = ("maxResults", str(most))
    if len(wire) > MAX_QUERY_VALUE:
        body = json.dumps({"alg": algorithm, "value": wire}).encode()
        return Call("POST", "/v1/matches/byBinding", (results,), body, "application/json")
    return Call("GET", "/v1/matches/byBinding", (("alg", algorithm), ("value", wire), results))


def parsed(model: type[_T], content: bytes) -> _T:
    """An answer, or ``bad_answer``."""
    try:
        return model.model_validate_json(content)
    except ValueError as error:
        raise ResolutionError("the server's answer has an unknown form", code="bad_answer") from error


def refusal(status: int, content: bytes) -> ResolutionError:
    """A status that is no success, with the server's words where it gave some."""
    try:
        words = str(json.loads(content[:4096])["error"])[:300]
    except (ValueError, KeyError, TypeError, RecursionError):
        words = ""
    words = "".join(c if c.isprintable() else "?" for c in words)
    code = _ERRORS.get(status, "server_failed" if status >= 500 else "bad_answer")
    text = f"the resolution server answered {status}" + (f": {words}" if words else "")
    return ResolutionError(text, code=code, retryable=status >= 500 or status == 429)


def fits(credential: CredentialEvidence, marks: Sequence[tuple[str, str]]) -> bool:
    """For every algorithm by which it was found, the manifest names exactly the value found, and no other."""
    return bool(marks) and all(
        {b.value for b in credential.soft_bindings if b.algorithm == algorithm} == {value.lower()}
        for algorithm, value in marks
    )


class ResolutionClient:
    """One server. Usable as a context manager.

    Args:
        base: its address without /v1; https, unless it is on this machine.
        token: bearer token, if the server wants one.
        timeout_s: for connecting and for each read.

    Raises:
        ResolutionError: ``bad_request`` for an address that is none, ``resolution_extra`` without httpx.
    """

    def __init__(self, base: str, *, token: str | None = None, timeout_s: float = 10.0) -> None:
        parts = urlsplit(base)
        local = parts.hostname in _LOCAL
        if parts.scheme != "https" and not (parts.scheme == "http" and local):
            raise ResolutionError("a resolution server is asked over https", code="bad_request")
        try:
            import httpx
        except ImportError as error:
            raise ResolutionError(
                "asking a resolution server needs httpx",
                code="resolution_extra",
                hint="pip install 'adseal[server]'",
            ) from error
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        # trust_env: a proxy or a .netrc of the environment must not get the token
        self._http: httpx.Client = httpx.Client(
            headers=headers, timeout=timeout_s, follow_redirects=False, trust_env=False
        )
        self._base = base.rstrip("/")

    def __repr__(self) -> str:
        return f"ResolutionClient({self._base!r})"

    def by_binding(self, algorithm: str, value: str, *, most: int = 10) -> tuple[Match, ...]:
        """Manifests that this soft binding leads to; ``value`` in hex. Nothing is checked yet."""
        return parsed(Matches, self._send(call_by_binding(algorithm, value, most))).matches

    def manifest(self, manifest_id: str) -> bytes:
        """A manifest store."""
        return self._send(Call("GET", f"/v1/manifests/{quote(manifest_id, safe='')}"))

    def recover(
        self, marks: Sequence[tuple[str, str]], *, trust: Trust | None = None, most: int = 10
    ) -> list[Recovered]:
        """The manifests to which all of these (algorithm, value in hex) lead and which name all of them.

        Raises:
            ResolutionError: ``binding_mismatch`` where the server has matches, but none that fits.
        """
        from adseal_provenance.examination.examine import examine_stores
        from adseal_provenance.reading.media import Limits

        ids: dict[str, None] = {}
        for algorithm, value in marks:
            ids |= {match.manifest_id: None for match in self.by_binding(algorithm, value, most=most)[:most]}
        kept = [(manifest_id, self.manifest(manifest_id)) for manifest_id in list(ids)[:most]]
        read = examine_stores([store for _, store in kept], trust=trust or Trust(), limits=Limits())
        found = [
            Recovered(manifest_id, credential, store)
            for (manifest_id, store), credential in zip(kept, read, strict=True)
            if credential.manifest_id == manifest_id and fits(credential, marks)
        ]
        if kept and not found:
            raise ResolutionError(
                "the manifests that were found do not name the marks they were found by",
                code="binding_mismatch",
                hint="Nothing can be said of the video by them.",
            )
        return found

    def keep(self, store: bytes, *, receipt: bool = False) -> Stored:
        """Hand in a manifest store; scope ``store:manifests``."""
        query = (("returnReceipt", "true"),) if receipt else ()
        return parsed(Stored, self._send(Call("POST", "/v1/manifests", query, store, "application/c2pa")))

    def bind(self, value: str, manifest_id: str, *, instead: bool = False) -> None:
        """Let a value (hex) lead to a stored manifest; scope ``store:bindings``."""
        body = json.dumps({"bindingValue": to_wire(value), "manifestId": manifest_id}).encode()
        self._send(Call("PUT" if instead else "POST", "/v1/bindings", (), body, "application/json"))

    def remove(self, manifest_id: str) -> None:
        """Scope ``store:manifests``."""
        self._send(Call("DELETE", f"/v1/manifests/{quote(manifest_id, safe='')}"))

    def receipt(self, manifest_id: str) -> Receipt:
        """The server's receipt for a manifest."""
        return parsed(
            Receipt, self._send(Call("GET", f"/v1/manifests/{quote(manifest_id, safe='')}/receipts"))
        )

    def check_receipt(self, manifest_id: str, receipt: Receipt) -> Receipt:
        """The receipt as the server judges it, in ``verified`` and ``error``."""
        body = receipt.model_dump_json(by_alias=True, exclude_none=True).encode()
        path = f"/v1/manifests/{quote(manifest_id, safe='')}/receipts"
        return parsed(Receipt, self._send(Call("POST", path, (), body, "application/json")))

    def algorithms(self) -> Algorithms:
        return parsed(Algorithms, self._send(Call("GET", "/v1/services/supportedAlgorithms")))

    def capabilities(self) -> Capabilities:
        return parsed(Capabilities, self._send(Call("GET", "/v1/services/capabilities")))

    def status(self) -> Status:
        return parsed(Status, self._send(Call("GET", "/v1/services/status")))

    def discovery(self) -> Discovery:
        return parsed(Discovery, self._send(Call("GET", "/.well-known/c2pa-soft-binding-resolution")))

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _send(self, call: Call) -> bytes:
        import httpx

        headers = {"Content-Type": call.content_type} if call.content_type else {}
        options: dict[str, Any] = {"headers": headers}
        if call.body:
            options["content"] = call.body
        try:
            with self._http.stream(call.method, call.url(self._base), **options) as answer:
                content = b""
                for chunk in answer.iter_bytes():
                    content += chunk
                    if len(content) > _MAX_ANSWER:
                        raise ResolutionError("the server's answer is too large", code="bad_answer")
        except httpx.HTTPError as error:
            raise ResolutionError(
                f"the resolution server cannot be reached: {type(error).__name__}",
                code="unreachable",
                retryable=True,
            ) from error
        if not 200 <= answer.status_code < 300:
            raise refusal(answer.status_code, content)
        return content
