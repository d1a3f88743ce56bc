# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What a sealed video says about itself: from a ``SealRequest`` to a C2PA manifest definition.

Decides: every assertion, action and ingredient, and their order (C2PA 2.4; it passes the official conformance
rubric 0.2). Two kinds of video are described:

* *generated*: ``c2pa.created`` comes first, carries the digital source type, and points at the prompt (as a
hash only);
* *finished elsewhere*: ``c2pa.opened`` comes first and points at the source as ``parentOf``, so that a
  credential in the source is carried on and never dropped. Nothing is claimed about artificial intelligence
  unless the caller says so.

Leaves out: reading files, keys, signing (``signing``). All functions are pure.

The spec wants soft-binding values as byte strings; the C2PA library can only write text, so they are
lowercase hex text.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adseal_provenance.errors import SealError
from adseal_provenance.sealing import materials
from adseal_provenance.sealing.materials import (
    AI_SOURCE_TYPES,
    DST_PREFIX,
    MEDIA_TYPES,
    SOURCE_TYPES,
    Material,
    Step,
)

__all__ = [
    "AI_SOURCE_TYPES",
    "DST_PREFIX",
    "PICTURE_ALGORITHM",
    "PROVENANCE_LABEL",
    "SOUND_ALGORITHM",
    "SOURCE_TYPES",
    "IngredientInput",
    "ManifestPlan",
    "Material",
    "SealRequest",
    "Step",
    "build",
    "claims_ai",
    "source_type_uri",
]

