# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Which seconds of a copy are which seconds of the registered original: two bars with bands between them, and words.

Decides: how times of one video are carried over to the other, and how bars are drawn. Leaves out: the comparison
itself (`adseal_provenance.likeness.compare`). What is the same is filled, what is foreign is hatched, what was
exchanged is crossed, so none of it depends on colour.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adseal.pages.words import seconds, spans_told, told

if TYPE_CHECKING:
    from adseal_provenance.verdicts.report import RecordFacts, Report

Span = tuple[float, float]
_STEPS = (0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)
_MOST_STEPS = 8
_WIDE = 1000  # units of every drawing across
_LEAST = 4.0  # units, so that the shortest span can be seen
_BAR, _GAP = 26, 44  # units, which are px in height

PATTERNS = """<svg class="patterns" aria-hidden="true"><defs>
<pattern id="foreign" width="14" height="10" patternUnits="userSpaceOnUse"><rect class="ground" width="14" height="10"/>
<path class="bad" d="M-2 10 L12 0 M5 15 L19 5 M-9 5 L5 -5"/></pattern>
<pattern id="exchanged" width="12" height="9" patternUnits="userSpaceOnUse"><rect class="ground" width="12" height="9"/>
<path class="bad" d="M0 0 L12 9 M12 0 L0 9"/></pattern></defs></svg>"""


@dataclass(frozen=True)
class Line:
    """Both time lines as they are drawn: lengths in seconds, and spans of each."""

    copy_s: float
    original_s: float
    matches: tuple[tuple[Span, Span], ...]
    foreign: tuple[Span, ...]
    exchanged: tuple[tuple[Span, Span], ...]
    """(in the copy, in the original); the first is where it should be seen."""


def line_of(report: "Report") -> Line:
    """What the report says about time, made whole: the same bytes are the same all the way."""
    record, length = report.record, report.media.duration_s or 0.0
    ends = [end for mark in report.marks for _, end in mark.spans]
    if record is None:
        return Line(max([length, *ends]), 0.0, (), (), ())
    matches = record.matches
    if record.same_bytes:
        length = length or record.duration_s
        matches = (((0.0, length), (0.0, record.duration_s)),)
    ends += [received[1] for received, _ in matches] + [end for _, end in record.foreign]
    exchanged = tuple((_carried(span, matches), span) for _, span in record.changed)
    original = max([record.duration_s, *(registered[1] for _, registered in matches)])
    return Line(length or max(ends, default=0.0), original, matches, record.foreign, exchanged)


def in_original(line: Line, t_s: float) -> float | None:
    """The second of the original that the copy shows at `t_s`; None where it shows none."""
    for received, registered in line.matches:
        if received[0] <= t_s <= received[1]:
            return _over(t_s, received, registered)
    return None


def _carried(span: Span, matches: tuple[tuple[Span, Span], ...]) -> Span:
    """Seconds of the original as seconds of the copy, by the matching span that has most of them."""

    def shared(pair: tuple[Span, Span]) -> float:
        return min(span[1], pair[1][1]) - max(span[0], pair[1][0])

    best = max(matches, key=shared, default=None)
    if best is None:
        return span
    received, registered = best
    inside = [min(max(t, registered[0]), registered[1]) for t in span]
    return _over(inside[0], registered, received), _over(inside[1], registered, received)


def _over(t_s: float, of: Span, to: Span) -> float:
    share = (t_s - of[0]) / (of[1] - of[0]) if of[1] > of[0] else 0.0
    return to[0] + share * (to[1] - to[0])


def bars(report: "Report") -> str:
    """The drawing as HTML; empty where there is nothing to draw."""
    line = line_of(report)
    length = max(line.copy_s, line.original_s)
    if length <= 0 or (report.record is None and not report.marks):
        return ""
    step = next((s for s in _STEPS if length <= s * _MOST_STEPS), float(math.ceil(length / _MOST_STEPS)))
    count = max(math.ceil(length / step - 1e-6), 1)
    end = count * step
    ticks = "".join(f"<span>{_clock(number * step)}</span>" for number in range(count))
    lanes = "".join(
        f'<p class="lane">{name}</p>{_lane(spans, end, line.copy_s)}' for name, spans in _mark_spans(report)
    )
    if report.record is None:
        main = f'<p class="lane"><b>This copy</b>, {line.copy_s:.1f} s</p>{_lane((), end, line.copy_s)}'
    else:
        main = (
            f'<p class="lane"><b>This copy</b>, {line.copy_s:.1f} s</p>{_both(line, end, count)}'
            f'<p class="lane"><b>Registered original</b>, {line.original_s:.1f} s: {told(report.record.title)}</p>'
        )
    ticks = f'<div class="ticks" aria-hidden="true">{ticks}</div>'
    return f'{PATTERNS}<div class="time">{ticks}{main}{lanes}</div>{_legend(line)}'


