# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What a store is: the interface, the names of objects, and what may travel with them.

Every rule here holds for every store, so that an ad delivered to a folder today can go to a bucket tomorrow
under the same key. Where bytes are kept and how they get there is each store's own business.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import IO, Protocol, runtime_checkable

from adseal.stores.errors import BadKey, BadMetadata, LocalFileError

CHUNK_BYTES = 1 << 20
MAX_KEY_BYTES = 1024  # S3's limit, prefix included
MAX_SEGMENT_BYTES = 200  # file systems allow 255; the sidecar file's suffix needs some of it
MAX_METADATA_BYTES = 2048 - 256  # S3 allows 2 KiB of user metadata; our own checksum entry needs a little
RESERVED = ".adseal"
"""No part of a key may begin with this: folders keep their sidecar files there."""

_METADATA_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_CONTENT_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,100}/[A-Za-z0-9!#$&^_.+-]{1,100}(?:;[ -~]{1,100})?")
# Bidirectional overrides make a name read as another one; U+2028/2029 are line breaks to many programs.
_DECEPTIVE = frozenset("\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_NO_METADATA: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class StoredObject:
    """One object in a store.

    Attributes:
        key: its name, Unicode NFC, parts separated by `/`.
        uri: where it is, for people and for other programs (`file:///…`, `s3://…`); never holds credentials.
        size: bytes.
        sha256: of the bytes as they were put, 64 lowercase hex characters; empty only for an object that
            some other program left in a bucket and that has not been fetched.
        content_type: MIME type.
        metadata: what was put along with it.
        already_there: this `put` found the same bytes under the key and wrote nothing.
    """

    key: str
    uri: str
    size: int
    sha256: str
    content_type: str
    metadata: Mapping[str, str] = field(default_factory=dict)
    already_there: bool = False


@runtime_checkable
class Store(Protocol):
    """A place for finished files. Objects appear whole or not at all, and are never overwritten."""

    @property
    def uri(self) -> str:
        """Address of the store; `open_store` takes it back."""
        ...

    def check(self) -> None:
        """Find out, before any work is done, whether objects can be put here and read back. Leaves nothing.

        Raises:
            StoreAccessDenied, StoreUnavailable, StoreFull, BadStoreUri: with a hint.
        """
        ...

    def put(
        self, key: str, path: Path, *, content_type: str, metadata: Mapping[str, str] = _NO_METADATA
    ) -> StoredObject:
        """Store a file under a key, create-only, atomically and with its checksum.

        The same bytes again are a success with `already_there=True` (what was stored first keeps its
        metadata).

        Raises:
            ObjectExists: other bytes lie there.
            StoreError: anything else; nothing appeared under the key.
        """
        ...

    def fetch(self, key: str, path: Path) -> StoredObject:
        """Copy an object to a local file (replaced if it exists), checking its checksum on the way.

        Raises:
            ObjectMissing, ChecksumMismatch, StoreError: the local file is untouched.
        """
        ...

    def head(self, key: str) -> StoredObject | None:
        """What is known of an object without reading it; None if nothing lies there."""
        ...

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        """The objects whose keys begin with `prefix` (a plain string prefix), sorted by key."""
        ...

    def delete(self, key: str) -> None:
        """Remove an object. Nothing under the key is a success too."""
        ...


def clean_key(key: str, *, room: int = MAX_KEY_BYTES) -> str:
    """The canonical form (Unicode NFC) of an object's name.

    Args:
        key: parts separated by `/`.
        room: bytes the key may take in UTF-8.

    Raises:
        BadKey: empty, absolute, `.`/`..`/empty or reserved parts, backslashes, control or direction-changing
            characters, or too long.
    """
    key = _clean_characters(key)
    if not key:
        raise BadKey("the key is empty")
    if key.startswith("/"):
        raise BadKey(f"the key {key!r} is absolute", hint="write it without the leading slash")
    if len(key.encode()) > room:
        raise BadKey(f"the key is {len(key.encode())} bytes long, at most {room} fit: {key[:60]!r}…")
    for part in key.split("/"):
        _check_part(part, key)
    return key


def clean_prefix(prefix: str) -> str:
    """The canonical form of a listing prefix: a key, or the beginning of one, or empty.

    Raises:
        BadKey: no key could begin like this.
    """
    prefix = _clean_characters(prefix)
    if prefix.startswith("/"):
        raise BadKey(f"the prefix {prefix!r} is absolute", hint="write it without the leading slash")
    for part in prefix.split("/")[:-1]:
        _check_part(part, prefix)
    return prefix


def _clean_characters(text: str) -> str:
    for character in text:
        if unicodedata.category(character) in ("Cc", "Cs") or character in _DECEPTIVE:
            raise BadKey(f"{text!r} holds the character U+{ord(character):04X}, which names must not hold")
    if "\\" in text:
        raise BadKey(f"{text!r} holds a backslash", hint="separate the parts of a key with /")
    return unicodedata.normalize("NFC", text)


def _check_part(part: str, key: str) -> None:
    if part in ("", ".", ".."):
        raise BadKey(f"the key {key!r} has the part {part!r}", hint="no empty parts, no '.' and no '..'")
    if part.casefold().startswith(RESERVED):
        raise BadKey(
            f"the key {key!r} uses a name that begins with {RESERVED!r}, which is reserved",
            hint="use another name",
        )
    if len(part.encode()) > MAX_SEGMENT_BYTES:
        raise BadKey(f"a part of the key is longer than {MAX_SEGMENT_BYTES} bytes: {part[:60]!r}…")


def check_metadata(content_type: str, metadata: Mapping[str, str]) -> None:
    """Refuse what could not travel with an object in every store.

    Names are lowercase letters, digits and inner hyphens, at most 64; values any text
    that is not empty; all together at most
    `MAX_METADATA_BYTES` bytes as UTF-8 with three bytes for every one that HTTP would need escaped.

    Raises:
        BadMetadata: naming the entry.
    """
    if not _CONTENT_TYPE.fullmatch(content_type):
        raise BadMetadata(f"{content_type!r} is not a content type", hint="for example video/mp4")
    total = 0
    for name, value in metadata.items():
        if not _METADATA_NAME.fullmatch(name):
            raise BadMetadata(
                f"{name!r} cannot be a metadata name",
                hint="lowercase letters, digits, inner hyphens; at most 64",
            )
        if not value:
            raise BadMetadata(
                f"the metadata value of {name!r} is empty", hint="leave it out: not every server keeps it"
            )
        if name == "adseal-sha256":
            raise BadMetadata("the metadata name 'adseal-sha256' is the store's own")
        try:
            raw = value.encode()
        except UnicodeEncodeError as error:
            raise BadMetadata(f"the metadata value of {name!r} is not valid text") from error
        total += len(name) + sum(1 if 0x20 < byte < 0x7F and byte != 0x25 else 3 for byte in raw)
    if total > MAX_METADATA_BYTES:
        raise BadMetadata(
            f"the metadata takes {total} bytes, at most {MAX_METADATA_BYTES} fit",
            hint="put long texts into an object of their own",
        )


def sha256_file(path: Path) -> tuple[str, int]:
    """SHA-256 (64 lowercase hex characters) and size in bytes of a file, read once.

    Raises:
        LocalFileError: it cannot be read.
    """
    digest, size = hashlib.sha256(), 0
    with open_source(path) as source:
        for chunk in read_chunks(source, path):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size


def open_source(path: Path) -> IO[bytes]:
    """Open the user's file for reading.

    Raises:
        LocalFileError: missing, unreadable or not a regular file.
    """
    try:
        if path.exists() and not path.is_file():
            raise LocalFileError(f"{path} is not a file")
        return path.open("rb")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise LocalFileError(f"cannot read {path}: {reason}") from error


def read_chunks(source: IO[bytes], path: Path) -> Iterator[bytes]:
    """The user's file in pieces of at most `CHUNK_BYTES`.

    Raises:
        LocalFileError: a read failed.
    """
    while True:
        try:
            chunk = source.read(CHUNK_BYTES)
        except OSError as error:
            raise LocalFileError(f"cannot read {path}: {error.strerror}") from error
        if not chunk:
            return
        yield chunk
