# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What happens to a video on its way: one run of ffmpeg for each attack, the same list for every watermark.

Six families: codecs, geometry, pixel values, time, edits, and chains as platforms run them (guesses from what
downloaded videos look like, not uploads). Whatever is not about a codec is delivered as H.264 CRF 18, for a received
file is always coded. The program is the one that imageio-ffmpeg brings.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np


def x264(crf: int) -> tuple[str, ...]:
    return ("-c:v", "libx264", "-preset", "veryfast", "-crf", str(crf), "-pix_fmt", "yuv420p")


def x265(crf: int) -> tuple[str, ...]:
    quiet = ("-x265-params", "log-level=none")
    return ("-c:v", "libx265", "-preset", "veryfast", *quiet, "-crf", str(crf), "-pix_fmt", "yuv420p")


def vp9(crf: int) -> tuple[str, ...]:
    quick = ("-deadline", "realtime", "-cpu-used", "6", "-row-mt", "1")
    return ("-c:v", "libvpx-vp9", "-b:v", "0", "-crf", str(crf), *quick, "-pix_fmt", "yuv420p")


def av1(crf: int) -> tuple[str, ...]:
    quick = ("-preset", "9", "-svtav1-params", "log-level=0")
    return ("-c:v", "libsvtav1", *quick, "-crf", str(crf), "-pix_fmt", "yuv420p")


@dataclass(frozen=True)
class Attack:
    """One attack.

    Attributes:
        name, family: for tables.
        filters: ffmpeg filters; ``{w} {h} {fps}`` are the video's, ``{half_w} {half_h}`` half of that.
        encoder: arguments.
        ending: of the file.
        before: arguments before the input.
        graph: a filter graph of two inputs, the video and ``beside``.
        beside: ``"text"`` (a picture of text to lay over) or ``"other"`` (another video).
        chain: names of attacks, one after another, instead of all this.
        still: only one frame, as JPEG of this quality.
    """

    name: str
    family: str
    filters: str = ""
    encoder: tuple[str, ...] = x264(18)
    ending: str = "mp4"
    before: tuple[str, ...] = ()
    graph: str = ""
    beside: str = ""
    chain: tuple[str, ...] = ()
    still: int | None = None


def _even(expression: str) -> str:
    """An expression of ffmpeg, cut to an even number."""
    return f"'trunc({expression}/2)*2'"


def _part(share: float, across: float = 0.5, down: float = 0.5) -> str:
    """A share of the width and of the height, off centre."""
    left, top = (1 - share) * across, (1 - share) * down
    return f"crop={_even(f'iw*{share}')}:{_even(f'ih*{share}')}:{_even(f'iw*{left:.4f}')}:{_even(f'ih*{top:.4f}')}"


def _scaled(share: float) -> str:
    return f"scale={_even(f'iw*{share}')}:{_even(f'ih*{share}')}"


_UPRIGHT = _even("min(iw,ih*9/16)")  # the width of a 9:16 picture of the same height


_LIST = [
    Attack("none_crf12", "codec", encoder=x264(12)),
    *(Attack(f"h264_crf{crf}", "codec", encoder=x264(crf)) for crf in (18, 23, 28, 35, 40)),
    *(Attack(f"h265_crf{crf}", "codec", encoder=x265(crf)) for crf in (28, 35)),
    *(Attack(f"vp9_crf{crf}", "codec", encoder=vp9(crf), ending="webm") for crf in (33, 45)),
    *(Attack(f"av1_crf{crf}", "codec", encoder=av1(crf), ending="mkv") for crf in (35, 50)),
    Attack("resize50", "geometry", _scaled(0.5)),
    Attack("resize33", "geometry", _scaled(0.3333)),
    Attack("resize150", "geometry", _scaled(1.5)),
    Attack("aspect_4x3", "geometry", f"scale={_even('ih*4/3')}:ih"),
    *(Attack(f"crop{percent}", "geometry", _part(1 - percent / 100, 0.37, 0.61)) for percent in (10, 25, 50)),
    Attack("crop25_zoom", "geometry", f"{_part(0.75)},scale={{w}}:{{h}}"),
    Attack("crop_9x16", "geometry", f"crop={_UPRIGHT}:ih"),
    Attack("letterbox_9x16", "geometry", f"scale={_UPRIGHT}:-2,pad=iw:{{h}}:0:(oh-ih)/2"),
    Attack("pad25", "geometry", f"pad={_even('iw*1.25')}:{_even('ih*1.25')}:(ow-iw)/3:(oh-ih)/4"),
    Attack("hflip", "geometry", "hflip"),
    Attack("rotate2", "geometry", "rotate=2*PI/180"),
    Attack("rotate5", "geometry", "rotate=5*PI/180"),
    Attack("rotate90", "geometry", "transpose=1"),
    Attack(
        "perspective", "geometry", "perspective=x0=0.03*W:y0=0.02*H:x1=W:y1=0:x2=0:y2=H:x3=0.97*W:y3=0.98*H"
    ),
    Attack("bright+0.15", "values", "eq=brightness=0.15"),
    Attack("bright-0.2", "values", "eq=brightness=-0.2"),
    Attack("contrast1.5", "values", "eq=contrast=1.5"),
    Attack("contrast0.6", "values", "eq=contrast=0.6"),
    Attack("saturation1.8", "values", "eq=saturation=1.8"),
    Attack("hue40", "values", "hue=h=40"),
    Attack("gray", "values", "hue=s=0"),
    Attack("gamma1.6", "values", "eq=gamma=1.6"),
    Attack("noise_s10", "values", "noise=alls=20:allf=t"),
    Attack("noise_s20", "values", "noise=alls=40:allf=t"),
    Attack("blur_s1.5", "values", "gblur=sigma=1.5"),
    Attack("blur_s3", "values", "gblur=sigma=3"),
    Attack("median5", "values", "median=radius=2"),
    Attack("sharpen", "values", "unsharp=7:7:1.5"),
    Attack("denoise", "values", "hqdn3d=6:4:9:7"),
    Attack("fps_x0.8", "time", "fps={fps}*0.8"),
    Attack("fps_30", "time", "fps=30"),
    Attack("trim1s", "time", before=("-ss", "0.7", "-t", "1")),
    Attack("speed_x1.25", "time", "setpts=PTS/1.25,fps={fps}"),
    Attack("interp60", "time", "minterpolate=fps=48:mi_mode=blend"),
    Attack("overlay_text", "edits", graph="[0:v][1:v]overlay=0:0", beside="text"),
    Attack(
        "pip50",
        "edits",
        graph="[1:v]scale={w}:{h},setsar=1[b];[0:v]scale={half_w}:{half_h}[a];[b][a]overlay=W*0.3:H*0.2:shortest=1",
        beside="other",
    ),
    Attack(
        "pip_corner_on_it",
        "edits",
        graph="[1:v]scale={half_w}:{half_h},setsar=1[a];[0:v][a]overlay=W*0.5:H*0.5:shortest=1",
        beside="other",
    ),
    Attack("screenshot_q50", "edits", ending="png", still=50),
    Attack("chain_720_crf28_fps", "platforms", "scale=-2:'min(720,ih)',fps={fps}*0.8", x264(28)),
    Attack(
        "chain_tiktok",
        "platforms",
        f"crop={_UPRIGHT}:ih,scale=576:1024,eq=brightness=0.03:contrast=1.05,fps=30",
        x264(28),
    ),
    Attack(
        "chain_instagram",
        "platforms",
        "scale=-2:'min(720,ih)',crop='min(iw,ih)':'min(iw,ih)',fps=30",
        x264(30),
    ),
    Attack("chain_youtube", "platforms", "scale=-2:480", vp9(36), ending="webm"),
    Attack("chain_whatsapp", "platforms", "scale=-2:360", x264(30)),
    Attack("chain_double_crf28", "platforms", chain=("h264_crf28", "resize50", "h264_crf28")),
    Attack("chain_videoseal", "platforms", f"{_part(0.71)},eq=brightness=-0.25", x264(30)),
]
ATTACKS = {attack.name: attack for attack in _LIST}


