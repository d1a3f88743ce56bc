# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The Soft Binding Resolution API: a real server on loopback, its client, and the official OpenAPI document."""

import base64
import contextlib
import datetime as dt
import http.client
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from tests.provenance_kit import LOCATOR, Seal

from adseal_provenance.credentials.credential import read_file
from adseal_provenance.records.record import Binding, Record
from adseal_provenance.records.registry import Registry
from adseal_provenance.resolution.client import ResolutionClient, call_by_binding, fits, parsed, refusal
from adseal_provenance.resolution.models import Matches, ResolutionError, from_wire, to_wire
from adseal_provenance.sealing.manifest import PICTURE_ALGORITHM, SOUND_ALGORITHM
from adseal_provenance.verdicts.evidence import CredentialEvidence, SoftBinding

fastapi = pytest.importorskip("fastapi")
uvicorn = pytest.importorskip("uvicorn")
pytest.importorskip("httpx")

ALL = {"fetch:manifests", "store:manifests", "store:bindings"}


@dataclass
class Running:
    port: int
    registry: Registry

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, token: str | None = "all") -> ResolutionClient:
        return ResolutionClient(self.base, token=token)

    def ask(
        self, method: str, path: str, body: bytes | None = None, token: str | None = "all", kind: str = ""
    ) -> tuple[int, str, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if kind:
            headers["Content-Type"] = kind
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, (answer.getheader("content-type") or "").split(";")[0], content


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, seal: Seal) -> Iterator[Running]:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from adseal_provenance.resolution.router import resolution_router, tokens
    from adseal_provenance.resolution.service import Resolver

    registry = Registry.open(tmp_path_factory.mktemp("registry") / "r.db")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    resolver = Resolver(
        registry, trust=seal.trust, receipt_key=Ed25519PrivateKey.generate(), uri=f"http://127.0.0.1:{port}"
    )
    app = fastapi.FastAPI()
    allow = tokens({"all": ALL, "reader": {"fetch:manifests"}})
    app.include_router(resolution_router(resolver, allow=allow, allow_delete=True))
    program = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", ws="none"))
    thread = threading.Thread(target=program.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not program.started and time.monotonic() < deadline:
        time.sleep(0.02)
    yield Running(port, registry)
    program.should_exit = True
    thread.join(20)
    registry.close()


@pytest.fixture(scope="module")
def kept(server: Running, seal: Seal) -> str:
    """Id of a manifest that was handed in over HTTP."""
    with server.client() as client:
        return client.keep(seal.signed.manifest_store).manifest_id


def code_of(call: Any) -> str:
    with pytest.raises(ResolutionError) as caught:
        call()
    return caught.value.code


def test_a_manifest_comes_back_by_the_marks_it_names(server: Running, seal: Seal, kept: str) -> None:
    with server.client("reader") as client:
        (match,) = client.by_binding(PICTURE_ALGORITHM, LOCATOR)
        assert (match.manifest_id, match.similarity_score) == (kept, 100)
        assert client.manifest(kept) == seal.signed.manifest_store
        marks = [(PICTURE_ALGORITHM, LOCATOR), (SOUND_ALGORITHM, LOCATOR)]
        (found,) = client.recover(marks, trust=seal.trust)
    assert found.manifest_id == kept == read_file(seal.path, seal.trust).manifest_id
    assert "claimSignature.validated" in found.credential.success


def test_a_manifest_that_names_another_mark_is_refused(server: Running, seal: Seal, kept: str) -> None:
    wrong = Binding(PICTURE_ALGORITHM, "ffffffffffff")
    server.registry.bind(kept, wrong)  # a server that lies
    with server.client() as client:
        assert client.by_binding(*wrong)
        assert code_of(lambda: client.recover([wrong], trust=seal.trust)) == "binding_mismatch"
        both = [(PICTURE_ALGORITHM, LOCATOR), wrong]
        assert code_of(lambda: client.recover(both, trust=seal.trust)) == "binding_mismatch"
        assert client.recover([(PICTURE_ALGORITHM, "0" * 12)], trust=seal.trust) == []


def test_only_bindings_that_the_manifest_names_can_be_stored(server: Running, kept: str) -> None:
    with server.client() as client:
        client.bind(LOCATOR, kept)
        client.bind(LOCATOR, kept, instead=True)
        assert code_of(lambda: client.bind("eeeeeeeeeeee", kept)) == "bad_request"
        assert code_of(lambda: client.bind(LOCATOR, "urn:c2pa:none")) == "not_found"


def test_what_is_not_well_signed_is_not_kept(server: Running, seal: Seal) -> None:
    store = bytearray(seal.signed.manifest_store)
    store[len(store) // 2] ^= 1
    with server.client() as client:
        for bad in (b"x", bytes(store), b"\0" * 5000):
            assert code_of(lambda bad=bad: client.keep(bad)) == "bad_request"


def test_a_receipt_holds_for_its_manifest_and_for_nothing_else(
    server: Running, seal: Seal, kept: str
) -> None:
    with server.client() as client:
        receipt = client.keep(seal.signed.manifest_store, receipt=True).receipt
        assert receipt is not None and receipt == client.receipt(kept)
        assert client.check_receipt(kept, receipt).verified is True
        forged = receipt.anchor.proof.model_copy(update={"value": base64.b64encode(bytes(64)).decode()})
        anchor = receipt.anchor.model_copy(update={"proof": forged})
        judged = client.check_receipt(kept, receipt.model_copy(update={"anchor": anchor}))
        assert judged.verified is False and judged.error
        other = receipt.repository.model_copy(update={"manifest_id": "urn:c2pa:other"})
        assert not client.check_receipt(kept, receipt.model_copy(update={"repository": other})).verified


def test_scopes_are_kept_apart(server: Running, seal: Seal, kept: str) -> None:
    with server.client("reader") as reader, server.client(None) as nobody, server.client("guess") as guess:
        assert reader.manifest(kept)
        assert code_of(lambda: reader.keep(seal.signed.manifest_store)) == "forbidden"
        assert code_of(lambda: reader.bind(LOCATOR, kept)) == "forbidden"
        assert code_of(lambda: reader.remove(kept)) == "forbidden"
        for client in (nobody, guess):
            assert code_of(lambda client=client: client.manifest(kept)) == "unauthorized"
        assert nobody.status().status == "ok"


def test_a_deleted_manifest_is_gone(server: Running, seal: Seal) -> None:
    own = Record(
        locator="",
        key_id="",
        algorithms=(),
        manifest_id="urn:c2pa:gone",
        manifest_store=b"store",
        fingerprint=b"",
        title="",
        sha256="",
        plan_hash=None,
        created_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        duration_s=0,
        bindings=(Binding("com.example", "aa"),),
    )
    server.registry.add(own)
    with server.client() as client:
        assert client.by_binding("com.example", "aa")
        client.remove("urn:c2pa:gone")
        assert client.by_binding("com.example", "aa") == ()
        assert code_of(lambda: client.manifest("urn:c2pa:gone")) == "not_found"


def test_a_long_value_travels_in_the_body(server: Running) -> None:
    assert call_by_binding("a", "ab" * 10, 5).method == "GET"
    assert call_by_binding("a", "ab" * 5000, 5).method == "POST"
    with server.client() as client:
        assert client.by_binding("a", "ab" * 5000) == ()
    long = base64.b64encode(bytes(3000)).decode()
    assert server.ask("GET", f"/v1/matches/byBinding?alg=a&value={long}")[0] == 414


def test_a_server_is_asked_over_https_only_and_its_absence_is_retryable() -> None:
    assert code_of(lambda: ResolutionClient("http://example.org")) == "bad_request"
    assert code_of(lambda: ResolutionClient("file:///etc/passwd")) == "bad_request"
    with ResolutionClient("http://127.0.0.1:1") as client, pytest.raises(ResolutionError) as caught:
        client.status()
    assert caught.value.code == "unreachable" and caught.value.retryable


# --- against the official document


def sample(kept: str) -> list[tuple[str, str, str, bytes | None, str, str | None, int]]:
    """(path in the document, method, path asked, body, its type, token, expected status)."""
    value, json_type = to_wire(LOCATOR), "application/json"
    query = f"/matches/byBinding?alg={PICTURE_ALGORITHM}&value={value}"
    binding = json.dumps({"bindingValue": value, "manifestId": kept}).encode()
    unknown = json.dumps({"bindingValue": value, "manifestId": "urn:none"}).encode()
    posted = json.dumps({"alg": PICTURE_ALGORITHM, "value": value}).encode()
    one, receipts = f"/manifests/{kept}", f"/manifests/{kept}/receipts"
    return [
        ("/matches/byBinding", "get", query, None, "", "all", 200),
        ("/matches/byBinding", "get", query, None, "", None, 401),
        ("/matches/byBinding", "get", "/matches/byBinding?alg=x", None, "", "all", 400),
        ("/matches/byBinding", "get", f"{query}&maxResults=0", None, "", "all", 400),
        ("/matches/byBinding", "get", "/matches/byBinding?alg=x&value=***", None, "", "all", 400),
        ("/matches/byBinding", "post", "/matches/byBinding", posted, json_type, "all", 200),
        ("/matches/byBinding", "post", "/matches/byBinding", b"{}", json_type, "all", 400),
        ("/matches/byBinding", "post", "/matches/byBinding", b"x" * 300_000, json_type, "all", 413),
        ("/manifests/{manifestId}", "get", one, None, "", "all", 200),
        ("/manifests/{manifestId}", "get", "/manifests/urn:none", None, "", "all", 404),
        ("/manifests/{manifestId}", "delete", one, None, "", "reader", 403),
        ("/manifests/{manifestId}", "delete", "/manifests/urn:none", None, "", "all", 404),
        ("/manifests", "post", "/manifests", b"nonsense", "application/c2pa", "all", 400),
        ("/manifests", "post", "/manifests", b"nonsense", "application/c2pa", "reader", 403),
        ("/manifests/{manifestId}/receipts", "get", receipts, None, "", "all", 200),
        ("/manifests/{manifestId}/receipts", "post", receipts, b"{}", json_type, "all", 200),
        ("/manifests/{manifestId}/receipts", "post", receipts, b"[]", json_type, "all", 400),
        ("/bindings", "post", "/bindings", binding, json_type, "all", 204),
        ("/bindings", "put", "/bindings", binding, json_type, "all", 204),
        ("/bindings", "post", "/bindings", unknown, json_type, "all", 404),
        ("/bindings", "post", "/bindings", b"{", json_type, "all", 400),
        ("/services/supportedAlgorithms", "get", "/services/supportedAlgorithms", None, "", None, 200),
        ("/services/capabilities", "get", "/services/capabilities", None, "", None, 200),
        ("/services/status", "get", "/services/status", None, "", None, 200),
        ("/.well-known/c2pa-soft-binding-resolution", "get", "", None, "", None, 200),
    ]


@pytest.fixture(scope="module")
def document(shared_dir: Path) -> dict[str, Any]:
    path = shared_dir / "data" / "sbr" / "openapi.yaml"
    if not path.is_file():
        pytest.skip("the official OpenAPI document is not there")
    loaded: dict[str, Any] = yaml.safe_load(path.read_text())
    return loaded


def resolved(document: dict[str, Any], node: Any) -> Any:
    while isinstance(node, dict) and "$ref" in node:
        reference = node["$ref"]
        node = document
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]
    return node


def faults(document: dict[str, Any], schema: Any, value: Any, at: str = "") -> list[str]:
    """What of a value the schema does not allow; as much of JSON Schema as the document uses."""
    schema = resolved(document, schema)
    kinds = {
        "object": dict,
        "array": list,
        "string": str,
        "boolean": bool,
        "integer": int,
        "number": (int, float),
    }
    if "type" in schema and not isinstance(value, kinds[schema["type"]]):
        return [f"{at}: {type(value).__name__}"]
    found = []
    if isinstance(value, dict):
        found += [f"{at}: no {name}" for name in schema.get("required", []) if name not in value]
        known = schema.get("properties", {})
        found += [f"{at}: {name} is unknown" for name in value if known and name not in known]
        for name in set(value) & set(known):
            found += faults(document, known[name], value[name], f"{at}/{name}")
    if isinstance(value, list):
        found += [f for item in value for f in faults(document, schema.get("items", {}), item, f"{at}/0")]
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{at}: {value}")
    if "pattern" in schema and not re.search(schema["pattern"], value):
        found.append(f"{at}: {value}")
    return found


def test_every_answer_is_one_that_the_document_describes(
    server: Running, kept: str, document: dict[str, Any]
) -> None:
    asked = set()
    for path, method, target, body, kind, token, expected in sample(kept):
        url = path if path.startswith("/.well-known") else f"/v1{target}"
        status, content_type, content = server.ask(method.upper(), url, body, token, kind)
        where = f"{method} {target or path} {status} {content[:200]!r}"
        assert status == expected, where
        answers = document["paths"][path][method]["responses"]
        assert str(status) in answers, where
        described = resolved(document, answers[str(status)]).get("content", {})
        assert content_type in described or not (content or described), where
        if content_type == "application/json":
            assert faults(document, described[content_type]["schema"], json.loads(content)) == [], where
        asked.add((path, method))
    offered = {(path, m) for path, item in document["paths"].items() for m in item if m in _METHODS}
    assert offered - asked == {("/matches/byContent", "post"), ("/matches/byReference", "post")}


_METHODS = {"get", "post", "put", "delete"}


def test_scopes_are_those_of_the_document(document: dict[str, Any]) -> None:
    flow = document["components"]["securitySchemes"]["auth"]["flows"]["clientCredentials"]
    assert set(flow["scopes"]) == ALL


# --- the pure half


@given(st.binary(min_size=1, max_size=64))
def test_a_value_survives_the_wire(raw: bytes) -> None:
    assert raw.hex() in from_wire(to_wire(raw.hex()))


@given(st.text(max_size=50))
def test_whatever_is_sent_as_a_value_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(ResolutionError):
        assert all(from_wire(text))


@given(st.binary(max_size=200), st.integers(300, 599))
def test_whatever_a_server_answers_becomes_an_answer_or_a_typed_error(content: bytes, status: int) -> None:
    assert refusal(status, content).code
    with contextlib.suppress(ResolutionError):
        parsed(Matches, content)


def test_a_manifest_fits_only_if_it_names_each_mark_and_no_other() -> None:
    def naming(*pairs: tuple[str, str]) -> CredentialEvidence:
        bound = tuple(SoftBinding(algorithm=a, value=v) for a, v in pairs)
        return CredentialEvidence(status="present", soft_bindings=bound)

    assert fits(naming(("a", "01"), ("b", "02")), [("a", "01")])
    assert not fits(naming(("a", "01")), [("a", "01"), ("b", "02")])
    assert not fits(naming(("a", "01"), ("a", "03")), [("a", "01")])
    assert not fits(naming(("a", "01")), [])
