# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""A template: slots, storyboard, layouts, end card, label and sound of one kind of ad, under a dated version.

Decides the vocabulary a template is written in. Positions are fractions of a reference rectangle (the safe
zone, or the safe zone made symmetric about the frame's vertical axis), type sizes are
fractions of the frame's short side, so one layout serves every frame of its aspect. Leaves out px (`layers`)
and words (`prompts`).
"""

import re
from collections.abc import Iterable
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, model_validator

from .brand import ColourRole
from .brief import Camera, Pace, PaletteColour, SoundMood, TextSlot
from .language import lookup_chain
from .plan import Align, Enter, M, Transition, Unit
from .values import LocaleTag, LongText, Slug, Text, wrong

SlotName = TextSlot | Literal["logo"]
Aspect = Literal["9x16", "1x1", "4x5", "16x9"]
ColourName = ColourRole | Literal["white", "black", "auto"]
Fraction01 = Annotated[float, Field(ge=0.0, le=1.0)]


class Slot(M):
    """What a brief may or must fill in. Lengths count columns: wide East Asian characters are two.

    `max_length_in` gives other limits for languages and locales, by BCP 47 tag: German may need more room than
    English, and Chinese says as much in half the characters.
    """

    type: Literal["text", "image"] = "text"
    required: bool = False
    max_length: int | None = Field(default=None, ge=1, le=400)
    max_length_in: dict[LocaleTag, Annotated[int, Field(ge=1, le=400)]] = Field(default_factory=dict)
    description: LongText | None = None

    def limit_for(self, locale: str) -> int | None:
        """Columns a text may take in a locale: that of the nearest tag (RFC 4647 §3.4), else `max_length`."""
        found = (self.max_length_in[tag] for tag in lookup_chain(locale) if tag in self.max_length_in)
        return next(found, self.max_length)


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
    slot: TextSlot | Literal["brand_tagline", "disclaimer"]
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


# Words of the brief's scene that a storyboard can put into its own.
STORY_WORDS: Final = ("subject", "action", "setting", "opening")


def _story(value: str) -> str:
    names = re.findall(r"\{([^{}]*)\}", value)
    rest = re.sub(r"\{[^{}]*\}", "", value)
    if set(names) - set(STORY_WORDS) or re.search(r"[{}]", rest):
        shown = ", ".join(f"{{{name}}}" for name in STORY_WORDS)
        raise wrong(f"{value!r} names something else than words of the brief", f"one of: {shown}")
    return value


StoryText = Annotated[LongText, AfterValidator(_story)]


class ShotSpec(M):
    """One shot of the storyboard: what it shows, what the camera does, and how it takes over from the one before.

    `subject`, `action`, `setting`, `light` and `style` are prompt fragments in which `{subject}`, `{action}`,
    `{setting}` and `{opening}` stand for the brief's words; a part left out is the brief's own, or open. `camera`
    is one move, `palette` brand roles, colour words or #rrggbb, main colour first. `copy_space` is the end of the
    frame that has to stay quiet for the words. A brief may say other things of a shot in `scene.shots`.
    """

    id: Slug
    duration_s: float = Field(gt=0.2, le=60)
    scene: Literal["subject", "opening"] = "subject"
    subject: StoryText | None = None
    action: StoryText | None = None
    setting: StoryText | None = None
    camera: Camera
    pace: Pace = "slow"
    light: StoryText | None = None
    palette: tuple[PaletteColour, ...] = Field(default=(), max_length=2)
    style: StoryText | None = None
    copy_space: Literal["top", "bottom"] | None = None
    transition: Transition | None = None

    @model_validator(mode="after")
    def _transition_is_short_enough(self) -> "ShotSpec":
        if self.transition is not None and self.transition.duration_s >= self.duration_s:
            raise wrong("begins with a transition as long as itself", "shorten it", at="transition")
        return self


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
        if self.shots[0].transition is not None:
            raise wrong("begins with a transition", "the first shot has none before it")
        for aspect, layout in self.layouts.items():
            if layout.end_card.duration_s >= self.duration_s:
                raise wrong(f"has an end card as long as the ad in {aspect}", "shorten it")
            used = {i.slot for i in (*layout.items, *layout.end_card.items) if isinstance(i, TextItem)}
            unknown = sorted(used - {"brand_tagline", "disclaimer"} - set(self.slots))
            if unknown:
                raise wrong(f"shows {', '.join(unknown)} in {aspect} but has no such slot", "add the slot")
            asked = {name for name, slot in self.slots.items() if slot.required and slot.type == "text"}
            hidden = sorted(asked - used)
            if hidden:
                raise wrong(f"asks for {', '.join(hidden)} and shows it nowhere in {aspect}", "add an item")
        return self

    @property
    def ref(self) -> str:
        """`id@version`."""
        return f"{self.id}@{self.version}"

    @property
    def duration_s(self) -> float:
        """Length of the ad in seconds: the sum of its shots."""
        return round(sum(shot.duration_s for shot in self.shots), 3)


def newest(name: str, refs: Iterable[str]) -> str | None:
    """Of `id@version` references, the newest of a template id; None when there is none."""
    return max((ref for ref in refs if ref.rpartition("@")[0] == name), default=None)
