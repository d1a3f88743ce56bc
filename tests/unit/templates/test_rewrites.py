# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Rewrites are proposals: what breaks the rules is refused with every reason, what is accepted is on record."""

import pytest

from adseal_templates import AdPlan
from adseal_templates.rewrites import RewriteRequest, accept, propose

GOOD = (
    "Slow push in. Gentle sea rolling towards the shore in navy, soft light, calm, moody, space at the top."
)


class Scripted:
    """An enhancer that says what the test wants, and remembers what it was asked."""

    name = "scripted 1"

    def __init__(self, words: dict[str, str] | None = None) -> None:
        self.words = words or {}
        self.asked: list[RewriteRequest] = []

    def rewrite(self, request: RewriteRequest) -> str:
        self.asked.append(request)
        return self.words.get(request.shot_id, request.prompt)


def test_each_different_prompt_is_asked_once_with_what_has_to_stay(plans: list[AdPlan]) -> None:
    enhancer = Scripted()
    assert propose(plans, enhancer) == []  # the same words are no proposal
    assert len(enhancer.asked) == 4  # two briefs, two shots
    first = enhancer.asked[0]
    assert (first.brief, first.shot_id, first.family) == ("slow-evenings", "opening", "mini")
    assert first.keep == ("Gentle sea", "navy")
    assert first.max_words == 58


def test_a_proposal_changes_nothing_until_it_is_accepted(plans: list[AdPlan]) -> None:
    before = [plan.plan_hash for plan in plans]
    (one,) = propose(plans[:1], Scripted({"opening": GOOD}))
    assert (one.before, one.after, one.refused) == (plans[0].shots[0].prompt, GOOD, ())
    assert [plan.content_hash() for plan in plans] == before


def test_an_accepted_rewrite_stands_in_the_plan_with_what_it_replaced(plans: list[AdPlan]) -> None:
    taken = accept(plans, propose(plans[:1], Scripted({"opening": GOOD})))
    changed = [plan for plan in taken if plan.brief == "slow-evenings"]
    assert {plan.shots[0].prompt for plan in changed} == {GOOD}  # all locales and placements share the clip
    for plan in changed:
        (record,) = plan.rewrites
        assert (record.before, record.after) == (plans[0].shots[0].prompt, GOOD)
        assert plan.prompt_changes[-1].reason == "rewritten by scripted 1, accepted"
        assert plan.plan_hash == plan.content_hash()
    assert taken[0].plan_hash != plans[0].plan_hash
    assert [plan for plan in taken if plan.brief != "slow-evenings"] == plans[4:]


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        ("Slow push in. Waves in navy.", "loses “Gentle sea”"),
        ("Slow push in. Gentle sea in blue.", "loses “navy”"),
        (GOOD + " A gold glow.", "adds gold"),
        (GOOD + " A woman walks.", "adds woman"),
        (GOOD + " A logo glows.", "asks for words or a logo"),
        (GOOD + " “Aubemar”.", "asks for words or a logo"),
        (GOOD + " Then zoom out, tracking shot.", "adds a camera move"),
        (GOOD + " Foam, and then rain.", "adds a second action"),
        (GOOD + " Like a Pixar film.", "adds “Pixar”"),
        (GOOD + " As filmed by Christopher Nolan.", "adds “Christopher Nolan”"),
        (GOOD + " slow" * 60, "words, mini reads 58"),
        ("", "is empty"),
        (GOOD + "\u202e", "holds characters that cannot be shown"),
    ],
)
def test_what_breaks_the_rules_is_refused_and_changes_nothing(
    plans: list[AdPlan], after: str, reason: str
) -> None:
    (one,) = propose(plans[:1], Scripted({"opening": after}))
    assert any(reason in said for said in one.refused), one.refused
    assert accept(plans, [one]) == plans


def test_every_reason_is_told(plans: list[AdPlan]) -> None:
    (one,) = propose(plans[:1], Scripted({"opening": "A red Ferrari with a man"}))
    assert len(one.refused) >= 4
