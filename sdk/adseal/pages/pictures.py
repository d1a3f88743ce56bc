# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Key frames of a received video, with a frame around what was exchanged in them.

Decides: which moments are worth a picture, and where a place in the copy lies in the picture that is shown. Leaves out:
decoding, which happens in the examination's own process (`adseal_provenance.reading.keyframes`).
"""

import base64
from typing import TYPE_CHECKING

from adseal.pages.timeline import Line, in_original, line_of

if TYPE_CHECKING:
    from adseal_provenance.verdicts.evidence import Box, KeyFrame, KeyFrames
    from adseal_provenance.verdicts.report import Report

COUNT = 8
_ROOM = 0.008  # of the picture, between what was exchanged and the frame around it


def moments(report: "Report") -> list[float]:
    """Seconds of the copy that a picture should show besides the evenly spread ones: the middle of every exchange
    that falls between those."""
    line = line_of(report)
    even = [(number + 0.5) * line.copy_s / COUNT for number in range(COUNT)]
    return [
        round((start + end) / 2, 3)
        for (start, end), _ in line.exchanged
        if not any(start <= t <= end for t in even)
    ]


def gallery(report: "Report", pictures: "KeyFrames") -> str:
    """The pictures as HTML, or a sentence that says why there are none."""
    if not pictures.frames:
        return "<p>No picture of the file could be decoded, so none is shown.</p>"
    line = line_of(report)
    boxes = _boxes(report, line, pictures)
    figures = "".join(
        _figure(frame, boxes[number], line, compared=bool(line.matches))
        for number, frame in enumerate(pictures.frames)
    )
    return f'<div class="frames">{figures}</div>'


def _figure(frame: "KeyFrame", boxes: "list[Box]", line: Line, *, compared: bool) -> str:
    there = in_original(line, frame.t_s)
    words = "" if not compared else "something else" if there is None else f"original: {there:.1f} s"
    if boxes:
        words = f"<b>exchanged</b>{f'; {words}' if words else ''}"
    source = f"data:image/jpeg;base64,{base64.b64encode(frame.jpeg).decode('ascii')}"
    return (
        f'<figure><div class="picture"><img alt="The copy at {frame.t_s:.1f} seconds" src="{source}">{_overlay(boxes)}'
        f"</div><figcaption>{frame.t_s:.1f} s{f'<br>{words}' if words else ''}</figcaption></figure>"
    )


def _overlay(boxes: "list[Box]") -> str:
    if not boxes:
        return ""
    shapes = ""
    for left, top, right, bottom in boxes:
        place = f'x="{left:.4f}" y="{top:.4f}" width="{right - left:.4f}" height="{bottom - top:.4f}"'
        shapes += f'<rect class="under" {place}/><rect class="over" {place}/>'
    return f'<svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">{shapes}</svg>'


def _boxes(report: "Report", line: Line, pictures: "KeyFrames") -> "list[list[Box]]":
    """For each picture the places to be framed in it: all that were exchanged at its moment; an exchange that no
    picture shows goes to the one nearest in time."""
    found: list[list[Box]] = [[] for _ in pictures.frames]
    places = report.record.seen if report.record is not None else ()
    for ((start, end), _), place in zip(line.exchanged, places, strict=False):
        if place is None:
            continue
        times = [frame.t_s for frame in pictures.frames]
        inside = [number for number, t in enumerate(times) if start <= t <= end]
        middle = (start + end) / 2
        for number in inside or [min(range(len(times)), key=lambda n: abs(times[n] - middle))]:
            found[number].append(_shown_at(place, pictures))
    return found


def _shown_at(place: "Box", pictures: "KeyFrames") -> "Box":
    """A place in the picture without bars, as a place in the picture as it is shown; with a little room."""
    x0, y0, x1, y1 = pictures.picture
    left, right = (x0 + x * (x1 - x0) for x in (place[0], place[2]))
    top, bottom = (y0 + y * (y1 - y0) for y in (place[1], place[3]))
    for _ in range(pictures.quarters):
        left, top, right, bottom = 1 - bottom, left, 1 - top, right
    return max(left - _ROOM, 0.0), max(top - _ROOM, 0.0), min(right + _ROOM, 1.0), min(bottom + _ROOM, 1.0)
