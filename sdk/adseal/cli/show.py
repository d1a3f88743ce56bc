# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""How the program speaks: tables and progress for people, one JSON document for programs, errors for both.

People's words about work in progress go to stderr, results to stdout, so output can be piped.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeRemainingColumn

from adseal.errors import every_error
from adseal.progress import Event, Listener

#: Codes of errors that the user has to correct, in trees whose other errors are of the machine.
_TO_CORRECT = (
    "request_unsupported",
    "image_too_large",
    "request_subject",
    "seal_request",
    "signer_uri",
    "signer_chain",
    "signer_extra",
)
STAGES = ("generate", "compose", "seal", "deliver")


def out() -> Console:
    """Results for people."""
    return Console(highlight=False, soft_wrap=True)


def err() -> Console:
    """Everything that is not the result."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def emit(document: Any) -> None:
    """The one JSON document of a `--json` call."""
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))


@contextmanager
def errors_told(as_json: bool) -> Iterator[None]:
    """Turn any error of Adseal into one clear message and the right exit code; nothing else is caught."""
    try:
        yield
    except every_error() as error:
        if as_json:
            emit({"error": described(error)})
        tell(error)
        raise typer.Exit(exit_code(error)) from error
    except KeyboardInterrupt as error:
        err().print("stopped; run the same command again to go on")
        raise typer.Exit(130) from error


def described(error: Exception) -> dict[str, Any]:
    """The machine-readable form of an error."""
    document: dict[str, Any] = {
        "code": getattr(error, "code", "error"),
        "message": str(error),
        "hint": getattr(error, "hint", ""),
        "retryable": getattr(error, "retryable", False),
    }
    if hasattr(error, "problems"):
        document["problems"] = [
            p.model_dump() if hasattr(p, "model_dump") else str(p) for p in error.problems
        ]
    return document


def tell(error: Exception) -> None:
    """The human-readable form, on stderr."""
    console = err()
    console.print("error", style="bold red", end="")
    console.print(rf" \[{getattr(error, 'code', 'error')}] ", end="", markup=True)
    console.print(str(error), markup=False)
    if hint := getattr(error, "hint", ""):
        console.print(f"  hint: {hint}", markup=False)


def exit_code(error: Exception) -> int:
    """2 for what the user has to correct, 3 for an unreadable file, else 1."""
    from adseal.errors import MissingExtra, PreflightError, RequestError
    from adseal.stores.errors import BadStoreUri
    from adseal_provenance.errors import MediaError, RulesError
    from adseal_templates.errors import TemplatesError

    code = getattr(error, "code", "")
    if code in ("receipt_unreadable", "receipt_nothing"):
        return 3
    to_correct = (TemplatesError, PreflightError, RequestError, MissingExtra, BadStoreUri, RulesError)
    if isinstance(error, to_correct) or code in _TO_CORRECT:
        return 2
    return 3 if isinstance(error, MediaError) or code == "image_unreadable" else 1


class Bars:
    """One progress bar for each stage over all ads, with ETA."""

    def __init__(self, progress: Progress, ads: int, stages: tuple[str, ...] = STAGES) -> None:
        self._progress = progress
        self._ads = ads
        self._seen: dict[str, dict[str, float]] = {stage: {} for stage in stages}
        self._bars: dict[str, TaskID] = {
            stage: progress.add_task(stage, total=ads, ads=f"0/{ads}") for stage in stages
        }

    def hear(self, event: Event) -> None:
        seen = self._seen[event.stage]
        share = event.done / max(1, event.total)
        seen[event.subject] = max(share, seen.get(event.subject, 0.0))
        if event.stage == "deliver" and share >= 1:  # a delivered ad has passed every stage, or skipped it
            for stage in self._seen:
                self._seen[stage][event.subject] = 1.0
        for stage, bar in self._bars.items():
            shares = self._seen[stage].values()
            whole = sum(1 for s in shares if s >= 1)
            self._progress.update(bar, completed=sum(shares), ads=f"{whole}/{self._ads}")


@contextmanager
def bars(ads: int, *, quiet: bool, stages: tuple[str, ...] = STAGES) -> Iterator[Listener]:
    """Progress bars on stderr while the block runs."""
    progress = Progress(
        SpinnerColumn(),
        TextColumn("{task.description:<9}"),
        BarColumn(bar_width=32),
        TextColumn("{task.fields[ads]:>5}"),
        TextColumn("left"),
        TimeRemainingColumn(compact=True),
        console=err(),
        disable=quiet,
        transient=False,
    )
    with progress:
        yield Bars(progress, ads, stages).hear
