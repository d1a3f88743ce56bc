# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Marks with a payload everybody knows: what well-known generators put on their pictures by default.

Decides: which messages are looked for and when one counts as seen. The payload is known beforehand, so chance
can be stated: P(Bin(n, 1/2) >= matches) times every message, arithmetic and polarity that is tried. Leaves out:
what a find means. Anyone can write these marks with a public library; a find says "this picture carries SDXL's
mark", never "SDXL made it". And crops, scales and ordinary compression remove them: nothing found says nothing.

Reading is surer here than with the library, and may be, since the chance above holds for ANY way of getting
bits from the picture alone: each block's vote is taken against its neighbours' (they share the picture, not
the bit), and a mark that compression turned into its opposite is tried as well.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from adseal_provenance.watermark.foreign.model import (
    Frame,
    SoftVote,
    bits_of,
    checked_frames,
    log10_coin_tail,
)
from adseal_provenance.watermark.foreign.wavelet import MIN_PIXELS, Arithmetic, block_votes, fold

RECOGNISED_LOG10_P: Final = -6.0
"""A mark counts as seen below this chance; the shortest message (32 bits) can reach −8.4."""

_AROUND: Final = 5  # blocks, both ways

_ARITHMETICS: Final[tuple[Arithmetic, ...]] = ("bytes", "floats")


class KnownMark(BaseModel):
    """A message that a generator writes with ``dwtDct`` into every picture by default."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    generator: str
    bits: tuple[int, ...]


class Recognition(BaseModel):
    """How well the frames agree with one known mark.

    Attributes:
        generator: whose mark it is.
        matches, bits: agreeing bits of all.
        arithmetic: which of the two ways of writing it agreed better.
        inverted: whether it is the opposite of every bit that agrees.
        log10_p: decimal logarithm of the chance that unmarked frames agree as well with any of the marks
            looked for.
        seen: whether ``log10_p`` is below the threshold.
        frames: how many took part.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    generator: str
    matches: int
    bits: int
    arithmetic: Arithmetic
    inverted: bool
    log10_p: float
    seen: bool
    frames: int

    def __str__(self) -> str:
        word = "seen" if self.seen else "not seen"
        return (
            f"{self.generator} mark: log10 p {self.log10_p:.1f} ({self.matches} of {self.bits} bits; {word})"
        )


def _message(text: str) -> tuple[int, ...]:
    return tuple(int(bit) for bit in text)


KNOWN_MARKS: Final = (
    KnownMark(
        generator="Stable Diffusion XL", bits=_message("101100111110110010010000011110111011000110011110")
    ),
    # its two leading zeros are lost on the way from a number to bits: 46 bits are written, not 48
    KnownMark(generator="FLUX.1", bits=_message("1010101111111010000111100111001111010100101110")),
    KnownMark(generator="Stable Diffusion 1", bits=bits_of(b"StableDiffusionV1")),
    KnownMark(generator="Stable Diffusion 2", bits=bits_of(b"SDV2")),
)
"""From the public code of diffusers, Stability AI, CompVis and Black Forest Labs."""


def recognise(frames: Iterable[Frame], known: Iterable[KnownMark] = KNOWN_MARKS) -> tuple[Recognition, ...]:
    """Look for all known marks in one pass; the likeliest first.

    Args:
        frames: of one size, at least 65,536 px, in the size the generator wrote. One picture is enough.
        known: what to look for.

    Raises:
        WatermarkError: ``no_frames`` or ``bad_size``.
    """
    wanted = tuple(known)
    votes = {arithmetic: SoftVote() for arithmetic in _ARITHMETICS}
    for frame in checked_frames(frames, min_pixels=MIN_PIXELS):
        for arithmetic, vote in votes.items():
            vote.add(_against_neighbours(block_votes(frame, "dwtDct", arithmetic), frame))
    means = {arithmetic: vote.mean() for arithmetic, vote in votes.items()}
    count = votes["bytes"].frames
    found = [_agreement(mark, means, len(wanted), count) for mark in wanted]
    return tuple(sorted(found, key=lambda one: one.log10_p))


def _agreement(
    mark: KnownMark, means: dict[Arithmetic, NDArray[np.float64]], marks: int, frames: int
) -> Recognition:
    bits = np.array(mark.bits)
    scores: list[tuple[int, float, Arithmetic, bool]] = []
    for arithmetic, votes in means.items():
        soft = fold(votes, len(bits))
        matches, strength = int(np.sum((soft >= 0) == bits)), float(np.dot(soft, 2 * bits - 1))
        scores += [(matches, strength, arithmetic, False), (len(bits) - matches, -strength, arithmetic, True)]
    matches, _, best, inverted = max(scores)  # among equals the clearer
    tried = math.log10(marks * len(scores))
    log10_p = min(0.0, log10_coin_tail(len(bits), matches) + tried)
    return Recognition(
        generator=mark.generator,
        matches=matches,
        bits=len(bits),
        arithmetic=best,
        inverted=inverted,
        log10_p=log10_p,
        seen=log10_p <= RECOGNISED_LOG10_P,
        frames=frames,
    )


def _against_neighbours(votes: NDArray[np.float64], frame: Frame) -> NDArray[np.float64]:
    """Each block's vote less the mean of the 5 x 5 blocks around it."""
    grid = votes.reshape(frame.shape[0] // 8, frame.shape[1] // 8)
    return (grid - cv2.blur(grid, (_AROUND, _AROUND))).ravel()
