# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Each thing that is wrong with an identity's certificates has one sentence of its own."""

import datetime as dt
from collections.abc import Callable

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from adseal_provenance.identities.pki import CLAIM_SIGNING, DOCUMENT_SIGNING, make_development_chain
from adseal_provenance.identities.pki_profile import problems_of

NOW = dt.datetime(2026, 11, 20, 12, 0, tzinfo=dt.UTC)
CHAIN = make_development_chain(now=NOW)
ISSUER_KEY = ec.generate_private_key(ec.SECP384R1())
Extensions = dict[type[x509.ExtensionType], tuple[x509.ExtensionType, bool]]


def reissued(
    change: Callable[[Extensions], object], *, days: int = 366, subject: x509.Name | None = None
) -> list[tuple[str, str]]:
    """The findings on a leaf like that of a development identity, with its extensions changed."""
    leaf = CHAIN.leaf
    extensions: Extensions = {
        (type(e.value) if not isinstance(e.value, x509.UnrecognizedExtension) else e.oid): (
            e.value,
            e.critical,
        )  # type: ignore[misc]
        for e in leaf.extensions
    }
    change(extensions)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject or leaf.subject)
        .issuer_name(leaf.issuer)
        .public_key(leaf.public_key())
        .serial_number(leaf.serial_number)
        .not_valid_before(NOW - dt.timedelta(minutes=5))
        .not_valid_after(NOW - dt.timedelta(minutes=5) + dt.timedelta(days=days))
    )
    for value, critical in extensions.values():
        builder = builder.add_extension(value, critical=critical)
    made = builder.sign(ISSUER_KEY, hashes.SHA384())
    found = problems_of([made], None, now=NOW)
    # It stands alone here, which has sentences of its own.
    return [(p.state, p.detail) for p in found if "chain" not in p.detail and "root.pem" not in p.detail]


def usages(*purposes: x509.ObjectIdentifier) -> Callable[[Extensions], object]:
    return lambda e: e.update({x509.ExtendedKeyUsage: (x509.ExtendedKeyUsage(purposes), False)})


def without(kind: type[x509.ExtensionType]) -> Callable[[Extensions], object]:
    return lambda e: e.pop(kind)


def without_oid(oid: str) -> Callable[[Extensions], object]:
    return lambda e: e.pop(x509.ObjectIdentifier(oid))  # type: ignore[call-overload]


def uncritical(kind: type[x509.ExtensionType]) -> Callable[[Extensions], object]:
    return lambda e: e.update({kind: (e[kind][0], False)})


BREAKAGES: dict[str, tuple[Callable[[Extensions], object], str, str]] = {
    "no authority key": (without(x509.AuthorityKeyIdentifier), "failed", "authorityKeyIdentifier is missing"),
    "no key usage": (without(x509.KeyUsage), "failed", "keyUsage digitalSignature is missing"),
    "no extended usage": (without(x509.ExtendedKeyUsage), "failed", "extendedKeyUsage names neither"),
    "any usage": (
        usages(CLAIM_SIGNING, DOCUMENT_SIGNING, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE),
        "failed",
        "names anyExtendedKeyUsage",
    ),
    "code signing": (
        usages(CLAIM_SIGNING, DOCUMENT_SIGNING, ExtendedKeyUsageOID.CODE_SIGNING),
        "failed",
        "names codeSigning",
    ),
    "only e-mail": (usages(ExtendedKeyUsageOID.EMAIL_PROTECTION), "warning", "lacks C2PA claim signing"),
    "only claim signing": (usages(CLAIM_SIGNING), "warning", "lacks both document signing and e-mail"),
    "time stamping too": (
        usages(CLAIM_SIGNING, DOCUMENT_SIGNING, ExtendedKeyUsageOID.TIME_STAMPING),
        "warning",
        "mixes claim signing with time stamping",
    ),
    "no subject key": (without(x509.SubjectKeyIdentifier), "warning", "subjectKeyIdentifier is missing"),
    "no constraints": (without(x509.BasicConstraints), "warning", "basicConstraints is missing"),
    "usage not critical": (uncritical(x509.KeyUsage), "warning", "keyUsage is not critical"),
    "constraints not critical": (
        uncritical(x509.BasicConstraints),
        "warning",
        "basicConstraints is not critical",
    ),
    "no policy": (without(x509.CertificatePolicies), "warning", "lacks the C2PA certificate policy"),
    "no OCSP": (without(x509.AuthorityInformationAccess), "warning", "names no OCSP responder"),
    "no assurance level": (without_oid("1.3.6.1.4.1.62558.3"), "warning", "assurance level"),
    "no record": (without_oid("1.3.6.1.4.1.62558.4"), "warning", "record of the product list"),
}


@pytest.mark.parametrize("name", BREAKAGES)
def test_what_is_missing_or_wrong_has_exactly_one_sentence(name: str) -> None:
    change, state, words = BREAKAGES[name]
    ((found_state, sentence),) = reissued(change)
    assert found_state == state and words in sentence and sentence.endswith(".")


def test_nothing_is_said_about_a_leaf_in_the_shape_of_the_policy() -> None:
    assert reissued(lambda _: None) == []
    assert problems_of([CHAIN.leaf, CHAIN.issuing], CHAIN.root, now=NOW) == []


def test_a_long_life_and_a_nameless_subject_are_told() -> None:
    assert ["lives 400 days" in text for _, text in reissued(lambda _: None, days=400)] == [True]
    nobody = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
    found = " ".join(text for _, text in reissued(lambda _: None, subject=nobody))
    assert "no country" in found and "no organisation" in found and "no common name" not in found


def test_a_chain_that_leads_nowhere_and_a_missing_root_are_told() -> None:
    other = make_development_chain(now=NOW)
    details = {p.state: p.detail for p in problems_of([CHAIN.leaf, CHAIN.issuing], other.root, now=NOW)}
    assert "does not lead to" in details["failed"]
    assert "no root.pem" in problems_of([CHAIN.leaf, CHAIN.issuing], None, now=NOW)[0].detail
    broken = problems_of([CHAIN.leaf, other.issuing], CHAIN.root, now=NOW)
    assert any(p.state == "failed" and "chain is broken" in p.detail for p in broken)
    assert any("authorityKeyIdentifier is not that of its issuer" in p.detail for p in broken)


@pytest.mark.parametrize(
    ("moment", "state", "words"),
    [
        (NOW - dt.timedelta(days=1), "failed", "begins on 2026-11-20"),
        (NOW + dt.timedelta(days=367), "failed", "ended on 2027-11-21"),
        (NOW + dt.timedelta(days=350), "warning", "ends on 2027-11-21"),
    ],
)
def test_a_clock_that_does_not_fit_the_certificate_is_told(
    moment: dt.datetime, state: str, words: str
) -> None:
    found = problems_of([CHAIN.leaf, CHAIN.issuing], CHAIN.root, now=moment)
    assert (found[0].state, words in found[0].detail) == (state, True), found
