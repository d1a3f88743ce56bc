# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Commands about the user's own place: keys, stamps, doctor."""

from typing import Annotated

import typer

from adseal.cli import show

Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]

keys = typer.Typer(help="Watermark keys.", no_args_is_help=True, rich_markup_mode=None)


@keys.callback()
def _keys() -> None:
    """Watermark keys: the newest makes marks, all of them find marks."""


@keys.command("list")
def list_keys(as_json: Json = False) -> None:
    """The ids of all watermark keys, the newest first. Secrets are never shown."""
    with show.errors_told(as_json):
        from adseal.home import Home

        ring = Home().keyring
        found = [key.key_id for key in ring.all()]
    if as_json:
        show.emit({"folder": str(ring.folder), "keys": found})
        return
    for number, key_id in enumerate(found):
        show.out().print(
            f"{key_id}  {'makes and finds marks' if number == 0 else 'finds marks'}", markup=False
        )
    if not found:
        show.out().print("None yet: the first is made on first use.")


@keys.command("rotate")
def rotate(as_json: Json = False) -> None:
    """Make a new watermark key for all marks from now on; marks of older keys are still found."""
    with show.errors_told(as_json):
        from adseal.home import Home

        ring = Home().make().keyring
        key = ring.rotate()
        known = len(ring.all())
    if as_json:
        show.emit({"folder": str(ring.folder), "key": key.key_id, "known": known})
        return
    show.out().print(f"{key.key_id} makes marks from now on; {known} keys find them.", markup=False)
    show.out().print(f"Back up {ring.folder}: without it your own ads cannot be recognised.", markup=False)


stamps = typer.Typer(help="Time stamps that are still to come.", no_args_is_help=True, rich_markup_mode=None)


@stamps.callback()
def _stamps() -> None:
    """Time stamps of videos that were sealed with --stamp-later while no authority answered."""


@stamps.command("list")
def list_stamps(as_json: Json = False) -> None:
    """The sealed videos that wait for a time stamp."""
    with show.errors_told(as_json):
        from adseal import stamps as waiting_stamps
        from adseal.home import Home

        found = waiting_stamps.waiting(Home())
    if as_json:
        show.emit({"waiting": [entry.model_dump(mode="json") for entry in found]})
        return
    for entry in found:
        show.out().print(f"{entry.path}  stops verifying on {entry.stops_verifying}", markup=False)
    if not found:
        show.out().print("None: every sealed video has its time stamp, or was sealed without asking for one.")


@stamps.command("retry")
def retry_stamps(
    tsa: Annotated[
        list[str] | None, typer.Option("--tsa", help="Ask this authority instead; repeat it for others.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Ask again for every time stamp that is missing; exit 1 while one is."""
    with show.errors_told(as_json):
        from adseal import stamps as waiting_stamps
        from adseal.home import Home

        tried = waiting_stamps.retry(Home(), authorities=tuple(tsa or ()))
    if as_json:
        show.emit({"stamps": [entry.model_dump(mode="json") for entry in tried]})
    else:
        for entry in tried:
            show.out().print(f"{entry.outcome:<8} {entry.path}  {entry.detail}", markup=False)
    raise typer.Exit(1 if any(entry.outcome == "waiting" for entry in tried) else 0)


def doctor(as_json: Json = False) -> None:
    """Check everything a render, a seal or a verification needs; exit 1 if something is missing."""
    from adseal.doctor import examine

    findings = examine()
    if as_json:
        show.emit({"findings": [f.model_dump() for f in findings]})
    else:
        style = {"ok": "green", "warning": "yellow", "failed": "bold red"}
        for finding in findings:
            show.out().print(f"{finding.state:<8}", style=style[finding.state], end="")
            show.out().print(f"{finding.subject:<20} {finding.detail}", markup=False)
            if finding.hint:
                show.out().print(f"{'':<28} → {finding.hint}", markup=False)
    raise typer.Exit(1 if any(f.state == "failed" for f in findings) else 0)
