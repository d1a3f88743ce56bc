# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Is a received receipt to be believed?

Decides: form, signature, signer, dates and content, in numbered steps; nothing that a received document can contain
leads to an exception but ``ReceiptError``. Leaves out: whether the receipt's finding is right. It says what somebody
found, not what is so.

    outcome = check(content, trust=trust, now=now, sha256=sha256_of_the_video)
    outcome.valid, [problem.sentence for problem in outcome.problems]
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from typing import Any, Literal, NamedTuple

from cryptography import x509
from pydantic import BaseModel, ConfigDict, ValidationError

from adseal_provenance.credentials.trust import Trust
from adseal_provenance.errors import ReceiptError
from adseal_provenance.identities.pki import (
    PublicKey,
    common_name,
    is_development,
    profile_problems,
    signing_algorithm,
)
from adseal_provenance.identities.pki_path import MAX_CHAIN, anchor_of, dates_problem, issuers_problem
from adseal_provenance.identities.signers.key import HALVES, confirms
from adseal_provenance.receipts.receipt import ALGORITHMS, MAX_BYTES, MEDIA_TYPE, Receipt, canonical

Signer = Literal["trusted", "development", "untrusted"]

#: Two clocks may differ a little.
_SKEW = dt.timedelta(minutes=5)
#: A certificate has one or two kB; an RSA-4096 one with many names still less than this.
_MAX_CERTIFICATE = 16 * 1024
_NAMES = ALGORITHMS | {"eddsa": "EdDSA"}  # the older name of Ed25519 (RFC 8037)


class ReceiptProblem(BaseModel):
    """One reason not to believe a receipt: a stable word for programs and a sentence for people."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Literal[
        "header",
        "algorithm",
        "certificates",
        "signature",
        "signer_unfit",
        "signer_untrusted",
        "dates",
        "payload",
        "future",
        "another_video",
    ]
    sentence: str


class ReceiptCheck(BaseModel):
    """The answer on one receipt.

    Attributes:
        valid: no problem was found; it still is only what the signer says.
        problems: every reason not to believe it.
        receipt: what it says; ``None`` unless its signature holds.
        signer, signer_kind, trust_list: who signed, and who vouches for them; empty unless the signature holds.
        signer_until: when the signer's certificate ends (ISO 8601); a receipt is worth nothing afterwards.
        same_video: whether the video compared has the bytes it names; ``None`` where none was compared.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    valid: bool
    problems: tuple[ReceiptProblem, ...] = ()
    receipt: Receipt | None = None
    signer: str = ""
    signer_kind: Signer = "untrusted"
    trust_list: str | None = None
    signer_until: str = ""
    same_video: bool | None = None


class _Parts(NamedTuple):
    """The three parts of a JWS: what was signed over, the signature, and the two readings."""

    header: dict[str, Any]
    payload: bytes
    signed: bytes
    signature: bytes


def check(content: bytes, *, trust: Trust, now: dt.datetime, sha256: str | None = None) -> ReceiptCheck:
    """Judge one received receipt.

    Args:
        content: the document as it came.
        trust: who may sign; without any list nobody may.
        now: aware time of the check.
        sha256: of the video that it should be about, in hex; ``None`` compares none.

    Raises:
        ReceiptError: ``receipt_unreadable`` where the document is no JWS at all.
    """
    # (1) the form: one JSON object with the three members of RFC 7515, 7.2.2.
    parts = _parts(content)

    # (2) to (4) whose signature it is. Nothing is attributed to anybody before it holds.
    chain = _signers(parts)
    if isinstance(chain, ReceiptProblem):
        return ReceiptCheck(valid=False, problems=(chain,))

    # (5) the signer: fit, rightly issued, vouched for by a list, in its time (RFC 5280, 6.1).
    problems = _signer_problems(chain, now)
    kind, name = _vouched(chain, trust, now)
    if kind == "untrusted":
        problems.append(_problem("signer_untrusted", "no list of trusted signers vouches for who signed it"))

    # (6) the content: a receipt in canonical form, and not from the future.
    receipt = _receipt(parts.payload)
    if receipt is None:
        problems.append(
            _problem("payload", "what was signed is not a receipt of this version in canonical form")
        )
    elif receipt.checked_at > now + _SKEW:
        problems.append(_problem("future", "it tells of a check that is still to come"))

    # (7) the video.
    same = receipt.file.sha256 == sha256 if receipt is not None and sha256 is not None else None
    if same is False:
        problems.append(_problem("another_video", "the video is not the one it names: their SHA-256 differ"))

    return ReceiptCheck(
        valid=not problems,
        problems=tuple(problems),
        receipt=receipt,
        signer=common_name(chain[0]),
        signer_kind=kind,
        trust_list=name,
        signer_until=chain[0].not_valid_after_utc.isoformat(),
        same_video=same,
    )


