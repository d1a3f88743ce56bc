# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Commands about the user's own place: pki init, doctor."""

from typing import Annotated

import typer

from adseal.cli import show

Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]

pki = typer.Typer(help="Signing identities.", no_args_is_help=True, rich_markup_mode=None)


@pki.callback()
def _pki() -> None:
    """Signing identities."""


@pki.command("init")
def init(as_json: Json = False) -> None:
    """Make the development identity and the watermark key, if they are not there yet."""
    with show.errors_told(as_json):
        from adseal.home import Home

        home = Home()
        identity, key = home.identity(), home.watermark_key()
    document = {
        "home": str(home.path),
        "identity": identity.kind,
        "signer": identity.common_name,
        "not_after": identity.not_after.isoformat(),
        "watermark_key_id": key.key_id,
    }
    if as_json:
        show.emit(document)
        return
    for name, value in document.items():
        show.out().print(f"{name:<17} {value}", markup=False)
    if identity.kind == "development":
        show.out().print(
            "A development identity: every verdict on what it signs says so. Nobody else trusts it."
        )


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
