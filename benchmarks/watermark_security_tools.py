# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What an attacker without the key can do to pictures, for `watermark_security.py`.

Two estimates of a mark from marked frames alone. The plain one is the mean of a band of each frame, as anybody might
take it. The informed one also uses what this repository tells everybody: the band is divided by its local deviation,
folded modulo the tile of 64 x 64 chips, averaged over all copies of the tile, and put back with more strength where
the picture is busy.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from watermark_security_stage import Luma, Video

from adseal_provenance.watermark.picture import CHIPS, TILE

Field = NDArray[np.float32]
_MARK_RMS = 1.6  # luma levels: about what "robust" adds to texture, as its documentation says


def plain_estimate(frames: Sequence[Luma]) -> Field:
    """float32[H, W] in luma levels: mean of what a fine and a coarse blur leave between them."""
    return np.asarray(np.mean([_band(frame) for frame in frames], axis=0), np.float32)


def tile_estimate(videos: Sequence[Video]) -> Field:
    """float32[256, 256] at 720 lines, unit variance: the mean tile of all copies in all frames of all videos."""
    tiles = [_folded(_flattened(frame)) for video in videos for frame in video.luma()]
    tile = np.mean(tiles, axis=0)
    tile -= tile.mean()
    return np.asarray(tile / max(float(tile.std()), 1e-9), np.float32)


def shaped(tile: Field, frame: Luma) -> Field:
    """A tile repeated over a frame, as strong as the frame's own texture allows, at the mark's usual rms."""
    height, width = frame.shape
    copies = (-(-height // tile.shape[0]), -(-width // tile.shape[1]))
    field = np.tile(tile, copies)[:height, :width] * (0.6 + 0.4 * np.minimum(_deviation(_band(frame)), 8.0))
    return np.asarray(field * (_MARK_RMS / max(float(np.sqrt(np.mean(field**2))), 1e-9)), np.float32)


def add_plain(video: Video, estimate: Field, gain: float) -> Video:
    """The estimate on every frame, where it covers it."""
    height, width = video.lines, video.planes[0].shape[1]
    field = np.zeros((height, width), np.float32)
    rows, columns = min(height, estimate.shape[0]), min(width, estimate.shape[1])
    field[:rows, :columns] = estimate[:rows, :columns]
    return video.with_luma(frame + gain * field for frame in video.luma())


def add_shaped(video: Video, tile: Field, gain: float) -> Video:
    """The tile on every frame, ``gain`` times as strong as a mark."""
    return video.with_luma(frame + gain * shaped(tile, frame) for frame in video.luma())


def gain_for(rms: float, wanted_psnr: float) -> float:
    """What a field of this rms has to be multiplied by to cost so many dB."""
    return 255 * 10 ** (-wanted_psnr / 20) / max(rms, 1e-9)


def mean_of(videos: Sequence[Video]) -> Video:
    """The pixels of several copies of one video, averaged."""
    first = videos[0]
    planes = [
        np.rint(np.mean([video.planes[i] for video in videos], axis=0)).astype(np.uint8)
        for i in range(len(first.planes))
    ]
    return Video(first.name, planes, first.fps)


def regenerated(video: Video, scale: float, frames: int) -> Video:
    """Through the autoencoder of the package's own video model, the picture at ``scale`` times its size meanwhile.

    A larger picture goes through in parts of the old size, so memory stays as it is.
    """
    import torch

    from adseal_generator.autoencoder import PatchAutoencoder
    from adseal_generator.catalogue import model_folder

    torch.set_num_threads(1)
    coder = PatchAutoencoder.from_pretrained(model_folder("mini") / "vae", low_cpu_mem_usage=False).float()
    step = coder.temporal_compression_ratio
    count = (min(frames, len(video.planes)) - 1) // step * step + 1
    luma = np.stack(video.luma()[:count]).astype(np.float32)
    _, height, width = luma.shape
    out = np.empty_like(luma)
    parts = max(1, round(scale))
    rows, columns = height // parts, width // parts
    for top in range(0, height, rows):
        for left in range(0, width, columns):
            part = luma[:, top : top + rows, left : left + columns]
            out[:, top : top + rows, left : left + columns] = _coded(coder, part, scale)
    short = Video(video.name, video.planes[:count], video.fps)
    return short.with_luma(out)


def _coded(coder: object, part: Field, scale: float) -> Field:
    """Grey frames ``[T, H, W]`` through the autoencoder at ``scale`` times their size."""
    import torch

    count, height, width = part.shape
    size = coder.spatial_compression_ratio  # type: ignore[attr-defined]
    sized = (round(width * scale), round(height * scale))
    larger, smaller = (cv2.INTER_CUBIC, cv2.INTER_AREA) if scale > 1 else (cv2.INTER_AREA, cv2.INTER_CUBIC)
    large = np.stack([cv2.resize(frame, sized, interpolation=larger) for frame in part])
    margins = ((0, 0), (0, -large.shape[1] % size), (0, -large.shape[2] % size))
    large = np.pad(large, margins, mode="edge")
    video = torch.from_numpy((large - 16) * (2 / 219) - 1)[None, None].expand(1, 3, -1, -1, -1)
    with torch.inference_mode():
        made = coder(video)[0].mean(dim=0).numpy()  # type: ignore[operator]
    grey = ((made + 1) * (219 / 2) + 16)[:, : sized[1], : sized[0]]
    return np.stack([cv2.resize(frame, (width, height), interpolation=smaller) for frame in grey[:count]])


def _band(frame: Luma) -> Field:
    luma = frame.astype(np.float32)
    return np.asarray(cv2.GaussianBlur(luma, (0, 0), 1.0) - cv2.GaussianBlur(luma, (0, 0), 5.0), np.float32)


def _deviation(band: Field) -> Field:
    return np.asarray(cv2.sqrt(np.maximum(cv2.blur(band * band, (33, 33)), 0.0)), np.float32)


def _flattened(frame: Luma) -> Field:
    band = _band(frame)
    deviation = _deviation(band)
    return np.asarray(np.clip(band / (deviation + 0.7), -2.0, 2.0), np.float32)


def _folded(field: Field) -> Field:
    """Mean over all copies of the tile, whole or in part."""
    size = round(min(field.shape) / CHIPS * TILE)
    height, width = field.shape
    margins = ((0, -height % size), (0, -width % size))
    seen = np.pad(np.ones_like(field), margins)
    full = np.pad(field, margins)
    shape = (full.shape[0] // size, size, full.shape[1] // size, size)
    total, count = (a.reshape(shape).sum(axis=(0, 2)) for a in (full, seen))
    return np.asarray(total / np.maximum(count, 1.0), np.float32)
