# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Receipts: what is signed, by whom, and everything a forger may try with one."""

import base64
import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adseal_provenance.credentials.trust import AnchorList, Trust
from adseal_provenance.errors import ReceiptError
from adseal_provenance.identities.identity import Identity, create_development
from adseal_provenance.identities.pki_path import anchor_of, issuers_problem
from adseal_provenance.receipts.check import ReceiptCheck, check
from adseal_provenance.receipts.receipt import MAX_BYTES, canonical, encoded, receipt_of, sign
from adseal_provenance.verdicts.report import AXES, Axis, ManifestFacts, Report, UsedFacts, UsedList
from adseal_provenance.watermark.model import Mark

NOW = dt.datetime.now(dt.UTC)
SHA = "ab" * 32


def report(**changes: Any) -> Report:
    values: dict[str, Any] = {
        "file": "/home/somebody/clip.mp4",
        "sha256": SHA,
        "size": 1234,
        "verdict": "recovered",
        "summary": "A copy.",
        "warnings": (),
        "axes": {name: Axis(state="pass", code="credential_valid", sentence="Good.") for name in AXES},
        "marks": (
            Mark(
                algorithm="io.adseal.picture.1",
                id="a" * 12,
                key_id="deadbeef",
                log10_p=-20.7,
                spans=((0.0, 5.5004),),
            ),
        ),
        "manifest": ManifestFacts(source="registry", manifest_id="urn:c2pa:1"),
        "record": None,
        "used": UsedFacts(
            keys=("deadbeef",),
            lists=(UsedList(name="partners.pem", kind="user", sha256="cd" * 32, date="2026-11-01"),),
        ),
        "checked_at": NOW,
        "version": "1",
    }
    return Report(**{**values, **changes})


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    return create_development(tmp_path_factory.mktemp("signer") / "identity", now=NOW)


@pytest.fixture(scope="module")
def trust(identity: Identity) -> Trust:
    return Trust.of(development=[str(identity.root_pem)])


@pytest.fixture(scope="module")
def content(identity: Identity) -> bytes:
    return sign(receipt_of(report()), identity)


def codes(outcome: ReceiptCheck) -> set[str]:
    assert outcome.valid == (not outcome.problems)
    return {problem.code for problem in outcome.problems}


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def signed(identity: Identity, payload: bytes, **header: Any) -> bytes:
    """A JWS of anything, signed rightly; ``header`` replaces fields, ``None`` removes one."""
    chain = x509.load_pem_x509_certificates(identity.chain_pem.encode())
    fields: dict[str, Any] = {
        "alg": "ES256",
        "typ": "vnd.adseal.receipt+jws",
        "x5c": [base64.b64encode(one.public_bytes(Encoding.DER)).decode() for one in chain],
    }
    fields = {name: value for name, value in {**fields, **header}.items() if value is not None}
    protected = encoded(json.dumps(fields).encode())
    signature = identity.sign(f"{protected}.{encoded(payload)}".encode())
    return json.dumps(
        {"payload": encoded(payload), "protected": protected, "signature": encoded(signature)}
    ).encode()


def payload_of(content: bytes) -> dict[str, Any]:
    return dict(json.loads(decoded(json.loads(content)["payload"])))


# ---- what a receipt says


def test_a_receipt_says_what_was_found_in_which_bytes_and_holds(content: bytes, trust: Trust) -> None:
    outcome = check(content, trust=trust, now=NOW, sha256=SHA)
    assert outcome.valid and outcome.same_video and outcome.signer_kind == "development"
    said = payload_of(content)
    assert said["file"] == {"name": "clip.mp4", "sha256": SHA, "size": 1234}, "a folder is nobody's business"
    assert said["verdict"] == "recovered" and set(said["axes"]) == set(AXES)
    assert said["marks"][0]["log10_p"] == -20, "a chance is never told smaller than it is"
    assert said["marks"][0]["spans_ms"] == [[0, 5500]]
    assert said["keys"] == ["deadbeef"] and said["manifest"] == "urn:c2pa:1"
    assert said["trust"] == [
        {"name": "partners.pem", "kind": "user", "sha256": "cd" * 32, "date": "2026-11-01"}
    ]


def test_its_bytes_are_the_canonical_ones(content: bytes) -> None:
    raw = decoded(json.loads(content)["payload"])
    assert raw == canonical(json.loads(raw))
    assert canonical({"b": "é\n", "a": [1, None, True]}) == '{"a":[1,null,true],"b":"é\\n"}'.encode()
    with pytest.raises(ValueError, match="fractions"):
        canonical({"a": [0.5]})


