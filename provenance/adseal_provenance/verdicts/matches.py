# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The registered videos to which marks lead: which of them the file really is a copy of.

Decides: what speaks against each one (C2PA 2.4, 9.3: a match whose soft bindings differ is rejected), which fits best,
and how a compilation of several is told. Leaves out: the verdict (``verdict``). Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adseal_provenance.verdicts import axes
from adseal_provenance.verdicts.evidence import Candidate, CredentialEvidence
from adseal_provenance.verdicts.moment import OUTSIDE
from adseal_provenance.watermark.model import Mark

#: What may be wrong with a recovered store: it is not this file's (expected), the signer is unknown, or its
#: certificate ended since. Anything else, and the record is not believed.
RECOVERED_MAY_FAIL = axes.CONTENT_CODES | {
    "signingCredential.untrusted",
    "signingCredential.expired",
    OUTSIDE,
}


@dataclass(frozen=True)
class Case:
    """A candidate with its faults; none means that the file, or a part of it, is a copy of the registered video."""

    candidate: Candidate
    faults: tuple[str, ...]


def cases_of(candidates: Sequence[Candidate], marks: Sequence[Mark]) -> list[Case]:
    """Those to which a mark leads, the best first."""
    cases = [Case(c, tuple(_faults(c, marks))) for c in candidates if _leads_to(c, marks)]
    return sorted(cases, key=_rank)


def compilation(cases: Sequence[Case], marks: Sequence[Mark]) -> str:
    """A sentence on marks of several sealed videos: whose they are, and in which seconds."""
    titles = {c.candidate.record.locator: repr(c.candidate.record.title) for c in cases if not c.faults}
    told = []
    for locator in dict.fromkeys(mark.id for mark in marks):
        spans = [span for mark in marks if mark.id == locator for span in mark.spans]
        seconds = ", ".join(f"{start:.1f} to {end:.1f}" for start, end in sorted(set(spans)))
        told.append(f"{titles.get(locator, f'the unconfirmed mark {locator}')} (seconds {seconds})")
    return f"Marks of more than one sealed video were found: {'; '.join(told)}."


def _leads_to(candidate: Candidate, marks: Sequence[Mark]) -> bool:
    return any(mark.id == candidate.record.locator for mark in marks)


def _rank(case: Case) -> tuple[int, float]:
    comparison = case.candidate.comparison
    return len(case.faults), -(comparison.score if comparison else 0.0)


def _faults(candidate: Candidate, marks: Sequence[Mark]) -> list[str]:
    """Why the file is not a copy of a registered video to which its mark leads, in words; empty where it
    is."""
    record, store, comparison = candidate.record, candidate.store, candidate.comparison
    faults = []
    if not any(mark.id == record.locator and mark.key_id == record.key_id for mark in marks):
        faults.append("the mark was made with another key than the record names")
    if comparison is None:
        faults.append(
            f"the picture could not be compared ({candidate.comparison_problem or 'no fingerprint'})"
        )
    elif not comparison.agrees:
        faults.append("the picture is not that of the registered video")
    if store.status != "present":
        faults.append("the registered credential cannot be read")
    elif "claimSignature.validated" not in store.success or set(store.failure) - RECOVERED_MAY_FAIL:
        faults.append("the registered credential fails")
    elif store.manifest_id != record.manifest_id:
        faults.append("the registered credential is that of another video")
    elif not _bindings_fit(store, [mark for mark in marks if mark.id == record.locator]):
        faults.append("the registered credential names another mark than the one found")
    return faults


def _bindings_fit(store: CredentialEvidence, marks: Sequence[Mark]) -> bool:
    """Every soft binding must have exactly the value with which the manifest was found, or the match is
    rejected (9.3.2)."""
    return all(
        {b.value for b in store.soft_bindings if b.algorithm == mark.algorithm} == {mark.id} for mark in marks
    )


def several(marks: Sequence[Mark]) -> bool:
    """Whether marks of more than one sealed video were found."""
    return len({mark.id for mark in marks}) > 1
