# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Videos in a bucket of a real S3 server that others filled: verified one by one, and audited all together."""

import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import adseal
from adseal.audit import Settings, audit
from adseal.audit_table import Row
from adseal.cli.app import app
from adseal.errors import MissingExtra
from adseal.stores.errors import (
    BadStoreUri,
    BucketMissing,
    ObjectMissing,
    ObjectTooLarge,
    StoreAccessDenied,
    StoreUnavailable,
)
from adseal.stores.s3_reading import S3Bucket, split_address
from adseal_provenance.reading import media
from tests.provenance_kit import Seal, make_seal

BIG = 3_000_000
#: Names that no store of ours would take, as other people's programs write them.
STRANGE = [
    "=cmd|x.mp4",
    "a b/ü + é?&#%20.mp4",
    "twice//slash.mp4",
    "e\u0301 decomposed.mp4",
    "back\\slash.mp4",
]


@pytest.fixture(scope="module")
def seal(tmp_path_factory: pytest.TempPathFactory) -> Seal:
    return make_seal(tmp_path_factory.mktemp("sealed"))


@pytest.fixture
def put(s3_settings: Any) -> Callable[[str, bytes], str]:
    """Puts an object as any other program would, and gives its address."""
    import boto3
    from botocore.config import Config

    client = boto3.session.Session(region_name="us-east-1").client(
        "s3", endpoint_url=s3_settings.endpoint_url, config=Config(s3={"addressing_style": "path"})
    )

    def put(key: str, body: bytes) -> str:
        client.put_object(Bucket=s3_settings.bucket, Key=key, Body=body)
        return f"s3://{s3_settings.bucket}/{key}"

    return put


