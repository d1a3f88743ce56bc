# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""A key of AWS Key Management Service (boto3).

Decides: that only hashes travel (``MessageType=DIGEST``; the service takes at most 4096 bytes of message, and a claim
with long chains may be larger), how long a call may take, and what the service's refusals are called. Credentials come
from where boto3 finds them.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from cryptography.hazmat.primitives.serialization import load_der_public_key

from adseal_provenance.errors import SignerError
from adseal_provenance.identities.pki import PublicKey
from adseal_provenance.identities.signers.key import HASHES

if TYPE_CHECKING:
    from collections.abc import Iterator

#: https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html; Ed25519 exists there for whole messages only.
_ALGORITHMS = {
    "es256": "ECDSA_SHA_256",
    "es384": "ECDSA_SHA_384",
    "es512": "ECDSA_SHA_512",
    "ps256": "RSASSA_PSS_SHA_256",
}
_CONNECT_S, _READ_S, _ATTEMPTS = 5, 10, 3
_REFUSED = {
    "AccessDeniedException",
    "DisabledException",
    "ExpiredTokenException",
    "InvalidSignatureException",
    "KMSInvalidStateException",
    "UnrecognizedClientException",
}
_NOT_THERE = {"NotFoundException", "InvalidArnException", "InvalidKeyUsageException"}
_LATER = {
    "DependencyTimeoutException",
    "KMSInternalException",
    "KeyUnavailableException",
    "LimitExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
}


class KmsKey:
    """An asymmetric KMS key for signing.

    Args:
        key: id, ARN or ``alias/NAME``.
        region: the ARN's, else boto3's own if not given.
        endpoint: another address of the service.
    """

    def __init__(self, key: str, *, region: str | None = None, endpoint: str | None = None) -> None:
        _libraries()
        self._key = key
        parts = key.split(":")
        self._region = region or (parts[3] if key.startswith("arn:") and len(parts) > 4 else None)
        self._endpoint = endpoint
        self.where = f"the KMS key {key}"

    def __repr__(self) -> str:
        return f"KmsKey({self.where!r})"

    def public_key(self) -> PublicKey:
        with self._client() as client:
            answer = client.get_public_key(KeyId=self._key)
        return cast("PublicKey", load_der_public_key(answer["PublicKey"]))

    def sign(self, message: bytes, algorithm: str) -> bytes:
        if algorithm not in _ALGORITHMS:
            raise SignerError(
                f"{self.where}: KMS does not sign hashes with {algorithm}",
                code="signer_algorithm",
                hint="Use a P-256 key (ECC_NIST_P256).",
            )
        with self._client() as client:
            answer = client.sign(
                KeyId=self._key,
                Message=hashlib.new(HASHES[algorithm].name, message).digest(),
                MessageType="DIGEST",
                SigningAlgorithm=_ALGORITHMS[algorithm],
            )
        return bytes(answer["Signature"])

    @contextmanager
    def _client(self) -> Iterator[Any]:
        boto3, config, exceptions = _libraries()
        settings = config.Config(
            connect_timeout=_CONNECT_S,
            read_timeout=_READ_S,
            retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
        )
        try:
            client = boto3.session.Session().client(
                "kms", region_name=self._region, endpoint_url=self._endpoint, config=settings
            )
            try:
                yield client
            finally:
                client.close()
        except exceptions.ClientError as error:
            raise self._typed(str(error.response.get("Error", {}).get("Code", ""))) from error
        except exceptions.BotoCoreError as error:
            raise self._typed(type(error).__name__) from error

    def _typed(self, kind: str) -> SignerError:
        code, hint, retryable = "signer_unavailable", "Try again later.", True
        if kind in _REFUSED:
            hint = "Allow kms:Sign and kms:GetPublicKey for this key, and check that it is enabled."
            code, retryable = "signer_refused", False
        elif kind in _NOT_THERE:
            code, hint, retryable = "signer_key", "Check the key's id, its region and its usage.", False
        elif kind in ("NoCredentialsError", "PartialCredentialsError", "NoRegionError", "ProfileNotFound"):
            hint = "Give boto3 credentials, and the address a region (…?region=eu-central-1)."
            code, retryable = "signer_refused", False
        elif kind not in _LATER and kind.endswith("Exception"):
            code, hint, retryable = (
                "signer_algorithm",
                "Use a key for SIGN_VERIFY, best ECC_NIST_P256.",
                False,
            )
        return SignerError(
            f"{self.where}: the service did not sign ({kind})", code=code, hint=hint, retryable=retryable
        )


def _libraries() -> tuple[Any, Any, Any]:
    try:
        import boto3
        from botocore import config, exceptions
    except ImportError as error:
        raise SignerError(
            "keys of AWS KMS need boto3, which is not installed",
            code="signer_extra",
            hint="pip install 'adseal[kms]'",
        ) from error
    return boto3, config, exceptions