@pytest.mark.parametrize("algorithm", ["es256", "es384", "es512", "ed25519", "ps256"])
def test_every_kind_of_key_signs_receipts(algorithm: str, tmp_path: Path) -> None:
    signer = create_development(tmp_path / "identity", now=NOW, algorithm=algorithm)
    made = sign(receipt_of(report()), signer)
    header = json.loads(decoded(json.loads(made)["protected"]))
    assert header["alg"] == {"ed25519": "Ed25519"}.get(algorithm, algorithm.upper())
    assert check(made, trust=Trust.of(development=[str(signer.root_pem)]), now=NOW).valid
    wrong = json.loads(made)
    wrong["signature"] = encoded(decoded(wrong["signature"])[:-1] + b"\0\0")
    assert codes(check(json.dumps(wrong).encode(), trust=Trust(), now=NOW)) == {"signature"}


def test_an_independent_check_with_openssl_agrees(content: bytes, tmp_path: Path) -> None:
    import shutil
    import subprocess

    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
    from cryptography.hazmat.primitives.serialization import PublicFormat

    if shutil.which("openssl") is None:
        pytest.skip("openssl is not here")
    document = json.loads(content)
    raw = decoded(document["signature"])
    leaf = x509.load_der_x509_certificate(
        base64.b64decode(json.loads(decoded(document["protected"]))["x5c"][0])
    )
    (tmp_path / "key.pem").write_bytes(
        leaf.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    (tmp_path / "signature").write_bytes(
        encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    )
    (tmp_path / "message").write_text(f"{document['protected']}.{document['payload']}")
    command = ["openssl", "dgst", "-sha256", "-verify", "key.pem", "-signature", "signature", "message"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=30)
    assert done.stdout.strip() == "Verified OK", done.stderr


def test_a_file_that_could_not_be_read_gets_no_receipt() -> None:
    with pytest.raises(ReceiptError) as raised:
        receipt_of(report(sha256=None, size=None, verdict="unreadable"))
    assert raised.value.code == "receipt_nothing" and raised.value.hint


def test_what_does_not_fit_into_a_receipt_is_an_error(identity: Identity) -> None:
    many = report().marks * 400
    with pytest.raises(ReceiptError) as raised:
        sign(receipt_of(report(marks=many)), identity)
    assert raised.value.code == "receipt_too_large"


# ---- who signed


def test_a_stranger_does_not_believe_a_development_identity(content: bytes) -> None:
    outcome = check(content, trust=Trust(), now=NOW)
    assert codes(outcome) == {"signer_untrusted"} and outcome.receipt is not None


def test_a_development_root_in_a_users_list_stays_a_development_one(
    content: bytes, identity: Identity
) -> None:
    outcome = check(content, trust=Trust((AnchorList("x.pem", "user", str(identity.root_pem)),)), now=NOW)
    assert outcome.valid and outcome.signer_kind == "development"


def test_it_holds_only_in_the_certificates_time(content: bytes, trust: Trust, identity: Identity) -> None:
    after, before = identity.not_after + dt.timedelta(days=1), identity.not_before - dt.timedelta(days=1)
    assert "dates" in codes(check(content, trust=trust, now=after))
    assert {"dates", "future"} <= codes(check(content, trust=trust, now=before))


def _issued(
    public: Any, subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, *extensions: Any
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - dt.timedelta(days=1))
        .not_valid_after(NOW + dt.timedelta(days=9))
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(key, hashes.SHA256())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _authority(length: int | None = None, *, ca: bool = True) -> tuple[x509.BasicConstraints, bool]:
    return x509.BasicConstraints(ca=ca, path_length=length if ca else None), True


def test_nobody_but_an_authority_may_issue_a_signer() -> None:
    """A leaf under a trusted root must not vouch for others; nor an authority beyond its path length."""
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(4)]
    root_name, middle_name, low_name, leaf_name = map(_name, ("root", "middle", "low", "leaf"))

    def chain(middle: Any, low: Any = None, extra: Any = None) -> list[x509.Certificate]:
        made = [_issued(keys[1].public_key(), middle_name, root_name, keys[0], middle)]
        if low is not None:
            made.insert(0, _issued(keys[2].public_key(), low_name, middle_name, keys[1], low))
        issuer, key = (low_name, keys[2]) if low is not None else (middle_name, keys[1])
        extras = [(x509.BasicConstraints(ca=False, path_length=None), True), *([extra] if extra else [])]
        made.insert(0, _issued(keys[3].public_key(), leaf_name, issuer, key, *extras))
        return made

    root = _issued(keys[0].public_key(), root_name, root_name, keys[0], _authority())
    short = _issued(keys[0].public_key(), root_name, root_name, keys[0], _authority(0))
    no_root = _issued(keys[0].public_key(), root_name, root_name, keys[0], _authority(ca=False))
    good = chain(_authority(1), _authority(0))
    assert issuers_problem(good) is None and anchor_of(good, [root], now=NOW) == root
    assert anchor_of([*good, root], [root], now=NOW) == root
    assert anchor_of(good, [short], now=NOW) is None
    assert anchor_of(good, [no_root], now=NOW) is None
    assert anchor_of(good, [root], now=NOW + dt.timedelta(days=30)) is None, "an anchor past its end"
    assert anchor_of(good, [good[0]], now=NOW) is None, "a leaf is no anchor"
    for bad, words in (
        (chain(_authority(ca=False)), "no authority"),
        (chain(_authority(0), _authority(0)), "too many"),
        ([good[0], good[2], good[1]], "was not issued by"),
        (chain(_authority(1), extra=(x509.NameConstraints([x509.DNSName("x")], None), True)), "critical"),
        (good * 3, "more than"),
    ):
        problem = issuers_problem(bad)
        assert problem is not None and words in problem
        assert anchor_of(bad, [root], now=NOW) is None


