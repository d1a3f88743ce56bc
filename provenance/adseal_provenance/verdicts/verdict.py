# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""From evidence to a report: the decision, and nothing else.

Decides: the verdict, the state of every axis, and what people are told. Leaves out: files, processes, the
registry and the clock (``verify`` brings them). ``decide`` is a pure function, so every attack can be a unit
test on plain data.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from adseal_provenance.credentials.trust import Trust
from adseal_provenance.sealing.manifest import PICTURE_ALGORITHM, SOUND_ALGORITHM
from adseal_provenance.verdicts import axes, axes_media, wording
from adseal_provenance.verdicts.evidence import Candidate, CredentialEvidence, Evidence
from adseal_provenance.verdicts.matches import Case, cases_of, compilation, several
from adseal_provenance.verdicts.moment import is_stamped, judged_at
from adseal_provenance.verdicts.report import (
    AXES,
    Axis,
    IngredientFacts,
    ManifestFacts,
    MediaFacts,
    RecordFacts,
    Report,
    UsedFacts,
    UsedList,
    Verdict,
)
from adseal_provenance.watermark.model import Mark

__all__ = ["MARK_LOG10_P", "Report", "Setting", "decide"]

#: A mark counts only where chance gives one in at most one of a million unmarked files.
MARK_LOG10_P = -6.0


@dataclass(frozen=True)
class Setting:
    """What a decision depends on besides the evidence.

    Attributes:
        trust: the lists that the examination used.
        now: aware time of the verification.
        at: aware time for which certificates are judged, ``None`` for now.
        version: of the software, for the report.
        registry_asked: whether there was a registry to ask; ``registry_problem`` why it could not answer.
        key_ids: of the watermark keys that were looked for.
    """

    trust: Trust
    now: dt.datetime
    version: str
    at: dt.datetime | None = None
    registry_asked: bool = True
    registry_problem: str = ""
    key_ids: tuple[str, ...] = ()

    def used(self) -> UsedFacts:
        """The same, for the report."""
        lists = (UsedList(name=a.name, kind=a.kind, sha256=a.sha256, date=a.date) for a in self.trust.lists)
        return UsedFacts(
            keys=self.key_ids,
            lists=tuple(lists),
            time_anchors=bool(self.trust.tsa_pem),
            registry=self.registry_asked,
        )


def decide(evidence: Evidence, candidates: Sequence[Candidate], setting: Setting) -> Report:
    """The report on one file; ``candidates`` are the registered videos that a mark or the credential's id
    lead to."""
    # The steps:
    #
    #   (1) the file could be opened at all
    #   (2) marks: only those that chance does not explain
    #   (3) the embedded credential: signature, content, signer, time, revocation, sources, AI (C2PA 2.4, 15)
    #   (4) the records the marks lead to: fingerprint, recovered store, its signature, its bindings (9.3)
    #   (5) the marks against the embedded credential: a transplanted credential or a laundered copy
    #   (6) the verdict, in a fixed order of precedence
    #   (7) what people are told

    # (1) the file could be opened at all.
    if evidence.file.problem:
        return _unopened(evidence, setting)

    # (2) marks.
    if setting.at is not None:
        evidence, candidates = _at(evidence, candidates, setting.at)
    seen, found = evidence.media.detection, evidence.credential
    marks = tuple(mark for mark in seen.marks if mark.log10_p <= MARK_LOG10_P)

    # (3) the embedded credential. Each axis is answered on its own.
    answers = {
        "credential": axes.credential_axis(found),
        "integrity": axes.integrity_axis(found),
        **_about(found, evidence, setting),
        "picture_watermark": axes_media.mark_axis(
            "picture", PICTURE_ALGORITHM, seen.picture, marks, evidence
        ),
        "sound_watermark": axes_media.mark_axis("sound", SOUND_ALGORITHM, seen.sound, marks, evidence),
    }

    # (4) the records.
    cases = cases_of(candidates, marks)
    best = cases[0] if cases else None
    named = next((c for c in candidates if c.record.manifest_id == found.manifest_id), None)
    alike = None if best or named else next((c for c in candidates if c.alike), None)
    answers["fingerprint"] = axes_media.fingerprint_axis(best.candidate if best else named or alike)

    # (5) the marks against the embedded credential.
    warnings = _cross_check(found, marks, cases, answers)

    # (6) the verdict.
    verdict = _verdict(evidence, marks, best)
    shown = found
    if verdict == "recovered" and best is not None:
        shown = best.candidate.store
        answers |= _recovered(best.candidate, evidence, setting)
        warnings += axes_media.edited(best.candidate)
        warnings += _missing_sound(best.candidate, evidence, answers)

    # (7) what people are told.
    warnings += _warnings(verdict, evidence, answers, setting)
    headline = wording.headline(
        verdict,
        evidence,
        marks,
        best.candidate if best else None,
        faults=best.faults if best else (),
        trust=setting.trust,
        registry_asked=setting.registry_asked,
    )
    record = best.candidate if best else named
    return Report(
        file=evidence.file.name,
        sha256=evidence.file.sha256,
        size=evidence.file.size,
        verdict=verdict,
        summary=" ".join([headline, *warnings]),
        warnings=tuple(warnings),
        axes={name: answers[name] for name in AXES},
        marks=seen.marks,
        manifest=_manifest_facts(shown, recovered=verdict == "recovered", trust=setting.trust),
        record=_record_facts(record, evidence) if record else None,
        parts=tuple(_record_facts(c.candidate, evidence) for c in cases if not c.faults)
        if several(marks)
        else (),
        ingredients=_ingredients(shown, verdict),
        media=MediaFacts(
            duration_s=evidence.media.duration_s,
            has_sound=evidence.media.has_sound,
            labels=evidence.media.labels,
            known_marks=evidence.media.known_marks,
        ),
        used=setting.used(),
        checked_at=setting.now,
        judged_at=setting.at,
        version=setting.version,
    )


