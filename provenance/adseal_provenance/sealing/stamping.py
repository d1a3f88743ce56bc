# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Time stamps on credentials: several authorities in turn, and what happens when none answers.

Without a stamp that a verifier trusts, everything a certificate signed stops verifying on the day it ends (C2PA 2.4,
15.8). So a signing that asks for a stamp fails without one, unless the caller says that it may come later; then the
credential says "no time stamp" until ``stamp_file`` puts one in, which needs no key.

Decides: the order of authorities, and that a stamp counts only when it reads back as valid. Leaves out: the protocol
(``timestamps``), the bytes (``cose``), and whether anybody trusts the authority.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from adseal_provenance.credentials import container, cose, credential
from adseal_provenance.credentials.trust import Trust
from adseal_provenance.errors import MediaError, SealError
from adseal_provenance.sealing import timestamps

StampState = Literal["stamped", "pending", "none"]
#: An authority answers within a second or two, or not at all.
TIMEOUT_S = 10.0


@dataclass(frozen=True)
class Stamping:
    """Who is asked for a time stamp.

    Attributes:
        authorities: addresses, asked in this order until one gives a valid stamp.
        timeout_s: for each of them.
        may_wait: sign without a stamp if none is to be had; the stamp can be added later (``stamp_file``).
    """

    authorities: tuple[str, ...] = ()
    timeout_s: float = TIMEOUT_S
    may_wait: bool = False


@dataclass(frozen=True)
class Stamp:
    """What came of it.

    Attributes:
        state: ``none`` where no authority was named.
        authority, time: who stamped, and when; empty and ``None`` without a stamp.
        reasons: why each authority before gave none.
    """

    state: StampState = "none"
    authority: str = ""
    time: dt.datetime | None = None
    reasons: tuple[str, ...] = ()


def stamped(store: bytes, stamping: Stamping) -> tuple[bytes, Stamp]:
    """A manifest store with a time stamp beside its newest signature, as long as before.

    Raises:
        SealError: ``time_stamp`` where no authority gave a valid one and it may not wait.
    """
    if not stamping.authorities:
        return store, Stamp()
    message = cose.to_be_stamped(store)
    reasons = []
    for url in stamping.authorities:
        try:
            token = timestamps.ask(url, message, timeout_s=stamping.timeout_s)
            with_it = cose.with_stamp(store, token.der)
        except SealError as error:
            reasons.append(error.args[0])
            continue
        found = credential.read_store(with_it, Trust())
        if "timeStamp.validated" in found.success:
            return with_it, Stamp("stamped", url, token.time, tuple(reasons))
        codes = [c for c in (*found.failure, *found.informational) if c.startswith("timeStamp.")]
        reasons.append(f"the stamp of {url} does not validate ({', '.join(codes) or found.reason})")
    if stamping.may_wait:
        return store, Stamp("pending", reasons=tuple(reasons))
    raise timestamps.refused(f"no time stamp: {'; '.join(reasons)}")


def stamp_file(path: Path | str, stamping: Stamping) -> tuple[bytes, str, Stamp]:
    """Put a time stamp into a signed file that has none; needs no key. The file is replaced in one step.

    Returns:
        The manifest store, the file's new SHA-256 in hex, and the stamp.

    Raises:
        SealError: ``time_stamp`` (no authority, no room, or stamped already), ``source_unreadable``,
            ``source_credential`` (no credential that stands), ``destination_unwritable``. The file is then as it was.
    """
    target = Path(path)
    if not stamping.authorities:
        raise SealError("no time-stamp authority is named", code="time_stamp", hint="Name one.")
    # (1): only a credential that stands is worth a stamp.
    before = credential.read_file(target, Trust())
    wrong = set(before.failure) - {"signingCredential.untrusted"}
    if before.status != "present" or wrong:
        raise SealError(
            f"{target} has no credential to stamp ({', '.join(wrong) or before.status})",
            code="source_credential",
            hint="Seal it first.",
        )
    # (2): the stamp.
    try:
        store = container.embedded_store(target) or b""
    except MediaError as error:
        raise SealError(f"{target} cannot be read", code="source_unreadable") from error
    with_it, stamp = stamped(store, Stamping(stamping.authorities, stamping.timeout_s))
    # (3): into a copy, read back, on disk, and only then in the file's place.
    try:
        with tempfile.TemporaryDirectory(prefix=".adseal-", dir=target.parent) as folder:
            copy = Path(folder) / "stamped.part"
            shutil.copy2(target, copy)
            container.overwrite_store(copy, store, with_it)
            after = credential.read_file(copy, Trust())
            if after.failure != before.failure or "timeStamp.validated" not in after.success:
                raise SealError(
                    f"the stamped copy of {target} does not read back as it should", code="read_back"
                )
            with copy.open("r+b") as file:
                os.fsync(file.fileno())
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            copy.replace(target)
    except OSError as error:
        raise SealError(
            f"{target} cannot be replaced: {error.strerror or error}",
            code="destination_unwritable",
            hint="Free some space, or check who may write there.",
        ) from error
    return with_it, sha256, stamp
