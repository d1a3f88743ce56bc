# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a signing identity's certificates, one sentence for each thing.

Decides: every deviation from what C2PA readers refuse (spec 14.5.1; then the state is ``failed``) and from the C2PA
certificate policy 0.2 (``warning``: readers accept it, the trust list does not). Leaves out: keys and files. Pure
functions of certificates and a moment.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from adseal_provenance.identities.pki import (
    ASSURANCE_LEVEL,
    CERTIFICATE_POLICY,
    CLAIM_SIGNING,
    CPL_RECORD,
    DOCUMENT_SIGNING,
    ISSUING_DAYS,
    LEAF_DAYS,
    chain_problem,
    chain_to_anchor,
    common_name,
    extension,
    profile_problems,
)

_SOON = 30  # days
_POLICY_HINT = "Ask for it with a request of `adseal pki csr`; the authority adds what the policy wants."
_CLOCK_HINT = "Set this machine's clock, or install a certificate for today."


@dataclass(frozen=True)
class Problem:
    """One thing: a sentence, and what to do about it."""

    state: Literal["failed", "warning"]
    detail: str
    hint: str


def problems_of(
    chain: list[x509.Certificate], root: x509.Certificate | None, *, now: dt.datetime
) -> list[Problem]:
    """Everything wrong with ``chain`` (leaf first, at least one certificate); ``now`` is aware."""
    leaf, *issuers = chain
    found = [
        Problem("failed", f"The signing certificate is refused: {p}.", _POLICY_HINT)
        for p in profile_problems(leaf)
    ]
    found += [Problem("warning", text, _POLICY_HINT) for text in _leaf(leaf)]
    found += _chain(chain, issuers, root)
    for certificate in [*chain, *([root] if root else [])]:
        found += _clock(certificate, now)
    return found


def _leaf(leaf: x509.Certificate) -> list[str]:
    critical = {e.oid: e.critical for e in leaf.extensions}
    usage = extension(leaf, x509.KeyUsage)
    extended = extension(leaf, x509.ExtendedKeyUsage)
    purposes = set(extended) if extended is not None else None
    policies = {p.policy_identifier for p in extension(leaf, x509.CertificatePolicies) or ()}
    access = {a.access_method for a in extension(leaf, x509.AuthorityInformationAccess) or ()}
    subject = {attribute.oid for attribute in leaf.subject}
    days = (leaf.not_valid_after_utc - leaf.not_valid_before_utc).days
    checks = [
        (NameOID.COUNTRY_NAME in subject, "'s subject names no country"),
        (NameOID.ORGANIZATION_NAME in subject, "'s subject names no organisation"),
        (NameOID.COMMON_NAME in subject, "'s subject names no common name"),
        (critical.get(x509.KeyUsage.oid, True), "'s extension keyUsage is not critical"),
        (usage is None or usage.content_commitment, "'s keyUsage lacks nonRepudiation"),
        (x509.BasicConstraints.oid in critical, "'s extension basicConstraints is missing"),
        (critical.get(x509.BasicConstraints.oid, True), "'s extension basicConstraints is not critical"),
        (x509.SubjectKeyIdentifier.oid in critical, "'s extension subjectKeyIdentifier is missing"),
        (
            purposes is None or CLAIM_SIGNING in purposes,
            f"'s extendedKeyUsage lacks C2PA claim signing ({CLAIM_SIGNING.dotted_string})",
        ),
        (
            purposes is None or {DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION} & purposes,
            "'s extendedKeyUsage lacks both document signing and e-mail protection",
        ),
        (
            purposes is None or ExtendedKeyUsageOID.TIME_STAMPING not in purposes,
            "'s extendedKeyUsage mixes claim signing with time stamping",
        ),
        (
            CERTIFICATE_POLICY in policies,
            f" lacks the C2PA certificate policy ({CERTIFICATE_POLICY.dotted_string})",
        ),
        (
            AuthorityInformationAccessOID.OCSP in access,
            " names no OCSP responder (extension authorityInfoAccess)",
        ),
        (
            ASSURANCE_LEVEL in critical,
            f" lacks the C2PA extension for the assurance level ({ASSURANCE_LEVEL.dotted_string})",
        ),
        (
            CPL_RECORD in critical,
            f" lacks the C2PA extension for the record of the product list ({CPL_RECORD.dotted_string})",
        ),
        (days <= LEAF_DAYS, f" lives {days} days, and the C2PA policy allows {LEAF_DAYS}"),
    ]
    return [f"The certificate{text}." for good, text in checks if not good]


