# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The decision on plain data: every verdict, every axis, every attack that is not about bytes."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from adseal_provenance.credentials.trust import AnchorList, Trust
from adseal_provenance.records.record import Record
from adseal_provenance.verdicts.evidence import (
    AiStatement,
    Candidate,
    Comparison,
    CredentialEvidence,
    Detection,
    Evidence,
    FileFacts,
    IngredientEvidence,
    Labels,
    Mark,
    MediaEvidence,
    Signer,
    SoftBinding,
)
from adseal_provenance.verdicts.report import AXES, Report
from adseal_provenance.verdicts.verdict import Setting, decide

PICTURE, SOUND = "io.adseal.picture.1", "io.adseal.sound.1"
A, B = "aaaaaaaaaaaa", "bbbbbbbbbbbb"
NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
TRUST = Trust(lists=(AnchorList("partners.pem", "user", "pem"),))
GOOD = (
    "signingCredential.trusted",
    "claimSignature.validated",
    "assertion.hashedURI.match",
    "assertion.bmffHash.match",
)
BARE = tuple(code for code in GOOD if code != "assertion.bmffHash.match")
MISMATCH = ("assertion.bmffHash.mismatch",)
ABSENT = CredentialEvidence(status="absent")


def credential(**changes: Any) -> CredentialEvidence:
    """An embedded credential that stands, signed by somebody trusted, naming locator A in picture and
    sound."""
    values: dict[str, Any] = {
        "status": "present",
        "manifest_id": "urn:c2pa:1",
        "success": GOOD,
        "informational": ("signingCredential.ocsp.skipped", "assertion.bmffHash.additionalExclusionsPresent"),
        "trusted_by": "partners.pem",
        "trusted_kind": "user",
        "signer": Signer(common_name="Ada", organization="Example", not_after="2027-11-23T14:42:54+00:00"),
        "title": "Summer offer",
        "soft_bindings": (SoftBinding(algorithm=PICTURE, value=A), SoftBinding(algorithm=SOUND, value=A)),
        "ai": (AiStatement(where="c2pa.created", source_type="trainedAlgorithmicMedia", agent="mini"),),
    }
    return CredentialEvidence(**{**values, **changes})


def store(**changes: Any) -> CredentialEvidence:
    return credential(**{"success": BARE, "failure": MISMATCH, **changes})


def mark(
    locator: str = A, algorithm: str = PICTURE, log10_p: float = -20.0, key_id: str = "deadbeef"
) -> Mark:
    return Mark(algorithm=algorithm, id=locator, key_id=key_id, log10_p=log10_p, spans=((0.0, 5.5),))


def media(*marks: Mark, **changes: Any) -> MediaEvidence:
    found = {m.algorithm for m in marks}
    detection = Detection(
        marks=marks,
        picture="found" if PICTURE in found else "not_found",
        sound="found" if SOUND in found else "not_found",
    )
    values = {"status": "readable", "detection": detection, "has_sound": True}
    return MediaEvidence(**{**values, **changes})


def record(
    locator: str = A, manifest_id: str = "urn:c2pa:1", algorithms: tuple[str, ...] = (PICTURE, SOUND)
) -> Record:
    return Record(
        locator=locator,
        key_id="deadbeef",
        algorithms=algorithms,
        manifest_id=manifest_id,
        manifest_store=b"",
        fingerprint=b"",
        title="Summer offer",
        sha256="ab" * 32,
        plan_hash=None,
        created_at=NOW,
        duration_s=6.0,
    )


AGREES = Comparison(0.93, True, (1.0, 6.0))
DISAGREES = Comparison(0.11, False, None)


def candidate(
    found: CredentialEvidence | None = None, comparison: Comparison | None = AGREES, **fields: Any
) -> Candidate:
    return Candidate(record(**fields), found or store(), comparison)


