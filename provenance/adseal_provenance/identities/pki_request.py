# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""A request for a signing certificate, in the shape of the C2PA certificate policy 0.2 (PKCS#10, RFC 2986).

Decides: what is asked for: country, organisation and name; content signing only; the usages a claim signer needs. The
authority adds what only it knows: policy, assurance level, record, OCSP address. Leaves out: how the key signs
(``signers``), so the key of a token or of KMS asks like one in a file.
"""

from __future__ import annotations

from typing import Any, NoReturn

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.x509.oid import NameOID

from adseal_provenance.errors import IdentityError
from adseal_provenance.identities.pki import (
    CLAIM_SIGNING,
    DOCUMENT_SIGNING,
    PublicKey,
    key_usage,
    signing_algorithm,
)
from adseal_provenance.identities.signers.key import HALVES, HASHES, SigningKey, signed

_MAX_NAME = 64  # characters, upper bound of these attributes in RFC 5280, A.1


def make_request(key: SigningKey, *, country: str, organization: str, common_name: str) -> bytes:
    """A request in PEM, signed by ``key``.

    Args:
        country: two letters, ISO 3166-1.
        organization, common_name: as they stand, or shall stand, in the record of the Conforming Products List.

    Raises:
        IdentityError: ``request_subject`` with everything that is wrong with the names, ``identity_algorithm``.
        SignerError: the key cannot be reached, or does not sign.
    """
    if problems := _name_problems(country, organization, common_name):
        raise IdentityError(
            f"the certificate cannot be asked for: {'; '.join(problems)}",
            code="request_subject",
            hint="Correct everything named.",
        )
    public = key.public_key()
    algorithm = signing_algorithm(public)
    if algorithm is None:
        raise IdentityError(
            f"C2PA does not allow the kind of key that {key.where} is",
            code="identity_algorithm",
            hint="Use a P-256 key.",
        )
    names = (
        (NameOID.COUNTRY_NAME, country.upper()),
        (NameOID.ORGANIZATION_NAME, organization),
        (NameOID.COMMON_NAME, common_name),
    )
    builder = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name([x509.NameAttribute(oid, text) for oid, text in names]))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(key_usage(certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([CLAIM_SIGNING, DOCUMENT_SIGNING]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )
    hand = _hand(key, public, algorithm)
    if algorithm == "ps256":
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256().digest_size)
        request = builder.sign(hand, hashes.SHA256(), rsa_padding=pss)
    else:
        request = builder.sign(hand, HASHES.get(algorithm))  # type: ignore[arg-type]  # Ed25519 wants None
    return request.public_bytes(serialization.Encoding.PEM)


def _name_problems(country: str, organization: str, common_name: str) -> list[str]:
    problems = []
    if len(country) != 2 or not (country.isascii() and country.isalpha()):
        problems.append("country is not two letters")
    for name, text in (("organization", organization), ("common name", common_name)):
        if not text.strip():
            problems.append(f"{name} is empty")
        elif len(text) > _MAX_NAME:
            problems.append(f"{name} has {len(text)} characters, and {_MAX_NAME} are allowed")
    return problems


def _hand(key: SigningKey, public: PublicKey, algorithm: str) -> Any:
    """The key in the clothes of one of cryptography's, which is all its builders sign with. Only signing works."""

    def sign(_self: object, message: bytes, *_how: object) -> bytes:
        signature = signed(key, public, algorithm, message)
        if (half := HALVES.get(algorithm)) is None:
            return signature
        return encode_dss_signature(int.from_bytes(signature[:half]), int.from_bytes(signature[half:]))

    def never(*_arguments: object) -> NoReturn:
        raise NotImplementedError("this key only signs")

    base: type = rsa.RSAPrivateKey
    if isinstance(public, ec.EllipticCurvePublicKey):
        base = ec.EllipticCurvePrivateKey
    elif isinstance(public, ed25519.Ed25519PublicKey):
        base = ed25519.Ed25519PrivateKey
    does: dict[str, Any] = dict.fromkeys(base.__abstractmethods__, never)  # type: ignore[attr-defined]  # all are ABCs
    does |= {"sign": sign, "public_key": lambda _self: public}
    for name in ("curve", "key_size"):
        if name in does:
            does[name] = getattr(public, name)
    return type("SigningHand", (base,), does)()
