# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Does a certificate stand under an anchor, today? The path validation of RFC 5280, 6.1, as far as signers need it.

Decides: names and signatures along the chain, that every issuer may issue (CA, keyCertSign, path length, usages),
dates, and that nothing critical is passed over unread. Leaves out: revocation (nothing here goes to the network),
names and policies as constraints (a certificate that brings such constraints is refused), and what the leaf may sign
(``pki.profile_problems``). C2PA credentials are judged by the C2PA library; this is for signatures beside them.
"""

from __future__ import annotations

import datetime as dt

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from adseal_provenance.identities.pki import (
    SIGNING_USAGES,
    chain_problem,
    chain_to_anchor,
    common_name,
    extension,
)

#: Longer chains are nobody's; each certificate costs a signature check for each anchor.
MAX_CHAIN = 6
_UNDERSTOOD = frozenset({x509.BasicConstraints.oid, x509.KeyUsage.oid, x509.ExtendedKeyUsage.oid})


def issuers_problem(chain: list[x509.Certificate]) -> str | None:
    """Why ``chain`` (leaf first) is not one in which each was rightly issued by the next; ``None`` where it is."""
    if len(chain) > MAX_CHAIN:
        return f"the chain has more than {MAX_CHAIN} certificates"
    if problem := chain_problem(chain):
        return problem
    for depth, issuer in enumerate(chain[1:]):
        if problem := _may_not_issue(issuer, below=depth):
            return f"{common_name(issuer)!r} may not issue certificates like this: {problem}"
    for certificate in chain:
        unread = [
            e.oid.dotted_string for e in certificate.extensions if e.critical and e.oid not in _UNDERSTOOD
        ]
        if unread:
            return (
                f"{common_name(certificate)!r} has a critical extension that is not understood ({unread[0]})"
            )
    return None


def anchor_of(
    chain: list[x509.Certificate], anchors: list[x509.Certificate], *, now: dt.datetime
) -> x509.Certificate | None:
    """The anchor that issued the last certificate of a sound ``chain``, or is one of them above the leaf; ``None``
    where there is none that may. An anchor past its end vouches for nobody."""
    if issuers_problem(chain) is not None:
        return None
    for anchor in anchors:
        if chain_to_anchor(chain, [anchor]) is None or anchor == chain[0]:
            continue
        below = chain.index(anchor) - 1 if anchor in chain else len(chain) - 1
        if _may_not_issue(anchor, below=max(below, 0)) is None and dates_problem([anchor], now=now) is None:
            return anchor
    return None


def dates_problem(chain: list[x509.Certificate], *, now: dt.datetime) -> str | None:
    """Which certificate does not hold at ``now`` (aware), in words; ``None`` where all do."""
    for certificate in chain:
        if now > certificate.not_valid_after_utc:
            day = certificate.not_valid_after_utc.date().isoformat()
            return f"the certificate of {common_name(certificate)!r} expired on {day}"
        if now < certificate.not_valid_before_utc:
            day = certificate.not_valid_before_utc.date().isoformat()
            return f"the certificate of {common_name(certificate)!r} is not valid before {day}"
    return None


def _may_not_issue(issuer: x509.Certificate, *, below: int) -> str | None:
    """Why this is no authority above ``below`` other authorities."""
    constraints = extension(issuer, x509.BasicConstraints)
    if constraints is None or not constraints.ca:
        return "it is no authority"
    if constraints.path_length is not None and constraints.path_length < below:
        return "there are too many authorities below it"
    usage = extension(issuer, x509.KeyUsage)
    if usage is not None and not usage.key_cert_sign:
        return "its key may not sign certificates"
    purposes = extension(issuer, x509.ExtendedKeyUsage)
    allowed = {ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE.dotted_string, *SIGNING_USAGES}
    if purposes is not None and not allowed & {p.dotted_string for p in purposes}:
        return "it issues for other purposes only"
    return None
