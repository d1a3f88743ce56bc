# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What every private key can do here: name its public half, and sign.

Decides: the form of signatures (COSE: ``r || s`` for ECDSA, RFC 9053 2.1; salt as long as the hash for PSS, RFC 8230
2) and that a signature is checked before anybody gets it. Leaves out: certificates (``identity``) and addresses
(``uri``).

A key in a file is read for each signature and forgotten again; nothing here keeps one, shows one or logs one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from adseal_provenance.errors import ProvenanceError, SignerError
from adseal_provenance.identities.pki import PrivateKey, PublicKey
from adseal_provenance.identities.private_files import damaged, read_text

#: C2PA 2.4, 13.2.1: the allowed algorithms, with their hashes (Ed25519 hashes by itself).
HASHES: dict[str, hashes.HashAlgorithm] = {
    "es256": hashes.SHA256(),
    "es384": hashes.SHA384(),
    "es512": hashes.SHA512(),
    "ps256": hashes.SHA256(),
}
#: Bytes of one half of an ECDSA signature.
HALVES = {"es256": 32, "es384": 48, "es512": 66}


class SigningKey(Protocol):
    """A private key, wherever it is."""

    @property
    def where(self) -> str:
        """The place in words, without secrets; for messages."""

    def public_key(self) -> PublicKey:
        """The public half.

        Raises:
            SignerError, IdentityError: the key cannot be reached or read.
        """

    def sign(self, message: bytes, algorithm: str) -> bytes:
        """A signature over ``message`` with a C2PA algorithm (``es256``, …); ECDSA as ``r || s`` or DER.

        Raises:
            SignerError, IdentityError: the key cannot be reached, or does not do it.
        """


class PemKey:
    """An unencrypted PKCS#8 key in PEM: a file that is read when it is needed, or a text.

    Args:
        source: path of the file (must be private, mode 0600), or the PEM text.
        name: for messages; the path if not given.
    """

    def __init__(self, source: Path | str, *, name: str = "") -> None:
        self._source = source
        self.where = name or (str(source) if isinstance(source, Path) else "a key in memory")

    def __repr__(self) -> str:
        return f"PemKey({self.where!r})"

    def public_key(self) -> PublicKey:
        return self._load().public_key()

    def sign(self, message: bytes, algorithm: str) -> bytes:
        key = self._load()
        match key:
            case ec.EllipticCurvePrivateKey():
                return key.sign(message, ec.ECDSA(HASHES[algorithm]))
            case ed25519.Ed25519PrivateKey():
                return key.sign(message)
            case _:
                return key.sign(message, _pss(HASHES[algorithm]), HASHES[algorithm])

    def _load(self) -> PrivateKey:
        text = read_text(self._source, private=True) if isinstance(self._source, Path) else self._source
        try:
            key = serialization.load_pem_private_key(text.encode(), password=None)
        except Exception as error:
            raise damaged(self.where, "it is not an unencrypted private key in PEM form") from error
        if not isinstance(key, PrivateKey):
            raise SignerError(
                f"{self.where} holds a kind of key that C2PA does not allow",
                code="signer_algorithm",
                hint="Use P-256, P-384, P-521, Ed25519, or RSA of at least 2048 bits.",
            )
        return key


class CallbackKey:
    """A function of the user's own that signs, with the public key it signs for.

    Args:
        sign: takes the message (not its hash), returns the signature; ECDSA as ``r || s`` or DER.
        public: the public half, normally ``certificate.public_key()``.
    """

    def __init__(
        self, sign: Callable[[bytes], bytes], public: PublicKey, *, where: str = "the callback"
    ) -> None:
        self._sign = sign
        self._public = public
        self.where = where

    def __repr__(self) -> str:
        return f"CallbackKey({self.where!r})"

    def public_key(self) -> PublicKey:
        return self._public

    def sign(self, message: bytes, algorithm: str) -> bytes:
        del algorithm  # the function's owner knows the key
        try:
            return self._sign(message)
        except ProvenanceError:
            raise
        except Exception as error:
            raise SignerError(
                f"{self.where} did not sign: {type(error).__name__}",
                code="signer_unavailable",
                hint="The cause is the error it was raised from.",
                retryable=True,
            ) from error


def signed(key: SigningKey, public: PublicKey, algorithm: str, message: bytes) -> bytes:
    """A signature in COSE form that ``public`` confirms.

    Raises:
        SignerError: ``signer_mismatch`` where the signature is not that of ``public``; and what ``key`` raises.
    """
    signature = key.sign(message, algorithm)
    for candidate in _cose_forms(signature, algorithm):
        if confirms(public, algorithm, message, candidate):
            return candidate
    raise SignerError(
        f"what {key.where} signed is not confirmed by the certificate's public key",
        code="signer_mismatch",
        hint="Name the key for which the certificate was issued; a function has to sign the message, not a hash of it.",
    )


def confirms(public: PublicKey, algorithm: str, message: bytes, signature: bytes) -> bool:
    """Whether ``signature`` (COSE form) over ``message`` was made with the private half of ``public``."""
    try:
        match public:
            case ec.EllipticCurvePublicKey():
                half = HALVES[algorithm]
                r, s = (int.from_bytes(part) for part in (signature[:half], signature[half:]))
                public.verify(encode_dss_signature(r, s), message, ec.ECDSA(HASHES[algorithm]))
            case ed25519.Ed25519PublicKey():
                public.verify(signature, message)
            case _:
                public.verify(signature, message, _pss(HASHES[algorithm]), HASHES[algorithm])
    except (InvalidSignature, ValueError, KeyError):
        return False
    return True


def _cose_forms(signature: bytes, algorithm: str) -> Iterator[bytes]:
    """The signature as it is, and out of DER where it may be that; a rare DER one is as long as a raw one."""
    half = HALVES.get(algorithm)
    if half is None or len(signature) == 2 * half:
        yield signature
    if half is not None:
        try:
            r, s = decode_dss_signature(signature)
            yield r.to_bytes(half) + s.to_bytes(half)
        except (ValueError, OverflowError):
            return


def _pss(algorithm: hashes.HashAlgorithm) -> padding.PSS:
    return padding.PSS(padding.MGF1(algorithm), algorithm.digest_size)
