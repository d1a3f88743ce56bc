# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Which font sets which characters.

Decides: the brand's own font first (its files, then an installed family of that name), and for characters it
lacks the best installed font that has them. Families are looked for in the `fontpkg_*` packages beside this
one and in the system's font folders. A brand font that is nowhere is an error, never a silent substitute.
Leaves out line breaking and drawing (`text`) and reading font files (`sfnt`).
"""

import importlib.metadata
import os
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from adseal_generator.errors import FontError
from adseal_generator.sfnt import Face, read_faces

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

_CJK_SUFFIX = (  # region of Noto/Source Han faces by language, most specific first
    ("zh-hk", " hk"),
    ("zh-mo", " hk"),
    ("zh-tw", " tc"),
    ("zh-hant", " tc"),
    ("zh", " sc"),
    ("ja", " jp"),
    ("ko", " kr"),
)
_INSTALL = {  # first word of a character's Unicode name → Debian package that has the script
    "CJK": "fonts-noto-cjk",
    "HIRAGANA": "fonts-noto-cjk",
    "KATAKANA": "fonts-noto-cjk",
    "HANGUL": "fonts-noto-cjk",
    "IDEOGRAPHIC": "fonts-noto-cjk",
    "FULLWIDTH": "fonts-noto-cjk",
}
_SCRIPT_NAME = {"CJK": "Chinese/Japanese ideographs", "HANGUL": "Korean Hangul"}


class FontWish(Protocol):
    """What is asked for: a family, a weight 100..900, and files that are tried first."""

    @property
    def family(self) -> str: ...
    @property
    def weight(self) -> int: ...
    @property
    def files(self) -> tuple[str, ...]: ...


def is_ignorable(char: str) -> bool:
    """True for characters that need no glyph: spaces, joiners, directional and variation marks."""
    return char.isspace() or unicodedata.category(char) == "Cf" or "\ufe00" <= char <= "\ufe0f"


def wished_faces(wish: FontWish) -> tuple[Face, ...]:
    """The faces that stand for the wish, best first: those of `files`, or the installed family.

    Raises:
        FontError: a file is unreadable, or neither a file nor an installed family answers to the name.
    """
    return _wished_faces(wish.family, wish.weight, tuple(wish.files))


@lru_cache(maxsize=256)
def _wished_faces(family: str, weight: int, files: tuple[str, ...]) -> tuple[Face, ...]:
    name = family.casefold()
    faces = [face for file in files for face in read_faces(file)]
    if not faces:
        faces = [f for f in _packaged_faces() if name in f.names]
    if not faces:
        faces = [f for f in _system_faces() if name in f.names]
    if not faces:
        raise FontError(
            f"font family {family!r} is not installed",
            code="font_missing",
            hint=f"add its font file to the brand kit, or pip install fontpkg-{name.replace(' ', '-')}",
        )
    return tuple(sorted(faces, key=lambda f: (name not in f.names, f.italic, f.distance(weight))))


def faces_for(clusters: Iterable[str], wish: FontWish, language: str) -> list[Face]:
    """One face per cluster (a character with its combining marks): the brand's where it can, else a fallback.

    Clusters that need no glyph take the face of their left neighbour, so that runs are not torn apart.

    Raises:
        FontError: the wished font is missing, or no installed font has a character; names the script and what
            to install.
    """
    primary = wished_faces(wish)
    fallbacks: list[Face] = []
    chosen: list[Face | None] = []
    previous: Face | None = None
    for cluster in clusters:
        needed = "".join(c for c in cluster if not is_ignorable(c))
        if not needed:
            chosen.append(previous)
            continue
        face = next((f for f in (*primary, *fallbacks) if f.covers(needed)), None)
        if face is None:
            face = _fallback(needed, language, wish.weight)
            fallbacks.append(face)
        chosen.append(face)
        previous = face
    return [face or primary[0] for face in chosen]


@lru_cache(maxsize=1024)
def _fallback(needed: str, language: str, weight: int) -> Face:
    """The installed face that suits `needed` best."""
    suffix = next((s for tag, s in _CJK_SUFFIX if language.casefold().startswith(tag)), " sc")

    def rank(face: Face) -> tuple[bool, bool, bool, bool, bool, float, str, int]:
        family = face.family.casefold()
        return (
            face.italic,
            "mono" in family or "serif" in family or "condensed" in " ".join(face.names),
            " cjk" in family and not family.endswith(suffix),
            "sans" not in family,
            "noto" not in family,
            face.distance(weight),
            face.path,
            face.index,
        )

    for faces in (_packaged_faces(), _system_faces()):
        for face in sorted((f for f in faces if f.scalable), key=rank):
            if face.covers(needed):
                return face
    missing = next((c for c in needed if unicodedata.category(c) not in ("Mn", "Mc")), needed[0])
    word = unicodedata.name(missing, "UNNAMED").split()[0].split("-")[0]
    script = _SCRIPT_NAME.get(word, word.capitalize())
    if unicodedata.category(missing) == "So":
        raise FontError(
            f"no installed font has the symbol {missing!r} (U+{ord(missing):04X})",
            code="script_missing",
            hint="colour emoji are not supported: take the symbol out of the text, or use an image layer",
        )
    raise FontError(
        f"no installed font has {script} characters such as {missing!r} (U+{ord(missing):04X})",
        code="script_missing",
        hint=f"install {_INSTALL.get(word, 'fonts-noto-core')} (apt-get install), or add a font file with "
        "this script to the brand kit",
    )


@lru_cache(maxsize=1)
def _packaged_faces() -> tuple[Face, ...]:
    """Faces of the installed `fontpkg-*` distributions."""
    roots = set()
    for point in importlib.metadata.entry_points(group="fontpkg.family"):
        distribution = point.dist
        if distribution is not None:
            roots.add(Path(str(distribution.locate_file(point.value))) / "files")
    return tuple(_faces_below(sorted(roots)))


@lru_cache(maxsize=1)
def _system_faces() -> tuple[Face, ...]:
    """Faces in the operating system's font folders, where such folders exist."""
    home = Path.home()
    if sys.platform == "win32":
        roots = [Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts"]
        roots.append(home / "AppData/Local/Microsoft/Windows/Fonts")
    elif sys.platform == "darwin":
        roots = [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts"]
    else:
        roots = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), home / ".local/share/fonts"]
        roots.append(home / ".fonts")
    return tuple(_faces_below(roots))


