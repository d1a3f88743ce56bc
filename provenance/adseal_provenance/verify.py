# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Verifying a received file.

Decides: what is fetched, in which order, and that nothing a file can be or contain leads to an exception.
Leaves out: the examination (``examine``, in processes of its own) and the decision (``verdict``, pure).

    with Registry.open("registry.db", create=False) as registry:
        report = verify("clip.mp4", keys=[key], registry=registry, trust=trust)
    report.verdict    # "intact", "recovered", "mismatch", "marked", "broken", "none" or "unreadable"
"""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import os
import stat
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from adseal_provenance.credentials.trust import Trust
from adseal_provenance.errors import ProvenanceError
from adseal_provenance.verdicts.evidence import (
    Candidate,
    Comparison,
    CredentialEvidence,
    Evidence,
    FileFacts,
    MediaEvidence,
)
from adseal_provenance.verdicts.report import Report
from adseal_provenance.verdicts.verdict import MARK_LOG10_P, Setting, decide
from adseal_provenance.watermark.model import MarkGeometry

if TYPE_CHECKING:
    from adseal_provenance.likeness.compare import Agreement
    from adseal_provenance.reading.media import Limits
    from adseal_provenance.records.record import Record
    from adseal_provenance.records.registry import Registry
    from adseal_provenance.watermark.keys import WatermarkKey

#: One mark cannot lead to more records than this; each costs a look at its manifest store.
_MAX_RECORDS = 16
#: Registered videos that look alike and are compared in full; a comparison takes about half a second.
_MAX_ALIKE = 5
_UNREAD = CredentialEvidence(status="not_checked", reason="no mark leads to it")


def verify(
    path: Path | str,
    *,
    keys: Sequence[WatermarkKey] = (),
    registry: Registry | None = None,
    trust: Trust | None = None,
    limits: Limits | None = None,
    now: dt.datetime | None = None,
    at: dt.datetime | None = None,
) -> Report:
    """Examine one received file and say what is known about it. Never raises on what it was given.

    Args:
        path: anything; what is no readable regular file gets the verdict ``unreadable`` with the reason.
        keys: watermark keys to look for; without any, marks are "not checked".
        registry: where marks lead to; without one, a mark stays ``marked``.
        trust: whom to believe; without any list, signers are "not checked". The network is used only for its
            ``ocsp_hosts``.
        limits: what the examination may cost.
        now: aware time to report as the moment of the check (the clock, if not given).
        at: aware time for which certificates are judged; now, if not given.
    """
    from adseal_provenance.reading.media import Limits

    limits, trust = limits or Limits(), trust or Trust()
    setting = Setting(
        trust=trust,
        now=now or dt.datetime.now(dt.UTC),
        version=_version(),
        at=at,
        registry_asked=registry is not None,
        key_ids=tuple(key.key_id for key in keys),
    )

    # (1) the file: a regular one, within limits, hashed before anything interprets it.
    facts, identity = _facts(path, limits)
    if facts.problem:
        return decide(_unexamined(facts), (), setting)

    # (2) the examination, in processes of its own.
    from adseal_provenance.examination.examine import examine_file, examine_known, examine_stores

    credential, media = examine_file(Path(path).absolute(), keys=keys, trust=trust, limits=limits)
    if _identity(path) != identity:
        facts = facts.model_copy(update={"code": "changed", "problem": "it changed while it was examined"})
        return decide(_unexamined(facts), (), setting)
    evidence = Evidence(file=facts, credential=credential, media=media)

    # (2b) where no mark could be read: do those of registered videos that look like this one fit?
    alike: list[tuple[Record, Comparison]] = []
    if registry is not None and keys and not _strong(media):
        alike = _lookalikes(registry, media)
        known = [(record.key_id, record.locator) for record, _ in alike if record.locator]
        if known:
            media = _confirmed(
                media, examine_known(Path(path).absolute(), keys=keys, known=known, limits=limits)
            )
            if _identity(path) != identity:
                facts = facts.model_copy(
                    update={"code": "changed", "problem": "it changed while it was examined"}
                )
                return decide(_unexamined(facts), (), setting)
            evidence = evidence.model_copy(update={"media": media})

    # (3) the records to which marks and credential lead.
    records, problem = _records(evidence, registry)

    # (4) their manifest stores are read like a stranger's, and their pictures compared.
    stores = examine_stores([record.manifest_store for record in records], trust=trust, limits=limits)
    candidates = [_candidate(record, store, media) for record, store in zip(records, stores, strict=True)]
    candidates += [Candidate(r, _UNREAD, c, alike=True) for r, c in alike if not _strong(media)]

    # (5) the decision.
    return decide(evidence, candidates, replace(setting, registry_problem=problem))


def unexamined(name: str, *, code: str, problem: str, size: int | None = None) -> Report:
    """The report on something that never became a file here: too large, or its bytes could not be had.

    Args:
        name: what the sender calls it.
        code, problem: as in :class:`~adseal_provenance.verdicts.evidence.FileFacts`.
        size: bytes, where known.
    """
    facts = FileFacts(name=_printable(name), size=size, code=code, problem=problem)
    return decide(_unexamined(facts), (), Setting(Trust(), now=dt.datetime.now(dt.UTC), version=_version()))


def _facts(path: Path | str, limits: Limits) -> tuple[FileFacts, tuple[int, ...] | None]:
    """The file's size and hash with what makes it the same file later, or why it cannot be examined."""
    name = _printable(str(path))
    try:
        # Without O_NONBLOCK, opening a FIFO would wait for somebody to write.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL
        return _problem(name, error), None
    try:
        status = os.fstat(descriptor)
        code, problem = _refusal(status, limits)
        if code:
            return FileFacts(name=name, size=status.st_size, code=code, problem=problem), None
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return _problem(name, error), None
    finally:
        os.close(descriptor)
    return FileFacts(name=name, size=status.st_size, sha256=sha256), _of(status)