def test_a_receipt_signed_by_a_certificate_that_a_signer_issued_is_refused(
    identity: Identity, trust: Trust, tmp_path: Path
) -> None:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    from adseal_provenance.identities.signers.key import signed as signature_by

    holder = load_pem_private_key((Path(identity.key.where)).read_bytes(), None)
    chain = x509.load_pem_x509_certificates(identity.chain_pem.encode())
    mallory = ec.generate_private_key(ec.SECP256R1())
    assert isinstance(holder, ec.EllipticCurvePrivateKey)
    extensions = [(e.value, e.critical) for e in chain[0].extensions]
    forged = _issued(mallory.public_key(), _name("Mallory"), chain[0].subject, holder, *extensions)

    class Key:
        where = "mallory"

        def public_key(self) -> Any:
            return mallory.public_key()

        def sign(self, message: bytes, algorithm: str) -> bytes:
            return mallory.sign(message, ec.ECDSA(hashes.SHA256()))

    header = {
        "alg": "ES256",
        "typ": "vnd.adseal.receipt+jws",
        "x5c": [base64.b64encode(c.public_bytes(Encoding.DER)).decode() for c in (forged, *chain)],
    }
    protected = encoded(json.dumps(header).encode())
    payload = encoded(canonical(receipt_of(report()).model_dump(mode="json")))
    signature = signature_by(Key(), mallory.public_key(), "es256", f"{protected}.{payload}".encode())
    document = {"payload": payload, "protected": protected, "signature": encoded(signature)}
    outcome = check(json.dumps(document).encode(), trust=trust, now=NOW)
    assert {"certificates", "signer_untrusted"} <= codes(outcome)


# ---- what a forger tries


def changed(content: bytes, **members: Any) -> bytes:
    return json.dumps({**json.loads(content), **members}).encode()


def test_a_changed_word_breaks_the_signature(content: bytes, trust: Trust) -> None:
    said = {**payload_of(content), "verdict": "intact"}
    outcome = check(changed(content, payload=encoded(canonical(said))), trust=trust, now=NOW)
    assert codes(outcome) == {"signature"} and outcome.receipt is None and outcome.signer == ""


def test_a_signature_has_one_spelling(content: bytes, trust: Trust) -> None:
    raw = decoded(json.loads(content)["signature"])
    padded = encoded(raw[:32] + b"\0" + raw[32:])  # the same two numbers
    assert codes(check(changed(content, signature=padded), trust=trust, now=NOW)) == {"signature"}


def test_another_video_is_told(content: bytes, trust: Trust) -> None:
    outcome = check(content, trust=trust, now=NOW, sha256="00" * 32)
    assert codes(outcome) == {"another_video"} and outcome.same_video is False


