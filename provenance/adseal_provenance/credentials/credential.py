# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Reading one C2PA credential with the C2PA library, and writing down what it says.

Decides: how each peculiarity of the library (c2pa-python 0.38) is turned into plain evidence: it raises on
damaged manifests, calls a file with a tampered source trusted, and tells only that *some* anchor vouches for
a signer. Leaves
out: what the evidence means (``verdict``). Runs in the worker process, because the library parses hostile
bytes.

Texts from a manifest come from strangers: they are cut to a length and freed of control and direction
characters.
"""

from __future__ import annotations

import io
import json
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, NamedTuple

import c2pa

from adseal_provenance.credentials import container
from adseal_provenance.credentials.trust import Trust, c2pa_settings
from adseal_provenance.errors import CredentialError, MediaError
from adseal_provenance.sealing.manifest import PROVENANCE_LABEL
from adseal_provenance.verdicts.evidence import (
    AiStatement,
    CredentialEvidence,
    IngredientEvidence,
    Signer,
    SoftBinding,
)

_MP4 = "video/mp4"
_STORE = "application/c2pa"
_MAX_TEXT = 200
_MAX_CODES = 256
_MAX_INGREDIENTS = 64
_MAX_MANIFESTS = 64
#: Signed metadata in which other vendors state the digital source type instead of, or beside, an action.
_METADATA_LABELS = ("c2pa.metadata", "cawg.metadata", "stds.iptc")


class _Document(NamedTuple):
    """One reading: the manifest store as JSON, and the certificate's particulars out of the crJSON."""

    store: dict[str, Any]
    certificate: dict[str, Any]


def read_file(path: Path | str, trust: Trust) -> CredentialEvidence:
    """Read and validate the credential embedded in a video. Never raises on the file's content."""
    try:
        if not container.is_bmff(path):
            return CredentialEvidence(
                status="unsupported",
                reason="this kind of file cannot carry a credential that can be read here",
            )
        found, store = _find_store(path)
    except MediaError as error:
        return CredentialEvidence(status="not_checked", reason=_clean(error.args[0]))
    try:
        with Path(path).open("rb") as file:
            document = _read(_MP4, file, trust.pem, trust.ocsp_hosts)
    except c2pa.C2paError as error:
        return _unread(error, found=found)
    except OSError as error:
        return CredentialEvidence(status="not_checked", reason=f"the file cannot be read: {error.strerror}")
    except Exception as error:  # noqa: BLE001  (foreign code on hostile bytes: whatever it throws, the answer is the same)
        return CredentialEvidence(status="unreadable", reason=_clean(f"{type(error).__name__}: {error}"))
    return _evidence(document, trust, store=store, path=Path(path))


def read_other(path: Path | str, trust: Trust, media_type: str) -> CredentialEvidence:
    """Read and validate the credential of a picture or a sound. Never raises on the file's content."""
    try:
        with Path(path).open("rb") as file:
            document = _read(media_type, file, trust.pem, trust.ocsp_hosts)
    except c2pa.C2paError as error:
        return _unread(error, found="ManifestNotFound" not in type(error).__name__)
    except OSError as error:
        return CredentialEvidence(status="not_checked", reason=f"the file cannot be read: {error.strerror}")
    except Exception as error:  # noqa: BLE001  (as in ``read_file``)
        return CredentialEvidence(status="unreadable", reason=_clean(f"{type(error).__name__}: {error}"))
    return _evidence(document, trust, store=None, path=None)


def read_crjson(path: Path | str, trust: Trust) -> str:
    """The C2PA library's own report on a file, in the form that conformance programmes read (crJSON, C2PA 2.4).

    Raises:
        CredentialError: ``credential_absent``, ``credential_unreadable``.
    """
    try:
        with Path(path).open("rb") as file, open_reader(_MP4, file, trust.pem, trust.ocsp_hosts) as reader:
            return str(reader.crjson())
    except c2pa.C2paError as error:
        found, _ = _find_store(path)
        code = "credential_unreadable" if found else "credential_absent"
        words = (
            f"its credential cannot be read: {_clean(str(error))}"
            if found
            else "there is no credential in it"
        )
        raise CredentialError(f"{_clean(Path(path).name)}: {words}", code=code) from error


