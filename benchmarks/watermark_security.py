# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What a hostile person can do to the picture mark, what it costs the picture, and what `adseal verify` then says.

Method. Two seconds of each clip at 720 lines are sealed through `adseal.seal` into a fresh home: marked, encoded at
CRF 18, signed and registered. The attacker has those files, this source code and other people's videos, but neither
the key nor the unmarked frames. What he makes is a new file without a credential (CRF 18 unless the attack says
otherwise), and the real library judges it against that home. PSNR is of the luma: against the sealed file where the
mark is to be removed, against the attacker's own unmarked video where it is to be forged. "blind": an expected
locator was read; "known": the matched filter confirms it below 1e-9; "gone": neither; "other": a locator that nobody
expected. A forged mark does harm only if the verdict says "recovered".

    python benchmarks/watermark_security.py --clips DIR [--clip bee] [--only GROUP ...]
        [--json benchmarks/results/watermark_security.json]
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import platform
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
from watermark_security_cast import Cast, Tried
from watermark_security_forge import collusion, forgery, transplant
from watermark_security_remove import coding, filtering, oracle, regeneration, subtraction

log = logging.getLogger("watermark_security")

GROUPS: dict[str, Callable[[Cast], Iterator[Tried]]] = {
    "transplant": transplant,
    "forgery": forgery,
    "collusion": collusion,
    "subtraction": subtraction,
    "filtering": filtering,
    "coding": coding,
    "regeneration": regeneration,
    "oracle": oracle,
}


@dataclass(frozen=True)
class Row:
    """One attack on one victim; see `Tried` and `Finding`."""

    clip: str
    group: str
    attack: str
    needs: str
    psnr: float
    mark: str
    verdict: str
    log10_p: float | None
    remark: str
    cpu_s: float


def rows(cast: Cast, groups: Sequence[str]) -> Iterator[Row]:
    """Every attack of the groups, judged."""
    yield _row(
        cast, "none", Tried("as sealed", "–", cast.victim.path, cast.victim.video.luma(), cast.expected)
    )
    for group in groups:
        for tried in GROUPS[group](cast):
            yield _row(cast, group, tried)
            if tried.path != cast.victim.path:
                tried.path.unlink()


def _row(cast: Cast, group: str, tried: Tried) -> Row:
    began = spent()
    cost = tried.cost()
    finding = tried.finding or cast.stage.judge(tried.path, tried.expected)
    row = Row(
        cast.victim.video.name,
        group,
        tried.attack,
        tried.needs,
        cost,
        finding.mark,
        finding.verdict,
        finding.log10_p,
        tried.remark or (f"{len(finding.found)} marks" if len(finding.found) > 1 else ""),
        round(spent() - began, 2),
    )
    log.info("%s", row)
    return row


def spent() -> float:
    """CPU seconds of this process and of those it waited for: `adseal.verify` examines files in others."""
    return sum(os.times()[:4])


def table(found: Sequence[Row]) -> str:
    """Markdown, in the order in which it was done."""
    lines = ["| attack | needs | luma PSNR, dB | mark | log10 p | verdict | |", "|---" * 7 + "|"]
    for row in found:
        chance = "–" if row.log10_p is None else f"{row.log10_p:.0f}"
        cells = (
            f"{row.group}: {row.attack}",
            row.needs,
            "–" if row.psnr > 99 else f"{row.psnr:g}",
            row.mark,
            chance,
            row.verdict,
            row.remark,
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clips", type=Path, required=True, help="folder of two or more, *.mp4")
    parser.add_argument(
        "--clip", default="", metavar="NAME", help="the victim, without .mp4; else the first one"
    )
    parser.add_argument("--only", nargs="*", choices=list(GROUPS), default=list(GROUPS))
    parser.add_argument("--seconds", type=float, default=2.0, help="of each clip")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    logging.getLogger("adseal").setLevel(logging.WARNING)
    cv2.setNumThreads(1)
    began = spent()
    with tempfile.TemporaryDirectory() as temporary:
        cast = Cast(Path(temporary), given.clips, given.clip, given.seconds)
        found = []
        for row in rows(cast, given.only):
            found.append(row)
            report = {
                "machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, one thread",
                "seconds": given.seconds,
                "cpu_minutes": round((spent() - began) / 60, 1),
                "rows": [asdict(row) for row in found],
            }
            if given.json:  # written as it grows: what was measured is kept if the run is stopped
                given.json.parent.mkdir(parents=True, exist_ok=True)
                given.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(table(found))
    counts = {verdict: sum(row.verdict == verdict for row in found) for verdict in {r.verdict for r in found}}
    forged = [r.attack for r in found if r.group in ("transplant", "forgery") and r.verdict == "recovered"]
    print(
        json.dumps({"machine": report["machine"], "cpu_minutes": report["cpu_minutes"], "verdicts": counts})
    )
    print(json.dumps({"forgeries believed": forged}))


if __name__ == "__main__":
    main()
