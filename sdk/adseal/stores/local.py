# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Files on this machine, handled so that a crash at any instant leaves either the old state or the new one.

Landing fetched bytes, syncing folders, locking a folder between processes, and files that exist only while
their writer lives. Knows nothing of objects and keys.
"""

import contextlib
import errno
import hashlib
import os
import secrets
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from adseal.stores.errors import (
    BadKey,
    ChecksumMismatch,
    LocalFileError,
    StoreAccessDenied,
    StoreError,
    StoreFull,
    StoreUnavailable,
)

try:
    import fcntl
except ImportError:  # no advisory locks on this system: create-only still holds, see `folder_lock`
    fcntl = None  # type: ignore[assignment]

PART_SUFFIX = ".part"
_STALE_S = 24 * 3600.0
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_DENIED = (errno.EACCES, errno.EPERM, errno.EROFS)
_PASSING = (errno.EAGAIN, errno.EBUSY, errno.EINTR, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM)
_NO_LOCKS = (errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.ENOLCK, errno.EINVAL)


def disk_error(error: OSError, doing: str) -> StoreError:
    """The store error that an operating-system error stands for; `doing` reads as 'cannot {doing}'."""
    message = f"cannot {doing}: {error.strerror or error}"
    if error.errno in _FULL:
        return StoreFull(message, hint="make room or choose another store; nothing half-written was left")
    if error.errno in _DENIED:
        return StoreAccessDenied(message, hint="check the folder's owner and permissions, or choose another")
    if error.errno == errno.ENAMETOOLONG:
        return BadKey(message, hint="use a shorter key or a folder nearer to the root")
    return StoreUnavailable(message, retryable=error.errno in _PASSING)


@contextlib.contextmanager
def disk_errors(doing: str) -> Iterator[None]:
    """Let no operating-system error leave the block untranslated."""
    try:
        yield
    except OSError as error:
        raise disk_error(error, doing) from error


def sync_folder(folder: Path) -> None:
    """Make new and removed names in a folder survive a power cut, where the file system can."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except PermissionError:
        return  # Windows opens no folders
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
    finally:
        os.close(handle)


@contextlib.contextmanager
def folder_lock(folder: Path, wait_s: float) -> Iterator[None]:
    """Hold a folder alone among all users of this module, in any process; the system frees it when we die.

    Where the system has no such locks the block runs without: hard links still make sure that no object is
    replaced.

    Raises:
        StoreUnavailable: somebody held it for all of `wait_s` seconds.
    """
    if fcntl is None:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        deadline, pause = time.monotonic() + wait_s, 0.002
        while not _try_lock(handle):
            if time.monotonic() > deadline:
                raise StoreUnavailable(
                    f"another process has been busy in {folder} for {wait_s:g} s",
                    hint="wait for it, or end it if it hangs",
                )
            time.sleep(pause)
            pause = min(2 * pause, 0.1)
        yield
    finally:
        os.close(handle)


def _try_lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
    return True


@contextlib.contextmanager
def part_file(folder: Path, *, lock: Path, wait_s: float) -> Iterator[tuple[Path, IO[bytes]]]:
    """A new file in `folder` that is gone after the block, or after our death by the next `sweep`.

    It is born while `lock` is held and is itself locked from then on, so that a sweep tells the living from
    the dead.
    """
    path = folder / f"{secrets.token_hex(8)}{PART_SUFFIX}"
    with folder_lock(lock, wait_s):
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
        if fcntl is not None:
            _try_lock(handle)
    try:
        with os.fdopen(handle, "w+b") as file:
            yield path, file
    finally:
        path.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove the part files of writers that died. To be called with the folder's lock held."""
    for path in folder.glob(f"*{PART_SUFFIX}"):
        with contextlib.suppress(OSError):
            if fcntl is None:
                if time.time() - path.stat().st_mtime > _STALE_S:
                    path.unlink()
                continue
            handle = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
            try:
                if _try_lock(handle):
                    path.unlink()
            finally:
                os.close(handle)


def write_whole(path: Path, text: str) -> None:
    """Write a small text file that is the old one or the new one, also after a crash. Raises OSError."""
    fresh = path.with_name(f"{secrets.token_hex(8)}{PART_SUFFIX}")
    try:
        with fresh.open("x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    sync_folder(path.parent)


def land(path: Path, chunks: Iterable[bytes], *, sha256: str, what: str) -> tuple[str, int]:
    """Write fetched bytes to a local file, which changes only once all of them are there and right.

    Args:
        path: replaced if it exists.
        chunks: the bytes.
        sha256: what they must hash to; empty if nobody knows.
        what: the object's name for messages.

    Returns:
        SHA-256 and size of what was written.

    Raises:
        LocalFileError: the file cannot be written.
        ChecksumMismatch: the bytes are not the ones that were put.
    """
    fresh = path.with_name(f".{secrets.token_hex(8)}{PART_SUFFIX}")
    digest, size = hashlib.sha256(), 0
    try:
        with _landing_errors(path):
            file = fresh.open("xb")
        with file:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                with _landing_errors(path):
                    file.write(chunk)
            with _landing_errors(path):
                file.flush()
        if sha256 and digest.hexdigest() != sha256:
            raise ChecksumMismatch(
                f"{what} reads as sha256 {digest.hexdigest()[:12]}…, but {sha256[:12]}… was put",
                hint="the stored copy is damaged: delete it and put it again",
            )
        with _landing_errors(path):
            fresh.replace(path)
    finally:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
    return digest.hexdigest(), size


@contextlib.contextmanager
def _landing_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        raise LocalFileError(f"cannot write {path}: {getattr(error, 'strerror', None) or error}") from error
