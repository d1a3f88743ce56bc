# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The program's table of commands; each lives in the file of its job."""

from typing import Annotated

import typer

from adseal.cli import check, identity, make, workplace
from adseal.cli.audit import audit
from adseal.cli.comply import comply
from adseal.cli.planning import plan
from adseal.cli.schema import schema
from adseal.cli.trust import trust

app = typer.Typer(
    name="adseal",
    help="Marketing briefs in, sealed video ads out; received videos in, verdicts out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(wanted: bool) -> None:
    if wanted:
        from adseal import __version__

        typer.echo(f"adseal {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    _version_: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and leave.")
    ] = False,
) -> None:
    """Marketing briefs in, sealed video ads out; received videos in, verdicts out."""


app.command("demo")(make.demo)
app.command("plan")(plan)
app.command("schema")(schema)
app.command("render")(make.render)
app.command("generate")(make.generate)
app.command("seal")(make.seal)
app.command("verify")(check.verify)
app.command("detect")(check.detect)
app.command("audit")(audit)
app.command("crjson")(check.crjson)
app.add_typer(check.receipts, name="receipt")
app.command("comply")(comply)
app.add_typer(identity.pki, name="pki")
app.add_typer(trust, name="trust")
app.add_typer(workplace.keys, name="keys")
app.add_typer(workplace.stamps, name="stamps")
app.command("doctor")(workplace.doctor)
