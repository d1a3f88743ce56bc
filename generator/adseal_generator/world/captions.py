# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Truthful captions: a scene told in words, from two of them to several sentences, and what exactly was said.

Decides: what is mentioned and how phrases are put together. A caption says only what the scene has; everything
may be left out. Leaves out: the phrases (`wording`) and tokenisation (`training.words`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

import torch

from . import wording as w
from .palette import COLOURS, SYNONYMS, nearest_name, rgb
from .scene import Scene, chance, pick

_SAME = 0.012  # squared distance in sRGB (green twice) under which a colour may go by another one's name
_ALIKE = 0.035  # the same for the twelve names of the palette, which stand for whole regions
# Words that would say something else: a time of day, a scene.
_AMBIGUOUS = ("midnight", "forest", "sky", "rose", "honey")
_HEX = re.compile(r"#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3})(?![0-9a-zA-Z])")


@dataclass(frozen=True)
class Caption:
    """A description and what it says.

    Attributes:
        text: the words.
        said: the value of each slot that the words speak of; None: not mentioned. A colour is the scene's own
            colour, also where the words only come near to it.
    """

    text: str
    said: dict[str, str | None]


@dataclass
class _Teller:
    """One telling: collects what was said."""

    scene: Scene
    random: torch.Generator
    detail: float  # scales how likely attributes are mentioned
    said: dict[str, str | None] = field(default_factory=dict)

    def pick(self, options: Sequence[str]) -> str:
        return pick(options, self.random)

    def chance(self, probability: float) -> bool:
        return chance(probability, self.random)

    def tells(self, slot: str, likely: float) -> bool:
        """Whether to speak of an attribute; notes it as said if so."""
        value = getattr(self.scene, slot)
        if value in (None, "none") or self.said.get(slot) or not self.chance(likely * self.detail):
            return False
        self.said[slot] = value
        return True


def describe(scene: Scene, generator: torch.Generator) -> Caption:
    """One true description of ``scene``, terse, as a list or in sentences."""
    style = pick(("terse", "list", "list", "sentences", "sentences"), generator)
    teller = _Teller(scene, generator, detail=0.25 if style == "terse" else 1.0)
    subject = _subject(teller)
    if style == "sentences":
        text = _sentences(teller, subject)
    else:
        parts = [subject, *_fragments(teller), *_decoration(teller, 2)]
        order = torch.randperm(len(parts), generator=generator).tolist()
        if teller.chance(0.6):  # most people begin with the thing itself
            order = [0, *(i for i in order if i)]
        text = _join([parts[i] for i in order], teller)
    slots = ("scene", "main", "accent", "camera", "direction", "speed", "mood", "time", "light", "density")
    said = {slot: teller.said.get(slot) for slot in (*slots, "subject", "space", "focus")}
    return Caption(text, said)


@cache
def colour_words(colour: str) -> tuple[str, ...]:
    """The names a colour of a scene may truthfully go by; may be empty for a hex colour."""
    names = [n for n, value in w.SHADES.items() if _apart(colour, value) < _SAME]
    if not colour.startswith("#"):
        others = [s for s in SYNONYMS[colour] if s not in w.SHADES and s not in _AMBIGUOUS]
        return (colour, *names, *others)
    name = nearest_name(colour)
    return (*names, name) if _apart(colour, name) < _ALIKE else tuple(names)


def in_words(prompt: str) -> str:
    """A prompt with the name of the nearest colour in place of each hex code: text encoders read words."""
    return _HEX.sub(lambda found: _nearest_word(found[0]), prompt)


def leading_colours(prompt: str, count: int) -> str:
    """A prompt without the names of colours after the first ``count`` different ones: "navy sea with gold accents"
    becomes "navy sea with accents" for an encoder that would mix the two.
    """
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        name = found[0].lower()
        if name not in kept and len(kept) < count:
            kept.append(name)
        return found[0] if name in kept else ""

    return " ".join(_colour_names().sub(keep, prompt).split())


@cache
def _colour_names() -> re.Pattern[str]:
    names = {*COLOURS, *w.SHADES, *(s for alike in SYNONYMS.values() for s in alike)} - {*_AMBIGUOUS}
    either = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"\b(?:{either})\b", re.IGNORECASE)


