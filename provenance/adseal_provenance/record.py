# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What the registry knows of one sealed video. Plain data; the database is in ``registry``."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Record:
    """One sealed video.

    Attributes:
        locator: the 48-bit number in its marks, 12 lowercase hex characters.
        key_id: which watermark key made them (public, 8 hex characters).
        algorithms: the watermark algorithms it carries.
        manifest_id: label of the active manifest (``urn:c2pa:…``).
        manifest_store: the signed store, as embedded.
        fingerprint: what the picture looks like, for comparison; may be empty.
        sha256: of the sealed file, hex.
        created_at: aware time of sealing; kept to the second, in UTC.
        duration_s: length in seconds.
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
