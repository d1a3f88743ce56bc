# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""A credential as it would have been judged at another moment.

Decides: which validation codes hold at a chosen time (C2PA 2.4, 15.8 and 15.9): with a trusted time stamp the stamp's
moment counts, whenever one looks; without one, the certificate has to be valid when one looks. The C2PA library knows
no other moment than now, so its codes about the certificate's dates are replaced by ours. Leaves out: what the codes
mean (``axes``). Pure.
"""

from __future__ import annotations

import datetime as dt

from adseal_provenance.verdicts.evidence import CredentialEvidence

EXPIRED = "signingCredential.expired"
OUTSIDE = "claimSignature.outsideValidity"
INSIDE = "claimSignature.insideValidity"


def judged_at(found: CredentialEvidence, moment: dt.datetime) -> CredentialEvidence:
    """``found`` with the codes that it would have had at ``moment`` (aware).

    Where the certificate has ended since, the lists of anchors cannot be asked for that day any more, and ``judged``
    says so: the library does not look at them for a certificate that is out of date.
    """
    span = _validity(found)
    if found.status != "present" or span is None or is_stamped(found):
        return found
    begins, ends = span
    success = [code for code in found.success if code not in {INSIDE, OUTSIDE}]
    failure = [code for code in found.failure if code not in {EXPIRED, OUTSIDE}]
    judged = found.judged
    if begins <= moment <= ends:
        success.append(INSIDE)
        if EXPIRED in found.failure:
            failure, judged = [code for code in failure if code != "signingCredential.untrusted"], False
    else:
        failure.append(EXPIRED if moment > ends else OUTSIDE)
    return found.model_copy(
        update={"success": tuple(success), "failure": tuple(failure), "judged": judged},
    )


def is_stamped(found: CredentialEvidence) -> bool:
    """Whether a trusted authority vouches for the time of signing."""
    return {"timeStamp.trusted", "timeStamp.validated"} <= set(found.success)


def parsed(moment: str | None) -> dt.datetime | None:
    """An aware time out of ISO 8601 text, or ``None`` where it is none."""
    try:
        time = dt.datetime.fromisoformat(moment or "")
    except ValueError:
        return None
    return time if time.tzinfo is not None else None


def _validity(found: CredentialEvidence) -> tuple[dt.datetime, dt.datetime] | None:
    begins = parsed(found.signer.not_before if found.signer else None)
    ends = parsed(found.signer.not_after if found.signer else None)
    return (begins, ends) if begins is not None and ends is not None else None
