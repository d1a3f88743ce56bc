# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Certificates in the shape of the C2PA certificate policy 0.2.

Decides: what a development certificate chain looks like, and which certificates this package accepts for
signing.
Leaves out: files and permissions (``identity``), and whom to trust (``trust``).

The development chain is root (P-384) → issuing CA (P-384, pathLen 0) → leaf (at most 366 days). It differs from a
production chain in one point: the OCSP responder it names does not exist (RFC 2606 keeps ``.invalid`` free for that).
There are no CRL distribution points: C2PA knows revocation through OCSP only.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import (
    AuthorityInformationAccessOID,
    ExtendedKeyUsageOID,
    NameOID,
    ObjectIdentifier,
)

from adseal_provenance.errors import IdentityError

_Kind = TypeVar("_Kind", bound=x509.ExtensionType)
PublicKey: TypeAlias = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | rsa.RSAPublicKey
PrivateKey: TypeAlias = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey

#: Subject organisation of every development certificate. Whoever reads a certificate with it knows that
#: nobody vouches.
DEVELOPMENT_ORGANIZATION = "Adseal development"
DEVELOPMENT_COMMON_NAME = "Adseal development identity (untrusted)"

CLAIM_SIGNING = ObjectIdentifier("1.3.6.1.4.1.62558.2.1")
DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")
CERTIFICATE_POLICY = ObjectIdentifier("1.3.6.1.4.1.62558.1.1")
ASSURANCE_LEVEL = ObjectIdentifier("1.3.6.1.4.1.62558.3")
CPL_RECORD = ObjectIdentifier("1.3.6.1.4.1.62558.4")
#: DER of the object identifier 1.3.6.1.4.1.62558.3.10, assurance level 1.
_ASSURANCE_LEVEL_1_DER = bytes.fromhex("060a2b0601040183e85e030a")

#: Extended key usages with which a certificate may sign claims. The C2PA library's own default knows only
#: e-mail protection and calls correct C2PA certificates invalid, so this list goes into every trust
#: configuration.
SIGNING_USAGES: tuple[str, ...] = (
    ExtendedKeyUsageOID.EMAIL_PROTECTION.dotted_string,
    DOCUMENT_SIGNING.dotted_string,
    ExtendedKeyUsageOID.TIME_STAMPING.dotted_string,
    ExtendedKeyUsageOID.OCSP_SIGNING.dotted_string,
    "1.3.6.1.4.1.311.76.59.1.9",
    CLAIM_SIGNING.dotted_string,
)

_ROOT_DAYS = 7300
ISSUING_DAYS = 1827
LEAF_DAYS = 366
_OCSP_NOWHERE = "http://ocsp.adseal-development.invalid/"
#: Clocks of two machines may differ a little; a certificate must not be "not yet valid" next door.
_BACKDATE = dt.timedelta(minutes=5)


@dataclass(frozen=True)
class DevelopmentChain:
    """A fresh development chain; the keys of both authorities are already forgotten, so nothing more can be
    issued. Has a ``key`` unless the leaf was made for a public key that was given."""

    root: x509.Certificate
    issuing: x509.Certificate
    leaf: x509.Certificate
    key: PrivateKey | None

    def __repr__(self) -> str:
        return f"DevelopmentChain(leaf serial {self.leaf.serial_number:x})"


def generate_key(algorithm: str = "es256") -> PrivateKey:
    """A fresh private key for a C2PA algorithm.

    Raises:
        IdentityError: ``identity_algorithm`` where there is no such algorithm.
    """
    curves = {"es256": ec.SECP256R1(), "es384": ec.SECP384R1(), "es512": ec.SECP521R1()}
    if algorithm in curves:
        return ec.generate_private_key(curves[algorithm])
    if algorithm == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    if algorithm == "ps256":
        return rsa.generate_private_key(65537, 3072)
    raise IdentityError(
        f"C2PA has no algorithm {algorithm!r} for this",
        code="identity_algorithm",
        hint="Use es256 (the widest support), es384, es512, ed25519 or ps256.",
    )


