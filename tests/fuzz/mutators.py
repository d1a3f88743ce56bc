# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Ways to break a video file. Each takes the bytes and a random generator, and gives other bytes."""

from __future__ import annotations

import struct
from collections.abc import Callable
from random import Random

from adseal_provenance.credentials.container import C2PA_UUID, XMP_UUID

from .boxes import Node, replaced, tree, xmp_box

Mutator = Callable[[bytes, Random], bytes]

_SIZES = (0, 1, 2, 7, 8, 9, 15, 16, 17, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
_BYTES = (0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF)
_KINDS = (
    b"moov",
    b"mdat",
    b"uuid",
    b"jumb",
    b"jumd",
    b"cbor",
    b"json",
    b"free",
    b"meta",
    b"ilst",
    b"\0\0\0\1",
)
_TABLES = (b"stsz", b"stts", b"stco", b"stsc", b"stss", b"ctts", b"co64", b"elst", b"avcC", b"esds", b"stsd")
_HEADS = (b"mvhd", b"tkhd", b"mdhd", b"stsd", b"avcC", b"esds")
_CBOR = (
    b"\x81" * 4000 + b"\x00",  # arrays in arrays
    b"\xa1\x61a" * 3000 + b"\x00",  # maps in maps
    b"\xc6" * 4000 + b"\x00",  # tags on tags
    b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff",  # 2^64 - 1 items
    b"\xbb\x7f\xff\xff\xff\xff\xff\xff\xff",
    b"\x5b\x00\x00\x00\x7f\xff\xff\xff\xff",  # half a terabyte of bytes
    b"\x7a\xff\xff\xff\xff",
    b"\x9f" * 2000,  # never closed
    b"\x5f\x41a\x5f\xff",
    b"\x7f\x61\xff\xff",
    b"\xa2\x61a\x01\x61a\x02",  # the same key twice
    b"\xfb\x7f\xf8\x00\x00\x00\x00\x00\x00",
    b"\xc2\x58\x40" + b"\xff" * 64,
    b"\xf8\x18",
    b"\xff",
    b"",
)
_PACKETS = (
    b"<!DOCTYPE a [<!ENTITY b 'cc'>" + b"<!ENTITY d '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'>" * 9 + b"]><a>&d;</a>",
    b"<a>" * 60_000,
    b"<a " + b" ".join(b"b%d='c'" % k for k in range(9000)) + b"/>",
    b"Iptc4xmpExt:DigitalSourceType" * 4000,
    b"Iptc4xmpExt:DigitalSourceType='" + b"x" * 90_000,
    "<a xmlns:dcterms='http://purl.org/dc/terms/' dcterms:provenance='http://127.0.0.1:9/'/>".encode(
        "utf-16"
    ),
    b"<rdf:Description dcterms:provenance='http://127.0.0.1:9/x' xmlns:dcterms='http://purl.org/dc/terms/'/>",
    b"\xff\xfe" + b"\x00\xd8" * 500,
    b"\0" * 5000,
    b"",
)
_TAGS = (
    b"[" * 50_000,
    b'{"Label":' * 20_000,
    b'{"Label": 1e400, "AIGC": {"Label": {}}}',
    b'{"Label":"1","ContentProducer":"' + b"\\ud800" * 500 + b'"}',
    b'{"Label":' + b"9" * 6000 + b"}",
    b"\xff" * 300,
)


def bytes_anywhere(data: bytes, random: Random) -> bytes:
    """One to sixteen bytes anywhere."""
    return _flipped(data, random, 0, len(data), random.randint(1, 16))


def bytes_in_the_store(data: bytes, random: Random) -> bytes:
    """One to eight bytes of the manifest store."""
    return _flipped_in(data, random, lambda node: _is_uuid(data, node, C2PA_UUID), random.randint(1, 8))


def bytes_in_the_head(data: bytes, random: Random) -> bytes:
    """One to eight bytes of ``moov``."""
    return _flipped_in(data, random, lambda node: node.kind == b"moov", random.randint(1, 8))


def bytes_in_the_media(data: bytes, random: Random) -> bytes:
    """One to sixty-four bytes of coded picture and sound."""
    return _flipped_in(data, random, lambda node: node.kind == b"mdat", random.randint(1, 64))


def a_box_lies_about_its_size(data: bytes, random: Random) -> bytes:
    """A size that is too small, too large, or nearly right."""
    node = _any(data, random)
    if node is None:
        return bytes_anywhere(data, random)
    true = node.end - node.start
    size = random.choice(
        [*_SIZES, true - 1, true + 1, true + random.randint(-64, 64), random.getrandbits(32)]
    )
    out = bytearray(data)
    struct.pack_into(">I", out, node.start, size & 0xFFFFFFFF)
    return bytes(out)


def a_long_size(data: bytes, random: Random) -> bytes:
    """A box with a size of 64 bits, true or not."""
    node = _any(data, random)
    if node is None:
        return bytes_anywhere(data, random)
    true = node.end - node.start + 8
    size = random.choice([true, true, 0, 15, 1 << 63, (1 << 64) - 1, 1 << 40])
    return replaced(data, node, struct.pack(">I4sQ", 1, node.kind, size) + data[node.payload : node.end])


def a_box_is_called_otherwise(data: bytes, random: Random) -> bytes:
    """Another type, the content as it is."""
    node = _any(data, random)
    if node is None:
        return bytes_anywhere(data, random)
    out = bytearray(data)
    out[node.start + 4 : node.start + 8] = random.choice([*_KINDS, random.randbytes(4)])
    return bytes(out)


def a_box_goes(data: bytes, random: Random) -> bytes:
    """A box taken out; the boxes around it stay right."""
    node = _any(data, random)
    return replaced(data, node, b"") if node else data[: len(data) // 2]


def a_box_comes_twice(data: bytes, random: Random) -> bytes:
    """A box two to forty times; the boxes around it stay right."""
    node = _any(data, random)
    if node is None or node.end - node.start > 20_000:
        return bytes_anywhere(data, random)
    return replaced(data, node, data[node.start : node.end] * random.choice([2, 3, 40]))


def two_boxes_change_places(data: bytes, random: Random) -> bytes:
    """The content of one box in the place of another."""
    one, other = _any(data, random), _any(data, random)
    if one is None or other is None:
        return bytes_anywhere(data, random)
    return replaced(data, one, data[other.start : other.end])


def a_crowd_of_boxes(data: bytes, random: Random) -> bytes:
    """Thousands of small boxes, or boxes nested a thousand deep, somewhere."""
    node = _any(data, random)
    at = node.start if node else 0
    kind = random.choice([b"free", b"moov", b"uuid", b"jumb", b"trak"])
    if random.random() < 0.5:
        crowd = struct.pack(">I4s", 8, kind) * random.choice([100, 3000, 20_000])
    else:
        depth = random.choice([10, 20, 1000])
        crowd = b"".join(struct.pack(">I4s", 8 * (depth - k), kind) for k in range(depth))
    if node is None:
        return data + crowd
    return replaced(data, node, crowd + data[at : node.end])


def cut_short(data: bytes, random: Random) -> bytes:
    """The end is missing."""
    return data[: random.randint(1, max(len(data) - 1, 1))]


def something_behind(data: bytes, random: Random) -> bytes:
    """Junk, or the file's own beginning, behind the end."""
    return data + random.choice(
        [random.randbytes(random.randint(1, 200)), data[: random.randint(8, len(data))]]
    )


def a_piece_of_itself(data: bytes, random: Random) -> bytes:
    """A stretch overwritten with another stretch of the same file, or with zeros."""
    length = random.randint(1, min(4000, len(data)))
    source, target = (random.randint(0, len(data) - length) for _ in range(2))
    piece = bytes(length) if random.random() < 0.3 else data[source : source + length]
    return data[:target] + piece + data[target + length :]


def cbor_of_another_kind(data: bytes, random: Random) -> bytes:
    """Hostile CBOR in an assertion, a claim or a signature; all JUMBF sizes stay right."""
    node = _one(data, random, lambda n: n.kind in (b"cbor", b"json"))
    if node is None:
        return bytes_anywhere(data, random)
    content = data[node.payload : node.end]
    cut = random.randint(0, len(content))
    bad = random.choice(_CBOR)
    content = random.choice([bad, content[:cut] + bad, content[:cut] + bad + content[cut:]])
    return replaced(data, node, struct.pack(">I4s", 8 + len(content), node.kind) + content)


def cbor_heads(data: bytes, random: Random) -> bytes:
    """Single bytes of CBOR, so that kinds and lengths change and nothing moves."""
    return _flipped_in(data, random, lambda n: n.kind in (b"cbor", b"json"), random.randint(1, 3))


def jumbf_descriptions(data: bytes, random: Random) -> bytes:
    """Labels, identifiers and flags of JUMBF boxes."""
    node = _one(data, random, lambda n: n.kind == b"jumd")
    if node is None:
        return bytes_anywhere(data, random)
    content = bytearray(data[node.payload : node.end])
    match random.randrange(4):
        case 0:
            content[16] = random.getrandbits(8)
        case 1:
            content = content[:17] + b"x" * random.choice([0, 5, 70_000]) + b"\0"
        case 2:
            content = content[:17] + content[17:].rstrip(b"\0")
        case _:
            content[random.randrange(len(content))] ^= 1 << random.randrange(8)
    return replaced(data, node, struct.pack(">I4s", 8 + len(content), b"jumd") + bytes(content))


def another_packet(data: bytes, random: Random) -> bytes:
    """A hostile XMP packet instead of ours, or behind the end."""
    made = xmp_box(random.choice(_PACKETS))
    node = _one(data, random, lambda n: _is_uuid(data, n, XMP_UUID))
    return replaced(data, node, made) if node else data + made


def another_tag(data: bytes, random: Random) -> bytes:
    """A hostile AIGC tag."""
    node = _one(data, random, lambda n: n.kind == b"data")
    if node is None:
        return bytes_anywhere(data, random)
    content = struct.pack(">II", random.choice([1, 1, 1, 0, 13]), 0) + random.choice(_TAGS)
    return replaced(data, node, struct.pack(">I4s", 8 + len(content), b"data") + content)


def tables_of_samples(data: bytes, random: Random) -> bytes:
    """Counts and entries of the tables that say where coded pictures lie."""
    return _numbers(data, random, _TABLES)


def sizes_and_clocks(data: bytes, random: Random) -> bytes:
    """Width, height, time scale and duration in the headers."""
    return _numbers(data, random, _HEADS)


MUTATORS: tuple[Mutator, ...] = (
    bytes_anywhere,
    bytes_in_the_store,
    bytes_in_the_head,
    bytes_in_the_media,
    a_box_lies_about_its_size,
    a_long_size,
    a_box_is_called_otherwise,
    a_box_goes,
    a_box_comes_twice,
    two_boxes_change_places,
    a_crowd_of_boxes,
    cut_short,
    something_behind,
    a_piece_of_itself,
    cbor_of_another_kind,
    cbor_heads,
    jumbf_descriptions,
    another_packet,
    another_tag,
    tables_of_samples,
    sizes_and_clocks,
)


def _numbers(data: bytes, random: Random, kinds: tuple[bytes, ...]) -> bytes:
    node = _one(data, random, lambda n: n.kind in kinds and n.end - n.payload >= 4)
    if node is None:
        return bytes_anywhere(data, random)
    out = bytearray(data)
    for _ in range(random.randint(1, 4)):
        at = random.randint(node.payload, node.end - 4)
        struct.pack_into(
            ">I", out, at, random.choice([*_SIZES, random.getrandbits(32), random.getrandbits(12)])
        )
    return bytes(out)


def _flipped(data: bytes, random: Random, start: int, end: int, count: int) -> bytes:
    out = bytearray(data)
    for _ in range(count if end > start else 0):
        at = random.randrange(start, end)
        out[at] = random.choice([out[at] ^ (1 << random.randrange(8)), random.getrandbits(8), *_BYTES])
    return bytes(out)


def _flipped_in(data: bytes, random: Random, wanted: Callable[[Node], bool], count: int) -> bytes:
    node = _one(data, random, wanted)
    if node is None:
        return bytes_anywhere(data, random)
    return _flipped(data, random, node.payload, node.end, count)


def _is_uuid(data: bytes, node: Node, uuid: bytes) -> bool:
    return node.kind == b"uuid" and data[node.payload : node.payload + 16] == uuid


def _one(data: bytes, random: Random, wanted: Callable[[Node], bool]) -> Node | None:
    nodes = [node for node in tree(data) if wanted(node)]
    return random.choice(nodes) if nodes else None


def _any(data: bytes, random: Random) -> Node | None:
    return _one(data, random, lambda _node: True)
