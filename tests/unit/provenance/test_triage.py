# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The first look at a video: one read, two at most, whatever the boxes say."""

import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.provenance_kit import LOCATOR, Seal, box

from adseal_provenance.credentials import container
from adseal_provenance.reading.triage import FOLLOW_BYTES, HEAD_BYTES, Triage, triage

FTYP = box(b"ftyp", b"isom" + bytes(4))
C2PA = box(b"uuid", container.C2PA_UUID + bytes(40))


class Bytes:
    """A video somewhere else: counts what is read of it."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.reads: list[tuple[int, int]] = []

    def read(self, start: int, length: int) -> bytes:
        self.reads.append((start, length))
        return self.data[start : start + length]


def look(data: bytes, head: int = HEAD_BYTES) -> tuple[Triage, list[tuple[int, int]]]:
    there = Bytes(data)
    return triage(data[:head], len(data), there.read), there.reads


def test_a_sealed_video_is_seen_with_the_first_read(seal: Seal) -> None:
    found, reads = look(seal.path.read_bytes(), 4096)
    assert (found.credential, reads) == ("embedded", [])
    data = seal.path.read_bytes()
    assert found.offset is not None and data[found.offset + 4 : found.offset + 8] == b"uuid"
    assert found.bytes_read == 4096


def test_the_aigc_tag_is_read_where_it_lies_within_the_bytes(seal: Seal) -> None:
    found, reads = look(seal.plain.read_bytes())
    assert found.credential == "absent" and found.index == "front" and reads == []
    assert found.labels is not None
    assert (found.labels["Label"], found.labels["ProduceID"]) == ("1", LOCATOR)


def test_an_index_behind_the_pictures_costs_one_more_read() -> None:
    tail = box(b"moov", bytes(3000)) + C2PA
    data = FTYP + box(b"mdat", bytes(900_000)) + tail
    found, reads = look(data)
    assert (found.credential, found.index, found.offset) == ("embedded", "end", len(data) - len(C2PA))
    assert reads == [(len(data) - len(tail), len(tail))]
    assert found.bytes_read == HEAD_BYTES + len(tail)
    without, _ = look(data[: -len(C2PA)])
    assert (without.credential, without.index) == ("absent", "end")


def test_what_two_reads_do_not_reach_is_unclear_and_not_absent() -> None:
    big = box(b"mdat", bytes(700_000))
    found, reads = look(FTYP + big + big + C2PA)
    assert (found.credential, len(reads)) == ("unclear", 1)
    assert "two reads" in found.reason


@pytest.mark.parametrize("data", [b"", b"\0", b"just a text", b"\x1aE\xdf\xa3" + bytes(100)])
def test_another_kind_of_file_is_unsupported_and_read_no_further(data: bytes) -> None:
    found, reads = look(data)
    assert (found.credential, reads, found.bytes_read) == ("unsupported", [], len(data))


@pytest.mark.parametrize(
    "lie",
    [struct.pack(">I4s", 7, b"free"), struct.pack(">I4sQ", 1, b"free", 3), box(b"free") * 20_000],
    ids=["shorter than its header", "long and short", "a bomb of boxes"],
)
def test_boxes_that_lie_make_the_answer_unclear(lie: bytes) -> None:
    found, _ = look(FTYP + lie + C2PA)
    assert found.credential == "unclear" and found.reason


def test_a_source_that_gives_less_than_it_promised_makes_the_answer_unclear() -> None:
    data = FTYP + box(b"mdat", bytes(900_000)) + C2PA
    assert triage(data[:HEAD_BYTES], len(data), lambda _start, _length: b"").credential == "unclear"
    much = triage(data[:HEAD_BYTES], len(data), lambda start, _length: data[start:] + bytes(9_000_000))
    assert (much.credential, much.bytes_read) == ("embedded", HEAD_BYTES + len(C2PA))


def test_a_box_that_claims_more_than_there_is_counts_as_for_the_verifier(tmp_path: Path) -> None:
    cut = FTYP + struct.pack(">I4s", 9_000_000, b"uuid") + container.C2PA_UUID + bytes(100)
    (tmp_path / "a.mp4").write_bytes(cut + b"manifest")
    assert look(cut)[0].credential == "embedded"


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_no_bytes_make_it_raise_read_twice_or_miss_a_credential(data: st.DataObject, seal: Seal) -> None:
    original = bytearray(seal.path.read_bytes()[: data.draw(st.integers(0, 12_000))])
    for _ in range(data.draw(st.integers(0, 8)) if original else 0):
        original[data.draw(st.integers(0, len(original) - 1))] = data.draw(st.integers(0, 255))
    whole = bytes(original)
    found, reads = look(whole, data.draw(st.integers(0, 13_000)))
    assert len(reads) <= 1
    assert all(0 <= start < len(whole) and 0 < length <= FOLLOW_BYTES for start, length in reads)
    assert found.bytes_read <= 2 * len(whole)
    path = seal.path.with_name("triaged.mp4")
    path.write_bytes(whole)
    if found.credential == "absent":
        assert container.embedded_store(path) is None


@settings(max_examples=200, deadline=None)
@given(
    lengths=st.lists(st.integers(0, 1_500_000), max_size=6),
    where=st.integers(0, 6),
    kinds=st.sampled_from([b"mdat", b"free", b"moov", b"uuid"]),
)
def test_a_credential_anywhere_among_the_boxes_is_never_called_absent(
    lengths: list[int], where: int, kinds: bytes
) -> None:
    boxes = [struct.pack(">I4s", 8 + length, kinds) + bytes(length) for length in lengths]
    boxes.insert(min(where, len(boxes)), C2PA)
    assert look(FTYP + b"".join(boxes))[0].credential in ("embedded", "unclear")
