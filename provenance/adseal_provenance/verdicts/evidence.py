# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What an examination found, as plain data that can cross a process boundary.

Decides: nothing. Every class here is a statement about a file, with "not checked" always distinct from "not
there". ``verdict`` turns it into a report.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from adseal_provenance.records.record import Record
from adseal_provenance.watermark.model import Detection, Mark, MarkGeometry

__all__ = [
    "AiStatement",
    "Candidate",
    "Comparison",
    "CredentialEvidence",
    "Detection",
    "Evidence",
    "FileFacts",
    "IngredientEvidence",
    "KeyFrame",
    "KeyFrames",
    "KnownMarkSeen",
    "Labels",
    "Mark",
    "MarkGeometry",
    "MediaEvidence",
    "Signer",
    "SoftBinding",
]


Seconds = tuple[float, float]
Box = tuple[float, float, float, float]


class _Plain(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")


class Signer(_Plain):
    """Who signed, as the certificate says; dates are ISO 8601. ``time`` is the time stamp's, validated or
    not."""

    common_name: str = ""
    organization: str = ""
    issuer: str = ""
    serial: str = ""
    algorithm: str = ""
    not_before: str = ""
    not_after: str = ""
    time: str | None = None


class SoftBinding(_Plain):
    """One soft binding in a manifest: the watermark algorithm and the value in hex."""

    algorithm: str
    value: str


class AiStatement(_Plain):
    """One place in a credential that names a digital source type (short IPTC name)."""

    where: str
    source_type: str
    agent: str = ""


class IngredientEvidence(_Plain):
    """One ingredient; ``depth`` 1 for those of the video itself. ``failures`` are the codes found when it was
    imported or now.
    """

    title: str
    relationship: str
    has_credential: bool
    depth: int = 1
    failures: tuple[str, ...] = ()


class CredentialEvidence(_Plain):
    """One C2PA manifest store, embedded in a file or taken from the registry.

    Attributes:
        status: ``present`` means that it was read and validated, well or badly; ``remote`` that the file only
            names an address; ``unreadable`` that something is there which cannot be read.
        reason: in words, where the status is not ``present`` or ``absent``.
        success, informational, failure: C2PA validation codes of the active manifest, as the library gave
            them.
        trusted_by: name of the anchor list under which the signer stands, ``None`` where under none.
        trusted_kind: the kind of that list.
        judged: whether the lists of anchors could be asked for the moment in question.
        claims: fields of our own assertion (California B&P 22757.3), if it is there.
    """

    status: Literal["present", "absent", "remote", "unreadable", "unsupported", "not_checked"]
    reason: str = ""
    manifest_id: str | None = None
    success: tuple[str, ...] = ()
    informational: tuple[str, ...] = ()
    failure: tuple[str, ...] = ()
    trusted_by: str | None = None
    trusted_kind: Literal["development", "user"] | None = None
    signer: Signer | None = None
    title: str = ""
    generator: str = ""
    soft_bindings: tuple[SoftBinding, ...] = ()
    ai: tuple[AiStatement, ...] = ()
    ingredients: tuple[IngredientEvidence, ...] = ()
    judged: bool = True
    claims: dict[str, str] = {}


class Labels(_Plain):
    """Unsigned labels, as anybody can write them.

    Attributes:
        source_types: IPTC digital source types in XMP, short names.
        aigc: the fields of China's AIGC tag that are there (GB 45438-2025), ``None`` without a tag.
    """

    source_types: tuple[str, ...] = ()
    aigc: dict[str, str] | None = None


class KnownMarkSeen(_Plain):
    """A public mark that a generator puts on its pictures by default, and how surely it was seen.

    Anyone can write one: it says what the picture carries, never who made it.
    """

    generator: str
    matches: int
    bits: int
    log10_p: float


class MediaEvidence(_Plain):
    """What decoding the file gave.

    Attributes:
        status: ``readable``, ``unreadable`` (not a video within the limits), ``failed`` (the examination
            itself broke off) or ``not_checked``.
        fingerprint: of the picture, or ``None``.
        labels: unsigned labels in the container.
        known_marks: public marks of well-known generators that were seen in the picture.
    """

    status: Literal["readable", "unreadable", "failed", "not_checked"]
    code: str = ""
    reason: str = ""
    detection: Detection = Detection()
    fingerprint: bytes | None = None
    duration_s: float | None = None
    labels: Labels = Labels()
    known_marks: tuple[KnownMarkSeen, ...] = ()
    has_sound: bool | None = None


class KeyFrame(_Plain):
    """One picture of a received video: a small JPEG, and its time in seconds from the first frame."""

    t_s: float = Field(ge=0, allow_inf_nan=False)
    jpeg: bytes = Field(max_length=256 * 1024)


class KeyFrames(_Plain):
    """Pictures of a received video, for people; no verdict depends on them.

    Attributes:
        frames: in order of time; none where nothing could be decoded, and ``reason`` says why.
        quarters: quarter turns clockwise that were applied to show them as a player does.
        picture: (left, top, right, bottom), 0 to 1, of the part without bars, before the turns.
    """

    frames: tuple[KeyFrame, ...] = Field(default=(), max_length=64)
    quarters: int = Field(default=0, ge=0, le=3)
    picture: Box = (0.0, 0.0, 1.0, 1.0)
    reason: str = ""


class FileFacts(_Plain):
    """The file itself. ``problem`` says why it could not be examined at all."""

    name: str
    size: int | None = None
    sha256: str | None = None
    code: str = ""
    problem: str = ""


class Evidence(_Plain):
    """Everything found in one received file."""

    file: FileFacts
    credential: CredentialEvidence
    media: MediaEvidence


@dataclass(frozen=True)
class Comparison:
    """How far the received picture agrees with a registered one.

    Attributes:
        score: 0 to 1.
        agrees: it is a copy of the registered video or of a part of it.
        span: of the registered video, in seconds.
        matches: ((start, end) received, (start, end) registered), in seconds, of what is the same.
        foreign: (start, end) seconds of the received video that show something else.
        changed: ((left, top, right, bottom) of the picture, 0 to 1; (start, end) seconds of the registered video)
            of what was exchanged.
        seen: for each of ``changed``, the same place in the received picture without its bars, 0 to 1; ``None`` where
            it lies outside of it.
    """

    score: float
    agrees: bool
    span: tuple[float, float] | None
    matches: tuple[tuple[Seconds, Seconds], ...] = ()
    foreign: tuple[Seconds, ...] = ()
    changed: tuple[tuple[Box, Seconds], ...] = ()
    seen: tuple[Box | None, ...] = ()


@dataclass(frozen=True)
class Candidate:
    """A registered video to which a mark or the credential leads, with what was found out about it; ``alike`` where
    only the picture led there."""

    record: Record
    store: CredentialEvidence
    comparison: Comparison | None
    comparison_problem: str = ""
    alike: bool = False
