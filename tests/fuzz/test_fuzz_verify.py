# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""A short fuzz run in every test run; the long one is ``python -m tests.fuzz --count 20000``.

In a process of its own, since children are forked and this one has threads of other tests.
"""

import json
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from adseal_provenance.credentials.credential import read_file
from adseal_provenance.credentials.trust import Trust
from adseal_provenance.errors import MediaError
from adseal_provenance.reading.media import Limits, check_file, probe, read_sound
from adseal_provenance.verdicts.report import Report
from adseal_provenance.verify import verify
from tests.provenance_kit import Seal, box, make_seal

from .boxes import covered, replaced, tree
from .mutators import MUTATORS, Mutator
from .runner import Tally, too_good

ROOT = Path(__file__).resolve().parents[2]
CORPUS = Path(__file__).parent / "corpus"


@pytest.fixture(scope="module")
def seal(tmp_path_factory: pytest.TempPathFactory) -> Seal:
    return make_seal(tmp_path_factory.mktemp("sealed"))


def run(count: int, folder: Path) -> tuple[int, Tally]:
    command = [sys.executable, "-m", "tests.fuzz", "--count", str(count), "--processes", "2"]
    places = ["--out", str(folder / "fuzz.json"), "--cases", str(folder / "cases")]
    done = subprocess.run(
        [*command, *places], capture_output=True, text=True, timeout=550, cwd=ROOT, check=False
    )
    assert (folder / "fuzz.json").exists(), done.stderr[-3000:]
    return done.returncode, Tally.load(folder / "fuzz.json")


def test_mutated_files_crash_nothing_hang_nothing_and_get_no_better_verdict(tmp_path: Path) -> None:
    code, tally = run(20, tmp_path)
    assert tally.done == 20
    code, tally = run(400, tmp_path)
    assert tally.done == 400, "it goes on where it stopped"
    assert sum(tally.verdicts.values()) == 400
    assert not tally.problems and code == 0, json.dumps(tally.cases, indent=1)
    assert tally.peak_mib < 2048


@pytest.mark.parametrize("mutator", MUTATORS, ids=lambda m: m.__name__)
def test_every_mutator_gives_other_bytes_and_the_same_ones_again(seal: Seal, mutator: Mutator) -> None:
    data = seal.path.read_bytes()
    once, again = ([mutator(data, Random(number)) for number in range(20)] for _ in range(2))
    assert once == again and sum(made != data for made in once) >= 15


def test_the_judge_of_verdicts_can_fail(seal: Seal) -> None:
    data = seal.path.read_bytes()
    healthy = verify(seal.path, trust=seal.trust)
    changed = data[:-1] + bytes([data[-1] ^ 1])
    assert too_good(healthy, data, data, healthy) == ""
    assert "covered bytes" in too_good(healthy, changed, data, healthy)
    renamed = healthy.model_copy(update={"manifest": None})
    assert "something else" in too_good(renamed, data, data, healthy)
    assert too_good(healthy, data, data, healthy.model_copy(update={"verdict": "none"}))
    assert too_good(healthy.model_copy(update={"verdict": "recovered"}), data, data, healthy)


def test_what_the_signature_covers_is_all_but_a_few_boxes(seal: Seal) -> None:
    data = seal.path.read_bytes()
    assert covered(data) == covered(data + box(b"free", b"zz"))
    assert covered(data) != covered(data + box(b"mdat", b"z"))
    assert {kind[4:8] for _, kind in covered(data)} == {b"moov", b"mdat", b"uuid"}


# ---- what was found, and is repaired


def test_a_stream_of_an_unknown_codec_is_no_crash(seal: Seal, tmp_path: Path) -> None:
    """Found by fuzzing: such a stream has no decoder, and asking its width raised AttributeError."""
    path = tmp_path / "a.mp4"
    path.write_bytes(
        seal.plain.read_bytes().replace(b"avc1", b"zzzz").replace(b"mp4a", b"yyyy").replace(b"esds", b"xxxx")
    )
    with pytest.raises(MediaError) as caught:
        probe(path, Limits())
    assert caught.value.code == "unreadable"
    assert read_sound(path) is None
    assert verify(path, trust=seal.trust).verdict == "unreadable"


def test_a_crowd_of_boxes_in_a_place_the_library_descends_into_is_refused(seal: Seal, tmp_path: Path) -> None:
    """Found by fuzzing: boxes inside ``meta`` were not counted, and the library's time grows with their square."""
    data = seal.plain.read_bytes()
    meta = next(node for node in tree(data) if node.kind == b"meta")
    crowd = data[meta.start : meta.end] + box(b"free") * 20_000
    inside = replaced(data, meta, (8 + len(crowd) - 8).to_bytes(4, "big") + crowd[4:])
    path = tmp_path / "a.mp4"
    path.write_bytes(inside)
    with pytest.raises(MediaError) as caught:
        check_file(path, Limits(max_boxes=16_384))
    assert caught.value.code == "too_complex"


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.mp4")), ids=lambda p: p.stem)
def test_every_found_case_stays_harmless(path: Path) -> None:
    found = read_file(path, Trust())
    assert found.status in {"present", "unreadable", "absent", "remote", "not_checked", "unsupported"}
    report = verify(path)
    assert report.verdict in {"broken", "none", "unreadable"}
    assert Report.model_validate_json(report.model_dump_json()) == report
