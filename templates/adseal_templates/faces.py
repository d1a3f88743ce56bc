# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Which font a text asks for: by role of the brand kit, by script of the locale.

Leaves out whether the font is installed and covers the text (the generator's preflight).
"""

from collections.abc import Iterable
from typing import Literal

from .brand import BrandKit, FontFile
from .language import script_of
from .plan import FontRef


def font_for(brand: BrandKit, role: Literal["headline", "body"], weight: int | None, locale: str) -> FontRef:
    """The role's font, or its fallback for the locale's script; the best fitting file comes first."""
    own = brand.fonts.headline if role == "headline" else brand.fonts.body or brand.fonts.headline
    fallback = own.fallbacks.get(script_of(locale))
    wanted = weight or (fallback.weight if fallback else None) or own.weight
    if fallback is None:
        return FontRef(family=own.family, weight=wanted, files=_paths(own.files, wanted))
    # The role's own files stay behind as a second choice, for Latin names inside the text.
    files = (*_paths(fallback.files, wanted), *_paths(own.files, wanted))
    return FontRef(family=fallback.family, weight=wanted, files=files)


def _paths(files: Iterable[FontFile], weight: int) -> tuple[str, ...]:
    """Paths of upright files first, then nearest in weight; a variable font is any weight."""
    ranked = sorted(files, key=lambda f: (f.style != "normal", abs((f.weight or weight) - weight)))
    return tuple(f.path for f in ranked if f.path)
