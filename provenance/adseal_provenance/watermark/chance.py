# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""How unlikely a find is in media that carry no mark."""

from __future__ import annotations

import math

from adseal_provenance.watermark.keys import LOCATOR_BITS

_MESSAGES_LOG10 = LOCATOR_BITS * math.log10(2)


def log10_tail(z: float) -> float:
    """log10 of the chance that a standard normal value exceeds z (accurate far out, by its asymptotic
    series).
    """
    if z < 25:
        return math.log10(max(0.5 * math.erfc(z / math.sqrt(2)), 1e-300))
    return (-z * z / 2 - math.log(z * math.sqrt(2 * math.pi))) / math.log(10)


def sum_log10_tail(z: float) -> float:
    """log10 of a bound of the chance that a sum of given numbers with chance signs exceeds z standard deviations.

    At most 3.18 times as often as a normal value does, whatever the numbers, that is the media, are (Bentkus and
    Dzindzalieta 2015, theorem 1.1).
    """
    return min(math.log10(3.18) + log10_tail(z), 0.0)


def message_log10_p(clarity: float) -> float:
    """log10 of the chance that payload chips which carry no message agree this clearly with any of the 2**48."""
    return min(_MESSAGES_LOG10 + sum_log10_tail(clarity), 0.0)
