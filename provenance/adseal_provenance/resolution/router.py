# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The Soft Binding Resolution API over HTTP, as a FastAPI router (extra ``server``).

Decides: who may do what (OAuth 2 bearer tokens with the API's three scopes), how much may be sent, and that every
refusal is ``{"error": …}`` with the status the OpenAPI document names. Leaves out: what happens then (``service``),
issuing tokens, and /matches/byReference (a server that fetches what strangers name attacks its own network for them).

    app = FastAPI()
    app.include_router(resolution_router(Resolver(registry), allow=tokens({"…token…": {"fetch:manifests"}})))
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import tempfile
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from adseal_provenance.errors import ProvenanceError
from adseal_provenance.reading.media import Limits
from adseal_provenance.resolution.models import (
    BIND,
    FETCH,
    MAX_QUERY_VALUE,
    SPECIFICATION,
    STORE,
    Algorithm,
    Algorithms,
    BindingQuery,
    Capabilities,
    Discovery,
    Match,
    Matches,
    NewBinding,
    Receipt,
    ResolutionError,
    Status,
    Stored,
)
from adseal_provenance.resolution.service import Resolver
from adseal_provenance.sealing.manifest import PICTURE_ALGORITHM, SOUND_ALGORITHM

#: Says whether the bearer of a token (None: nobody) has a scope; raises nothing.
Allow = Callable[[str | None, str], bool]

MAX_STORE = 32 * 1024 * 1024
MAX_JSON = 256 * 1024
WELL_KNOWN = "/.well-known/c2pa-soft-binding-resolution"
_STATUS = {
    "bad_request": 400,
    "unauthorized": 401,
    "forbidden": 403,
    "not_found": 404,
    "too_large": 413,
    "uri_too_long": 414,
    "unsupported_type": 415,
}
_T = TypeVar("_T", BindingQuery, NewBinding, Receipt)
_MaxResults = Annotated[int, Query(alias="maxResults", ge=1)]


def tokens(known: Mapping[str, set[str]], *, anyone: frozenset[str] = frozenset()) -> Allow:
    """Static bearer tokens with their scopes; ``anyone``: scopes that need none. Only hashes are kept."""
    hashed = {hashlib.sha256(token.encode()).digest(): frozenset(scopes) for token, scopes in known.items()}

    def allow(token: str | None, scope: str) -> bool:
        if scope in anyone:
            return True
        digest = hashlib.sha256((token or "").encode()).digest()
        return any(hmac.compare_digest(digest, own) and scope in scopes for own, scopes in hashed.items())

    return allow


def resolution_router(
    resolver: Resolver, *, allow: Allow, limits: Limits | None = None, allow_delete: bool = False
) -> APIRouter:
    """All routes, /v1 and the discovery document.

    Args:
        resolver: what answers.
        allow: who may do what.
        limits: for /matches/byContent, which is offered where ``resolver`` has watermark keys.
        allow_delete: offer DELETE /manifests/{id}; a forgotten manifest is gone for good.
    """
    router = APIRouter(route_class=_Route)
    guard = _Guard(allow)
    _add_queries(router, resolver, guard, limits or Limits())
    _add_manifests(router, resolver, guard, allow_delete=allow_delete)
    _add_bindings(router, resolver, guard)
    _add_services(router, resolver)
    return router


class _Route(APIRoute):
    """Every refusal in the API's form."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handler(request)
            except RequestValidationError as error:
                first = error.errors()[0]
                where = ".".join(str(part) for part in first["loc"][1:])
                return _refused(400, f"{where}: {first['msg']}")
            except ResolutionError as error:
                return _refused(_STATUS.get(error.code, 500), error.args[0])
            except ProvenanceError:
                return _refused(500, "the repository cannot answer now")  # details are nobody else's business

        return answer


def _refused(status: int, text: str) -> JSONResponse:
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return JSONResponse({"error": text}, status_code=status, headers=headers)


class _Guard:
    def __init__(self, allow: Allow) -> None:
        self._allow = allow

    def check(self, request: Request, scope: str) -> None:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        bearer = token.strip() if kind.lower() == "bearer" and token.strip() else None
        if self._allow(bearer, scope):
            return
        if bearer is None or not any(self._allow(bearer, other) for other in (FETCH, STORE, BIND)):
            raise ResolutionError("a valid bearer token is needed", code="unauthorized")
        raise ResolutionError(f"this token does not have the scope {scope}", code="forbidden")


def _add_queries(router: APIRouter, resolver: Resolver, guard: _Guard, limits: Limits) -> None:
    @router.get("/v1/matches/byBinding")
    def get_by_binding(
        request: Request,
        value: str,
        alg: Annotated[str, Query(min_length=1, max_length=256)],
        max_results: _MaxResults = 10,
    ) -> Response:
        guard.check(request, FETCH)
        if len(value) > MAX_QUERY_VALUE:
            raise ResolutionError("this value is too long for a query; use POST", code="uri_too_long")
        # a "+" that was not escaped arrives as a blank
        return _matches(resolver.by_binding(alg, value.replace(" ", "+"), limit=max_results))

    @router.post("/v1/matches/byBinding")
    async def post_by_binding(request: Request, max_results: _MaxResults = 10) -> Response:
        guard.check(request, FETCH)
        query = _parsed(BindingQuery, await _body(request, MAX_JSON))
        found = await run_in_threadpool(resolver.by_binding, query.alg, query.value, limit=max_results)
        return _matches(found)

    if not resolver.keys:
        return

    @router.post("/v1/matches/byContent")
    async def by_content(request: Request, max_results: _MaxResults = 10) -> Response:
        guard.check(request, FETCH)
        if not request.headers.get("content-type", "").startswith(("video/", "audio/", "application/octet")):
            raise ResolutionError("only videos can be looked at", code="unsupported_type")
        with tempfile.NamedTemporaryFile(prefix="adseal-") as file:
            async for chunk in _chunks(request, limits.max_bytes):
                await run_in_threadpool(file.write, chunk)
            file.flush()
            path = Path(file.name)
            found = await run_in_threadpool(resolver.by_content, path, limits=limits, limit=max_results)
        return _matches(found)


def _add_manifests(router: APIRouter, resolver: Resolver, guard: _Guard, *, allow_delete: bool) -> None:
    @router.get("/v1/manifests/{manifest_id}")
    def get_manifest(request: Request, manifest_id: str) -> Response:
        guard.check(request, FETCH)
        return Response(resolver.store_of(manifest_id), media_type="application/c2pa")

    @router.post("/v1/manifests")
    async def post_manifest(
        request: Request, return_receipt: Annotated[bool, Query(alias="returnReceipt")] = False
    ) -> Response:
        guard.check(request, STORE)
        if request.headers.get("content-type", "").split(";")[0].strip() != "application/c2pa":
            raise ResolutionError("a manifest store is sent as application/c2pa", code="bad_request")
        store = await _body(request, MAX_STORE)
        manifest_id = await run_in_threadpool(resolver.keep, store)
        wanted = return_receipt and resolver.receipt_key is not None
        receipt = await run_in_threadpool(resolver.receipt, manifest_id) if wanted else None
        return _json(Stored(manifest_id=manifest_id, receipt=receipt))

    @router.get("/v1/manifests/{manifest_id}/receipts")
    def get_receipt(request: Request, manifest_id: str) -> Response:
        guard.check(request, FETCH)
        return _json(resolver.receipt(manifest_id))

    @router.post("/v1/manifests/{manifest_id}/receipts")
    async def post_receipt(request: Request, manifest_id: str) -> Response:
        guard.check(request, FETCH)
        receipt = _parsed(Receipt, await _body(request, MAX_JSON))
        return _json(await run_in_threadpool(resolver.verified, manifest_id, receipt))

    if not allow_delete:
        return

    @router.delete("/v1/manifests/{manifest_id}")
    def delete_manifest(request: Request, manifest_id: str) -> Response:
        guard.check(request, STORE)
        resolver.remove(manifest_id)
        return Response(status_code=204)


def _add_bindings(router: APIRouter, resolver: Resolver, guard: _Guard) -> None:
    async def bound(request: Request, *, instead: bool) -> Response:
        guard.check(request, BIND)
        new = _parsed(NewBinding, await _body(request, MAX_JSON))
        await run_in_threadpool(resolver.bind, new.binding_value, new.manifest_id, instead=instead)
        return Response(status_code=204)

    @router.post("/v1/bindings")
    async def post_binding(request: Request) -> Response:
        return await bound(request, instead=False)

    @router.put("/v1/bindings")
    async def put_binding(request: Request) -> Response:
        return await bound(request, instead=True)


def _add_services(router: APIRouter, resolver: Resolver) -> None:
    @router.get("/v1/services/supportedAlgorithms")
    def algorithms() -> Response:
        own = tuple(Algorithm(alg=name) for name in (PICTURE_ALGORITHM, SOUND_ALGORITHM))
        return _json(Algorithms(watermarks=own))

    @router.get("/v1/services/capabilities")
    def capabilities() -> Response:
        offered = ("queryByContent",) if resolver.keys else ()
        names = (*offered, "storeManifests", "storeBindings")
        return _json(Capabilities(c2pa_specification_version=SPECIFICATION, supported_capabilities=names))

    @router.get("/v1/services/status")
    def status() -> Response:
        now = dt.datetime.now(dt.UTC)
        try:
            resolver.registry.get("")
        except ProvenanceError:
            return _json(Status(status="down", timestamp=now))
        return _json(Status(status="ok", timestamp=now))

    @router.get(WELL_KNOWN)
    def discovery() -> Response:
        root = resolver.uri.rstrip("/")
        return _json(
            Discovery(
                api_endpoint=f"{root}/v1",
                c2pa_specification_version=SPECIFICATION,
                capabilities_endpoint=f"{root}/v1/services/capabilities",
                status_endpoint=f"{root}/v1/services/status",
            )
        )


async def _body(request: Request, most: int) -> bytes:
    return b"".join([chunk async for chunk in _chunks(request, most)])


async def _chunks(request: Request, most: int) -> Any:
    """The body as it comes; whoever sends more than is allowed is told so at once."""
    length = 0
    async for chunk in request.stream():
        length += len(chunk)
        if length > most:
            raise ResolutionError(f"at most {most} bytes can be taken", code="too_large")
        yield chunk


def _parsed(model: type[_T], body: bytes) -> _T:
    try:
        return model.model_validate_json(body)
    except ValueError as error:
        raise ResolutionError(f"this is not a {model.__name__}", code="bad_request") from error


def _matches(found: list[Match]) -> Response:
    return _json(Matches(matches=tuple(found)))


def _json(content: Any) -> Response:
    return Response(content.model_dump_json(by_alias=True, exclude_none=True), media_type="application/json")
