# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The folder store where it differs from a bucket: files, links, permissions, full disks."""

import errno
import os
import resource
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from adseal.stores.directory import DirectoryStore
from adseal.stores.errors import (
    BadStoreUri,
    ChecksumMismatch,
    ObjectExists,
    ObjectMissing,
    StoreAccessDenied,
    StoreError,
    StoreFull,
    StoreUnavailable,
)
from adseal.stores.local import disk_error, folder_lock, part_file

FULL_DISK = 256 * 1024


@pytest.fixture
def store(tmp_path: Path) -> DirectoryStore:
    return DirectoryStore(tmp_path / "ads")


@pytest.fixture
def ad(tmp_path: Path) -> Path:
    path = tmp_path / "ad.mp4"
    path.write_bytes(b"sealed" * 1000)
    return path


def put(store: DirectoryStore, key: str, path: Path) -> None:
    store.put(key, path, content_type="video/mp4")


def test_the_object_is_a_plain_readable_file_under_its_key(store: DirectoryStore, ad: Path) -> None:
    stored = store.put("summer/ad.mp4", ad, content_type="video/mp4", metadata={"title": "夏"})
    placed = store.root / "summer" / "ad.mp4"
    assert placed.read_bytes() == ad.read_bytes()
    assert stored.uri == placed.as_uri()
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(placed.stat().st_mode) == 0o666 & ~umask
    assert placed.stat().st_nlink == 1
    assert [p.name for p in (placed.parent / ".adseal").iterdir()] == ["ad.mp4.json"]


def test_a_check_leaves_nothing_whether_the_folder_is_there_or_not(tmp_path: Path) -> None:
    DirectoryStore(tmp_path / "a" / "b").check()
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "a").mkdir()
    DirectoryStore(tmp_path / "a").check()
    assert list((tmp_path / "a").iterdir()) == []


def test_a_file_where_the_folder_should_be_is_told_by_the_check(ad: Path) -> None:
    for place in (ad, ad / "below"):
        with pytest.raises(BadStoreUri, match="is a file"):
            DirectoryStore(place).check()


