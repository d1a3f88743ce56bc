# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Reports as plain data for the tests of pages: an edited copy, and one in which every text is an attack."""

import datetime as dt
from typing import Any

from adseal_provenance.verdicts import report as reports
from adseal_provenance.verdicts.evidence import AiStatement, KeyFrame, KeyFrames
from adseal_provenance.verdicts.report import (
    Axis,
    IngredientFacts,
    ManifestFacts,
    MediaFacts,
    RecordFacts,
    Report,
    UsedFacts,
    UsedList,
)
from adseal_provenance.watermark.model import Mark

NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)
SHA = "ab" * 32
EVIL = (
    "</title></style><script>alert(1)</script><img src=https://evil.example/x onerror=alert(1)>\u202e\n'\"&"
)
JPEG = b"\xff\xd8 a picture"


def record(**changes: Any) -> RecordFacts:
    values: dict[str, Any] = {
        "locator": "a" * 12,
        "manifest_id": "urn:c2pa:1",
        "title": "Summer offer",
        "sha256": "cd" * 32,
        "plan_hash": None,
        "created_at": NOW,
        "duration_s": 6.0,
        "same_bytes": False,
        "matches": (((2.0, 8.0), (0.0, 6.0)),),
        "foreign": ((0.0, 2.0),),
        "changed": (((0.1, 0.6, 0.9, 0.8), (2.0, 5.0)),),
        "seen": ((0.1, 0.6, 0.9, 0.8),),
    }
    return RecordFacts(**{**values, **changes})


def report(**changes: Any) -> Report:
    axis = Axis(state="pass", code="credential_valid", sentence="Good.", codes=("claimSignature.validated",))
    mark = Mark(
        algorithm="io.adseal.picture.1", id="a" * 12, key_id="deadbeef", log10_p=-20, spans=((2.0, 8.0),)
    )
    values: dict[str, Any] = {
        "file": "/home/somebody/clip.mp4",
        "sha256": SHA,
        "size": 2_427_167,
        "verdict": "recovered",
        "summary": "A copy. Look at this.",
        "warnings": ("Look at this.",),
        "axes": dict.fromkeys(reports.AXES, axis),
        "marks": (mark,),
        "manifest": None,
        "record": record(),
        "media": MediaFacts(duration_s=8.0, has_sound=True),
        "used": UsedFacts(keys=("deadbeef",), registry=True),
        "checked_at": NOW,
        "version": "1.2.3",
    }
    return Report(**{**values, **changes})


def frames(*times: float, **changes: Any) -> KeyFrames:
    return KeyFrames(frames=tuple(KeyFrame(t_s=t, jpeg=JPEG) for t in times), **changes)


def hostile() -> Report:
    """A report in which every text that a file, a credential or a record can bring is an attack."""
    axis = Axis(state="warn", code="picture_edited", sentence=EVIL, codes=(EVIL,))
    manifest = ManifestFacts(
        source="embedded",
        manifest_id=EVIL,
        title=EVIL,
        generator=EVIL,
        signer=EVIL,
        signer_organization=EVIL,
        trust_list=EVIL,
        signed_no_later_than=EVIL,
        certificate_ends=EVIL,
        ai=(AiStatement(where=EVIL, source_type=EVIL, agent=EVIL),),
        claims={EVIL: EVIL},
    )
    mark = Mark(algorithm=EVIL, id=EVIL, key_id=EVIL, log10_p=-20, spans=((0, 1),))
    source = IngredientFacts(title=EVIL, relationship=EVIL, depth=2, verdict="broken", codes=(EVIL,))
    return report(
        file=EVIL,
        sha256=EVIL,
        summary=f"{EVIL} {EVIL}",
        warnings=(EVIL,),
        axes=dict.fromkeys(reports.AXES, axis),
        marks=(mark, mark.model_copy(update={"id": EVIL + "2"})),
        manifest=manifest,
        record=record(locator=EVIL, manifest_id=EVIL, title=EVIL, sha256=EVIL, plan_hash=EVIL),
        ingredients=(source,),
        used=UsedFacts(lists=(UsedList(name=EVIL, kind="user", sha256=EVIL, date=EVIL),)),
        version=EVIL,
    )
