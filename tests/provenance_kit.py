# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Tiny real parts for the provenance tests: a two-second MP4, a request, a sealed file and what can be done
to it."""

import datetime as dt
import json
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from adseal_provenance.credentials.container import aigc_metadata
from adseal_provenance.credentials.trust import Trust
from adseal_provenance.identities.identity import Identity, create_development
from adseal_provenance.sealing.manifest import Material, SealRequest
from adseal_provenance.sealing.signing import Signed, sign_file

LOCATOR = "0123456789ab"
WHEN = dt.datetime(2026, 11, 20, 12, 0, tzinfo=dt.UTC)
RUBRIC_TOOLS = Path(__file__).parent / "assets" / "rubric"


def make_mp4(
    path: Path,
    *,
    seconds: float = 2.0,
    metadata: dict[str, str] | None = None,
    sound: bool = True,
    height: int = 180,
) -> Path:
    """A real H.264 and AAC file, 320 px wide, made with PyAV."""
    import av

    width, fps = 320, 24
    rows, columns = np.mgrid[0:height, 0:width]
    options = {"movflags": "+faststart+use_metadata_tags"}
    with av.open(str(path), "w", format="mp4", options=options) as out:
        for key, value in (metadata or {}).items():
            out.metadata[key] = value
        video = out.add_stream("libx264", rate=fps, options={"preset": "ultrafast", "crf": "28"})
        video.width, video.height, video.pix_fmt, video.thread_count = width, height, "yuv420p", 1
        audio = out.add_stream("aac", rate=48_000, layout="mono") if sound else None
        for index in range(int(seconds * fps)):
            grey = (columns + 3 * index) % 256
            picture = np.stack([grey, np.roll(grey, 40, 1), rows % 256], -1).astype(np.uint8)
            for packet in video.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")):
                out.mux(packet)
        for packet in video.encode():
            out.mux(packet)
        if audio is not None:
            tone = 0.2 * np.sin(2 * np.pi * 440 * np.arange(int(48_000 * seconds)) / 48_000)
            frame = av.AudioFrame.from_ndarray(tone.astype(np.float32)[None], format="fltp", layout="mono")
            frame.sample_rate, frame.pts = 48_000, 0
            for packet in [*audio.encode(frame), *audio.encode()]:
                out.mux(packet)
    return path


def request(**changes: Any) -> SealRequest:
    """A request for a generated ad with everything in it; ``changes`` replace fields."""
    values: dict[str, Any] = {
        "title": "Summer offer",
        "provider": "Example Ads GmbH",
        "duration_ms": 2000,
        "created_at": WHEN,
        "picture_id": LOCATOR,
        "sound_id": LOCATOR,
        "digital_source_type": "trainedAlgorithmicMedia",
        "system_name": "Adseal mini",
        "system_version": "1.0",
        "model_name": "mini",
        "prompts_sha256": "ab" * 32,
        "added_text": True,
        "mixed_sound": True,
        "plan_hash": "cd" * 32,
    }
    return SealRequest(**{**values, **changes})


def with_logo(path: Path) -> Material:
    return Material(path=path, source_type="digitalCreation")


def opened(source: Path, **changes: Any) -> SealRequest:
    """A request for a video that was finished elsewhere."""
    gone = dict.fromkeys(
        ("digital_source_type", "system_name", "system_version", "model_name", "prompts_sha256")
    )
    plain = {"added_text": False, "mixed_sound": False, "plan_hash": None}
    return request(**{**gone, **plain, "created": False, "source": source, **changes})


@dataclass(frozen=True)
class Seal:
    """A sealed file with the identity that signed it."""

    path: Path
    plain: Path
    signed: Signed
    identity: Identity
    logo: Path

    @property
    def trust(self) -> Trust:
        return Trust.of(development=[str(self.identity.root_pem)])


def make_seal(folder: Path) -> Seal:
    """A development identity, a tiny video and the sealed form of it."""
    import cv2

    folder.mkdir(parents=True, exist_ok=True)
    identity = create_development(folder / "identity")
    plain = make_mp4(folder / "plain.mp4", metadata=aigc_metadata("Example Ads GmbH", LOCATOR))
    logo = folder / "logo.png"
    cv2.imwrite(str(logo), np.full((40, 80, 3), 200, np.uint8))
    signed = sign_file(plain, folder / "sealed.mp4", request(materials=(with_logo(logo),)), identity)
    return Seal(folder / "sealed.mp4", plain, signed, identity, logo)


def with_byte_changed(data: bytes, position: int, *, to: int | None = None) -> bytes:
    changed = bytearray(data)
    changed[position] = changed[position] ^ 0xFF if to is None else to
    return bytes(changed)


def box(kind: bytes, payload: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(payload), kind) + payload


def crjson(path: Path, anchors_pem: str) -> dict[str, Any]:
    from adseal_provenance.credentials.credential import open_reader

    with path.open("rb") as file, open_reader("video/mp4", file, anchors_pem) as reader:
        return dict(json.loads(reader.crjson()))


def evaluate_rubric(rubric: Path, document: dict[str, Any]) -> list[dict[str, Any]]:
    """The official rules over one crJSON document, evaluated by the reference implementation of their
    language."""
    head, rules = yaml.safe_load_all(rubric.read_text())
    job = {
        "variables": head["variables"],
        "expressions": head["expressions"],
        "rules": rules,
        "document": document,
        "globals": {"$expected_spec_version": "2.4"},
    }
    done = subprocess.run(
        ["node", str(RUBRIC_TOOLS / "evaluate.js")],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return list(json.loads(done.stdout))
