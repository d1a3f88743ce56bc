# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Drafts: the same ad, smaller and faster, to look at before the real one is paid for.

Decides what a draft shares with its final (prompts, seeds, layers, variant id) and what not (size, rate, steps, name).
Leaves out rendering.
"""

from typing import Final

from .matrix import DraftSettings
from .plan import AdPlan
from .plan_notes import Draft

_SUFFIX: Final = "_draft"


def as_draft(plan: AdPlan, settings: DraftSettings) -> AdPlan:
    """The draft of a final plan; a draft stays as it is. Its id ends in `_draft`, so it never lies where the final
    one goes."""
    if plan.draft is not None:
        return plan
    steps = settings.steps
    if steps is not None and plan.model.steps is not None:
        steps = min(steps, plan.model.steps)
    draft = Draft(
        width=_even(plan.width * settings.scale),
        height=_even(plan.height * settings.scale),
        fps=min(plan.fps, settings.fps),
        steps=steps if steps is not None else plan.model.steps,
    )
    return _again(plan, plan_id=plan.plan_id + _SUFFIX, draft=draft)


def as_final(plan: AdPlan) -> AdPlan:
    """The final plan of a draft, field for field the one that would have been planned without drafts."""
    if plan.draft is None:
        return plan
    return _again(plan, plan_id=plan.plan_id.removesuffix(_SUFFIX), draft=None)


def _even(length: float) -> int:
    return max(2, round(length / 2) * 2)


def _again(plan: AdPlan, **changed: object) -> AdPlan:
    """A copy with a hash of its own."""
    copy = plan.model_copy(update=changed)
    return copy.model_copy(update={"plan_hash": copy.content_hash()})
