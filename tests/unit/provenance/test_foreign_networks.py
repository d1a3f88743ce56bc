# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Networks that users bring: loaded only if they are the named file, used only if they fit."""

import hashlib
import importlib
import os
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from adseal_provenance.errors import WatermarkError
from adseal_provenance.watermark.foreign.model import Frame
from adseal_provenance.watermark.foreign.networks import NetworkError, NetworkFile, load_network
from adseal_provenance.watermark.foreign.rivagan import RivaGanMark
from adseal_provenance.watermark.foreign.trustmark import TrustMark, c2pa_value
from adseal_provenance.watermark.foreign.videoseal import VideoSealMark

# three marks in miniature: each bit lifts or lowers one part of the picture


class TinySeal(nn.Module):
    def __init__(self, bits: int) -> None:
        super().__init__()
        self.bits = bits

    @torch.jit.export
    def embed(self, imgs: Tensor, msgs: Tensor, is_video: bool = False) -> Tensor:
        bands = (2 * msgs - 1).view(1, 1, self.bits, 1)
        lift = nn.functional.interpolate(bands, size=[imgs.shape[2], imgs.shape[3]])
        return torch.clamp(imgs + 0.02 * lift, 0.0, 1.0)

    @torch.jit.export
    def detect(self, imgs: Tensor, is_video: bool = False) -> Tensor:
        bands = nn.functional.adaptive_avg_pool2d(imgs.mean(dim=1, keepdim=True), [self.bits, 1])
        logits = bands.view(imgs.shape[0], self.bits) - imgs.mean(dim=[1, 2, 3])[:, None]
        return torch.cat([torch.zeros(imgs.shape[0], 1), logits], dim=1)

    def forward(self, imgs: Tensor) -> Tensor:
        return self.detect(imgs, False)


class TinyTrustWriter(nn.Module):
    def forward(self, cover: Tensor, bits: Tensor) -> tuple[Tensor, Tensor]:
        cells = torch.cat([2 * bits - 1, torch.zeros(1, 156)], dim=1).view(1, 1, 16, 16)
        return cover + 0.1 * nn.functional.interpolate(cells, scale_factor=16.0), bits


class TinyTrustReader(nn.Module):
    def forward(self, picture: Tensor) -> Tensor:
        cells = nn.functional.adaptive_avg_pool2d(picture.mean(dim=1, keepdim=True), [16, 16]).flatten(1)
        return cells[:, :100] - picture.mean()


class TinyRivaWriter(nn.Module):
    def forward(self, frame: Tensor, data: Tensor) -> Tensor:
        lift = nn.functional.interpolate((2 * data - 1).view(1, 1, 32, 1), size=[frame.shape[3], 1])
        out = frame.clone()
        out[:, 0] = frame[:, 0] + 0.1 * lift  # the first plane only: blue, as the library feeds it
        return out


class TinyRivaReader(nn.Module):
    def forward(self, frame: Tensor) -> Tensor:
        blue = frame[:, 0, 0]
        return torch.sigmoid(200 * (nn.functional.adaptive_avg_pool2d(blue, [32, 1])[:, :, 0] - blue.mean()))


class Sum(nn.Module):
    def forward(self, a: Tensor) -> Tensor:
        return a.sum(dim=0)


class Nan(nn.Module):
    def forward(self, a: Tensor) -> Tensor:
        return torch.full([1, 32], float("nan"))


class NotATensor(nn.Module):
    def forward(self, a: Tensor) -> int:
        return 3


def saved(tmp_path: Path, module: nn.Module) -> NetworkFile:
    path = tmp_path / f"{type(module).__name__}.pt"
    torch.jit.script(module).save(str(path))
    return named(path)


def named(path: Path) -> NetworkFile:
    return NetworkFile(path, hashlib.sha256(path.read_bytes()).hexdigest())


def grey(height: int, width: int, count: int = 1) -> list[Frame]:
    random = np.random.default_rng(0)
    return [random.integers(118, 138, (height, width, 3)).astype(np.uint8) for _ in range(count)]


def some_bits(count: int, seed: int = 1) -> tuple[int, ...]:
    return tuple(np.random.default_rng(seed).integers(0, 2, count).tolist())


