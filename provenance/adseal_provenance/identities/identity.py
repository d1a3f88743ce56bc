# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The signing identity on disk.

Decides: where the parts of an identity lie, who may read them, and whether they belong together. A
development identity
is made on first use and says so everywhere: in its certificates, in ``identity.json`` and in every verdict on
what it signed. Leaves out: what the certificates contain (``pki``) and whom a verifier trusts (``trust``).

A folder holds ``chain.pem`` (leaf first, no root), ``key.pem`` (PKCS#8, mode 0600), ``root.pem`` (may be
missing for a production identity) and ``identity.json`` (``{"version": 1, "kind": "development" |
"production"}``). With ``"signer": ADDRESS`` in the last one the key is there (``signers.uri``), and no
``key.pem`` is needed.

    identity = load_or_create_development(Path("~/.adseal/identity").expanduser())
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from adseal_provenance.errors import IdentityError, ProvenanceError
from adseal_provenance.identities.pki import (
    PublicKey,
    chain_problem,
    common_name,
    is_development,
    make_development_chain,
    profile_problems,
    signing_algorithm,
)
from adseal_provenance.identities.private_files import damaged, read_text, write_folder
from adseal_provenance.identities.signers.key import PemKey, SigningKey, signed

Kind = Literal["development", "production"]

CHAIN, KEY, ROOT, NOTE = "chain.pem", "key.pem", "root.pem", "identity.json"


@dataclass(frozen=True)
class Identity:
    """Whom a signature will name, with the key that makes it; the key itself is where it always is.

    Attributes:
        chain_pem: certificates leaf first, without the root.
        key: reaches the private key; none is kept here.
        root_pem: the root, or ``None`` where a production identity came without it.
        algorithm: C2PA name: ``es256``, ``es384``, ``es512``, ``ed25519`` or ``ps256``.
        not_after: aware UTC; without a time stamp, what was signed stops verifying here.
    """

    chain_pem: str
    key: SigningKey = field(repr=False)
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

    def sign(self, message: bytes) -> bytes:
        """A signature over ``message`` (not its hash) in COSE form, checked against the certificate.

        Raises:
            SignerError: the key cannot be reached, refuses, or is another than the certificate's.
            IdentityError: the key's file is missing, damaged or open to others.
        """
        leaf = x509.load_pem_x509_certificate(self.chain_pem.encode())
        public = leaf.public_key()
        if not isinstance(public, PublicKey):  # cannot happen to what `from_key` made
            raise _unfit(leaf, "this", ["C2PA does not allow its kind of key"])
        return signed(self.key, public, self.algorithm, message)

    @property
    def development(self) -> bool:
        """Whether nobody but this machine vouches for the signer."""
        return self.kind == "development"


def create_development(
    directory: Path | str,
    *,
    now: dt.datetime | None = None,
    algorithm: str = "es256",
    signer: str | None = None,
) -> Identity:
    """Make a development identity in ``directory``, all of it or nothing.

    Args:
        algorithm: of the key that is made: ``es256``, ``es384``, ``es512``, ``ed25519`` or ``ps256``.
        signer: address of a key that is there already (``signers.uri``); then none is made.

    Raises:
        IdentityError: ``identity_exists`` where the folder already holds something, ``identity_unwritable``
            where it cannot be written, ``identity_algorithm``.
        SignerError: the key of ``signer`` cannot be reached.
    """
    target, note = Path(directory), {"version": 1, "kind": "development"}
    public = None
    if signer is not None:
        from adseal_provenance.identities.signers.uri import open_key

        public = open_key(signer).public_key()
        note["signer"] = signer
    chain = make_development_chain(now=now or dt.datetime.now(dt.UTC), algorithm=algorithm, public_key=public)
    pem = serialization.Encoding.PEM
    parts = {
        CHAIN: chain.leaf.public_bytes(pem) + chain.issuing.public_bytes(pem),
        ROOT: chain.root.public_bytes(pem),
        NOTE: json.dumps(note, indent=2).encode() + b"\n",
    }
    if chain.key is not None:
        parts[KEY] = chain.key.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    write_folder(target, parts)
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
    note = _note(folder)
    key: SigningKey = PemKey(folder / KEY)
    if "signer" in note:
        from adseal_provenance.identities.signers.uri import open_key

        key = open_key(note["signer"])
    else:
        # A missing or open key file is said first, before anything about certificates.
        read_text(folder / KEY, private=True)
    return from_key(
        read_text(folder / CHAIN),
        key,
        root_pem=read_text(folder / ROOT) if (folder / ROOT).exists() else None,
        kind="development" if note.get("kind") == "development" else "production",
        now=now,
        origin=str(folder),
    )