def judge(
    found: CredentialEvidence,
    seen: MediaEvidence,
    *candidates: Candidate,
    trust: Trust = TRUST,
    **options: Any,
) -> Report:
    facts = FileFacts(name="clip.mp4", size=1, sha256=options.pop("sha256", "cd" * 32))
    evidence = Evidence(file=facts, credential=found, media=seen)
    report = decide(evidence, candidates, Setting(trust, NOW, "1", **options))
    assert tuple(report.axes) == AXES
    assert Report.model_validate_json(report.model_dump_json()) == report
    assert all(warning in report.summary for warning in report.warnings)
    return report


# ---- intact


def test_an_untouched_sealed_file_is_intact() -> None:
    report = judge(credential(), media(mark(), mark(algorithm=SOUND)), candidate(), sha256="ab" * 32)
    assert report.verdict == "intact" and not report.warnings
    assert report.summary == "Intact and signed by 'Ada' of 'Example' (list 'partners.pem')."
    passed = {
        "credential",
        "integrity",
        "signer_trust",
        "ai_claim",
        "picture_watermark",
        "sound_watermark",
        "fingerprint",
    }
    assert {name for name in passed if report.axes[name].state != "pass"} == set()
    assert report.record is not None and report.record.same_bytes
    assert report.manifest is not None and report.manifest.signer_kind == "trusted"


def test_a_development_identity_is_never_called_trusted() -> None:
    report = judge(credential(trusted_by="development", trusted_kind="development"), media())
    assert report.verdict == "intact"
    assert (
        report.axes["signer_trust"].state == "warn" and "development" in report.axes["signer_trust"].sentence
    )
    assert "nobody vouches" in report.summary
    assert report.manifest is not None and report.manifest.signer_kind == "development"


def test_an_unknown_signer_is_no_sign_of_tampering() -> None:
    unknown = credential(
        success=GOOD[1:], failure=("signingCredential.untrusted",), trusted_by=None, trusted_kind=None
    )
    report = judge(unknown, media())
    assert report.verdict == "intact" and report.axes["integrity"].state == "pass"
    assert report.axes["signer_trust"].state == "warn" and "not on a trusted list" in report.summary
    without = judge(unknown, media(), trust=Trust())
    assert without.axes["signer_trust"].state == "not_checked" and "not checked" in without.summary


def test_a_tampered_source_warns_although_the_file_itself_stands() -> None:
    source = IngredientEvidence(
        title="raw.mp4", relationship="parentOf", has_credential=True, failures=MISMATCH
    )
    report = judge(credential(ingredients=(source,)), media())
    assert report.verdict == "intact"
    assert report.axes["ingredients"].state == "warn" and report.axes["ingredients"].codes == MISMATCH
    assert "source whose own credential failed" in report.summary


def test_a_source_signed_by_somebody_unknown_is_no_failed_source() -> None:
    failures = ("signingCredential.untrusted",)
    source = IngredientEvidence(
        title="raw.mp4", relationship="parentOf", has_credential=True, failures=failures
    )
    assert judge(credential(ingredients=(source,)), media()).axes["ingredients"].state == "pass"


@pytest.mark.parametrize("bindings", [(), (SoftBinding(algorithm=PICTURE, value=B),)])
def test_a_credential_put_onto_another_video_is_told(bindings: tuple[SoftBinding, ...]) -> None:
    found = credential(manifest_id="urn:c2pa:2", soft_bindings=bindings)
    report = judge(found, media(mark()), candidate())
    assert report.verdict == "intact"
    assert report.axes["picture_watermark"].state == "warn"
    assert "put onto another video" in report.summary and "belongs to 'Summer offer'" in report.summary


# ---- time and revocation


def test_without_a_time_stamp_the_last_day_is_told() -> None:
    axis = judge(credential(), media()).axes["time"]
    assert axis.state == "warn" and "2027-11-23" in axis.sentence


def test_a_trusted_time_stamp_passes_and_an_unknown_one_does_not() -> None:
    signer = Signer(
        common_name="Ada", time="2026-11-20T12:00:00+00:00", not_after="2027-11-23T14:42:54+00:00"
    )
    stamped = credential(success=(*GOOD, "timeStamp.validated", "timeStamp.trusted"), signer=signer)
    report = judge(stamped, media())
    assert report.axes["time"].state == "pass" and "2026-11-20" in report.axes["time"].sentence
    unknown = credential(informational=("timeStamp.untrusted",), signer=signer)
    report = judge(unknown, media())
    assert report.axes["time"].state == "warn" and report.axes["time"].codes == ("timeStamp.untrusted",)
    assert report.manifest is not None and report.manifest.signed_no_later_than is None


