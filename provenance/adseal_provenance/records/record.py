# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What the registry knows of one sealed video. Plain data; the database is in ``registry``."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import NamedTuple


class Binding(NamedTuple):
    """What leads to a manifest: a soft-binding algorithm (C2PA 9.3) and its value in lowercase hex."""

    algorithm: str
    value: str


@dataclass(frozen=True)
class Record:
    """One sealed video, or a manifest store that somebody else handed in (then without marks of ours).

    Attributes:
        locator: the 48-bit number in its marks, 12 lowercase hex characters; may be empty.
        key_id: which watermark key made them (public, 8 hex characters); may be empty.
        algorithms: the watermark algorithms it carries.
        manifest_id: label of the active manifest (``urn:c2pa:…``).
        manifest_store: the signed store, as embedded.
        fingerprint: what the picture looks like, for comparison; may be empty.
        sha256: of the sealed file, hex; of the store, where no file was seen.
        created_at: aware time of sealing; kept to the second, in UTC.
        duration_s: length in seconds.
        bindings: all soft bindings; where none are given, the locator under each algorithm.
    """

    locator: str
    key_id: str
    algorithms: tuple[str, ...]
    manifest_id: str
    manifest_store: bytes = field(repr=False)
    fingerprint: bytes = field(repr=False)
    title: str
    sha256: str
    plan_hash: str | None
    created_at: dt.datetime
    duration_s: float
    bindings: tuple[Binding, ...] = ()

    def __post_init__(self) -> None:
        given = self.bindings or [(name, self.locator) for name in self.algorithms if self.locator]
        object.__setattr__(self, "bindings", tuple(sorted({Binding(*pair) for pair in given})))


class Near(NamedTuple):
    """A registered video that looks like a received one: a candidate, not yet compared in full."""

    manifest_id: str
    key_id: str
    locator: str
    similarity: float
