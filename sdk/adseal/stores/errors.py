# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What can go wrong between a finished file and the place it is kept.

    StoreError
    ├── BadStoreUri         the address of the store cannot be used (also: a secret was written into it)
    │   └── BucketMissing   there is no such bucket
    ├── BadKey              an object name no store of ours accepts
    ├── BadMetadata         metadata or content type that cannot travel with the object
    ├── LocalFileError      the file on this side cannot be read or written
    ├── StoreUnavailable    no answer, or not now; trying again may help
    ├── StoreAccessDenied   wrong credentials, or right ones that may not do this
    ├── StoreFull           no room left
    ├── ObjectExists        other bytes already lie under that key
    ├── ObjectMissing       nothing lies under that key
    ├── ObjectTooLarge      more bytes lie there than are accepted
    └── ChecksumMismatch    the bytes are not the ones that were put

No message, hint or repr carries a secret: addresses are never quoted back while they may still hold one.
"""

from adseal.errors import AdsealError


class StoreError(AdsealError):
    """Base of the stores' errors."""

    code = "store"


class BadStoreUri(StoreError):
    """The address of a store, or of its endpoint, cannot be used."""

    code = "bad_store_uri"


class BucketMissing(BadStoreUri):
    """The S3 server answers, but has no bucket of that name."""

    code = "bucket_missing"


class BadKey(StoreError):
    """An object name that no store accepts."""

    code = "bad_key"


class BadMetadata(StoreError):
    """Metadata or a content type that cannot travel with an object."""

    code = "bad_metadata"


class LocalFileError(StoreError):
    """The file on this side of the transfer cannot be read or written."""

    code = "local_file"


class StoreUnavailable(StoreError):
    """The store does not answer, or cannot do it now."""

    code = "store_unavailable"
    retryable = True


class StoreAccessDenied(StoreError):
    """The store knows what is asked and refuses: credentials or permissions."""

    code = "store_access_denied"


class StoreFull(StoreError):
    """The store has no room left."""

    code = "store_full"


class ObjectExists(StoreError):
    """Other bytes already lie under that key; objects are never overwritten."""

    code = "object_exists"


class ObjectMissing(StoreError):
    """Nothing lies under that key."""

    code = "object_missing"


class ObjectTooLarge(StoreError):
    """An object has more bytes than are accepted; none of them was kept."""

    code = "too_large"


class ChecksumMismatch(StoreError):
    """The bytes are not the ones that were put."""

    code = "checksum_mismatch"