def test_an_expired_certificate_breaks_the_credential_but_not_the_bytes() -> None:
    expired = credential(
        success=GOOD[1:],
        failure=("signingCredential.expired", "signingCredential.untrusted"),
        trusted_by=None,
    )
    report = judge(expired, media())
    assert report.verdict == "broken"
    assert report.axes["integrity"].state == "pass" and report.axes["time"].state == "fail"
    assert "unchanged since signing" in report.summary and "expired" in report.summary
    assert report.manifest is not None and report.manifest.signer == ""


def test_a_withdrawn_certificate_breaks_the_credential() -> None:
    report = judge(credential(failure=("signingCredential.ocsp.revoked",)), media())
    assert report.verdict == "broken" and report.axes["revocation"].state == "fail"
    assert "withdrawn" in report.summary
    assert judge(credential(), media()).axes["revocation"].state == "not_checked"
    asked = credential(informational=("signingCredential.ocsp.notRevoked",))
    assert judge(asked, media()).axes["revocation"].state == "pass"


# ---- broken


@pytest.mark.parametrize(
    ("failure", "success", "words"),
    [
        (MISMATCH, BARE, "bytes changed"),
        (("claimSignature.mismatch",), ("assertion.bmffHash.match",), "credential itself changed"),
        (("assertion.hashedURI.mismatch",), GOOD, "credential itself changed"),
        (("claimSignature.mismatch", *MISMATCH), (), "So did the video"),
        ((), BARE, "not bound"),
    ],
)
def test_a_failing_credential_is_broken_and_nobody_is_named(
    failure: tuple[str, ...], success: tuple[str, ...], words: str
) -> None:
    report = judge(credential(failure=failure, success=success), media())
    assert report.verdict == "broken" and report.summary.startswith("NOT VALID")
    assert report.axes["credential"].state == report.axes["integrity"].state == "fail"
    assert words in report.axes["integrity"].sentence
    assert "Ada" not in report.summary
    assert report.manifest is not None and report.manifest.signer == "" and report.manifest.ai == ()


def test_an_unreadable_credential_is_broken_and_not_absent() -> None:
    report = judge(CredentialEvidence(status="unreadable", reason="bad CBOR"), media())
    assert report.verdict == "broken" and "unreadable" in report.summary
    assert report.axes["credential"].state == "fail" and "bad CBOR" in report.axes["credential"].sentence


def test_a_broken_file_whose_mark_leads_to_the_original_says_so() -> None:
    tampered = credential(success=BARE, failure=MISMATCH)
    report = judge(tampered, media(mark()), candidate())
    assert report.verdict == "broken"
    assert "registered original 'Summer offer' (urn:c2pa:1)" in report.summary
    assert report.axes["fingerprint"].state == "pass"
    assert "no record" in judge(tampered, media(mark())).summary


# ---- recovered


def test_a_copy_is_recovered_through_its_mark() -> None:
    report = judge(ABSENT, media(mark(), mark(algorithm=SOUND)), candidate())
    assert report.verdict == "recovered" and not report.warnings
    assert "copy of 'Summer offer', sealed by 'Ada'" in report.summary and "not covered" in report.summary
    assert report.axes["credential"].state == report.axes["integrity"].state == "warn"
    assert report.axes["signer_trust"].state == report.axes["ai_claim"].state == "pass"
    assert (
        report.manifest is not None
        and report.manifest.source == "registry"
        and report.manifest.signer == "Ada"
    )
    assert report.record is not None and report.record.span == (1.0, 6.0) and not report.record.same_bytes


@pytest.mark.parametrize("status", ["absent", "unsupported", "remote", "not_checked"])
def test_a_copy_is_recovered_whatever_became_of_its_credential(status: Any) -> None:
    assert judge(CredentialEvidence(status=status), media(mark()), candidate()).verdict == "recovered"


