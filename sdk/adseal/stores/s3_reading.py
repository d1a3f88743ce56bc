# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Objects in a bucket that others filled: listed, looked at, read in part or whole. Nothing is ever written.

A `Store` accepts only names that it could have put itself; here every name counts, as the server spells it. The client,
its patience and its errors are those of `S3Store`. A part that is read and the whole that is read later are of the same
object: each request names the ETag that was seen first (`If-Match`, RFC 9110 §13.1.1).
"""

import contextlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from adseal.stores.base import CHUNK_BYTES
from adseal.stores.errors import (
    BadStoreUri,
    ObjectMissing,
    ObjectTooLarge,
    StoreAccessDenied,
    StoreError,
    StoreUnavailable,
)
from adseal.stores.local import land
from adseal.stores.s3 import S3Store
from adseal.stores.s3_errors import TAKEN, code_of, not_s3, s3_errors

SCHEME = "s3://"
_TRIES = 3  # of a whole download, above botocore's own retries of a request
_HINT = "s3://bucket/key"


@dataclass(frozen=True)
class S3Object:
    """One object, as it was when it was seen first.

    Attributes:
        address: `s3://bucket/key`.
        size: bytes.
        etag: the server's name for these bytes, without quotes.
        modified: aware time of the last change.
    """

    bucket: "S3Bucket" = field(repr=False)
    key: str
    size: int
    etag: str
    modified: datetime

    @property
    def address(self) -> str:
        return f"{SCHEME}{self.bucket.name}/{self.key}"

    def video(self) -> "S3Object":
        """What `adseal.receive.verify` takes for it."""
        return self

    def read(self, start: int, length: int) -> bytes:
        """Some of its bytes; fewer where it ends before.

        Raises:
            StoreError: they cannot be read, or the object changed.
        """
        length = min(length, self.size - start)
        if length <= 0:
            return b""
        _, chunks = self._get(Range=f"bytes={start}-{start + length - 1}")
        return b"".join(chunks)[:length]

    def download(self, path: Path, *, max_bytes: int) -> int:
        """Copy all of it to a local file, which appears only whole; its size in bytes.

        Raises:
            ObjectTooLarge: it has more than `max_bytes`, by its size or by what really comes.
            StoreError: anything else.
        """
        self._fits(self.size, max_bytes)
        for attempt in range(1, _TRIES + 1):
            try:
                _, chunks = self._get()
                _, size = land(path, self._bounded(chunks, max_bytes), sha256="", what=self.address)
                return size
            except StoreError as error:
                if not error.retryable or attempt == _TRIES:
                    raise
                time.sleep(0.5 * attempt)
        raise StoreUnavailable(f"cannot read {self.address}")

    def _bounded(self, chunks: Iterator[bytes], max_bytes: int) -> Iterator[bytes]:
        total = 0
        for chunk in chunks:
            total += len(chunk)
            self._fits(total, max_bytes)
            yield chunk

    def _fits(self, size: int, max_bytes: int) -> None:
        if size > max_bytes:
            raise ObjectTooLarge(f"it has {size} bytes, and {max_bytes} are allowed")

    def _get(self, **part: str) -> tuple[dict[str, Any], Iterator[bytes]]:
        doing = f"read {self.address}"

        def changed() -> StoreUnavailable:
            return StoreUnavailable(f"cannot {doing}: it was changed meanwhile", retryable=False)

        from botocore.exceptions import ClientError

        with s3_errors(doing):
            try:
                same = {"IfMatch": f'"{self.etag}"'} if self.etag else {}
                answer = self.bucket.client().get_object(
                    Bucket=self.bucket.name, Key=self.key, **same, **part
                )
            except ClientError as error:
                if code_of(error) in TAKEN:
                    raise changed() from error
                raise

        def chunks() -> Iterator[bytes]:
            with s3_errors(doing), contextlib.closing(answer["Body"]) as body:
                yield from body.iter_chunks(CHUNK_BYTES)

        return answer, chunks()


class S3Bucket:
    """A bucket to read from. Credentials and server are found as `S3Store` finds them.

    Raises:
        MissingExtra: boto3 is not installed.
        BadStoreUri: no bucket can have that name, or the endpoint cannot be.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._store = S3Store(name)

    def client(self) -> Any:
        """The boto3 client; it may be used by several threads."""
        return self._store.client()

    def find(self, key: str) -> S3Object:
        """One object by its name, unread.

        Raises:
            ObjectMissing: nothing lies there; BucketMissing: nor is there a bucket.
            StoreAccessDenied, StoreUnavailable: with a hint.
        """
        doing = f"look at {SCHEME}{self.name}/{key}"
        try:
            with s3_errors(doing):
                answer = self.client().head_object(Bucket=self.name, Key=key)
        except (ObjectMissing, StoreAccessDenied) as error:
            with s3_errors(doing):  # the answer to a HEAD has no words; this one has
                self.client().list_objects_v2(Bucket=self.name, Prefix=key, MaxKeys=1)
            if isinstance(error, ObjectMissing):
                error.hint = "check the key; adseal audit lists what lies under a prefix"
            raise
        if "ContentLength" not in answer:
            raise not_s3(doing)
        return self._object(key, answer, answer["ContentLength"])

    def list(self, prefix: str = "") -> Iterator[S3Object]:
        """The objects whose names begin with `prefix` (a plain string), in the server's order, a page at a time.

        Raises:
            StoreError: while it is listed.
        """
        with s3_errors(f"list {SCHEME}{self.name}/{prefix}"):
            pages = self.client().get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=prefix)
            for page in pages:
                for item in page.get("Contents", []):
                    yield self._object(item["Key"], item, item["Size"])

    def _object(self, key: str, answer: Mapping[str, Any], size: int) -> S3Object:
        modified = answer.get("LastModified")
        return S3Object(
            self,
            key,
            int(size),
            str(answer.get("ETag", "")).strip('"'),
            modified.astimezone(UTC) if isinstance(modified, datetime) else datetime.fromtimestamp(0, UTC),
        )


def split_address(address: str, *, part: Literal["key", "prefix"] = "key") -> tuple[str, str]:
    """Bucket and key (or prefix, which may be empty) of an `s3://` address; the key stays as it is written.

    Raises:
        BadStoreUri: it names no bucket, or no key where one is wanted. It is not quoted back: it may hold a secret.
    """
    bucket, _, key = address.removeprefix(SCHEME).partition("/")
    if "@" in bucket or ":" in bucket:
        raise BadStoreUri(
            "credentials never stand in an address",
            hint="put them into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or use a profile (AWS_PROFILE)",
        )
    if not address.startswith(SCHEME) or not bucket or (part == "key" and not key):
        raise BadStoreUri(f"the address names no {'object' if part == 'key' else 'bucket'}", hint=_HINT)
    return bucket, key
