# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""invisible-watermark's wavelet marks: the same pixels, the same readings, and honest about chance.

The golden hashes were made with invisible-watermark 0.2.0 and PyWavelets 1.9.0 from the picture below.
"""

import hashlib
import importlib
import math
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from adseal_provenance.errors import WatermarkError
from adseal_provenance.watermark.foreign.haar import merge, split
from adseal_provenance.watermark.foreign.known import KNOWN_MARKS, recognise
from adseal_provenance.watermark.foreign.model import Frame, log10_coin_tail
from adseal_provenance.watermark.foreign.wavelet import Arithmetic, Method, WaveletMark, block_phases, fold

SDXL = KNOWN_MARKS[0].bits
WAYS = [(m, a) for m in ("dwtDct", "dwtDctSvd") for a in ("bytes", "floats")]


def golden_picture() -> Frame:
    y, x = np.mgrid[0:264, 0:300]
    planes = [(x * y // 97 + 2 * x) % 256, (y * y // 173 + 3 * x // 2) % 256, (x * x // 211 + y) % 256]
    return np.stack(planes, axis=2).astype(np.uint8)


def photo(seed: int, height: int = 384, width: int = 448, grain: float = 4.0) -> Frame:
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 256, (height // 32, width // 32, 3)).astype(np.uint8)
    smooth = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(smooth + random.normal(0, grain, smooth.shape), 0, 255).astype(np.uint8)


def noisy(frame: Frame, sigma: float, seed: int) -> Frame:
    noise = np.random.default_rng(seed).normal(0, sigma, frame.shape)
    return np.clip(np.rint(frame + noise), 0, 255).astype(np.uint8)


def library_bits(frame: Frame, method: Method, length: int) -> NDArray[np.bool_]:
    """The library's own rule, from our phases."""
    return fold((block_phases(frame, method, "bytes") > 0.5).astype(float), length) * 255 > 127


@pytest.mark.parametrize(
    ("method", "arithmetic", "sha256"),
    [
        ("dwtDct", "bytes", "084d3dca95e077700d4c5ede50bdb6ccf84cdecaa0c750b8ee510af9a962e5b8"),
        ("dwtDct", "floats", "c42b6919eba707cbd2497ab1c97526abf17c90cc1f0c71ad5508b98ab00782a6"),
        ("dwtDctSvd", "bytes", "7c598a95fc739d3939227d3774779c0742ebe0bc67a03aa815b8335ef80caa3f"),
        ("dwtDctSvd", "floats", "6b5d33984b37e5c94e7a9506f4ffcf816871f6e64175e4578d50474329c1604b"),
    ],
)
def test_marked_pixels_are_those_that_the_library_writes(
    method: Method, arithmetic: Arithmetic, sha256: str
) -> None:
    marked = next(WaveletMark(method, 48, arithmetic=arithmetic).embed([golden_picture()], SDXL))
    assert hashlib.sha256(marked.tobytes()).hexdigest() == sha256


@pytest.mark.parametrize("method", ["dwtDct", "dwtDctSvd"])
@pytest.mark.peer
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_installed_library_writes_and_reads_the_same(method: Method, seed: int) -> None:
    library: Any = importlib.import_module("imwatermark")
    picture = photo(seed, 256 + 3 * seed, 300 + seed)
    encoder, decoder = library.WatermarkEncoder(), library.WatermarkDecoder("bits", 48)
    encoder.set_watermark("bits", list(SDXL))
    theirs = encoder.encode(np.ascontiguousarray(picture[:, :, ::-1]), method)
    assert np.array_equal(theirs[:, :, ::-1], next(WaveletMark(method, 48).embed([picture], SDXL)))
    for one in (theirs, np.ascontiguousarray(picture[:, :, ::-1])):
        ours = library_bits(np.ascontiguousarray(one[:, :, ::-1]), method, 48)
        assert np.array_equal(np.array(decoder.decode(one, method), bool), ours)


@pytest.mark.peer
def test_a_picture_that_diffusers_marked_is_recognised() -> None:
    torch: Any = importlib.import_module("torch")
    from diffusers.pipelines.stable_diffusion_xl.watermark import StableDiffusionXLWatermarker

    picture = torch.from_numpy(photo(7).astype(np.float32)).permute(2, 0, 1)[None] / 127.5 - 1
    marked = StableDiffusionXLWatermarker().apply_watermark(picture)[0]
    frame = ((marked / 2 + 0.5) * 255).round().permute(1, 2, 0).numpy().astype(np.uint8)
    best = recognise([frame])[0]
    assert (best.generator, best.arithmetic, best.seen) == ("Stable Diffusion XL", "floats", True)
    assert best.log10_p < -10


@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_the_haar_step_is_undone_by_its_inverse(height: int, width: int, seed: int) -> None:
    plane = np.random.default_rng(seed).normal(0, 100, (2 * height, 2 * width))
    bands = split(plane)
    assert bands.coarse.shape == (height, width)
    assert np.allclose(merge(bands), plane)
    energy = sum(float(np.sum(band**2)) for band in bands)
    assert energy == pytest.approx(float(np.sum(plane**2)))


