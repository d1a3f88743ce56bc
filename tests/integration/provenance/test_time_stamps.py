# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Time stamps from a real authority (OpenSSL's, on the loopback interface)."""

import datetime as dt
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from adseal_provenance.errors import IdentityError, SealError
from adseal_provenance.identity import create_development, load
from adseal_provenance.signing import sign_file
from adseal_provenance.trust import Trust
from adseal_provenance.verify import verify
from tests.provenance_kit import Seal, request

CONFIG = """
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
certs = {folder}/root.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""


@dataclass(frozen=True)
class Authority:
    url: str
    root: Path


def _certificates(folder: Path) -> None:
    now = dt.datetime.now(dt.UTC)

    def start(subject: str, issuer: str, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        def name(text: str) -> x509.Name:
            pairs = (
                (NameOID.COUNTRY_NAME, "ZZ"),
                (NameOID.ORGANIZATION_NAME, "Test"),
                (NameOID.COMMON_NAME, text),
            )
            return x509.Name([x509.NameAttribute(oid, value) for oid, value in pairs])

        return (
            x509.CertificateBuilder()
            .subject_name(name(subject))
            .issuer_name(name(issuer))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(hours=1))
            .not_valid_after(now + dt.timedelta(days=30))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        )

    def usage(*, certificates: bool) -> x509.KeyUsage:
        names = (
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
            "crl_sign",
        )
        off = dict.fromkeys(names, False)
        return x509.KeyUsage(
            digital_signature=not certificates,
            content_commitment=not certificates,
            key_cert_sign=certificates,
            **off,
        )

    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = (
        start("Time root", "Time root", root_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(usage(certificates=True), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    leaf = (
        start("Time authority", "Time root", key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage(certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False
        )
        .sign(root_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "root.pem").write_bytes(root.public_bytes(pem))
    (folder / "tsa.pem").write_bytes(leaf.public_bytes(pem))
    (folder / "tsa.key").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed, and it is the time-stamp authority here")
    folder = tmp_path_factory.mktemp("tsa")
    _certificates(folder)
    (folder / "serial").write_text("01\n")
    (folder / "tsa.cnf").write_text(CONFIG.format(folder=folder))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            (folder / "query").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            arguments = ["ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query", "-out", "reply"]
            subprocess.run([openssl, *arguments], cwd=folder, check=True, capture_output=True, timeout=30)
            reply = (folder / "reply").read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Authority(f"http://127.0.0.1:{server.server_port}/", folder / "root.pem")
    server.shutdown()
    server.server_close()


def test_a_time_stamp_counts_only_where_its_authority_is_on_a_list(
    authority: Authority, seal: Seal, tmp_path: Path
) -> None:
    path = tmp_path / "stamped.mp4"
    sign_file(seal.plain, path, request(), seal.identity, tsa_url=authority.url)
    own = [str(seal.identity.root_pem)]

    trusted = verify(path, trust=Trust.of(development=own, tsa_files=[authority.root]))
    assert trusted.verdict == "intact" and trusted.axes["time"].state == "passed", trusted.axes["time"]
    assert trusted.axes["time"].detail.startswith(f"Signed no later than {dt.datetime.now(dt.UTC):%Y-%m-%d}")
    assert trusted.manifest is not None and trusted.manifest.signer_kind == "development"

    unknown = verify(path, trust=Trust.of(development=own))
    assert unknown.verdict == "intact" and unknown.axes["time"].state == "warning", unknown.axes["time"]
    assert "timeStamp.untrusted" in unknown.axes["time"].codes
    assert unknown.manifest is not None and unknown.manifest.signed_no_later_than is None


def test_only_a_time_stamp_outlives_the_certificate(authority: Authority, seal: Seal, tmp_path: Path) -> None:
    # A development leaf lives 366 days from five minutes before its making; this one ends in four seconds.
    end = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=4)
    identity = create_development(
        tmp_path / "identity", now=end + dt.timedelta(minutes=5) - dt.timedelta(days=366)
    )
    sign_file(seal.plain, tmp_path / "stamped.mp4", request(), identity, tsa_url=authority.url)
    sign_file(seal.plain, tmp_path / "plain.mp4", request(), identity)
    time.sleep(max((identity.not_after - dt.datetime.now(dt.UTC)).total_seconds() + 1.1, 0))
    with pytest.raises(IdentityError) as caught:
        load(tmp_path / "identity")
    assert caught.value.code == "identity_expired"
    with pytest.raises(SealError):
        sign_file(seal.plain, tmp_path / "late.mp4", request(), identity)

    trust = Trust.of(development=[str(identity.root_pem)], tsa_files=[authority.root])
    stamped = verify(tmp_path / "stamped.mp4", trust=trust)
    assert stamped.verdict == "intact" and stamped.axes["time"].state == "passed", stamped.summary
    plain = verify(tmp_path / "plain.mp4", trust=trust)
    assert plain.verdict == "broken" and plain.axes["time"].state == "failed", plain.summary
    assert plain.axes["integrity"].state == "passed" and "unchanged since signing" in plain.summary
    assert plain.axes["time"].codes == ("signingCredential.expired",)
