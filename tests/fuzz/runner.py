# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Mutated files through ``verify``, counted; goes on where it stopped.

What is asked of each file: no crash and no exception in an examination, no hang, and a verdict that is never
better than the truth. ``intact`` is allowed only where every byte that the signature covers is the seed's, and
then the credential says what the seed's says; an unsigned file never gets a verdict that names a sealed video.

Mutation n depends on nothing but n, up to the seeds' own keys and times; a found case is kept as a file.
"""

from __future__ import annotations

import json
import os
import platform
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

from adseal_provenance.examination import examine
from adseal_provenance.reading.media import Limits
from adseal_provenance.verdicts.report import Report
from adseal_provenance.verify import verify
from adseal_provenance.watermark.keys import WatermarkKey

from .boxes import covered
from .forked import Children, preload
from .mutators import MUTATORS, Mutator
from .seeds import Seeds, make_seeds

LIMITS = Limits(threads=1, memory_mb=2048)
#: Marks are looked for in every so many-th file; the search costs more than everything else, so it may
#: take longer.
KEYED = 2000
CPU_S, KEYED_CPU_S = 20, 120
_SAVE_EVERY = 100
_MOST_CASES = 50


@dataclass
class Tally:
    """What is known so far; its JSON form is the result file and the place to go on from."""

    done: int = 0
    seconds: float = 0.0
    verdicts: Counter[str] = field(default_factory=Counter)
    mutators: Counter[str] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)
    unchanged_where_it_counts: int = 0
    keyed: int = 0
    slowest_cpu_s: float = 0.0
    peak_mib: float = 0.0
    cases: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def load(cls, path: Path) -> Tally:
        if not path.exists():
            return cls()
        kept = json.loads(path.read_text())["tally"]
        counters = {name: Counter(kept.pop(name)) for name in ("verdicts", "mutators", "problems")}
        return cls(**kept, **counters)

    @classmethod
    def together(cls, tallies: list[Tally]) -> Tally:
        """Several runs as one; their seconds are added, although they may have passed side by side."""
        one = cls()
        for other in tallies:
            for name in ("verdicts", "mutators", "problems"):
                getattr(one, name).update(getattr(other, name))
            one.done += other.done
            one.seconds = round(one.seconds + other.seconds, 1)
            one.unchanged_where_it_counts += other.unchanged_where_it_counts
            one.keyed += other.keyed
            one.slowest_cpu_s = max(one.slowest_cpu_s, other.slowest_cpu_s)
            one.peak_mib = max(one.peak_mib, other.peak_mib)
            one.cases += other.cases
        return one

    def save(self, path: Path) -> None:
        document = {
            "what": "mutated files against verify; see tests/fuzz",
            "command": f"python -m tests.fuzz --count {self.done}",
            "machine": machine(),
            "limits": {"memory_mb": LIMITS.memory_mb, "cpu_s": CPU_S, "cpu_s_with_key": KEYED_CPU_S},
            "tally": {
                **vars(self),
                "slowest_cpu_s": round(self.slowest_cpu_s, 2),
                "peak_mib": round(self.peak_mib, 1),
            },
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f"{path.name}.part")
        temporary.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
        temporary.replace(path)


def machine() -> dict[str, Any]:
    """Where it ran, as far as it matters for times."""
    from importlib.metadata import version

    parts = {name: version(name) for name in ("c2pa-python", "av", "numpy")}
    return {
        "system": platform.platform(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        **parts,
    }


def mutated(seeds: Seeds, number: int) -> tuple[str, list[Mutator], bytes]:
    """Mutation ``number``: the seed's name, what was done, and the bytes."""
    random = Random(number)
    name = random.choice(sorted(seeds.files))
    chosen = random.choices(MUTATORS, k=random.choice([1, 1, 1, 2, 3]))
    data = seeds.files[name]
    for mutator in chosen:
        data = mutator(data, random) or b"\0"
    return name, chosen, data


