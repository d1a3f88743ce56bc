# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The command that holds a video against rules: comply."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adseal.cli import show

if TYPE_CHECKING:
    from adseal_provenance.rules.model import Compliance, Finding, LawHeader

SIGN = {"met": "✓", "not_met": "✗", "not_checked": "·", "cannot_check": "?"}
STYLE = {"met": "green", "not_met": "bold red", "not_checked": "yellow", "cannot_check": "dim"}
WORDS = {
    "met": "met",
    "not_met": "not met",
    "not_checked": "not checked",
    "cannot_check": "no program can tell",
}


def comply(
    video: Annotated[Path, typer.Argument(help="A sealed or received video.")],
    law: Annotated[
        str, typer.Option("--law", help="Names with commas between: eu,us-ca,cn,platform:tiktok,…")
    ],
    plan: Annotated[
        Path | None,
        typer.Option(
            "--plan", help="What adseal plan --json wrote; without it visible labels are not checked."
        ),
    ] = None,
    declare: Annotated[
        list[str] | None,
        typer.Option(
            "--declare", help="What no file shows: deep-fake, synthetic-performer, platform-toggle =yes|no."
        ),
    ] = None,
    registry: Annotated[str | None, typer.Option("--registry", help="Registry URI or path.")] = None,
    trust: Annotated[
        list[Path] | None, typer.Option("--trust", help="PEM file with trust anchors; repeatable.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Check the fields that laws and platforms ask for; not legal advice.

    Exit 0: every rule a program can check is met; 1: one is not met or was not checked; 2: usage; 3: unreadable.
    """
    with show.errors_told(as_json):
        from adseal.compliance import comply as compare
        from adseal.compliance import read_plans

        found = compare(
            video,
            law.split(","),
            plans=read_plans(plan) if plan else (),
            declared=_declared(declare or []),
            registry=registry,
            trust=tuple(trust or ()),
        )
    if as_json:
        show.emit({**found.model_dump(mode="json"), "met": found.met})
    else:
        _tell(found)
    raise typer.Exit(3 if found.verdict == "unreadable" else 0 if found.met else 1)


def _declared(given: list[str]) -> dict[str, bool]:
    from adseal_provenance.errors import RulesError

    said = {}
    for entry in given:
        name, _, value = entry.partition("=")
        if value not in ("yes", "no"):
            raise RulesError(
                f"{entry!r} declares nothing", code="bad_declaration", hint="Write it like deep-fake=no."
            )
        said[name.strip()] = value == "yes"
    return said


def _tell(found: "Compliance") -> None:
    console = show.out()
    console.print(f"{found.file}  verified as: {found.verdict}", markup=False)
    for law in found.laws:
        _tell_law(law)
        for finding in found.findings:
            if finding.law == law.law:
                _tell_finding(finding)
    console.print(f"\n{found.notice}", style="dim", markup=False)


def _tell_law(law: "LawHeader") -> None:
    console = show.out()
    console.print(f"\n{law.law}  {law.title}", style="bold", markup=False)
    if law.in_force is not None:
        word = "in force since" if law.in_force_now else "NOT in force before"
        console.print(f"  {word} {law.in_force}; sources read {law.read}", style="dim", markup=False)
    if law.note:
        console.print(f"  {law.note}", style="dim", markup=False)


def _tell_finding(finding: "Finding") -> None:
    from adseal_provenance.rules.model import SURE_WORDS

    console = show.out()
    console.print(f"  {SIGN[finding.state]} {finding.id:<9}", style=STYLE[finding.state], end="")
    console.print(f"{WORDS[finding.state]}: {finding.says}", markup=False)
    console.print(f"{'':<13}{finding.detail}", markup=False)
    if finding.do:
        console.print(f"{'':<13}→ {finding.do}", markup=False)
    source = f"{finding.clause}; {finding.source} ({finding.date}); {SURE_WORDS[finding.sure]}"
    console.print(f"{'':<13}{source}", style="dim", markup=False)