@pytest.fixture
def forbidden() -> Iterator[Path]:
    """A folder that this process may read but not write."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "ads")
        place.mkdir()
        place.chmod(0o555)
        Path(folder).chmod(0o755)
        if os.geteuid() == 0:
            os.seteuid(65534)
        try:
            yield place
        finally:
            os.seteuid(os.getuid())


def test_a_folder_that_may_not_be_written_is_told_by_the_check_and_by_put(forbidden: Path) -> None:
    for place in (forbidden, forbidden / "new"):
        store = DirectoryStore(place)
        with pytest.raises(StoreAccessDenied) as raised:
            store.check()
        assert raised.value.hint
        with pytest.raises(StoreAccessDenied):
            put(store, "a", Path(__file__))


def test_too_little_room_is_told_by_the_check(tmp_path: Path) -> None:
    with pytest.raises(StoreFull, match="room"):
        DirectoryStore(tmp_path, min_free_bytes=1 << 60).check()


@pytest.mark.parametrize(
    ("number", "kind", "retryable"),
    [
        (errno.ENOSPC, StoreFull, False),
        (errno.EDQUOT, StoreFull, False),
        (errno.EACCES, StoreAccessDenied, False),
        (errno.EROFS, StoreAccessDenied, False),
        (errno.EIO, StoreUnavailable, True),
        (errno.ENOTDIR, StoreUnavailable, False),
    ],
)
def test_what_the_system_says_becomes_a_store_error(
    number: int, kind: type[StoreError], retryable: bool
) -> None:
    error = disk_error(OSError(number, os.strerror(number)), "put 'a'")
    assert type(error) is kind
    assert error.retryable is retryable


def test_a_real_full_disk_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={FULL_DISK}", "adseal-test", str(disk)],
        check=False,
        capture_output=True,
    )
    if mounted.returncode != 0:
        pytest.skip("this process may not mount a small disk")
    try:
        big, small = tmp_path / "big", tmp_path / "small"
        big.write_bytes(b"x" * 2 * FULL_DISK)
        small.write_bytes(b"y")
        store = DirectoryStore(disk / "ads")
        with pytest.raises(StoreFull):
            store.check()
        with pytest.raises(StoreFull):
            put(store, "ad.mp4", big)
        assert store.head("ad.mp4") is None
        assert [p for p in disk.rglob("*") if p.is_file()] == []
        put(store, "ad.mp4", small)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_write_the_system_cuts_short_leaves_nothing(store: DirectoryStore, tmp_path: Path) -> None:
    big = tmp_path / "big"
    big.write_bytes(b"x" * 3_000_000)
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, limit[1]))
    try:
        with pytest.raises(StoreFull):
            put(store, "ad.mp4", big)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert list(store.root.rglob("*")) == []
    put(store, "ad.mp4", big)


@pytest.mark.parametrize("link", ["out", "out/deep", "ad.mp4", ".adseal"])
def test_a_link_inside_the_store_is_not_followed(
    link: str, store: DirectoryStore, ad: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "victim.mp4").write_bytes(b"precious")
    place = store.root / link
    place.parent.mkdir(parents=True)
    place.symlink_to(outside / "victim.mp4" if link == "ad.mp4" else outside)
    key = {"ad.mp4": "ad.mp4", ".adseal": "x.mp4"}.get(link, f"{link}/x.mp4")
    with pytest.raises(StoreAccessDenied, match="symbolic link"):
        put(store, key, ad)
    assert [p.name for p in outside.iterdir()] == ["victim.mp4"]
    assert (outside / "victim.mp4").read_bytes() == b"precious"
    if link != ".adseal":
        for look in (store.head, store.delete, lambda k: store.fetch(k, tmp_path / "back")):
            with pytest.raises(StoreAccessDenied):
                look(key)
    assert list(store.list()) == []


def test_the_store_itself_may_be_reached_through_a_link(tmp_path: Path, ad: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    put(DirectoryStore(tmp_path / "link"), "ad.mp4", ad)
    assert DirectoryStore(tmp_path / "real").head("ad.mp4") is not None


def test_an_object_whose_bytes_rot_is_neither_fetched_nor_taken_for_delivered(
    store: DirectoryStore, ad: Path, tmp_path: Path
) -> None:
    put(store, "ad.mp4", ad)
    placed = store.root / "ad.mp4"
    placed.write_bytes(b"tamper" * 1000)
    back = tmp_path / "back"
    back.write_bytes(b"mine")
    with pytest.raises(ChecksumMismatch):
        store.fetch("ad.mp4", back)
    assert back.read_bytes() == b"mine"
    with pytest.raises(ChecksumMismatch):
        put(store, "ad.mp4", ad)
    store.delete("ad.mp4")
    put(store, "ad.mp4", ad)


def test_a_damaged_record_is_an_error_that_delete_repairs(store: DirectoryStore, ad: Path) -> None:
    put(store, "ad.mp4", ad)
    (store.root / ".adseal" / "ad.mp4.json").write_text('{"size": 1')
    with pytest.raises(ChecksumMismatch, match="record"):
        store.head("ad.mp4")
    store.delete("ad.mp4")
    put(store, "ad.mp4", ad)


def test_a_file_that_somebody_else_laid_there_is_no_object_and_is_not_overwritten(
    store: DirectoryStore, ad: Path
) -> None:
    store.root.mkdir()
    (store.root / "report.html").write_text("theirs")
    assert store.head("report.html") is None
    assert list(store.list()) == []
    with pytest.raises(ObjectMissing):
        store.fetch("report.html", ad.with_name("back"))
    with pytest.raises(ObjectExists, match="not put here"):
        put(store, "report.html", ad)
    store.delete("report.html")
    assert (store.root / "report.html").read_text() == "theirs"
    (store.root / "copied.mp4").write_bytes(ad.read_bytes())
    assert store.put("copied.mp4", ad, content_type="video/mp4").already_there
    assert [o.key for o in store.list()] == ["copied.mp4"]


def test_an_object_is_not_a_folder_and_a_folder_is_not_an_object(store: DirectoryStore, ad: Path) -> None:
    put(store, "a/b", ad)
    with pytest.raises(ObjectExists):
        put(store, "a", ad)
    with pytest.raises(ObjectExists):
        put(store, "a/b/c", ad)
    assert store.head("a") is None
    assert store.head("a/b/c") is None
    store.delete("a")
    store.delete("a/b/c")
    assert store.head("a/b") is not None
    store.delete("a/b")
    put(store, "a", ad)


def test_a_file_system_without_hard_links_is_served_by_renaming(
    store: DirectoryStore, ad: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    put(store, "ad.mp4", ad)
    assert store.put("ad.mp4", ad, content_type="video/mp4").already_there
    assert [o.key for o in store.list()] == ["ad.mp4"]
    assert [p.name for p in (store.root / ".adseal").iterdir()] == ["ad.mp4.json"]


def test_a_folder_held_by_a_hanging_process_is_an_error_after_a_deadline(tmp_path: Path, ad: Path) -> None:
    store = DirectoryStore(tmp_path / "ads", lock_wait_s=0.2)
    put(store, "a", ad)
    with folder_lock(store.root, 1), pytest.raises(StoreUnavailable) as raised:
        put(store, "b", ad)
    assert raised.value.retryable
    put(store, "b", ad)


def test_leftovers_of_dead_writers_are_swept_and_those_of_living_ones_are_not(
    store: DirectoryStore, ad: Path
) -> None:
    put(store, "first", ad)
    aside = store.root / ".adseal"
    (aside / "dead.part").write_bytes(b"half")
    (aside / "never-came.mp4.json").write_text("{}")
    with part_file(aside, lock=store.root, wait_s=1) as (living, _):
        put(DirectoryStore(store.root), "second", ad)
        assert sorted(p.name for p in aside.iterdir()) == sorted(["first.json", "second.json", living.name])
