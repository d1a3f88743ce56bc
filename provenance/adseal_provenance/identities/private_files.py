# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Small files with keys and certificates in them: read with a limit and with suspicion, written for nobody else.

Decides: sizes, modes, and that a folder of such files appears whole or not at all. Leaves out: what is in them.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

from adseal_provenance.errors import IdentityError

#: No certificate or key file comes near this; a larger one is a mistake, not an identity.
MAX_BYTES = 1_000_000


def read_text(path: Path, *, private: bool = False) -> str:
    """An ASCII file; a ``private`` one must not be readable by others.

    Raises:
        IdentityError: ``identity_missing``, ``identity_permissions``, ``identity_damaged``.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            # Windows has no such mode bits; access lists rule there.
            if private and os.name == "posix" and stat.S_IMODE(mode) & 0o077:
                raise IdentityError(
                    f"{path} can be read by other users (mode {stat.S_IMODE(mode):04o})",
                    code="identity_permissions",
                    hint=f"Run: chmod 600 '{path}'",
                )
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise IdentityError(
            f"{path} cannot be read: {error.strerror}",
            code="identity_missing",
            hint="Run `adseal pki init`, or name the folder that holds the identity.",
        ) from error
    if len(content) > MAX_BYTES:
        raise damaged(path, "it is far too large")
    try:
        return content.decode("ascii")
    except UnicodeDecodeError as error:
        raise damaged(path, "it is not text") from error


def damaged(name: Path | str, why: str) -> IdentityError:
    """The error for content that is not what belongs there."""
    return IdentityError(
        f"{name} is damaged: {why}",
        code="identity_damaged",
        hint="Restore it, or make a new identity elsewhere.",
    )


def write_new(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Write a file that must not exist yet, and wait until it is on disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def write_folder(target: Path, parts: Mapping[str, bytes]) -> None:
    """Make ``target`` with these files in it, all of it or nothing; it may exist only if it is empty.

    Raises:
        IdentityError: ``identity_exists`` where the folder already holds something, ``identity_unwritable``
            where it cannot be written.
    """
    staging: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))  # mode 0700
        for name, content in parts.items():
            write_new(staging / name, content)
        _sync_folder(staging)
        # Renaming a folder onto an existing one succeeds only where that one is empty: two first uses at the
        # same moment leave one identity, never a mixture of two.
        staging.rename(target)
        _sync_folder(target.parent)
    except OSError as error:
        if target.is_dir() and any(target.iterdir()):
            raise IdentityError(
                f"{target} already holds something",
                code="identity_exists",
                hint="Use it as it is, or choose another folder; an identity is never overwritten.",
            ) from error
        raise IdentityError(
            f"the identity cannot be written to {target}: {error.strerror or error}",
            code="identity_unwritable",
            hint="Choose a folder that you may write to.",
        ) from error
    finally:
        if staging is not None:
            shutil.rmtree(staging, ignore_errors=True)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return  # folders cannot be opened for syncing there
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
