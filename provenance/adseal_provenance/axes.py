# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The axes of a report, each answered on its own.

Decides: how C2PA validation codes and findings map to a state and a sentence, one question at a time (C2PA
2.4, 15.2 and 15.3). Leaves
out: what the answers mean together (``verdict``). Pure functions of evidence and a moment.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from .evidence import Candidate, CredentialEvidence, Evidence, MediaEvidence
from .manifest import claims_ai
from .report import Axis, SignerKind, State
from .trust import Trust
from .watermark.model import Checked, Mark

#: The video's bytes are not those that were signed (15.12).
CONTENT_CODES = frozenset(
    {
        "assertion.bmffHash.mismatch",
        "assertion.dataHash.mismatch",
        "assertion.boxesHash.mismatch",
        "assertion.collectionHash.mismatch",
        "assertion.multiAssetHash.mismatch",
    }
)
#: About the signer's certificate, not about any byte of the video or the credential.
CERTIFICATE_CODES = frozenset(
    {
        "signingCredential.untrusted",
        "signingCredential.invalid",
        "signingCredential.expired",
        "signingCredential.ocsp.revoked",
        "signingCredential.ocsp.unknown",
        "signingCredential.revoked",
    }
)
REVOKED_CODES = frozenset({"signingCredential.ocsp.revoked", "signingCredential.revoked"})
#: A signer nobody here knows is no sign of tampering; c2pa lists it among the failures all the same.
HARMLESS_CODES = frozenset({"signingCredential.untrusted"})
_NOTHING = "There is no credential to check."
_FAILS = "The signature fails, so nothing is attributed to anybody."


def signature_holds(found: CredentialEvidence) -> bool:
    """The signature is that of the certificate, over exactly this claim and these assertions (content
    aside)."""
    wrong = set(found.failure) - CONTENT_CODES - CERTIFICATE_CODES
    return found.status == "present" and "claimSignature.validated" in found.success and not wrong


def content_matches(found: CredentialEvidence) -> bool:
    """A hard binding was checked over the file's bytes and holds."""
    matched = any(code.startswith("assertion.") and code.endswith("Hash.match") for code in found.success)
    return matched and not set(found.failure) & CONTENT_CODES


def validates(found: CredentialEvidence) -> bool:
    """The credential stands: signature, assertions, content and certificate (a signer unknown here
    included)."""
    return signature_holds(found) and content_matches(found) and not set(found.failure) - HARMLESS_CODES


def credential_axis(found: CredentialEvidence) -> Axis:
    """Is there a credential, and does it stand?"""
    match found.status:
        case "present" if validates(found):
            return Axis(state="passed", detail="An embedded credential is present and stands.")
        case "present":
            return Axis(
                state="failed", detail="An embedded credential is present and fails.", codes=found.failure
            )
        case "absent":
            return Axis(
                state="not_found",
                detail="No embedded credential. This says nothing about where the video comes from.",
            )
        case "unreadable":
            return Axis(
                state="failed", detail=f"A credential is present but unreadable: {found.reason or 'damaged'}."
            )
        case _:
            return Axis(state="not_checked", detail=f"The credential was not checked: {found.reason}.")


def integrity_axis(found: CredentialEvidence) -> Axis:
    """Are the bytes those that were signed?"""
    if found.status != "present":
        return Axis(state="not_checked", detail=_NOTHING)
    failures = set(found.failure)
    codes = tuple(code for code in found.failure if code not in CERTIFICATE_CODES)
    if not signature_holds(found):
        also = " So did the video." if failures & CONTENT_CODES else ""
        return Axis(state="failed", detail=f"The credential itself changed after signing.{also}", codes=codes)
    if failures & CONTENT_CODES:
        return Axis(state="failed", detail="The video's bytes changed after signing.", codes=codes)
    if not content_matches(found):
        return Axis(state="failed", detail="The credential is not bound to this video's bytes.", codes=codes)
    note = ""
    if "assertion.bmffHash.additionalExclusionsPresent" in found.informational:
        note = " Padding and the file-type box are not covered."
    return Axis(state="passed", detail=f"Unchanged since signing.{note}", codes=("assertion.bmffHash.match",))


def signer_kind(found: CredentialEvidence, trust: Trust) -> SignerKind:
    """Who vouches for the signer."""
    if not signature_holds(found) or not trust.lists:
        return "not_checked"
    if set(found.failure) & (REVOKED_CODES | {"signingCredential.invalid"}):
        return "untrusted"
    if found.trusted_kind == "development":
        return "development"
    return "trusted" if found.trusted_kind == "user" else "untrusted"


