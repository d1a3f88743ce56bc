# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Invisible watermarks under one face for `watermark_peers.py`: ours, and those of two libraries.

The libraries mark and read through their own code with their own defaults; they are imported only when they are
chosen. Where they read several frames, their soft values are averaged before they decide, which serves them at
least as well as a vote. Everything runs on one thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray
from watermark_hosts import KEY, LOCATOR, Planes

from adseal_provenance.watermark.picture import PictureMarker

Picture = NDArray[np.uint8]
Bits = NDArray[np.uint8]
INSTALL = "pip install invisible-watermark==0.2.0 blind-watermark==0.4.4 onnxruntime"
OURS = "adseal"


class Marks(Protocol):
    """Something that marks frames; what it is given and gives back is what it works on itself.

    Attributes:
        name, package: for tables; the package with its version.
        bits: length of the message.
        planes: whether it works on yuv420p planes; else on BGR pictures.
    """

    name: str
    package: str
    bits: int
    planes: bool

    def mark(self, frame: NDArray[np.uint8]) -> NDArray[np.uint8]: ...


class Peer(Marks, Protocol):
    """A peer, which also reads.

    Attributes:
        message: what it marks with.
        frames: how many frames of a video it reads.
    """

    message: Bits
    frames: int

    def read(self, pictures: Sequence[Picture]) -> Bits: ...


class Adseal:
    """Our picture mark, profile ``robust``. Its reader takes files (`watermark.judge`)."""

    name, bits, planes = OURS, 48, True

    def __init__(self) -> None:
        try:
            self.package = f"adseal {version('adseal')}"
        except ModuleNotFoundError:
            self.package = "adseal, from its source folder"
        self._marker: PictureMarker | None = None

    def mark(self, frame: Planes) -> Planes:
        """Making the pattern counts, as part of the first frame."""
        height, width = frame.shape[0] * 2 // 3, frame.shape[1]
        self._marker = self._marker or PictureMarker(KEY, LOCATOR, width, height)
        return np.concatenate([self._marker.mark(np.ascontiguousarray(frame[:height])), frame[height:]])


