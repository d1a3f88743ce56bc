# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Brand kits and briefs in the form of AdCP (Ad Context Protocol 3.2), written.

    brief_to_adcp(load_brief("brief.yaml"), "en-US").document      # creative-brief.json
    brand_to_adcp(load_brand_kit("brand.yaml")).document           # brand.json, a brand of its own
    video_brief_to_adcp(plan)                                      # video-brief.json

Decides where each field of ours stands there. What AdCP has no field for goes into `ext.adseal`, as its extensions
are meant; what has no place at all is listed in `left_out`, so nothing is lost in silence. AdCP's briefs are in one
language, so a brief is written once for each locale. Leaves out reading (`adcp_reading`).
"""

from dataclasses import dataclass
from typing import Any, Final

from .brand import BrandKit, FontRole
from .brief import Brief
from .checks import applies
from .compliance import Compliance
from .plan import AdPlan, TextLayer
from .values import UNDETERMINED, Localised

# Texts of a brief that AdCP's messaging has no field for.
OUR_TEXTS: Final = (
    "offer",
    "price",
    "quote",
    "author",
    "date",
    "countdown",
    "place",
    "rating",
    "availability",
)
_OURS: Final = {"id", "jurisdictions", "scene", "sound", "template"}


@dataclass(frozen=True)
class Written:
    """A document as plain data, and what of ours has no place in it, one sentence each."""

    document: dict[str, Any]
    left_out: tuple[str, ...] = ()


def brief_to_adcp(brief: Brief, locale: str) -> Written:
    """The brief as AdCP's `creative-brief`, in the words of one locale."""
    messaging = brief.messaging
    said = {
        "headline": messaging.headline.text_for(locale),
        "tagline": _text(messaging.tagline, locale),
        "cta": _text(messaging.cta, locale),
        "key_messages": [text for m in messaging.key_messages if (text := m.text_for(locale))],
    }
    ours = brief.model_dump(mode="json", include=_OURS, exclude_defaults=True)
    ours |= {name: text for name in OUR_TEXTS if (text := _text(getattr(brief, name), locale))}
    document = {
        "name": brief.name,
        "objective": brief.objective,
        "tone": brief.tone,
        "audience": brief.audience,
        "territory": brief.territory,
        "messaging": _without_empty(said),
        "reference_assets": [asset.model_dump(exclude_none=True) for asset in brief.reference_assets],
        "compliance": _compliance(brief, locale),
        "ext": {"adseal": {"locale": locale, **ours}},
    }
    others = ", ".join(tag for tag in brief.locales if tag != locale)
    left_out = (f"the words for {others}: write a document for each locale",) if others else ()
    return Written(_without_empty(document), left_out)


def _compliance(brief: Brief, locale: str) -> dict[str, Any]:
    disclosures = []
    for disclosure in brief.compliance.required_disclosures:
        text = disclosure.text.text_for(locale)
        if text and applies(disclosure, brief, locale):
            rest = disclosure.model_dump(mode="json", exclude={"text"}, exclude_none=True)
            disclosures.append(_without_empty({"text": text, **rest}))
    claims = list(brief.compliance.prohibited_claims)
    return _without_empty({"required_disclosures": disclosures, "prohibited_claims": claims})


