# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Connections of the registry: SQLite embedded, PostgreSQL to scale.

Decides: which addresses are registries, how each database is set up to lose nothing, and what its errors are called
here. Leaves out: tables (``registry_schema``) and what is asked of them (``registry``).
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError, SQLAlchemyError

from adseal_provenance.errors import RegistryError

_BUSY_MS = 10_000
_CACHE_KB = 64 * 1024  # at most, of pages that were read
_CONNECT_S = 10
_POSTGRESQL = ("postgresql://", "postgres://", "postgresql+psycopg://")
_KINDS = "Use sqlite:///PATH or postgresql://USER@HOST/DATABASE."


def open_engine(uri: str | Path, *, create: bool) -> tuple[sa.Engine, str]:
    """An engine, and the address without a password.

    Raises:
        RegistryError: ``registry_uri``, ``registry_missing``, ``registry_unwritable``, ``registry_extra``.
    """
    if str(uri).startswith(_POSTGRESQL):
        return _postgresql(str(uri))
    path = _path(uri)
    if create:
        _create_private(path)
    elif not path.is_file():
        raise RegistryError(
            f"there is no registry at {path}", code="registry_missing", hint="Name the registry's file."
        )
    engine = sa.create_engine(f"sqlite:///{path}")
    sa.event.listen(engine, "connect", _on_connect)
    return engine, f"sqlite:///{path}"


@contextlib.contextmanager
def translated(uri: str) -> Iterator[None]:
    """Errors of the database become a ``RegistryError``."""
    try:
        yield
    except SQLAlchemyError as error:
        raise _typed(error, uri) from error


def _postgresql(uri: str) -> tuple[sa.Engine, str]:
    if find_spec("psycopg") is None:
        raise RegistryError(
            "PostgreSQL needs a driver that is not installed",
            code="registry_extra",
            hint="pip install 'adseal[postgres]'",
        )
    try:
        url = sa.make_url("postgresql+psycopg://" + uri.split("://", 1)[1])
    except ArgumentError as error:
        raise RegistryError("this is no address of a registry", code="registry_uri", hint=_KINDS) from error
    # a server that has gone is noticed before a query, and a firewall that swallows packets after some seconds
    engine = sa.create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": _CONNECT_S})
    return engine, url.set(drivername="postgresql").render_as_string(hide_password=True)


def _path(uri: str | Path) -> Path:
    text = str(uri)
    if text.startswith("sqlite:///"):
        text = text.removeprefix("sqlite:///")
    elif "://" in text:
        kind = text.split("://", maxsplit=1)[0]
        raise RegistryError(f"{kind!r} is not a kind of registry", code="registry_uri", hint=_KINDS)
    if not text:
        raise RegistryError("the registry has no path", code="registry_uri", hint=_KINDS)
    return Path(text).absolute()


def _create_private(path: Path) -> None:
    """Make the file before SQLite does, so that it is never readable by others; its WAL files inherit the
    mode."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise RegistryError(
            f"the registry cannot be made at {path}: {error.strerror}",
            code="registry_unwritable",
            hint="Choose a file in a folder that you may write to.",
        ) from error


def _on_connect(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
    cursor.close()


def _typed(error: SQLAlchemyError, uri: str) -> RegistryError:
    original = getattr(error, "orig", None)
    text = str(original or error).strip()
    if uri.startswith("postgresql"):
        return _typed_postgresql(error, str(getattr(original, "sqlstate", None) or ""), text, uri)
    for words, code, hint, retryable in (
        ("disk is full", "registry_full", "Free some space.", True),
        ("readonly", "registry_unwritable", "Make the file and its folder writable.", False),
        ("unable to open", "registry_unwritable", "Make the file and its folder writable.", False),
        ("locked", "registry_busy", "Another process is writing; try again.", True),
        ("not a database", "registry_corrupt", "Restore the registry from a backup.", False),
        ("malformed", "registry_corrupt", "Restore the registry from a backup.", False),
    ):
        if words in text:
            return RegistryError(f"registry {uri}: {text}", code=code, hint=hint, retryable=retryable)
    code = "registry_corrupt" if isinstance(error, DatabaseError) else "registry"
    return RegistryError(f"registry {uri}: {text}", code=code)


def _typed_postgresql(error: SQLAlchemyError, state: str, text: str, uri: str) -> RegistryError:
    """By the class of the SQLSTATE (PostgreSQL manual, appendix A)."""
    for prefix, code, hint, retryable in (
        ("53", "registry_full", "The server is out of space, memory or connections.", True),
        ("40", "registry_busy", "Another process was writing; try again.", True),
        ("42501", "registry_unwritable", "Grant this user the right to write.", False),
        ("28", "registry_refused", "Check the user and the password.", False),
        ("3D", "registry_missing", "Make the database first (createdb).", False),
        ("XX", "registry_corrupt", "Restore the registry from a backup.", False),
    ):
        if state.startswith(prefix):
            return RegistryError(f"registry {uri}: {text}", code=code, hint=hint, retryable=retryable)
    if isinstance(error, OperationalError):
        if not state and text.rstrip().endswith("does not exist"):  # connecting gives words and no SQLSTATE
            hint = "Make the database first (createdb)."
            return RegistryError(f"registry {uri}: {text}", code="registry_missing", hint=hint)
        hint = "Check that the server runs and can be reached."
        return RegistryError(
            f"registry {uri}: {text}", code="registry_unreachable", hint=hint, retryable=True
        )
    return RegistryError(f"registry {uri}: {text}", code="registry")
