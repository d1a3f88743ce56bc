# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Setting text: from a string and a box to lines of shaped runs at the largest size that fits.

Decides font size, line breaks and the place of every run relative to the first baseline. Lines are balanced
(of all ways to break into as few lines as possible, the one with the narrowest longest line). Leaves out
which font has a character (`fonts`), reading order (`bidi`), and colour, panels and shadows (`layers`).
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from adseal_generator import bidi, fonts
from adseal_generator.errors import LayerError
from adseal_generator.sfnt import Face

_PROBE_PX = 128  # size at which segments are measured once; widths scale with size
# Kinsoku: what must not begin a line, and what must not end one (JIS X 4051, the common part).
_NOT_FIRST = frozenset(
    "、。，．・：；？！）」』】〉》〕］｝’”ー々ゝゞヽヾぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ％℃…‥,.!?:;)]}%"
)
_NOT_LAST = frozenset("（「『【〈《〔［｛‘“￥＄＃([{¥$#€£")
_PHRASE_END = frozenset("、。，．：；！？…」』】）,.:;!? \n")
_PHRASE_WORTH = 0.8  # ideographs are rather set this much smaller than broken inside a phrase
_BREAK_AFTER = frozenset("-‐–—/")
_GLUE = frozenset("\u00a0\u202f\u2060\ufeff")


@dataclass(frozen=True)
class Run:
    """Characters of one line set with one face in one direction; `x` px from the line's left end."""

    text: str
    face: Face
    rtl: bool
    x: float


@dataclass(frozen=True)
class Line:
    """Runs from left to right, and their advance width in px."""

    runs: tuple[Run, ...]
    width: float


@dataclass(frozen=True)
class SetText:
    """A text that has been set. Lengths in px; heights are relative to the first baseline, down is positive.

    `top`..`bottom` is what the eye takes for the block (capital height to last baseline, or the ink of
    scripts without capitals); `ink` (left, top, right, bottom) also holds accents, descenders and overhangs,
    its horizontal parts being how far ink leaves the advance width on either side.
    """

    size: int
    lines: tuple[Line, ...]
    pitch: float
    width: float
    top: float
    bottom: float
    ink: tuple[float, float, float, float]
    weight: int
    language: str

    @property
    def height(self) -> float:
        """Height of the inked block."""
        return self.ink[3] - self.ink[1]


@dataclass(frozen=True)
class _Segment:
    """Text between two break opportunities. `start`..`stop` index clusters; a hard segment ends its line."""

    start: int
    stop: int
    width: float  # at _PROBE_PX, trailing space excluded
    space: float  # trailing space at _PROBE_PX
    hard: bool


def fit(
    text: str,
    *,
    language: str,
    rtl: bool,
    font: fonts.FontWish,
    width: float,
    height: float,
    max_px: int,
    min_px: int,
    max_lines: int,
) -> SetText:
    """The text set at the largest size of `min_px`..`max_px` at which it fits `width` x `height` px.

    A line feed in the text breaks the line there. Runs of white space count as one space.

    Raises:
        LayerError: `text_empty`, or `text_too_long` (the hint says how many characters would fit).
        FontError: the font is missing or no installed font has a script of the text.
    """
    text = _clean(text)
    if not text:
        raise LayerError("the text is empty", code="text_empty")
    source = _Source(text, language, rtl, font)
    box = (width, height, max_lines)
    found = source.largest(source.segments, box, min_px, max_px)
    if found is not None:
        whole = source.largest(source.phrases(), box, min_px, max_px)
        return whole if whole is not None and whole.size >= _PHRASE_WORTH * found.size else found
    short, long = 0, len(source.clusters)
    while long - short > 1:
        middle = (short + long) // 2
        part = "".join(source.clusters[:middle]).strip()
        shorter = _Source(part, language, rtl, font)
        if shorter.largest(shorter.segments, box, min_px, min_px):
            short = middle
        else:
            long = middle
    raise LayerError(
        f"the text of {len(source.clusters)} characters does not fit {width:.0f}x{height:.0f} px in "
        f"{max_lines} line{'s' if max_lines > 1 else ''} at the smallest size, {min_px} px",
        code="text_too_long",
        hint=f"shorten it to about {short} characters, or allow more lines or a smaller min_px",
    )


