# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Signing: all of it or nothing, and a typed reason for nothing."""

import errno
import hashlib
import io
import os
import resource
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.provenance_kit import LOCATOR, Seal, opened, request, with_byte_changed, with_logo

from adseal_provenance.credentials import credential
from adseal_provenance.credentials.trust import Trust, c2pa_settings
from adseal_provenance.errors import SealError, SignerError
from adseal_provenance.sealing import signing
from adseal_provenance.sealing.stamping import Stamping

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def out(tmp_path: Path) -> Iterator[Path]:
    """A destination; afterwards nothing but finished files may lie in its folder."""
    folder = tmp_path / "out"
    folder.mkdir()
    yield folder / "sealed.mp4"
    assert [path.name for path in folder.iterdir() if path.name != "sealed.mp4"] == []


def refusal(seal: Seal, out: Path, made: Any = None, *, src: Path | None = None, **options: Any) -> SealError:
    """The error of a signing that must leave nothing behind."""
    before = out.read_bytes() if out.exists() else None
    identity = options.pop("identity", seal.identity)
    with pytest.raises(SealError) as caught:
        signing.sign_file(src or seal.plain, out, made or request(), identity, **options)
    assert (out.read_bytes() if out.exists() else None) == before
    return caught.value


def test_a_signed_file_says_what_was_asked_for(seal: Seal) -> None:
    found = credential.read_file(seal.path, seal.trust)
    assert found.status == "present" and found.failure == ()
    assert found.manifest_id == seal.signed.manifest_id
    assert {(b.algorithm, b.value) for b in found.soft_bindings} == {
        ("io.adseal.picture.1", LOCATOR),
        ("io.adseal.sound.1", LOCATOR),
    }
    assert hashlib.sha256(seal.path.read_bytes()).hexdigest() == seal.signed.sha256


def test_the_source_is_only_read_and_nothing_else_is_left(seal: Seal, out: Path) -> None:
    before = seal.plain.read_bytes()
    signing.sign_file(seal.plain, out, request(), seal.identity)
    assert seal.plain.read_bytes() == before and out.stat().st_nlink == 1


def test_an_existing_destination_is_never_overwritten(seal: Seal, out: Path) -> None:
    out.write_text("precious")
    assert refusal(seal, out).code == "destination_exists"


