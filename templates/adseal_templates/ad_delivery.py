# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What a platform accepts as a file, as dated facts, each with its source and how sure it is.

Platforms publish such figures in help pages that change, in pictures, or not at all; others pass them on. So every
group of figures names its source and a confidence: `high` was read in the platform's own text, `medium` is said alike
by several others or by a mirror of that text, `low` by one, or sources disagree. What was not found is `unknown`, with
a sentence, and never a guess. Leaves out the frame and its safe zone (`ad_placement`) and measuring (the generator).

Units: px, seconds, frames per second as whole numbers or fractions (`30000/1001`), kilobits and megabytes of a
thousand, LUFS and dBTP (ITU-R BS.1770), lengths of texts in characters.
"""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from .plan import M
from .values import HttpsUrl, LongText, Slug, Text, wrong

Confidence = Literal["high", "medium", "low"]
Month = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}$")]
Size = Annotated[str, StringConstraints(pattern=r"^\d{3,4}x\d{3,4}$")]
Ratio = Annotated[str, StringConstraints(pattern=r"^\d+(?:\.\d+)?:\d+$")]
Rate = Annotated[str, StringConstraints(pattern=r"^\d+(?:/\d+)?$")]


class Publication(M):
    """Where figures were read: what it is, its address where it has one, and the month of the reading."""

    text: LongText
    url: HttpsUrl | None = None
    date: Month


class Fact(M):
    """A group of figures from one source (a key of `Delivery.sources`), or `unknown` with a sentence why."""

    source: Slug | None = None
    confidence: Confidence | None = None
    note: LongText | None = None
    unknown: LongText | None = None

    @property
    def figures(self) -> dict[str, object]:
        """The figures that are given, by name."""
        about = set(Fact.model_fields)
        return {name: value for name, value in self if name not in about and value not in (None, (), {})}

    @model_validator(mode="after")
    def _known_or_not(self) -> Self:
        if self.unknown is not None and self.figures:
            raise wrong("is said to be unknown and has figures", "remove `unknown` or the figures")
        if self.unknown is None and not self.figures:
            raise wrong("has no figures", "say `unknown: …` where nothing was found")
        if self.figures and (self.source is None or self.confidence is None):
            raise wrong("has figures without `source` and `confidence`", "name where they were read")
        return self


class Frame(Fact):
    """Sizes and ratios that are taken; `minimum` is the smallest size in the placement's own ratio."""

    sizes: tuple[Size, ...] = ()
    minimum: Size | None = None
    ratios: tuple[Ratio, ...] = ()


class Duration(Fact):
    """Lengths in seconds. `exact_s`: only these; `advised_s`: from and to."""

    min_s: float | None = Field(default=None, gt=0)
    max_s: float | None = Field(default=None, gt=0)
    exact_s: tuple[float, ...] = ()
    advised_s: tuple[float, float] | None = None


class FrameRate(Fact):
    """Frames per second; a rendition at another rate has to be converted."""

    accepted: tuple[Rate, ...] = ()
    preferred: Rate | None = None
    max_fps: float | None = Field(default=None, gt=0)
    constant: bool | None = None


class Codec(Fact):
    """Containers and picture codecs."""

    containers: tuple[Text, ...] = ()
    video: tuple[Text, ...] = ()


class Bitrate(Fact):
    """Bit rate of the picture in kbit/s."""

    min_kbps: int | None = Field(default=None, gt=0)
    max_kbps: int | None = Field(default=None, gt=0)
    advised_kbps: tuple[int, int] | None = None


class FileSize(Fact):
    """Size of the file in MB."""

    min_mb: float | None = Field(default=None, gt=0)
    max_mb: float | None = Field(default=None, gt=0)
    advised_max_mb: float | None = Field(default=None, gt=0)


class Audio(Fact):
    """The sound track: codecs, bit rate in kbit/s, sampling rates in Hz, least number of channels."""

    codecs: tuple[Text, ...] = ()
    min_kbps: int | None = Field(default=None, gt=0)
    sample_rates_hz: tuple[int, ...] = ()
    min_channels: int | None = Field(default=None, ge=1)


class Loudness(Fact):
    """Programme loudness in LUFS, from and to where a range is given, and the highest true peak in dBTP."""

    integrated_lufs: float | None = Field(default=None, ge=-40, le=0)
    range_lufs: tuple[float, float] | None = None
    max_true_peak_dbtp: float | None = Field(default=None, ge=-20, le=0)


class TextLimits(Fact):
    """Longest texts beside the video in characters, by the platform's name of the field."""

    max_characters: dict[Slug, int] = Field(default_factory=dict)


class AiDisclosure(Fact):
    """How AI use is declared on delivery: the field and value of the platform's interface, for the sidecar.

    `default` is what stands there when nothing is set; `shown_as` what people then see; `reads_metadata` whether
    the platform looks for C2PA or IPTC in what is uploaded.
    """

    field: Text | None = None
    value: Text | None = None
    default: Text | None = None
    shown_as: Text | None = None
    reads_metadata: bool | None = None


class Delivery(M):
    """Everything known of what a placement accepts. `reviewed` is the month all of it was last looked at."""

    reviewed: Month
    sources: dict[Slug, Publication] = Field(min_length=1)
    frame: Frame
    duration: Duration
    frame_rate: FrameRate
    codec: Codec
    bitrate: Bitrate
    file_size: FileSize
    audio: Audio
    loudness: Loudness
    text: TextLimits
    ai_disclosure: AiDisclosure

    @model_validator(mode="after")
    def _sources_are_there(self) -> Self:
        for name, fact in self.facts():
            if fact.source is not None and fact.source not in self.sources:
                raise wrong(
                    f"names the source {fact.source!r}",
                    "one of: " + ", ".join(self.sources),
                    at=f"{name}.source",
                )
        return self

    def facts(self) -> Iterator[tuple[str, Fact]]:
        """Every group of figures by its name."""
        for name, value in self:
            if isinstance(value, Fact):
                yield name, value

    def unknown(self) -> dict[str, str]:
        """What was not found, and the sentence that says so."""
        return {name: fact.unknown for name, fact in self.facts() if fact.unknown}
