# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Examining a received file in processes of its own.

Decides: that decoders and manifest parsers never run in the caller's process, what they may use, and that
whatever happens to them (crash, kill, endless loop, nonsense on stdout) is evidence and not an exception. The
credential and the media are read by two processes, so that the fate of one says nothing about the other.
Leaves out: the examination itself (``worker``) and its meaning (``verdict``).
"""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from adseal_provenance.credentials.trust import Trust
from adseal_provenance.errors import CredentialError
from adseal_provenance.examination.worker import MAX_ANSWER_BYTES
from adseal_provenance.verdicts.evidence import CredentialEvidence, KeyFrames, MediaEvidence

if TYPE_CHECKING:
    from adseal_provenance.reading.media import Limits
    from adseal_provenance.watermark.keys import WatermarkKey

#: Variables the worker gets from ours; everything else (keys, tokens, proxies) stays here.
_KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TMPDIR", "TEMP", "LD_LIBRARY_PATH")
#: What starting Python and loading the libraries may take on a busy machine, in seconds.
_START_S = 15.0


class _ExaminationFailed(Exception):
    """The worker gave no answer; the text says why. Never leaves this module."""


def examine_file(
    path: Path, *, keys: Sequence[WatermarkKey], trust: Trust, limits: Limits
) -> tuple[CredentialEvidence, MediaEvidence]:
    """Read the credential and the media of one file, side by side. Never raises on the file's content."""
    jobs = (
        {"job": "credential", "path": str(path), "trust": trust.to_json()},
        {"job": "media", "path": str(path), "keys": [_secret(key) for key in keys]},
    )
    with ThreadPoolExecutor(max_workers=len(jobs)) as pool:
        credential, media = (pool.submit(_run, job, limits) for job in jobs)
        return _credential(credential.result()), _media(media.result())


def examine_known(
    path: Path, *, keys: Sequence[WatermarkKey], known: Sequence[tuple[str, str]], limits: Limits
) -> MediaEvidence:
    """Look once more at a file in which no mark could be read, for these (key_id, locator) pairs only. Never raises
    on the file's content."""
    wanted = {key_id for key_id, _ in known}
    secrets = [_secret(key) for key in keys if key.key_id in wanted]
    return _media(_run({"job": "media", "path": str(path), "keys": secrets, "known": list(known)}, limits))


def examine_keyframes(path: Path, *, limits: Limits, count: int = 8, also: Sequence[float] = ()) -> KeyFrames:
    """A few small pictures of one file, for people: ``count`` spread evenly, and one at each moment of ``also``
    (seconds). Never raises on the file's content; then there are none, and ``reason`` says why."""
    answer = _run({"job": "keyframes", "path": str(path), "count": count, "also": list(also)}, limits)
    if not isinstance(answer, _ExaminationFailed):
        try:
            return KeyFrames.model_validate_json(json.dumps(answer))
        except ValidationError:
            answer = _ExaminationFailed("it gave a garbled answer")
    return KeyFrames(reason=f"the examination failed: {answer}")


def examine_stores(stores: Sequence[bytes], *, trust: Trust, limits: Limits) -> list[CredentialEvidence]:
    """Read manifest stores from the registry, one answer each. Never raises on their content."""
    if not stores:
        return []
    encoded = [base64.b64encode(store).decode("ascii") for store in stores]
    answer = _run({"job": "stores", "stores": encoded, "trust": trust.to_json()}, limits)
    if isinstance(answer, list) and len(answer) == len(stores):
        return [_credential(entry) for entry in answer]
    reason = answer if isinstance(answer, _ExaminationFailed) else "it gave a garbled answer"
    return [_credential(_ExaminationFailed(str(reason)))] * len(stores)


