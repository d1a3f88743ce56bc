# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""A campaign multiplied out into AdPlans: briefs × placements × locales × variants.

Decides what each plan holds; deterministic, so equal campaigns give equal plans and hashes on any machine and
in any folder. Leaves out rendering and what needs fonts (the generator's preflight).
"""

from pathlib import Path

from pydantic_core import PydanticCustomError

from .ad_template import Template
from .brand import BrandKit
from .brief import Brief
from .campaign import Campaign
from .checks import Finding, as_problems, check_campaign
from .errors import CampaignError, Problem
from .geometry import Stage
from .language import direction_of
from .layers import LayerBuilder, NotReadable
from .naming import Ad, ads, check_names
from .plan import AdPlan, Asset, ImageLayer, Layer, ModelPlan, PromptChange, ShotPlan, SoundPlan
from .prompts import shot_prompt
from .seeds import derived_seed
from .storyboard import for_shot


def expand(campaign: Campaign, *, model_digest: str | None = None) -> list[AdPlan]:
    """Every AdPlan of a campaign, in the order of briefs, placements, locales, variants.

    `model_digest` (sha256 over the generator's files) goes into `plan.model.digest` and so into the hash.
    The same shot of the same brief has the same prompt and seed in all locales and placements.
    Raises CampaignError with every problem found.
    """
    findings = [*check_campaign(campaign), *check_names(campaign)]
    if findings:
        raise CampaignError(as_problems(findings, campaign))
    campaign = _with_files(campaign)
    plans: list[AdPlan] = []
    for ad in ads(campaign):
        try:
            plans.append(_plan(campaign, ad, model_digest))
        except NotReadable as error:
            index = campaign.briefs.index(ad.brief)
            message = f"cannot be read at 4.5:1 on every picture in {ad.template.ref} for {ad.placement.id}"
            hint = "give the template's item a panel or put it inside a scrim"
            path = ("template", ad.placement.aspect, error.slot)
            findings.append(Finding("brief", path, message, hint, index))
    if findings:
        raise CampaignError(as_problems(dict.fromkeys(findings), campaign))
    return plans


def _with_files(campaign: Campaign) -> Campaign:
    """Fill in sha256 and size of files for a campaign built in code; one read from files has them."""
    problems: list[Problem] = []
    logos = []
    for i, logo in enumerate(campaign.brand.logos):
        try:
            needs = logo.path is not None and (logo.sha256 is None or logo.width is None)
            logos.append(logo.with_facts(Path.cwd()) if needs else logo)
        except PydanticCustomError as error:
            context = error.context or {}
            field, file = f"logos[{i}]", f"brand {campaign.brand.id}"
            problems.append(
                Problem(file=file, line=0, field=field, message=context["message"], hint=context["hint"])
            )
    if problems:
        raise CampaignError(problems)
    return campaign.model_copy(update={"brand": campaign.brand.model_copy(update={"logos": tuple(logos)})})


def _plan(campaign: Campaign, ad: Ad, model_digest: str | None) -> AdPlan:
    brand, brief, template, placement = campaign.brand, ad.brief, ad.template, ad.placement
    stage = Stage.of(placement, direction_of(ad.locale))
    builder = LayerBuilder(
        brand=brand,
        brief=brief,
        layout=template.layouts[placement.aspect],  # type: ignore[index]  # checked: one per aspect used
        stage=stage,
        locale=ad.locale,
        duration_s=template.duration_s,
    )
    layers = builder.build()
    shots, changes = _shots(campaign, brief, template, ad.variant)
    model = campaign.model
    return AdPlan(
        plan_id=ad.plan_id,
        campaign=campaign.id,
        brand=brand.id,
        brief=brief.id,
        template=template.ref,
        placement=placement.id,
        locale=ad.locale,
        variant=ad.variant,
        width=placement.width,
        height=placement.height,
        fps=placement.fps,
        duration_s=template.duration_s,
        title=_title(brand, brief, ad.locale),
        shots=shots,
        layers=layers,
        sound=_sound(campaign, brief, template, ad.variant),
        model=ModelPlan(name=model.name, steps=model.steps, guidance=model.guidance, digest=model_digest),
        safe_zone=stage.safe,
        prompt_changes=changes,
        adjustments=tuple(builder.adjustments),
        provider=brand.provider,
        # The pictures come from the model alone; text and logo are laid over them. The composite type of the
        # IPTC vocabulary is for footage that a model edited.
        digital_source_type="trainedAlgorithmicMedia",
        assets=_assets(brand, layers),
    )


def _shots(
    campaign: Campaign, brief: Brief, template: Template, variant: int
) -> tuple[tuple[ShotPlan, ...], tuple[PromptChange, ...]]:
    shots: list[ShotPlan] = []
    changes: list[PromptChange] = []
    start = 0.0
    for spec in template.shots:
        scene, shot = for_shot(brief.scene, spec)
        own = brief.model_copy(update={"scene": scene})
        prompt, made = shot_prompt(campaign.brand, own, shot, template.prompt)
        changes += made
        shots.append(
            ShotPlan(
                shot_id=spec.id,
                start_s=round(start, 3),
                duration_s=spec.duration_s,
                prompt=prompt,
                negative_prompt=template.prompt.negative or "",
                seed=derived_seed(campaign.seed, "shot", brief.id, spec.id, variant),
                transition=spec.transition,
            )
        )
        start += spec.duration_s
    return tuple(shots), tuple(changes)


def _sound(campaign: Campaign, brief: Brief, template: Template, variant: int) -> SoundPlan:
    bed = template.sound
    return SoundPlan(
        mood=brief.sound.mood or bed.mood,
        tempo_bpm=brief.sound.tempo_bpm or bed.tempo_bpm,
        seed=derived_seed(campaign.seed, "sound", brief.id, variant),
        loudness_lufs=bed.loudness_lufs,
        true_peak_db=bed.true_peak_db,
    )


def _title(brand: BrandKit, brief: Brief, locale: str) -> str:
    name = brand.names.text_for(locale) or brand.names.first
    return f"{name}: {brief.messaging.headline.text_for(locale)}"


def _assets(brand: BrandKit, layers: tuple[Layer, ...]) -> tuple[Asset, ...]:
    """The files the plan depends on: pictures it shows and fonts it sets, each once."""
    found: dict[tuple[str, str], Asset] = {}
    for layer in layers:
        if isinstance(layer, ImageLayer):
            found[layer.role, layer.sha256] = Asset(role=layer.role, path=layer.path, sha256=layer.sha256)
    for file in brand.fonts.all_files():
        if file.path and file.sha256:
            found["font", file.sha256] = Asset(role="font", path=file.path, sha256=file.sha256)
    return tuple(found[key] for key in sorted(found))