def test_sound_that_lost_its_mark_is_told() -> None:
    report = judge(ABSENT, media(mark()), candidate())
    assert report.verdict == "recovered" and report.axes["sound_watermark"].state == "warn"
    assert "sound" in report.summary
    silent = judge(ABSENT, media(mark(), has_sound=False), candidate())
    assert "no sound" in silent.axes["sound_watermark"].sentence
    unmarked = judge(ABSENT, media(mark()), candidate(algorithms=(PICTURE,)))
    assert unmarked.axes["sound_watermark"].state == "absent" and not unmarked.warnings


def test_a_copy_is_still_recovered_when_the_certificate_has_expired() -> None:
    old = store(
        failure=(*MISMATCH, "signingCredential.expired", "signingCredential.untrusted"), trusted_by=None
    )
    report = judge(ABSENT, media(mark(), mark(algorithm=SOUND)), candidate(old))
    assert report.verdict == "recovered" and "expired" in report.summary


def test_the_best_of_several_records_is_taken() -> None:
    worse = candidate(comparison=DISAGREES, manifest_id="urn:c2pa:9")
    better = candidate(store(manifest_id="urn:c2pa:1"))
    report = judge(ABSENT, media(mark()), worse, better)
    assert report.verdict == "recovered" and report.record is not None
    assert report.record.manifest_id == "urn:c2pa:1"


# ---- mismatch


@pytest.mark.parametrize(
    ("found", "comparison", "words"),
    [
        (store(), DISAGREES, "not that of the registered video"),
        (store(), None, "could not be compared"),
        (store(soft_bindings=(SoftBinding(algorithm=PICTURE, value=B),)), AGREES, "names another mark"),
        (store(soft_bindings=()), AGREES, "names another mark"),
        (store(manifest_id="urn:c2pa:7"), AGREES, "that of another video"),
        (store(failure=("claimSignature.mismatch",)), AGREES, "credential fails"),
        (store(failure=("signingCredential.ocsp.revoked",)), AGREES, "credential fails"),
        (store(success=()), AGREES, "credential fails"),
        (CredentialEvidence(status="unreadable"), AGREES, "cannot be read"),
    ],
)
def test_a_record_that_does_not_fit_is_a_mismatch(
    found: CredentialEvidence, comparison: Comparison | None, words: str
) -> None:
    report = judge(ABSENT, media(mark()), candidate(found, comparison))
    assert report.verdict == "mismatch" and words in report.summary
    assert report.manifest is None


def test_two_values_for_one_algorithm_are_rejected() -> None:
    double = store(
        soft_bindings=(SoftBinding(algorithm=PICTURE, value=A), SoftBinding(algorithm=PICTURE, value=B))
    )
    assert judge(ABSENT, media(mark()), candidate(double)).verdict == "mismatch"


def test_a_mark_made_with_another_key_than_the_record_names_is_a_mismatch() -> None:
    assert judge(ABSENT, media(mark(key_id="01234567")), candidate()).verdict == "mismatch"


def test_the_picture_of_one_ad_with_the_sound_of_another_is_a_mismatch() -> None:
    report = judge(ABSENT, media(mark(A), mark(B, SOUND)), candidate())
    assert report.verdict == "mismatch"
    assert "more than one sealed video" in report.summary


def test_a_montage_of_two_ads_is_not_a_copy_of_one() -> None:
    bound = tuple(SoftBinding(algorithm=name, value=B) for name in (PICTURE, SOUND))
    second = replace(record(B, "urn:c2pa:2"), title="Winter offer")
    other = Candidate(second, store(manifest_id="urn:c2pa:2", soft_bindings=bound), AGREES)
    report = judge(ABSENT, media(mark(A), mark(B)), candidate(), other)
    assert report.verdict == "mismatch" and "not a copy of one of them" in report.summary
    assert "'Summer offer' (seconds 0.0 to 5.5); 'Winter offer' (seconds 0.0 to 5.5)" in report.summary
    assert {part.title for part in report.parts} == {"Summer offer", "Winter offer"}


