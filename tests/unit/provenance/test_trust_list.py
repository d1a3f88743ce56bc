# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Published trust lists: both forms, every reason to refuse one, and what a report says of a list that vouches."""

import base64
import datetime as dt
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import ROOT
from tests.provenance_kit import Seal
from tests.trust_lists import CLAIM_SIGNING, NOW, TIME_STAMPING, as_json, as_pem, authority

from adseal_provenance.credentials import credential
from adseal_provenance.credentials.trust import AnchorList, Trust
from adseal_provenance.credentials.trust_list import (
    MAX_LIST_BYTES,
    ListFacts,
    PublishedList,
    Purpose,
    read_list,
)
from adseal_provenance.errors import TrustError
from adseal_provenance.verdicts import axes

ONE, TWO = authority("One"), authority("Two", CLAIM_SIGNING)
TIMES = authority("Clock", TIME_STAMPING)
GONE = authority("Gone", None, dt.datetime(2026, 1, 1))


def read(content: bytes, purpose: Purpose = "signers") -> PublishedList:
    return read_list(content, purpose=purpose, now=NOW, name="list.pem")


def refused(content: bytes, purpose: Purpose = "signers") -> TrustError:
    with pytest.raises(TrustError) as caught:
        read(content, purpose)
    assert caught.value.hint
    return caught.value


def _lists() -> list[tuple[Purpose, dict[str, bytes]]]:
    """The official lists where they are at hand, else lists of the same form."""
    folder = Path(os.environ.get("ADSEAL_TEST_DATA", ROOT.parent / "shared")) / "data" / "c2pa"
    if (folder / "C2PA-TRUST-LIST.json").exists():
        return [
            (purpose, {end: (folder / f"{name}.{end}").read_bytes() for end in ("pem", "json")})
            for purpose, name in (("signers", "C2PA-TRUST-LIST"), ("tsa", "C2PA-TSA-TRUST-LIST"))
        ]
    return [
        ("signers", {"pem": as_pem(ONE, TWO), "json": as_json(TWO, ONE)}),
        ("tsa", {"pem": as_pem(ONE, TIMES), "json": as_json(TIMES, ONE, title="C2PA TSA Trust List")}),
    ]


@pytest.mark.parametrize(("purpose", "forms"), _lists())
def test_both_forms_of_a_published_list_hold_the_same_anchors(
    purpose: Purpose, forms: dict[str, bytes]
) -> None:
    pem, document = (read(forms[end], purpose) for end in ("pem", "json"))
    assert pem.anchors == document.anchors >= 2
    first, second = (set(published.pem.split("-----BEGIN CERTIFICATE-----")) for published in (pem, document))
    assert first == second and len(first) == pem.anchors + 1
    assert "Trust List" in document.title and ("TSA" in document.title) == (purpose == "tsa")
    assert document.issued == dt.date(2026, 8, 5) and document.next_update == dt.date(2027, 8, 5)
    assert (pem.title, pem.issued) == ("", None)
    other: Purpose = "tsa" if purpose == "signers" else "signers"
    for content in forms.values():
        assert refused(content, other).code == "trust_wrong_kind"


def test_a_service_that_is_not_trusted_any_more_is_no_anchor() -> None:
    document = json.loads(as_json(ONE, TWO))
    service = document["LoTE"]["TrustedEntitiesList"][0]["TrustedEntityServices"][0]["ServiceInformation"]
    service["ServiceStatus"] = "http://c2pa.org/conformance/trust-list/withdrawn"
    assert read(json.dumps(document).encode()).anchors == 1


def test_one_expired_entry_is_counted_and_a_list_of_nothing_else_is_refused() -> None:
    assert (read(as_pem(ONE, GONE)).anchors, read(as_pem(ONE, GONE)).expired) == (2, 1)
    error = refused(as_pem(GONE))
    assert error.code == "trust_expired" and "entry 1 (Gone)" in str(error)


@pytest.mark.parametrize("form", [as_pem, as_json])
def test_an_entry_that_stands_there_twice_is_named(form: Any) -> None:
    error = refused(form(ONE, TWO, ONE))
    assert error.code == "trust_duplicate" and "entry 3" in str(error) and "entry 1" in str(error)


