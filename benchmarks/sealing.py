# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What signing and reading cost beside c2pa-python alone, in one run.

    python benchmarks/sealing.py --work /tmp/sealing --json benchmarks/results/sealing.json

*Sign* is the library's signing of the same manifest with the same key plus one reading of the result (which a careful
user of the library does by hand), against ``sign_file``, which works on a copy, makes the same signature, reads back,
compares, hashes and renames. *Read* is the library's reader with the same settings against ``credential.read_file``.
Processor time of the whole process (all threads), median of alternating runs; the claim is the ratio. *Verify* is the
whole ``verify`` with processes of its own and without watermark keys, for the record.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import c2pa

from adseal_provenance.credentials.credential import open_reader, read_file
from adseal_provenance.credentials.trust import Trust, c2pa_settings
from adseal_provenance.identities.identity import Identity, load_or_create_development
from adseal_provenance.sealing.manifest import SealRequest, build
from adseal_provenance.sealing.signing import sign_file
from adseal_provenance.verify import verify

_SIZES_MB = (5, 50, 250)


def a_video(path: Path, megabytes: int) -> Path:
    """A real H.264 clip of two seconds with random bytes behind it, as media data."""
    import av
    import numpy as np

    random = np.random.default_rng(1)
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as out:
        stream = out.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        for _ in range(50):
            picture = random.integers(16, 235, (540, 640), np.uint8)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "yuv420p")))
        out.mux(stream.encode())
    left = megabytes * 1_000_000 - path.stat().st_size
    if left > 8:
        with path.open("ab") as file:
            file.write(struct.pack(">I4s", left, b"mdat"))
            for start in range(0, left - 8, 1 << 20):
                file.write(random.bytes(min(1 << 20, left - 8 - start)))
    return path


def wanted() -> SealRequest:
    import datetime as dt

    return SealRequest(
        title="Benchmark",
        provider="Example",
        duration_ms=2000,
        created_at=dt.datetime.now(dt.UTC),
        picture_id="0123456789ab",
        sound_id="0123456789ab",
        digital_source_type="trainedAlgorithmicMedia",
        system_name="Benchmark",
    )


def alone(source: Path, target: Path, identity: Identity) -> None:
    """The library by itself: sign, then read what was signed."""
    plan = build(wanted())
    algorithm = c2pa.C2paSigningAlg[identity.algorithm.upper()]
    with (
        c2pa.Context.from_dict(c2pa_settings(identity.root_pem or "")) as context,
        c2pa.Signer.from_callback(identity.sign, algorithm, identity.chain_pem) as signer,
        c2pa.Builder(plan.definition, context) as builder,
        source.open("rb") as reading,
        target.open("w+b") as writing,
    ):
        builder.sign(signer, "video/mp4", reading, writing)
    read_alone(target, identity)


def read_alone(path: Path, identity: Identity) -> None:
    with path.open("rb") as file, open_reader("video/mp4", file, identity.root_pem or "") as reader:
        json.loads(reader.json())


def ours(source: Path, target: Path, identity: Identity) -> None:
    sign_file(source, target, wanted(), identity)


def compared(
    first: Callable[[], None], second: Callable[[], None], between: Callable[[], None], runs: int
) -> dict[str, Any]:
    """Medians of processor and wall time of two ways, alternating; the ratio is that of the second to the first."""
    taken: list[list[tuple[float, float]]] = [[], []]
    for _ in range(runs + 1):  # the first round warms caches and is not counted
        for times, way in zip(taken, (first, second), strict=True):
            between()
            began, wall = time.process_time(), time.perf_counter()
            way()
            times.append((time.process_time() - began, time.perf_counter() - wall))
    cpu = [statistics.median(t[0] for t in times[1:]) for times in taken]
    wall_ms = [statistics.median(t[1] for t in times[1:]) for times in taken]
    return {
        "library_cpu_ms": round(1000 * cpu[0], 1),
        "adseal_cpu_ms": round(1000 * cpu[1], 1),
        "library_wall_ms": round(1000 * wall_ms[0], 1),
        "adseal_wall_ms": round(1000 * wall_ms[1], 1),
        "cpu_ratio": round(cpu[1] / cpu[0], 3),
    }


def measured(work: Path, megabytes: int, runs: int) -> dict[str, Any]:
    identity = load_or_create_development(work / "identity")
    source = a_video(work / f"{megabytes}.mp4", megabytes)
    target, sealed = work / "out.mp4", work / f"sealed{megabytes}.mp4"
    sealed.unlink(missing_ok=True)
    ours(source, sealed, identity)
    trust = Trust.of(development=[str(identity.root_pem)])

    def gone() -> None:
        target.unlink(missing_ok=True)

    sign = compared(
        lambda: alone(source, target, identity), lambda: ours(source, target, identity), gone, runs
    )
    read = compared(lambda: read_alone(sealed, identity), lambda: _read(sealed, trust), gone, runs)
    began = time.perf_counter()
    report = verify(sealed, trust=trust)
    return {
        "megabytes": megabytes,
        "sign_and_read_back": sign,
        "read": read,
        "verify_wall_ms": round(1000 * (time.perf_counter() - began), 1),
        "verdict": report.verdict,
    }


def _read(path: Path, trust: Trust) -> None:
    found = read_file(path, trust)
    if found.status != "present" or found.failure:
        raise SystemExit(f"{path}: {found}")


def peak_mb(work: Path, megabytes: int, way: str) -> int:
    """Peak memory of one signing, in a process of its own."""
    words = [sys.executable, __file__, "--work", str(work), "--once", way, "--sizes", str(megabytes)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return int(done.stdout)


def once(work: Path, megabytes: int, way: str) -> None:
    identity = load_or_create_development(work / "identity")
    target = work / "once.mp4"
    target.unlink(missing_ok=True)
    {"library": alone, "adseal": ours}[way](work / f"{megabytes}.mp4", target, identity)
    target.unlink()
    sys.stdout.write(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}\n")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", type=Path, required=True, help="folder for the files")
    parser.add_argument("--sizes", type=int, nargs="*", default=list(_SIZES_MB), help="in megabytes")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--json", type=Path, help="where the figures go")
    parser.add_argument("--once", choices=["library", "adseal"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    if options.once:
        once(options.work, options.sizes[0], options.once)
        return
    rows = []
    for megabytes in options.sizes:
        row = measured(options.work, megabytes, options.runs)
        row["peak_mb"] = {way: peak_mb(options.work, megabytes, way) for way in ("library", "adseal")}
        rows.append(row)
        sys.stdout.write(json.dumps(row) + "\n")
        sys.stdout.flush()
    figures = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, "
        f"{platform.system()}, Python {platform.python_version()}, c2pa-python {c2pa.__version__}",
        "method": f"processor time of the process, median of {options.runs} alternating runs, ES256",
        "rows": rows,
    }
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
