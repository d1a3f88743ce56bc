# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Is everything here that a render, a seal or a verification needs? Each finding is one sentence with a cure."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import Literal

from pydantic import BaseModel, ConfigDict

from adseal.errors import every_error
from adseal.home import Home

State = Literal["ok", "warning", "failed"]
LOW_DISK = 2 * 1024**3  # bytes; a long campaign's clips and unfinished files


class Finding(BaseModel):
    """One thing looked at."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: str
    state: State
    detail: str
    hint: str = ""


def examine(home: Home | None = None) -> list[Finding]:
    """Look at everything; never raises, makes nothing."""
    home = home or Home()
    findings: list[Finding] = []
    for check in (
        _video_codecs,
        _credential_engine,
        _identity,
        _watermark_key,
        _registry,
        _extras,
        _fonts,
        _model,
        _disk,
    ):
        try:
            findings += check(home)
        except every_error() as error:
            findings.append(_of(check, str(error), getattr(error, "hint", "")))
        except (OSError, ImportError, ValueError) as error:
            findings.append(_of(check, f"{type(error).__name__}: {error}", ""))
    return findings


def _of(check: Callable[[Home], Iterator[Finding]], detail: str, hint: str) -> Finding:
    return Finding(
        subject=check.__name__.strip("_").replace("_", " "), state="failed", detail=detail, hint=hint
    )


def _video_codecs(_: Home) -> Iterator[Finding]:
    import av

    missing = [name for name in ("libx264", "aac") if name not in av.codecs_available]
    yield Finding(
        subject="video codecs",
        state="failed" if missing else "ok",
        detail=f"missing: {', '.join(missing)}" if missing else f"H.264 and AAC (PyAV {av.__version__})",
        hint="install the av wheel from PyPI; a build without x264 cannot encode" if missing else "",
    )


def _credential_engine(_: Home) -> Iterator[Finding]:
    from importlib.metadata import version

    import c2pa

    yield Finding(
        subject="credential engine",
        state="ok",
        detail=f"c2pa-python {version('c2pa-python')}, c2pa-rs {c2pa.sdk_version()}",
    )


def _identity(home: Home) -> Iterator[Finding]:
    if not (home.path / "identity").exists():
        yield Finding(
            subject="identity",
            state="warning",
            detail="none yet; a development identity is made on first use",
            hint="adseal pki init makes it now",
        )
        return
    identity = home.identity()
    left = (identity.not_after - datetime.now(UTC)).days
    if left < 0:
        state: State = "failed"
    else:
        state = "ok" if identity.kind == "production" and left > 30 else "warning"
    yield Finding(
        subject="identity",
        state=state,
        detail=f"{identity.kind}, {identity.common_name}, valid until {identity.not_after:%Y-%m-%d} ({left} days)",
        hint="others see its ads as signed by a development identity"
        if identity.kind == "development"
        else "",
    )


def _watermark_key(home: Home) -> Iterator[Finding]:
    keys = home.known_keys()
    yield Finding(
        subject="watermark keys",
        state="ok" if keys else "warning",
        detail=f"{len(keys)}, marks are made with {keys[0].key_id}"
        if keys
        else "none yet; made on first use",
        hint=f"keep a backup of {home.keyring.folder}: without it your own ads cannot be recognised"
        if keys
        else "",
    )


def _registry(home: Home) -> Iterator[Finding]:
    if not home.registry_path.exists():
        yield Finding(subject="registry", state="ok", detail="empty; made on first use")
        return
    with home.registry() as records:
        yield Finding(
            subject="registry", state="ok", detail=f"{records.count()} records in {home.registry_path}"
        )


def _extras(_: Home) -> Iterator[Finding]:
    for extra, modules in (("generator", ("torch", "diffusers", "transformers", "PIL")), ("s3", ("boto3",))):
        missing = [m for m in modules if find_spec(m) is None]
        yield Finding(
            subject=f"extra {extra}",
            state="warning" if missing else "ok",
            detail=f"missing: {', '.join(missing)}" if missing else "installed",
            hint=f"pip install 'adseal[{extra}]'" if missing else "",
        )


def _fonts(_: Home) -> Iterator[Finding]:
    if find_spec("PIL") is None:
        return
    from adseal_generator.errors import FontError
    from adseal_generator.fonts import faces_for
    from adseal_templates.plan import FontRef

    for script, letter, language in (
        ("Latin", "A", "en"),
        ("Arabic", "\u0645", "ar"),
        ("CJK", "\u6f22", "zh"),
    ):
        try:
            (face,) = faces_for([letter], FontRef(family="Inter"), language)
        except FontError as error:
            yield Finding(subject=f"font for {script}", state="warning", detail=str(error), hint=error.hint)
        else:
            yield Finding(subject=f"font for {script}", state="ok", detail=face.family)


def _model(_: Home) -> Iterator[Finding]:
    if find_spec("torch") is None:
        return
    from adseal_generator.catalogue import model_info

    info = model_info("mini")
    yield Finding(
        subject="model",
        state="ok",
        detail=f"{info.name} {info.version}, sha256 {info.digest[:12]}…, {info.licence}",
    )


def _disk(home: Home) -> Iterator[Finding]:
    place = home.path if home.path.exists() else home.path.parent
    free = shutil.disk_usage(place if place.exists() else "/").free
    yield Finding(
        subject="disk",
        state="ok" if free > LOW_DISK else "warning",
        detail=f"{free / 1024**3:.1f} GiB free at {place}",
        hint="" if free > LOW_DISK else "clear some space, or set ADSEAL_HOME to a bigger disk",
    )
