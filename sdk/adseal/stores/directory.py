# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The embedded default store: a folder.

    ROOT/summer-9x16/ad.mp4                      the object, a plain file
    ROOT/summer-9x16/.adseal/ad.mp4.json         its checksum, content type and metadata
    ROOT/summer-9x16/.adseal/1f3a….part          bytes on their way in; swept up later if their writer died

Bytes are written and synced aside, then their record, and last a hard link makes the object appear: whole,
under a name nobody had taken, with its metadata already there. A file without a record was not put here and
is not an object. Links inside the store are not followed. The store counts on one trusted user or group per
folder; it defends against accidents and dead processes, not against somebody who may write to the folder
anyway.
"""

import contextlib
import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from adseal.stores.base import (
    RESERVED,
    StoredObject,
    check_metadata,
    clean_key,
    clean_prefix,
    open_source,
    read_chunks,
    sha256_file,
)
from adseal.stores.errors import (
    BadStoreUri,
    ChecksumMismatch,
    LocalFileError,
    ObjectExists,
    ObjectMissing,
    StoreAccessDenied,
    StoreFull,
    StoreUnavailable,
)
from adseal.stores.local import disk_errors, folder_lock, land, part_file, sweep, sync_folder, write_whole

MIN_FREE_BYTES = 64 << 20
"""`check` asks for this much room: a finished ad takes 5 to 30 MB."""
_RECORD_SUFFIX = ".json"
_NO_HARD_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV)
_ATTEMPTS = 5


class _Record(BaseModel):
    """The sidecar file of one object."""

    model_config = ConfigDict(frozen=True)

    version: int = 1
    size: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    content_type: str
    metadata: dict[str, str] = {}


class DirectoryStore:
    """Objects as plain files below a folder, which is made on the first put.

    Args:
        root: the folder; `~` is expanded.
        lock_wait_s: how long to wait for another process that is busy in the same folder, seconds.
        min_free_bytes: room that `check` asks for.
    """

    def __init__(
        self, root: str | Path, *, lock_wait_s: float = 60.0, min_free_bytes: int = MIN_FREE_BYTES
    ) -> None:
        try:
            self.root = Path(root).expanduser().resolve()
        except (OSError, RuntimeError, ValueError) as error:
            raise BadStoreUri(f"{str(root)!r} cannot be a folder: {error}") from error
        self._lock_wait_s = lock_wait_s
        self._min_free_bytes = min_free_bytes
        self._swept: set[Path] = set()

    def __repr__(self) -> str:
        return f"DirectoryStore({str(self.root)!r})"

    @property
    def uri(self) -> str:
        return self.root.as_uri()

    def check(self) -> None:
        """See `Store.check`: the folder is there or can be made, is writable, and has enough room."""
        there = self.root
        with disk_errors(f"use {self.root} as a store"):
            while not there.exists() and there != there.parent:
                there = there.parent
            if not there.is_dir():
                raise BadStoreUri(f"{there} is a file, not a folder", hint="choose another folder")
            with tempfile.TemporaryDirectory(prefix=f"{RESERVED}-check-", dir=there) as probe:
                Path(probe, "probe").write_bytes(b"probe")
            free = shutil.disk_usage(there).free
        if free < self._min_free_bytes:
            raise StoreFull(
                f"{there} has {free / 1e6:.1f} MB of room, {self._min_free_bytes / 1e6:.0f} MB are wanted",
                hint="make room or choose another store",
            )

    def put(
        self, key: str, path: Path, *, content_type: str, metadata: Mapping[str, str] | None = None
    ) -> StoredObject:
        """See `Store.put`."""
        key, metadata = clean_key(key), dict(metadata or {})
        check_metadata(content_type, metadata)
        with open_source(Path(path)) as source, disk_errors(f"put {key!r} into {self.root}"):
            for _ in range(_ATTEMPTS):
                try:
                    return self._put(key, Path(path), source, content_type, metadata)
                except FileNotFoundError:
                    source.seek(0)  # a delete tidied the empty folder away under our feet: make it again
                except BaseException:
                    self._tidy(self.root.joinpath(*key.split("/")).parent)
                    raise
        raise StoreUnavailable(f"{self.root} keeps vanishing while {key!r} is put there")

    def _put(
        self, key: str, path: Path, source: IO[bytes], content_type: str, metadata: dict[str, str]
    ) -> StoredObject:
        target = self._make_room(key)
        if os.path.lexists(target):
            sha256, size = sha256_file(path)
            record = _Record(size=size, sha256=sha256, content_type=content_type, metadata=metadata)
            with self._locked(target.parent):
                return self._compare(key, target, record)
        aside = target.parent / RESERVED
        with part_file(aside, lock=target.parent, wait_s=self._lock_wait_s) as (part, file):
            for chunk in read_chunks(source, path):
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
            sha256, size = sha256_file(part)
            record = _Record(size=size, sha256=sha256, content_type=content_type, metadata=metadata)
            with self._locked(target.parent):
                if os.path.lexists(target):  # somebody was faster
                    return self._compare(key, target, record)
                write_whole(_record_path(target), record.model_dump_json())
                try:
                    _publish(part, target)
                except FileExistsError:  # somebody who does not know our locks
                    return self._compare(key, target, record)
                sync_folder(target.parent)
        return self._stored(key, target, record)

    def fetch(self, key: str, path: Path) -> StoredObject:
        """See `Store.fetch`."""
        key = clean_key(key)
        found = self._look(key)
        if found is None:
            raise ObjectMissing(f"nothing lies under {key!r} in {self.root}")
        target, record = found
        with disk_errors(f"read {key!r} in {self.root}"), target.open("rb") as source:
            land(Path(path), read_chunks(source, target), sha256=record.sha256, what=str(target))
        return self._stored(key, target, record)

    def head(self, key: str) -> StoredObject | None:
        """See `Store.head`."""
        key = clean_key(key)
        found = self._look(key)
        return None if found is None else self._stored(key, *found)

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        """See `Store.list`."""
        prefix = clean_prefix(prefix)
        with disk_errors(f"list {self.root}"):
            keys = sorted(key for key in self._keys() if key.startswith(prefix))
        return (found for found in map(self.head, keys) if found is not None)

    def delete(self, key: str) -> None:
        """See `Store.delete`. Empty folders go too, so that the name is free for any other use."""
        key = clean_key(key)
        target = self._walk(key)
        if target is None or not target.parent.is_dir():
            return
        with disk_errors(f"delete {key!r} in {self.root}"), contextlib.suppress(FileNotFoundError):
            with self._locked(target.parent):
                if target.is_dir() or not _record_path(target).exists():
                    return  # not an object of this store, so not ours to delete
                target.unlink(missing_ok=True)
                sync_folder(target.parent)  # the object goes first: a record without object is harmless
                _record_path(target).unlink(missing_ok=True)
            self._tidy(target.parent)

    # --- where things are ---

    def _walk(self, key: str) -> Path | None:
        """The object's path, no step of which is a link; None if a file stands where a folder should be."""
        place = self.root
        parts = key.split("/")
        with disk_errors(f"reach {key!r} in {self.root}"):
            for index, part in enumerate(parts):
                place /= part
                try:
                    mode = place.lstat().st_mode
                except FileNotFoundError:
                    return self.root.joinpath(*parts)
                except NotADirectoryError:
                    return None
                if stat.S_ISLNK(mode):
                    raise StoreAccessDenied(
                        f"{place} is a symbolic link, and links inside a store are not followed",
                        hint="replace it by a real folder or file",
                    )
                if index < len(parts) - 1 and not stat.S_ISDIR(mode):
                    return None
        return place

    def _make_room(self, key: str) -> Path:
        """The object's path, its folder and that folder's sidecar folder made and swept."""
        target = self._walk(key)
        if target is None:
            raise ObjectExists(f"a part of {key!r} is an object itself, so nothing can lie beneath it")
        self.root.mkdir(parents=True, exist_ok=True)
        aside = target.parent / RESERVED
        for place in (*reversed(aside.relative_to(self.root).parents), aside.relative_to(self.root)):
            try:
                (self.root / place).mkdir()
                sync_folder((self.root / place).parent)
            except FileExistsError:
                continue
        if aside.is_symlink():
            raise StoreAccessDenied(f"{aside} is a symbolic link", hint="remove it")
        if target.parent not in self._swept:
            with self._locked(target.parent):
                sweep(aside)
                for orphan in aside.glob(f"*{_RECORD_SUFFIX}"):
                    if not os.path.lexists(target.parent / orphan.name.removesuffix(_RECORD_SUFFIX)):
                        orphan.unlink(missing_ok=True)
            self._swept.add(target.parent)
        return target

    def _look(self, key: str) -> tuple[Path, _Record] | None:
        target = self._walk(key)
        if target is None:
            return None
        with disk_errors(f"look at {key!r} in {self.root}"):
            if not target.is_file():
                return None
        record = self._record(key, target)
        return None if record is None else (target, record)

    def _record(self, key: str, target: Path) -> _Record | None:
        """The object's sidecar record, None if it has none."""
        with disk_errors(f"look at {key!r} in {self.root}"):
            try:
                text = _record_path(target).read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                return None
        try:
            return _Record.model_validate_json(text)
        except ValidationError as error:
            raise ChecksumMismatch(
                f"the record of {key!r} in {self.root} is damaged", hint="delete the object and put it again"
            ) from error

    def _keys(self) -> Iterator[str]:
        for folder, names, _ in os.walk(self.root, onerror=_raise_unless_gone):
            if RESERVED in names:
                names.remove(RESERVED)
                inside = Path(folder).relative_to(self.root)
                with os.scandir(Path(folder, RESERVED)) as records:
                    for entry in records:
                        name = entry.name.removesuffix(_RECORD_SUFFIX)
                        if name != entry.name and Path(folder, name).is_file():
                            yield (inside / name).as_posix()

    # --- one object ---

    def _compare(self, key: str, target: Path, wanted: _Record) -> StoredObject:
        """Decide about a put whose key is taken, by the bytes that really lie there. The lock is held."""
        self._walk(key)  # refuses a link
        if target.is_dir():
            raise ObjectExists(f"{key!r} is a folder in {self.root}", hint="choose another key")
        try:
            sha256, size = sha256_file(target)
        except LocalFileError as error:
            raise StoreAccessDenied(f"what lies under {key!r} in {self.root} cannot be read") from error
        record = self._record(key, target)
        if sha256 == wanted.sha256:
            if record is None or record.sha256 != sha256:
                # The same file, brought here by other means: from now on it is an object.
                record = wanted
                write_whole(_record_path(target), wanted.model_dump_json())
            return self._stored(key, target, record, already_there=True)
        if record is not None and record.sha256 == wanted.sha256:
            raise ChecksumMismatch(
                f"{key!r} was put into {self.root} before, but its bytes have changed since",
                hint="find out who changed it; delete it and put it again",
            )
        if record is None:
            raise ObjectExists(
                f"a file that was not put here lies under {key!r} in {self.root}", hint="move it away"
            )
        raise ObjectExists(
            f"other bytes already lie under {key!r} in {self.root} ({size} bytes, sha256 {sha256[:12]}…)",
            hint="objects are never overwritten: choose another key or delete it first",
        )

    def _stored(
        self, key: str, target: Path, record: _Record, *, already_there: bool = False
    ) -> StoredObject:
        return StoredObject(
            key=key,
            uri=target.as_uri(),
            size=record.size,
            sha256=record.sha256,
            content_type=record.content_type,
            metadata=dict(record.metadata),
            already_there=already_there,
        )

    def _locked(self, folder: Path) -> contextlib.AbstractContextManager[None]:
        return folder_lock(folder, self._lock_wait_s)

    def _tidy(self, folder: Path) -> None:
        """Remove folders that hold nothing any more, up to the root, which stays."""
        with contextlib.suppress(OSError):
            while folder.is_relative_to(self.root):
                with contextlib.suppress(FileNotFoundError):
                    (folder / RESERVED).rmdir()
                if folder == self.root:
                    return
                folder.rmdir()
                folder = folder.parent


def _raise_unless_gone(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error


def _record_path(target: Path) -> Path:
    return target.parent / RESERVED / f"{target.name}{_RECORD_SUFFIX}"


def _publish(part: Path, target: Path) -> None:
    """Make the object appear under its name, whole. FileExistsError if the name is taken."""
    try:
        os.link(part, target)
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        # A file system without hard links (FAT, some network shares). We hold the lock and saw that the name
        # is free, so a rename is create-only among all who use this store.
        part.rename(target)