def _at(
    evidence: Evidence, candidates: Sequence[Candidate], moment: dt.datetime
) -> tuple[Evidence, list[Candidate]]:
    """The same, with every certificate judged at another moment."""
    then = evidence.model_copy(update={"credential": judged_at(evidence.credential, moment)})
    return then, [replace(candidate, store=judged_at(candidate.store, moment)) for candidate in candidates]


def _verdict(evidence: Evidence, marks: Sequence[Mark], best: Case | None) -> Verdict:
    found, media = evidence.credential, evidence.media
    # A credential in the file goes first: it was put there to be checked.
    if found.status == "present":
        return "intact" if axes.validates(found) else "broken"
    if found.status == "unreadable":
        return "broken"
    # Without one, the marks speak.
    if best is not None:
        return "mismatch" if best.faults or several(marks) else "recovered"
    if marks:
        return "mismatch" if several(marks) else "marked"
    # "Nothing found" may only be said where everything was looked at.
    if media.status in {"unreadable", "failed"} or found.status == "not_checked":
        return "unreadable"
    return "none"


def _about(found: CredentialEvidence, evidence: Evidence, setting: Setting) -> dict[str, Axis]:
    return {
        "signer_trust": axes.signer_axis(found, setting.trust, setting.now),
        "time": axes.time_axis(found, setting.at or setting.now),
        "revocation": axes.revocation_axis(found),
        "ingredients": axes.ingredients_axis(found),
        "ai_claim": axes.ai_axis(found, evidence.media),
    }


def _recovered(candidate: Candidate, evidence: Evidence, setting: Setting) -> dict[str, Axis]:
    """The axes of a file that carries no credential, answered by the one of its registered original."""
    return {
        **_about(candidate.store, evidence, setting),
        "credential": Axis(
            state="warn",
            code="credential_recovered",
            sentence="Not in the file; the mark led to it in the registry, and its signature is good.",
        ),
        "integrity": Axis(
            state="warn",
            code="bytes_not_covered",
            sentence="The signature does not cover the file's own bytes; its picture is the one that was sealed.",
            codes=tuple(code for code in candidate.store.failure if code in axes.CONTENT_CODES),
        ),
    }


def _cross_check(
    found: CredentialEvidence, marks: Sequence[Mark], cases: Sequence[Case], answers: dict[str, Axis]
) -> list[str]:
    """Marks that the embedded credential does not name, and marks that contradict each other. Marks the
    axes."""
    warnings = []
    if axes.signature_holds(found):
        for mark in marks:
            bound = {b.value for b in found.soft_bindings if b.algorithm == mark.algorithm}
            if bound == {mark.id}:
                continue
            part = "picture" if mark.algorithm == PICTURE_ALGORITHM else "sound"
            named = f"names {', '.join(sorted(bound))}" if bound else "names none"
            warning = (
                f"The {part} carries the mark {mark.id}, but the embedded credential {named}: the "
                "credential may have been put onto another video."
            )
            answers[f"{part}_watermark"] = Axis(state="warn", code="mark_not_named", sentence=warning)
            warnings.append(warning)
            best = next((case for case in cases if case.candidate.record.locator == mark.id), None)
            if best is not None and best.candidate.record.manifest_id != found.manifest_id:
                warnings.append(f"That mark belongs to {best.candidate.record.title!r}.")
    if several(marks):
        warning = f"{compilation(cases, marks)} This is not a copy of one of them."
        for name in ("picture_watermark", "sound_watermark"):
            if answers[name].state == "pass":
                sentence = f"{answers[name].sentence} {warning}"
                answers[name] = Axis(state="warn", code="marks_several", sentence=sentence)
        warnings.append(warning)
    return warnings


