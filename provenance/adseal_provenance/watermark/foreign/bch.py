# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Binary BCH codes of length 127 over GF(128), shortened: how TrustMark guards its payload.

Decides: field polynomial x^7 + x^3 + 1, narrow sense, 7 check bits for each correctable error, systematic,
highest power first. Leaves out: how a packet is laid out.

Reference: Lin & Costello, Error Control Coding, chapters 6 and 2 (Berlekamp's algorithm, Chien's search).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

LENGTH: Final = 127
_FIELD: Final = 0b10001001


@lru_cache(maxsize=1)
def _tables() -> tuple[tuple[int, ...], dict[int, int]]:
    """Powers of the primitive element, twice round, and their logarithms."""
    powers, value = [], 1
    for _ in range(LENGTH):
        powers.append(value)
        value <<= 1
        value ^= _FIELD if value & 128 else 0
    return tuple(powers + powers), {value: i for i, value in enumerate(powers)}


def _times(a: int, b: int) -> int:
    powers, logs = _tables()
    return powers[logs[a] + logs[b]] if a and b else 0


def _over(a: int, b: int) -> int:
    powers, logs = _tables()
    return powers[logs[a] - logs[b] + LENGTH] if a else 0


@lru_cache(maxsize=8)
def _generator(errors: int) -> int:
    """Product of the minimal polynomials of the first odd powers, as bits."""
    powers, _ = _tables()
    product, done = 1, set[int]()
    for odd in range(1, 2 * errors, 2):
        orbit = {odd * 2**k % LENGTH for k in range(7)}
        if orbit & done:
            continue
        done |= orbit
        minimal = [1]
        for root in orbit:
            shifted, scaled = [0, *minimal], [_times(c, powers[root]) for c in minimal] + [0]
            minimal = [a ^ b for a, b in zip(shifted, scaled, strict=True)]
        factor = sum(bit << i for i, bit in enumerate(minimal))
        product = _carryless(product, factor)
    return product


def _carryless(a: int, b: int) -> int:
    product = 0
    while b:
        product ^= a if b & 1 else 0
        a, b = a << 1, b >> 1
    return product


def checks(data: Sequence[int], errors: int) -> tuple[int, ...]:
    """The 7 · ``errors`` check bits that make up to ``errors`` wrong bits correctable (1 to 9).

    Raises:
        ValueError: if data and checks are longer than 127 bits.
    """
    count = 7 * errors
    if len(data) + count > LENGTH:
        raise ValueError(f"{len(data)} bits are too many for {errors} correctable errors")
    generator = _generator(errors)
    value = int("0" + "".join(map(str, data)), 2) << count
    for place in range(value.bit_length() - 1, count - 1, -1):
        if value >> place & 1:
            value ^= generator << (place - count)
    return tuple(value >> (count - 1 - i) & 1 for i in range(count))


def correct(word: Sequence[int], errors: int) -> tuple[tuple[int, ...], int] | None:
    """The nearest codeword within ``errors`` wrong bits and how many were wrong, or None if there is none.

    Args:
        word: data and checks, at most 127 bits.
    """
    powers, _ = _tables()
    ones = [len(word) - 1 - i for i, bit in enumerate(word) if bit]
    syndromes = []
    for j in range(1, 2 * errors + 1):
        total = 0
        for place in ones:
            total ^= powers[place * j % LENGTH]
        syndromes.append(total)
    if not any(syndromes):
        return tuple(word), 0
    locator = _locator(syndromes)
    degree = len(locator) - 1
    if degree > errors:
        return None
    wrong = [place for place in range(len(word)) if _at(locator, -place % LENGTH) == 0]
    if len(wrong) != degree:
        return None
    fixed = list(word)
    for place in wrong:
        fixed[len(word) - 1 - place] ^= 1
    return tuple(fixed), degree


def _locator(syndromes: Sequence[int]) -> list[int]:
    """Berlekamp and Massey: the shortest recurrence behind the syndromes, lowest power first."""
    here, before = [1], [1]
    length, gap, last = 0, 1, 1
    for n, syndrome in enumerate(syndromes):
        miss = syndrome
        for i in range(1, min(length, len(here) - 1) + 1):
            miss ^= _times(here[i], syndromes[n - i])
        if miss == 0:
            gap += 1
            continue
        scale = _over(miss, last)
        change = [0] * gap + [_times(scale, c) for c in before]
        size = max(len(here), len(change))
        padded = [*here, *[0] * (size - len(here))]
        updated = [a ^ b for a, b in zip(padded, [*change, *[0] * (size - len(change))], strict=True)]
        if 2 * length <= n:
            length, before, last, gap = n + 1 - length, here, miss, 1
        else:
            gap += 1
        here = updated
    while len(here) > 1 and here[-1] == 0:
        here.pop()
    return here if len(here) - 1 == length else [1] * (len(syndromes) + 2)


def _at(polynomial: Sequence[int], power: int) -> int:
    """Its value at a power of the primitive element."""
    powers, _ = _tables()
    total = 0
    for i, factor in enumerate(polynomial):
        total ^= _times(factor, powers[power * i % LENGTH])
    return total


def log10_chance(bits: int, errors: int, wrong: int) -> float:
    """log10 of the chance that a random word of ``bits`` bits lies within ``wrong`` bits of a codeword."""
    ball = sum(math.comb(bits, k) for k in range(wrong + 1))
    return min(0.0, math.log10(ball) - 7 * errors * math.log10(2.0))
