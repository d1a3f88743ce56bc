# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Sealing with a key in a token, with time stamps that come at once or later, and with a history that stays."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import adseal
from adseal.demo import platform
from adseal.home import Home
from adseal.sealing import _remade, seal_clip
from adseal_provenance.credentials import credential
from adseal_provenance.credentials.credential import open_reader
from adseal_provenance.credentials.trust import Trust
from tests.provenance_tokens import PIN, make_token
from tests.time_authority import Authority, time_authority

from .conftest import run_program

DEAD = "http://127.0.0.1:9/"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with time_authority(tmp_path_factory.mktemp("tsa")) as running:
        yield running


def manifest_of(path: Path) -> dict[str, Any]:
    with path.open("rb") as file, open_reader("video/mp4", file, "") as reader:
        store = json.loads(reader.json())
    return dict(store["manifests"][store["active_manifest"]])


def trusting(home: Path, authority: Authority) -> None:
    """Put the authority's root where this home looks for such."""
    (home / "trust" / "tsa").mkdir(parents=True, exist_ok=True)
    shutil.copy(authority.root, home / "trust" / "tsa" / "authority.pem")


def test_a_token_signs_and_an_authority_stamps(
    plain_video: Path, own_home: Path, authority: Authority, tmp_path: Path
) -> None:
    token = make_token(tmp_path)
    token.generate("claim", "p256")
    assert (
        run_program("pki", "init", "--signer", token.address("claim"), home=tmp_path / "hsm").returncode == 0
    )
    address = token.address("claim", chain=tmp_path / "hsm" / "identity" / "chain.pem")
    out = tmp_path / "sealed.mp4"
    words = ("--signer", address, "--tsa", DEAD, "--tsa", authority.url, "--json")
    ran = run_program("seal", plain_video, "-o", out, *words, home=own_home)
    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout)
    assert (said["time_stamp"], said["verifies_until"]) == ("stamped", None)
    assert PIN not in ran.stdout + ran.stderr
    assert not (own_home / "identity").exists()
    trusting(own_home, authority)
    report = json.loads(run_program("verify", out, "--json", home=own_home).stdout)
    assert (report["verdict"], report["axes"]["time"]["state"]) == ("intact", "pass")
    picture = manifest_of(out)["thumbnail"]
    assert picture["format"] == "image/jpeg"


def test_a_time_stamp_that_is_missing_comes_later(
    plain_video: Path, own_home: Path, authority: Authority, tmp_path: Path
) -> None:
    out = tmp_path / "sealed.mp4"
    refused = run_program("seal", plain_video, "-o", out, "--tsa", DEAD, "--json", home=own_home)
    error = json.loads(refused.stdout)["error"]
    assert (refused.returncode, error["code"], error["retryable"]) == (1, "time_stamp", True)
    assert not out.exists() and json.loads(run_program("stamps", "list", "--json", home=own_home).stdout) == {
        "waiting": []
    }

    ran = run_program("seal", plain_video, "-o", out, "--tsa", DEAD, "--stamp-later", "--json", home=own_home)
    said = json.loads(ran.stdout)
    assert (
        said["time_stamp"] == "pending"
        and said["verifies_until"] == f"{Home(own_home).identity().not_after:%Y-%m-%d}"
    )
    assert "adseal stamps retry" in " ".join(said["notes"])
    (entry,) = json.loads(run_program("stamps", "list", "--json", home=own_home).stdout)["waiting"]
    assert (entry["path"], entry["stops_verifying"]) == (str(out), said["verifies_until"])
    again = run_program("stamps", "retry", "--json", home=own_home)
    (tried,) = json.loads(again.stdout)["stamps"]
    assert (again.returncode, tried["outcome"]) == (1, "waiting") and DEAD in tried["detail"]

    done = run_program("stamps", "retry", "--tsa", authority.url, "--json", home=own_home)
    assert (done.returncode, json.loads(done.stdout)["stamps"][0]["outcome"]) == (0, "stamped"), done.stdout
    assert json.loads(run_program("stamps", "list", "--json", home=own_home).stdout)["waiting"] == []
    trusting(own_home, authority)
    report = json.loads(run_program("verify", out, "--json", home=own_home).stdout)
    assert (report["verdict"], report["axes"]["time"]["state"]) == ("intact", "pass")
    assert report["record"]["same_bytes"] is True and report["sha256"] != said["sha256"]
    copy = tmp_path / "copy.mp4"
    platform.reencode(out, copy)
    recovered = json.loads(run_program("verify", copy, "--json", home=own_home).stdout)
    assert (recovered["verdict"], recovered["axes"]["time"]["state"]) == ("recovered", "pass")


def test_a_waiting_video_that_is_gone_or_another_one_is_forgotten(own_home: Path, tmp_path: Path) -> None:
    from adseal import stamps

    for name, content in (("gone.mp4", None), ("other.mp4", b"something else")):
        if content is not None:
            (tmp_path / name).write_bytes(content)
        entry = stamps.entry_for(
            path=tmp_path / name,
            manifest_id=f"urn:c2pa:{name}",
            sha256="ab" * 32,
            registry=None,
            home=Home(own_home, time_authorities=(DEAD,)).make(),
            stops_verifying="2027-11-20",
        )
        stamps.remember(Home(own_home), entry)
    assert [e.path.rsplit("/", 1)[-1] for e in stamps.waiting(Home(own_home))] == ["gone.mp4", "other.mp4"]
    tried = stamps.retry(Home(own_home))
    assert [entry.outcome for entry in tried] == ["gone", "changed"]
    assert stamps.waiting(Home(own_home)) == []


def test_sealing_a_sealed_video_keeps_its_history(plain_video: Path, own_home: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first.mp4", tmp_path / "second.mp4"
    home = Home(own_home)
    adseal.seal(plain_video, first, title="First", ai_generated=True, system_name="Dreamer", home=home)
    adseal.seal(first, second, title="Second", home=home)
    found = credential.read_file(second, Trust.of(development=[str(home.identity().root_pem)]))
    assert found.failure == () and found.title == "Second"
    parents = [i for i in found.ingredients if i.relationship == "parentOf"]
    assert [(i.title, i.has_credential, i.failures) for i in parents] == [
        ("first.mp4", True, ()),
        (plain_video.name, False, ()),
    ]
    # What the first seal said about AI is still said, by the first seal.
    assert "trainedAlgorithmicMedia" in {statement.source_type for statement in found.ai}
    assert credential.read_file(first, Trust()).claims["system"] == "Dreamer"


@pytest.mark.parametrize("published", [False, True])
def test_a_prompt_is_published_only_by_choice(
    published: bool, plain_video: Path, own_home: Path, tmp_path: Path
) -> None:
    home, prompt = Home(own_home), "Silk folds in deep teal, 柔らかい光"
    made = _remade(plain_video, tmp_path / "made.mp4", home, profile="robust", gain=1.0, label=lambda _: {})
    out = tmp_path / "clip.mp4"
    model: Any = SimpleNamespace(name="mini", version="2.0")
    seal_clip(
        made,
        out,
        title="Clip",
        provider="Example Ads",
        prompt=prompt,
        home=home,
        registry=None,
        model=model,
        publish_prompts=published,
    )
    assert (prompt.encode() in out.read_bytes()) is published
    (ingredient,) = [i for i in manifest_of(out)["ingredients"] if i["relationship"] == "inputTo"]
    assert ingredient["title"] == ("prompts" if published else "prompts (hash only)")
