# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The manifest repository: from a soft binding, or from how a video looks, to the manifest store of the original.

Decides: how records are kept (SQLite embedded or PostgreSQL to scale; every commit on disk before ``add`` returns),
that a record is written once and never changed, and how records that look like a video are found among many. Leaves
out: whether a record is to be believed; verification checks the signature and the soft bindings of every store that
comes out of here.

    registry = Registry.open("sqlite:///registry.db")     # or "postgresql://adseal@db.example/registry"
    registry.add(record)
    registry.by_locator("3f0c9a7710be")
    registry.nearest(fingerprint)
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from adseal_provenance.errors import RegistryError
from adseal_provenance.records import schema
from adseal_provenance.records.engine import open_engine, translated
from adseal_provenance.records.record import Binding, Near, Record
from adseal_provenance.records.schema import SCHEMA_VERSION, bindings, records

if TYPE_CHECKING:
    from adseal_provenance.likeness.fingerprint import Fingerprint

__all__ = ["SCHEMA_VERSION", "Binding", "Near", "Record", "Registry"]

#: Of 128 signs; two pictures that have nothing in common differ in 64, give or take 6.
_FAR = 44
#: So many of the closest get their exact vectors looked at.
_RECHECKED = 48
#: Cosine of the exact vectors; unrelated pictures have 0, give or take an eighth.
_SIMILAR = 0.5
_BEHIND = 0.25
_MOST_READ = 50_000


