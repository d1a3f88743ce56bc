# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What verification answers. Plain data with a stable JSON form; ``verdict`` fills it."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue

from adseal_provenance.verdicts.evidence import AiStatement, Box, KnownMarkSeen, Labels, Seconds, SoftBinding
from adseal_provenance.watermark.model import Mark

Verdict = Literal["intact", "recovered", "mismatch", "marked", "broken", "none", "unreadable"]
State = Literal["pass", "fail", "warn", "not_checked", "absent"]
IngredientVerdict = Literal["intact", "broken", "none"]
AnchorKind = Literal["development", "user"]
SignerKind = Literal["trusted", "development", "untrusted", "not_checked"]

#: The axes of every report, in this order.
AXES = (
    "credential",
    "integrity",
    "signer_trust",
    "time",
    "revocation",
    "ingredients",
    "ai_claim",
    "picture_watermark",
    "sound_watermark",
    "fingerprint",
)


class _Plain(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Axis(_Plain):
    """One question on its own.

    Attributes:
        state: ``pass``, ``fail``, ``warn`` (look at it), ``absent`` (looked for and not there, which proves nothing)
            or ``not_checked``.
        code: what was found, in one stable word for programs (``docs/verdicts.md`` lists them).
        sentence: the same for people.
        codes: C2PA validation codes behind it (C2PA 2.4, 15.2.2).
        details: further figures, by name.
    """

    state: State
    code: str
    sentence: str
    codes: tuple[str, ...] = ()
    details: dict[str, JsonValue] = {}


class IngredientFacts(_Plain):
    """One source named by the credential, with a verdict of its own: ``intact`` its own credential held when it was
    taken in and holds now, ``broken`` it did or does not, ``none`` it had none.

    ``depth`` is 1 for a source of the video, 2 for a source of a source, and so on.
    """

    title: str
    relationship: str
    depth: int
    verdict: IngredientVerdict
    codes: tuple[str, ...] = ()


class ManifestFacts(_Plain):
    """What a credential says. Of one that fails, only its id is repeated (C2PA 15.3: no attribution)."""

    source: Literal["embedded", "registry"]
    manifest_id: str
    title: str = ""
    generator: str = ""
    signer: str = ""
    signer_organization: str = ""
    signer_kind: SignerKind = "not_checked"
    trust_list: str | None = None
    signed_no_later_than: str | None = None
    certificate_ends: str = ""
    ai: tuple[AiStatement, ...] = ()
    soft_bindings: tuple[SoftBinding, ...] = ()
    claims: dict[str, str] = {}


class RecordFacts(_Plain):
    """The registered original to which the file leads.

    ``same_bytes`` tells whether the file is the registered one, byte for byte; ``span`` which part of it, in
    seconds; ``matches``, ``foreign``, ``changed`` and ``seen`` as in
    :class:`~adseal_provenance.verdicts.evidence.Comparison`.
    """

    locator: str
    manifest_id: str
    title: str
    sha256: str
    plan_hash: str | None
    created_at: dt.datetime
    duration_s: float
    same_bytes: bool
    span: tuple[float, float] | None = None
    matches: tuple[tuple[Seconds, Seconds], ...] = ()
    foreign: tuple[Seconds, ...] = ()
    changed: tuple[tuple[Box, Seconds], ...] = ()
    seen: tuple[Box | None, ...] = ()


class MediaFacts(_Plain):
    """What the file itself shows besides marks and credential. Labels are unsigned and prove nothing.

    Attributes:
        duration_s, has_sound: as the container says; ``None`` where it could not be read.
        labels: unsigned labels in the container.
        known_marks: public marks of well-known generators seen in the picture.
    """

    duration_s: float | None = None
    has_sound: bool | None = None
    labels: Labels = Labels()
    known_marks: tuple[KnownMarkSeen, ...] = ()


class UsedList(_Plain):
    """One list of trusted signers that was used: its name, its kind, the SHA-256 of its certificates (hex), and the
    day on which its file was last changed (ISO 8601; empty where it came from no file)."""

    name: str
    kind: AnchorKind
    sha256: str
    date: str = ""


class UsedFacts(_Plain):
    """What the verification had: ids of the watermark keys it looked for (never keys), lists of trusted signers,
    whether it had anchors for time, and whether there was a registry to ask."""

    keys: tuple[str, ...] = ()
    lists: tuple[UsedList, ...] = ()
    time_anchors: bool = False
    registry: bool = False


class Report(_Plain):
    """The answer on one received file.

    Attributes:
        verdict: ``intact`` the embedded credential validates and the bytes are those that were signed;
            ``recovered`` a copy of a sealed video, found through its mark; ``mismatch`` a mark leads to a
            record that does not fit; ``marked`` a mark, but no record; ``broken`` a credential is there and
            fails; ``none`` nothing was found; ``unreadable`` the file could not be examined.
        summary: for people, in whole sentences, every warning included.
        warnings: the warnings alone.
        axes: one entry for each name in ``AXES``.
        parts: of a compilation, the registered videos of which parts are in it (``marks`` tell the seconds).
        ingredients: what it was made from, each with a verdict of its own, as the credential in ``manifest`` tells.
        judged_at: the moment for which certificates were judged, where another one than now was asked for.
        media: what the file itself shows; nothing in it has a part in the verdict.
        size: of the file, in bytes.
        used: what the verification had to go by.
    """

    file: str
    sha256: str | None
    size: int | None = None
    verdict: Verdict
    summary: str
    warnings: tuple[str, ...]
    axes: dict[str, Axis]
    marks: tuple[Mark, ...]
    manifest: ManifestFacts | None
    record: RecordFacts | None
    parts: tuple[RecordFacts, ...] = ()
    ingredients: tuple[IngredientFacts, ...] = ()
    media: MediaFacts = MediaFacts()
    used: UsedFacts = UsedFacts()
    checked_at: dt.datetime
    judged_at: dt.datetime | None = None
    version: str
