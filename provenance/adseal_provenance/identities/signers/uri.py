# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Addresses of private keys.

    file:FOLDER                an identity folder (``identity``)
    file:KEY.pem               a key in PEM
    pkcs11:token=…;object=…    a key in a token, RFC 7512; ``module-path`` and ``pin-source`` as there
    awskms:KEY                 a key of AWS KMS: its id, ARN or ``alias/NAME``; options ``region``, ``endpoint``

All but the folder take the option ``chain``: the certificates in PEM, leaf first (``…?chain=/etc/adseal/chain.pem``).

Decides: what an address means, and that every mistake in one is told at once. Leaves out: how keys sign.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, unquote_to_bytes

from adseal_provenance.errors import SignerError
from adseal_provenance.identities.private_files import read_text
from adseal_provenance.identities.signers.key import PemKey, SigningKey

if TYPE_CHECKING:
    from adseal_provenance.identities.identity import Identity

_PROBE = b"adseal: can this key sign?"
_PIN_VARIABLE = "ADSEAL_PKCS11_PIN"
_KMS_KEY = re.compile(r"[A-Za-z0-9:/_-]+")
_ENDPOINT = re.compile(r"https?://[^/]+/?")


@dataclass(frozen=True)
class Address:
    """A taken-apart address; options are percent-decoded. ``repr`` shows no option."""

    scheme: str
    path: str
    options: dict[str, str] = field(repr=False)

    @classmethod
    def parse(cls, uri: str) -> Address:
        """Take an address apart.

        Raises:
            SignerError: ``signer_uri`` with everything that is wrong with it.
        """
        scheme, colon, rest = uri.partition(":")
        if not colon or scheme not in _OPTIONS:
            raise SignerError(
                f"{uri.partition('?')[0]!r} is not the address of a signer",
                code="signer_uri",
                hint="Use file:FOLDER, pkcs11:token=…;object=…?module-path=…, or awskms:KEY?region=….",
            )
        path, _, query = rest.partition("?")
        options, problems = _pairs(query.split("&") if query else (), _OPTIONS[scheme], "option")
        if not path:
            problems.append("nothing is named after the colon")
        problems += _CHECKS[scheme](path, options)
        if problems:
            # The address is not repeated: somebody may have put a PIN into it.
            raise SignerError(
                f"the {scheme}: address of the signer does not hold together: {'; '.join(problems)}",
                code="signer_uri",
                hint="Correct everything named.",
            )
        return cls(scheme, path, options)


def open_key(uri: str) -> SigningKey:
    """The key at an address, without certificates. Nothing is asked of a token or a service yet.

    Raises:
        SignerError: ``signer_uri``; ``signer_extra`` where the extra for this kind is not installed.
    """
    address = Address.parse(uri)
    match address.scheme:
        case "pkcs11":
            from adseal_provenance.identities.signers.hsm import Pkcs11Key, pin_of

            attributes, _ = _token(address.path)
            return Pkcs11Key(
                module=address.options["module-path"],
                token={
                    name: text.decode() for name, text in attributes.items() if name in ("token", "serial")
                },
                label=attributes["object"].decode() if "object" in attributes else None,
                key_id=attributes.get("id"),
                pin=lambda: pin_of(address.options.get("pin-source"), _PIN_VARIABLE),
            )
        case "awskms":
            from adseal_provenance.identities.signers.kms import KmsKey

            return KmsKey(
                address.path,
                region=address.options.get("region"),
                endpoint=address.options.get("endpoint"),
            )
        case _:
            place = Path(unquote(address.path)).expanduser()
            return PemKey(place / "key.pem" if place.is_dir() else place)


def open_signer(uri: str, *, now: dt.datetime | None = None) -> Identity:
    """The identity at an address: its certificates, and the key, which has to sign once to show that it can.

    Raises:
        SignerError: ``signer_uri``, ``signer_chain`` (no certificates named), ``signer_extra``,
            ``signer_unavailable`` (retryable), ``signer_refused``, ``signer_key``, ``signer_algorithm``,
            ``signer_mismatch``.
        IdentityError: as ``identity.load``.
    """
    from adseal_provenance.identities import identity

    address = Address.parse(uri)
    place = Path(unquote(address.path)).expanduser()
    if address.scheme == "file" and "chain" not in address.options:
        if place.is_file():
            raise _no_chain(place)
        made = identity.load(place, now=now)
    else:
        chain = address.options.get("chain")
        if chain is None:
            raise _no_chain(address.scheme)
        made = identity.from_key(
            read_text(Path(chain).expanduser()), open_key(uri), now=now, origin=f"{address.scheme}: signer"
        )
    made.sign(_PROBE)
    return made


def _no_chain(name: object) -> SignerError:
    return SignerError(
        f"no certificates are named for {name}",
        code="signer_chain",
        hint="Add ?chain=FILE with the certificates in PEM, leaf first; `adseal pki csr` makes a request for them.",
    )


def _pairs(texts: Iterable[str], known: Iterable[str], kind: str) -> tuple[dict[str, str], list[str]]:
    """``name=value`` pairs percent-decoded, and what is wrong with them. Values are never repeated."""
    found: dict[str, str] = {}
    problems = []
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not value:
            problems.append(f"the {kind} {name!r} has no value")
        elif name == "pin-value":
            problems.append(
                "a PIN does not belong into an address: use pin-source=file:… or " + _PIN_VARIABLE
            )
        elif name not in known:
            problems.append(f"the {kind} {name!r} is unknown (known: {', '.join(sorted(known))})")
        elif name in found:
            problems.append(f"the {kind} {name!r} is there twice")
        else:
            found[name] = unquote(value)
    return found, problems


def _token(path: str) -> tuple[dict[str, bytes], list[str]]:
    """The attributes of a ``pkcs11:`` path (RFC 7512 2.3) as bytes: ``id`` need not be text."""
    known = ("token", "serial", "object", "id", "type", "manufacturer", "model")
    _, problems = _pairs(path.split(";"), known, "attribute")
    pairs = (text.partition("=") for text in path.split(";"))
    return {name: unquote_to_bytes(value) for name, _, value in pairs}, problems


def _check_pkcs11(path: str, options: dict[str, str]) -> list[str]:
    attributes, problems = _token(path) if path else ({}, [])
    if not {"token", "serial"} & set(attributes):
        problems.append("no token is named (token=… or serial=…)")
    if not {"object", "id"} & set(attributes):
        problems.append("no key is named (object=… or id=…)")
    if attributes.get("type", b"private") != b"private":
        problems.append("type is not private")
    if "module-path" not in options:
        problems.append("module-path, the driver of the token, is missing")
    if not options.get("pin-source", "file:").startswith("file:"):
        problems.append("pin-source is not file:PATH")
    return problems


def _check_kms(path: str, options: dict[str, str]) -> list[str]:
    problems = []
    if path and not _KMS_KEY.fullmatch(path):
        problems.append("the key is neither an id, an ARN nor alias/NAME")
    if "endpoint" in options and not _ENDPOINT.fullmatch(options["endpoint"]):
        problems.append("endpoint is not http(s)://HOST")
    return problems


_OPTIONS = {
    "file": ("chain",),
    "pkcs11": ("module-path", "pin-source", "chain"),
    "awskms": ("region", "endpoint", "chain"),
}
_CHECKS: dict[str, Callable[[str, dict[str, str]], list[str]]] = {
    "file": lambda _path, _options: [],
    "pkcs11": _check_pkcs11,
    "awskms": _check_kms,
}

__all__ = ["Address", "open_key", "open_signer"]
