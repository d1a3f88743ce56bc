# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The shot grammar: the parts of a shot and how a model family is told them.

Decides that a shot has one subject, one action, one setting, one camera move, a light, a palette, a mood and a
style, in which order and sentences each form says them, and how long a text is. Deterministic: the same parts give
the same words. Leaves out where the parts come from (`prompts`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from .brief import Camera, Pace
from .families import Family
from .folding import NO_SPACES

GRAMMAR: Final = "shot-grammar 2"

_PHRASES: Final[dict[str, str]] = {
    "left": "drifting left",
    "right": "drifting right",
    "up": "drifting up",
    "down": "drifting down",
    "in": "push in",
    "out": "pull out",
    "still": "static camera",
}
_VERBS: Final[dict[str, str]] = {
    "left": "drifts left",
    "right": "drifts right",
    "up": "rises",
    "down": "descends",
    "in": "pushes in",
    "out": "pulls back",
    "still": "stays still",
}
_PACES: Final = {"slow": "slowly", "fast": "quickly"}
# Letters of scripts without spaces count one by one; elsewhere a run of letters is a word.
_WORDS: Final = re.compile(rf"[{NO_SPACES}]|[^\W{NO_SPACES}]+(?:['’-][^\W{NO_SPACES}]+)*")


@dataclass(frozen=True)
class Move:
    """One camera move: its kind and pace."""

    kind: Camera
    pace: Pace = "slow"

    def phrase(self) -> str:
        """`slow push in`."""
        return _PHRASES[self.kind] if self.kind == "still" else f"{self.pace} {_PHRASES[self.kind]}"

    def sentence(self) -> str:
        """`The camera slowly pushes in`."""
        manner = "" if self.kind == "still" else _PACES[self.pace] + " "
        return f"the camera {manner}{_VERBS[self.kind]}"


@dataclass(frozen=True)
class Shot:
    """The parts of one shot. `palette` holds the names of the main colour and of at most one accent."""

    subject: str
    action: str = ""
    setting: str = ""
    camera: Move | None = None
    palette: tuple[str, ...] = ()
    light: str = ""
    mood: str = ""
    style: str = ""
    space: str = ""


def said(shot: Shot, family: Family) -> str:
    """The prompt, as the family's form says it."""
    if family.form == "phrases":
        return _phrases(shot)
    return " ".join(_sentence(text) for text in _sentences(shot, family) if text)


def _phrases(shot: Shot) -> str:
    """`Slow push in. Silk folds in a studio in navy with gold accents, soft light, calm, …`"""
    colours = f"in {_colours(shot.palette)}" if shot.palette else ""
    what = " ".join(part for part in (shot.subject, shot.action, shot.setting, colours) if part)
    rest = ", ".join(part for part in (what, shot.light, shot.mood, shot.style, shot.space) if part)
    camera = shot.camera.phrase() if shot.camera else ""
    return " ".join(_sentence(text) for text in (camera, rest) if text)


def _sentences(shot: Shot, family: Family) -> Iterator[str]:
    """What is seen and done comes first, then the camera, then light, colours, mood and room for words; the
    style comes last, or first where the family wants it there."""
    if family.form == "style-first":
        yield shot.style
    yield " ".join(part for part in (shot.subject, shot.action, shot.setting) if part)
    yield shot.camera.sentence() if shot.camera else ""
    yield shot.light
    yield f"the colours are {_colours(shot.palette)}" if shot.palette else ""
    yield f"the mood is {shot.mood}" if shot.mood else ""
    if family.form != "style-first":
        yield shot.style
    yield shot.space


def _colours(palette: tuple[str, ...]) -> str:
    return palette[0] + (f" with {palette[1]} accents" if len(palette) > 1 else "")


def _sentence(text: str) -> str:
    text = text.rstrip(". ")
    return f"{text[:1].upper()}{text[1:]}."


def length_in_words(text: str) -> int:
    """Words of a text; in scripts without spaces each letter counts."""
    return len(_WORDS.findall(text))


# A move in the brief's own words comes on top of the shot's. Only words that can mean nothing else: clouds drift too.
_MOVE_IN_WORDS: Final = re.compile(
    r"\bcamera\s+(?:\w+ly\s+)?(?:pan|tilt|zoom|doll(?:y|ie)|push|pull|orbit|truck|crane|track|circle|follow|mov)\w*"
    r"|\b(?:whip\s+pan|(?:zoom|doll(?:y|ie)|pan|tilt|crane|truck)(?:s|ing)?\s+(?:in|out|left|right|up|down)\b)"
    r"|\b(?:tracking|orbiting|crane|dolly)\s+shot\b",
    re.IGNORECASE,
)
_SECOND_ACTION: Final = re.compile(r"(?:,|;|\band)\s*then\b[^,.;]*|\bafter which\b[^,.;]*", re.IGNORECASE)


def second_move(text: str) -> str:
    """The words of a text that ask for a camera move of their own; empty where there are none."""
    found = _MOVE_IN_WORDS.search(text)
    return found[0] if found else ""


def second_action(text: str) -> str:
    """The words of a text that begin a second action; empty where there are none."""
    found = _SECOND_ACTION.search(text)
    return found[0].strip(" ,;") if found else ""
