# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Rules on plain facts: every rule of the table met, not met, not checked; and nothing claimed that was not seen."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adseal_provenance.credentials.container import AIGC_KEYS
from adseal_provenance.errors import RulesError
from adseal_provenance.rules.checks import CHECKS
from adseal_provenance.rules.engine import check, comply
from adseal_provenance.rules.facts import PlanFacts, VideoFacts, VisibleLabel, facts_of
from adseal_provenance.rules.labels import label_needs
from adseal_provenance.rules.load import law_names, laws
from adseal_provenance.rules.model import Finding
from adseal_provenance.verdicts.evidence import AiStatement, Labels
from adseal_provenance.verdicts.report import AXES, Axis, ManifestFacts, MediaFacts, Report

CLAIMS = {
    "provider": "Example Ads GmbH",
    "system": "Adseal mini",
    "systemVersion": "1.0",
    "createdAt": "2026-11-20T12:00:00Z",
    "contentId": "0123456789ab",
    "createdOrAltered": "created",
    "planHash": "cd" * 32,
}
TAG = dict.fromkeys(AIGC_KEYS, "x") | {"Label": "1"}
EARLY = VisibleLabel("AI generated", 0.0, 6.0, 0.06)
GOOD = VideoFacts(
    readable=True,
    stands=True,
    embedded=True,
    axes=dict.fromkeys(AXES, "pass"),
    ai_where=("c2pa.created",),
    claims=CLAIMS,
    manifest_id="urn:c2pa:1",
    registered=True,
    has_sound=True,
    xmp_source_types=("trainedAlgorithmicMedia",),
    aigc=TAG,
    duration_s=6.0,
    labels=(EARLY,),
    declared={"deep-fake": True, "synthetic-performer": True, "platform-toggle": True},
)


def found(facts: VideoFacts, rule: str) -> Finding:
    every = check(facts, laws(law_names()))
    return next(finding for finding in every if finding.id == rule)


def axes(**states: str) -> Mapping[str, str]:
    return {**GOOD.axes, **states}


def without(field: str) -> dict[str, Any]:
    return {"claims": {name: value for name, value in CLAIMS.items() if name != field}}


BARE: dict[str, Any] = {"stands": False, "embedded": False, "claims": {}, "ai_where": (), "manifest_id": None}
# rule, the one change that makes it fail, and the state it then has
ONE_THING_WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("EU-1", {"axes": axes(picture_watermark="absent")}, "not_met"),
    ("EU-1", {"axes": axes(picture_watermark="not_checked")}, "not_checked"),
    ("EU-1", BARE, "not_met"),
    ("EU-2", {"axes": axes(time="warn")}, "not_met"),
    ("EU-2", BARE, "not_met"),
    ("EU-3", {"ai_where": ()}, "not_met"),
    ("EU-4", {"axes": axes(sound_watermark="absent")}, "not_met"),
    ("EU-4", {"axes": axes(sound_watermark="warn")}, "not_met"),
    ("EU-7", {"axes": axes(ingredients="warn")}, "not_met"),
    ("EU-8", {"labels": (replace(EARLY, start_s=0.5),)}, "not_met"),
    ("EU-8", {"labels": (replace(EARLY, at_once=False),)}, "not_met"),
    ("EU-8", {"labels": (replace(EARLY, text="KI-generiert"),)}, "not_met"),
    ("EU-8", {"labels": None, "labels_problem": "no plan"}, "not_checked"),
    ("EU-8", {"declared": {}}, "not_checked"),
    ("CA-1", without("provider"), "not_met"),
    ("CA-2", without("systemVersion"), "not_met"),
    ("CA-3", without("createdAt"), "not_met"),
    ("CA-4", without("contentId"), "not_met"),
    ("CA-5", without("createdOrAltered"), "not_met"),
    ("CA-6", {"axes": axes(picture_watermark="absent")}, "not_met"),
    ("CA-6", {"registered": False}, "not_checked"),
    ("WA-1", {"embedded": False}, "not_met"),
    ("NY-1", {"labels": ()}, "not_met"),
    ("NY-1", {"declared": {}}, "not_checked"),
    ("CN-1", {"labels": (replace(EARLY, letters=0.049),)}, "not_met"),
    ("CN-1", {"labels": (replace(EARLY, end_s=1.9),)}, "not_met"),
    ("CN-2", {"aigc": None}, "not_met"),
    ("CN-2", {"aigc": {k: v for k, v in TAG.items() if k != "ReservedCode2"}}, "not_met"),
    ("CN-2", {"aigc": TAG | {"ProduceID": " "}}, "not_met"),
    ("IN-1", {"labels": ()}, "not_met"),
    ("IN-1-ID", BARE, "not_met"),
    ("PF-1", {"xmp_source_types": ("digitalCapture",)}, "not_met"),
    ("PF-2", {"declared": {"platform-toggle": False}}, "not_met"),
    ("PF-2", {"declared": {}}, "cannot_check"),
    ("PF-3", {"embedded": False}, "not_met"),
]
BY_NATURE = {"EU-5", "EU-6", "CA-6", "CN-3"}


