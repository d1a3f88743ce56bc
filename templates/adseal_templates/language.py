# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What a locale means for setting text: script, direction, region, and the words of the AI label.

Decides from the tag alone, with no locale database. Leaves out shaping and font coverage (the generator).
"""

import re
from typing import Final, Literal

# Scripts of languages not written in Latin letters by default (CLDR likely subtags).
_SCRIPTS: Final = {
    "Arab": "ar fa ur ps sd ug ckb ks",
    "Hebr": "he yi iw",
    "Thaa": "dv",
    "Syrc": "syr",
    "Jpan": "ja",
    "Hans": "zh yue wuu",
    "Kore": "ko",
    "Cyrl": "ru uk bg sr mk be kk ky mn tg tt",
    "Grek": "el",
    "Armn": "hy",
    "Geor": "ka",
    "Deva": "hi mr ne sa",
    "Beng": "bn as",
    "Guru": "pa",
    "Gujr": "gu",
    "Taml": "ta",
    "Telu": "te",
    "Knda": "kn",
    "Mlym": "ml",
    "Sinh": "si",
    "Thai": "th",
    "Laoo": "lo",
    "Mymr": "my",
    "Khmr": "km",
    "Ethi": "am ti",
}
_SCRIPT_OF: Final = {
    language: script for script, languages in _SCRIPTS.items() for language in languages.split()
}
_RTL_SCRIPTS: Final = frozenset({"Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm", "Rohg"})
_HANT_REGIONS: Final = frozenset({"TW", "HK", "MO"})

# The visible label: "AI" is the common part (EU Code of Practice on marking and labelling, section 2).
AI_LABELS: Final = {
    "en": "AI generated",
    "ar": "مولّد بالذكاء الاصطناعي",
    "de": "KI-generiert",
    "es": "Generado por IA",
    "fr": "Généré par IA",
    "it": "Generato dall'IA",
    "ja": "AI生成",
    "ko": "AI 생성",
    "nl": "AI-gegenereerd",
    "pl": "Wygenerowane przez AI",
    "pt": "Gerado por IA",
    "tr": "Yapay zekâ üretimi",
    "zh": "AI生成",
}


def lookup_chain(locale: str) -> tuple[str, ...]:
    """The tag and its parents, nearest first: zh-Hant-TW, zh-Hant, zh (RFC 4647 §3.4)."""
    parts = locale.split("-")
    return tuple("-".join(parts[:n]) for n in range(len(parts), 0, -1))


def script_of(locale: str) -> str:
    """ISO 15924 code of the script the locale is written in; Latn when nothing else is known."""
    stated = re.search(r"-([A-Z][a-z]{3})(?:-|$)", locale)
    if stated:
        return stated.group(1)
    script = _SCRIPT_OF.get(locale.split("-", maxsplit=1)[0], "Latn")
    return "Hant" if script == "Hans" and region_of(locale) in _HANT_REGIONS else script


def direction_of(locale: str) -> Literal["ltr", "rtl"]:
    """Writing direction of the locale's script."""
    return "rtl" if script_of(locale) in _RTL_SCRIPTS else "ltr"


def region_of(locale: str) -> str | None:
    """ISO 3166-1 region of the tag (en-US → US), None where it has none."""
    found = re.search(r"-([A-Z]{2})(?:-|$)", locale)
    return found.group(1) if found else None


def ai_label(locale: str) -> str:
    """The label text in the locale's language; English where we have no translation."""
    return AI_LABELS.get(locale.split("-", maxsplit=1)[0], AI_LABELS["en"])
