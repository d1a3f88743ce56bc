# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The boxes of a healthy file with their parents, for mutators that break one thing and keep the rest whole.

Only for files made here; readers for hostile files are what is tested.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from adseal_provenance.credentials.container import C2PA_UUID, XMP_UUID

PARENTS = frozenset(
    {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"udta", b"ilst", b"jumb", b"edts", b"dinf"}
)
#: Payload bytes before the first child.
_SKIP = {b"meta": 4, b"stsd": 8}
#: Top-level boxes that the hash of C2PA leaves out (2.4, A.5.3; ``free`` and ``skip`` as the library adds them).
UNCOVERED = frozenset({b"ftyp", b"mfra", b"free", b"skip"})


@dataclass(frozen=True)
class Node:
    """One box: where it starts, where its payload starts, where it ends, and the boxes around it."""

    kind: bytes
    start: int
    payload: int
    end: int
    parents: tuple[int, ...]


def tree(data: bytes) -> list[Node]:
    """Every box of a healthy file, JUMBF boxes of the manifest store included, parents first."""
    found: list[Node] = []
    levels: list[tuple[int, int, tuple[int, ...]]] = [(0, len(data), ())]
    while levels:
        position, end, parents = levels.pop()
        while position + 8 <= end and len(found) < 5000:
            size = struct.unpack_from(">I", data, position)[0]
            kind = bytes(data[position + 4 : position + 8])
            if size < 8 or position + size > end:
                break
            node = Node(kind, position, position + 8, position + size, parents)
            found.append(node)
            inner = _children(data, node)
            if inner is not None:
                levels.append((inner, node.end, (*parents, position)))
            position += size
    return found


def _children(data: bytes, node: Node) -> int | None:
    if node.kind == b"uuid" and data[node.payload : node.payload + 16] == C2PA_UUID:
        purpose_end = data.find(b"\0", node.payload + 20, node.payload + 84)
        return purpose_end + 9 if purpose_end > 0 else None
    if node.kind in _SKIP:
        return node.payload + _SKIP[node.kind]
    if node.kind in PARENTS or (node.kind[0] == 0 and len(node.parents) > 2):  # items of "ilst" are numbers
        return node.payload
    return None


def replaced(data: bytes, node: Node, content: bytes) -> bytes:
    """The file with a whole box replaced, and the sizes of all boxes around it corrected."""
    out = bytearray(data)
    out[node.start : node.end] = content
    for parent in node.parents:
        size = struct.unpack_from(">I", data, parent)[0] + len(content) - (node.end - node.start)
        struct.pack_into(">I", out, parent, max(size, 0) & 0xFFFFFFFF)
    return bytes(out)


def covered(data: bytes) -> list[tuple[int, bytes]]:
    """Every top-level box that the signature covers, with its place; what cannot be walked counts as one box."""
    found, position = [], 0
    while position + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, position)
        if size == 1 and position + 16 <= len(data):
            size = struct.unpack_from(">Q", data, position + 8)[0]
        if size < 8 or position + size > len(data):
            break
        is_store = kind == b"uuid" and data[position + 8 : position + 24] == C2PA_UUID
        if kind not in UNCOVERED and not is_store:
            found.append((position, data[position : position + size]))
        position += size
    if data[position:]:
        found.append((position, data[position:]))
    return found


def xmp_box(packet: bytes) -> bytes:
    """A ``uuid`` box with an XMP packet."""
    return struct.pack(">I4s", 24 + len(packet), b"uuid") + XMP_UUID + packet
