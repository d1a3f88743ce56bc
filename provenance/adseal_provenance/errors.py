# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The one error tree of this package.

Decides: what a failure here looks like to a caller (a stable ``code``, a ``hint`` that says what to do,
whether trying again can help). Leaves out: what verification finds in a received file. A missing or broken
mark is a result, not an error; only a caller's own mistakes and a broken environment are raised.
"""

from __future__ import annotations


class ProvenanceError(Exception):
    """Anything this package raises on purpose.

    Attributes:
        code: stable, lowercase, machine-readable; never reworded between releases.
        hint: one sentence for a person: what to do about it. May be empty.
        retryable: True where the same call may succeed later without any change.
    """

    code: str = "provenance_error"
    hint: str = ""
    retryable: bool = False

    def __init__(
        self, message: str, *, code: str | None = None, hint: str | None = None, retryable: bool | None = None
    ) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code
        if hint is not None:
            self.hint = hint
        if retryable is not None:
            self.retryable = retryable


class MediaError(ProvenanceError):
    """A media file cannot be read within its limits.

    Codes: ``unreadable``, ``no_video``, ``too_large``, ``too_long``, ``too_many_pixels``, ``too_slow``,
        ``not_found``.
    """

    code = "unreadable"
    hint = "Check that the file is a complete video that a player can open."


class KeyFileError(ProvenanceError):
    """A watermark key file is missing, readable by others, or damaged.

    Codes: ``key_missing``, ``key_exists``, ``key_permissions``, ``key_damaged``, ``key_unwritable``.
    """

    code = "key_damaged"
    hint = "Restore the key file from its backup; a new key cannot find marks made with the old one."


class WatermarkError(ProvenanceError):
    """A watermark cannot be embedded or read as asked (bad sizes, bad locator, changing frame size)."""

    code = "watermark"


class SealError(ProvenanceError):
    """A file could not be sealed; nothing was left behind at its destination."""

    code = "seal"


class IdentityError(ProvenanceError):
    """A signing identity is missing, damaged or unfit for signing."""

    code = "identity"


class SignerError(ProvenanceError):
    """A private key outside a plain identity folder cannot be reached, or does not sign as it should.

    Codes: ``signer_uri``, ``signer_chain``, ``signer_extra``, ``signer_unavailable`` (retryable),
        ``signer_refused``, ``signer_key``, ``signer_algorithm``, ``signer_mismatch``.
    """

    code = "signer_unavailable"


class CredentialError(ProvenanceError):
    """A credential that was asked for by itself is not there or cannot be read; in verification that is a finding.

    Codes: ``credential_absent``, ``credential_unreadable``, ``credential_not_checked``.
    """

    code = "credential_unreadable"
    hint = "adseal verify says what is known of the file."


class RegistryError(ProvenanceError):
    """The registry of sealed files cannot be opened, read or written."""

    code = "registry"


class TrustError(ProvenanceError):
    """A list of trust anchors cannot be used.

    Codes: ``trust_missing``, ``trust_damaged``, ``trust_too_many``, ``trust_too_large``, ``trust_empty``,
        ``trust_private_key``, ``trust_duplicate``, ``trust_expired``, ``trust_wrong_kind``, ``trust_address``,
        ``trust_unavailable`` (retryable).
    """

    code = "trust_damaged"


class ReceiptError(ProvenanceError):
    """A receipt cannot be made, or a document is none.

    Codes: ``receipt_nothing``, ``receipt_too_large``, ``receipt_unreadable``.
    """

    code = "receipt_unreadable"


class RulesError(ProvenanceError):
    """Rules were asked for that are not there, or something was declared that no rule knows.

    Codes: ``unknown_law``, ``bad_declaration``, ``bad_plan``.
    """

    code = "unknown_law"
