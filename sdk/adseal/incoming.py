# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""A received video, wherever it comes from, as a local file for as long as it is examined.

Decides: that objects in buckets (`s3://bucket/key`) and streams are copied to a private temporary file (folder of mode
0700, below TMPDIR) that is gone afterwards, and that no more is copied than a local file may have: by the size the
server names, and by what really comes. Leaves out: the examination (`receive`).
"""

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, Union

from adseal.errors import RequestError

if TYPE_CHECKING:
    from adseal.stores.s3_reading import S3Object

Video = Union[str, Path, BinaryIO, "S3Object"]
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Incoming:
    """Attributes:
    path: the local file.
    name: what it is called in a report; None for a file that was local already.
    code, problem: why there is no such file, where it was not even taken in.
    size: bytes, as far as known.
    """

    path: Path
    name: str | None = None
    code: str = ""
    problem: str = ""
    size: int | None = None


@contextmanager
def incoming(video: Video, *, max_bytes: int) -> Iterator[Incoming]:
    """A local file with the video's bytes; a copy is gone when the block ends.

    Args:
        video: a path, `s3://bucket/key`, an object found by `S3Bucket`, or a stream open for reading bytes.
        max_bytes: what is larger comes out with the code `too_large` and without a file.

    Raises:
        StoreError: the object cannot be read (no such object, wrong credentials, no answer), or there is no room for
            the copy, with a hint.
        MissingExtra: boto3 is not installed.
        RequestError: the stream gives text.
    """
    found = _object(video)
    if found is None and not hasattr(video, "read"):
        yield Incoming(Path(video))  # what is neither stream nor object is a path
        return
    with _room() as folder:
        path = folder / "video"
        if found is not None:
            yield _downloaded(found, path, max_bytes)
        else:
            yield _drained(video, path, max_bytes)  # type: ignore[arg-type]  # it has `read`


@contextmanager
def _room() -> Iterator[Path]:
    """A private folder that is gone afterwards."""
    try:
        folder = tempfile.TemporaryDirectory(prefix="adseal-received-")
    except OSError as error:
        raise _no_room(error) from error
    with folder as path:
        yield Path(path)


def _no_room(error: OSError) -> Exception:
    from adseal.stores.errors import LocalFileError

    return LocalFileError(
        f"the received video cannot be put aside: {error.strerror or error}",
        hint=f"make room in {tempfile.gettempdir()}, or let TMPDIR name a folder with more",
    )


def _object(video: Video) -> "S3Object | None":
    if isinstance(video, str):
        if not video.startswith("s3://"):
            return None
        from adseal.errors import require

        require("s3", "boto3")
        from adseal.stores.s3_reading import S3Bucket, split_address

        bucket, key = split_address(video)
        return S3Bucket(bucket).find(key)
    return video if hasattr(video, "download") else None  # type: ignore[return-value]  # only an S3Object has it


def _downloaded(found: "S3Object", path: Path, max_bytes: int) -> Incoming:
    from adseal.stores.errors import ObjectTooLarge

    try:
        size = found.download(path, max_bytes=max_bytes)
    except ObjectTooLarge as error:
        return Incoming(path, found.address, "too_large", str(error), found.size)
    return Incoming(path, found.address, size=size)


def _drained(stream: IO[bytes], path: Path, max_bytes: int) -> Incoming:
    name = getattr(stream, "name", None)
    name = name if isinstance(name, str) else "(stream)"
    total = 0
    with path.open("xb") as file:
        while True:
            try:
                chunk = stream.read(_CHUNK_BYTES)
            except (OSError, ValueError, io.UnsupportedOperation) as error:
                why = getattr(error, "strerror", None) or str(error)
                return Incoming(path, name, "unreadable", f"the stream cannot be read: {why}")
            if not isinstance(chunk, (bytes, bytearray, memoryview)) and chunk is not None:
                raise RequestError("the stream gives text, not bytes", hint='open the file with "rb"')
            if not chunk:
                return Incoming(path, name, size=total)
            total += len(chunk)
            if total > max_bytes:
                return Incoming(
                    path, name, "too_large", f"it has more than {max_bytes} bytes, which are allowed"
                )
            try:
                file.write(chunk)
            except OSError as error:
                raise _no_room(error) from error
