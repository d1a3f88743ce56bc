# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Commands that look at received videos: verify, detect."""

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adseal.cli import show
from adseal.errors import RequestError

if TYPE_CHECKING:
    from adseal_provenance.report import Report

Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]

STYLE = {
    "intact": "bold green",
    "recovered": "bold green",
    "marked": "yellow",
    "none": "yellow",
    "mismatch": "bold red",
    "broken": "bold red",
    "unreadable": "bold red",
}
SIGN = {"pass": "✓", "fail": "✗", "warn": "!", "absent": "–", "not_checked": "·"}
SIGN_STYLE = {
    "pass": "green",
    "fail": "bold red",
    "warn": "yellow",
    "absent": "dim",
    "not_checked": "dim",
}


def verify(
    videos: Annotated[
        list[str], typer.Argument(help="Received videos: files, s3://bucket/key, or - for standard input.")
    ],
    registry: Annotated[str | None, typer.Option("--registry", help="Registry URI or path.")] = None,
    trust: Annotated[
        list[Path] | None, typer.Option("--trust", help="PEM file with trust anchors; repeatable.")
    ] = None,
    require_trusted: Annotated[
        bool, typer.Option("--require-trusted", help="Exit 1 unless the signer is on a trust list.")
    ] = False,
    at: Annotated[
        str | None,
        typer.Option("--at", help="Judge certificates as of this day or time (2027-01-31, ISO 8601)."),
    ] = None,
    ocsp: Annotated[
        list[str] | None,
        typer.Option(
            "--ocsp",
            help="Host that may be asked whether a certificate was withdrawn; repeatable. Uses the network.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say what can be said of received videos. Exit 0: intact or recovered; 1: anything else; 3: unreadable."""
    with show.errors_told(as_json):
        from adseal.receive import verify as examine

        moment = None if at is None else _moment(at)
        reports = [
            examine(
                sys.stdin.buffer if video == "-" else video,
                registry=registry,
                trust=tuple(trust or ()),
                at=moment,
                ocsp_hosts=tuple(ocsp or ()),
            )
            for video in videos
        ]
    if as_json:
        documents = [report.model_dump(mode="json") for report in reports]
        show.emit(documents[0] if len(documents) == 1 else documents)
    else:
        for report in reports:
            _tell(report)
    codes = [_code(report, require_trusted=require_trusted) for report in reports]
    raise typer.Exit(max(codes))


def crjson(
    video: Annotated[Path, typer.Argument(help="A video with a credential.")],
    trust: Annotated[
        list[Path] | None, typer.Option("--trust", help="PEM file with trust anchors; repeatable.")
    ] = None,
) -> None:
    """Print the credential as crJSON, as conformance programmes read it. Exit 1: there is none that can be read."""
    with show.errors_told(as_json=False):
        from adseal.receive import crjson as read

        text = read(video, trust=tuple(trust or ()))
    typer.echo(text)


def _moment(text: str) -> dt.datetime:
    """The end of a day, or a time; in UTC where nothing else is said."""
    try:
        if len(text) == len("2027-01-31"):
            return dt.datetime.combine(dt.date.fromisoformat(text), dt.time.max, dt.UTC)
        moment = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise RequestError(
            f"--at {text}: this is no day or time; write 2027-01-31 or 2027-01-31T12:00Z"
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def detect(
    video: Annotated[Path, typer.Argument(help="A video.")],
    as_json: Json = False,
) -> None:
    """Look for watermarks only. Exit 0: found; 1: none found; 3: unreadable."""
    with show.errors_told(as_json):
        from adseal.receive import detect as look

        found = look(video)
    if as_json:
        show.emit(found.model_dump(mode="json"))
    else:
        console = show.out()
        for mark in found.marks:
            spans = ", ".join(f"{start:.1f}–{end:.1f} s" for start, end in mark.spans)
            console.print(f"{mark.algorithm}  {mark.id}  log10 p {mark.log10_p:.1f}  {spans}", markup=False)
        for note in found.notes:
            console.print(note, style="dim", markup=False)
        if not found.marks:
            console.print(
                "no watermark of this home's keys; this says nothing about where the video comes from"
            )
    raise typer.Exit(0 if found.marks else 1)


def _code(report: "Report", *, require_trusted: bool) -> int:
    if report.verdict in ("intact", "recovered"):
        return 1 if require_trusted and report.axes["signer_trust"].state != "pass" else 0
    return 3 if report.verdict == "unreadable" else 1


def _tell(report: "Report") -> None:
    console = show.out()
    console.print(report.verdict, style=STYLE[report.verdict], end="  ")
    console.print(report.file, markup=False)
    console.print(f"  {report.summary}", markup=False)
    for name, axis in report.axes.items():
        console.print(f"  {SIGN[axis.state]} ", style=SIGN_STYLE[axis.state], end="")
        console.print(f"{name.replace('_', ' '):<18} {axis.sentence}", markup=False)