def _chain(
    chain: list[x509.Certificate], issuers: list[x509.Certificate], root: x509.Certificate | None
) -> Iterator[Problem]:
    if problem := chain_problem(chain):
        yield Problem("failed", f"The chain is broken: {problem}.", "Order chain.pem leaf first.")
    if not issuers:
        yield Problem(
            "warning",
            "The chain holds the signing certificate alone, so readers that know only its root trust nobody.",
            "Append the issuing authority's certificate to chain.pem.",
        )
    for issuer in issuers:
        for text in _issuer(issuer):
            yield Problem("warning", f"The authority {common_name(issuer)!r} {text}.", _POLICY_HINT)
    if issuers and not _identifiers_fit(chain[0], issuers[0]):
        yield Problem(
            "warning", "The certificate's authorityKeyIdentifier is not that of its issuer.", _POLICY_HINT
        )
    if root is None:
        yield Problem(
            "warning",
            "There is no root.pem, so what this identity signs reads as untrusted here.",
            "Put the authority's root certificate beside chain.pem.",
        )
    elif chain_to_anchor(chain, [root]) is None:
        yield Problem(
            "failed",
            f"The chain does not lead to {common_name(root)!r}, the root beside it.",
            "Put the root of this chain there, and all certificates in between into chain.pem.",
        )


def _issuer(issuer: x509.Certificate) -> Iterator[str]:
    constraints = extension(issuer, x509.BasicConstraints)
    if constraints is None or not constraints.ca:
        yield "is not marked as an authority (basicConstraints)"
    usage = extension(issuer, x509.KeyUsage)
    if usage is None or not usage.key_cert_sign:
        yield "lacks keyUsage keyCertSign"
    if extension(issuer, x509.SubjectKeyIdentifier) is None:
        yield "lacks the extension subjectKeyIdentifier"
    key = issuer.public_key()
    strong = (isinstance(key, ec.EllipticCurvePublicKey) and key.key_size >= 384) or (
        isinstance(key, rsa.RSAPublicKey) and key.key_size >= 3072
    )
    if not strong:
        yield "has a key weaker than P-384 or RSA 3072"
    if (
        issuer.subject != issuer.issuer
    ):  # the policy's numbers are those of an issuing authority, not of a root
        days = (issuer.not_valid_after_utc - issuer.not_valid_before_utc).days
        if days > ISSUING_DAYS:
            yield f"lives {days} days, and the C2PA policy allows {ISSUING_DAYS}"


def _identifiers_fit(leaf: x509.Certificate, issuer: x509.Certificate) -> bool:
    wanted, given = extension(leaf, x509.AuthorityKeyIdentifier), extension(issuer, x509.SubjectKeyIdentifier)
    if wanted is None or given is None or wanted.key_identifier is None:
        return True  # what is missing has its own sentence
    return wanted.key_identifier == given.digest


def _clock(certificate: x509.Certificate, now: dt.datetime) -> Iterator[Problem]:
    name, today = common_name(certificate), f"{now:%Y-%m-%d %H:%M} UTC"
    start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if now < start:
        yield Problem(
            "failed",
            f"The clock says {today}, but the certificate of {name!r} begins on {start:%Y-%m-%d %H:%M} UTC.",
            _CLOCK_HINT,
        )
    elif now > end:
        yield Problem(
            "failed",
            f"The clock says {today}, but the certificate of {name!r} ended on {end:%Y-%m-%d}.",
            _CLOCK_HINT,
        )
    elif (end - now).days < _SOON:
        yield Problem(
            "warning",
            f"The certificate of {name!r} ends on {end:%Y-%m-%d}, in {(end - now).days} days; what it signed "
            "without a trusted time stamp stops verifying then.",
            "Renew it, and name a time-stamp authority.",
        )
