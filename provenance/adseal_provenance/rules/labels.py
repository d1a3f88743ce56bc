# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What has to be seen in the picture, for a label plan to draw from."""

from __future__ import annotations

from collections.abc import Iterable

from adseal_provenance.rules.load import laws
from adseal_provenance.rules.model import LabelNeed

__all__ = ["LabelNeed", "label_needs"]


def label_needs(
    names: Iterable[str], *, deep_fake: bool = False, synthetic_performer: bool = False
) -> tuple[LabelNeed, ...]:
    """The visible labels that the named laws ask of an AI-generated video; empty where none does.

    Args:
        names: of laws, as ``load.law_names`` gives them.
        deep_fake, synthetic_performer: what the video shows; some laws ask for a label only then.

    Raises:
        RulesError: ``unknown_law``.
    """
    shown = {"always": True, "deep_fake": deep_fake, "synthetic_performer": synthetic_performer}
    return tuple(law.label for law in laws(names) if law.label is not None and shown[law.label.when])
