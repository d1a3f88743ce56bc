# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What a font file says about itself: family names, weight, variable axes, and the characters it covers.

Decides nothing; reads four tables (name, OS/2, fvar, cmap) of OpenType fonts and collections, because
FreeType through Pillow does not tell which characters a font has. Leaves out glyphs and layout (Pillow) and
the choice of fonts (`fonts`). Source: OpenType specification 1.9.1, tables named above.
"""

import struct
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from adseal_generator.errors import FontError

_MAX_TABLE = 64 << 20  # bytes; the largest cmap seen in practice is under 1 MiB
_NAME_FAMILY, _NAME_FULL, _NAME_TYPOGRAPHIC_FAMILY = 1, 4, 16


@dataclass(frozen=True)
class Face:
    """One face of a font file. Equality is by `path` and `index`.

    `weight` is the default weight (100..900); `axes` maps a variable font's axis tags, in file order, to
    (minimum, default, maximum).
    """

    path: str
    index: int
    family: str = field(compare=False)
    names: frozenset[str] = field(compare=False)
    weight: int = field(compare=False)
    italic: bool = field(compare=False)
    scalable: bool = field(compare=False)
    axes: tuple[tuple[str, tuple[float, float, float]], ...] = field(compare=False, default=())

    def covers(self, text: str) -> bool:
        """True when the font has a glyph for every character of `text`.

        Raises:
            FontError: the file has become unreadable.
        """
        have = _coverage(self.path, self.index)
        want = np.fromiter((ord(c) for c in text), np.uint32, len(text))
        at = np.searchsorted(have, want)
        return bool(np.all(at < have.size) and np.all(have[np.minimum(at, have.size - 1)] == want))

    def distance(self, weight: int) -> float:
        """How far the face is from the wished weight, in weight units; 0 when an axis reaches it."""
        for tag, (low, _, high) in self.axes:
            if tag == "wght":
                return max(low - weight, 0.0, weight - high)
        return abs(self.weight - weight)


@lru_cache(maxsize=4096)
def read_faces(path: str) -> tuple[Face, ...]:
    """All faces of a .ttf, .otf, .ttc or .otc file.

    Raises:
        FontError: missing, unreadable, damaged, or not an OpenType file.
    """
    try:
        with Path(path).open("rb") as file:
            return tuple(_face(path, i, _tables(file, offset)) for i, offset in enumerate(_offsets(file)))
    except OSError as cause:
        raise FontError(
            f"cannot read font file {path}: {cause.strerror}",
            code="font_unreadable",
            hint="check the path in the brand kit",
        ) from cause
    except (struct.error, ValueError, IndexError, KeyError) as cause:
        raise FontError(
            f"{path} is not a usable OpenType font",
            code="font_unreadable",
            hint="use a .ttf or .otf file (web fonts, .woff, need to be converted)",
        ) from cause


class _Tables:
    """Tables of one face, read on demand."""

    def __init__(self, file: BinaryIO, places: dict[str, tuple[int, int]]) -> None:
        self._file, self._places = file, places

    def __contains__(self, tag: str) -> bool:
        return tag in self._places

    def get(self, tag: str) -> bytes:
        """The table, or nothing where the face has none."""
        if tag not in self:
            return b""
        return self[tag]

    def __getitem__(self, tag: str) -> bytes:
        offset, length = self._places[tag]
        if length > _MAX_TABLE:
            raise ValueError(f"table {tag} of {length} bytes")
        self._file.seek(offset)
        data: bytes = self._file.read(length)
        if len(data) != length:
            raise ValueError(f"table {tag} is cut off")
        return data


def _offsets(file: BinaryIO) -> tuple[int, ...]:
    head: bytes = file.read(12)
    if head[:4] == b"ttcf":
        count = struct.unpack(">I", head[8:12])[0]
        if count > 256:
            raise ValueError("too many faces")
        return struct.unpack(f">{count}I", file.read(4 * count))
    if head[:4] not in (b"\0\1\0\0", b"OTTO", b"true"):
        raise ValueError("no OpenType signature")
    return (0,)


def _tables(file: BinaryIO, offset: int) -> _Tables:
    file.seek(offset + 4)
    count = struct.unpack(">H", file.read(2))[0]
    file.seek(offset + 12)
    places = {}
    for _ in range(count):
        tag, _sum, start, length = struct.unpack(">4sIII", file.read(16))
        places[tag.decode("latin-1")] = (start, length)
    return _Tables(file, places)


def _face(path: str, index: int, tables: _Tables) -> Face:
    names = _names(tables["name"])
    os2 = tables.get("OS/2")
    weight = struct.unpack_from(">H", os2, 4)[0] if len(os2) >= 64 else 400
    italic = bool(struct.unpack_from(">H", os2, 62)[0] & 1) if len(os2) >= 64 else False
    families = names.get(_NAME_TYPOGRAPHIC_FAMILY, []) + names.get(_NAME_FAMILY, [])
    known = [n for key in (_NAME_TYPOGRAPHIC_FAMILY, _NAME_FAMILY, _NAME_FULL) for n in names.get(key, [])]
    return Face(
        path=path,
        index=index,
        family=families[0] if families else Path(path).stem,
        names=frozenset(n.casefold() for n in known),
        weight=min(max(weight, 1), 1000),
        italic=italic,
        scalable=any(tag in tables for tag in ("glyf", "CFF ", "CFF2")),
        axes=_axes(tables["fvar"]) if "fvar" in tables else (),
    )


def _names(table: bytes) -> dict[int, list[str]]:
    """Name id to the names in all languages, US English first."""
    count, text_at = struct.unpack_from(">HH", table, 2)
    found: dict[int, list[tuple[bool, str]]] = {}
    for n in range(count):
        platform, _encoding, language, name, length, offset = struct.unpack_from(">6H", table, 6 + 12 * n)
        if name not in (_NAME_FAMILY, _NAME_FULL, _NAME_TYPOGRAPHIC_FAMILY) or platform not in (0, 1, 3):
            continue
        raw = table[text_at + offset : text_at + offset + length]
        text = raw.decode("mac-roman" if platform == 1 else "utf-16-be", errors="replace")
        found.setdefault(name, []).append((platform == 3 and language != 0x409, text))
    return {name: [text for _, text in sorted(texts, key=lambda t: t[0])] for name, texts in found.items()}


def _axes(table: bytes) -> tuple[tuple[str, tuple[float, float, float]], ...]:
    start, _reserved, count, size = struct.unpack_from(">4H", table, 4)
    axes = []
    for n in range(count):
        tag, low, default, high = struct.unpack_from(">4s3i", table, start + size * n)
        axes.append((tag.decode("latin-1"), (low / 65536, default / 65536, high / 65536)))
    return tuple(axes)


@lru_cache(maxsize=64)
def _coverage(path: str, index: int) -> NDArray[np.uint32]:
    """The code points with a glyph of their own, sorted."""
    try:
        with Path(path).open("rb") as file:
            cmap = _tables(file, _offsets(file)[index])["cmap"]
        best = (-1, 0)
        for n in range(struct.unpack_from(">H", cmap, 2)[0]):
            platform, encoding, offset = struct.unpack_from(">HHI", cmap, 4 + 8 * n)
            rank = {(3, 10): 4, (0, 6): 3, (0, 4): 3, (3, 1): 2, (0, 3): 1}.get((platform, encoding), -1)
            best = max(best, (rank, offset))
        if best[0] < 0:
            return np.zeros(0, np.uint32)
        kind = struct.unpack_from(">H", cmap, best[1])[0]
        points = {4: _format_4, 12: _format_12}[kind](cmap[best[1] :])
        return np.unique(points).astype(np.uint32)
    except (OSError, struct.error, ValueError, IndexError, KeyError) as cause:
        raise FontError(f"cannot read which characters {path} covers", code="font_unreadable") from cause


def _format_12(table: bytes) -> NDArray[np.int64]:
    count = struct.unpack_from(">I", table, 12)[0]
    groups = np.frombuffer(table, ">u4", 3 * count, 16).reshape(-1, 3).astype(np.int64)
    lengths = groups[:, 1] - groups[:, 0] + 1
    if lengths.size == 0 or lengths.min() < 1 or lengths.sum() > 0x110000:
        raise ValueError("cmap groups")
    first = np.repeat(groups[:, 0] - np.cumsum(lengths) + lengths, lengths)
    points = first + np.arange(first.size)
    glyphs = points - np.repeat(groups[:, 0], lengths) + np.repeat(groups[:, 2], lengths)
    return np.asarray(points[glyphs != 0], dtype=np.int64)


def _format_4(table: bytes) -> NDArray[np.int64]:
    segments = struct.unpack_from(">H", table, 6)[0] // 2
    words = np.frombuffer(table, ">u2", len(table) // 2).astype(np.int64)
    ends, starts = words[7 : 7 + segments], words[8 + segments : 8 + 2 * segments]
    deltas = words[8 + 2 * segments : 8 + 3 * segments]
    ranges_at = 8 + 3 * segments
    found = []
    for n in range(segments):
        points = np.arange(starts[n], ends[n] + 1)
        jump = int(words[ranges_at + n])
        if jump:
            glyphs = words[np.minimum(ranges_at + n + jump // 2 + points - starts[n], words.size - 1)]
            points = points[glyphs != 0]
        else:
            points = points[(points + deltas[n]) & 0xFFFF != 0]
        found.append(points[points != 0xFFFF])
    return np.concatenate(found) if found else np.zeros(0, np.int64)
