# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Audits of folders: what is verified, what is written down, and how one is taken up again."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.provenance_kit import Seal, make_seal
from typer.testing import CliRunner

from adseal import audit_table, receive
from adseal.audit import Audit, Settings, audit
from adseal.audit_places import find_videos, is_video
from adseal.audit_table import COLUMNS, Row, Table, cell, uncell
from adseal.cli.app import app
from adseal.errors import RequestError
from adseal.home import Home
from adseal.stores.errors import StoreUnavailable
from adseal_provenance.verdicts import report


@pytest.fixture(scope="module")
def seal(tmp_path_factory: pytest.TempPathFactory) -> Seal:
    return make_seal(tmp_path_factory.mktemp("sealed"))


@pytest.fixture
def inbox(tmp_path: Path, seal: Seal) -> Path:
    """A sealed video, a tampered one, a plain one, a text that calls itself a video, and things that are none."""
    folder = tmp_path / "inbox"
    (folder / "more" / ".adseal").mkdir(parents=True)
    data = seal.path.read_bytes()
    (folder / "a.mp4").write_bytes(data)
    (folder / "more" / "b.MP4").write_bytes(data[:-2000] + bytes(50) + data[-1950:])
    (folder / "plain.mov").write_bytes(seal.plain.read_bytes())
    (folder / "=text.mp4").write_text("no video")
    (folder / "notes.txt").write_text("no video by name")
    (folder / "more" / ".adseal" / "a.mp4").write_bytes(data)
    (folder / "link.mp4").symlink_to(folder / "a.mp4")
    return folder


def verdicts(rows: dict[str, Row]) -> dict[str, str]:
    return {Path(key).name: row.verdict for key, row in rows.items()}


USUAL = Settings()


def look(folder: Path, settings: Settings = USUAL, **options: Any) -> tuple[Audit, dict[str, Row]]:
    rows: dict[str, Row] = {}
    done = audit(
        str(folder), settings, heard=lambda _, row: rows.update({row.key: row} if row else {}), **options
    )
    return done, rows


def test_every_video_of_a_folder_gets_a_row_and_nothing_else_does(inbox: Path) -> None:
    done, rows = look(inbox)
    assert verdicts(rows) == {
        "a.mp4": "intact",
        "b.MP4": "broken",
        "plain.mov": "none",
        "=text.mp4": "unreadable",
    }
    assert done.total == done.done == 4 and not done.all_well
    assert done.triage == {"embedded": 2, "absent": 1, "unsupported": 1}
    row = rows[str(inbox / "a.mp4")]
    assert row.axes["credential"] == "pass" and set(row.axes) == set(report.AXES)
    assert row.manifest_id and row.labels == "AIGC 1"
    assert row.bytes_read > row.size == (inbox / "a.mp4").stat().st_size


def test_columns_are_the_axes_of_a_report() -> None:
    assert audit_table.AXES == report.AXES


@pytest.mark.parametrize(
    ("settings", "verified"),
    [
        (Settings(depth="never"), set()),
        (Settings(depth="marked", small_bytes=0), {"a.mp4", "b.MP4"}),
        (Settings(depth="marked", small_bytes=100), {"a.mp4", "b.MP4", "=text.mp4"}),
        (Settings(depth="all", small_bytes=0), {"a.mp4", "b.MP4", "plain.mov", "=text.mp4"}),
    ],
    ids=["none", "those with a credential", "and small ones", "all"],
)
def test_the_depth_says_which_videos_are_read_whole(
    settings: Settings, verified: set[str], inbox: Path
) -> None:
    done, rows = look(inbox, settings)
    assert {name for name, verdict in verdicts(rows).items() if verdict} == verified
    assert done.verdicts["not verified"] == 4 - len(verified)


