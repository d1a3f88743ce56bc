# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Signing a finished video: all of it or nothing.

Decides: the order of the last steps (unsigned labels first, signature last, read back, publish) and what a
failure at each of them is called. Leaves out: what the manifest says (``manifest``), marks (``watermark``)
and the registry.

The C2PA library leaves an invalid or empty file behind when it fails, so it only ever writes into a private
folder beside the destination. The destination's name appears in one step, with every byte on disk, and never
over another file.

    signed = sign_file(encoded, Path("ad.mp4"), request, identity)
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import c2pa

from adseal_provenance.credentials import container, credential
from adseal_provenance.credentials.trust import Trust, c2pa_settings
from adseal_provenance.errors import MediaError, ProvenanceError, SealError
from adseal_provenance.identities.identity import Identity
from adseal_provenance.sealing.manifest import IngredientInput, ManifestPlan, SealRequest, build
from adseal_provenance.sealing.stamping import Stamp, Stamping, stamped
from adseal_provenance.verdicts.evidence import CredentialEvidence

_MP4 = "video/mp4"
_READ_BYTES = 256 * 1024  # the C2PA library asks for a few kilobytes at a time
#: Errors of ``link`` on file systems that have no hard links.
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})


@dataclass(frozen=True)
class Signed:
    """A signed file at its destination.

    Attributes:
        manifest_store: the store as embedded; keep it, every re-encode of the file loses it.
        manifest_id: label of the active manifest (``urn:c2pa:…``).
        sha256: of the whole signed file, hex.
        stamp: the time stamp, or that there is none (yet).
    """

    manifest_store: bytes
    manifest_id: str
    sha256: str
    stamp: Stamp = field(default_factory=Stamp)


def sign_file(
    src: Path | str,
    dst: Path | str,
    request: SealRequest,
    identity: Identity,
    *,
    stamping: Stamping | None = None,
) -> Signed:
    """Sign ``src`` into ``dst``, which must not exist. ``src`` is only read.

    Raises:
        SignerError, IdentityError: the key cannot be reached, or did not sign.
        SealError: ``destination_exists``, ``destination_unwritable``, ``disk_full``, ``source_unreadable``,
            ``material_unreadable``, ``source_credential``, ``material_credential`` (it carries a credential that
            cannot be carried on), ``not_mp4``, ``xmp_exists``, ``time_stamp`` (retryable), ``signing``,
            ``read_back``. Nothing is left behind.
    """
    source, target = Path(src), Path(dst)
    # (1): refuse to overwrite, before any work is done. Step 7 refuses again, for good.
    if os.path.lexists(target):
        raise _exists(target)
    # (2): credentials in the opened source and in materials must be carried on, or nothing is signed.
    plan = build(request, credentialed=_credentialed(request))
    with _workshop(target) as folder:
        # (3): unsigned labels stand in what is signed: any later write would break the signature.
        label = b""
        _refuse_other_kinds(source)
        if request.digital_source_type is not None:
            label = container.xmp_box(source, request.digital_source_type)
        sealed = folder / "sealed.part"
        # (4): sign, and have the signature stamped; the stamp goes into room that the signature left.
        bare = _sign(source, label, sealed, plan, identity)
        store, stamp = stamped(bare, stamping or Stamping())
        if store != bare:
            container.overwrite_store(sealed, bare, store)
        # (5): read back what was written, as a verifier would.
        evidence = _read_back(sealed, plan, identity, stamp)
        # (6): the bytes must be on disk before the name is.
        sha256 = _sync_and_hash(sealed)
        # (7): publish under the final name, atomically and only if it is free.
        _publish(sealed, target)
    return Signed(store, str(evidence.manifest_id), sha256, stamp)


def _credentialed(request: SealRequest) -> frozenset[Path]:
    """Source and materials that carry a credential of their own."""
    files: list[tuple[str, Path, str | None]] = [
        ("material", m.path, m.media_type) for m in request.materials
    ]
    if request.source is not None:
        files.append(("source", request.source, None))
    return frozenset(path for role, path, media_type in files if _has_credential(role, path, media_type))


