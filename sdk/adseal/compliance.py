# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What a sealed video shows of the fields that laws and platforms ask for. Not legal advice.

Verifies the file, and hands the report, the plan it was made from and what its maker declares to the rules. Decides
only how a plan's layers become visible labels; the rules are in `adseal_provenance.rules`.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adseal.home import Home

if TYPE_CHECKING:
    from adseal_provenance.rules.facts import PlanFacts, VisibleLabel
    from adseal_provenance.rules.model import Compliance
    from adseal_provenance.verdicts.report import Report
    from adseal_templates.plan import AdPlan, TextLayer

# A capital or an ideograph is at least this high in parts of the type size (as in adseal_templates.disclosure).
_CAP_HEIGHT = 0.7
_MAX_PLAN_BYTES = 64 * 1024 * 1024


def comply(
    video: str | Path,
    laws: Iterable[str],
    *,
    plans: "Iterable[AdPlan]" = (),
    declared: Mapping[str, bool] | None = None,
    registry: str | None = None,
    trust: tuple[Path, ...] = (),
    home: Home | None = None,
) -> "Compliance":
    """Check a received or sealed video against rules of law and of platforms, rule by rule.

    Args:
        video: path of the file.
        laws: names such as `eu`, `us-ca`, `cn`, `platform:tiktok`.
        plans: candidates for the plan it was made from; the one its credential names is taken. Without it, visible
            labels are "not checked": text in pictures is not read.
        declared: what no file shows; keys are `deep-fake`, `synthetic-performer` and `platform-toggle`.
        registry: as for `verify`.
        trust: as for `verify`.
        home: as for `verify`.

    Returns:
        One finding for each rule. Never raises on the file's content.

    Raises:
        RulesError: a law is not known, or something is declared that no rule asks for.
        HomeError, ProvenanceError: as for `verify`.
    """
    from adseal.receive import verify
    from adseal_provenance.errors import RulesError
    from adseal_provenance.rules.engine import comply as compare
    from adseal_provenance.rules.facts import DECLARATIONS
    from adseal_provenance.rules.load import laws as rules_of

    wanted = rules_of(laws)
    if unknown := sorted(set(declared or {}) - set(DECLARATIONS)):
        raise RulesError(
            f"{', '.join(unknown)} cannot be declared",
            code="bad_declaration",
            hint=f"Declare {', '.join(DECLARATIONS)} with yes or no.",
        )
    report = verify(video, registry=registry, trust=trust, home=home)
    return compare(report, wanted, plan=_plan_of(report, tuple(plans)), declared=declared)


def read_plans(path: str | Path) -> "tuple[AdPlan, ...]":
    """The plans in a file that `adseal plan --json` wrote.

    Raises:
        RulesError: `bad_plan`.
    """
    from pydantic import ValidationError

    from adseal_provenance.errors import RulesError
    from adseal_templates.plan import AdPlan

    try:
        with Path(path).open("rb") as file:
            document: Any = json.loads(file.read(_MAX_PLAN_BYTES))
        plans = document.get("plans", [document]) if isinstance(document, dict) else document
        return tuple(AdPlan.model_validate_json(json.dumps(plan)) for plan in plans)
    except (OSError, ValueError, TypeError, RecursionError, ValidationError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise RulesError(
            f"{path} holds no plan: {reason}", code="bad_plan", hint="Write it with adseal plan --json."
        ) from error


def plan_facts(plan: "AdPlan") -> "PlanFacts":
    """The labels that a plan sets into the picture, with its hash as its content gives it."""
    from adseal_provenance.rules.facts import PlanFacts

    short_side = min(plan.width, plan.height)
    labels = (
        _label(layer, short_side) for layer in plan.layers if layer.kind == "text" and layer.role == "label"
    )
    return PlanFacts(plan_hash=plan.content_hash(), labels=tuple(labels))


def _label(layer: "TextLayer", short_side: int) -> "VisibleLabel":
    from adseal_provenance.rules.facts import VisibleLabel

    return VisibleLabel(
        text=layer.text,
        start_s=layer.timing.start_s,
        end_s=layer.timing.end_s,
        letters=_CAP_HEIGHT * layer.min_px / short_side,
        at_once=layer.timing.fade_in_s == 0,
    )


def _plan_of(report: "Report", plans: "tuple[AdPlan, ...]") -> "PlanFacts | None":
    named = report.manifest.claims.get("planHash") if report.manifest else None
    facts = [plan_facts(plan) for plan in plans]
    return next((one for one in facts if one.plan_hash == named), facts[0] if facts else None)
