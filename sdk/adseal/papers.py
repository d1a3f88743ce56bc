# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What stays of a verification: the report as a page, and a signed receipt; and the check of a received receipt.

    report = adseal.verify("received.mp4")
    adseal.write_report(report, "received.mp4", "received.html")
    adseal.write_receipt(report, "received.receipt.json")
    adseal.check_receipt("received.receipt.json", video="received.mp4").valid

Decides: that a paper never takes the place of another file, and appears whole or not at all. Leaves out: what the page
says (`adseal.pages`) and what makes a receipt good (`adseal_provenance.receipts.check`).
"""

import datetime as dt
import hashlib
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from adseal.errors import PaperError
from adseal.home import Home
from adseal.placing import publish, refuse_existing

if TYPE_CHECKING:
    from adseal_provenance.receipts.check import ReceiptCheck
    from adseal_provenance.verdicts.evidence import KeyFrames
    from adseal_provenance.verdicts.report import Report


def write_report(report: "Report", video: str | Path, to: str | Path) -> Path:
    """Write the report as one self-contained HTML page with key frames of the video.

    Args:
        report: what `verify` said.
        video: the same file; only if it still has the bytes that were examined, pictures of it are taken.
        to: a file that is not there yet.

    Raises:
        PaperError: the page cannot be written there.
    """
    from adseal.pages.verdict import page

    target = free_place(to)
    return _write(target, page(report, _frames(report, Path(video))).encode("utf-8", "replace"))


def write_receipt(report: "Report", to: str | Path, *, home: Home | None = None) -> Path:
    """Write a receipt of the verification, signed with the home's identity.

    Raises:
        PaperError: it cannot be written there.
        ReceiptError: `receipt_nothing`, there are no bytes to name.
        SignerError, IdentityError: the key does not sign.
    """
    from adseal_provenance.receipts.receipt import receipt_of, sign

    target = free_place(to)
    return _write(target, sign(receipt_of(report), (home or Home()).identity()))


def check_receipt(
    receipt: str | Path,
    *,
    video: str | Path | None = None,
    trust: tuple[Path, ...] = (),
    home: Home | None = None,
) -> "ReceiptCheck":
    """Judge a receipt that somebody showed: signature, signer, dates and, where a video is given, its bytes.

    Args:
        receipt: path of the document.
        video: the file that it should be about.
        trust: further PEM files with anchors, beside those of the home.

    Raises:
        ReceiptError: `receipt_unreadable`, it is no receipt.
        MediaError: the video cannot be read.
        TrustError: an anchor file cannot be used.
    """
    from adseal_provenance.errors import MediaError, ReceiptError
    from adseal_provenance.receipts.check import check
    from adseal_provenance.receipts.receipt import MAX_BYTES

    anchors = (home or Home()).trust(trust)
    try:
        with _regular(Path(receipt)).open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ReceiptError(
            f"{receipt} cannot be read: {reason}", hint="Give the path of a receipt."
        ) from error
    sha256 = None
    if video is not None:
        try:
            sha256 = _sha256(Path(video))
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise MediaError(f"{video} cannot be read: {reason}", code="unreadable") from error
    return check(content, trust=anchors, now=dt.datetime.now(dt.UTC), sha256=sha256)


def free_place(to: str | Path) -> Path:
    """The path, if a paper can be put there; asked before any work.

    Raises:
        PaperError: something is there already, or nothing can be written there.
    """
    target = Path(to)
    try:
        refuse_existing(target, kind=PaperError)
    except (OSError, ValueError) as error:  # a name that is too long, or has a NUL
        raise PaperError(f"{to} cannot be written: {error}", hint="choose another name") from error
    return target


def _frames(report: "Report", video: Path) -> "KeyFrames":
    """Pictures of exactly the bytes that the report is about; before and after, since a file may change meanwhile."""
    from adseal.pages.pictures import COUNT, moments
    from adseal_provenance.examination.examine import examine_keyframes
    from adseal_provenance.reading.media import Limits
    from adseal_provenance.verdicts.evidence import KeyFrames

    changed = KeyFrames(reason="the file is no longer the one that was examined")
    if report.sha256 is None:
        return KeyFrames(reason="the file could not be read")
    try:
        if _sha256(video) != report.sha256:
            return changed
        frames = examine_keyframes(video.absolute(), limits=Limits(), count=COUNT, also=moments(report))
        return frames if _sha256(video) == report.sha256 else changed
    except (OSError, ValueError):
        return changed


def _sha256(path: Path) -> str:
    with _regular(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _regular(path: Path) -> Path:
    """Opening a pipe would wait for somebody to write."""
    if path.exists() and not path.is_file():
        raise ValueError("it is not a regular file")
    return path


def _write(target: Path, content: bytes) -> Path:
    """The whole file, or nothing, and never over another one."""
    staged = target.with_name(f".adseal-{secrets.token_hex(6)}.part")
    try:
        with staged.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        publish(staged, target, kind=PaperError)
    except OSError as error:
        raise PaperError(f"{target} cannot be written: {error.strerror or error}") from error
    finally:
        staged.unlink(missing_ok=True)
    return target
