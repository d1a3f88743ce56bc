# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""An enhancer behind an OpenAI-compatible chat endpoint, one's own server or a vendor's.

    >>> from adseal.enhancer import ChatEnhancer
    >>> ChatEnhancer("http://127.0.0.1:8000/v1", model="qwen")      # doctest: +SKIP

Decides what is sent (one prompt and its limits, temperature 0, a fixed seed), how long and how much is waited for, and
that the same question is answered from the cache. What comes back is a proposal only (`adseal_templates.rewrites`). Off
unless somebody names an address: prompts of unpublished campaigns leave the machine with it.
"""

import hashlib
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from adseal.errors import AdsealError, require
from adseal_templates.rewrites import RewriteRequest

#: Changes with the instruction below, so that answers to another one are never taken from the cache.
VERSION: Final = "rewrite 1"
INSTRUCTION: Final = (
    "You rewrite prompts for a text-to-video model, for one single shot of an advertisement. "
    "Say the same scene more concretely and in present tense. Keep every phrase in `keep` word for word. "
    "One subject, one action, one camera move. Add no people, no further subjects, no colours, no brands, no names, "
    "no claims, and no text or logo in the picture. Use at most `max_words` words. "
    "Answer with the prompt alone: no quotation marks, no list, no explanation."
)
_LOCAL: Final = ("127.0.0.1", "::1", "localhost")
_MAX_ANSWER: Final = 64 * 1024  # bytes; a prompt has a few hundred


class EnhancerError(AdsealError):
    """The enhancer cannot be asked or gave no usable answer; nothing was rewritten.

    Codes: ``enhancer_address``, ``enhancer_unreachable``, ``enhancer_refused``, ``enhancer_answer``.
    """

    code = "enhancer"

    def __init__(self, message: str, *, code: str, hint: str = "", retryable: bool = False) -> None:
        super().__init__(message, hint=hint, retryable=retryable)
        self.code = code


class ChatEnhancer:
    """Rewrites prompts by asking a chat endpoint.

    Args:
        url: the endpoint's base, such as ``https://host/v1``; https, unless it is on this machine.
        model: the model's name there.
        key: bearer key. It is sent in a header and shown nowhere.
        cache: folder for answers, by content of the question; None asks every time.
        timeout_s: for connecting and for each read; deadline_s: for one whole answer.

    Raises:
        EnhancerError: `enhancer_address` for an address that is none.
        MissingExtra: httpx is not installed.
    """

    def __init__(
        self,
        url: str,
        *,
        model: str = "default",
        key: str | None = None,
        cache: Path | None = None,
        timeout_s: float = 30.0,
        deadline_s: float = 120.0,
    ) -> None:
        require("server", "httpx")
        self._url = _endpoint(url)
        self._model = model
        self._key = key
        self._cache = cache
        self._timeout_s, self._deadline_s = timeout_s, deadline_s

    def __repr__(self) -> str:
        return f"ChatEnhancer({self._url!r}, model={self._model!r})"

    @property
    def name(self) -> str:
        """Model, host and version of the instruction."""
        return f"{self._model} at {urlsplit(self._url).hostname} ({VERSION})"

    def rewrite(self, request: RewriteRequest) -> str:
        """The endpoint's words for one prompt, or the cached ones.

        Raises:
            EnhancerError: it cannot be reached in time, refuses, or answers with something else.
        """
        body = self._body(request)
        digest = hashlib.sha256(json.dumps([self._url, body], sort_keys=True).encode()).hexdigest()
        kept = self._cache / f"{digest}.json" if self._cache else None
        if kept is not None and (known := _read(kept)) is not None:
            return known
        answer = _words(self._ask(body))
        if kept is not None:
            _keep(kept, answer)
        return answer

    def _body(self, request: RewriteRequest) -> dict[str, Any]:
        asked = {"prompt": request.prompt, "keep": list(request.keep), "max_words": request.max_words}
        return {
            "model": self._model,
            "messages": [
                {"role": "system", "content": INSTRUCTION},
                {"role": "user", "content": json.dumps(asked, ensure_ascii=False)},
            ],
            "temperature": 0,
            "seed": 0,
            "max_tokens": 1024,
            "stream": False,
        }

    def _ask(self, body: dict[str, Any]) -> bytes:
        import httpx

        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        end = time.monotonic() + self._deadline_s
        try:
            # trust_env: a proxy or a .netrc of the environment must not get prompts and key
            with (
                httpx.Client(timeout=self._timeout_s, follow_redirects=False, trust_env=False) as client,
                client.stream("POST", self._url, json=body, headers=headers) as answer,
            ):
                content = b""
                for chunk in answer.iter_bytes():
                    content += chunk
                    if len(content) > _MAX_ANSWER:
                        raise EnhancerError("the enhancer's answer is too large", code="enhancer_answer")
                    if time.monotonic() > end:
                        raise EnhancerError(
                            f"the enhancer did not finish within {self._deadline_s:g} s",
                            code="enhancer_unreachable",
                            retryable=True,
                        )
        except httpx.HTTPError as error:
            # The kind of failure alone: messages may repeat addresses and headers.
            raise EnhancerError(
                f"the enhancer cannot be reached: {type(error).__name__}",
                code="enhancer_unreachable",
                retryable=True,
            ) from None
        if answer.status_code != 200:
            busy = answer.status_code in {408, 429} or answer.status_code >= 500
            hint = "check ADSEAL_ENHANCER_KEY" if answer.status_code in {401, 403} else ""
            raise EnhancerError(
                f"the enhancer answered with status {answer.status_code}",
                code="enhancer_refused",
                hint=hint,
                retryable=busy,
            )
        return content


def _endpoint(url: str) -> str:
    hint = "like https://host/v1; the key comes from ADSEAL_ENHANCER_KEY"
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError as error:
        raise EnhancerError("is not an address", code="enhancer_address", hint=hint) from error
    if parts.username or parts.password or parts.query or parts.fragment:
        # The address is shown and cached; secrets do not belong into it.
        raise EnhancerError(
            "an enhancer's address has no user, password or query", code="enhancer_address", hint=hint
        )
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and host in _LOCAL)):
        raise EnhancerError("an enhancer is asked over https", code="enhancer_address", hint=hint)
    base = url.rstrip("/")
    return base if base.endswith("/chat/completions") else f"{base}/chat/completions"


def _words(content: bytes) -> str:
    try:
        choice = json.loads(content)["choices"][0]
        words = choice["message"]["content"]
        cut = choice.get("finish_reason") == "length"
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise EnhancerError("the enhancer's answer is no chat completion", code="enhancer_answer") from error
    if not isinstance(words, str) or not words.strip():
        raise EnhancerError("the enhancer's answer has no words", code="enhancer_answer")
    if cut:
        raise EnhancerError("the enhancer's answer was cut off", code="enhancer_answer")
    return words.strip()


def _read(path: Path) -> str | None:
    try:
        words = json.loads(path.read_text(encoding="utf-8"))["words"]
    except (OSError, ValueError, LookupError, TypeError):
        return None  # absent or damaged: ask again
    return words if isinstance(words, str) else None


def _keep(path: Path, words: str) -> None:
    """Atomic; a cache that cannot be written only costs a question later."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({"words": words}, file, ensure_ascii=False)
        Path(temporary).replace(path)
    except OSError:
        return