def test_a_montage_names_no_video_whose_picture_is_not_in_it() -> None:
    second = replace(record(B, "urn:c2pa:2"), title="Winter offer")
    other = Candidate(second, store(manifest_id="urn:c2pa:2"), DISAGREES)
    report = judge(ABSENT, media(mark(A), mark(B)), candidate(), other)
    assert report.verdict == "mismatch" and f"the unconfirmed mark {B}" in report.summary
    assert [part.title for part in report.parts] == ["Summer offer"]


# ---- marked, none, unreadable


def test_a_mark_without_a_record_is_marked() -> None:
    report = judge(ABSENT, media(mark()))
    assert report.verdict == "marked" and A in report.summary and "no record" in report.summary
    assert "no registry was asked" in judge(ABSENT, media(mark()), registry_asked=False).summary
    broken = judge(ABSENT, media(mark()), registry_problem="it is corrupt")
    assert broken.verdict == "marked" and "could not be asked: it is corrupt" in broken.summary


def test_a_weak_mark_is_shown_and_decides_nothing() -> None:
    report = judge(ABSENT, media(mark(log10_p=-3.0)), candidate())
    assert report.verdict == "none" and report.marks and report.record is None
    assert report.axes["picture_watermark"].state == "absent"


def test_nothing_found_says_nothing_about_where_a_video_comes_from() -> None:
    report = judge(ABSENT, media())
    assert report.verdict == "none" and "says nothing about where" in report.summary
    assert report.axes["credential"].state == "absent" and report.axes["integrity"].state == "not_checked"
    assert report.axes["ai_claim"].state == "absent"


def test_not_looked_for_is_not_the_same_as_not_found() -> None:
    report = judge(ABSENT, media(detection=Detection()))
    assert report.verdict == "none" and "not looked for" in report.summary
    assert report.axes["picture_watermark"].state == report.axes["sound_watermark"].state == "not_checked"
    remote = judge(CredentialEvidence(status="remote", reason="elsewhere"), media())
    assert remote.axes["credential"].state == "not_checked" and "not checked (elsewhere)" in remote.summary


def test_an_unsigned_label_is_told_as_what_it_is() -> None:
    report = judge(
        ABSENT, media(labels=Labels(source_types=("trainedAlgorithmicMedia",), aigc={"Label": "1"}))
    )
    assert report.verdict == "none" and report.axes["ai_claim"].state == "warn"
    assert "anyone can write" in report.axes["ai_claim"].sentence
    honest = judge(credential(ai=()), media())
    assert honest.axes["ai_claim"].state == "absent"


@pytest.mark.parametrize("status", ["unreadable", "failed"])
def test_nothing_found_is_never_said_of_what_was_not_looked_at(status: Any) -> None:
    report = judge(ABSENT, MediaEvidence(status=status, reason="the decoder died"))
    assert report.verdict == "unreadable" and "the decoder died" in report.summary
    assert report.axes["picture_watermark"].state == "not_checked"


def test_a_credential_that_was_not_examined_leaves_no_room_for_none() -> None:
    report = judge(CredentialEvidence(status="not_checked", reason="the examination failed"), media())
    assert report.verdict == "unreadable" and "examination failed" in report.summary


def test_an_intact_credential_survives_a_failed_search_for_marks() -> None:
    report = judge(credential(), MediaEvidence(status="failed", reason="out of memory"))
    assert report.verdict == "intact" and "not examined: out of memory" in report.summary


def test_a_file_that_could_not_be_opened_is_unreadable_on_every_axis() -> None:
    evidence = Evidence(
        file=FileFacts(name="x", code="not_found", problem="No such file"),
        credential=CredentialEvidence(status="not_checked"),
        media=MediaEvidence(status="not_checked"),
    )
    report = decide(evidence, (), Setting(TRUST, NOW, "1"))
    assert report.verdict == "unreadable" and {axis.state for axis in report.axes.values()} == {"not_checked"}
    assert "No such file" in report.summary


def test_the_json_form_is_stable() -> None:
    first = judge(credential(), media(mark()), candidate())
    second = judge(credential(), media(mark()), candidate())
    assert first.model_dump_json() == second.model_dump_json()
