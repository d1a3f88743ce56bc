# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The secret behind a watermark, and the public random number it carries.

Decides: how a key is stored (one small text file only its owner may read), how every secret pattern is
derived from it, and what a locator is. Leaves out: which key a tenant uses and when keys rotate; callers
pass the keys they hold.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import stat
from pathlib import Path

import numpy as np

from adseal_provenance.errors import KeyFileError, WatermarkError

_HEADER = "adseal-watermark-key-1"
_SECRET_BYTES = 32
_MAX_FILE_BYTES = 1024
_LOCATOR = re.compile(r"[0-9a-f]{12}")

LOCATOR_BITS = 48
PATTERNS = 4
"""Secret patterns of one key. Which one a mark has depends on its locator: averaging the marked videos of a tenant
then gives a mixture, and a message read off a pattern that is not its own is refused."""


class WatermarkKey:
    """A 256-bit secret. Whoever has it can find, forge and remove the marks made with it.

    Attributes:
        key_id: 8 hex characters derived from the secret by a one-way function; safe to publish.
    """

    __slots__ = ("_secret", "key_id")

    key_id: str

    def __init__(self, secret: bytes) -> None:
        """Wrap 32 secret bytes. Prefer :meth:`create` and :meth:`load`.

        Raises:
            KeyFileError: ``key_damaged`` if ``secret`` is not 32 bytes.
        """
        if len(secret) != _SECRET_BYTES:
            raise KeyFileError(f"a watermark key has {_SECRET_BYTES} secret bytes, not {len(secret)}")
        self._secret = bytes(secret)
        self.key_id = self.derive("key-id")[:4].hex()

    @classmethod
    def create(cls, path: str | Path) -> WatermarkKey:
        """Make a new random key and write it to ``path`` (mode 0600, never over an existing file).

        Raises:
            KeyFileError: ``key_exists`` or ``key_unwritable``.
        """
        key = cls(secrets.token_bytes(_SECRET_BYTES))
        text = f"{_HEADER}\n{key._secret.hex()}\n{key._check()}\n"
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError as error:
            raise KeyFileError(
                f"{path} exists already",
                code="key_exists",
                hint="Load it, or choose another path; overwriting a key would orphan its marks.",
            ) from error
        except OSError as error:
            raise KeyFileError(
                f"cannot write the key file {path}: {error.strerror}",
                code="key_unwritable",
                hint="Choose a folder that exists and can be written.",
            ) from error
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            Path(path).unlink(missing_ok=True)
            raise KeyFileError(
                f"cannot write the key file {path}: {error.strerror}", code="key_unwritable"
            ) from error
        return key

    @classmethod
    def load(cls, path: str | Path) -> WatermarkKey:
        """Read a key written by :meth:`create`.

        Raises:
            KeyFileError: ``key_missing``, ``key_permissions`` (readable or writable by others) or
                ``key_damaged``.
        """
        try:
            with Path(path).open("rb") as file:
                mode = os.fstat(file.fileno()).st_mode
                raw = file.read(_MAX_FILE_BYTES + 1)
        except FileNotFoundError as error:
            raise KeyFileError(
                f"no watermark key at {path}", code="key_missing", hint="Create one, or give the right path."
            ) from error
        except OSError as error:
            raise KeyFileError(
                f"cannot read the watermark key {path}: {error.strerror}",
                code="key_missing",
                hint="Give the path of a key file you may read.",
            ) from error
        if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
            raise KeyFileError(
                f"the watermark key {path} can be reached by other users (mode {stat.S_IMODE(mode):04o})",
                code="key_permissions",
                hint="Run chmod 600 on it; treat the key as known to others if they are not trusted.",
            )
        return cls._parse(raw, path)

    @classmethod
    def _parse(cls, raw: bytes, path: str | Path) -> WatermarkKey:
        damaged = KeyFileError(f"{path} is not a watermark key, or is damaged")
        lines = raw.decode("ascii", errors="replace").split()
        if len(raw) > _MAX_FILE_BYTES or len(lines) != 3 or lines[0] != _HEADER:
            raise damaged
        if not re.fullmatch(r"[0-9a-f]{64}", lines[1]):
            raise damaged
        key = cls(bytes.fromhex(lines[1]))
        if not hmac.compare_digest(key._check(), lines[2]):
            raise damaged
        return key

    def derive(self, label: str) -> bytes:
        """32 bytes for one purpose: HMAC-SHA256(secret, label). Different labels are independent."""
        return hmac.new(self._secret, f"{_HEADER}:{label}".encode(), hashlib.sha256).digest()

    def generator(self, label: str) -> np.random.Generator:
        """A keyed random generator for one purpose; the same on every machine (PCG64 seeded by
        :meth:`derive`).
        """
        return np.random.Generator(np.random.PCG64(int.from_bytes(self.derive(label), "big")))

    def pattern_of(self, locator: str) -> int:
        """Which of the `PATTERNS` a mark with this locator has."""
        return self.derive(f"pattern:{locator}")[0] % PATTERNS

    def _check(self) -> str:
        return self.derive("file-check")[:4].hex()

    def __repr__(self) -> str:
        return f"WatermarkKey(key_id={self.key_id!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WatermarkKey) and hmac.compare_digest(self._secret, other._secret)

    def __hash__(self) -> int:
        return hash(self.key_id)

    def __reduce__(self) -> tuple[type[WatermarkKey], tuple[bytes]]:
        # Pickled on purpose only: the examination worker gets its keys this way through a pipe.
        return (WatermarkKey, (self._secret,))


def new_locator() -> str:
    """A fresh random 48-bit number as 12 lowercase hex characters, from the system's secure source."""
    return secrets.token_hex(LOCATOR_BITS // 8)


def check_locator(locator: str) -> str:
    """Return ``locator`` unchanged if it is 12 lowercase hex characters.

    Raises:
        WatermarkError: ``bad_locator``.
    """
    if not _LOCATOR.fullmatch(locator):
        raise WatermarkError(
            f"{locator!r} is not a locator",
            code="bad_locator",
            hint="A locator is 12 lowercase hex characters.",
        )
    return locator
