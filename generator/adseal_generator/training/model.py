# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The parts of "mini" before training, and how they are saved.

Decides: sizes and special tokens. All parts are stock classes, so the saved folder loads with
``diffusers.DiffusionPipeline.from_pretrained``. Leaves out: the autoencoder (fitted by `basis`) and the
training loop.
"""

# mypy: disallow-untyped-calls=False
from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers import FlowMatchEulerDiscreteScheduler, LTXConditionPipeline, LTXVideoTransformer3DModel
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast, T5Config, T5EncoderModel

from ..autoencoder import PatchAutoencoder
from ..catalogue import file_sums
from ..world.captions import vocabulary

MAX_WORDS = 64


@dataclass(frozen=True)
class Shape:
    """Sizes of the two trained networks."""

    width: int = 256
    layers: int = 6
    head_width: int = 64
    text_width: int = 192
    text_layers: int = 2


def build_tokenizer() -> Any:
    """Word-level tokenizer over the vocabulary of the captions; other words become ``[UNK]``."""
    words = ["[PAD]", "</s>", "[UNK]", *vocabulary()]
    core = Tokenizer(models.WordLevel({w: i for i, w in enumerate(words)}, unk_token="[UNK]"))
    core.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    core.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Whitespace(), pre_tokenizers.Punctuation()])
    # Every prompt ends in </s>: the empty one (no guidance) must have a token that may be attended to.
    core.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    return PreTrainedTokenizerFast(
        tokenizer_object=core,
        pad_token="[PAD]",
        eos_token="</s>",
        unk_token="[UNK]",
        model_max_length=MAX_WORDS,
    )


def build_text_encoder(shape: Shape, words: int) -> Any:
    """A small T5 encoder, untrained."""
    config = T5Config(
        vocab_size=words,
        d_model=shape.text_width,
        d_kv=32,
        d_ff=2 * shape.text_width,
        num_layers=shape.text_layers,
        num_heads=shape.text_width // 32,
        dropout_rate=0.0,
        feed_forward_proj="gated-gelu",
        pad_token_id=0,
        eos_token_id=1,
        is_encoder_decoder=False,
        use_cache=False,
    )
    encoder: Any = T5EncoderModel(config)
    with torch.no_grad():
        encoder.shared.weight.normal_(0, 1)
        # Words leave the encoder as they entered it at first. With T5's own start the layers mix them before they
        # mean anything, all words come out alike (mean cosine 0.9), and the transformer has nothing to learn from.
        for name, parameter in encoder.named_parameters():
            if name.endswith((".o.weight", ".wo.weight")):
                parameter.zero_()
    return encoder


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
