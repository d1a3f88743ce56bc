# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Pages and receipts as files, from the command line: where they go, what they cost nobody, how they are checked."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from tests.provenance_kit import make_mp4
from typer.testing import CliRunner

import adseal
from adseal import papers
from adseal.cli.app import app
from adseal.errors import PaperError
from adseal.home import Home
from adseal_provenance.examination import examine


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_mp4(tmp_path_factory.mktemp("video") / "clip.mp4")


def run(*arguments: object) -> Result:
    said = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert said.exception is None or isinstance(said.exception, SystemExit), said.exception
    return said


@pytest.fixture
def receipt(video: Path, tmp_path: Path) -> Path:
    path = tmp_path / "clip.receipt.json"
    assert run("verify", video, "--receipt", path).exit_code == 1, "nothing is found in this clip"
    return path


def test_a_report_is_written_with_pictures_of_the_video(video: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    said = run("verify", video, "--report", page, "--json")
    assert said.exit_code == 1 and json.loads(said.stdout)["verdict"] == "none"
    html = page.read_text(encoding="utf-8")
    assert html.count("data:image/jpeg;base64,") == 8 and json.loads(said.stdout)["sha256"] in html
    assert str(tmp_path) not in html and str(video.parent) not in html
    assert sorted(p.name for p in tmp_path.iterdir()) == ["page.html"]


def test_a_page_is_written_of_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "note.mp4").write_text("not a video")
    assert run("verify", tmp_path / "note.mp4", "--report", tmp_path / "a.html").exit_code == 3
    assert run("verify", tmp_path / "missing.mp4", "--report", tmp_path / "b.html").exit_code == 3
    for name in ("a", "b"):
        assert "No picture of the file could be decoded" in (tmp_path / f"{name}.html").read_text()


