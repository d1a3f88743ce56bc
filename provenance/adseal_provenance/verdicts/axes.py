# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The axes of a report, each answered on its own.

Decides: how C2PA validation codes and findings map to a state and a sentence, one question at a time (C2PA
2.4, 15.2 and 15.3). Leaves
out: what the answers mean together (``verdict``). Pure functions of evidence and a moment.
"""

from __future__ import annotations

import datetime as dt

from pydantic import JsonValue

from adseal_provenance.credentials.trust import Trust
from adseal_provenance.sealing.manifest import claims_ai
from adseal_provenance.verdicts.evidence import CredentialEvidence, IngredientEvidence, MediaEvidence
from adseal_provenance.verdicts.moment import EXPIRED, OUTSIDE, is_stamped, parsed
from adseal_provenance.verdicts.report import Axis, IngredientVerdict, SignerKind, State

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
        "claimSignature.outsideValidity",
    }
)
REVOKED_CODES = frozenset({"signingCredential.ocsp.revoked", "signingCredential.revoked"})
#: A signer nobody here knows is no sign of tampering; c2pa lists it among the failures all the same.
HARMLESS_CODES = frozenset({"signingCredential.untrusted"})
_VOUCHED: dict[SignerKind, tuple[State, str]] = {
    "trusted": ("pass", "The list {list} vouches for {name}.{old}"),
    "development": ("warn", "{name} is a development identity of your own; nobody else vouches for it."),
    "untrusted": ("warn", "{name} is unknown to the lists used. That is no sign of tampering."),
    "not_checked": ("not_checked", "No list of trusted signers was given; {name} was not looked up."),
}
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
            return Axis(
                state="pass",
                code="credential_valid",
                sentence="An embedded credential is present and stands.",
            )
        case "present":
            return Axis(
                state="fail",
                code="credential_invalid",
                sentence="An embedded credential is present and fails.",
                codes=found.failure,
            )
        case "absent":
            return Axis(
                state="absent",
                code="credential_absent",
                sentence="No embedded credential. This says nothing about where the video comes from.",
            )
        case "unreadable":
            return Axis(
                state="fail",
                code="credential_unreadable",
                sentence=f"A credential is present but unreadable: {found.reason or 'damaged'}.",
            )
        case _:
            return Axis(
                state="not_checked",
                code=f"credential_{found.status}",
                sentence=f"The credential was not checked: {found.reason}.",
            )


def integrity_axis(found: CredentialEvidence) -> Axis:
    """Are the bytes those that were signed?"""
    if found.status != "present":
        return _unattributed(found)
    failures = set(found.failure)
    codes = tuple(code for code in found.failure if code not in CERTIFICATE_CODES)
    if not signature_holds(found):
        also = " So did the video." if failures & CONTENT_CODES else ""
        return _integrity(
            "fail", "credential_changed", f"The credential itself changed after signing.{also}", codes
        )
    if failures & CONTENT_CODES:
        return _integrity("fail", "bytes_changed", "The video's bytes changed after signing.", codes)
    if not content_matches(found):
        return _integrity(
            "fail", "bytes_unbound", "The credential is not bound to this video's bytes.", codes
        )
    note = ""
    if "assertion.bmffHash.additionalExclusionsPresent" in found.informational:
        note = " Padding and the file-type box are not covered."
    codes = tuple(code for code in found.success if code.endswith("Hash.match"))
    return _integrity("pass", "bytes_unchanged", f"Unchanged since signing.{note}", codes)


def _integrity(state: State, code: str, sentence: str, codes: tuple[str, ...]) -> Axis:
    return Axis(state=state, code=code, sentence=sentence, codes=codes)


def _unattributed(found: CredentialEvidence) -> Axis:
    """What is asked of a credential that is not there, or whose signature fails."""
    if found.status != "present":
        return Axis(state="not_checked", code="no_credential", sentence=_NOTHING)
    return Axis(state="not_checked", code="signature_fails", sentence=_FAILS)


def signer_kind(found: CredentialEvidence, trust: Trust) -> SignerKind:
    """Who vouches for the signer."""
    if not signature_holds(found) or not trust.lists or not found.judged:
        return "not_checked"
    if set(found.failure) & (REVOKED_CODES | {"signingCredential.invalid"}):
        return "untrusted"
    if found.trusted_kind == "development":
        return "development"
    return "trusted" if found.trusted_kind == "user" else "untrusted"


def signer_axis(found: CredentialEvidence, trust: Trust, now: dt.datetime) -> Axis:
    """Does anybody vouch for the signer? The list that does is named, with its day."""
    if found.status != "present" or not signature_holds(found):
        return _unattributed(found)
    codes = tuple(code for code in found.failure if code in CERTIFICATE_CODES)
    name = f"{found.signer.common_name!r}" if found.signer else "the signer"
    if "signingCredential.invalid" in codes:
        sentence = f"The certificate of {name} is not made for C2PA."
        return Axis(state="fail", code="signer_unfit", sentence=sentence, codes=codes)
    kind = signer_kind(found, trust)
    state, sentence = _VOUCHED[kind]
    details: dict[str, JsonValue] = {"list": found.trusted_by} if found.trusted_by else {}
    anchors, old = trust.find(found.trusted_by), ""
    if anchors is not None and anchors.date:
        details |= {"list_date": anchors.date, "list_old": anchors.is_old(now)}
        old = " That list is old; a newer one may say otherwise." if anchors.is_old(now) else ""
    if not found.judged:
        sentence = (
            "Whether a list vouched for {name} on that day was not checked: the certificate has ended since."
        )
    return Axis(
        state=state,
        code=f"signer_{kind}",
        sentence=sentence.format(
            name=name, list=anchors.called if anchors else repr(found.trusted_by), old=old
        ),
        codes=codes or (("signingCredential.trusted",) if found.trusted_by else ()),
        details=details,
    )


def time_axis(found: CredentialEvidence, now: dt.datetime) -> Axis:
    """When was it signed, and for how long will it verify? Judged at ``now``."""
    if found.status != "present" or not signature_holds(found):
        return _unattributed(found)
    codes = tuple(
        c for c in (*found.success, *found.informational, *found.failure) if c.startswith("timeStamp.")
    )
    if set(found.failure) & {EXPIRED, OUTSIDE}:
        return _out_of_date(found, codes)
    if is_stamped(found):
        return _stamped(found, codes, now)
    ends = _day(found.signer.not_after if found.signer else "")
    until = f"it stops verifying on {ends}" if ends else "it stops verifying when the certificate ends"
    left = _days_left(found.signer.not_after if found.signer else "", now)
    soon = f" ({left} days from now)" if left is not None and 0 <= left <= 30 else ""
    details: dict[str, JsonValue] = {"stops_verifying": ends}
    if codes:
        sentence = f"The time stamp is not from an authority on the lists used; {until}{soon}."
        return Axis(state="warn", code="stamp_untrusted", sentence=sentence, codes=codes, details=details)
    sentence = f"No time stamp: when it was signed is not known, and {until}{soon}."
    return Axis(state="warn", code="stamp_missing", sentence=sentence, details=details)


def _out_of_date(found: CredentialEvidence, codes: tuple[str, ...]) -> Axis:
    """The certificate is not valid at the moment, and no time stamp helps."""
    if OUTSIDE in found.failure:
        begins = _day(found.signer.not_before if found.signer else "")
        sentence = f"The certificate was not valid yet; it begins{f' on {begins}' if begins else ' later'}."
        return Axis(
            state="fail", code="certificate_not_yet_valid", sentence=sentence, codes=(OUTSIDE, *codes)
        )
    ends = _day(found.signer.not_after if found.signer else "")
    return Axis(
        state="fail",
        code="certificate_expired",
        sentence=f"The certificate expired{f' on {ends}' if ends else ''}, and no trusted time stamp shows that the "
        "video was signed before.",
        codes=(EXPIRED, *codes),
    )


def _stamped(found: CredentialEvidence, codes: tuple[str, ...], now: dt.datetime) -> Axis:
    when = found.signer.time if found.signer else None
    if (signed := parsed(when)) is not None and signed > now:
        sentence = f"Signed no later than {when}, after the moment asked about."
        return Axis(state="warn", code="signed_later", sentence=sentence, codes=codes)
    return Axis(
        state="pass",
        code="stamp_trusted",
        sentence=f"Signed no later than {when}.",
        codes=codes,
        details={"signed_no_later_than": when},
    )


def revocation_axis(found: CredentialEvidence) -> Axis:
    """Did the issuer withdraw the certificate?"""
    codes = tuple(
        code
        for code in (*found.success, *found.informational, *found.failure)
        if code.startswith("signingCredential.ocsp") or code in REVOKED_CODES
    )
    if set(codes) & REVOKED_CODES:
        sentence = "The issuer withdrew the certificate. Do not rely on it."
        return Axis(state="fail", code="certificate_revoked", sentence=sentence, codes=codes)
    if "signingCredential.ocsp.notRevoked" in codes:
        sentence = "The issuer had not withdrawn the certificate."
        return Axis(state="pass", code="certificate_not_revoked", sentence=sentence, codes=codes)
    if found.status != "present":
        return _unattributed(found)
    sentence = "Not asked: verification stays off the network unless told whom to ask."
    if "signingCredential.ocsp.unknown" in codes:
        sentence = "The issuer's answer does not know the certificate."
    return Axis(state="not_checked", code="revocation_unknown", sentence=sentence, codes=codes)


def ingredients_axis(found: CredentialEvidence) -> Axis:
    """What was it made from, and did the sources' own credentials stand?"""
    if found.status != "present" or not signature_holds(found):
        return _unattributed(found)
    if not found.ingredients:
        return Axis(state="absent", code="sources_none", sentence="The credential names no sources.")
    failed = [i for i in found.ingredients if ingredient_verdict(i) == "broken"]
    if failed:
        codes = tuple(
            dict.fromkeys(code for i in failed for code in i.failures if code not in HARMLESS_CODES)
        )
        names = ", ".join(repr(i.title) for i in failed[:3])
        sentence = f"Made from a source whose own credential failed: {names}."
        return Axis(state="warn", code="source_broken", sentence=sentence, codes=codes)
    carrying = sum(i.has_credential for i in found.ingredients)
    return Axis(
        state="pass",
        code="sources_hold",
        sentence=f"Sources named: {len(found.ingredients)}, of which with a credential: {carrying}; none failed.",
    )


def ingredient_verdict(ingredient: IngredientEvidence) -> IngredientVerdict:
    """What is to be said of one source by itself: its own credential, as it was found when the source was taken in and
    as it is now. Whoever signed the video answers for the rest.
    """
    if set(ingredient.failures) - HARMLESS_CODES:
        return "broken"
    return "intact" if ingredient.has_credential else "none"


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
                state="pass",
                code="ai_signed",
                sentence=f"The credential says: {first.source_type}{agent} ({first.where}).",
            )
        if not unsigned:
            sentence = "The credential does not say that AI was used."
            return Axis(state="absent", code="ai_unsaid", sentence=sentence)
    if unsigned:
        return Axis(
            state="warn",
            code="ai_unsigned",
            sentence=f"An unsigned label says that AI was used ({unsigned}); anyone can write or remove it.",
        )
    if found.status == "present":
        return _unattributed(found)
    return Axis(
        state="absent",
        code="ai_unsaid",
        sentence="Nothing in the file says whether AI was used. That is no statement.",
    )


def _day(moment: str) -> str:
    return moment[:10]


def _days_left(moment: str, now: dt.datetime) -> int | None:
    end = parsed(moment)
    return None if end is None else (end - now).days
