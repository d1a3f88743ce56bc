# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""How fast a registry of a million records answers: by locator, by soft binding, and by how a video looks.

    python benchmarks/registry.py --work /tmp/registry --records 1000000 --out benchmarks/results/registry

Most records are synthetic: random directions, which is what whitened descriptors of unrelated pictures are; each in
three cuts. Queries by looks are the benchmark's real fingerprints (``--fingerprints``: the work folder of
``fingerprint.py``) if there are any, else real records' vectors with noise.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adseal_provenance.likeness.descriptor import _ROTATIONS, CELL_BITS, VERSION
from adseal_provenance.likeness.fingerprint import Fingerprint
from adseal_provenance.records.registry import Registry
from adseal_provenance.records.schema import number_of

_CUTS = 3
_BATCH = 20_000


def fill(path: Path, count: int) -> None:
    """Rows as ``Registry.add`` makes them, in larger transactions and in the order of the index."""
    with Registry.open(path):
        pass
    random = np.random.default_rng(1)
    with sqlite3.connect(path) as connection:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -1500000"):
            connection.execute(f"PRAGMA {pragma}")
        rows = []
        for first in range(0, count, _BATCH):
            size = min(_BATCH, count - first)
            vectors = random.normal(size=(size * _CUTS, 64)).astype(np.float32)
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            kept = np.rint(vectors * 127).astype(np.int8).reshape(size, -1)
            names = [f"urn:c2pa:synthetic-{first + at}" for at in range(size)]
            locators = [f"{(first + at) * 7919 % 2**48:012x}" for at in range(size)]
            numbers = [number_of(name) for name in names]
            for part, (cells, codes) in enumerate(drawers(vectors.reshape(size, _CUTS, 64))):
                rows += zip(cells, numbers, [part] * size, codes, strict=True)
            connection.executemany(
                "INSERT INTO records VALUES (?, ?, 'deadbeef', 'io.adseal.picture.1', zeroblob(200), zeroblob(0),"
                " 'synthetic', '', NULL, '2026-01-01T00:00:00+00:00', 6.0, ?, ?)",
                [
                    (name, locator, number, bytes([VERSION]) + row.tobytes())
                    for name, locator, number, row in zip(names, locators, numbers, kept, strict=True)
                ],
            )
            connection.executemany(
                "INSERT INTO bindings VALUES ('io.adseal.picture.1', ?, ?)", zip(locators, names, strict=True)
            )
        rows.sort()
        connection.executemany("INSERT INTO scenes VALUES (?, ?, ?, ?)", rows)
    connection.close()


def drawers(vectors: NDArray[np.float32]) -> Iterator[tuple[list[int], list[bytes]]]:
    """As ``Descriptor.codes``, for many videos at once: (drawers, signs) of each cut in each cabinet."""
    powers = 1 << np.arange(CELL_BITS)[::-1]
    for cut in range(vectors.shape[1]):
        signs = vectors[:, cut] @ _ROTATIONS.T >= 0
        codes = [row.tobytes() for row in np.packbits(signs, axis=1)]
        for cabinet in (0, 1):
            own = signs[:, 64 * cabinet : 64 * cabinet + CELL_BITS]
            yield (own @ powers | cabinet << CELL_BITS).tolist(), codes


def timed(calls: Iterator[Callable[[], object]]) -> dict[str, float]:
    """Milliseconds: median, 95th percentile, largest."""
    taken, worked = [], []
    for call in calls:
        began, busy = time.perf_counter(), time.thread_time()
        call()
        worked.append((time.thread_time() - busy) * 1000)
        taken.append((time.perf_counter() - began) * 1000)
    return {
        "calls": len(taken),
        "median_ms": round(float(np.median(taken)), 2),
        "p95_ms": round(float(np.quantile(taken, 0.95)), 2),
        "max_ms": round(max(taken), 2),
        "cpu_p95_ms": round(float(np.quantile(worked, 0.95)), 2),  # what a busy machine does not change
    }


def real(folder: Path) -> tuple[dict[str, Fingerprint], list[tuple[str, Fingerprint]]]:
    """Registered windows by name, and (original, fingerprint of an attacked copy)."""
    own, copies = {}, []
    for path in sorted((folder / "fingerprints").glob("*.npz")):
        with np.load(path) as data:
            fingerprint = Fingerprint(data["pictures"], float(data["step_s"]))
        name = path.name.removesuffix(".npz")
        if name.startswith("attack-"):
            copies.append((name.split("-")[1], fingerprint))
        elif "-" not in name:
            own[name.removesuffix(".mp4")] = fingerprint
    return own, copies


def add_real(registry: Registry, own: dict[str, Fingerprint]) -> None:
    import datetime as dt

    from adseal_provenance.records.record import Record

    for name, fingerprint in own.items():
        record = Record(
            locator=f"{number_of(name) % 2**48:012x}",
            key_id="deadbeef",
            algorithms=("io.adseal.picture.1",),
            manifest_id=f"urn:c2pa:{name}",
            manifest_store=bytes(20_000),
            fingerprint=fingerprint.for_record().to_bytes(),
            title=name,
            sha256="",
            plan_hash=None,
            created_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
            duration_s=fingerprint.seconds,
        )
        if registry.get(record.manifest_id) is None:
            registry.add(record)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--fingerprints", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    path = options.work / f"registry-{options.records}.db"
    if not path.exists():
        half = path.with_suffix(".half")
        half.unlink(missing_ok=True)
        fill(half, options.records)
        half.rename(path)
    own, copies = real(options.fingerprints) if options.fingerprints else ({}, [])
    random = np.random.default_rng(2)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with Registry.open(path) as registry:
        add_real(registry, own)
        some = [f"{int(at) * 7919 % 2**48:012x}" for at in random.integers(0, options.records, 500)]
        result: dict[str, Any] = {
            "machine": f"{platform.machine()}, {os.cpu_count()} shared cores (load "
            f"{os.getloadavg()[0]:.1f}), {platform.system()}, Python {platform.python_version()}",
            "records": registry.count(),
            "by_locator": timed(lambda x=x: registry.by_locator(x) for x in some),
            "by_binding": timed(lambda x=x: registry.by_binding("io.adseal.picture.1", x) for x in some),
        }
        if copies:
            names: list[list[str]] = []
            for name in ("nearest_first_time", "nearest"):
                names.clear()
                result[name] = timed(
                    lambda c=c: names.append([n.manifest_id for n in registry.nearest(c)]) for _, c in copies
                )
            right = [f"urn:c2pa:{name}" in found for (name, _), found in zip(copies, names, strict=True)]
            result["copies_found"] = [sum(right), len(right)]
            strange = sum("synthetic" in n for found in names for n in found)
            result["strangers_among_the_answers"] = strange
    result["file_mb"] = round(path.stat().st_size / 1e6)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    result["memory_mb"] = {"before": round(before), "peak": round(after)}
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.with_suffix(".json").write_text(json.dumps(result, indent=1) + "\n")
    lines = ["# Registry", "", *[f"* {name}: {value}" for name, value in result.items()], ""]
    options.out.with_suffix(".md").write_text("\n".join(lines))
    print("\n".join(lines))


if __name__ == "__main__":
    main()