def _has_credential(role: str, path: Path, media_type: str | None) -> bool:
    if not path.is_file():
        raise SealError(f"there is no file {path}", code=f"{role}_unreadable", hint="Name a readable file.")
    if media_type is None or media_type.startswith("video/"):
        found = credential.read_file(path, Trust())
    else:
        found = credential.read_other(path, Trust(), media_type)
    if found.status in {"unreadable", "remote", "not_checked"}:
        raise SealError(
            f"{path} carries a credential that cannot be carried on: {found.reason}",
            code=f"{role}_credential",
            hint="Its history would be lost. Remove the credential yourself if that is what you want.",
        )
    return found.status == "present"


@contextlib.contextmanager
def _workshop(target: Path) -> Iterator[Path]:
    """A private folder on the destination's file system, gone afterwards whatever happens."""
    try:
        folder = Path(tempfile.mkdtemp(prefix=".adseal-", dir=target.parent))
    except OSError as error:
        raise _unwritable(target, error) from error
    try:
        yield folder
    except OSError as error:
        raise _unwritable(target, error) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _refuse_other_kinds(source: Path) -> None:
    try:
        mp4 = container.is_bmff(source)
    except MediaError as error:
        raise SealError(
            f"{source} cannot be read", code="source_unreadable", hint="Name an encoded video."
        ) from error
    if not mp4:
        raise SealError(f"{source} is not an MP4 file", code="not_mp4", hint="Encode it as MP4 first.")


def _sign(source: Path, label: bytes, sealed: Path, plan: ManifestPlan, identity: Identity) -> bytes:
    """Let the library build the claim; the signature itself is made by the identity's key, wherever that is."""
    pen = _Pen(identity)
    with source.open("rb") as bare, sealed.open("w+b") as file:
        reading, writing = io.BufferedReader(_WithTail(bare, label), _READ_BYTES), _Witness(file)
        try:
            with (
                c2pa.Context.from_dict(c2pa_settings(identity.root_pem or "")) as context,
                c2pa.Signer.from_callback(
                    pen.sign, c2pa.C2paSigningAlg[identity.algorithm.upper()], identity.chain_pem
                ) as signer,
                c2pa.Builder(plan.definition, context) as builder,
            ):
                for ingredient in plan.ingredients:
                    _add(builder, ingredient)
                if plan.thumbnail_jpeg is not None:
                    builder.add_resource("thumbnail.jpg", io.BytesIO(plan.thumbnail_jpeg))
                return bytes(builder.sign(signer, _MP4, reading, writing))
        except c2pa.C2paError as error:
            # The library forgets why its writing or our signing failed.
            if writing.error is not None:
                raise writing.error from error
            if pen.error is not None:
                raise pen.error from pen.error.__cause__
            raise SealError(f"the video cannot be signed: {error}", code="signing") from error


def _add(builder: Any, ingredient: IngredientInput) -> None:
    if ingredient.data is not None:
        if ingredient.resource is not None:
            builder.add_resource(ingredient.resource, io.BytesIO(ingredient.data))
        builder.add_ingredient(ingredient.definition, ingredient.media_type, io.BytesIO(ingredient.data))
        return
    role = "source" if ingredient.definition["relationship"] == "parentOf" else "material"
    try:
        stream = Path(str(ingredient.path)).open("rb")  # noqa: SIM115  (only opening may fail like this)
    except OSError as error:
        raise SealError(
            f"{ingredient.path} cannot be read: {error.strerror}",
            code=f"{role}_unreadable",
            hint="Name a readable file.",
        ) from error
    with stream:
        builder.add_ingredient(ingredient.definition, ingredient.media_type, stream)


