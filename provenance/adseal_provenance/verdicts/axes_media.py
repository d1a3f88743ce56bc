# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The axes of a report that come from picture and sound: marks, and the comparison with the registered video.

Decides: which state, code and sentence a finding gets, one question at a time. Leaves out: what the answers mean
together (``verdict``), and the axes of the credential (``axes``). Pure functions of evidence.
"""

from __future__ import annotations

from collections.abc import Sequence

from adseal_provenance.verdicts.evidence import Box, Candidate, Evidence
from adseal_provenance.verdicts.report import Axis, State
from adseal_provenance.watermark.model import Checked, Mark


def mark_axis(part: str, algorithm: str, checked: Checked, marks: Sequence[Mark], evidence: Evidence) -> Axis:
    """Was a mark found in one part (``picture`` or ``sound``)? ``marks`` are those that count."""
    axis = _own_marks(part, algorithm, checked, marks, evidence)
    if part != "picture" or not evidence.media.known_marks:
        return axis
    seen = "; ".join(f"{m.generator}, {m.matches} of {m.bits} bits" for m in evidence.media.known_marks)
    note = f"The picture carries a public mark of a known generator ({seen}); anyone can write one."
    return axis.model_copy(update={"sentence": f"{axis.sentence} {note}"})


def _own_marks(
    part: str, algorithm: str, checked: Checked, marks: Sequence[Mark], evidence: Evidence
) -> Axis:
    own = [mark for mark in marks if mark.algorithm == algorithm]
    if own:
        first = min(own, key=lambda mark: mark.log10_p)
        seconds = sum(end - start for start, end in first.spans)
        faint = (
            ", too faint to be read, but confirmed against the registry" if first.method == "known" else ""
        )
        return Axis(
            state="pass",
            code=f"mark_{first.method}",
            sentence=f"The {part} carries the mark {first.id}{faint} for {seconds:.1f} s; chance would do that "
            f"once in 10^{-first.log10_p:.0f} files.",
            details={"log10_p": first.log10_p, "seconds": [list(span) for span in first.spans]},
        )
    if evidence.media.status != "readable" or checked == "not_checked":
        notes = "; ".join(evidence.media.detection.notes)
        reason = notes or evidence.media.reason or "no watermark key was given"
        if part == "sound" and evidence.media.has_sound is False:
            reason = "the file has no sound"
        return Axis(
            state="not_checked",
            code="mark_not_checked",
            sentence=f"The {part} was not searched for marks: {reason}.",
        )
    return Axis(
        state="absent",
        code="mark_absent",
        sentence=f"No mark of the keys used was found in the {part}. A mark can be lost, or be of another key.",
    )


def fingerprint_axis(candidate: Candidate | None) -> Axis:
    """Does the picture agree with that of the registered video?"""
    if candidate is None:
        sentence = "There is no registered video to compare with."
        return Axis(state="not_checked", code="nothing_to_compare", sentence=sentence)
    comparison, title = candidate.comparison, repr(candidate.record.title)
    if comparison is None:
        reason = candidate.comparison_problem or "one of the two has no fingerprint"
        sentence = f"The picture was not compared: {reason}."
        return Axis(state="not_checked", code="not_compared", sentence=sentence)
    edits = edited(candidate)
    where = ""
    if comparison.span is not None:
        where = f", seconds {comparison.span[0]:.1f} to {comparison.span[1]:.1f}"
    state: State
    if candidate.alike:
        state, code, sentence = "warn", "picture_alike", f"The picture looks like that of {title}"
    elif not comparison.agrees:
        state, code, sentence = "fail", "picture_differs", f"The picture is not that of {title}"
    elif edits:
        state, code, sentence = "warn", "picture_edited", f"The picture is that of {title}{where}"
    else:
        state, code, sentence = "pass", "picture_agrees", f"The picture is that of {title}{where}"
    also = ", but no mark confirms it" if candidate.alike else ""
    return Axis(
        state=state,
        code=code,
        sentence=" ".join(
            [f"{sentence} ({comparison.score:.2f}){also}.", *([] if candidate.alike else edits)]
        ),
        details={"score": comparison.score},
    )


def edited(candidate: Candidate) -> list[str]:
    """What in a copy is not the registered video, in sentences."""
    comparison, told = candidate.comparison, []
    if comparison is None or not comparison.agrees:
        return []
    if comparison.foreign:
        seconds = ", ".join(f"{start:.1f} to {end:.1f}" for start, end in comparison.foreign)
        told.append(f"Seconds {seconds} of this copy show something else than the registered video.")
    if comparison.changed:
        box, (start, end) = comparison.changed[0]
        told.append(
            f"A part of the picture was exchanged ({place_of(box)}, seconds {start:.1f} to {end:.1f} of the registered "
            "video): text, price or logo may be others than those that were sealed."
        )
    return told


def place_of(box: Box) -> str:
    """A part of the picture in two words, by its middle: "bottom centre"."""
    left, top, right, bottom = box
    across, down = (left + right) / 2, (top + bottom) / 2
    rows = "top" if down < 1 / 3 else "bottom" if down > 2 / 3 else "middle"
    return f"{rows} {'left' if across < 1 / 3 else 'right' if across > 2 / 3 else 'centre'}"
