# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The base clip of a shot, made once and shared by every placement and locale that can use it.

A clip is found again by what decides its pixels: model digest, prompts, seed, size, length, steps, guidance. So a run
that was killed goes on where it stopped, and a changed headline renders no frame of the model again.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from adseal_templates.plan import AdPlan, ShotPlan

if TYPE_CHECKING:
    from adseal_generator.diffusion import Clip, Generator


class Masters:
    """Base clips by content: from the cache folder when they are there, else from the model.

    Args:
        folder: the cache folder; made when the first clip is kept.
        generator: gives the loaded model; called once, when the first clip has to be made.
    """

    def __init__(self, folder: Path, generator: "Callable[[], Generator]") -> None:
        self._folder = folder
        self._generator = generator

    def clip(
        self,
        plan: AdPlan,
        shot: ShotPlan,
        *,
        on_step: Callable[[int, int], None],
        cancelled: Callable[[], bool] | None = None,
    ) -> "Clip":
        """The clip of one shot at the model's own size and rate nearest to the placement.

        Raises:
            ModelError: the model cannot be loaded or cannot meet the request.
            GenerationCancelled: `cancelled` said so between two steps.
        """
        generator = self._generator()
        width, height = generator.size_for(plan.width, plan.height)
        frames = _frame_count(shot.duration_s, generator.info.fps, generator.info.max_frames)
        recipe = {
            "model": generator.info.digest,
            "prompt": shot.prompt,
            "negative": shot.negative_prompt,
            "seed": shot.seed,
            "size": [width, height, frames],
            "steps": plan.model.steps or generator.info.default_steps,
            "guidance": plan.model.guidance or generator.info.default_guidance,
        }
        name = hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()
        kept = self._folder / f"{name}.npy"
        clip = _read(kept, (frames, height, width, 3), generator.info.fps)
        if clip is None:
            clip = generator.generate(
                shot.prompt,
                negative_prompt=shot.negative_prompt,
                width=width,
                height=height,
                num_frames=frames,
                seed=shot.seed,
                steps=plan.model.steps,
                guidance=plan.model.guidance,
                on_step=on_step,
                cancelled=cancelled,
            )
            _keep(kept, clip)
        return clip


def _frame_count(duration_s: float, fps: int, most: int) -> int:
    """The smallest 8k+1 that covers the shot, within what the model was made for."""
    needed = round(duration_s * fps) + 1
    return min(-(-(needed - 1) // 8) * 8 + 1, most)


def _read(path: Path, shape: tuple[int, ...], fps: int) -> "Clip | None":
    import numpy as np

    from adseal_generator.diffusion import Clip

    try:
        frames = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None  # absent, or half-written by another tool: make it again
    return Clip(frames=frames, fps=fps) if frames.shape == shape and frames.dtype == np.uint8 else None


def _keep(path: Path, clip: "Clip") -> None:
    """Atomic; a cache that cannot be written only costs time later, so the render goes on."""
    import numpy as np

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(descriptor, "wb") as file:
                np.save(file, clip.frames)
            Path(temporary).replace(path)
        finally:
            Path(temporary).unlink(missing_ok=True)
    except OSError:
        return