def test_a_video_with_everything_meets_every_rule_a_program_can_check() -> None:
    states = {f.id: f.state for f in check(GOOD, laws(law_names()))}
    assert {rule for rule, state in states.items() if state != "met"} == BY_NATURE
    assert {states[rule] for rule in BY_NATURE} == {"cannot_check"}


@pytest.mark.parametrize(("rule", "change", "state"), ONE_THING_WRONG)
def test_one_thing_wrong_fails_the_rule_that_asks_for_it(
    rule: str, change: dict[str, Any], state: str
) -> None:
    assert found(GOOD, rule).state in ("met", "cannot_check")
    finding = found(replace(GOOD, **change), rule)
    assert finding.state == state, finding.detail
    assert finding.do and finding.detail.endswith(".")


def test_every_rule_of_the_files_is_tried_above_or_cannot_be_checked() -> None:
    every = {rule.id for law in laws(law_names()) for rule in law.rules}
    assert every == {rule for rule, _, _ in ONE_THING_WRONG} | BY_NATURE


def test_every_rule_says_where_it_comes_from_and_names_a_check() -> None:
    for law in laws(law_names()):
        assert law.read <= dt.date(2026, 11, 22)
        for rule in law.rules:
            assert rule.check["kind"] in CHECKS, rule.id
            assert rule.source and rule.clause and rule.do.endswith(".") and rule.says.endswith(".")
            assert rule.date <= law.read
        if law.label is not None:
            assert law.label.law == law.law
            same = [r for r in law.rules if r.check["kind"] == "visible_label"]
            for name in ("when", "from_s", "min_s", "letters", "must_contain"):
                assert {r.check.get(name) for r in same} == {getattr(law.label, name)}, (law.law, name)


def test_silence_needs_no_mark() -> None:
    finding = found(replace(GOOD, has_sound=False, axes=axes(sound_watermark="not_checked")), "EU-4")
    assert finding.state == "met" and "no sound" in finding.detail


def test_whoever_states_that_there_is_no_performer_is_quoted_and_not_believed() -> None:
    finding = found(replace(GOOD, declared={"synthetic-performer": False}, labels=None), "NY-1")
    assert (
        finding.state == "met" and "You state" in finding.detail and "nothing here checks" in finding.detail
    )


def report(**changes: Any) -> Report:
    passed = Axis(state="pass", code="x", sentence="x")
    manifest = ManifestFacts(
        source="embedded",
        manifest_id="urn:c2pa:1",
        claims=CLAIMS,
        ai=(AiStatement(where="c2pa.created", source_type="trainedAlgorithmicMedia"),),
    )
    values: dict[str, Any] = {
        "file": "a.mp4",
        "sha256": "ab" * 32,
        "verdict": "intact",
        "summary": "",
        "warnings": (),
        "axes": dict.fromkeys(AXES, passed),
        "marks": (),
        "manifest": manifest,
        "record": None,
        "media": MediaFacts(duration_s=6.0, has_sound=True, labels=Labels(aigc=TAG)),
        "checked_at": dt.datetime(2026, 11, 22, tzinfo=dt.UTC),
        "version": "1",
    }
    return Report(**{**values, **changes})


