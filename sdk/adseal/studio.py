# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The studio: campaigns in, sealed ads at their destination out, in this process.

    >>> import adseal
    >>> report = adseal.Studio().render("campaign.yaml", to="out/")      # doctest: +SKIP
    >>> clip = adseal.Studio().generate("Silk folds in deep teal.", "silk.mp4")      # doctest: +SKIP

Decides the order of work (validate all, preflight all, check the destination, then render one ad after the other)
and what happens when one fails: the rest goes on. How each station works is decided in the parts.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from adseal.delivery import DeliveredAd, deliver, delivered_before
from adseal.errors import AdsealError, PreflightError, RequestError, every_error, require
from adseal.home import Home
from adseal.masters import Masters
from adseal.progress import Event, Listener, silent
from adseal.workshop import workshop
from adseal_templates import Campaign, expand, load_campaign
from adseal_templates.plan import AdPlan

if TYPE_CHECKING:
    from adseal.clips import Aspect, GeneratedVideo
    from adseal.stores import Store
    from adseal_generator.diffusion import Generator


class Failure(BaseModel):
    """One ad that could not be made, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    plan_id: str
    code: str
    message: str
    hint: str
    retryable: bool


class RenderReport(BaseModel):
    """What a render left at the destination, and what it did not."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ads: tuple[DeliveredAd, ...]
    failures: tuple[Failure, ...]


class RenderFailed(AdsealError):
    """At least one ad could not be made; the others are delivered. Carries the whole report."""

    code = "render_failed"

    def __init__(self, report: RenderReport) -> None:
        lines = [f"{f.plan_id}: {f.message}" for f in report.failures]
        super().__init__("\n".join(lines))
        self.report = report
        self.hint = report.failures[0].hint
        self.retryable = any(f.retryable for f in report.failures)


