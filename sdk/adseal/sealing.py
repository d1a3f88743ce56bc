# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Sealing: mark + sign + register, of an ad the studio rendered or of the user's own finished video.

A sealed file claims only what was read back from it: the picture mark must be found again before anything is signed,
and a sound mark that cannot be found again is not claimed. Sealing succeeds or raises; it leaves no half-made file.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from adseal.errors import SealingError
from adseal.home import Home
from adseal.placing import publish, refuse_existing
from adseal.strength import notes as strength_notes
from adseal.strength import strong_enough
from adseal.workshop import workshop
from adseal_templates.plan import AdPlan

if TYPE_CHECKING:
    from adseal.rendition import Rendition
    from adseal_generator.diffusion import ModelInfo
    from adseal_generator.frames import YuvFrame
    from adseal_provenance.likeness.fingerprint import Fingerprint
    from adseal_provenance.sealing.manifest import Material, SealRequest, Step
    from adseal_provenance.watermark.model import Mark

Profile = Literal["robust", "quality"]
PICTURE, SOUND = "io.adseal.picture.1", "io.adseal.sound.1"


class SealedVideo(BaseModel):
    """A sealed file and what its seal says.

    Attributes:
        output: path of the file.
        id: watermark locator in picture and sound, 12 hex characters.
        sha256: of the file.
        plan_hash: of the plan it was made from; None for the user's own video.
        manifest_id: URN of the signed manifest.
        manifest_store: the manifest store, detached; not part of the JSON form.
        signer: common name of the signing certificate.
        identity: "development" (made on first use, trusted by nobody else) or "production".
        picture_log10_p: how surely the picture mark was read back (log10 of the chance to see it by accident).
        sound_log10_p: the same of the sound mark; None where the sound carries none.
        survives_platform: the picture mark was read from a simulated platform copy with some margin.
        strength: of the picture mark; 1.0 is the profile's own, more where that would not have survived.
        time_stamp: "stamped"; "pending" (sealed without, `adseal stamps retry` puts it in); "none" (nobody was asked).
        verifies_until: day (ISO 8601) on which the credential stops verifying for want of a time stamp; None with one.
        notes: what the user should know.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    output: str
    id: str
    sha256: str
    plan_hash: str | None
    title: str
    duration_s: float
    manifest_id: str
    manifest_store: bytes = Field(exclude=True, repr=False)
    signer: str
    identity: str
    picture_log10_p: float
    sound_log10_p: float | None
    survives_platform: bool = True
    strength: float = 1.0
    time_stamp: Literal["stamped", "pending", "none"] = "none"
    verifies_until: str | None = None
    notes: tuple[str, ...] = ()


def seal_rendition(
    plan: AdPlan,
    made: "Rendition",
    out: Path,
    *,
    home: Home,
    registry: str | None,
    model: "ModelInfo",
    publish_prompts: bool = False,
) -> SealedVideo:
    """Seal what the studio rendered: generated picture, composed layers, two marks.

    A time stamp cannot wait here: what is delivered is never changed again.

    Raises:
        SealingError: the file's own mark cannot be read back.
        ProvenanceError: signing or registering failed; no file is left.
    """
    from adseal import __version__
    from adseal_provenance.sealing.manifest import Material, SealRequest

    materials = tuple(
        Material(path=Path(a.path), source_type="digitalCreation" if a.role == "logo" else None)
        for a in plan.assets
        if a.role in ("logo", "product")
    )

    def request(sound_id: str | None) -> SealRequest:
        return SealRequest(
            title=plan.title,
            provider=plan.provider,
            system_name=f"Adseal {model.name}",
            system_version=model.version,
            model_name=model.name,
            generator_version=__version__,
            digital_source_type=plan.digital_source_type,
            created=True,
            created_at=datetime.now(UTC),
            added_text=True,
            mixed_sound=True,
            prompts_sha256=_digest(shot.prompt for shot in plan.shots),
            prompts=tuple(shot.prompt for shot in plan.shots) if publish_prompts else (),
            materials=materials,
            picture_id=made.locator,
            sound_id=sound_id,
            duration_ms=round(made.duration_s * 1000),
            plan_hash=plan.plan_hash,
        )

    impatient = replace(home, stamp_may_wait=False)
    return _finish(made, out, request, home=impatient, registry=registry, plan_hash=plan.plan_hash)


def seal_clip(
    made: "Rendition",
    out: Path,
    *,
    title: str,
    provider: str,
    prompt: str,
    home: Home,
    registry: str | None,
    model: "ModelInfo",
    publish_prompts: bool = False,
    given: tuple[Path, ...] = (),
) -> SealedVideo:
    """Seal a generated clip without layers and sound: every pixel is the model's. ``given`` are the pictures it began
    or ended with.

    Raises:
        SealingError: the file's own mark cannot be read back.
        ProvenanceError: signing or registering failed; no file is left.
    """
    from adseal import __version__
    from adseal_provenance.sealing.manifest import Material, SealRequest

    def request(sound_id: str | None) -> SealRequest:
        return SealRequest(
            title=title,
            provider=provider,
            system_name=f"Adseal {model.name}",
            system_version=model.version,
            model_name=model.name,
            generator_version=__version__,
            digital_source_type="trainedAlgorithmicMedia",
            created=True,
            created_at=datetime.now(UTC),
            prompts_sha256=_digest(iter((prompt,))),
            prompts=(prompt,) if publish_prompts else (),
            materials=tuple(Material(path=path, use="input") for path in given),
            picture_id=made.locator,
            sound_id=sound_id,
            duration_ms=round(made.duration_s * 1000),
        )

    return _finish(made, out, request, home=home, registry=registry, plan_hash=None)


def seal(
    video: str | Path,
    out: str | Path,
    *,
    title: str | None = None,
    provider: str = "",
    ai_generated: bool = False,
    system_name: str | None = None,
    system_version: str | None = None,
    materials: "Sequence[Material]" = (),
    steps: "Sequence[Step]" = (),
    profile: Profile = "robust",
    registry: str | None = None,
    home: Home | None = None,
) -> SealedVideo:
    """Seal the user's own finished video: marked, encoded once, signed, registered.

    Args:
        video: the finished video; any history it carries is kept as an ingredient.
        out: where the sealed MP4 goes; must not exist.
        title: title in the credential; the file's name if not given.
        provider: who answers for it; the signing identity's name if not given.
        ai_generated: whether the credential may say that the video was made with generative AI. Adseal does not
            guess: without it the credential says only that the file was opened, marked and re-encoded.
        system_name, system_version: of the AI system that made it, as California wants them in the credential (Business
            and Professions Code 22757.3).
        materials: what is in the video besides the footage itself: product photographs, other clips, music. Each is
            named in the credential; one with a credential of its own brings it along.
        steps: what was done to it before it came here (cropped, trimmed, graded…), by whom.
        profile: watermark strength.

    Raises:
        MediaError: the video cannot be read.
        SealError: a material or a step cannot be named in a credential.
        SealingError: `out` exists, or the mark could not be read back (picture too dark, flat or short).
    """
    from adseal import __version__
    from adseal_provenance.credentials.container import aigc_metadata
    from adseal_provenance.sealing.manifest import SealRequest
    from adseal_provenance.sealing.materials import check

    home = home or Home()
    source, target = Path(video), Path(out)
    refuse_existing(target)
    check(materials, steps)

    def request(sound_id: str | None) -> SealRequest:
        return SealRequest(
            title=title or source.name,
            provider=publisher,
            generator_version=__version__,
            digital_source_type="trainedAlgorithmicMedia" if ai_generated else None,
            system_name=system_name,
            system_version=system_version,
            created=False,
            created_at=datetime.now(UTC),
            source=source,
            materials=tuple(materials),
            steps=tuple(steps),
            picture_id=made.locator,
            sound_id=sound_id,
            duration_ms=round(made.duration_s * 1000),
        )

    signer = home.identity().common_name  # a signer that cannot sign is found before the work, not after it
    publisher = provider or signer
    with workshop(home.cache) as folder:
        label = aigc_metadata if ai_generated else _unlabelled

        def remade(gain: float) -> "Rendition":
            return _remade(
                source,
                folder / "marked.mp4",
                home,
                profile=profile,
                gain=gain,
                label=lambda locator: label(publisher, locator),
            )

        made = strong_enough(remade, home)
        return _finish(made, target, request, home=home, registry=registry, plan_hash=None)


def _unlabelled(_provider: str, _content_id: str) -> dict[str, str]:
    """The AIGC tag says "this is AI generated"; on the user's own footage that would be false."""
    return {}