def _clean(text: str) -> str:
    """One form of the text: NFC, one space between words, none around line feeds, no variation selectors."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(c for c in text if not "\ufe00" <= c <= "\ufe0f")
    lines = ("".join(c if c in _GLUE or not c.isspace() else " " for c in line) for line in text.split("\n"))
    return "\n".join(" ".join(word for word in line.split(" ") if word) for line in lines).strip("\n")


def _clusters(text: str) -> list[str]:
    """Characters with the marks and joiners that belong to them."""
    out: list[str] = []
    for char in text:
        joined = unicodedata.category(char) in ("Mn", "Mc", "Me") or char in "\u200d\u200c"
        if out and out[-1] != "\n" and (joined or out[-1].endswith("\u200d")):
            out[-1] += char
        else:
            out.append(char)
    return out


def _is_ideographic(cluster: str) -> bool:
    """Scripts that may break between any two characters (Chinese and Japanese; Korean breaks at spaces)."""
    point = ord(cluster[0])
    return (
        0x2E80 <= point <= 0x312F
        or 0x31A0 <= point <= 0x4DBF
        or 0x4E00 <= point <= 0x9FFF
        or 0xF900 <= point <= 0xFAFF
        or 0xFF00 <= point <= 0xFF65
        or 0x20000 <= point <= 0x3FFFF
    )


def _may_break(before: str, after: str) -> bool:
    """True when a line may end between two neighbouring clusters (white space aside)."""
    if before[0] in _GLUE or after[0] in _GLUE or after[0] in _NOT_FIRST or before[0] in _NOT_LAST:
        return False
    if _is_ideographic(before) or _is_ideographic(after):
        return True
    return before[0] in _BREAK_AFTER and not after[0].isdigit()


class _Source:
    """A cleaned text with everything that does not depend on size or breaks."""

    def __init__(self, text: str, language: str, rtl: bool, font: fonts.FontWish) -> None:
        self.clusters = _clusters(text)
        self.language, self.rtl, self.weight = language, rtl, font.weight
        self.faces = fonts.faces_for(self.clusters, font, language)
        self.primary = fonts.wished_faces(font)[0]
        self.levels: list[int] = []
        for line in text.split("\n"):
            per_char = bidi.levels(line, rtl=rtl)
            at = 0
            for cluster in _clusters(line):
                self.levels.append(per_char[at])
                at += len(cluster)
            self.levels.append(int(rtl))  # the line feed
        self.segments = self._segments()

    def _segments(self) -> list[_Segment]:
        cuts = [0]
        for n in range(1, len(self.clusters)):
            before, after = self.clusters[n - 1], self.clusters[n]
            if before in (" ", "\n") or (after not in (" ", "\n") and _may_break(before, after)):
                cuts.append(n)
        cuts.append(len(self.clusters))
        out = []
        for start, stop in pairwise(cuts):
            end = stop
            while end > start and self.clusters[end - 1] in (" ", "\n"):
                end -= 1
            word = sum(r.width for r in self._shape(start, end, _PROBE_PX))
            whole = sum(r.width for r in self._shape(start, stop, _PROBE_PX)) if end < stop else word
            out.append(_Segment(start, stop, word, whole - word, self.clusters[stop - 1] == "\n"))
        return out

    def _shape(self, start: int, stop: int, size: int) -> list[Line]:
        """The runs of clusters `start`..`stop`, each as a one-run line, from left to right."""
        runs: list[tuple[int, Face, str]] = []
        for n in range(start, stop):
            if self.clusters[n] == "\n":
                continue
            level, face = self.levels[n], self.faces[n]
            if runs and runs[-1][:2] == (level, face):
                runs[-1] = (level, face, runs[-1][2] + self.clusters[n])
            else:
                runs.append((level, face, self.clusters[n]))
        out = []
        for n in bidi.visual_order([level for level, _, _ in runs]):
            level, face, text = runs[n]
            run = Run(text, face, bool(level % 2), 0.0)
            out.append(Line((run,), advance(run, size, self.weight, self.language)))
        return out

    def line(self, start: int, stop: int, size: int) -> Line:
        """Clusters `start`..`stop` as one line; white space at its end is dropped."""
        while stop > start and self.clusters[stop - 1] in (" ", "\n"):
            stop -= 1
        x, runs = 0.0, []
        for single in self._shape(start, stop, size):
            run = single.runs[0]
            runs.append(Run(run.text, run.face, run.rtl, x))
            x += single.width
        return Line(tuple(runs), x)

    def phrases(self) -> list[_Segment]:
        """The segments with ideographs joined up to the next punctuation mark: a reader's units."""
        out: list[_Segment] = []
        for part in self.segments:
            if out:
                last = out[-1]
                before, after = self.clusters[last.stop - 1], self.clusters[part.start]
                cjk = _is_ideographic(before) or _is_ideographic(after)
                if cjk and not last.hard and before[0] not in _PHRASE_END:
                    width = last.width + last.space + part.width
                    out[-1] = _Segment(last.start, part.stop, width, part.space, part.hard)
                    continue
            out.append(part)
        return out

    def largest(
        self, segments: Sequence[_Segment], box: tuple[float, float, int], min_px: int, max_px: int
    ) -> SetText | None:
        """The largest setting that fits the box (width, height, lines), or None.

        Fitting is monotonic in size, but for a px of rounding.
        """
        low, high, best = min_px, max_px, None
        while low <= high:
            size = (low + high) // 2
            found = self._set(segments, size, box)
            if found is not None:
                best, low = found, size + 1
            else:
                high = size - 1
        return best

    def _set(self, segments: Sequence[_Segment], size: int, box: tuple[float, float, int]) -> SetText | None:
        width, height, max_lines = box
        cuts = _break_lines(segments, width * _PROBE_PX / size, max_lines)
        if cuts is None:
            return None
        lines = tuple(self.line(segments[a].start, segments[b - 1].stop, size) for a, b in pairwise(cuts))
        widest = max(line.width for line in lines)
        pitch = size * max(_pitch(run.text) for line in lines for run in line.runs)
        boxes = [_line_box(line, size, self.weight, self.language, self.primary) for line in lines]
        last = pitch * (len(lines) - 1)
        ink = (
            min(b[0] for b in boxes),
            min(b[1] + pitch * n for n, b in enumerate(boxes)),
            max(b[2] for b in boxes),
            max(b[3] + pitch * n for n, b in enumerate(boxes)),
        )
        if widest > width or ink[3] - ink[1] > height:
            return None
        top, bottom = boxes[0][4], boxes[-1][5] + last
        return SetText(size, lines, pitch, widest, top, bottom, ink, self.weight, self.language)