def signer_axis(found: CredentialEvidence, trust: Trust) -> Axis:
    """Does anybody vouch for the signer?"""
    if found.status != "present" or not signature_holds(found):
        return Axis(state="not_checked", detail=_NOTHING if found.status != "present" else _FAILS)
    codes = tuple(code for code in found.failure if code in CERTIFICATE_CODES)
    name = f"{found.signer.common_name!r}" if found.signer else "the signer"
    if "signingCredential.invalid" in codes:
        return Axis(state="failed", detail=f"The certificate of {name} is not made for C2PA.", codes=codes)
    state: State
    match signer_kind(found, trust):
        case "not_checked":
            state, detail = "not_checked", f"No list of trusted signers was given; {name} was not looked up."
        case "development":
            state, detail = (
                "warning",
                f"{name} is a development identity of your own; nobody else vouches for it.",
            )
        case "trusted":
            state, detail = "passed", f"The list {found.trusted_by!r} vouches for {name}."
        case "untrusted":
            state, detail = "warning", f"{name} is unknown to the lists used. That is no sign of tampering."
    found_trusted = ("signingCredential.trusted",) if found.trusted_by else ()
    return Axis(state=state, detail=detail, codes=codes or found_trusted)


def time_axis(found: CredentialEvidence, now: dt.datetime) -> Axis:
    """When was it signed, and for how long will it verify?"""
    if found.status != "present" or not signature_holds(found):
        return Axis(state="not_checked", detail=_NOTHING if found.status != "present" else _FAILS)
    codes = tuple(
        c for c in (*found.success, *found.informational, *found.failure) if c.startswith("timeStamp.")
    )
    ends = _day(found.signer.not_after if found.signer else "")
    if "signingCredential.expired" in found.failure:
        return Axis(
            state="failed",
            detail=f"The certificate expired{f' on {ends}' if ends else ''}, and no trusted time stamp shows "
            "that the video was signed before.",
            codes=("signingCredential.expired", *codes),
        )
    if "timeStamp.trusted" in found.success and "timeStamp.validated" in found.success:
        when = found.signer.time if found.signer else None
        return Axis(state="passed", detail=f"Signed no later than {when}.", codes=codes)
    until = f"it stops verifying on {ends}" if ends else "it stops verifying when the certificate ends"
    left = _days_left(found.signer.not_after if found.signer else "", now)
    soon = f" ({left} days from now)" if left is not None and 0 <= left <= 30 else ""
    if codes:
        return Axis(
            state="warning",
            detail=f"The time stamp is not from an authority on the lists used; {until}{soon}.",
            codes=codes,
        )
    return Axis(state="warning", detail=f"No time stamp: when it was signed is not known, and {until}{soon}.")


def revocation_axis(found: CredentialEvidence) -> Axis:
    """Did the issuer withdraw the certificate?"""
    codes = tuple(
        code
        for code in (*found.success, *found.informational, *found.failure)
        if code.startswith("signingCredential.ocsp") or code in REVOKED_CODES
    )
    if set(codes) & REVOKED_CODES:
        return Axis(
            state="failed", detail="The issuer withdrew the certificate. Do not rely on it.", codes=codes
        )
    if "signingCredential.ocsp.notRevoked" in codes:
        return Axis(state="passed", detail="The issuer had not withdrawn the certificate.", codes=codes)
    detail = "Not asked: verification stays off the network." if found.status == "present" else _NOTHING
    return Axis(state="not_checked", detail=detail, codes=codes)


def ingredients_axis(found: CredentialEvidence) -> Axis:
    """What was it made from, and did the sources' own credentials stand?"""
    if found.status != "present" or not signature_holds(found):
        return Axis(state="not_checked", detail=_NOTHING if found.status != "present" else _FAILS)
    if not found.ingredients:
        return Axis(state="not_found", detail="The credential names no sources.")
    failed = [i for i in found.ingredients if set(i.failures) - HARMLESS_CODES]
    if failed:
        codes = tuple(
            dict.fromkeys(code for i in failed for code in i.failures if code not in HARMLESS_CODES)
        )
        names = ", ".join(repr(i.title) for i in failed[:3])
        return Axis(
            state="warning", detail=f"Made from a source whose own credential failed: {names}.", codes=codes
        )
    carrying = sum(i.has_credential for i in found.ingredients)
    return Axis(
        state="passed",
        detail=f"Sources named: {len(found.ingredients)}, of which with a credential: {carrying}; none failed.",
    )


def ai_axis(found: CredentialEvidence, media: MediaEvidence) -> Axis:
    """Does anything say that it was made with AI? A signed statement counts; an unsigned label is only
    mentioned."""
    labels = [f"IPTC {name}" for name in media.labels.source_types if claims_ai(name)]
    if media.labels.aigc:
        labels.append(f"AIGC label {media.labels.aigc.get('Label')}")
    labels += [f"the public mark of {mark.generator}" for mark in media.known_marks]
    unsigned = f"{' and '.join(labels)}" if labels else ""
    if found.status == "present" and signature_holds(found):
        statements = [statement for statement in found.ai if claims_ai(statement.source_type)]
        if statements:
            first = statements[0]
            agent = f" by {first.agent!r}" if first.agent else ""
            return Axis(
                state="passed", detail=f"The credential says: {first.source_type}{agent} ({first.where})."
            )
        if not unsigned:
            return Axis(state="not_found", detail="The credential does not say that AI was used.")
    if unsigned:
        return Axis(
            state="warning",
            detail=f"An unsigned label says that AI was used ({unsigned}); anyone can write or remove it.",
        )
    if found.status == "present":
        return Axis(state="not_checked", detail="The signature fails, so nothing it says is repeated.")
    return Axis(
        state="not_found", detail="Nothing in the file says whether AI was used. That is no statement."
    )


