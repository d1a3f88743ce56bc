# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Commands about whom verifications trust: trust list, trust update."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adseal.cli import show

if TYPE_CHECKING:
    from adseal.anchors import Purpose

Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
WORDS = {"signers": "signers", "tsa": "time"}

trust = typer.Typer(help="Trust lists.", no_args_is_help=True, rich_markup_mode=None)


@trust.callback()
def _trust() -> None:
    """Trust lists: the anchors that vouch for signers, and those that vouch for time."""


@trust.command("list")
def list_trust(as_json: Json = False) -> None:
    """Every list that verifications use, with its day; exit 1 if one cannot be used."""
    from adseal.anchors import known
    from adseal.home import Home

    found = known(Home())
    if as_json:
        show.emit(
            {
                "lists": [
                    {
                        "name": entry.name,
                        "purpose": entry.purpose,
                        "path": str(entry.path),
                        "anchors": entry.anchors,
                        "date": entry.date.isoformat(),
                        "source": entry.source,
                        "old": entry.old,
                        "problem": entry.problem,
                    }
                    for entry in found
                ]
            }
        )
    else:
        for entry in found:
            show.out().print(
                f"{WORDS[entry.purpose]:<8} {entry.anchors:>4} anchors  {entry.date}  {entry.name}  "
                f"{entry.source or entry.path}",
                markup=False,
            )
            if entry.problem:
                show.out().print(f"  cannot be used: {entry.problem}", style="bold red", markup=False)
            if entry.old:
                show.out().print("  old: adseal trust update", style="yellow", markup=False)
        if not found:
            show.out().print("None: signers are not looked up. adseal trust update takes the C2PA lists.")
    raise typer.Exit(1 if any(entry.problem for entry in found) else 0)


@trust.command("update")
def update_trust(
    signers: Annotated[
        Path | None,
        typer.Option("--signers", help="The C2PA trust list, PEM or JSON, fetched by other means."),
    ] = None,
    tsa: Annotated[
        Path | None,
        typer.Option("--tsa", help="The C2PA TSA trust list, PEM or JSON, fetched by other means."),
    ] = None,
    fetch: Annotated[
        bool,
        typer.Option("--fetch", help="Fetch from where they are published those that no file is named for."),
    ] = False,
    signers_url: Annotated[
        str | None, typer.Option("--signers-url", help="With --fetch: another https address.")
    ] = None,
    tsa_url: Annotated[
        str | None, typer.Option("--tsa-url", help="With --fetch: another https address.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Take newer C2PA trust lists. A list replaces the old one only if all of it can be used."""
    with show.errors_told(as_json):
        from adseal.anchors import ADDRESSES, update
        from adseal.errors import RequestError
        from adseal.home import Home

        if (signers_url or tsa_url) and not fetch:
            raise RequestError("an address was named, but nothing may be fetched", hint="add --fetch")
        files: dict[Purpose, Path] = {}
        if signers is not None:
            files["signers"] = signers
        if tsa is not None:
            files["tsa"] = tsa
        addresses: dict[Purpose, str] = {}
        if fetch:
            wanted = {"signers": signers_url, "tsa": tsa_url}
            addresses = {p: wanted[p] or url for p, url in ADDRESSES.items() if p not in files}
        for address in addresses.values():  # before anything leaves this machine
            show.err().print(f"fetching {address}", markup=False)
        made = update(Home(), files=files, addresses=addresses)
    if as_json:
        show.emit({"lists": [facts.model_dump(mode="json") for facts in made]})
        return
    for facts in made:
        when = f" of {facts.issued}" if facts.issued else ""
        show.out().print(
            f"{facts.title}{when}: {facts.anchors} anchors for {WORDS[facts.purpose]}, {facts.expired} of them "
            f"expired; from {facts.source}",
            markup=False,
        )
