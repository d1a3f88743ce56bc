# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What an XMP packet says about artificial intelligence: IPTC's digital source type, and China's AIGC tag.

Decides: which spellings are understood (attribute, element, ``rdf:resource``, any prefix, UTF-8 and UTF-16), and
that a packet is parsed without document types, so that no entity is ever expanded. A packet that is no XML is
searched for the usual spelling instead. Leaves out: where the packet lies (``container``) and what the label is
worth: anyone can write or remove it.

Sources: XMP part 1 (ISO 16684-1:2019) for the syntax; IPTC Extension 1.8 for ``DigitalSourceType``; TC260-PG-20258A
for the namespace of the AIGC tag (as three public writers use it, read in November 2026).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat

IPTC_EXTENSION = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
TC260 = "http://www.tc260.org.cn/ns/AIGC/1.0/"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_SOURCE_TYPE = f"{IPTC_EXTENSION} DigitalSourceType"
_AIGC = f"{TC260} AIGC"
_WANTED = frozenset({_SOURCE_TYPE, _AIGC})
_TEXT_IN = frozenset({f"{_RDF} {name}" for name in ("Alt", "Bag", "Seq", "li", "value")})
_MAX_VALUES = 16
_MAX_VALUE = 4096
_USUAL = re.compile(
    rb"Iptc4xmpExt:DigitalSourceType(?:\s*=\s*[\"']([^\"']{1,200})[\"']|[^>]{0,200}>\s*([^<]{1,200})<)"
)


@dataclass(frozen=True)
class XmpLabels:
    """The labels of one packet: IPTC short names in the order found, and the AIGC tag's own text."""

    source_types: tuple[str, ...] = ()
    aigc: str | None = None


class _Refused(Exception):
    """The packet has a document type; such a packet is not parsed."""


@dataclass
class _Collector:
    """Texts of the wanted properties, wherever they stand."""

    found: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in _WANTED})
    inside: str | None = None
    depth: int = 0
    foreign: int = 0  # elements around us that are neither a list nor a value: qualifiers of the property
    text: str = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        for key, value in attributes.items():
            if key in _WANTED:
                self.keep(key, value)
        if self.inside is not None:
            self.depth += 1
            self.foreign += name not in _TEXT_IN
        elif name in _WANTED:
            self.inside, self.depth, self.foreign, self.text = name, 0, 0, ""
            self.keep(name, attributes.get(f"{_RDF} resource", ""))

    def end(self, name: str) -> None:
        if self.inside is None:
            return
        if not self.foreign and (self.depth == 0 or name == f"{_RDF} li"):
            self.keep(self.inside, self.text)
            self.text = ""
        if self.depth == 0:
            self.inside = None
            return
        self.depth -= 1
        self.foreign -= name not in _TEXT_IN

    def data(self, text: str) -> None:
        if self.inside is not None and not self.foreign and len(self.text) < _MAX_VALUE:
            self.text += text

    def keep(self, name: str, value: str) -> None:
        value = value.strip()
        if value and len(self.found[name]) < _MAX_VALUES:
            self.found[name].append(value[:_MAX_VALUE])


def read_xmp_labels(packet: bytes) -> XmpLabels:
    """The labels of one packet. Never raises on its content; the caller bounds its size."""
    try:
        found = _parsed(packet)
    except (expat.ExpatError, _Refused, ValueError, LookupError):
        usual = _USUAL.search(packet)
        value = (usual[1] or usual[2]).decode("utf-8", "replace").strip() if usual else ""
        return XmpLabels(source_types=(_short(value),) if value else ())
    names = [_short(value) for value in found[_SOURCE_TYPE]]
    tags = found[_AIGC]
    return XmpLabels(tuple(dict.fromkeys(name for name in names if name)), tags[0] if tags else None)


def _parsed(packet: bytes) -> dict[str, list[str]]:
    parser = expat.ParserCreate(namespace_separator=" ")
    collector = _Collector()

    def refuse(*_: object) -> None:
        raise _Refused

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = collector.start
    parser.EndElementHandler = collector.end
    parser.CharacterDataHandler = collector.data
    # Writers pad packets with white space and NUL behind the end; XML knows no NUL.
    parser.Parse(
        packet.strip(b"\0 \t\r\n") if not packet.startswith((b"\xff\xfe", b"\xfe\xff")) else packet, True
    )
    return collector.found


def _short(value: str) -> str:
    """``trainedAlgorithmicMedia`` of the full address, with or without its scheme."""
    return value.strip().rstrip("/").rsplit("/", 1)[-1].rsplit(":", 1)[-1][:200]
