# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Objects in a bucket of Amazon S3, or of any server that speaks S3 and honours `If-None-Match`.

Create-only is left to the server (`If-None-Match: *`, RFC 9110 §13.1.2), so two writers never both win; a
look beforehand saves sending what is there already. The SHA-256 of the whole file is kept in the object's
metadata, because S3's own checksum of a multipart object is one of the parts' checksums.

An upload killed in the middle leaves nothing under the key, but parts that cost money: the next upload of
the same key clears them away when they are a day old, and so does a lifecycle rule
(AbortIncompleteMultipartUpload).
"""

import contextlib
import hashlib
import os
import re
import secrets
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from adseal.errors import require
from adseal.stores.base import (
    CHUNK_BYTES,
    MAX_KEY_BYTES,
    RESERVED,
    StoredObject,
    check_metadata,
    clean_key,
    clean_prefix,
)
from adseal.stores.errors import (
    BadKey,
    BadStoreUri,
    ChecksumMismatch,
    ObjectExists,
    ObjectMissing,
    StoreAccessDenied,
    StoreError,
    StoreUnavailable,
)
from adseal.stores.local import land
from adseal.stores.s3_errors import CONFLICT, TAKEN, UPLOAD_GONE, code_of, not_s3, s3_errors
from adseal.stores.s3_upload import Measured, measure, send

ENDPOINT_VARIABLES = ("ADSEAL_S3_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
_SUM = "adseal-sha256"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]")
_PLAIN = "".join(chr(c) for c in range(0x20, 0x7F) if chr(c) != "%")
_TRIES = 3  # of a whole fetch or put, above botocore's own retries of a request
_LOOKERS = 8
_BATCH = 64


@dataclass(frozen=True)
class Patience:
    """How long to wait for a server.

    Attributes:
        connect_s: for a connection, seconds.
        read_s: for the next bytes of an answer, seconds.
        attempts: how often a request is sent at most; pauses between grow from 1 s (botocore's standard
            mode).
    """

    connect_s: float = 5.0
    read_s: float = 60.0
    attempts: int = 4


class S3Store:
    """Objects in a bucket, below a prefix. Credentials come from where boto3 finds them.

    Args:
        bucket: its name.
        prefix: put before every key, with a slash between; may be empty.
        endpoint_url: of a server that is not Amazon's; None takes the first of `ENDPOINT_VARIABLES` that is
            set.
        patience: with the server at work.
        check_patience: in `check`, where somebody waits for the answer.

    Raises:
        MissingExtra: boto3 is not installed.
        BadStoreUri: bucket, prefix or endpoint cannot be.
    """

    def __init__(
        self,
        bucket: str,
        prefix: str = "",
        *,
        endpoint_url: str | None = None,
        patience: Patience = Patience(),
        check_patience: Patience = Patience(connect_s=5.0, read_s=15.0, attempts=2),
    ) -> None:
        require("s3", "boto3")
        if not _BUCKET.fullmatch(bucket):
            raise BadStoreUri(
                "that is not a bucket's name", hint="3 to 63 lowercase letters, digits, dots and hyphens"
            )
        try:
            prefix = clean_key(prefix.strip("/"), room=MAX_KEY_BYTES // 2) if prefix.strip("/") else ""
        except BadKey as error:
            raise BadStoreUri(f"the prefix cannot be used: {error}", hint=error.hint) from error
        self.bucket, self.prefix = bucket, prefix
        self.endpoint_url = _endpoint(endpoint_url)
        self._patience, self._check_patience = patience, check_patience
        self._clients: dict[Patience, Any] = {}
        self._making = threading.Lock()

    def __repr__(self) -> str:
        return f"S3Store({self.bucket!r}, {self.prefix!r}, endpoint_url={self.endpoint_url!r})"

    @property
    def uri(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")

    def client(self) -> Any:
        """The boto3 client behind this store, for readers of objects that this store did not put (`s3_reading`)."""
        return self._client(self._patience)

    def check(self) -> None:
        """See `Store.check`. Tells wrong secret, unknown key, missing rights, missing bucket and silence
        apart.

        Lists, begins and aborts an upload, and asks for an object that cannot be there: the three rights
        that are needed later. Nothing appears in the bucket, not for a moment.
        """
        client = self._client(self._check_patience)
        where = self._where(f"probe-{secrets.token_hex(8)}", f"{RESERVED}-check")
        with s3_errors(f"use {self._place}"):
            client.list_objects_v2(Bucket=self.bucket, Prefix=where["Key"], MaxKeys=1)
            upload = client.create_multipart_upload(**where)["UploadId"]
            client.abort_multipart_upload(**where, UploadId=upload)
        with contextlib.suppress(ObjectMissing), s3_errors(f"read from {self._place}"):
            client.get_object(**where)

    def put(
        self, key: str, path: Path, *, content_type: str, metadata: Mapping[str, str] | None = None
    ) -> StoredObject:
        """See `Store.put`. Above 16 MiB in parts of 8 MiB, four at a time."""
        key, path = self._clean(key), Path(path)
        check_metadata(content_type, metadata or {})
        measured = measure(path)
        with contextlib.suppress(
            StoreAccessDenied
        ):  # without s3:ListBucket a free key is "denied"; the put will tell
            there = self.head(key)
            if there is not None:
                return self._settle(there, measured)
        what = {
            "ContentType": content_type,
            "Metadata": {_SUM: measured.sha256, **{n: _escape(v) for n, v in (metadata or {}).items()}},
        }
        taken = self._send(key, path, measured, what)
        there = self.head(key)
        if there is None:
            if taken:
                raise ObjectExists(f"{self._at(key)} is taken by something that cannot be looked at")
            raise StoreUnavailable(f"{self._at(key)} was put and is not there", retryable=True)
        if taken:
            return self._settle(there, measured)
        if (there.sha256, there.size) != (measured.sha256, measured.size):
            raise ChecksumMismatch(
                f"{self._at(key)} was put, but the server does not describe it as what was sent",
                hint="this server does not keep metadata or does not honour If-None-Match: do not use it",
            )
        return there

    def _send(self, key: str, path: Path, measured: Measured, what: dict[str, Any]) -> bool:
        """Put the bytes; True if the key was taken (maybe by ourselves: the answer to a put can get lost)."""
        from botocore.exceptions import ClientError

        for attempt in range(1, _TRIES + 1):
            with s3_errors(f"put {self._at(key)}"):
                try:
                    send(self._client(self._patience), path, measured, self._where(key), what)
                    return False
                except ClientError as error:
                    if code_of(error) in TAKEN | UPLOAD_GONE:
                        return True
                    if code_of(error) not in CONFLICT or attempt == _TRIES:
                        raise
            time.sleep(0.2 * attempt)  # another writer is at the same key this moment; then it will be taken
        return True

    def _settle(self, there: StoredObject, measured: Measured) -> StoredObject:
        """Decide about a put whose key is taken."""
        sha256 = there.sha256
        if not sha256 and there.size == measured.size:  # somebody else's object: only its bytes can tell
            digest = hashlib.sha256()
            for chunk in self._read(there.key)[1]:
                digest.update(chunk)
            sha256 = digest.hexdigest()
        if sha256 != measured.sha256:
            raise ObjectExists(
                f"other bytes already lie at {there.uri} ({there.size} bytes, sha256 {sha256[:12]}…)",
                hint="objects are never overwritten: choose another key or delete it first",
            )
        return StoredObject(
            there.key, there.uri, there.size, sha256, there.content_type, there.metadata, already_there=True
        )

    def fetch(self, key: str, path: Path) -> StoredObject:
        """See `Store.fetch`."""
        key = self._clean(key)
        for attempt in range(1, _TRIES + 1):
            try:
                answer, chunks = self._read(key)
                found = self._object(key, answer)
                with s3_errors(f"read {self._at(key)}"):
                    sha256, size = land(Path(path), chunks, sha256=found.sha256, what=found.uri)
            except StoreError as error:
                if not error.retryable or attempt == _TRIES:
                    raise
                time.sleep(0.5 * attempt)
                continue
            return StoredObject(key, found.uri, size, sha256, found.content_type, found.metadata)
        raise StoreUnavailable(f"cannot read {self._at(key)}")

    def _read(self, key: str) -> tuple[dict[str, Any], Iterator[bytes]]:
        with s3_errors(f"read {self._at(key)}"):
            answer = self._client(self._patience).get_object(**self._where(key))

        def chunks() -> Iterator[bytes]:
            with s3_errors(f"read {self._at(key)}"), contextlib.closing(answer["Body"]) as body:
                yield from body.iter_chunks(CHUNK_BYTES)

        return answer, chunks()

    def head(self, key: str) -> StoredObject | None:
        """See `Store.head`. A missing bucket looks like a missing object here; `check` tells them apart."""
        key = self._clean(key)
        try:
            with s3_errors(f"look at {self._at(key)}"):
                return self._object(key, self._client(self._patience).head_object(**self._where(key)))
        except ObjectMissing:
            return None
        except StoreAccessDenied:
            with s3_errors(f"look at {self._at(key)}"):  # the answer to a HEAD cannot say why; this one can
                self._client(self._patience).list_objects_v2(
                    Bucket=self.bucket, Prefix=self._where(key)["Key"], MaxKeys=1
                )
            raise

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        """See `Store.list`. S3 lists no metadata, so every object costs one more request, eight at a time."""
        prefix = clean_prefix(prefix)
        below = f"{self.prefix}/" if self.prefix else ""
        keys = []
        with s3_errors(f"list {self._place}"):
            pages = self._client(self._patience).get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.bucket, Prefix=below + prefix):
                keys += [item["Key"].removeprefix(below) for item in page.get("Contents", [])]
        keys = sorted(key for key in keys if _is_clean(key))  # not every server sorts by bytes
        return self._look_at(keys)

    def _look_at(self, keys: Sequence[str]) -> Iterator[StoredObject]:
        with ThreadPoolExecutor(_LOOKERS, thread_name_prefix="adseal-list") as pool:
            for start in range(0, len(keys), _BATCH):
                yield from (o for o in pool.map(self.head, keys[start : start + _BATCH]) if o is not None)

    def delete(self, key: str) -> None:
        """See `Store.delete`. In a versioned bucket the older versions stay, as S3 has it."""
        key = self._clean(key)
        with contextlib.suppress(ObjectMissing), s3_errors(f"delete {self._at(key)}"):
            self._client(self._patience).delete_object(**self._where(key))

    # --- names and the client ---

    def _clean(self, key: str) -> str:
        room = MAX_KEY_BYTES - len(self.prefix.encode()) - 1
        return clean_key(key, room=room)

    def _where(self, key: str, *folders: str) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": "/".join([*filter(None, [self.prefix]), *folders, key])}

    def _at(self, key: str) -> str:
        return f"s3://{self.bucket}/{self._where(key)['Key']}"

    @property
    def _place(self) -> str:
        return f"{self.uri} at {self.endpoint_url}" if self.endpoint_url else self.uri

    def _object(self, key: str, answer: Mapping[str, Any]) -> StoredObject:
        if "ContentLength" not in answer:
            raise not_s3(f"look at {self._at(key)}")
        metadata = {name.lower(): unquote(value) for name, value in answer.get("Metadata", {}).items()}
        sha256 = metadata.pop(_SUM, "")
        return StoredObject(
            key=key,
            uri=self._at(key),
            size=int(answer["ContentLength"]),
            sha256=sha256 if re.fullmatch("[0-9a-f]{64}", sha256) else "",
            content_type=str(answer.get("ContentType", "application/octet-stream")),
            metadata=metadata,
        )

    def _client(self, patience: Patience) -> Any:
        """One boto3 client per patience, made on first use (a client is thread-safe, making one is not)."""
        with self._making, s3_errors(f"use {self._place}"):
            if patience not in self._clients:
                import boto3.session
                from botocore.config import Config

                config = Config(
                    connect_timeout=patience.connect_s,
                    read_timeout=patience.read_s,
                    retries={"mode": "standard", "total_max_attempts": patience.attempts},
                    max_pool_connections=max(10, _LOOKERS),
                    s3={"addressing_style": "path" if self.endpoint_url else "auto"},
                )
                session = boto3.session.Session()
                # AWS_REGION is what every other AWS tool reads; boto3 knows only AWS_DEFAULT_REGION.
                region = os.environ.get("AWS_REGION") or session.region_name
                try:
                    self._clients[patience] = session.client(
                        "s3",
                        endpoint_url=self.endpoint_url,
                        region_name=region or ("us-east-1" if self.endpoint_url else None),
                        config=config,
                    )
                except ValueError as error:
                    raise BadStoreUri("boto3 does not accept the endpoint or the region") from error
            return self._clients[patience]


def _endpoint(given: str | None) -> str | None:
    """The endpoint to use, None for Amazon's own.

    Raises:
        BadStoreUri: it is no http(s) address, or has a user name or password in it.
    """
    found = next(((n, os.environ[n]) for n in ENDPOINT_VARIABLES if os.environ.get(n)), None)
    name, url = ("the endpoint", given) if given else found or ("", None)
    if not url:
        return None
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if "@" in url:
        raise BadStoreUri(
            f"{name} has a user name or password in it, which is refused",
            hint="put credentials into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
        )
    if not usable or parts.query or parts.fragment:
        raise BadStoreUri(f"{name} is no usable address", hint="for example http://127.0.0.1:8333")
    return url.rstrip("/")


def _escape(value: str) -> str:
    """Any text as the printable ASCII that HTTP headers carry unchanged; `unquote` undoes it."""
    if value != " ".join(value.split(" ")).strip() or "  " in value:
        return quote(value, safe=_PLAIN.replace(" ", ""))
    return quote(value, safe=_PLAIN)


def _is_clean(key: str) -> bool:
    """Whether a listed name is one that this store could have put."""
    try:
        return clean_key(key) == key
    except BadKey:
        return False