def sentences(report: "Report") -> list[str]:
    """The same in words, as HTML."""
    from adseal_provenance.verdicts.axes_media import place_of

    line, told_ = line_of(report), []
    for received, registered in line.matches:
        told_.append(
            f"Seconds {seconds(received)} of this copy show seconds {seconds(registered)} of the registered video."
        )
    if line.foreign:
        told_.append(
            f"Seconds {spans_told(line.foreign)} of this copy show something else than the registered video."
        )
    for (seen, registered), (box, _) in zip(line.exchanged, _changed(report.record), strict=True):
        told_.append(
            f"Part of the picture ({place_of(box)}) was exchanged in seconds {seconds(registered)} of the registered "
            f"video, which are seconds {seconds(seen)} of this copy."
        )
    told_ += [
        f"{name}: seconds {spans_told(spans)} of this copy." for name, spans in _mark_spans(report) if spans
    ]
    return list(dict.fromkeys(told_))  # several parts in one place and time need one sentence


def _changed(record: "RecordFacts | None") -> "tuple[tuple[tuple[float, float, float, float], Span], ...]":
    return record.changed if record is not None else ()


def _mark_spans(report: "Report") -> list[tuple[str, tuple[Span, ...]]]:
    names = {"io.adseal.picture.1": "picture", "io.adseal.sound.1": "sound"}
    several = len({mark.id for mark in report.marks}) > 1
    return [
        (
            f"Mark {told(mark.id) + ' ' if several else ''}in the {names.get(mark.algorithm, 'file')}",
            mark.spans,
        )
        for mark in report.marks
    ]


def _clock(t_s: float) -> str:
    if t_s < 60:
        return f"{t_s:g} s"
    return f"{int(t_s) // 60}:{int(t_s) % 60:02d}"


def _rect(span: Span, end: float, top: float, height: float, kind: str) -> str:
    left, right = (max(min(t / end, 1.0), 0.0) * _WIDE for t in span)
    wide = max(right - left, _LEAST)
    return f'<rect class="{kind}" x="{left:.1f}" y="{top:g}" width="{wide:.1f}" height="{height:g}"/>'


def _svg(height: float, inside: str, says: str) -> str:
    return (
        f'<svg class="bars" viewBox="0 0 {_WIDE} {height:g}" height="{height:g}" preserveAspectRatio="none" role="img" '
        f'aria-label="{says}">{inside}</svg>'
    )


def _lane(spans: tuple[Span, ...], end: float, length: float) -> str:
    ground = _rect((0.0, length), end, 1, 10, "ground")
    return _svg(
        12, ground + "".join(_rect(span, end, 1, 10, "found") for span in spans), "seconds, as told below"
    )


def _both(line: Line, end: float, count: int) -> str:
    below = _BAR + _GAP
    parts = [f'<path class="grid" d="M{n * _WIDE / count:.1f} 0 V{below + _BAR}"/>' for n in range(1, count)]
    parts += [_rect((0.0, line.copy_s), end, 1, _BAR - 2, "ground")]
    parts += [_rect((0.0, line.original_s), end, below + 1, _BAR - 2, "ground")]
    for received, registered in line.matches:
        (a, b), (c, d) = ([t / end * _WIDE for t in span] for span in (received, registered))
        parts.append(
            f'<path class="band" d="M{a:.1f} {_BAR} L{b:.1f} {_BAR} L{d:.1f} {below} L{c:.1f} {below} Z"/>'
        )
        parts.append(_rect(received, end, 1, _BAR - 2, "same"))
        parts.append(_rect(registered, end, below + 1, _BAR - 2, "same"))
    parts += [_rect(span, end, 1, _BAR - 2, "foreign") for span in line.foreign]
    for seen, registered in line.exchanged:
        parts.append(_rect(seen, end, _BAR / 2 + 1, _BAR / 2 - 2, "exchanged"))
        parts.append(_rect(registered, end, below + 1, _BAR / 2 - 2, "exchanged"))
    return _svg(below + _BAR, "".join(parts), "which seconds match, as told below")


def _legend(line: Line) -> str:
    entries = [("same", "the same", bool(line.matches)), ("foreign", "something else", bool(line.foreign))]
    entries.append(("exchanged", "part of the picture exchanged", bool(line.exchanged)))
    shown = "".join(
        f'<span><svg width="22" height="12" aria-hidden="true">'
        f'<rect class="{kind}" x="1" y="1" width="20" height="10"/></svg> {words}</span>'
        for kind, words, there in entries
        if there
    )
    return f'<p class="legend">{shown}</p>' if shown else ""
