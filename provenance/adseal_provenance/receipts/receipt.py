# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""A signed receipt of a verification: who looked at which bytes, when, with what, and what was found.

Decides: what a receipt says and its signed form, a JWS in flattened JSON (RFC 7515, 7.2.2) with the signer's chain in
``x5c``. Leaves out: whether a received receipt is to be believed (``receipt_check``), files, and the key itself
(``identity``). The payload is canonical JSON (RFC 8785; it has no fractions, so the few rules below are all of it), so
that no two readers can understand it differently.

    content = sign(receipt_of(report), identity)
    check(content, trust=trust, now=now).valid      # receipt_check
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import math
from pathlib import PurePath
from typing import Annotated, Any, Literal

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from adseal_provenance.errors import ReceiptError
from adseal_provenance.identities.identity import Identity
from adseal_provenance.verdicts.report import AXES, AnchorKind, Report, State, Verdict
from adseal_provenance.watermark.model import Mark

MEDIA_TYPE = "vnd.adseal.receipt+jws"
"""``typ`` of the signature; a signature over anything else is not a receipt (RFC 8725, 3.11)."""
ALGORITHMS = {
    "es256": "ES256",
    "es384": "ES384",
    "es512": "ES512",
    "ps256": "PS256",
    "ed25519": "Ed25519",
}
"""JWS names (RFC 7518, RFC 9864) of the algorithms with which an identity may sign. Both worlds want ECDSA as r || s
and PSS with a salt as long as the hash, so a COSE signature is a JWS signature."""
MAX_BYTES = 256 * 1024
"""No receipt comes near this."""


def _in_utc(moment: dt.datetime) -> dt.datetime:
    """To the second, so that it has one spelling."""
    return moment.astimezone(dt.UTC).replace(microsecond=0)


def _every_axis(axes: dict[str, Any]) -> dict[str, Any]:
    """A result that was left out would look like one that was not bad."""
    if set(axes) != set(AXES):
        raise ValueError("every axis has to be there, and no other")
    return axes


Hex = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Text = Annotated[str, StringConstraints(max_length=2000)]
Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
Milliseconds = Annotated[int, Field(ge=0, le=2**53 - 1)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ReceiptFile(_Part):
    """The bytes that were examined. The name is only what they were called."""

    name: Text
    sha256: Hex
    size: Annotated[int, Field(ge=0, le=2**53 - 1)] | None


class Detector(_Part):
    """What looked at them."""

    id: Literal["adseal"]
    version: Text


class ReceiptAxis(_Part):
    """One layer's result (``docs/verdicts.md`` lists states and codes)."""

    state: State
    code: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,64}$")]


class ReceiptMark(_Part):
    """One mark: its id, the public id of the key, the power of ten of the chance (rounded towards 0), and where."""

    algorithm: Text
    id: Text
    key_id: Text
    log10_p: Annotated[int, Field(ge=-(10**6), le=0)]
    spans_ms: Annotated[tuple[tuple[Milliseconds, Milliseconds], ...], Field(max_length=4096)]


class ReceiptList(_Part):
    """One list of trusted signers that was used; ``date`` is the day on which its file was last changed, or empty."""

    name: Text
    kind: AnchorKind
    sha256: Hex
    date: Text


class Receipt(_Part):
    """What a receipt says. Every field is in the signed bytes.

    Attributes:
        type, version: of this form.
        judged_at: the moment as of which certificates were judged, where it is another one than ``checked_at``.
        keys: ids of the watermark keys that were looked for; never a key.
        trust: lists of trusted signers that were used.
        manifest: id of the credential that the verdict is about, or ``None``.
        record: id of the credential of the registered video to which the file leads, or ``None``.
    """

    type: Literal["adseal.receipt"]
    version: Literal[1]
    file: ReceiptFile
    detector: Detector
    checked_at: Moment
    judged_at: Moment | None
    verdict: Verdict
    axes: Annotated[dict[str, ReceiptAxis], AfterValidator(_every_axis)]
    marks: Annotated[tuple[ReceiptMark, ...], Field(max_length=256)]
    keys: Annotated[tuple[Text, ...], Field(max_length=4096)]
    trust: Annotated[tuple[ReceiptList, ...], Field(max_length=64)]
    manifest: Text | None
    record: Text | None


