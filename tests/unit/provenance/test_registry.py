# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The registry: written once, never changed, and typed errors for a bad day."""

import contextlib
import datetime as dt
import multiprocessing
import sqlite3
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from postgresql import Server
from watermark_clips import ad

from adseal_provenance.errors import RegistryError
from adseal_provenance.likeness.fingerprint import Fingerprint
from adseal_provenance.records.record import Binding, Record
from adseal_provenance.records.registry import Registry
from adseal_provenance.records.schema import to_row


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


@pytest.fixture(params=["sqlite", "postgresql"])
def registry(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Registry]:
    """An empty registry, once of each kind."""
    if request.param == "sqlite":
        uri = f"sqlite:///{tmp_path}/deep/registry.db"
    else:
        uri = request.getfixturevalue("postgresql").new_database()
    with Registry.open(uri) as opened:
        yield opened


def test_a_record_is_found_by_its_locator_and_by_its_manifest(registry: Registry) -> None:
    registry.add(record())
    registry.add(record(2))
    registry.add(record(3, locator="ffffffffffff"))
    assert registry.by_locator("0123456789ab") == [record(), record(2)]
    assert registry.get("urn:c2pa:3") == record(3, locator="ffffffffffff")
    assert registry.by_locator("000000000000") == []
    assert registry.get("urn:c2pa:4") is None
    assert registry.count() == 3


def test_the_same_record_again_is_fine_and_another_one_is_refused(registry: Registry) -> None:
    registry.add(record())
    registry.add(record())
    for changed in (replace(record(), title="Other"), replace(record(), locator="ffffffffffff")):
        with pytest.raises(RegistryError) as caught:
            registry.add(changed)
        assert caught.value.code == "registry_conflict"
    assert registry.count() == 1 and registry.get("urn:c2pa:1") == record()


def test_every_soft_binding_leads_to_its_record(registry: Registry) -> None:
    registry.add(record())
    registry.add(replace(record(2), bindings=(Binding("com.example.mark", "00ff"),)))
    assert registry.by_binding("io.adseal.sound.1", "0123456789ab") == [record()]
    (found,) = registry.by_binding("com.example.mark", "00ff")
    assert found.manifest_id == "urn:c2pa:2" and found.bindings == (Binding("com.example.mark", "00ff"),)
    assert registry.by_binding("io.adseal.sound.1", "00ff") == []


def test_a_binding_can_be_added_and_moved(registry: Registry) -> None:
    registry.add(record())
    registry.add(record(2))
    further = Binding("com.example.mark", "00ff")
    registry.bind("urn:c2pa:1", further)
    registry.bind("urn:c2pa:1", further)
    assert [r.manifest_id for r in registry.by_binding(*further)] == ["urn:c2pa:1"]
    registry.bind("urn:c2pa:2", further, instead=True)
    assert [r.manifest_id for r in registry.by_binding(*further)] == ["urn:c2pa:2"]
    registry.add(record())  # what came later is no conflict
    with pytest.raises(RegistryError) as caught:
        registry.bind("urn:c2pa:9", further)
    assert caught.value.code == "registry_unknown"


def looks(seed: int) -> Fingerprint:
    return Fingerprint.of((i / 12, frame) for i, frame in enumerate(ad(seed)))


def seen(number: int) -> Record:
    return replace(record(number), fingerprint=looks(number).for_record().to_bytes())


def test_a_video_is_found_by_how_it_looks(registry: Registry) -> None:
    for number in range(40, 46):
        registry.add(seen(number))
    registry.add(record(9))  # without a fingerprint, it is in nobody's way
    near = registry.nearest(looks(42))
    assert near[0][:3] == ("urn:c2pa:42", "deadbeef", "0123456789ab") and near[0].similarity > 0.95
    assert registry.nearest(Fingerprint.of([(0.0, np.full((90, 160), 16, np.uint8))])) == []


