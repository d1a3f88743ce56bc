# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What botocore raises, said in the stores' own words, with what the user can do about it.

Codes: the "Error responses" list of the S3 API reference, and those that S3-compatible servers add. A HEAD
Codes: the "Error responses" list of the S3 API reference, and those that S3-compatible servers add. A HEAD
    request has no body, so its errors come as bare statuses; `S3Store` asks again with a request that has
    one where it matters.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

from adseal.stores.errors import (
    BadKey,
    BadStoreUri,
    BucketMissing,
    ChecksumMismatch,
    ObjectMissing,
    StoreAccessDenied,
    StoreError,
    StoreFull,
    StoreUnavailable,
)

TAKEN = frozenset({"PreconditionFailed", "412"})
CONFLICT = frozenset({"ConditionalRequestConflict", "OperationAborted", "409"})
UPLOAD_GONE = frozenset({"NoSuchUpload"})
_PERMISSIONS = (
    "the credentials need s3:ListBucket on the bucket, "
    "and s3:GetObject, s3:PutObject and s3:AbortMultipartUpload on its objects"
)
_NO_KEY = frozenset({"NoSuchKey", "NotFound", "404"})

_UNKNOWN_KEY = (
    StoreAccessDenied,
    "the access key id is not known there",
    "check AWS_ACCESS_KEY_ID (or the profile), and that the endpoint is the right one",
)
_EXPIRED = (StoreAccessDenied, "the session token has expired", "sign in again")
_REFUSED = (StoreAccessDenied, "the request was refused", _PERMISSIONS)
_REGION = (BadStoreUri, "the bucket is in another region", "set AWS_REGION to that region")
_FULL = (StoreFull, "the store has no room for it", "make room or raise the quota")
_NOT_ABLE = (
    StoreUnavailable,
    "this server cannot do it",
    "Adseal needs conditional writes (If-None-Match) and multipart uploads",
)
_CHANGED = (ChecksumMismatch, "the bytes changed on their way", "try again; check the network if it stays so")

_MEANING: dict[str, tuple[type[StoreError], str, str]] = {
    "SignatureDoesNotMatch": (
        StoreAccessDenied,
        "the secret access key does not belong to the access key id",
        "check AWS_SECRET_ACCESS_KEY (or the profile) for a typing error",
    ),
    "InvalidAccessKeyId": _UNKNOWN_KEY,
    "InvalidClientTokenId": _UNKNOWN_KEY,
    "ExpiredToken": _EXPIRED,
    "TokenRefreshRequired": _EXPIRED,
    "InvalidToken": (
        StoreAccessDenied,
        "the session token is not valid",
        "sign in again, or unset AWS_SESSION_TOKEN",
    ),
    "RequestTimeTooSkewed": (StoreAccessDenied, "the clock of this machine is wrong", "set the clock"),
    "AccessDenied": (StoreAccessDenied, "the credentials are known but may not do this", _PERMISSIONS),
    "AllAccessDisabled": (StoreAccessDenied, "the account is disabled", "ask the owner of the bucket"),
    "AccountProblem": (StoreAccessDenied, "the account has a problem", "ask the owner of the bucket"),
    "401": _REFUSED,
    "403": _REFUSED,
    "NoSuchBucket": (
        BucketMissing,
        "there is no such bucket",
        "create it, or check its name and the endpoint",
    ),
    "InvalidBucketName": (BadStoreUri, "no bucket can have that name", "check the bucket's name"),
    "PermanentRedirect": _REGION,
    "AuthorizationHeaderMalformed": _REGION,
    "IllegalLocationConstraintException": _REGION,
    "301": _REGION,
    "307": _REGION,
    "KeyTooLongError": (BadKey, "the key is too long", "use a shorter key or prefix"),
    "507": _FULL,
    "InsufficientStorage": _FULL,
    "QuotaExceeded": _FULL,
    "ServiceQuotaExceeded": _FULL,
    "XMinioStorageFull": _FULL,
    "EntityTooLarge": _FULL,
    "NotImplemented": _NOT_ABLE,
    "501": _NOT_ABLE,
    "BadDigest": _CHANGED,
    "InvalidDigest": _CHANGED,
    "XAmzContentChecksumMismatch": _CHANGED,
    "XAmzContentSHA256Mismatch": _CHANGED,
    "InvalidPart": _CHANGED,
    "IncompleteBody": _CHANGED,
}


def code_of(error: Exception) -> str:
    """The S3 error code of a botocore ClientError, else the empty string."""
    response = getattr(error, "response", None)
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else ""


@contextlib.contextmanager
def s3_errors(doing: str) -> Iterator[None]:
    """Let no botocore exception leave the block untranslated; `doing` reads as 'cannot {doing}'."""
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    try:
        yield
    except ClientError as error:
        raise _answered(error, doing) from error
    except BotoCoreError as error:
        raise _unanswered(error, doing) from error
    except ResponseParserError as error:
        raise not_s3(doing) from error


def not_s3(doing: str) -> StoreUnavailable:
    """The error for an answer that no S3 server gives."""
    return StoreUnavailable(
        f"cannot {doing}: what answers there does not speak S3",
        hint="check the endpoint's address and port (ADSEAL_S3_ENDPOINT_URL or AWS_ENDPOINT_URL)",
        retryable=False,
    )


def _answered(error: Any, doing: str) -> StoreError:
    """The server answered with an error."""
    code = code_of(error)
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    said = f"cannot {doing}"
    if code in _NO_KEY:
        return ObjectMissing(f"{said}: nothing lies there")
    kind, reason, hint = _MEANING.get(code) or _MEANING.get(str(status)) or (None, "", "")
    if kind is None:
        passing = status >= 500 or status in (408, 429)
        return StoreUnavailable(f"{said}: the server answered {code or status}", retryable=passing)
    return kind(f"{said}: {reason} ({code})", hint=hint, retryable=kind is ChecksumMismatch)


def _unanswered(error: Any, doing: str) -> StoreError:
    """The request got no usable answer, or was never sent."""
    import botocore.exceptions as b

    said = f"cannot {doing}"
    if isinstance(error, (b.FlexibleChecksumError, b.IncompleteReadError)):
        return ChecksumMismatch(f"{said}: the bytes changed on their way", retryable=True)
    if isinstance(error, (b.NoCredentialsError, b.PartialCredentialsError, b.CredentialRetrievalError)):
        return StoreAccessDenied(
            f"{said}: no complete credentials were found",
            hint="set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
        )
    if isinstance(error, (b.ProfileNotFound, b.ConfigParseError, b.ConfigNotFound)):
        return StoreAccessDenied(
            f"{said}: the AWS profile or its file cannot be used", hint="check AWS_PROFILE and ~/.aws"
        )
    if isinstance(error, b.SSLError):
        return StoreUnavailable(
            f"{said}: no secure connection could be made",
            hint="check the endpoint's certificate; AWS_CA_BUNDLE names a private authority",
            retryable=False,
        )
    if isinstance(error, (b.HTTPClientError, b.ConnectionError)):
        return StoreUnavailable(
            f"{said}: no answer ({type(error).__name__})",
            hint="check the network and the endpoint (ADSEAL_S3_ENDPOINT_URL or AWS_ENDPOINT_URL)",
        )
    return StoreUnavailable(f"{said}: {type(error).__name__}", retryable=False)
