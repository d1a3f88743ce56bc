# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Who is on the stage of `watermark_security.py`: a victim, other sealed videos, and an innocent video."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from watermark_security_stage import Finding, Luma, Sealed, Stage, Video, load, piece, psnr

_STARTS = (0.0, 2.0, 4.0, 9.0, 14.0, 20.0)  # seconds, of further videos cut from the clips
MANY = 10


@dataclass(frozen=True)
class Tried:
    """One attack carried out.

    Attributes:
        attack, needs: for the table.
        path: what the attacker gives away.
        reference: luma that the cost is measured against.
        expected: locators he would like to be found, or to be gone.
        finding: where it is known already.
    """

    attack: str
    needs: str
    path: Path
    reference: Sequence[Luma]
    expected: tuple[str, ...]
    remark: str = ""
    finding: Finding | None = field(default=None, compare=False)

    def cost(self) -> float:
        """Luma PSNR in dB."""
        return psnr(load(self.path, "").luma(), self.reference)


class Cast:
    """Sealed when first asked for, all with one key.

    Raises:
        SystemExit: the folder has no such clip, or no other one of the same size.
    """

    def __init__(self, folder: Path, clips: Path, victim: str, seconds: float) -> None:
        self.stage = Stage(folder)
        self._clips, self._seconds = sorted(clips.glob("*.mp4")), seconds
        first = next((path for path in self._clips if path.stem == victim or not victim), None)
        if first is None:
            raise SystemExit(f"{clips} has no clip {victim or '*'}.mp4")
        self.clean = piece(first, 0.0, seconds)
        self.victim: Sealed = self.stage.seal(self.clean)
        self.expected = (self.victim.locator,)
        others = (piece(path, 0.0, seconds) for path in self._clips if path != first)
        shape = self.clean.planes[0].shape
        innocent = next((video for video in others if video.planes[0].shape == shape), None)
        if innocent is None:
            raise SystemExit(f"{clips} needs another clip of the victim's size")
        self.innocent: Video = innocent

    @cached_property
    def copies(self) -> list[Sealed]:
        """The same ad sealed ten times, each with its own locator."""
        return [self.stage.seal(self.clean) for _ in range(MANY)]

    @cached_property
    def others(self) -> list[Sealed]:
        """Ten other sealed videos, cut from all the clips but never the victim's or the innocent one's seconds."""
        taken = {self.clean.name, self.innocent.name}
        pieces: list[Video] = []
        for start in _STARTS:
            for path in self._clips:
                video = piece(path, start, self._seconds)
                whole = len(video.planes) >= 0.9 * self._seconds * video.fps
                if whole and video.name not in taken and len(pieces) < MANY:
                    pieces.append(video)
        return [self.stage.seal(video) for video in pieces]