PICTURE_ALGORITHM = "io.adseal.picture.1"
SOUND_ALGORITHM = "io.adseal.sound.1"
PROVENANCE_LABEL = "io.adseal.ai-provenance"
SPEC_VERSION = "2.4.0"
_LOCATOR = re.compile(r"[0-9a-f]{12}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True)
class SealRequest:
    """Everything a manifest says.

    Attributes:
        title: what people see; not a path.
        provider: legal name of who answers for the video.
        duration_ms: length of the video; the marks cover all of it.
        created_at: aware time of making or of sealing.
        picture_id, sound_id: locators in the marks, 12 lowercase hex characters; ``None`` where there is no
            such mark.
        created: ``True`` generated here, ``False`` finished elsewhere (then ``source`` is the file that was
            opened).
        digital_source_type: IPTC short name, required where ``created``; for a source finished elsewhere
            ``None`` means that nothing is claimed.
        prompts_sha256: hash of the prompts joined by newlines, hex; the prompts themselves stay private.
        prompts: the prompts, where they shall be published all the same; their hash has to be ``prompts_sha256``.
        added_text, mixed_sound: whether text was set over the picture, whether a sound bed was made and mixed
            in.
        materials: logo, product photograph, footage, pictures the model was given; each is named, and one with a
            credential of its own brings it along.
        steps: what else was done to the video, by people or programs, in order.
        content_id: the provider's own identifier; the picture locator where not given.
        thumbnail_jpeg: a small preview, or ``None``.
    """

    title: str
    provider: str
    duration_ms: int
    created_at: dt.datetime
    picture_id: str | None
    sound_id: str | None = None
    created: bool = True
    source: Path | None = None
    digital_source_type: str | None = None
    system_name: str | None = None
    system_version: str | None = None
    model_name: str | None = None
    prompts_sha256: str | None = None
    prompts: tuple[str, ...] = ()
    added_text: bool = False
    mixed_sound: bool = False
    materials: tuple[Material, ...] = ()
    steps: tuple[Step, ...] = ()
    plan_hash: str | None = None
    content_id: str | None = None
    thumbnail_jpeg: bytes | None = None
    generator_name: str = "Adseal"
    generator_version: str = "0.1.0"

    def __post_init__(self) -> None:
        problems = list(_problems(self))
        if problems:
            raise SealError(
                f"the seal request does not hold together: {'; '.join(problems)}",
                code="seal_request",
                hint="Correct the fields named.",
            )


@dataclass(frozen=True)
class IngredientInput:
    """One ingredient to hand to the signer: its definition, its media type, and its bytes or the file with
    them.

    ``resource`` names ``data`` inside the definition; without it the library hashes the bytes and then
    forgets them.
    """

    definition: dict[str, Any]
    media_type: str
    data: bytes | None = None
    path: Path | None = None
    resource: str | None = None


@dataclass(frozen=True)
class ManifestPlan:
    """A manifest ready for signing, with the soft bindings that must be found in it afterwards."""

    definition: dict[str, Any]
    ingredients: tuple[IngredientInput, ...]
    soft_bindings: tuple[tuple[str, str], ...]
    thumbnail_jpeg: bytes | None = None


def build(request: SealRequest, *, credentialed: Collection[Path] = ()) -> ManifestPlan:
    """The manifest of one sealed video; ``credentialed`` are its source and materials that carry a credential of their
    own."""
    when = _utc(request.created_at)
    bindings = tuple(
        (algorithm, value)
        for algorithm, value in (
            (PICTURE_ALGORITHM, request.picture_id),
            (SOUND_ALGORITHM, request.sound_id),
        )
        if value is not None
    )
    actions = _created(request, when) if request.created else _opened(request, when)
    if bindings:  # "bound" without a soft binding fails validation (assertion.action.softBindingMissing)
        actions.append(
            {"action": "c2pa.watermarked.bound", "when": when, "softwareAgent": _generator(request)}
        )
    assertions: list[dict[str, Any]] = [
        # Spec 2.4: actions belong into the created assertions; the library's default is "gathered".
        {
            "label": "c2pa.actions.v2",
            "created": True,
            "data": {"allActionsIncluded": True, "actions": actions},
        }
    ]
    assertions += [_soft_binding(alg, value, request.duration_ms) for alg, value in bindings]
    assertions += _disclosures(request, when)
    definition: dict[str, Any] = {
        "title": request.title,
        "format": "video/mp4",
        "claim_generator_info": [_generator(request) | {"specVersion": SPEC_VERSION}],
        "assertions": assertions,
    }
    if request.thumbnail_jpeg is not None:
        definition["thumbnail"] = {"format": "image/jpeg", "identifier": "thumbnail.jpg"}
    return ManifestPlan(
        definition=definition,
        ingredients=tuple(_ingredients(request, credentialed)),
        soft_bindings=bindings,
        thumbnail_jpeg=request.thumbnail_jpeg,
    )


def source_type_uri(name: str) -> str:
    """The full IPTC address of a digital source type's short name."""
    return DST_PREFIX + name


def claims_ai(digital_source_type: str | None) -> bool:
    """Whether a digital source type, short or full, says that generative AI was used."""
    return digital_source_type is not None and digital_source_type.rsplit("/", 1)[-1] in AI_SOURCE_TYPES


def _created(request: SealRequest, when: str) -> list[dict[str, Any]]:
    agent = {"name": request.system_name, "version": request.system_version}
    first: dict[str, Any] = {
        "action": "c2pa.created",
        "when": when,
        "digitalSourceType": source_type_uri(str(request.digital_source_type)),
        "softwareAgent": {key: value for key, value in agent.items() if value} or _generator(request),
    }
    given = ["prompt"] if request.prompts_sha256 is not None else []
    if given := given + materials.inputs(request.materials):
        first["parameters"] = {"ingredientIds": given}
    actions = [first]
    compositor = {"when": when, "softwareAgent": _generator(request)}
    if request.added_text:
        actions.append(
            {
                "action": "c2pa.addedText",
                "digitalSourceType": source_type_uri("digitalCreation"),
                **compositor,
            }
        )
    actions += materials.placed(request.materials, compositor)
    if request.mixed_sound:
        actions.append(
            {"action": "c2pa.mixed", "digitalSourceType": source_type_uri("algorithmicMedia"), **compositor}
        )
    return [*actions, *materials.done(request.steps, compositor)]


def _opened(request: SealRequest, when: str) -> list[dict[str, Any]]:
    agent = _generator(request)
    return [
        # "opened" names exactly one parentOf ingredient and carries no digital source type (spec 18.15.4.7).
        {
            "action": "c2pa.opened",
            "when": when,
            "softwareAgent": agent,
            "parameters": {"ingredientIds": ["source"]},
        },
        *materials.placed(request.materials, {"when": when, "softwareAgent": agent}),
        *materials.done(request.steps, {"when": when, "softwareAgent": agent}),
        {"action": "c2pa.transcoded", "when": when, "softwareAgent": agent},
    ]


def _soft_binding(algorithm: str, value: str, duration_ms: int) -> dict[str, Any]:
    part = "picture" if algorithm == PICTURE_ALGORITHM else "sound"
    return {
        "label": "c2pa.soft-binding",
        "created": True,
        "data": {
            "alg": algorithm,
            "name": f"Adseal {part} mark",
            "blocks": [{"scope": {"timespan": {"start": 0, "end": duration_ms}}, "value": value}],
        },
    }


def _disclosures(request: SealRequest, when: str) -> list[dict[str, Any]]:
    """AI disclosure, training permissions, and the fields of California B&P 22757.3(a)(1) in one place."""
    assertions: list[dict[str, Any]] = []
    ai = claims_ai(request.digital_source_type)
    if ai and request.model_name:
        identifier = f"pkg:generic/{request.model_name.lower()}"
        version = f"@{request.system_version}" if request.system_version else ""
        assertions.append(
            {
                "label": "c2pa.ai-disclosure",
                "created": True,
                "data": {
                    "modelType": "c2pa.types.model.pytorch" if request.created else "c2pa.types.model",
                    "modelName": request.model_name,
                    "modelIdentifier": identifier + version,
                    "contentProfile": {"humanOversightLevel": "prompt_guided"},
                },
            }
        )
    use = {"use": "notAllowed"}
    entries = ("cawg.ai_generative_training", "cawg.ai_training", "cawg.data_mining")
    assertions.append({"label": "cawg.training-mining", "data": {"entries": dict.fromkeys(entries, use)}})
    fields: dict[str, str | None] = {
        "provider": request.provider,
        "system": request.system_name,
        "systemVersion": request.system_version,
        "createdAt": when,
        "contentId": request.content_id or request.picture_id,
        "createdOrAltered": "created" if request.created else "altered",
        "digitalSourceType": source_type_uri(request.digital_source_type)
        if request.digital_source_type
        else None,
        "planHash": request.plan_hash,
    }
    assertions.append(
        {
            "label": PROVENANCE_LABEL,
            "created": True,
            "data": {key: value for key, value in fields.items() if value is not None},
        }
    )
    return assertions


def _ingredients(request: SealRequest, credentialed: Collection[Path]) -> list[IngredientInput]:
    inputs: list[IngredientInput] = []
    if not request.created and request.source is not None:
        parent: dict[str, Any] = {
            "label": "source",
            "title": request.source.name,
            "relationship": "parentOf",
        }
        # An ingredient names either its own credential or a digital source type, never both (spec
        # 18.16.12.3).
        if request.digital_source_type is not None and request.source not in credentialed:
            parent["digital_source_type"] = source_type_uri(request.digital_source_type)
        media_type = MEDIA_TYPES.get(request.source.suffix.lower(), "video/mp4")
        inputs.append(IngredientInput(parent, media_type, path=request.source))
    if request.created and request.prompts_sha256 is not None:
        prompt = {
            "label": "prompt",
            "title": "prompts" if request.prompts else "prompts (hash only)",
            "relationship": "inputTo",
            "data_types": [{"type": "c2pa.types.generator.prompt"}],
            "data": {"format": "application/json", "identifier": "prompts.json"},
        }
        said = {"sha256": request.prompts_sha256} | ({"prompts": request.prompts} if request.prompts else {})
        data = json.dumps(said, ensure_ascii=False).encode()
        inputs.append(IngredientInput(prompt, "application/json", data=data, resource="prompts.json"))
    for number, material in enumerate(request.materials):
        definition = materials.definition_of(number, material, has_credential=material.path in credentialed)
        inputs.append(IngredientInput(definition, str(material.media_type), path=material.path))
    return inputs


def _problems(request: SealRequest) -> list[str]:
    checks: list[tuple[bool, str]] = [
        (not request.title.strip(), "title is empty"),
        (not request.provider.strip(), "provider is empty"),
        (request.duration_ms <= 0, "duration_ms is not positive"),
        (request.created_at.tzinfo is None, "created_at has no time zone"),
        (
            request.created and request.digital_source_type is None,
            "a created video needs a digital_source_type",
        ),
        (request.created and request.source is not None, "a created video has no source"),
        (not request.created and request.source is None, "a video finished elsewhere needs its source"),
        (
            request.digital_source_type is not None and request.digital_source_type not in SOURCE_TYPES,
            f"digital_source_type is not one of {', '.join(sorted(SOURCE_TYPES))}",
        ),
        (
            request.prompts_sha256 is not None and not _SHA256.fullmatch(request.prompts_sha256),
            "prompts_sha256 is not 64 hex characters",
        ),
        (
            bool(request.prompts) and _digest(request.prompts) != request.prompts_sha256,
            "prompts_sha256 is not the hash of the prompts",
        ),
    ]
    checks += [
        (value is not None and not _LOCATOR.fullmatch(value), f"{name} is not 12 lowercase hex characters")
        for name, value in (("picture_id", request.picture_id), ("sound_id", request.sound_id))
    ]
    if not request.created and any(m.use == "input" for m in request.materials):
        checks.append((True, "only a created video has materials that were given to a model"))
    found = [problem for wrong, problem in checks if wrong]
    return [*found, *materials.problems(request.materials, request.steps)]


def _digest(prompts: tuple[str, ...]) -> str:
    return hashlib.sha256("\n".join(prompts).encode()).hexdigest()


def _generator(request: SealRequest) -> dict[str, str]:
    return {"name": request.generator_name, "version": request.generator_version}


def _utc(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
