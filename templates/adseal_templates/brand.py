# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The brand kit: who advertises and how the brand looks and speaks.

Field names and enumerations are those of AdCP's `brand.json` (definition `brand`) where it has them; ours are
`legal_name`, `guard`, `path` and `sha256` (files beside the kit instead of addresses), font fallbacks per script,
and `compliance`, which is that of AdCP's `creative-brief` for each ad of the brand. Leaves out what a campaign says
(`brief`).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    ModelWrapValidatorHandler,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from .allowances import BrandGuard
from .compliance import Compliance
from .files import FileFacts, examine_font, examine_picture
from .plan import M, Sha256
from .values import HexColour, HttpsUrl, Localised, LongText, Slug, Text, wrong

ColourRole = Literal["primary", "secondary", "accent", "background", "text"]


class _BrandFile(M):
    """A file of the kit. Reading a kit makes `path` absolute and fills `sha256`; written by hand,
    `sha256` pins the content."""

    path: Text | None = None
    url: HttpsUrl | None = None
    sha256: Sha256 | None = None

    @model_validator(mode="wrap")
    @classmethod
    def _look_at_the_file(
        cls, value: Any, handler: ModelWrapValidatorHandler[Any], info: ValidationInfo
    ) -> Any:
        made = handler(value)
        if not isinstance(made, _BrandFile):
            return made
        if made.path is None and made.url is None:
            raise wrong("names no file", "give `path`, relative to the brand kit")
        folder = (info.context or {}).get("folder")
        if made.path is None or not isinstance(folder, Path):
            return made
        return made.with_facts(folder)

    def with_facts(self, folder: Path) -> "_BrandFile":
        """This entry with `path` made absolute and `sha256` filled in from the file."""
        facts = self._examine(folder)
        if self.sha256 is not None and self.sha256 != facts.sha256:
            raise wrong(
                f"{self.path} has changed: its sha256 is {facts.sha256}", "update `sha256` or the file"
            )
        return self.model_copy(update=self._found(facts))

    def _examine(self, folder: Path) -> FileFacts:
        raise NotImplementedError

    def _found(self, facts: FileFacts) -> dict[str, Any]:
        return {"path": facts.path, "sha256": facts.sha256}


class Logo(_BrandFile):
    """One form of the logo. `background` says on what it may stand: `dark-bg` is the light version."""

    id: Slug | None = None
    orientation: Literal["square", "horizontal", "vertical", "stacked"] = "horizontal"
    background: Literal["dark-bg", "light-bg", "transparent-bg"] = "transparent-bg"
    variant: Literal["primary", "secondary", "icon", "wordmark", "full-lockup"] = "primary"
    tags: tuple[Text, ...] = ()
    usage: LongText | None = None
    width: int | None = Field(default=None, gt=0)
    height: int | None = Field(default=None, gt=0)

    def _examine(self, folder: Path) -> FileFacts:
        return examine_picture(self.path or "", folder)

    def _found(self, facts: FileFacts) -> dict[str, Any]:
        return {**super()._found(facts), "width": facts.width, "height": facts.height}


class FontFile(_BrandFile):
    """One font file; `weight` 100..900 for static fonts, left out for variable ones."""

    weight: int | None = Field(default=None, ge=100, le=900)
    style: Literal["normal", "italic", "oblique"] = "normal"

    def _examine(self, folder: Path) -> FileFacts:
        return examine_font(self.path or "", folder)


def _family_only(value: Any) -> Any:
    """AdCP lets a font be named by its family alone."""
    return {"family": value} if isinstance(value, str) else value


class FallbackFont(M):
    """The font of a script that the role's own font does not cover."""

    family: Text
    weight: int | None = Field(default=None, ge=100, le=900)
    files: tuple[FontFile, ...] = ()


Script = Annotated[str, StringConstraints(pattern=r"^[A-Z][a-z]{3}$")]


class FontRole(M):
    """A font by role. `fallbacks` maps ISO 15924 script codes (Arab, Jpan, …) to fonts."""

    family: Text
    weight: int = Field(default=700, ge=100, le=900)
    files: tuple[FontFile, ...] = ()
    fallbacks: dict[Script, Annotated[FallbackFont, BeforeValidator(_family_only)]] = Field(
        default_factory=dict
    )


Font = Annotated[FontRole, BeforeValidator(_family_only)]


class Fonts(M):
    """The two font roles a template asks for."""

    headline: Font
    body: Annotated[FontRole, BeforeValidator(_family_only)] | None = None

    def all_files(self) -> Iterator[FontFile]:
        """Every font file of every role and fallback."""
        for role in (self.headline, self.body):
            if role is not None:
                yield from role.files
                for fallback in role.fallbacks.values():
                    yield from fallback.files


class Colours(M):
    """Brand colours by role; a role left out is derived from `primary` when a layout asks for it."""

    primary: HexColour
    secondary: HexColour | None = None
    accent: HexColour | None = None
    background: HexColour | None = None
    text: HexColour | None = None

    def role(self, role: ColourRole) -> str:
        """The colour of a role. `accent` and `secondary` fall back to `primary`, `background` to `primary`,
        `text` to white."""
        colour: str | None = getattr(self, role)
        return colour or ("#ffffff" if role == "text" else self.primary)


class Tone(M):
    """How the brand speaks."""

    voice: Text | None = None
    attributes: tuple[Text, ...] = ()
    dos: tuple[Text, ...] = ()
    donts: tuple[Text, ...] = ()


class Disclaimer(M):
    """A legal line; `required` ones stand on the end card of every ad."""

    text: Localised
    context: Text | None = None
    required: bool = True


class BrandKit(M):
    """A brand: names, logos, colours, fonts, voice, legal lines.

    `legal_name` is the advertiser as disclosure fields name it; the first of `names` where it is left out.
    `compliance` holds in each ad, beside what a brief adds.
    """

    id: Slug
    names: Localised
    legal_name: Text | None = None
    url: HttpsUrl | None = None
    description: LongText | None = None
    industries: tuple[Text, ...] = ()
    target_audience: LongText | None = None
    logos: tuple[Logo, ...] = Field(min_length=1)
    colors: Colours
    fonts: Fonts
    tone: Tone = Tone()
    tagline: Localised | None = None
    disclaimers: tuple[Disclaimer, ...] = ()
    compliance: Compliance = Compliance()
    guard: BrandGuard = BrandGuard()

    @field_validator("tone", mode="before")
    @classmethod
    def _tone_in_words(cls, value: Any) -> Any:
        return {"voice": value} if isinstance(value, str) else value

    @property
    def provider(self) -> str:
        """The advertiser's name for disclosure fields."""
        return self.legal_name or self.names.first
