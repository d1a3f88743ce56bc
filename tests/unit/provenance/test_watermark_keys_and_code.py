# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Keys stay secret and whole; the code corrects noise and never invents a message."""

import stat
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adseal_provenance.errors import KeyFileError, WatermarkError
from adseal_provenance.watermark.code import CODE_BITS, codeword, decode
from adseal_provenance.watermark.keys import WatermarkKey, check_locator, new_locator

LOCATORS = st.integers(0, 2**48 - 1).map(lambda n: f"{n:012x}")


def test_a_created_key_loads_again_and_only_its_owner_can_read_the_file(tmp_path: Path) -> None:
    key = WatermarkKey.create(tmp_path / "key")
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    again = WatermarkKey.load(tmp_path / "key")
    assert again == key
    assert again.key_id == key.key_id
    assert again.derive("picture") == key.derive("picture") != key.derive("sound")


def test_the_secret_is_in_no_text_form_of_a_key() -> None:
    key = WatermarkKey(b"\xab" * 32)
    for text in (repr(key), str(key), f"{key}", key.key_id):
        assert "abab" not in text
    assert not hasattr(key, "__dict__")


def test_a_key_file_is_never_overwritten(tmp_path: Path) -> None:
    WatermarkKey.create(tmp_path / "key")
    with pytest.raises(KeyFileError) as caught:
        WatermarkKey.create(tmp_path / "key")
    assert caught.value.code == "key_exists"


@pytest.mark.parametrize(
    ("content", "mode", "code"),
    [
        (None, 0, "key_missing"),
        ("whole", 0o644, "key_permissions"),
        ("cut", 0o600, "key_damaged"),
        ("changed", 0o600, "key_damaged"),
        ("other", 0o600, "key_damaged"),
    ],
)
def test_unfit_key_files_are_told_apart(tmp_path: Path, content: str | None, mode: int, code: str) -> None:
    path = tmp_path / "key"
    if content is not None:
        WatermarkKey.create(path)
        text = path.read_text()
        flipped = text.replace(text[30], "0" if text[30] != "0" else "1", 1)
        path.write_text(
            {"whole": text, "cut": text[:50], "changed": flipped, "other": "hello\n" * 300}[content]
        )
        path.chmod(mode)
    with pytest.raises(KeyFileError) as caught:
        WatermarkKey.load(path)
    assert caught.value.code == code
    assert caught.value.hint
    assert "hello" not in str(caught.value)


def test_new_locators_are_well_formed_and_differ() -> None:
    made = {new_locator() for _ in range(50)}
    assert len(made) == 50
    assert all(check_locator(locator) == locator for locator in made)
    for bad in ("", "0123456789AB", "0123456789abc", "0123456789a", "g" * 12, "0123456789ab\n"):
        with pytest.raises(WatermarkError):
            check_locator(bad)


@given(LOCATORS)
@settings(max_examples=30, deadline=None)
def test_what_is_encoded_is_decoded(locator: str) -> None:
    assert decode(codeword(locator)) == locator


@given(LOCATORS, st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_strong_noise_and_a_quarter_of_lost_values_are_corrected(locator: str, seed: int) -> None:
    random = np.random.default_rng(seed)
    soft = codeword(locator) + random.normal(0, 0.5, CODE_BITS).astype(np.float32)
    soft[random.permutation(CODE_BITS)[: CODE_BITS // 4]] = 0.0
    assert decode(soft) == locator


@given(LOCATORS, st.lists(st.integers(0, CODE_BITS - 1), max_size=8, unique=True))
@settings(max_examples=30, deadline=None)
def test_any_eight_wrong_signs_are_corrected(locator: str, wrong: list[int]) -> None:
    soft = codeword(locator)  # free distance 18: up to 8 errors anywhere
    soft[wrong] *= -1
    assert decode(soft) == locator


def test_looking_at_more_messages_reads_more_and_never_another_one() -> None:
    random = np.random.default_rng(3)
    truth = codeword("0123456789ab")
    noisy = [truth * 0.62 + random.normal(size=CODE_BITS) for _ in range(40)]
    first, list_of_64 = ([decode(soft, tries) for soft in noisy] for tries in (1, 64))
    assert all(a in (None, b) for a, b in zip(first, list_of_64, strict=True))
    assert {*first, *list_of_64} <= {None, "0123456789ab"}
    assert list_of_64.count(None) < first.count(None)


def test_noise_alone_is_never_a_message() -> None:
    random = np.random.default_rng(7)
    assert all(decode(random.normal(size=CODE_BITS)) is None for _ in range(400))
    assert decode(np.zeros(CODE_BITS)) is None


@given(
    st.lists(
        st.sampled_from([float("nan"), float("inf"), -1.0, 0.0, 1e30]), min_size=CODE_BITS, max_size=CODE_BITS
    )
)
@settings(max_examples=10, deadline=None)
def test_values_that_are_not_finite_do_not_break_the_decoder(values: list[float]) -> None:
    assert decode(np.array(values)) is None


def test_a_wrong_number_of_values_is_refused() -> None:
    with pytest.raises(ValueError, match="264"):
        decode(np.zeros(10))
