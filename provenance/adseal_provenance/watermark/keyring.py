# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""All watermark keys of one tenant: one file for each epoch in one folder.

Decides: the newest key makes marks, all keys find them; rotation adds a key and takes none away, because marks
made with an old key stay in the wild. Leaves out: what a key file holds (`keys`), and who may read the folder's
backup.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from adseal_provenance.errors import KeyFileError
from adseal_provenance.watermark.keys import WatermarkKey

_NAME = re.compile(r"(\d{4,9})\.key")


@dataclass(frozen=True)
class Keyring:
    """A folder of key files ``0001.key``, ``0002.key``, …

    Attributes:
        folder: need not exist before the first key is made.
    """

    folder: Path

    def all(self) -> tuple[WatermarkKey, ...]:
        """Every key, the newest first; empty where none was made yet.

        Raises:
            KeyFileError: one of them is damaged or can be read by others. None is passed over: a key that is
                not looked for would make its own ads look like strangers'.
        """
        return tuple(WatermarkKey.load(path) for path in reversed(self._paths()))

    def newest(self) -> WatermarkKey:
        """The key to make marks with; the first one is made on first use.

        Raises:
            KeyFileError: it cannot be read or made.
        """
        paths = self._paths()
        return WatermarkKey.load(paths[-1]) if paths else self.rotate()

    def rotate(self) -> WatermarkKey:
        """Make a new key, with which marks are made from now on. Two at once make one each: no key is lost.

        Raises:
            KeyFileError: ``key_unwritable``.
        """
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise KeyFileError(
                f"cannot make the folder of watermark keys {self.folder}: {error.strerror}",
                code="key_unwritable",
                hint="Choose a folder that exists and can be written.",
            ) from error
        while True:
            paths = self._paths()
            number = 1 + (int(paths[-1].stem) if paths else 0)
            try:
                return WatermarkKey.create(self.folder / f"{number:04}.key")
            except KeyFileError as error:
                if error.code != "key_exists":
                    raise

    def _paths(self) -> list[Path]:
        if not self.folder.is_dir():
            return []
        named = [path for path in self.folder.iterdir() if _NAME.fullmatch(path.name)]
        return sorted(named, key=lambda path: int(path.stem))
