# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Rules against facts: pure, so that every answer can be a unit test.

findings = check(facts_of(report), laws(["eu", "cn"]))
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from adseal_provenance.rules.checks import CHECKS, Answer
from adseal_provenance.rules.facts import PlanFacts, VideoFacts, facts_of
from adseal_provenance.rules.model import Compliance, Finding, Law, LawHeader, Rule
from adseal_provenance.verdicts.report import Report


def check(facts: VideoFacts, wanted: Iterable[Law]) -> tuple[Finding, ...]:
    """What the video shows of every rule, in the order of the files."""
    return tuple(_finding(facts, law, rule) for law in wanted for rule in law.rules)


def comply(
    report: Report,
    wanted: Iterable[Law],
    *,
    plan: PlanFacts | None = None,
    declared: Mapping[str, bool] | None = None,
) -> Compliance:
    """The whole answer on one verified file; a law counts as in force by the day of the verification."""
    wanted = tuple(wanted)
    today = report.checked_at.date()
    headers = (
        LawHeader(
            law=law.law,
            title=law.title,
            in_force=law.in_force,
            in_force_now=None if law.in_force is None else law.in_force <= today,
            read=law.read,
            note=law.note,
        )
        for law in wanted
    )
    return Compliance(
        file=report.file,
        sha256=report.sha256,
        verdict=report.verdict,
        laws=tuple(headers),
        findings=check(facts_of(report, plan=plan, declared=declared), wanted),
        checked_at=report.checked_at,
        version=report.version,
    )


def _finding(facts: VideoFacts, law: Law, rule: Rule) -> Finding:
    answer = CHECKS[str(rule.check["kind"])](facts, rule.check)
    if not facts.readable and answer.state != "cannot_check":
        answer = Answer("not_checked", "The file could not be examined.")
    return Finding(
        law=law.law,
        id=rule.id,
        state=answer.state,
        says=rule.says,
        detail=answer.detail,
        do="" if answer.state == "met" else rule.do,
        clause=rule.clause,
        source=rule.source,
        date=rule.date,
        sure=rule.sure,
    )
