# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""A campaign multiplied out into AdPlans: briefs × placements × locales × what its matrix offers.

Decides what each plan holds; deterministic, so equal campaigns give equal plans and hashes on any machine and
in any folder. Leaves out rendering and what needs fonts (the generator's preflight).
"""

from collections.abc import Iterator
from pathlib import Path

from pydantic_core import PydanticCustomError

from .brand import BrandKit
from .brief import Brief
from .campaign import Campaign
from .checks import Finding, as_problems, check_campaign
from .drafts import as_draft
from .errors import CampaignError, Problem
from .families import Family, families, family_of
from .families import family as family_named
from .geometry import Stage
from .guards import check_ad, guard_refs
from .language import direction_of
from .layers import LayerBuilder, NotReadable
from .matrix_checks import check_matrix
from .naming import ads, check_names, utm
from .plan import (
    AdPlan,
    Asset,
    ImageLayer,
    Layer,
    ModelPlan,
    ShotPlan,
    SoundPlan,
)
from .plan_notes import Cell, Expansion, GuardFinding
from .prompts import ShotText, shot_text
from .seeds import derived_seed
from .shot_grammar import GRAMMAR
from .storyboard import for_shot
from .variants import Ad, place_of_words, variant_id


def expand(campaign: Campaign, *, model_digest: str | None = None, draft: bool = False) -> list[AdPlan]:
    """Every AdPlan of a campaign, in the order of `variants`.

    A plan carries what the guards found; only `guards.refuse_blocked` stops at it. `draft` marks every plan as a
    draft by the campaign's `draft` settings. `model_digest` (sha256 over the generator's files) goes into
    `plan.model.digest` and so into the hash.
    The same shot of the same brief has the same prompt and seed in all locales and placements.
    Raises CampaignError with every problem found.
    """
    findings = [*check_campaign(campaign), *check_matrix(campaign), *check_names(campaign)]
    if findings:
        raise CampaignError(as_problems(findings, campaign))
    campaign = _with_files(campaign)
    plans: list[AdPlan] = []
    for ad in ads(campaign):
        try:
            plan = _plan(campaign, ad, model_digest)
            plans.append(as_draft(plan, campaign.draft) if draft else plan)
        except NotReadable as error:
            message = f"cannot be read at 4.5:1 on every picture in {ad.template.ref} for {ad.placement.id}"
            hint = "give the template's item a panel or put it inside a scrim"
            path = ("template", ad.placement.aspect, error.slot)
            findings.append(Finding("brief", path, message, hint, ad.brief_at))
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
    model = campaign.model
    family = family_named(model.family) if model.family else family_of(model.name)
    texts = _texts(brand, ad, family)
    shots = _shots(campaign, ad, texts)
    findings = (*check_ad(campaign, ad, shots), *_too_long(campaign, ad, shots, texts, family))
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
        sound=_sound(campaign, ad),
        model=ModelPlan(name=model.name, steps=model.steps, guidance=model.guidance, digest=model_digest),
        safe_zone=stage.safe,
        prompt_changes=tuple(change for text in texts for change in text.changes),
        adjustments=tuple(builder.adjustments),
        provider=brand.provider,
        # The pictures come from the model alone; text and logo are laid over them. The composite type of the
        # IPTC vocabulary is for footage that a model edited.
        digital_source_type="trainedAlgorithmicMedia",
        assets=_assets(brand, layers),
        expansion=Expansion(grammar=GRAMMAR, family=family.id, families=families().ref, guards=guard_refs()),
        findings=findings,
        cell=ad.cell if ad.cell != Cell() else None,
        variant_id=variant_id(campaign, ad),
        utm=utm(campaign, ad),
    )


def _texts(brand: BrandKit, ad: Ad, family: Family) -> list[ShotText]:
    spoken = (for_shot(ad.brief.scene, spec) for spec in ad.template.shots)
    return [shot_text(brand, scene, shot, ad.template.prompt, family) for scene, shot in spoken]


def _shots(campaign: Campaign, ad: Ad, texts: list[ShotText]) -> tuple[ShotPlan, ...]:
    shots: list[ShotPlan] = []
    start = 0.0
    for spec, text in zip(ad.template.shots, texts, strict=True):
        shots.append(
            ShotPlan(
                shot_id=spec.id,
                start_s=round(start, 3),
                duration_s=spec.duration_s,
                prompt=text.prompt,
                negative_prompt=text.negative,
                seed=derived_seed(_seed(campaign, ad), "shot", ad.brief.id, spec.id, ad.variant),
                transition=spec.transition,
            )
        )
        start += spec.duration_s
    return tuple(shots)


def _seed(campaign: Campaign, ad: Ad) -> int:
    return campaign.seed if ad.cell.seed is None else ad.cell.seed


def _too_long(
    campaign: Campaign, ad: Ad, shots: tuple[ShotPlan, ...], texts: list[ShotText], family: Family
) -> Iterator[GuardFinding]:
    """Prompts whose end the model would not read, though all that can be left out was left out."""
    for shot, text in zip(shots, texts, strict=True):
        if text.too_long:
            file, line = place_of_words(campaign, ad, ("scene", "subject"))
            why = f"is {text.too_long} words longer than the {family.max_words} that {family.title} reads"
            yield GuardFinding(
                code="shot.too_long",
                severity="block",
                category="shot",
                words=" ".join(shot.prompt.split()[-8:]),
                file=file,
                line=line,
                field=f"shots.{shot.shot_id}.prompt",
                why=why,
                source=f"{family.source.text} ({families().ref})",
            )


def _sound(campaign: Campaign, ad: Ad) -> SoundPlan:
    bed, wish = ad.template.sound, ad.brief.sound
    return SoundPlan(
        mood=wish.mood or bed.mood,
        tempo_bpm=wish.tempo_bpm or bed.tempo_bpm,
        seed=derived_seed(_seed(campaign, ad), "sound", ad.brief.id, ad.variant),
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
