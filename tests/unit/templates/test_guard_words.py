# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The guards' eyes: what they see through, what they leave alone, and that their lists say where they come from."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from innocent_sentences import COPY, SCENES

from adseal_templates.folding import fold, views
from adseal_templates.guard_lists import guard_lists
from adseal_templates.guards import scan
from adseal_templates.terms import NAMES, says, term


def codes(text: str, where: str) -> set[str]:
    return {hit.code for hit in scan(text, where)}  # type: ignore[arg-type]


DISGUISES = [
    "nike",
    "NIKE",
    "Nikè",
    "Ｎｉｋｅ",
    "𝐍𝐢𝐤𝐞",
    "Ⓝⓘⓚⓔ",
    "Nіkе",  # Cyrillic і and е
    "Νικε",  # Greek throughout
    "N1ke",
    "n.i.k.e",
    "N I K E",
    "n-i-k-e",
    "Ni\u200bke",
    "Ni\u00adke",
    "\u202eNike\u202c",
    "Nike's",
    "Nike’s",
    "(Nike)",
    "#Nike2026",
    "_nike_",
    "Nikeの靴",
    "나이키는",
    "耐克鞋",
]


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_name_is_seen_through_every_disguise_and_told_as_it_was_written(disguise: str) -> None:
    text = f"a shoe like {disguise} on wet asphalt"
    hits = [hit for hit in scan(text, "prompt") if hit.code == "mark.named"]
    assert len(hits) == 1
    assert hits[0].words in text
    assert fold(hits[0].words).text.strip()


@pytest.mark.parametrize(
    ("text", "where", "code"),
    [
        ("Our tea cures cancer", "copy", "health.cure"),
        ("Curing cancer since 1990", "copy", "health.cure"),
        ("Unsere Pille heilt Krebs", "copy", "health.cure"),
        ("Guérit le cancer", "copy", "health.cure"),
        ("CURA EL CANCER", "copy", "health.cure"),
        ("这款茶可以治愈癌症", "copy", "health.cure"),
        ("このお茶でがんが治る", "copy", "health.cure"),
        ("암을 치료합니다", "copy", "health.cure"),
        ("وشاينا يُعالِج السكري", "copy", "health.cure"),
        ("The world’s best coffee", "copy", "claim.superlative"),
        ("Number-one in taste", "copy", "claim.superlative"),
        ("Die weltbesten Nüsse", "copy", "claim.superlative"),
        ("业界最佳体验", "copy", "claim.superlative_cn"),
        ("Guaranteed returns, every month", "copy", "finance.promise"),
        ("稳赚不赔的机会", "copy", "finance.promise"),
        ("Lose weight while you sleep", "copy", "health.weight"),
        ("Losing weight was never so easy", "copy", "health.weight"),
        ("Carbon-neutral by nature", "copy", "claim.green"),
        ("Coca Cola on ice", "prompt", "mark.named"),
        ("CocaCola on ice", "prompt", "mark.named"),
        ("باردة كالكوكاكولا", "prompt", "mark.named"),
        ("an Apple logo on a laptop", "prompt", "mark.ambiguous"),
        ("an Uber ride at night", "prompt", "mark.ambiguous"),
        ("Mickey-Mouse ears", "prompt", "character.named"),
        ("ピカチュウみたいな黄色", "prompt", "character.named"),
        ("a Taylor Swift concert", "prompt", "person.named"),
        ("Beyonce on a horse", "prompt", "person.named"),
        ("на фоне Владимира Путина", "prompt", "person.named"),
        ("עם בנימין נתניהו", "prompt", "person.named"),
        ("by Studio Ghibli", "prompt", "style.artist"),
        ("in the style of Ada Lovelace", "prompt", "style.of_person"),
        ("an election campaign poster", "prompt", "political.campaign"),
        ("a nude woman on a beach", "prompt", "sensitive.sexual"),
        ("smoking cigarettes in a bar", "prompt", "sensitive.tobacco"),
        ("пачка сигарет", "prompt", "sensitive.tobacco"),
    ],
)
def test_words_of_each_category_are_found_in_many_languages(text: str, where: str, code: str) -> None:
    assert code in codes(text, where)


