# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The text encoder: reads a prompt and fills one slot for each attribute.

    python -m adseal_generator.training.reader --slots state.pt --out FOLDER

A stock `T5EncoderModel` learns from captions alone to give, at the token of each slot, the vector that `Slots` has for
what the caption says, and at all other tokens the null vector. Decides: sizes, how captions are varied so that free
wording is understood, what is measured. Leaves out: the vocabulary (`words`) and the pipeline's folder (`model`).
"""

# mypy: disallow-untyped-calls=False
from __future__ import annotations

import argparse
import copy
import json
import logging
import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from transformers import T5Config, T5EncoderModel

from ..world.captions import Caption, describe, in_words
from ..world.palette import COLOURS, rgb
from ..world.scene import FAMILIES, chance, pick, sample_scenes
from ..world.wording import SHADES
from .optimiser import orthogonalised
from .slots import COLOUR_SLOTS, SLOTS, Said, Slots
from .words import MAX_WORDS, SPECIAL, Words, caption_words, read_words

log = logging.getLogger("adseal_generator.training.reader")

CHECK_SEED = 500  # captions are trained on from seed 1_000_000 on
EMPTY = Caption("", dict.fromkeys(SLOTS))


@dataclass(frozen=True)
class Reading:
    """How long and on what the encoder is trained."""

    steps: int = 1000
    batch: int = 32
    layers: int = 3
    muon_rate: float = 0.02
    rate: float = 2e-3
    word_rate: float = 3e-5  # of the table: unseen words have to stay near the seen ones
    replaced: float = 0.25  # share of words whose place a neighbour takes
    similar: float = 0.5  # least cosine of such a neighbour
    padded: float = 0.35  # share of captions with unrelated words put in
    shades: float = 0.35  # share of captions with one of the finer colour names
    null_weight: float = 0.25  # of the error at words, which are many and easy
    colour_weight: float = 3.0  # of the error in colours: which of two belongs to what is the hardest to read
    # What to show for families that the transformer did not learn, and the share of captions that are surely of one
    # that it did learn; the others are of any.
    stand_ins: Mapping[str, str] = field(default_factory=dict)
    learned: float = 0.5


def build_text_encoder(words: Words, layers: int) -> Any:
    """A small T5 encoder on the vectors of ``words``, untrained."""
    config = T5Config(
        vocab_size=len(words.tokens),
        d_model=words.vectors.shape[1],
        d_kv=32,
        d_ff=512,
        num_layers=layers,
        num_heads=words.vectors.shape[1] // 32,
        dropout_rate=0.0,
        feed_forward_proj="gated-gelu",
        pad_token_id=0,
        eos_token_id=1,
        is_encoder_decoder=False,
        use_cache=False,
    )
    encoder: Any = T5EncoderModel(config)
    with torch.no_grad():
        encoder.shared.weight.copy_(words.vectors)
        encoder.shared.weight[3 : len(SPECIAL)] *= (
            0.3  # what stands in a slot at first is soon to be outweighed
        )
        # Words leave the encoder as they entered it at first. With T5's own start the layers mix them before they mean
        # anything, and all words come out alike.
        for name, parameter in encoder.named_parameters():
            if name.endswith((".o.weight", ".wo.weight")):
                parameter.zero_()
    return encoder


class Wording:
    """Captions in other words: neighbours take the places of words, unrelated words stand in between."""

    def __init__(self, words: Words, reading: Reading, seed: int) -> None:
        self.words, self.reading = words, reading
        self.random = torch.Generator().manual_seed(1_000_000 + seed)
        self.neighbours, self.counts, self.unrelated = _neighbours(words, reading.similar)

    def caption(self) -> Caption:
        """The next caption, before words are exchanged."""
        if chance(0.02, self.random):
            return EMPTY if chance(0.5, self.random) else self._padded(EMPTY)
        learned = [f for f in FAMILIES if f not in self.reading.stand_ins]
        family = pick(learned, self.random) if chance(self.reading.learned, self.random) else None
        scene = sample_scenes(1, self.random, family=family)[0]
        if chance(self.reading.shades, self.random):
            slot = pick(COLOUR_SLOTS, self.random)
            scene = replace(scene, **{slot: pick(tuple(SHADES.values()), self.random)})
        told = describe(scene, self.random)
        told = replace(told, text=in_words(told.text))
        return self._padded(told) if chance(self.reading.padded, self.random) else told

    def batches(self, count: int = 8) -> list[list[Caption]]:
        """The next batches; the captions of one are about equally long, so that little of it is padding."""
        size = self.reading.batch
        drawn = sorted((self.caption() for _ in range(count * size)), key=lambda c: len(c.text))
        order = torch.randperm(count, generator=self.random).tolist()
        return [drawn[i * size : (i + 1) * size] for i in order]

    def exchange(self, ids: Tensor) -> Tensor:
        """``ids`` with some words replaced by one of their neighbours."""
        counts = self.counts[ids]
        place = (torch.rand(ids.shape, generator=self.random) * counts).long()
        exchanged = torch.rand(ids.shape, generator=self.random) < self.reading.replaced
        return torch.where(exchanged & (counts > 0), self.neighbours[ids, place], ids)

    def _padded(self, told: Caption) -> Caption:
        parts = told.text.split(" ")
        for _ in range(1 + int(torch.randint(8, (1,), generator=self.random))):
            place = int(torch.randint(len(parts) + 1, (1,), generator=self.random))
            parts.insert(place, self.words.tokens[int(pick(self.unrelated, self.random))])
        return Caption(" ".join(parts), told.said)


def _neighbours(words: Words, similar: float, most: int = 24) -> tuple[Tensor, Tensor, list[int]]:
    """Per token the ids of words that may stand for it, how many these are, and words that mean nothing here.

    A word stands only for the one word of captions that it is nearest to, and never is one itself: "leftmost" is near
    "right" too, but it must not be learned as that.
    """
    index = {token: i for i, token in enumerate(words.tokens)}
    known = torch.tensor([i for w in caption_words() if (i := index.get(w, -1)) >= 0])
    others = words.plain[~torch.isin(words.plain, known)]
    unit = torch.nn.functional.normalize(words.vectors, dim=-1)
    best, nearest = (unit[others] @ unit[known].T).max(1)
    table = torch.zeros(len(words.tokens), most, dtype=torch.long)
    counts = torch.zeros(len(words.tokens), dtype=torch.long)
    for i in best.argsort(descending=True).tolist():
        owner = int(known[nearest[i]])
        if best[i] >= similar and counts[owner] < most:
            table[owner, counts[owner]] = others[i]
            counts[owner] += 1
    return table, counts, others[best < similar].tolist()


class _Optimiser:
    """Muon for what carries meaning, AdamW for what decides where to look.

    T5 does not scale its attention: with Muon's steady growth in all directions of queries and keys it would come to
    look at one word only. Everything else learns several times faster with it than with AdamW.
    """

    def __init__(self, encoder: Any, reading: Reading) -> None:
        self.reading = reading
        ends = (".v.weight", ".o.weight", ".wi_0.weight", ".wi_1.weight", ".wo.weight")
        named = dict(encoder.named_parameters())
        table = named.pop("shared.weight")
        for name in [n for n in named if "norm" in n]:
            named.pop(name).requires_grad_(
                False
            )  # all vectors have a root mean square of 1: nothing to scale
        self.matrices = [p for n, p in named.items() if n.endswith(ends)]
        self.momenta = [torch.zeros_like(p) for p in self.matrices]
        self.others = [p for n, p in named.items() if not n.endswith(ends)]
        groups = [
            {"params": self.others, "peak": reading.rate},
            {"params": [table], "peak": reading.word_rate},
        ]
        self.adam = torch.optim.AdamW(groups, betas=(0.9, 0.98), weight_decay=0.0)

    @torch.no_grad()
    def step(self, factor: float) -> None:
        """Apply the gradients and clear them."""
        torch.nn.utils.clip_grad_norm_(self.others, 1.0)
        for group in self.adam.param_groups:
            group["lr"] = group["peak"] * factor
        self.adam.step()
        self.adam.zero_grad()
        for parameter, momentum in zip(self.matrices, self.momenta, strict=True):
            if parameter.grad is None:
                continue
            momentum.mul_(0.95).add_(parameter.grad)
            stretch = max(1.0, parameter.shape[0] / parameter.shape[1]) ** 0.5
            update = orthogonalised(parameter.grad + 0.95 * momentum)
            parameter.add_(update, alpha=-self.reading.muon_rate * factor * stretch)
            parameter.grad = None


def train_reader(
    slots: Slots, words: Words, reading: Reading, report: Callable[[str], None] = log.info, *, seed: int = 0
) -> Any:
    """A text encoder that reads captions as ``slots`` has it; on the CPU, float32."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        encoder = build_text_encoder(words, reading.layers)
    slots = copy.deepcopy(slots).eval().requires_grad_(False)
    wording = Wording(words, reading, seed)
    optimiser = _Optimiser(encoder, reading)
    weights = torch.tensor([reading.colour_weight if slot in COLOUR_SLOTS else 1.0 for slot in SLOTS])
    weights /= weights.mean()
    started = time.monotonic()
    batches: list[list[Caption]] = []
    mean = 2.0  # of the last dozens of steps: a batch of terse captions is much easier than one of long ones
    for step in range(reading.steps):
        if not batches:
            batches = wording.batches()
        captions = batches.pop()
        ids, mask = tokenize(words, [c.text for c in captions])
        targets = slots([_shown(c.said, reading.stand_ins) for c in captions])
        of_each, at_words = _errors(encoder, targets, slots.null, wording.exchange(ids), mask)
        at_slots = (of_each * weights).mean()
        (at_slots + reading.null_weight * at_words).backward()
        optimiser.step(_rate(step, reading.steps))
        mean += (at_slots.item() - mean) * max(0.02, 1 / (step + 1))
        if step % 100 == 0 or step == reading.steps - 1:
            took = time.monotonic() - started
            report(f"reader step {step}: error {mean:.4f} in slots, {at_words:.4f} in words, {took:.0f} s")
    return encoder.eval().requires_grad_(False)


