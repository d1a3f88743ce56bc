# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The signing identity on disk.

Decides: where the parts of an identity lie, who may read them, and whether they belong together. A
development identity
is made on first use and says so everywhere: in its certificates, in ``identity.json`` and in every verdict on
what it signed. Leaves out: what the certificates contain (``pki``) and whom a verifier trusts (``trust``).

A folder holds ``chain.pem`` (leaf first, no root), ``key.pem`` (PKCS#8, mode 0600), ``root.pem`` (may be
missing for a production identity) and ``identity.json`` (``{"version": 1, "kind": "development" |
"production"}``).

    identity = load_or_create_development(Path("~/.adseal/identity").expanduser())
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import stat
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from .errors import IdentityError
from .pki import (
    chain_problem,
    common_name,
    is_development,
    make_development_chain,
    profile_problems,
    signing_algorithm,
)

Kind = Literal["development", "production"]

_CHAIN, _KEY, _ROOT, _NOTE = "chain.pem", "key.pem", "root.pem", "identity.json"
#: No certificate file comes near this; a larger one is a mistake, not an identity.
_MAX_BYTES = 1_000_000


@dataclass(frozen=True)
class Identity:
    """Whom a signature will name, with the key that makes it. Neither ``repr`` nor ``str`` shows the key.

    Attributes:
        chain_pem: certificates leaf first, without the root.
        root_pem: the root, or ``None`` where a production identity came without it.
        algorithm: C2PA name: ``es256``, ``es384``, ``es512``, ``ed25519`` or ``ps256``.
        not_after: aware UTC; without a time stamp, what was signed stops verifying here.
    """

    chain_pem: str
    key_pem: str = field(repr=False)
    root_pem: str | None
    kind: Kind
    common_name: str
    algorithm: str
    not_before: dt.datetime
    not_after: dt.datetime

    def __repr__(self) -> str:
        return (
            f"Identity({self.common_name!r}, kind={self.kind!r}, algorithm={self.algorithm!r},"
            f" not_after={self.not_after.date().isoformat()})"
        )

    @property
    def development(self) -> bool:
        """Whether nobody but this machine vouches for the signer."""
        return self.kind == "development"


def create_development(directory: Path | str, *, now: dt.datetime | None = None) -> Identity:
    """Make a development identity in ``directory``, all of it or nothing.

    Raises:
        IdentityError: ``identity_exists`` where the folder already holds something, ``identity_unwritable``
            where it cannot be written.
    """
    target = Path(directory)
    chain = make_development_chain(now=now or dt.datetime.now(dt.UTC))
    pem = serialization.Encoding.PEM
    parts = {
        _CHAIN: chain.leaf.public_bytes(pem) + chain.issuing.public_bytes(pem),
        _KEY: chain.key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
        _ROOT: chain.root.public_bytes(pem),
        _NOTE: json.dumps({"version": 1, "kind": "development"}, indent=2).encode() + b"\n",
    }
    staging: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))  # mode 0700
        for name, content in parts.items():
            _write_private(staging / name, content)
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
            f"the development identity cannot be written to {target}: {error.strerror or error}",
            code="identity_unwritable",
            hint="Choose a folder that you may write to.",
        ) from error
    finally:
        if staging is not None:
            shutil.rmtree(staging, ignore_errors=True)
    return load(target, now=now)


def load_or_create_development(directory: Path | str, *, now: dt.datetime | None = None) -> Identity:
    """The identity in ``directory``, or a new development identity where the folder is missing or empty.

    Raises:
        IdentityError: as ``load`` and ``create_development``.
    """
    folder = Path(directory)
    try:
        missing = not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))
    except OSError as error:
        raise IdentityError(f"{folder} cannot be read: {error.strerror}", code="identity_missing") from error
    if missing:
        try:
            return create_development(folder, now=now)
        except IdentityError as error:
            if error.code != "identity_exists":
                raise  # otherwise another process was first, and its identity is as good
    return load(folder, now=now)


