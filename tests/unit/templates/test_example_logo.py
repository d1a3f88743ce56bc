# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The example's logos are what our own script draws."""

import subprocess
import sys
from pathlib import Path

from example_copy import EXAMPLE
from PIL import Image, ImageChops, ImageStat

SCRIPT = Path(__file__).resolve().parents[3] / "examples" / "draw_logo.py"


def test_the_script_draws_the_logos_the_example_ships(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(SCRIPT), str(tmp_path)], check=True)
    drawn = sorted(path.name for path in tmp_path.iterdir())
    assert drawn == sorted(path.name for path in (EXAMPLE / "logos").iterdir())
    for name in drawn:
        with Image.open(tmp_path / name) as ours, Image.open(EXAMPLE / "logos" / name) as shipped:
            assert (ours.mode, ours.size) == ("RGBA", shipped.size)
            assert max(shipped.size) >= 600
            # Versions of the rasteriser may differ in edge pixels only.
            assert max(ImageStat.Stat(ImageChops.difference(ours, shipped)).mean) < 1.0
