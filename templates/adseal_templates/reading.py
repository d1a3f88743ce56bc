# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""From the plain data of one file to one model, with every problem of the file.

Decides how validation errors are said: at their line, as one sentence, with a hint. Leaves out problems that
only show when files are seen together (`checks`).
"""

import copy
import types
from typing import Annotated, Any, Final, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from .errors import Problem, did_you_mean, nearest
from .yaml_source import KeyPath, Source

Model = TypeVar("Model", bound=BaseModel)

_KINDS: Final = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a map of fields",
    "model_type": "a map of fields",
    "model_attributes_type": "a map of fields",
}


def read_model(cls: type[Model], source: Source) -> tuple[Model | None, list[Problem]]:
    """Validate a file. With problems that can be cut away (unknown fields, wrong optional fields) there is
    still a model, so that checks across files can go on and everything is told at once."""
    data = copy.deepcopy(source.data)
    if not isinstance(data, dict):
        hint = "it must start with fields such as `id: …`"
        return None, [source.problem((), "is empty" if data is None else "is not a map of fields", hint)]
    problems: list[Problem] = []
    told: set[KeyPath] = set()
    misspelt: set[KeyPath] = set()
    for _ in range(8):  # each round cuts away what was wrong; cutting may uncover the next
        try:
            return cls.model_validate(data, context={"folder": source.folder}), problems
        except ValidationError as error:
            cuts = set()
            details = error.errors(include_url=False)
            # A misspelt field is told once, not also as missing under its right name.
            misspelt |= {_meant(cls, d["loc"]) for d in details if d["type"] == "extra_forbidden"}
            for detail in details:
                missing = detail["type"] == "missing"
                path = _path_in(source.data, detail["loc"], missing=missing)
                if not _under(path, told) and not (missing and path in misspelt):
                    problems.append(_explain(cls, source, path, detail))
                cuts.add(path)
            told |= cuts
            if not _cut(data, cuts):
                break
    return None, problems


def _meant(cls: type[BaseModel], path: KeyPath) -> KeyPath:
    """The path with its unknown last part replaced by the field that was probably meant."""
    near = nearest(str(path[-1]), _fields_at(cls, path[:-1]))
    return (*path[:-1], near) if near else ()


def _under(path: KeyPath, told: set[KeyPath]) -> bool:
    """True when something at or inside the path was told and cut before: what is said now follows from it."""
    return any(known[: len(path)] == path for known in told) and path != ()


def _path_in(data: Any, loc: tuple[int | str, ...], *, missing: bool) -> KeyPath:
    """The part of pydantic's location that exists in the file (it also names union members and the like)."""
    path: list[int | str] = []
    here: Any = data
    for index, part in enumerate(loc):
        inside = (
            part in here if isinstance(here, dict) else isinstance(here, list) and part in range(len(here))
        )
        if inside:
            here = here[part]
        elif not (missing and index == len(loc) - 1):
            continue
        path.append(part)
    return tuple(path)


def _cut(data: Any, paths: set[KeyPath]) -> bool:
    """Remove the values at the paths; False when nothing could be removed."""
    done = False
    for path in sorted(paths, key=len, reverse=True):
        # Removing a list item would shift the numbers of the others, so the list goes as a whole.
        cut = next(
            (path[:n] for n in range(1, len(path) + 1) if n == len(path) or isinstance(path[n], int)), ()
        )
        holder = data
        for part in cut[:-1]:
            holder = holder.get(part) if isinstance(holder, dict) else None
        if cut and isinstance(holder, dict) and cut[-1] in holder:
            del holder[cut[-1]]
            done = True
    return done


def _explain(cls: type[BaseModel], source: Source, path: KeyPath, detail: ErrorDetails) -> Problem:
    at = str(detail.get("ctx", {}).get("at", ""))
    if at:
        path = (*path, at)
    if detail["type"] == "extra_forbidden":
        known = _fields_at(cls, path[:-1])
        return source.problem(path, "is not a known field", did_you_mean(str(path[-1]), known), at_key=True)
    return source.problem(path, *_sentence(detail))


def _sentence(detail: ErrorDetails) -> tuple[str, str]:
    """Message and hint."""
    kind, context = detail["type"], detail.get("ctx", {})
    given = f"it is {_shown(detail['input'])}"
    match kind:
        case "adseal":
            return str(context["message"]), str(context["hint"])
        case "missing":
            return "is missing", "this field is required"
        case "union_tag_invalid" | "literal_error" | "enum":
            expected = context.get("expected") or context.get("expected_tags")
            return f"is {_shown(detail['input'])}", f"one of: {expected}"
        case "too_short":
            return "is empty", "list at least one"
        case _ if kind in _KINDS:
            return f"must be {_KINDS[kind]}", given
    return detail["msg"][:1].lower() + detail["msg"][1:], given


def _shown(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, dict):
        return "a map of fields"
    if isinstance(value, list | tuple):
        return "a list"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…'"


def _fields_at(cls: type[BaseModel], path: KeyPath) -> list[str]:
    """Field names of the models a path leads to, following containers and unions."""
    kinds: list[Any] = [cls]
    for part in path:
        following: list[Any] = []
        for kind in kinds:
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                field = kind.model_fields.get(str(part))
                following += _members(field.annotation) if field else []
            elif get_origin(kind) in {tuple, list} and isinstance(part, int):
                following += [m for a in get_args(kind) if a is not Ellipsis for m in _members(a)]
            elif get_origin(kind) is dict:
                following += _members(get_args(kind)[1])
        kinds = following
    models = [k for k in kinds if isinstance(k, type) and issubclass(k, BaseModel)]
    return sorted({name for model in models for name in model.model_fields})


def _members(annotation: Any) -> list[Any]:
    if get_origin(annotation) is Annotated:
        return _members(get_args(annotation)[0])
    if get_origin(annotation) in {Union, types.UnionType}:
        return [m for a in get_args(annotation) for m in _members(a)]
    return [annotation]