def run(name: str, video: Path, folder: Path, other: Path) -> Path:
    """Do one attack to ``video`` and return the new file in ``folder``; ``other``: a video to put beside it.

    Raises:
        RuntimeError: ffmpeg could not.
    """
    attack = ATTACKS[name]
    out = folder / f"{name}.{attack.ending}"
    if attack.chain:
        at = video
        for step, part in enumerate(attack.chain):
            (inner := folder / f"{name}.{step}").mkdir()
            at = run(part, at, inner, other)
        return at.rename(out)
    if attack.still is not None:
        return _still(video, out, attack.still)
    with av.open(str(video)) as container:
        stream = container.streams.video[0]
        width, height, fps = stream.width, stream.height, float(stream.average_rate or 25)
    command = [*attack.before, "-i", str(video)]
    if attack.beside:
        command += _beside(attack.beside, folder, other, width, height)
    if attack.graph:
        command += ["-filter_complex", _filled(attack.graph, width, height, fps)]
    elif attack.filters:
        command += ["-vf", _filled(attack.filters, width, height, fps)]
    ffmpeg([*command, *attack.encoder, "-an", str(out)])
    return out


def ffmpeg(arguments: Sequence[str]) -> str:
    """Run it with one thread; what it said.

    Raises:
        RuntimeError: it failed.
    """
    import imageio_ffmpeg

    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-y", "-threads", "1", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"ffmpeg {' '.join(arguments)}: {done.stderr[-400:]}")
    return done.stderr


def _filled(text: str, width: int, height: int, fps: float) -> str:
    halves = {"half_w": width // 4 * 2, "half_h": height // 4 * 2}
    return text.format(w=width, h=height, fps=f"{fps:g}", **halves)


def _beside(what: str, folder: Path, other: Path, width: int, height: int) -> list[str]:
    if what == "other":
        return ["-stream_loop", "-1", "-i", str(other)]
    picture = np.zeros((height, width, 4), np.uint8)
    size = min(width, height) / 720
    for text, x, y, colour in (
        ("POV: you see it first", 0.06, 0.82, (255, 255, 255, 255)),
        ("@some_user_1234", 0.45, 0.1, (0, 230, 255, 255)),
    ):
        at = (int(x * width), int(y * height))
        for inside, thick in (((0, 0, 0, 255), 8), (colour, 3)):
            cv2.putText(
                picture, text, at, cv2.FONT_HERSHEY_DUPLEX, 1.6 * size, inside, max(1, int(thick * size))
            )
    cv2.circle(
        picture,
        (int(0.09 * width), int(0.11 * height)),
        int(0.06 * min(width, height)),
        (90, 20, 230, 255),
        -1,
    )
    cv2.imwrite(str(folder / "text.png"), picture)
    return ["-i", str(folder / "text.png")]


def _still(video: Path, out: Path, quality: int) -> Path:
    with av.open(str(video)) as container:
        *_, frame = islice(container.decode(video=0), 20)
    _, coded = cv2.imencode(".jpg", frame.to_ndarray(format="bgr24"), [cv2.IMWRITE_JPEG_QUALITY, quality])
    cv2.imwrite(str(out), cv2.imdecode(coded, cv2.IMREAD_COLOR))
    return out
