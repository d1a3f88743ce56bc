# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Keys behind one interface: a folder, a token (SoftHSM), AWS KMS (moto), a function."""

import hashlib
import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from tests.provenance_kit import Seal, request
from tests.provenance_tokens import PIN, Token, make_token

from adseal_provenance.credentials import credential
from adseal_provenance.credentials.trust import Trust
from adseal_provenance.errors import IdentityError, ProvenanceError, SignerError
from adseal_provenance.identities.identity import Identity, create_development, from_key
from adseal_provenance.identities.pki import make_development_chain, signing_algorithm
from adseal_provenance.identities.pki_request import make_request
from adseal_provenance.identities.signers import CallbackKey, PemKey, open_key, open_signer
from adseal_provenance.sealing.signing import sign_file

KINDS = {"p256": "es256", "p384": "es384", "ed25519": "ed25519", "rsa": "ps256"}


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Token:
    made = make_token(tmp_path_factory.mktemp("softhsm"))
    for kind in KINDS:
        made.generate(kind, kind)
    return made


@pytest.fixture
def kms(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """AWS KMS as moto plays it. It hashes what is a hash already; here, and only here, that is undone."""
    import boto3
    from moto import mock_aws
    from moto.kms.utils import ECDSAPrivateKey, RSAPrivateKey

    def once(self: Any, message: bytes, signing_algorithm: str) -> bytes:
        algorithm = {32: hashes.SHA256(), 48: hashes.SHA384()}[len(message)]
        assert signing_algorithm.endswith(str(algorithm.digest_size * 8)), "a hash was expected, by DIGEST"
        return bytes(self.private_key.sign(message, ec.ECDSA(utils.Prehashed(algorithm))))

    monkeypatch.setattr(ECDSAPrivateKey, "sign", once)
    assert RSAPrivateKey is not None
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = boto3.client("kms", region_name="eu-central-1")
        yield client
        client.close()


def certified(folder: Path, address: str) -> tuple[Path, str]:
    """A chain file for the key at an address, and the root of it."""
    import datetime as dt

    chain = make_development_chain(now=dt.datetime.now(dt.UTC), public_key=open_key(address).public_key())
    pem = serialization.Encoding.PEM
    path = folder / "chain.pem"
    path.write_bytes(chain.leaf.public_bytes(pem) + chain.issuing.public_bytes(pem))
    return path, chain.root.public_bytes(pem).decode()


def signs_a_video(identity: Identity, seal: Seal, out: Path, root: str) -> None:
    signed = sign_file(seal.plain, out, request(), identity)
    found = credential.read_file(out, Trust.of(development=[root]))
    assert found.failure == () and found.trusted_by == "development"
    assert found.manifest_id == signed.manifest_id


def refusal(work: Callable[[], object]) -> SignerError:
    with pytest.raises(SignerError) as caught:
        work()
    assert caught.value.hint
    return caught.value


# --- tokens ---


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_in_a_token_signs_a_video(kind: str, token: Token, seal: Seal, tmp_path: Path) -> None:
    chain, root = certified(tmp_path, token.address(kind))
    identity = open_signer(token.address(kind, chain=chain))
    assert identity.algorithm == KINDS[kind]
    signs_a_video(identity, seal, tmp_path / "sealed.mp4", root)


def test_neither_the_pin_nor_a_key_is_shown_or_logged(
    token: Token, seal: Seal, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    chain, _ = certified(tmp_path, token.address("p256"))
    identity = open_signer(token.address("p256", chain=chain))
    identity.sign(b"message")
    assert PIN not in f"{identity!r} {identity.key!r} {caplog.text}"


def test_a_wrong_pin_is_a_refusal_and_not_worth_another_try(token: Token, tmp_path: Path) -> None:
    wrong = tmp_path / "pin"
    wrong.write_text("0000")
    wrong.chmod(0o600)
    error = refusal(lambda: open_key(token.address("p256", pin_file=wrong)).sign(b"x", "es256"))
    assert error.code == "signer_refused" and not error.retryable and "0000" not in str(error)


def test_a_pin_file_that_others_can_read_is_refused(token: Token, tmp_path: Path) -> None:
    pin = tmp_path / "pin"
    pin.write_text(PIN)
    pin.chmod(0o644)
    with pytest.raises(IdentityError) as caught:
        open_key(token.address("p256", pin_file=pin)).sign(b"x", "es256")
    assert caught.value.code == "identity_permissions"


def test_a_missing_token_a_missing_key_and_a_missing_driver_are_told_apart(
    token: Token, tmp_path: Path
) -> None:
    def sign(address: str) -> SignerError:
        return refusal(lambda: open_key(address).sign(b"x", "es256"))

    gone = sign(token.address("p256").replace(token.label, "nowhere"))
    assert gone.code == "signer_unavailable" and gone.retryable
    assert sign(token.address("nothing")).code == "signer_key"
    driver = sign(token.address("p256").replace(token.driver, str(tmp_path / "none.so")))
    assert driver.code == "signer_unavailable" and "driver" in str(driver)


def test_a_token_that_was_plugged_in_later_is_found(token: Token, tmp_path: Path) -> None:
    open_key(token.address("p256")).public_key()  # the driver runs, and knows the tokens there are
    later = make_token(tmp_path)
    error = refusal(lambda: open_key(later.address("p256")).public_key())
    assert error.code == "signer_key", "the token itself was not seen"


def test_a_key_that_is_not_the_certificates_is_found_when_the_signer_is_opened(
    token: Token, tmp_path: Path
) -> None:
    chain, _ = certified(tmp_path, token.address("p256"))
    token.generate("other", "p256")
    assert refusal(lambda: open_signer(token.address("other", chain=chain))).code == "signer_mismatch"


def test_an_identity_folder_may_point_to_a_token(token: Token, seal: Seal, tmp_path: Path) -> None:
    made = create_development(tmp_path / "identity", signer=token.address("p256"))
    assert not (tmp_path / "identity" / "key.pem").exists()
    signs_a_video(made, seal, tmp_path / "sealed.mp4", str(made.root_pem))
    assert open_signer(f"file:{tmp_path / 'identity'}").common_name == made.common_name


# --- KMS ---


@pytest.mark.parametrize(("spec", "algorithm"), [("ECC_NIST_P256", "es256"), ("ECC_NIST_P384", "es384")])
def test_a_key_of_kms_signs_a_video_and_sees_only_a_hash(
    spec: str, algorithm: str, kms: Any, seal: Seal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from botocore.client import BaseClient

    said, really = [], BaseClient._make_api_call

    def listening(self: Any, operation: str, parameters: dict[str, Any]) -> Any:
        said.append((operation, parameters.get("MessageType"), len(parameters.get("Message", b""))))
        return really(self, operation, parameters)

    key = kms.create_key(KeyUsage="SIGN_VERIFY", KeySpec=spec)["KeyMetadata"]["Arn"]
    chain, root = certified(tmp_path, f"awskms:{key}")
    monkeypatch.setattr(BaseClient, "_make_api_call", listening)
    identity = open_signer(f"awskms:{key}?chain={chain}")
    assert identity.algorithm == algorithm
    signs_a_video(identity, seal, tmp_path / "sealed.mp4", root)
    assert set(said) == {("Sign", "DIGEST", 32 if algorithm == "es256" else 48)}


def test_what_kms_refuses_is_told_apart(kms: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    arn = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000"
    assert refusal(open_key(f"awskms:{arn}").public_key).code == "signer_key"
    assert refusal(open_key("awskms:alias/nothing?region=eu-central-1").public_key).code == "signer_key"
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    assert refusal(open_key("awskms:alias/nothing").public_key).code == "signer_refused"


def test_a_kms_that_does_not_answer_is_worth_another_try(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    address = "awskms:alias/ads?region=eu-central-1&endpoint=http://127.0.0.1:9"
    error = refusal(lambda: open_key(address).sign(b"x", "es256"))
    assert error.code == "signer_unavailable" and error.retryable


# --- functions ---


@pytest.mark.parametrize("form", ["der", "raw"])
def test_a_function_signs_a_video(form: str, seal: Seal, tmp_path: Path) -> None:
    pem = PemKey(seal.plain.parent / "identity" / "key.pem")

    def sign(message: bytes) -> bytes:
        der = pem.sign(message, "es256")
        r, s = utils.decode_dss_signature(der)
        return der if form == "der" else r.to_bytes(32) + s.to_bytes(32)

    leaf = x509.load_pem_x509_certificate(seal.identity.chain_pem.encode())
    identity = from_key(seal.identity.chain_pem, CallbackKey(sign, leaf.public_key()))  # type: ignore[arg-type]
    signs_a_video(identity, seal, tmp_path / "sealed.mp4", str(seal.identity.root_pem))


def test_a_function_that_fails_keeps_its_error_and_leaves_no_file(seal: Seal, tmp_path: Path) -> None:
    def broken(_message: bytes) -> bytes:
        raise ConnectionError("the vault is closed")

    leaf = x509.load_pem_x509_certificate(seal.identity.chain_pem.encode())
    identity = from_key(seal.identity.chain_pem, CallbackKey(broken, leaf.public_key()))  # type: ignore[arg-type]
    error = refusal(lambda: sign_file(seal.plain, tmp_path / "out.mp4", request(), identity))
    assert error.code == "signer_unavailable" and error.retryable
    assert isinstance(error.__cause__, ConnectionError)
    assert list(tmp_path.iterdir()) == []


def test_a_function_that_signs_a_hash_of_the_message_is_told_so(seal: Seal) -> None:
    pem = PemKey(seal.plain.parent / "identity" / "key.pem")
    leaf = x509.load_pem_x509_certificate(seal.identity.chain_pem.encode())
    key = CallbackKey(lambda m: pem.sign(hashlib.sha256(m).digest(), "es256"), leaf.public_key())  # type: ignore[arg-type]
    identity = from_key(seal.identity.chain_pem, key)
    error = refusal(lambda: identity.sign(b"message"))
    assert error.code == "signer_mismatch" and "not a hash" in error.hint


# --- addresses ---


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("vault:key", ("not the address of a signer",)),
        ("key.pem", ("not the address of a signer",)),
        ("pkcs11:object=a", ("no token is named", "module-path")),
        ("pkcs11:token=a?module-path=/x.so&color=red", ("no key is named", "'color' is unknown")),
        ("pkcs11:token=a;object=b;type=public?module-path=/x&module-path=/y", ("not private", "there twice")),
        ("pkcs11:token=a;object=b?module-path=/x&pin-source=/run/pin", ("pin-source is not file:",)),
        ("awskms:a key?endpoint=ftp://x&region=", ("neither an id", "endpoint", "'region' has no value")),
        ("file:", ("nothing is named",)),
    ],
)
def test_a_wrong_address_is_refused_with_everything_that_is_wrong(
    address: str, words: tuple[str, ...]
) -> None:
    error = refusal(lambda: open_key(address))
    assert error.code == "signer_uri"
    assert [word for word in words if word not in str(error)] == []


def test_a_pin_in_an_address_is_refused_and_not_repeated() -> None:
    error = refusal(lambda: open_key("pkcs11:token=a;object=b?module-path=/x.so&pin-value=4711"))
    assert "a PIN does not belong into an address" in str(error) and "4711" not in f"{error} {error.hint}"


def test_a_key_alone_is_no_identity(seal: Seal) -> None:
    assert refusal(lambda: open_signer("awskms:alias/ads")).code == "signer_chain"
    key = seal.plain.parent / "identity" / "key.pem"
    assert refusal(lambda: open_signer(f"file:{key}")).code == "signer_chain"
    chain = seal.plain.parent / "identity" / "chain.pem"
    assert open_signer(f"file:{key}?chain={chain}").chain_pem == seal.identity.chain_pem


@pytest.mark.parametrize(
    ("module", "address", "extra"),
    [
        ("pkcs11", "pkcs11:token=a;object=b?module-path=/x.so", "adseal[hsm]"),
        ("boto3", "awskms:alias/ads", "adseal[kms]"),
    ],
)
def test_a_missing_extra_is_named(
    module: str, address: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    error = refusal(lambda: open_key(address))
    assert error.code == "signer_extra" and extra in error.hint


def test_a_key_file_is_read_for_each_signature_and_not_kept(tmp_path: Path) -> None:
    identity = create_development(tmp_path / "identity")
    identity.sign(b"message")
    (tmp_path / "identity" / "key.pem").unlink()
    with pytest.raises(IdentityError) as caught:
        identity.sign(b"message")
    assert caught.value.code == "identity_missing"


# --- requests ---


@pytest.mark.parametrize("kind", KINDS)
def test_a_request_for_a_key_in_a_token_has_the_shape_of_the_policy(kind: str, token: Token) -> None:
    pem = make_request(
        open_key(token.address(kind)),
        country="de",
        organization="Example Ads GmbH",
        common_name="Example Ads",
    )
    made = x509.load_pem_x509_csr(pem)
    assert made.is_signature_valid and signing_algorithm(made.public_key()) == KINDS[kind]
    assert made.subject.rfc4514_string() == "CN=Example Ads,O=Example Ads GmbH,C=DE"
    found = {e.oid._name: e for e in made.extensions}
    assert found["keyUsage"].critical and found["keyUsage"].value.content_commitment  # type: ignore[attr-defined]
    assert found["basicConstraints"].critical and not found["basicConstraints"].value.ca  # type: ignore[attr-defined]
    purposes = {p.dotted_string for p in found["extendedKeyUsage"].value}  # type: ignore[attr-defined]
    assert purposes == {"1.3.6.1.4.1.62558.2.1", "1.3.6.1.5.5.7.3.36"}
    assert "subjectKeyIdentifier" in found


def test_a_request_with_wrong_names_is_refused_with_all_of_them(tmp_path: Path) -> None:
    create_development(tmp_path / "identity")
    key = PemKey(tmp_path / "identity" / "key.pem")
    with pytest.raises(ProvenanceError) as caught:
        make_request(key, country="Germany", organization=" ", common_name="x" * 65)
    assert caught.value.code == "request_subject"
    for word in ("country", "organization is empty", "65 characters"):
        assert word in str(caught.value)