@given(st.lists(st.integers(0, 1), min_size=1, max_size=64), st.integers(0, 2**16))
@settings(max_examples=15, deadline=None)
def test_the_singular_value_mark_gives_back_what_was_written(bits: list[int], seed: int) -> None:
    mark = WaveletMark("dwtDctSvd", len(bits))
    found = mark.detect(mark.embed([photo(seed, 256, 256)], bits))
    assert list(found.bits) == bits
    assert (found.payload, found.log10_p, found.chance) == (None, None, "known_payload")


@pytest.mark.parametrize("known", KNOWN_MARKS, ids=lambda one: one.generator)
@pytest.mark.parametrize("arithmetic", ["bytes", "floats"])
def test_each_known_mark_is_recognised_by_name_and_by_the_way_it_was_written(
    known: Any, arithmetic: Arithmetic
) -> None:
    mark = WaveletMark("dwtDct", len(known.bits), arithmetic=arithmetic)
    first, second, *_ = recognise(mark.embed([photo(3, 512, 512)], known.bits))
    assert (first.generator, first.arithmetic, first.seen) == (known.generator, arithmetic, True)
    assert not first.inverted
    assert not second.seen
    tried = len(KNOWN_MARKS) * 2 * 2
    assert first.log10_p == pytest.approx(log10_coin_tail(first.bits, first.matches) + math.log10(tried))
    assert f"{known.generator} mark: log10 p -" in str(first)


def test_a_float_mark_is_lost_in_part_on_who_reads_it_as_bytes() -> None:
    marked = list(WaveletMark("dwtDct", 48, arithmetic="floats").embed([photo(s) for s in range(4)], SDXL))
    as_bytes = sum(int(np.sum(library_bits(frame, "dwtDct", 48) == SDXL)) for frame in marked)
    as_floats = sum(
        int(np.sum(np.array(WaveletMark("dwtDct", 48, arithmetic="floats").detect([f]).bits) == SDXL))
        for f in marked
    )
    assert as_floats > as_bytes + 12


def test_unmarked_pictures_are_not_recognised_and_their_chances_are_no_smaller_than_they_say() -> None:
    scores = []
    for seed in range(40):
        found = recognise([photo(1000 + seed, 256, 256, grain=seed % 5)])
        assert not any(one.seen for one in found)
        scores.append(found[0].log10_p)
    assert np.mean(np.array(scores) < -1) <= 0.2  # at most 4 expected of 40
    for level in (0, 255, 128):
        flat = np.full((256, 256, 3), level, np.uint8)
        assert not any(one.seen for one in recognise([flat]))


def test_frames_that_are_too_noisy_alone_are_recognised_together() -> None:
    mark = WaveletMark("dwtDct", 48)
    marked = list(mark.embed([photo(11 + i, 320, 320) for i in range(12)], SDXL))
    frames = [noisy(frame, 18.0, i) for i, frame in enumerate(marked)]
    alone = [recognise([frame])[0].log10_p for frame in frames]
    together = recognise(frames)[0]
    assert together.seen
    assert together.frames == 12
    assert together.log10_p < min(alone)


def test_a_mark_of_opposite_bits_is_recognised_and_said_to_be_inverted() -> None:
    opposite = [1 - bit for bit in SDXL]
    first = recognise(WaveletMark("dwtDct", 48).embed([photo(3)], opposite))[0]
    assert (first.generator, first.inverted, first.seen) == ("Stable Diffusion XL", True, True)


def test_a_mark_on_a_plain_ground_survives_a_fine_jpeg_because_blocks_are_read_against_their_neighbours() -> (
    None
):
    marked = next(WaveletMark("dwtDct", 48).embed([photo(3, 512, 512, grain=1.0) // 8 + 100], SDXL))
    packed = cv2.imencode(".jpg", marked[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])[1]
    received = np.ascontiguousarray(cv2.imdecode(packed, cv2.IMREAD_COLOR)[:, :, ::-1])
    assert recognise([received])[0].seen
    plain = WaveletMark("dwtDct", 48).detect([received])
    assert plain.log10_p_of(SDXL, hypotheses=16) > -6


@pytest.mark.parametrize(("method", "arithmetic"), WAYS)
def test_sizes_that_no_block_fits_keep_their_rest_unmarked(method: Method, arithmetic: Arithmetic) -> None:
    picture = photo(5, 288, 288)[:283, :285]
    marked = next(WaveletMark(method, 8, arithmetic=arithmetic).embed([picture], (1, 0) * 4))
    assert marked.shape == picture.shape
    assert not np.array_equal(marked, picture)
    rest = marked[280:].astype(int) - picture[280:]
    assert np.abs(rest).max() <= 2  # only the way to the colour planes and back


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: WaveletMark("dwtSvd", 48), "bad_method"),  # type: ignore[arg-type]
        (lambda: WaveletMark("dwtDct", 0), "bad_payload"),
        (lambda: WaveletMark("dwtDct", 2000), "bad_payload"),
        (lambda: WaveletMark("dwtDct", 8).detect([]), "no_frames"),
        (lambda: recognise([]), "no_frames"),
        (lambda: recognise([photo(1, 64, 64)]), "bad_size"),
        (lambda: list(WaveletMark("dwtDct", 8).embed([photo(1)], (1, 0))), "bad_payload"),
    ],
)
def test_what_cannot_be_done_is_said_with_a_code(make: Any, code: str) -> None:
    with pytest.raises(WatermarkError) as caught:
        make()
    assert caught.value.code == code
