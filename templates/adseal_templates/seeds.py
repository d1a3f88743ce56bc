# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Seeds from names: the same campaign seed and names give the same pictures and sound, everywhere."""

import hashlib
import json


def derived_seed(seed: int, *names: str | int) -> int:
    """A seed 0..2**31-1 from a campaign seed and what it is for. JSON keeps `("a", "bc")` and `("ab", "c")`
    apart."""
    text = json.dumps([seed, *names], ensure_ascii=False, separators=(",", ":"))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") >> 1
