# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""`adseal plan`: how many ads, which, with what prompts, what the guards found, and what an enhancer proposes.

Nothing is rendered and nothing taken without being asked for. Ends with 2 where a plan is blocked.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adseal.cli import show

if TYPE_CHECKING:
    from rich.console import Console

    from adseal.studio import Studio
    from adseal_templates import AdPlan
    from adseal_templates.rewrites import Proposal

_MARKS = {"block": "blocked", "warn": "warning", "note": "note"}


def plan(
    campaign: Annotated[Path, typer.Argument(help="Campaign file (YAML), or plans (`--out`).")],
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Write the plans here, for `adseal render`; must not exist yet."),
    ] = None,
    model: Annotated[
        str,
        typer.Option("--model", help="mini, or the folder of the checkpoint that prompts are written for."),
    ] = "mini",
    draft: Annotated[
        bool, typer.Option("--draft", help="Mark the plans as drafts: smaller, fewer steps.")
    ] = False,
    final: Annotated[
        bool, typer.Option("--final", help="Promote drafts: same seeds, same variant ids, full size.")
    ] = False,
    enhance: Annotated[
        str | None,
        typer.Option("--enhance", help="Chat endpoint that proposes other prompts; prompts are sent there."),
    ] = None,
    enhance_model: Annotated[
        str, typer.Option("--enhance-model", help="The model's name there.")
    ] = "default",
    accept_rewrites: Annotated[
        bool, typer.Option("--accept-rewrites", help="Take the proposals; without it they are only shown.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Validate a campaign and expand it into plans; render nothing. The key of --enhance is ADSEAL_ENHANCER_KEY."""
    with show.errors_told(as_json):
        from adseal.errors import RequestError
        from adseal.studio import Studio
        from adseal_templates.guards import blocked
        from adseal_templates.rewrites import accept

        if (draft and final) or (accept_rewrites and enhance is None):
            raise RequestError("--draft or --final, and --accept-rewrites only with --enhance")
        studio = Studio(model=model)
        count, plans = _planned(studio, campaign, draft=draft, final=final)
        proposals = _proposals(studio, plans, enhance, enhance_model) if enhance else []
        if accept_rewrites:
            plans = accept(plans, proposals)
        if out is not None:
            from adseal.plan_files import write_plans

            write_plans(out, plans)
    stopped = bool(blocked(plans))
    if as_json:
        show.emit(
            {
                "count": count,
                "blocked": stopped,
                "plans": [p.model_dump(mode="json") for p in plans],
                "proposals": [p.model_dump(mode="json") for p in proposals],
                "accepted": accept_rewrites,
            }
        )
    else:
        _tell(plans, proposals, count, accepted=accept_rewrites)
    if stopped:
        raise typer.Exit(2)


def _planned(studio: "Studio", path: Path, *, draft: bool, final: bool) -> tuple[str, "list[AdPlan]"]:
    """How many ads there are, as a sentence, and their plans."""
    from adseal_templates import load_campaign
    from adseal_templates.drafts import as_draft, as_final
    from adseal_templates.matrix import DraftSettings
    from adseal_templates.variants import count_ads

    if path.suffix == ".json":
        plans = studio.plan(path)
        if draft:
            plans = [as_draft(p, DraftSettings()) for p in plans]
        count = f"{len(plans)} ads"
    else:
        loaded = load_campaign(path)
        count, plans = str(count_ads(loaded)), studio.plan(loaded, draft=draft)
    return count, [as_final(p) for p in plans] if final else plans


def _proposals(studio: "Studio", plans: "Sequence[AdPlan]", url: str, model: str) -> "list[Proposal]":
    import os

    from adseal.enhancer import ChatEnhancer
    from adseal_templates.rewrites import propose

    key = os.environ.get("ADSEAL_ENHANCER_KEY")
    enhancer = ChatEnhancer(url, model=model, key=key, cache=studio.home.cache / "rewrites")
    return propose(plans, enhancer)


def _tell(plans: "Sequence[AdPlan]", proposals: "Sequence[Proposal]", count: str, *, accepted: bool) -> None:
    console = show.out()
    console.print(f"{count}\n", markup=False)
    widest = max(len(p.plan_id) for p in plans)
    for p in plans:
        width, height = (p.draft.width, p.draft.height) if p.draft else (p.width, p.height)
        line = f"{p.plan_id:<{widest}}  {p.placement}  {width}×{height}  {p.duration_s:g} s  {p.locale}"
        console.print(f"{line}  {p.variant_id}  {p.plan_hash[:8]}", markup=False)
    for brief, shot, prompt in dict.fromkeys((p.brief, s.shot_id, s.prompt) for p in plans for s in p.shots):
        console.print(f"\n{brief}, {shot}: {prompt}", style="dim", markup=False)
    console.print("\nevery change to a prompt: adseal plan --json, prompt_changes", style="dim", markup=False)
    _tell_proposals(console, proposals, accepted=accepted)
    _tell_findings(console, plans)
    drafts = "drafts, " if any(p.draft for p in plans) else ""
    console.print(f"{len(plans)} ads, {drafts}nothing rendered", markup=False)


def _tell_proposals(console: "Console", proposals: "Sequence[Proposal]", *, accepted: bool) -> None:
    for one in proposals:
        console.print(f"\n{one.brief}, {one.shot_id}, by {one.enhancer}:", markup=False)
        console.print(f"- {one.before}", style="red", markup=False)
        console.print(f"+ {one.after}", style="green", markup=False)
        for reason in one.refused:
            console.print(f"  refused: {reason}", markup=False)
    if proposals:
        said = (
            "taken where not refused"
            if accepted
            else "nothing taken; --accept-rewrites takes what is not refused"
        )
        console.print(f"\n{len(proposals)} rewrites proposed, {said}", markup=False)


def _tell_findings(console: "Console", plans: "Sequence[AdPlan]") -> None:
    """Each finding once, the worst first, with the number of ads it is in."""
    ads: dict[Any, int] = {}
    for one in plans:
        for finding in one.findings:
            ads[finding] = ads.get(finding, 0) + 1
    for finding in sorted(ads, key=lambda f: list(_MARKS).index(f.severity)):
        style = "bold red" if finding.severity == "block" else ""
        console.print(
            f"\n{_MARKS[finding.severity]}: {finding} (in {ads[finding]} ads)", style=style, markup=False
        )
    stopped = sum(1 for one in plans if any(f.severity == "block" for f in one.findings))
    if stopped:
        console.print(f"\n{stopped} ads are blocked and will not be rendered", style="bold red", markup=False)