@pytest.mark.parametrize("verdict", ["broken", "mismatch", "marked", "none"])
def test_what_a_credential_that_does_not_stand_says_counts_for_nothing(verdict: Any) -> None:
    facts = facts_of(report(verdict=verdict))
    assert not facts.stands and not facts.claims and not facts.ai_where and facts.manifest_id is None
    states = {f.id: f.state for f in check(facts, laws(["us-ca", "us-wa", "eu"]))}
    assert {states[rule] for rule in ("CA-1", "CA-5", "WA-1", "EU-1", "EU-2", "EU-3")} == {"not_met"}


def test_a_recovered_copy_meets_the_law_of_the_link_and_not_that_of_the_file() -> None:
    facts = facts_of(report(verdict="recovered"))
    assert found(facts, "CA-1").state == "met" and "registered credential" in found(facts, "CA-1").detail
    assert found(facts, "WA-1").state == "not_met"


def test_labels_of_another_plan_than_the_credential_names_are_not_believed() -> None:
    mine, other = (PlanFacts(plan_hash=h * 32, labels=(EARLY,)) for h in ("cd", "ef"))
    assert found(facts_of(report(), plan=mine), "CN-1").state == "met"
    finding = found(facts_of(report(), plan=other), "CN-1")
    assert finding.state == "not_checked" and "does not name the plan" in finding.detail
    assert found(facts_of(report()), "CN-1").state == "not_checked"


def test_a_file_that_could_not_be_read_is_not_checked_and_never_not_met() -> None:
    unread = report(verdict="unreadable", manifest=None, media=MediaFacts())
    answer = comply(unread, laws(law_names()))
    assert {f.state for f in answer.findings} == {"not_checked", "cannot_check"} and not answer.met


def test_the_answer_says_that_it_is_no_advice_and_which_laws_are_not_in_force_yet() -> None:
    answer = comply(report(), laws(["us-wa", "cn"]))
    assert "not legal advice" in answer.notice
    assert {law.law: law.in_force_now for law in answer.laws} == {"us-wa": False, "cn": True}
    assert type(answer).model_validate_json(answer.model_dump_json()) == answer


def test_an_unknown_law_is_named_with_those_there_are() -> None:
    with pytest.raises(RulesError) as caught:
        laws(["eu", "atlantis"])
    assert caught.value.code == "unknown_law" and "platform:tiktok" in caught.value.hint
    with pytest.raises(RulesError):
        laws([" "])
    assert [law.law for law in laws([" EU ", "eu", "cn"])] == ["eu", "cn"]


def test_a_label_is_needed_where_the_law_says_so_and_only_then() -> None:
    every = [name for name in law_names() if not name.startswith("platform:")]
    assert {need.law for need in label_needs(every)} == {"cn", "in"}
    assert {need.law for need in label_needs(every, deep_fake=True)} == {"cn", "in", "eu"}
    assert {need.law for need in label_needs(["us-ny"], synthetic_performer=True)} == {"us-ny"}


STATES = st.sampled_from(["pass", "fail", "warn", "absent", "not_checked"])


@settings(max_examples=200, deadline=None)
@given(
    data=st.fixed_dictionaries(
        {
            "stands": st.booleans(),
            "embedded": st.booleans(),
            "axes": st.dictionaries(st.sampled_from(AXES), STATES),
            "claims": st.dictionaries(st.sampled_from(list(CLAIMS)), st.text(max_size=3)),
            "has_sound": st.none() | st.booleans(),
            "aigc": st.none() | st.dictionaries(st.sampled_from(AIGC_KEYS), st.text(max_size=3)),
            "labels": st.none()
            | st.lists(
                st.builds(VisibleLabel, st.text(max_size=3), *[st.floats(-1, 9)] * 3, st.booleans()),
                max_size=2,
            ).map(tuple),
            "declared": st.dictionaries(st.sampled_from(["deep-fake", "platform-toggle"]), st.booleans()),
        }
    )
)
def test_no_facts_make_a_check_raise_and_nothing_unseen_is_met(data: dict[str, Any]) -> None:
    assert set(data) <= {field.name for field in fields(VideoFacts)}
    facts = replace(GOOD, **data)
    for finding in check(facts, laws(law_names())):
        if finding.state == "met" and finding.id in ("CN-1", "IN-1"):
            assert facts.labels
        if finding.state == "met" and finding.id.startswith("CA-"):
            assert facts.stands