def _break_lines(segments: Sequence[_Segment], width: float, max_lines: int) -> list[int] | None:
    """Cuts (indices into `segments`, first 0, last the end) for as few lines as possible, well balanced."""
    count = len(segments)
    # best[k][n]: narrowest longest line when the first n segments fill k lines; came[k][n]: where the last
    # began
    best = [[float("inf")] * (count + 1) for _ in range(max_lines + 1)]
    came = [[0] * (count + 1) for _ in range(max_lines + 1)]
    best[0][0] = 0.0
    for k in range(1, max_lines + 1):
        for stop in range(1, count + 1):
            length = -segments[stop - 1].space
            for start in range(stop - 1, -1, -1):
                if segments[start].hard and start < stop - 1:
                    break
                length += segments[start].width + segments[start].space
                if length > width:
                    break
                longest = max(best[k - 1][start], length)
                if longest < best[k][stop]:
                    best[k][stop], came[k][stop] = longest, start
        if best[k][count] <= width:
            cuts = [count]
            for lines in range(k, 0, -1):
                cuts.append(came[lines][cuts[-1]])
            return cuts[::-1]
    return None


def _direction(run: Run) -> str:
    return "rtl" if run.rtl else "ltr"


def advance(run: Run, size: int, weight: int, language: str) -> float:
    """Advance width of a run in px."""
    font = fonts.load(run.face, size, weight)
    return float(font.getlength(run.text, direction=_direction(run), language=language))


@lru_cache(maxsize=512)
def _cap_height(face: Face, size: int, weight: int) -> float:
    """Height of a flat capital, or a usual one where the face has none."""
    if not face.covers("H"):
        return 0.7 * size
    return float(-fonts.load(face, size, weight).getbbox("H", anchor="ls")[1])


def _has_capitals(text: str) -> bool:
    """True for scripts set on a baseline with capitals: Latin, Greek, Cyrillic, digits and punctuation."""
    return all(ord(c) < 0x0590 or 0x1E00 <= ord(c) < 0x2E80 for c in text)


def _pitch(text: str) -> float:
    """Distance of baselines in units of the font size: what headlines of the script are set with."""
    if _has_capitals(text):
        return 1.12
    return 1.28 if any(_is_ideographic(c) or 0xAC00 <= ord(c) <= 0xD7A3 for c in text) else 1.4


def _line_box(
    line: Line, size: int, weight: int, language: str, primary: Face
) -> tuple[float, float, float, float, float, float]:
    """Ink of a line (overhang left of 0, top, overhang right of its width, bottom), optical top, bottom."""
    left = right = 0.0
    tops, bottoms = [0.0], [0.0]
    eye_top, eye_bottom = -_cap_height(primary, size, weight), 0.0
    for run in line.runs:
        font = fonts.load(run.face, size, weight)
        box = font.getbbox(run.text, anchor="ls", direction=_direction(run), language=language)
        left = min(left, run.x + box[0])
        right = max(right, run.x + box[2] - line.width)
        tops.append(box[1])
        bottoms.append(box[3])
        if not _has_capitals(run.text):
            eye_top, eye_bottom = min(eye_top, box[1]), max(eye_bottom, box[3])
    return left, min(tops), right, max(bottoms), eye_top, eye_bottom