@cache
def _nearest_word(code: str) -> str:
    whole = code if len(code) == 7 else "#" + "".join(2 * digit for digit in code[1:])
    values = {**{name: name for name in COLOURS}, **w.SHADES}
    return min(values, key=lambda name: _apart(whole, values[name]))


def _apart(one: str, other: str) -> float:
    weights = (1.0, 2.0, 1.0)
    return sum(k * (a - b) ** 2 for k, a, b in zip(weights, rgb(one), rgb(other), strict=True))


def _colour(teller: _Teller, colour: str) -> str:
    words = colour_words(colour)
    if not colour.startswith("#"):
        return colour if teller.chance(0.6) else teller.pick(words)
    if words and teller.chance(0.65):
        return teller.pick(words)
    return colour.upper() if teller.chance(0.25) else colour


def _noun(teller: _Teller) -> str:
    """What is shown, with or without the words for how much of it there is."""
    scene = teller.scene
    if teller.chance(0.05):
        return teller.pick(w.NOTHING_NAMED)
    if teller.chance(0.45):
        teller.said["scene"] = scene.thing or scene.family
        return _meant(teller)
    if scene.thing is None:
        teller.said["scene"] = scene.family
        noun = teller.pick(w.SCENE_WORDS[scene.family])
        if teller.tells("density", 0.2):
            several = {
                "sparse": ("sparse", "scattered", "isolated"),
                "dense": ("dense", "abundant", "countless"),
            }
            noun = f"{teller.pick(several[scene.density or 'sparse'])} {_bare(noun)}"
        return noun
    thing = scene.thing if teller.chance(0.9) else scene.family
    teller.said["scene"] = thing
    noun = teller.pick(w.THING_WORDS[thing])
    if teller.chance(0.5):
        noun += f" {teller.pick(w.PEDESTALS)}"
    return noun


def _meant(teller: _Teller) -> str:
    """The scene as a brief talks of it: one or more of the things that go with it."""
    options = w.fields()[teller.scene.thing or teller.scene.family]
    words = [teller.pick(options) for _ in range(1 + teller.chance(0.45) + teller.chance(0.2))]
    glue = teller.pick((", ", " and ", " with ", " for ", " in ", " of ", " "))
    return glue.join(dict.fromkeys(words))


def _subject(teller: _Teller) -> str:
    scene, noun = teller.scene, _noun(teller)
    if teller.chance(0.12):
        return noun
    teller.said["main"] = scene.main
    colour = _colour(teller, scene.main)
    if not colour.startswith("#") and teller.chance(0.2):
        teller.said["mood"] = scene.mood
        colour = f"{teller.pick(w.TINT_WORDS[scene.mood])} {colour}"
    forms = (
        "{colour} {bare}", "{noun} in {colour}", "{colour} {bare}", "{noun} in {colour} tones", "{noun}, {colour}",
        "{noun}, {colour} tones", "{noun}, {colour} palette", "{noun} bathed in {colour}", "{colour}-toned {bare}",
        "{noun} in shades of {colour}", "{noun}, colour palette of {colour}", "{noun} with {colour} colours",
        "{noun} in {colour} light", "{noun}, mainly {colour}", "{noun}, dominated by {colour}",
    )  # fmt: skip
    text = teller.pick(forms).format(colour=colour, noun=noun, bare=_bare(noun))
    if scene.accent and teller.tells("accent", 0.9 if teller.detail == 1 else 2.6):
        text += f" {teller.pick(w.ACCENT_WORDS).format(_colour(teller, scene.accent))}"
    return text


def _bare(noun: str) -> str:
    return re.sub(r"^(an|a|the|our) ", "", noun)


def _camera(teller: _Teller) -> str:
    kind, _, way = teller.scene.camera.partition("-")
    table = w.CAMERA_WORDS.get(teller.scene.camera) or w.CAMERA_WORDS[kind]
    return teller.pick(table).format(way)


