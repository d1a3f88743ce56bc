# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""One sealed tiny video for all provenance tests of a run."""

from collections.abc import Iterator

import pytest
from postgresql import Server, binaries, running
from tests.provenance_kit import Seal, make_seal


@pytest.fixture(scope="session")
def seal(tmp_path_factory: pytest.TempPathFactory) -> Seal:
    return make_seal(tmp_path_factory.mktemp("sealed"))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A real server for the tests that want one."""
    pytest.importorskip("psycopg")
    programs = binaries()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    with running(programs) as server:
        yield server
