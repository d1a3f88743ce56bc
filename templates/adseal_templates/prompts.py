# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""From a brief's scene to the prompt of each shot.

Decides the shot grammar: one camera move, one subject in its setting, one main colour and an accent, one
light, one mood, room for the words. The constants are repeated word for word in every shot. Deterministic and
versioned; the brief's own words are never changed, and each addition is recorded as a PromptChange.
Leaves out the model's vocabulary beyond colour names and moves, and seeds (`seeds`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from .ad_template import PromptDefaults, ShotSpec
from .brand import BrandKit
from .brief import BRAND_ROLES, Brief, Camera, Pace
from .colour import nearest_name
from .plan import PromptChange

GRAMMAR: Final = "shot-grammar 1"

_MOVES: Final[dict[Camera, str]] = {
    "left": "drifting left",
    "right": "drifting right",
    "up": "drifting up",
    "down": "drifting down",
    "in": "push in",
    "out": "pull out",
    "still": "static camera",
}
_COPY_SPACE: Final = {"top": "empty space at the top", "bottom": "empty space at the bottom"}


@dataclass(frozen=True)
class _Words:
    """The parts of one prompt in the order they are said."""

    subject: str
    setting: str = ""
    camera: str = ""
    colours: str = ""
    light: str = ""
    mood: str = ""
    space: str = ""

    def said(self) -> str:
        """`Slow push in. Silk folds in a studio in navy with gold accents, soft light, calm, …`"""
        what = " ".join(part for part in (self.subject, self.setting, self.colours) if part)
        rest = ", ".join(part for part in (what, self.light, self.mood, self.space) if part)
        sentences = (_capital(self.camera), _capital(rest))
        return " ".join(f"{sentence.rstrip('. ')}." for sentence in sentences if sentence)


def shot_prompt(
    brand: BrandKit, brief: Brief, shot: ShotSpec, defaults: PromptDefaults
) -> tuple[str, tuple[PromptChange, ...]]:
    """The prompt of one shot, and every addition that led from the brief's words to it."""
    scene = brief.scene
    opening = shot.scene == "opening" and scene.opening is not None
    words = _Words(
        subject=(scene.opening or "" if opening else scene.subject).rstrip(". "),
        # The setting belongs to the hero; an opening describes itself.
        setting="" if opening else scene.setting or "",
        light=scene.light or "",
        mood=scene.mood or "",
    )
    additions = [
        _camera(scene.camera, scene.pace, shot),
        _colours(brand, scene.palette),
        None if scene.light else ("light", defaults.light, "light left open: the template's"),
        None if scene.mood else ("mood", defaults.mood, "mood left open: the template's"),
        None
        if shot.copy_space is None
        else ("space", _COPY_SPACE[shot.copy_space], "room for the words laid over the picture"),
    ]
    changes = []
    for part, text, reason in (a for a in additions if a is not None):
        longer = replace(words, **{part: text})
        changes.append(
            PromptChange(
                shot_id=shot.id, reason=f"{GRAMMAR}: {reason}", before=words.said(), after=longer.said()
            )
        )
        words = longer
    return words.said(), tuple(changes)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _camera(camera: Camera | None, pace: Pace | None, shot: ShotSpec) -> tuple[str, str, str]:
    move = _MOVES[camera or shot.camera]
    tempo = pace or shot.pace
    wish = [name for name, given in (("move", camera), ("pace", pace)) if given]
    said = f"the brief's {' and '.join(wish)}" if wish else "the template's"
    return "camera", move if move == _MOVES["still"] else f"{tempo} {move}", f"one camera move: {said}"


def _colours(brand: BrandKit, palette: Sequence[str]) -> tuple[str, str, str]:
    """Main colour and accent as colour words. Without a palette: the brand's primary and accent."""
    named, reasons = [], []
    for entry in palette or ("primary", "accent"):
        value = brand.colors.role(entry) if entry in BRAND_ROLES else entry  # type: ignore[arg-type]
        if value.startswith("#"):
            name, distance = nearest_name(value)
            source = f"{entry} {value}" if entry in BRAND_ROLES else value
            reasons.append(f"{source} is nearest to {name} (Lab distance {distance:.0f})")
        else:
            name = value
            reasons.append(f"{name} as written")
        if name not in named:
            named.append(name)
    accent = f" with {named[1]} accents" if len(named) > 1 else ""
    return "colours", f"in {named[0]}{accent}", "palette: " + ", ".join(reasons)
