# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Everything the generator raises.

GeneratorError
 ├── ModelError            the text-to-video model cannot be loaded or run
 ├── GenerationCancelled   the caller asked to stop
 ├── FrameError            pictures or shots with impossible sizes, rates or colours
 ├── LayerError            a layer cannot be set: text too long, image unreadable
 │    └── FontError        a font is missing, unreadable, or lacks the script
 ├── SoundError            sound of impossible shape, rate or level
 └── EncodeError           a video file cannot be written or read

Decides the names and fields of errors. Leaves out how they are shown.
"""

from typing import ClassVar


class GeneratorError(Exception):
    """Base of all generator errors. `str(error)` says what happened, in one sentence.

    Attributes:
        code: stable, machine-readable, snake_case.
        hint: what the reader can do about it; may be empty.
        retryable: True when the same call may succeed later without a change.
    """

    default_code: ClassVar[str] = "generator_failed"

    def __init__(
        self, message: str, *, code: str | None = None, hint: str = "", retryable: bool = False
    ) -> None:
        super().__init__(message)
        self.code = code or self.default_code
        self.hint = hint
        self.retryable = retryable


class ModelError(GeneratorError):
    """The text-to-video model cannot be loaded or run."""

    default_code = "model_failed"


class GenerationCancelled(GeneratorError):
    """The caller asked to stop."""

    default_code = "cancelled"


class FrameError(GeneratorError):
    """Pictures or shots with impossible sizes, rates or colours."""

    default_code = "frame_invalid"


class LayerError(GeneratorError):
    """A layer cannot be set: text too long, image unreadable."""

    default_code = "layer_failed"


class FontError(LayerError):
    """A font is missing, unreadable, or lacks the script."""

    default_code = "font_failed"


class SoundError(GeneratorError):
    """Sound of impossible shape, rate or level."""

    default_code = "sound_invalid"


class EncodeError(GeneratorError):
    """A video file cannot be written or read."""

    default_code = "encode_failed"