def _read_back(sealed: Path, plan: ManifestPlan, identity: Identity, stamp: Stamp) -> CredentialEvidence:
    trust = Trust.of(development=[identity.root_pem]) if identity.root_pem else Trust()
    found = credential.read_file(sealed, trust)
    allowed = set() if identity.root_pem else {"signingCredential.untrusted"}
    bindings = {(binding.algorithm, binding.value) for binding in found.soft_bindings}
    problems = [
        problem
        for wrong, problem in (
            (found.status != "present", f"the credential is {found.status} {found.reason}"),
            (bool(set(found.failure) - allowed), f"validation fails: {', '.join(found.failure)}"),
            ("claimSignature.validated" not in found.success, "the signature is not confirmed"),
            ("assertion.bmffHash.match" not in found.success, "the content hash is not confirmed"),
            (
                (stamp.state == "stamped") != ("timeStamp.validated" in found.success),
                "the time stamp is not there as asked for",
            ),
            (bindings != set(plan.soft_bindings), "the soft bindings are not those asked for"),
        )
        if wrong
    ]
    if problems:
        raise SealError(
            f"the signed file does not read back as it should: {'; '.join(problems)}",
            code="read_back",
            hint="Nothing was published. Check the certificate with `adseal doctor`.",
        )
    return found


def _sync_and_hash(path: Path) -> str:
    with path.open("r+b") as file:
        os.fsync(file.fileno())
        return hashlib.file_digest(file, "sha256").hexdigest()


def _publish(sealed: Path, target: Path) -> None:
    try:
        os.link(sealed, target)
    except FileExistsError as error:
        raise _exists(target) from error
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # No hard links here: take the name exclusively, then move the finished file over the empty one.
        try:
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        except FileExistsError as taken:
            raise _exists(target) from taken
        try:
            sealed.replace(target)
        except OSError:
            target.unlink(missing_ok=True)
            raise
    if os.name == "posix":
        descriptor = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _exists(target: Path) -> SealError:
    return SealError(
        f"{target} exists already",
        code="destination_exists",
        hint="Choose another name; nothing is overwritten.",
    )


def _unwritable(target: Path, error: OSError) -> SealError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return SealError(
            f"no space left for {target}",
            code="disk_full",
            hint="Free some space, then try again.",
            retryable=True,
        )
    return SealError(
        f"{target} cannot be written: {error.strerror or error}",
        code="destination_unwritable",
        hint="Choose a folder that exists and that you may write to.",
    )


class _Pen:
    """Signs for the library, and remembers why it could not; the library would report "signature invalid"."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self.error: ProvenanceError | None = None

    def sign(self, message: bytes) -> bytes:
        try:
            return self._identity.sign(message)
        except ProvenanceError as error:
            self.error = error
            return b""  # what the library takes for a failure, without a line in its log


class _WithTail(io.RawIOBase):
    """A file with some bytes behind it, as one stream: labelled without a copy of it being made."""

    def __init__(self, file: BinaryIO, tail: bytes) -> None:
        self._file, self._tail = file, memoryview(tail)
        self._length = file.seek(0, os.SEEK_END)
        self._at = file.seek(0)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        space = memoryview(buffer)
        if self._at < self._length:
            count = self._file.readinto(space[: self._length - self._at])  # type: ignore[attr-defined]
        else:
            some = self._tail[self._at - self._length :][: len(space)]
            count = len(some)
            space[:count] = some
        self._at += count
        return int(count)

    def seek(self, offset: int, whence: int = 0) -> int:
        base = (0, self._at, self._length + len(self._tail))[whence]
        self._at = max(base + offset, 0)
        if self._at < self._length:
            self._file.seek(self._at)
        return self._at

    def tell(self) -> int:
        return self._at


class _Witness:
    """A file that remembers the first error of the system; the C2PA library reports only that there was
    one."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.error: OSError | None = None

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size)

    def readinto(self, buffer: memoryview) -> int:
        return int(self._file.readinto(buffer))  # type: ignore[attr-defined]

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def write(self, data: bytes) -> int:
        try:
            return self._file.write(data)
        except OSError as error:
            self.error = self.error or error
            raise

    def flush(self) -> None:
        try:
            self._file.flush()
        except OSError as error:
            self.error = self.error or error
            raise
