# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Files verified side by side get what they get alone; ``many_files`` in this folder does it with the full number."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("way", ["threads", "fork"])
def test_eight_workers_give_the_verdicts_that_each_file_gets_alone(way: str) -> None:
    # A program of its own: this process has threads of other tests, and forking it would prove nothing.
    command = [sys.executable, "-W", "error", "-m", "tests.integration.provenance.many_files"]
    done = subprocess.run(
        [*command, "--files", "10", "--workers", "8", "--ways", way],
        capture_output=True,
        text=True,
        timeout=500,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    answer = json.loads(done.stdout)
    assert answer["different"] == [] and answer["files"] == 10
    assert answer["verdicts"] == {"intact": 4, "broken": 2, "none": 2, "unreadable": 2}
