# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Time stamps from a real authority (OpenSSL's, on the loopback interface)."""

import datetime as dt
import hashlib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from adseal_provenance.credentials import container, cose, credential
from adseal_provenance.credentials.trust import Trust
from adseal_provenance.errors import IdentityError, SealError
from adseal_provenance.identities.identity import create_development, load
from adseal_provenance.sealing import timestamps
from adseal_provenance.sealing.signing import sign_file
from adseal_provenance.sealing.stamping import Stamping, stamp_file
from adseal_provenance.verify import verify
from tests.provenance_kit import Seal, request
from tests.time_authority import Authority, time_authority


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with time_authority(tmp_path_factory.mktemp("tsa")) as running:
        yield running


def test_a_time_stamp_counts_only_where_its_authority_is_on_a_list(
    authority: Authority, seal: Seal, tmp_path: Path
) -> None:
    path = tmp_path / "stamped.mp4"
    sign_file(seal.plain, path, request(), seal.identity, stamping=Stamping((authority.url,)))
    own = [str(seal.identity.root_pem)]

    trusted = verify(path, trust=Trust.of(development=own, tsa_files=[authority.root]))
    assert trusted.verdict == "intact" and trusted.axes["time"].state == "pass", trusted.axes["time"]
    assert trusted.axes["time"].sentence.startswith(
        f"Signed no later than {dt.datetime.now(dt.UTC):%Y-%m-%d}"
    )
    assert trusted.manifest is not None and trusted.manifest.signer_kind == "development"

    unknown = verify(path, trust=Trust.of(development=own))
    assert unknown.verdict == "intact" and unknown.axes["time"].state == "warn", unknown.axes["time"]
    assert "timeStamp.untrusted" in unknown.axes["time"].codes
    assert unknown.manifest is not None and unknown.manifest.signed_no_later_than is None


def test_only_a_time_stamp_outlives_the_certificate(authority: Authority, seal: Seal, tmp_path: Path) -> None:
    # A development leaf lives 366 days from five minutes before its making; this one ends in four seconds.
    end = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=4)
    identity = create_development(
        tmp_path / "identity", now=end + dt.timedelta(minutes=5) - dt.timedelta(days=366)
    )
    sign_file(seal.plain, tmp_path / "stamped.mp4", request(), identity, stamping=Stamping((authority.url,)))
    sign_file(seal.plain, tmp_path / "plain.mp4", request(), identity)
    time.sleep(max((identity.not_after - dt.datetime.now(dt.UTC)).total_seconds() + 1.1, 0))
    with pytest.raises(IdentityError) as caught:
        load(tmp_path / "identity")
    assert caught.value.code == "identity_expired"
    with pytest.raises(SealError):
        sign_file(seal.plain, tmp_path / "late.mp4", request(), identity)

    trust = Trust.of(development=[str(identity.root_pem)], tsa_files=[authority.root])
    stamped = verify(tmp_path / "stamped.mp4", trust=trust)
    assert stamped.verdict == "intact" and stamped.axes["time"].state == "pass", stamped.summary
    plain = verify(tmp_path / "plain.mp4", trust=trust)
    assert plain.verdict == "broken" and plain.axes["time"].state == "fail", plain.summary
    assert plain.axes["integrity"].state == "pass" and "unchanged since signing" in plain.summary
    assert plain.axes["time"].codes == ("signingCredential.expired",)


DEAD = "http://127.0.0.1:9/"


@contextmanager
def answering(body: bytes, *, status: int = 200, headers: dict[str, str] | None = None) -> Iterator[str]:
    """A server that always says the same."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def silent() -> Iterator[str]:
    """Takes the connection and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"


