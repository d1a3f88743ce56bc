# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Where finished ads are kept: `open_store` turns an address into a store.

What a store promises is in `base`; a folder is the default, an S3 bucket the other choice. Nothing heavy is
imported before a store is opened.
"""

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from adseal.stores.errors import BadStoreUri

if TYPE_CHECKING:
    from adseal.stores.base import Store, StoredObject
    from adseal.stores.directory import DirectoryStore
    from adseal.stores.s3 import S3Store

__all__ = ["DirectoryStore", "S3Store", "Store", "StoredObject", "open_store"]

_WHERE = {"Store": "base", "StoredObject": "base", "DirectoryStore": "directory", "S3Store": "s3"}
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):(?=/)")
_HINT = "a folder, file:///folder, or s3://bucket/prefix"


def open_store(uri: str) -> "Store":
    """The store at an address. Nothing is read, written or asked yet: that is `check`'s work.

    Args:
        uri: a folder (`~` is expanded), `file:///absolute/folder`, or `s3://bucket/prefix`. Credentials
            never stand in it: they come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile or a
            role; the server from ADSEAL_S3_ENDPOINT_URL, AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL.

    Raises:
        BadStoreUri: the address cannot be used. It is not quoted back: it may hold a secret.
        MissingExtra: the store needs an extra that is not installed.
    """
    if not uri or uri != uri.strip() or "\0" in uri:
        raise BadStoreUri("the store's address is empty or begins or ends with a space", hint=_HINT)
    scheme = _SCHEME.match(uri)
    if scheme is None:
        from adseal.stores.directory import DirectoryStore

        return DirectoryStore(uri)
    name, rest = scheme[1].lower(), uri[scheme.end() :]
    if not rest.startswith("//"):
        raise BadStoreUri(f"the store's address must begin with {name}://", hint=_HINT)
    if name == "file":
        return _folder(uri)
    if name == "s3":
        return _bucket(rest[2:])
    raise BadStoreUri(f"there is no store for {name}:// addresses", hint=_HINT)


def _folder(uri: str) -> "DirectoryStore":
    from adseal.stores.directory import DirectoryStore

    try:
        parts = urlsplit(uri)
    except ValueError as error:
        raise BadStoreUri("the store's address is malformed", hint=_HINT) from error
    if parts.netloc not in ("", "localhost") or parts.query or parts.fragment:
        raise BadStoreUri(
            "a file:// address names no host, query or fragment", hint="file:///absolute/folder"
        )
    if not parts.path.strip("/"):
        raise BadStoreUri("a file:// address names a folder", hint="file:///absolute/folder")
    return DirectoryStore(unquote(parts.path))


def _bucket(rest: str) -> "S3Store":
    bucket, _, prefix = rest.partition("/")
    if "@" in rest or ":" in bucket:
        raise BadStoreUri(
            "credentials never stand in a store's address",
            hint="put them into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or use a profile (AWS_PROFILE)",
        )
    from adseal.stores.s3 import S3Store

    return S3Store(bucket, prefix)


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        from importlib import import_module

        return getattr(import_module(f"adseal.stores.{_WHERE[name]}"), name)
    raise AttributeError(f"module 'adseal.stores' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