def test_what_is_removed_is_found_by_nothing_any_more(registry: Registry) -> None:
    registry.add(seen(41))
    assert registry.remove("urn:c2pa:41")
    assert not registry.remove("urn:c2pa:41")
    assert registry.count() == 0
    assert registry.by_binding("io.adseal.picture.1", "0123456789ab") == []
    with registry._engine.connect() as connection:
        for table in ("bindings", "scenes"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() == 0
    registry.add(seen(41))
    assert [near.manifest_id for near in registry.nearest(looks(41))] == ["urn:c2pa:41"]


_VERSION_1 = """
CREATE TABLE records (manifest_id TEXT NOT NULL, locator TEXT NOT NULL, key_id TEXT NOT NULL,
 algorithms TEXT NOT NULL, manifest_store BLOB NOT NULL, fingerprint BLOB NOT NULL, title TEXT NOT NULL,
 sha256 TEXT NOT NULL, plan_hash TEXT, created_at TEXT NOT NULL, duration_s FLOAT NOT NULL, PRIMARY KEY (manifest_id));
CREATE INDEX ix_records_locator ON records (locator);
PRAGMA user_version = 1;
"""


@pytest.mark.parametrize("create", [True, False])
def test_a_database_of_the_first_version_opens_with_everything_in_it(tmp_path: Path, create: bool) -> None:
    path = tmp_path / "old.db"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.executescript(_VERSION_1)
        for kept in (seen(41), record(2)):
            row = to_row(kept)
            marks = ", ".join(":" + name for name in row)
            connection.execute(f"INSERT INTO records ({', '.join(row)}) VALUES ({marks})", row)
        connection.commit()
    for _ in range(2):
        with Registry.open(path, create=create) as registry:
            assert registry.by_locator("0123456789ab") == [record(2), seen(41)]
            assert registry.by_binding("io.adseal.picture.1", "0123456789ab") == [record(2), seen(41)]
            assert [near.manifest_id for near in registry.nearest(looks(41))] == ["urn:c2pa:41"]
            registry.add(record(3))
            assert registry.remove("urn:c2pa:3")


def test_a_password_is_not_shown(postgresql: Server) -> None:
    uri = postgresql.new_database().replace("adseal@", "adseal:secret@")
    with Registry.open(uri) as registry:
        assert "secret" not in repr(registry) + registry.uri


def test_a_postgresql_server_that_went_away_is_named_and_worth_another_try(postgresql: Server) -> None:
    with pytest.raises(RegistryError) as caught:
        Registry.open(postgresql.uri("not_there"))
    assert caught.value.code == "registry_missing"
    with Registry.open(postgresql.new_database()) as registry, registry._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE adseal_schema SET version = 99")
        with pytest.raises(RegistryError) as caught:
            connection.commit()
            Registry.open(registry_uri(registry))
    assert caught.value.code == "registry_version"


def registry_uri(registry: Registry) -> str:
    return registry._engine.url.render_as_string(hide_password=False)


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


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_processes_share_it_from_its_very_first_moment(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str
) -> None:
    uri = str(tmp_path / "r.db")
    if kind == "postgresql":
        uri = request.getfixturevalue("postgresql").new_database()
    context = multiprocessing.get_context("spawn")
    jobs = [context.Process(target=_add_some, args=(uri, 10 * n)) for n in range(3)]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join(60)
    assert [job.exitcode for job in jobs] == [0, 0, 0]
    with Registry.open(uri) as registry:
        assert registry.count() == 30


def refusal(uri: object, **options: bool) -> str:
    with pytest.raises(RegistryError) as caught:
        Registry.open(uri, **options).count()  # type: ignore[arg-type]
    return caught.value.code


def test_what_is_no_registry_is_refused(tmp_path: Path) -> None:
    assert refusal("mysql://host/db") == "registry_uri"
    assert refusal("postgresql://nobody@127.0.0.1:1/none") == "registry_unreachable"
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
