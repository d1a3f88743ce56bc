# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Sealed videos whose time stamp is still to come: remembered in the home, stamped later without the key.

Decides: what is remembered (one small file for each video in `stamps/`) and when it is forgotten: when the stamp is in
the file and in the registry, or when the file is gone or is another one. The stamping is
`adseal_provenance.sealing.stamping`.
"""

import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from adseal.errors import HomeError
from adseal.home import Home

if TYPE_CHECKING:
    from adseal_provenance.identities.identity import Identity
    from adseal_provenance.sealing.signing import Signed

Outcome = Literal["stamped", "waiting", "gone", "changed"]


class Waiting(BaseModel):
    """A sealed video that waits for its time stamp.

    Attributes:
        path: where it lay when it was sealed.
        sha256: of the file as it was sealed.
        registry: URI of the registry with its record; None is the home's own.
        authorities: who was asked, and is asked again.
        stops_verifying: day (ISO 8601) on which its certificate ends, and with it the credential unless it is stamped.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    manifest_id: str
    sha256: str
    registry: str | None
    authorities: tuple[str, ...]
    since: datetime
    stops_verifying: str


class Retried(BaseModel):
    """What became of one of them; `detail` says why where it still waits."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    manifest_id: str
    outcome: Outcome
    detail: str = ""


def remember_pending(
    signed: "Signed", out: Path, identity: "Identity", *, home: Home, registry: str | None
) -> list[str]:
    """Keep a video that was signed without its time stamp in mind, before it has its name; what to tell the user.

    Raises:
        HomeError: the home cannot be written.
    """
    if signed.stamp.state != "pending":
        return []
    day = identity.not_after.date().isoformat()
    entry = entry_for(
        path=out,
        manifest_id=signed.manifest_id,
        sha256=signed.sha256,
        registry=registry,
        home=home,
        stops_verifying=day,
    )
    remember(home, entry)
    return [f"no time stamp yet: without one it stops verifying on {day}; run `adseal stamps retry`"]


def remember(home: Home, entry: Waiting) -> None:
    """Note a video down.

    Raises:
        HomeError: the home cannot be written.
    """
    place = _note(home, entry.manifest_id)
    try:
        place.parent.mkdir(mode=0o700, exist_ok=True)
        fresh = place.with_suffix(f".{os.getpid()}.part")
        fresh.write_text(entry.model_dump_json(indent=2), encoding="utf-8")
        fresh.replace(place)
    except OSError as error:
        raise HomeError(
            f"cannot note down in {place.parent} that a time stamp is missing: {error.strerror or error}",
            hint="free some space, or set ADSEAL_HOME to a folder you can write to",
        ) from error


def forget(home: Home, manifest_id: str) -> None:
    """The video no longer waits."""
    _note(home, manifest_id).unlink(missing_ok=True)


def waiting(home: Home) -> list[Waiting]:
    """All that wait, the oldest first.

    Raises:
        HomeError: a note is damaged.
    """
    found = []
    for path in sorted((home.path / "stamps").glob("*.json")):
        try:
            found.append(Waiting.model_validate(json.loads(path.read_text(encoding="utf-8"))))
        except (OSError, ValueError, ValidationError) as error:
            raise HomeError(f"the note {path} is damaged", hint="remove it") from error
    return sorted(found, key=lambda entry: entry.since)


def retry(home: Home, *, authorities: tuple[str, ...] = ()) -> list[Retried]:
    """Ask again for every stamp that is missing; one that fails does not keep the others from theirs.

    Args:
        authorities: asked in place of those that were named when a video was sealed.

    Raises:
        HomeError: a note is damaged.
    """
    return [_retried(home, entry, authorities or entry.authorities) for entry in waiting(home)]


def _retried(home: Home, entry: Waiting, authorities: tuple[str, ...]) -> Retried:
    from adseal_provenance.errors import ProvenanceError
    from adseal_provenance.sealing.stamping import Stamping, stamp_file

    def result(outcome: Outcome, detail: str = "") -> Retried:
        if outcome != "waiting":
            forget(home, entry.manifest_id)
        return Retried(path=entry.path, manifest_id=entry.manifest_id, outcome=outcome, detail=detail)

    video = Path(entry.path)
    try:
        with video.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return result("gone", "there is no file any more")
    except OSError as error:
        return result("waiting", f"it cannot be read: {error.strerror}")
    try:
        if sha256 == entry.sha256:
            store, stamped_sha256, stamp = stamp_file(video, Stamping(authorities))
            said = f"{stamp.authority}, {stamp.time:%Y-%m-%d %H:%M:%S} UTC"
        else:
            # An earlier try may have stamped the file and then not reached the registry.
            finished = _stamped_before(video, entry.manifest_id)
            if finished is None:
                return result("changed", "the file is not the one that was sealed")
            store, stamped_sha256, said = finished, sha256, "stamped before, now in the registry too"
        with home.registry(entry.registry) as records:
            records.add_stamp(entry.manifest_id, manifest_store=store, sha256=stamped_sha256)
    except ProvenanceError as error:
        return result("waiting", str(error))
    return result("stamped", said)


def _stamped_before(video: Path, manifest_id: str) -> bytes | None:
    """The manifest store of the same sealed video with its stamp in it, if that is what lies there."""
    from adseal_provenance.credentials import container, credential
    from adseal_provenance.credentials.trust import Trust

    found = credential.read_file(video, Trust())
    if found.manifest_id != manifest_id or "timeStamp.validated" not in found.success:
        return None
    return container.embedded_store(video)


def entry_for(
    *, path: Path, manifest_id: str, sha256: str, registry: str | None, home: Home, stops_verifying: str
) -> Waiting:
    """The note on a video that was sealed just now."""
    return Waiting(
        path=str(path.absolute()),
        manifest_id=manifest_id,
        sha256=sha256,
        registry=registry,
        authorities=home.time_authorities,
        since=datetime.now(UTC),
        stops_verifying=stops_verifying,
    )


def _note(home: Home, manifest_id: str) -> Path:
    name = "".join(c if c.isalnum() else "-" for c in manifest_id)
    return home.path / "stamps" / f"{name}.json"