def mark_axis(part: str, algorithm: str, checked: Checked, marks: Sequence[Mark], evidence: Evidence) -> Axis:
    """Was a mark found in one part (``picture`` or ``sound``)? ``marks`` are those that count."""
    axis = _own_marks(part, algorithm, checked, marks, evidence)
    if part != "picture" or not evidence.media.known_marks:
        return axis
    seen = "; ".join(f"{m.generator}, {m.matches} of {m.bits} bits" for m in evidence.media.known_marks)
    note = f"The picture carries a public mark of a known generator ({seen}); anyone can write one."
    return axis.model_copy(update={"detail": f"{axis.detail} {note}"})


def _own_marks(
    part: str, algorithm: str, checked: Checked, marks: Sequence[Mark], evidence: Evidence
) -> Axis:
    own = [mark for mark in marks if mark.algorithm == algorithm]
    if own:
        first = min(own, key=lambda mark: mark.log10_p)
        seconds = sum(end - start for start, end in first.spans)
        faint = (
            ", too faint to be read, but confirmed against the registry" if first.method == "known" else ""
        )
        return Axis(
            state="passed",
            detail=f"The {part} carries the mark {first.id}{faint} for {seconds:.1f} s; chance would do that "
            f"once in 10^{-first.log10_p:.0f} files.",
        )
    if evidence.media.status != "readable" or checked == "not_checked":
        notes = "; ".join(evidence.media.detection.notes)
        reason = notes or evidence.media.reason or "no watermark key was given"
        if part == "sound" and evidence.media.has_sound is False:
            reason = "the file has no sound"
        return Axis(state="not_checked", detail=f"The {part} was not searched for marks: {reason}.")
    return Axis(
        state="not_found",
        detail=f"No mark of the keys used was found in the {part}. A mark can be lost, or be of another key.",
    )


def fingerprint_axis(candidate: Candidate | None) -> Axis:
    """Does the picture agree with that of the registered video?"""
    if candidate is None:
        return Axis(state="not_checked", detail="There is no registered video to compare with.")
    if candidate.comparison is None:
        reason = candidate.comparison_problem or "one of the two has no fingerprint"
        return Axis(state="not_checked", detail=f"The picture was not compared: {reason}.")
    score = f"{candidate.comparison.score:.2f}"
    if candidate.alike:
        return Axis(
            state="warning",
            detail=f"The picture looks like that of {candidate.record.title!r} ({score}), but no mark confirms it.",
        )
    if not candidate.comparison.agrees:
        return Axis(
            state="failed", detail=f"The picture is not that of {candidate.record.title!r} ({score})."
        )
    where = ""
    if candidate.comparison.span is not None:
        start, end = candidate.comparison.span
        where = f", seconds {start:.1f} to {end:.1f}"
    detail = f"The picture is that of {candidate.record.title!r}{where} ({score})."
    edits = edited(candidate)
    return Axis(state="warning" if edits else "passed", detail=" ".join([detail, *edits]))


def edited(candidate: Candidate) -> list[str]:
    """What in a copy is not the registered video, in sentences."""
    comparison, told = candidate.comparison, []
    if comparison is None or not comparison.agrees:
        return []
    if comparison.foreign:
        seconds = ", ".join(f"{start:.1f} to {end:.1f}" for start, end in comparison.foreign)
        told.append(f"Seconds {seconds} of this copy show something else than the registered video.")
    if comparison.changed:
        (left, top, right, bottom), (start, end) = comparison.changed[0]
        across, down = (left + right) / 2, (top + bottom) / 2
        place = f"{'top' if down < 1 / 3 else 'bottom' if down > 2 / 3 else 'middle'} "
        place += "left" if across < 1 / 3 else "right" if across > 2 / 3 else "centre"
        told.append(
            f"A part of the picture was exchanged ({place}, seconds {start:.1f} to {end:.1f} of the registered "
            "video): text, price or logo may be others than those that were sealed."
        )
    return told


def _day(moment: str) -> str:
    return moment[:10]


def _days_left(moment: str, now: dt.datetime) -> int | None:
    try:
        end = dt.datetime.fromisoformat(moment)
    except ValueError:
        return None
    if end.tzinfo is None:
        return None
    return (end - now).days
