# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Unfinished things stay in the workshop and do not pile up."""

import subprocess
import sys
from pathlib import Path

import pytest

from adseal.errors import HomeError
from adseal.workshop import workshop


def test_the_workshop_is_gone_when_work_ends_well_or_badly(tmp_path: Path) -> None:
    with workshop(tmp_path) as folder:
        (folder / "unfinished.mp4").write_bytes(b"half")
    assert list((tmp_path / "work").iterdir()) == []
    with pytest.raises(RuntimeError), workshop(tmp_path) as folder:
        (folder / "unfinished.mp4").write_bytes(b"half")
        raise RuntimeError
    assert list((tmp_path / "work").iterdir()) == []


def test_what_a_killed_process_left_is_swept_by_the_next_one(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom adseal.workshop import workshop\n"
        "with workshop(Path(sys.argv[1])) as folder:\n"
        "    (folder / 'unfinished.mp4').write_bytes(b'half')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False, timeout=30)
    assert killed.returncode == -9
    assert len(list((tmp_path / "work").iterdir())) == 1
    with workshop(tmp_path) as mine:
        assert list((tmp_path / "work").iterdir()) == [mine]


def test_the_folder_of_a_living_process_is_left_alone(tmp_path: Path) -> None:
    with workshop(tmp_path) as first, workshop(tmp_path) as second:
        assert first != second
        assert first.is_dir()


def test_a_home_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(HomeError, match="cannot work in") as caught, workshop(blocked):
        pass
    assert "ADSEAL_HOME" in caught.value.hint
