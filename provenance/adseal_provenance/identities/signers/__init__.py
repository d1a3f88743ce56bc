# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Where a private key lives, behind one small interface: a file, a token (PKCS#11), AWS KMS, or a function.

    identity = open_signer("pkcs11:token=ads;object=claim?module-path=/usr/lib/softhsm/libsofthsm2.so"
                           "&pin-source=file:/run/secrets/pin&chain=/etc/adseal/chain.pem")

Decides nothing itself: ``key`` holds the interface, ``uri`` the addresses, ``hsm`` and ``kms`` the two kinds that need
an extra.
"""

from adseal_provenance.identities.signers.key import CallbackKey, PemKey, SigningKey
from adseal_provenance.identities.signers.uri import open_key, open_signer

__all__ = ["CallbackKey", "PemKey", "SigningKey", "open_key", "open_signer"]
