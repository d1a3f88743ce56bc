# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Many files at once: ``python -m tests.integration.provenance.many_files --files 500 --workers 8``.

Makes small files that deserve different verdicts, verifies each kind alone, then all of them side by side, by
threads and by forked processes, and compares.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal

from adseal_provenance.credentials.trust import Trust
from adseal_provenance.verify import verify
from tests.provenance_kit import box, make_seal, with_byte_changed

Way = Literal["threads", "fork", "spawn"]


def make_files(folder: Path, count: int) -> tuple[dict[Path, str], Trust]:
    """``count`` files of five kinds, with the kind of each; and the list under which their signer stands."""
    seal = make_seal(folder / "seal")
    sealed, plain = seal.path.read_bytes(), seal.plain.read_bytes()
    kinds = {
        "sealed": sealed,
        "free appended": sealed + box(b"free", b"z" * 8),
        "media byte": with_byte_changed(sealed, -4000),
        "plain": plain,
        "garbage": b"garbage" * 900,
    }
    files = {}
    for number, kind in zip(range(count), list(kinds) * count, strict=False):
        path = folder / f"{number}.mp4"
        path.write_bytes(kinds[kind])
        files[path] = kind
    return files, seal.trust


def _examined(path: Path, trust: Trust) -> tuple[str, dict[str, str]]:
    report = verify(path, trust=trust)
    return report.verdict, {name: axis.state for name, axis in report.axes.items()}


def side_by_side(files: dict[Path, str], trust: Trust, way: Way, workers: int) -> dict[str, Any]:
    """Verify all files with ``workers`` at once; the answer says which differ from what their kind gets alone."""
    alone = {
        kind: _examined(next(p for p, k in files.items() if k == kind), trust) for kind in set(files.values())
    }
    began = time.monotonic()
    pool: Executor
    if way == "threads":
        pool = ThreadPoolExecutor(workers)
    else:
        pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context(way))
    with pool:
        answers = list(pool.map(_examined, files, [trust] * len(files)))
    wrong = [
        f"{path.name} ({kind}): {answer[0]}"
        for (path, kind), answer in zip(files.items(), answers, strict=True)
        if answer != alone[kind]
    ]
    return {
        "files": len(files),
        "workers": workers,
        "way": way,
        "seconds": round(time.monotonic() - began, 1),
        "verdicts": Counter(answer[0] for answer in answers),
        "different": wrong,
    }


def main() -> int:
    """Exit 0 where every verdict is the same as alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=500)
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--ways", default="threads,fork")
    wanted = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory(prefix="adseal-many-") as made:
        files, trust = make_files(Path(made), wanted.files)
        for way in wanted.ways.split(","):
            answer = side_by_side(files, trust, way, wanted.workers)
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()
            failed |= bool(answer["different"])
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
