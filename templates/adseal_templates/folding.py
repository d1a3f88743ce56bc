# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Texts as the guards compare them: folded, with the way back to the words as they were written.

Decides what counts as the same letter: case, compatibility forms (full width, mathematical letters), diacritics
of Latin, Greek, Cyrillic, Arabic and Hebrew, typographic quotes and dashes; characters that cannot be seen are
left out. Marks that make another letter stay (が is not か). A text may have further views in which look-alike
letters, digits for letters and letters set apart are read as the word they imitate. Leaves out what is looked
for (`terms`).
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

# Scripts that are written without spaces between words: CJK with kana, Thai, Lao, Myanmar, Khmer.
NO_SPACES: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_MARKS_OF: Final = ("LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW")
_ALONE: Final = {
    "’": "'",
    "ʼ": "'",
    "‘": "'",
    "`": "'",
    "´": "'",
    "‐": "-",
    "‑": "-",
    "–": "-",
    "—": "-",
    "ı": "i",
    "ł": "l",
    "ø": "o",
    "đ": "d",
    "æ": "ae",
    "œ": "oe",
    # Arabic letters that are written for one another, and the stretching of a line.
    "أ": "ا",
    "إ": "ا",
    "آ": "ا",
    "ى": "ي",
    "ـ": "",
}
# Letters of other alphabets that look like Latin ones, after UTS #39's confusables, where both cases agree.
_LOOK_ALIKE: Final = dict(
    zip("асеорхуіјѕһԁԛԝкмтнвАСЕОРХУІЈЅКМТНВ", "aceopxyijshdqwkmthbaceopxyijskmthb", strict=True)
) | dict(zip("αοιρνκτυχεΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aoipvktuxeabezhikmnoptyx", strict=True))
_LEET: Final = str.maketrans("034579@$€", "oeastgase")
_MIXED: Final = re.compile(r"[\w@$€!]+")
_SET_APART: Final = re.compile(r"(?<![^\W_])(?:[a-z][ .\-_*·|]){3,}[a-z](?![^\W_])")


@dataclass(frozen=True)
class Folded:
    """A folded text; `at[i]` is where in the written text character `i` comes from, `at[len]` its end."""

    text: str
    at: tuple[int, ...]

    def written(self, start: int, end: int, source: str) -> str:
        """The words as they were written from folded position `start` to `end`."""
        return source[self.at[start] : self.at[end - 1] + 1] if end > start else ""


def fold(text: str) -> Folded:
    """The text as it is compared."""
    return _folded(_clusters(text))


def views(text: str) -> tuple[Folded, ...]:
    """The folded text and, where they differ, its readings with imitations undone."""
    plain = fold(text)
    found = [plain]
    alike = _folded(_clusters(_latin_for_look_alikes(text)))
    for one in dict.fromkeys((plain, alike)):
        for candidate in (
            one,
            _leet(one, "i"),
            _leet(one, "l"),
            _pulled_together(one),
        ):
            if candidate.text not in {known.text for known in found}:
                found.append(candidate)
    return tuple(found)


def _clusters(text: str) -> Iterator[tuple[str, int]]:
    """Each letter with the marks that follow it, and where it stands."""
    start = 0
    for i in range(1, len(text) + 1):
        if i == len(text) or not unicodedata.combining(text[i]):
            if i > start:
                yield text[start:i], start
            start = i


def _folded(clusters: Iterator[tuple[str, int]]) -> Folded:
    letters: list[str] = []
    at: list[int] = []
    end = 0
    for cluster, start in clusters:
        end = start + len(cluster)
        for letter in _letters(cluster):
            letters.append(letter)
            at.append(start)
    return Folded("".join(letters), (*at, end))


def _letters(cluster: str) -> str:
    if cluster.isascii():
        return cluster.lower().replace("`", "'")
    same = unicodedata.normalize("NFKC", cluster)
    if unicodedata.name(same[:1], "").startswith(_MARKS_OF):
        same = "".join(
            c for c in unicodedata.normalize("NFD", same) if not unicodedata.combining(c) or c in _ALONE
        )
    seen = "".join(c for c in same if unicodedata.category(c) not in {"Cf", "Cc"} or c in "\n\t")
    return "".join(_ALONE.get(c, c) for c in seen.casefold())


def _latin_for_look_alikes(text: str) -> str:
    """Look-alikes become Latin in words that mix alphabets, and in words made of look-alikes alone where
    most of the text is Latin: a Russian sentence stays Russian."""
    latin = sum(1 for c in text if c.isascii() and c.isalpha())
    others = sum(1 for c in text if c.isalpha()) - latin

    def read(match: re.Match[str]) -> str:
        word = match[0]
        mixes = any(c.isascii() and c.isalpha() for c in word)
        imitates = latin > others - len(word) and all(c in _LOOK_ALIKE or not c.isalpha() for c in word)
        return "".join(_LOOK_ALIKE.get(c, c) for c in word) if mixes or imitates else word

    # Characters that cannot be seen would split a word, so they are swapped for nothing after reading.
    return re.sub(r"[\w\u200b-\u200f\u2060\u00ad\ufeff]+", read, text)


def _leet(folded: Folded, one: str) -> Folded:
    """Digits and signs inside words as letters; numbers on their own stay."""

    def read(match: re.Match[str]) -> str:
        word = match[0]
        letters = sum(c.isalpha() for c in word)
        if letters < 2 or letters == len(word):
            return word
        return word.translate(_LEET).replace("1", one).replace("!", one)

    return Folded(_MIXED.sub(read, folded.text), folded.at)


def _pulled_together(folded: Folded) -> Folded:
    """Letters set apart (`n.i.k.e`, `n i k e`) as one word."""
    gone = {
        i
        for match in _SET_APART.finditer(folded.text)
        for i in range(match.start(), match.end())
        if not folded.text[i].isalpha()
    }
    if not gone:
        return folded
    keep = [i for i in range(len(folded.text)) if i not in gone]
    return Folded("".join(folded.text[i] for i in keep), (*(folded.at[i] for i in keep), folded.at[-1]))
