# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""A real PKCS#11 token: SoftHSM, with a store of its own in a test's folder."""

import os
import shutil
import subprocess
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PIN = "4711"
_DRIVERS = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
)


@dataclass(frozen=True)
class Token:
    """One token; `address` names keys in it."""

    driver: str
    label: str
    pin_file: Path

    def address(self, key: str, *, chain: Path | None = None, pin_file: Path | None = None) -> str:
        query = f"module-path={self.driver}&pin-source=file:{pin_file or self.pin_file}"
        return f"pkcs11:token={self.label};object={key}?{query}" + (f"&chain={chain}" if chain else "")

    def generate(self, key: str, kind: str) -> None:
        """Make a key pair in the token; `kind` is `p256`, `p384`, `ed25519` or `rsa`."""
        import pkcs11
        from pkcs11.util.ec import encode_named_curve_parameters

        private = {pkcs11.Attribute.EXTRACTABLE: False, pkcs11.Attribute.SENSITIVE: True}
        options: dict[str, Any] = {
            "label": key,
            "id": key.encode(),
            "store": True,
            "private_template": private,
        }
        library = pkcs11.lib(self.driver)
        library.reinitialize()  # to see a token made since the driver was started
        token = library.get_token(token_label=self.label)
        with token.open(user_pin=PIN, rw=True) as session:
            if kind == "rsa":
                session.generate_keypair(pkcs11.KeyType.RSA, 2048, **options)
                return
            curve = {"p256": "secp256r1", "p384": "secp384r1", "ed25519": "1.3.101.112"}[kind]
            parameters = {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters(curve)}
            edwards = kind == "ed25519"
            if edwards:
                parameters = {pkcs11.Attribute.EC_PARAMS: bytes.fromhex("06032b6570")}
            made = session.create_domain_parameters(
                pkcs11.KeyType.EC_EDWARDS if edwards else pkcs11.KeyType.EC, parameters, local=True
            )
            mechanism = pkcs11.Mechanism.EC_EDWARDS_KEY_PAIR_GEN if edwards else None
            made.generate_keypair(mechanism=mechanism, **options)


def make_token(folder: Path) -> Token:
    """A fresh token. SoftHSM reads its configuration once in a process, so there is one store for all tests."""
    driver = next((path for path in _DRIVERS if Path(path).exists()), None)
    if driver is None or shutil.which("softhsm2-util") is None:
        pytest.skip("softhsm2 is not installed (.ci/run installs it)")
    if "SOFTHSM2_CONF" not in os.environ:
        store = folder / "tokens"
        store.mkdir()
        (folder / "softhsm2.conf").write_text(f"directories.tokendir = {store}\nlog.level = ERROR\n")
        os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    label = f"test-{uuid.uuid4().hex[:8]}"
    words = ["--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "0815"]
    subprocess.run(["softhsm2-util", *words], check=True, capture_output=True, timeout=60)
    pin_file = folder / "pin"
    pin_file.write_text(PIN + "\n")
    pin_file.chmod(0o600)
    return Token(driver, label, pin_file)
