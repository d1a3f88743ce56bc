# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""How 48 bits become a long, forgiving row of signs, and how they are read back from noisy ones.

Decides: locator (48 bits) + CRC-32 + zero tail through the rate-1/3, constraint-length-9 convolutional code
(557, 663, 711 octal; the maximum-free-distance code, d_free = 18, of Larsen 1973), read by soft list Viterbi decoding.
Leaves out: where the signs are put in picture or sound.

Reliability: random input passes the CRC with probability 2**-32 per attempt; callers count their attempts.
"""

from __future__ import annotations

import heapq
import zlib
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from adseal_provenance.watermark.keys import LOCATOR_BITS, check_locator

_K = 9
_STATES = 1 << (_K - 1)
_POLYNOMIALS = (0o557, 0o663, 0o711)
_CRC_BITS = 32
_INPUT_BITS = LOCATOR_BITS + _CRC_BITS + _K - 1

_NEVER = 1e30  # what a state that cannot be reached is behind

CODE_BITS = _INPUT_BITS * len(_POLYNOMIALS)
"""Length of a codeword: 264 signs."""

CRC_LOG10_P = -_CRC_BITS * float(np.log10(2.0))
"""log10 of the chance that one random decode passes the CRC."""


@lru_cache(maxsize=1)
def _trellis() -> tuple[NDArray[np.float32], NDArray[np.intp], NDArray[np.uint8]]:
    """signs[state, bit, 3], previous[next_state, 2] and the input bit that leads into next_state.

    The register is (newest bit, ..., oldest bit); the newest is the top bit, so the input bit that enters a
    state is that state's top bit and its two predecessors differ only in the bit that fell out.
    """
    register = np.arange(_STATES)[:, None] | (np.array([0, 1]) << (_K - 1))[None, :]
    taps = np.array(_POLYNOMIALS)[None, None, :] & register[:, :, None]
    parity = np.zeros_like(taps)
    for shift in range(_K):
        parity ^= (taps >> shift) & 1
    signs = (1 - 2 * parity).astype(np.float32)
    state = np.arange(_STATES)
    previous = np.stack([(state << 1) & (_STATES - 1), ((state << 1) & (_STATES - 1)) | 1], axis=1)
    return signs, previous.astype(np.intp), (state >> (_K - 2)).astype(np.uint8)


def _bits(value: int, count: int) -> NDArray[np.uint8]:
    return np.array([(value >> (count - 1 - i)) & 1 for i in range(count)], dtype=np.uint8)


def _value(bits: NDArray[np.uint8]) -> int:
    return int("".join(map(str, bits.tolist())), 2)


def codeword(locator: str) -> NDArray[np.float32]:
    """The 264 signs (float32, each −1 or +1) that stand for a locator.

    Raises:
        WatermarkError: ``bad_locator``.
    """
    raw = bytes.fromhex(check_locator(locator))
    bits = np.concatenate(
        [
            _bits(int.from_bytes(raw, "big"), LOCATOR_BITS),
            _bits(zlib.crc32(raw), _CRC_BITS),
            np.zeros(_K - 1, np.uint8),
        ]
    )
    signs, _, _ = _trellis()
    out = np.empty((_INPUT_BITS, len(_POLYNOMIALS)), np.float32)
    state = 0
    for i, bit in enumerate(bits.tolist()):
        out[i] = signs[state, bit]
        state = (state | bit << (_K - 1)) >> 1
    return out.ravel()


def decode(llr: NDArray[np.floating], tries: int = 1) -> str | None:
    """Most likely locator for 264 soft values, or None if no CRC holds.

    Args:
        llr: float[264]; positive means +1; only relative size matters. Values that are not finite count as 0.
        tries: how many messages, the likeliest first, may have their CRC looked at (serial list Viterbi decoding,
            Seshadri and Sundberg 1994); each one is a chance of 2**-32 to be wrong. 64 are worth about 0.5 dB.

    Raises:
        ValueError: if ``llr`` has another length.
    """
    if llr.shape != (CODE_BITS,):
        raise ValueError(f"a codeword has {CODE_BITS} soft values, not {llr.shape}")
    soft = np.nan_to_num(llr.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0).reshape(_INPUT_BITS, -1)
    choice, lost = _forward(soft / max(float(np.abs(soft).max()), 1e-30))
    paths: list[tuple[float, tuple[int, ...]]] = [
        (0.0, ())
    ]  # what a path lost against the best, where it leaves it
    for _ in range(tries):
        if not paths:
            return None
        behind, turns = heapq.heappop(paths)
        bits, others = _back(choice, lost, turns)
        for t, more in others:
            heapq.heappush(paths, (behind + more, (*turns, t)))
        raw = _value(bits[:LOCATOR_BITS]).to_bytes(LOCATOR_BITS // 8, "big")
        if zlib.crc32(raw) == _value(bits[LOCATOR_BITS : LOCATOR_BITS + _CRC_BITS]):
            return raw.hex()
    return None


def _forward(soft: NDArray[np.float32]) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
    """For each step and state which predecessor is better, and by how much (inf where there is only one)."""
    signs, previous, entered = _trellis()
    # gain[next, j]: what step t adds on the way from predecessor j into next
    into = signs[previous, entered[:, None]]
    gains = np.einsum("sjk,tk->tsj", into, soft, optimize=True)
    metric = np.full(_STATES, -_NEVER, np.float32)
    metric[0] = 0.0
    choice = np.empty((_INPUT_BITS, _STATES), np.bool_)
    lost = np.empty((_INPUT_BITS, _STATES), np.float32)
    for t in range(_INPUT_BITS):
        both = metric[previous] + gains[t]
        np.greater(both[:, 1], both[:, 0], out=choice[t])
        np.abs(both[:, 1] - both[:, 0], out=lost[t])
        lost[t, both.min(axis=1) < -_NEVER / 2] = np.inf
        metric = both.max(axis=1)
    return choice, lost


def _back(
    choice: NDArray[np.bool_], lost: NDArray[np.float32], turns: tuple[int, ...]
) -> tuple[NDArray[np.uint8], list[tuple[int, float]]]:
    """The message of the path that takes the worse way at the steps ``turns``, and what it would lose by one more
    worse way at each of the steps before the first of them.
    """
    _, previous, entered = _trellis()
    bits = np.empty(_INPUT_BITS, np.uint8)
    others = []
    first = min(turns, default=_INPUT_BITS)
    state = 0
    for t in range(_INPUT_BITS - 1, -1, -1):
        bits[t] = entered[state]
        if t < first and np.isfinite(lost[t, state]):
            others.append((t, float(lost[t, state])))
        state = int(previous[state, int(choice[t, state]) ^ (t in turns)])
    return bits, others
