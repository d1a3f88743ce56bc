# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Where one user's keys, registry and cache live, and how they come into being.

Decides paths and first-use creation; leaves every format to `adseal_provenance`.
`ADSEAL_HOME` names the folder, else `~/.adseal`. Nothing is made before it is needed, and what is made on
first use is a *development* identity that every verdict shows as such. `ADSEAL_SIGNER` names another signer, and
`ADSEAL_TSA` time-stamp authorities (several with commas).
"""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from adseal.errors import HomeError

if TYPE_CHECKING:
    from adseal_provenance.credentials.trust import Trust
    from adseal_provenance.identities.identity import Identity
    from adseal_provenance.records.registry import Registry
    from adseal_provenance.sealing.stamping import Stamping
    from adseal_provenance.watermark.keyring import Keyring
    from adseal_provenance.watermark.keys import WatermarkKey


def default_path() -> Path:
    """`ADSEAL_HOME`, else `~/.adseal`."""
    return Path(os.environ.get("ADSEAL_HOME") or Path.home() / ".adseal").expanduser()


def _default_signer() -> str | None:
    return os.environ.get("ADSEAL_SIGNER") or None


def _default_authorities() -> tuple[str, ...]:
    return tuple(filter(None, os.environ.get("ADSEAL_TSA", "").split(",")))


@dataclass(frozen=True)
class Home:
    """One user's Adseal folder, and who signs.

    Attributes:
        path: the folder itself, mode 0700 once made.
        signer: address of another signer (`file:…`, `pkcs11:…`, `awskms:…`), or an identity of the user's own making
            (with a function that signs, say); None is `identity/` in the folder.
        time_authorities: RFC 3161 authorities, asked in turn for a time stamp; sealing fails if none gives one.
        stamp_may_wait: seal all the same, and keep the video in mind for `adseal stamps retry`.
    """

    path: Path = field(default_factory=default_path)
    signer: "str | Identity | None" = field(default_factory=_default_signer)
    time_authorities: tuple[str, ...] = field(default_factory=_default_authorities)
    stamp_may_wait: bool = False

    def make(self) -> "Home":
        """Make the folder if it is not there.

        Raises:
            HomeError: it cannot be made or is not a folder.
        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise HomeError(
                f"cannot use {self.path} as Adseal's home: {error.strerror or error}",
                hint="set ADSEAL_HOME to a folder you can write to",
            ) from error
        return self

    @property
    def cache(self) -> Path:
        return self.path / "cache"

    @property
    def registry_path(self) -> Path:
        return self.path / "registry.db"

    @property
    def keyring(self) -> "Keyring":
        """The watermark keys, `watermark/0001.key` and on."""
        from adseal_provenance.watermark.keyring import Keyring

        return Keyring(self.path / "watermark")

    def identity(self) -> "Identity":
        """The signing identity; a development one is made on first use.

        Raises:
            IdentityError: it is damaged, expired or open to others.
            SignerError: the other signer cannot be reached, or its key is not the certificate's.
        """
        from adseal_provenance.identities.identity import create_development, load

        if isinstance(self.signer, str):
            from adseal_provenance.identities.signers import open_signer

            return open_signer(self.signer)
        if self.signer is not None:
            return self.signer
        folder = self.make().path / "identity"
        return load(folder) if folder.exists() else create_development(folder)

    def made_identity(self, algorithm: str, signer: str | None) -> "Identity":
        """The identity in the folder; a development one is made if there is none, for a key that `signer` names, or
        with a new key for `algorithm`.

        Raises:
            HomeError: there is one already, of another algorithm or with another key.
            IdentityError, SignerError: it cannot be made.
        """
        from adseal_provenance.identities.identity import create_development, load

        folder = self.make().path / "identity"
        if not folder.exists():
            return create_development(folder, algorithm=algorithm, signer=signer)
        there = load(folder)
        if there.algorithm != algorithm and signer is None:
            raise HomeError(
                f"{folder} holds an identity for {there.algorithm} already",
                hint="use it as it is, or move the folder away; an identity is never overwritten",
            )
        if signer is not None:
            from adseal_provenance.identities.signers import open_key

            if there.key.public_key() != open_key(signer).public_key():
                raise HomeError(
                    f"{folder} holds an identity with another key already",
                    hint="move the folder away; an identity is never overwritten",
                )
        return there

    @property
    def stamping(self) -> "Stamping":
        """Who is asked for time stamps, as signing wants it."""
        from adseal_provenance.sealing.stamping import Stamping

        return Stamping(self.time_authorities, may_wait=self.stamp_may_wait)

    def watermark_key(self) -> "WatermarkKey":
        """The key new marks are made with; made on first use."""
        return self.make().keyring.newest()

    def known_keys(self) -> "tuple[WatermarkKey, ...]":
        """Every key this home can look for, the newest first; empty when it never sealed anything."""
        return self.keyring.all()

    def registry(self, uri: str | None = None) -> "Registry":
        """The registry to record in, made if it is not there; `uri` overrides the home's own."""
        from adseal_provenance.records.registry import Registry

        return Registry.open(uri or str(self.make().registry_path))

    def known_registry(self, uri: str | None = None) -> "Registry | None":
        """The registry to look up in; None when this home never recorded anything.

        Raises:
            RegistryError: the one that `uri` names is not there.
        """
        from adseal_provenance.records.registry import Registry

        if uri is None and not self.registry_path.exists():
            return None
        return Registry.open(uri or str(self.registry_path), create=False)

    def trust(self, anchors: tuple[Path, ...] = (), ocsp_hosts: tuple[str, ...] = ()) -> "Trust":
        """Whom a verification trusts: the user's own root, `trust/*.pem` of the home, and `anchors`; for time,
        `trust/tsa/*.pem`. Only `ocsp_hosts` are asked over the network whether a certificate was withdrawn."""
        from adseal_provenance.credentials.trust import Trust

        own = self.path / "identity" / "root.pem"
        lists = (*sorted((self.path / "trust").glob("*.pem")), *anchors)
        times = sorted((self.path / "trust" / "tsa").glob("*.pem"))
        files = (own, *lists) if own.exists() else lists
        return Trust.of(files=files, tsa_files=times, ocsp_hosts=ocsp_hosts)