def load(directory: Path | str, *, now: dt.datetime | None = None) -> Identity:
    """Read an identity and check that it can sign today.

    Raises:
        IdentityError: ``identity_missing``, ``identity_damaged``, ``identity_permissions``,
            ``identity_mismatch`` (key and certificate do not belong together), ``identity_unfit`` (not a C2PA
            signing certificate), ``identity_expired``.
    """
    folder = Path(directory)
    key_pem = _read(folder / _KEY, private=True)
    chain_pem = _read(folder / _CHAIN)
    root_pem = _read(folder / _ROOT) if (folder / _ROOT).exists() else None
    kind: Kind = "production"
    if (folder / _NOTE).exists():
        try:
            kind = (
                "development" if json.loads(_read(folder / _NOTE))["kind"] == "development" else "production"
            )
        except (ValueError, KeyError, TypeError) as error:
            raise _damaged(folder / _NOTE, "it is not the JSON object that belongs there") from error
    return from_pem(chain_pem, key_pem, root_pem=root_pem, kind=kind, now=now, origin=str(folder))


def from_pem(
    chain_pem: str,
    key_pem: str,
    *,
    root_pem: str | None = None,
    kind: Kind = "production",
    now: dt.datetime | None = None,
    origin: str = "the identity",
) -> Identity:
    """Build an identity from PEM text. A certificate that names itself development stays development.

    Raises:
        IdentityError: as ``load``.
    """
    chain = _certificates(chain_pem, f"{origin}: {_CHAIN}")
    if root_pem is not None:
        _certificates(root_pem, f"{origin}: {_ROOT}")
    leaf = chain[0]
    _check_chain(chain, origin)
    _check_key(leaf, key_pem, origin)
    _check_dates(leaf, now or dt.datetime.now(dt.UTC), origin)
    return Identity(
        chain_pem=chain_pem,
        key_pem=key_pem,
        root_pem=root_pem,
        kind="development" if any(is_development(c) for c in chain) else kind,
        common_name=common_name(leaf),
        algorithm=signing_algorithm(leaf.public_key()) or "",
        not_before=leaf.not_valid_before_utc,
        not_after=leaf.not_valid_after_utc,
    )


def _check_chain(chain: list[x509.Certificate], origin: str) -> None:
    leaf = chain[0]
    if problem := chain_problem(chain):
        raise IdentityError(
            f"{origin}: {problem}", code="identity_damaged", hint="Order the chain leaf first."
        )
    if problems := profile_problems(leaf):
        raise IdentityError(
            f"{origin}: {common_name(leaf)!r} cannot sign C2PA claims: {'; '.join(problems)}",
            code="identity_unfit",
            hint="Ask the authority for a C2PA claim-signing certificate.",
        )


def _check_key(leaf: x509.Certificate, key_pem: str, origin: str) -> None:
    try:
        key = serialization.load_pem_private_key(key_pem.encode(), password=None)
    except Exception as error:
        raise _damaged(f"{origin}: {_KEY}", "it is not an unencrypted private key in PEM form") from error
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    if key.public_key().public_bytes(*form) != leaf.public_key().public_bytes(*form):
        raise IdentityError(
            f"{origin}: the private key does not belong to {common_name(leaf)!r}",
            code="identity_mismatch",
            hint="Put the key and the certificate of the same request side by side.",
        )


def _check_dates(leaf: x509.Certificate, now: dt.datetime, origin: str) -> None:
    if now > leaf.not_valid_after_utc or now < leaf.not_valid_before_utc:
        word = "expired on" if now > leaf.not_valid_after_utc else "is not valid before"
        day = leaf.not_valid_after_utc if now > leaf.not_valid_after_utc else leaf.not_valid_before_utc
        raise IdentityError(
            f"{origin}: the certificate of {common_name(leaf)!r} {word} {day.date().isoformat()}",
            code="identity_expired",
            hint="Move the folder away and run `adseal pki init`, or install a renewed certificate.",
        )


def _certificates(pem: str, name: str) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(pem.encode())
    except ValueError as error:
        raise _damaged(name, "it holds no readable certificate in PEM form") from error


def _read(path: Path, *, private: bool = False) -> str:
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
            content = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise IdentityError(
            f"{path} cannot be read: {error.strerror}",
            code="identity_missing",
            hint="Run `adseal pki init`, or name the folder that holds the identity.",
        ) from error
    if len(content) > _MAX_BYTES:
        raise _damaged(path, "it is far too large")
    try:
        return content.decode("ascii")
    except UnicodeDecodeError as error:
        raise _damaged(path, "it is not text") from error


def _damaged(name: Path | str, why: str) -> IdentityError:
    return IdentityError(
        f"{name} is damaged: {why}",
        code="identity_damaged",
        hint="Restore it, or make a new identity elsewhere.",
    )


def _write_private(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return  # folders cannot be opened for syncing there
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
