# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Receiving a video from the wild: `verify` (every axis, a verdict) and `detect` (watermark only).

Both work on the base install. Decides only which keys, registry and trust lists are used; the deciding is in
`adseal_provenance`.
"""

import datetime as dt
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from adseal.home import Home
from adseal.incoming import Video, incoming

if TYPE_CHECKING:
    from adseal_provenance.verdicts.report import Report
    from adseal_provenance.watermark.model import Detection


def verify(
    video: Video,
    *,
    registry: str | None = None,
    trust: tuple[Path, ...] = (),
    at: dt.datetime | None = None,
    ocsp_hosts: tuple[str, ...] = (),
    home: Home | None = None,
) -> "Report":
    """What can be said of a received video, axis by axis, with a headline verdict.

    Args:
        video: path of the received file, `s3://bucket/key`, or a stream open for reading bytes. Objects and streams are
            copied to a private temporary file first, no more of them than a local file may have (4 GiB).
        registry: registry URI (`sqlite:///…` or a path); the home's own by default.
        trust: further PEM files with trust anchors.
        at: aware time for which certificates are judged; now by default.
        ocsp_hosts: OCSP responders (`ocsp.example.com`) that may be asked whether a certificate was withdrawn; with
            none, verification stays off the network.
        home: whose keys to look for; the default home if not given.

    Returns:
        A report. Never raises on what it was given to verify: a file that cannot be read is a verdict too.

    Raises:
        HomeError, ProvenanceError: the *user's own* keys, registry or trust lists cannot be used.
        StoreError, MissingExtra: an object in a bucket cannot be had.
        RequestError: the stream gives text.
    """
    from adseal_provenance.reading.media import Limits
    from adseal_provenance.verify import unexamined
    from adseal_provenance.verify import verify as examine

    home, limits = home or Home(), Limits()
    keys, anchors = home.known_keys(), home.trust(trust, ocsp_hosts)
    with (
        home.known_registry(registry) or nullcontext() as records,
        incoming(video, max_bytes=limits.max_bytes) as file,
    ):
        if file.problem:
            return unexamined(
                file.name or str(file.path), code=file.code, problem=file.problem, size=file.size
            )
        report = examine(file.path, keys=keys, registry=records, trust=anchors, limits=limits, at=at)
    return report if file.name is None else _renamed(report, str(file.path), file.name)


def _renamed(report: "Report", path: str, name: str) -> "Report":
    """The report on a copy, speaking of what was copied."""
    axes = {
        key: axis.model_copy(update={"sentence": axis.sentence.replace(path, name)})
        for key, axis in report.axes.items()
    }
    words = {"summary": report.summary.replace(path, name), "axes": axes}
    warnings = tuple(text.replace(path, name) for text in report.warnings)
    return report.model_copy(update={"file": name, "warnings": warnings, **words})


def crjson(video: str | Path, *, trust: tuple[Path, ...] = (), home: Home | None = None) -> str:
    """The credential of a video in the form that conformance programmes read (crJSON, C2PA 2.4), as JSON text.

    Raises:
        CredentialError: there is none, or it cannot be read.
    """
    from adseal_provenance.examination.examine import examine_crjson
    from adseal_provenance.reading.media import Limits

    anchors = (home or Home()).trust(trust)
    return examine_crjson(Path(video).absolute(), trust=anchors, limits=Limits())


def detect(video: str | Path, *, home: Home | None = None) -> "Detection":
    """The watermarks in a video, without looking at credentials or the registry.

    Raises:
        MediaError: the file cannot be read.
    """
    from adseal_provenance.reading.media import Limits
    from adseal_provenance.watermark.detect import detect_file

    detection, _ = detect_file(Path(video), (home or Home()).known_keys(), limits=Limits())
    return detection