def _refusal(status: os.stat_result, limits: Limits) -> tuple[str, str]:
    """Code and words for what is not even opened; two empty texts where nothing speaks against it."""
    if not stat.S_ISREG(status.st_mode):
        kind = "a folder" if stat.S_ISDIR(status.st_mode) else "not a regular file"
        return "not_a_file", f"it is {kind}"
    if status.st_size == 0:
        return "empty", "it is empty"
    if status.st_size > limits.max_bytes:
        return "too_large", f"it has {status.st_size} bytes, and {limits.max_bytes} are allowed"
    return "", ""


def _problem(name: str, error: OSError | ValueError) -> FileFacts:
    number = getattr(error, "errno", None)
    codes = {errno.ENOENT: "not_found", errno.ENOTDIR: "not_found", errno.EACCES: "permission"}
    words = getattr(error, "strerror", None) or str(error)
    return FileFacts(name=name, code=codes.get(number or 0, "unreadable"), problem=words)


def _identity(path: Path | str) -> tuple[int, ...] | None:
    try:
        return _of(Path(path).stat())
    except OSError:
        return None


def _of(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _unexamined(facts: FileFacts) -> Evidence:
    return Evidence(
        file=facts,
        credential=CredentialEvidence(status="not_checked", reason=facts.problem),
        media=MediaEvidence(status="not_checked", reason=facts.problem),
    )


def _records(evidence: Evidence, registry: Registry | None) -> tuple[list[Record], str]:
    """The records that strong marks and the embedded credential's id lead to, each once; or why there are
    none."""
    if registry is None:
        return [], ""
    locators = {mark.id for mark in evidence.media.detection.marks if mark.log10_p <= MARK_LOG10_P}
    found: dict[str, Record] = {}
    try:
        for locator in sorted(locators):
            found |= {record.manifest_id: record for record in registry.by_locator(locator)}
        if evidence.credential.manifest_id is not None:
            record = registry.get(evidence.credential.manifest_id)
            found |= {record.manifest_id: record} if record is not None else {}
    except ProvenanceError as error:
        return [], _printable(error.args[0])
    return list(found.values())[:_MAX_RECORDS], ""


def _candidate(record: Record, store: CredentialEvidence, media: MediaEvidence) -> Candidate:
    from adseal_provenance.likeness.compare import compare
    from adseal_provenance.likeness.fingerprint import Fingerprint

    if not record.fingerprint or media.fingerprint is None:
        missing = "the record" if not record.fingerprint else "the received file"
        return Candidate(record, store, None, f"{missing} has no fingerprint")
    try:
        agreement = compare(
            Fingerprint.from_bytes(media.fingerprint),
            Fingerprint.from_bytes(record.fingerprint),
            geometry=_geometry(record, media),
        )
    except (ProvenanceError, ValueError) as error:
        return Candidate(record, store, None, f"a fingerprint is damaged: {_printable(str(error))}")
    return Candidate(record, store, _comparison(agreement))


def _comparison(agreement: Agreement) -> Comparison:
    return Comparison(
        agreement.score,
        agreement.agrees,
        agreement.span,
        matches=tuple((span.received, span.registered) for span in agreement.spans),
        foreign=agreement.foreign,
        changed=tuple((change.box, change.seconds) for change in agreement.changes),
        seen=tuple(change.seen for change in agreement.changes),
    )


def _strong(media: MediaEvidence) -> bool:
    return any(mark.log10_p <= MARK_LOG10_P for mark in media.detection.marks)


def _lookalikes(registry: Registry, media: MediaEvidence) -> list[tuple[Record, Comparison]]:
    """The registered videos of which the received one may be a copy, by its picture; a registry that cannot answer
    says so when it is asked for the records."""
    from adseal_provenance.likeness.compare import compare
    from adseal_provenance.likeness.fingerprint import Fingerprint

    if media.fingerprint is None:
        return []
    found = []
    try:
        received = Fingerprint.from_bytes(media.fingerprint)
        for near in registry.nearest(received, limit=_MAX_ALIKE):
            record = registry.get(near.manifest_id)
            if record is None or not record.fingerprint:
                continue
            agreement = compare(received, Fingerprint.from_bytes(record.fingerprint))
            if agreement.agrees:
                found.append((record, _comparison(agreement)))
    except (ProvenanceError, ValueError):
        return found
    return found


def _confirmed(before: MediaEvidence, again: MediaEvidence) -> MediaEvidence:
    """The first look with the marks of the second; the first alone where the second failed."""
    if again.status != "readable" or not again.detection.marks:
        return before
    seen = before.detection
    detection = seen.model_copy(
        update={
            "marks": (*seen.marks, *again.detection.marks),
            "picture": again.detection.picture if seen.picture == "not_found" else seen.picture,
            "sound": again.detection.sound if seen.sound == "not_found" else seen.sound,
        }
    )
    return before.model_copy(update={"detection": detection})


def _geometry(record: Record, media: MediaEvidence) -> MarkGeometry | None:
    """How the picture was scaled, turned or mirrored, if the mark that leads to this record tells."""
    return next((m.geometry for m in media.detection.marks if m.id == record.locator and m.geometry), None)


def _printable(text: str) -> str:
    """Text that can be written as UTF-8 on one line, whatever bytes a file name had."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(c if c.isprintable() else "?" for c in text)


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("adseal")
    except PackageNotFoundError:
        return "0"
