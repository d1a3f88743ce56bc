# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The boxes of an MP4 file, as far as marking needs them (ISO/IEC 14496-12).

Decides: where a C2PA manifest store lies (in front, so that the first part of a file is enough to read it),
how the IPTC label in XMP and the ``AIGC`` tag of GB 45438 are written and read back. Leaves out: media
(``media``), signing (``signing``) and any judgement on what a label says. Unsigned labels can be written and
removed by anyone.

Every reader here is made for hostile files: bounded count, depth and size, no recursion into what it does not
know.
"""

from __future__ import annotations

import io
import json
import os
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from adseal_provenance.credentials.xmp import read_xmp_labels
from adseal_provenance.errors import MediaError, SealError
from adseal_provenance.sealing.manifest import source_type_uri

C2PA_UUID = UUID("d8fec3d6-1b0e-483c-9297-5828877ec481").bytes
XMP_UUID = UUID("be7acfcb-97a9-42e8-9c71-999491e3afac").bytes

MAX_TOP_LEVEL_BOXES = 16_384
MAX_CHILD_BOXES = 1024
MAX_STORE_BYTES = 64 * 1024 * 1024
MAX_XMP_BYTES = 4 * 1024 * 1024
MAX_METADATA_BYTES = 4 * 1024 * 1024

#: Types with which an MP4 or QuickTime file may begin.
_FIRST_BOXES = frozenset(
    {b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"free", b"skip", b"wide", b"pnot", b"uuid"}
)
#: The fields of the tag, GB 45438-2025.
AIGC_KEYS = (
    "Label",
    "ContentProducer",
    "ProduceID",
    "ReservedCode1",
    "ContentPropagator",
    "PropagateID",
    "ReservedCode2",
)


@dataclass(frozen=True)
class Box:
    """One box: ``kind`` (four bytes), where it starts, and where its payload starts and ends (byte
    offsets)."""

    kind: bytes
    start: int
    payload: int
    end: int


def is_bmff(path: Path | str) -> bool:
    """Whether a file begins like an MP4 or QuickTime file.

    Raises:
        MediaError: ``unreadable`` where the file cannot be read at all.
    """
    try:
        with Path(path).open("rb") as file:
            return begins_like_bmff(file.read(8))
    except OSError as error:
        raise MediaError(f"{path} cannot be read: {error.strerror}", code="unreadable") from error


def begins_like_bmff(head: bytes) -> bool:
    """Whether bytes begin like an MP4 or QuickTime file; eight of them tell."""
    return head[4:8] in _FIRST_BOXES


def boxes(
    file: BinaryIO, start: int, end: int, *, limit: int = MAX_TOP_LEVEL_BOXES, clip: bool = False
) -> Iterator[Box]:
    """The boxes between two offsets, not descending into them; ends quietly behind the last whole header.

    With ``clip``, a box that claims more than there is comes out cut off, as the last one.

    Raises:
        MediaError: ``unreadable`` where a box lies about its size, ``too_complex`` where there are more than
            ``limit``.
    """
    position = start
    for _ in range(limit):
        file.seek(position)
        head = file.read(16) if end - position >= 8 else b""
        if len(head) < 8:
            return
        size, kind = struct.unpack(">I4s", head[:8])
        header = 8
        if size == 1:
            if len(head) < 16:
                raise MediaError(f"box {_name(kind)} at byte {position} is cut off", code="unreadable")
            size, header = struct.unpack(">Q", head[8:16])[0], 16
        elif size == 0:  # to the end of the file
            size = end - position
        if clip and size >= header and position + size > end:
            yield Box(kind, position, position + header, end)
            return
        if size < header or position + size > end:
            raise MediaError(
                f"box {_name(kind)} at byte {position} claims {size} bytes, but {end - position} are there",
                code="unreadable",
            )
        yield Box(kind, position, position + header, position + size)
        position += size
    raise MediaError(f"more than {limit} boxes side by side", code="too_complex")


def manifest_store(data: bytes) -> bytes | None:
    """The C2PA manifest store in a whole MP4 file or in its first bytes, or ``None`` where it is not in
    there.

    The signer puts the store directly behind ``ftyp``, so about 100 kB of range read are enough (spec A.5).
    """
    end = max(len(data), 1 << 62)  # a prefix: what follows is not there, and that is no lie about sizes
    file = io.BytesIO(data)
    try:
        for box in boxes(file, 0, end):
            if box.kind == b"uuid" and data[box.payload : box.payload + 16] == C2PA_UUID:
                body = data[box.payload + 16 : box.end]
                return _store_in(body) if box.end <= len(data) else None
    except MediaError:
        return None
    return None


def embedded_store(path: Path | str) -> bytes | None:
    """The C2PA manifest store of an MP4 file, or ``None`` where it has none.

    Raises:
        MediaError: where the boxes before it cannot be walked, or the store is larger than 64 MiB.
    """
    body = _uuid_body(path, C2PA_UUID, MAX_STORE_BYTES)
    return None if body is None else _store_in(body)


def overwrite_store(path: Path, old: bytes, new: bytes) -> None:
    """Write a manifest store over the embedded one, byte for byte in its place.

    Raises:
        MediaError: ``unreadable`` where the file's first store is not ``old``, or ``new`` is not as long.
    """
    with path.open("r+b") as file:
        for box in boxes(file, 0, file.seek(0, os.SEEK_END)):
            file.seek(box.payload)
            if box.kind != b"uuid" or file.read(16) != C2PA_UUID:
                continue
            file.seek(box.end - len(old))
            if len(new) != len(old) or box.end - len(old) < box.payload or file.read(len(old)) != old:
                break
            file.seek(box.end - len(old))
            file.write(new)
            return
    raise MediaError(f"{path} does not carry the credential that was to be replaced", code="unreadable")


def xmp_box(path: Path | str, digital_source_type: str) -> bytes:
    """An XMP box that states the IPTC digital source type, to stand at the end of this file, where it moves no sample
    offset. It belongs there before signing; afterwards any write breaks the credential.

    Raises:
        SealError: ``xmp_exists`` where the file has an XMP box already, ``not_mp4`` where it cannot take one.
    """
    try:
        with Path(path).open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            for box in boxes(file, 0, end):
                file.seek(box.start)
                head = file.read(4)
                if head == b"\0\0\0\0":
                    raise SealError(
                        f"the last box of {path} has no end", code="not_mp4", hint="Write it again."
                    )
                file.seek(box.payload)
                if box.kind == b"uuid" and file.read(16) == XMP_UUID:
                    raise SealError(
                        f"{path} has an XMP box already", code="xmp_exists", hint="Encode without it."
                    )
    except MediaError as error:
        raise SealError(f"{path} is not a whole MP4 file: {error}", code="not_mp4") from error
    payload = XMP_UUID + _xmp(source_type_uri(digital_source_type))
    return struct.pack(">I4s", len(payload) + 8, b"uuid") + payload


def read_xmp(path: Path | str) -> bytes | None:
    """A file's XMP packet: its ``uuid`` box, or QuickTime's ``moov/udta/XMP_``; ``None`` where it has none.

    Raises:
        MediaError: where the boxes cannot be walked, or the packet is larger than 4 MiB.
    """
    packet = _uuid_body(path, XMP_UUID, MAX_XMP_BYTES)
    if packet is not None:
        return packet
    try:
        with Path(path).open("rb") as file:
            parent: Box | None = Box(b"", 0, 0, file.seek(0, os.SEEK_END))
            for kind in (b"moov", b"udta", b"XMP_"):
                parent = _child(file, parent.payload, parent.end, kind) if parent is not None else None
            if parent is None or parent.end - parent.payload > MAX_XMP_BYTES:
                return None
            file.seek(parent.payload)
            return file.read(parent.end - parent.payload)
    except OSError as error:
        raise MediaError(f"{path} cannot be read: {error.strerror}", code="unreadable") from error


def read_xmp_source_type(path: Path | str) -> str | None:
    """The digital source type that a file's XMP packet states (short IPTC name), or ``None``.

    Raises:
        MediaError: where the boxes cannot be walked.
    """
    packet = read_xmp(path)
    found = read_xmp_labels(packet).source_types if packet is not None else ()
    return found[0] if found else None


def aigc_metadata(provider: str, content_id: str, *, label: str = "1") -> dict[str, str]:
    """The metadata tag of GB 45438-2025 for a muxer: one key ``AIGC`` with a JSON object of seven keys.

    Args:
        provider: producer and propagator of the content.
        content_id: their number for it.
        label: ``1`` is generated, ``2`` may be, ``3`` is suspected to be.
    """
    values = (label, provider, content_id, "", provider, content_id, "")
    return {
        "AIGC": json.dumps(
            dict(zip(AIGC_KEYS, values, strict=True)), separators=(",", ":"), ensure_ascii=False
        )
    }


def read_aigc(path: Path | str) -> Mapping[str, str] | None:
    """The fields of an ``AIGC`` tag that are there, or ``None`` where there is no tag that can be understood.

    Raises:
        MediaError: where the boxes cannot be walked.
    """
    try:
        with Path(path).open("rb") as file:
            return aigc_in(file, file.seek(0, os.SEEK_END))
    except OSError as error:
        raise MediaError(f"{path} cannot be read: {error.strerror}", code="unreadable") from error


def aigc_in(file: BinaryIO, end: int) -> Mapping[str, str] | None:
    """As :func:`read_aigc`, in a file that is open and ends at byte ``end``.

    Raises:
        MediaError: where the boxes cannot be walked.
    """
    tag = _metadata(file, end).get("AIGC")
    return None if tag is None else aigc_fields(tag)


def aigc_fields(tag: str) -> Mapping[str, str] | None:
    """Those of the seven fields of GB 45438-2025 that a tag's JSON has; ``None`` without a label of 1, 2 or 3.

    Some writers wrap the object in another one with the single key ``AIGC``.
    """
    try:
        fields = json.loads(tag)
    except (ValueError, RecursionError):
        return None
    if isinstance(fields, dict) and isinstance(fields.get("AIGC"), dict):
        fields = fields["AIGC"]
    if not isinstance(fields, dict) or str(fields.get("Label")) not in {"1", "2", "3"}:
        return None
    return {key: str(fields[key]) for key in AIGC_KEYS if key in fields}


def _metadata(file: BinaryIO, end: int) -> dict[str, str]:
    """Text items of moov/udta/meta and moov/meta with an ``mdta`` handler (Apple's key/value metadata)."""
    moov = _child(file, 0, end, b"moov")
    if moov is None:
        return {}
    udta = _child(file, moov.payload, moov.end, b"udta")
    for parent in (udta, moov):
        meta = _child(file, parent.payload, parent.end, b"meta") if parent is not None else None
        if meta is None or meta.end - meta.payload > MAX_METADATA_BYTES:
            continue
        file.seek(meta.payload)
        # In MP4 "meta" is a full box with four bytes of version and flags; in QuickTime files it is not.
        skip = 4 if file.read(8)[4:8] != b"hdlr" else 0
        keys = _child(file, meta.payload + skip, meta.end, b"keys")
        items = _child(file, meta.payload + skip, meta.end, b"ilst")
        if keys is not None and items is not None:
            return _items(file, _keys(file, keys), items)
    return {}


def _keys(file: BinaryIO, keys: Box) -> list[str]:
    names = []
    for box in boxes(file, keys.payload + 8, keys.end, limit=MAX_CHILD_BOXES):
        file.seek(box.payload)
        names.append(file.read(box.end - box.payload).decode("utf-8", "replace"))
    return names


def _items(file: BinaryIO, names: list[str], items: Box) -> dict[str, str]:
    texts = {}
    for box in boxes(file, items.payload, items.end, limit=MAX_CHILD_BOXES):
        index = int.from_bytes(box.kind, "big")
        data = _child(file, box.payload, box.end, b"data")
        if data is None or not 1 <= index <= len(names):
            continue
        file.seek(data.payload)
        kind, _locale = struct.unpack(">II", file.read(8).ljust(8, b"\0"))
        if kind == 1:  # UTF-8
            texts[names[index - 1]] = file.read(max(data.end - data.payload - 8, 0)).decode(
                "utf-8", "replace"
            )
    return texts


def _child(file: BinaryIO, start: int, end: int, kind: bytes) -> Box | None:
    return next((box for box in boxes(file, start, end) if box.kind == kind), None)


def _uuid_body(path: Path | str, uuid: bytes, limit: int) -> bytes | None:
    """The payload of the first top-level ``uuid`` box of a kind, without the identifier."""
    try:
        with Path(path).open("rb") as file:
            for box in boxes(file, 0, file.seek(0, os.SEEK_END), clip=True):
                if box.kind != b"uuid" or box.end - box.payload < 16:
                    continue
                file.seek(box.payload)
                if file.read(16) != uuid:
                    continue
                if box.end - box.payload > limit:
                    raise MediaError(
                        f"a box at byte {box.start} is larger than {limit} bytes", code="too_large"
                    )
                return file.read(box.end - box.payload - 16)
    except OSError as error:
        raise MediaError(f"{path} cannot be read: {error.strerror}", code="unreadable") from error
    return None


def _store_in(body: bytes) -> bytes | None:
    """A C2PA box body is: version and flags (4), purpose, NUL, offset of the first auxiliary box (8), the
    store."""
    purpose_end = body.find(b"\0", 4, 64)
    if purpose_end < 0 or body[4:purpose_end] != b"manifest":
        return None
    return body[purpose_end + 9 :] or None


def _xmp(uri: str) -> bytes:
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
        f'Iptc4xmpExt:DigitalSourceType="{uri}"/></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    ).encode()


def _name(kind: bytes) -> str:
    return repr(kind.decode("latin-1"))
