# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""One plan's way from base clips to a marked, encoded, not yet signed file.

Frames flow once, as an iterator: plate → layers → watermark → encoder. At most a few frames are in memory, no video
lies on disk in between, and there is one lossy encode.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from adseal.masters import Masters
from adseal.progress import Event, Listener, silent
from adseal_templates.plan import AdPlan

if TYPE_CHECKING:
    from adseal_generator.diffusion import Clip
    from adseal_generator.frames import YuvFrame
    from adseal_provenance.watermark.keys import WatermarkKey


@dataclass(frozen=True)
class Rendition:
    """A marked, encoded, unsigned file in the workshop.

    Attributes:
        path: where it lies.
        locator: the 48-bit watermark id in its picture and sound, 12 hex characters.
        sound_marked: whether the sound could carry the mark.
        duration_s: length in seconds.
        gain: strength of the picture mark, 1.0 is the profile's own.
        survives: whether that mark came through a simulated platform pass.
    """

    path: Path
    locator: str
    sound_marked: bool
    duration_s: float
    gain: float = 1.0
    survives: bool = True


def render(
    plan: AdPlan,
    out: Path,
    *,
    masters: Masters,
    key: "WatermarkKey",
    listener: Listener,
    cancelled: Callable[[], bool] | None = None,
    gain: float = 1.0,
) -> Rendition:
    """Render `plan` to `out` (H.264 + AAC, faststart, AIGC tag), marked in picture and sound.

    Raises:
        GeneratorError: model, layers or encoder; no file is left.
    """
    from adseal_generator.encode import encode
    from adseal_generator.loudness import RATE
    from adseal_generator.sound import sound_bed
    from adseal_provenance.credentials.container import aigc_metadata
    from adseal_provenance.watermark.keys import new_locator
    from adseal_provenance.watermark.picture import PictureMarker
    from adseal_provenance.watermark.sound import mark_sound

    locator = new_locator()
    marker = PictureMarker(key, locator, plan.width, plan.height, gain=gain)
    bed = sound_bed(plan.sound, plan.duration_s, accent_s=_end_card_start(plan))
    sound = mark_sound(bed, RATE, key, locator)
    total = round(plan.duration_s * plan.fps)

    def frames() -> "Iterator[YuvFrame]":
        for index, frame in enumerate(composed(plan, masters, listener, cancelled)):
            yield type(frame)(marker.mark(frame.y), frame.u, frame.v)
            listener(Event(plan.plan_id, "compose", index + 1, total))

    encoded = encode(
        out,
        frames(),
        width=plan.width,
        height=plan.height,
        fps=plan.fps,
        sound=sound.samples,
        metadata={"title": plan.title, **aigc_metadata(plan.provider, locator)},
    )
    return Rendition(encoded.path, locator, sound.marked, encoded.duration_s)


def composed(
    plan: AdPlan,
    masters: Masters,
    listener: Listener = silent,
    cancelled: Callable[[], bool] | None = None,
) -> "Iterator[YuvFrame]":
    """The ad's frames with all their layers, not yet marked, at the placement's size and rate.

    Raises:
        GeneratorError: model or layers.
    """
    from adseal_generator.layers import LayerStack

    clips = _clips(plan, masters, listener, cancelled)
    stack = LayerStack(plan)
    for index, plate in enumerate(_plates(plan, clips, round(plan.duration_s * plan.fps))):
        yield stack.apply(plate, index / plan.fps)


def _end_card_start(plan: AdPlan) -> float | None:
    return next((layer.timing.start_s for layer in plan.layers if layer.role == "endcard"), None)


def _clips(
    plan: AdPlan, masters: Masters, listener: Listener, cancelled: Callable[[], bool] | None
) -> "list[Clip]":
    """The base clip of every shot, with one progress scale over all of them."""
    clips = []
    for number, shot in enumerate(plan.shots):

        def on_step(done: int, total: int, number: int = number) -> None:
            listener(Event(plan.plan_id, "generate", number * total + done, len(plan.shots) * total))

        clips.append(masters.clip(plan, shot, on_step=on_step, cancelled=cancelled))
        on_step(1, 1)
    return clips


def _plates(plan: AdPlan, clips: "list[Clip]", total: int) -> "Iterator[YuvFrame]":
    """Exactly `total` background frames at the placement's size and rate, shot after shot."""
    from itertools import islice

    from adseal_generator.plate import shot_frames

    made = 0
    for shot, clip in zip(plan.shots, clips, strict=True):
        last = shot is plan.shots[-1]
        wanted = total - made if last else round((shot.start_s + shot.duration_s) * plan.fps) - made
        frames = shot_frames(
            clip,
            width=plan.width,
            height=plan.height,
            fps=plan.fps,
            duration_s=wanted / plan.fps,
            grain_seed=shot.seed,
        )
        yield from islice(frames, wanted)
        made += wanted
