# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""A bucket of a real S3 server: what goes wrong there, and that it is told before anything is rendered."""

import contextlib
import http.server
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from adseal.stores import S3Store, open_store
from adseal.stores.errors import (
    BucketMissing,
    ChecksumMismatch,
    ObjectExists,
    StoreAccessDenied,
    StoreError,
    StoreUnavailable,
)
from adseal.stores.s3 import Patience
from adseal.stores.s3_upload import measure, send

FileOf = Callable[[bytes | int], Path]
QUICK = Patience(connect_s=0.5, read_s=0.5, attempts=2)
BIG = 20_000_000


@pytest.fixture
def client(s3_settings: Any) -> Any:
    """The server seen by a program that is not ours."""
    import boto3
    from botocore.config import Config

    return boto3.session.Session(region_name="us-east-1").client(
        "s3", endpoint_url=s3_settings.endpoint_url, config=Config(s3={"addressing_style": "path"})
    )


def s3(uri: str) -> S3Store:
    store = open_store(uri)
    assert isinstance(store, S3Store)
    return store


def every_way(store: S3Store, path: Path) -> dict[str, Callable[[], object]]:
    return {
        "check": store.check,
        "put": lambda: store.put("a", path, content_type="video/mp4"),
        "fetch": lambda: store.fetch("a", path),
        "head": lambda: store.head("a"),
        "list": lambda: list(store.list()),
        "delete": lambda: store.delete("a"),
    }


