# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Picture files of the user, read upright and in sRGB.

Decides: the largest size, what an embedded colour profile and a rotation flag mean, and that every failure is a
`LayerError`. Leaves out what the pictures are for.
"""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from adseal_generator.errors import LayerError

if TYPE_CHECKING:
    from PIL.Image import Image

_MAX_PIXELS = 64_000_000  # larger ones are refused before they are decoded


def open_srgb(path: str | Path, *, sha256: str | None = None) -> "Image":
    """A picture file as RGBA in sRGB; with `sha256`, only the very file that has it.

    Raises:
        LayerError: missing, unreadable, too large, or another file.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        data = Path(path).read_bytes()
        if sha256 is not None and hashlib.sha256(data).hexdigest() != sha256:
            raise LayerError(
                f"{path} has changed since the plan was made",
                code="image_changed",
                hint="expand the campaign again",
            )
        with Image.open(Path(path)) as opened:
            if opened.width * opened.height > _MAX_PIXELS:
                raise LayerError(
                    f"{path} has {opened.width}x{opened.height} px",
                    code="image_too_large",
                    hint=f"scale it down to at most {_MAX_PIXELS // 1_000_000} megapixels",
                )
            profile = opened.info.get("icc_profile")
            return _to_srgb(ImageOps.exif_transpose(opened), profile)
    except (OSError, UnidentifiedImageError, ValueError, SyntaxError, Image.DecompressionBombError) as cause:
        raise LayerError(
            f"cannot read the picture {path}",
            code="image_unreadable",
            hint="use a PNG, JPEG or WebP file that opens in an image viewer",
        ) from cause


def read_picture(path: str | Path) -> NDArray[np.uint8]:
    """A picture file as RGB uint8 [H, W, 3] in sRGB, on white where it is transparent.

    Raises:
        LayerError: missing, unreadable or too large.
    """
    from PIL import Image

    picture = open_srgb(path)
    ground = Image.new("RGBA", picture.size, "white")
    return np.asarray(Image.alpha_composite(ground, picture).convert("RGB"), dtype=np.uint8)


def _to_srgb(image: "Image", profile: object) -> "Image":
    """RGBA in sRGB: an embedded profile is honoured, so that a logo keeps its colour."""
    import io

    from PIL import ImageCms

    if isinstance(profile, bytes) and image.mode in ("RGB", "RGBA", "CMYK"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            mode = "RGBA" if image.mode == "RGBA" else "RGB"
            made = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
            image = made or image
        except ImageCms.PyCMSError:
            pass  # a broken profile is ignored, as viewers do
    return image.convert("RGBA")
