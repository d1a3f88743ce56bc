# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What a model folder says about itself, read without loading it.

A model folder is a checkpoint in diffusers format. Beside ``model_index.json`` it may hold ``adseal.json``
with the sizes, rate and steps the model was made for; a stock LTX folder without one gets LTX's usual values:

* ``lengths``: the only lengths it makes, in frames, each 8 k + 1; a shorter request gets the beginning of the
  smallest sufficient one. Without it, ``frames`` is the longest of all 8 k + 1.
* ``conditions``: pictures it can start from, of ``first_frame``, ``last_frame`` and ``previous``;
  ``previous_frames``: how many last frames of a previous clip it looks at; ``condition_noise``: noise that the
  pipeline lays over given pictures at each step. A checkpoint that names its conditions gets none unless it says so.
* ``colours``: how many named colours of a prompt its text encoder can tell apart.

Decides: identity (digest), limits and defaults of a model, and whether its files are whole. Leaves out:
running it.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import ModelError

_ABOUT = "adseal.json"
_NOT_CHECKPOINT = {".md", ".png", ".mp4", ".gif"}
CONDITIONS = ("first_frame", "last_frame", "previous")
_TAKES_CONDITIONS = "LTXConditionPipeline"
_LTX = {
    "name": "",
    "version": "unknown",
    "licence": "unknown",
    "fps": 24,
    "frames": 161,
    "lengths": None,
    "sizes": [[704, 1216], [960, 960], [1216, 704]],
    "default_steps": 30,
    "default_guidance": 3.0,
    "timestep_shift": None,
    "max_words": 256,
    "conditions": None,
    "condition_noise": None,
    "previous_frames": 9,
    "colours": None,
}


@dataclass(frozen=True)
class ModelInfo:
    """A model and what it was made for.

    Attributes:
        name, version: as the model calls itself.
        digest: sha256 over names and contents of the checkpoint files, 64 hex characters.
        fps: frame rate it was trained for.
        max_frames: longest clip.
        sizes: native sizes, each ``(width, height)`` in px.
        default_steps, default_guidance: used where a request names none.
        licence: SPDX identifier of the weights, or "unknown".
        lengths: the only lengths it makes, in frames, shortest first; empty: every 8 k + 1 up to ``max_frames``.
            Other requests are cut from the next longer one.
        conditions: what a clip can start from, of "first_frame", "last_frame" and "previous".
    """

    name: str
    version: str
    digest: str
    fps: int
    max_frames: int
    sizes: tuple[tuple[int, int], ...]
    default_steps: int
    default_guidance: float
    licence: str
    lengths: tuple[int, ...] = ()
    conditions: tuple[str, ...] = ()

    def length_for(self, frames: int) -> int | None:
        """The shortest clip of at least ``frames`` frames that the model makes whole; None: it makes none."""
        whole = [n for n in self.lengths or range(1, self.max_frames + 1, 8) if n >= frames]
        return whole[0] if whole else None


@dataclass(frozen=True)
class Habits:
    """How a model wants to be called.

    Attributes:
        timestep_shift: noise levels are ``s u / (1 + (s - 1) u)`` for u falling evenly from 1; None: the
        library's own.
        max_words: longest prompt in tokens.
        previous_frames: how many last frames of a previous clip it continues from, 8 k + 1.
        condition_noise: noise laid over given pictures at each step, relative to theirs; None: the library's own.
        colours: how many named colours of a prompt it can tell apart; the names of others are not told to it. None:
            all.
    """

    timestep_shift: float | None
    max_words: int
    previous_frames: int
    condition_noise: float | None
    colours: int | None


def model_folder(model: str | Path) -> Path:
    """The folder of a model: "mini" is the one that comes with the package, anything else is a path.

    Raises:
        ModelError: there is no such folder, or it holds no checkpoint.
    """
    folder = Path(__file__).parent / "mini" if str(model) == "mini" else Path(model)
    if not folder.is_dir():
        raise ModelError(
            f"there is no model folder {folder}",
            code="model_missing",
            hint='give a folder in diffusers format, or "mini" for the model that comes with Adseal',
        )
    if not (folder / "model_index.json").is_file():
        raise ModelError(
            f"{folder} is not a checkpoint in diffusers format: it has no model_index.json",
            code="model_missing",
            hint="name the folder that holds model_index.json",
        )
    return folder


def model_info(model: str | Path = "mini") -> ModelInfo:
    """Identity, limits and defaults of a model, without loading it.

    Raises:
        ModelError: no such folder, or its description cannot be read.
    """
    return describe(model_folder(model))[0]


def describe(folder: Path) -> tuple[ModelInfo, Habits]:
    """`ModelInfo` and `Habits` of a folder `model_folder` accepted; reads every file once, for the digest."""
    own, index = _read_json(folder / _ABOUT), _read_json(folder / "model_index.json")
    about = {**_LTX, "name": folder.name, **own}
    about |= {"_described": bool(own), "_class_name": index.get("_class_name")}
    sums = file_sums(folder)
    for name, expected in about.get("files", {}).items():
        if sums.get(name) != expected:
            what = "is missing" if name not in sums else "is damaged: its sha256 differs"
            raise ModelError(
                f"{name} of the model in {folder} {what}",
                code="model_incomplete" if name not in sums else "model_damaged",
                hint="install the package again, or copy the model folder again",
            )
    try:
        info, habits = _info(about, _digest(sums)), _habits(about)
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"{folder / _ABOUT} does not describe a model: {error}",
            code="model_damaged",
            hint="compare it with the adseal.json of the mini model",
        ) from error
    return info, habits


