# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What a video is made of and what was done to it by people: files and steps that the manifest names.

Decides: which files can be ingredients, how they are named in the manifest, which steps there are. A material either
speaks for itself, by a credential of its own that is then carried along, or gets the source type that the caller
states; never both (C2PA 2.4, 18.16.12.3). Leaves out: the manifest as a whole (``manifest``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from adseal_provenance.errors import SealError

DST_PREFIX = "http://cv.iptc.org/newscodes/digitalsourcetype/"

#: IPTC terms that say "made or changed by generative AI".
AI_SOURCE_TYPES = frozenset(
    {"trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "compositeSynthetic"}
)
#: IPTC terms a caller may use.
SOURCE_TYPES = AI_SOURCE_TYPES | {
    "algorithmicMedia",
    "composite",
    "compositeCapture",
    "digitalCapture",
    "digitalCreation",
    "humanEdits",
    "screenCapture",
    "virtualRecording",
}
#: Steps that can be seen or heard, and need a source type (conformance rubric 0.2).
SEEN_STEPS = frozenset(
    {
        "addedText",
        "adjustedColor",
        "changedSpeed",
        "cropped",
        "deleted",
        "drawing",
        "dubbed",
        "edited",
        "filtered",
        "mastered",
        "mixed",
        "remixed",
        "removed",
        "resized",
        "translated",
        "trimmed",
    }
)
#: Steps that leave the content as it is.
OTHER_STEPS = frozenset(
    {
        "converted",
        "edited.metadata",
        "enhanced",
        "orientation",
        "published",
        "repackaged",
        "resized.proportional",
    }
)
MEDIA_TYPES = {
    ".avi": "video/avi",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".m4v": "video/x-m4v",
    ".mkv": "video/x-matroska",
    ".mov": "video/quicktime",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".mpg": "video/mpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".ts": "video/mp2t",
    ".wav": "audio/wav",
    ".webm": "video/webm",
    ".webp": "image/webp",
}


@dataclass(frozen=True, kw_only=True)
class Material:
    """A file that is part of a video, or that the model was given.

    Attributes:
        path: the file.
        use: ``placed`` in the picture or sound (``componentOf``), or given to the model as ``input`` (``inputTo``).
        title: what people see; the file's name where not given.
        source_type: IPTC short name of how it came about (``digitalCapture`` for a photograph, ``digitalCreation`` for
            a drawn logo); ``None`` claims nothing. Ignored where the file has a credential of its own.
    """

    path: Path
    use: Literal["placed", "input"] = "placed"
    title: str = ""
    source_type: str | None = None

    @property
    def media_type(self) -> str | None:
        """By the name's ending, ``None`` where it is not known."""
        return MEDIA_TYPES.get(self.path.suffix.lower())


@dataclass(frozen=True, kw_only=True)
class Step:
    """Something done to a video, by a person or a program.

    Attributes:
        action: C2PA action without its prefix: ``cropped``, ``trimmed``, ``adjustedColor``…
        source_type: IPTC short name of what it brought in; ``humanEdits`` for a person's work.
        agent: program with which it was done; Adseal where not given.
    """

    action: str
    source_type: str = "humanEdits"
    agent: str = ""


def label_of(number: int, material: Material) -> str:
    """The name under which an action refers to a material."""
    return f"{material.use}{number + 1}"


def placed(materials: Collection[Material], done_by: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """One action for each material that was put into the video."""
    for number, material in enumerate(materials):
        if material.use != "placed":
            continue
        action: dict[str, Any] = {"action": "c2pa.placed"}
        if material.source_type is not None:
            action["digitalSourceType"] = DST_PREFIX + material.source_type
        yield {**action, "parameters": {"ingredientIds": [label_of(number, material)]}, **done_by}


def inputs(materials: Collection[Material]) -> list[str]:
    """Names of those that were given to the model."""
    return [label_of(n, m) for n, m in enumerate(materials) if m.use == "input"]


def done(steps: Collection[Step], done_by: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """One action for each step."""
    for step in steps:
        action: dict[str, Any] = {"action": f"c2pa.{step.action}", **done_by}
        if step.action in SEEN_STEPS:
            action["digitalSourceType"] = DST_PREFIX + step.source_type
        if step.agent:
            action["softwareAgent"] = {"name": step.agent}
        yield action


def definition_of(number: int, material: Material, *, has_credential: bool) -> dict[str, Any]:
    """A material as an ingredient."""
    definition: dict[str, Any] = {
        "label": label_of(number, material),
        "title": material.title or material.path.name,
        "relationship": "componentOf" if material.use == "placed" else "inputTo",
    }
    if material.source_type is not None and not has_credential:
        definition["digital_source_type"] = DST_PREFIX + material.source_type
    return definition


def check(materials: Collection[Material], steps: Collection[Step]) -> None:
    """Refuse what could not be sealed, before any work is done.

    Raises:
        SealError: ``seal_request`` with everything that is wrong.
    """
    found = list(problems(materials, steps))
    found += [f"there is no file {m.path}" for m in materials if not m.path.is_file()]
    if found:
        raise SealError("; ".join(found), code="seal_request", hint="Correct what is named.")


def problems(materials: Collection[Material], steps: Collection[Step]) -> Iterator[str]:
    """What is wrong with them, in words."""
    for material in materials:
        if material.media_type is None:
            yield f"{material.path.name} is none of the kinds {', '.join(sorted(MEDIA_TYPES))}"
        if material.source_type is not None and material.source_type not in SOURCE_TYPES:
            yield _not_a_type(f"source type of {material.path.name}")
    for step in steps:
        if step.action not in SEEN_STEPS | OTHER_STEPS:
            yield f"{step.action!r} is not one of the steps {', '.join(sorted(SEEN_STEPS | OTHER_STEPS))}"
        if step.source_type not in SOURCE_TYPES:
            yield _not_a_type(f"source type of the step {step.action}")


def _not_a_type(name: str) -> str:
    return f"{name} is not one of {', '.join(sorted(SOURCE_TYPES))}"
