# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The checks a rule can name. Each is a pure function of facts and the rule's own parameters.

Decides: which fields answer which question, and that what was not looked at is "not checked", never "met". Leaves
out: sources and advice, which are in the rule files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from adseal_provenance.credentials.container import AIGC_KEYS
from adseal_provenance.rules.facts import VideoFacts, VisibleLabel
from adseal_provenance.rules.model import FindingState
from adseal_provenance.sealing.manifest import claims_ai

Parameters = Mapping[str, Any]
#: Times in plans are rounded to milliseconds.
_TICK_S = 0.002


class Answer(NamedTuple):
    """A state and one sentence that says what was seen."""

    state: FindingState
    detail: str


Check = Callable[[VideoFacts, Parameters], Answer]


def two_layers(facts: VideoFacts, _: Parameters) -> Answer:
    """A credential that stands, and a watermark."""
    mark = _mark(facts, "picture_watermark", "picture")
    if not facts.stands:
        return Answer("not_met", "No credential stands, so there is at most one layer.")
    if mark.state != "met":
        return Answer(mark.state, f"The credential stands. {mark.detail}")
    return Answer("met", "The credential stands, and the picture carries a mark.")


def credential_stands(facts: VideoFacts, _: Parameters) -> Answer:
    """The file's own credential stands."""
    if facts.embedded:
        return Answer("met", "The file's own credential stands.")
    if facts.stands:
        return Answer("not_met", "Only the registered original's credential stands; this copy carries none.")
    return Answer("not_met", "The file has no credential that stands.")


def time_stamp(facts: VideoFacts, _: Parameters) -> Answer:
    """Signed, with a time stamp of an authority on the lists used."""
    if not facts.stands:
        return Answer("not_met", "No credential stands, so no time is sure.")
    match facts.axes.get("time"):
        case "pass":
            return Answer("met", "A trusted time stamp covers the signature.")
        case "not_checked":
            return Answer("not_checked", "The time of signing was not checked.")
        case _:
            return Answer("not_met", "No time stamp of an authority on the lists used covers the signature.")


def ai_statement(facts: VideoFacts, _: Parameters) -> Answer:
    """A signed, machine-readable statement that generative AI was used."""
    if not facts.stands:
        return Answer("not_met", "No credential stands, so it states nothing.")
    if facts.ai_where:
        return Answer("met", f"The credential says so ({facts.ai_where[0]}).")
    return Answer("not_met", "The credential does not say that AI was used.")


def sound_mark(facts: VideoFacts, _: Parameters) -> Answer:
    """Where there is sound, it is marked too."""
    if facts.has_sound is False:
        return Answer("met", "The video has no sound, so there is nothing to mark.")
    return _mark(facts, "sound_watermark", "sound")


def sources_kept(facts: VideoFacts, _: Parameters) -> Answer:
    """Credentials of what it was made from are carried on, and none fails."""
    if not facts.stands:
        return Answer("not_met", "No credential stands, so no history is carried on.")
    match facts.axes.get("ingredients"):
        case "pass":
            return Answer("met", "The credential names its sources, and none of their credentials fails.")
        case "warn" | "fail":
            return Answer("not_met", "A source's own credential fails.")
        case _:
            return Answer(
                "cannot_check", "The credential names no sources; whether there were any, no file shows."
            )


def field_present(facts: VideoFacts, parameters: Parameters) -> Answer:
    """Fields of the provenance assertion, embedded or reached through mark and registry."""
    if not facts.stands:
        return Answer("not_met", "No credential stands, and no mark leads to one that does.")
    missing = [name for name in parameters["fields"] if not facts.claims.get(name)]
    if missing:
        return Answer("not_met", f"The credential lacks: {', '.join(missing)}.")
    stated = ", ".join(f"{name} {facts.claims[name]!r}" for name in parameters["fields"])
    return Answer("met", f"The {'credential' if facts.embedded else 'registered credential'} says {stated}.")


def mark_leads_to_fields(facts: VideoFacts, parameters: Parameters) -> Answer:
    """The mark is there and leads to the fields; how much it survives, no single file shows."""
    mark = _mark(facts, "picture_watermark", "picture")
    if mark.state != "met":
        return mark
    if not facts.registered:
        return Answer("not_checked", "The picture carries a mark, but no record was found to which it leads.")
    fields = field_present(facts, parameters)
    if fields.state != "met":
        return fields
    return Answer(
        "cannot_check",
        "The picture carries a mark, and it leads to all the fields; how hard it is to remove is shown by tests over "
        "many attacks and not by one file.",
    )


