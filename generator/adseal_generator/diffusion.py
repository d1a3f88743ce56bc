# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Runs a text-to-video diffusion transformer from a local folder: prompt and seed in, frames out.

Decides: loading (always offline), the noise schedule, seeds, progress, cancelling, the way to 8 bits, and that
every failure is a `ModelError`. Leaves out: what a model says about itself (`catalogue`), pictures a clip starts
from (`conditions`), and everything that is done to the frames later.

The same model, machine, request and seed give the same frames; another processor, library version or thread
setting may change them in the last bits.
"""

from __future__ import annotations

import contextlib
import inspect
import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from . import conditions, seams
from .catalogue import Habits, ModelInfo, check_weights, describe, model_folder, model_info
from .errors import FrameError, GenerationCancelled, GeneratorError, ModelError

if TYPE_CHECKING:
    import torch

__all__ = ["Clip", "Generator", "ModelInfo", "model_info"]

_MOST_STEPS = 200


@dataclass(frozen=True)
class Clip:
    """Frames of a video.

    Attributes:
        frames: uint8 ``[T, H, W, 3]``, RGB.
        fps: their rate.
    """

    frames: NDArray[np.uint8]
    fps: int

    def then(self, following: Clip) -> Clip:
        """This clip and the one that continues it as one, so that no seam is seen where a plate is made of them."""
        if following.fps != self.fps or following.frames.shape[1:] != self.frames.shape[1:]:
            raise FrameError("only clips of the same size and rate can be joined", code="clips_differ")
        return Clip(np.concatenate([self.frames, following.frames]), self.fps)


class Generator:
    """A loaded model. Safe to share between threads: one clip is made at a time."""

    def __init__(self, pipeline: Any, info: ModelInfo, habits: Habits) -> None:
        """Use `load`."""
        self._pipeline = pipeline
        self._habits = habits
        self._lock = threading.Lock()
        self.info = info

    @classmethod
    def load(cls, model: str | Path = "mini", *, threads: int | None = None) -> Generator:
        """Load a model from a local folder; never goes to the network.

        Args:
            model: "mini", or the path of a checkpoint in diffusers format (a stock LTX-Video folder, for
            example).
            threads: CPU threads for the whole process; None leaves PyTorch's own choice.

        Raises:
            ModelError: the folder is missing (``model_missing``), lacks files (``model_incomplete``) or holds
                files that cannot be read (``model_damaged``), or PyTorch and diffusers are not installed
                (``extra_missing``).
        """
        folder = model_folder(model)
        info, habits = describe(folder)
        check_weights(folder)
        try:
            with _patient_threads():
                import torch
            with _offline(), _quiet():
                pipeline = _load_pipeline(folder)
        except ImportError as error:
            raise ModelError(
                f"a model cannot run here: {error}",
                code="extra_missing",
                hint="pip install 'adseal[generator]'",
            ) from error
        except Exception as error:
            raise ModelError(
                f"the model in {folder} cannot be loaded: {_first_line(error)}",
                code="model_damaged",
                hint="check that the folder is complete and made for a diffusers pipeline with these parts",
            ) from error
        if threads is not None:
            torch.set_num_threads(max(1, threads))
        return cls(pipeline, info, habits)

    def size_for(self, width: int, height: int) -> tuple[int, int]:
        """The native ``(width, height)`` whose aspect ratio is nearest to that of ``width`` x ``height``."""
        wanted = np.log(width / height)
        return min(self.info.sizes, key=lambda size: abs(float(np.log(size[0] / size[1]) - wanted)))

    def generate(
        self,
        prompt: str,
        *,
        negative_prompt: str = "",
        width: int,
        height: int,
        num_frames: int,
        seed: int,
        steps: int | None = None,
        guidance: float | None = None,
        first_frame: NDArray[np.uint8] | None = None,
        last_frame: NDArray[np.uint8] | None = None,
        previous: Clip | None = None,
        on_step: Callable[[int, int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Clip:
        """Make one clip.

        The pictures to start from are cropped and scaled to the clip's size; ``info.conditions`` says which of them
        the model knows. With ``last_frame`` the clip must be one that the model makes whole (``info.length_for``),
        less the frames it looks at of ``previous``.

        Args:
            prompt, negative_prompt: what to show, and what to keep away from; "#1f6f78" is read as the name of
                the nearest colour.
            width, height: one of ``info.sizes``.
            num_frames: 1 to ``info.max_frames``, at ``info.fps``.
            seed: 0 to 2**63 - 1.
            steps: denoising steps, 1 to 200; None: the model's default.
            guidance: weight of the prompt, 1 to 30; 1 asks the model once a step and not twice; None: the
                model's default.
            first_frame, last_frame: uint8 ``[H, W, 3]`` RGB of any size, what the clip begins and ends with.
            previous: what the clip continues, at ``info.fps``; the new clip begins with the frame after it.
            on_step: called with (steps done, steps in all) after each step.
            cancelled: asked before the first and after each step.

        Raises:
            ModelError: the model cannot meet the request (``request_unsupported``) or fails
                (``model_failed``).
            FrameError: a given picture is no uint8 ``[H, W, 3]``.
            GenerationCancelled: ``cancelled`` returned True.
        """
        steps = self.info.default_steps if steps is None else steps
        guidance = self.info.default_guidance if guidance is None else guidance
        given = conditions.Given(first_frame, last_frame, previous)
        self._check(width, height, seed, steps, guidance)
        conditions.check(self.info, given)
        known = given.known_frames(self._habits.previous_frames)
        made = conditions.whole_length(self.info, num_frames, given, known)
        call: dict[str, Any] = {"prompt": self._read(prompt)}
        call |= {"negative_prompt": self._read(negative_prompt)}
        call |= {"guidance_scale": float(guidance)}
        call |= {"width": width, "height": height, "num_frames": made, "num_inference_steps": steps}
        call |= self._own_way(steps, seed)
        if given.names():
            call["conditions"] = conditions.for_pipeline(
                given, width=width, height=height, made=made, known=known
            )
        with self._lock:
            _stop_if(cancelled)
            call["callback_on_step_end"] = _step_callback(steps, on_step, cancelled)
            try:
                video = self._run(call)
            except GeneratorError:
                raise
            except Exception as error:
                raise ModelError(f"the model {self.info.name} failed: {_first_line(error)}") from error
        vae = self._pipeline.vae
        if known:
            video = conditions.unlapped(video, known, getattr(vae, "lap_gain_time", ()))
        if hasattr(vae, "lap_gain"):  # our own autoencoder, the only one that works in blocks
            video = seams.without_seams(video, vae.spatial_compression_ratio)
        return Clip(frames=eight_bits(video[known : known + num_frames], seed), fps=self.info.fps)

    def _check(self, width: int, height: int, seed: int, steps: int, guidance: float) -> None:
        info = self.info
        sizes = ", ".join(f"{w}x{h}" for w, h in info.sizes)
        problems = {
            f"a size of {width}x{height} (it makes {sizes})": (width, height) not in info.sizes,
            f"the seed {seed} (0 to 2**63 - 1)": not 0 <= seed < 2**63,
            f"{steps} steps (1 to {_MOST_STEPS})": not 1 <= steps <= _MOST_STEPS,
            f"a guidance of {guidance} (1 to 30)": not 1 <= guidance <= 30,
        }
        for what, wrong in problems.items():
            if wrong:
                raise ModelError(
                    f"the model {info.name} cannot meet a request for {what}",
                    code="request_unsupported",
                    hint="size_for() names the nearest size, info the limits",
                )

    def _read(self, prompt: str) -> str:
        """A prompt in words that the text encoder knows what to do with."""
        from .world.captions import in_words, leading_colours  # needs torch

        told = in_words(prompt)
        return told if self._habits.colours is None else leading_colours(told, self._habits.colours)

    def _own_way(self, steps: int, seed: int) -> dict[str, Any]:
        """How this model is called, whatever the request."""
        import torch

        way: dict[str, Any] = {
            "frame_rate": self.info.fps,
            # Drawn on the CPU, also where the model runs elsewhere: the same seed is the same noise.
            "generator": torch.Generator("cpu").manual_seed(seed),
            "max_sequence_length": self._habits.max_words,
            "output_type": "np",
        }
        if self._habits.timestep_shift is not None:
            way["timesteps"] = timesteps(steps, self._habits.timestep_shift)
        if self._habits.condition_noise is not None:
            way["image_cond_noise_scale"] = self._habits.condition_noise
        return way

    def _run(self, call: dict[str, Any]) -> NDArray[np.float32]:
        import torch

        known = inspect.signature(type(self._pipeline).__call__).parameters
        with torch.inference_mode(), _quiet():
            taken = {name: value for name, value in call.items() if name in known}
            made = np.asarray(self._pipeline(**taken).frames[0], dtype=np.float32)
        if not np.isfinite(made).all():
            raise ModelError("the model produced no finite numbers", hint="its weights are probably damaged")
        return made


def eight_bits(video: NDArray[np.float32], seed: int) -> NDArray[np.uint8]:
    """Frames ``[T, H, W, 3]`` in 0..1 to uint8, dithered: each place has a threshold of its own.

    Enlarged, a rounded soft gradient is a staircase of bands; a dithered one is not. The thresholds are the same in
    all frames, so still parts stay still.
    """
    random = np.random.default_rng([seed & 0xFFFFFFFF, 0x64697468])
    threshold = random.random(video.shape[1:], dtype=np.float32)
    frames: NDArray[np.uint8] = np.clip(np.floor(video * 255 + threshold), 0, 255).astype(np.uint8)
    return frames


def timesteps(steps: int, shift: float) -> list[float]:
    """``steps`` falling noise levels in 1000ths, from 1000; a larger ``shift`` favours strong noise."""
    even = [1 - i / steps for i in range(steps)]
    return [1000 * shift * u / (1 + (shift - 1) * u) for u in even]


def _load_pipeline(folder: Path) -> Any:
    import torch
    from diffusers import DiffusionPipeline

    from . import (
        autoencoder,
    )  # diffusers resolves a class named in model_index.json only if it is imported already

    del autoencoder
    on_gpu = torch.cuda.is_available()
    dtype = torch.bfloat16 if on_gpu else torch.float32
    pipeline: Any = DiffusionPipeline.from_pretrained(  # type: ignore[no-untyped-call]
        folder, local_files_only=True, dtype=dtype, low_cpu_mem_usage=find_spec("accelerate") is not None
    )
    pipeline.set_progress_bar_config(disable=True)
    for part in pipeline.components.values():
        if isinstance(part, torch.nn.Module):
            part.eval()
    return pipeline.to("cuda") if on_gpu else pipeline


def _step_callback(
    steps: int, on_step: Callable[[int, int], None] | None, cancelled: Callable[[], bool] | None
) -> Callable[[Any, int, torch.Tensor, dict[str, Any]], dict[str, Any]]:
    def after_step(
        _pipeline: Any, step: int, _timestep: torch.Tensor, state: dict[str, Any]
    ) -> dict[str, Any]:
        if on_step is not None:
            on_step(step + 1, steps)
        # Raising, not the pipeline's own interrupt flag: that one would still decode the video.
        _stop_if(cancelled)
        return state

    return after_step


def _stop_if(cancelled: Callable[[], bool] | None) -> None:
    if cancelled is not None and cancelled():
        raise GenerationCancelled("the clip was cancelled")


def _first_line(error: Exception) -> str:
    text = str(error).strip()
    return text.splitlines()[0][:300] if text else type(error).__name__


@contextlib.contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def _offline() -> contextlib.AbstractContextManager[None]:
    return _environment("HF_HUB_OFFLINE", "1")


def _patient_threads() -> contextlib.AbstractContextManager[None]:
    """PyTorch's threads sleep while they wait for each other, unless the user has said otherwise.

    By default they spin, and where another program wants a core too, they spin away each other's time: a clip
    takes many times as long. Read once, when PyTorch is loaded.
    """
    if "torch" in sys.modules or "OMP_WAIT_POLICY" in os.environ:
        return contextlib.nullcontext()
    return _environment("OMP_WAIT_POLICY", "PASSIVE")


class _Intended(logging.Filter):
    """Drops remarks on what is intended: parts of other classes than annotated, an own noise schedule."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not record.getMessage().startswith(
            ("Expected types for", "`timesteps` were passed without `sigmas`")
        )


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """No progress bars of the libraries and no remarks on what is intended, as long as this lasts;
    warnings stay.
    """
    import diffusers.utils.logging as diffusers_logging
    import transformers.utils.logging as transformers_logging

    names = ("pipelines.pipeline_utils", "schedulers.scheduling_flow_match_euler_discrete")
    loggers, remark = [logging.getLogger(f"diffusers.{name}") for name in names], _Intended()
    bars = [lib for lib in (diffusers_logging, transformers_logging) if lib.is_progress_bar_enabled()]
    for logger in loggers:
        logger.addFilter(remark)
    for library in bars:
        library.disable_progress_bar()
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(remark)
        for library in bars:
            library.enable_progress_bar()
