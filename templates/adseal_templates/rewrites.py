# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Prompts rewritten by somebody else: what is asked, what may come back, and how it enters a plan.

Decides that a rewrite is a proposal until somebody accepts it, that it keeps the brief's words and palette, adds no
people, colours, camera moves or guarded words, and that an accepted one stands in the plan with what it replaced.
Leaves out who writes (any `Enhancer`; the front door has one for chat endpoints) and asking the user.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Protocol

from .base import M
from .colour import NAMED_COLOURS
from .families import family
from .guards import scan
from .plan import AdPlan, PromptChange, ShotPlan
from .plan_notes import Rewrite
from .shot_grammar import length_in_words, second_action, second_move

_MAX_CHARACTERS: Final = 4000
_PEOPLE: Final = frozenset(
    (
        *("man", "men", "woman", "women", "person", "people", "child", "children", "girl", "boy", "baby"),
        *("couple", "crowd", "family", "model", "hand", "hands", "face", "faces", "actor", "customer"),
    )
)
_PAINTED_WORDS: Final = re.compile(r"[\"“”«»]|\b(?:logo|caption|subtitle|slogan|lettering)\b", re.IGNORECASE)


class RewriteRequest(M):
    """One prompt to be rewritten. `keep` are words that have to come back as they are; `max_words` is the most the
    family reads."""

    brief: str
    shot_id: str
    family: str
    prompt: str
    keep: tuple[str, ...]
    max_words: int


class Proposal(M):
    """What an enhancer made of a prompt. `refused` lists why it cannot be taken; empty: somebody may accept it."""

    brief: str
    shot_id: str
    enhancer: str
    before: str
    after: str
    refused: tuple[str, ...] = ()


class Enhancer(Protocol):
    """Whoever rewrites prompts. The same request should give the same answer."""

    @property
    def name(self) -> str:
        """Who it is, as plans name it."""

    def rewrite(self, request: RewriteRequest) -> str:
        """The prompt in other words."""


def propose(plans: Iterable[AdPlan], enhancer: Enhancer) -> list[Proposal]:
    """A proposal for each different prompt of the plans; the plans stay as they are. Raises what the enhancer
    raises."""
    made = []
    for request in dict.fromkeys(_requests(plans)):
        after = " ".join(enhancer.rewrite(request).split())
        made.append(
            Proposal(
                brief=request.brief,
                shot_id=request.shot_id,
                enhancer=enhancer.name,
                before=request.prompt,
                after=after,
                refused=tuple(_wrong_with(request, after)),
            )
        )
    return [proposal for proposal in made if proposal.after != proposal.before]


def accept(plans: Iterable[AdPlan], proposals: Sequence[Proposal]) -> list[AdPlan]:
    """The plans with every acceptable proposal taken and recorded; refused ones change nothing."""
    taken = {(p.brief, p.shot_id, p.before): p for p in proposals if not p.refused}
    return [_with(plan, taken) for plan in plans]


def _with(plan: AdPlan, taken: dict[tuple[str, str, str], Proposal]) -> AdPlan:
    shots: list[ShotPlan] = []
    changes, rewrites = list(plan.prompt_changes), list(plan.rewrites)
    for shot in plan.shots:
        found = taken.get((plan.brief, shot.shot_id, shot.prompt))
        if found is None:
            shots.append(shot)
            continue
        shots.append(shot.model_copy(update={"prompt": found.after}))
        words = {"shot_id": shot.shot_id, "before": found.before, "after": found.after}
        changes.append(PromptChange(reason=f"rewritten by {found.enhancer}, accepted", **words))
        rewrites.append(Rewrite(enhancer=found.enhancer, **words))
    if len(rewrites) == len(plan.rewrites):
        return plan
    update = {"shots": tuple(shots), "prompt_changes": tuple(changes), "rewrites": tuple(rewrites)}
    copy = plan.model_copy(update=update)
    return copy.model_copy(update={"plan_hash": copy.content_hash()})


def _requests(plans: Iterable[AdPlan]) -> Iterator[RewriteRequest]:
    for plan in plans:
        name = plan.expansion.family if plan.expansion else "general"
        for shot in plan.shots:
            first = next((c.before for c in plan.prompt_changes if c.shot_id == shot.shot_id), shot.prompt)
            # The brief's words begin with subject, action and setting, up to the first comma or stop.
            scene = re.split(r"[,.。，]", first, maxsplit=1)[0].strip()
            colours = [colour for colour in NAMED_COLOURS if _has_word(shot.prompt, colour)]
            yield RewriteRequest(
                brief=plan.brief,
                shot_id=shot.shot_id,
                family=name,
                prompt=shot.prompt,
                keep=(scene, *colours),
                max_words=family(name).max_words,
            )


def _wrong_with(request: RewriteRequest, after: str) -> Iterator[str]:
    """Every reason why a rewrite cannot be taken."""
    if not after or len(after) > _MAX_CHARACTERS or not after.isprintable():
        yield "is empty, too long or holds characters that cannot be shown"
        return
    for words in request.keep:
        if words.lower() not in after.lower():
            yield f"loses “{words}”"
    if (length := length_in_words(after)) > request.max_words:
        yield f"has {length} words, {request.family} reads {request.max_words}"
    before = request.prompt
    added = [word for word in (*NAMED_COLOURS, *sorted(_PEOPLE)) if _new(word, before, after)]
    if added:
        yield "adds " + ", ".join(added)
    if _PAINTED_WORDS.search(after) and not _PAINTED_WORDS.search(before):
        yield "asks for words or a logo in the picture"
    if second_move(after) and not second_move(before) and before.lower().count("camera") == 0:
        yield f"adds a camera move (“{second_move(after)}”)"
    if second_action(after) and not second_action(before):
        yield f"adds a second action (“{second_action(after)}”)"
    known = {(hit.code, hit.words.casefold()) for hit in scan(before, "prompt")}
    for hit in scan(after, "prompt"):
        if (hit.code, hit.words.casefold()) not in known:
            yield f"adds “{hit.words}”: {hit.why} [{hit.code}]"


def _has_word(text: str, word: str) -> bool:
    return re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE) is not None


def _new(word: str, before: str, after: str) -> bool:
    return _has_word(after, word) and not _has_word(before, word)
