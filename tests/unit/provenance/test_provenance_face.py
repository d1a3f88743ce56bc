# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The package's face: every name is there, stays what it is, and costs nothing until it is used."""

import subprocess
import sys

import adseal_provenance


def test_every_name_is_there_and_stays_the_same_thing() -> None:
    names = adseal_provenance.__all__
    assert names == sorted(names) and set(names) <= set(dir(adseal_provenance))
    first = {name: getattr(adseal_provenance, name) for name in names}
    assert all(getattr(adseal_provenance, name) is value for name, value in first.items())
    assert all(callable(value) for value in first.values())
    assert not hasattr(adseal_provenance, "no_such_name")


def test_importing_it_loads_nothing_heavy() -> None:
    heavy = ("av", "c2pa", "cryptography", "cv2", "numpy", "pydantic", "sqlalchemy")
    code = f"import sys, adseal_provenance; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
