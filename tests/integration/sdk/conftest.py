# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""One real run of the demo for the whole session, and small videos to seal."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

Program = Callable[..., subprocess.CompletedProcess[str]]


@dataclass(frozen=True)
class DemoRun:
    """A finished `adseal demo`: its folder, its home, and what it said."""

    root: Path
    home: Path
    summary: dict[str, Any]
    seconds: float

    @property
    def out(self) -> Path:
        return self.root / "out" / "demo"


def run_program(*arguments: object, home: Path, cwd: Path | None = None, timeout: float = 280) -> Any:
    """The `adseal` program as a user runs it."""
    return subprocess.run(
        [sys.executable, "-c", "from adseal.cli import main; main()", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=timeout,
        cwd=cwd,
        env={**os.environ, "ADSEAL_HOME": str(home), "PYTHONWARNINGS": "default"},
        check=False,
    )


@pytest.fixture
def program(own_home: Path) -> Program:
    def run(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
        return run_program(*arguments, **{"home": own_home, **options})  # type: ignore[no-any-return]

    return run


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoRun:
    root, home = tmp_path_factory.mktemp("demo"), tmp_path_factory.mktemp("demo-home")
    ran = run_program("demo", "--json", home=home, cwd=root, timeout=900)
    assert ran.returncode == 0, ran.stderr[-3000:] + ran.stdout[-3000:]
    summary = json.loads(ran.stdout)
    return DemoRun(root, home, summary, summary["seconds"])


@pytest.fixture(scope="session")
def plain_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds of soft moving shapes with a chord, 640x360, 25 fps; nothing sealed about it."""
    from adseal_generator.encode import encode
    from adseal_generator.frames import rgb_to_yuv

    path = tmp_path_factory.mktemp("plain") / "holiday.mp4"
    y, x = np.mgrid[0:360, 0:640].astype(np.float32)
    noise = np.random.default_rng(5).normal(0, 4, (360, 640)).astype(np.float32)

    def frames() -> Any:
        for n in range(100):
            t = n / 25
            waves = [
                120 + 80 * np.sin(x / (40 + 9 * c) + t + c) * np.cos(y / (50 - 7 * c) - t * 0.7)
                for c in range(3)
            ]
            rgb = np.clip(np.stack(waves, -1) + noise[..., None], 0, 255).astype(np.uint8)
            yield rgb_to_yuv(rgb)

    times = np.arange(4 * 48_000) / 48_000
    chord = sum(
        np.sin(2 * np.pi * f * times) * (0.6 + 0.4 * np.sin(times * k))
        for k, f in enumerate((220, 277, 330, 440, 1320), 2)
    )
    sound = np.stack([chord, chord]).astype(np.float32) * 0.08
    sound += np.random.default_rng(6).normal(0, 0.02, sound.shape).astype(np.float32)
    encode(path, frames(), width=640, height=360, fps=25, sound=sound)
    return path
