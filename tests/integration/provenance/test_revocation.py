# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Asking a real OCSP responder, on request and only where it was allowed."""

import base64
import datetime as dt
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from adseal_provenance.credentials.trust import Trust
from adseal_provenance.errors import TrustError
from adseal_provenance.identities.identity import Identity, from_pem
from adseal_provenance.identities.pki import CLAIM_SIGNING, DOCUMENT_SIGNING, key_usage
from adseal_provenance.sealing.signing import sign_file
from adseal_provenance.verify import verify
from tests.provenance_kit import Seal, request

NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)


@dataclass
class Authority:
    """An issuing CA with a responder of its own on this machine."""

    root: x509.Certificate
    issuing: x509.Certificate
    issuing_key: ec.EllipticCurvePrivateKey
    answering: x509.Certificate
    answering_key: ec.EllipticCurvePrivateKey
    host: str = ""
    status: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD
    asked: list[str] = field(default_factory=list)

    def answer(self, question: bytes) -> bytes:
        asked = ocsp.load_der_ocsp_request(question)
        revoked = self.status is ocsp.OCSPCertStatus.REVOKED
        builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
            asked.issuer_name_hash,
            asked.issuer_key_hash,
            asked.serial_number,
            asked.hash_algorithm,
            self.status,
            NOW - dt.timedelta(minutes=1),
            NOW + dt.timedelta(days=1),
            NOW - dt.timedelta(days=30) if revoked else None,
            x509.ReasonFlags.key_compromise if revoked else None,
        )
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, self.answering)
        made = builder.certificates([self.answering]).sign(self.answering_key, hashes.SHA256())
        return made.public_bytes(serialization.Encoding.DER)

    def identity(self) -> Identity:
        """A signer whose certificate names the responder."""
        key = ec.generate_private_key(ec.SECP256R1())
        place = x509.UniformResourceIdentifier(f"http://{self.host}/ocsp/")
        access = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, place)
        leaf = (
            certificate("Signer", self.issuing.subject, key, days=300)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(key_usage(certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([CLAIM_SIGNING, DOCUMENT_SIGNING]), critical=False)
            .add_extension(by(self.issuing_key), critical=False)
            .add_extension(x509.AuthorityInformationAccess([access]), critical=False)
            .sign(self.issuing_key, hashes.SHA384())
        )
        form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return from_pem(pem(leaf) + pem(self.issuing), key.private_bytes(*form).decode())


def certificate(
    name: str, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, *, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - dt.timedelta(minutes=5))
        .not_valid_after(NOW + dt.timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def named(name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Example"),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, name),
        ]
    )


def by(key: ec.EllipticCurvePrivateKey) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())


def pem(made: x509.Certificate) -> str:
    return made.public_bytes(serialization.Encoding.PEM).decode()


def authority() -> Authority:
    root_key, issuing_key = (ec.generate_private_key(ec.SECP384R1()) for _ in range(2))
    root = (
        certificate("Root", named("Root"), root_key, days=3000)
        .add_extension(x509.BasicConstraints(ca=True, path_length=2), critical=True)
        .add_extension(key_usage(certificates=True), critical=True)
        .sign(root_key, hashes.SHA384())
    )
    issuing = (
        certificate("Issuing", root.subject, issuing_key, days=1500)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(key_usage(certificates=True), critical=True)
        .add_extension(by(root_key), critical=False)
        .sign(root_key, hashes.SHA384())
    )
    answering_key = ec.generate_private_key(ec.SECP256R1())
    answering = (
        certificate("Responder", issuing.subject, answering_key, days=90)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(key_usage(certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), critical=True)
        .add_extension(x509.OCSPNoCheck(), critical=False)
        .add_extension(by(issuing_key), critical=False)
        .sign(issuing_key, hashes.SHA384())
    )
    return Authority(root, issuing, issuing_key, answering, answering_key)


@pytest.fixture
def responder() -> Iterator[Authority]:
    own = authority()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            own.asked.append(self.path)
            self.reply(base64.b64decode(unquote(self.path.removeprefix("/ocsp/"))))

        def do_POST(self) -> None:
            own.asked.append(self.path)
            self.reply(self.rfile.read(int(self.headers["Content-Length"])))

        def reply(self, question: bytes) -> None:
            content = own.answer(question)
            self.send_response(200)
            self.send_header("Content-Type", "application/ocsp-response")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    own.host = f"127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield own
    server.shutdown()
    server.server_close()


def sealed_by(own: Authority, seal: Seal, folder: Path) -> Path:
    sign_file(seal.plain, folder / "ad.mp4", request(), own.identity())
    (folder / "root.pem").write_text(pem(own.root))
    return folder / "ad.mp4"


@pytest.mark.parametrize(
    ("status", "state", "code", "verdict"),
    [
        (ocsp.OCSPCertStatus.GOOD, "pass", "certificate_not_revoked", "intact"),
        (ocsp.OCSPCertStatus.REVOKED, "fail", "certificate_revoked", "broken"),
        (ocsp.OCSPCertStatus.UNKNOWN, "not_checked", "revocation_unknown", "intact"),
    ],
)
def test_what_the_issuer_answers_decides_about_revocation(
    responder: Authority,
    seal: Seal,
    tmp_path: Path,
    status: ocsp.OCSPCertStatus,
    state: str,
    code: str,
    verdict: str,
) -> None:
    path = sealed_by(responder, seal, tmp_path)
    responder.status = status
    trust = Trust.of(files=[tmp_path / "root.pem"], ocsp_hosts=[responder.host])
    report = verify(path, trust=trust)
    axis = report.axes["revocation"]
    assert (axis.state, axis.code, report.verdict) == (state, code, verdict), (axis, report.summary)
    assert responder.asked


@pytest.mark.parametrize("hosts", [[], ["ocsp.example.com"], ["127.0.0.1:1"]])
def test_a_responder_that_was_not_allowed_is_not_asked(
    responder: Authority, seal: Seal, tmp_path: Path, hosts: list[str]
) -> None:
    path = sealed_by(responder, seal, tmp_path)
    report = verify(path, trust=Trust.of(files=[tmp_path / "root.pem"], ocsp_hosts=hosts))
    assert responder.asked == []
    assert report.verdict == "intact" and report.axes["revocation"].state == "not_checked"


@pytest.mark.parametrize("host", ["http://ocsp.example.com/", "*", "", "a b", "ocsp.example.com/path", "-x"])
def test_what_is_no_host_name_is_refused(host: str) -> None:
    with pytest.raises(TrustError) as caught:
        Trust.of(ocsp_hosts=[host])
    assert caught.value.code == "trust_host" and caught.value.hint
