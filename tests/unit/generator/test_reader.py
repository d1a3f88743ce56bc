# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""From words to slots: target vectors, the table of words with its tokenizer, and the text encoder on both."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import AutoTokenizer, T5EncoderModel

from adseal_generator.training import reader
from adseal_generator.training.reader import (
    Reading,
    accuracies,
    fill,
    read,
    save_reader,
    tokenize,
    train_reader,
)
from adseal_generator.training.slots import COLOUR_SLOTS, SLOTS, VALUES, Slots
from adseal_generator.training.words import SPECIAL, Words, read_words, with_pieces
from adseal_generator.world.captions import Caption
from adseal_generator.world.scene import FAMILIES, OBJECTS

WORDS = (
    "silk",
    "silken",
    "red",
    "navy",
    "slow",
    "ocean",
    "left",
    "pan",
    "lawyer",
    "invoice",
    "snow",
    "lights",
)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Networks this small are slower on several threads."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def words() -> Words:
    vectors = torch.randn(len(WORDS), 192, generator=torch.Generator().manual_seed(0))
    vectors[1] = vectors[0] + 0.2 * vectors[1]  # "silken" is near "silk"
    return with_pieces(WORDS, vectors, suffixes=WORDS)


@pytest.fixture
def slots() -> Slots:
    torch.manual_seed(0)
    return Slots()


@pytest.fixture
def few_captions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "caption_words", lambda: [w for w in WORDS[:8] if w != "silken"])


def _pieces(words: Words, text: str) -> list[str]:
    ids = words.tokenizer(text)["input_ids"]
    found: list[str] = words.tokenizer.convert_ids_to_tokens(ids)
    return found


def test_the_thirteen_slots_stand_in_the_agreed_order() -> None:
    assert SLOTS == (
        "scene", "main", "accent", "camera", "direction", "speed", "mood", "time", "light", "density", "subject",
        "space", "focus",
    )  # fmt: skip
    assert set(VALUES["scene"]) == {*FAMILIES, *OBJECTS}


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_every_value_finds_its_way_into_a_vector_and_back(data: st.DataObject) -> None:
    torch.manual_seed(0)
    slots = Slots()
    slot = data.draw(st.sampled_from([s for s in SLOTS if s not in COLOUR_SLOTS]))
    value = data.draw(st.sampled_from([None, *VALUES[slot]]))
    vector = slots([{slot: value}])[0, SLOTS.index(slot)]
    values, vectors = slots.options(slot)
    assert values[int((vectors - vector).square().sum(-1).argmin())] == value


def test_vectors_have_unit_size_however_large_the_weights_grow(slots: Slots) -> None:
    with torch.no_grad():
        for parameter in slots.parameters():
            parameter.mul_(7)
    filled = slots([{"scene": "silk", "main": "teal"}, {}])
    assert torch.allclose(filled.square().mean(-1), torch.ones(2, 13), atol=1e-4)
    assert torch.allclose(slots.null.square().mean(), torch.tensor(1.0), atol=1e-4)


def test_near_colours_have_near_vectors_and_far_ones_do_not(slots: Slots) -> None:
    teal, same, near, red = slots([{"main": c} for c in ("#0a9999", "#0b9a99", "#22aaa5", "#cc1a21")])[:, 1]
    assert (teal - same).square().mean() < 0.01
    assert (teal - near).square().mean() < 0.5 * (teal - red).square().mean()


def test_none_is_the_same_as_saying_nothing_and_a_wrong_value_is_refused(slots: Slots) -> None:
    assert torch.equal(slots([{"space": "none", "direction": None}]), slots([{}]))
    with pytest.raises(ValueError, match="camera has no value"):
        slots([{"camera": "sideways"}])


def test_every_prompt_ends_in_the_slots_also_a_very_long_one(words: Words) -> None:
    for text in ("", "slow silk", "silk " * 300):
        ids, mask = tokenize(words, [text])
        assert words.tokenizer.convert_ids_to_tokens(ids[0])[-14:] == ["</s>", *SPECIAL[3:]]
        assert mask.sum() <= 96


@given(st.tuples(*[st.integers(0, 255)] * 3), st.booleans())
def test_a_colour_code_is_read_as_its_three_bytes(
    words: Words, triple: tuple[int, int, int], upper: bool
) -> None:
    red, green, blue = (f"{v:02x}" for v in triple)
    code = f"#{red}{green}{blue}"
    pieces = _pieces(words, f"silk in {code.upper() if upper else code}.")
    place = pieces.index(f"#{red}")
    assert pieces[place : place + 3] == [f"#{red}", f"##{green}", f"##{blue}"]


def test_unknown_words_fall_into_known_parts_and_accents_do_not_matter(words: Words) -> None:
    assert _pieces(words, "Snowlights")[:2] == ["snow", "##lights"]
    assert "[UNK]" not in _pieces(words, "unboxing café 4K")


def test_the_table_is_the_same_after_writing_and_reading(words: Words, tmp_path: Path) -> None:
    words.save(tmp_path / "words.safetensors")
    again = read_words(tmp_path / "words.safetensors")
    assert again.tokens == words.tokens
    assert torch.allclose(again.vectors, words.vectors, atol=2e-3)


@pytest.mark.usefixtures("few_captions")
def test_only_words_without_a_meaning_of_their_own_stand_in_for_others(words: Words) -> None:
    wording = reader.Wording(words, Reading(similar=0.5, replaced=1.0), seed=0)
    ids = torch.tensor([[words.tokens.index(w) for w in ("silk", "red", "left")]])
    seen = {words.tokens[i] for _ in range(20) for i in wording.exchange(ids)[0].tolist()}
    assert seen == {"silken", "red", "left"}


@pytest.mark.usefixtures("few_captions")
def test_the_encoder_learns_to_fill_slots(
    words: Words, slots: Slots, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [Caption("slow silk", {s: {"scene": "silk", "speed": "slow"}.get(s) for s in SLOTS}),
            Caption("navy ocean, pan left", {s: {"scene": "ocean", "main": "navy"}.get(s) for s in SLOTS})]  # fmt: skip
    monkeypatch.setattr(reader.Wording, "batches", lambda _: [told])
    encoder = train_reader(slots, words, Reading(steps=150, batch=2), lambda _: None)
    found = read(encoder, words, slots, [c.text for c in told])
    assert [row["scene"] for row in found] == ["silk", "ocean"]
    assert [row["speed"] for row in found] == ["slow", None]
    assert found[1]["main"] == "navy"
    assert accuracies(encoder, words, slots, told)["scene"][0] == 1.0


@pytest.mark.usefixtures("few_captions")
def test_the_saved_folders_load_with_the_stock_classes(words: Words, slots: Slots, tmp_path: Path) -> None:
    encoder = train_reader(slots, words, Reading(steps=1, batch=2, layers=1), lambda _: None)
    expected = fill(encoder, words, ["slow silk in #1e90ff"])
    save_reader(encoder, words, tmp_path)
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "tokenizer")
    loaded = T5EncoderModel.from_pretrained(tmp_path / "text_encoder", dtype=torch.float32)
    given = tokenizer("slow silk in #1e90ff", padding="max_length", max_length=96, return_tensors="pt")
    states = loaded(input_ids=given["input_ids"], attention_mask=given["attention_mask"])[0]
    end = int(given["attention_mask"].sum())
    assert torch.nn.functional.cosine_similarity(states[0, end - 13 : end], expected[0], dim=-1).min() > 0.98
