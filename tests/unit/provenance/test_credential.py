# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Reading credentials: every peculiarity of the C2PA library, measured, becomes plain evidence and never an
exception.

The tamper matrix holds the behaviour of c2pa-python 0.38; a new version that behaves differently fails here
first.
"""

import threading
from collections.abc import Callable
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from tests.provenance_kit import LOCATOR, Seal, box, opened, request, with_byte_changed

from adseal_provenance.credentials import credential
from adseal_provenance.credentials.container import XMP_UUID
from adseal_provenance.credentials.trust import Trust
from adseal_provenance.errors import TrustError
from adseal_provenance.identities.identity import create_development
from adseal_provenance.sealing.signing import sign_file
from adseal_provenance.verdicts.axes import content_matches, signature_holds, validates
from adseal_provenance.verdicts.evidence import CredentialEvidence

Tamper = Callable[[bytes, Seal], bytes]


def at(marker: bytes, offset: int = 0, to: int | None = None) -> Tamper:
    return lambda data, _seal: with_byte_changed(data, data.index(marker) + offset, to=to)


def in_signature(data: bytes, _seal: Seal) -> bytes:
    # The COSE signature is the last thing in the store; the text "c2pa.signature" labels its box.
    start = data.rindex(b"c2pa.signature")
    certificate = data.index(b"\x30\x82", start)
    end = data.index(b"moov", start)
    pad = data.find(bytes(200), certificate, end)
    signature = data.rindex(b"\x58\x40", certificate, end)
    assert pad < signature < end
    return with_byte_changed(data, signature + 10)


def in_certificate(data: bytes, _seal: Seal) -> bytes:
    start = data.index(b"\x30\x82", data.rindex(b"c2pa.signature"))
    return with_byte_changed(data, data.index(b"Adseal development", start) + 3)


# name, what is done to the sealed bytes, status, codes that must be among the failures
MATRIX: list[tuple[str, Tamper, str, set[str]]] = [
    ("nothing", lambda data, _: data, "present", set()),
    (
        "media byte",
        lambda data, _: with_byte_changed(data, -4000),
        "present",
        {"assertion.bmffHash.mismatch"},
    ),
    ("moov byte", at(b"mvhd", 8), "present", {"assertion.bmffHash.mismatch"}),
    (
        "cut short",
        lambda data, _: data[:-2000] + box(b"free", bytes(1992)),
        "present",
        {"assertion.bmffHash.mismatch"},
    ),
    ("mdat appended", lambda data, _: data + box(b"mdat", b"x"), "present", {"assertion.bmffHash.mismatch"}),
    (
        "uuid appended",
        lambda data, _: data + box(b"uuid", b"y" * 16),
        "present",
        {"assertion.bmffHash.mismatch"},
    ),
    ("signature byte", in_signature, "present", {"claimSignature.mismatch"}),
    (
        "certificate byte",
        in_certificate,
        "present",
        {"claimSignature.mismatch", "signingCredential.untrusted"},
    ),
    ("assertion character", at(b"Adseal mini", to=ord("B")), "present", {"assertion.hashedURI.mismatch"}),
    ("assertion not UTF-8", at(b"Adseal mini", to=0xFF), "unreadable", set()),
    ("JUMBF header", at(b"jumd", -2), "unreadable", set()),
    ("junk after the last box", lambda data, _: data + b"junkjunkjunk", "unreadable", set()),
    ("cut in the store", lambda data, _: data[:5000], "unreadable", set()),
    # Boxes outside the hash (C2PA A.5.3); nothing of what a viewer sees is in them.
    ("file-type byte", at(b"ftyp", 8), "present", set()),
    ("free appended", lambda data, _: data + box(b"free", b"z" * 8), "present", set()),
]


@pytest.mark.parametrize(
    ("tamper", "status", "codes"), [row[1:] for row in MATRIX], ids=[row[0] for row in MATRIX]
)
def test_the_tamper_matrix(seal: Seal, tmp_path: Path, tamper: Tamper, status: str, codes: set[str]) -> None:
    path = tmp_path / "tampered.mp4"
    path.write_bytes(tamper(seal.path.read_bytes(), seal))
    found = credential.read_file(path, seal.trust)
    assert found.status == status, (found.reason, found.failure)
    assert codes <= set(found.failure)
    assert validates(found) == (status == "present" and not codes)
    if "assertion.bmffHash.mismatch" in codes:
        assert signature_holds(found) and not content_matches(found)
    elif codes:
        assert not signature_holds(found)


@pytest.mark.parametrize("content", [b"", b"text", box(b"ftyp") + b"\0\0\0\0", b"\x1aE\xdf\xa3" + bytes(100)])
def test_what_carries_no_credential_is_absent_or_unsupported(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file.mp4"
    path.write_bytes(content)
    assert credential.read_file(path, Trust()).status in {"absent", "unsupported"}


def test_a_plain_video_has_no_credential(seal: Seal) -> None:
    assert credential.read_file(seal.plain, seal.trust) == CredentialEvidence(status="absent")


def test_trust_is_told_list_by_list(seal: Seal, tmp_path: Path) -> None:
    found = credential.read_file(seal.path, seal.trust)
    assert (found.trusted_by, found.trusted_kind) == ("development", "development")
    assert credential.read_file(seal.path, Trust()).trusted_by is None
    stranger = create_development(tmp_path / "stranger")
    elsewhere = Trust.of(development=[str(stranger.root_pem)])
    assert credential.read_file(seal.path, elsewhere).failure == ("signingCredential.untrusted",)
    # A list of the user's own, even with a development root somebody wrote into it.
    (tmp_path / "partners.pem").write_text(str(seal.identity.root_pem))
    partners = credential.read_file(seal.path, Trust.of(files=[tmp_path / "partners.pem"]))
    assert partners.trusted_kind == "development"


def test_an_authority_for_time_does_not_vouch_for_signers(seal: Seal, tmp_path: Path) -> None:
    (tmp_path / "tsa.pem").write_text(str(seal.identity.root_pem))
    stranger = create_development(tmp_path / "stranger")
    trust = Trust.of(development=[str(stranger.root_pem)], tsa_files=[tmp_path / "tsa.pem"])
    found = credential.read_file(seal.path, trust)
    assert "signingCredential.trusted" in found.success, "the library pools all anchors"
    assert found.trusted_by is None


@pytest.mark.parametrize(
    "breakage", ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "words"]
)
def test_broken_anchors_are_refused_and_not_ignored(breakage: str, seal: Seal, tmp_path: Path) -> None:
    path = tmp_path / "anchors.pem"
    path.write_text(breakage if breakage != "words" else "no certificate in here")
    with pytest.raises(TrustError) as caught:
        Trust.of(files=[path])
    assert caught.value.code == "trust_damaged"
    path.write_text(str(seal.identity.root_pem) + (seal.plain.parent / "identity" / "key.pem").read_text())
    with pytest.raises(TrustError):
        Trust.of(files=[path])
    with pytest.raises(TrustError) as caught:
        Trust.of(files=[tmp_path / "none.pem"])
    assert caught.value.code == "trust_missing"


def test_the_official_trust_lists_are_read(shared_dir: Path) -> None:
    lists = shared_dir / "data" / "c2pa"
    trust = Trust.of(files=[lists / "C2PA-TRUST-LIST.pem"], tsa_files=[lists / "C2PA-TSA-TRUST-LIST.pem"])
    assert trust.lists[0].pem.count("BEGIN CERTIFICATE") >= 30
    assert Trust.from_json(trust.to_json()) == trust


def test_a_tampered_source_is_seen_at_any_depth(seal: Seal, tmp_path: Path) -> None:
    tampered, child, grandchild = (
        tmp_path / name for name in ("tampered.mp4", "child.mp4", "grandchild.mp4")
    )
    tampered.write_bytes(with_byte_changed(seal.path.read_bytes(), -4000))
    sign_file(seal.plain, child, opened(tampered), seal.identity)
    sign_file(seal.plain, grandchild, opened(child), seal.identity)
    for path in (child, grandchild):
        found = credential.read_file(path, seal.trust)
        assert validates(found), "the library itself has nothing to say about the file's own credential"
        assert ("assertion.bmffHash.mismatch",) in {i.failures for i in found.ingredients}


def test_a_store_without_its_video_reads_like_a_recovered_one(seal: Seal) -> None:
    found = credential.read_store(seal.signed.manifest_store, seal.trust)
    assert found.failure == ("assertion.bmffHash.mismatch",) and signature_holds(found)
    assert {b.value for b in found.soft_bindings} == {LOCATOR}
    for junk in (b"", b"junk", seal.signed.manifest_store[:700]):
        assert credential.read_store(junk, seal.trust).status in {"unreadable", "absent"}


def test_a_store_with_any_bit_changed_never_raises(seal: Seal) -> None:
    store = seal.signed.manifest_store
    for position in range(0, len(store), 97):
        found = credential.read_store(with_byte_changed(store, position), seal.trust)
        assert found.status in {"present", "unreadable", "absent", "remote"}


def test_a_remote_credential_is_never_fetched(seal: Seal, tmp_path: Path) -> None:
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_port}/manifest.c2pa"
        xmp = (
            '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
            'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
            f'xmlns:dcterms="http://purl.org/dc/terms/" dcterms:provenance="{url}"/></rdf:RDF></x:xmpmeta>'
            '<?xpacket end="r"?>'
        )
        path = tmp_path / "remote.mp4"
        path.write_bytes(seal.plain.read_bytes() + box(b"uuid", XMP_UUID + xmp.encode()))
        found = credential.read_file(path, seal.trust)
    finally:
        server.shutdown()
        server.server_close()
    assert found.status == "remote" and asked == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0123456789AB", "0123456789ab"),
        ([0x01, 0x23, 0x45, 0x67, 0x89, 0xAB], "0123456789ab"),
        (list(b"0123456789ab"), "0123456789ab"),
        ([1, 256], ""),
        (None, ""),
        ({"a": 1}, ""),
    ],
)
def test_soft_binding_values_of_every_writer_are_understood(value: object, expected: str) -> None:
    assert credential._binding_value(value) == expected


def test_texts_from_strangers_cannot_forge_a_line() -> None:
    assert credential._clean("a\nVERDICT: intact\u202egnp\x1b[31m") == "a VERDICT: intact gnp [31m"
    assert len(credential._clean("x" * 10_000)) == 200


def test_the_signer_is_named_with_the_end_of_the_certificate(seal: Seal) -> None:
    signer = credential.read_file(seal.path, Trust()).signer
    assert signer is not None
    assert signer.common_name == seal.identity.common_name and signer.organization == "Adseal development"
    assert signer.not_after.startswith(seal.identity.not_after.date().isoformat())
    assert signer.algorithm == "es256" and signer.time is None


def test_a_certificate_with_the_correct_usages_is_not_called_invalid(seal: Seal) -> None:
    # With the library's own defaults, a C2PA claim-signing certificate reads "signingCredential.invalid".
    assert "signingCredential.invalid" not in credential.read_file(seal.path, Trust()).failure


def test_claims_and_ai_statements_are_read(seal: Seal) -> None:
    found = credential.read_file(seal.path, seal.trust)
    assert found.claims["provider"] == "Example Ads GmbH"
    assert found.ai[0].where == "c2pa.created" and found.ai[0].agent == "Adseal mini"
    assert found.title == "Summer offer" and found.generator.startswith("Adseal")


def test_the_request_of_another_locator_binds_another_value(seal: Seal, tmp_path: Path) -> None:
    other = replace(request(), picture_id="ffffffffffff", sound_id=None)
    sign_file(seal.plain, tmp_path / "other.mp4", other, seal.identity)
    found = credential.read_file(tmp_path / "other.mp4", seal.trust)
    assert [(b.algorithm, b.value) for b in found.soft_bindings] == [("io.adseal.picture.1", "ffffffffffff")]
