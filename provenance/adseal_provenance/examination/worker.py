# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The examination process: ``python -m adseal_provenance.examination.worker``, one job as JSON on stdin, one answer on
stdout.

Decides: how far this process may go (memory, processor time, file size, no child's life after the parent's
death) before any hostile byte is read. Leaves out: what is done when it dies; ``examine`` calls that
"examination failed".

Jobs: ``credential`` (read the embedded credential), ``media`` (decode, look for marks and labels, those of others
too), ``stores`` (read manifest stores from the registry), ``crjson`` (the library's own report), ``keyframes``
(pictures for people). Watermark keys come
through stdin only; arguments and environment can be seen by other processes.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adseal_provenance.reading.media import Limits
    from adseal_provenance.verdicts.evidence import KnownMarkSeen, MediaEvidence

#: Largest file the worker may write, its answer included; it has no business with larger ones.
MAX_ANSWER_BYTES = 64 * 1024 * 1024
#: Decoder threads cost address space each; more than these do not help one short video.
_MAX_THREADS = 4
#: The C2PA library's time grows with the square of the boxes: 16 384 cost it a second, 60 000 half a minute.
_MAX_CREDENTIAL_BOXES = 16_384
_PR_SET_PDEATHSIG = 1
_SIGKILL = 9
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000


def main() -> int:
    """Do one job. Whatever Python raises becomes an answer; what kills the process is for the parent to
    tell."""
    answer_to = os.dup(1)
    os.dup2(2, 1)  # nothing a library prints may get into the answer
    try:
        request = json.loads(sys.stdin.buffer.read())
        leave_network(unless=request.get("trust", {}).get("ocsp_hosts", ()))
        confine(memory_mb=int(request["limits"]["memory_mb"]), cpu_s=int(request["cpu_s"]))
        answer = {"ok": _JOBS[request["job"]](request)}
    except Exception as error:  # noqa: BLE001  (the parent wants an answer whatever happened)
        answer = {"failed": f"{type(error).__name__}: {error}"[:500]}
    with os.fdopen(answer_to, "wb") as out:
        out.write(json.dumps(answer).encode())
    return 0


def leave_network(*, unless: Sequence[str] = ()) -> bool:
    """Go into a network namespace of our own, in which there is nothing to be reached; whether the system allowed it.

    No code here opens a connection unasked. This is for foreign code that a hostile file takes over: where the system
    has no namespaces, or not for this user, only that second wall is missing.
    """
    if unless or sys.platform != "linux":
        return False
    import ctypes

    unshare = ctypes.CDLL(None).unshare
    return any(unshare(flags) == 0 for flags in (_CLONE_NEWNET, _CLONE_NEWUSER | _CLONE_NEWNET))


def confine(*, memory_mb: int, cpu_s: int) -> None:
    """Limit this process for good: address space in MiB, processor time in seconds, size of written files, no
    dumps."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, _SIGKILL)
    try:
        import resource
    except ImportError:
        return  # not a POSIX system; the parent's clock is what remains
    for kind, value in (
        (resource.RLIMIT_AS, memory_mb * 1024 * 1024),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_FSIZE, MAX_ANSWER_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        _soft, hard = resource.getrlimit(kind)
        limit = value if hard == resource.RLIM_INFINITY else min(value, hard)
        try:
            resource.setrlimit(kind, (limit, limit))
        except (ValueError, OSError):  # macOS refuses some; the others still hold
            continue


def _crjson(request: dict[str, Any]) -> Any:
    from adseal_provenance.credentials.credential import read_crjson
    from adseal_provenance.credentials.trust import Trust
    from adseal_provenance.errors import ProvenanceError
    from adseal_provenance.reading.media import Limits, check_file

    limits = Limits(**request["limits"])
    try:
        check_file(request["path"], replace(limits, max_boxes=min(limits.max_boxes, _MAX_CREDENTIAL_BOXES)))
        return {"crjson": read_crjson(request["path"], Trust.from_json(request["trust"]))}
    except ProvenanceError as error:
        return {"code": error.code, "problem": error.args[0][:300]}


def _credential(request: dict[str, Any]) -> Any:
    from adseal_provenance.credentials.credential import read_file
    from adseal_provenance.credentials.trust import Trust
    from adseal_provenance.errors import MediaError
    from adseal_provenance.reading.media import Limits, check_file
    from adseal_provenance.verdicts.evidence import CredentialEvidence

    limits = Limits(**request["limits"])
    try:
        check_file(request["path"], replace(limits, max_boxes=min(limits.max_boxes, _MAX_CREDENTIAL_BOXES)))
    except MediaError as error:
        if error.code == "too_complex":
            refused = CredentialEvidence(status="not_checked", reason=error.args[0][:300])
            return refused.model_dump(mode="json")
    return read_file(request["path"], Trust.from_json(request["trust"])).model_dump(mode="json")


def _stores(request: dict[str, Any]) -> Any:
    from adseal_provenance.credentials.credential import read_store
    from adseal_provenance.credentials.trust import Trust

    trust = Trust.from_json(request["trust"])
    return [read_store(base64.b64decode(store), trust).model_dump(mode="json") for store in request["stores"]]


def _media(request: dict[str, Any]) -> Any:
    from adseal_provenance.reading.media import Limits

    limits = Limits(**request["limits"])
    threads = limits.threads or min(os.cpu_count() or 1, _MAX_THREADS)
    keys = [bytes.fromhex(key) for key in request["keys"]]
    known = [(str(key_id), str(locator)) for key_id, locator in request.get("known", [])]
    evidence = examine_media(request["path"], keys, replace(limits, threads=threads), known)
    return evidence.model_dump(mode="json")


def _keyframes(request: dict[str, Any]) -> Any:
    from adseal_provenance.errors import MediaError
    from adseal_provenance.reading.keyframes import take
    from adseal_provenance.reading.media import Limits
    from adseal_provenance.verdicts.evidence import KeyFrames

    limits = Limits(**request["limits"])
    threads = limits.threads or min(os.cpu_count() or 1, _MAX_THREADS)
    also = [float(moment) for moment in request["also"]]
    try:
        found = take(
            request["path"], replace(limits, threads=threads), count=int(request["count"]), also=also
        )
    except MediaError as error:
        found = KeyFrames(reason=error.args[0][:300])
    return found.model_dump(mode="json")


def examine_media(
    path: str, keys: list[bytes], limits: Limits, known: Sequence[tuple[str, str]] = ()
) -> MediaEvidence:
    """Decode a file as far as its limits allow, and look for marks where keys are given. Runs inside the
    worker. Where (key_id, locator) pairs are ``known``, only those are looked for."""
    from adseal_provenance.errors import MediaError, ProvenanceError
    from adseal_provenance.reading.frames import luma_frames
    from adseal_provenance.reading.labels import read_labels
    from adseal_provenance.reading.media import probe
    from adseal_provenance.verdicts.evidence import MediaEvidence
    from adseal_provenance.watermark.model import Detection

    labels: dict[str, Any] = {"labels": read_labels(path, limits)}
    try:
        info = probe(path, limits)
        if keys:
            from adseal_provenance.watermark.detect import detect_file
            from adseal_provenance.watermark.keys import WatermarkKey

            detection, fingerprint = detect_file(
                path, [WatermarkKey(key) for key in keys], limits=limits, known=known, blind=not known
            )
        else:
            next(luma_frames(path, limits))  # a video is what gives at least one frame
            detection, fingerprint = Detection(), None
    except MediaError as error:
        return MediaEvidence(status="unreadable", code=error.code, reason=error.args[0][:300], **labels)
    except ProvenanceError as error:
        return MediaEvidence(status="failed", code=error.code, reason=error.args[0][:300], **labels)
    return MediaEvidence(
        status="readable",
        detection=detection,
        fingerprint=fingerprint.to_bytes() if fingerprint is not None else None,
        duration_s=info.duration_s,
        has_sound=info.audio_codec is not None,
        known_marks=_known_marks(path, limits),
        **labels,
    )


def _known_marks(path: str, limits: Limits) -> tuple[KnownMarkSeen, ...]:
    """Public marks of well-known generators; what goes wrong here must not cost the rest of the answer."""
    from adseal_provenance.errors import ProvenanceError
    from adseal_provenance.verdicts.evidence import KnownMarkSeen
    from adseal_provenance.watermark.foreign.look import known_marks_of

    try:
        found = known_marks_of(path, limits)
    except ProvenanceError:
        return ()  # too small, too large, or not one frame in colour
    return tuple(
        KnownMarkSeen(generator=one.generator, matches=one.matches, bits=one.bits, log10_p=one.log10_p)
        for one in found
        if one.seen
    )


_JOBS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "credential": _credential,
    "crjson": _crjson,
    "keyframes": _keyframes,
    "media": _media,
    "stores": _stores,
}


if __name__ == "__main__":
    sys.exit(main())
