# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Brand kits and briefs in the form of AdCP (Ad Context Protocol 3.2), read.

    brief = read_adcp_brief("creative-brief.json", locale="en-US", add={"scene": {"subject": "a red kite"}})
    kit = read_adcp_brand("brand.json", brand="tide", add={"fonts": {"headline": "Inter"}})

Decides what stands for what. Fields keep their lines: JSON is read as the YAML it is, and whatever is wrong is told
with file, line and field as for our own files. What an ad has no use for is listed in `left_out`. AdCP's `ext.adseal`
is read where `adcp` wrote it; `add` gives what AdCP has no field for and the extension does not hold.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any, Final, Generic

from .adcp import OUR_TEXTS
from .brand import BrandKit
from .brief import Brief
from .errors import CampaignError, did_you_mean
from .reading import Model, read_model
from .yaml_source import KeyPath, Source, parse_source, read_bytes

AnyPath = str | PathLike[str]

_BRIEF: Final = (
    "name",
    "objective",
    "tone",
    "audience",
    "territory",
    "messaging",
    "reference_assets",
    "compliance",
)
_BRAND: Final = ("url", "description", "industries", "target_audience", "names", "tagline")
_LOGO: Final = ("id", "url", "orientation", "background", "variant", "tags", "usage", "width", "height")
_COLOURS: Final = ("primary", "secondary", "accent", "background", "text")
_ABOUT: Final = {"$schema", "version", "last_updated", "ext", "id", "default_language", "house_domain"}


@dataclass(frozen=True)
class Read(Generic[Model]):
    """What was read, and what of the document an ad has no use for, by its field."""

    model: Model
    left_out: tuple[str, ...] = ()


def read_adcp_brief(path: AnyPath, *, locale: str, add: Mapping[str, Any] | None = None) -> Read[Brief]:
    """AdCP's `creative-brief` as a brief in one locale. Raises CampaignError with every problem."""
    source = _read_json(Path(path))
    given = _fields(source)
    ours = _extension(given)
    ours.pop("locale", None)
    left_out = [name for name in given if name not in {*_BRIEF, *_ABOUT}]
    data: dict[str, Any] = {name: given[name] for name in _BRIEF if name in given}
    data["messaging"] = _messaging(given.get("messaging"), locale, left_out)
    if "compliance" in data:
        data["compliance"] = _compliance(data["compliance"], locale)
    data |= {name: _in(locale, text) if name in OUR_TEXTS else text for name, text in ours.items()}
    data |= {"locales": [locale], **(add or {})}
    data.setdefault("id", _slug(str(given.get("name", ""))))
    return _checked(Brief, source, data, left_out)


def read_adcp_brand(
    path: AnyPath, *, brand: str | None = None, add: Mapping[str, Any] | None = None
) -> Read[BrandKit]:
    """A brand of AdCP's `brand.json` as a brand kit: the document's own, or `brand` of a house's portfolio.

    Files are known by address and never fetched; download them and add their paths before rendering. Raises
    CampaignError with every problem.
    """
    source = _one_brand(_read_json(Path(path)), brand)
    given = _fields(source)
    ours = _extension(given)
    known = {*_BRAND, *_ABOUT, "logos", "colors", "fonts", "tone", "disclaimers"}
    left_out = [name for name in given if name not in known]
    data: dict[str, Any] = {name: given[name] for name in _BRAND if name in given}
    data["id"] = (
        given.get("id", "").replace("_", "-") if isinstance(given.get("id"), str) else given.get("id")
    )
    data["logos"] = _logos(given.get("logos"), left_out)
    if "colors" in given:
        data["colors"] = _colours(given["colors"], left_out)
    if "fonts" in given:
        data["fonts"] = _fonts(given["fonts"], ours.get("fonts"), left_out)
    if "tone" in given:
        data["tone"] = _tone(given["tone"], left_out)
    if "disclaimers" in given:
        data["disclaimers"] = given["disclaimers"]
    data |= {name: ours[name] for name in ("legal_name", "compliance", "guard") if name in ours}
    data |= add or {}
    return _checked(BrandKit, source, data, left_out)


def _checked(cls: type[Model], source: Source, data: dict[str, Any], left_out: list[str]) -> Read[Model]:
    model, problems = read_model(cls, replace(source, data=data))
    if model is None or problems:
        raise CampaignError(problems)
    return Read(model, tuple(left_out))


# A character beyond U+FFFF as JSON escapes it; the backslashes before it are whole pairs.
_SURROGATES: Final = re.compile(
    rb"(?<!\\)((?:\\\\)*)(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
)


def _read_json(path: Path) -> Source:
    """JSON as the YAML it nearly is (YAML 1.2 §1.3): tabs between its tokens and pairs of surrogates are the rest.
    A tab within a text is always escaped in JSON."""
    raw = _SURROGATES.sub(
        lambda found: found[1] + json.loads(b'"' + found[2] + b'"').encode(),
        read_bytes(path).replace(b"\t", b" "),
    )
    return parse_source(raw, file=str(path), folder=path.parent)


def _fields(source: Source) -> dict[str, Any]:
    if not isinstance(source.data, dict):
        raise CampaignError(
            [source.problem((), "is not a map of fields", "an AdCP document is a JSON object")]
        )
    return source.data


def _extension(given: dict[str, Any]) -> dict[str, Any]:
    ext = given.get("ext")
    ours = ext.get("adseal") if isinstance(ext, dict) else None
    return dict(ours) if isinstance(ours, dict) else {}


# --- briefs ---------------------------------------------------------------------------------------------


