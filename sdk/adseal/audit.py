# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Many videos at once: everything in a folder or a bucket is looked at, and what deserves it is verified in full.

    found = audit("s3://ads/received", table=Path("received.csv"))
    found.verdicts              # {"intact": 812, "recovered": 31, "not verified": 4}
    found.all_well              # False: four were not verified

Decides: which videos are read whole (`depth`), in which order, how many at a time, and that no video stops the others.
Leaves out: the first look (`adseal_provenance.reading.triage`), the verification (`receive`), where videos are found
(`audit_places`), and the table (`audit_table`).

The first look costs one read of 256 KiB, two at most, and finds credentials. It cannot see a watermark: that takes the
whole video. So `depth="marked"` verifies where a credential is or may be, *and* every video of at most `small_bytes`
(64 MiB, more than most ads have); `"all"` verifies every one, `"never"` none.
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from adseal.audit_places import Found, find_videos
from adseal.audit_table import Row, Table
from adseal.errors import RequestError, every_error
from adseal.home import Home

Depth = Literal["never", "marked", "all"]

SMALL_BYTES = 64 << 20
MAX_JOBS = 64
WELL = ("intact", "recovered")
NOT_VERIFIED, FAILED = "not verified", "error"
_MAX_TEXT = 2000


@dataclass(frozen=True)
class Settings:
    """How an audit is done.

    Attributes:
        depth: which videos are verified in full, see above.
        small_bytes: up to this size a video is verified even if no credential was seen.
        jobs: videos at a time; each full verification runs two processes with up to 2 GiB each. None takes half the
            processors, four at most.
        any_name: also what is not named like a video.
        registry: registry URI; the home's own by default.
        trust: further PEM files with trust anchors.
    """

    depth: Depth = "marked"
    small_bytes: int = SMALL_BYTES
    jobs: int | None = None
    any_name: bool = False
    registry: str | None = None
    trust: tuple[Path, ...] = ()


@dataclass
class Audit:
    """How far an audit is, and in the end what came of it.

    Attributes:
        prefix: what was audited.
        total: videos found.
        resumed: those of them whose rows an earlier run wrote.
        bytes_read: by this run.
        verdicts, triage: how many videos of each; `not verified` and `error` count as verdicts here.
        seconds: since it began.
    """

    prefix: str
    total: int = 0
    resumed: int = 0
    bytes_read: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    triage: Counter[str] = field(default_factory=Counter)
    started: float = field(default_factory=time.monotonic, repr=False)

    @property
    def done(self) -> int:
        return self.verdicts.total()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    @property
    def all_well(self) -> bool:
        """There are videos, and each was verified in full and is intact or recovered."""
        return 0 < self.total == sum(self.verdicts[name] for name in WELL)

    def count(self, row: Row) -> None:
        self.verdicts[FAILED if row.error else row.verdict or NOT_VERIFIED] += 1
        self.triage[row.triage or FAILED] += 1


Heard = Callable[[Audit, Row | None], None]


def silent(_audit: Audit, _row: Row | None) -> None:
    """The listener of those who do not listen."""


def audit(
    prefix: str,
    settings: Settings = Settings(),
    *,
    table: Path | None = None,
    resume: bool = False,
    home: Home | None = None,
    heard: Heard = silent,
) -> Audit:
    """Look at every video below an address.

    Args:
        prefix: a folder, `file:///folder`, or `s3://bucket/prefix` (a plain string prefix).
        settings: how.
        table: CSV file, one row for each video, written as they are done; interrupted at any moment it is whole.
        resume: keep the rows of an earlier run in that file whose video has the same ETag, size and date, and was
            verified as `settings` ask; errors are tried again.
        home: whose keys, registry and trust lists are used.
        heard: called with the state and each row, from the calling thread; once without a row when all were listed.

    Raises:
        RequestError: there is no such folder, or the table cannot be used.
        StoreError, MissingExtra: the bucket cannot be listed.
        HomeError, ProvenanceError: the user's own keys, registry or trust lists cannot be used.
    """
    if settings.jobs is not None and not 1 <= settings.jobs <= MAX_JOBS:
        raise RequestError(f"{settings.jobs} jobs are not possible", hint=f"1 to {MAX_JOBS}")
    home = home or Home()
    # What is wrong with the user's own things is told once, before anything is read.
    home.known_keys(), home.trust(settings.trust)
    with home.known_registry(settings.registry) or nullcontext():
        pass
    rows = Table(table, resume=resume) if table is not None else None
    state = Audit(prefix)
    found = list(find_videos(prefix, any_name=settings.any_name))
    state.total = len(found)
    heard(state, None)
    old = {
        f.address: row
        for f in found
        if rows and (row := rows.rows.get(f.address)) and _kept(row, f, settings)
    }
    if rows is not None:
        rows.begin(again=[f.address for f in found if f.address not in old])
    try:
        for row in old.values():
            state.resumed += 1
            state.count(row)
            heard(state, row)
        todo = [f for f in found if f.address not in old]
        for row in _examined(todo, settings, home):
            if rows is not None:
                rows.add(row)
            state.bytes_read += row.bytes_read
            state.count(row)
            heard(state, row)
    finally:
        if rows is not None:
            rows.close()
    return state


