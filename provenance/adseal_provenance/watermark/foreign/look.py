# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Known marks of a received file.

Decides: how much of a file is looked at. A mark that was written into every frame is in the first ones too, and
after compression those that are coded by themselves keep most of it, so the first frames are enough; frames of
another size end the look. Leaves out: what a find means (``known``), limits on memory (the worker process).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import av.error
import numpy as np

from adseal_provenance.reading.media import Limits, describe, open_media
from adseal_provenance.watermark.foreign.known import Recognition, recognise
from adseal_provenance.watermark.foreign.model import Frame

FRAMES: Final = 4
MAX_PIXELS: Final = 4096 * 2304
"""Larger pictures are not looked at: no generator writes them, and each frame costs several copies in floats."""
_WALL_S: Final = 10.0


def known_marks_of(path: str | Path, limits: Limits) -> tuple[Recognition, ...]:
    """How well the first frames of a file agree with each known mark, the likeliest first.

    Raises:
        MediaError: the file cannot be opened as a video.
        WatermarkError: ``no_frames`` or ``bad_size`` (under 65,536 px).
    """
    return recognise(_first_frames(path, limits))


def _first_frames(path: str | Path, limits: Limits) -> Iterator[Frame]:
    until = time.monotonic() + min(_WALL_S, limits.wall_s)
    with open_media(path, limits) as container:
        describe(container, path, limits)
        stream = container.streams.video[0]
        stream.codec_context.thread_count = limits.threads
        shape: tuple[int, int] | None = None
        try:
            for count, frame in enumerate(container.decode(stream), 1):
                size = frame.height, frame.width
                if size != (shape or size) or frame.width * frame.height > MAX_PIXELS:
                    return
                shape = size
                yield np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
                if count == FRAMES or time.monotonic() > until:
                    return
        except (av.error.FFmpegError, OSError, ValueError, MemoryError):
            return  # damaged: what was read until then is what there is