class InvisibleWatermark:
    """``dwtDct`` and ``dwtDctSvd`` of invisible-watermark: quantised wavelet blocks in one chroma plane."""

    bits, planes, frames = 64, False, 8

    def __init__(self, name: str) -> None:
        from imwatermark import WatermarkEncoder
        from imwatermark.dwtDctSvd import EmbedDwtDctSvd
        from imwatermark.maxDct import EmbedMaxDct

        self.name, self.message = name, message(self.bits)
        self.package = f"invisible-watermark {version('invisible-watermark')}"
        self._encoder = WatermarkEncoder()
        self._encoder.set_watermark("bits", self.message.tolist())
        self._reader: Any = (EmbedMaxDct if name == "dwtDct" else EmbedDwtDctSvd)(wmLen=self.bits)

    def mark(self, frame: Picture) -> Picture:
        return np.asarray(self._encoder.encode(frame, self.name), np.uint8)

    def read(self, pictures: Sequence[Picture]) -> Bits:
        """The library's own ``decode``, with the scores of all blocks of all frames in one mean."""
        import pywt

        scores: list[list[float]] = [[] for _ in range(self.bits)]
        for picture in pictures:
            height, width = (side // 4 * 4 for side in picture.shape[:2])
            planes = cv2.cvtColor(picture, cv2.COLOR_BGR2YUV)
            for channel in (0, 1):
                scale = self._reader._scales[channel]
                if scale > 0:
                    coarse, _ = pywt.dwt2(planes[:height, :width, channel], "haar")
                    scores = self._reader.decode_frame(coarse, scale, scores)
        return np.array([255 * np.mean(score) > 127 for score in scores], np.uint8)


class RivaGan:
    """``rivaGan`` of invisible-watermark: two trained networks, as ONNX files in its wheel."""

    name, bits, planes, frames = "rivaGan", 32, False, 1

    def __init__(self) -> None:
        import imwatermark
        import onnxruntime
        import torch
        from imwatermark.rivaGan import RivaWatermark

        torch.set_num_threads(1)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        folder = Path(imwatermark.__file__).parent
        # what the library's loadModel does, on one thread
        for part in ("encoder", "decoder"):
            session = onnxruntime.InferenceSession(folder / f"rivagan_{part}.onnx", options)
            setattr(RivaWatermark, part, session)
        self.message = message(self.bits)
        self.package = f"invisible-watermark {version('invisible-watermark')}"
        self._own = RivaWatermark(self.message.tolist(), self.bits)

    def mark(self, frame: Picture) -> Picture:
        return np.ascontiguousarray(self._own.encode(frame))

    def read(self, pictures: Sequence[Picture]) -> Bits:
        return np.asarray(self._own.decode(pictures[0]), np.uint8)


class BlindWatermark:
    """blind-watermark: quantised singular values of wavelet blocks in all three planes."""

    name, bits, planes, frames = "blind-watermark", 64, False, 4

    def __init__(self) -> None:
        import blind_watermark
        from blind_watermark.bwm_core import one_dim_kmeans

        blind_watermark.bw_notes.close()
        self._library, self._kmeans = blind_watermark, one_dim_kmeans
        self.message = message(self.bits)
        self.package = f"blind-watermark {version('blind-watermark')}"

    def mark(self, frame: Picture) -> Picture:
        own = self._library.WaterMark(password_wm=1, password_img=1)
        own.read_img(img=frame)
        own.read_wm(self.message.astype(bool), mode="bit")
        return np.rint(own.embed()).astype(np.uint8)

    def read(self, pictures: Sequence[Picture]) -> Bits:
        """The library's own ``extract``, with the means of all frames in one mean before it splits them in two."""
        own = self._library.WaterMark(password_wm=1, password_img=1)
        own.wm_size = self.bits
        soft = np.mean([own.bwm_core.extract(picture, self.bits) for picture in pictures], axis=0)
        hard = self._kmeans(soft) if np.ptp(soft) > 0 else soft > 0.5
        return np.asarray(own.extract_decrypt(hard), np.uint8)


NAMES = (OURS, "dwtDct", "dwtDctSvd", "blind-watermark", "rivaGan")


def method(name: str) -> Adseal | Peer:
    """One of `NAMES`.

    Raises:
        SystemExit: its library is not installed.
    """
    try:
        if name == OURS:
            return Adseal()
        if name == "rivaGan":
            return RivaGan()
        return BlindWatermark() if name == "blind-watermark" else InvisibleWatermark(name)
    except ModuleNotFoundError as error:
        raise SystemExit(f"{name} needs {error.name}, which is not installed: {INSTALL}") from error


def message(bits: int) -> Bits:
    """The same random bits in every run."""
    return np.random.default_rng(2026).integers(0, 2, bits).astype(np.uint8)


def colours(planes: Planes) -> Picture:
    """BGR of yuv420p planes (BT.601, limited range), in floating point.

    The quick conversion of ffmpeg and back would cost a peer up to 44 dB of luma PSNR before it marked anything.
    """
    height, width = planes.shape[0] * 2 // 3, planes.shape[1]
    parts = planes[height:].reshape(2, height // 2, width // 2).astype(np.float32) - 128
    blue, red = (cv2.resize(part, (width, height), interpolation=cv2.INTER_LINEAR) for part in parts)
    grey = (planes[:height].astype(np.float32) - 16) * (255 / 219)
    blue, red = blue * (255 / 224), red * (255 / 224)
    out = np.stack([grey + 1.772 * blue, grey - 0.344136 * blue - 0.714136 * red, grey + 1.402 * red], axis=2)
    return np.asarray(np.rint(np.clip(out, 0, 255)), np.uint8)


def subsampled(picture: Picture) -> Planes:
    """yuv420p planes of BGR: the way back."""
    blue, green, red = (picture[..., channel].astype(np.float32) for channel in range(3))
    grey = 0.114 * blue + 0.587 * green + 0.299 * red
    height, width = grey.shape
    planes = [16 + grey * (219 / 255)]
    for part in ((blue - grey) / 1.772, (red - grey) / 1.402):
        small = cv2.resize(part, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        planes.append(128 + (small * (224 / 255)).reshape(height // 4, width))
    return np.asarray(np.rint(np.clip(np.concatenate(planes), 0, 255)), np.uint8)


def of_size(picture: Picture, size: tuple[int, int]) -> Picture:
    """Brought to (height, width)."""
    larger = picture.shape[0] * picture.shape[1] < size[0] * size[1]
    how = cv2.INTER_CUBIC if larger else cv2.INTER_AREA
    return np.asarray(cv2.resize(picture, (size[1], size[0]), interpolation=how), np.uint8)
