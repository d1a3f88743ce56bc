# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""How long work tells where it is: one small event, and nothing about how it is shown."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Stage = Literal["generate", "compose", "seal", "deliver"]


@dataclass(frozen=True)
class Event:
    """One step forward.

    Attributes:
        subject: the plan id of the ad the work is for.
        stage: which station of the ad's way.
        done: units finished, of `total` (model steps, frames, or checks).
    """

    subject: str
    stage: Stage
    done: int
    total: int


Listener = Callable[[Event], None]


def silent(_: Event) -> None:
    """The listener of those who do not listen."""
