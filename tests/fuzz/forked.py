# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The examination in a forked child instead of a fresh interpreter: the same jobs, limits and answers, twenty times
as fast. Only for a process without threads, which is why the runner is a program of its own.
"""

from __future__ import annotations

import json
import os
import select
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from adseal_provenance.credentials.trust import Trust
from adseal_provenance.examination import examine, worker
from adseal_provenance.reading.media import Limits
from adseal_provenance.verdicts.evidence import CredentialEvidence, MediaEvidence
from adseal_provenance.watermark.keys import WatermarkKey


def preload() -> None:
    """Import what children need, once. None of these starts a thread when it is imported."""
    for name in (
        "credentials.credential",
        "reading.labels",
        "reading.frames",
        "reading.media",
        "watermark.detect",
        "watermark.foreign.look",
    ):
        import_module(f"adseal_provenance.{name}")


@dataclass
class Children:
    """Runs jobs, and keeps what became of the children that ran them.

    Attributes:
        hang_s: a child that takes longer is killed and counts as a hang; by the clock, because other work on the
            machine makes everything slow, this is what ``verify`` itself allows.
        cpu_s: so is one that takes more processor time than this.
        endings: how children ended that gave no answer, or an answer that says that something was raised.
        peak_kib: the most memory a child had, in KiB.
        slowest_s: the most processor time a child took.
    """

    hang_s: float = 255.0
    cpu_s: int = 60
    endings: list[str] = field(default_factory=list)
    peak_kib: int = 0
    slowest_s: float = 0.0

    def file(
        self, path: Path, *, keys: Sequence[WatermarkKey], trust: Trust, limits: Limits
    ) -> tuple[CredentialEvidence, MediaEvidence]:
        """In place of ``examine.examine_file``."""
        credential = {"job": "credential", "path": str(path), "trust": trust.to_json()}
        media = {"job": "media", "path": str(path), "keys": [examine._secret(key) for key in keys]}
        return (
            examine._credential(self.run(credential, limits)),
            examine._media(self.run(media, limits)),
        )

    def run(self, job: dict[str, Any], limits: Limits) -> Any:
        """The answer to one job, as ``examine._run`` would give it."""
        request = {**job, "limits": asdict(limits)}
        began = time.monotonic()
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            _work(request, limits, self.cpu_s, reading, writing)
        os.close(writing)
        content, hung = _read(reading, began + self.hang_s)
        os.close(reading)
        if hung:
            os.kill(child, signal.SIGKILL)
        _, status, usage = os.wait4(child, 0)
        self.peak_kib = max(self.peak_kib, usage.ru_maxrss)
        spent = usage.ru_utime + usage.ru_stime
        self.slowest_s = max(self.slowest_s, spent)
        code = os.waitstatus_to_exitcode(status)
        if hung or (code < 0 and spent >= self.cpu_s):
            self.endings.append(
                f"hang: {job['job']} took {spent:.0f} s of processor time, or {self.hang_s:g} s"
            )
        elif code != 0:
            self.endings.append(f"crash: {job['job']} ended with {code}")
        elif content.startswith(b'{"failed"'):
            self.endings.append(f"raised: {job['job']}: {content[:300].decode('utf-8', 'replace')}")
        return examine._answer(content, code)


def _read(reading: int, until: float) -> tuple[bytes, bool]:
    parts = []
    while True:
        left = until - time.monotonic()
        if left <= 0 or not select.select([reading], [], [], left)[0]:
            return b"", True
        part = os.read(reading, 1 << 20)
        if not part:
            return b"".join(parts), False
        parts.append(part)


def _work(request: dict[str, Any], limits: Limits, cpu_s: int, reading: int, writing: int) -> None:
    """What ``worker.main`` does, in this child, which then ends."""
    with suppress(BaseException):
        os.close(reading)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(nowhere, standard)
        worker.confine(memory_mb=limits.memory_mb, cpu_s=cpu_s)
        try:
            answer: dict[str, Any] = {"ok": worker._JOBS[request["job"]](request)}
        except Exception as error:  # noqa: BLE001  (as the worker does)
            answer = {"failed": f"{type(error).__name__}: {error}"[:500]}
        with os.fdopen(writing, "wb") as out:
            out.write(json.dumps(answer).encode())
        os._exit(0)
    os._exit(99)
