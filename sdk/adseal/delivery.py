# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Bringing a sealed ad to its destination, and looking at it again there.

Layout of one ad at the destination (create-only, so a repeated run never overwrites and never publishes twice):

    {plan_id}-{first 8 of plan_hash}/
        ad.mp4           the sealed video: the last thing to appear is what counts as delivered
        manifest.c2pa    its manifest store, detached (platforms strip the embedded one)
        plan.json        the plan it was made from

Law 1: the only way to a store runs through here with a sealed file, and the bytes at the destination are verified
again; a failure is an error, never a warning.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from adseal.errors import DeliveryError
from adseal.home import Home
from adseal.sealing import SealedVideo
from adseal_templates.plan import AdPlan

if TYPE_CHECKING:
    from adseal.stores import Store, StoredObject


class DeliveredAd(BaseModel):
    """One ad at its destination.

    Attributes:
        output: URI of the sealed video.
        id: watermark locator, 12 hex characters.
        sha256: of the bytes at the destination.
        verdict: what verification said of the bytes read back from the destination.
        already_there: an earlier run had delivered it; nothing was rendered.
        notes: what the user should know.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    plan_id: str
    plan_hash: str
    placement: str
    locale: str
    output: str
    id: str
    sha256: str
    verdict: str
    already_there: bool
    notes: tuple[str, ...] = ()


def folder_of(plan: AdPlan) -> str:
    """The ad's folder at the destination: readable, and different for every different plan."""
    return f"{plan.plan_id}-{plan.plan_hash[:8]}"


def deliver(
    plan: AdPlan, sealed: SealedVideo, store: "Store", *, home: Home, registry: str | None, workshop: Path
) -> DeliveredAd:
    """Put a sealed ad and its papers into the store, then verify what lies there.

    Raises:
        DeliveryError: what was read back is not intact; it was taken away again.
        StoreError: the store refused.
    """
    folder = folder_of(plan)
    papers = workshop / "plan.json"
    papers.write_text(plan.model_dump_json(indent=2), encoding="utf-8")
    manifest = workshop / "manifest.c2pa"
    manifest.write_bytes(sealed.manifest_store)
    store.put(f"{folder}/plan.json", papers, content_type="application/json")
    _replace_orphan(store, f"{folder}/manifest.c2pa", manifest)
    placed = store.put(
        f"{folder}/ad.mp4",
        Path(sealed.output),
        content_type="video/mp4",
        metadata={"adseal-id": sealed.id, "adseal-plan-hash": plan.plan_hash},
    )
    try:
        ad = look_again(plan, store, placed, home=home, registry=registry, workshop=workshop)
    except DeliveryError:
        store.delete(placed.key)
        raise
    return ad.model_copy(update={"notes": sealed.notes})


def delivered_before(
    plan: AdPlan, store: "Store", *, home: Home, registry: str | None, workshop: Path
) -> DeliveredAd | None:
    """The ad an earlier run left at the destination, verified again; None if there is none.

    Raises:
        DeliveryError: something lies there under this ad's name that is not this ad, intact.
    """
    placed = store.head(f"{folder_of(plan)}/ad.mp4")
    if placed is None:
        return None
    ad = look_again(plan, store, placed, home=home, registry=registry, workshop=workshop)
    return ad.model_copy(update={"already_there": True})


def look_again(
    plan: AdPlan,
    store: "Store",
    placed: "StoredObject",
    *,
    home: Home,
    registry: str | None,
    workshop: Path,
) -> DeliveredAd:
    """Read the ad back from its destination and verify it as if a stranger had sent it.

    Raises:
        DeliveryError: the verdict is not `intact`.
    """
    from adseal.receive import verify

    copy = workshop / "delivered.mp4"
    copy.unlink(missing_ok=True)
    fetched = store.fetch(placed.key, copy)
    report = verify(copy, registry=registry, home=home)
    copy.unlink(missing_ok=True)
    if report.verdict != "intact":
        raise DeliveryError(
            f"{placed.uri} was read back and is {report.verdict}: {report.summary}",
            hint="the copy at the destination is not what was sealed; check the store, then run the command again",
        )
    return DeliveredAd(
        plan_id=plan.plan_id,
        plan_hash=plan.plan_hash,
        placement=plan.placement,
        locale=plan.locale,
        output=placed.uri,
        id=fetched.metadata.get("adseal-id", ""),
        sha256=fetched.sha256,
        verdict=report.verdict,
        already_there=False,
    )


def _replace_orphan(store: "Store", key: str, path: Path) -> None:
    """A manifest whose video never arrived (the run was killed in between) makes room for the new one."""
    from adseal.stores.errors import ObjectExists

    try:
        store.put(key, path, content_type="application/c2pa")
    except ObjectExists:
        store.delete(key)
        store.put(key, path, content_type="application/c2pa")