def examine_crjson(path: Path, *, trust: Trust, limits: Limits) -> str:
    """A file's credential as crJSON text (``credential.read_crjson``).

    Raises:
        CredentialError: there is none, or it cannot be read within the limits.
    """
    answer = _run({"job": "crjson", "path": str(path), "trust": trust.to_json()}, limits)
    if isinstance(answer, dict) and isinstance(answer.get("crjson"), str):
        return str(answer["crjson"])
    if isinstance(answer, dict) and isinstance(answer.get("code"), str):
        raise CredentialError(str(answer.get("problem")), code=answer["code"])
    reason = answer if isinstance(answer, _ExaminationFailed) else "it gave a garbled answer"
    raise CredentialError(f"the examination failed: {reason}", code="credential_not_checked")


def _credential(answer: Any) -> CredentialEvidence:
    if not isinstance(answer, _ExaminationFailed):
        try:
            return CredentialEvidence.model_validate_json(json.dumps(answer))
        except ValidationError:
            answer = _ExaminationFailed("it gave a garbled answer")
    return CredentialEvidence(status="not_checked", reason=f"the examination failed: {answer}")


def _media(answer: Any) -> MediaEvidence:
    if not isinstance(answer, _ExaminationFailed):
        try:
            return MediaEvidence.model_validate_json(json.dumps(answer))
        except ValidationError:
            answer = _ExaminationFailed("it gave a garbled answer")
    return MediaEvidence(
        status="failed", code="examination_failed", reason=f"the examination failed: {answer}"
    )


def _run(job: dict[str, Any], limits: Limits) -> Any:
    """The worker's answer, or an ``_ExaminationFailed`` that says what became of it."""
    # A reading pass stops itself after wall_s; twice that is the picture and the sound, and then patience
    # ends.
    wall_s = 2 * limits.wall_s + _START_S
    request = {**job, "limits": asdict(limits), "cpu_s": int(4 * wall_s)}
    try:
        with (
            tempfile.TemporaryFile() as answer
        ):  # a file, because the worker's file-size limit then bounds it
            process = subprocess.Popen(
                command(), stdin=subprocess.PIPE, stdout=answer, stderr=subprocess.DEVNULL, env=_environment()
            )
            try:
                process.communicate(json.dumps(request).encode(), timeout=wall_s)
            except subprocess.TimeoutExpired:
                return _ExaminationFailed(f"it was stopped after {wall_s:.0f} s")
            finally:
                process.kill()
                process.wait()
            answer.seek(0)
            return _answer(answer.read(MAX_ANSWER_BYTES + 1), process.returncode)
    except OSError as error:
        return _ExaminationFailed(f"its process could not be run: {error.strerror or error}")


def _answer(content: bytes, returncode: int) -> Any:
    if returncode != 0:
        return _ExaminationFailed(_ending(returncode))
    try:
        answer = json.loads(content)
        return _ExaminationFailed(str(answer["failed"])) if "failed" in answer else answer["ok"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return _ExaminationFailed("it gave a garbled answer")


def _ending(returncode: int) -> str:
    if returncode >= 0:
        return f"its process ended with code {returncode}"
    try:
        name = signal.Signals(-returncode).name
    except ValueError:
        name = f"signal {-returncode}"
    # Rust and C++ abort when memory runs out, and the system kills; to the reader these are one thing.
    return f"its process was ended by {name} (out of memory or time, or crashed on this file)"


def command() -> list[str]:
    """How the worker is started. ``-P``: a module in the current folder must not shadow ours."""
    return [sys.executable, "-P", "-m", "adseal_provenance.examination.worker"]


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    roots = [str(Path(__file__).resolve().parents[2])]
    roots += [
        entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if Path(entry).is_absolute()
    ]
    return {
        **kept,
        "PYTHONPATH": os.pathsep.join(roots),
        "PYTHONDONTWRITEBYTECODE": "1",
        # Every arena and thread takes address space, which is limited.
        "MALLOC_ARENA_MAX": "2",
        "OMP_NUM_THREADS": "2",
        "OPENBLAS_NUM_THREADS": "1",
    }


def _secret(key: WatermarkKey) -> str:
    """The key's secret in hex, for the worker's stdin and nothing else."""
    (secret,) = key.__reduce__()[1]
    return secret.hex()
