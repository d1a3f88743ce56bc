# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The words and signs of pages, and how text from a stranger's file gets into one."""

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adseal_provenance.verdicts.report import Report

#: For each axis its name and its question.
AXES = {
    "credential": ("Credential", "Is there one, and does it stand?"),
    "integrity": ("Integrity", "Are the bytes those that were signed?"),
    "signer_trust": ("Signer", "Does anybody vouch for who signed?"),
    "time": ("Time", "When was it signed?"),
    "revocation": ("Revocation", "Did the issuer withdraw the certificate?"),
    "ingredients": ("Sources", "What was it made from?"),
    "ai_claim": ("AI", "Does it say that AI was used?"),
    "picture_watermark": ("Picture mark", "Was a mark found in the picture?"),
    "sound_watermark": ("Sound mark", "Was a mark found in the sound?"),
    "fingerprint": ("Comparison", "Is it the picture of the registered video?"),
}
#: For each state its sign, which does not depend on colour, and its word.
STATES = {
    "pass": ("✓", "passed"),
    "fail": ("✗", "failed"),
    "warn": ("!", "look at it"),
    "absent": ("–", "not there"),
    "not_checked": ("·", "not checked"),
}
VERDICTS = {
    "intact": "A credential in the file validates: the bytes are those that were signed.",
    "recovered": "The credential is gone; a watermark leads to a registered video, and the picture agrees with it.",
    "mismatch": "A watermark leads to a registered video, but what was found does not fit it.",
    "marked": "A watermark of a known key was found, but no record of it.",
    "broken": "A credential is there and fails.",
    "none": "Nothing was found.",
    "unreadable": "The file could not be examined.",
}
#: For each verdict of a source its tone, sign and words.
SOURCES = {
    "intact": ("pass", "✓", "its credential holds"),
    "broken": ("fail", "✗", "its credential failed"),
    "none": ("absent", "–", "it had no credential"),
}
_JOINERS = "\u200c\u200d"  # of Persian and Indic letters, and of emoji


def plain(text: str, most: int = 300) -> str:
    """Text of a stranger's as one line without invisible characters (those that turn the direction of writing
    included), at most so many characters."""
    shown = "".join(
        c if c.isprintable() or c in _JOINERS else "\N{REPLACEMENT CHARACTER}" for c in text[:most]
    )
    return shown + ("…" if len(text) > most else "")


def told(text: str, most: int = 300) -> str:
    """The same as HTML, with its direction of writing kept to itself."""
    return f"<bdi>{escape(plain(text, most))}</bdi>"


def verdict_tone(report: "Report") -> str:
    """`good`, `fair` or `bad`; what comes with a warning is never simply good."""
    if report.verdict in ("intact", "recovered"):
        return "fair" if report.warnings else "good"
    return "fair" if report.verdict in ("none", "marked") else "bad"


def seconds(span: tuple[float, float]) -> str:
    return f"{span[0]:.1f} to {span[1]:.1f}"


def spans_told(spans: "tuple[tuple[float, float], ...]") -> str:
    """All of them in a row, the last after an "and"."""
    parts = [seconds(span) for span in spans]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def size_told(size: int) -> str:
    """Bytes as people say them, with the exact number."""
    for factor, unit in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if size >= factor:
            return f"{size / factor:.1f} {unit} ({size:,} bytes)".replace(",", "\u202f")
    return f"{size} bytes"
