# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The video transformer of "mini" before training, and how a whole checkpoint is put together and saved.

Decides: sizes, and the files of the folder that ``diffusers.DiffusionPipeline.from_pretrained`` loads. Leaves out: the
autoencoder (fitted by `basis`), the text encoder (`reader`) and the training loop.
"""

# mypy: disallow-untyped-calls=False
from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers import FlowMatchEulerDiscreteScheduler, LTXConditionPipeline, LTXVideoTransformer3DModel

from ..autoencoder import PatchAutoencoder
from ..catalogue import file_sums


@dataclass(frozen=True)
class Shape:
    """Sizes of the transformer; ``text_width`` is that of what the text encoder says."""

    width: int = 256
    layers: int = 6
    head_width: int = 64
    text_width: int = 192


def build_transformer(shape: Shape, channels: int) -> Any:
    """A small `LTXVideoTransformer3DModel`, untrained, that predicts 0 at first."""
    transformer: Any = LTXVideoTransformer3DModel(
        in_channels=channels,
        out_channels=channels,
        num_attention_heads=shape.width // shape.head_width,
        attention_head_dim=shape.head_width,
        cross_attention_dim=shape.width,
        num_layers=shape.layers,
        caption_channels=shape.text_width,
    )
    torch.nn.init.zeros_(transformer.proj_out.weight)
    torch.nn.init.zeros_(transformer.proj_out.bias)
    with torch.no_grad():
        # Attention to the words is not normalised afterwards, so it starts at nothing, on words of a clear size.
        transformer.caption_projection.linear_2.weight.mul_(5)
        for name, parameter in transformer.named_parameters():
            if ".attn2.to_out." in name:
                parameter.zero_()
    return transformer


def assemble(
    vae: PatchAutoencoder,
    text_encoder: Any,
    tokenizer: Any,
    transformer: Any,
) -> Any:
    """The `LTXConditionPipeline` around the parts."""
    scheduler = FlowMatchEulerDiscreteScheduler(shift=1.0)
    return LTXConditionPipeline(
        scheduler=scheduler,
        vae=vae,
        text_encoder=text_encoder.eval(),
        tokenizer=tokenizer,
        transformer=transformer.eval(),
    )


def save(pipeline: Any, folder: Path, about: dict[str, object]) -> None:
    """Write the checkpoint in half precision, shards of at most 15 MB; ``about`` goes to ``adseal.json``.

    The basis of the autoencoder goes to float16 (ten bits of precision: dark gradients need them), the
    networks to bfloat16, the format they were trained in.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pipeline.vae.half().save_pretrained(folder / "vae", max_shard_size="15MB")
    pipeline.transformer.bfloat16().save_pretrained(folder / "transformer", max_shard_size="15MB")
    pipeline.text_encoder.bfloat16().save_pretrained(folder / "text_encoder", max_shard_size="15MB")
    pipeline.tokenizer.save_pretrained(folder / "tokenizer")
    config = folder / "tokenizer" / "tokenizer_config.json"
    # transformers 5 writes a class name that transformers 4 does not know.
    _write_json(config, {**json.loads(config.read_text()), "tokenizer_class": "PreTrainedTokenizerFast"})
    pipeline.scheduler.save_pretrained(folder / "scheduler")
    index: dict[str, object] = {
        "_class_name": "LTXConditionPipeline",
        "_diffusers_version": "0.42.1",
        "scheduler": ["diffusers", "FlowMatchEulerDiscreteScheduler"],
        "text_encoder": ["transformers", "T5EncoderModel"],
        "tokenizer": ["transformers", "PreTrainedTokenizerFast"],
        "transformer": ["diffusers", "LTXVideoTransformer3DModel"],
        "vae": ["adseal_generator.autoencoder", "PatchAutoencoder"],
    }
    _write_json(folder / "model_index.json", index)
    for config in folder.glob("*/config.json"):  # where a part was once loaded from is nobody's business
        content = json.loads(config.read_text(encoding="utf-8"))
        content.pop("_name_or_path", None)
        _write_json(config, content)
    (folder / "adseal.json").unlink(missing_ok=True)
    _write_json(folder / "adseal.json", {**about, "files": file_sums(folder)})


def _write_json(path: Path, content: dict[str, object]) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
