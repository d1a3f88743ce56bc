# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Trust lists in the forms in which the C2PA conformance programme publishes its own, with certificates made here."""

import base64
import datetime as dt
import json
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOW = dt.datetime(2026, 11, 20, 12, 0, tzinfo=dt.UTC)
CLAIM_SIGNING = x509.ObjectIdentifier("1.3.6.1.4.1.62558.2.1")
TIME_STAMPING = ExtendedKeyUsageOID.TIME_STAMPING


@cache
def authority(
    name: str, usage: x509.ObjectIdentifier | None = None, ends: dt.datetime = dt.datetime(2036, 1, 1)
) -> x509.Certificate:
    """A self-signed authority; the same one for the same arguments."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, f"{name} Ltd"),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(dt.datetime(2025, 1, 1))
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )
    if usage is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    return builder.sign(key, hashes.SHA256())


def as_pem(*certificates: x509.Certificate) -> bytes:
    """A bundle with a line of words before each block, as published."""
    blocks = [
        f"Subject\t{c.subject.rfc4514_string()}\n".encode() + c.public_bytes(Encoding.PEM)
        for c in certificates
    ]
    return b"\n".join(blocks)


def as_json(
    *certificates: x509.Certificate,
    title: str = "C2PA Trust List",
    issued: str = "2026-08-05T00:11:39Z",
    **changes: Any,
) -> bytes:
    """A document in the form of ETSI TS 119 602."""
    entities = [
        {
            "TrustedEntityInformation": {
                "TEName": [{"lang": "en", "value": _name(c, NameOID.ORGANIZATION_NAME)}]
            },
            "TrustedEntityServices": [
                {
                    "ServiceInformation": {
                        "ServiceName": [{"lang": "en", "value": _name(c, NameOID.COMMON_NAME)}],
                        "ServiceStatus": "http://c2pa.org/conformance/trust-list/trusted",
                        "ServiceDigitalIdentity": {
                            "X509Certificates": [
                                {"val": base64.b64encode(c.public_bytes(Encoding.DER)).decode()}
                            ]
                        },
                    }
                }
            ],
        }
        for c in certificates
    ]
    scheme = {
        "LoTEVersionIdentifier": 1,
        "SchemeName": [{"lang": "en", "value": title}],
        "ListIssueDateTime": issued,
        "NextUpdate": "2027-08-05T00:11:39Z",
        **changes,
    }
    return json.dumps(
        {"LoTE": {"ListAndSchemeInformation": scheme, "TrustedEntitiesList": entities}}
    ).encode()


def _name(certificate: x509.Certificate, kind: x509.ObjectIdentifier) -> str:
    return str(certificate.subject.get_attributes_for_oid(kind)[0].value)
