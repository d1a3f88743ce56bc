# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The keys of a tenant: the newest makes marks, none is ever lost."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from adseal_provenance.errors import KeyFileError
from adseal_provenance.watermark.keyring import Keyring


def test_the_first_key_is_made_on_first_use_and_not_before(tmp_path: Path) -> None:
    ring = Keyring(tmp_path / "watermark")
    assert ring.all() == ()
    assert not ring.folder.exists()
    key = ring.newest()
    assert ring.all() == (key,)
    assert ring.newest() == key


def test_after_a_rotation_the_new_key_comes_first_and_the_old_ones_stay(tmp_path: Path) -> None:
    ring = Keyring(tmp_path)
    made = [ring.newest(), *(ring.rotate() for _ in range(11))]
    assert len(set(made)) == 12
    assert ring.all() == tuple(reversed(made))
    assert ring.newest() == made[-1]


def test_rotations_at_the_same_time_lose_no_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: Keyring(tmp_path).rotate(), range(16)))
    assert set(Keyring(tmp_path).all()) == made
    assert len(made) == 16


def test_a_key_that_cannot_be_read_is_not_passed_over(tmp_path: Path) -> None:
    ring = Keyring(tmp_path)
    ring.newest()
    ring.rotate()
    (tmp_path / "0001.key").chmod(0o644)
    assert ring.newest() is not None
    with pytest.raises(KeyFileError, match="0001") as caught:
        ring.all()
    assert caught.value.code == "key_permissions"


def test_other_files_in_the_folder_are_left_alone(tmp_path: Path) -> None:
    ring = Keyring(tmp_path)
    key = ring.newest()
    (tmp_path / "0009.key.bak").write_text("a copy")
    (tmp_path / "notes.txt").write_text("where the backup is")
    assert ring.all() == (key,)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KeyFileError) as caught:
        Keyring(tmp_path / "file" / "watermark").newest()
    assert caught.value.code == "key_unwritable"
