# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The command that looks at many videos: audit."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adseal.cli import show
from adseal.cli.check import STYLE

if TYPE_CHECKING:
    from adseal.audit import Audit, Heard
    from adseal.audit_table import Row


class Depth(StrEnum):
    """Which videos are verified in full."""

    never = "never"
    marked = "marked"
    all = "all"


def audit(
    prefix: Annotated[str, typer.Argument(help="A folder, file:///folder, or s3://bucket/prefix.")],
    deep: Annotated[
        Depth,
        typer.Option(
            "--deep", help="Verify in full: none; where a credential is or may be, and small ones; or all."
        ),
    ] = Depth.marked,
    small: Annotated[
        int, typer.Option("--small", min=0, help="With --deep marked: up to so many MiB a video is small.")
    ] = 64,
    csv: Annotated[Path | None, typer.Option("--csv", help="Table with one row for each video.")] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with that table; unchanged videos keep their rows.")
    ] = False,
    jobs: Annotated[
        int | None, typer.Option("--jobs", min=1, max=64, help="Videos at a time; each takes two processes.")
    ] = None,
    any_name: Annotated[
        bool, typer.Option("--any-name", help="Also what is not named like a video.")
    ] = False,
    registry: Annotated[str | None, typer.Option("--registry", help="Registry URI or path.")] = None,
    trust: Annotated[
        list[Path] | None, typer.Option("--trust", help="PEM file with trust anchors; repeatable.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON line for each video on stdout, then a summary.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> None:
    """Look at every video in a folder or bucket: a first look at all, a full verification where it is worth it.

    Exit 0: every one was verified and is intact or recovered; 1: anything else (also none found); 2: usage.
    """
    with show.errors_told(as_json):
        from adseal import audit as auditing
        from adseal.errors import RequestError

        if resume and csv is None:
            raise RequestError("there is no table to go on with", hint="--resume needs --csv FILE")
        state: list[Audit] = []
        try:
            with _progress(quiet=quiet or as_json) as shown:

                def heard(now: "Audit", row: "Row | None") -> None:
                    state[:] = [now]
                    shown(now, row)
                    if as_json and row is not None:
                        typer.echo(json.dumps(row.model_dump()))

                done = auditing.audit(
                    prefix,
                    auditing.Settings(
                        depth=deep.value,
                        small_bytes=small << 20,
                        jobs=jobs,
                        any_name=any_name,
                        registry=registry,
                        trust=tuple(trust or ()),
                    ),
                    table=csv,
                    resume=resume,
                    heard=heard,
                )
        except KeyboardInterrupt as error:
            for reached in state:
                _close(reached, as_json=as_json, stopped=True)
            how = f"; --csv {csv} --resume goes on from here" if csv else ""
            show.err().print(f"stopped{how}", markup=False)
            raise typer.Exit(130) from error
    _close(done, as_json=as_json, stopped=False)
    raise typer.Exit(0 if done.all_well else 1)


@contextmanager
def _progress(*, quiet: bool) -> "Iterator[Heard]":
    """One bar on stderr: how many, how fast, what was found, how long still."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    bar = Progress(
        BarColumn(bar_width=24),
        TextColumn("{task.completed:.0f}/{task.total:.0f}"),
        TextColumn("{task.fields[speed]:.1f} MB/s"),
        TextColumn("left"),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.description}"),
        console=show.err(),
        disable=quiet,
    )
    task = bar.add_task("", total=0, speed=0.0)

    def heard(now: "Audit", _row: "Row | None") -> None:
        counts = "  ".join(f"{name} {count}" for name, count in now.verdicts.most_common())
        bar.update(
            task,
            total=now.total,
            completed=now.done,
            speed=now.bytes_read / 1e6 / max(now.seconds, 0.1),
            description=counts,
        )

    with bar:
        yield heard


def _close(done: "Audit", *, as_json: bool, stopped: bool) -> None:
    document: dict[str, Any] = {
        "prefix": done.prefix,
        "videos": done.total,
        "done": done.done,
        "resumed": done.resumed,
        "verdicts": dict(done.verdicts.most_common()),
        "triage": dict(done.triage.most_common()),
        "bytes_read": done.bytes_read,
        "seconds": round(done.seconds, 1),
        "stopped": stopped,
    }
    if as_json:
        typer.echo(json.dumps({"summary": document}))
        return
    from rich.table import Table

    table = Table("verdict", "videos", title=None, box=None, pad_edge=False)
    for name, count in done.verdicts.most_common():
        table.add_row(name, str(count), style=STYLE.get(name, "yellow"))
    show.out().print(table)
    seen = ", ".join(f"{name} {count}" for name, count in done.triage.most_common())
    if not done.total:
        show.out().print(f"No videos below {done.prefix}.", markup=False)
        return
    show.out().print(f"Credential at first look: {seen or 'nothing looked at'}.", markup=False)
    show.out().print(
        f"{done.done} of {done.total} videos, {done.resumed} of them from the table; {done.bytes_read / 1e6:.1f} MB "
        f"read in {done.seconds:.0f} s.",
        markup=False,
    )