def test_video_seal_marks_and_reads_a_stream_in_pieces(tmp_path: Path) -> None:
    mark = VideoSealMark(saved(tmp_path, TinySeal(16)), length=16, c2pa_alg="com.aiwatermark.videoseal.1")
    asked = []

    def frames() -> Any:
        for i, frame in enumerate(grey(64, 80, 21)):
            asked.append(i)
            yield frame

    bits = some_bits(16)
    out = mark.embed(frames(), bits)
    first = next(out)
    assert len(asked) == 16  # no more than one piece is held
    marked = [first, *out]
    assert len(marked) == 21
    found = mark.detect(marked)
    assert found.bits == bits
    assert found.frames == 21
    assert found.log10_p is None
    assert found.log10_p_of(bits) == pytest.approx(-16 * np.log10(2))
    assert mark.c2pa_alg == "com.aiwatermark.videoseal.1"


@pytest.mark.parametrize(("height", "width"), [(256, 256), (300, 280), (200, 640)])
@pytest.mark.parametrize("variant", ["Q", "P"])
def test_trustmark_gives_back_a_guarded_payload_at_any_size(
    tmp_path: Path, variant: Any, height: int, width: int
) -> None:
    writer, reader = saved(tmp_path, TinyTrustWriter()), saved(tmp_path, TinyTrustReader())
    mark = TrustMark(variant, encoder=writer, decoder=reader)
    payload = some_bits(61)
    marked = list(mark.embed(grey(height, width, 2), payload))
    found = mark.detect(marked)
    assert found.payload == payload
    assert len(found.bits) == 100
    assert found.log10_p is not None
    assert found.log10_p < -8
    untouched = marked[0] == grey(height, width)[0]
    if width > 2 * height:
        assert untouched[:, :200].all()  # only the middle square is marked
    assert c2pa_value(payload, "BCH_5") == "1*" + "".join(map(str, payload))


def test_trustmark_says_nothing_where_its_code_does_not_hold(tmp_path: Path) -> None:
    found = TrustMark("Q", decoder=saved(tmp_path, TinyTrustReader())).detect(grey(256, 256))
    assert (found.payload, found.log10_p) == (None, None)
    assert len(found.bits) == 100


def test_rivagan_feeds_blue_first_and_thresholds_as_the_library_does(tmp_path: Path) -> None:
    mark = RivaGanMark(encoder=saved(tmp_path, TinyRivaWriter()), decoder=saved(tmp_path, TinyRivaReader()))
    bits = some_bits(32)
    frames = grey(256, 256, 2)
    marked = list(mark.embed(frames, bits))
    assert mark.detect(marked).bits == bits
    change = marked[0].astype(int) - frames[0]
    assert np.abs(change[:, :, :2]).max() <= 1  # truncated, not rounded
    assert np.abs(change[:, :, 2]).max() >= 12


@pytest.mark.peer
def test_rivagan_equals_the_library_with_the_librarys_own_networks() -> None:
    library: Any = importlib.import_module("imwatermark")
    folder = Path(library.__file__).parent
    mark = RivaGanMark(
        encoder=named(folder / "rivagan_encoder.onnx"), decoder=named(folder / "rivagan_decoder.onnx")
    )
    bits = some_bits(32)
    frame = grey(256, 264)[0]
    library.WatermarkEncoder.loadModel()
    encoder, decoder = library.WatermarkEncoder(), library.WatermarkDecoder("bits", 32)
    encoder.set_watermark("bits", list(bits))
    theirs = encoder.encode(np.ascontiguousarray(frame[:, :, ::-1]), "rivaGan")
    ours = next(mark.embed([frame], bits))
    assert np.array_equal(theirs[:, :, ::-1], ours)
    assert tuple(decoder.decode(theirs, "rivaGan").tolist()) == mark.detect([ours]).bits


def field(number: int, value: bytes | int) -> bytes:
    """One protobuf field, for an ONNX file without the onnx package."""

    def varint(n: int) -> bytes:
        return bytes([n & 127 | 128]) + varint(n >> 7) if n > 127 else bytes([n])

    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def tiny_onnx(path: Path) -> NetworkFile:
    """frame [1, 3, 1, H, W] and data [1, 32] in, the frame out."""

    def described(name: str, rank: int) -> bytes:
        shape = b"".join(field(1, field(2, f"d{i}".encode())) for i in range(rank))
        return field(1, name.encode()) + field(2, field(1, field(1, 1) + field(2, shape)))

    node = field(1, b"frame") + field(2, b"out") + field(4, b"Identity")
    graph = field(1, node) + field(2, b"g")
    graph += (
        field(11, described("frame", 5)) + field(11, described("data", 2)) + field(12, described("out", 5))
    )
    path.write_bytes(field(1, 8) + field(7, graph) + field(8, field(1, b"") + field(2, 13)))
    return named(path)


