# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Plans of the shipped example campaign."""

from importlib.resources import files
from pathlib import Path

import pytest

from adseal_templates import expand, load_campaign
from adseal_templates.plan import AdPlan


@pytest.fixture(scope="session")
def example_plans() -> list[AdPlan]:
    return expand(load_campaign(Path(str(files("adseal") / "data" / "example" / "campaign.yaml"))))


@pytest.fixture(scope="session")
def example_plan(example_plans: list[AdPlan]) -> AdPlan:
    return example_plans[0]
