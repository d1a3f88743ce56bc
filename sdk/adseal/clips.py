# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""One sealed clip from one prompt: the generated picture at full size, without layers and without sound.

Decides the sizes of the aspects, how long a clip is asked of the model, and the order of work: what can be
refused without the model is refused before it is loaded. How frames are made, enlarged, marked and sealed is decided
in the parts.
"""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from adseal.errors import RequestError, require
from adseal.home import Home
from adseal.placing import refuse_existing
from adseal.progress import Event, Listener, Stage
from adseal.rendition import Rendition
from adseal.sealing import SealedVideo, seal_clip
from adseal.strength import strong_enough
from adseal.workshop import workshop

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from adseal_generator.diffusion import Clip, Generator, ModelInfo
    from adseal_generator.frames import YuvFrame

Aspect = Literal["9:16", "16:9", "1:1", "4:5"]
SIZES: dict[str, tuple[int, int]] = {
    "9:16": (1080, 1920),
    "16:9": (1920, 1080),
    "1:1": (1080, 1080),
    "4:5": (1080, 1350),
}
SECONDS = (2.0, 6.0)
FPS = (12, 60)


class GeneratedVideo(SealedVideo):
    """A sealed file, and what it takes to make the same picture again.

    Attributes:
        model: name and version of the model.
        seed: the one given, or the one drawn.
        width, height, fps: of the file.
    """

    model: str
    seed: int
    width: int
    height: int
    fps: int


@dataclass(frozen=True, kw_only=True)
class ClipRequest:
    """What is wanted; the fields are those of `Studio.generate`."""

    prompt: str
    negative: str = ""
    seconds: float = 5.0
    aspect: Aspect = "9:16"
    fps: int = 24
    seed: int | None = None
    steps: int | None = None
    first_frame: Path | None = None
    last_frame: Path | None = None
    title: str | None = None
    provider: str = ""

    def __post_init__(self) -> None:
        wrong = {
            f"an aspect of {self.aspect}: it is one of {', '.join(get_args(Aspect))}": self.aspect
            not in SIZES,
            f"{self.seconds:g} seconds: {SECONDS[0]:g} to {SECONDS[1]:g}": not SECONDS[0]
            <= self.seconds
            <= SECONDS[1],
            f"{self.fps} frames a second: {FPS[0]} to {FPS[1]}": not FPS[0] <= self.fps <= FPS[1],
            "an empty prompt": not self.prompt.strip(),
        }
        problems = [what for what, is_so in wrong.items() if is_so]
        if problems:
            raise RequestError(f"cannot make a clip with {'; '.join(problems)}")


@dataclass(frozen=True)
class _Job:
    """One request on its way: what was left open is decided, who listens is known."""

    request: ClipRequest
    name: str
    publisher: str
    listener: Listener
    seed: int = field(init=False)

    def __post_init__(self) -> None:
        given = self.request.seed
        object.__setattr__(self, "seed", secrets.randbelow(2**31) if given is None else given)

    @property
    def size(self) -> tuple[int, int]:
        return SIZES[self.request.aspect]

    @property
    def title(self) -> str:
        return self.request.title or self.name

    def tell(self, stage: Stage, done: int, total: int) -> None:
        self.listener(Event(self.name, stage, done, total))


def generate(
    request: ClipRequest,
    out: Path,
    *,
    home: Home,
    generator: "Callable[[], Generator]",
    registry: str | None,
    listener: Listener,
    cancelled: Callable[[], bool] | None,
    publish_prompts: bool = False,
) -> GeneratedVideo:
    """Make, mark, encode and seal one clip; see `Studio.generate`."""
    require("generator", "torch", "diffusers", "transformers", "PIL")
    refuse_existing(out)
    ends = {
        name: _picture(path)
        for name, path in (("first_frame", request.first_frame), ("last_frame", request.last_frame))
        if path is not None
    }
    signer = home.identity().common_name  # a signer that cannot sign is found before the work, not after it
    job = _Job(request, out.name, request.provider or signer, listener)
    with workshop(home.cache) as folder:
        model = generator()
        clip = _clip(job, model, ends, cancelled)
        made = strong_enough(lambda gain: _rendition(job, clip, folder / "clip.mp4", home, gain), home)
        job.tell("seal", 0, 1)
        sealed = seal_clip(
            made,
            out,
            title=job.title,
            provider=job.publisher,
            prompt=request.prompt,
            home=home,
            registry=registry,
            model=model.info,
            publish_prompts=publish_prompts,
            given=tuple(path for path in (request.first_frame, request.last_frame) if path is not None),
        )
        job.tell("seal", 1, 1)
    return GeneratedVideo(
        **{name: getattr(sealed, name) for name in SealedVideo.model_fields},
        model=f"{model.info.name} {model.info.version}",
        seed=job.seed,
        width=job.size[0],
        height=job.size[1],
        fps=request.fps,
    )


def _picture(path: Path) -> "NDArray[np.uint8]":
    from adseal_generator.pictures import read_picture

    return read_picture(path)


def _clip(
    job: _Job,
    model: "Generator",
    ends: "dict[str, NDArray[np.uint8]]",
    cancelled: Callable[[], bool] | None,
) -> "Clip":
    """The base clip at the model's own size and rate nearest to the request."""
    request = job.request
    width, height = model.size_for(*job.size)
    return model.generate(
        request.prompt,
        negative_prompt=request.negative,
        width=width,
        height=height,
        num_frames=frames_for(request.seconds, model.info, whole="last_frame" in ends),
        seed=job.seed,
        steps=request.steps,
        first_frame=ends.get("first_frame"),
        last_frame=ends.get("last_frame"),
        on_step=lambda done, total: job.tell("generate", done, total),
        cancelled=cancelled,
    )


