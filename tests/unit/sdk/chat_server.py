# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""A real chat endpoint on the loopback interface, which answers as a test tells it to."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Chat:
    """What the server answers, and what it was asked."""

    url: str = ""
    words: str | None = "Other words."
    status: int = 200
    raw: bytes | None = None
    finish: str = "stop"
    drip_s: float = 0.0
    location: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def body(self, question: dict[str, Any]) -> bytes:
        if self.raw is not None:
            return self.raw
        words = self.words
        if words is None:  # the prompt itself with one more word
            words = json.loads(question["messages"][1]["content"])["prompt"].rstrip(".") + ", quietly."
        choice = {"message": {"role": "assistant", "content": words}, "finish_reason": self.finish}
        return json.dumps({"choices": [choice]}).encode()


@contextmanager
def chat_server() -> Iterator[Chat]:
    chat = Chat()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            chat.asked.append(question)
            chat.headers.append({"path": self.path, **dict(self.headers)})
            body = chat.body(question)
            self.send_response(chat.status)
            if chat.location:
                self.send_header("Location", chat.location)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                for start in range(0, len(body), 16 if chat.drip_s else len(body) or 1):
                    self.wfile.write(body[start : start + 16] if chat.drip_s else body)
                    self.wfile.flush()
                    time.sleep(chat.drip_s)
            except OSError:
                return  # the client has had enough

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    chat.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield chat
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
