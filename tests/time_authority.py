# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""A real time-stamp authority: OpenSSL's, behind a small HTTP server on the loopback interface."""

import datetime as dt
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

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


@contextmanager
def time_authority(folder: Path) -> Iterator[Authority]:
    """Skips where there is no openssl; `.ci/run` installs it."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed, and it is the time-stamp authority here")
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
