# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The examination process cannot reach anybody, even if foreign code in it tried to."""

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

TRY = """
import json, socket, sys
from adseal_provenance.examination.worker import leave_network
left = leave_network(unless=sys.argv[2:])
try:
    socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=5).close()
    reached = True
except OSError:
    reached = False
print(json.dumps([left, reached]))
"""


def tried(*allowed: str) -> tuple[bool, bool]:
    server = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        words = [sys.executable, "-c", TRY, str(server.server_address[1]), *allowed]
        answer = json.loads(subprocess.run(words, capture_output=True, check=True, timeout=60).stdout)
    finally:
        server.shutdown()
        server.server_close()
    return answer[0], answer[1]


def test_nothing_can_be_reached_where_the_system_has_namespaces() -> None:
    left, reached = tried()
    assert reached is not left


def test_the_network_stays_where_a_responder_may_be_asked() -> None:
    assert tried("ocsp.example.com") == (False, True)
