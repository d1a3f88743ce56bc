# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""A key in a hardware token, through PKCS#11 2.40 (python-pkcs11).

Decides: that a session lives for one operation, so that a token pulled out and put back works again, and what the
token's refusals are called. The key never leaves the token; the PIN is asked for each session and not kept.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote

from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import load_der_public_key

from adseal_provenance.errors import SignerError
from adseal_provenance.identities.pki import PublicKey
from adseal_provenance.identities.private_files import read_text
from adseal_provenance.identities.signers.key import HASHES

#: A login counts for the whole process (PKCS#11 2.40, 5.6), so two threads take turns.
_TURN = threading.Lock()
_REFUSED = ("Pin", "UserNotLoggedIn", "UserPinNotInitialized", "AnotherUser", "FunctionRejected")
_CANNOT = ("Mechanism", "KeyTypeInconsistent", "FunctionNotSupported", "KeySizeRange", "AttributeTypeInvalid")


class Pkcs11Key:
    """A private key in a token.

    Args:
        module: path of the token's driver.
        token: ``token`` (label) or ``serial``, or both.
        label, key_id: CKA_LABEL and CKA_ID of the key; at least one.
        pin: gives the user's PIN when it is needed; ``None`` where the token asks by itself.
    """

    def __init__(
        self,
        *,
        module: str,
        token: dict[str, str],
        label: str | None,
        key_id: bytes | None,
        pin: Callable[[], str | None],
    ) -> None:
        self._pkcs11 = _library()
        self._module = module
        self._token = token
        self._wanted = {"label": label, "id": key_id}
        self._pin = pin
        name = label or (key_id or b"").hex()
        self.where = f"the key {name!r} in the token {' '.join(token.values())!r}"

    def __repr__(self) -> str:
        return f"Pkcs11Key({self.where!r})"

    def public_key(self) -> PublicKey:
        with self._session() as session:
            key = session.get_key(object_class=self._pkcs11.ObjectClass.PUBLIC_KEY, **self._wanted)
            return _public(self._pkcs11, key)

    def sign(self, message: bytes, algorithm: str) -> bytes:
        mechanism = self._pkcs11.Mechanism
        with self._session() as session:
            key = session.get_key(object_class=self._pkcs11.ObjectClass.PRIVATE_KEY, **self._wanted)
            match algorithm:
                case "ed25519":
                    made = key.sign(message, mechanism=mechanism.EDDSA)
                case "ps256":
                    parameters = (mechanism.SHA256, self._pkcs11.MGF.SHA256, 32)
                    made = key.sign(
                        message, mechanism=mechanism.SHA256_RSA_PKCS_PSS, mechanism_param=parameters
                    )
                case _:
                    # Hashed here: not every token has the mechanisms that hash.
                    digest = hashlib.new(HASHES[algorithm].name, message).digest()
                    made = key.sign(digest, mechanism=mechanism.ECDSA)
        return bytes(made)

    @contextmanager
    def _session(self) -> Iterator[Any]:
        with _TURN:
            try:
                library = self._pkcs11.lib(self._module)
                names = {"token": "token_label", "serial": "token_serial"}
                wanted: dict[str, Any] = {names[name]: text for name, text in self._token.items()}
                if "token_serial" in wanted:
                    wanted["token_serial"] = wanted["token_serial"].encode()
                with self._find(library, wanted).open(user_pin=self._pin()) as session:
                    yield session
            except self._pkcs11.PKCS11Error as error:
                raise self._typed(error) from error
            except RuntimeError as error:  # how python-pkcs11 reports a driver that is not one
                raise self._typed(error) from error

    def _find(self, library: Any, wanted: dict[str, Any]) -> Any:
        """The token; drivers see what was plugged in since they were started only when they are started again."""
        try:
            return library.get_token(**wanted)
        except self._pkcs11.NoSuchToken:
            library.reinitialize()
            return library.get_token(**wanted)

    def _typed(self, error: Exception) -> SignerError:
        kind = type(error).__name__
        if kind in ("NoSuchToken", "TokenNotPresent", "TokenNotRecognised", "DeviceRemoved"):
            words = (f"{self.where}: there is no such token", "signer_unavailable", "Plug it in.", True)
        elif kind in ("NoSuchKey", "MultipleObjectsReturned", "MultipleTokensReturned"):
            which = "there is no such key" if kind == "NoSuchKey" else "more than one fits"
            words = (f"{self.where}: {which}", "signer_key", "Name token and key by serial and id.", False)
        elif kind.startswith(_REFUSED):
            words = (
                f"{self.where}: the token refused ({kind})",
                "signer_refused",
                "Check the PIN; a token locks itself after a few wrong ones.",
                False,
            )
        elif kind.startswith(_CANNOT):
            words = (
                f"{self.where}: the token cannot sign like this ({kind})",
                "signer_algorithm",
                "Use a P-256 key; every token signs with it.",
                False,
            )
        else:
            words = (
                f"{self.where}: the token's driver {self._module} failed ({kind})",
                "signer_unavailable",
                "Check module-path and the token, then try again.",
                True,
            )
        message, code, hint, retryable = words
        return SignerError(message, code=code, hint=hint, retryable=retryable)


def pin_of(source: str | None, variable: str) -> str | None:
    """The PIN out of a file (``file:PATH``, mode 0600) or out of the environment; ``None`` where neither is
    there.

    Raises:
        IdentityError: the file is missing or readable by others.
    """
    if source is None:
        return os.environ.get(variable)
    return read_text(Path(unquote(source.removeprefix("file:"))).expanduser(), private=True).strip()


def _public(pkcs11: Any, key: Any) -> PublicKey:
    if key.key_type == pkcs11.KeyType.EC_EDWARDS:
        # An OCTET STRING around the 32 bytes (PKCS#11 3.0, 6.3.3); the curve needs no other description.
        return ed25519.Ed25519PublicKey.from_public_bytes(key[pkcs11.Attribute.EC_POINT][-32:])
    if key.key_type == pkcs11.KeyType.RSA:
        der = pkcs11.util.rsa.encode_rsa_public_key(key)
    else:
        der = pkcs11.util.ec.encode_ec_public_key(key)
    return cast("PublicKey", load_der_public_key(bytes(der)))


def _library() -> Any:
    try:
        import pkcs11
    except ImportError as error:
        raise SignerError(
            "keys in hardware tokens need python-pkcs11, which is not installed",
            code="signer_extra",
            hint="pip install 'adseal[hsm]'",
        ) from error
    return pkcs11
