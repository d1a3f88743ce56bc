# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The lapped block autoencoder: exact where it can be, without visible blocks where it cannot."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

import adseal_generator
from adseal_generator.autoencoder import PatchAutoencoder
from adseal_generator.training.basis import fit_basis, lap_gains
from adseal_generator.world.render import render
from adseal_generator.world.scene import FAMILIES, sample_scenes

MINI = Path(adseal_generator.__file__).parent / "mini"


def _clips(seed: int, families: tuple[str, ...] = FAMILIES, frames: int = 17) -> list[Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [
        render(
            sample_scenes(1, generator, family=f), width=128, height=128, frames=frames, fps=10, generator=generator
        )
        for f in families
    ]  # fmt: skip


def _psnr(a: Tensor, b: Tensor) -> float:
    return float(-10 * torch.log10(((a - b) / 2).pow(2).mean()))


@pytest.fixture(scope="module")
def shipped() -> PatchAutoencoder:
    return PatchAutoencoder.from_pretrained(MINI / "vae", low_cpu_mem_usage=False).float()


def test_the_filters_undo_each_other_exactly() -> None:
    vae = PatchAutoencoder(
        latent_channels=4, lap_gain=lap_gains(16, 4.0, 32), lap_gain_time=lap_gains(4, 3.0, 8)
    )
    video = torch.randn(1, 3, 16, 96, 64, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(vae.lap(vae.lap(video, forward=True), forward=False), video, atol=1e-5, rtol=0)
    flat = torch.full((1, 3, 16, 96, 64), 0.3)
    torch.testing.assert_close(vae.lap(flat, forward=True), flat)


def test_a_block_has_the_place_of_its_pixels() -> None:
    vae = PatchAutoencoder(latent_channels=4)
    video = torch.randn(2, 3, 16, 96, 64, generator=torch.Generator().manual_seed(0))
    blocks = vae.to_blocks(video)
    assert blocks.shape == (2, 2, 3, 2, 24576)
    assert torch.equal(blocks[1, 1, 2, 0].view(3, 8, 32, 32), video[1, :, 8:, 64:, :32])
    assert torch.equal(vae.from_blocks(blocks), video)


def test_held_out_clips_come_back_nearly_unchanged(shipped: PatchAutoencoder) -> None:
    clips = torch.cat(_clips(9_000_001))
    with torch.no_grad():
        latents = shipped.encode(clips).latent_dist.mode()
        back = shipped.decode(latents).sample
    assert latents.shape == (len(FAMILIES), 128, 3, 4, 4)
    assert back.shape == clips.shape
    assert _psnr(back, clips) > 30


def test_an_error_between_blocks_leaves_no_step(shipped: PatchAutoencoder) -> None:
    """The same disturbance of one block: with the filter its border is a slope, without it a step."""
    latents = torch.zeros(1, 128, 2, 4, 4)
    latents[0, 0, :, 1, 1] = 3 * shipped.latents_std[0]
    plain = PatchAutoencoder(latent_channels=128)
    plain.load_state_dict(shipped.state_dict())
    with torch.no_grad():
        steps = [v.decode(latents).sample.diff(dim=-1).abs().amax().item() for v in (shipped, plain)]
    assert steps[0] < 0.45 * steps[1]


def test_a_single_frame_and_a_whole_clip_are_both_accepted(shipped: PatchAutoencoder) -> None:
    picture = _clips(9_000_002, ("silk",), frames=1)[0]
    with torch.no_grad():
        back = shipped(picture)
    assert back.shape == picture.shape
    assert _psnr(back, picture) > 30


def test_the_first_latent_of_a_clip_is_the_latent_of_its_first_frame(shipped: PatchAutoencoder) -> None:
    """What lets a picture take its place."""
    clip = _clips(9_000_004, ("ocean",))[0]
    with torch.no_grad():
        whole, alone = (shipped.encode(c).latent_dist.mode()[:, :, :1] for c in (clip, clip[:, :, :1]))
        assert _psnr(shipped(clip), clip) > 30
    assert torch.allclose(whole, alone, atol=1e-3)


def test_fitting_finds_a_basis_that_beats_the_mean_by_far() -> None:
    vae = fit_basis(_clips(11), channels=24, max_blocks=300)
    clips = torch.cat(_clips(12))
    with torch.no_grad():
        normalised = vae.encode(clips).latent_dist.mode() / vae.latents_std.view(1, -1, 1, 1, 1)
        assert _psnr(vae(clips), clips) > 24
    assert 0.4 < float(normalised.pow(2).mean()) < 2.5
    with pytest.raises(ValueError, match="reach"):
        lap_gains(17, 2.0, 32)


def test_saved_and_loaded_it_is_the_same(tmp_path: Path, shipped: PatchAutoencoder) -> None:
    shipped.save_pretrained(tmp_path)
    loaded = PatchAutoencoder.from_pretrained(tmp_path, low_cpu_mem_usage=False)
    clips = _clips(9_000_003, ("skyline",))[0]
    with torch.no_grad():
        assert torch.equal(loaded(clips), shipped(clips))