def receipt_of(report: Report) -> Receipt:
    """What a receipt of this report says.

    Raises:
        ReceiptError: ``receipt_nothing`` where the file could not even be read, so that no bytes can be named;
            ``receipt_too_large``.
    """
    if report.sha256 is None:
        raise ReceiptError(
            f"there is nothing to certify: {report.summary}",
            code="receipt_nothing",
            hint="A receipt names the SHA-256 of a file; give one that can be read.",
        )
    try:
        return _receipt(report, report.sha256)
    except ValidationError as error:
        raise _too_large() from error


def _receipt(report: Report, sha256: str) -> Receipt:
    used, manifest, record = report.used, report.manifest, report.record
    return Receipt(
        type="adseal.receipt",
        version=1,
        # The name alone: in which folder it lay is nobody's business.
        file=ReceiptFile(name=PurePath(report.file).name, sha256=sha256, size=report.size),
        detector=Detector(id="adseal", version=report.version),
        checked_at=report.checked_at,
        judged_at=report.judged_at,
        verdict=report.verdict,
        axes={name: ReceiptAxis(state=axis.state, code=axis.code) for name, axis in report.axes.items()},
        marks=tuple(_mark(mark) for mark in report.marks),
        keys=used.keys,
        trust=tuple(
            ReceiptList(name=one.name, kind=one.kind, sha256=one.sha256, date=one.date) for one in used.lists
        ),
        manifest=manifest.manifest_id if manifest else None,
        record=record.manifest_id if record else None,
    )


def _mark(mark: Mark) -> ReceiptMark:
    return ReceiptMark(
        algorithm=mark.algorithm,
        id=mark.id,
        key_id=mark.key_id,
        log10_p=math.ceil(max(mark.log10_p, -(10**6))),
        spans_ms=tuple((_milliseconds(start), _milliseconds(end)) for start, end in mark.spans),
    )


def _too_large() -> ReceiptError:
    return ReceiptError(
        "the report has more in it than a receipt can hold",
        code="receipt_too_large",
        hint="Keep the report itself: adseal verify --json.",
    )


def sign(receipt: Receipt, identity: Identity) -> bytes:
    """The receipt with a signature, as one JSON document (UTF-8, ends with a newline).

    Raises:
        SignerError, IdentityError: the key does not sign.
        ReceiptError: ``receipt_too_large``.
    """
    chain = x509.load_pem_x509_certificates(identity.chain_pem.encode())
    header = {
        "alg": ALGORITHMS[identity.algorithm],
        "typ": MEDIA_TYPE,
        # Base64 and not base64url (RFC 7515, 4.1.6).
        "x5c": [base64.b64encode(one.public_bytes(Encoding.DER)).decode() for one in chain],
    }
    protected, payload = encoded(canonical(header)), encoded(canonical(receipt.model_dump(mode="json")))
    signature = identity.sign(f"{protected}.{payload}".encode())
    document = {"payload": payload, "protected": protected, "signature": encoded(signature)}
    content = json.dumps(document, indent=2).encode() + b"\n"
    if len(content) > MAX_BYTES:
        raise _too_large()
    return content


def canonical(value: Any) -> bytes:
    """JSON in the one form of RFC 8785, for values without fractions and with ASCII names.

    Raises:
        ValueError: for a fraction, or text that UTF-8 cannot hold.
    """
    _no_fraction(value)
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def encoded(content: bytes) -> str:
    """Base64url without padding (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _no_fraction(value: Any) -> None:
    if isinstance(value, float):
        raise ValueError("fractions have many spellings")  # noqa: TRY004  (json raises the same for text)
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _no_fraction(part)


def _milliseconds(seconds: float) -> int:
    return max(round(seconds * 1000), 0)