def test_a_destination_that_appears_meanwhile_is_not_overwritten_either(
    seal: Seal, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = signing._sync_and_hash

    def slow(path: Path) -> str:
        out.write_text("somebody was faster")
        return really(path)

    monkeypatch.setattr(signing, "_sync_and_hash", slow)
    with pytest.raises(SealError) as caught:
        signing.sign_file(seal.plain, out, request(), seal.identity)
    assert caught.value.code == "destination_exists" and out.read_text() == "somebody was faster"


def test_without_hard_links_the_name_is_still_taken_exclusively(
    seal: Seal, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    signed = signing.sign_file(seal.plain, out, request(), seal.identity)
    assert hashlib.sha256(out.read_bytes()).hexdigest() == signed.sha256
    assert refusal(seal, out).code == "destination_exists"


def test_a_missing_folder_and_a_missing_source_are_named(seal: Seal, out: Path) -> None:
    assert refusal(seal, out.parent / "none" / "a.mp4").code == "destination_unwritable"
    assert refusal(seal, out, src=out.parent / "none.mp4").code == "source_unreadable"


def test_what_is_no_mp4_cannot_be_signed(seal: Seal, out: Path, tmp_path: Path) -> None:
    text = tmp_path / "text.mp4"
    text.write_text("no video at all")
    assert refusal(seal, out, src=text).code == "not_mp4"
    assert refusal(seal, out, opened(text), src=text).code == "not_mp4"


def test_a_missing_logo_is_named(seal: Seal, out: Path) -> None:
    assert refusal(seal, out, request(materials=(with_logo(Path("none.png")),))).code == "material_unreadable"


def test_a_full_disk_is_named_although_the_library_forgets_it(seal: Seal, out: Path) -> None:
    size = seal.plain.stat().st_size + 2000  # enough for the labelled copy, not for the signed one
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        error = refusal(seal, out)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)
    assert error.code == "disk_full" and error.retryable and isinstance(error.__cause__, OSError)


def test_an_authority_for_time_that_does_not_answer_is_worth_another_try(seal: Seal, out: Path) -> None:
    error = refusal(seal, out, stamping=Stamping(("http://127.0.0.1:9/",)))
    assert error.code == "time_stamp" and error.retryable and "cannot be reached" in str(error)


def test_a_key_that_does_not_fit_is_found_before_anything_is_published(
    seal: Seal, out: Path, tmp_path: Path
) -> None:
    from adseal_provenance.identities.identity import create_development

    other = create_development(tmp_path / "other")
    mixed = replace(seal.identity, key=other.key)
    with pytest.raises(SignerError) as caught:
        signing.sign_file(seal.plain, out, request(), mixed)
    assert caught.value.code == "signer_mismatch" and not out.exists()


def test_a_signature_that_does_not_read_back_is_not_published(
    seal: Seal, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = signing._sign

    def damaging(source: Path, label: bytes, sealed: Path, *rest: Any) -> bytes:
        store = really(source, label, sealed, *rest)
        sealed.write_bytes(with_byte_changed(sealed.read_bytes(), -3000))
        return store

    monkeypatch.setattr(signing, "_sign", damaging)
    assert refusal(seal, out).code == "read_back"


@given(
    body=st.binary(max_size=200),
    tail=st.binary(max_size=60),
    reads=st.lists(
        st.tuples(st.integers(-20, 300), st.sampled_from([0, 1, 2]), st.integers(0, 120)), max_size=8
    ),
)
def test_a_file_with_a_tail_reads_like_both_written_behind_each_other(
    body: bytes, tail: bytes, reads: list[tuple[int, int, int]]
) -> None:
    ours, plain = io.BufferedReader(signing._WithTail(io.BytesIO(body), tail), 32), io.BytesIO(body + tail)
    for offset, whence, size in reads:
        inside = max(offset, -(0, plain.tell(), len(body + tail))[whence])
        assert ours.seek(inside, whence) == plain.seek(inside, whence)
        assert ours.read(size) == plain.read(size)
        assert ours.tell() == plain.tell()


def test_a_missing_soft_binding_is_not_published(
    seal: Seal, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = signing.build

    def forgetful(made: Any, **options: Any) -> Any:
        plan = really(made, **options)
        kept = [
            a for a in plan.definition["assertions"] if a.get("data", {}).get("alg") != "io.adseal.sound.1"
        ]
        return replace(plan, definition={**plan.definition, "assertions": kept})

    monkeypatch.setattr(signing, "build", forgetful)
    assert refusal(seal, out).code == "read_back"


def test_the_history_of_an_opened_video_is_carried_on(seal: Seal, out: Path) -> None:
    signing.sign_file(seal.plain, out, opened(seal.path), seal.identity)
    found = credential.read_file(out, seal.trust)
    parent = next(i for i in found.ingredients if i.relationship == "parentOf")
    assert parent.has_credential and parent.failures == ()
    assert "trainedAlgorithmicMedia" in {s.source_type for s in found.ai}  # what the parent's credential says


def test_an_opened_video_without_history_is_named_and_nothing_is_claimed(seal: Seal, out: Path) -> None:
    signing.sign_file(seal.plain, out, opened(seal.plain), seal.identity)
    found = credential.read_file(out, seal.trust)
    assert [(i.relationship, i.has_credential) for i in found.ingredients] == [("parentOf", False)]
    assert found.ai == ()


def test_a_history_that_cannot_be_carried_on_is_never_dropped(seal: Seal, out: Path, tmp_path: Path) -> None:
    data = seal.path.read_bytes()
    damaged = tmp_path / "damaged.mp4"
    damaged.write_bytes(with_byte_changed(data, data.index(b"Adseal mini"), to=0xFF))
    assert refusal(seal, out, opened(damaged)).code == "source_credential"


def test_a_production_identity_without_its_root_signs_too(seal: Seal, out: Path) -> None:
    signing.sign_file(seal.plain, out, request(), replace(seal.identity, root_pem=None))
    assert credential.read_file(out, Trust()).failure == ("signingCredential.untrusted",)


def test_signing_keeps_large_files_out_of_memory_and_in_one_piece() -> None:
    settings = c2pa_settings("")
    # Above this the library works on disk; in Merkle mode independent validators reject its files.
    assert settings["core"]["backing_store_memory_threshold_in_mb"] <= 8
    assert not [name for name in settings["core"] if name.startswith("merkle")]


def test_signing_a_large_file_costs_about_its_size_in_memory_once(seal: Seal, out: Path) -> None:
    size = 160 * 1024 * 1024
    large = out.parent.parent / "large.mp4"
    with large.open("wb") as file:
        file.write(seal.plain.read_bytes())
        file.write(struct.pack(">I4s", size, b"mdat"))
        file.truncate(seal.plain.stat().st_size + size)
    code = (
        "import sys\n"
        "from adseal_provenance.identities import identity\n"
        "from adseal_provenance.sealing import signing\n"
        "from tests.provenance_kit import request\n"
        "own = identity.load(sys.argv[3])\n"
        "signing.sign_file(sys.argv[1], sys.argv[2], request(), own)\n"
        # not ru_maxrss, which begins with what the parent had
        "status = open('/proc/self/status').read()\n"
        "print(int(status.split('VmHWM:')[1].split()[0]) // 1024)\n"
    )
    words = [sys.executable, "-c", code, str(large), str(out), str(seal.plain.parent / "identity")]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, cwd=ROOT, check=True)
    large.unlink()
    assert int(done.stdout) < 300, (
        "MiB at the peak; with the library's own limits it is about twice the file more"
    )
