# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The bytes of a file on their way into a bucket: one request for a small file, parts for a large one.

Every request that carries bytes carries their SHA-256, computed before the first is sent, so a file that
changes meanwhile is refused by the server. The parts are sent from here rather than by s3transfer: its
transfer manager may choose the CRT client, which ignores the endpoint, and it takes no checksums computed
beforehand.
"""

import base64
import contextlib
import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from adseal.stores.base import open_source, read_chunks
from adseal.stores.errors import LocalFileError

PART_BYTES = 8 << 20
SINGLE_BYTES = 2 * PART_BYTES  # up to here one request is quicker than three
MAX_PARTS = 10_000  # S3's limit
WORKERS = 4  # at most this many parts are in memory
_ABANDONED = timedelta(days=1)


@dataclass(frozen=True)
class Measured:
    """What is known of a file before it is sent.

    Attributes:
        size: bytes.
        sha256: of all of it, 64 hex characters.
        part_bytes: size of every part but the last.
        part_sums: SHA-256 of each part, base64 as S3 wants it; one even for an empty file.
    """

    size: int
    sha256: str
    part_bytes: int
    part_sums: tuple[str, ...]

    @property
    def base64(self) -> str:
        """The whole file's SHA-256 as S3 wants it."""
        return base64.b64encode(bytes.fromhex(self.sha256)).decode()


def measure(path: Path) -> Measured:
    """Read a file once, for its size and checksums.

    Raises:
        LocalFileError: it cannot be read.
    """
    whole, size, sums = hashlib.sha256(), 0, []
    with open_source(path) as source:
        try:
            expected = path.stat().st_size
        except OSError as error:
            raise LocalFileError(f"cannot read {path}: {error.strerror}") from error
        part_bytes = max(PART_BYTES, -(-expected // MAX_PARTS) + (-(-expected // MAX_PARTS)) % 2)
        part, filled = hashlib.sha256(), 0
        for chunk in read_chunks(source, path):
            whole.update(chunk)
            size += len(chunk)
            rest = memoryview(chunk)
            while rest.nbytes:
                piece = rest[: part_bytes - filled]
                part.update(piece)
                filled += len(piece)
                rest = rest[len(piece) :]
                if filled == part_bytes:
                    sums.append(part.digest())
                    part, filled = hashlib.sha256(), 0
        if filled or not sums:
            sums.append(part.digest())
    return Measured(size, whole.hexdigest(), part_bytes, tuple(base64.b64encode(s).decode() for s in sums))


def send(client: Any, path: Path, measured: Measured, where: dict[str, str], what: dict[str, Any]) -> None:
    """Put a file under a free key. Botocore's exceptions pass through; nothing is left on any of them.

    Args:
        client: a boto3 S3 client.
        path: the file.
        measured: of that file.
        where: `Bucket` and `Key`.
        what: `ContentType` and `Metadata`.
    """
    if measured.size <= SINGLE_BYTES:
        with open_source(path) as body:
            client.put_object(
                **where,
                **what,
                Body=body,
                ContentLength=measured.size,
                ChecksumSHA256=measured.base64,
                IfNoneMatch="*",
            )
        return
    _clear_abandoned(client, where)
    upload = client.create_multipart_upload(**where, **what, ChecksumAlgorithm="SHA256")["UploadId"]
    try:
        parts = _send_parts(client, path, measured, {**where, "UploadId": upload})
        client.complete_multipart_upload(
            **where, UploadId=upload, MultipartUpload={"Parts": parts}, IfNoneMatch="*"
        )
    except BaseException:
        with _ignored():
            client.abort_multipart_upload(**where, UploadId=upload)
        raise


def _send_parts(client: Any, path: Path, measured: Measured, upload: dict[str, str]) -> list[dict[str, Any]]:
    def send_part(index: int) -> dict[str, Any]:
        with open_source(path) as source:
            try:
                source.seek(index * measured.part_bytes)
                body = source.read(measured.part_bytes)
            except OSError as error:
                raise LocalFileError(f"cannot read {path}: {error.strerror}") from error
        checksum = measured.part_sums[index]
        answer = client.upload_part(**upload, PartNumber=index + 1, Body=body, ChecksumSHA256=checksum)
        return {"PartNumber": index + 1, "ETag": answer["ETag"], "ChecksumSHA256": checksum}

    with ThreadPoolExecutor(WORKERS, thread_name_prefix="adseal-upload") as pool:
        tasks = [pool.submit(send_part, index) for index in range(len(measured.part_sums))]
        try:
            return [task.result() for task in tasks]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _clear_abandoned(client: Any, where: dict[str, str]) -> None:
    """Abort uploads of this key that were begun more than a day ago and never finished; may be refused."""
    with _ignored():
        listed = client.list_multipart_uploads(Bucket=where["Bucket"], Prefix=where["Key"])
        for upload in listed.get("Uploads", []):
            if upload["Key"] == where["Key"] and datetime.now(UTC) - upload["Initiated"] > _ABANDONED:
                client.abort_multipart_upload(**where, UploadId=upload["UploadId"])


@contextlib.contextmanager
def _ignored() -> Iterator[None]:
    """Tidying up is a courtesy: its failure must not hide what happened before."""
    from botocore.exceptions import BotoCoreError, ClientError

    with contextlib.suppress(BotoCoreError, ClientError):
        yield
