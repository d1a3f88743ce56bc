# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What the brief says of single shots, laid over what it says of all.

Decides which of three speaks: `scene.shots.<id>` of the brief first. Then, of subject, action and setting the
template's storyboard for that shot, which wraps the words of the brief's `scene`; of light, style and palette the
brief's `scene`, since they hold for the whole ad. Leaves out how the words become a prompt (`prompts`). No word is
changed here.
"""

from typing import Any

from .ad_template import ShotSpec
from .brief import Scene


def for_shot(scene: Scene, shot: ShotSpec) -> tuple[Scene, ShotSpec]:
    """The brief's scene as it is meant for one shot, and the shot without the parts the brief says itself.

    A brief that says nothing of the shot gets both back as they are.
    """
    own = scene.shots.get(shot.id)
    if own is None:
        return scene, shot
    said = {name: value for name, value in own if value}
    # What the brief says of this shot stands in place of the template's words, which could wrap it otherwise.
    unsaid: dict[str, Any] = {name: () if name == "palette" else None for name in said if name != "camera"}
    meant: dict[str, Any] = dict(said)
    if "subject" in said:
        # A subject of its own needs no atmosphere in its place, and stands in the hero's setting only if told so.
        unsaid["scene"] = "subject"
        meant.setdefault("setting", None)
        meant.setdefault("action", None)
    return scene.model_copy(update=meant), shot.model_copy(update=unsaid)