@pytest.fixture
def folder() -> str:
    return uuid.uuid4().hex[:12]


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go."""
    room = tmp_path / "tmp"
    room.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(room))
    return room


@pytest.mark.parametrize("name", ["spot.mp4", *STRANGE])
def test_an_object_is_verified_like_the_file_and_no_copy_stays(
    name: str, put: Callable[[str, bytes], str], folder: str, seal: Seal, room: Path
) -> None:
    address = put(f"{folder}/{name}", seal.path.read_bytes())
    found = adseal.verify(address)
    assert (found.verdict, found.sha256) == ("intact", seal.signed.sha256)
    assert found.file == address
    assert list(room.iterdir()) == []


def test_the_command_takes_objects_beside_files(
    put: Callable[[str, bytes], str], folder: str, seal: Seal
) -> None:
    address = put(f"{folder}/text.mp4", b"words")
    said = CliRunner().invoke(app, ["verify", str(seal.path), address, "--json"])
    assert said.exit_code == 3, said.output
    reports = json.loads(said.stdout)
    assert [(r["file"], r["verdict"]) for r in reports] == [
        (str(seal.path), "intact"),
        (address, "unreadable"),
    ]
    assert "adseal-received" not in said.stdout


def test_an_object_larger_than_a_file_may_be_is_not_even_begun(
    put: Callable[[str, bytes], str], folder: str, room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = put(f"{folder}/big.mp4", bytes(BIG))
    usual = media.Limits()
    monkeypatch.setattr(media, "Limits", lambda: replace(usual, max_bytes=BIG - 1))
    monkeypatch.setattr("adseal.stores.s3_reading.land", lambda *_, **__: pytest.fail("it was downloaded"))
    found = adseal.verify(address)
    assert found.verdict == "unreadable" and f"it has {BIG} bytes" in found.summary
    assert list(room.iterdir()) == []


def test_a_server_that_sends_more_than_it_said_is_cut_off(
    put: Callable[[str, bytes], str], folder: str, tmp_path: Path, s3_settings: Any
) -> None:
    put(f"{folder}/big.mp4", bytes(BIG))
    there = S3Bucket(s3_settings.bucket).find(f"{folder}/big.mp4")
    with pytest.raises(ObjectTooLarge):
        replace(there, size=10).download(tmp_path / "copy", max_bytes=BIG // 2)
    assert list(tmp_path.iterdir()) == []
    assert there.download(tmp_path / "copy", max_bytes=BIG) == BIG


def test_an_object_that_was_changed_between_two_reads_is_told(
    put: Callable[[str, bytes], str], folder: str, tmp_path: Path, s3_settings: Any
) -> None:
    put(f"{folder}/a.mp4", b"one of them")
    there = S3Bucket(s3_settings.bucket).find(f"{folder}/a.mp4")
    assert there.read(4, 100) == b"of them" and there.read(100, 5) == b""
    put(f"{folder}/a.mp4", b"the other one")
    with pytest.raises(StoreUnavailable, match="changed meanwhile"):
        there.read(0, 3)
    with pytest.raises(StoreUnavailable, match="changed meanwhile"):
        there.download(tmp_path / "copy", max_bytes=BIG)


def test_what_keeps_an_object_away_is_told_with_what_to_do(
    s3_settings: Any, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"s3://{s3_settings.bucket}/{folder}/none.mp4"
    for wrong, error, hint in (
        (address, ObjectMissing, "adseal audit"),
        ("s3://no-such-bucket-here/a.mp4", BucketMissing, "create it"),
        (f"s3://{s3_settings.bucket}", BadStoreUri, "s3://bucket/key"),
        ("s3://", BadStoreUri, "s3://bucket/key"),
        ("s3://me:secret@bucket/key", BadStoreUri, "AWS_ACCESS_KEY_ID"),
    ):
        with pytest.raises(error) as caught:
            adseal.verify(wrong)
        assert hint in caught.value.hint and "secret@" not in str(caught.value)
    said = CliRunner().invoke(app, ["verify", address, "--json"])
    assert said.exit_code == 1 and json.loads(said.stdout)["error"]["code"] == "object_missing"
    with monkeypatch.context() as patch:
        patch.setenv("AWS_SECRET_ACCESS_KEY", "not-the-right-one")
        with pytest.raises(StoreAccessDenied, match="secret access key does not belong") as denied:
            adseal.verify(address)
        assert "AWS_SECRET_ACCESS_KEY" in denied.value.hint


def test_without_the_extra_the_hint_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.util

    usual = importlib.util.find_spec
    monkeypatch.setattr("adseal.errors.find_spec", lambda name: None if name == "boto3" else usual(name))
    for ask in (lambda: adseal.verify("s3://ads/a.mp4"), lambda: audit("s3://ads/received")):
        with pytest.raises(MissingExtra) as caught:
            ask()
        assert "adseal[s3]" in caught.value.hint


@pytest.mark.parametrize(
    ("address", "parts"),
    [("s3://b/k", ("b", "k")), ("s3://b/a@b:c//?#%", ("b", "a@b:c//?#%")), ("s3://b/", None)],
)
def test_a_key_is_taken_as_it_is_written(address: str, parts: tuple[str, str] | None) -> None:
    if parts is None:
        assert split_address(address, part="prefix") == ("b", "")
        with pytest.raises(BadStoreUri):
            split_address(address)
    else:
        assert split_address(address) == parts


def test_a_bucket_is_audited_with_one_read_each_and_whole_reads_where_it_is_worth_it(
    put: Callable[[str, bytes], str], folder: str, seal: Seal, tmp_path: Path, room: Path
) -> None:
    from adseal_provenance.reading.triage import HEAD_BYTES

    plain = seal.plain.read_bytes()
    sealed = put(f"{folder}/sealed.mp4", seal.path.read_bytes())
    bare = put(f"{folder}/plain.mp4", plain + bytes(BIG))
    put(f"{folder}/strange/{STRANGE[0]}", b"words")
    put(f"{folder}/notes.txt", b"no video")
    put(f"{folder}-other/a.mp4", b"not below the prefix")
    rows: dict[str, Row] = {}
    table = tmp_path / "t.csv"
    settings = Settings(small_bytes=1_000_000, jobs=2)

    def run(**options: Any) -> Any:
        rows.clear()
        return audit(
            f"s3://ads/{folder}/",
            settings,
            table=table,
            heard=lambda _, row: rows.update({row.key: row} if row else {}),
            **options,
        )

    done = run()
    assert {row.verdict for row in rows.values()} == {"intact", "", "unreadable"} and len(rows) == 3
    assert rows[sealed].verdict == "intact" and rows[sealed].etag
    assert rows[sealed].bytes_read == rows[sealed].size + min(HEAD_BYTES, rows[sealed].size)
    assert rows[bare].verdict == "" and rows[bare].triage in ("absent", "unclear")
    assert rows[bare].bytes_read <= 2 * HEAD_BYTES
    assert list(room.iterdir()) == []

    put(f"{folder}/sealed.mp4", seal.plain.read_bytes())
    again = run(resume=True)
    assert (done.resumed, again.resumed, rows[sealed].verdict) == (0, 2, "none")


def test_an_object_that_goes_while_it_is_audited_stops_no_other(
    put: Callable[[str, bytes], str], folder: str, s3_settings: Any, seal: Seal
) -> None:
    keys = [f"{folder}/{name}.mp4" for name in "abc"]
    for key in keys:
        put(key, seal.path.read_bytes())
    rows: dict[str, Row] = {}

    def heard(_: object, row: Row | None) -> None:
        if row is None:  # everything was listed, and nothing was read yet
            S3Bucket(s3_settings.bucket).client().delete_object(Bucket=s3_settings.bucket, Key=keys[1])
            return
        rows[row.key.removeprefix(f"s3://{s3_settings.bucket}/")] = row

    done = audit(f"s3://{s3_settings.bucket}/{folder}", heard=heard)
    assert [rows[key].verdict for key in keys] == ["intact", "", "intact"]
    assert rows[keys[1]].error == "object_missing" and done.verdicts["error"] == 1


def test_a_bucket_that_is_not_there_or_closed_ends_the_audit_at_once(
    s3_settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert CliRunner().invoke(app, ["audit", "s3://no-such-bucket-here/x"]).exit_code == 2
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "not-the-right-one")
    said = CliRunner().invoke(app, ["audit", f"s3://{s3_settings.bucket}/"])
    assert said.exit_code == 1 and "AWS_ACCESS_KEY_ID" in said.stderr
