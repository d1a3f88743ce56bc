# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Will the picture mark survive? A platform's pass is played on a few seconds, and the mark read from the result.

Decides: what stands for a platform (made smaller, coded once more, harder than it was) and how much margin is enough.
Leaves out: what to do about a mark that does not survive.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import av.error
import numpy as np
from pydantic import BaseModel, ConfigDict

from adseal_provenance.errors import MediaError
from adseal_provenance.reading.frames import coded_frames
from adseal_provenance.reading.media import Limits, probe
from adseal_provenance.watermark.keys import WatermarkKey
from adseal_provenance.watermark.picture_detect import PictureDetector
from adseal_provenance.watermark.picture_evidence import PictureEvidence
from adseal_provenance.watermark.picture_message import BY_CHIPS_LOG10_P

SECONDS = 2.0
LINES = 720
CRF = 30
"""H.264, preset veryfast. Copies that came back from platforms look like 23 to 30 (a guess, not their settings)."""

ENOUGH_DB = 1.0
_MESSAGES_LOG10 = 14.45  # 2**48 messages


class Survival(BaseModel):
    """What was read from a simulated platform copy of a few seconds.

    Attributes:
        survives: the mark was read blind, with `ENOUGH_DB` to spare.
        log10_p: of the find; None where nothing was read.
        margin_db: how much fainter the mark could be and still be read, about; None where nothing was read.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    survives: bool
    log10_p: float | None = None
    margin_db: float | None = None


def survival(path: str | Path, key: WatermarkKey, locator: str) -> Survival:
    """Play a platform's pass on the middle of a marked video and look for its mark.

    Args:
        path: of the marked video; at least a few frames.
        key, locator: of its mark.

    Raises:
        MediaError: the video cannot be read.
    """
    length = probe(path, Limits()).duration_s or 0.0
    begin = max((length - SECONDS) / 2, 0.0)
    with tempfile.TemporaryDirectory(prefix="adseal-survival-") as folder:
        copy = Path(folder) / "platform.mp4"
        _pass(path, begin, copy)
        evidence, last = PictureEvidence(), 0.0
        for frame in coded_frames(copy, Limits()):
            evidence.add(*frame)
            last = frame.t_s
    evidence.finish(last + 0.04)
    marks = PictureDetector([key]).find(evidence, thorough=False)
    mark = next((mark for mark in marks if mark.id == locator), None)
    if mark is None:
        return Survival(survives=False)
    margin = margin_db(mark.log10_p)
    return Survival(survives=margin >= ENOUGH_DB, log10_p=mark.log10_p, margin_db=round(margin, 1))


def margin_db(log10_p: float) -> float:
    """How much fainter a mark with this find could be and still be read, in dB: the exponent goes with its power."""
    return 10 * math.log10(max(_MESSAGES_LOG10 - log10_p, 1.0) / (_MESSAGES_LOG10 - BY_CHIPS_LOG10_P))


def _pass(path: str | Path, begin: float, copy: Path) -> None:
    try:
        with av.open(str(copy), "w") as out:
            stream = None
            for frame in _seconds(path, begin):
                if stream is None:
                    stream = out.add_stream("libx264", rate=Fraction(30))
                    stream.width, stream.height = frame.width, frame.height
                    stream.pix_fmt, stream.options = "yuv420p", {"preset": "veryfast", "crf": str(CRF)}
                out.mux(stream.encode(av.VideoFrame.from_ndarray(frame.to_ndarray(), format="yuv420p")))
            if stream is None:
                raise MediaError(f"no frame of {path} can be decoded", code="unreadable")
            out.mux(stream.encode(None))
    except (av.error.FFmpegError, OSError) as error:
        raise MediaError(f"cannot play a platform's pass on {path}: {error}", code="unreadable") from error


def _seconds(path: str | Path, begin: float) -> Iterator[av.VideoFrame]:
    """Some seconds from ``begin`` on as yuv420p, the shorter side at most `LINES`."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        container.seek(int(begin / float(stream.time_base or Fraction(1, 1000))), stream=stream)
        for frame in container.decode(stream):
            if (frame.time or 0.0) < begin:
                continue
            if (frame.time or 0.0) >= begin + SECONDS:
                return
            factor = min(1.0, LINES / min(frame.width, frame.height))
            width, height = (int(np.rint(side * factor / 2)) * 2 for side in (frame.width, frame.height))
            yield frame.reformat(width=width, height=height, format="yuv420p", interpolation="AREA")
