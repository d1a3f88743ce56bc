# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The enhancer against a real HTTP server: what it sends, what it accepts, what it keeps, and what it never shows."""

import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from chat_server import Chat, chat_server

from adseal.enhancer import ChatEnhancer, EnhancerError
from adseal.errors import MissingExtra, every_error
from adseal_templates.rewrites import RewriteRequest

REQUEST = RewriteRequest(
    brief="b", shot_id="s", family="mini", prompt="Silk folds.", keep=("Silk folds",), max_words=58
)
KEY = "sk-do-not-show-me-7311"


@pytest.fixture
def chat() -> Iterator[Chat]:
    with chat_server() as running:
        yield running


def test_one_prompt_is_sent_with_its_limits_and_a_fixed_seed(chat: Chat) -> None:
    assert ChatEnhancer(chat.url, model="tiny", key=KEY).rewrite(REQUEST) == "Other words."
    (asked,), (headers,) = chat.asked, chat.headers
    assert headers["path"] == "/v1/chat/completions"
    assert headers["Authorization"] == f"Bearer {KEY}"
    assert (asked["model"], asked["temperature"], asked["seed"]) == ("tiny", 0, 0)
    assert "Silk folds" in asked["messages"][1]["content"]
    assert "word for word" in asked["messages"][0]["content"]


def test_the_same_question_is_answered_from_the_cache_and_another_is_not(chat: Chat, tmp_path: Path) -> None:
    enhancer = ChatEnhancer(chat.url, cache=tmp_path)
    first = enhancer.rewrite(REQUEST)
    chat.words = "Something else."
    assert enhancer.rewrite(REQUEST) == ChatEnhancer(chat.url, cache=tmp_path).rewrite(REQUEST) == first
    assert len(chat.asked) == 1
    assert enhancer.rewrite(REQUEST.model_copy(update={"max_words": 57})) == "Something else."
    assert ChatEnhancer(chat.url, model="other", cache=tmp_path).rewrite(REQUEST) == "Something else."


def test_a_damaged_cache_entry_is_asked_for_again(chat: Chat, tmp_path: Path) -> None:
    enhancer = ChatEnhancer(chat.url, cache=tmp_path)
    enhancer.rewrite(REQUEST)
    (kept,) = tmp_path.iterdir()
    kept.write_text('{"words": 5}')
    assert enhancer.rewrite(REQUEST) == "Other words."
    assert len(chat.asked) == 2


@pytest.mark.parametrize(
    ("answer", "code", "retryable"),
    [
        ({"status": 401}, "enhancer_refused", False),
        ({"status": 429}, "enhancer_refused", True),
        ({"status": 503}, "enhancer_refused", True),
        ({"status": 302, "location": "http://127.0.0.1:9/"}, "enhancer_refused", False),
        ({"raw": b"<html>"}, "enhancer_answer", False),
        ({"raw": b'{"choices": []}'}, "enhancer_answer", False),
        ({"raw": b'{"choices": [{"message": {"content": null}}]}'}, "enhancer_answer", False),
        ({"raw": b"[" * 50_000}, "enhancer_answer", False),
        ({"raw": b"x" * 70_000}, "enhancer_answer", False),
        ({"words": "  "}, "enhancer_answer", False),
        ({"finish": "length"}, "enhancer_answer", False),
    ],
)
def test_answers_that_cannot_be_used_are_typed_errors_and_not_kept(
    chat: Chat, tmp_path: Path, answer: dict[str, object], code: str, retryable: bool
) -> None:
    for name, value in answer.items():
        setattr(chat, name, value)
    with pytest.raises(EnhancerError) as caught:
        ChatEnhancer(chat.url, key=KEY, cache=tmp_path).rewrite(REQUEST)
    assert (caught.value.code, caught.value.retryable) == (code, retryable)
    assert isinstance(caught.value, every_error())
    assert KEY not in str(caught.value) + caught.value.hint
    assert list(tmp_path.iterdir()) == []
    assert len(chat.asked) == 1  # no redirect is followed, nothing is asked twice


def test_a_server_that_drips_is_left_at_the_deadline(chat: Chat) -> None:
    chat.words, chat.drip_s = "slow " * 400, 0.05
    with pytest.raises(EnhancerError, match=r"did not finish within 0\.3 s") as caught:
        ChatEnhancer(chat.url, deadline_s=0.3).rewrite(REQUEST)
    assert caught.value.retryable


def test_a_server_that_is_not_there_can_be_tried_again(chat: Chat) -> None:
    url = chat.url.replace(chat.url.split(":")[2].split("/")[0], "1")
    with pytest.raises(EnhancerError, match="cannot be reached: ConnectError") as caught:
        ChatEnhancer(url).rewrite(REQUEST)
    assert (caught.value.code, caught.value.retryable) == ("enhancer_unreachable", True)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/v1",
        "ftp://127.0.0.1/v1",
        "https://",
        "",
        "https://user:secret@example.org/v1",
        "https://example.org/v1?key=secret",
        "https://[::1",
    ],
)
def test_addresses_that_would_leak_or_lead_nowhere_are_refused(url: str) -> None:
    with pytest.raises(EnhancerError) as caught:
        ChatEnhancer(url)
    assert caught.value.code == "enhancer_address"
    assert "secret" not in str(caught.value)
    assert caught.value.hint


def test_the_key_is_in_no_repr_log_or_cache(
    chat: Chat, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    enhancer = ChatEnhancer(chat.url, key=KEY, cache=tmp_path)
    enhancer.rewrite(REQUEST)
    (kept,) = tmp_path.iterdir()
    assert KEY not in repr(enhancer) + enhancer.name + caplog.text + kept.read_text() + kept.name


def test_the_environments_proxy_is_not_asked(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert ChatEnhancer(chat.url).rewrite(REQUEST) == "Other words."


def test_without_httpx_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adseal.errors.find_spec", lambda _: None)
    with pytest.raises(MissingExtra, match="httpx") as caught:
        ChatEnhancer("https://example.org/v1")
    assert caught.value.hint == "pip install 'adseal[server]'"


def test_importing_the_enhancer_does_not_import_httpx() -> None:
    code = "import adseal.enhancer, sys; sys.exit('httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
