# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Tables of the registry, their versions, and the way of a record into rows and back.

Decides: what is stored how, and how a database of an earlier version becomes one of this version (in one transaction,
at the next opening). Leaves out: questions (``registry``) and connections (``registry_engine``).

Versions: 1 had ``records`` alone; 2 adds ``bindings`` (several for each record), ``scenes`` (the drawers of
``descriptor``) and the columns ``number`` and ``descriptor``.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from adseal_provenance.errors import ProvenanceError, RegistryError
from adseal_provenance.records.record import Binding, Record

SCHEMA_VERSION = 2
_LOCK = 0x61647365616C  # of PostgreSQL's advisory locks: one process at a time prepares a database
_BATCH = 200

metadata = sa.MetaData()
records = sa.Table(
    "records",
    metadata,
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
    sa.Column("number", sa.BigInteger, index=True),
    sa.Column("descriptor", sa.LargeBinary),
)
bindings = sa.Table(
    "bindings",
    metadata,
    sa.Column("algorithm", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, primary_key=True),
    sa.Column("manifest_id", sa.Text, primary_key=True, index=True),
    sqlite_with_rowid=False,
)
#: Clustered by drawer: what a look-up reads lies together.
scenes = sa.Table(
    "scenes",
    metadata,
    sa.Column("cell", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("part", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("code", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
_versions = sa.Table("adseal_schema", metadata, sa.Column("version", sa.Integer, primary_key=True))


def prepare(connection: sa.Connection, uri: str, *, create: bool) -> None:
    """Make the tables, or bring those of an earlier version up to this one; inside the caller's transaction.

    Raises:
        RegistryError: ``registry_version`` for a later version, ``registry_corrupt`` for another program's database.
    """
    version = _version(connection)
    if version == SCHEMA_VERSION:
        return
    if version > SCHEMA_VERSION:
        raise RegistryError(
            f"the registry {uri} has schema {version}; this version knows {SCHEMA_VERSION}",
            code="registry_version",
            hint="Install a newer Adseal.",
        )
    if version == 0 and not create:
        raise RegistryError(f"{uri} is not a registry", code="registry_corrupt")
    sqlite = connection.dialect.name == "sqlite"
    # One process at a time, and the version again: another one may just have done all this.
    connection.rollback()
    connection.exec_driver_sql("BEGIN IMMEDIATE" if sqlite else f"SELECT pg_advisory_xact_lock({_LOCK})")
    version = _version(connection)
    if version == SCHEMA_VERSION:
        return
    if version == 1:
        for column in ("number BIGINT", f"descriptor {'BLOB' if sqlite else 'BYTEA'}"):
            connection.exec_driver_sql(f"ALTER TABLE records ADD COLUMN {column}")
    tables = [records, bindings, scenes] if sqlite else [records, bindings, scenes, _versions]
    for table in tables:
        connection.execute(sa.schema.CreateTable(table, if_not_exists=True))
        for index in table.indexes:
            connection.execute(sa.schema.CreateIndex(index, if_not_exists=True))
    if version == 1:
        _fill(connection)
    _write_version(connection)


def insert(connection: sa.Connection, record: Record) -> None:
    """All rows of a new record."""
    number, descriptor, drawers = _described(record)
    connection.execute(sa.insert(records).values(**to_row(record), number=number, descriptor=descriptor))
    _insert_many(
        connection, bindings, [{**b._asdict(), "manifest_id": record.manifest_id} for b in record.bindings]
    )
    _insert_many(connection, scenes, drawers)


def delete(connection: sa.Connection, manifest_id: str) -> bool:
    """All rows of a record; whether there was one."""
    number = number_of(manifest_id)
    cells = sa.select(records.c.descriptor).where(records.c.manifest_id == manifest_id)
    found = connection.execute(cells).first()
    if found is None:
        return False
    connection.execute(sa.delete(records).where(records.c.manifest_id == manifest_id))
    connection.execute(sa.delete(bindings).where(bindings.c.manifest_id == manifest_id))
    from adseal_provenance.likeness.descriptor import Descriptor

    # by drawer, for there is no index on the number alone
    cells_of = {cell for cell, _ in Descriptor.from_bytes(bytes(found[0] or b"")).codes()}
    if cells_of:
        connection.execute(sa.delete(scenes).where(scenes.c.cell.in_(cells_of), scenes.c.number == number))
    return True


def number_of(manifest_id: str) -> int:
    """A short name for a manifest inside the index: 63 bits of its hash. Two with the same one are both candidates."""
    return int.from_bytes(hashlib.sha256(manifest_id.encode()).digest()[:8], "big") >> 1


def to_row(record: Record) -> dict[str, Any]:
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


def from_row(row: Any, bound: Iterable[Binding]) -> Record:
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
        bindings=tuple(bound),
    )


def _described(record: Record) -> tuple[int, bytes, list[dict[str, Any]]]:
    """(number, descriptor, rows of ``scenes``); the latter two empty where there is no readable fingerprint."""
    from adseal_provenance.likeness.descriptor import Descriptor
    from adseal_provenance.likeness.fingerprint import Fingerprint

    number = number_of(record.manifest_id)
    if not record.fingerprint:
        return number, b"", []
    try:
        exact = Descriptor.of(Fingerprint.from_bytes(record.fingerprint))
    except ProvenanceError:
        return number, b"", []  # damaged: verification says so when it is compared
    # the drawers of what is kept, so that they can be told again from it
    kept = exact.to_bytes()
    rows = [
        {"cell": cell, "number": number, "part": part, "code": code}
        for part, (cell, code) in enumerate(Descriptor.from_bytes(kept).codes())
    ]
    return number, kept, rows


def _fill(connection: sa.Connection) -> None:
    """Version 1 to 2: what follows from each record."""
    ids = list(connection.execute(sa.select(records.c.manifest_id)).scalars())
    for at in range(0, len(ids), _BATCH):
        some = sa.select(records).where(records.c.manifest_id.in_(ids[at : at + _BATCH]))
        for row in connection.execute(some).mappings().all():
            record = from_row(row, ())
            number, descriptor, drawers = _described(record)
            own = records.c.manifest_id == record.manifest_id
            connection.execute(sa.update(records).where(own).values(number=number, descriptor=descriptor))
            bound = [{**b._asdict(), "manifest_id": record.manifest_id} for b in record.bindings]
            _insert_many(connection, bindings, bound)
            _insert_many(connection, scenes, drawers)


def _insert_many(connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(sa.insert(table), rows)


def _version(connection: sa.Connection) -> int:
    if connection.dialect.name == "sqlite":
        return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
    if not sa.inspect(connection).has_table(_versions.name):
        return 0
    return int(connection.execute(sa.select(sa.func.max(_versions.c.version))).scalar_one() or 0)


def _write_version(connection: sa.Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")
    else:
        connection.execute(sa.insert(_versions).values(version=SCHEMA_VERSION))
