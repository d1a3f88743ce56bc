# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The small picture in a credential, by which people recognise what was signed.

The C2PA library makes none for videos. One frame from the first third (the very first is often black), at most 320
pixels long, JPEG: about ten kilobytes.
"""

from pathlib import Path

LONGEST = 320  # pixels
_QUALITY = 80


def thumbnail(video: Path) -> bytes | None:
    """JPEG of one frame; None where none can be had, since a credential without a picture is a credential."""
    import av
    import cv2

    try:
        with av.open(str(video)) as file:
            stream = file.streams.video[0]
            if stream.duration:
                file.seek(stream.duration // 3, stream=stream)  # to the key frame before it
            picture = next(file.decode(stream)).to_ndarray(format="bgr24")
    except (av.FFmpegError, IndexError, StopIteration):
        return None
    scale = LONGEST / max(picture.shape[:2])
    height, width = (max(1, round(side * min(scale, 1))) for side in picture.shape[:2])
    small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    done, jpeg = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return jpeg.tobytes() if done else None
