# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The table of words: which words the model knows, a vector for each, and the tokenizer over them.

    python -m adseal_generator.training.words --teacher FOLDER --words FILE --out words.safetensors

Decides: the vocabulary and its vectors, distilled from a sentence encoder, so that a word no caption ever held
lies next to words that captions hold. ``FOLDER`` is a sentence encoder in the format of transformers, ``FILE``
English words, the most frequent first, one a line. Leaves out: reading whole prompts (`reader`).
"""

# mypy: disallow-untyped-calls=False
from __future__ import annotations

import argparse
import json
import logging
import math
import re
import string
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
from torch import Tensor
from transformers import AutoModel, AutoTokenizer, PreTrainedTokenizerFast

from ..world.captions import describe
from ..world.palette import COLOURS, SYNONYMS
from ..world.scene import sample_scenes
from .slots import SLOTS, WIDTH

log = logging.getLogger("adseal_generator.training.words")

MAX_WORDS = 96
SPECIAL = ("[PAD]", "</s>", "[UNK]", *(f"[{slot}]" for slot in SLOTS))
MARKS = tuple(",.;:-!?'\"()&/%+#’“”–—…*=@$€_")
ENDINGS = "s es ed ing ly er ers est y ish ness less like ful able ic al ical ism ist ity tion en"
PAIRS = tuple(f"{value:02x}" for value in range(256))
TABLE = Path(__file__).with_name("words.safetensors")


@dataclass(frozen=True)
class Words:
    """The vocabulary in the order of its ids, and its vectors ``[N, 192]`` float32 of about unit RMS."""

    tokens: tuple[str, ...]
    vectors: Tensor

    @cached_property
    def tokenizer(self) -> Any:
        """The tokenizer over ``tokens``."""
        return build_tokenizer(self.tokens)

    @cached_property
    def plain(self) -> Tensor:
        """Ids of the whole words: what may stand in for each other."""
        return torch.tensor([i for i, t in enumerate(self.tokens) if len(t) > 2 and t.isalpha()])

    def save(self, path: Path) -> None:
        """Write both into one safetensors file, vectors in float16."""
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file({"vectors": self.vectors.half()}, path, metadata={"tokens": json.dumps(self.tokens)})


def read_words(path: Path | None = None) -> Words:
    """The table that `Words.save` wrote; without a path, the one that lies beside this file."""
    with safe_open(path or TABLE, framework="pt") as file:
        tokens = tuple(json.loads(file.metadata()["tokens"]))
        return Words(tokens, file.get_tensor("vectors").float())


def build_tokenizer(tokens: Sequence[str]) -> Any:
    """WordPiece over ``tokens``: whole words first, then suffixes and letters; "#1e90ff" becomes three pieces.

    After the words come ``</s>`` and one token for each slot; long prompts are cut before them.
    """
    ids = {token: i for i, token in enumerate(tokens)}
    core = Tokenizer(models.WordPiece(ids, unk_token="[UNK]", continuing_subword_prefix="##"))
    core.normalizer = normalizers.Sequence(
        [normalizers.NFKD(), normalizers.Lowercase(), normalizers.StripAccents()]
    )
    # A colour code stays in one piece here, or its "#" and a word like "facade" would be torn off.
    core.pre_tokenizer = pre_tokenizers.Split(
        Regex(r"#[0-9a-f]{6}\b|\w+|[^\w\s]"), behavior="removed", invert=True
    )
    tail = ("</s>", *SPECIAL[3:])
    core.post_processor = processors.TemplateProcessing(
        single=f"$A {' '.join(tail)}", special_tokens=[(token, ids[token]) for token in tail]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=core,
        pad_token="[PAD]",
        eos_token="</s>",
        unk_token="[UNK]",
        additional_special_tokens=list(SPECIAL[3:]),
        model_max_length=MAX_WORDS,
    )


def caption_words(count: int = 20_000) -> list[str]:
    """All words of ``count`` random captions and all names of colours, without duplicates."""
    generator = torch.Generator().manual_seed(0)
    texts = [describe(scene, generator).text.lower() for scene in sample_scenes(count, generator)]
    texts += [*COLOURS, *(name for names in SYNONYMS.values() for name in names)]
    found = re.findall(r"[a-z0-9]+", re.sub(r"#[0-9a-f]{6}", " ", " ".join(texts)))
    return list(dict.fromkeys(found))


class Teacher:
    """A sentence encoder whose mean over tokens is the vector of a word."""

    def __init__(self, folder: Path) -> None:
        self.tokenizer: Any = AutoTokenizer.from_pretrained(folder)
        self.model: Any = AutoModel.from_pretrained(folder).eval()

    @torch.inference_mode()
    def __call__(self, words: Sequence[str], batch: int = 512) -> Tensor:
        """Vectors ``[N, D]`` of unit length."""
        order = sorted(range(len(words)), key=lambda i: len(words[i]))
        parts = []
        for start in range(0, len(words), batch):
            given = self.tokenizer(
                [words[i] for i in order[start : start + batch]], padding=True, return_tensors="pt"
            )
            states = self.model(**given).last_hidden_state
            mask = given["attention_mask"][..., None].float()
            parts.append((states * mask).sum(1) / mask.sum(1))
            if start // batch % 20 == 0:
                log.info("%d of %d words", start, len(words))
        vectors = torch.nn.functional.normalize(torch.cat(parts), dim=-1)
        return torch.empty_like(vectors).index_copy_(0, torch.tensor(order), vectors)


def distil(teacher: Teacher, ranked: Sequence[str], *, frequent: int = 6500, count: int = 16_000) -> Words:
    """The table: caption words, the most ``frequent``, and of the rest those nearest to words of captions."""
    known = caption_words()
    rank = {word: i for i, word in enumerate(dict.fromkeys(ranked)) if word.isalpha() and 2 < len(word) < 16}
    others = [word for word in rank if word not in set(known)]
    vectors = teacher([*known, *others])
    # Near several words of captions, not to one: rare words look alike to the teacher when only their letters do.
    near = [
        (part @ vectors[: len(known)].T).topk(5).values.mean(1) for part in vectors[len(known) :].split(1024)
    ]
    score = torch.cat(near) - 0.1 * torch.tensor([math.log10(1 + rank[word] / 5000) for word in others])
    score[:frequent] = 2.0
    chosen = score.topk(min(count - len(known), len(others))).indices.sort().values
    words = [*known, *(others[i] for i in chosen)]
    vectors = torch.cat([vectors[: len(known)], vectors[len(known) :][chosen]])
    vectors = vectors - vectors.mean(0)
    _, _, basis = torch.linalg.svd(vectors[:8000], full_matrices=False)
    return with_pieces(words, _unit(vectors @ basis[:WIDTH].T), suffixes=known)


def with_pieces(words: Sequence[str], vectors: Tensor, suffixes: Sequence[str] = ()) -> Words:
    """The whole vocabulary around words: special tokens, marks, letters, endings, pairs of hex digits."""
    random = torch.Generator().manual_seed(0)
    width = vectors.shape[1]
    listed = dict(zip(words, vectors, strict=True))
    entries: dict[str, Tensor] = {t: _unit(torch.randn(width, generator=random)) for t in SPECIAL}
    entries["[PAD]"] = torch.zeros(width)
    entries |= {t: _unit(torch.randn(width, generator=random)) for t in MARKS}
    entries |= listed
    # Letters and endings mean next to nothing by themselves: short vectors, all in about one direction.
    nothing = _unit(torch.randn(width, generator=random))
    letters = string.ascii_lowercase + string.digits
    for piece in (*letters, *(f"##{p}" for p in (*letters, *ENDINGS.split()))):
        entries.setdefault(piece, nothing + 0.3 * torch.randn(width, generator=random))
    entries |= {f"##{w}": listed[w] for w in suffixes if len(w) > 3 and w in listed}
    # A pair of digits is a height: near values must have near vectors.
    waves = torch.randn(2, 1, width // 2, generator=random) * 3
    for prefix, wave in zip(("#", "##"), waves, strict=True):
        angles = torch.linspace(0, 1, 256)[:, None] * wave
        heights = _unit(torch.cat([angles.sin(), angles.cos()], dim=-1))
        entries |= {f"{prefix}{pair}": height for pair, height in zip(PAIRS, heights, strict=True)}
    return Words(tuple(entries), torch.stack(list(entries.values())))


def _unit(vectors: Tensor) -> Tensor:
    return vectors * torch.rsqrt(vectors.square().mean(-1, keepdim=True) + 1e-8)


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m adseal_generator.training.words", description=__doc__)
    parser.add_argument("--teacher", type=Path, required=True, help="folder of the sentence encoder")
    parser.add_argument(
        "--words", type=Path, required=True, help="words, the most frequent first, one a line"
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--ranks", type=int, default=60_000, help="how many of the words to consider")
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(1)
    lines = given.words.read_text(encoding="utf-8-sig").splitlines()
    ranked = [line.split()[0].lower() for line in lines if line.strip()][: given.ranks]
    words = distil(Teacher(given.teacher), ranked)
    words.save(given.out)
    log.info("%d tokens, %.1f MB", len(words.tokens), given.out.stat().st_size / 1e6)


if __name__ == "__main__":
    main()
