# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Where an audit finds videos: a folder, or a bucket from a prefix on.

Decides: what counts as a video by its name, and that links and the stores' own sidecar folders are not followed. Leaves
out: what is in them (`audit`).
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from adseal.errors import RequestError
from adseal.incoming import Video
from adseal.stores.base import RESERVED

SUFFIXES = frozenset(
    {"3g2", "3gp", "asf", "avi", "flv", "m2ts", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg", "mts", "mxf"}
    | {"ogv", "qt", "ts", "webm", "wmv"}
)


class Found(Protocol):
    """One object that was listed."""

    @property
    def address(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def etag(self) -> str: ...
    @property
    def modified(self) -> datetime: ...

    def read(self, start: int, length: int) -> bytes:
        """Some of its bytes."""
        ...

    def video(self) -> Video:
        """What `receive.verify` takes for it."""
        ...


@dataclass(frozen=True)
class FoundFile:
    """A file in a folder."""

    path: Path
    size: int
    modified: datetime
    etag: str = ""

    @property
    def address(self) -> str:
        return str(self.path)

    def read(self, start: int, length: int) -> bytes:
        """Some of its bytes. Raises OSError."""
        with self.path.open("rb") as file:
            file.seek(start)
            return file.read(length)

    def video(self) -> Video:
        """What `adseal.receive.verify` takes for it."""
        return self.path


def is_video(name: str) -> bool:
    """Whether a name ends like that of a video."""
    _, dot, suffix = name.rpartition("/")[2].rpartition(".")
    return bool(dot) and suffix.lower() in SUFFIXES


def find_videos(prefix: str, *, any_name: bool = False) -> Iterator[Found]:
    """What lies below an address, unread.

    Args:
        prefix: a folder (or one file), `file:///folder`, or `s3://bucket/prefix`, where the prefix is a plain string.
        any_name: also what does not end like a video.

    Raises:
        RequestError: there is no such folder.
        StoreError, MissingExtra: the bucket cannot be listed.
    """
    if prefix.startswith("s3://"):
        return _in_bucket(prefix, any_name)
    return _in_folder(_folder(prefix), any_name)


def _in_bucket(prefix: str, any_name: bool) -> Iterator[Found]:
    from adseal.errors import require

    require("s3", "boto3")
    from adseal.stores.s3_reading import S3Bucket, split_address

    bucket, start = split_address(prefix, part="prefix")
    for found in S3Bucket(bucket).list(start):
        if not found.key.endswith("/") and (any_name or is_video(found.key)):
            yield found


def _folder(prefix: str) -> Path:
    if prefix.startswith("file://"):
        parts = urlsplit(prefix)
        if parts.netloc not in ("", "localhost") or not parts.path:
            raise RequestError("a file:// address names no host", hint="file:///absolute/folder")
        return Path(unquote(parts.path))
    return Path(prefix).expanduser()


def _in_folder(root: Path, any_name: bool) -> Iterator[Found]:
    if root.is_file():
        yield from _found(root)
        return
    if not root.is_dir():
        raise RequestError(
            f"there is no folder {root}", hint="a folder, file:///folder or s3://bucket/prefix"
        )
    unread: list[str] = []
    for folder, names, files in os.walk(root, onerror=lambda error: unread.append(str(error.filename))):
        names[:] = sorted(name for name in names if not name.startswith(RESERVED))
        for name in sorted(files):
            if any_name or is_video(name):
                yield from _found(Path(folder, name))
    for folder in unread:  # reading it will fail, and the audit says so
        yield FoundFile(Path(folder), 0, datetime.fromtimestamp(0, UTC))


def _found(path: Path) -> Iterator[FoundFile]:
    try:
        status = path.lstat()
    except OSError:
        return  # gone since it was listed
    if stat.S_ISREG(status.st_mode):
        modified = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=status.st_mtime_ns // 1000)
        yield FoundFile(path, status.st_size, modified)
