# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Commands that look at received videos and receipts: verify, detect, receipt check."""

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adseal.cli import show
from adseal.errors import RequestError
from adseal.pages.words import AXES, plain

if TYPE_CHECKING:
    from adseal_provenance.receipts.check import ReceiptCheck
    from adseal_provenance.verdicts.report import Report

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
_SIGNED_BY = {
    "trusted": "signed by {!r}",
    "development": "signed by {!r}, a development identity of your own; nobody else vouches for it",
    "untrusted": "signed by {!r}, unknown to the lists used",
}
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
    report: Annotated[
        Path | None, typer.Option("--report", help="Write a page for people: one HTML file, not there yet.")
    ] = None,
    receipt: Annotated[
        Path | None, typer.Option("--receipt", help="Write a signed receipt: a JSON file, not there yet.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Say what can be said of received videos. Exit 0: intact or recovered; 1: anything else; 3: unreadable."""
    if (report or receipt) and len(videos) != 1:
        raise typer.BadParameter("--report and --receipt are about one video; give one")
    if report and report == receipt:
        raise typer.BadParameter("--report and --receipt cannot be the same file")
    with show.errors_told(as_json):
        from adseal.papers import free_place, write_receipt, write_report
        from adseal.receive import verify as examine

        for paper in filter(None, (report, receipt)):
            free_place(paper)
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
        if report:
            write_report(reports[0], videos[0], report)
        if receipt:
            write_receipt(reports[0], receipt)
    if as_json:
        documents = [report.model_dump(mode="json") for report in reports]
        show.emit(documents[0] if len(documents) == 1 else documents)
    else:
        for one in reports:
            _tell(one)
        for paper in filter(None, (report, receipt)):
            show.err().print(f"wrote {paper}", markup=False)
    codes = [_code(one, require_trusted=require_trusted) for one in reports]
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


receipts = typer.Typer(
    help="Receipts of verifications (adseal verify --receipt).", no_args_is_help=True, rich_markup_mode=None
)


@receipts.callback()
def _receipts() -> None:
    """Receipts of verifications: who found what in which bytes, signed."""


@receipts.command("check")
def check_receipt(
    receipt: Annotated[Path, typer.Argument(help="A receipt that adseal verify --receipt wrote.")],
    video: Annotated[Path | None, typer.Option("--video", help="The file that it should be about.")] = None,
    trust: Annotated[
        list[Path] | None, typer.Option("--trust", help="PEM file with trust anchors; repeatable.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Say whether a receipt holds. Exit 0: it does; 1: it does not; 3: it, or the video, cannot be read."""
    with show.errors_told(as_json):
        from adseal.papers import check_receipt as judge

        outcome = judge(receipt, video=video, trust=tuple(trust or ()))
    if as_json:
        show.emit(outcome.model_dump(mode="json"))
    else:
        _tell_receipt(outcome, video)
    raise typer.Exit(0 if outcome.valid else 1)


def _tell_receipt(outcome: "ReceiptCheck", video: Path | None) -> None:
    console = show.out()
    if outcome.valid:
        console.print("holds", style="bold green", end="  ")
    else:
        console.print("does not hold", style="bold red", end="  ")
    console.print(
        _SIGNED_BY[outcome.signer_kind].format(outcome.signer) if outcome.signer else "", markup=False
    )
    for problem in outcome.problems:
        console.print(f"  ✗ {problem.sentence} ({problem.code})", markup=False)
    if (found := outcome.receipt) is None:
        return
    console.print(f"  verdict   {found.verdict}, {found.checked_at:%Y-%m-%d %H:%M:%S} UTC", markup=False)
    console.print(f"  detector  {found.detector.id} {plain(found.detector.version)}", markup=False)
    console.print(f"  file      {plain(found.file.name)}", markup=False)
    console.print(f"  SHA-256   {found.file.sha256}", markup=False)
    if outcome.same_video:
        console.print(f"  ✓ {video} has these bytes", markup=False)
    elif outcome.same_video is None:
        console.print("  · not compared with a video; give --video", style="dim")
    for name in AXES:  # the document has them in alphabetical order
        axis = found.axes[name]
        console.print(f"  {SIGN[axis.state]} ", style=SIGN_STYLE[axis.state], end="")
        console.print(f"{name.replace('_', ' '):<18} {axis.code}", markup=False)
    console.print("  A receipt says what somebody found, not what is so.", style="dim")


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
