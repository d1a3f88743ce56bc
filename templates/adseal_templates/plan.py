# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The AdPlan: one video ad, fully resolved, as pure data.

Decides what a plan says and how it is hashed. Leaves out how a plan comes to be (`expansion`), how it is
rendered (the generator) and whether texts fit their boxes (the generator's preflight, which has the fonts).

Units: sizes and boxes in pixels of the placement's frame (origin top left), times in seconds from the first
frame, colours `#rrggbb`, opacities 0..1, loudness in LUFS and true peak in dBTP (ITU-R BS.1770).
"""

import hashlib
import json
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from .base import M as M  # noqa: PLC0414  # every model's base, known under this name since the first version
from .plan_notes import Cell, Draft, Expansion, GuardFinding, Rewrite

Align = Literal["start", "center", "end"]
Direction = Literal["ltr", "rtl"]
Enter = Literal["fade", "rise"]
Colour = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$", description="#rrggbb, lower case")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="lower-case hex")]
Unit = Annotated[float, Field(ge=0.0, le=1.0)]
TextRole = Literal[
    "headline",
    "offer",
    "price",
    "tagline",
    "cta",
    "caption",
    "quote",
    "author",
    "date",
    "countdown",
    "place",
    "rating",
    "availability",
    "label",
    "disclaimer",
]


class Box(M):
    """A rectangle in px of the placement's frame; `x`, `y` is the top left corner."""

    x: int
    y: int
    width: int = Field(gt=0)
    height: int = Field(gt=0)

    @property
    def right(self) -> int:
        """First column to the right of the box."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """First row below the box."""
        return self.y + self.height

    def contains(self, other: "Box") -> bool:
        """True when `other` lies wholly inside this box."""
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.right <= self.right
            and other.bottom <= self.bottom
        )


class FontRef(M):
    """A font wish: `files` (absolute paths from the brand kit) are tried before installed families."""

    family: str
    weight: int = Field(default=700, ge=100, le=900)
    files: tuple[str, ...] = ()


class Timing(M):
    """When a layer is seen. Fades lie inside `start_s..end_s`; a fade of 0 is a hard cut."""

    start_s: float = Field(ge=0.0)
    end_s: float = Field(gt=0.0)
    fade_in_s: float = Field(default=0.3, ge=0.0)
    fade_out_s: float = Field(default=0.2, ge=0.0)


class TextLayer(M):
    """A text set by the compositor, never painted by the model.

    The text is set as large as it fits between `min_px` and `max_px` (font size in px) in at most
    `max_lines` lines. `align` is logical: `start` is left for `ltr` and right for `rtl`.
    `panel_hug` draws the panel close around the set text (plus `panel_pad_px`) instead of filling the box;
    the padding lies inside the box in both cases.
    """

    kind: Literal["text"] = "text"
    role: TextRole
    text: str
    language: str
    direction: Direction
    box: Box
    font: FontRef
    max_px: int = Field(gt=0)
    min_px: int = Field(gt=0)
    max_lines: int = Field(default=1, ge=1)
    color: Colour
    align: Align = "start"
    valign: Literal["top", "middle", "bottom"] = "middle"
    panel_color: Colour | None = None
    panel_opacity: Unit = 1.0
    panel_radius_px: int = Field(default=0, ge=0)
    panel_pad_px: int = Field(default=0, ge=0)
    panel_hug: bool = False
    shadow: Unit = 0.0
    timing: Timing
    enter: Enter = "fade"


class ImageLayer(M):
    """A picture file (PNG with alpha) scaled to fit its box, aspect kept.

    The expander has made the box of the picture's own aspect and mirrored it for right-to-left locales, so
    `align` (`start` is left here) hardly matters.
    """

    kind: Literal["image"] = "image"
    role: Literal["logo", "product"]
    path: str
    sha256: Sha256
    box: Box
    align: Align = "start"
    opacity: Unit = 1.0
    timing: Timing
    enter: Enter = "fade"


class FillLayer(M):
    """A rectangle of one colour, or a vertical gradient from `color`/`opacity` to `color2`/`opacity2`."""

    kind: Literal["fill"] = "fill"
    role: Literal["scrim", "endcard", "panel"]
    color: Colour
    color2: Colour | None = None
    opacity: Unit = 1.0
    opacity2: Unit | None = None
    box: Box
    radius_px: int = Field(default=0, ge=0)
    timing: Timing


Layer = Annotated[TextLayer | ImageLayer | FillLayer, Field(discriminator="kind")]


class Transition(M):
    """How a shot takes over from the one before it, within its own first `duration_s` seconds.

    `dissolve` blends it over the earlier shot, which runs on beneath; `fade` goes through black, half the time
    down and half up; `cut` takes no time. The ad's length and the shots' start times are not changed by it.
    """

    kind: Literal["cut", "fade", "dissolve"] = "cut"
    duration_s: float = Field(default=0.0, ge=0.0, le=2.0)

    @model_validator(mode="after")
    def _takes_time_or_not(self) -> Self:
        if (self.kind == "cut") != (self.duration_s == 0):
            message = "a cut takes no time" if self.kind == "cut" else f"a {self.kind} takes time"
            hint = "leave out `duration_s`" if self.kind == "cut" else "give `duration_s`, such as 0.4"
            # The error type of `values.wrong`, which builds on this module.
            raise PydanticCustomError("adseal", "{message}", {"message": message, "hint": hint, "at": ""})
        return self


class ShotPlan(M):
    """One shot for the text-to-video model. The same brief and shot has the same prompt and seed in every
    locale and placement, so that its base clip is rendered once. Without `transition` it begins with a cut."""

    shot_id: str
    start_s: float = Field(ge=0.0)
    duration_s: float = Field(gt=0.0)
    prompt: str
    negative_prompt: str = ""
    seed: int = Field(ge=0, le=2**31 - 1)
    transition: Transition | None = None


class SoundPlan(M):
    """What the sound bed should be; loudness by ITU-R BS.1770-5."""

    mood: Literal["calm", "bright", "driving", "tender"]
    tempo_bpm: int = Field(ge=40, le=200)
    seed: int = Field(ge=0, le=2**31 - 1)
    loudness_lufs: float = -14.0
    true_peak_db: float = -1.0


class ModelPlan(M):
    """The generator model and its sampling settings, None where the model's own are meant.

    `digest` names the exact weights when known.
    """

    name: str = "mini"
    steps: int | None = Field(default=None, gt=0, le=1000)
    guidance: float | None = Field(default=None, ge=1.0, le=100.0)
    digest: str | None = None


class PromptChange(M):
    """One addition the expander made to a shot's prompt, so that nothing is rewritten silently."""

    shot_id: str
    reason: str
    before: str
    after: str


class Adjustment(M):
    """One departure from the brand kit or the template that the layout needed, such as a text colour."""

    role: str
    reason: str
    before: str
    after: str


class Asset(M):
    """A file the plan depends on. `path` is where it lies now, `sha256` is what it is."""

    role: str
    path: str
    sha256: Sha256


# Where a file lies says nothing about the ad; what it is does, and `assets` and image layers carry that as
# sha256. Leaving these fields out gives the same campaign in another folder the same hash.
_PLACES_NOT_HASHED = frozenset({"path", "files", "file", "line"})
# Fields that came later are left out of the hashed form where they say nothing, so that a plan which does
# without them keeps the hash that its credential names.
_HASHED_IF_SAID = frozenset(
    ("transition", "expansion", "findings", "rewrites", "cell", "variant_id", "utm", "draft")
)


def _hashed(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            k: _hashed(v)
            for k, v in value.items()
            if k not in _PLACES_NOT_HASHED and not (k in _HASHED_IF_SAID and not v)
        }
    if isinstance(value, list):
        return [_hashed(v) for v in value]
    return value


class AdPlan(M):
    """One ad, fully resolved: everything a renderer needs and nothing it must decide.

    `layers` run from bottom to top. `plan_hash` is filled in when it is left empty. `variant_id` names the ad by
    its choices alone: it stays when the words, the seed's pictures or the order of the campaign change.
    """

    schema_version: Literal[1] = 1
    plan_id: str
    plan_hash: str = ""
    campaign: str
    brand: str
    brief: str
    template: str
    placement: str
    locale: str
    variant: int = 1
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    fps: int = Field(gt=0)
    duration_s: float = Field(gt=0.0)
    title: str
    shots: tuple[ShotPlan, ...]
    layers: tuple[Layer, ...]
    sound: SoundPlan
    model: ModelPlan
    safe_zone: Box
    prompt_changes: tuple[PromptChange, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    provider: str
    digital_source_type: Literal["trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia"]
    assets: tuple[Asset, ...] = ()
    expansion: Expansion | None = None
    findings: tuple[GuardFinding, ...] = ()
    rewrites: tuple[Rewrite, ...] = ()
    cell: Cell | None = None
    variant_id: str = ""
    utm: dict[str, str] = Field(default_factory=dict)
    draft: Draft | None = None

    @model_validator(mode="after")
    def _fill_in_the_hash(self) -> Self:
        if not self.plan_hash:
            object.__setattr__(self, "plan_hash", self.content_hash())
        return self

    def canonical_json(self) -> str:
        """The hashed form: all fields but `plan_hash`, file places (`path`, `files`, `file`, `line`) and later
        fields that say nothing; keys sorted, no white space, UTF-8 kept as it is."""
        fields = _hashed(self.model_dump(mode="json", exclude={"plan_hash"}))
        return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)

    def content_hash(self) -> str:
        """Sha256 of `canonical_json()`, lower-case hex. Equals `plan_hash` unless a field was changed."""
        return hashlib.sha256(self.canonical_json().encode()).hexdigest()
