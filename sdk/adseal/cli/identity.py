# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Commands about who signs: pki init, pki csr."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from adseal.cli import show

Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]


class Algorithm(StrEnum):
    """Signature algorithms of C2PA."""

    es256 = "es256"
    es384 = "es384"
    es512 = "es512"
    ed25519 = "ed25519"
    ps256 = "ps256"


pki = typer.Typer(help="Signing identities.", no_args_is_help=True, rich_markup_mode=None)


@pki.callback()
def _pki() -> None:
    """Signing identities."""


@pki.command("init")
def init(
    algorithm: Annotated[
        Algorithm, typer.Option("--algorithm", help="Of the key that is made; es256 is read everywhere.")
    ] = Algorithm.es256,
    signer: Annotated[
        str | None,
        typer.Option(
            "--signer", help="Address of a key that is there already (pkcs11:…, awskms:…); none is made."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Make the development identity and the watermark key, if they are not there yet.

    Root, issuing authority and signing certificate have the shape of the C2PA certificate policy; nobody else trusts
    them.
    """
    with show.errors_told(as_json):
        from adseal.home import Home

        home = Home(signer=None)
        identity, key = home.made_identity(algorithm.value, signer), home.watermark_key()
    document = {
        "home": str(home.path),
        "identity": identity.kind,
        "signer": identity.common_name,
        "algorithm": identity.algorithm,
        "key": identity.key.where,
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


@pki.command("csr")
def csr(
    out: Annotated[
        Path, typer.Option("-o", "--out", help="Where the request goes (PEM); must not exist yet.")
    ],
    country: Annotated[str, typer.Option("--country", help="Two letters, ISO 3166-1.")],
    organization: Annotated[str, typer.Option("--organization", help="Legal name of who signs.")],
    common_name: Annotated[str, typer.Option("--common-name", help="Name of the product that signs.")],
    signer: Annotated[
        str | None, typer.Option("--signer", help="Address of the key: file:KEY.pem, pkcs11:…, awskms:….")
    ] = None,
    new_key: Annotated[
        Path | None, typer.Option("--new-key", help="Make a key and put it there; must not exist yet.")
    ] = None,
    algorithm: Annotated[
        Algorithm, typer.Option("--algorithm", help="Of the key that is made.")
    ] = Algorithm.es256,
    as_json: Json = False,
) -> None:
    """A request for a signing certificate, shaped as the C2PA certificate policy wants it."""
    with show.errors_told(as_json):
        from adseal.requests import certificate_request

        made = certificate_request(
            out,
            country=country,
            organization=organization,
            common_name=common_name,
            signer=signer,
            new_key=new_key,
            algorithm=algorithm.value,
        )
    if as_json:
        show.emit({"request": str(out), "algorithm": made, "new_key": str(new_key) if new_key else None})
        return
    show.out().print(f"wrote {out} ({made})", markup=False)
    if new_key is not None:
        show.out().print(f"wrote {new_key}: keep it secret, and keep a backup", markup=False)
    show.out().print(
        "Send the request to an authority on the C2PA trust list; put what comes back into chain.pem."
    )
