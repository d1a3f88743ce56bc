# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""A first look at a video from its first bytes, where reading all of it would cost too much.

Decides: whether it is an MP4 or QuickTime file, whether a C2PA box stands in it, and what China's AIGC tag says where
it lies within what was read. Leaves out: whether a credential is worth anything (``verify``; it needs the whole file),
XMP (it is parsed in the worker only), and where the bytes come from: the caller hands in the first ones and a function
that reads more, which is called once at most, however the boxes lie about their sizes.

    found = triage(head, size, read)     # head: the first HEAD_BYTES, read(start, length) -> bytes
    found.credential                     # "embedded", "absent", "unsupported" or "unclear"

"absent" says that no C2PA box stands beside the others, nothing about a watermark; "unclear" that the two reads did not
reach every box. Sources: ISO/IEC 14496-12, 4.2 (boxes); C2PA 2.4, A.5 (the box and where it stands).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO, Literal, Self, cast

from pydantic import BaseModel, ConfigDict

from adseal_provenance.credentials import container
from adseal_provenance.errors import MediaError

#: What a caller should read first, and what the second read asks for at most, in bytes.
HEAD_BYTES = 256 * 1024
FOLLOW_BYTES = 256 * 1024
#: Longest value of a label that is repeated, in characters.
_MAX_FIELD = 400

CredentialSeen = Literal["embedded", "absent", "unsupported", "unclear"]
Read = Callable[[int, int], bytes]


class Triage(BaseModel):
    """What two reads tell.

    Attributes:
        credential: ``embedded`` a C2PA box is there; ``absent`` every box was seen and none is one; ``unsupported``
            another kind of file, in which no credential can be read here; ``unclear`` not every box could be seen.
        offset: where the C2PA box starts, in bytes.
        reason: why it is ``unclear``, in words.
        index: where the film's index (``moov``) stands: before its pictures or behind them.
        labels: the fields of an AIGC tag (GB 45438-2025), unsigned; ``None`` where none was seen.
        bytes_read: the first bytes and those of the second read.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    credential: CredentialSeen
    offset: int | None = None
    reason: str = ""
    index: Literal["front", "end", "unseen"] = "unseen"
    labels: dict[str, str] | None = None
    bytes_read: int = 0


class _Beyond(Exception):
    """A place was asked for that neither of the two reads covers."""


class _Seen:
    """The parts of a file that were read, with the face of the whole file."""

    def __init__(self, head: bytes, size: int, read: Read) -> None:
        self.size = size
        self._parts = [(0, head[: max(size, 0)])]
        self._read: Read | None = read
        self._position = 0

    @property
    def bytes_read(self) -> int:
        return sum(len(part) for _, part in self._parts)

    def without_more(self) -> Self:
        """The same parts, and no further read: labels are not worth one."""
        self._read = None
        return self

    def seek(self, position: int) -> int:
        self._position = position
        return position

    def read(self, count: int) -> bytes:
        """So many bytes, fewer only at the file's end.

        Raises:
            _Beyond: they were not read, and the second read is spent or did not bring them.
        """
        start = self._position
        count = max(0, min(count, self.size - start))
        if count == 0:
            return b""
        if not self._covers(start, count) and self._read is not None:
            read, self._read = self._read, None
            length = min(FOLLOW_BYTES, self.size - start)
            self._parts.append((start, read(start, length)[:length]))
        for begin, part in self._parts:
            if begin <= start and start + count <= begin + len(part):
                self._position = start + count
                return part[start - begin : start - begin + count]
        raise _Beyond

    def _covers(self, start: int, count: int) -> bool:
        return any(begin <= start and start + count <= begin + len(part) for begin, part in self._parts)


def triage(head: bytes, size: int, read: Read) -> Triage:
    """Look at a video's first bytes, and once more where they do not reach.

    Args:
        head: the first bytes, about ``HEAD_BYTES`` of them (all of a smaller file).
        size: of the whole file, in bytes.
        read: gives bytes by start and length; called once at most, and never asked for more than ``FOLLOW_BYTES``.
            Its errors pass through; fewer bytes than asked for make the answer ``unclear``.

    Never raises on what the bytes are.
    """
    if not container.begins_like_bmff(head):
        return Triage(credential="unsupported", bytes_read=min(len(head), max(size, 0)))
    seen = _Seen(head, size, read)
    credential, offset, index, reason = _walk(seen)
    labels = _labels(seen.without_more())
    return Triage(
        credential=credential,
        offset=offset,
        reason=reason,
        index=index,
        labels=labels,
        bytes_read=seen.bytes_read,
    )


def _walk(seen: _Seen) -> tuple[CredentialSeen, int | None, Literal["front", "end", "unseen"], str]:
    """Over the boxes at the top, to the C2PA box or to the end."""
    index: Literal["front", "end", "unseen"] = "unseen"
    pictures = False
    try:
        # A box that claims more than there is counts as far as the file goes, as for the verifier.
        for box in container.boxes(cast(BinaryIO, seen), 0, seen.size, clip=True):
            pictures = pictures or box.kind == b"mdat"
            if box.kind == b"moov" and index == "unseen":
                index = "end" if pictures else "front"
            if box.kind != b"uuid" or box.end - box.payload < len(container.C2PA_UUID):
                continue
            seen.seek(box.payload)
            if seen.read(len(container.C2PA_UUID)) == container.C2PA_UUID:
                return "embedded", box.start, index, ""
    except _Beyond:
        return "unclear", None, index, "not every box could be reached with two reads"
    except MediaError as error:
        return "unclear", None, index, str(error)
    return "absent", None, index, ""


def _labels(seen: _Seen) -> dict[str, str] | None:
    try:
        fields = container.aigc_in(cast(BinaryIO, seen), seen.size)
    except (_Beyond, MediaError):
        return None
    return None if fields is None else {key: _cut(value) for key, value in fields.items()}


def _cut(text: str) -> str:
    """One printable line of bounded length."""
    return "".join(c if c.isprintable() else " " for c in text[:_MAX_FIELD])
