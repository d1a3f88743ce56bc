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
        _time_stamps,
        _trust_lists,
        _watermark_key,
        _registry,
        _extras,
        _fonts,
        _model,
        _disk,
    ):
        try:
            findings.extend(check(home))  # what was found before an error stays
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
    if home.signer is None and not (home.path / "identity").exists():
        yield Finding(
            subject="identity",
            state="warning",
            detail="none yet; a development identity is made on first use",
            hint="adseal pki init makes it now",
        )
        return
    yield from _certificates(home)
    identity = home.identity()
    identity.sign(
        b"adseal doctor"
    )  # a key that cannot be reached is a finding, whatever its certificates say
    yield Finding(
        subject="identity",
        state="ok" if identity.kind == "production" else "warning",
        detail=f"{identity.kind}, {identity.common_name}, {identity.algorithm}, signs with {identity.key.where}, "
        f"valid until {identity.not_after:%Y-%m-%d}",
        hint="others see its ads as signed by a development identity"
        if identity.kind == "development"
        else "",
    )


def _certificates(home: Home) -> Iterator[Finding]:
    """One finding for each thing that is wrong with the chain in the folder, also where it cannot sign at all."""
    from cryptography import x509

    from adseal_provenance.identities.pki_profile import problems_of

    folder = home.path / "identity"
    if home.signer is not None:
        identity = home.identity()
        chain = x509.load_pem_x509_certificates(identity.chain_pem.encode())
        roots = x509.load_pem_x509_certificates(identity.root_pem.encode()) if identity.root_pem else []
    else:
        chain = x509.load_pem_x509_certificates((folder / "chain.pem").read_bytes())
        root = folder / "root.pem"
        roots = x509.load_pem_x509_certificates(root.read_bytes()) if root.exists() else []
    for problem in problems_of(chain, roots[0] if roots else None, now=datetime.now(UTC)):
        yield Finding(subject="certificate", state=problem.state, detail=problem.detail, hint=problem.hint)


def _time_stamps(home: Home) -> Iterator[Finding]:
    from adseal import stamps

    asked = ", ".join(home.time_authorities)
    yield Finding(
        subject="time stamps",
        state="ok" if asked else "warning",
        detail=f"asked in turn: {asked}"
        if asked
        else "no authority is named, so credentials stop verifying when the certificate ends",
        hint="" if asked else "set ADSEAL_TSA, or use --tsa",
    )
    for entry in stamps.waiting(home):
        yield Finding(
            subject="time stamps",
            state="warning",
            detail=f"{entry.path} has none yet and stops verifying on {entry.stops_verifying}",
            hint="adseal stamps retry",
        )


def _trust_lists(home: Home) -> Iterator[Finding]:
    from adseal.anchors import known

    lists = known(home)
    if not any(entry.purpose == "signers" and entry.source for entry in lists):
        yield Finding(
            subject="trust lists",
            state="warning",
            detail="the C2PA trust list is not here, so signers on it are called unknown",
            hint="adseal trust update --fetch, or --signers FILE --tsa FILE",
        )
    for entry in lists:
        said = f"{entry.name}, {entry.anchors} anchors, {entry.date}"
        yield Finding(
            subject="trust lists",
            state="failed" if entry.problem else "warning" if entry.old else "ok",
            detail=entry.problem or (f"{said}: old" if entry.old else said),
            hint="adseal trust update" if entry.old else f"remove {entry.path}" if entry.problem else "",
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
    for extra, modules in (
        ("generator", ("torch", "diffusers", "transformers", "PIL")),
        ("s3", ("boto3",)),
        ("kms", ("boto3",)),
        ("hsm", ("pkcs11",)),
    ):
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