def test_a_swapped_chain_is_refused(content: bytes, trust: Trust, tmp_path: Path) -> None:
    other = create_development(tmp_path / "other", now=NOW)
    header = json.loads(decoded(json.loads(content)["protected"]))
    chain = x509.load_pem_x509_certificates(other.chain_pem.encode())
    header["x5c"] = [base64.b64encode(one.public_bytes(Encoding.DER)).decode() for one in chain]
    swapped = changed(content, protected=encoded(canonical(header)))
    assert codes(check(swapped, trust=trust, now=NOW)) == {"signature"}


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({"alg": "none"}, "algorithm"),
        ({"alg": "HS256"}, "algorithm"),
        ({"alg": "ES384"}, "algorithm"),
        ({"alg": "es256"}, "algorithm"),
        ({"alg": 7}, "header"),
        ({"alg": None}, "header"),
        ({"typ": "JWT"}, "header"),
        ({"typ": None}, "header"),
        ({"crit": ["exp"], "exp": 1}, "header"),
        ({"jwk": {"kty": "EC"}}, "header"),
        ({"x5c": []}, "certificates"),
        ({"x5c": "MIIB"}, "certificates"),
        ({"x5c": ["MIIB"]}, "certificates"),
        ({"x5c": [7]}, "certificates"),
        ({"x5c": ["A" * 60_000]}, "certificates"),
        ({"x5c": ["MIIB"] * 40}, "certificates"),
    ],
    ids=str,
)
def test_a_header_that_is_not_a_receipts_is_refused_although_signed(
    header: dict[str, Any], code: str, content: bytes, identity: Identity, trust: Trust
) -> None:
    payload = decoded(json.loads(content)["payload"])
    assert codes(check(signed(identity, payload), trust=trust, now=NOW)) == set()
    assert codes(check(signed(identity, payload, **header), trust=trust, now=NOW)) == {code}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace('"version":1}', '"version":1.0}'),
        lambda text: text.replace('"version":1}', '"version":true}'),
        lambda text: text.replace('"version":1}', '"version":2}'),
        lambda text: text.replace('"version":1}', '"version":1,"version":1}'),
        lambda text: text.replace('"version":1}', '"version":1, "more":1}'),
        lambda text: text.replace('"size":1234', '"size":NaN'),
        lambda text: text.replace('"size":1234', '"size":-1'),
        lambda text: text.replace('"size":1234', '"size":' + "9" * 5000),
        lambda text: text.replace('"verdict":"recovered"', '"verdict":"genuine"'),
        lambda text: text.replace('"ai_claim":{"code":"credential_valid","state":"pass"},', ""),
        lambda text: text.replace('"clip.mp4"', '"\\u0063lip.mp4"'),
        lambda text: text.replace('"clip.mp4"', '"\\ud800"'),
        lambda text: text.replace('"clip.mp4"', f'"{"x" * 3000}"'),
        lambda text: text.replace(SHA, SHA.upper()),
        lambda text: " " + text,
        lambda _: "[" * 20_000 + "]" * 20_000,
        lambda _: "7",
        lambda _: "",
    ],
)
def test_a_payload_that_is_not_a_receipt_is_refused_although_signed(
    spoil: Callable[[str], str], content: bytes, identity: Identity, trust: Trust
) -> None:
    payload = decoded(json.loads(content)["payload"]).decode()
    spoiled = spoil(payload)
    assert spoiled != payload
    outcome = check(signed(identity, spoiled.encode()), trust=trust, now=NOW, sha256=SHA)
    assert codes(outcome) == {"payload"} and outcome.receipt is None and outcome.same_video is None


def test_a_check_that_is_still_to_come_is_not_believed(identity: Identity, trust: Trust) -> None:
    later = receipt_of(report(checked_at=NOW + dt.timedelta(hours=1)))
    assert codes(check(sign(later, identity), trust=trust, now=NOW)) == {"future"}


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"\xff\xfe",
        b"null",
        b"[]",
        b"{}",
        b'{"payload": 1, "protected": 2, "signature": 3}',
        b'{"payload": "e30", "protected": "e30=", "signature": ""}',
        b'{"payload": "e30", "protected": "WzFd", "signature": ""}',
        b'{"payload": "a+/b", "protected": "e30", "signature": ""}',
        b'{"payload": "e30", "payload": "e30", "protected": "e30", "signature": ""}',
        b'{"payload": NaN}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"payload": ' + b"9" * 10_000 + b"}",
        b" " * (MAX_BYTES + 1),
    ],
    ids=range(15),
)
def test_what_is_no_signed_document_is_one_typed_error(garbage: bytes, trust: Trust) -> None:
    with pytest.raises(ReceiptError) as raised:
        check(garbage, trust=trust, now=NOW)
    assert raised.value.code == "receipt_unreadable" and raised.value.hint


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damage_is_believed_or_leads_to_another_error(
    data: st.DataObject, content: bytes, trust: Trust
) -> None:
    position = data.draw(st.integers(0, len(content) - 1))
    to = data.draw(st.integers(0, 255))
    damaged = content[:position] + bytes([to]) + content[position + 1 :]
    try:
        outcome = check(damaged, trust=trust, now=NOW, sha256=SHA)
    except ReceiptError:
        return
    assert not outcome.valid or json.loads(damaged) == json.loads(content)
