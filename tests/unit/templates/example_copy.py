# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Where the shipped example lies, and the types of the fixtures that break a copy of it."""

from collections.abc import Callable
from pathlib import Path

import adseal
from adseal_templates import Problem

EXAMPLE = Path(adseal.__file__).parent / "data" / "example"
Edit = Callable[[str, str, str], int]
Problems = Callable[[], tuple[Problem, ...]]