def aigc_tag(facts: VideoFacts, _: Parameters) -> Answer:
    """The metadata key AIGC with its seven fields and a label of 1, 2 or 3."""
    if facts.aigc is None:
        return Answer("not_met", "There is no AIGC tag that can be read.")
    missing = [key for key in AIGC_KEYS if key not in facts.aigc]
    if missing:
        return Answer("not_met", f"The AIGC tag lacks: {', '.join(missing)}.")
    empty = [key for key in ("ContentProducer", "ProduceID") if not facts.aigc[key].strip()]
    if empty:
        return Answer("not_met", f"The AIGC tag leaves empty: {', '.join(empty)}.")
    return Answer("met", f"The AIGC tag has its seven fields, with label {facts.aigc['Label']}.")


def xmp_source_type(facts: VideoFacts, _: Parameters) -> Answer:
    """IPTC's digital source type in XMP says that AI was used."""
    named = [name for name in facts.xmp_source_types if claims_ai(name)]
    if named:
        return Answer("met", f"XMP says {named[0]}.")
    return Answer("not_met", "XMP names no digital source type that says that AI was used.")


def unique_id(facts: VideoFacts, _: Parameters) -> Answer:
    """An identifier that stays: that of the manifest, and the mark that leads to it."""
    if facts.stands and facts.manifest_id:
        return Answer("met", f"Its identifier is {facts.manifest_id}.")
    return Answer("not_met", "No credential stands, so the video has no identifier that can be relied on.")


def visible_label(facts: VideoFacts, parameters: Parameters) -> Answer:
    """A label that is seen early, long and large enough, in the videos that need one."""
    when = str(parameters.get("when", "always"))
    name = when.replace("_", "-")
    if when != "always" and name not in facts.declared:
        return Answer(
            "not_checked", f"Whether this video needs it was not said (--declare {name}=yes or no)."
        )
    if when != "always" and not facts.declared[name]:
        return Answer(
            "met", f"You state that the video shows no {name.replace('-', ' ')}; nothing here checks that."
        )
    if facts.labels is None:
        return Answer("not_checked", f"Visible labels were not checked: {facts.labels_problem}.")
    fitting = [label for label in facts.labels if _fits(label, parameters)]
    if fitting:
        first = fitting[0]
        return Answer(
            "met",
            f"The plan shows {first.text!r} from {first.start_s:g} s to {first.end_s:g} s, letters of "
            f"{100 * first.letters:.1f} % of the shorter side.",
        )
    if not facts.labels:
        return Answer("not_met", "The plan shows no label.")
    return Answer("not_met", "The plan's label comes too late, too short, too small or without the words.")


def declared(facts: VideoFacts, parameters: Parameters) -> Answer:
    """Something outside the file that only its maker can state."""
    name = str(parameters["name"])
    match facts.declared.get(name):
        case True:
            return Answer("met", "You state it; nothing here checks that.")
        case False:
            return Answer("not_met", "You state that it was not done.")
        case _:
            return Answer("cannot_check", f"No file shows it. State it with --declare {name}=yes.")


def by_hand(_facts: VideoFacts, parameters: Parameters) -> Answer:
    """What no program can tell from a file."""
    return Answer("cannot_check", str(parameters["why"]))


CHECKS: Mapping[str, Check] = {
    check.__name__: check
    for check in (
        two_layers,
        credential_stands,
        time_stamp,
        ai_statement,
        sound_mark,
        sources_kept,
        field_present,
        mark_leads_to_fields,
        aigc_tag,
        xmp_source_type,
        unique_id,
        visible_label,
        declared,
        by_hand,
    )
}


def _mark(facts: VideoFacts, axis: str, part: str) -> Answer:
    match facts.axes.get(axis):
        case "pass":
            return Answer("met", f"The {part} carries a mark.")
        case "warn":
            return Answer(
                "not_met", f"The {part}'s mark does not fit the credential, or is missing in this copy."
            )
        case "absent" | "fail":
            return Answer("not_met", f"No mark was found in the {part}.")
        case _:
            return Answer("not_checked", f"The {part} was not searched for marks.")


def _fits(label: VisibleLabel, parameters: Parameters) -> bool:
    start, least = float(parameters.get("from_s", 0.0)), float(parameters.get("min_s") or 0.0)
    words = str(parameters.get("must_contain") or "")
    return (
        label.start_s <= start + _TICK_S
        and label.at_once
        and label.end_s - label.start_s + _TICK_S >= least
        and label.letters >= float(parameters.get("letters") or 0.0) - 1e-9
        and words in label.text
        and bool(label.text.strip())
    )
