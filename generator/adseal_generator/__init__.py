# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""From a prompt to frames, layers over frames, sound, and one encode.

Importing this package imports nothing else; the names below are loaded when they are first used.
"""

from importlib import import_module

_HOME = {
    "Clip": "diffusion",
    "Generator": "diffusion",
    "ModelInfo": "diffusion",
    "model_info": "diffusion",
    "GenerationCancelled": "errors",
    "GeneratorError": "errors",
    "ModelError": "errors",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