def _warnings(verdict: Verdict, evidence: Evidence, answers: dict[str, Axis], setting: Setting) -> list[str]:
    """What must be said beside the headline, whatever the verdict."""
    warnings = []
    if answers["ingredients"].state == "warn":
        warnings.append(answers["ingredients"].sentence)
    if verdict in {"intact", "recovered"} and answers["time"].state == "fail":
        warnings.append(answers["time"].sentence)
    if setting.registry_problem:
        warnings.append(f"The registry could not be asked: {setting.registry_problem}.")
    if evidence.media.status == "failed" and verdict != "unreadable":
        warnings.append(f"The picture and the sound were not examined: {evidence.media.reason}.")
    return warnings


def _missing_sound(candidate: Candidate, evidence: Evidence, answers: dict[str, Axis]) -> list[str]:
    expected = SOUND_ALGORITHM in candidate.record.algorithms
    if not expected or evidence.media.detection.sound == "found" or evidence.media.status != "readable":
        return []
    if evidence.media.has_sound is False:
        text = "The registered video has marked sound, this copy has no sound."
    else:
        text = "The registered video has marked sound; in this copy's sound no mark was found."
    answers["sound_watermark"] = Axis(state="warn", code="mark_missing", sentence=text)
    return [text]


def _manifest_facts(found: CredentialEvidence, *, recovered: bool, trust: Trust) -> ManifestFacts | None:
    if found.manifest_id is None:
        return None
    source: Literal["embedded", "registry"] = "registry" if recovered else "embedded"
    if not (recovered or axes.validates(found)) or found.signer is None:
        return ManifestFacts(source=source, manifest_id=found.manifest_id)
    return ManifestFacts(
        source=source,
        manifest_id=found.manifest_id,
        title=found.title,
        generator=found.generator,
        signer=found.signer.common_name,
        signer_organization=found.signer.organization,
        signer_kind=axes.signer_kind(found, trust),
        trust_list=found.trusted_by,
        signed_no_later_than=found.signer.time if is_stamped(found) else None,
        certificate_ends=found.signer.not_after,
        ai=found.ai,
        soft_bindings=found.soft_bindings,
        claims=found.claims,
    )


def _ingredients(found: CredentialEvidence, verdict: Verdict) -> tuple[IngredientFacts, ...]:
    """Of a credential that fails, nothing is repeated."""
    if verdict not in {"intact", "recovered"}:
        return ()
    return tuple(
        IngredientFacts(
            title=i.title,
            relationship=i.relationship,
            depth=i.depth,
            verdict=axes.ingredient_verdict(i),
            codes=i.failures,
        )
        for i in found.ingredients
    )


def _record_facts(candidate: Candidate, evidence: Evidence) -> RecordFacts:
    record = candidate.record
    return RecordFacts(
        locator=record.locator,
        manifest_id=record.manifest_id,
        title=record.title,
        sha256=record.sha256,
        plan_hash=record.plan_hash,
        created_at=record.created_at,
        duration_s=record.duration_s,
        same_bytes=record.sha256 == evidence.file.sha256,
        span=candidate.comparison.span if candidate.comparison else None,
        matches=candidate.comparison.matches if candidate.comparison else (),
        foreign=candidate.comparison.foreign if candidate.comparison else (),
        changed=candidate.comparison.changed if candidate.comparison else (),
        seen=candidate.comparison.seen if candidate.comparison else (),
    )


def _unopened(evidence: Evidence, setting: Setting) -> Report:
    axis = Axis(state="not_checked", code="unexamined", sentence="The file could not be examined.")
    return Report(
        file=evidence.file.name,
        sha256=evidence.file.sha256,
        size=evidence.file.size,
        verdict="unreadable",
        summary=f"The file could not be examined: {evidence.file.problem}.",
        warnings=(),
        axes=dict.fromkeys(AXES, axis),
        marks=(),
        manifest=None,
        record=None,
        used=setting.used(),
        checked_at=setting.now,
        version=setting.version,
    )