@pytest.mark.parametrize("text", COPY)
def test_ordinary_copy_raises_no_alarm(text: str) -> None:
    assert codes(text, "copy") == set()


@pytest.mark.parametrize("text", SCENES)
def test_ordinary_scenes_raise_no_alarm(text: str) -> None:
    assert codes(text, "prompt") == set()


def test_a_mark_matters_more_in_a_prompt_than_in_the_words_of_an_ad() -> None:
    severities = [scan("fits iPhone and Samsung", where)[0].severity for where in ("prompt", "copy")]
    assert severities == ["block", "warn"]


def test_an_innocent_phrase_does_not_hide_the_guilty_one_beside_it() -> None:
    assert codes("A cure for boredom and a cure for cancer", "copy") == {"health.cure"}
    assert codes("A cure for boredom", "copy") == set()


def test_letters_that_differ_by_a_mark_stay_different_where_the_mark_makes_the_letter() -> None:
    assert fold("が").text != fold("か").text
    assert fold("か\u3099").text == fold("が").text
    assert fold("Ünïcödé").text == "unicode"
    assert fold("GRÖSSTE").text == fold("größte").text


def test_a_sentence_in_another_alphabet_is_not_read_as_latin_though_words_of_it_could_be() -> None:
    assert [view.text for view in views("рок и сор")] == ["рок и сор"]
    assert "pok" in views("the рок show")[1].text  # one such word among Latin ones is a disguise


def test_a_word_inside_another_word_is_not_that_word() -> None:
    assert not says("the shellfish", "shell")
    assert not says("unseeing", "see")
    assert says("shell, fish", "shell")


def test_open_ends_find_compounds() -> None:
    assert term("*heil*", "de").search(fold("Wunderheilung").text)
    assert not term("heil*", "de").search(fold("unheilbar").text)


def test_every_list_entry_finds_its_own_words() -> None:
    for guards in guard_lists():
        for entry in guards.entries:
            for words in (word for listed in entry.words.values() for word in listed):
                text = f"{words} {' '.join(entry.needs[:1])}".replace("*", "")
                assert entry.code in codes(text, entry.where[0]), f"{guards.ref} {entry.code}: {words}"


def test_every_list_is_dated_and_says_where_it_comes_from() -> None:
    for guards in guard_lists():
        assert guards.ref == f"{guards.id}@{guards.version}"
        assert guards.source.date <= guards.version
        assert len(guards.source.text) > 40
        assert all(len(entry.why) > 5 for entry in guards.entries)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_folding_any_text_gives_places_inside_it(text: str) -> None:
    for view in views(text):
        assert len(view.at) == len(view.text) + 1
        assert all(0 <= place <= len(text) for place in view.at)
        assert list(view.at) == sorted(view.at)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.sampled_from(["copy", "prompt"]))
def test_scanning_any_text_tells_words_of_that_text(text: str, where: str) -> None:
    for hit in scan(text, where):  # type: ignore[arg-type]
        assert hit.words in text


@settings(max_examples=60, deadline=None)
@given(st.text("bcdfghjkmpqvwxz", min_size=5, max_size=9), st.sampled_from([" ", ", ", ": ", " ("]))
def test_a_word_is_found_wherever_it_stands_and_only_as_a_word(word: str, gap: str) -> None:
    assert says(f"a{gap}{word}{gap}b", word)
    assert not says(f"a{gap}{word}abc{gap}b", word)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(string.ascii_lowercase, min_size=2, max_size=9), max_size=8))
def test_plain_text_has_one_view(words: list[str]) -> None:
    assert [view.text for view in views(" ".join(words))] == [" ".join(words)]
    assert term("zzz", NAMES).search(" ".join(words)) is None or "zzz" in words
