# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""From a brief's scene, a template's storyboard and a brand to the prompt of each shot.

Decides where each part of a shot comes from: the brief before the storyboard before the brand before the template's
defaults. Setting, palette, light, mood and style are the same words in every shot. Deterministic and versioned;
the brief's own words are never changed, each addition and each omission is recorded as a PromptChange, and what
does not fit the model's length although only the brief's words are left is told (`ShotText.too_long`).
Leaves out how a family is told (`shot_grammar`), what a family is (`families`) and seeds (`seeds`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from .ad_template import PromptDefaults, ShotSpec
from .brand import BrandKit
from .brief import BRAND_ROLES, Camera, Pace, Scene
from .colour import nearest_name
from .families import Family
from .plan import PromptChange
from .shot_grammar import GRAMMAR, Move, Shot, length_in_words, said

_COPY_SPACE: Final = {"top": "empty space at the top", "bottom": "empty space at the bottom"}
# Attributes of a brand's tone that can be seen; the others are for copywriters.
_SEEN_MOODS: Final = frozenset(
    (
        *(
            "airy",
            "bold",
            "bright",
            "calm",
            "clean",
            "cold",
            "cool",
            "cosy",
            "cozy",
            "dark",
            "dramatic",
            "dreamy",
        ),
        *("elegant", "energetic", "fresh", "gentle", "golden", "intimate", "joyful", "light", "lively"),
        *(
            "luxurious",
            "minimal",
            "moody",
            "mysterious",
            "natural",
            "nostalgic",
            "peaceful",
            "playful",
            "quiet",
        ),
        *("romantic", "serene", "soft", "tender", "vibrant", "vivid", "warm", "wild"),
    )
)


@dataclass(frozen=True)
class ShotText:
    """A prompt, what led to it, and by how many words the brief's own exceed what the family takes."""

    prompt: str
    negative: str
    changes: tuple[PromptChange, ...]
    too_long: int = 0


@dataclass(frozen=True)
class _Step:
    """One change of one part; `optional` ones may be left out again where the prompt would be too long."""

    part: str
    value: Any
    reason: str
    optional: bool = True


def shot_text(
    brand: BrandKit, scene: Scene, shot: ShotSpec, defaults: PromptDefaults, family: Family
) -> ShotText:
    """The prompt of one shot for a model family, with every step from the brief's words to it. `scene` and `shot`
    are what `storyboard.for_shot` gives."""
    writer = _Writer(shot.id, family, _brief_words(scene, shot))
    for step in _steps(brand, scene, shot, defaults, family):
        writer.take(step)
    writer.fit()
    negative = defaults.negative or ""
    if negative and family.negative == "none":
        writer.record(f"negative prompt left out: {family.title} does not read one", negative, "")
        negative = ""
    return ShotText(said(writer.shot, family), negative, tuple(writer.changes), writer.too_long)


class _Writer:
    """A shot on its way: each step is taken and recorded."""

    def __init__(self, shot_id: str, family: Family, shot: Shot) -> None:
        self.shot_id, self.family, self.shot = shot_id, family, shot
        self.changes: list[PromptChange] = []
        self._added: list[tuple[_Step, Any]] = []

    def take(self, step: _Step) -> None:
        before = getattr(self.shot, step.part)
        self._become(replace(self.shot, **{step.part: step.value}), step.reason)
        if step.optional:
            self._added.append((step, before))

    def fit(self) -> None:
        """Leave out our own additions, the last first, until the family's length is met."""
        while self.too_long and self._added:
            step, before = self._added.pop()
            reason = f"{step.part} left out again: {self.family.title} takes {self.family.max_words} words"
            self._become(replace(self.shot, **{step.part: before}), reason)

    @property
    def too_long(self) -> int:
        return max(0, length_in_words(said(self.shot, self.family)) - self.family.max_words)

    def record(self, reason: str, before: str, after: str) -> None:
        self.changes.append(
            PromptChange(shot_id=self.shot_id, reason=f"{GRAMMAR}: {reason}", before=before, after=after)
        )

    def _become(self, shot: Shot, reason: str) -> None:
        before, after = said(self.shot, self.family), said(shot, self.family)
        self.shot = shot
        if before != after:
            self.record(reason, before, after)


def _brief_words(scene: Scene, shot: ShotSpec) -> Shot:
    """What the brief itself says about this shot."""
    opening = shot.scene == "opening" and scene.opening is not None
    # Action and setting belong to the hero; an opening describes itself.
    return Shot(
        subject=(scene.opening or "" if opening else scene.subject).rstrip(". "),
        action="" if opening else scene.action or "",
        setting="" if opening else scene.setting or "",
        light=scene.light or "",
        mood=scene.mood or "",
        style=scene.style or "",
    )


def _steps(
    brand: BrandKit, scene: Scene, shot: ShotSpec, defaults: PromptDefaults, family: Family
) -> Iterator[_Step]:
    own = _brief_words(scene, shot)
    for part, text in _storyboard(scene, shot, own):
        yield _Step(part, text, f"{part}: the template's storyboard", optional=False)
    yield _camera(scene.camera, scene.pace, shot)
    yield _palette(brand, scene.palette or shot.palette, family)
    if not own.light and not shot.light:
        yield _Step("light", defaults.light, "light left open: the template's")
    if not own.mood and family.adds_mood:
        yield _mood(brand, defaults)
    if shot.copy_space is not None:
        yield _Step("space", _COPY_SPACE[shot.copy_space], "room for the words laid over the picture")


def _storyboard(scene: Scene, shot: ShotSpec, own: Shot) -> Iterator[tuple[str, str]]:
    """Parts that the template's storyboard says. `{subject}`, `{action}`, `{setting}` and `{opening}` in it are the
    brief's words, which it may wrap; light and style of the brief hold for all shots and stay."""
    words = {
        "subject": scene.subject,
        "action": scene.action or "",
        "setting": scene.setting or "",
        "opening": scene.opening or scene.subject,
    }
    for part in ("subject", "action", "setting", "light", "style"):
        text = getattr(shot, part) or ""
        for name, own_words in words.items():
            text = text.replace("{" + name + "}", own_words.rstrip(". "))
        text = " ".join(text.split()).rstrip(". ")
        spoken = part in {"light", "style"} and getattr(own, part)
        if text and not spoken and text != getattr(own, part):
            yield part, text


def _camera(camera: Camera | None, pace: Pace | None, shot: ShotSpec) -> _Step:
    wish = [name for name, given in (("move", camera), ("pace", pace)) if given]
    whose = f"the brief's {' and '.join(wish)}" if wish else "the template's"
    move = Move(kind=camera or shot.camera, pace=pace or shot.pace)
    return _Step("camera", move, f"one camera move: {whose}", optional=False)


def _palette(brand: BrandKit, palette: Sequence[str], family: Family) -> _Step:
    """Main colour and accent as colour words. Without a palette: the brand's primary and accent."""
    named: list[str] = []
    reasons = []
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
    told = tuple(named[: family.colours or len(named)])
    if len(told) < len(named):
        unsaid = ", ".join(named[len(told) :])
        reasons.append(f"{unsaid} left unsaid: {family.id} tells {family.colours} colour apart")
    return _Step("palette", told, "palette: " + ", ".join(reasons))


def _mood(brand: BrandKit, defaults: PromptDefaults) -> _Step:
    """The brand's mood, where its tone has words that can be seen, else the template's."""
    seen = [word for word in brand.tone.attributes if word.strip().lower() in _SEEN_MOODS][:2]
    if not seen:
        return _Step("mood", defaults.mood, "mood left open: the template's")
    return _Step("mood", ", ".join(seen), "mood left open: the brand's tone")
