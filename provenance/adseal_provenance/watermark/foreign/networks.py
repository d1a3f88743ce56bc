# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Networks that a user brings along: TorchScript or ONNX files, pinned by their hash.

Decides: a network file is a PROGRAM. TorchScript can open files, and either format can eat memory; no check
of the bytes makes a strange one safe. So a file is taken only if its SHA-256 is the one the user names, it is
read once, and what was hashed is what is loaded. Nothing is fetched and nothing is unpickled by Python:
checkpoints (.pt, .pth, .ckpt) are refused. Leaves out: which networks exist and what they compute.

Needs torch (TorchScript) or onnxruntime (ONNX), which come with neither.
"""

from __future__ import annotations

import hashlib
import hmac
import importlib
import io
import os
import re
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from adseal_provenance.errors import WatermarkError

Array = NDArray[np.float32]

_MAX_BYTES: Final = 1 << 30
_ZIP: Final = b"PK\x03\x04"


class NetworkError(WatermarkError):
    """A user's network cannot be loaded or used.

    Codes: ``network_missing``, ``network_unreadable`` (too large, not a plain file, damaged, wrong format),
        ``network_hash`` (not the file that was named), ``network_shape`` (takes or gives something else),
        ``network_failed``, ``torch_missing``, ``onnxruntime_missing``.
    """

    code = "network_unreadable"
    hint = "Give a TorchScript or ONNX file of this mark and the SHA-256 of exactly that file."


@dataclass(frozen=True)
class NetworkFile:
    """A file and the SHA-256 (64 hex characters) it must have. ``.onnx`` is ONNX, all else TorchScript."""

    path: Path
    sha256: str

    def read(self) -> bytes:
        """The whole file, once its hash agrees.

        Raises:
            NetworkError: ``network_missing``, ``network_unreadable`` or ``network_hash``.
        """
        if not re.fullmatch(r"[0-9a-fA-F]{64}", self.sha256):
            raise NetworkError("a SHA-256 is 64 hex characters", code="network_hash")
        try:
            with os.fdopen(_open_plain(self.path), "rb") as file:
                data = file.read(_MAX_BYTES + 1)
        except FileNotFoundError as error:
            raise NetworkError(f"no network at {self.path}", code="network_missing") from error
        except OSError as error:
            raise NetworkError(f"cannot read the network {self.path}: {error.strerror}") from error
        if len(data) > _MAX_BYTES:
            raise NetworkError(f"the network {self.path} is larger than {_MAX_BYTES} bytes")
        if not hmac.compare_digest(hashlib.sha256(data).hexdigest(), self.sha256.lower()):
            raise NetworkError(
                f"{self.path} is not the network that was named: its SHA-256 differs", code="network_hash"
            )
        return data


class Network(Protocol):
    """Something that turns float32 arrays into one float32 array."""

    def __call__(self, *inputs: Array) -> Array:
        """Its first output.

        Raises:
            NetworkError: ``network_failed`` or ``network_shape``.
        """


def load_network(file: NetworkFile) -> Network:
    """Load by the file's ending.

    Raises:
        NetworkError: see there.
    """
    if Path(file.path).suffix.lower() == ".onnx":
        return OnnxNetwork(file)
    return ScriptNetwork(file)


class ScriptNetwork:
    """A TorchScript module on the CPU, in evaluation mode."""

    def __init__(self, file: NetworkFile) -> None:
        torch = _module("torch")
        data = file.read()
        if not data.startswith(_ZIP):
            raise NetworkError(f"{file.path} is not TorchScript")
        try:
            self._module = torch.jit.load(io.BytesIO(data), map_location="cpu").eval()
        except (RuntimeError, ValueError, OSError) as error:
            raise NetworkError(
                f"{file.path} is not TorchScript, or is damaged",
                hint="Checkpoints (.pt, .pth, .ckpt) are pickles and are never loaded; export TorchScript.",
            ) from error
        self._torch = torch

    def __call__(self, *inputs: Array) -> Array:
        return self._run(self._module, *inputs)

    def call(self, method: str, *inputs: Array | bool) -> Array:
        """First output of one exported method; flags are passed as they are."""
        found = getattr(self._module, method, None)
        if found is None:
            raise NetworkError(f"the network has no method {method!r}", code="network_shape")
        return self._run(found, *inputs)

    def _run(self, function: Callable[..., Any], *inputs: Array | bool) -> Array:
        torch = self._torch
        given = [one if isinstance(one, bool) else torch.from_numpy(one) for one in inputs]
        try:
            with torch.inference_mode():
                result = function(*given)
        except (RuntimeError, TypeError) as error:
            raise _failed(error) from error
        if isinstance(result, (tuple, list)) and result:
            result = result[0]
        if not isinstance(result, torch.Tensor):
            raise NetworkError("the network gives no tensor", code="network_shape")
        return np.ascontiguousarray(result.detach().to("cpu", torch.float32).numpy())


class OnnxNetwork:
    """An ONNX graph in the user's onnxruntime, on the CPU; inputs by position."""

    def __init__(self, file: NetworkFile) -> None:
        runtime = _module("onnxruntime")
        data = file.read()
        self._errors = _runtime_errors()
        options = runtime.SessionOptions()
        options.log_severity_level = 4  # failures are raised; nothing is printed
        try:
            self._session = runtime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        except self._errors as error:
            raise NetworkError(f"{file.path} is not an ONNX network, or is damaged") from error
        self._inputs = [(one.name, len(one.shape)) for one in self._session.get_inputs()]

    def __call__(self, *inputs: Array) -> Array:
        ranks = [rank for _, rank in self._inputs]
        if ranks != [one.ndim for one in inputs]:
            raise NetworkError(
                f"the network takes inputs of {ranks} dimensions, not {[one.ndim for one in inputs]}",
                code="network_shape",
            )
        named = {name: one for (name, _), one in zip(self._inputs, inputs, strict=True)}
        try:
            outputs = self._session.run(None, named)
        except self._errors as error:
            raise _failed(error) from error
        return np.ascontiguousarray(outputs[0], np.float32)


def expect_shape(array: Array, shape: tuple[int, ...], what: str) -> Array:
    """``array`` if it has this shape and is finite all over.

    Raises:
        NetworkError: ``network_shape`` or ``network_failed``.
    """
    if array.shape != shape:
        raise NetworkError(
            f"the {what} gives {list(array.shape)}, not {list(shape)}",
            code="network_shape",
            hint="This is another network than the mark needs.",
        )
    if not np.isfinite(array).all():
        raise NetworkError(f"the {what} gives values that are not finite", code="network_failed")
    return array


def _failed(error: BaseException) -> NetworkError:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return NetworkError(
        f"the network failed: {lines[-1][:200]}",
        code="network_failed",
        hint="Most often it takes another input size or is another network.",
    )


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise NetworkError(
            f"{name} is needed for this network and is not installed",
            code=f"{name}_missing",
            hint=f"Run pip install {name}.",
        ) from error


def _runtime_errors() -> tuple[type[Exception], ...]:
    """onnxruntime's own errors have no common base below Exception."""
    state = importlib.import_module("onnxruntime.capi.onnxruntime_pybind11_state")
    own = [one for one in vars(state).values() if isinstance(one, type) and issubclass(one, Exception)]
    return (*own, RuntimeError, ValueError, TypeError)


def _open_plain(path: Path) -> int:
    """Only a plain file is opened: a pipe would block, a device never end."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(0, "not a plain file")
    return handle
