# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What every test shares: a home of its own, no network, and the public data beside the checkout."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Keys, registry and cache of a test never touch the user's own; AWS settings never leak in."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("ADSEAL_HOME", str(home))
    for name in [n for n in os.environ if n.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    yield home


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """Public clips, trust lists and rubrics (not part of the product)."""
    folder = Path(os.environ.get("ADSEAL_TEST_DATA", ROOT.parent / "shared"))
    if not folder.is_dir():
        pytest.skip(f"public test data not found at {folder}; set ADSEAL_TEST_DATA")
    return folder


@pytest.fixture(scope="session")
def clips_dir(shared_dir: Path) -> Path:
    return shared_dir / "clips"