def test_a_private_key_is_named_and_never_repeated() -> None:
    key = b"-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\n-----END PRIVATE KEY-----\n"
    error = refused(as_pem(ONE) + key)
    assert error.code == "trust_private_key" and "entry 2" in str(error)
    assert "MIGH" not in f"{error} {error.hint} {error.__cause__}"


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (
            as_pem(ONE) + b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "trust_damaged",
            "entry 2",
        ),
        (as_pem(ONE, TWO)[:-60], "trust_damaged", "entry 2"),
        (as_pem(ONE) + b"-----BEGIN", "trust_damaged", "a block"),
        (b"", "trust_empty", "no entry"),
        (b"no list at all", "trust_empty", "no entry"),
        (as_json(), "trust_empty", "no entry"),
        (b"{}", "trust_damaged", "the document"),
        (b"[" * 100_000, "trust_damaged", "the document"),
        (as_json(ONE).replace(b'"val": "MII', b'"val": "!!!'), "trust_damaged", "entry 1 (One Ltd: One)"),
        (as_json(ONE).replace(b'"val"', b'"vol"'), "trust_damaged", "entry 1"),
        (as_json(ONE).replace(b'"TEName"', b'"Name"'), "trust_damaged", "behind entry 0"),
        (b"x" * (MAX_LIST_BYTES + 1), "trust_too_large", "bytes"),
    ],
    ids=[
        "block",
        "cut",
        "half",
        "empty",
        "words",
        "entities",
        "document",
        "nested",
        "base64",
        "key",
        "name",
        "large",
    ],
)
def test_a_damaged_list_is_refused_with_the_entry(content: bytes, code: str, said: str) -> None:
    error = refused(content)
    assert error.code == code and said in str(error) and "list.pem" in str(error)


@settings(max_examples=150, deadline=None)
@given(data=st.data(), form=st.sampled_from([as_pem(ONE, TWO), as_json(ONE, TWO)]))
def test_no_bytes_make_the_reader_raise_anything_else(data: st.DataObject, form: bytes) -> None:
    content = bytearray(form)
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert read(bytes(content)).anchors >= 1
    except TrustError as error:
        assert error.code.startswith("trust_")


def test_der_that_is_no_certificate_is_refused() -> None:
    document = as_json(ONE).replace(
        base64.b64encode(ONE.public_bytes(_der())), base64.b64encode(b"0\x03\x02\x01\x05")
    )
    assert refused(document).code == "trust_damaged"


def _der() -> Any:
    from cryptography.hazmat.primitives.serialization import Encoding

    return Encoding.DER


def facts(**changes: Any) -> ListFacts:
    values: dict[str, Any] = {
        "title": "C2PA Trust List",
        "purpose": "signers",
        "as_of": dt.date(2026, 8, 5),
        "installed_at": NOW,
        "sha256": "",
        "anchors": 1,
    }
    return ListFacts(**{**values, **changes})


def test_a_list_is_old_after_ninety_days_or_when_another_one_was_promised() -> None:
    day = dt.timedelta(days=1)
    assert not facts().is_old(dt.date(2026, 8, 5) + 90 * day)
    assert facts().is_old(dt.date(2026, 8, 5) + 91 * day)
    promised = facts(next_update=dt.date(2026, 9, 1))
    assert not promised.is_old(dt.date(2026, 9, 1)) and promised.is_old(dt.date(2026, 9, 2))


def test_a_report_names_the_list_that_vouches_and_its_day_and_says_when_it_is_old(seal: Seal) -> None:
    found = credential.read_file(seal.path, seal.trust).model_copy(
        update={"trusted_by": "C2PA Trust List", "trusted_kind": "user"}
    )
    trust = Trust(
        lists=(AnchorList("C2PA Trust List", "user", "", date="2026-08-05", old_from="2026-11-04"),)
    )
    fresh = axes.signer_axis(found, trust, NOW - dt.timedelta(days=30))
    assert fresh.state == "pass"
    assert "'C2PA Trust List' of 2026-08-05 vouches" in fresh.sentence and "old" not in fresh.sentence
    assert fresh.details == {"list": "C2PA Trust List", "list_date": "2026-08-05", "list_old": False}
    late = axes.signer_axis(found, trust, NOW)
    assert late.details["list_old"] is True and "list is old" in late.sentence


def test_a_list_of_the_users_own_has_no_day_and_is_never_old(seal: Seal) -> None:
    trust = Trust(lists=(AnchorList("partners.pem", "user", ""),))
    found = credential.read_file(seal.path, seal.trust).model_copy(
        update={"trusted_by": "partners.pem", "trusted_kind": "user"}
    )
    axis = axes.signer_axis(found, trust, NOW)
    assert axis.details == {"list": "partners.pem"} and "'partners.pem' vouches" in axis.sentence


def test_a_root_on_both_lists_vouches_for_signers_all_the_same(seal: Seal, tmp_path: Path) -> None:
    """Half of the official signers' roots are on the official TSA list as well."""
    both = tmp_path / "tsa.pem"
    both.write_text(str(seal.identity.root_pem))
    trust = Trust.of(development=[str(seal.identity.root_pem)], tsa_files=[both])
    assert trust.for_time_alone(trust.lists[0]) == ""
    assert credential.read_file(seal.path, trust).trusted_by == "development"


def test_particulars_of_another_file_are_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "list.pem"
    path.write_bytes(as_pem(ONE))
    path.with_suffix(".json").write_text(facts(sha256="00" * 32).model_dump_json())
    assert Trust.of(files=[path]).lists[0].name == "list.pem"
    path.with_suffix(".json").write_text("{")
    assert Trust.of(files=[path]).lists[0].date == ""