def _kept(row: Row, found: Found, settings: Settings) -> bool:
    """Whether an earlier row answers what is asked now."""
    if row.error or not row.is_of(found.size, found.etag, found.modified.isoformat()):
        return False
    return bool(row.verdict) or not _wanted(row.triage, found.size, settings)


def _wanted(triage: str, size: int, settings: Settings) -> bool:
    """Whether a video is to be verified in full."""
    if settings.depth == "marked":
        return triage in ("embedded", "unclear") or size <= settings.small_bytes
    return settings.depth == "all"


def _examined(found: Sequence[Found], settings: Settings, home: Home) -> Iterator[Row]:
    """A row for each, as they are done. Not more than a few wait at any time, however many there are."""
    jobs = settings.jobs or min(4, max(1, (os.cpu_count() or 2) // 2))
    waiting: set[Future[Row]] = set()
    left = iter(found)
    pool = ThreadPoolExecutor(jobs, thread_name_prefix="adseal-audit")
    try:
        while True:
            for one in left:
                waiting.add(pool.submit(_row, one, settings, home))
                if len(waiting) >= 2 * jobs:
                    break
            if not waiting:
                return
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in done)
    finally:
        # Also after Ctrl-C: those at work end (their worker processes get the signal as well), none begins.
        pool.shutdown(wait=True, cancel_futures=True)


def _row(found: Found, settings: Settings, home: Home) -> Row:
    """Everything about one video. Never raises: what goes wrong with one is its row's matter."""
    row = Row(key=found.address, size=found.size, etag=found.etag, modified=found.modified.isoformat())
    try:
        row = _first_look(row, found)
        return _in_full(row, found, settings, home) if _wanted(row.triage, found.size, settings) else row
    except every_error() as error:
        code, message = getattr(error, "code", "error"), f"{error} {getattr(error, 'hint', '')}".strip()
    except OSError as error:
        code, message = "unreadable", error.strerror or type(error).__name__
    except Exception as error:  # noqa: BLE001  (a fault of ours met by one strange file must not cost the others)
        code, message = "internal", f"{type(error).__name__}: {error}"
    return row.model_copy(update={"error": code, "summary": message[:_MAX_TEXT]})


def _first_look(row: Row, found: Found) -> Row:
    from adseal_provenance.reading.triage import HEAD_BYTES, triage

    head = found.read(0, min(HEAD_BYTES, found.size)) if found.size else b""
    seen = triage(head, found.size, found.read)
    label = f"AIGC {seen.labels.get('Label')}" if seen.labels else ""
    return row.model_copy(
        update={
            "triage": seen.credential,
            "labels": label,
            "bytes_read": seen.bytes_read,
            "summary": seen.reason,
        }
    )


def _in_full(row: Row, found: Found, settings: Settings, home: Home) -> Row:
    from adseal.receive import verify

    report = verify(found.video(), registry=settings.registry, trust=settings.trust, home=home)
    return row.model_copy(
        update={
            "verdict": report.verdict,
            "summary": report.summary[:_MAX_TEXT],
            "axes": {name: axis.state for name, axis in report.axes.items()},
            "manifest_id": report.manifest.manifest_id if report.manifest else "",
            "record_id": report.record.locator if report.record else "",
            "bytes_read": row.bytes_read + (found.size if report.sha256 else 0),
        }
    )
