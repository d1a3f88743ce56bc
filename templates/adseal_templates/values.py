# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The small value types that brand kits, briefs, templates and campaigns share.

Decides what counts as an id, a locale, a colour, a text and a localised text, and how a wrong one is
explained. Leaves out everything that needs more than the value itself.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Final

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    GetJsonSchemaHandler,
    RootModel,
    StringConstraints,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from .language import lookup_chain

UNDETERMINED: Final = "und"  # BCP 47 for "no language stated": a text written once for all locales


def wrong(message: str, hint: str = "", *, at: str = "") -> PydanticCustomError:
    """A validation error that says one sentence and one hint. `at` names the field of a map it is about."""
    return PydanticCustomError("adseal", "{message}", {"message": message, "hint": hint, "at": at})


def one_of(values: Iterable[str], name: str) -> BeforeValidator:
    """Refuses a value outside `values` with a hint that lists them."""
    known = tuple(values)

    def check(value: Any) -> Any:
        if not isinstance(value, str) or value not in known:
            raise wrong(f"{value!r} is not a {name}", "one of: " + ", ".join(known))
        return value

    return BeforeValidator(check)


def _text(value: Any) -> Any:
    if value is None:
        raise wrong("is empty", "write the text or remove the field")
    if isinstance(value, bool | int | float):
        raise wrong(f"must be text, not {value!r}", f'put it in quotes: "{value}"')
    if isinstance(value, str):
        value = unicodedata.normalize("NFC", value).strip()
        if not value:
            raise wrong("is empty", "write the text or remove the field")
    return value


def _slug(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", value) or len(value) > 48:
        raise wrong(
            f"{value!r} is not an id",
            "lower-case letters, digits and single hyphens, at most 48, like spring-sale",
        )
    return value


def _colour(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"#[0-9A-Fa-f]{6}", value):
        return value.lower()
    raise wrong(f"{value!r} is not a colour", 'write six hex digits in quotes: "#1a2b3c"')


# Casing as AdCP's core/locale-tag.json asks for it: language lower, Script title, REGION upper.
_LOCALE: Final = re.compile(r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|[0-9]{3}))?(?:-[a-z0-9]{5,8})*")
_LOCALE_SHAPE: Final = re.compile(
    r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|[0-9]{3}))?((?:[-_][A-Za-z0-9]{5,8})*)"
)


def canonical_locale(tag: str) -> str | None:
    """The canonical spelling (RFC 5646 §2.1.1 casing) of a tag in other casing or with `_`, else None."""
    match = _LOCALE_SHAPE.fullmatch(tag)
    if match is None:
        return None
    language, script, region, variants = match.groups()
    parts = [language.lower(), script and script.title(), region and region.upper()]
    parts += [part.lower() for part in re.split("[-_]", variants) if part]
    return "-".join(part for part in parts if part)


def _locale(value: str) -> str:
    if _LOCALE.fullmatch(value):
        return value
    better = canonical_locale(value)
    hint = f"write {better}" if better else "a BCP 47 tag such as en-US, ar-AE or zh-Hant-TW"
    raise wrong(f"{value!r} is not a language tag", hint)


def _https(value: str) -> str:
    if not re.fullmatch(r"https://[^\s/@:]+(?::[0-9]{1,5})?(?:/\S*)?", value):
        raise wrong(f"{value!r} is not an https address", "only https:// addresses are accepted")
    return value


def _jurisdiction(value: str) -> str:
    if not re.fullmatch(r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?", value):
        raise wrong(f"{value!r} is not a jurisdiction", "an ISO 3166 code such as US, DE or US-CA")
    return value


Text = Annotated[str, BeforeValidator(_text), StringConstraints(max_length=500)]
LongText = Annotated[str, BeforeValidator(_text), StringConstraints(max_length=4000)]
Slug = Annotated[str, BeforeValidator(_text), AfterValidator(_slug)]
HexColour = Annotated[str, BeforeValidator(_colour)]
LocaleTag = Annotated[str, BeforeValidator(_text), AfterValidator(_locale)]
HttpsUrl = Annotated[str, BeforeValidator(_text), AfterValidator(_https)]
Jurisdiction = Annotated[str, BeforeValidator(_text), AfterValidator(_jurisdiction)]


def _as_map(value: Any) -> Any:
    """Plain text → `{und: text}`; AdCP's list of one-key maps (`[{en_US: …}]`) → one map with `-` tags."""
    if isinstance(value, str | int | float | bool) or value is None:
        return {UNDETERMINED: value}
    if isinstance(value, list) and value and all(isinstance(v, dict) and len(v) == 1 for v in value):
        merged: dict[Any, Any] = {}
        for entry in value:
            for tag, text in entry.items():
                # The first of several names of one language is the name, the rest are aliases.
                merged.setdefault(tag.replace("_", "-") if isinstance(tag, str) else tag, text)
        return merged
    if value in ({}, []):
        raise wrong("has no text", "write `en-US: …`, one line per locale")
    return value


class Localised(RootModel[Annotated[dict[LocaleTag, Text], BeforeValidator(_as_map)]]):
    """A text per locale. Written as a map, as AdCP's list of one-key maps, or as plain text meant for all."""

    model_config = ConfigDict(frozen=True)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """All three written forms, so that an editor accepts what the reader accepts."""
        made = handler(core_schema)
        schema = handler.resolve_ref_schema(made)
        by_locale = {"type": "object", "minProperties": 1, "additionalProperties": {"type": "string"}}
        for name in ("type", "additionalProperties", "minProperties"):
            schema.pop(name, None)
        schema["anyOf"] = [{"type": "string"}, by_locale, {"type": "array", "items": by_locale}]
        return made

    def text_for(self, locale: str) -> str | None:
        """The text of the locale, of its nearest parent (RFC 4647 §3.4 lookup) or the one meant for all."""
        for tag in (*lookup_chain(locale), UNDETERMINED):
            if tag in self.root:
                return self.root[tag]
        return None

    @property
    def first(self) -> str:
        """The text that was written first."""
        return next(iter(self.root.values()))

    def items(self) -> Iterator[tuple[str, str]]:
        """Locale tag and text, in the order written."""
        yield from self.root.items()


def display_width(text: str) -> int:
    """Columns a text takes: 2 for wide East Asian characters, 0 for combining marks, else 1 (UAX #11)."""
    return sum(
        0
        if unicodedata.category(c) in {"Mn", "Me", "Cf"}
        else 2
        if unicodedata.east_asian_width(c) in {"W", "F"}
        else 1
        for c in text
    )