class Studio:
    """Plans and renders campaigns.

    Args:
        home: keys, registry and cache; the default home if not given.
        model: "mini", or the folder of a diffusers text-to-video checkpoint.
        threads: CPU threads for the model; as many as there are cores by default.
        registry: registry URI; the home's own by default.
        publish_prompts: put the prompts into the credential, for everybody to read; only their hash by default.
    """

    def __init__(
        self,
        *,
        home: Home | None = None,
        model: str | Path = "mini",
        threads: int | None = None,
        registry: str | None = None,
        publish_prompts: bool = False,
    ) -> None:
        self.home = home or Home()
        self._publish_prompts = publish_prompts
        self.registry = registry
        self._model = model
        self._threads = threads
        self._loaded: Generator | None = None

    def plan(self, campaign: str | Path | Campaign, *, draft: bool = False) -> list[AdPlan]:
        """Validate and expand a campaign, or read plans back; render nothing.

        What the guards found stands in `findings` of each plan; `render` refuses plans that are blocked.

        Args:
            campaign: path of a campaign file, a loaded campaign, or the path of a `.json` file of plans.
            draft: mark the plans as drafts.

        Raises:
            CampaignError: every problem of every file, with file, line and field.
            PreflightError: texts that do not fit or that no font covers.
            RequestError: a file of plans that cannot be read or was changed.
        """
        require("generator", "PIL")
        from adseal_generator.layers import preflight

        if isinstance(campaign, (str, Path)) and Path(campaign).suffix == ".json":
            from adseal.plan_files import read_plans

            plans = read_plans(Path(campaign))
        else:
            loaded = campaign if isinstance(campaign, Campaign) else load_campaign(Path(campaign))
            plans = expand(self._told(loaded), draft=draft)
        problems = tuple(f"{plan.plan_id}: {problem}" for plan in plans for problem in preflight(plan))
        if problems:
            raise PreflightError(problems)
        return plans

    def render(
        self,
        campaign: str | Path | Campaign | Sequence[AdPlan],
        *,
        to: "str | Path | Store",
        only: str | None = None,
        listener: Listener = silent,
        cancelled: Callable[[], bool] | None = None,
    ) -> RenderReport:
        """Render, seal and deliver every ad of a campaign; what is already delivered is verified and kept.

        Args:
            campaign: path of a campaign file, a loaded campaign, or plans.
            to: a folder, `s3://bucket/prefix`, or a store.
            only: one plan id.
            listener: hears every step.
            cancelled: asked between steps; True stops the run.

        Raises:
            CampaignError, PreflightError: before anything is rendered.
            PlanBlocked: guards stopped at words of the ads; all are listed, nothing is rendered.
            RequestError: plans are drafts.
            StoreError: the destination cannot be used; before anything is rendered.
            SignerError: the signer cannot be reached; before anything is rendered.
            RenderFailed: at least one ad failed; the rest was delivered.
        """
        from adseal_templates.guards import refuse_blocked

        plans = list(campaign) if isinstance(campaign, (list, tuple)) else self.plan(campaign)  # type: ignore[arg-type]
        plans = _chosen(plans, only)
        refuse_blocked(plans)
        _refuse_drafts(plans)
        require("generator", "torch", "diffusers", "transformers", "PIL")
        store = self._store(to)
        store.check()
        if self.home.signer is not None:
            self.home.identity()  # a signer that cannot sign is found before anything is rendered
        ads: list[DeliveredAd] = []
        failures: list[Failure] = []
        for plan in plans:
            try:
                ads.append(self._ad(plan, store, listener, cancelled))
            except every_error() as error:
                failures.append(_failure(plan, error))
                if failures[-1].code == "cancelled":
                    break
        report = RenderReport(ads=tuple(ads), failures=tuple(failures))
        if failures:
            raise RenderFailed(report)
        return report

    def generate(
        self,
        prompt: str,
        out: str | Path,
        *,
        negative: str = "",
        seconds: float = 5.0,
        aspect: "Aspect" = "9:16",
        fps: int = 24,
        seed: int | None = None,
        steps: int | None = None,
        first_frame: str | Path | None = None,
        last_frame: str | Path | None = None,
        title: str | None = None,
        provider: str = "",
        listener: Listener = silent,
        cancelled: Callable[[], bool] | None = None,
    ) -> "GeneratedVideo":
        """One sealed clip from one prompt, without layers and without sound.

        Args:
            prompt, negative: what to show, and what to keep away from.
            out: where the sealed MP4 goes; must not exist.
            seconds: 2 to 6.
            aspect: "9:16" (1080x1920), "16:9" (1920x1080), "1:1" (1080x1080) or "4:5" (1080x1350).
            fps: 12 to 60 frames a second.
            seed: the same one gives the same picture; None draws one, and the result names it.
            steps: denoising steps; the model's default if not given.
            first_frame, last_frame: picture files the clip begins and ends with, where the model can
                (`ModelInfo.conditions`).
            title: title in the credential; the file's name if not given. Of the prompt only the hash is published,
                unless the studio says otherwise.
            provider: who answers for it; the signing identity's name if not given.

        Raises:
            RequestError, SealingError: before any work: a value out of range, `out` exists or cannot be written.
            ModelError: the model cannot be loaded, or cannot start from what was given.
            LayerError: a picture file cannot be read.
            GenerationCancelled: `cancelled` said so between two steps; no file is left.
        """
        from adseal.clips import ClipRequest
        from adseal.clips import generate as make

        request = ClipRequest(
            prompt=prompt,
            negative=negative,
            seconds=seconds,
            aspect=aspect,
            fps=fps,
            seed=seed,
            steps=steps,
            first_frame=None if first_frame is None else Path(first_frame),
            last_frame=None if last_frame is None else Path(last_frame),
            title=title,
            provider=provider,
        )
        return make(
            request,
            Path(out),
            home=self.home,
            generator=self.generator,
            registry=self.registry,
            listener=listener,
            cancelled=cancelled,
            publish_prompts=self._publish_prompts,
        )

    def _ad(
        self, plan: AdPlan, store: "Store", listener: Listener, cancelled: Callable[[], bool] | None
    ) -> DeliveredAd:
        """One ad's way through the house; numbered as in docs/architecture.md."""
        from adseal import rendition, sealing, strength

        with workshop(self.home.cache) as folder:
            # (0) an earlier run may have delivered it
            before = delivered_before(plan, store, home=self.home, registry=self.registry, workshop=folder)
            if before is not None:
                listener(Event(plan.plan_id, "deliver", 1, 1))
                return before
            # (1) base clips, (2) layers, (3) marks, (4) one encode
            masters = Masters(self.home.cache / "clips", self.generator)
            key = self.home.watermark_key()

            def render(gain: float) -> rendition.Rendition:
                return rendition.render(
                    plan,
                    folder / "render.mp4",
                    masters=masters,
                    key=key,
                    listener=listener,
                    cancelled=cancelled,
                    gain=gain,
                )

            made = strength.strong_enough(render, self.home)
            # (5) own check, (6) credential, (7) registry record
            listener(Event(plan.plan_id, "seal", 0, 1))
            sealed = sealing.seal_rendition(
                plan,
                made,
                folder / "ad.mp4",
                home=self.home,
                registry=self.registry,
                model=self.generator().info,
                publish_prompts=self._publish_prompts,
            )
            listener(Event(plan.plan_id, "seal", 1, 1))
            # (8) store, (9) verified again at the destination
            listener(Event(plan.plan_id, "deliver", 0, 1))
            ad = deliver(plan, sealed, store, home=self.home, registry=self.registry, workshop=folder)
            listener(Event(plan.plan_id, "deliver", 1, 1))
            return ad

    def _told(self, campaign: Campaign) -> Campaign:
        """The campaign with prompts for the studio's model, unless it names another than the default itself."""
        if str(self._model) == "mini" or campaign.model.name != "mini":
            return campaign
        model = campaign.model.model_copy(update={"name": Path(self._model).name})
        return campaign.model_copy(update={"model": model})

    def generator(self) -> "Generator":
        """The model, loaded on first use and kept.

        Raises:
            ModelError: the folder is missing or its weights are damaged.
        """
        if self._loaded is None:
            from adseal_generator.diffusion import Generator

            self._loaded = Generator.load(self._model, threads=self._threads)
        return self._loaded

    @staticmethod
    def _store(to: "str | Path | Store") -> "Store":
        from adseal.stores import open_store

        return open_store(str(to)) if isinstance(to, (str, Path)) else to


def _chosen(plans: list[AdPlan], only: str | None) -> list[AdPlan]:
    if only is None:
        return plans
    chosen = [plan for plan in plans if plan.plan_id == only]
    if not chosen:
        raise AdsealError(
            f"no plan is called {only!r}", hint="one of: " + ", ".join(plan.plan_id for plan in plans)
        )
    return chosen


def _refuse_drafts(plans: list[AdPlan]) -> None:
    drafts = [plan.plan_id for plan in plans if plan.draft is not None]
    if drafts:
        raise RequestError(
            f"{drafts[0]} is a draft{f', as are {len(drafts) - 1} more' if len(drafts) > 1 else ''}",
            hint="drafts are planned, not rendered yet; `adseal plan FILE --final` promotes them",
        )


def _failure(plan: AdPlan, error: Exception) -> Failure:
    return Failure(
        plan_id=plan.plan_id,
        code=getattr(error, "code", "error"),
        message=str(error),
        hint=getattr(error, "hint", ""),
        retryable=getattr(error, "retryable", False),
    )