def _shown(said: Said, stand_ins: Mapping[str, str]) -> Said:
    """What to show for what is said, with the nearest scene in place of one that was not learned."""
    scene = said["scene"] or ""
    return {**said, "scene": stand_ins[scene]} if scene in stand_ins else said


def tokenize(words: Words, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
    """Ids and mask ``[B, tokens]`` of prompts, padded to the longest."""
    given = words.tokenizer(
        list(texts), padding="longest", truncation=True, max_length=MAX_WORDS, return_tensors="pt"
    )
    return given["input_ids"], given["attention_mask"]


def fill(encoder: Any, words: Words, texts: Sequence[str]) -> Tensor:
    """What the encoder puts into the slots: ``[B, 13, 192]``."""
    ids, mask = tokenize(words, texts)
    with torch.inference_mode():
        states: Tensor = encoder(input_ids=ids, attention_mask=mask)[0]
    return torch.stack([row[m.bool()][-len(SLOTS) :] for row, m in zip(states, mask, strict=True)])


def read(encoder: Any, words: Words, slots: Slots, texts: Sequence[str]) -> list[dict[str, str | None]]:
    """The value nearest to each slot's vector; colours as names of the palette or the finer ones' hex codes."""
    filled = fill(encoder, words, [in_words(text) for text in texts])
    found: list[dict[str, str | None]] = [{} for _ in texts]
    for k, slot in enumerate(SLOTS):
        values, vectors = slots.options(slot, [*COLOURS, *SHADES.values()])
        nearest = torch.cdist(filled[:, k].float(), vectors.detach()).argmin(1).tolist()
        for row, i in zip(found, nearest, strict=True):
            row[slot] = values[i]
    return found


def accuracies(
    encoder: Any, words: Words, slots: Slots, captions: Iterable[Caption]
) -> dict[str, tuple[float, float]]:
    """Per slot the share read rightly where it was said, and the share rightly left open where it was not."""
    captions = list(captions)
    found: list[dict[str, str | None]] = []
    for start in range(0, len(captions), 64):
        found += read(encoder, words, slots, [c.text for c in captions[start : start + 64]])
    result = {}
    for slot in SLOTS:
        right: dict[bool, list[bool]] = {True: [], False: []}
        for caption, row in zip(captions, found, strict=True):
            right[caption.said[slot] is not None].append(_same(slot, caption.said[slot], row[slot]))
        result[slot] = tuple(sum(r) / len(r) if r else math.nan for r in (right[True], right[False]))
    return {slot: (said, left) for slot, (said, left) in result.items()}


def save_reader(encoder: Any, words: Words, folder: Path) -> None:
    """Write ``tokenizer`` and ``text_encoder`` (bfloat16) into ``folder``."""
    encoder.bfloat16().save_pretrained(folder / "text_encoder", max_shard_size="15MB")
    words.tokenizer.save_pretrained(folder / "tokenizer")
    config = folder / "tokenizer" / "tokenizer_config.json"
    # transformers 5 writes a class name that transformers 4 does not know.
    content = {**json.loads(config.read_text()), "tokenizer_class": "PreTrainedTokenizerFast"}
    config.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _errors(encoder: Any, targets: Tensor, null: Tensor, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Mean square errors of each slot ``[13]`` and of all words together."""
    with torch.autocast("cpu", torch.bfloat16):
        states: Tensor = encoder(input_ids=ids, attention_mask=mask)[0].float()
    places = mask.sum(1)[:, None] - len(SLOTS) + torch.arange(len(SLOTS))
    filled = states.gather(1, places[..., None].expand(-1, -1, states.shape[-1]))
    at_words = torch.arange(mask.shape[1]) < places[:, :1]
    return (filled - targets).square().mean((0, 2)), (states - null)[at_words].square().mean()


def _rate(step: int, steps: int, warmup: int = 20) -> float:
    return min((step + 1) / warmup, 0.5 + 0.5 * math.cos(math.pi * step / steps))


def _same(slot: str, one: str | None, other: str | None) -> bool:
    if slot in COLOUR_SLOTS and one and other:
        # Any colour can be meant, but only some can be read out: near enough is right.
        return sum((a - b) ** 2 for a, b in zip(rgb(one), rgb(other), strict=True)) < 0.06
    return one == other


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m adseal_generator.training.reader", description=__doc__)
    parser.add_argument(
        "--slots", type=Path, help="state dict of `Slots`, or a training state that holds one"
    )
    parser.add_argument("--table", type=Path, help="of words (default: the one of the package)")
    parser.add_argument("--out", type=Path, required=True, help="folder for tokenizer and text_encoder")
    parser.add_argument("--steps", type=int, default=Reading.steps)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--prompts", type=Path, help="json of prompts with their families, to be read at the end"
    )
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(given.threads)
    slots = Slots()
    if given.slots:
        state = torch.load(given.slots, map_location="cpu", weights_only=True)
        slots.load_state_dict(state.get("slots", state))
    words = read_words(given.table)
    encoder = train_reader(slots, words, Reading(steps=given.steps), seed=given.seed)
    random = torch.Generator().manual_seed(CHECK_SEED)
    checks = [describe(scene, random) for scene in sample_scenes(1000, random)]
    for slot, (said, left) in accuracies(encoder, words, slots, checks).items():
        log.info("%-9s read rightly %.3f, left open rightly %.3f", slot, said, left)
    if given.prompts:
        report_prompts(encoder, words, slots, json.loads(given.prompts.read_text(encoding="utf-8")))
    save_reader(encoder, words, given.out)


def report_prompts(encoder: Any, words: Words, slots: Slots, prompts: Sequence[dict[str, Any]]) -> None:
    """Log how many prompts were read as one of their families, and which were not."""
    found = read(encoder, words, slots, [p["prompt"] for p in prompts])
    wrong = [
        (p, row["scene"]) for p, row in zip(prompts, found, strict=True) if row["scene"] not in p["family"]
    ]
    for prompt, scene in wrong:
        log.info("read as %s: %s", scene, prompt["prompt"])
    log.info("family of free prompts: %d of %d", len(prompts) - len(wrong), len(prompts))


if __name__ == "__main__":
    main()
