# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What is known of a video, as far as rules ask: a pure function of a verification report and of what its maker
says about it.

Decides: that a field of a credential counts only where the credential stands (C2PA 15.3: nothing is attributed to
a signer whose signature fails), and that a plan's labels count only for the video whose credential names the plan.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from adseal_provenance.sealing.manifest import claims_ai
from adseal_provenance.verdicts.report import Report

DECLARATIONS = ("deep-fake", "synthetic-performer", "platform-toggle")
"""What no file can show and its maker may state: that the video shows a deep fake (EU AI Act 3(60)), a synthetic
performer (NY GBL 396-b), and that the platform's own AI switch was set when the ad was uploaded."""


@dataclass(frozen=True)
class VisibleLabel:
    """A label that is set into the picture.

    Attributes:
        start_s, end_s: when it is fully or partly seen.
        letters: least height of a capital, as a fraction of the picture's shorter side.
        at_once: whether it stands fully from its first moment on.
    """

    text: str
    start_s: float
    end_s: float
    letters: float
    at_once: bool = True


@dataclass(frozen=True)
class PlanFacts:
    """The labels of the plan a video was made from, and the plan's hash."""

    plan_hash: str
    labels: tuple[VisibleLabel, ...]


@dataclass(frozen=True)
class VideoFacts:
    """Everything rules can ask for.

    Attributes:
        readable: whether the file could be examined.
        stands: a credential stands: the file's own, or that of its registered original.
        embedded: it is the file's own.
        axes: states of the report's axes.
        ai_where: places of a standing credential that say that generative AI was used.
        claims: fields of the standing credential's own assertion, and of it alone.
        registered: the mark or the credential leads to a record.
        labels: visible labels; ``None`` where no plan was given, or another one than the credential names.
        labels_problem: why they are ``None``.
    """

    readable: bool
    stands: bool
    embedded: bool
    axes: Mapping[str, str]
    ai_where: tuple[str, ...]
    claims: Mapping[str, str]
    manifest_id: str | None
    registered: bool
    has_sound: bool | None
    xmp_source_types: tuple[str, ...]
    aigc: Mapping[str, str] | None
    duration_s: float | None
    labels: tuple[VisibleLabel, ...] | None = None
    labels_problem: str = ""
    declared: Mapping[str, bool] = field(default_factory=dict)


def facts_of(
    report: Report, *, plan: PlanFacts | None = None, declared: Mapping[str, bool] | None = None
) -> VideoFacts:
    """The facts in a report, with the plan's labels and what the maker declares."""
    stands = report.verdict in ("intact", "recovered") and report.manifest is not None
    manifest = report.manifest if stands else None
    claims = dict(manifest.claims) if manifest else {}
    labels, problem = _labels(plan, claims)
    return VideoFacts(
        readable=report.verdict != "unreadable",
        stands=stands,
        embedded=report.verdict == "intact",
        axes={name: axis.state for name, axis in report.axes.items()},
        ai_where=tuple(s.where for s in manifest.ai if claims_ai(s.source_type)) if manifest else (),
        claims=claims,
        manifest_id=manifest.manifest_id if manifest else None,
        registered=report.record is not None,
        has_sound=report.media.has_sound,
        xmp_source_types=report.media.labels.source_types,
        aigc=report.media.labels.aigc,
        duration_s=report.media.duration_s,
        labels=labels,
        labels_problem=problem,
        declared=dict(declared or {}),
    )


def _labels(plan: PlanFacts | None, claims: Mapping[str, str]) -> tuple[tuple[VisibleLabel, ...] | None, str]:
    if plan is None:
        return None, "no plan was given, and text in a picture is not read here"
    if claims.get("planHash") != plan.plan_hash:
        return None, "the credential does not name the plan that was given"
    return plan.labels, ""