def test_pictures_of_other_bytes_than_the_examined_ones_are_never_shown(
    video: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "clip.mp4"
    copy.write_bytes(video.read_bytes())
    report = adseal.verify(copy)
    really = examine.examine_keyframes

    def meanwhile(path: Path, **options: Any) -> Any:
        found = really(path, **options)
        copy.write_bytes(video.read_bytes() + b"\0\0\0\x08free")
        return found

    monkeypatch.setattr(examine, "examine_keyframes", meanwhile)
    during = adseal.write_report(report, copy, tmp_path / "during.html").read_text()
    after = adseal.write_report(report, copy, tmp_path / "after.html").read_text()
    gone = adseal.write_report(report, tmp_path / "gone.mp4", tmp_path / "gone.html").read_text()
    for html in (during, after, gone):
        assert "data:image" not in html and "no longer the one" in html


@pytest.mark.parametrize("option", ["--report", "--receipt"])
def test_a_paper_never_takes_the_place_of_a_file_and_nothing_is_examined_for_it(
    option: str, video: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = video.read_bytes()
    (tmp_path / "link").symlink_to("nowhere")
    monkeypatch.setattr(examine, "command", lambda: pytest.fail("it was examined"))
    for place in (video, tmp_path / "link", tmp_path / "no" / "paper", tmp_path, tmp_path / ("x" * 300)):
        said = run("verify", video, option, place, "--json")
        assert said.exit_code == 1 and json.loads(said.stdout)["error"]["code"] == "paper"
    assert video.read_bytes() == before and not (tmp_path / "nowhere").exists()


def test_a_paper_that_cannot_be_finished_leaves_nothing(
    video: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(PaperError, match="No space left"):
        papers.write_report(adseal.verify(video), video, tmp_path / "page.html")
    assert list(tmp_path.iterdir()) == []


def test_papers_are_about_one_video_each(video: Path, tmp_path: Path) -> None:
    assert run("verify", video, video, "--report", tmp_path / "a").exit_code == 2
    assert run("verify", video, video, "--receipt", tmp_path / "a").exit_code == 2
    assert run("verify", video, "--report", tmp_path / "a", "--receipt", tmp_path / "a").exit_code == 2


def test_ones_own_receipt_holds_and_says_that_nobody_else_vouches(receipt: Path, video: Path) -> None:
    said = run("receipt", "check", receipt, "--video", video)
    assert said.exit_code == 0 and said.stdout.startswith("holds")
    assert "nobody else vouches" in said.stdout and "has these bytes" in said.stdout
    outcome = json.loads(run("receipt", "check", receipt, "--json").stdout)
    assert outcome["valid"] and outcome["signer_kind"] == "development" and outcome["same_video"] is None
    assert outcome["receipt"]["verdict"] == "none" and outcome["receipt"]["file"]["name"] == "clip.mp4"
    assert "not compared" in run("receipt", "check", receipt).stdout


def test_a_receipt_holds_no_key_and_no_folder(receipt: Path, video: Path) -> None:
    import base64

    home = Home()
    document = json.loads(receipt.read_text())
    text = receipt.read_text() + "".join(
        base64.urlsafe_b64decode(document[name] + "==").decode() for name in ("payload", "protected")
    )
    assert str(home.path) not in text and str(video.parent) not in text and "PRIVATE" not in text
    key = "".join((home.path / "identity" / "key.pem").read_text().splitlines()[1:-1])
    assert key not in text and not re.search("[0-9a-f]{65,}", text)


def test_a_stranger_believes_a_receipt_only_with_a_list(
    receipt: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Home().path / "identity" / "root.pem"
    monkeypatch.setenv("ADSEAL_HOME", str(tmp_path / "stranger"))
    said = run("receipt", "check", receipt)
    assert said.exit_code == 1 and "signer_untrusted" in said.stdout
    assert run("receipt", "check", receipt, "--trust", root).exit_code == 0
    assert not (tmp_path / "stranger").exists(), "checking makes nothing"


def test_a_receipt_of_another_video_or_with_a_changed_word_does_not_hold(
    receipt: Path, video: Path, tmp_path: Path
) -> None:
    (tmp_path / "other.mp4").write_bytes(video.read_bytes() + b"\0")
    said = run("receipt", "check", receipt, "--video", tmp_path / "other.mp4")
    assert said.exit_code == 1 and said.stdout.startswith("does not hold") and "another_video" in said.stdout
    document = json.loads(receipt.read_text())
    document["payload"] = document["payload"].replace("e", "f", 1)
    receipt.write_text(json.dumps(document))
    said = run("receipt", "check", receipt)
    assert said.exit_code == 1 and "(signature)" in said.stdout and "verdict" not in said.stdout


def test_what_cannot_be_read_ends_with_three(receipt: Path, video: Path, tmp_path: Path) -> None:
    (tmp_path / "bomb.json").write_text("[" * 100_000)
    os.mkfifo(tmp_path / "fifo")
    for wrong in ("bomb.json", "missing.json", "fifo", ".", "x" * 300):
        said = run("receipt", "check", tmp_path / wrong, "--json")
        assert said.exit_code == 3 and json.loads(said.stdout)["error"]["code"] == "receipt_unreadable", wrong
    for wrong in ("missing.mp4", "fifo", "."):
        assert run("receipt", "check", receipt, "--video", tmp_path / wrong).exit_code == 3
    assert run("verify", tmp_path / "missing.mp4", "--receipt", tmp_path / "r.json").exit_code == 3
    assert not (tmp_path / "r.json").exists()
    assert run("receipt", "check").exit_code == 2


def test_a_receipt_whose_names_are_attacks_is_told_on_one_line(video: Path, tmp_path: Path) -> None:
    evil = tmp_path / "ad\u202e[red]4pm.mp4"
    evil.write_bytes(video.read_bytes())
    assert run("verify", evil, "--receipt", tmp_path / "r.json").exit_code == 1
    said = run("receipt", "check", tmp_path / "r.json")
    assert said.exit_code == 0 and "\u202e" not in said.stdout and "[red]" in said.stdout
