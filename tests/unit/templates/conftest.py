# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The shipped example campaign, as a folder that tests may break."""

import shutil
from pathlib import Path

import pytest
from example_copy import EXAMPLE, Edit, Problems

from adseal_templates import AdPlan, Campaign, CampaignError, Problem, expand, load_campaign


@pytest.fixture(scope="session")
def campaign() -> Campaign:
    return load_campaign(EXAMPLE / "campaign.yaml")


@pytest.fixture(scope="session")
def plans(campaign: Campaign) -> list[AdPlan]:
    return expand(campaign)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the example."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "campaign"))


@pytest.fixture
def edit(folder: Path) -> Edit:
    """Replace a text that stands exactly once in a file of the copy; the number of its line."""

    def change(file: str, old: str, new: str) -> int:
        path = folder / file
        text = path.read_text("utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        path.write_text(text.replace(old, new), "utf-8")
        return text[: text.index(old)].count("\n") + 1

    return change


@pytest.fixture
def problems(folder: Path) -> Problems:
    """What reading and expanding the copy complains about."""

    def complaints() -> tuple[Problem, ...]:
        try:
            expand(load_campaign(folder / "campaign.yaml"))
        except CampaignError as error:
            return error.problems
        return ()

    return complaints
