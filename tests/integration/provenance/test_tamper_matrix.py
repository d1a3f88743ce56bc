# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The tamper matrix: every change that was measured on sealed files, through the whole of ``verify``.

Rows that are tested more closely elsewhere are named in ``ELSEWHERE``, and a test holds that those tests are there.
"""

import ast
import http.server
import resource
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg
import pytest

from adseal_provenance.credentials.container import XMP_UUID
from adseal_provenance.credentials.trust import Trust
from adseal_provenance.identities.identity import create_development
from adseal_provenance.sealing.signing import sign_file
from adseal_provenance.verdicts.report import Report
from adseal_provenance.verify import verify
from tests.provenance_kit import Seal, box, opened, request, with_byte_changed

TESTS = Path(__file__).resolve().parents[2]
Tamper = Callable[[bytes], bytes]
MISMATCH = {"assertion.bmffHash.mismatch"}


def at(marker: bytes, offset: int = 0, to: int | None = None) -> Tamper:
    return lambda data: with_byte_changed(data, data.index(marker) + offset, to=to)


def in_signature(data: bytes) -> bytes:
    """The COSE signature is the last byte string in the store; 0x5840 begins one of 64 bytes (ES256)."""
    start = data.rindex(b"c2pa.signature")
    certificate = data.index(b"\x30\x82", start)
    return with_byte_changed(data, data.rindex(b"\x58\x40", certificate, data.index(b"moov", start)) + 10)


def in_certificate(data: bytes) -> bytes:
    start = data.index(b"\x30\x82", data.rindex(b"c2pa.signature"))
    return with_byte_changed(data, data.index(b"Adseal development", start) + 3)


# what is done to the sealed bytes, the verdict, codes among those of credential and signer, words of the summary
BYTES: dict[str, tuple[Tamper, str, set[str], str]] = {
    "nothing": (lambda d: d, "intact", set(), "Intact since signing"),
    "media byte": (lambda d: with_byte_changed(d, -4000), "broken", MISMATCH, "bytes changed after signing"),
    "moov byte": (at(b"mvhd", 8), "broken", MISMATCH, "bytes changed after signing"),
    "cut short": (lambda d: d[:-2000] + box(b"free", bytes(1992)), "broken", MISMATCH, "bytes changed"),
    "mdat appended": (lambda d: d + box(b"mdat", b"x"), "broken", MISMATCH, "bytes changed"),
    "uuid appended": (lambda d: d + box(b"uuid", b"y" * 16), "broken", MISMATCH, "bytes changed"),
    "signature byte": (in_signature, "broken", {"claimSignature.mismatch"}, "credential itself changed"),
    "certificate byte": (
        in_certificate,
        "broken",
        {"claimSignature.mismatch", "signingCredential.untrusted"},
        "Attribute nothing",
    ),
    "assertion character": (
        at(b"Adseal mini", to=ord("B")),
        "broken",
        {"assertion.hashedURI.mismatch"},
        "credential itself changed",
    ),
    "assertion not UTF-8": (at(b"Adseal mini", to=0xFF), "broken", set(), "present but unreadable"),
    "JUMBF header": (at(b"jumd", -2), "broken", set(), "present but unreadable"),
    "junk behind the last box": (lambda d: d + b"junkjunkjunk", "broken", set(), "present but unreadable"),
    # Boxes that the hash leaves out (C2PA A.5.3): nothing of what a viewer sees is in them.
    "file-type byte": (at(b"ftyp", 8), "intact", set(), "Intact since signing"),
    "free appended": (lambda d: d + box(b"free", b"z" * 8), "intact", set(), "Intact since signing"),
    "garbage": (lambda d: b"garbage" * (len(d) // 7), "unreadable", set(), "could not be examined"),
}


@pytest.mark.parametrize(("tamper", "verdict", "codes", "words"), BYTES.values(), ids=list(BYTES))
def test_a_change_of_bytes_gets_the_verdict_it_deserves(
    seal: Seal, tmp_path: Path, tamper: Tamper, verdict: str, codes: set[str], words: str
) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(tamper(seal.path.read_bytes()))
    report = verify(path, trust=seal.trust)
    assert report.verdict == verdict and words in report.summary, report.summary
    assert codes <= {code for axis in report.axes.values() for code in axis.codes}
    if verdict == "broken":
        assert report.manifest is None or not report.manifest.signer, (
            "nothing is attributed to anybody (15.3)"
        )


CONVERSIONS: dict[str, tuple[str, list[str]]] = {
    "remux": ("a.mp4", ["-c", "copy"]),
    "remux with faststart": ("a.mp4", ["-c", "copy", "-movflags", "+faststart"]),
    "re-encode": ("a.mp4", ["-c:v", "libx264", "-crf", "30", "-preset", "ultrafast"]),
    "to MOV": ("a.mov", ["-c", "copy"]),
    "fragmented": ("a.mp4", ["-c", "copy", "-movflags", "frag_keyframe+empty_moov"]),
    "to MKV": ("a.mkv", ["-c", "copy"]),
    "to WebM": ("a.webm", ["-c:v", "libvpx", "-deadline", "realtime", "-an"]),
}


@pytest.mark.parametrize("name", CONVERSIONS)
def test_a_conversion_loses_the_credential_and_nothing_is_said_of_where_it_comes_from(
    seal: Seal, tmp_path: Path, name: str
) -> None:
    out, arguments = CONVERSIONS[name]
    program = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error", "-i", str(seal.path)]
    subprocess.run([*program, *arguments, str(tmp_path / out)], check=True, timeout=120)
    report = verify(tmp_path / out, trust=seal.trust)
    assert report.verdict == "none" and "says nothing about where the video comes from" in report.summary
    expected = "not_checked" if out.endswith(("mkv", "webm")) else "absent"
    assert report.axes["credential"].state == expected, report.axes["credential"]


def test_a_source_that_was_tampered_with_warns_although_the_file_itself_stands(
    seal: Seal, tmp_path: Path
) -> None:
    (tmp_path / "tampered.mp4").write_bytes(with_byte_changed(seal.path.read_bytes(), -4000))
    sign_file(seal.plain, tmp_path / "child.mp4", opened(tmp_path / "tampered.mp4"), seal.identity)
    report = verify(tmp_path / "child.mp4", trust=seal.trust)
    assert report.verdict == "intact" and report.axes["ingredients"].state == "warn"
    assert "source whose own credential failed" in report.summary


def test_an_unknown_signer_is_intact_and_untrusted(seal: Seal, tmp_path: Path) -> None:
    stranger = create_development(tmp_path / "stranger")
    sign_file(seal.plain, tmp_path / "a.mp4", request(), stranger)
    report = verify(tmp_path / "a.mp4", trust=seal.trust)
    assert report.verdict == "intact" and report.axes["signer_trust"].state == "warn"


def test_revocation_is_not_asked_and_says_so(seal: Seal) -> None:
    axis = verify(seal.path, trust=seal.trust).axes["revocation"]
    assert axis.state == "not_checked" and "stays off the network" in axis.sentence
    assert "signingCredential.ocsp.skipped" in axis.codes


def test_an_address_in_a_received_file_is_never_called(seal: Seal, tmp_path: Path) -> None:
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_port}/x.c2pa"
        xmp = (
            '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
            '<rdf:Description rdf:about="" xmlns:dcterms="http://purl.org/dc/terms/" '
            f'dcterms:provenance="{url}"/></rdf:RDF></x:xmpmeta>'
        )
        path = tmp_path / "a.mp4"
        path.write_bytes(seal.plain.read_bytes() + box(b"uuid", XMP_UUID + xmp.encode()))
        report = verify(path, trust=seal.trust)
    finally:
        server.shutdown()
        server.server_close()
    assert asked == [] and report.verdict == "none" and report.axes["credential"].state == "not_checked"


MEASURE = """
import sys
from adseal_provenance.credentials.credential import read_file
from adseal_provenance.credentials.trust import Trust
found = read_file(sys.argv[1], Trust())
print(found.status, *found.failure, int(open('/proc/self/status').read().split('VmHWM:')[1].split()[0]) // 1024)
"""


def test_a_large_file_is_read_without_taking_the_memory_of_two(seal: Seal, tmp_path: Path) -> None:
    """252 MB took 270 MiB at most when it was measured; sparse, so that the test needs no disk."""
    path, size = tmp_path / "large.mp4", 252_000_000
    path.write_bytes(seal.path.read_bytes())
    with path.open("ab") as file:
        file.write(struct.pack(">I4s", size, b"mdat"))
        file.truncate(path.stat().st_size + size)
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, check=True, timeout=240
    )
    *said, peak = done.stdout.split()
    assert said[0] in {"present", "unreadable"} and int(peak) < 450, done.stdout


@pytest.mark.parametrize("size", [0, 1, 7, 0x7FFFFFFF, 0xFFFFFFFF])
@pytest.mark.parametrize("kind", [b"moov", b"mdat", b"jumb"])
def test_a_box_that_lies_about_its_size_ends_in_bounded_time(
    seal: Seal, tmp_path: Path, kind: bytes, size: int
) -> None:
    from adseal_provenance.credentials.credential import read_file

    data = bytearray(seal.path.read_bytes())
    struct.pack_into(">I", data, data.index(kind) - 4, size)
    path = tmp_path / "a.mp4"
    path.write_bytes(bytes(data))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    found = read_file(path, seal.trust)
    assert found.status in {"present", "unreadable", "absent", "not_checked"}
    if kind == b"jumb":  # the store lies outside the hash of the video; what is in it is hashed by the claim
        assert found.status != "present" or found.manifest_id == seal.signed.manifest_id
    else:
        assert "assertion.bmffHash.match" not in found.success
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - before < 10


ELSEWHERE = {
    "the codes behind every row of bytes": "test_credential.py::test_the_tamper_matrix",
    "leaf expired without a time stamp, or with one of an unknown authority":
        "test_time_stamps.py::test_only_a_time_stamp_outlives_the_certificate",
    "leaf expired with a trusted time stamp":
        "test_time_stamps.py::test_only_a_time_stamp_outlives_the_certificate",
    "authority for time not on a list":
        "test_time_stamps.py::test_a_time_stamp_counts_only_where_its_authority_is_on_a_list",
    "authority for time does not answer":
        "test_signing.py::test_an_authority_for_time_that_does_not_answer_is_worth_another_try",
    "recovered store with a re-encoded copy": "test_the_way_of_a_sealed_video.py::test_a_platform_copy_is_recovered",
    "tampered source at any depth": "test_credential.py::test_a_tampered_source_is_seen_at_any_depth",
    "certificate with the usages of C2PA":
        "test_credential.py::test_a_certificate_with_the_correct_usages_is_not_called_invalid",
    "withdrawn certificate": "test_verdict.py::test_a_withdrawn_certificate_breaks_the_credential",
    "signing that fails leaves nothing":
        "test_signing.py::test_a_key_that_does_not_fit_is_found_before_anything_is_published",
    "values of soft bindings as text, numbers and bytes":
        "test_credential.py::test_soft_binding_values_of_every_writer_are_understood",
    "the official rules": "test_other_validators.py::test_a_generated_ad_passes_all_31_rules",
    "another validator": "test_other_validators.py::test_an_independent_validator_agrees",
    "broken anchors are not ignored": "test_credential.py::test_broken_anchors_are_refused_and_not_ignored",
}  # fmt: skip


@pytest.mark.parametrize("row", ELSEWHERE)
def test_the_rows_tested_elsewhere_are_tested_there(row: str) -> None:
    file, name = ELSEWHERE[row].split("::")
    (path,) = TESTS.rglob(file)
    names = {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)}
    assert name in names, f"{row}: {name} is no longer in {file}"


def test_the_report_of_every_row_can_be_sent_as_json(seal: Seal) -> None:
    report = verify(seal.path, trust=Trust())
    assert Report.model_validate_json(report.model_dump_json()) == report
