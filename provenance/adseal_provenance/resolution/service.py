# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What a resolution server does, without HTTP.

Decides: which manifests may be stored (well signed ones), which soft bindings may lead to them (those that they name:
C2PA 9.3.2 has every other match refused), and what a receipt says. Leaves out: who may ask (``router``).
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from adseal_provenance.credentials.trust import Trust
from adseal_provenance.errors import RegistryError
from adseal_provenance.records.record import Binding, Record
from adseal_provenance.records.registry import Registry
from adseal_provenance.resolution.models import (
    Anchor,
    Match,
    Proof,
    Receipt,
    Repository,
    ResolutionError,
    from_wire,
)
from adseal_provenance.verdicts.evidence import CredentialEvidence
from adseal_provenance.verdicts.matches import RECOVERED_MAY_FAIL
from adseal_provenance.verdicts.verdict import MARK_LOG10_P

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from adseal_provenance.reading.media import Limits
    from adseal_provenance.watermark.keys import WatermarkKey

_CONTEXT = {"c2pa": "http://c2pa.org/ns/", "receipt": "http://c2pa.org/ns/receipt#"}
_MOST = 100


@dataclass(frozen=True)
class Resolver:
    """A registry and what is needed to answer for it.

    Attributes:
        registry: where everything is.
        trust: whom to believe about stores that are handed in.
        keys: watermark keys for ``by_content``; without any it is not offered.
        receipt_key: signs receipts; without one there are none.
        uri: public address of this repository, for receipts.
    """

    registry: Registry
    trust: Trust = field(default_factory=Trust)
    keys: Sequence[WatermarkKey] = ()
    receipt_key: Ed25519PrivateKey | None = None
    uri: str = ""

    def by_binding(self, algorithm: str, value: str, *, limit: int = 10) -> list[Match]:
        """Manifests that name this soft binding; ``value`` in base64.

        Raises:
            ResolutionError: ``bad_request``.
        """
        found: dict[str, Match] = {}
        for written in from_wire(value):
            for record in self.registry.by_binding(algorithm, written, limit=min(limit, _MOST)):
                found.setdefault(
                    record.manifest_id, Match(manifest_id=record.manifest_id, similarity_score=100)
                )
        return list(found.values())[:limit]

    def by_content(self, path: Path, *, limits: Limits, limit: int = 10) -> list[Match]:
        """Manifests to which the marks of a file lead.

        Raises:
            ResolutionError: ``unsupported_type`` for what is no video.
        """
        from adseal_provenance.examination.examine import examine_file

        _, media = examine_file(path, keys=self.keys, trust=self.trust, limits=limits)
        if media.status != "readable":
            raise ResolutionError(media.reason or "this is no video", code="unsupported_type")
        found: dict[str, Match] = {}
        for mark in media.detection.marks:
            if mark.log10_p <= MARK_LOG10_P:
                for record in self.registry.by_binding(mark.algorithm, mark.id, limit=min(limit, _MOST)):
                    match = Match(manifest_id=record.manifest_id, similarity_score=100)
                    found.setdefault(record.manifest_id, match)
        return list(found.values())[:limit]

    def store_of(self, manifest_id: str) -> bytes:
        """A manifest store.

        Raises:
            ResolutionError: ``not_found``.
        """
        return self._record(manifest_id).manifest_store

    def keep(self, store: bytes) -> str:
        """Keep a manifest store for good, with the soft bindings it names; its id. The same again is fine.

        Raises:
            ResolutionError: ``bad_request`` for one that is not well signed.
        """
        credential = _read(store, self.trust)
        if not well_signed(credential) or credential.manifest_id is None:
            raise ResolutionError("this manifest store is not well signed", code="bad_request")
        known = self.registry.get(credential.manifest_id)
        if known is not None and known.manifest_store == store:
            return known.manifest_id
        record = Record(
            locator="",
            key_id="",
            algorithms=(),
            manifest_id=credential.manifest_id,
            manifest_store=store,
            fingerprint=b"",
            title=credential.title,
            sha256=hashlib.sha256(store).hexdigest(),
            plan_hash=None,
            created_at=dt.datetime.now(dt.UTC),
            duration_s=0.0,
            bindings=tuple(Binding(b.algorithm, b.value) for b in credential.soft_bindings if b.value),
        )
        try:
            self.registry.add(record)
        except RegistryError as error:
            if error.code != "registry_conflict":
                raise
            raise ResolutionError("another store with this manifest is kept", code="bad_request") from error
        return record.manifest_id

    def bind(self, value: str, manifest_id: str, *, instead: bool = False) -> None:
        """Let a binding's value (base64) lead to a stored manifest that names it.

        Raises:
            ResolutionError: ``not_found`` for an unknown manifest (or, with ``instead``, an unknown value),
                ``bad_request`` where the manifest does not name the value.
        """
        written = from_wire(value)
        credential = _read(self._record(manifest_id).manifest_store, self.trust)
        named = [Binding(b.algorithm, b.value) for b in credential.soft_bindings if b.value in written]
        if not named or not well_signed(credential):
            raise ResolutionError("the manifest does not name this soft binding", code="bad_request")
        if instead and not any(self.registry.by_binding(b.algorithm, b.value, limit=1) for b in named):
            raise ResolutionError("this soft binding is not known", code="not_found")
        for binding in named:
            self.registry.bind(manifest_id, binding, instead=instead)

    def remove(self, manifest_id: str) -> None:
        """Forget a manifest and its bindings.

        Raises:
            ResolutionError: ``not_found``.
        """
        if not self.registry.remove(manifest_id):
            raise ResolutionError("this manifest is not known", code="not_found")

    def receipt(self, manifest_id: str) -> Receipt:
        """Our signature for that we hold this manifest store.

        Raises:
            ResolutionError: ``not_found``, also where no receipts are given.
        """
        record = self._record(manifest_id)
        if self.receipt_key is None:
            raise ResolutionError("this repository gives no receipts", code="not_found")
        digest = hashlib.sha256(record.manifest_store).hexdigest()
        value = self.receipt_key.sign(_statement(self.uri, manifest_id, digest))
        public = self.receipt_key.public_key().public_bytes_raw()
        return Receipt(
            context=_CONTEXT,
            repository=Repository(uri=self.uri, manifest_id=manifest_id),
            anchor=Anchor(
                uri=f"{self.uri}/v1/manifests/{manifest_id}/receipts",
                proof=Proof(alg="Ed25519", value=base64.b64encode(value).decode()),
                parameters={"sha256": digest, "publicKey": base64.b64encode(public).decode()},
            ),
            verified=True,
        )

    def verified(self, manifest_id: str, receipt: Receipt) -> Receipt:
        """The given receipt with ``verified``: is it ours, and of what we hold? ``error`` says why not."""
        own = self.receipt(manifest_id)
        if receipt.repository.manifest_id != manifest_id:
            why: str | None = "it is for another manifest"
        elif receipt.anchor.proof != own.anchor.proof:  # Ed25519 is deterministic: ours is always the same
            why = "its proof is not that of this repository for the manifest it holds"
        else:
            why = None
        return receipt.model_copy(update={"verified": why is None, "error": why})

    def _record(self, manifest_id: str) -> Record:
        record = self.registry.get(manifest_id)
        if record is None:
            raise ResolutionError("this manifest is not known", code="not_found")
        return record


def well_signed(credential: CredentialEvidence) -> bool:
    """Its signature is good, and nothing fails but what must without the video, or is a matter of trust."""
    good = "claimSignature.validated" in credential.success
    return credential.status == "present" and good and not set(credential.failure) - RECOVERED_MAY_FAIL


def _read(store: bytes, trust: Trust) -> CredentialEvidence:
    """In a process of its own, as everything that comes from others."""
    from adseal_provenance.examination.examine import examine_stores
    from adseal_provenance.reading.media import Limits

    return examine_stores([store], trust=trust, limits=Limits())[0]


def _statement(uri: str, manifest_id: str, digest: str) -> bytes:
    fields = {"manifestId": manifest_id, "repository": uri, "sha256": digest}
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()