def _remade(
    source: Path,
    path: Path,
    home: Home,
    *,
    profile: Profile,
    gain: float,
    label: "Callable[[str], dict[str, str]]",
) -> "Rendition":
    """Decode, mark picture and sound, encode once."""
    from adseal.rendition import Rendition
    from adseal_generator.encode import encode
    from adseal_generator.footage import footage_info, read_frames, read_sound48k
    from adseal_provenance.reading.media import Limits, probe
    from adseal_provenance.watermark.keys import new_locator
    from adseal_provenance.watermark.picture import PictureMarker
    from adseal_provenance.watermark.sound import mark_sound

    probe(source, Limits())
    info = footage_info(source)
    key, locator = home.watermark_key(), new_locator()
    sound = read_sound48k(source)
    marked = mark_sound(sound, 48_000, key, locator) if sound is not None else None
    marker = PictureMarker(key, locator, info.width, info.height, profile=profile, gain=gain)

    def frames() -> "Iterator[YuvFrame]":
        for frame in read_frames(source):
            yield type(frame)(marker.mark(frame.y), frame.u, frame.v)

    encoded = encode(
        path,
        frames(),
        width=info.width,
        height=info.height,
        fps=info.fps,
        sound=marked.samples if marked else None,
        crf=18,
        metadata=label(locator),
    )
    return Rendition(
        encoded.path, locator, bool(marked and marked.marked), encoded.duration_s or info.duration_s
    )


