# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Wire format of the Soft Binding Resolution API (C2PA 2.4, "Decoupled" and its OpenAPI document).

Decides: names and bounds of what is sent, and how a binding's value travels (base64 of its bytes; lowercase hex here).
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from adseal_provenance.errors import ProvenanceError

SPECIFICATION = "2.4.0"
FETCH, STORE, BIND = "fetch:manifests", "store:manifests", "store:bindings"
#: A value in a query longer than this belongs into a POST (414).
MAX_QUERY_VALUE = 2048
MAX_VALUE = 64 * 1024
_MAX_ID = 512


class ResolutionError(ProvenanceError):
    """A resolution server refused, failed or gave nonsense, or a request to it makes no sense.

    Codes: ``bad_request``, ``unauthorized``, ``forbidden``, ``not_found``, ``too_large``, ``uri_too_long``,
        ``unsupported_type``, ``server_failed``, ``unreachable``, ``bad_answer``, ``binding_mismatch``,
        ``resolution_extra``.
    """

    code = "resolution"


class _Wire(BaseModel):
    """Camel case outside, unknown fields ignored: later versions add some."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True, extra="ignore")


class Match(_Wire):
    """One manifest that a soft binding leads to; ``endpoint`` where another server has it."""

    manifest_id: str = Field(min_length=1, max_length=_MAX_ID)
    similarity_score: float | None = Field(default=None, ge=0, le=100)
    endpoint: str | None = None


class Matches(_Wire):
    matches: tuple[Match, ...] = ()


class BindingQuery(_Wire):
    """Body of POST /matches/byBinding."""

    value: str = Field(max_length=MAX_VALUE)
    alg: str = Field(min_length=1, max_length=256)


class NewBinding(_Wire):
    """Body of POST and PUT /bindings."""

    binding_value: str = Field(max_length=MAX_VALUE)
    manifest_id: str = Field(min_length=1, max_length=_MAX_ID)


class Repository(_Wire):
    uri: str = ""
    manifest_id: str = ""


class Proof(_Wire):
    alg: str = ""
    value: str = ""


class Anchor(_Wire):
    uri: str = ""
    proof: Proof = Proof()
    parameters: dict[str, Any] = {}


class Receipt(_Wire):
    """What a repository answers for: that it holds this manifest (C2PA repository receipt)."""

    context: dict[str, str] = Field(default={}, validation_alias="@context", serialization_alias="@context")
    type: str = Field(
        default="org.c2pa.manifest-receipt", validation_alias="@type", serialization_alias="@type"
    )
    repository: Repository = Repository()
    anchor: Anchor = Anchor()
    verified: bool | None = None
    error: str | None = None


class Stored(_Wire):
    manifest_id: str = Field(min_length=1, max_length=_MAX_ID)
    receipt: Receipt | None = None


class Algorithm(_Wire):
    alg: str


class Algorithms(_Wire):
    watermarks: tuple[Algorithm, ...] = ()
    fingerprints: tuple[Algorithm, ...] = ()


class Status(_Wire):
    status: Literal["ok", "degraded", "down"]
    timestamp: dt.datetime | None = None


class Capabilities(_Wire):
    c2pa_specification_version: str = Field(
        validation_alias="c2paSpecificationVersion", serialization_alias="c2paSpecificationVersion"
    )
    supported_capabilities: tuple[str, ...] = ()


class Discovery(_Wire):
    """/.well-known/c2pa-soft-binding-resolution (RFC 8615)."""

    api_endpoint: str
    c2pa_specification_version: str = Field(
        validation_alias="c2paSpecificationVersion", serialization_alias="c2paSpecificationVersion"
    )
    capabilities_endpoint: str | None = None
    status_endpoint: str | None = None


def to_wire(value: str) -> str:
    """A binding's value, as manifests and records have it (hex, else text), in base64.

    >>> to_wire("0123456789ab")
    'ASNFZ4mr'
    """
    try:
        raw = bytes.fromhex(value)
    except ValueError:
        raw = value.encode()
    return base64.b64encode(raw).decode("ascii")


def from_wire(value: str) -> tuple[str, ...]:
    """How the value may be written in a manifest: as hex, or as text where its bytes are text.

    Writers differ in whether ``value`` in a manifest is bytes or hex text, and so does what their clients send.

    Raises:
        ResolutionError: ``bad_request`` for what is not base64, or empty.
    """
    try:
        raw = base64.b64decode(value.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ResolutionError("the value is not base64", code="bad_request") from error
    if not raw:
        raise ResolutionError("the value is empty", code="bad_request")
    try:
        text = raw.decode("ascii").lower()
    except UnicodeDecodeError:
        return (raw.hex(),)
    return (raw.hex(), text) if text.isprintable() else (raw.hex(),)
