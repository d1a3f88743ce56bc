# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""A word or phrase to look for, as a pattern over folded text.

Decides word boundaries (none where a script writes no spaces), simple inflections by language, what may stand
between the words of a phrase, and the particles that Arabic, Hebrew and Korean join to a word. Leaves out which
words (`guard_lists`) and what finding them means (`guards`).
"""

import re
from functools import cache
from typing import Final

from .folding import NO_SPACES, fold, views

# A letter of a script with spaces: such a letter beside a word makes it another word. Digits do not.
_LETTER: Final = rf"[^\W\d_{NO_SPACES}]"
_NOT_AFTER: Final = rf"(?<!{_LETTER})"
_NOT_BEFORE: Final = rf"(?!{_LETTER})"
NAMES: Final = "und"  # the language of names: they are the same in all, and take only a genitive

_ENDINGS: Final = {
    "de": "(?:e|er|es|en|em|n|s|t|te|st)?",
    "nl": "(?:e|s|en|t)?",
    "fr": "(?:e|s|es|x|nt)?",
    NAMES: "(?:'?s)?",
}
# Languages that decline by exchanging the last letters; so many letters may follow what stays.
_DECLINING: Final = frozenset({"ru", "uk", "bg", "pl", "cs"})
_LAST_LETTER: Final = re.compile("[аеёиоуыэюяйьaeiouy]$")
_ROMANCE: Final = frozenset({"es", "pt", "it"})
_ARABIC: Final = re.compile("[\u0600-\u06ff]")
_HEBREW: Final = re.compile("[\u0590-\u05ff]")
_HANGUL: Final = re.compile("[\uac00-\ud7af]")
_UNSPACED: Final = re.compile(f"[{NO_SPACES}]")


@cache
def term(words: str, language: str = NAMES) -> re.Pattern[str]:
    """The pattern of a word or phrase of a language (ISO 639), or of a name (`und`).

    A trailing `*` leaves the end open, a leading one the beginning: `heil*` also finds heilsam.
    """
    open_left, open_right = words.startswith("*"), words.endswith("*")
    folded = fold(words.strip("*")).text.strip()
    # Joined spellings of a name are the name (cocacola); words of a phrase have something between them.
    between = r"[\W_]{0,3}" if language == NAMES else r"[\W_]{1,4}"
    parts = [part for part in re.split(r"[\s\-_/]+", folded) if part]
    body = between.join(_inflected(part, language) for part in parts[:-1])
    body += (between if body else "") + (
        re.escape(parts[-1]) if open_right else _inflected(parts[-1], language)
    )
    return re.compile(
        ("" if open_left else _before(folded)) + f"(?:{body})" + ("" if open_right else _after(folded))
    )


@cache
def beginning(words: str) -> str:
    """Letters that a text holds if it holds the words in any inflection: the first three, fewer of short words."""
    first = re.split(r"[\s\-_/]+", fold(words.strip("*")).text.strip())[0]
    return first[: max(1, min(3, len(first) - 1))]


def says(text: str, words: str, language: str = NAMES) -> bool:
    """True when the text holds the words, also where they are disguised."""
    pattern = term(words, language)
    return any(pattern.search(view.text) for view in views(text))


def _inflected(word: str, language: str) -> str:
    written = re.escape(word)
    if len(word) < 4 and language != NAMES:
        return written
    if language == "en" and word.isalpha():
        return _english(word)
    if language in _DECLINING:
        return re.escape(_LAST_LETTER.sub("", word)) + f"{_LETTER}{{0,3}}"
    if language in _ROMANCE and word[-1] in "aoe":
        return written[:-1] + "[aoei]s?"
    if language in _ROMANCE:
        return written + "(?:e?s)?"
    return written + _ENDINGS.get(language, "")


def _english(word: str) -> str:
    if word.endswith("e"):
        return re.escape(word[:-1]) + "(?:e|es|e's|ed|ing)"
    if word.endswith("y"):
        return re.escape(word[:-1]) + "(?:y|ies|ied|ying|y's)"
    return re.escape(word) + "(?:s|es|'s|ed|ing)?"


def _before(folded: str) -> str:
    first = folded[:1]
    if _UNSPACED.match(first):
        return ""
    if _ARABIC.match(first):
        return _NOT_AFTER + "[وف]?(?:[بك]?ال|لل|[بكل])?"
    return _NOT_AFTER + ("[והבלכמש]{0,2}" if _HEBREW.match(first) else "")


def _after(folded: str) -> str:
    last = folded[-1:]
    # Korean particles follow without a space; three syllables hold the usual ones.
    if _UNSPACED.match(last):
        return ""
    if _HANGUL.match(last):
        return r"(?![\uac00-\ud7af]{4})"
    if _ARABIC.match(last):
        return "(?:ة|ه|ها|ات|ون|ين|ا)?" + _NOT_BEFORE
    return _NOT_BEFORE
