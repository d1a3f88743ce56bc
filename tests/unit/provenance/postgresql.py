# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""A real PostgreSQL for tests: a cluster of its own in a temporary folder, reached over a Unix socket."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

_UNPRIVILEGED = ("postgres", "nobody")
_WAIT_S = "60"


@dataclass
class Server:
    """A running server; ``folder`` holds its socket."""

    folder: Path
    _numbers: Iterator[int] = field(default_factory=count)

    def uri(self, database: str) -> str:
        return f"postgresql://adseal@/{database}?host={self.folder}"

    def new_database(self) -> str:
        """Address of an empty database."""
        import psycopg

        name = f"test_{next(self._numbers)}"
        with psycopg.connect(self.uri("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[call-overload]
        return self.uri(name)


def binaries() -> Path | None:
    """Where the newest installed server is; Debian does not put it into PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if found:
        return found[-1].parent
    path = shutil.which("initdb")
    return Path(path).resolve().parent if path else None


@contextlib.contextmanager
def running(programs: Path) -> Iterator[Server]:
    """Start, and stop at the end. As root it runs as an unprivileged user, for PostgreSQL refuses root."""
    # a short path of its own: a socket's name has 107 bytes at most, and the other user has to get there
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    user: dict[str, str | int] = {}
    if os.geteuid() == 0:
        name = next(n for n in _UNPRIVILEGED if any(p.pw_name == n for p in pwd.getpwall()))
        entry = pwd.getpwnam(name)
        os.chown(folder, entry.pw_uid, entry.pw_gid)
        user = {"user": entry.pw_uid, "group": entry.pw_gid}

    def call(program: str, *arguments: str) -> None:
        command = [str(programs / program), *arguments]
        done = subprocess.run(  # type: ignore[call-overload]
            command, capture_output=True, text=True, check=False, cwd=folder, env={"LC_ALL": "C"}, **user
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr or done.stdout}")

    data = str(folder / "data")
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
    try:
        call("initdb", "-D", data, "-U", "adseal", "-A", "trust", "-E", "UTF8", "--no-sync")
        call("pg_ctl", "-D", data, "-o", options, "-w", "-t", _WAIT_S, "-l", str(folder / "log"), "start")
        try:
            yield Server(folder)
        finally:
            call("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
