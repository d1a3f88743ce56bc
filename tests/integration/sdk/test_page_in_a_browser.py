# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The report page in a real browser: it is drawn, printed, and its policy has nothing to refuse."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from adseal.pages.style import document
from adseal.pages.verdict import page
from adseal_provenance.verdicts.evidence import KeyFrame, KeyFrames
from tests.report_kit import frames, hostile, report

PAPER = (238, 242, 244)  # --paper in blue, green, red
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    program = next(filter(None, map(shutil.which, _NAMES)), None)
    if program is None:
        pytest.skip("no browser is here (apt-get install chromium)")
    profile = tmp_path_factory.mktemp("profile")
    options = ["--headless=new", "--disable-gpu", "--hide-scrollbars", "--enable-logging=stderr", "--v=0"]
    options += ["--no-sandbox"] if os.name == "posix" and os.geteuid() == 0 else []
    return [program, *options, f"--user-data-dir={profile}"]


def opened(browser: list[str], html: str, folder: Path, *options: str) -> str:
    """What the browser says on its console about a page."""
    path = folder / "page.html"
    path.write_text(html, encoding="utf-8")
    command = [*browser, *options, path.as_uri()]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    return "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)


def picture(path: Path) -> Any:
    import cv2

    found = cv2.imread(str(path))
    assert found is not None
    return found


def real_frames() -> KeyFrames:
    import cv2

    jpeg = cv2.imencode(".jpg", np.full((90, 160, 3), (0, 0, 255), np.uint8))[1].tobytes()
    return KeyFrames(frames=tuple(KeyFrame(t_s=t, jpeg=jpeg) for t in (0.5, 4.5)))


@pytest.mark.parametrize("about", [report(), hostile()], ids=["plain", "hostile"])
def test_the_page_is_drawn_and_its_policy_has_nothing_to_refuse(
    about: Any, browser: list[str], tmp_path: Path
) -> None:
    said = opened(
        browser, page(about, real_frames()), tmp_path, "--window-size=900,2400", "--screenshot=page.png"
    )
    assert said == ""
    seen = picture(tmp_path / "page.png")
    assert tuple(seen[3, 3]) == PAPER, "the style sheet is not used"
    assert (np.abs(seen.astype(int) - (0, 0, 255)).max(axis=2) < 12).sum() > 5000, (
        "the pictures are not shown"
    )


def test_a_page_that_something_got_into_would_be_told(browser: list[str], tmp_path: Path) -> None:
    """Otherwise the silence above would say nothing."""
    said = opened(browser, document("x", "<script>alert(1)</script>", ""), tmp_path, "--screenshot=page.png")
    assert "Content Security Policy" in said


def test_it_prints_on_a_few_sheets(browser: list[str], tmp_path: Path) -> None:
    opened(
        browser, page(report(), frames(1.0)), tmp_path, "--no-pdf-header-footer", "--print-to-pdf=page.pdf"
    )
    content = (tmp_path / "page.pdf").read_bytes()
    assert content.startswith(b"%PDF-") and 1 <= content.count(b"/Type /Page\n") <= 5