def test_a_wrong_secret_is_told_from_an_unknown_key_on_every_way_in(
    bucket: str, file_of: FileOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, said, hint in (
        ("AWS_SECRET_ACCESS_KEY", "secret access key does not belong", "AWS_SECRET_ACCESS_KEY"),
        ("AWS_ACCESS_KEY_ID", "access key id is not known", "AWS_ACCESS_KEY_ID"),
    ):
        with monkeypatch.context() as patch:
            patch.setenv(name, "not-the-right-one")
            for way in every_way(s3(bucket), file_of(b"x")).values():
                with pytest.raises(StoreAccessDenied, match=said) as raised:
                    way()
                assert hint in raised.value.hint
                assert "not-the-right-one" not in f"{raised.value} {raised.value.__cause__}"
                assert not raised.value.retryable


def test_credentials_that_may_only_read_are_told_by_the_check(
    bucket: str, s3_settings: Any, file_of: FileOf, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    s3(bucket).put("a", file_of(b"x"), content_type="video/mp4")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", s3_settings.reader[0])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", s3_settings.reader[1])
    reader = s3(bucket)
    with pytest.raises(StoreAccessDenied, match="may not do this") as raised:
        reader.check()
    assert "s3:PutObject" in raised.value.hint
    with pytest.raises(StoreAccessDenied):
        reader.put("b", file_of(b"y"), content_type="video/mp4")
    assert reader.fetch("a", tmp_path / "back").size == 1
    assert [o.key for o in reader.list()] == ["a"]


def test_no_credentials_at_all_are_told(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(StoreAccessDenied, match="no complete credentials"):
        s3(bucket).check()


def test_a_profile_that_does_not_exist_is_told(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(StoreAccessDenied, match="profile"):
        s3(bucket).check()


def test_a_missing_bucket_is_told(s3_settings: Any, file_of: FileOf) -> None:
    ways = every_way(s3("s3://no-such-bucket/x"), file_of(b"x"))
    del ways["head"]  # the answer to a HEAD cannot tell a missing bucket from a missing object
    for way in ways.values():
        with pytest.raises(BucketMissing) as raised:
            way()
        assert "create" in raised.value.hint


def test_a_closed_port_is_told_at_once(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("ADSEAL_S3_ENDPOINT_URL", f"http://127.0.0.1:{free.getsockname()[1]}")
    started = time.monotonic()
    with pytest.raises(StoreUnavailable) as raised:
        s3(bucket).check()
    assert time.monotonic() - started < 10
    assert raised.value.retryable
    assert "endpoint" in raised.value.hint


@pytest.fixture
def silent_server() -> Iterator[str]:
    """Takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_a_silent_server_is_given_up_on_every_way_in(
    silent_server: str, s3_settings: Any, file_of: FileOf
) -> None:
    store = S3Store("ads", endpoint_url=silent_server, patience=QUICK, check_patience=QUICK)
    with ThreadPoolExecutor(6) as pool:
        started = time.monotonic()
        waits = [pool.submit(way) for way in every_way(store, file_of(b"x")).values()]
        for wait in waits:
            with pytest.raises(StoreUnavailable):
                wait.result(timeout=20)
    assert time.monotonic() - started < 20


class _WebSite(http.server.BaseHTTPRequestHandler):
    """Answers everything with a page, as a wrong port or a captive portal does."""

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><p>Welcome & hello")

    do_HEAD = do_PUT = do_POST = do_DELETE = do_GET  # noqa: N815 — the names of the base class

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_server_that_does_not_speak_s3_is_a_store_error_on_every_way_in(
    s3_settings: Any, file_of: FileOf
) -> None:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _WebSite) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        store = S3Store("ads", endpoint_url=url, patience=QUICK, check_patience=QUICK)
        with pytest.raises(StoreUnavailable):
            store.check()
        for name, way in every_way(store, file_of(b"x")).items():
            if name != "delete":  # a 200 is all that a delete may answer
                with contextlib.suppress(StoreError):
                    way()
        server.shutdown()


def test_an_upload_refused_in_the_middle_leaves_no_parts(
    bucket: str, file_of: FileOf, client: Any, tmp_path: Path
) -> None:
    source = file_of(BIG)
    where = {"Bucket": "ads", "Key": bucket.removeprefix("s3://ads/") + "/big.mp4"}
    measured = measure(source)
    with source.open("r+b") as file:  # the file changes after its checksums were taken
        file.seek(BIG - 5)
        file.write(b"other")
    with pytest.raises(client.exceptions.ClientError, match="BadDigest"):
        send(client, source, measured, where, {"ContentType": "video/mp4", "Metadata": {}})
    assert client.list_multipart_uploads(Bucket="ads", Prefix=where["Key"]).get("Uploads", []) == []
    assert s3(bucket).head("big.mp4") is None


def test_a_file_that_changes_while_it_is_sent_is_refused(
    bucket: str, file_of: FileOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = file_of(1000)
    wrong = measure(file_of(1000))
    monkeypatch.setattr("adseal.stores.s3.measure", lambda _: wrong)
    with pytest.raises(ChecksumMismatch) as raised:
        s3(bucket).put("a", source, content_type="video/mp4")
    assert raised.value.retryable
    assert s3(bucket).head("a") is None


def test_of_racing_multipart_uploads_exactly_one_wins_and_none_leaves_parts(
    bucket: str, file_of: FileOf, client: Any
) -> None:
    """SeaweedFS decides a race under a lock that it holds for five seconds at most (its pull request 8801), which
    a starved machine can outlast: then two win, and the first of them is told so at best. So the race may be run
    again, twice; a store that does not ask the server to decide never has a single winner.
    """
    store = s3(bucket)
    start = threading.Barrier(3)

    def race(key: str) -> Callable[[Path], str]:
        def put(source: Path) -> str:
            start.wait()
            try:
                return store.put(key, source, content_type="video/mp4").sha256
            except ObjectExists:
                return ""
            except ChecksumMismatch:  # it had won, and then the server let another one win, too
                return "overwritten"

        return put

    for attempt in range(3):
        sources = [file_of(BIG) for _ in range(3)]
        with ThreadPoolExecutor(3) as pool:
            won = [sha256 for sha256 in pool.map(race(f"{attempt}.mp4"), sources) if sha256]
        there = store.head(f"{attempt}.mp4")
        assert there is not None
        assert there.sha256 in won
        assert client.list_multipart_uploads(Bucket="ads", Prefix=store.prefix).get("Uploads", []) == []
        if won == [there.sha256]:
            return
    pytest.fail(f"{len(won)} of three racing uploads were told that they had won, three times in a row")


def test_a_put_whose_answer_was_lost_is_recognised_as_its_own(
    bucket: str, file_of: FileOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first send arrives, its answer does not; botocore's repeat meets the object."""
    from adseal.stores import s3 as module

    def send_twice(*args: Any) -> None:
        send(*args)
        send(*args)

    monkeypatch.setattr(module, "send", send_twice)
    assert s3(bucket).put("a", file_of(b"x"), content_type="video/mp4").already_there
    assert s3(bucket).put("b", file_of(BIG), content_type="video/mp4").size == BIG


def test_an_object_of_another_program_is_compared_by_its_bytes(
    bucket: str, file_of: FileOf, client: Any, tmp_path: Path
) -> None:
    store = s3(bucket)
    client.put_object(Bucket="ads", Key=f"{store.prefix}/theirs", Body=b"theirs", Metadata={"Who": "them%41"})
    client.put_object(Bucket="ads", Key=f"{store.prefix}/.adseal-x", Body=b"no key of ours")
    (found,) = store.list()
    assert (found.key, found.sha256, found.size) == ("theirs", "", 6)
    assert len(store.fetch("theirs", tmp_path / "back").sha256) == 64
    assert store.put("theirs", file_of(b"theirs"), content_type="video/mp4").already_there
    for other in (b"other!", b"longer one"):
        with pytest.raises(ObjectExists):
            store.put("theirs", file_of(other), content_type="video/mp4")


def test_bytes_that_rot_in_the_bucket_are_not_handed_out(
    bucket: str, file_of: FileOf, client: Any, tmp_path: Path
) -> None:
    store = s3(bucket)
    store.put("ad.mp4", file_of(b"sealed"), content_type="video/mp4")
    key = f"{store.prefix}/ad.mp4"
    client.put_object(
        Bucket="ads", Key=key, Body=b"forged", Metadata=client.head_object(Bucket="ads", Key=key)["Metadata"]
    )
    with pytest.raises(ChecksumMismatch):
        store.fetch("ad.mp4", tmp_path / "back")
    assert not (tmp_path / "back").exists()


def test_a_check_leaves_no_begun_upload(bucket: str, client: Any) -> None:
    store = s3(bucket)
    store.check()
    assert client.list_multipart_uploads(Bucket="ads", Prefix=store.prefix).get("Uploads", []) == []
    assert client.list_objects_v2(Bucket="ads", Prefix=store.prefix)["KeyCount"] == 0


def test_other_programs_read_plain_metadata_as_it_was_written(
    bucket: str, file_of: FileOf, client: Any
) -> None:
    store = s3(bucket)
    store.put(
        "ad.mp4", file_of(b"x"), content_type="video/mp4", metadata={"adseal-id": "00ff", "t": "a b, (c)"}
    )
    seen = client.head_object(Bucket="ads", Key=f"{store.prefix}/ad.mp4")
    assert seen["ContentType"] == "video/mp4"
    assert {n: v for n, v in seen["Metadata"].items() if n != "adseal-sha256"} == {
        "adseal-id": "00ff",
        "t": "a b, (c)",
    }


def test_the_store_shows_no_secret(bucket: str, file_of: FileOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "top-secret")
    store = s3(bucket)
    with pytest.raises(StoreError) as raised:
        store.check()
    assert (
        "top-secret" not in f"{store!r} {store.uri} {vars(store)} {raised.value!r} {raised.value.__cause__!r}"
    )
    assert os.environ["AWS_SECRET_ACCESS_KEY"] == "top-secret"
