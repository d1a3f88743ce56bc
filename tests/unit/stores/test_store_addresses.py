# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""From an address to a store, without ever repeating a secret."""

import subprocess
import sys
from pathlib import Path

import pytest

from adseal.errors import MissingExtra
from adseal.stores import DirectoryStore, S3Store, Store, open_store
from adseal.stores.errors import BadStoreUri, StoreError

SECRET = "wJalrXUtnFEMIxK7MDENGxbPxRfiCYEXAMPLEKEY"


def test_a_path_and_a_file_uri_are_the_same_folder(tmp_path: Path) -> None:
    folder = tmp_path / "Werbung 夏 #1"
    by_path, by_uri = open_store(str(folder)), open_store(folder.as_uri())
    assert isinstance(by_path, DirectoryStore)
    assert isinstance(by_uri, DirectoryStore)
    assert by_path.root == by_uri.root == folder
    assert open_store(by_path.uri).uri == by_path.uri
    assert isinstance(by_path, Store)


def test_the_home_folder_is_expanded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert open_store("~/ads").uri == (tmp_path / "ads").as_uri()


@pytest.mark.parametrize(
    ("uri", "bucket", "prefix"),
    [
        ("s3://ads", "ads", ""),
        ("s3://ads/", "ads", ""),
        ("s3://ads/summer/2026/", "ads", "summer/2026"),
        ("S3://ads/a b/夏?x#y", "ads", "a b/夏?x#y"),
    ],
)
def test_an_s3_address_has_a_bucket_and_a_prefix(uri: str, bucket: str, prefix: str) -> None:
    store = open_store(uri)
    assert isinstance(store, S3Store)
    assert (store.bucket, store.prefix, store.endpoint_url) == (bucket, prefix, None)
    assert open_store(store.uri).uri == store.uri
    assert isinstance(store, Store)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        " out",
        "out\0",
        "s3://",
        "s3:///key",
        "s3:/ads/x",
        "s3://A_BUCKET",
        "s3://ab",
        "s3://ads/../other",
        "s3://ads/.adseal",
        "gs://ads",
        "https://example.com/ads",
        "file://server/share",
        "file:///",
        "file:///x?y",
        "file://[",
    ],
)
def test_an_address_that_is_none_is_refused_with_a_hint(uri: str) -> None:
    with pytest.raises(BadStoreUri) as raised:
        open_store(uri)
    assert raised.value.hint
    assert not raised.value.retryable


@pytest.mark.parametrize(
    "uri",
    [
        f"s3://AKIAEXAMPLE:{SECRET}@ads/prefix",
        f"s3://{SECRET}@ads",
        f"s3://AKIAEXAMPLE:{SECRET[:9]}/{SECRET[9:]}@ads/x",
        f"s3://AKIAEXAMPLE:{SECRET}",
        f"s3:/AKIAEXAMPLE:{SECRET}@ads",
        f"https://user:{SECRET}@example.com/",
        f"file://user:{SECRET}@host/x",
    ],
)
def test_credentials_in_an_address_are_refused_and_not_repeated(uri: str) -> None:
    with pytest.raises(BadStoreUri) as raised:
        open_store(uri)
    shown = f"{raised.value} {raised.value!r} {raised.value.hint} {raised.value.__cause__!r}"
    assert not any(piece in shown for piece in (SECRET, SECRET[:9], SECRET[9:], "AKIAEXAMPLE"))


@pytest.mark.parametrize(
    "url",
    [
        f"http://user:{SECRET}@127.0.0.1:1",
        "ftp://x",
        "localhost:9000",
        "http://",
        "http://h:99999",
        "http://h/?q",
    ],
)
def test_an_endpoint_that_is_none_is_refused_and_not_repeated(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADSEAL_S3_ENDPOINT_URL", url)
    with pytest.raises(BadStoreUri, match="ADSEAL_S3_ENDPOINT_URL") as raised:
        open_store("s3://ads")
    assert SECRET not in f"{raised.value} {raised.value!r} {raised.value.hint}"


def test_our_own_endpoint_variable_goes_before_those_of_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, url in (
        ("AWS_ENDPOINT_URL", "http://third"),
        ("AWS_ENDPOINT_URL_S3", "http://second"),
        ("ADSEAL_S3_ENDPOINT_URL", "http://first/"),
    ):
        monkeypatch.setenv(name, url)
        store = open_store("s3://ads")
        assert isinstance(store, S3Store)
        assert store.endpoint_url == url.rstrip("/")


def test_without_boto3_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    monkeypatch.setattr("adseal.errors.find_spec", lambda name: None if name == "boto3" else object())
    with pytest.raises(MissingExtra) as raised:
        open_store("s3://ads/x")
    assert "adseal[s3]" in raised.value.hint


def test_every_store_error_has_a_code_of_its_own() -> None:
    def below(kind: type[StoreError]) -> list[type[StoreError]]:
        return [kind, *(k for sub in kind.__subclasses__() for k in below(sub))]

    kinds = below(StoreError)
    assert len({k.code for k in kinds}) == len(kinds) == 13
    assert {k.code for k in kinds if k.retryable} == {"store_unavailable"}


def test_importing_the_stores_and_opening_a_folder_loads_no_boto3() -> None:
    script = (
        "import sys, adseal.stores, adseal.stores.base; adseal.stores.open_store('x');"
        "sys.exit(any(m in sys.modules for m in ('boto3', 'botocore', 's3transfer', 'torch', 'cv2')))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False, timeout=60).returncode == 0
