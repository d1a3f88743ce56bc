# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The signing identity: made whole, kept private, and refused with a reason."""

import datetime as dt
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography import x509

from adseal_provenance.errors import IdentityError
from adseal_provenance.identities.identity import (
    create_development,
    from_pem,
    load,
    load_or_create_development,
)
from adseal_provenance.identities.pki import CLAIM_SIGNING, SIGNING_USAGES, is_development


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create_development(tmp_path / "identity")
    return tmp_path / "identity"


def refusal(folder: Path, **options: object) -> str:
    with pytest.raises(IdentityError) as caught:
        load(folder, **options)  # type: ignore[arg-type]
    assert caught.value.hint
    return caught.value.code


def test_a_development_identity_says_so_everywhere(folder: Path) -> None:
    identity = load(folder)
    assert identity.kind == "development"
    assert "untrusted" in identity.common_name
    chain = x509.load_pem_x509_certificates(identity.chain_pem.encode())
    assert all(is_development(certificate) for certificate in chain)
    # Saying otherwise beside the certificate does not help.
    key_pem = (folder / "key.pem").read_text()
    assert from_pem(identity.chain_pem, key_pem, kind="production").development


def test_the_chain_has_the_shape_of_the_certificate_policy(folder: Path) -> None:
    leaf, issuing = x509.load_pem_x509_certificates((folder / "chain.pem").read_bytes())
    (root,) = x509.load_pem_x509_certificates((folder / "root.pem").read_bytes())
    leaf.verify_directly_issued_by(issuing)
    issuing.verify_directly_issued_by(root)
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc <= dt.timedelta(days=366)
    assert issuing.not_valid_after_utc - issuing.not_valid_before_utc <= dt.timedelta(days=1827, minutes=5)
    usage = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert CLAIM_SIGNING in usage.value and not usage.critical
    assert {purpose.dotted_string for purpose in usage.value} <= set(SIGNING_USAGES)
    constraints = issuing.extensions.get_extension_for_class(x509.BasicConstraints)
    assert constraints.critical and constraints.value.path_length == 0
    assert load(folder).algorithm == "es256"


def test_files_are_private_and_the_key_is_never_shown(folder: Path) -> None:
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    key_pem = (folder / "key.pem").read_text()
    for identity in (load(folder), from_pem(load(folder).chain_pem, key_pem)):
        shown = f"{identity!r} {identity} {identity.key!r} {identity.key}"
        assert key_pem.split("\n")[1] not in shown and "PRIVATE" not in shown


def test_first_use_by_many_at_once_leaves_one_identity(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: load_or_create_development(tmp_path / "identity"), range(4)))
    assert len({identity.chain_pem for identity in made}) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["identity"]


def test_an_identity_is_never_overwritten(folder: Path) -> None:
    before = (folder / "key.pem").read_bytes()
    with pytest.raises(IdentityError) as caught:
        create_development(folder)
    assert caught.value.code == "identity_exists"
    assert (folder / "key.pem").read_bytes() == before


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(IdentityError) as caught:
        create_development(tmp_path / "file" / "identity")
    assert caught.value.code == "identity_unwritable"


def test_a_missing_identity_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path / "nowhere") == "identity_missing"


@pytest.mark.parametrize("name", ["chain.pem", "key.pem", "root.pem", "identity.json"])
@pytest.mark.parametrize(
    "content", [b"", b"nonsense", b"\xff\xfe\x00", b"-----BEGIN CERTIFICATE-----\nAAAA\n"]
)
def test_a_garbled_file_is_named(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    assert refusal(folder) == "identity_damaged"


def test_a_key_of_another_certificate_is_refused(folder: Path, tmp_path: Path) -> None:
    create_development(tmp_path / "other")
    (folder / "key.pem").write_bytes((tmp_path / "other" / "key.pem").read_bytes())
    assert refusal(folder) == "identity_mismatch"


def test_a_key_that_others_can_read_is_refused(folder: Path) -> None:
    (folder / "key.pem").chmod(0o640)
    assert refusal(folder) == "identity_permissions"


def test_an_expired_certificate_is_refused(folder: Path) -> None:
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=400)
    assert refusal(folder, now=later) == "identity_expired"


def test_a_certificate_that_cannot_sign_is_refused(folder: Path) -> None:
    # The issuing CA in the leaf's place: a CA may not sign claims.
    _leaf, issuing = (folder / "chain.pem").read_text().split("-----END CERTIFICATE-----\n")[:2]
    (folder / "chain.pem").write_text(issuing + "-----END CERTIFICATE-----\n")
    assert refusal(folder) == "identity_unfit"


def test_a_chain_in_the_wrong_order_is_refused(folder: Path) -> None:
    leaf, issuing = (folder / "chain.pem").read_text().split("-----END CERTIFICATE-----\n")[:2]
    end = "-----END CERTIFICATE-----\n"
    (folder / "chain.pem").write_text(issuing + end + leaf + end)
    assert refusal(folder) in {"identity_damaged", "identity_unfit"}
