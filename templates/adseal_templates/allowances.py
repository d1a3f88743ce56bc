# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What a brand may say although the guards stop at it: names of its own, licensed persons, and why.

Decides the shape of a brand kit's `guard`. Leaves out matching (`guards`).
"""

from pydantic import Field

from .plan import M
from .values import LongText, Text


class Allowance(M):
    """Words that the guards let pass for this brand, and the reason, which stands in every plan that uses them.

    `words` are what was found, in any spelling the guards see through; `code` narrows the allowance to one kind of
    finding (`mark.named`). Nothing is allowed by pattern: what is not named is not allowed.
    """

    words: tuple[Text, ...] = Field(min_length=1)
    reason: LongText
    code: Text | None = None


class BrandGuard(M):
    """What the guards let pass for a brand. What it must not claim stands in its `compliance`."""

    allow: tuple[Allowance, ...] = ()
