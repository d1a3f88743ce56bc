# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What a picture or font file is, read from its first bytes.

Decides whether a file named in a brand kit exists, is what it should be, and how large it is. Leaves out
decoding it (the generator's preflight does that).
"""

import hashlib
import struct
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from .values import wrong

_wrong = partial(wrong, at="path")
MAX_FILE_BYTES: Final = 32 * 1024 * 1024
MAX_PIXELS: Final = 40_000_000
_FONT_MAGIC: Final = (b"\x00\x01\x00\x00", b"OTTO", b"ttcf", b"true")


@dataclass(frozen=True)
class FileFacts:
    """An examined file: where it lies, what it is; `width`, `height` in px for pictures, else 0."""

    path: str
    sha256: str
    width: int = 0
    height: int = 0


def examine_picture(written: str, folder: Path) -> FileFacts:
    """Facts of a PNG, JPEG or WebP file. Raises the validation error of `values.wrong` for anything else."""
    path, data = _read(written, folder)
    size = _picture_size(data)
    if size is None:
        svg = b"<svg" in data[:1024]
        hint = "export the SVG as a PNG with transparency" if svg else "use a PNG with transparency"
        raise _wrong(f"{written} is not a PNG, JPEG or WebP picture", hint)
    width, height = size
    if not 0 < width * height <= MAX_PIXELS:
        raise _wrong(
            f"{written} measures {width}×{height} px", f"at most {MAX_PIXELS // 1_000_000} million px"
        )
    return FileFacts(str(path), hashlib.sha256(data).hexdigest(), width, height)


def examine_font(written: str, folder: Path) -> FileFacts:
    """Facts of a TrueType or OpenType file. Raises the validation error of `values.wrong` otherwise."""
    path, data = _read(written, folder)
    if not data.startswith(_FONT_MAGIC):
        hint = (
            "unpack web fonts to .ttf" if data.startswith((b"wOFF", b"wOF2")) else "use a .ttf or .otf file"
        )
        raise _wrong(f"{written} is not a TrueType or OpenType font", hint)
    return FileFacts(str(path), hashlib.sha256(data).hexdigest())


def _read(written: str, folder: Path) -> tuple[Path, bytes]:
    try:
        path = Path(folder, written).absolute()
        if not path.is_file():
            raise _wrong(f"there is no file {written}", f"paths are relative to {folder}")
        if path.stat().st_size > MAX_FILE_BYTES:
            raise _wrong(f"{written} is larger than {MAX_FILE_BYTES // 2**20} MiB")
        return path, path.read_bytes()
    except (OSError, ValueError) as error:
        if isinstance(error, OSError):
            raise _wrong(f"{written} cannot be read: {error.strerror or error}") from error
        raise  # already one of ours: PydanticCustomError is a ValueError


def _picture_size(data: bytes) -> tuple[int, int] | None:
    if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR" and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return int(width), int(height)
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg_size(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP" and len(data) >= 30:
        return _webp_size(data)
    return None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Walk the marker segments to the frame header (ISO/IEC 10918-1 B.2.2)."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return int(width), int(height)
        at += 2 + int(struct.unpack(">H", data[at + 2 : at + 4])[0])
    return None


def _webp_size(data: bytes) -> tuple[int, int] | None:
    """Canvas size of the three WebP forms (RFC 9649 §2.5–2.7)."""
    form = data[12:16]
    if form == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if form == b"VP8L" and data[20] == 0x2F:
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if form == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", data[26:30])
        return width & 0x3FFF, height & 0x3FFF
    return None