def make_development_chain(
    *,
    now: dt.datetime,
    days: int = LEAF_DAYS,
    algorithm: str = "es256",
    public_key: PublicKey | None = None,
) -> DevelopmentChain:
    """Make root, issuing CA and leaf; ``now`` is aware UTC, ``days`` is the leaf's life (1 to 366).

    The leaf is made for ``public_key``, else for a fresh key for ``algorithm``.

    Raises:
        IdentityError: ``identity_algorithm``.
    """
    now = now.replace(microsecond=0)
    root_key = ec.generate_private_key(ec.SECP384R1())
    root_name = _name("Adseal development root (untrusted)")
    root = (
        _start(root_name, root_name, root_key.public_key(), _ROOT_DAYS, now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=2), critical=True)
        .add_extension(key_usage(certificates=True), critical=True)
        .sign(root_key, hashes.SHA384())
    )
    issuing_key = ec.generate_private_key(ec.SECP384R1())
    issuing_name = _name("Adseal development issuing CA (untrusted)")
    issuing = (
        _start(issuing_name, root_name, issuing_key.public_key(), ISSUING_DAYS, now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(key_usage(certificates=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([CLAIM_SIGNING, DOCUMENT_SIGNING]), critical=False)
        .add_extension(_policy(), critical=False)
        .add_extension(_issued_by(root), critical=False)
        .add_extension(_ocsp(), critical=False)
        .sign(root_key, hashes.SHA384())
    )
    key = generate_key(algorithm) if public_key is None else None
    public = public_key if key is None else key.public_key()
    if public is None or signing_algorithm(public) is None:
        raise IdentityError(
            "C2PA does not allow this kind of key", code="identity_algorithm", hint="Use a P-256 key."
        )
    leaf = _leaf(issuing, issuing_key, public, days, now)
    return DevelopmentChain(root=root, issuing=issuing, leaf=leaf, key=key)


def _leaf(
    issuing: x509.Certificate,
    issuing_key: ec.EllipticCurvePrivateKey,
    public: PublicKey,
    days: int,
    now: dt.datetime,
) -> x509.Certificate:
    record = str(uuid.uuid4()).encode()
    return (
        _start(_name(DEVELOPMENT_COMMON_NAME), issuing.subject, public, days, now)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(key_usage(certificates=False), critical=True)
        # The policy wants claimSigning and one of the two older usages.
        .add_extension(x509.ExtendedKeyUsage([CLAIM_SIGNING, DOCUMENT_SIGNING]), critical=False)
        .add_extension(_issued_by(issuing), critical=False)
        .add_extension(_ocsp(), critical=False)
        .add_extension(_policy(), critical=False)
        .add_extension(x509.UnrecognizedExtension(ASSURANCE_LEVEL, _ASSURANCE_LEVEL_1_DER), critical=False)
        .add_extension(
            x509.UnrecognizedExtension(CPL_RECORD, b"\x0c" + bytes([len(record)]) + record), critical=False
        )
        .sign(issuing_key, hashes.SHA384())
    )


def is_development(certificate: x509.Certificate) -> bool:
    """Whether the certificate itself says that it is a development one."""
    names = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return any(name.value == DEVELOPMENT_ORGANIZATION for name in names)


def common_name(certificate: x509.Certificate) -> str:
    """The subject's common name, or the whole subject where it has none."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def signing_algorithm(key: object) -> str | None:
    """The C2PA algorithm name for a public key, or ``None`` where C2PA does not allow the key (spec
    13.2.1)."""
    if isinstance(key, ec.EllipticCurvePublicKey):
        return {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}.get(key.curve.name)
    if isinstance(key, ed25519.Ed25519PublicKey):
        return "ed25519"
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= 2048:
        return "ps256"
    return None


def profile_problems(leaf: x509.Certificate) -> list[str]:
    """What keeps a leaf from signing claims (spec 14.5.1), each problem in words; empty where nothing
    does."""
    problems = []
    if signing_algorithm(leaf.public_key()) is None:
        problems.append("its key is neither P-256, P-384, P-521, Ed25519 nor RSA of at least 2048 bits")
    if leaf.subject == leaf.issuer:
        problems.append("it is self-signed")
    if (constraints := extension(leaf, x509.BasicConstraints)) is not None and constraints.ca:
        problems.append("it is a CA certificate")
    if extension(leaf, x509.AuthorityKeyIdentifier) is None:
        problems.append("the extension authorityKeyIdentifier is missing")
    usage = extension(leaf, x509.KeyUsage)
    if usage is None or not usage.digital_signature:
        problems.append("keyUsage digitalSignature is missing")
    extended = extension(leaf, x509.ExtendedKeyUsage)
    names = {purpose.dotted_string for purpose in extended} if extended is not None else set()
    forbidden = {
        "anyExtendedKeyUsage": ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
        "codeSigning": ExtendedKeyUsageOID.CODE_SIGNING,
    }
    problems += [
        f"extendedKeyUsage names {name}, with which C2PA readers refuse it"
        for name, purpose in forbidden.items()
        if purpose.dotted_string in names
    ]
    if not names & set(SIGNING_USAGES):
        problems.append(
            "extendedKeyUsage names neither C2PA claim signing, document signing nor e-mail protection"
        )
    return problems


def chain_to_anchor(
    chain: list[x509.Certificate], anchors: list[x509.Certificate]
) -> x509.Certificate | None:
    """The anchor under which ``chain`` (leaf first) stands by its signatures, or ``None``. Dates are not
    looked at."""
    current = chain[0] if chain else None
    for following in [*chain[1:], None]:
        if current is None:
            return None
        for anchor in anchors:
            if anchor == current or _issued(current, anchor):
                return anchor
        if following is None or not _issued(current, following):
            return None
        current = following
    return None


def chain_problem(chain: list[x509.Certificate]) -> str | None:
    """Why the certificates are not one chain, leaf first, each issued by the next; ``None`` where they
    are."""
    for child, parent in pairwise(chain):
        if not _issued(child, parent):
            return f"{common_name(child)!r} was not issued by {common_name(parent)!r}, which follows it"
    return None


def _issued(child: x509.Certificate, parent: x509.Certificate) -> bool:
    try:
        child.verify_directly_issued_by(parent)
    except Exception:  # noqa: BLE001  (the library raises many kinds for one answer: no)
        return False
    return True


def extension(certificate: x509.Certificate, kind: type[_Kind]) -> _Kind | None:
    """The value of one extension, or ``None`` where it is missing or unreadable."""
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except (x509.ExtensionNotFound, ValueError):
        return None


def _name(name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "ZZ"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, DEVELOPMENT_ORGANIZATION),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )


def key_usage(*, certificates: bool) -> x509.KeyUsage:
    """What a key may do: sign certificates, or sign content (digitalSignature and nonRepudiation)."""
    return x509.KeyUsage(
        digital_signature=not certificates,
        content_commitment=not certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _start(
    subject: x509.Name, issuer: x509.Name, public: PublicKey, days: int, now: dt.datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATE)
        # The policy counts 366 days from the first valid second to the last.
        .not_valid_after(now - _BACKDATE + dt.timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _policy() -> x509.CertificatePolicies:
    return x509.CertificatePolicies([x509.PolicyInformation(CERTIFICATE_POLICY, None)])


def _ocsp() -> x509.AuthorityInformationAccess:
    place = x509.UniformResourceIdentifier(_OCSP_NOWHERE)
    return x509.AuthorityInformationAccess(
        [x509.AccessDescription(AuthorityInformationAccessOID.OCSP, place)]
    )


def _issued_by(issuer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    identifier = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)
