# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The folder where unfinished things lie, and its clearing after a process that was killed.

Each process works in a folder of its own, named after its process id; a folder whose process is gone is swept
away by the next one. Nothing in the workshop is ever delivered by its path.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from adseal.errors import HomeError


@contextmanager
def workshop(cache: Path) -> Iterator[Path]:
    """A private folder under `cache` for unfinished files, gone when the block ends.

    Raises:
        HomeError: the cache folder cannot be written.
    """
    root = cache / "work"
    try:
        root.mkdir(parents=True, exist_ok=True)
        _sweep(root)
        folder = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=root))
    except OSError as error:
        raise HomeError(
            f"cannot work in {root}: {error.strerror or error}",
            hint="set ADSEAL_HOME to a folder you can write to, with some free space",
        ) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(root: Path) -> None:
    for folder in root.iterdir():
        owner = folder.name.partition("-")[0]
        if owner.isdigit() and not _alive(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
