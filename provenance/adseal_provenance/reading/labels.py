# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The unsigned labels in a file, whoever wrote them.

Decides: where they are looked for (MP4 boxes, an XMP packet, and the metadata of any other container as the
demuxer gives it) and that a label which cannot be read is no label. Leaves out: what a label is worth; anyone
can write or remove one, so none ever changes a verdict. Runs in the worker process.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from adseal_provenance.credentials import container
from adseal_provenance.credentials.xmp import XmpLabels, read_xmp_labels
from adseal_provenance.errors import MediaError
from adseal_provenance.reading.media import Limits, open_media
from adseal_provenance.verdicts.evidence import Labels

_MAX_FIELD = 400


def read_labels(path: str | Path, limits: Limits) -> Labels:
    """All labels of one file. Never raises on its content; the caller's process bounds memory and time."""
    xmp, tag = XmpLabels(), None
    try:
        if container.is_bmff(path):
            xmp, tag = _xmp(path), _tag(path)
    except MediaError:
        return Labels()  # it cannot be read at all
    if tag is None:
        tag = container.aigc_fields(xmp.aigc) if xmp.aigc is not None else None
    if tag is None:
        tag = _tag_of_any_container(path, limits)
    return Labels(
        source_types=tuple(_cut(name) for name in xmp.source_types),
        aigc=None if tag is None else {key: _cut(value) for key, value in tag.items()},
    )


def _xmp(path: str | Path) -> XmpLabels:
    try:
        packet = container.read_xmp(path)
    except MediaError:
        return XmpLabels()  # broken boxes: whatever they hid is not there
    return XmpLabels() if packet is None else read_xmp_labels(packet)


def _tag(path: str | Path) -> Mapping[str, str] | None:
    try:
        return container.read_aigc(path)
    except MediaError:
        return None


def _tag_of_any_container(path: str | Path, limits: Limits) -> Mapping[str, str] | None:
    try:
        with open_media(path, limits) as media:
            texts = [text for name, text in media.metadata.items() if name.upper() == "AIGC"]
    except MediaError:
        return None
    return container.aigc_fields(texts[0]) if texts else None


def _cut(text: str) -> str:
    """One printable line of bounded length."""
    return "".join(c if c.isprintable() else " " for c in text[:_MAX_FIELD])
