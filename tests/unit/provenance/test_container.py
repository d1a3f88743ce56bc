# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""MP4 boxes: labels written and read back, the manifest store found, hostile structures survived."""

import io
import json
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.provenance_kit import LOCATOR, Seal, box

from adseal_provenance.credentials import container
from adseal_provenance.errors import MediaError, SealError


def test_the_labels_of_a_sealed_file_read_back(seal: Seal) -> None:
    assert container.read_xmp_source_type(seal.path) == "trainedAlgorithmicMedia"
    fields = container.read_aigc(seal.path)
    assert fields is not None and len(fields) == 7
    assert (fields["Label"], fields["ContentProducer"], fields["ProduceID"]) == (
        "1",
        "Example Ads GmbH",
        LOCATOR,
    )


def test_a_plain_file_has_no_labels(tmp_path: Path) -> None:
    path = tmp_path / "plain.mp4"
    path.write_bytes(box(b"ftyp", b"isom\0\0\0\0") + box(b"moov", box(b"udta")))
    assert container.read_xmp_source_type(path) is None
    assert container.read_aigc(path) is None
    assert container.embedded_store(path) is None


def test_the_manifest_store_is_found_in_the_first_part_of_a_file(seal: Seal) -> None:
    store, data = seal.signed.manifest_store, seal.path.read_bytes()
    assert (container.embedded_store(seal.path) or b"").startswith(store)
    assert (container.manifest_store(data[:100_000]) or b"").startswith(store)
    assert container.manifest_store(data[:2000]) is None
    assert container.manifest_store(seal.plain.read_bytes()) is None


def test_the_aigc_tag_has_the_seven_keys() -> None:
    tag = json.loads(container.aigc_metadata("Größe AG", "id-1", label="2")["AIGC"])
    assert list(tag) == [
        "Label",
        "ContentProducer",
        "ProduceID",
        "ReservedCode1",
        "ContentPropagator",
        "PropagateID",
        "ReservedCode2",
    ]
    assert tag["ContentProducer"] == "Größe AG" and tag["Label"] == "2"


def test_xmp_is_appended_once_and_moves_no_byte(seal: Seal, tmp_path: Path) -> None:
    path = tmp_path / "copy.mp4"
    path.write_bytes(seal.plain.read_bytes())
    path.write_bytes(path.read_bytes() + container.xmp_box(path, "compositeSynthetic"))
    assert path.read_bytes().startswith(seal.plain.read_bytes())
    assert container.read_xmp_source_type(path) == "compositeSynthetic"
    with pytest.raises(SealError) as caught:
        container.xmp_box(path, "compositeSynthetic")
    assert caught.value.code == "xmp_exists"


@pytest.mark.parametrize(
    "content",
    [
        b"hello, this is text and no video",
        box(b"ftyp") + struct.pack(">I4s", 4_000_000, b"mdat") + b"cut",
        box(b"ftyp") + struct.pack(">I4s", 0, b"mdat") + b"open end",
    ],
)
def test_what_cannot_take_a_box_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file.mp4"
    path.write_bytes(content)
    with pytest.raises(SealError) as caught:
        container.xmp_box(path, "trainedAlgorithmicMedia")
    assert caught.value.code == "not_mp4"
    assert path.read_bytes() == content


def test_boxes_that_lie_and_bombs_of_boxes_end_with_a_typed_error() -> None:
    def walk(data: bytes) -> int:
        return sum(1 for _ in container.boxes(io.BytesIO(data), 0, len(data)))

    assert walk(box(b"free") * 3) == 3
    assert walk(struct.pack(">I4sQ", 1, b"mdat", 24) + bytes(8)) == 1
    for lie in (
        struct.pack(">I4s", 7, b"free"),
        struct.pack(">I4s", 99, b"free"),
        struct.pack(">I4s", 1, b"free"),
    ):
        with pytest.raises(MediaError) as caught:
            walk(lie)
        assert caught.value.code == "unreadable"
    with pytest.raises(MediaError) as caught:
        walk(box(b"free") * 20_000)
    assert caught.value.code == "too_complex"


def test_other_spellings_of_the_xmp_label_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    element = b"<Iptc4xmpExt:DigitalSourceType>http://cv.iptc.org/x/composite</Iptc4xmpExt:DigitalSourceType>"
    for xmp in (element, b"Iptc4xmpExt:DigitalSourceType = 'composite'"):
        path.write_bytes(box(b"ftyp") + box(b"uuid", container.XMP_UUID + xmp))
        assert container.read_xmp_source_type(path) == "composite"


@pytest.mark.parametrize("tag", ["", "[]", "{}", '{"Label": "9"}', "[" * 100_000, '{"Label": {"a": 1}}'])
def test_a_tag_that_is_not_understood_is_no_tag(tag: str, tmp_path: Path) -> None:
    keys = box(b"keys", struct.pack(">II", 0, 1) + box(b"mdta", b"AIGC"))
    item = box(b"\0\0\0\1", box(b"data", struct.pack(">II", 1, 0) + tag.encode()))
    meta = box(b"meta", bytes(4) + box(b"hdlr", bytes(25)) + keys + box(b"ilst", item))
    path = tmp_path / "a.mp4"
    path.write_bytes(box(b"ftyp") + box(b"moov", box(b"udta", meta)))
    assert container.read_aigc(path) is None


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_no_bytes_make_the_readers_raise_anything_else(
    data: st.DataObject, tmp_path_factory: object, seal: Seal
) -> None:
    original = bytearray(seal.path.read_bytes()[:12_000])
    for _ in range(data.draw(st.integers(1, 8))):
        original[data.draw(st.integers(0, len(original) - 1))] = data.draw(st.integers(0, 255))
    path = seal.path.with_name("mutated.mp4")
    path.write_bytes(bytes(original))
    for read in (container.embedded_store, container.read_aigc, container.read_xmp_source_type):
        try:
            read(path)
        except MediaError as error:
            assert error.code in {"unreadable", "too_complex", "too_large"}
    container.manifest_store(bytes(original))