def test_only_an_audit_that_verified_everything_ends_well(inbox: Path, tmp_path: Path) -> None:
    good = tmp_path / "good"
    good.mkdir()
    (good / "a.mp4").write_bytes((inbox / "a.mp4").read_bytes())
    assert look(good)[0].all_well
    assert not look(good, Settings(depth="never"))[0].all_well
    (tmp_path / "empty").mkdir()
    assert not look(tmp_path / "empty")[0].all_well, "a mistyped prefix must not pass a gate"


def test_one_file_or_a_file_address_will_do_and_a_missing_folder_is_told(inbox: Path) -> None:
    assert [f.address for f in find_videos(str(inbox / "a.mp4"))] == [str(inbox / "a.mp4")]
    assert len(list(find_videos(inbox.as_uri(), any_name=True))) == 5
    with pytest.raises(RequestError, match="no folder"):
        list(find_videos(str(inbox / "none")))


@pytest.mark.parametrize(
    ("name", "yes"),
    [("a.mp4", True), ("x/A.MOV", True), ("mp4", False), ("a.mp4/b", False), ("a.txt", False)],
)
def test_a_video_is_told_by_its_name(name: str, yes: bool) -> None:
    assert is_video(name) is yes


def test_a_video_that_cannot_be_read_stops_no_other(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = receive.verify

    def failing(video: Any, **options: Any) -> Any:
        if "plain" in str(video):
            raise RuntimeError("a fault of ours")
        if "b.MP4" in str(video):
            raise StoreUnavailable("gone", hint="try again")
        return whole(video, **options)

    monkeypatch.setattr(receive, "verify", failing)
    done, rows = look(inbox)
    errors = {Path(key).name: (row.error, row.verdict) for key, row in rows.items() if row.error}
    assert errors == {"plain.mov": ("internal", ""), "b.MP4": ("store_unavailable", "")}
    assert done.verdicts == {"intact": 1, "unreadable": 1, "error": 2}


def test_the_table_has_a_row_for_each_video_and_no_cell_is_a_formula(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(inbox)
    table = tmp_path / "audit.csv"
    audit(".", Settings(depth="never", any_name=True), table=table)
    with table.open(newline="") as file:
        header, *rows = csv.reader(file)
    assert tuple(header) == COLUMNS and len(rows) == 5
    assert "'=text.mp4" in {row[0] for row in rows}
    assert table.read_text().count('"') == 2 * len(COLUMNS) * 6
    assert not any(value.startswith(("=", "+", "-", "@")) for row in rows for value in row)


@given(st.text(max_size=40))
def test_any_text_survives_its_cell_and_stays_a_text_on_one_line(text: str) -> None:
    written = cell(text)
    assert uncell(written) == text
    assert written.isprintable()
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))


@given(st.text(max_size=12), st.text(max_size=12))
def test_two_texts_never_share_a_cell(one: str, other: str) -> None:
    assert (cell(one) == cell(other)) == (one == other)


NASTY = ["=1+1", "'=1", "a\nb", "a\\nb", 'say "x", y', "\udcff", "\u202egpj", ";=1", "\uff1d1", "  ", "é"]


