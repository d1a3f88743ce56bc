# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The user's own finished video: sealed, mistreated, verified."""

import json
import os
import stat
import subprocess
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

import adseal
from adseal.demo import platform
from adseal.errors import SealingError
from adseal.home import Home
from adseal_provenance.watermark.survival import Survival

from .conftest import Program, run_program


@pytest.fixture(scope="module")
def sealed(plain_video: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """(path, JSON answer, home) of one sealed video."""
    home, out = tmp_path_factory.mktemp("sealer"), tmp_path_factory.mktemp("sealed") / "holiday.sealed.mp4"
    ran = run_program("seal", plain_video, "-o", out, "--title", "Holiday", "--json", home=home)
    assert ran.returncode == 0, ran.stderr
    return out, json.loads(ran.stdout), home


def _verdict(video: Path, home: Path) -> tuple[int, dict[str, Any]]:
    said = run_program("verify", video, "--json", home=home)
    return said.returncode, json.loads(said.stdout)


def test_a_sealed_video_is_intact_and_its_marks_are_found(sealed: Any) -> None:
    path, answer, home = sealed
    assert {"output", "id", "sha256", "plan_hash"} <= set(answer)
    code, report = _verdict(path, home)
    assert (code, report["verdict"]) == (0, "intact")
    assert {m["id"] for m in report["marks"]} == {answer["id"]}
    assert report["sha256"] == answer["sha256"]
    found = json.loads(run_program("detect", path, "--json", home=home).stdout)
    assert {m["id"] for m in found["marks"]} == {answer["id"]}
    assert all({"algorithm", "id", "log10_p", "spans"} <= set(m) for m in found["marks"])


def test_what_people_put_in_and_did_is_named_in_the_credential(
    plain_video: Path, sealed: Any, tmp_path: Path
) -> None:
    master, _, home = sealed
    photo, out = tmp_path / "shoe.png", tmp_path / "spot.mp4"
    cv2.imwrite(str(photo), np.full((90, 160, 3), 120, np.uint8))
    told = ("--component", f"digitalCapture={photo}", "--component", master)
    did = ("--step", "trimmed", "--step", "edited=compositeWithTrainedAlgorithmicMedia")
    ran = run_program("seal", plain_video, "-o", out, *told, *did, "--json", home=home)
    assert ran.returncode == 0, ran.stderr
    _, report = _verdict(out, home)
    assert report["verdict"] == "intact", report["summary"]
    sources = {
        (i["title"], i["relationship"], i["verdict"]) for i in report["ingredients"] if i["depth"] == 1
    }
    assert ("shoe.png", "componentOf", "none") in sources
    assert (master.name, "componentOf", "intact") in sources
    assert (plain_video.name, "parentOf", "none") in sources
    assert report["axes"]["ai_claim"]["state"] == "pass"


def test_a_component_or_step_that_cannot_be_named_is_refused_before_any_work(
    plain_video: Path, program: Program, tmp_path: Path
) -> None:
    out = tmp_path / "spot.mp4"
    wrong = program("seal", plain_video, "-o", out, "--component", "none.txt", "--step", "polished")
    assert wrong.returncode == 2 and not out.exists()
    assert "none.txt" in wrong.stderr and "polished" in wrong.stderr


def test_the_credential_is_printed_as_crjson_and_its_lack_is_said(
    sealed: Any, plain_video: Path, program: Program
) -> None:
    path, _, home = sealed
    printed = run_program("crjson", path, home=home)
    assert printed.returncode == 0, printed.stderr
    document = json.loads(printed.stdout)
    assert document["manifests"][0]["signature"]["certificateInfo"]
    bare = program("crjson", plain_video)
    assert bare.returncode == 1 and "there is no credential in it" in bare.stderr


def test_a_certificate_is_judged_as_of_the_day_that_is_named(sealed: Any) -> None:
    path, _, home = sealed
    later = run_program("verify", path, "--at", "2100-01-01", "--json", home=home)
    assert later.returncode == 1
    report = json.loads(later.stdout)
    assert report["verdict"] == "broken" and report["axes"]["time"]["code"] == "certificate_expired"
    wrong = run_program("verify", path, "--at", "tomorrow", home=home)
    assert wrong.returncode == 2 and "2027-01-31" in wrong.stderr


def test_the_users_own_video_is_not_called_ai_made_unless_the_user_says_so(sealed: Any) -> None:
    path, _, home = sealed
    _, report = _verdict(path, home)
    assert report["axes"]["ai_claim"]["state"] == "absent"
    assert b"trainedAlgorithmicMedia" not in path.read_bytes()


def test_a_video_its_owner_calls_ai_made_says_so_in_credential_and_tags(
    plain_video: Path, program: Program, tmp_path: Path
) -> None:
    out = tmp_path / "made.mp4"
    assert program("seal", plain_video, "-o", out, "--ai", "--provider", "Aubemar").returncode == 0
    report = json.loads(program("verify", out, "--json").stdout)
    assert report["axes"]["ai_claim"]["state"] == "pass"
    assert b'"ContentProducer":"Aubemar"' in out.read_bytes()


def test_a_reencoded_copy_is_recovered_in_the_home_that_sealed_it(sealed: Any, tmp_path: Path) -> None:
    path, answer, home = sealed
    copy = tmp_path / "copy.mp4"
    platform.reencode(path, copy)
    code, report = _verdict(copy, home)
    assert (code, report["verdict"]) == (0, "recovered")
    assert report["record"]["locator"] == answer["id"]
    assert report["axes"]["credential"]["state"] != "pass"


def test_the_page_of_a_cut_copy_shows_its_seconds_and_its_receipt_holds(sealed: Any, tmp_path: Path) -> None:
    path, _, home = sealed
    copy, page, receipt = tmp_path / "copy.mp4", tmp_path / "page.html", tmp_path / "receipt.json"
    platform.transcode(path, copy, "fps=25", fps=25, crf=24, start_s=1.0)
    ran = run_program("verify", copy, "--report", page, "--receipt", receipt, "--json", home=home)
    report = json.loads(ran.stdout)
    assert (ran.returncode, report["verdict"]) == (0, "recovered")
    ((received, registered),) = report["record"]["matches"]
    assert registered[0] - received[0] == pytest.approx(1.0, abs=0.5)
    html = page.read_text(encoding="utf-8")
    assert html.count("data:image/jpeg;base64,") == 8
    assert f"show seconds {registered[0]:.1f} to {registered[1]:.1f} of the registered video" in html
    held = run_program("receipt", "check", receipt, "--video", copy, home=home)
    assert held.returncode == 0, held.stdout
    assert run_program("receipt", "check", receipt, "--video", path, home=home).returncode == 1


def test_a_stranger_without_the_key_finds_the_credential_and_no_mark(sealed: Any, tmp_path: Path) -> None:
    path, _, _ = sealed
    code, report = _verdict(path, tmp_path / "strangers-home")
    assert (code, report["verdict"]) == (0, "intact")
    assert report["axes"]["signer_trust"]["state"] != "pass"
    assert report["axes"]["picture_watermark"]["state"] in ("not_checked", "absent")


def test_a_gate_that_wants_a_known_signer_refuses_a_development_identity(sealed: Any) -> None:
    path, _, home = sealed
    assert run_program("verify", path, "--require-trusted", home=home).returncode == 1


def test_a_mark_moved_onto_another_video_is_a_mismatch(sealed: Any, clips_dir: Path, tmp_path: Path) -> None:
    """The forger knows the key here (worse than any outsider): same locator embedded into other footage."""
    from adseal.home import Home
    from adseal_generator.encode import encode
    from adseal_generator.footage import footage_info, read_frames
    from adseal_provenance.watermark.picture import PictureMarker

    _, answer, home = sealed
    victim = footage_info(clips_dir / "crystal.mp4")
    marker = PictureMarker(Home(home).watermark_key(), answer["id"], victim.width, victim.height)
    forged = tmp_path / "forged.mp4"

    def frames() -> Any:
        for number, frame in enumerate(read_frames(clips_dir / "crystal.mp4")):
            if number >= 90:
                return
            yield type(frame)(marker.mark(frame.y), frame.u, frame.v)

    encode(forged, frames(), width=victim.width, height=victim.height, fps=victim.fps, sound=None)
    code, report = _verdict(forged, home)
    assert (code, report["verdict"]) == (1, "mismatch")


def test_a_mark_without_a_record_is_called_marked(sealed: Any, program: Program, tmp_path: Path) -> None:
    from adseal_provenance.records.registry import Registry

    path, _, home = sealed
    copy, empty = tmp_path / "copy.mp4", tmp_path / "empty.db"
    platform.reencode(path, copy)
    wrong = program("verify", copy, "--registry", empty, home=home)
    assert wrong.returncode == 1, "a mistyped registry must not look like an empty one"
    assert "empty.db" in wrong.stderr
    Registry.open(empty).close()
    said = program("verify", copy, "--registry", empty, "--json", home=home)
    assert (said.returncode, json.loads(said.stdout)["verdict"]) == (1, "marked")


def test_an_existing_file_is_never_overwritten(sealed: Any, plain_video: Path, program: Program) -> None:
    path, answer, _ = sealed
    again = program("seal", plain_video, "-o", path)
    assert again.returncode == 1
    assert "already exists" in again.stderr
    assert adseal.verify(path).sha256 == answer["sha256"]


@pytest.mark.parametrize("name", ["note.mp4", "empty.mp4", "cut.mp4", "missing.mp4"])
def test_a_source_that_is_no_video_leaves_nothing_behind(
    name: str, plain_video: Path, program: Program, tmp_path: Path
) -> None:
    source, out = tmp_path / name, tmp_path / "out" / "sealed.mp4"
    out.parent.mkdir()
    content = {"note.mp4": b"not a video", "empty.mp4": b"", "cut.mp4": plain_video.read_bytes()[:800]}
    if name in content:
        source.write_bytes(content[name])
    ran = program("seal", source, "-o", out)
    assert ran.returncode == 3, ran.stderr
    assert "error" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert list(out.parent.iterdir()) == []


def test_sealing_into_a_folder_that_is_not_there_is_refused_before_any_work(
    plain_video: Path, tmp_path: Path
) -> None:
    with pytest.raises(SealingError, match="does not exist"):
        adseal.seal(plain_video, tmp_path / "nowhere" / "sealed.mp4")


def test_black_video_is_refused_rather_than_sealed_without_a_mark(tmp_path: Path) -> None:
    import numpy as np

    from adseal_generator.encode import encode
    from adseal_generator.frames import YuvFrame

    black = YuvFrame(
        np.full((180, 320), 16, np.uint8), *(np.full((90, 160), 128, np.uint8) for _ in range(2))
    )
    source = tmp_path / "black.mp4"
    encode(source, iter([black] * 50), width=320, height=180, fps=25, sound=None)
    with pytest.raises(SealingError, match="cannot be read back"):
        adseal.seal(source, tmp_path / "sealed.mp4")
    assert not (tmp_path / "sealed.mp4").exists()


def test_looking_makes_nothing_in_a_home_that_was_never_used(plain_video: Path, tmp_path: Path) -> None:
    home = tmp_path / "fresh"
    assert run_program("verify", plain_video, home=home).returncode == 1
    assert run_program("detect", plain_video, home=home).returncode == 1
    assert run_program("doctor", home=home).returncode == 0
    assert not home.exists()


@pytest.mark.parametrize(
    ("content", "verdict", "code"),
    [
        (b"just text", "unreadable", 3),
        (b"", "unreadable", 3),
        (b"\0\0\0\x18ftypisom" + b"\0" * 900, "unreadable", 3),
    ],
)
def test_verify_answers_with_json_whatever_it_is_given(
    content: bytes, verdict: str, code: int, program: Program, tmp_path: Path
) -> None:
    video = tmp_path / "strange.mp4"
    video.write_bytes(content)
    said = program("verify", video, "--json")
    assert said.returncode == code, said.stderr
    assert json.loads(said.stdout)["verdict"] == verdict


def test_several_videos_give_a_list_and_the_worst_exit_code(
    sealed: Any, program: Program, tmp_path: Path
) -> None:
    path, _, home = sealed
    text = tmp_path / "text.mp4"
    text.write_text("hello")
    said = program("verify", path, text, "--json", home=home)
    assert said.returncode == 3
    assert [r["verdict"] for r in json.loads(said.stdout)] == ["intact", "unreadable"]


def test_wrong_usage_exits_with_two(program: Program) -> None:
    assert program("verify").returncode == 2
    assert program("verify", "--no-such-option", "x.mp4").returncode == 2


def test_keys_are_private_and_never_shown(program: Program, own_home: Path) -> None:
    made = program("pki", "init", "--json")
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["identity"] == "development"
    for path in (own_home / "watermark" / "0001.key", own_home / "identity" / "key.pem"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (secret,) = (
        word for word in (own_home / "watermark" / "0001.key").read_text().split() if len(word) == 64
    )
    for command in (["pki", "init"], ["doctor"], ["keys", "list"], ["keys", "rotate"]):
        said = program(*command)
        assert secret not in said.stdout + said.stderr
        assert "PRIVATE KEY" not in said.stdout + said.stderr


def test_ads_sealed_before_a_key_was_rotated_are_still_recognised(
    sealed: Any, program: Program, tmp_path: Path
) -> None:
    path, answer, home = sealed
    before = json.loads(program("keys", "list", "--json", home=home).stdout)["keys"]
    made = json.loads(program("keys", "rotate", "--json", home=home).stdout)
    assert json.loads(program("keys", "list", "--json", home=home).stdout)["keys"] == [made["key"], *before]
    copy = tmp_path / "copy.mp4"
    platform.reencode(path, copy)
    _, report = _verdict(copy, home)
    assert {(m["id"], m["key_id"]) for m in report["marks"]} == {(answer["id"], before[0])}


def test_doctor_finds_nothing_missing_here(program: Program) -> None:
    said = program("doctor", "--json")
    findings = {f["subject"]: f for f in json.loads(said.stdout)["findings"]}
    assert said.returncode == 0, said.stdout
    assert {"video codecs", "credential engine", "model", "font for Latin", "font for Arabic"} <= set(
        findings
    )
    assert all(f["state"] != "failed" for f in findings.values())


def test_a_home_that_cannot_be_used_is_one_clear_error(plain_video: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "home"
    blocked.write_text("a file")
    ran: subprocess.CompletedProcess[str] = run_program(
        "seal", plain_video, "-o", tmp_path / "o.mp4", home=blocked
    )
    assert ran.returncode == 1
    assert "ADSEAL_HOME" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not os.path.lexists(tmp_path / "o.mp4")


def _survive(monkeypatch: pytest.MonkeyPatch, *outcomes: bool) -> None:
    """The trials end so, one after another: where the edge is depends on the encoder of the machine."""
    ends = iter(outcomes)
    monkeypatch.setattr(
        "adseal_provenance.watermark.survival.survival", lambda *_: Survival(survives=next(ends))
    )


def test_a_mark_that_a_platform_would_wash_out_is_made_stronger_and_the_user_told(
    plain_video: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    usual = adseal.seal(plain_video, tmp_path / "usual.mp4", home=Home(own_home))
    _survive(monkeypatch, False, True)
    sealed = adseal.seal(plain_video, tmp_path / "sealed.mp4", home=Home(own_home))
    assert sealed.survives_platform
    assert sealed.strength > 1.0
    assert any("times as strong" in note for note in sealed.notes)
    assert sealed.picture_log10_p < usual.picture_log10_p


def test_a_picture_that_carries_too_little_for_a_platform_is_sealed_with_a_warning(
    plain_video: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _survive(monkeypatch, False, False)
    sealed = adseal.seal(plain_video, tmp_path / "sealed.mp4", home=Home(own_home))
    assert not sealed.survives_platform
    assert any("may not survive a platform" in note for note in sealed.notes)


def test_a_usual_picture_is_marked_as_strongly_as_the_profile_says(sealed: Any) -> None:
    _, answer, _ = sealed
    assert answer["survives_platform"]
    assert answer["strength"] == 1.0