def too_good(report: Report, data: bytes, seed: bytes, healthy: Report) -> str:
    """Why a verdict is better than the truth; empty where it is not."""
    if report.verdict != "intact":
        expected = {"broken", "none", "unreadable"}
        return "" if report.verdict in expected else f"verdict {report.verdict}"
    if healthy.verdict != "intact":
        return "an unsigned file became intact"
    if covered(data) != covered(seed):
        return "intact, although covered bytes changed"
    if report.manifest != healthy.manifest:
        return "intact, although the credential says something else"
    return ""


def fuzz(count: int, out: Path, cases: Path, *, start: int = 0, step: int = 1) -> Tally:
    """Run until ``count`` files are done in all, numbers ``start``, ``start + step`` and so on; what an earlier run
    did counts."""
    tally = Tally.load(out)
    first = start + step * tally.done
    with tempfile.TemporaryDirectory(prefix="adseal-fuzz-") as made:
        folder = Path(made)
        seeds = make_seeds_apart(folder)
        preload()
        key = WatermarkKey.create(folder / "watermark.key")
        children, began, before = Children(), time.monotonic(), tally.seconds
        with mock.patch.object(examine, "examine_file", children.file):
            healthy = {name: _verified(folder, data, seeds, ()) for name, data in seeds.files.items()}
            expected = {n: "intact" if n.startswith("sealed") else "none" for n in healthy}
            assert {n: r.verdict for n, r in healthy.items()} == expected and not children.endings
            for number in range(first, start + step * count, step):
                _one(number, seeds, healthy, key, children, tally, folder, cases)
                tally.seconds = round(before + time.monotonic() - began, 1)
                if tally.done % _SAVE_EVERY == 0:
                    tally.save(out)
    tally.save(out)
    return tally


def make_seeds_apart(folder: Path) -> Seeds:
    """The seeds, signed in a child: the C2PA library starts threads, and this process must not have any."""
    import pickle

    child = os.fork()
    if child == 0:
        try:
            (folder / "seeds").write_bytes(pickle.dumps(make_seeds(folder)))
            os._exit(0)
        finally:
            os._exit(1)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0:
        raise RuntimeError("the seeds could not be made")
    seeds = pickle.loads((folder / "seeds").read_bytes())
    assert isinstance(seeds, Seeds)
    return seeds


def _verified(folder: Path, data: bytes, seeds: Seeds, keys: tuple[WatermarkKey, ...]) -> Report:
    path = folder / "clip.mp4"
    path.write_bytes(data)
    return verify(path, keys=keys, trust=seeds.trust, limits=LIMITS)


def _one(
    number: int,
    seeds: Seeds,
    healthy: dict[str, Report],
    key: WatermarkKey,
    children: Children,
    tally: Tally,
    folder: Path,
    cases: Path,
) -> None:
    name, chosen, data = mutated(seeds, number)
    keys = (key,) if number % KEYED == 7 else ()
    children.endings.clear()
    children.cpu_s = KEYED_CPU_S if keys else CPU_S
    problems: list[str] = []
    try:
        report = _verified(folder, data, seeds, keys)
        Report.model_validate_json(report.model_dump_json())
        tally.verdicts[report.verdict] += 1
        if wrong := too_good(report, data, seeds.files[name], healthy[name]):
            problems.append(f"too good: {wrong}")
    except Exception as error:  # noqa: BLE001  (whatever it is, it is a find)
        problems.append(f"verify raised: {type(error).__name__}: {error}"[:300])
    problems += children.endings
    tally.done += 1
    tally.keyed += bool(keys)
    tally.unchanged_where_it_counts += covered(data) == covered(seeds.files[name])
    tally.mutators.update(mutator.__name__ for mutator in chosen)
    tally.slowest_cpu_s = max(tally.slowest_cpu_s, children.slowest_s)
    tally.peak_mib = max(tally.peak_mib, children.peak_kib / 1024)
    for problem in problems:
        tally.problems[problem.split(":")[0]] += 1
    if problems and len(tally.cases) < _MOST_CASES:
        cases.mkdir(parents=True, exist_ok=True)
        (cases / f"{number}.mp4").write_bytes(data)
        done = [mutator.__name__ for mutator in chosen]
        tally.cases.append({"number": number, "seed": name, "mutators": done, "problems": problems})
