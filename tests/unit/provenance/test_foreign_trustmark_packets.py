# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""TrustMark's packets: the same bits as its makers', every promised error corrected, and the true false alarms.

The golden packets were made with trustmark 0.9.2.
"""

from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adseal_provenance.errors import WatermarkError
from adseal_provenance.watermark.foreign.bch import checks, correct, log10_chance
from adseal_provenance.watermark.foreign.trustmark import Schema, capacity, pack, unpack

ERRORS: dict[Schema, int] = {"BCH_SUPER": 8, "BCH_5": 5, "BCH_4": 4, "BCH_3": 3}
SCHEMAS = st.sampled_from(get_args(Schema))


@pytest.mark.parametrize(
    ("schema", "guard"),
    [
        ("BCH_SUPER", "100011111110011011110110101001000100110100110011100001100000"),
        ("BCH_5", "011111101010001000100011101101100100001"),
        ("BCH_4", "00100110001111000111001011100010"),
        ("BCH_3", "0111100110100100000100011"),
    ],
)
def test_packets_are_those_that_trustmark_makes(schema: Schema, guard: str) -> None:
    payload = [(i * i + i // 3) % 2 for i in range(capacity(schema))]
    assert "".join(map(str, pack(payload, schema))) == "".join(map(str, payload)) + guard


@given(SCHEMAS, st.integers(0, 2**32), st.data())
@settings(max_examples=60, deadline=None)
def test_every_promised_error_is_corrected_and_counted(
    schema: Schema, seed: int, data: st.DataObject
) -> None:
    payload = tuple(np.random.default_rng(seed).integers(0, 2, capacity(schema)).tolist())
    packet = list(pack(payload, schema))
    wrong = data.draw(st.lists(st.integers(0, 95), max_size=ERRORS[schema], unique=True))
    for place in wrong:
        packet[place] ^= 1
    assert unpack(packet, schema) == (payload, len(wrong))


@given(st.integers(0, 2**32), st.integers(0, 3))
@settings(max_examples=30, deadline=None)
def test_a_wrong_schema_bit_is_never_corrected(seed: int, place: int) -> None:
    packet = list(pack(np.random.default_rng(seed).integers(0, 2, 61).tolist(), "BCH_5"))
    packet[96 + place] ^= 1
    assert unpack(packet, "BCH_5") is None


@given(st.lists(st.integers(0, 1), min_size=101, max_size=101))
@settings(max_examples=60, deadline=None)
def test_a_correction_always_ends_on_a_codeword_nearby(word: list[int]) -> None:
    found = correct(word, 3)
    if found is not None:
        fixed, wrong = found
        assert sum(a != b for a, b in zip(word, fixed, strict=True)) == wrong <= 3
        assert fixed[80:] == checks(fixed[:80], 3)


def test_an_error_in_padding_that_was_never_sent_is_not_corrected() -> None:
    data = (1, 0, 1) * 20 + (1,)
    other = checks((*data, 1, 0, 0), 5)  # one bit away, but in a bit that every packet has as 0
    assert unpack((*data, *other, 0, 0, 0, 1), "BCH_5") is None


def test_random_packets_pass_as_often_as_is_said() -> None:
    random = np.random.default_rng(2)
    tail = (0, 0, 1, 1)
    passed = sum(
        unpack((*random.integers(0, 2, 96).tolist(), *tail), "BCH_3") is not None for _ in range(3000)
    )
    said = 10 ** log10_chance(96, 3, 3)
    assert said == pytest.approx(0.0704, abs=0.0005)
    assert abs(passed / 3000 - said) < 4 * np.sqrt(said / 3000)


def test_payloads_of_another_length_are_refused() -> None:
    with pytest.raises(WatermarkError) as caught:
        pack((0, 1), "BCH_5")
    assert caught.value.code == "bad_payload"
    with pytest.raises(ValueError, match="too many"):
        checks([0] * 100, 8)