def brand_to_adcp(kit: BrandKit, *, files_at: str | None = None, locale: str | None = None) -> Written:
    """The kit as a `brand.json` of its own (AdCP's brand canonical document).

    `files_at` is the https address of the folder in which the kit's logo and font files will lie: AdCP knows files
    by address only. `locale` is the language of legal lines, which AdCP has in one; by default that of the first.
    """
    left_out: list[str] = []
    logos = []
    for i, logo in enumerate(kit.logos):
        url = logo.url or _address(logo.path, files_at)
        if url is None:
            left_out.append(f"logos[{i}]: a file without an address; give files_at")
            continue
        logos.append({**logo.model_dump(exclude={"path", "sha256", "url"}, exclude_none=True), "url": url})
    disclaimers = []
    for i, line in enumerate(kit.disclaimers):
        tags = [tag for tag, _ in line.text.items()]
        text = line.text.text_for(locale or tags[0]) or line.text.first
        disclaimers.append({"text": text, "context": line.context, "required": line.required})
        if len(tags) > 1:
            left_out.append(f"disclaimers[{i}]: in the other of its languages, {', '.join(tags)}")
    document = {
        "$schema": "/schemas/brand.json",
        "version": "1.0",
        "id": kit.id.replace("-", "_"),
        "names": _localised(kit.names),
        "url": kit.url,
        "description": kit.description,
        "industries": list(kit.industries),
        "target_audience": kit.target_audience,
        "logos": [_without_empty(logo) for logo in logos],
        "colors": kit.colors.model_dump(exclude_none=True),
        "fonts": _fonts(kit, files_at, left_out),
        "tone": _without_empty(kit.tone.model_dump(mode="json")),
        "tagline": _localised(kit.tagline) if kit.tagline else None,
        "disclaimers": [_without_empty(line) for line in disclaimers],
        "ext": {"adseal": _brand_extension(kit)},
    }
    return Written(_without_empty(document), tuple(left_out))


def _brand_extension(kit: BrandKit) -> dict[str, Any]:
    """What AdCP's brand has no field for: the legal name, weights and script fallbacks, brand-wide compliance."""
    fonts: dict[str, Any] = {}
    for name in ("headline", "body"):
        role: FontRole | None = getattr(kit.fonts, name)
        if role is not None:
            fallbacks = {
                s: f.model_dump(exclude={"files"}, exclude_none=True) for s, f in role.fallbacks.items()
            }
            fonts[name] = _without_empty({"weight": role.weight, "fallbacks": fallbacks})
    rules = (
        kit.compliance.model_dump(mode="json", exclude_defaults=True)
        if kit.compliance != Compliance()
        else None
    )
    allowed = kit.guard.model_dump(mode="json", exclude_defaults=True)
    return _without_empty(
        {"legal_name": kit.legal_name, "fonts": fonts, "compliance": rules, "guard": allowed}
    )


def _fonts(kit: BrandKit, files_at: str | None, left_out: list[str]) -> dict[str, Any]:
    fonts: dict[str, Any] = {}
    for ours, theirs in (("headline", "primary"), ("body", "secondary")):
        role: FontRole | None = getattr(kit.fonts, ours)
        if role is None:
            continue
        files = []
        for file in role.files:
            url = file.url or _address(file.path, files_at)
            if url is None:
                left_out.append(f"fonts.{ours}: a file without an address; give files_at")
            else:
                files.append(_without_empty({"url": url, "weight": file.weight, "style": file.style}))
        others = list(dict.fromkeys(f.family for f in role.fallbacks.values()))
        fonts[theirs] = _without_empty({"family": role.family, "files": files, "fallbacks": others})
    return fonts


def video_brief_to_adcp(plan: AdPlan) -> dict[str, Any]:
    """The plan's shots as AdCP's `video-brief`: prompt and length of each, and the caption first seen in it."""
    segments = []
    for order, shot in enumerate(plan.shots, start=1):
        end = shot.start_s + shot.duration_s
        captions = [
            layer.text
            for layer in plan.layers
            if isinstance(layer, TextLayer)
            and layer.role not in {"label", "disclaimer"}
            and shot.start_s <= layer.timing.start_s < end
        ]
        segment = {
            "order": order,
            "duration_ms": round(shot.duration_s * 1000),
            "prompt": shot.prompt,
            "caption": " ".join(captions),
        }
        segments.append(_without_empty(segment))
    return {"segments": segments}


def _text(text: Localised | None, locale: str) -> str | None:
    return text.text_for(locale) if text else None


def _localised(text: Localised) -> list[dict[str, str]]:
    """AdCP's list of one-key maps, tags with an underscore."""
    return [{tag.replace("-", "_"): words} for tag, words in text.items()] or [{UNDETERMINED: ""}]


def _address(path: str | None, files_at: str | None) -> str | None:
    """Where a file of the kit will lie: its name below `files_at`."""
    if path is None or files_at is None:
        return None
    name = path.replace("\\", "/").rpartition("/")[2]
    return f"{files_at.rstrip('/')}/{name}"


def _without_empty(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value for name, value in fields.items() if value is not None and value not in ("", [], {}, ())
    }