@pytest.fixture
def dripping() -> Iterator[str]:
    """Sends a byte now and then, so that no single read ever times out."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
                while not stop.wait(0.1):
                    try:
                        connection.sendall(b"0")
                    except OSError:
                        return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        stop.set()
        thread.join(5)


def test_the_next_authority_is_asked_when_one_gives_nothing(
    authority: Authority, silent: str, seal: Seal, tmp_path: Path
) -> None:
    path = tmp_path / "stamped.mp4"
    with answering(b"no", status=500) as failing, answering(b"nonsense") as talking:
        asked = (DEAD, silent, failing, talking, authority.url)
        signed = sign_file(seal.plain, path, request(), seal.identity, stamping=Stamping(asked, timeout_s=3))
    assert (signed.stamp.state, signed.stamp.authority) == ("stamped", authority.url)
    assert len(signed.stamp.reasons) == 4
    for reason, words in zip(
        signed.stamp.reasons,
        ("cannot be reached", "did not answer within 3 s", "status 500", "no time stamp"),
        strict=True,
    ):
        assert words in reason
    report = verify(
        path, trust=Trust.of(development=[str(seal.identity.root_pem)], tsa_files=[authority.root])
    )
    assert report.axes["time"].state == "pass"
    assert signed.manifest_store == container.embedded_store(path)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("kind", ["silent", "dripping"])
def test_a_wait_for_an_authority_ends(kind: str, request: pytest.FixtureRequest) -> None:
    url, start = request.getfixturevalue(kind), time.monotonic()
    with pytest.raises(SealError, match="within 1 s") as caught:
        timestamps.ask(url, b"message", timeout_s=1)
    assert caught.value.retryable and time.monotonic() - start < 5


def test_an_endless_answer_and_a_detour_are_refused(authority: Authority) -> None:
    with (
        answering(b"0" * (timestamps.MAX_ANSWER_BYTES + 1)) as url,
        pytest.raises(SealError, match="more than"),
    ):
        timestamps.ask(url, b"message", timeout_s=10)
    with (
        answering(b"", status=302, headers={"Location": authority.url}) as url,
        pytest.raises(SealError, match="status 302"),
    ):
        timestamps.ask(url, b"message", timeout_s=10)
    with pytest.raises(SealError, match="not the address"):
        timestamps.ask("file:///etc/hostname", b"message", timeout_s=10)


def test_the_stamp_of_something_else_and_an_old_answer_are_refused(authority: Authority) -> None:
    question = timestamps._question(hashlib.sha256(b"this").digest(), 7)
    answer = timestamps._exchange(authority.url, question, 30)
    digest = hashlib.sha256(b"this").digest()
    assert timestamps._token(answer, digest, 7).time <= dt.datetime.now(dt.UTC)
    with pytest.raises(ValueError, match="something else"):
        timestamps._token(answer, hashlib.sha256(b"that").digest(), 7)
    with pytest.raises(ValueError, match="another question"):
        timestamps._token(answer, digest, 8)
    for end in range(0, len(answer) - 1, 40):
        with pytest.raises((ValueError, IndexError)):
            timestamps._token(answer[:end], digest, 7)


def test_without_a_stamp_nothing_is_signed_unless_it_may_wait(seal: Seal, tmp_path: Path) -> None:
    with pytest.raises(SealError) as caught:
        sign_file(seal.plain, tmp_path / "a.mp4", request(), seal.identity, stamping=Stamping((DEAD, DEAD)))
    assert caught.value.code == "time_stamp" and caught.value.retryable
    assert str(caught.value).count(DEAD) == 2 and list(tmp_path.iterdir()) == []
    waiting = Stamping((DEAD,), may_wait=True)
    signed = sign_file(seal.plain, tmp_path / "b.mp4", request(), seal.identity, stamping=waiting)
    assert signed.stamp.state == "pending" and DEAD in signed.stamp.reasons[0]
    report = verify(tmp_path / "b.mp4", trust=Trust.of(development=[str(seal.identity.root_pem)]))
    ends = f"it stops verifying on {seal.identity.not_after:%Y-%m-%d}"
    assert report.verdict == "intact" and ends in report.axes["time"].sentence


def test_a_stamp_can_be_put_in_later_and_without_the_key(
    authority: Authority, seal: Seal, tmp_path: Path
) -> None:
    path = tmp_path / "late.mp4"
    first = sign_file(seal.plain, path, request(), seal.identity)
    size = path.stat().st_size
    store, sha256, stamp = stamp_file(path, Stamping((DEAD, authority.url)))
    assert stamp.state == "stamped" and path.stat().st_size == size and sha256 != first.sha256
    assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256
    assert container.embedded_store(path) == store and len(store) == len(first.manifest_store)
    trust = Trust.of(development=[str(seal.identity.root_pem)], tsa_files=[authority.root])
    report = verify(path, trust=trust)
    assert report.verdict == "intact" and report.axes["time"].state == "pass", report.summary
    assert report.manifest is not None and report.manifest.manifest_id == first.manifest_id
    with pytest.raises(SealError, match="already") as caught:
        stamp_file(path, Stamping((authority.url,)))
    assert caught.value.code == "time_stamp"


def test_a_stamp_is_not_put_into_a_file_that_does_not_stand(
    authority: Authority, seal: Seal, tmp_path: Path
) -> None:
    for content in (seal.plain.read_bytes(), seal.path.read_bytes()[:-2000]):
        path = tmp_path / "broken.mp4"
        path.write_bytes(content)
        with pytest.raises(SealError) as caught:
            stamp_file(path, Stamping((authority.url,)))
        assert caught.value.code == "source_credential" and path.read_bytes() == content
    assert [found.name for found in tmp_path.iterdir()] == ["broken.mp4"]


def test_a_stamp_that_does_not_validate_is_not_used(authority: Authority, seal: Seal, tmp_path: Path) -> None:
    """The answer to another question, with hash and nonce bent to look right: only its signature is wrong."""
    message = cose.to_be_stamped(seal.signed.manifest_store)
    token = timestamps.ask(authority.url, b"another message", timeout_s=30)
    old, new = hashlib.sha256(b"another message").digest(), hashlib.sha256(message).digest()
    forged = cose.with_stamp(seal.signed.manifest_store, token.der.replace(old, new))
    assert "timeStamp.validated" not in credential.read_store(forged, Trust()).success


def test_a_stamp_too_large_for_its_room_is_refused(seal: Seal) -> None:
    with pytest.raises(SealError, match="does not fit"):
        cose.with_stamp(seal.signed.manifest_store, bytes(20_000))
    damaged = seal.signed.manifest_store[:-200]
    with pytest.raises(SealError, match="cannot be found"):
        cose.to_be_stamped(damaged)


def test_an_independent_validator_accepts_a_stamp_put_in_later(
    authority: Authority, seal: Seal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encypher = pytest.importorskip(
        "encypher_c2pa", reason="the independent validator is a development dependency"
    )
    monkeypatch.setenv("ENCYPHER_C2PA_TELEMETRY", "off")
    path = tmp_path / "stamped.mp4"
    sign_file(seal.plain, path, request(), seal.identity)
    stamp_file(path, Stamping((authority.url,)))
    report = dict(
        encypher.verify(
            path,
            trust_pem=str(seal.identity.root_pem),
            tsa_trust_pem=authority.root.read_text(),
            no_default_trust=True,
            online=False,
        )
    )
    success = {entry["code"] for entry in report["validation_results"]["success"]}
    assert {"timeStamp.validated", "timeStamp.trusted"} <= success
    assert (report["integrity"], report["signature"], report["hard_binding"]) == ("valid", "valid", "match")
