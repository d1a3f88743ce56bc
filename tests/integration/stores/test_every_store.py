# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What every store promises, tried on a real folder and on a bucket of a real S3 server."""

import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from adseal.stores import Store, StoredObject, open_store
from adseal.stores.errors import BadKey, BadMetadata, LocalFileError, ObjectExists, ObjectMissing, StoreError

FileOf = Callable[[bytes | int], Path]
RACERS = 8


def put(store: Store, key: str, path: Path) -> StoredObject:
    return store.put(key, path, content_type="video/mp4")


class TestEveryStore:
    def test_a_check_passes_and_leaves_nothing(self, store: Store) -> None:
        store.check()
        assert list(store.list()) == []

    def test_what_was_put_comes_back_byte_for_byte_with_all_that_was_said_about_it(
        self, store: Store, file_of: FileOf, tmp_path: Path
    ) -> None:
        source = file_of(300_000)
        digest = hashlib.sha256(source.read_bytes()).hexdigest()
        metadata = {"adseal-id": "00ff00ff00ff", "title": "Sommer & 夏: 50 %  off \t“now” "}
        stored = store.put("summer/ad.mp4", source, content_type="video/mp4", metadata=metadata)
        assert (stored.key, stored.size, stored.sha256) == ("summer/ad.mp4", 300_000, digest)
        assert (stored.content_type, stored.metadata) == ("video/mp4", metadata)
        assert stored.uri == f"{store.uri}/summer/ad.mp4"
        assert not stored.already_there
        back = tmp_path / "back.mp4"
        back.write_bytes(b"old")
        assert store.fetch("summer/ad.mp4", back) == store.head("summer/ad.mp4") == stored
        assert back.read_bytes() == source.read_bytes()
        assert not [p for p in tmp_path.iterdir() if p.name.endswith(".part")]

    def test_a_second_visitor_sees_what_the_first_one_put(self, store: Store, file_of: FileOf) -> None:
        put(store, "a/b.mp4", file_of(b"1"))
        assert [o.key for o in open_store(store.uri).list()] == ["a/b.mp4"]

    def test_the_same_bytes_again_are_a_success(self, store: Store, file_of: FileOf) -> None:
        first = store.put("ad.mp4", file_of(b"same"), content_type="video/mp4", metadata={"n": "1"})
        again = store.put("ad.mp4", file_of(b"same"), content_type="video/mp4", metadata={"n": "2"})
        assert again.already_there
        assert (again.sha256, again.metadata) == (first.sha256, {"n": "1"})

    def test_other_bytes_never_replace_what_is_there(
        self, store: Store, file_of: FileOf, tmp_path: Path
    ) -> None:
        put(store, "ad.mp4", file_of(b"first"))
        for other in (b"other", b"longer than first", b""):
            with pytest.raises(ObjectExists) as raised:
                put(store, "ad.mp4", file_of(other))
            assert raised.value.hint
        store.fetch("ad.mp4", tmp_path / "back")
        assert (tmp_path / "back").read_bytes() == b"first"

    def test_an_empty_file_is_an_object_too(self, store: Store, file_of: FileOf, tmp_path: Path) -> None:
        assert put(store, "empty", file_of(b"")).size == 0
        assert store.fetch("empty", tmp_path / "back").sha256 == hashlib.sha256(b"").hexdigest()
        assert (tmp_path / "back").read_bytes() == b""

    def test_of_racing_writers_exactly_one_wins_and_its_bytes_and_metadata_belong_together(
        self, store: Store, file_of: FileOf, tmp_path: Path
    ) -> None:
        sources = [file_of(b"%d" % n * 200_000) for n in range(RACERS)]
        start = threading.Barrier(RACERS)

        def race(n: int) -> StoredObject | StoreError:
            start.wait()
            try:
                return store.put("ad.mp4", sources[n], content_type="video/mp4", metadata={"n": str(n)})
            except StoreError as error:
                return error

        with ThreadPoolExecutor(RACERS) as pool:
            results = list(pool.map(race, range(RACERS)))
        winners = [r for r in results if isinstance(r, StoredObject)]
        assert len(winners) == 1
        assert {type(r) for r in results if r not in winners} == {ObjectExists}
        fetched = store.fetch("ad.mp4", tmp_path / "back")
        assert (tmp_path / "back").read_bytes() == sources[int(fetched.metadata["n"])].read_bytes()

    def test_racing_writers_of_the_same_bytes_all_succeed(self, store: Store, file_of: FileOf) -> None:
        source = file_of(100_000)
        with ThreadPoolExecutor(RACERS) as pool:
            results = list(pool.map(lambda _: put(store, "ad.mp4", source), range(RACERS)))
        assert sum(not r.already_there for r in results) == 1

    @pytest.mark.parametrize(
        "key",
        [
            "夏/広告 第一.mp4",
            "إعلان.mp4",
            "🎬/a b.mp4",
            "50%/20%20.mp4",
            "q?a=b&c#d+e.mp4",
            "a'b\"c<d>.mp4",
            "cafe\u0301",
        ],
    )
    def test_keys_in_any_script_work(self, key: str, store: Store, file_of: FileOf, tmp_path: Path) -> None:
        stored = put(store, key, file_of(b"x"))
        assert [o.key for o in store.list()] == [stored.key]
        assert store.fetch(key, tmp_path / "back") == store.head(key)
        store.delete(key)
        assert store.head(key) is None

    def test_a_listing_is_sorted_and_narrowed_by_any_prefix(self, store: Store, file_of: FileOf) -> None:
        keys = ["Z", "a-b/x", "a.b", "a/b", "a/c/d", "b", "é"]
        for key in reversed(keys):
            put(store, key, file_of(key.encode()))
        assert [o.key for o in store.list()] == keys
        assert [o.key for o in store.list("a/")] == ["a/b", "a/c/d"]
        assert [o.key for o in store.list("a")] == ["a-b/x", "a.b", "a/b", "a/c/d"]
        assert [o.key for o in store.list("nothing/")] == []
        assert list(store.list("a/b")) == [store.head("a/b")]

    def test_what_is_deleted_is_gone_and_its_key_is_free(self, store: Store, file_of: FileOf) -> None:
        put(store, "run/ad.mp4", file_of(b"1"))
        store.delete("run/ad.mp4")
        store.delete("run/ad.mp4")
        assert store.head("run/ad.mp4") is None
        assert list(store.list()) == []
        assert not put(store, "run/ad.mp4", file_of(b"2")).already_there

    def test_nothing_there_is_said_plainly(self, store: Store, tmp_path: Path) -> None:
        back = tmp_path / "back"
        assert store.head("none.mp4") is None
        with pytest.raises(ObjectMissing):
            store.fetch("none.mp4", back)
        assert not back.exists()
        store.delete("none.mp4")

    @pytest.mark.parametrize("key", ["../x", "/x", "a//b", "a\nb", ".adseal/x", ""])
    def test_no_way_in_takes_a_dangerous_key(
        self, key: str, store: Store, file_of: FileOf, tmp_path: Path
    ) -> None:
        source = file_of(b"x")
        for way in (
            lambda: put(store, key, source),
            lambda: store.fetch(key, tmp_path / "back"),
            lambda: store.head(key),
            lambda: store.delete(key),
        ):
            with pytest.raises(BadKey):
                way()

    def test_metadata_that_cannot_travel_is_refused_before_anything_is_stored(
        self, store: Store, file_of: FileOf
    ) -> None:
        for content_type, metadata in (
            ("video/mp4", {"Title": "x"}),
            ("no type", {}),
            ("video/mp4", {"a": "夏" * 999}),
        ):
            with pytest.raises(BadMetadata):
                store.put("ad.mp4", file_of(b"x"), content_type=content_type, metadata=metadata)
        assert store.head("ad.mp4") is None

    def test_a_file_that_cannot_be_read_or_written_here_is_not_the_stores_fault(
        self, store: Store, file_of: FileOf, tmp_path: Path
    ) -> None:
        for source in (tmp_path / "missing", tmp_path):
            with pytest.raises(LocalFileError):
                put(store, "ad.mp4", source)
        put(store, "ad.mp4", file_of(b"x"))
        for target in (tmp_path / "no" / "folder", tmp_path):
            with pytest.raises(LocalFileError):
                store.fetch("ad.mp4", target)
        assert not list(tmp_path.glob("**/.*.part"))

    def test_a_large_file_comes_back_whole_and_is_not_sent_twice(
        self, store: Store, file_of: FileOf, tmp_path: Path
    ) -> None:
        source = file_of(20_000_000)
        first = store.put("big.mp4", source, content_type="video/mp4", metadata={"n": "1"})
        back = tmp_path / "back"
        assert store.fetch("big.mp4", back).sha256 == first.sha256
        assert hashlib.sha256(back.read_bytes()).hexdigest() == first.sha256
        assert put(store, "big.mp4", source).already_there
        with pytest.raises(ObjectExists):
            put(store, "big.mp4", file_of(20_000_000))
