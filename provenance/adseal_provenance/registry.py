# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The manifest repository: from a watermark's locator to the manifest store of the sealed original.

Decides: how records are kept (one SQLite file, WAL, every commit on disk before ``add`` returns) and that a
record is written once and never changed. Leaves out: whether a record is to be believed; verification checks
the signature and the soft bindings of every store that comes out of here.

    registry = Registry.open("sqlite:///registry.db")
    registry.add(record)
    registry.by_locator("3f0c9a7710be")
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError, IntegrityError, SQLAlchemyError

from .errors import RegistryError
from .record import Record

__all__ = ["SCHEMA_VERSION", "Record", "Registry"]

SCHEMA_VERSION = 1
_BUSY_MS = 10_000

_metadata = sa.MetaData()
_records = sa.Table(
    "records",
    _metadata,
    sa.Column("manifest_id", sa.Text, primary_key=True),
    sa.Column("locator", sa.Text, nullable=False, index=True),
    sa.Column("key_id", sa.Text, nullable=False),
    sa.Column("algorithms", sa.Text, nullable=False),
    sa.Column("manifest_store", sa.LargeBinary, nullable=False),
    sa.Column("fingerprint", sa.LargeBinary, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("plan_hash", sa.Text),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("duration_s", sa.Float, nullable=False),
)


class Registry:
    """Create-only store of records; safe for several processes on one machine. Usable as a context
    manager."""

    def __init__(self, engine: sa.Engine, uri: str) -> None:
        self._engine = engine
        self.uri = uri

    @classmethod
    def open(cls, uri: str | Path, *, create: bool = True) -> Registry:
        """Open a registry by path or ``sqlite:///path``; made on first use with mode 0600 unless ``create``
        is false.

        Raises:
            RegistryError: ``registry_uri``, ``registry_missing``, ``registry_unwritable``,
                ``registry_corrupt``, ``registry_version``.
        """
        path = _path(uri)
        if create:
            _create_private(path)
        elif not path.is_file():
            raise RegistryError(
                f"there is no registry at {path}", code="registry_missing", hint="Name the registry's file."
            )
        engine = sa.create_engine(f"sqlite:///{path}")
        sa.event.listen(engine, "connect", _on_connect)
        registry = cls(engine, f"sqlite:///{path}")
        try:
            registry._prepare(create=create)
        except BaseException:
            engine.dispose()
            raise
        return registry

    def add(self, record: Record) -> None:
        """Keep a record for good. The same record again is fine.

        Raises:
            RegistryError: ``registry_conflict`` where another record has the same manifest, and the codes of
                ``open``.
        """
        with self._translated():
            try:
                with self._engine.begin() as connection:
                    connection.execute(sa.insert(_records).values(**_to_row(record)))
            except IntegrityError as error:
                if self.get(record.manifest_id) != _rounded(record):
                    raise RegistryError(
                        f"{record.manifest_id} is registered already, with other content",
                        code="registry_conflict",
                        hint="A record is never changed; seal the video again to get a new one.",
                    ) from error

    def add_stamp(self, manifest_id: str, *, manifest_store: bytes, sha256: str) -> None:
        """Take over a time stamp that was put into the signed file later: the one thing in a record that may come
        after it. The store has to be as long as before, since a stamp only fills room that the signature left.

        Raises:
            RegistryError: ``registry_conflict`` where there is no such record, or the store is another one; and the
                codes of ``open``.
        """
        length = sa.func.length(_records.c.manifest_store)
        wanted = (_records.c.manifest_id == manifest_id) & (length == len(manifest_store))
        with self._translated(), self._engine.begin() as connection:
            values = {"manifest_store": manifest_store, "sha256": sha256}
            if connection.execute(sa.update(_records).where(wanted).values(**values)).rowcount != 1:
                raise RegistryError(
                    f"there is no record of {manifest_id} that could take its time stamp",
                    code="registry_conflict",
                    hint="Name the registry in which it was sealed.",
                )

    def by_locator(self, locator: str) -> list[Record]:
        """All records with this locator, oldest first; empty where there is none."""
        query = sa.select(_records).where(_records.c.locator == locator).order_by(_records.c.created_at)
        with self._translated(), self._engine.connect() as connection:
            return [_from_row(row) for row in connection.execute(query).mappings()]

    def get(self, manifest_id: str) -> Record | None:
        """The record of one manifest."""
        query = sa.select(_records).where(_records.c.manifest_id == manifest_id)
        with self._translated(), self._engine.connect() as connection:
            row = connection.execute(query).mappings().first()
            return None if row is None else _from_row(row)

    def count(self) -> int:
        """How many records there are."""
        with self._translated(), self._engine.connect() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(_records)).scalar_one())

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Registry({self.uri!r})"

    def _prepare(self, *, create: bool) -> None:
        with self._translated(), self._engine.begin() as connection:
            version = int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
            if version > SCHEMA_VERSION:
                raise RegistryError(
                    f"the registry {self.uri} has schema {version}; this version knows {SCHEMA_VERSION}",
                    code="registry_version",
                    hint="Install a newer Adseal.",
                )
            if version == 0 and create:
                # "if not exists", because another process may be doing the same at this moment.
                connection.execute(sa.schema.CreateTable(_records, if_not_exists=True))
                for index in _records.indexes:
                    connection.execute(sa.schema.CreateIndex(index, if_not_exists=True))
                connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")
            elif version == 0:
                raise RegistryError(f"{self.uri} is not a registry", code="registry_corrupt")

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except RegistryError:
            raise
        except SQLAlchemyError as error:
            raise _typed(error, self.uri) from error


