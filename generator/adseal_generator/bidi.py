# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The order in which mixed left-to-right and right-to-left text is seen.

Decides embedding levels and visual order by the Unicode Bidirectional Algorithm (UAX #9, revision 50): rules
W1-W7, N1-N2 (with N0's bracket pairs left to the neutrals' rules), I1-I2, L1, L2. Leaves out explicit
embeddings and isolates, which ad copy does not use (their control characters are treated as having no
effect), and shaping and mirroring, which Raqm/HarfBuzz do per run.
"""

import unicodedata
from collections.abc import Sequence

_NEUTRAL = frozenset({"B", "S", "WS", "ON"})
_NO_EFFECT = frozenset({"BN", "LRE", "LRO", "RLE", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


def levels(text: str, *, rtl: bool) -> list[int]:
    """The embedding level of each character of one paragraph: even runs left to right, odd right to left."""
    base = int(rtl)
    kinds = _weak([unicodedata.bidirectional(c) or "L" for c in text], "R" if rtl else "L")
    kinds = _neutral(kinds, "R" if rtl else "L")
    result = [base + _STEP[base][kind] for kind in kinds]
    for n in range(len(text) - 1, -1, -1):  # L1: white space at the end goes with the paragraph
        if not text[n].isspace():
            break
        result[n] = base
    return result


_STEP = ({"L": 0, "R": 1, "AN": 2, "EN": 2}, {"L": 1, "R": 0, "AN": 1, "EN": 1})  # I1, I2


def _weak(kinds: list[str], edge: str) -> list[str]:
    """Rules W1 to W7: combining marks, numbers and what belongs to numbers."""
    out: list[str] = []
    strong = edge
    for kind in kinds:
        if kind in _NO_EFFECT or kind == "NSM":  # W1, and X9 in the form of section 5.2
            out.append(out[-1] if out else edge)
            continue
        if kind in ("L", "R", "AL"):
            strong = kind
        out.append("AN" if kind == "EN" and strong == "AL" else kind)  # W2
    out = ["R" if kind == "AL" else kind for kind in out]  # W3
    for n in range(1, len(out) - 1):  # W4
        if out[n - 1] == out[n + 1] and (
            (out[n] in ("ES", "CS") and out[n - 1] == "EN") or (out[n] == "CS" and out[n - 1] == "AN")
        ):
            out[n] = out[n - 1]
    for order in (range(len(out)), range(len(out) - 1, -1, -1)):  # W5
        touching = False
        for n in order:
            if out[n] == "ET" and touching:
                out[n] = "EN"
            touching = out[n] == "EN"
    out = ["ON" if kind in ("ES", "ET", "CS") else kind for kind in out]  # W6
    strong = edge
    for n, kind in enumerate(out):  # W7
        if kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            out[n] = "L"
    return out


def _neutral(kinds: list[str], edge: str) -> list[str]:
    """Rules N1 and N2: what stands between two runs of one direction joins them, else it follows the text."""
    out = list(kinds)
    n = 0
    while n < len(out):
        if out[n] not in _NEUTRAL:
            n += 1
            continue
        stop = n
        while stop < len(out) and out[stop] in _NEUTRAL:
            stop += 1
        left = edge if n == 0 else ("L" if out[n - 1] == "L" else "R")
        right = edge if stop == len(out) else ("L" if out[stop] == "L" else "R")
        out[n:stop] = [left if left == right else edge] * (stop - n)
        n = stop
    return out


def visual_order(run_levels: Sequence[int]) -> list[int]:
    """Rule L2: the indices of a line's runs from left to right, given each run's level."""
    order = list(range(len(run_levels)))
    if not order:
        return order
    lowest_odd = min((level for level in run_levels if level % 2), default=max(run_levels) + 1)
    for level in range(max(run_levels), lowest_odd - 1, -1):
        n = 0
        while n < len(order):
            stop = n
            while stop < len(order) and run_levels[order[stop]] >= level:
                stop += 1
            if stop > n:
                order[n:stop] = order[n:stop][::-1]
            n = max(stop, n + 1)
    return order