def _in(locale: str, text: Any) -> Any:
    """AdCP's plain texts are in the language of their document."""
    return {locale: text} if isinstance(text, str) else text


def _messaging(given: Any, locale: str, left_out: list[str]) -> Any:
    if not isinstance(given, dict):
        return given if given is not None else {}
    fields = ("headline", "tagline", "cta", "key_messages")
    left_out += [f"messaging.{name}" for name in given if name not in fields]
    said = {name: _in(locale, given[name]) for name in fields if name in given}
    if isinstance(said.get("key_messages"), list):
        said["key_messages"] = [_in(locale, text) for text in said["key_messages"]]
    return said


def _compliance(given: Any, locale: str) -> Any:
    if not isinstance(given, dict) or not isinstance(given.get("required_disclosures"), list):
        return given
    disclosures = []
    for disclosure in given["required_disclosures"]:
        if isinstance(disclosure, dict):
            # AdCP: a persistence that is left out is the most restrictive one that can be shown.
            strict = {"persistence": "continuous", **disclosure}
            disclosures.append({**strict, "text": _in(locale, disclosure.get("text"))})
        else:
            disclosures.append(disclosure)
    return {**given, "required_disclosures": disclosures}


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:48].strip("-") or "brief"


# --- brands ---------------------------------------------------------------------------------------------


def _one_brand(source: Source, wanted: str | None) -> Source:
    """The document itself, or the wanted brand of a portfolio with its own lines."""
    given = _fields(source)
    if "brands" not in given:
        if "names" in given:
            return source
        hint = (
            "a brand.json with `brands`, or with a brand's own `id` and `names`; redirects are not followed"
        )
        raise CampaignError([source.problem((), "describes no brand", hint)])
    brands = given["brands"] if isinstance(given["brands"], list) else []
    ids = [str(b.get("id", i)) if isinstance(b, dict) else str(i) for i, b in enumerate(brands)]
    if wanted is None and len(ids) != 1:
        raise CampaignError(
            [source.problem(("brands",), "holds several brands", f"name one of {', '.join(ids)}")]
        )
    if wanted is not None and wanted not in ids:
        message, hint = f"there is no brand {wanted!r}", did_you_mean(wanted, ids, what="there are")
        raise CampaignError([source.problem(("brands",), message, hint)])
    at: KeyPath = ("brands", ids.index(wanted) if wanted is not None else 0)
    below = len(at)
    return replace(
        source,
        data=brands[int(at[1])],
        lines={path[below:]: line for path, line in source.lines.items() if path[:below] == at},
        key_lines={path[below:]: line for path, line in source.key_lines.items() if path[:below] == at},
    )


def _logos(given: Any, left_out: list[str]) -> Any:
    if not isinstance(given, list):
        return given if given is not None else []
    logos = []
    for i, logo in enumerate(given):
        if not isinstance(logo, dict):
            logos.append(logo)
            continue
        left_out += [f"logos[{i}].{name}" for name in logo if name not in _LOGO]
        kept = {name: logo[name] for name in _LOGO if name in logo}
        if isinstance(kept.get("id"), str):
            kept["id"] = kept["id"].replace("_", "-")
        logos.append(kept)
    return logos


def _colours(given: Any, left_out: list[str]) -> Any:
    if not isinstance(given, dict):
        return given
    colours: dict[str, Any] = {}
    for role, value in given.items():
        if role not in _COLOURS:
            left_out.append(f"colors.{role}")
        elif isinstance(value, list) and value:
            left_out += [f"colors.{role}[{i}]" for i in range(1, len(value))]
            colours[role] = value[0]
        else:
            colours[role] = value
    return colours


def _fonts(given: Any, ours: Any, left_out: list[str]) -> Any:
    if not isinstance(given, dict):
        return given
    fonts: dict[str, Any] = {}
    names = {"primary": "headline", "headline": "headline", "secondary": "body", "body": "body"}
    for role, value in given.items():
        name = names.get(role)
        if name is None or name in fonts:
            left_out.append(f"fonts.{role}")
            continue
        font = {"family": value} if isinstance(value, str) else value
        if isinstance(font, dict):
            extra = ours.get(name, {}) if isinstance(ours, dict) else {}
            font = _font(font, extra if isinstance(extra, dict) else {}, f"fonts.{role}", left_out)
        fonts[name] = font
    return fonts


def _font(given: dict[str, Any], extra: dict[str, Any], where: str, left_out: list[str]) -> dict[str, Any]:
    """A font role. AdCP lists fallbacks without their scripts, so only those of our extension can be used."""
    unused = [
        n for n in given if n not in {"family", "files"} and not (n == "fallbacks" and "fallbacks" in extra)
    ]
    left_out += [f"{where}.{name}" for name in unused]
    font = {"family": given.get("family"), **extra}
    if isinstance(given.get("files"), list):
        keep = ("url", "weight", "style")
        font["files"] = [
            {n: f[n] for n in keep if n in f} if isinstance(f, dict) else f for f in given["files"]
        ]
    return font


def _tone(given: Any, left_out: list[str]) -> Any:
    """Tone in one language: of texts in several, the first is taken and the rest listed."""
    if not isinstance(given, dict):
        return given
    tone: dict[str, Any] = {}
    for name, value in given.items():
        if name not in {"voice", "attributes", "dos", "donts"}:
            left_out.append(f"tone.{name}")
        elif isinstance(value, list) and value and all(isinstance(v, dict) and v for v in value):
            tone[name] = next(iter(value[0].values()))
            left_out += [f"tone.{name}[{i}]" for i in range(1, len(value))]
        else:
            tone[name] = value
    return tone