class Registry:
    """Create-only store of records; safe for several processes. Usable as a context manager."""

    def __init__(self, engine: sa.Engine, uri: str) -> None:
        self._engine = engine
        self.uri = uri

    @classmethod
    def open(cls, uri: str | Path, *, create: bool = True) -> Registry:
        """Open a registry by path, ``sqlite:///path`` or ``postgresql://user@host/database``.

        A file is made on first use with mode 0600, tables are made in an empty database, unless ``create`` is false.
        One of an earlier version is brought up to this one.

        Raises:
            RegistryError: ``registry_uri``, ``registry_missing``, ``registry_unwritable``, ``registry_corrupt``,
                ``registry_version``; of PostgreSQL also ``registry_extra``, ``registry_unreachable``,
                ``registry_refused``.
        """
        engine, name = open_engine(uri, create=create)
        registry = cls(engine, name)
        try:
            with translated(name), engine.connect() as connection:
                schema.prepare(connection, name, create=create)
                connection.commit()
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
        with translated(self.uri):
            try:
                with self._engine.begin() as connection:
                    schema.insert(connection, record)
            except IntegrityError as error:
                kept = self.get(record.manifest_id)
                # bindings may have come later; everything else is as it was sealed
                if kept is None or schema.to_row(kept) != schema.to_row(record):
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
        length = sa.func.length(records.c.manifest_store)
        wanted = (records.c.manifest_id == manifest_id) & (length == len(manifest_store))
        with translated(self.uri), self._engine.begin() as connection:
            values = {"manifest_store": manifest_store, "sha256": sha256}
            if connection.execute(sa.update(records).where(wanted).values(**values)).rowcount != 1:
                raise RegistryError(
                    f"there is no record of {manifest_id} that could take its time stamp",
                    code="registry_conflict",
                    hint="Name the registry in which it was sealed.",
                )

    def by_locator(self, locator: str) -> list[Record]:
        """All records with this locator, oldest first; empty where there is none."""
        return self._records(records.c.locator == locator)

    def by_binding(self, algorithm: str, value: str, *, limit: int | None = None) -> list[Record]:
        """All records with this soft binding, oldest first; ``value`` in lowercase hex."""
        bound = sa.select(bindings.c.manifest_id).where(
            bindings.c.algorithm == algorithm, bindings.c.value == value
        )
        return self._records(records.c.manifest_id.in_(bound), limit=limit)

    def get(self, manifest_id: str) -> Record | None:
        """The record of one manifest."""
        return next(iter(self._records(records.c.manifest_id == manifest_id)), None)

    def nearest(self, fingerprint: Fingerprint, *, limit: int = 5) -> list[Near]:
        """Registered videos that look like this one, the likeliest first. Candidates: compare them before use.

        Found are copies that show most of the picture of one of the longest scenes, also mirrored; not those that
        are turned, or that take up half of another picture.
        """
        from adseal_provenance.likeness.descriptor import Descriptor

        query = Descriptor.of_query(fingerprint)
        drawers = query.probes()
        if not drawers:
            return []
        with translated(self.uri), self._engine.connect() as connection:
            numbers = self._closest(connection, query, drawers)
            columns = (records.c.manifest_id, records.c.key_id, records.c.locator, records.c.descriptor)
            rows = connection.execute(sa.select(*columns).where(records.c.number.in_(numbers))).all()
        found = [
            Near(row[0], row[1], row[2], round(query.similarity(Descriptor.from_bytes(bytes(row[3]))), 3))
            for row in rows
        ]
        # among a million, chance alone gives 0.65; beside a clear one that is not worth a comparison
        least = max([_SIMILAR, *(near.similarity - _BEHIND for near in found)])
        found = [near for near in found if near.similarity >= least]
        return sorted(found, key=lambda near: (-near.similarity, near.manifest_id))[:limit]

    def bind(self, manifest_id: str, binding: Binding, *, instead: bool = False) -> None:
        """Let a further soft binding lead to a registered manifest; with ``instead``, to no other one any more.

        Raises:
            RegistryError: ``registry_unknown`` where there is no such manifest.
        """
        row = {**binding._asdict(), "manifest_id": manifest_id}
        same = (bindings.c.algorithm == binding.algorithm) & (bindings.c.value == binding.value)
        with translated(self.uri), self._engine.begin() as connection:
            known = sa.select(records.c.manifest_id).where(records.c.manifest_id == manifest_id)
            if connection.execute(known).first() is None:
                raise RegistryError(f"{manifest_id} is not registered", code="registry_unknown")
            if instead:
                connection.execute(sa.delete(bindings).where(same))
            here = sa.select(bindings).where(same, bindings.c.manifest_id == manifest_id)
            if connection.execute(here).first() is None:
                connection.execute(sa.insert(bindings).values(**row))

    def remove(self, manifest_id: str) -> bool:
        """Forget a manifest and everything that led to it; whether there was one. For the law, not for changes."""
        with translated(self.uri), self._engine.begin() as connection:
            return schema.delete(connection, manifest_id)

    def count(self) -> int:
        """How many records there are."""
        with translated(self.uri), self._engine.connect() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(records)).scalar_one())

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Registry({self.uri!r})"

    def _records(self, condition: sa.ColumnElement[bool], *, limit: int | None = None) -> list[Record]:
        query = sa.select(records).where(condition).order_by(records.c.created_at, records.c.manifest_id)
        with translated(self.uri), self._engine.connect() as connection:
            rows = connection.execute(query.limit(limit)).mappings().all()
            bound = self._bindings(connection, [row["manifest_id"] for row in rows])
            return [schema.from_row(row, bound.get(row["manifest_id"], ())) for row in rows]

    @staticmethod
    def _bindings(connection: sa.Connection, ids: Sequence[str]) -> dict[str, list[Binding]]:
        found: dict[str, list[Binding]] = {}
        if ids:
            query = sa.select(bindings).where(bindings.c.manifest_id.in_(ids))
            for row in connection.execute(query):
                found.setdefault(row.manifest_id, []).append(Binding(row.algorithm, row.value))
        return found

    def _closest(self, connection: sa.Connection, query: Any, drawers: list[int]) -> list[int]:
        """Numbers of the records in these drawers whose signs differ least."""
        import numpy as np

        # driver SQL: the rows are many, and the drawers are integers of our own making
        inside = ",".join(map(str, drawers))
        rows = connection.exec_driver_sql(
            f"SELECT number, code FROM scenes WHERE cell IN ({inside}) LIMIT {_MOST_READ}"
        ).all()
        if not rows:
            return []
        codes = np.frombuffer(b"".join(row[1] for row in rows), np.uint8).reshape(len(rows), -1)
        far = query.distances(codes)
        order = np.argsort(far, kind="stable")
        numbers = dict.fromkeys(rows[i][0] for i in order[: 4 * _RECHECKED].tolist() if far[i] <= _FAR)
        return list(numbers)[:_RECHECKED]
