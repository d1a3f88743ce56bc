# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Names of objects and what travels with them: accepted everywhere or nowhere."""

import tempfile
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adseal.stores.base import MAX_KEY_BYTES, MAX_SEGMENT_BYTES, check_metadata, clean_key, clean_prefix
from adseal.stores.directory import DirectoryStore
from adseal.stores.errors import BadKey, BadMetadata

PARTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="/\\"),
    min_size=1,
    max_size=40,
)
KEYS = st.lists(PARTS, min_size=1, max_size=4).map("/".join)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/",
        "/etc/passwd",
        "..",
        "../x",
        "a/../b",
        "a/..",
        ".",
        "a/./b",
        "a//b",
        "a/",
        "a\\b",
        "..\\x",
        "a\0b",
        "a\nb",
        "a\x1bb",
        "a\x7fb",
        "a\x85b",
        "a\u2028b",
        "ad\u202e4pm.exe",
        "a\ud800",
        ".adseal",
        ".adseal/x",
        "a/.adseal/b.json",
        "a/.ADSEAL/b",
        ".adseal-check-x",
        "x" * (MAX_SEGMENT_BYTES + 1),
        "ü" * (MAX_SEGMENT_BYTES // 2 + 1),
        "/".join(["x" * 100] * 11),
    ],
)
def test_a_dangerous_or_ambiguous_key_is_refused(key: str) -> None:
    with pytest.raises(BadKey) as raised:
        clean_key(key)
    assert raised.value.code == "bad_key"
    assert str(raised.value).isprintable()


@pytest.mark.parametrize(
    "key",
    [
        "a",
        "summer-9x16-1a2b3c4d/ad.mp4",
        "夏/広告.mp4",
        "إعلان.mp4",
        "a b/c%20d?e=f&g",
        "..a/b..",
        "…",
        "x" * 200,
    ],
)
def test_a_plain_key_is_taken_as_it_is(key: str) -> None:
    assert clean_key(key) == key


def test_two_spellings_of_one_character_are_one_key() -> None:
    assert clean_key("cafe\u0301.mp4") == clean_key("caf\u00e9.mp4") == "café.mp4"


@given(st.text(max_size=60))
@example("a/" * 600)
def test_any_text_is_a_key_or_a_bad_key_and_cleaning_twice_changes_nothing(text: str) -> None:
    try:
        key = clean_key(text)
    except BadKey:
        return
    assert clean_key(key) == key
    assert unicodedata.is_normalized("NFC", key)
    assert len(key.encode()) <= MAX_KEY_BYTES
    assert not Path(key).is_absolute()
    assert ".." not in Path(key).parts
    assert all(clean_prefix(key[:n]) == key[:n] for n in (0, len(key) // 2) if "\u0300" not in key)


@settings(max_examples=40, deadline=None)
@given(key=KEYS, data=st.binary(max_size=50))
def test_whatever_key_a_folder_accepts_the_bytes_come_back_and_nothing_lands_outside(
    key: str, data: bytes
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "root")
        source, back = Path(folder, "source"), Path(folder, "back")
        source.write_bytes(data)
        store = DirectoryStore(root)
        try:
            stored = store.put(key, source, content_type="video/mp4")
        except BadKey:
            assert not root.exists()
            return
        store.fetch(key, back)
        assert back.read_bytes() == data
        assert [o.key for o in store.list()] == [stored.key]
        assert sorted(p.name for p in Path(folder).iterdir()) == ["back", "root", "source"]
        store.delete(key)
        assert list(root.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["", "Title", "ad_id", "-a", "a-", "a b", "ä", "a" * 65, "a\n", "adseal-sha256"]
)
def test_a_metadata_name_that_s3_would_change_is_refused(name: str) -> None:
    with pytest.raises(BadMetadata):
        check_metadata("video/mp4", {name: "x"})


@pytest.mark.parametrize("content_type", ["", "video", "video/", "video/mp4\r\nx: y", "vidéo/mp4", "a/b/c"])
def test_a_content_type_that_is_none_is_refused(content_type: str) -> None:
    with pytest.raises(BadMetadata):
        check_metadata(content_type, {})


def test_an_empty_metadata_value_is_refused_because_some_servers_drop_it() -> None:
    with pytest.raises(BadMetadata, match="empty"):
        check_metadata("video/mp4", {"title": ""})


def test_metadata_larger_than_a_bucket_takes_is_refused_everywhere() -> None:
    check_metadata("text/html; charset=utf-8", {"title": "x" * 1500})
    with pytest.raises(BadMetadata, match="bytes"):
        check_metadata("video/mp4", {"title": "夏" * 300})


@given(prefix=st.text(max_size=20))
def test_any_prefix_is_clean_or_refused(prefix: str) -> None:
    try:
        assert clean_prefix(clean_prefix(prefix)) == clean_prefix(prefix)
    except BadKey:
        return
