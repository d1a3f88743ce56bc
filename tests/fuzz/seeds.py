# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Healthy files to start from, made anew in every run: small, and each with something the others lack."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from adseal_provenance.credentials.container import aigc_metadata, xmp_box
from adseal_provenance.credentials.trust import Trust
from adseal_provenance.identities.identity import create_development
from adseal_provenance.sealing.signing import sign_file
from tests.provenance_kit import LOCATOR, make_mp4, opened, request


@dataclass(frozen=True)
class Seeds:
    """The files by name, and the list under which their signer stands."""

    files: dict[str, bytes]
    trust: Trust


def make_seeds(folder: Path) -> Seeds:
    """Four sealed files and two that are not."""
    identity = create_development(folder / "identity")
    tags = aigc_metadata("Example Ads GmbH", LOCATOR)
    with_sound = make_mp4(folder / "sound.mp4", seconds=0.4, metadata=tags)
    silent = make_mp4(folder / "silent.mp4", seconds=0.3, sound=False, height=208)
    labelled = make_mp4(folder / "labelled.mp4", seconds=0.2, metadata=tags, sound=False)
    label = xmp_box(labelled, "trainedAlgorithmicMedia")
    labelled.write_bytes(labelled.read_bytes() + label)
    paths = {"labelled": labelled, "plain": make_mp4(folder / "plain.mp4", seconds=0.2)}
    for name, source in (("sealed", with_sound), ("sealed silent", silent)):
        paths[name] = folder / f"{name}.mp4"
        sign_file(source, paths[name], request(), identity)
    paths["sealed twice"] = folder / "twice.mp4"
    sign_file(silent, paths["sealed twice"], opened(paths["sealed"]), identity)
    paths["sealed bare"] = folder / "bare.mp4"
    sign_file(
        silent,
        paths["sealed bare"],
        request(picture_id=None, sound_id=None, prompts_sha256=None, model_name=None),
        identity,
    )
    trust = Trust.of(development=[str(identity.root_pem)])
    return Seeds({name: path.read_bytes() for name, path in paths.items()}, trust)
