# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The first sentence of a summary.

Decides: how a verdict is said to people, so that nobody takes "nothing found" for "not made by AI", an
unknown signer for tampering, or a recovered copy for the signed file. Leaves out: the verdict itself
(``verdict``).
"""

from __future__ import annotations

from collections.abc import Sequence

from adseal_provenance.credentials.trust import Trust
from adseal_provenance.verdicts import axes
from adseal_provenance.verdicts.evidence import Candidate, CredentialEvidence, Evidence
from adseal_provenance.verdicts.moment import EXPIRED, OUTSIDE
from adseal_provenance.verdicts.report import Verdict
from adseal_provenance.watermark.model import Mark

_NOTHING_SAID = "That says nothing about where the video comes from."


def headline(
    verdict: Verdict,
    evidence: Evidence,
    marks: Sequence[Mark],
    best: Candidate | None,
    *,
    faults: Sequence[str],
    trust: Trust,
    registry_asked: bool,
) -> str:
    """One or two sentences for a verdict; ``best`` is the record the marks lead to, ``faults`` what speaks
    against it."""
    media, found = evidence.media, evidence.credential
    match verdict:
        case "intact":
            text = _intact(found, trust)
        case "broken":
            text = _broken(found, marks, best, faults)
        case "recovered" if best is not None:
            text = (
                f"Re-encoded or edited copy of {best.record.title!r}, sealed by {_who(best.store, trust)}; the "
                "file itself is not covered by the signature."
            )
        case "mismatch" if best is not None and faults:
            text = f"A mark leads to the registered video {best.record.title!r}, but {'; '.join(faults)}."
        case "mismatch" | "recovered":
            text = "More than one sealed video is in it, or was meant to seem so."
        case "marked":
            where = "the registry has no record of it" if registry_asked else "no registry was asked"
            text = f"Carries the mark {marks[0].id}, but {where}. Who sealed it is not known."
        case "unreadable":
            text = f"The file could not be examined: {media.reason or found.reason}."
        case "none":
            text = _none(evidence)
    return text


def _intact(found: CredentialEvidence, trust: Trust) -> str:
    match axes.signer_kind(found, trust):
        case "trusted":
            return f"Intact and signed by {_who(found, trust)}."
        case "development":
            return f"Intact since signing by {_who(found, trust)}."
        case "untrusted":
            return f"Intact since signing, but the signer ({_name(found)}) is not on a trusted list."
        case _:
            return (
                f"Intact since signing; whether the signer ({_name(found)}) can be trusted was not checked."
            )


def _broken(
    found: CredentialEvidence, marks: Sequence[Mark], best: Candidate | None, faults: Sequence[str]
) -> str:
    if found.status == "unreadable":
        text = "NOT VALID: a credential is present but unreadable."
    elif axes.signature_holds(found) and axes.content_matches(found):
        why = "expired and no trusted time stamp covers it"
        if set(found.failure) & axes.REVOKED_CODES:
            why = "was withdrawn by its issuer"
        elif OUTSIDE in found.failure:
            why = "was not valid yet at the moment asked about"
        elif EXPIRED not in found.failure:
            why = "is unfit for signing"
        text = f"NOT VALID: the video is unchanged since signing, but the certificate {why}."
    else:
        text = f"NOT VALID: {axes.integrity_axis(found).sentence} Attribute nothing to the signer it names."
    if best is not None and not faults:
        record = best.record
        text += f" Its mark leads to the registered original {record.title!r} ({record.manifest_id})."
    elif best is not None:
        text += f" Its mark leads to the registered video {best.record.title!r}, which does not fit."
    elif marks:
        text += f" It carries the mark {marks[0].id}, of which no record was found."
    return text


def _none(evidence: Evidence) -> str:
    if evidence.credential.status in {"remote", "unsupported"}:
        reason = evidence.credential.reason
        return f"No mark was found, and the credential was not checked ({reason}). {_NOTHING_SAID}"
    looked = (
        evidence.media.detection.picture != "not_checked" or evidence.media.detection.sound != "not_checked"
    )
    if not looked:
        return f"No credential was found, and marks were not looked for. {_NOTHING_SAID}"
    return f"No credential and no mark were found. {_NOTHING_SAID}"


def _name(found: CredentialEvidence) -> str:
    if found.signer is None or not found.signer.common_name:
        return "without a name"
    organization = found.signer.organization
    return f"{found.signer.common_name!r}{f' of {organization!r}' if organization else ''}"


def _who(found: CredentialEvidence, trust: Trust) -> str:
    match axes.signer_kind(found, trust):
        case "trusted":
            anchors = trust.find(found.trusted_by)
            return f"{_name(found)} (list {anchors.called if anchors else repr(found.trusted_by)})"
        case "development":
            return "a development identity, for which nobody vouches"
        case _:
            return f"{_name(found)}, who is on no trusted list"