def read_store(store: bytes, trust: Trust) -> CredentialEvidence:
    """Read and validate a manifest store without its video; the content hash is then always a mismatch.

    Never raises on the store's content.
    """
    try:
        document = _read(_STORE, io.BytesIO(store), trust.pem, trust.ocsp_hosts)
    except c2pa.C2paError as error:
        return _unread(error, found=True)
    except Exception as error:  # noqa: BLE001  (as above)
        return CredentialEvidence(status="unreadable", reason=_clean(f"{type(error).__name__}: {error}"))
    return _evidence(document, trust, store=store, path=None)


@contextmanager
def open_reader(
    media_type: str, stream: Any, anchors_pem: str, ocsp_hosts: Sequence[str] = ()
) -> Iterator[Any]:
    """A library reader on a stream, with our settings; everything is released in the end."""
    with (
        c2pa.Context.from_dict(c2pa_settings(anchors_pem, ocsp_hosts)) as context,
        c2pa.Reader(media_type, stream, context=context) as reader,
    ):
        yield reader


def _read(media_type: str, stream: Any, anchors_pem: str, ocsp_hosts: Sequence[str] = ()) -> _Document:
    with open_reader(media_type, stream, anchors_pem, ocsp_hosts) as reader:
        store = json.loads(reader.json())
        active = store["active_manifest"]
        try:
            manifests = json.loads(reader.crjson())["manifests"]
            signature = next(m["signature"] for m in manifests if m["label"] == active)
            certificate = signature.get("certificateInfo") or {}
        except (c2pa.C2paError, KeyError, ValueError, StopIteration, TypeError):
            certificate = {}  # only dates and names for the report are lost
    return _Document(store, certificate if isinstance(certificate, dict) else {})


def _find_store(path: Path | str) -> tuple[bool, bytes | None]:
    """Whether a C2PA box is there at all, by our own eyes, and the store in it if it can be taken out."""
    try:
        store = container.embedded_store(path)
    except MediaError as error:
        # Boxes that lie about their size hide whatever comes behind them.
        return error.code == "too_large", None
    return store is not None, store


def _unread(error: c2pa.C2paError, *, found: bool) -> CredentialEvidence:
    """What an exception of the library means (facts: damaged manifests raise instead of being reported)."""
    kind, text = type(error).__name__, _clean(str(error))
    if "RemoteManifest" in kind or "Remote" in text:
        return CredentialEvidence(
            status="remote", reason="the file names an address for its credential; it is not fetched"
        )
    if found:
        return CredentialEvidence(status="unreadable", reason=text)
    if "NotSupported" in kind:
        return CredentialEvidence(status="unsupported", reason=text)
    return CredentialEvidence(status="absent", reason="" if "ManifestNotFound" in kind else text)


