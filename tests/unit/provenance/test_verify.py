# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Verification end to end on real files without marks: whatever comes in, a report comes out."""

import os
import struct
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.provenance_kit import WHEN, Seal, box, with_byte_changed

from adseal_provenance.credentials.trust import Trust
from adseal_provenance.examination import examine
from adseal_provenance.reading.media import Limits
from adseal_provenance.records.registry import Registry
from adseal_provenance.verdicts.report import Report
from adseal_provenance.verify import verify
from adseal_provenance.watermark.keys import WatermarkKey


def test_a_sealed_file_is_intact_and_the_report_is_stable(seal: Seal) -> None:
    first = verify(seal.path, trust=seal.trust, now=WHEN)
    assert first.verdict == "intact" and first.sha256 == seal.signed.sha256
    assert first.axes["signer_trust"].state == "warn" and first.axes["ai_claim"].state == "pass"
    assert first.axes["picture_watermark"].state == "not_checked"
    assert verify(seal.path, trust=seal.trust, now=WHEN).model_dump_json() == first.model_dump_json()


def test_a_tampered_file_is_broken_and_a_plain_one_is_none(seal: Seal, tmp_path: Path) -> None:
    path = tmp_path / "tampered.mp4"
    path.write_bytes(with_byte_changed(seal.path.read_bytes(), -4000))
    assert verify(path, trust=seal.trust).verdict == "broken"
    plain = verify(seal.plain, trust=seal.trust)
    assert plain.verdict == "none" and "AIGC label 1" in plain.axes["ai_claim"].sentence


def test_a_registered_file_is_recognised_by_its_credential(seal: Seal, tmp_path: Path) -> None:
    from adseal_provenance.records.record import Record

    record = Record(
        locator="0123456789ab",
        key_id="deadbeef",
        algorithms=(),
        manifest_id=seal.signed.manifest_id,
        manifest_store=seal.signed.manifest_store,
        fingerprint=b"",
        title="Summer offer",
        sha256=seal.signed.sha256,
        plan_hash=None,
        created_at=WHEN,
        duration_s=2.0,
    )
    with Registry.open(tmp_path / "registry.db") as registry:
        registry.add(record)
        report = verify(seal.path, trust=seal.trust, registry=registry)
    assert report.record is not None and report.record.same_bytes and report.record.title == "Summer offer"


def test_a_registry_that_fails_is_told_and_does_not_raise(seal: Seal, tmp_path: Path) -> None:
    with Registry.open(tmp_path / "registry.db") as registry:
        registry.close()
        (tmp_path / "registry.db").write_bytes(b"garbage" * 5000)
        report = verify(seal.path, trust=seal.trust, registry=registry)
    assert report.verdict == "intact" and "registry could not be asked" in report.summary


def unreadable(path: Path, **options: Any) -> Report:
    report = verify(path, **options)
    assert report.verdict == "unreadable" and report.summary.startswith("The file could not be examined: ")
    assert Report.model_validate_json(report.model_dump_json()) == report
    return report


def test_what_is_no_file_is_unreadable_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.mp4")
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "loop.mp4").symlink_to("loop.mp4")
    (tmp_path / "file").touch()
    began = time.monotonic()
    cases = {
        "missing.mp4": "No such file",
        ".": "a folder",
        "fifo.mp4": "not a regular file",
        "empty.mp4": "empty",
        "loop.mp4": "symbolic links",
        "file/clip.mp4": "Not a directory",
        "bad\0name.mp4": "null",
        "x" * 5000: "too long",
    }
    for name, words in cases.items():
        assert words in unreadable(tmp_path / name).summary
    for special in ("/dev/zero", "/proc/self/mem"):
        unreadable(Path(special))
    assert time.monotonic() - began < 5


def test_a_file_name_of_strange_bytes_is_no_problem(seal: Seal, tmp_path: Path) -> None:
    name = os.fsdecode(b"ad-\xff\n\x1b[31m.mp4")
    (tmp_path / name).write_bytes(seal.path.read_bytes())
    report = verify(tmp_path / name, trust=seal.trust)
    assert report.verdict == "intact" and report.file.isprintable()
    assert Report.model_validate_json(report.model_dump_json()) == report


