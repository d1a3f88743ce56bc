# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""A credential judged at another moment than now."""

import datetime as dt

import pytest
from tests.provenance_kit import Seal

from adseal_provenance.verdicts.evidence import CredentialEvidence, Signer
from adseal_provenance.verdicts.moment import judged_at, parsed
from adseal_provenance.verify import verify

BEGINS, ENDS = "2026-01-01T00:00:00+00:00", "2027-01-01T00:00:00+00:00"
SIGNER = Signer(common_name="Ada", not_before=BEGINS, not_after=ENDS)
GOOD = ("claimSignature.insideValidity", "claimSignature.validated", "assertion.bmffHash.match")


def day(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{text}T12:00:00+00:00")


def found(**changes: object) -> CredentialEvidence:
    values: dict[str, object] = {"status": "present", "success": GOOD, "signer": SIGNER, **changes}
    return CredentialEvidence.model_validate(values)


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        ("2025-12-31", "claimSignature.outsideValidity"),
        ("2026-06-01", None),
        ("2027-01-02", "signingCredential.expired"),
    ],
)
def test_without_a_stamp_the_certificate_has_to_be_valid_at_the_moment(moment: str, code: str | None) -> None:
    then = judged_at(found(), day(moment))
    assert then.failure == (() if code is None else (code,))
    assert ("claimSignature.insideValidity" in then.success) == (code is None)


def test_a_certificate_that_has_ended_since_stood_then_but_no_list_can_be_asked() -> None:
    ended = found(success=GOOD[1:], failure=("signingCredential.expired", "signingCredential.untrusted"))
    then = judged_at(ended, day("2026-06-01"))
    assert then.failure == () and not then.judged
    assert judged_at(ended, day("2027-06-01")).failure == (
        "signingCredential.untrusted",
        "signingCredential.expired",
    )


def test_with_a_trusted_stamp_no_moment_changes_anything() -> None:
    stamped = found(success=(*GOOD, "timeStamp.validated", "timeStamp.trusted"))
    assert judged_at(stamped, day("2099-01-01")) == stamped


@pytest.mark.parametrize("other", ["absent", "unreadable", "not_checked"])
def test_what_is_no_credential_has_no_dates(other: str) -> None:
    assert judged_at(found(status=other), day("2099-01-01")) == found(status=other)


@pytest.mark.parametrize("text", [None, "", "yesterday", "2026-01-01", "2026-01-01T00:00:00"])
def test_a_moment_without_a_zone_is_none(text: str | None) -> None:
    assert parsed(text) is None


@pytest.mark.parametrize(
    ("days", "verdict", "code"),
    [
        (-10, "broken", "certificate_not_yet_valid"),
        (100, "intact", "stamp_missing"),
        (400, "broken", "certificate_expired"),
    ],
)
def test_a_sealed_file_is_judged_as_of_the_day_that_was_asked_about(
    seal: Seal, days: int, verdict: str, code: str
) -> None:
    moment = dt.datetime.now(dt.UTC) + dt.timedelta(days=days)
    report = verify(seal.path, trust=seal.trust, at=moment)
    assert (report.verdict, report.axes["time"].code) == (verdict, code), report.summary
    assert report.judged_at == moment and report.axes["integrity"].state == "pass"
    if verdict == "broken":
        assert "unchanged since signing" in report.summary
