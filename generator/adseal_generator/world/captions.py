# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Truthful captions: the words a scene may be described with, from terse to several sentences.

Decides: the vocabulary of the model (`vocabulary`) and the phrasing. A caption names the scene and the main
colour always, everything else often, in any order. Leaves out: tokenisation (`training.text`).
"""

from __future__ import annotations

import re

import torch

from .palette import COLOURS, SYNONYMS
from .scene import Scene, chance, pick

SCENE_WORDS: dict[str, tuple[str, ...]] = {
    "silk": (
        "silk folds",
        "flowing silk",
        "silk",
        "draped satin",
        "satin fabric",
        "soft fabric",
        "velvet drapes",
        "flowing cloth",
        "silk fabric waves",
        "satin folds",
    ),
    "bokeh": (
        "soft bokeh lights",
        "bokeh",
        "blurred lights",
        "out of focus lights",
        "glowing orbs",
        "defocused lights",
        "bokeh circles",
    ),
    "ocean": (
        "ocean waves",
        "a gentle sea",
        "rolling waves",
        "a calm sea",
        "water",
        "liquid waves",
        "surf",
        "sea waves under a low sun",
        "the ocean",
    ),
    "mountains": (
        "paper-cut mountains with a low sun",
        "layered hills",
        "misty mountains",
        "mountain ridges",
        "alpine ridges",
        "a misty valley",
        "a mountain landscape",
        "mountains at sunrise",
    ),
    "city": (
        "a city skyline at night",
        "a downtown skyline",
        "city lights",
        "an urban skyline with traffic lights",
        "skyscrapers",
        "towers of a city at night",
        "a night city with moving traffic",
    ),
    "ribbons": (
        "flowing ribbons",
        "curved ribbons",
        "abstract bands",
        "swirling ribbons",
        "abstract curves",
        "ribbons",
        "wavy bands",
    ),
    "rays": (
        "light rays",
        "light leaks",
        "sunbeams",
        "light beams",
        "beams of light through haze",
        "rays of light",
        "a light leak",
    ),
    "sparks": (
        "rising sparks",
        "glowing embers",
        "floating particles",
        "glitter",
        "fireflies",
        "rising embers",
        "dust particles",
        "glowing sparks",
    ),
}
THING_WORDS: dict[str, tuple[str, ...]] = {
    "bottle": ("a bottle", "a perfume bottle", "a drink bottle", "a glass bottle"),
    "can": ("a can", "a drink can", "a soda can", "a tin"),
    "jar": ("a jar", "a cream jar", "a cosmetic jar", "a pot"),
    "tube": ("a tube", "a cosmetic tube", "a cream tube"),
}
PEDESTALS = (
    " on a pedestal",
    " on a podium",
    " on a plinth",
    " in a studio",
    " on a stage",
    ", studio product shot",
)
_DIRECTED = (
    "drifting {to}",
    "gliding {to}",
    "moving {to}",
    "drift {to}",
    "{adverb} sliding {to}",
    "flowing {to}",
)
MOTION_WORDS: dict[str, tuple[str, ...]] = {
    "in": (
        "push in",
        "zoom in",
        "dolly in",
        "moving closer",
        "the camera pushes in",
        "camera moving forward",
    ),
    "out": ("pull out", "pull back", "zoom out", "dolly out", "moving away", "the camera pulls back"),
    "still": ("static camera", "locked camera", "still camera", "fixed camera"),
}
TOWARDS: dict[str, tuple[str, ...]] = {
    "left": ("left", "to the left", "leftwards"),
    "right": ("right", "to the right", "rightwards"),
    "up": ("up", "upwards", "upward"),
    "down": ("down", "downwards", "downward"),
}
SPEED_WORDS = {
    "slow": ("slow", "gentle", "calm", "smooth", "slowly"),
    "fast": ("fast", "quick", "dynamic", "energetic", "lively", "quickly"),
}
MOOD_WORDS = {
    "dark": (
        "dark",
        "moody",
        "night mood",
        "dramatic",
        "low key",
        "dark background",
        "dark mood",
        "evening light",
    ),
    "bright": (
        "bright",
        "airy",
        "daylight",
        "high key",
        "fresh",
        "bright background",
        "bright mood",
        "morning light",
    ),
}
SHADE_WORDS = {"dark": ("deep", "dark", "rich"), "bright": ("pale", "light", "pastel", "soft")}
SPACE_WORDS = {
    "top": (
        "empty space at the top",
        "copy space at the top",
        "clear space at the top",
        "calm empty area at the top",
    ),
    "bottom": (
        "empty space at the bottom",
        "copy space at the bottom",
        "clear space at the bottom",
        "calm empty area at the bottom",
    ),
}
ACCENT_WORDS = (
    "with {c} accents",
    "with {c} highlights",
    "touches of {c}",
    "accents in {c}",
    "and {c}",
    "with a {c} accent",
    "with hints of {c}",
)
DECORATION = (
    "soft studio light",
    "cinematic",
    "elegant",
    "premium",
    "soft light",
    "minimal",
    "clean",
    "shallow depth of field",
    "high quality",
    "background",
    "seamless",
    "warm",
    "cool",
    "modern",
    "luxury",
)
UNKNOWN = "zzz"  # stands for any word the model does not know


def caption(scene: Scene, generator: torch.Generator) -> str:
    """One true description of ``scene``; may contain `UNKNOWN` words, which mean nothing."""
    subject = _subject(scene, generator)
    parts = [subject]
    if chance(0.88, generator):
        parts.append(_motion(scene, generator))
    if chance(0.75, generator):
        parts.append(pick(MOOD_WORDS[scene.mood], generator))
    if scene.space != "none" and chance(0.88, generator):
        parts.append(pick(SPACE_WORDS[scene.space], generator))
    if chance(0.3, generator):
        parts.append(pick(SPEED_WORDS[scene.speed], generator))
    parts += [pick(DECORATION, generator) for _ in range(int(torch.randint(3, (1,), generator=generator)))]
    parts = [parts[i] for i in torch.randperm(len(parts), generator=generator)]
    words = _join(parts, generator)
    return _with_unknown_words(words, generator) if chance(0.25, generator) else words


def vocabulary() -> list[str]:
    """All words captions can contain, sorted, and the punctuation; `UNKNOWN` is not among them."""
    texts: list[str] = [
        *COLOURS,
        *(w for s in SYNONYMS.values() for w in s),
        *DECORATION,
        *PEDESTALS,
        *ACCENT_WORDS,
    ]
    texts += [
        "a an the of in on at with and to , . - : ;",
        "colour color tones palette camera scene shot video ad",
    ]
    tables = (
        SCENE_WORDS,
        THING_WORDS,
        MOTION_WORDS,
        TOWARDS,
        SPEED_WORDS,
        MOOD_WORDS,
        SHADE_WORDS,
        SPACE_WORDS,
    )
    texts += [phrase for table in tables for phrases in table.values() for phrase in phrases]
    texts += [phrase.format(to="", adverb="slowly quickly") for phrase in _DIRECTED]
    cleaned = " ".join(texts).replace("{c}", " ")
    return sorted(set(split_words(cleaned)))


def split_words(text: str) -> list[str]:
    """Lower-case words and single punctuation marks, as the tokenizer splits them."""
    return re.findall(r"\w+|[^\w\s]", text.lower())


def _colour(name: str, generator: torch.Generator) -> str:
    return name if chance(0.6, generator) else pick(SYNONYMS[name], generator)


def _subject(scene: Scene, generator: torch.Generator) -> str:
    if scene.thing is not None:
        what = pick(THING_WORDS[scene.thing], generator)
        what += pick(PEDESTALS, generator) if chance(0.7, generator) else ""
    else:
        what = pick(SCENE_WORDS[scene.family], generator)
    colour = _colour(scene.main, generator)
    if chance(0.45, generator):
        colour = f"{pick(SHADE_WORDS[scene.mood], generator)} {colour}"
    bare = re.sub(r"^(an|a|the) ", "", what)
    form = int(torch.randint(4, (1,), generator=generator))
    text = (f"{what} in {colour}", f"{colour} {bare}", f"{what} in {colour} tones", f"{what}, {colour}")[form]
    if scene.accent and chance(0.92, generator):
        text += " " + pick(ACCENT_WORDS, generator).format(c=_colour(scene.accent, generator))
    return text


def _motion(scene: Scene, generator: torch.Generator) -> str:
    speed = pick(SPEED_WORDS[scene.speed], generator) if chance(0.75, generator) else ""
    if scene.motion in TOWARDS:
        adverb = "slowly" if scene.speed == "slow" else "quickly"
        phrase = pick(_DIRECTED, generator).format(to=pick(TOWARDS[scene.motion], generator), adverb=adverb)
    else:
        phrase = pick(MOTION_WORDS[scene.motion], generator)
    return f"{speed} {phrase}".strip()


def _join(parts: list[str], generator: torch.Generator) -> str:
    text = parts[0]
    for part in parts[1:]:
        text += pick((", ", ", ", ". "), generator) + part
    return text + ("." if chance(0.5, generator) else "")


def _with_unknown_words(text: str, generator: torch.Generator) -> str:
    words = text.split(" ")
    for _ in range(1 + int(torch.randint(4, (1,), generator=generator))):
        words.insert(int(torch.randint(len(words) + 1, (1,), generator=generator)), UNKNOWN)
    return " ".join(words)