def _info(about: dict[str, Any], digest: str) -> ModelInfo:
    lengths = _lengths(about)
    return ModelInfo(
        name=str(about["name"]),
        version=str(about["version"]),
        digest=digest,
        fps=int(_at_least(1, about, "fps")),
        max_frames=max(lengths, default=int(about["frames"])),
        sizes=tuple((int(w), int(h)) for w, h in about["sizes"]),
        default_steps=int(_at_least(1, about, "default_steps")),
        default_guidance=_at_least(1, about, "default_guidance"),
        licence=str(about["licence"]),
        lengths=lengths,
        conditions=_conditions(about),
    )


def _habits(about: dict[str, Any]) -> Habits:
    shift, noise = about["timestep_shift"], about["condition_noise"]
    if noise is None and about["conditions"] is not None:
        noise = 0.0
    return Habits(
        timestep_shift=None if shift is None else float(shift),
        max_words=int(about["max_words"]),
        previous_frames=_whole(about["previous_frames"]),
        condition_noise=None if noise is None else float(noise),
        colours=None if about["colours"] is None else int(_at_least(1, about, "colours")),
    )


def _at_least(least: float, about: dict[str, Any], name: str) -> float:
    value = about[name]
    if not isinstance(value, int | float) or not least <= value < math.inf:
        raise ValueError(f"{name} is {value!r}, and has to be a number of at least {least:g}")
    return float(value)


def _lengths(about: dict[str, Any]) -> tuple[int, ...]:
    lengths = about["lengths"]
    if lengths is not None and not isinstance(lengths, list):
        raise ValueError(f"lengths is {lengths!r}, and has to be a list of numbers of frames")
    return tuple(sorted({_whole(n) for n in lengths or ()}))


def _whole(frames: Any) -> int:
    if int(frames) < 1 or int(frames) % 8 != 1:
        raise ValueError(f"{frames} frames are no whole clip: lengths are 8 k + 1")
    return int(frames)


def _conditions(about: dict[str, Any]) -> tuple[str, ...]:
    able = about["_class_name"] == _TAKES_CONDITIONS
    if about["conditions"] is None:
        # Without a description, a pipeline made for conditions has weights made for them. With one that does not
        # name them, it has not.
        return CONDITIONS if able and not about["_described"] else ()
    named = set(about["conditions"])
    if not named <= set(CONDITIONS):
        raise ValueError(f"conditions are of {', '.join(CONDITIONS)}, not {', '.join(sorted(named))}")
    if named and not able:
        raise ValueError(f"only {_TAKES_CONDITIONS} takes conditions, and this is {about['_class_name']}")
    return tuple(name for name in CONDITIONS if name in named)


def check_weights(folder: Path) -> None:
    """Open every weight file's header, so that a missing or cut file is told by name.

    Raises:
        ModelError: a part of the model has no weights, or a file is cut or not a safetensors file.
    """
    from safetensors import SafetensorError, safe_open

    index = _read_json(folder / "model_index.json")
    parts = [name for name, entry in index.items() if isinstance(entry, list) and entry and entry[0]]
    for part in parts:
        if not (folder / part).is_dir() or not any((folder / part).iterdir()):
            raise ModelError(
                f"the model in {folder} lacks its part {part}",
                code="model_incomplete",
                hint="copy the whole model folder again",
            )
        config = folder / part / "config.json"
        weights = [p for pattern in ("*.safetensors", "*.bin") for p in (folder / part).glob(pattern)]
        if config.is_file() and part != "scheduler" and not weights:
            raise ModelError(
                f"the part {part} of the model in {folder} has no weights",
                code="model_incomplete",
                hint="copy the whole model folder again",
            )
        for path in sorted((folder / part).glob("*.safetensors")):
            try:
                with safe_open(path, framework="np"):
                    pass
            except (SafetensorError, OSError) as error:
                raise ModelError(
                    f"{part}/{path.name} of the model in {folder} cannot be read: {error}",
                    code="model_damaged",
                    hint="copy the model folder again",
                ) from error


def _read_json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} cannot be read: {error}", code="model_damaged") from error
    if not isinstance(content, dict):
        raise ModelError(f"{path} does not hold a JSON object", code="model_damaged")
    return content


def file_sums(folder: Path) -> dict[str, str]:
    """sha256 of each checkpoint file by its path inside the folder; notes and pictures do not count."""
    sums = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if (
            path.is_file()
            and path.suffix not in _NOT_CHECKPOINT
            and not any(p.startswith(".") for p in name.split("/"))
        ):
            try:
                with path.open("rb") as file:
                    sums[name] = hashlib.file_digest(file, "sha256").hexdigest()
            except OSError as error:
                raise ModelError(f"{path} cannot be read: {error}", code="model_incomplete") from error
    return sums


def _digest(sums: dict[str, str]) -> str:
    listing = "".join(f"{value}  {name}\n" for name, value in sorted(sums.items()))
    return hashlib.sha256(listing.encode()).hexdigest()