def _finish(
    made: "Rendition",
    out: Path,
    request: "Callable[[str | None], SealRequest]",
    *,
    home: Home,
    registry: str | None,
    plan_hash: str | None,
) -> SealedVideo:
    """Own check, credential, registry record; in this order, so that a file exists only when its record does."""
    from adseal.stamps import remember_pending
    from adseal.thumbnail import thumbnail
    from adseal_provenance.records.registry import Record
    from adseal_provenance.sealing.signing import sign_file

    picture, sound_p, fingerprint = _read_back(made, home)
    identity = home.identity()
    notes = strength_notes(made)
    notes += (
        [] if sound_p is not None else ["the sound carries no watermark (silent, too short, or no sound)"]
    )
    wanted = request(made.locator if sound_p is not None else None)
    wanted = replace(wanted, thumbnail_jpeg=thumbnail(made.path))
    staged = out.with_name(f".{out.name}.{os.getpid()}.sealed.mp4")
    staged.unlink(missing_ok=True)
    try:
        signed = sign_file(made.path, staged, wanted, identity, stamping=home.stamping)
        notes += remember_pending(signed, out, identity, home=home, registry=registry)
        with home.registry(registry) as records:
            records.add(
                Record(
                    locator=made.locator,
                    key_id=picture.key_id,
                    algorithms=(PICTURE, SOUND) if sound_p is not None else (PICTURE,),
                    manifest_id=signed.manifest_id,
                    manifest_store=signed.manifest_store,
                    fingerprint=fingerprint.for_record().to_bytes(),
                    title=wanted.title,
                    sha256=signed.sha256,
                    plan_hash=plan_hash,
                    duration_s=made.duration_s,
                    created_at=datetime.now(UTC),
                )
            )
        publish(staged, out)
    finally:
        staged.unlink(missing_ok=True)
    return SealedVideo(
        output=str(out),
        id=made.locator,
        sha256=signed.sha256,
        plan_hash=plan_hash,
        title=wanted.title,
        duration_s=made.duration_s,
        manifest_id=signed.manifest_id,
        manifest_store=signed.manifest_store,
        signer=identity.common_name,
        identity=identity.kind,
        picture_log10_p=picture.log10_p,
        sound_log10_p=sound_p,
        survives_platform=made.survives,
        strength=made.gain,
        time_stamp=signed.stamp.state,
        verifies_until=None if signed.stamp.state == "stamped" else identity.not_after.date().isoformat(),
        notes=tuple(notes),
    )


def _read_back(made: "Rendition", home: Home) -> "tuple[Mark, float | None, Fingerprint]":
    """Find the file's own marks again, as a stranger would; the fingerprint comes from the same pass.

    Raises:
        SealingError: the picture mark is not there, or is another one.
    """
    from adseal_provenance.reading.media import Limits
    from adseal_provenance.watermark.detect import detect_file

    detection, fingerprint = detect_file(made.path, home.known_keys(), limits=Limits())
    # read, not only confirmed: a mark that is faint already would be lost in the first copy
    found = {m.algorithm: m for m in detection.marks if m.id == made.locator and m.method == "blind"}
    picture = found.get(PICTURE)
    if picture is None or fingerprint is None:
        raise SealingError(
            "the watermark cannot be read back from the finished picture, so the video was not sealed",
            hint="it is too dark, too flat or too short to carry a mark; try the robust profile or a longer clip",
        )
    sound = found.get(SOUND)
    return picture, sound.log10_p if sound else None, fingerprint


def _digest(texts: Iterator[str]) -> str:
    from hashlib import sha256

    return sha256("\n".join(texts).encode()).hexdigest()
