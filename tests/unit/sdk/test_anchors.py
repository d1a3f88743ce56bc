# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Trust lists in a home: taken from files and from a server, shown, and never half replaced."""

import datetime as dt
import http.server
import json
import os
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.trust_lists import CLAIM_SIGNING, NOW, TIME_STAMPING, as_json, as_pem, authority
from typer.testing import CliRunner

from adseal import anchors, doctor
from adseal.cli.app import app
from adseal.errors import RequestError
from adseal.home import Home
from adseal_provenance.errors import TrustError

ONE, TWO = authority("One"), authority("Two", CLAIM_SIGNING)
TIMES = authority("Clock", TIME_STAMPING)
SIGNERS, TSA = as_json(ONE, TWO), as_json(ONE, TIMES, title="C2PA TSA Trust List")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def files(tmp_path: Path) -> dict[Any, Path]:
    paths = {"signers": tmp_path / "signers.json", "tsa": tmp_path / "tsa.json"}
    paths["signers"].write_bytes(SIGNERS)
    paths["tsa"].write_bytes(TSA)
    return paths


@contextmanager
def serving(answers: dict[str, bytes], *, context: ssl.SSLContext | None = None) -> Iterator[str]:
    """A real server on loopback; the path `/away` redirects, `/cut` promises more than it gives."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/away":
                self.send_response(302)
                self.send_header("Location", "/signers")
                self.end_headers()
                return
            if self.path.strip("/") not in answers:
                self.send_error(404)
                return
            body = answers[self.path.strip("/")]
            self.send_response(200)
            self.send_header("Content-Length", str(len(body) + (self.path == "/cut")))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"{'https' if context else 'http'}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_lists_from_files_are_used_from_then_on_and_signers_and_time_stay_apart(
    home: Home, files: dict[Any, Path]
) -> None:
    made = anchors.update(home, files=files, now=NOW)
    assert [(m.title, m.anchors, m.issued) for m in made] == [
        ("C2PA Trust List", 2, dt.date(2026, 8, 5)),
        ("C2PA TSA Trust List", 2, dt.date(2026, 8, 5)),
    ]
    trust = home.trust()
    assert [(a.name, a.date, a.pem.count("BEGIN")) for a in trust.lists] == [
        ("C2PA Trust List", "2026-08-05", 2)
    ]
    assert trust.tsa_pem.count("BEGIN") == 2
    assert trust.for_time_alone(trust.lists[0]).count("BEGIN") == 1
    signers, tsa = anchors.known(home, now=NOW)
    assert (signers.purpose, signers.source) == ("signers", str(files["signers"]))
    assert (tsa.purpose, tsa.path.parent.name) == ("tsa", "tsa")


def test_a_list_from_a_file_is_as_old_as_it_says_and_a_fetched_one_is_of_today(
    home: Home, files: dict[Any, Path]
) -> None:
    anchors.update(home, files=files, now=NOW)
    assert [entry.old for entry in anchors.known(home, now=NOW)] == [True, True]
    with serving({"signers": SIGNERS}) as server:
        anchors.update(home, addresses={"signers": f"{server}/signers"}, now=NOW)
    assert [entry.old for entry in anchors.known(home, now=NOW)] == [False, True]
    assert [entry.old for entry in anchors.known(home, now=NOW + dt.timedelta(days=91))] == [True, True]


def test_a_bundle_without_a_date_has_the_day_of_its_file(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "bundle.pem"
    path.write_bytes(as_pem(ONE))
    os.utime(path, (dt.datetime(2026, 1, 2, 12, tzinfo=dt.UTC).timestamp(),) * 2)
    (made,) = anchors.update(home, files={"signers": path}, now=NOW)
    assert (made.title, made.issued, made.as_of) == ("bundle.pem", None, dt.date(2026, 1, 2))


@pytest.mark.parametrize("bad", [b"{}", as_pem(ONE, ONE), TSA], ids=["damaged", "twice", "the other kind"])
def test_a_list_that_cannot_be_used_replaces_nothing_not_even_the_other_one(
    bad: bytes, home: Home, files: dict[Any, Path]
) -> None:
    anchors.update(home, files=files, now=NOW)
    before = {p: p.read_bytes() for p in (home.path / "trust").rglob("*.*")}
    files["tsa"].write_bytes(as_json(TIMES, title="C2PA TSA Trust List"))
    files["signers"].write_bytes(bad)
    with pytest.raises(TrustError):
        anchors.update(home, files={"tsa": files["tsa"], "signers": files["signers"]}, now=NOW)
    assert {p: p.read_bytes() for p in (home.path / "trust").rglob("*.*")} == before
    assert len(before) == 4


def test_particulars_left_from_an_earlier_list_are_not_believed(home: Home, files: dict[Any, Path]) -> None:
    """Killed between the two files: the new anchors are there, the old particulars beside them."""
    anchors.update(home, files=files, now=NOW)
    path = home.path / "trust" / "c2pa-trust-list.pem"
    path.write_bytes(as_pem(ONE))
    assert [a.date for a in home.trust().lists] == [""]
    assert anchors.known(home, now=NOW)[0].source == ""


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/list",
        "ftp://127.0.0.1/list",
        "file:///etc/passwd",
        "https://me:secret@example.org/",
        "words",
    ],
)
def test_only_https_addresses_are_fetched(address: str) -> None:
    with pytest.raises(TrustError) as caught:
        anchors.fetch(address)
    assert caught.value.code == "trust_address" and "secret" not in str(caught.value)


def test_a_server_that_redirects_breaks_off_or_has_nothing_leaves_the_old_list(
    home: Home, files: dict[Any, Path]
) -> None:
    anchors.update(home, files=files, now=NOW)
    before = (home.path / "trust" / "c2pa-trust-list.pem").read_bytes()
    with serving({"cut": SIGNERS, "signers": SIGNERS, "large": b" " * 5_000_000}) as server:
        for path, code in (
            ("away", "trust_unavailable"),
            ("cut", "trust_unavailable"),
            ("none", "trust_unavailable"),
            ("large", "trust_too_large"),
        ):
            with pytest.raises(TrustError) as caught:
                anchors.update(home, addresses={"signers": f"{server}/{path}"}, now=NOW)
            assert caught.value.code == code, path
            assert caught.value.retryable == (code == "trust_unavailable")
    with pytest.raises(TrustError) as caught:
        anchors.update(home, addresses={"signers": f"{server}/signers"}, now=NOW)
    assert caught.value.code == "trust_unavailable", "nobody listens there any more"
    assert (home.path / "trust" / "c2pa-trust-list.pem").read_bytes() == before


def test_https_is_believed_only_with_a_certificate_that_is_known(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = _server_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair)
    with serving({"signers": SIGNERS}, context=context) as server:
        with pytest.raises(TrustError, match="cannot be reached"):
            anchors.update(home, addresses={"signers": f"{server}/signers"}, now=NOW)
        monkeypatch.setenv("SSL_CERT_FILE", str(pair))
        (made,) = anchors.update(home, addresses={"signers": f"{server}/signers"}, now=NOW)
    assert made.source == f"{server}/signers"


def _server_certificate(folder: Path) -> Path:
    """Key and certificate for 127.0.0.1, in one file."""
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loopback")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(dt.datetime(2025, 1, 1))
        .not_valid_after(dt.datetime(2040, 1, 1))
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pair = folder / "server.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pair.write_bytes(secret + certificate.public_bytes(Encoding.PEM))
    return pair


def test_nothing_is_fetched_unless_asked(home: Home) -> None:
    with pytest.raises(RequestError):
        anchors.update(home)
    assert (
        CliRunner().invoke(app, ["trust", "update", "--signers-url", "http://127.0.0.1:9/x"]).exit_code == 2
    )


def test_the_command_shows_each_address_before_it_asks_there(own_home: Path) -> None:
    with serving({"signers": SIGNERS, "tsa": TSA}) as server:
        urls = ["--signers-url", f"{server}/signers", "--tsa-url", f"{server}/tsa"]
        said = CliRunner().invoke(app, ["trust", "update", "--fetch", *urls, "--json"])
    assert said.exit_code == 0, said.output
    assert f"fetching {server}/signers" in said.stderr and f"fetching {server}/tsa" in said.stderr
    assert [entry["anchors"] for entry in json.loads(said.stdout)["lists"]] == [2, 2]
    shown = CliRunner().invoke(app, ["trust", "list"])
    assert shown.exit_code == 0
    assert "2 anchors  2026-08-05  C2PA Trust List" in shown.stdout


def test_a_damaged_list_is_shown_and_fails_the_listing(own_home: Path) -> None:
    (own_home / "trust").mkdir()
    (own_home / "trust" / "partners.pem").write_text("-----BEGIN CERTIFICATE-----\n")
    said = CliRunner().invoke(app, ["trust", "list", "--json"])
    assert said.exit_code == 1
    (entry,) = json.loads(said.stdout)["lists"]
    assert "not a certificate" in entry["problem"]


def test_doctor_says_that_there_is_no_list_that_one_is_old_and_that_one_is_damaged(
    home: Home, files: dict[Any, Path]
) -> None:
    def found() -> list[tuple[str, bool]]:
        return [(f.state, bool(f.hint)) for f in doctor.examine(home) if f.subject == "trust lists"]

    assert found() == [("warning", True)]
    files["signers"].write_bytes(as_json(ONE, issued="2020-01-01T00:00:00Z"))
    anchors.update(home, files={"signers": files["signers"]})
    assert found() == [("warning", True)]
    files["signers"].write_bytes(as_json(ONE, issued=dt.datetime.now(dt.UTC).isoformat(), NextUpdate=None))
    anchors.update(home, files={"signers": files["signers"]})
    assert found()[0] == ("ok", False)
    (home.path / "trust" / "c2pa-trust-list.pem").write_text("-----BEGIN CERTIFICATE-----\n")
    assert ("failed", True) in found()