def test_rows_come_back_from_the_table_as_they_went_in(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    rows = [Row(key=name, size=3, summary=name, axes={"time": "warn"}, verdict="none") for name in NASTY]
    table = Table(path, resume=False).begin([])
    for row in rows:
        table.add(row)
    table.close()
    assert list(Table(path, resume=True).rows.values()) == rows
    with path.open(newline="", encoding="utf-8") as file:
        assert len(list(csv.reader(file))) == len(rows) + 1


def test_a_table_cut_off_anywhere_is_taken_up_with_its_whole_rows(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    table = Table(path, resume=False).begin([])
    for name in "abc":
        table.add(Row(key=name, size=1))
    table.close()
    content = path.read_bytes()
    start = content.index(b'"b"')
    for cut in (start, start + 2, content.index(b'"c"') - 1):
        path.write_bytes(content[:cut])
        assert list(Table(path, resume=True).rows) == ["a"]
        Table(path, resume=True).begin([]).close()
        assert path.read_bytes() == content[:start]


def test_a_file_that_is_no_table_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "accounts.csv"
    path.write_bytes(b"name,amount\r\nx,1\r\n")
    for resume in (False, True):
        with pytest.raises(RequestError):
            Table(path, resume=resume)
    assert path.read_bytes() == b"name,amount\r\nx,1\r\n"


def test_an_audit_taken_up_again_looks_only_at_what_changed_failed_or_is_new(
    inbox: Path, tmp_path: Path
) -> None:
    table = tmp_path / "t.csv"
    look(inbox, Settings(depth="marked", small_bytes=0), table=table)
    (inbox / "more" / "b.MP4").write_bytes((inbox / "a.mp4").read_bytes())
    (inbox / "new.mp4").write_text("new")
    failed = Table(table, resume=True)
    failed.begin([])
    failed.add(failed.rows[str(inbox / "=text.mp4")].model_copy(update={"error": "store_unavailable"}))
    failed.close()

    done, rows = look(inbox, Settings(depth="marked", small_bytes=0), table=table, resume=True)
    assert done.resumed == 2, "a.mp4 and plain.mov"
    assert verdicts(rows)["b.MP4"] == "intact" and rows[str(inbox / "=text.mp4")].error == ""
    with table.open(newline="") as file:
        keys = [line["key"] for line in csv.DictReader(file)]
    assert len(keys) == len(set(keys)) == 5

    again, _ = look(inbox, Settings(depth="all"), table=table, resume=True)
    assert again.resumed == 2, "what was not verified in full is, now that it is asked for"
    last, _ = look(inbox, Settings(depth="all"), table=table, resume=True)
    assert (last.resumed, last.bytes_read, last.verdicts) == (5, 0, again.verdicts)


def test_rows_of_other_places_stay_in_the_table(inbox: Path, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    look(inbox / "more", table=table)
    look(inbox / "plain.mov", table=table, resume=True)
    assert len(Table(table, resume=True).rows) == 2


def test_wrong_trust_lists_are_told_before_anything_is_read(inbox: Path, tmp_path: Path) -> None:
    from adseal_provenance.errors import TrustError

    with pytest.raises(TrustError):
        look(inbox, Settings(trust=(tmp_path / "none.pem",)), table=tmp_path / "t.csv")
    assert not (tmp_path / "t.csv").exists()


def test_the_command_writes_one_json_line_for_each_video_and_a_summary(inbox: Path, tmp_path: Path) -> None:
    said = CliRunner().invoke(app, ["audit", str(inbox), "--json", "--jobs", "2"])
    assert said.exit_code == 1, said.output
    *rows, last = [json.loads(line) for line in said.stdout.splitlines()]
    assert {Path(r["key"]).name: r["verdict"] for r in rows}["a.mp4"] == "intact"
    assert last["summary"]["videos"] == last["summary"]["done"] == 4
    assert last["summary"]["verdicts"] == {"intact": 1, "broken": 1, "none": 1, "unreadable": 1}


def test_the_command_closes_with_a_table_and_the_right_exit_code(inbox: Path, tmp_path: Path) -> None:
    good = CliRunner().invoke(app, ["audit", str(inbox / "a.mp4"), "--csv", str(tmp_path / "t.csv")])
    assert good.exit_code == 0, good.output
    assert "intact" in good.stdout and "1 of 1 videos" in good.stdout and "MB/s" in good.stderr
    for wrong in (
        ["audit", str(inbox), "--csv", str(tmp_path / "t.csv")],
        ["audit", str(inbox), "--resume"],
        ["audit", str(inbox / "none")],
        ["audit", str(inbox), "--deep", "some"],
        ["audit"],
    ):
        assert CliRunner().invoke(app, wrong).exit_code == 2, wrong
    empty = CliRunner().invoke(app, ["audit", str(tmp_path / "inbox" / "more" / ".adseal" / "..")])
    assert empty.exit_code == 1


def test_an_interrupted_audit_leaves_a_whole_table_and_goes_on_from_there(seal: Seal, tmp_path: Path) -> None:
    folder, table = tmp_path / "many", tmp_path / "t.csv"
    folder.mkdir()
    for number in range(12):
        (folder / f"{number:02}.mp4").write_bytes(seal.path.read_bytes())
    program = [sys.executable, "-c", "from adseal.cli import main; main()", "audit", str(folder)]
    command = [*program, "--csv", str(table), "--jobs", "1", "--quiet"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, env=dict(os.environ), **pipes) as process:
        ends = time.monotonic() + 120
        while not (table.exists() and table.read_bytes().count(b"\r\n") > 2) and time.monotonic() < ends:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        said, told = process.communicate(timeout=120)
    assert process.returncode == 130 and "--resume goes on" in told
    assert "of 12 videos" in said
    rows = Table(table, resume=True).rows
    assert 2 <= len(rows) < 12
    assert {row.verdict for row in rows.values()} == {"intact"}
    done, _ = look(folder, table=table, resume=True)
    assert (done.resumed, done.verdicts) == (len(rows), {"intact": 12})


def test_a_stream_is_verified_like_the_file_and_nothing_of_it_stays(
    seal: Seal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = tmp_path / "tmp"
    room.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(room))
    with seal.path.open("rb") as stream:
        streamed = receive.verify(stream)
    local = receive.verify(seal.path)
    assert (streamed.verdict, streamed.sha256) == (local.verdict, local.sha256) == ("intact", local.sha256)
    assert streamed.file == str(seal.path) and str(room) not in streamed.model_dump_json()
    assert list(room.iterdir()) == []


def test_a_stream_that_is_larger_than_a_file_may_be_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from adseal_provenance.reading import media

    usual = media.Limits()
    monkeypatch.setattr(media, "Limits", lambda: replace(usual, max_bytes=1_000_000))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    read = []

    class Endless:
        name = "camera"

        def read(self, size: int) -> bytes:
            read.append(size)
            return bytes(size)

    found = receive.verify(Endless())  # type: ignore[arg-type]
    assert found.verdict == "unreadable" and "1000000" in found.summary and found.file == "camera"
    assert len(read) <= 2 and list(tmp_path.iterdir()) == []


def test_a_stream_that_breaks_is_unreadable_and_one_of_text_a_mistake(tmp_path: Path) -> None:
    import io

    class Broken(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise OSError(5, "Input/output error")

    assert receive.verify(Broken()).verdict == "unreadable"  # type: ignore[arg-type]
    assert receive.verify(io.BytesIO()).verdict == "unreadable"
    with pytest.raises(RequestError, match="text"):
        receive.verify(io.StringIO("words"))  # type: ignore[arg-type]


def test_a_disk_without_room_for_the_copy_is_told(
    seal: Seal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from adseal.stores.errors import LocalFileError

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "none"))
    with seal.path.open("rb") as stream, pytest.raises(LocalFileError) as caught:
        receive.verify(stream)
    assert "TMPDIR" in caught.value.hint


def test_standard_input_is_verified(seal: Seal, own_home: Path) -> None:
    program = [sys.executable, "-c", "from adseal.cli import main; main()", "verify", "-", "--json"]
    with seal.path.open("rb") as stream:
        said = subprocess.run(program, stdin=stream, capture_output=True, text=True, check=False, timeout=120)
    assert said.returncode == 0, said.stderr
    assert json.loads(said.stdout)["verdict"] == "intact"


def test_the_home_is_not_made_by_looking(inbox: Path, tmp_path: Path) -> None:
    look(inbox, Settings(depth="never"), home=Home(tmp_path / "fresh"))
    assert not (tmp_path / "fresh").exists()
