# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Asking for a signing certificate: the request as a file, and a new key beside it where one is wanted.

Decides which key asks and that nothing is overwritten; the request itself is
`adseal_provenance.identities.pki_request`.
"""

from pathlib import Path

from adseal.errors import RequestError


def certificate_request(
    out: Path,
    *,
    country: str,
    organization: str,
    common_name: str,
    signer: str | None = None,
    new_key: Path | None = None,
    algorithm: str = "es256",
) -> str:
    """Write a certificate request (PEM) for the key at the address `signer`, or for a new one.

    Args:
        out, new_key: must not exist; a new key is written with mode 0600.
        algorithm: of the new key.

    Returns:
        The C2PA algorithm of the key.

    Raises:
        RequestError: none or two keys are named, or a file exists or cannot be written.
        IdentityError: `request_subject` with everything that is wrong with the names.
        SignerError: the key cannot be reached.
    """
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    from adseal_provenance.identities.pki import generate_key, signing_algorithm
    from adseal_provenance.identities.pki_request import make_request
    from adseal_provenance.identities.private_files import write_new
    from adseal_provenance.identities.signers import PemKey, SigningKey, open_key

    problems = [f"{path} exists already" for path in (out, new_key) if path is not None and path.exists()]
    if (signer is None) == (new_key is None):
        problems.append("name one key: that of a signer, or a file for a new one")
    if problems:
        raise RequestError("; ".join(problems))
    pem = ""
    if signer is not None:
        key: SigningKey = open_key(signer)
    else:
        made = generate_key(algorithm)
        pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        key = PemKey(pem, name=str(new_key))
    request = make_request(key, country=country, organization=organization, common_name=common_name)
    try:
        if new_key is not None:
            write_new(new_key, pem.encode())
        write_new(out, request, mode=0o644)
    except OSError as error:
        raise RequestError(f"{error.filename} cannot be written: {error.strerror}") from error
    return str(signing_algorithm(key.public_key()))
