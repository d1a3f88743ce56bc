# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Files with everything wrong in them: each mistake is told, once, at its line, all in one answer."""

import re
import shutil
from pathlib import Path

import pytest

from adseal_templates import CampaignError, expand, load_campaign

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"

# Each line that is wrong says so: `# field: words of the message`.
BAD_BRIEF = """\
id: Two Person Tent  # id: is not an id
name: 2026  # name: must be text, not 2026
objective: sales  # objective: 'sales' is not a objective
locales: [en-US, ar_AE, zh-CN]  # locales[1]: is not a language tag
jurisdictions: [Germany]  # jurisdictions[0]: is not a jurisdiction
template: offer-price@latest  # template: is not a template with its version
messaging:
  headline: {en-US: ""}  # messaging.headline.en-US: is empty
  cta: {english: Buy}  # messaging.cta.english: is not a language tag
  key_messages: [5]  # messaging.key_messages[0]: must be text, not 5
prize: 12  # prize: is not a known field
scene:
  subject: a tent
  palette: [primary, mauve]  # scene.palette[1]: is not a palette colour
  camera: sideways  # scene.camera: is 'sideways'
  shots:
    place: {lens: 35}  # scene.shots.place.lens: is not a known field
sound: {mood: loud, tempo_bpm: 400}  # sound.mood: is not a mood
reference_assets:
  - {url: "http://x.example/a.png", role: mood_board}  # reference_assets[0].url: is not an https address
compliance:
  required_disclosures:
    - text: Terms apply
      min_duration_ms: 0  # compliance.required_disclosures[0].min_duration_ms: greater than or equal to 1
      persistence: forever  # compliance.required_disclosures[0].persistence: is 'forever'
"""

BAD_BRAND = """\
id: fernhut
names: {}  # names: has no text
logos:
  - {path: logos/nowhere.png}  # logos[0].path: there is no file
  - {path: brand.yaml}  # logos[1].path: is not a PNG, JPEG or WebP
  - {background: dark}  # logos[2].background: is 'dark'
colors: {primary: green, accent: "#fff"}  # colors.primary: is not a colour
fonts:
  headline: {family: Montserrat, weight: 1000, fallbacks: {arabic: Noto}}  # fonts.headline.weight: less than
tone: {voice: true}  # tone.voice: must be text
disclaimers: [{text: Ok, required: maybe}]  # disclaimers[0].required: must be true or false
compliance:
  prohibited_claims: cheapest  # compliance.prohibited_claims: must be a list
"""

BAD_CAMPAIGN = """\
id: autumn-tents
name: Autumn
brand: brand.yaml
briefs: [briefs/two-person-tent.yaml, briefs/none.yaml]  # briefs[1]: no such file
template: offer-prise@2026-11  # template: there is no template 'offer-prise@2026-11'
placements:
  - tiktok-infeed-9x16
  - tiktok  # placements[1]: there is no placement 'tiktok'
seed: minus one  # seed: must be a whole number
variants: 0  # variants: greater than or equal to 1
model: {name: mini, steps: 0}  # model.steps: greater than or equal to 1
output: {naming: "{brand}/{brief}"}  # output.naming: holds characters file names cannot
"""


def expected(text: str) -> list[tuple[int, str, str]]:
    """Line, field and words, as the comments in a bad file say."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        match = re.search(r"  # (\S+): (.+)$", line)
        if match:
            found.append((number, match[1], match[2]))
    return found


@pytest.fixture
def retail(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLES / "retail-offer", tmp_path / "retail"))


FILES = {"campaign.yaml": BAD_CAMPAIGN, "brand.yaml": BAD_BRAND, "briefs/two-person-tent.yaml": BAD_BRIEF}


def test_every_mistake_of_every_file_is_told_in_one_answer_with_its_line(retail: Path) -> None:
    for name, text in FILES.items():
        (retail / name).write_text(text, "utf-8")
    with pytest.raises(CampaignError) as caught:
        load_campaign(retail / "campaign.yaml")
    told = [
        (str(Path(p.file).relative_to(retail)), p.line, p.field, p.message) for p in caught.value.problems
    ]
    for name, text in FILES.items():
        for line, field, words in expected(text):
            here = [t for t in told if t[0] == name and t[1] == line and t[2] == field]
            assert len(here) == 1, (name, line, field, [t for t in told if t[0] == name])
            assert words in here[0][3], here
    assert len({(file, field) for file, _, field, _ in told}) == len(told), "a field is told twice"
    assert len(str(caught.value).splitlines()) == len(told) >= 35


@pytest.mark.parametrize("name", FILES)
def test_one_bad_file_among_good_ones_is_told_as_completely(retail: Path, name: str) -> None:
    (retail / name).write_text(FILES[name], "utf-8")
    with pytest.raises(CampaignError) as caught:
        expand(load_campaign(retail / "campaign.yaml"))
    told = {(p.line, p.field) for p in caught.value.problems if p.file == str(retail / name)}
    assert {(line, field) for line, field, _ in expected(FILES[name])} <= told


def test_what_only_shows_together_is_told_for_all_briefs_at_once(retail: Path) -> None:
    brief = retail / "briefs" / "two-person-tent.yaml"
    good = brief.read_text("utf-8")
    worse = (
        good.replace("    zh-CN: 双人帐篷\n", "")
        .replace("en-US: Pick a colour", "en-US: Pick one of our many colours")
        .replace("a small tent on a meadow", "a Fernhut tent on a meadow")
        .replace("en-US: The two-person tent.", "en-US: The cheapest tent.")
        .replace("sound:", "  shots: {plaza: {light: sunlight}}\nsound:")
    )
    brief.write_text(worse, "utf-8")
    campaign = retail / "campaign.yaml"
    campaign.write_text(campaign.read_text("utf-8").replace("x-video-1x1", "amazon-ctv-16x9"), "utf-8")
    with pytest.raises(CampaignError) as caught:
        load_campaign(campaign)
    assert {(Path(p.file).name, p.field) for p in caught.value.problems} == {
        (brief.name, "messaging.headline.zh-CN"),
        (brief.name, "messaging.headline.en-US"),
        (brief.name, "messaging.cta.en-US"),
        (brief.name, "scene.subject"),
        (brief.name, "scene.shots.plaza"),
        ("campaign.yaml", "placements[2]"),
    }
    assert all(p.line > 1 for p in caught.value.problems)