def _path(uri: str | Path) -> Path:
    text = str(uri)
    if text.startswith("sqlite:///"):
        text = text.removeprefix("sqlite:///")
    elif "://" in text:
        raise RegistryError(
            f"{text.split('://')[0]!r} is not a kind of registry",
            code="registry_uri",
            hint="Use sqlite:///PATH.",
        )
    if not text:
        raise RegistryError("the registry has no path", code="registry_uri", hint="Use sqlite:///PATH.")
    return Path(text).absolute()


def _create_private(path: Path) -> None:
    """Make the file before SQLite does, so that it is never readable by others; its WAL files inherit the
    mode."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise RegistryError(
            f"the registry cannot be made at {path}: {error.strerror}",
            code="registry_unwritable",
            hint="Choose a file in a folder that you may write to.",
        ) from error


def _on_connect(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _typed(error: SQLAlchemyError, uri: str) -> RegistryError:
    text = str(getattr(error, "orig", None) or error)
    for words, code, hint, retryable in (
        ("disk is full", "registry_full", "Free some space.", True),
        ("readonly", "registry_unwritable", "Make the file and its folder writable.", False),
        ("unable to open", "registry_unwritable", "Make the file and its folder writable.", False),
        ("locked", "registry_busy", "Another process is writing; try again.", True),
        ("not a database", "registry_corrupt", "Restore the registry from a backup.", False),
        ("malformed", "registry_corrupt", "Restore the registry from a backup.", False),
    ):
        if words in text:
            return RegistryError(f"registry {uri}: {text}", code=code, hint=hint, retryable=retryable)
    code = "registry_corrupt" if isinstance(error, DatabaseError) else "registry"
    return RegistryError(f"registry {uri}: {text}", code=code)


def _rounded(record: Record) -> Record:
    return _from_row(_to_row(record))


def _to_row(record: Record) -> dict[str, Any]:
    return {
        "manifest_id": record.manifest_id,
        "locator": record.locator,
        "key_id": record.key_id,
        "algorithms": "\n".join(record.algorithms),
        "manifest_store": record.manifest_store,
        "fingerprint": record.fingerprint,
        "title": record.title,
        "sha256": record.sha256,
        "plan_hash": record.plan_hash,
        "created_at": record.created_at.astimezone(dt.UTC).isoformat(timespec="seconds"),
        "duration_s": float(record.duration_s),
    }


def _from_row(row: Any) -> Record:
    return Record(
        locator=row["locator"],
        key_id=row["key_id"],
        algorithms=tuple(row["algorithms"].split("\n")) if row["algorithms"] else (),
        manifest_id=row["manifest_id"],
        manifest_store=bytes(row["manifest_store"]),
        fingerprint=bytes(row["fingerprint"]),
        title=row["title"],
        sha256=row["sha256"],
        plan_hash=row["plan_hash"],
        created_at=dt.datetime.fromisoformat(row["created_at"]),
        duration_s=row["duration_s"],
    )
