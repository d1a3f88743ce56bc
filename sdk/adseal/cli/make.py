# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Commands that make things: demo, render, generate, seal."""

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adseal.cli import show

if TYPE_CHECKING:
    from adseal.home import Home
    from adseal_provenance.sealing.materials import Material, Step


class Profile(StrEnum):
    """Strength of the picture watermark."""

    robust = "robust"
    quality = "quality"


class Aspect(StrEnum):
    """Shape of a clip."""

    tall = "9:16"
    wide = "16:9"
    square = "1:1"
    portrait = "4:5"


Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
Signer = Annotated[
    str | None,
    typer.Option(
        "--signer", help="Another signer: file:FOLDER, pkcs11:…, awskms:… (ADSEAL_SIGNER does the same)."
    ),
]
Tsa = Annotated[
    list[str] | None,
    typer.Option(
        "--tsa", help="RFC 3161 time-stamp authority; repeat it for others to ask in turn (ADSEAL_TSA)."
    ),
]
StampLater = Annotated[
    bool,
    typer.Option("--stamp-later", help="Seal even if no authority answers; `adseal stamps retry` goes on."),
]
PublishPrompt = Annotated[
    bool,
    typer.Option("--publish-prompt", help="Put the prompt into the credential; only its hash if not given."),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress bars.")]


def _home(signer: str | None, tsa: list[str] | None, *, stamp_later: bool = False) -> "Home":
    """The user's home, with what the command line says about signing."""
    from adseal.home import Home

    home = Home(stamp_may_wait=stamp_later)
    return replace(home, signer=signer or home.signer, time_authorities=tuple(tsa or home.time_authorities))


def demo(
    out: Annotated[
        Path, typer.Option("--out", help="Where the ads, the report and the contact sheet go.")
    ] = Path("out/demo"),
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Render the example campaign, seal and deliver it, play the platform on it, and verify what comes back."""
    with show.errors_told(as_json):
        from adseal.demo import run

        summary = run.demo(out, quiet=quiet)
    if as_json:
        show.emit(summary.model_dump(mode="json"))
    else:
        run.tell(summary)
    raise typer.Exit(0 if summary.as_expected else 1)


def render(
    campaign: Annotated[Path, typer.Argument(help="Campaign file (YAML), or plans (`adseal plan --out`).")],
    to: Annotated[str, typer.Option("--to", help="A folder or s3://bucket/prefix.")],
    only: Annotated[str | None, typer.Option("--only", help="One plan id.")] = None,
    model: Annotated[
        str, typer.Option("--model", help="mini, or the folder of a diffusers checkpoint.")
    ] = "mini",
    registry: Annotated[str | None, typer.Option("--registry", help="Registry URI or path.")] = None,
    threads: Annotated[
        int | None, typer.Option("--threads", min=1, help="CPU threads for the model.")
    ] = None,
    signer: Signer = None,
    tsa: Tsa = None,
    publish_prompt: PublishPrompt = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Render, seal and deliver a campaign. Run it again after a crash: it goes on where it stopped."""
    from adseal.stores import open_store
    from adseal.studio import RenderFailed, RenderReport, Studio
    from adseal_templates.guards import refuse_blocked

    with show.errors_told(as_json):
        studio = Studio(
            home=_home(signer, tsa),
            model=model,
            registry=registry,
            threads=threads,
            publish_prompts=publish_prompt,
        )
        plans = studio.plan(campaign)
        refuse_blocked([p for p in plans if only in {None, p.plan_id}])
        store = open_store(to)
        store.check()
        failed: RenderFailed | None = None
        with show.bars(1 if only else len(plans), quiet=quiet or as_json) as listener:
            try:
                report: RenderReport = studio.render(plans, to=store, only=only, listener=listener)
            except RenderFailed as error:
                failed, report = error, error.report
    if as_json:
        show.emit(report.model_dump(mode="json"))
    else:
        for ad in report.ads:
            show.out().print(
                f"{ad.output}  {'kept' if ad.already_there else 'delivered'}, {ad.verdict}", markup=False
            )
            for note in ad.notes:
                show.out().print(f"  note: {note}", markup=False)
    if failed is not None:
        for failure in report.failures:
            show.err().print(rf"failed \[{failure.code}] {failure.plan_id}: {failure.message}")
            if failure.hint:
                show.err().print(f"  hint: {failure.hint}", markup=False)
        raise typer.Exit(1)


def generate(
    prompt: Annotated[str, typer.Argument(help="What to show.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The sealed clip; must not exist yet.")],
    seconds: Annotated[float, typer.Option("--seconds", min=2, max=6, help="Length.")] = 5.0,
    aspect: Annotated[Aspect, typer.Option("--aspect", help="1080 px on the shorter side.")] = Aspect.tall,
    fps: Annotated[int, typer.Option("--fps", min=12, max=60, help="Frames a second.")] = 24,
    seed: Annotated[
        int | None, typer.Option("--seed", min=0, help="Same seed, same picture; drawn if not given.")
    ] = None,
    steps: Annotated[
        int | None, typer.Option("--steps", min=1, max=200, help="The model's own number if not given.")
    ] = None,
    negative: Annotated[str, typer.Option("--negative", help="What to keep away from.")] = "",
    first_frame: Annotated[
        Path | None, typer.Option("--first-frame", help="Picture file the clip begins with.")
    ] = None,
    last_frame: Annotated[
        Path | None, typer.Option("--last-frame", help="Picture file the clip ends with.")
    ] = None,
    model: Annotated[
        str, typer.Option("--model", help="mini, or the folder of a diffusers checkpoint.")
    ] = "mini",
    title: Annotated[
        str | None, typer.Option("--title", help="Title in the credential; the file's name if not given.")
    ] = None,
    provider: Annotated[str, typer.Option("--provider", help="Who publishes it.")] = "",
    registry: Annotated[str | None, typer.Option("--registry", help="Registry URI or path.")] = None,
    threads: Annotated[
        int | None, typer.Option("--threads", min=1, help="CPU threads for the model.")
    ] = None,
    signer: Signer = None,
    tsa: Tsa = None,
    stamp_later: StampLater = False,
    publish_prompt: PublishPrompt = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """One sealed clip from one prompt, without layers. It has no sound track: the picture carries the watermark."""
    from adseal.studio import Studio

    with show.errors_told(as_json):
        studio = Studio(
            home=_home(signer, tsa, stamp_later=stamp_later),
            model=model,
            registry=registry,
            threads=threads,
            publish_prompts=publish_prompt,
        )
        with show.bars(1, quiet=quiet or as_json, stages=("generate", "compose", "seal")) as listener:
            made = studio.generate(
                prompt,
                out,
                negative=negative,
                seconds=seconds,
                aspect=aspect.value,
                fps=fps,
                seed=seed,
                steps=steps,
                first_frame=first_frame,
                last_frame=last_frame,
                title=title,
                provider=provider,
                listener=listener,
            )
    _tell_sealed(made.model_dump(mode="json"), as_json, "seed", "id", "sha256", "manifest_id", "signer")


def seal(
    video: Annotated[Path, typer.Argument(help="Your finished video.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The sealed video; must not exist yet.")],
    title: Annotated[
        str | None, typer.Option("--title", help="Title in the credential; the file's name if not given.")
    ] = None,
    provider: Annotated[str, typer.Option("--provider", help="Who publishes it.")] = "",
    ai: Annotated[
        bool, typer.Option("--ai", help="State in the credential that the video was made with generative AI.")
    ] = False,
    system: Annotated[
        str | None, typer.Option("--system", help="Name of the AI system that made it.")
    ] = None,
    system_version: Annotated[
        str | None, typer.Option("--system-version", help="Version of that system.")
    ] = None,
    component: Annotated[
        list[str] | None,
        typer.Option(
            "--component",
            help="A photograph, clip or sound that is in it: FILE, or SOURCETYPE=FILE (digitalCapture=shoe.jpg); "
            "repeatable.",
        ),
    ] = None,
    step: Annotated[
        list[str] | None,
        typer.Option(
            "--step",
            help="What was done to it: cropped, trimmed, adjustedColor…, or STEP=SOURCETYPE; repeatable, in order.",
        ),
    ] = None,
    profile: Annotated[
        Profile, typer.Option("--profile", help="Strength of the picture watermark.")
    ] = Profile.robust,
    registry: Annotated[str | None, typer.Option("--registry", help="Registry URI or path.")] = None,
    signer: Signer = None,
    tsa: Tsa = None,
    stamp_later: StampLater = False,
    as_json: Json = False,
) -> None:
    """Seal your own finished video: watermark in picture and sound, signed credential, registry record."""
    with show.errors_told(as_json):
        from adseal.sealing import seal as seal_video

        sealed = seal_video(
            video,
            out,
            title=title,
            provider=provider,
            ai_generated=ai,
            system_name=system,
            system_version=system_version,
            materials=_materials(component or []),
            steps=_steps(step or []),
            home=_home(signer, tsa, stamp_later=stamp_later),
            profile=profile.value,
            registry=registry,
        )
    _tell_sealed(sealed.model_dump(mode="json"), as_json, "id", "sha256", "manifest_id", "signer")


def _materials(texts: list[str]) -> "list[Material]":
    """`shoe.jpg`, or with its source type `digitalCapture=shoe.jpg`."""
    from adseal_provenance.sealing.materials import SOURCE_TYPES, Material

    found = []
    for text in texts:
        kind, _, name = text.partition("=")
        stated = kind in SOURCE_TYPES and bool(name)
        found.append(Material(path=Path(name if stated else text), source_type=kind if stated else None))
    return found


def _steps(texts: list[str]) -> "list[Step]":
    """`cropped`, or with the source type of what it brought in `edited=compositeWithTrainedAlgorithmicMedia`."""
    from adseal_provenance.sealing.materials import Step

    named = [text.partition("=") for text in texts]
    return [
        Step(action=action, source_type=kind) if kind else Step(action=action) for action, _, kind in named
    ]


def _tell_sealed(document: dict[str, Any], as_json: bool, *told: str) -> None:
    if as_json:
        show.emit(document)
        return
    console = show.out()
    console.print(f"sealed {document['output']}", markup=False)
    for name in told:
        console.print(f"  {name:<12} {document[name]}", markup=False)
    for note in document["notes"]:
        console.print(f"  note         {note}", markup=False)