def _evidence(
    document: _Document, trust: Trust, *, store: bytes | None, path: Path | None
) -> CredentialEvidence:
    try:
        active = str(document.store["active_manifest"])
        manifest = document.store["manifests"][active]
        codes = {
            kind: tuple(
                _clean(entry["code"])
                for entry in document.store["validation_results"]["activeManifest"].get(kind, [])[:_MAX_CODES]
            )
            for kind in ("success", "informational", "failure")
        }
        trusted = _trusted_by(active, codes["success"], trust, store=store, path=path)
        assertions = [a for a in manifest.get("assertions", []) if isinstance(a, dict)]
        return CredentialEvidence(
            status="present",
            manifest_id=_clean(active),
            success=codes["success"],
            informational=codes["informational"],
            failure=codes["failure"],
            trusted_by=trusted[0] if trusted else None,
            trusted_kind=trusted[1] if trusted else None,
            signer=_signer(manifest.get("signature_info") or {}, document.certificate),
            title=_clean(manifest.get("title") or ""),
            generator=_generator(manifest),
            soft_bindings=tuple(_soft_bindings(assertions)),
            ai=tuple(_ai_statements(document.store, active))[:_MAX_INGREDIENTS],
            ingredients=tuple(_ingredients(document.store, active))[:_MAX_INGREDIENTS],
            claims=_claims(assertions),
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        return CredentialEvidence(
            status="unreadable", reason=f"its content has an unknown form ({type(error).__name__})"
        )


def _trusted_by(
    active: str, success: tuple[str, ...], trust: Trust, *, store: bytes | None, path: Path | None
) -> tuple[str, Literal["development", "user"]] | None:
    """Under which list the signer stands. The library pools all anchors, those of time-stamp authorities
    included, so
    each list is asked on its own: on the bare store, which costs no second pass over the video."""
    if "signingCredential.trusted" not in success:
        return None
    if len(trust.lists) == 1 and not trust.tsa_pem:
        return trust.lists[0].name, trust.lists[0].kind  # nobody else could have vouched
    for anchors in sorted(trust.lists, key=lambda entry: entry.kind == "development"):
        if not _vouches(active, anchors.pem + trust.tsa_pem, store=store, path=path):
            continue
        # An authority for time does not vouch for signers (spec 14.4.2: separate lists), but many roots stand in
        # both lists. So the list vouches by itself; or, where the certificate has ended and only a time stamp keeps
        # it, those anchors do not vouch that are for time alone.
        for_time = trust.for_time_alone(anchors)
        if (
            not for_time
            or _vouches(active, anchors.pem, store=store, path=path)
            or not _vouches(active, for_time, store=store, path=path)
        ):
            return anchors.name, anchors.kind
    return None


def _vouches(active: str, anchors_pem: str, *, store: bytes | None, path: Path | None) -> bool:
    try:
        document = _read(_STORE, io.BytesIO(store), anchors_pem) if store is not None else None
        if (document is None or document.store["active_manifest"] != active) and path is not None:
            with path.open("rb") as file:  # an update manifest lies elsewhere in the file
                document = _read(_MP4, file, anchors_pem)
        if document is None or document.store["active_manifest"] != active:
            return False
        entries = document.store["validation_results"]["activeManifest"]["success"]
    except (c2pa.C2paError, OSError, KeyError, ValueError):
        return False
    return any(entry.get("code") == "signingCredential.trusted" for entry in entries)


def _signer(info: dict[str, Any], certificate: dict[str, Any]) -> Signer:
    subject, issuer = certificate.get("subject") or {}, certificate.get("issuer") or {}
    validity = certificate.get("validity") or {}
    return Signer(
        common_name=_clean(info.get("common_name") or subject.get("CN") or ""),
        # The library calls the subject's organisation "issuer".
        organization=_clean(subject.get("O") or info.get("issuer") or ""),
        issuer=_clean(issuer.get("CN") or ""),
        serial=_clean(certificate.get("serialNumber") or info.get("cert_serial_number") or ""),
        algorithm=_clean(info.get("alg") or "").lower(),
        not_before=_clean(validity.get("notBefore") or ""),
        not_after=_clean(validity.get("notAfter") or ""),
        time=_clean(info["time"]) if info.get("time") else None,
    )


def _generator(manifest: dict[str, Any]) -> str:
    info = (manifest.get("claim_generator_info") or [{}])[0]
    return _clean(f"{info.get('name', '')} {info.get('version', '')}".strip())


def _soft_bindings(assertions: list[dict[str, Any]]) -> Iterator[SoftBinding]:
    for assertion in assertions:
        if not str(assertion.get("label", "")).startswith("c2pa.soft-binding"):
            continue
        for block in assertion["data"].get("blocks", [])[:_MAX_CODES]:
            yield SoftBinding(
                algorithm=_clean(assertion["data"]["alg"]), value=_binding_value(block.get("value"))
            )


def _binding_value(value: object) -> str:
    """A binding's value as lowercase hex. Writers differ: hex text, or bytes, which the library shows as
    numbers."""
    if isinstance(value, str):
        return _clean(value).lower()
    if isinstance(value, list) and all(isinstance(item, int) and 0 <= item < 256 for item in value):
        raw = bytes(value)
        text = raw.decode("ascii", "replace").lower()
        return _clean(text) if raw and set(text) <= set("0123456789abcdef") else _clean(raw.hex())
    return ""


def _manifests(
    store: dict[str, Any], active: str, *, parents_only: bool
) -> Iterator[tuple[int, dict[str, Any]]]:
    """The active manifest and those of its ingredients, each once, nearest first, 64 at most; with their depth (0)."""
    queue, seen = [(0, active)], {active}
    while queue and len(seen) <= _MAX_MANIFESTS:
        depth, name = queue.pop(0)
        manifest = store["manifests"].get(name)
        if not isinstance(manifest, dict):
            continue
        yield depth, manifest
        for ingredient in manifest.get("ingredients", []):
            label = ingredient.get("active_manifest")
            wanted = not parents_only or ingredient.get("relationship") == "parentOf"
            if label and wanted and label not in seen:
                seen.add(label)
                queue.append((depth + 1, label))


def _ai_statements(store: dict[str, Any], active: str) -> Iterator[AiStatement]:
    """Every digital source type that the video itself, or what it was made from by opening it, declares."""
    for _, manifest in _manifests(store, active, parents_only=True):
        for assertion in manifest.get("assertions", []):
            label = str(assertion.get("label", ""))
            if label.startswith(_METADATA_LABELS) and isinstance(assertion.get("data"), dict):
                if stated := assertion["data"].get("Iptc4xmpExt:DigitalSourceType"):
                    yield AiStatement(where=_clean(label), source_type=_clean(stated).rsplit("/", 1)[-1])
                continue
            if not label.startswith("c2pa.actions"):
                continue
            for action in assertion["data"].get("actions", []):
                agent = action.get("softwareAgent") or ""
                name = agent.get("name", "") if isinstance(agent, dict) else agent
                if source_type := action.get("digitalSourceType"):
                    yield AiStatement(
                        where=_clean(action.get("action", "")),
                        source_type=_clean(source_type).rsplit("/", 1)[-1],
                        agent=_clean(name),
                    )
        for ingredient in manifest.get("ingredients", []):
            if source_type := ingredient.get("digital_source_type"):
                yield AiStatement(
                    where=_clean(f"{ingredient.get('relationship')} {ingredient.get('title')}"),
                    source_type=_clean(source_type).rsplit("/", 1)[-1],
                )


def _ingredients(store: dict[str, Any], active: str) -> Iterator[IngredientEvidence]:
    """All ingredients at every depth. A tampered source leaves the file's own state "trusted", so each is
    looked at."""
    deltas: dict[str, list[str]] = {}
    for delta in store["validation_results"].get("ingredientDeltas") or []:
        label = str(delta.get("ingredientAssertionURI", "")).rsplit("/", 1)[-1]
        deltas.setdefault(label, []).extend(_failures(delta.get("validationDeltas")))
    for depth, manifest in _manifests(store, active, parents_only=False):
        for ingredient in manifest.get("ingredients", []):
            results = ingredient.get("validation_results") or {}
            failures = _failures(results.get("activeManifest"))
            for delta in results.get("ingredientDeltas") or []:
                failures += _failures(delta.get("validationDeltas"))
            failures += [str(entry.get("code")) for entry in ingredient.get("validation_status") or []]
            if depth == 0:
                failures += deltas.get(str(ingredient.get("label")), [])
            yield IngredientEvidence(
                title=_clean(ingredient.get("title") or ""),
                relationship=_clean(ingredient.get("relationship") or ""),
                has_credential="active_manifest" in ingredient,
                depth=depth + 1,
                failures=tuple(dict.fromkeys(_clean(code) for code in failures))[:_MAX_CODES],
            )


def _failures(results: dict[str, Any] | None) -> list[str]:
    return [str(entry.get("code")) for entry in (results or {}).get("failure") or []]


def _claims(assertions: list[dict[str, Any]]) -> dict[str, str]:
    for assertion in assertions:
        if assertion.get("label") == PROVENANCE_LABEL and isinstance(assertion.get("data"), dict):
            return {_clean(key): _clean(value) for key, value in list(assertion["data"].items())[:32]}
    return {}


def _clean(value: object) -> str:
    """Text from a stranger, safe to print: one line, no control or direction characters, at most 200
    characters."""
    text = str(value)[: 4 * _MAX_TEXT]
    text = "".join(" " if unicodedata.category(c)[0] == "C" or c in "\u2028\u2029" else c for c in text)
    return " ".join(text.split())[:_MAX_TEXT]
