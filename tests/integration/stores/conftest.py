# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Both stores, empty, and files to put into them."""

import os
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from adseal.stores import Store, open_store


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """An empty store, opened by its address: a new folder, or a new prefix of a real bucket."""
    if request.param == "folder":
        return open_store(str(tmp_path / "store"))
    server = request.getfixturevalue("s3_settings")
    return open_store(f"s3://{server.bucket}/{uuid.uuid4().hex[:12]}")


@pytest.fixture
def bucket(s3_settings: object) -> str:
    """The address of a prefix nobody else uses."""
    return f"s3://ads/{uuid.uuid4().hex[:12]}"


@pytest.fixture
def file_of(tmp_path: Path) -> Callable[[bytes | int], Path]:
    """Makes a file of the given bytes, or of that many random ones."""

    def make(content: bytes | int) -> Path:
        path = tmp_path / f"{uuid.uuid4().hex}.mp4"
        path.write_bytes(os.urandom(content) if isinstance(content, int) else content)
        return path

    return make