def frames_for(seconds: float, info: "ModelInfo", *, whole: bool) -> int:
    """How many frames are asked of the model for a clip of ``seconds``.

    As many as the duration has, and one more, within what the model makes; the plate slows down what is too short. A
    clip that must end on a picture (``whole``) has one of the model's own lengths, the one whose speed has to be
    changed least.
    """
    wanted = min(round(seconds * info.fps) + 1, info.max_frames)
    if not whole:
        return wanted
    lengths = info.lengths or tuple(range(9, info.max_frames + 1, 8)) or (info.max_frames,)
    return min(lengths, key=lambda n: max(n / wanted, wanted / n))


def _rendition(job: _Job, clip: "Clip", path: Path, home: Home, gain: float) -> Rendition:
    """Full size and rate, marked, encoded once, unsigned: a file in the workshop."""
    from adseal_generator.encode import encode
    from adseal_generator.plate import frame_count, shot_frames
    from adseal_provenance.credentials.container import aigc_metadata
    from adseal_provenance.watermark.keys import new_locator
    from adseal_provenance.watermark.picture import PictureMarker

    request, (width, height) = job.request, job.size
    locator = new_locator()
    marker = PictureMarker(home.watermark_key(), locator, width, height, gain=gain)
    total = frame_count(request.seconds, request.fps)
    plates = shot_frames(
        clip,
        width=width,
        height=height,
        fps=request.fps,
        duration_s=request.seconds,
        grain_seed=job.seed,
        to_the_end=request.last_frame is not None,
    )

    def frames() -> "Iterator[YuvFrame]":
        for index, frame in enumerate(plates):
            yield type(frame)(marker.mark(frame.y), frame.u, frame.v)
            job.tell("compose", index + 1, total)

    encoded = encode(
        path,
        frames(),
        width=width,
        height=height,
        fps=request.fps,
        sound=None,
        metadata={"title": job.title, **aigc_metadata(job.publisher, locator)},
    )
    return Rendition(encoded.path, locator, False, encoded.duration_s)