@pytest.mark.peer
def test_an_onnx_network_runs_in_the_users_runtime(tmp_path: Path) -> None:
    mark = RivaGanMark(encoder=tiny_onnx(tmp_path / "same.ONNX"))
    frame = grey(256, 256)[0]
    assert np.abs(next(mark.embed([frame], some_bits(32))).astype(int) - frame).max() <= 1
    with pytest.raises(NetworkError) as caught:
        RivaGanMark(decoder=tiny_onnx(tmp_path / "same.onnx")).detect([frame])
    assert caught.value.code == "network_shape"
    (tmp_path / "bad.onnx").write_bytes(b"\x08\x08garbage")
    with pytest.raises(NetworkError) as caught:
        load_network(named(tmp_path / "bad.onnx"))
    assert caught.value.code == "network_unreadable"


@pytest.mark.parametrize("name", ["torch", "onnxruntime"])
def test_a_missing_runtime_is_named(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / ("net.onnx" if name == "onnxruntime" else "net.pt")
    path.write_bytes(b"PK\x03\x04")
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(NetworkError) as caught:
        load_network(named(path))
    assert caught.value.code == f"{name}_missing"
    assert name in caught.value.hint


def a_pickle(path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
            return os.system, (f"touch {path.parent / 'went-off'}",)

    path.write_bytes(pickle.dumps(Bomb()))


def a_zipped_pickle(path: Path) -> None:
    torch.save({"weight": torch.zeros(3)}, path)


def nonsense(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04" + bytes(range(256)) * 40)


def a_cut_module(path: Path) -> None:
    torch.jit.script(Sum()).save(str(path))
    path.write_bytes(path.read_bytes()[:-700])


@pytest.mark.parametrize("write", [a_pickle, a_zipped_pickle, nonsense, a_cut_module])
def test_what_is_no_torchscript_is_refused_and_never_unpickled(
    tmp_path: Path, write: Callable[[Path], None]
) -> None:
    path = tmp_path / "weights.pth"
    write(path)
    with pytest.raises(NetworkError) as caught:
        load_network(named(path))
    assert caught.value.code == "network_unreadable"
    assert caught.value.hint
    assert not (tmp_path / "went-off").exists()


def test_only_the_file_that_was_named_is_loaded(tmp_path: Path) -> None:
    good = saved(tmp_path, Sum())
    load_network(NetworkFile(good.path, good.sha256.upper()))
    for sha256, code in (("0" * 64, "network_hash"), ("", "network_hash"), ("é" * 64, "network_hash")):
        with pytest.raises(NetworkError) as caught:
            load_network(NetworkFile(good.path, sha256))
        assert caught.value.code == code
    with pytest.raises(NetworkError) as caught:
        load_network(NetworkFile(tmp_path / "none.pt", "0" * 64))
    assert caught.value.code == "network_missing"


def test_folders_and_pipes_are_no_networks(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(NetworkError) as caught:
            NetworkFile(path, "0" * 64).read()
        assert caught.value.code == "network_unreadable"


@pytest.mark.parametrize(
    ("module", "code"),
    [
        (Sum(), "network_shape"),
        (Nan(), "network_failed"),
        (NotATensor(), "network_shape"),
        (TinyRivaWriter(), "network_failed"),
    ],
)
def test_a_network_of_another_mark_is_told_by_what_it_gives(
    tmp_path: Path, module: nn.Module, code: str
) -> None:
    mark = RivaGanMark(decoder=saved(tmp_path, module))
    with pytest.raises(NetworkError) as caught:
        mark.detect(grey(256, 256))
    assert caught.value.code == code


def test_a_video_seal_of_another_length_or_without_its_methods_is_refused(tmp_path: Path) -> None:
    for file, length in ((saved(tmp_path, TinySeal(16)), 256), (saved(tmp_path, Sum()), 16)):
        with pytest.raises(NetworkError) as caught:
            VideoSealMark(file, length=length).detect(grey(64, 64))
        assert caught.value.code == "network_shape"


def test_half_a_mark_does_only_its_half() -> None:
    for mark, bits in ((RivaGanMark(), 32), (TrustMark(), 61)):
        with pytest.raises(WatermarkError) as caught:
            next(mark.embed(grey(256, 256), some_bits(bits)))
        assert caught.value.code == "no_encoder"
        with pytest.raises(WatermarkError) as caught:
            mark.detect(grey(256, 256))
        assert caught.value.code == "no_decoder"
    with pytest.raises(WatermarkError) as caught:
        TrustMark("X")  # type: ignore[arg-type]
    assert caught.value.code == "bad_method"