def _faces_below(roots: Iterable[Path]) -> Iterator[Face]:
    for root in roots:
        if not root.is_dir():
            continue
        for path in sorted(root.rglob("*")):
            if path.suffix.lower() in (".ttf", ".otf", ".ttc", ".otc"):
                try:
                    yield from read_faces(str(path))
                except FontError:
                    continue  # a damaged font of the system is no reason to stop an ad


@lru_cache(maxsize=256)
def load(face: Face, size_px: int, weight: int) -> "FreeTypeFont":
    """The face at a size in px, for Pillow, with its weight (and optical size) axis set.

    Raises:
        FontError: Pillow cannot load it or lacks Raqm, without which Arabic and Indic scripts are unreadable.
    """
    from PIL import ImageFont, features

    if not features.check("raqm"):
        raise FontError(
            "this Pillow has no Raqm text layout",
            code="raqm_missing",
            hint="install Pillow from its wheels (pip install --force-reinstall pillow)",
        )
    try:
        font = ImageFont.truetype(face.path, size_px, index=face.index, layout_engine=ImageFont.Layout.RAQM)
        if face.axes:
            wished = {"wght": float(weight), "opsz": float(size_px)}
            font.set_variation_by_axes(
                [min(max(wished.get(tag, default), low), high) for tag, (low, default, high) in face.axes]
            )
    except (OSError, NotImplementedError) as cause:
        raise FontError(f"cannot load font {face.path}", code="font_unreadable") from cause
    return font
