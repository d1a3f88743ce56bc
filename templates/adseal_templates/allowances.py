# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What a brand says about words of its own: claims it does not make, names it may use and why.

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
    """A brand's own rules: `prohibited_claims` are blocked wherever they stand, `allow` names what may be said."""

    prohibited_claims: tuple[Text, ...] = ()
    allow: tuple[Allowance, ...] = ()
