# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Putting a finished file under its name: never over another one, and never half of it."""

import os
from pathlib import Path

from adseal.errors import AdsealError, SealingError


def refuse_existing(path: Path, *, kind: type[AdsealError] = SealingError) -> None:
    """Nothing is made that could not be put down under its name.

    Raises:
        kind: something lies there, or nothing can be written there.
    """
    if path.exists() or path.is_symlink():
        raise kind(f"{path} already exists", hint="choose another name; no file is ever overwritten")
    if not path.parent.is_dir():
        raise kind(f"the folder {path.parent} does not exist", hint="make it first")
    if not os.access(path.parent, os.W_OK):
        raise kind(f"cannot write to {path.parent}", hint="choose a folder you can write to")


def publish(staged: Path, out: Path, *, kind: type[AdsealError] = SealingError) -> None:
    """Create-only and atomic: the name appears with the whole file behind it, or not at all.

    Raises:
        kind: something lies there by now, or nothing can be written there.
    """
    try:
        os.link(staged, out)
    except FileExistsError as error:
        raise kind(f"{out} appeared in the meantime", hint="choose another name") from error
    except OSError as error:
        raise kind(f"cannot write {out}: {error.strerror or error}") from error
