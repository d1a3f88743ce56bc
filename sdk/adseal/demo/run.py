# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The demonstration: make, seal, deliver, mistreat, verify, report.

Decides the story and its order; every station is the one that real campaigns use.
"""

import resource
import shutil
import time
from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from adseal.delivery import DeliveredAd
from adseal.errors import AdsealError
from adseal.home import Home
from adseal.masters import Masters
from adseal.studio import Studio


class Check(BaseModel):
    """One received file, what it was expected to be, and what verification said."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    story: str
    file: str
    expected: str
    verdict: str
    summary: str
    as_expected: bool
    report: dict[str, Any]


class Summary(BaseModel):
    """What the demonstration made and found."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ads: tuple[DeliveredAd, ...]
    checks: tuple[Check, ...]
    report_json: str
    report_html: str
    contact_sheet: str
    seconds: float
    peak_memory_mb: int
    as_expected: bool


def demo(out: Path, *, quiet: bool = False) -> Summary:
    """Run the whole demonstration into `out`.

    Raises:
        any error of `adseal.errors.every_error()`.
    """
    from adseal.cli import show
    from adseal.demo.report import write_reports

    started = time.monotonic()
    home, studio = Home(), Studio()
    _writable(out)
    with as_file(files("adseal") / "data" / "example") as example:
        plans = studio.plan(example / "campaign.yaml")
        with show.bars(len(plans), quiet=quiet) as listener:
            made = studio.render(plans, to=out, listener=listener)
        received = _play_platform(out, plans, made.ads, studio, quiet=quiet)
    checks = tuple(_check(*item, home=home) for item in received)
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    summary = Summary(
        ads=made.ads,
        checks=checks,
        report_json=str(out / "report.json"),
        report_html=str(out / "report.html"),
        contact_sheet=str(out / "contact-sheet.png"),
        seconds=round(time.monotonic() - started, 1),
        peak_memory_mb=peak // 1024,
        as_expected=all(c.as_expected for c in checks),
    )
    write_reports(summary, plans)
    return summary


def tell(summary: Summary) -> None:
    """Print the verdicts as a table, and what to open."""
    from rich.table import Table

    from adseal.cli import show
    from adseal.cli.check import STYLE

    console = show.out()
    table = Table("received", "what happened to it", "verdict", "in a sentence", box=None, pad_edge=False)
    for check in summary.checks:
        verdict = f"[{STYLE[check.verdict]}]{check.verdict}[/]"
        table.add_row(Path(check.file).stem, check.story, verdict, check.summary.split(". ")[0])
    console.print(f"\n{len(summary.ads)} sealed ads, {len(summary.checks)} videos verified\n")
    console.print(table, soft_wrap=False)
    console.print(f"\n{summary.seconds:.0f} s, peak memory {summary.peak_memory_mb} MB")
    console.print("open", style="bold", end="  ")
    console.print(summary.contact_sheet, markup=False)
    console.print(f"      {summary.report_html}", markup=False)
    console.print(f"try   adseal verify {summary.checks[1].file}", markup=False)


def _writable(out: Path) -> None:
    try:
        (out / "received").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AdsealError(
            f"cannot write to {out}: {error.strerror or error}", hint="choose another folder with --out"
        ) from error


def _play_platform(
    out: Path, plans: list[Any], ads: tuple[DeliveredAd, ...], studio: Studio, *, quiet: bool
) -> list[tuple[str, str, Path, str]]:
    """(name, story, file, expected verdict) of each received file; made with real encoders."""
    from adseal.cli import show
    from adseal.demo import platform

    folder = out / "received"
    tall = [Path(ad.output.removeprefix("file://")) for ad in ads if "9x16" in ad.plan_id]
    square = [Path(ad.output.removeprefix("file://")) for ad in ads if "1x1" in ad.plan_id]
    work: list[tuple[str, str, str, Callable[[Path], object]]] = [
        ("1-as-delivered", "the file as it was delivered", "intact", lambda to: shutil.copyfile(tall[0], to)),
        (
            "2-platform-copy",
            "re-encoded by a platform: 720p, CRF 28, 24 fps, metadata gone",
            "recovered",
            lambda to: platform.reencode(tall[0], to),
        ),
        (
            "3-trimmed-cropped",
            "cut to 3.6 s, a fifth of the picture cropped away",
            "recovered",
            lambda to: platform.trim_and_crop(square[-1], to),
        ),
        (
            "4-tampered",
            "picture bytes changed, credential kept",
            "broken",
            lambda to: platform.tamper(tall[-1], to),
        ),
        ("5-unmarked", "same model, never sealed", "none", lambda to: _unsealed(plans[0], studio, to)),
    ]
    made = []
    with show.err().status("playing the platform", spinner="dots") if not quiet else _nothing():
        for name, story, expected, make in work:
            path = folder / f"{name}.mp4"
            path.unlink(missing_ok=True)
            make(path)
            made.append((name, story, path, expected))
    return made


class _nothing:  # noqa: N801 - a context manager in a function's clothes
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


def _unsealed(plan: Any, studio: Studio, path: Path) -> None:
    """A clip of the very same model and prompt that never went through the seal."""
    from adseal_generator.encode import encode
    from adseal_generator.plate import shot_frames

    shot = plan.shots[0]
    clip = Masters(studio.home.cache / "clips", studio.generator).clip(plan, shot, on_step=lambda *_: None)
    width, height = plan.width * 2 // 3 // 2 * 2, plan.height * 2 // 3 // 2 * 2
    frames = shot_frames(
        clip, width=width, height=height, fps=plan.fps, duration_s=shot.duration_s, grain_seed=shot.seed
    )
    encode(path, frames, width=width, height=height, fps=plan.fps, sound=None)


def _check(name: str, story: str, path: Path, expected: str, *, home: Home) -> Check:
    from adseal.receive import verify

    report = verify(path, home=home)
    return Check(
        name=name,
        story=story,
        file=str(path),
        expected=expected,
        verdict=report.verdict,
        summary=report.summary,
        as_expected=report.verdict == expected,
        report=report.model_dump(mode="json"),
    )