def _with_speed(teller: _Teller, phrase: str) -> str:
    """The phrase of a movement with an adverb or adjective, where speed is told."""
    if not teller.tells("speed", 0.5):
        return phrase
    speed = teller.scene.speed
    adverb = teller.pick(w.ADVERBS[speed])
    if phrase.startswith("the camera "):
        start, _, rest = phrase.partition(" camera ")
        return teller.pick((f"{start} camera {adverb} {rest}", f"{phrase} {adverb}"))
    adjectives = ("slow", "gentle", "smooth") if speed == "slow" else ("fast", "quick", "rapid", "dynamic")
    return teller.pick((f"{teller.pick(adjectives)} {phrase}", f"{adverb} {phrase}", f"{phrase} {adverb}"))


def _fragments(teller: _Teller) -> list[str]:
    """Phrases of the attributes that are told, in no order."""
    scene, parts = teller.scene, []
    if teller.tells("camera", 0.45 if scene.camera == "static" else 0.8):
        moved = _camera(teller)
        parts.append(moved if scene.camera == "static" else _with_speed(teller, moved))
    if scene.direction and teller.tells("direction", 0.85):
        parts.append(_with_speed(teller, teller.pick(w.DIRECTION_WORDS[scene.direction])))
    if teller.tells("speed", 0.3):
        parts.append(teller.pick(w.SPEED_WORDS[scene.speed]))
    if teller.tells("mood", 0.6):
        parts.append(teller.pick(w.MOOD_WORDS[scene.mood]))
    if scene.time and teller.tells("time", 0.8):
        parts.append(teller.pick(w.TIME_WORDS[scene.time]))
    if scene.light and teller.tells("light", 0.6):
        parts.append(teller.pick(w.LIGHT_WORDS).format(scene.light))
    if scene.density and teller.tells("density", 0.5):
        parts.append(teller.pick(w.DENSITY_WORDS[scene.density]))
    if scene.subject and teller.tells("subject", 0.6):
        table = w.SUBJECT_WORDS["centre" if scene.subject == "centre" else "side"]
        parts.append(teller.pick(table).format(scene.subject))
    if teller.tells("space", 0.85):
        parts.append(teller.pick(w.SPACE_WORDS[scene.space]))
    if scene.focus and teller.tells("focus", 0.6):
        parts.append(teller.pick(w.FOCUS_WORDS[scene.focus]))
    return parts


def _decoration(teller: _Teller, most: int) -> list[str]:
    parts = [
        teller.pick(w.DECORATION) for _ in range(int(torch.randint(most + 1, (1,), generator=teller.random)))
    ]
    if teller.said.get("scene") and teller.chance(0.15):
        parts.append(
            teller.pick(("for {}", "an ad for {}", "commercial for {}")).format(teller.pick(w.PURPOSES))
        )
    return parts


def _sentences(teller: _Teller, subject: str) -> str:
    """Sentences of one to three phrases each; the first is about the subject."""
    openings = ("{}", "{}", "{}", "a shot of {}", "we see {}", "close-up of {}", "{} fill the frame", "imagine {}",
                "a cinematic video of {}", "create a video of {}", "an abstract view of {}", "show {}")  # fmt: skip
    parts = _fragments(teller)
    order = torch.randperm(len(parts), generator=teller.random).tolist()
    queue = [parts[i] for i in order] + _decoration(teller, 2)
    first = teller.pick(openings).format(subject)
    sentences = [first if not queue or teller.chance(0.4) else f"{first}, {queue.pop(0)}"]
    while queue:
        count = 1 + int(torch.randint(min(3, len(queue)), (1,), generator=teller.random))
        taken, queue = queue[:count], queue[count:]
        glue = teller.pick((", ", " and ", ", with ", " while "))
        sentences.append(", ".join(taken[:-1]) + (glue if taken[1:] else "") + taken[-1])
    if len(sentences) > 1 and teller.chance(0.25):  # the camera first, as in a shot list
        sentences = [*sentences[1:], sentences[0]]
    return " ".join(f"{s[0].upper()}{s[1:]}." for s in sentences)


def _join(parts: list[str], teller: _Teller) -> str:
    text = parts[0]
    for part in parts[1:]:
        text += teller.pick((", ", ", ", ", ", ". ", "; ", " ", " - ")) + part
    return text + ("." if teller.chance(0.3) else "")
