# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Who signs: the home's identity, another signer, a request for a certificate, and what the doctor says of them."""

import json
import stat
from pathlib import Path

import pytest
from cryptography import x509
from tests.provenance_tokens import PIN, make_token
from typer.testing import CliRunner

from adseal.cli.app import app
from adseal.doctor import Finding, examine
from adseal.errors import HomeError
from adseal.home import Home
from adseal_provenance.errors import SignerError


def run(*words: object, code: int = 0) -> str:
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == code, done.output
    return done.stdout


def about(subject: str, home: Home | None = None) -> list[Finding]:
    return [finding for finding in examine(home) if finding.subject == subject]


def test_the_homes_own_identity_signs_where_nothing_else_is_named(own_home: Path) -> None:
    identity = Home().identity()
    assert identity.key.where == str(own_home / "identity" / "key.pem")
    assert Home().stamping.authorities == () and not Home().stamping.may_wait


def test_the_environment_names_another_signer_and_authorities(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Home(tmp_path / "other")
    name = other.identity().chain_pem
    monkeypatch.setenv("ADSEAL_SIGNER", f"file:{tmp_path / 'other' / 'identity'}")
    monkeypatch.setenv("ADSEAL_TSA", "http://one/,http://two/")
    assert Home().identity().chain_pem == name
    assert Home().stamping.authorities == ("http://one/", "http://two/")


def test_an_identity_of_the_users_own_making_signs(tmp_path: Path) -> None:
    made = Home(tmp_path / "other").identity()
    assert Home(signer=made).identity() is made


def test_a_signer_that_cannot_be_reached_is_no_reason_to_sign_with_another(own_home: Path) -> None:
    with pytest.raises(SignerError):
        Home(signer="awskms:alias/ads").identity()
    assert not (own_home / "identity").exists()


def test_pki_init_makes_the_asked_for_algorithm_and_never_overwrites(own_home: Path) -> None:
    assert json.loads(run("pki", "init", "--algorithm", "es384", "--json"))["algorithm"] == "es384"
    before = (own_home / "identity" / "key.pem").read_bytes()
    run("pki", "init", "--algorithm", "ed25519", code=1)
    assert (own_home / "identity" / "key.pem").read_bytes() == before
    assert json.loads(run("pki", "init", "--algorithm", "es384", "--json"))["algorithm"] == "es384"


def test_pki_init_certifies_a_key_in_a_token(own_home: Path, tmp_path: Path) -> None:
    token = make_token(tmp_path)
    token.generate("claim", "p256")
    said = json.loads(run("pki", "init", "--signer", token.address("claim"), "--json"))
    assert "token" in said["key"] and not (own_home / "identity" / "key.pem").exists()
    assert Home().identity().sign(b"message")
    run("pki", "init", "--signer", token.address("claim"))
    assert about("identity")[-1].state == "warning"
    token.pin_file.write_text("0000")
    assert about("identity")[-1].state == "failed" and "refused" in about("identity")[-1].detail
    token.pin_file.write_text(PIN)
    token.generate("another", "p256")
    with pytest.raises(HomeError, match="another key"):
        Home().made_identity("es256", token.address("another"))


def test_pki_csr_writes_a_request_and_a_private_key(tmp_path: Path) -> None:
    names = ("--country", "DE", "--organization", "Example Ads GmbH", "--common-name", "Example Ads")
    request, key = tmp_path / "request.pem", tmp_path / "key.pem"
    run("pki", "csr", "-o", request, "--new-key", key, *names)
    made = x509.load_pem_x509_csr(request.read_bytes())
    assert made.is_signature_valid and "Example Ads GmbH" in made.subject.rfc4514_string()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    again = tmp_path / "again.pem"
    run("pki", "csr", "-o", again, "--signer", f"file:{key}", *names)
    assert x509.load_pem_x509_csr(again.read_bytes()).public_key() == made.public_key()
    before = request.read_bytes()
    run("pki", "csr", "-o", request, "--new-key", tmp_path / "other.pem", *names, code=2)
    run("pki", "csr", "-o", tmp_path / "third.pem", *names, code=2)
    run("pki", "csr", "-o", tmp_path / "third.pem", "--signer", "vault:x", *names, code=2)
    assert request.read_bytes() == before and not (tmp_path / "other.pem").exists()


def test_the_doctor_is_content_with_a_fresh_identity(own_home: Path) -> None:
    Home().identity()
    assert about("certificate") == []
    (identity,) = about("identity")
    assert identity.state == "warning" and "development" in identity.detail
    (stamps,) = about("time stamps")
    assert stamps.state == "warning" and "no authority is named" in stamps.detail


def test_the_doctor_names_each_fault_of_an_identity_that_cannot_sign(own_home: Path) -> None:
    Home().identity()
    folder = own_home / "identity"
    _, issuing = x509.load_pem_x509_certificates((folder / "chain.pem").read_bytes())
    from cryptography.hazmat.primitives.serialization import Encoding

    (folder / "chain.pem").write_bytes(issuing.public_bytes(Encoding.PEM))
    (folder / "root.pem").unlink()
    said = [finding.detail for finding in about("certificate")]
    for words in (
        "it is a CA certificate",
        "keyUsage digitalSignature is missing",
        "no root.pem",
        "stands alone",
    ):
        wanted = "holds the signing certificate alone" if words == "stands alone" else words
        assert sum(wanted in detail for detail in said) == 1, said
    assert about("identity")[-1].state == "failed"


def test_the_doctor_finds_a_key_that_is_gone(own_home: Path) -> None:
    Home().identity()
    (own_home / "identity" / "key.pem").unlink()
    (found,) = about("identity")
    assert found.state == "failed" and "key.pem" in found.detail
    chain = own_home / "identity" / "chain.pem"
    broken = Home(signer=f"pkcs11:token=x;object=y?module-path=/none.so&chain={chain}")
    assert about("identity", broken)[-1].state == "failed"
