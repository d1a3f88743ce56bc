# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""A marked, signed and registered video goes out; what comes back is recognised for what it is."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
import pytest
from numpy.typing import NDArray

from adseal_provenance.credentials.trust import Trust
from adseal_provenance.identities.identity import Identity, create_development
from adseal_provenance.likeness.fingerprint import Fingerprint
from adseal_provenance.reading.frames import luma_frames
from adseal_provenance.records.record import Record
from adseal_provenance.records.registry import Registry
from adseal_provenance.sealing.signing import Signed, sign_file
from adseal_provenance.verdicts.report import Report
from adseal_provenance.verify import verify
from adseal_provenance.watermark.detect import detect_file
from adseal_provenance.watermark.keys import WatermarkKey
from adseal_provenance.watermark.picture import PictureMarker
from adseal_provenance.watermark.sound import mark_sound
from tests.provenance_kit import LOCATOR, WHEN, request, with_byte_changed

WIDTH, HEIGHT, FPS, SECONDS = 640, 360, 24, 4


def scene(seed: int) -> Iterator[NDArray[np.uint8]]:
    """Luma of a slowly moving textured picture, limited range."""
    import cv2

    generator = np.random.default_rng(seed)
    coarse = generator.normal(0, 1, (24, 40)).astype(np.float32)
    fine = generator.normal(0, 1, (180, 320)).astype(np.float32)
    large = cv2.resize(coarse, (2 * WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC) * 35
    large += cv2.resize(fine, (2 * WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR) * 8
    for index in range(SECONDS * FPS):
        left = 2 * index
        yield np.clip(large[:, left : left + WIDTH] + 120, 16, 235).astype(np.uint8)


def music(seed: int) -> NDArray[np.float32]:
    generator = np.random.default_rng(seed)
    t = np.arange(48_000 * SECONDS) / 48_000
    pitches = (220, 330, 554, 880, 1760, 3520)
    tones = sum(np.sin(2 * np.pi * f * t + generator.uniform(0, 6)) / (k + 1) for k, f in enumerate(pitches))
    noise = generator.normal(0, 1, t.size)
    return (0.12 * tones + 0.05 * noise)[None].astype(np.float32)


def encode(path: Path, frames: Iterator[NDArray[np.uint8]], sound: NDArray[np.float32]) -> Path:
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as out:
        video = out.add_stream("libx264", rate=FPS, options={"preset": "veryfast", "crf": "20"})
        video.width, video.height, video.pix_fmt, video.thread_count = WIDTH, HEIGHT, "yuv420p", 1
        audio = out.add_stream("aac", rate=48_000, layout="mono")
        audio.bit_rate = 192_000
        grey = np.full((HEIGHT // 2, WIDTH), 128, np.uint8)
        for luma in frames:
            frame = av.VideoFrame.from_ndarray(np.concatenate([luma, grey]), format="yuv420p")
            for packet in video.encode(frame):
                out.mux(packet)
        piece = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound), format="fltp", layout="mono")
        piece.sample_rate, piece.pts = 48_000, 0
        for packet in [*video.encode(), *audio.encode(piece), *audio.encode()]:
            out.mux(packet)
    return path


def marked(path: Path, key: WatermarkKey, *, seed: int) -> Path:
    marker = PictureMarker(key, LOCATOR, WIDTH, HEIGHT)
    sound = mark_sound(music(seed), 48_000, key, LOCATOR)
    assert sound.marked
    return encode(path, (marker.mark(luma) for luma in scene(seed)), sound.samples)


@dataclass(frozen=True)
class World:
    folder: Path
    key: WatermarkKey
    identity: Identity
    registry: Registry
    sealed: Path
    signed: Signed

    def verify(self, path: Path) -> Report:
        trust = Trust.of(development=[str(self.identity.root_pem)])
        return verify(path, keys=[self.key], registry=self.registry, trust=trust)

    def ffmpeg(self, name: str, *arguments: str) -> Path:
        out = self.folder / name
        program = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error", "-threads", "1"]
        subprocess.run([*program, "-i", str(self.sealed), *arguments, str(out)], check=True, timeout=120)
        return out


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    key = WatermarkKey.create(folder / "watermark.key")
    identity = create_development(folder / "identity")
    plain = marked(folder / "marked.mp4", key, seed=1)
    signed = sign_file(plain, folder / "sealed.mp4", request(duration_ms=SECONDS * 1000), identity)
    with Registry.open(folder / "registry.db") as registry:
        registry.add(
            Record(
                locator=LOCATOR,
                key_id=key.key_id,
                algorithms=("io.adseal.picture.1", "io.adseal.sound.1"),
                manifest_id=signed.manifest_id,
                manifest_store=signed.manifest_store,
                fingerprint=Fingerprint.of(luma_frames(folder / "sealed.mp4")).for_record().to_bytes(),
                title="Summer offer",
                sha256=signed.sha256,
                plan_hash=None,
                created_at=WHEN,
                duration_s=float(SECONDS),
            )
        )
        yield World(folder, key, identity, registry, folder / "sealed.mp4", signed)


def test_the_sealed_file_is_intact_with_both_marks(world: World) -> None:
    report = world.verify(world.sealed)
    assert report.verdict == "intact" and report.warnings == ()
    states = {
        name: report.axes[name].state for name in ("picture_watermark", "sound_watermark", "fingerprint")
    }
    assert set(states.values()) == {"pass"}, report.axes
    assert report.record is not None and report.record.same_bytes
    assert {mark.id for mark in report.marks} == {LOCATOR}


def test_a_platform_copy_is_recovered(world: World) -> None:
    copy = world.ffmpeg(
        "copy.mp4", "-vf", "scale=480:-2,fps=25", "-c:v", "libx264", "-crf", "26", "-map_metadata", "-1"
    )
    report = world.verify(copy)
    assert report.verdict == "recovered", (report.summary, report.axes)
    assert report.axes["credential"].state == "warn" and report.axes["ai_claim"].state == "pass"
    assert report.manifest is not None and report.manifest.manifest_id == world.signed.manifest_id


def test_a_copy_in_another_container_is_recovered_although_it_can_carry_no_credential(world: World) -> None:
    copy = world.ffmpeg("copy.mkv", "-c", "copy", "-an")
    report = world.verify(copy)
    assert report.verdict == "recovered", (report.summary, report.axes)
    assert "no sound" in report.summary


def test_a_tampered_copy_is_broken_and_leads_to_the_original(world: World) -> None:
    path = world.folder / "tampered.mp4"
    path.write_bytes(with_byte_changed(world.sealed.read_bytes(), -20_000))
    report = world.verify(path)
    assert report.verdict == "broken"
    assert f"registered original 'Summer offer' ({world.signed.manifest_id})" in report.summary


def test_a_mark_copied_onto_another_video_is_a_mismatch(world: World) -> None:
    forged = marked(world.folder / "forged.mp4", world.key, seed=99)
    report = world.verify(forged)
    assert report.verdict == "mismatch", (report.summary, report.axes)
    assert report.axes["fingerprint"].state == "fail"


def test_an_unmarked_video_is_none(world: World) -> None:
    plain = encode(world.folder / "plain.mp4", scene(5), music(5))
    report = world.verify(plain)
    assert report.verdict == "none" and report.marks == ()
    assert report.axes["picture_watermark"].state == "absent"


def test_a_credential_put_onto_a_marked_video_of_somebody_else_is_told(world: World) -> None:
    stranger = create_development(world.folder / "stranger")
    stripped = world.ffmpeg("stripped.mp4", "-c", "copy", "-map_metadata", "-1")
    sign_file(
        stripped,
        world.folder / "laundered.mp4",
        request(picture_id="ffffffffffff", sound_id=None, title="All my own work"),
        stranger,
    )
    report = world.verify(world.folder / "laundered.mp4")
    assert report.verdict == "intact" and report.axes["signer_trust"].state == "warn"
    assert report.axes["picture_watermark"].state == "warn"
    assert "put onto another video" in report.summary and "belongs to 'Summer offer'" in report.summary


def test_a_mark_too_faint_to_be_read_is_confirmed_against_the_video_it_looks_like(world: World) -> None:
    for width in range(
        352, 160, -32
    ):  # which one is the first too small to be read depends on key and encoder
        faint = world.ffmpeg(
            f"{width}.mp4", "-an", "-vf", f"scale={width}:-2", "-c:v", "libx264", "-crf", "31"
        )
        if not detect_file(faint, [world.key], thorough=False)[0].marks:
            break
    report = world.verify(faint)
    assert report.verdict == "recovered", (report.summary, report.axes)
    assert {mark.method for mark in report.marks} == {"known"}
    assert "too faint to be read" in report.axes["picture_watermark"].sentence
    assert report.axes["fingerprint"].state == "pass"


def test_an_unmarked_twin_of_a_registered_video_is_not_recovered_by_its_looks(world: World) -> None:
    report = world.verify(encode(world.folder / "twin.mp4", scene(1), music(1)))
    assert report.verdict == "none" and report.marks == ()
    assert report.axes["fingerprint"].state == "warn"
    assert "no mark confirms" in report.axes["fingerprint"].sentence
