# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""All marks of one received file, and its fingerprint, from one decoding pass of the picture and one of the
sound.

Decides: how densely frames are looked at, and what "not checked" means (nothing could be looked at;
different from "not found"). Leaves out: what the findings mean (the verdict), and limits on memory, which
belong to the process.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from adseal_provenance.errors import MediaError
from adseal_provenance.likeness.fingerprint import Fingerprint, FingerprintBuilder
from adseal_provenance.reading.frames import coded_frames
from adseal_provenance.reading.media import SOUND_RATE, Limits, MediaInfo, ReadNotes, probe, read_sound
from adseal_provenance.watermark.keys import WatermarkKey
from adseal_provenance.watermark.model import Checked, Detection, Mark, MarkGeometry
from adseal_provenance.watermark.picture_detect import PictureDetector
from adseal_provenance.watermark.picture_evidence import PictureEvidence
from adseal_provenance.watermark.sound import MIN_SECONDS
from adseal_provenance.watermark.sound_detect import SoundDetector

__all__ = ["Detection", "Mark", "MarkGeometry", "detect_file"]

_FRAMES_WANTED = 160
_SLOWEST, _FASTEST = 2.0, 25.0  # frames a second: what codecs do to a mark averages out over frames
_SHORT_SIDE = 1080


def detect_file(
    path: str | Path,
    keys: Sequence[WatermarkKey],
    *,
    limits: Limits | None = None,
    known: Sequence[tuple[str, str]] = (),
    thorough: bool = True,
    blind: bool = True,
) -> tuple[Detection, Fingerprint | None]:
    """Look for picture and sound marks of any of ``keys``, and take the fingerprint.

    Args:
        path: a local file.
        keys: none are needed for the fingerprint alone; marks are then "not_checked".
        limits: reading limits; see :class:`~adseal_provenance.reading.media.Limits`.
        known: (key_id, locator) pairs that are confirmed against picture and sound if no mark can be read blind. What
            is read in the one is looked for in the other that way, too.
        thorough: False looks for unturned, unscaled pictures only (fast).
        blind: False only confirms ``known``, for a file in which nothing could be read before.

    Returns:
        The findings, and the fingerprint (None without a picture).

    Raises:
        MediaError: if the file holds neither a readable picture nor readable sound.
    """
    limits = limits or Limits()
    notes = ReadNotes()
    problem: MediaError | None = None
    picture: Checked = "not_checked"
    marks: list[Mark] = []
    fingerprint = None
    try:
        info = probe(path, limits)
        evidence, fingerprint = _watch(path, info, limits, notes)
        found, picture = _picture(evidence, keys, known, thorough, blind=blind, notes=notes)
        marks += found
    except MediaError as error:
        if error.code in ("not_found", "too_large", "too_complex"):
            raise
        problem = error
        notes.add(f"picture not checked: {error.args[0]}")
    samples = read_sound(path, limits, notes=notes)
    if problem is not None and samples is None:
        raise problem
    heard, sound = _sound(samples, keys, [*known, *_pairs(marks)], blind, notes)
    marks += heard
    if heard and problem is None and picture == "not_found":
        found, picture = _picture(evidence, keys, _pairs(heard), thorough, blind=False, notes=notes)
        marks = [*found, *marks]
    return Detection(marks=tuple(marks), picture=picture, sound=sound, notes=tuple(notes.notes)), fingerprint


def _pairs(marks: Sequence[Mark]) -> list[tuple[str, str]]:
    return list(dict.fromkeys((mark.key_id, mark.id) for mark in marks))


def _watch(
    path: str | Path, info: MediaInfo, limits: Limits, notes: ReadNotes
) -> tuple[PictureEvidence, Fingerprint | None]:
    length = min(info.duration_s or 20.0, limits.max_seconds)
    per_second = min(max(_FRAMES_WANTED / max(length, 1.0), _SLOWEST), _FASTEST)
    evidence, builder = PictureEvidence(), FingerprintBuilder()
    shape: tuple[int, int] | None = None
    last = 0.0
    for frame in coded_frames(path, limits, short_side=_SHORT_SIDE, per_second=per_second, notes=notes):
        shape = shape or (frame.luma.shape[0], frame.luma.shape[1])
        evidence.add(*frame)
        builder.add(frame.t_s, frame.luma)
        last = frame.t_s
    evidence.finish(last + 1.0 / per_second)
    if evidence.ignored:
        notes.add(f"{evidence.ignored} frames of another size were not looked at")
    window = evidence.window
    part = None
    if window is not None and shape is not None and not window.whole:
        height, width = shape
        part = (window.top / height, window.bottom / height, window.left / width, window.right / width)
    return evidence, builder.finish(part)


def _picture(
    evidence: PictureEvidence,
    keys: Sequence[WatermarkKey],
    known: Sequence[tuple[str, str]],
    thorough: bool,
    *,
    blind: bool,
    notes: ReadNotes,
) -> tuple[tuple[Mark, ...], Checked]:
    if not keys:
        return (), "not_checked"
    if evidence.window is None:
        notes.add("the picture is flat all the time; no mark could be in it")
        return (), "not_checked"
    detector = PictureDetector(keys)
    marks = detector.find(evidence, thorough=thorough) if blind else ()
    if not marks and known:
        confirmed = detector.verify_known(evidence, known, thorough=thorough)
        marks = (confirmed,) if confirmed else ()
    return marks, "found" if marks else "not_found"


def _sound(
    samples: NDArray[np.float32] | None,
    keys: Sequence[WatermarkKey],
    known: Sequence[tuple[str, str]],
    blind: bool,
    notes: ReadNotes,
) -> tuple[tuple[Mark, ...], Checked]:
    if samples is None:
        notes.add("no sound")
        return (), "not_checked"
    if not keys:
        return (), "not_checked"
    if samples.shape[1] < MIN_SECONDS * SOUND_RATE or not np.any(samples):
        notes.add("the sound is silent or too short to carry a mark")
        return (), "not_checked"
    detector = SoundDetector(keys)
    marks = detector.find(samples, SOUND_RATE) if blind else ()
    if not marks and known:
        confirmed = detector.verify_known(samples, SOUND_RATE, known)
        marks = (confirmed,) if confirmed else ()
    return marks, "found" if marks else "not_found"
