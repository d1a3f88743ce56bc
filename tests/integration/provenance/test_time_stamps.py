# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Time stamps from a real authority (OpenSSL's, on the loopback interface)."""

import datetime as dt
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from adseal_provenance.errors import IdentityError, SealError
from adseal_provenance.identity import create_development, load
from adseal_provenance.signing import sign_file
from adseal_provenance.stamping import Stamping
from adseal_provenance.trust import Trust
from adseal_provenance.verify import verify
from tests.provenance_kit import Seal, request
from tests.time_authority import Authority, time_authority


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with time_authority(tmp_path_factory.mktemp("tsa")) as running:
        yield running


def test_a_time_stamp_counts_only_where_its_authority_is_on_a_list(
    authority: Authority, seal: Seal, tmp_path: Path
) -> None:
    path = tmp_path / "stamped.mp4"
    sign_file(seal.plain, path, request(), seal.identity, stamping=Stamping((authority.url,)))
    own = [str(seal.identity.root_pem)]

    trusted = verify(path, trust=Trust.of(development=own, tsa_files=[authority.root]))
    assert trusted.verdict == "intact" and trusted.axes["time"].state == "passed", trusted.axes["time"]
    assert trusted.axes["time"].detail.startswith(f"Signed no later than {dt.datetime.now(dt.UTC):%Y-%m-%d}")
    assert trusted.manifest is not None and trusted.manifest.signer_kind == "development"

    unknown = verify(path, trust=Trust.of(development=own))
    assert unknown.verdict == "intact" and unknown.axes["time"].state == "warning", unknown.axes["time"]
    assert "timeStamp.untrusted" in unknown.axes["time"].codes
    assert unknown.manifest is not None and unknown.manifest.signed_no_later_than is None


def test_only_a_time_stamp_outlives_the_certificate(authority: Authority, seal: Seal, tmp_path: Path) -> None:
    # A development leaf lives 366 days from five minutes before its making; this one ends in four seconds.
    end = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=4)
    identity = create_development(
        tmp_path / "identity", now=end + dt.timedelta(minutes=5) - dt.timedelta(days=366)
    )
    sign_file(seal.plain, tmp_path / "stamped.mp4", request(), identity, stamping=Stamping((authority.url,)))
    sign_file(seal.plain, tmp_path / "plain.mp4", request(), identity)
    time.sleep(max((identity.not_after - dt.datetime.now(dt.UTC)).total_seconds() + 1.1, 0))
    with pytest.raises(IdentityError) as caught:
        load(tmp_path / "identity")
    assert caught.value.code == "identity_expired"
    with pytest.raises(SealError):
        sign_file(seal.plain, tmp_path / "late.mp4", request(), identity)

    trust = Trust.of(development=[str(identity.root_pem)], tsa_files=[authority.root])
    stamped = verify(tmp_path / "stamped.mp4", trust=trust)
    assert stamped.verdict == "intact" and stamped.axes["time"].state == "passed", stamped.summary
    plain = verify(tmp_path / "plain.mp4", trust=trust)
    assert plain.verdict == "broken" and plain.axes["time"].state == "failed", plain.summary
    assert plain.axes["integrity"].state == "passed" and "unchanged since signing" in plain.summary
    assert plain.axes["time"].codes == ("signingCredential.expired",)