def from_pem(
    chain_pem: str,
    key_pem: str,
    *,
    root_pem: str | None = None,
    kind: Kind = "production",
    now: dt.datetime | None = None,
    origin: str = "the identity",
) -> Identity:
    """Build an identity from PEM text; the key then stays in memory as long as the identity does.

    Raises:
        IdentityError: as ``load``.
    """
    key = PemKey(key_pem, name=f"{origin}: {KEY}")
    return from_key(chain_pem, key, root_pem=root_pem, kind=kind, now=now, origin=origin)


def from_key(
    chain_pem: str,
    key: SigningKey,
    *,
    root_pem: str | None = None,
    kind: Kind = "production",
    now: dt.datetime | None = None,
    origin: str = "the identity",
) -> Identity:
    """Build an identity from certificates and any kind of key. A certificate that names itself development
    stays development.

    A key in PEM is compared with the certificate here; others are not asked for anything before they sign.

    Raises:
        IdentityError: as ``load``.
    """
    chain = _certificates(chain_pem, f"{origin}: {CHAIN}")
    if root_pem is not None:
        _certificates(root_pem, f"{origin}: {ROOT}")
    leaf = chain[0]
    _check_chain(chain, origin)
    if isinstance(key, PemKey):
        _check_key(leaf, key, origin)
    _check_dates(leaf, now or dt.datetime.now(dt.UTC), origin)
    return Identity(
        chain_pem=chain_pem,
        key=key,
        root_pem=root_pem,
        kind="development" if any(is_development(c) for c in chain) else kind,
        common_name=common_name(leaf),
        algorithm=signing_algorithm(leaf.public_key()) or "",
        not_before=leaf.not_valid_before_utc,
        not_after=leaf.not_valid_after_utc,
    )


def _note(folder: Path) -> dict[str, str]:
    """``identity.json``: the kind of the identity and, where its key is not in the folder, its address."""
    path = folder / NOTE
    if not path.exists():
        return {}
    try:
        note = json.loads(read_text(path))
        return {"kind": str(note["kind"])} | ({"signer": str(note["signer"])} if "signer" in note else {})
    except (ValueError, KeyError, TypeError) as error:
        raise damaged(path, "it is not the JSON object that belongs there") from error


def _check_chain(chain: list[x509.Certificate], origin: str) -> None:
    if problem := chain_problem(chain):
        raise IdentityError(
            f"{origin}: {problem}", code="identity_damaged", hint="Order the chain leaf first."
        )
    if problems := profile_problems(chain[0]):
        raise _unfit(chain[0], origin, problems)


def _unfit(leaf: x509.Certificate, origin: str, problems: list[str]) -> IdentityError:
    return IdentityError(
        f"{origin}: {common_name(leaf)!r} cannot sign C2PA claims: {'; '.join(problems)}",
        code="identity_unfit",
        hint="Ask the authority for a C2PA claim-signing certificate.",
    )


def _check_key(leaf: x509.Certificate, key: SigningKey, origin: str) -> None:
    try:
        public = key.public_key()
    except ProvenanceError as error:
        if isinstance(error, IdentityError):
            raise
        raise damaged(f"{origin}: {KEY}", error.args[0]) from error
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    if public.public_bytes(*form) != leaf.public_key().public_bytes(*form):
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
        raise damaged(name, "it holds no readable certificate in PEM form") from error
