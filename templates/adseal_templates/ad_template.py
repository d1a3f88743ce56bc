# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""A template: shots, layouts, end card, label and sound of one kind of ad, under a dated version.

Decides the vocabulary a layout is written in. Positions are fractions of a reference rectangle (the safe
zone, or the safe zone made symmetric about the frame's vertical axis), type sizes are
fractions of the frame's short side, so one layout serves every frame of its aspect. Leaves out px (`layers`)
and words (`prompts`).
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from .brand import ColourRole
from .brief import Camera, Pace, SoundMood
from .plan import Align, Enter, M, Unit
from .values import LongText, Slug, Text, wrong

SlotName = Literal["headline", "tagline", "cta", "offer", "price", "logo"]
Aspect = Literal["9x16", "1x1", "4x5", "16x9"]
ColourName = ColourRole | Literal["white", "black", "auto"]
Fraction01 = Annotated[float, Field(ge=0.0, le=1.0)]


class Slot(M):
    """What a brief may or must fill in. `max_length` counts columns: wide East Asian characters are two."""

    type: Literal["text", "image"] = "text"
    required: bool = False
    max_length: int | None = Field(default=None, ge=1, le=400)
    description: LongText | None = None


class Area(M):
    """A rectangle as fractions 0..1 of its reference: `safe` or `centred` (symmetric in the frame)."""

    of: Literal["safe", "centred"] = "safe"
    x: Fraction01 = 0.0
    y: Fraction01
    width: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0
    height: Annotated[float, Field(gt=0.0, le=1.0)]

    @model_validator(mode="after")
    def _inside(self) -> "Area":
        # 1e-9: fractions such as 0.1 + 0.9 need not sum exactly.
        if self.x + self.width > 1 + 1e-9 or self.y + self.height > 1 + 1e-9:
            raise wrong("reaches outside its reference", "keep x + width and y + height at most 1")
        return self


class Showing(M):
    """When a layer is seen, in seconds from the start of the ad (or of the end card, for its layers).
    Without `end_s` it stays until the end card begins (or the ad ends)."""

    start_s: float = Field(default=0.0, ge=0.0)
    end_s: float | None = Field(default=None, gt=0.0)
    fade_in_s: float = Field(default=0.3, ge=0.0)
    fade_out_s: float = Field(default=0.2, ge=0.0)


class Panel(M):
    """A panel under a text; `radius` and `pad` as fractions of the short side."""

    color: ColourName
    opacity: Unit = 1.0
    radius: Fraction01 = 0.0
    pad: Fraction01 = 0.0
    hug: bool = True


class TextItem(M):
    """A slot's text; `brand_tagline` and `disclaimer` come from the brand kit and the brief's compliance.
    `color: auto` is the brand's text colour where it can be read there."""

    kind: Literal["text"]
    slot: Literal["headline", "tagline", "cta", "offer", "price", "brand_tagline", "disclaimer"]
    area: Area
    font: Literal["headline", "body"] = "headline"
    weight: int | None = Field(default=None, ge=100, le=900)
    max_size: Fraction01
    min_size: Fraction01
    max_lines: int = Field(default=1, ge=1, le=6)
    align: Align = "start"
    valign: Literal["top", "middle", "bottom"] = "middle"
    color: ColourName = "auto"
    panel: Panel | None = None
    shadow: Unit = 0.0
    show: Showing = Showing()
    enter: Enter = "fade"


class LogoItem(M):
    """The logo, in the version that suits what it stands on."""

    kind: Literal["logo"]
    area: Area
    align: Align = "start"
    prefer: Literal["horizontal", "stacked"] = "horizontal"
    show: Showing = Showing()
    enter: Enter = "fade"


class RuleItem(M):
    """A small bar of brand colour."""

    kind: Literal["rule"]
    area: Area
    color: ColourName = "accent"
    opacity: Unit = 1.0
    radius: Fraction01 = 0.0
    show: Showing = Showing()


class Scrim(M):
    """A full-width shade that makes the text of one end of the frame readable on any picture.

    It runs from its edge to `reach` (fraction of the safe zone's height) between the two opacities, then
    fades out over `fade` (fraction of the frame's height). The expander strengthens it where contrast asks.
    """

    edge: Literal["top", "bottom"]
    reach: Fraction01
    fade: Fraction01
    opacity: Unit
    opacity_at_reach: Unit
    color: ColourName = "background"


Item = Annotated[TextItem | LogoItem | RuleItem, Field(discriminator="kind")]


class EndCard(M):
    """The closing seconds: a fill of brand colour and what stands on it."""

    duration_s: float = Field(gt=0.3)
    color: ColourName = "primary"
    opacity: Annotated[float, Field(ge=0.8, le=1.0)] = 0.97
    fade_in_s: float = Field(default=0.35, ge=0.0)
    items: tuple[Item, ...]


class LabelPlan(M):
    """The visible AI label: its corner, and its size as a fraction of the short side.

    From the first frame to the last. Where a jurisdiction prescribes a size (China: letters of at least 5 %
    of the short side during the first 2 s, GB 45438-2025), `opening_area` holds the large form.
    """

    area: Area
    opening_area: Area
    max_size: Fraction01 = 0.03
    min_size: Fraction01 = 0.026
    align: Align = "end"


class Layout(M):
    """All layers of one aspect, bottom to top. `disclosure_area` holds texts that must be seen early."""

    scrims: tuple[Scrim, ...] = ()
    items: tuple[Item, ...]
    label: LabelPlan
    disclosure_area: Area
    end_card: EndCard


class ShotSpec(M):
    """One shot: what it shows and what the template adds where the brief says nothing."""

    id: Slug
    duration_s: float = Field(gt=0.2, le=60)
    scene: Literal["subject", "opening"] = "subject"
    camera: Camera
    pace: Pace = "slow"
    copy_space: Literal["top", "bottom"] | None = None


class PromptDefaults(M):
    """Words used where the brief leaves them open, and what no shot should show."""

    light: Text = "soft studio light"
    mood: Text = "calm"
    negative: LongText | None = None


class SoundBed(M):
    """The sound bed's mood, tempo in beats per minute, loudness in LUFS and true peak in dBTP."""

    mood: SoundMood
    tempo_bpm: int = Field(ge=40, le=200)
    loudness_lufs: float = Field(default=-14.0, ge=-30, le=-9)
    true_peak_db: float = Field(default=-1.0, ge=-9, le=0)


class Template(M):
    """One kind of ad. `ref` is `id@version`; a published version never changes."""

    id: Slug
    version: str = Field(pattern=r"^\d{4}-\d{2}$")
    title: Text
    description: LongText
    slots: dict[SlotName, Slot]
    shots: tuple[ShotSpec, ...] = Field(min_length=1, max_length=12)
    prompt: PromptDefaults = PromptDefaults()
    layouts: dict[Aspect, Layout]
    sound: SoundBed

    @model_validator(mode="after")
    def _fits_together(self) -> "Template":
        ids = [shot.id for shot in self.shots]
        if len(set(ids)) < len(ids):
            raise wrong("names a shot id twice", "give each shot its own id")
        for aspect, layout in self.layouts.items():
            if layout.end_card.duration_s >= self.duration_s:
                raise wrong(f"has an end card as long as the ad in {aspect}", "shorten it")
            used = {i.slot for i in (*layout.items, *layout.end_card.items) if isinstance(i, TextItem)}
            unknown = sorted(used - {"brand_tagline", "disclaimer"} - set(self.slots))
            if unknown:
                raise wrong(f"shows {', '.join(unknown)} in {aspect} but has no such slot", "add the slot")
        return self

    @property
    def ref(self) -> str:
        """`id@version`."""
        return f"{self.id}@{self.version}"

    @property
    def duration_s(self) -> float:
        """Length of the ad in seconds: the sum of its shots."""
        return round(sum(shot.duration_s for shot in self.shots), 3)