@pytest.mark.parametrize(
    "content",
    [
        b"This is a text file that somebody called a video.\n" * 40,
        box(b"ftyp", b"isom" + bytes(4)) + struct.pack(">I4s", 4000, b"moov") + b"cut off",
        box(b"ftyp", b"isom" + bytes(4)) + box(b"free") * 60_000,
    ],
    ids=["text", "truncated", "box bomb"],
)
def test_what_is_no_video_is_unreadable_within_seconds(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    began = time.monotonic()
    unreadable(path)
    assert time.monotonic() - began < 30


def test_limits_hold(seal: Seal) -> None:
    assert "bytes" in unreadable(seal.path, limits=Limits(max_bytes=1000)).summary


def test_a_file_that_changes_during_the_examination_is_not_judged(
    seal: Seal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(seal.path.read_bytes())
    really = examine.examine_file

    def meanwhile(*args: Any, **options: Any) -> Any:
        with path.open("ab") as file:
            file.write(box(b"free"))
        return really(*args, **options)

    monkeypatch.setattr(examine, "examine_file", meanwhile)
    assert "changed while" in unreadable(path).summary


# ---- the fate of the examination process

SCRIPTS = {
    "crash": "import os; os.abort()",
    "killed": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "exit code": "raise SystemExit(3)",
    "silence": "",
    "garbage": "print('}{')",
    "another shape": 'print(\'{"ok": {"status": "fine", "extra": 1}}\')',
    "a list": "print('[1, 2]')",
    "exception": 'print(\'{"failed": "MemoryError: "}\')',
}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=list(SCRIPTS))
def test_a_worker_that_fails_is_evidence(seal: Seal, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examine, "command", lambda: [sys.executable, "-I", "-S", "-c", script])
    report = unreadable(seal.path, trust=seal.trust)
    assert "examination failed" in report.summary
    assert {axis.state for axis in report.axes.values()} <= {"not_checked", "absent"}
    assert report.sha256 == seal.signed.sha256


def test_a_worker_that_never_ends_is_stopped(seal: Seal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examine, "command", lambda: [sys.executable, "-I", "-S", "-c", "while True: pass"])
    monkeypatch.setattr(examine, "_START_S", 0.5)
    began = time.monotonic()
    assert "stopped after" in unreadable(seal.path, limits=Limits(wall_s=0.1)).summary
    assert time.monotonic() - began < 10


def test_a_worker_that_cannot_be_started_is_evidence(seal: Seal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examine, "command", lambda: ["/nowhere/python"])
    assert "could not be run" in unreadable(seal.path).summary


def test_memory_is_limited(seal: Seal) -> None:
    report = verify(seal.path, trust=seal.trust, limits=Limits(memory_mb=48))
    assert report.verdict == "unreadable" and "examination failed" in report.summary


CONFESSION = """
import json, os, resource, sys
from adseal_provenance.examination import worker
request = json.loads(sys.stdin.buffer.read())
worker.confine(memory_mb=request["limits"]["memory_mb"], cpu_s=request["cpu_s"])
told = {
    "argv": sys.argv, "environment": dict(os.environ), "keys": len(request.get("keys", [])),
    "memory": resource.getrlimit(resource.RLIMIT_AS)[1], "cpu": resource.getrlimit(resource.RLIMIT_CPU)[1],
    "core": resource.getrlimit(resource.RLIMIT_CORE)[1],
}
print(json.dumps({"failed": json.dumps(told)}))
"""


def test_the_worker_gets_no_secret_but_on_stdin_and_cannot_exceed_its_limits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = WatermarkKey.create(tmp_path / "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example")
    monkeypatch.setattr(examine, "command", lambda: [sys.executable, "-P", "-c", CONFESSION])
    job = {"job": "media", "path": "x", "keys": [examine._secret(key)]}
    told = str(examine._run(job, Limits(memory_mb=512)))
    assert '"keys": 1' in told and f'"memory": {512 * 1024 * 1024}' in told and '"core": 0' in told
    assert "hush" not in told and "proxy.example" not in told and examine._secret(key) not in told
    assert '"cpu": -1' not in told


def test_a_module_in_the_current_folder_does_not_shadow_ours(
    seal: Seal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("json.py", "numpy.py", "c2pa.py"):
        (tmp_path / name).write_text("import os; os.abort()")
    monkeypatch.chdir(tmp_path)
    assert verify(seal.path, trust=seal.trust).verdict == "intact"


def test_many_threads_may_verify_at_once(seal: Seal) -> None:
    reports: list[Report] = []
    threads = [
        threading.Thread(target=lambda: reports.append(verify(seal.path, trust=seal.trust))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert [report.verdict for report in reports] == ["intact"] * 2


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_bytes_make_verification_raise(data: st.DataObject, seal: Seal, tmp_path: Path) -> None:
    if data.draw(st.booleans()):
        content = data.draw(st.binary(min_size=1, max_size=2000))
    else:
        changed = bytearray(seal.path.read_bytes())
        for _ in range(data.draw(st.integers(1, 20))):
            changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
        content = bytes(changed[: data.draw(st.integers(1, len(changed)))])
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    report = verify(path, trust=Trust.of(development=[str(seal.identity.root_pem)]))
    assert report.verdict in {"intact", "broken", "none", "unreadable"}
    assert Report.model_validate_json(report.model_dump_json()) == report
