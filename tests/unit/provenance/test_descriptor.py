# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Descriptors open the drawer in which a copy's original lies, and tell little of anything else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from watermark_clips import ad

from adseal_provenance.likeness.descriptor import Descriptor
from adseal_provenance.likeness.fingerprint import Fingerprint


def of(frames: list[NDArray[np.uint8]], fps: float = 12) -> Fingerprint:
    return Fingerprint.of((i / fps, frame) for i, frame in enumerate(frames))


@pytest.fixture(scope="module")
def frames() -> list[NDArray[np.uint8]]:
    return list(ad(3))


@pytest.mark.parametrize("copy", ["same", "mirrored", "square", "darker"])
def test_a_copy_opens_a_drawer_of_its_original(frames: list[NDArray[np.uint8]], copy: str) -> None:
    changed = {
        "same": frames,
        "mirrored": [np.ascontiguousarray(f[:, ::-1]) for f in frames],
        "square": [f[210:750] for f in frames],
        "darker": [(f * 0.7).astype(np.uint8) for f in frames],
    }[copy]
    own, query = Descriptor.of(of(frames)), Descriptor.of_query(of(changed))
    assert {drawer for drawer, _ in own.codes()} & set(query.probes())
    assert query.similarity(own) > 0.9


def test_other_videos_are_not_similar() -> None:
    found = [Descriptor.of(of(list(ad(seed)))) for seed in range(30, 38)]
    queries = [Descriptor.of_query(of(list(ad(seed)))) for seed in range(30, 38)]
    others = [q.similarity(d) for i, q in enumerate(queries) for j, d in enumerate(found) if i != j]
    assert np.mean(others) < 0.5
    assert min(q.similarity(d) for q, d in zip(queries, found, strict=True)) > 0.95


def test_a_flat_picture_has_no_descriptor() -> None:
    flat = of([np.full((90, 160), 80, np.uint8)] * 12)
    assert len(Descriptor.of(flat).vectors) == 0
    assert Descriptor.of_query(flat).probes() == []


def test_signs_that_differ_are_counted(frames: list[NDArray[np.uint8]]) -> None:
    query = Descriptor.of_query(of(frames))
    code = np.frombuffer(query.codes()[0][1], np.uint8)
    assert query.distances(np.stack([code, code ^ 0xFF]))[0] == 0
    assert query.distances((code ^ np.uint8(1))[None])[0] == len(code)


def test_bytes_round_trip(frames: list[NDArray[np.uint8]]) -> None:
    own = Descriptor.of(of(frames))
    again = Descriptor.from_bytes(own.to_bytes())
    assert np.allclose(again.vectors, own.vectors, atol=0.01)
    assert again.to_bytes() == own.to_bytes()


@given(st.binary(max_size=300))
def test_other_bytes_are_no_descriptor_and_no_error(data: bytes) -> None:
    assert np.isfinite(Descriptor.from_bytes(data).vectors).all()