def _signers(parts: _Parts) -> list[x509.Certificate] | ReceiptProblem:
    """The certificates of who made the signature, leaf first; or why nobody in them did."""
    # (2) the header: exactly this kind of document, and nothing critical that would be passed over (4.1.11).
    if problem := _header_problem(parts.header):
        return _problem("header", problem)

    # (3) the certificates, and an algorithm that is the leaf key's own: a header never chooses (RFC 8725, 3.1).
    try:
        chain = _chain(parts.header["x5c"])
    except (ValueError, TypeError) as error:
        return _problem("certificates", f"its certificates cannot be read ({error})")
    public = chain[0].public_key()
    algorithm = signing_algorithm(public) or ""
    named = parts.header["alg"]
    if not isinstance(public, PublicKey) or named not in _allowed(algorithm):
        return _problem("algorithm", f"its algorithm ({named!r:.40}) is not that of the signer's key")

    # (4) the signature.
    length = 2 * HALVES.get(algorithm, 0) or len(parts.signature)
    if len(parts.signature) != length or not confirms(public, algorithm, parts.signed, parts.signature):
        return _problem("signature", "its signature fails: it was changed, or signed with another key")
    return chain


def _parts(content: bytes) -> _Parts:
    if len(content) > MAX_BYTES:
        raise _unreadable(f"it has more than {MAX_BYTES} bytes")
    try:
        document = _object(content)
        protected, payload, signature = (document[name] for name in ("protected", "payload", "signature"))
        return _Parts(
            header=_object(_decoded(protected)),
            payload=_decoded(payload),
            signed=f"{protected}.{payload}".encode("ascii"),
            signature=_decoded(signature),
        )
    except KeyError as error:
        raise _unreadable(f"it has no {error}") from error
    except (ValueError, TypeError, RecursionError) as error:
        raise _unreadable("it is not a signed document in JSON") from error


def _unreadable(why: str) -> ReceiptError:
    return ReceiptError(
        f"this is not a receipt: {why}",
        code="receipt_unreadable",
        hint="Give the file that `adseal verify --receipt` wrote, whole and unchanged.",
    )


def _object(content: bytes) -> dict[str, Any]:
    """A JSON object in which every name stands once and every number is one (RFC 7515, 4; RFC 8259, 6)."""
    value = json.loads(content.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
    if not isinstance(value, dict):
        raise TypeError("not an object")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a name stands twice")
    return dict(pairs)


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no number")


def _decoded(text: Any) -> bytes:
    """Base64url without padding, in its one spelling."""
    if not isinstance(text, str) or not text.isascii():
        raise TypeError("not base64url")
    content = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if base64.urlsafe_b64encode(content).rstrip(b"=").decode() != text:
        raise ValueError("not base64url")
    return content


def _header_problem(header: dict[str, Any]) -> str:
    if header.get("typ") != MEDIA_TYPE:
        return "it is signed as another kind of document"
    if set(header) != {"alg", "typ", "x5c"}:
        return "its header has other fields than a receipt's"
    if not isinstance(header["alg"], str):
        return "its header names no algorithm"
    return ""


def _chain(entries: Any) -> list[x509.Certificate]:
    if not isinstance(entries, list) or not 1 <= len(entries) <= MAX_CHAIN:
        raise ValueError(f"1 to {MAX_CHAIN} are allowed")
    chain = []
    for entry in entries:
        if not isinstance(entry, str) or len(entry) > 2 * _MAX_CERTIFICATE:
            raise ValueError("one is not a certificate")
        try:
            certificate = x509.load_der_x509_certificate(base64.b64decode(entry, validate=True))
            # The library reads lazily: what is asked of it later must not raise then.
            _ = certificate.public_key(), certificate.extensions, certificate.subject, certificate.issuer
            _ = certificate.not_valid_after_utc, certificate.not_valid_before_utc
        except Exception as error:  # the library has many kinds for "damaged" and "unknown"
            raise ValueError("one is not a certificate that can be read") from error
        chain.append(certificate)
    return chain


def _allowed(algorithm: str) -> set[str]:
    names = {_NAMES[algorithm]} if algorithm in _NAMES else set()
    return names | ({_NAMES["eddsa"]} if algorithm == "ed25519" else set())


def _signer_problems(chain: list[x509.Certificate], now: dt.datetime) -> list[ReceiptProblem]:
    problems = [
        _problem("signer_unfit", f"the certificate of who signed it is refused: {text}")
        for text in profile_problems(chain[0])
    ]
    if text := issuers_problem(chain):
        problems.append(_problem("certificates", f"its certificates are no chain: {text}"))
    if text := dates_problem(chain, now=now):
        problems.append(_problem("dates", text))
    return problems


def _vouched(chain: list[x509.Certificate], trust: Trust, now: dt.datetime) -> tuple[Signer, str | None]:
    """The first list with an anchor above the signer. A certificate that calls itself development stays it."""
    for one in trust.lists:
        anchors = x509.load_pem_x509_certificates(one.pem.encode())
        if anchor_of(chain, anchors, now=now) is not None:
            own = one.kind == "development" or any(is_development(c) for c in chain)
            return "development" if own else "trusted", one.name
    return "untrusted", None


def _receipt(payload: bytes) -> Receipt | None:
    try:
        value = _object(payload)
        receipt = Receipt.model_validate_json(payload)
        # One meaning for every reader: the bytes must be exactly what this content is written as.
        same = canonical(value) == payload == canonical(receipt.model_dump(mode="json"))
    except (ValueError, TypeError, RecursionError, ValidationError):
        return None
    return receipt if same else None


def _problem(code: Any, sentence: str) -> ReceiptProblem:
    return ReceiptProblem(code=code, sentence=sentence)
