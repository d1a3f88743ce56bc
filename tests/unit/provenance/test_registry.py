# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The registry: written once, never changed, and typed errors for a bad day."""

import datetime as dt
import multiprocessing
import sqlite3
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from adseal_provenance.errors import RegistryError
from adseal_provenance.record import Record
from adseal_provenance.registry import Registry


def record(number: int = 1, locator: str = "0123456789ab") -> Record:
    return Record(
        locator=locator,
        key_id="deadbeef",
        algorithms=("io.adseal.picture.1", "io.adseal.sound.1"),
        manifest_id=f"urn:c2pa:{number}",
        manifest_store=bytes([number % 256]) * 100,
        fingerprint=b"\0\1",
        title="Summer offer",
        sha256="ab" * 32,
        plan_hash=None,
        created_at=dt.datetime(2026, 11, 20, 12, 0, tzinfo=dt.UTC) + dt.timedelta(seconds=number),
        duration_s=6.0,
    )


def test_a_record_is_found_by_its_locator_and_by_its_manifest(tmp_path: Path) -> None:
    with Registry.open(f"sqlite:///{tmp_path}/deep/registry.db") as registry:
        registry.add(record())
        registry.add(record(2))
        registry.add(record(3, locator="ffffffffffff"))
    with Registry.open(tmp_path / "deep" / "registry.db", create=False) as registry:
        assert registry.by_locator("0123456789ab") == [record(), record(2)]
        assert registry.get("urn:c2pa:3") == record(3, locator="ffffffffffff")
        assert registry.by_locator("000000000000") == []
        assert registry.get("urn:c2pa:4") is None
        assert registry.count() == 3


def test_the_same_record_again_is_fine_and_another_one_is_refused(tmp_path: Path) -> None:
    with Registry.open(tmp_path / "registry.db") as registry:
        registry.add(record())
        registry.add(record())
        for changed in (replace(record(), title="Other"), replace(record(), locator="ffffffffffff")):
            with pytest.raises(RegistryError) as caught:
                registry.add(changed)
            assert caught.value.code == "registry_conflict"
        assert registry.count() == 1 and registry.get("urn:c2pa:1") == record()


def test_its_files_are_private(tmp_path: Path) -> None:
    with Registry.open(tmp_path / "registry.db") as registry:
        registry.add(record())
        assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_commits_are_durable(tmp_path: Path) -> None:
    with Registry.open(tmp_path / "registry.db") as registry, registry._engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2


def _add_some(path: str, first: int) -> None:
    with Registry.open(path) as registry:
        for number in range(first, first + 10):
            registry.add(record(number))


def test_processes_share_it_from_its_very_first_moment(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    jobs = [context.Process(target=_add_some, args=(str(tmp_path / "r.db"), 10 * n)) for n in range(3)]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join(60)
    assert [job.exitcode for job in jobs] == [0, 0, 0]
    with Registry.open(tmp_path / "r.db") as registry:
        assert registry.count() == 30


def refusal(uri: object, **options: bool) -> str:
    with pytest.raises(RegistryError) as caught:
        Registry.open(uri, **options).count()  # type: ignore[arg-type]
    return caught.value.code


def test_what_is_no_registry_is_refused(tmp_path: Path) -> None:
    assert refusal("postgresql://host/db") == "registry_uri"
    assert refusal("sqlite:///") == "registry_uri"
    assert refusal(tmp_path / "none.db", create=False) == "registry_missing"
    assert refusal(tmp_path) == "registry_unwritable"
    (tmp_path / "file").write_text("x")
    assert refusal(tmp_path / "file" / "r.db") == "registry_unwritable"
    (tmp_path / "text.db").write_text("this is no database, but it is long enough to look at" * 50)
    assert refusal(tmp_path / "text.db") == "registry_corrupt"
    with sqlite3.connect(tmp_path / "future.db") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    assert refusal(tmp_path / "future.db") == "registry_version"


def test_a_full_disk_is_named_and_worth_another_try(tmp_path: Path) -> None:
    with Registry.open(tmp_path / "registry.db") as registry:
        registry.add(record())

        def no_more_pages(connection: sqlite3.Connection, _record: object, _proxy: object) -> None:
            connection.execute("PRAGMA max_page_count = 8")  # SQLite then answers like on a full disk

        import sqlalchemy

        sqlalchemy.event.listen(registry._engine, "checkout", no_more_pages)
        with pytest.raises(RegistryError) as caught:
            registry.add(replace(record(2), manifest_store=bytes(100_000)))
        assert caught.value.code == "registry_full" and caught.value.retryable
        assert registry.count() == 1


def test_a_damaged_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "registry.db"
    with Registry.open(path) as registry:
        for number in range(200):
            registry.add(record(number))
    data = bytearray(path.read_bytes())
    data[4096 : 4096 * 4] = b"\xaa" * (4096 * 3)
    path.write_bytes(bytes(data))
    with pytest.raises(RegistryError) as caught, Registry.open(path) as registry:
        registry.count()
        registry.by_locator("0123456789ab")
    assert caught.value.code == "registry_corrupt"


def test_a_time_stamp_is_the_one_thing_that_a_record_takes_over_later(tmp_path: Path) -> None:
    with Registry.open(tmp_path / "registry.db") as registry:
        registry.add(record())
        registry.add(record(2))
        stamped = b"s" * 100
        registry.add_stamp("urn:c2pa:1", manifest_store=stamped, sha256="cd" * 32)
        assert registry.get("urn:c2pa:1") == replace(record(), manifest_store=stamped, sha256="cd" * 32)
        assert registry.get("urn:c2pa:2") == record(2)
        for manifest_id, store in (("urn:c2pa:3", stamped), ("urn:c2pa:2", stamped + b"s")):
            with pytest.raises(RegistryError) as caught:
                registry.add_stamp(manifest_id, manifest_store=store, sha256="cd" * 32)
            assert caught.value.code == "registry_conflict"
