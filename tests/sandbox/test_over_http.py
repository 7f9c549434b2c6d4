"""The sandbox on a real socket: what WSGI alone cannot show."""

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread

import pytest
import requests
from waitress.server import create_server

from app.sandbox import create_sandbox
from app.sandbox.file import FILE, open_file
from tests.campaign.contract.test_vectors import SAMPLE
from tests.sandbox.caller import WITH_TOKEN

PATH = "/api/v2/voice-campaigns"


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """Serve a sandbox on a free port of this machine."""
    sandbox = create_sandbox(open_file(tmp_path / FILE))
    server = create_server(sandbox, host="127.0.0.1", port=0, threads=16)
    thread = Thread(target=server.run)
    thread.start()
    yield int(server.effective_port)
    server.task_dispatcher.shutdown()
    server.trigger.pull_trigger(server.close)  # In the loop's own thread, which then ends.
    thread.join()


def raw(port: int, *lines: str, body: bytes = b"") -> tuple[int, dict[str, str]]:
    """Send a request as it stands; give the status and the JSON of the answer."""
    head = "\r\n".join((*lines, "Host: localhost", "Connection: close", "", ""))
    with socket.create_connection(("127.0.0.1", port)) as wire:
        wire.sendall(head.encode() + body)
        answer = b"".join(iter(lambda: wire.recv(65536), b""))
    top, _, content = answer.partition(b"\r\n\r\n")
    return int(top.split()[1]), json.loads(content)


POST = (f"POST {PATH} HTTP/1.1", "Authorization: Bearer sandbox", "Content-Type: application/json")


def test_many_callers_at_once_get_a_campaign_each(port: int) -> None:
    def create(_: int) -> str:
        answer = requests.post(
            f"http://127.0.0.1:{port}{PATH}", json=SAMPLE, headers=WITH_TOKEN, timeout=60
        )
        assert answer.status_code == 201
        return str(answer.json()["data"]["campaign_id"])

    with ThreadPoolExecutor(16) as callers:
        assert len(set(callers.map(create, range(64)))) == 64


def test_a_body_in_chunks_is_read_whole(port: int) -> None:
    content = json.dumps(SAMPLE).encode()
    chunks = b"".join(
        f"{len(part):x}\r\n".encode() + part + b"\r\n"
        for part in (content[:100], content[100:], b"")
    )

    status, answer = raw(port, *POST, "Transfer-Encoding: chunked", body=chunks)

    assert (status, answer["status"]) == (201, "success")


def test_five_megabytes_in_chunks_are_refused(port: int) -> None:
    part = f"{100_000:x}\r\n".encode() + b" " * 100_000 + b"\r\n"

    status, answer = raw(port, *POST, "Transfer-Encoding: chunked", body=part * 50 + b"0\r\n\r\n")

    assert (status, answer["status"]) == (413, "error")


def test_no_length_at_all_is_an_empty_body(port: int) -> None:
    status, answer = raw(port, *POST)

    assert (status, answer["status"]) == (400, "error")
    assert "empty" in answer["message"]


@pytest.mark.parametrize("method", ["TRACE", "OPTIONS", "CONNECT", "BREW"])
def test_odd_methods_get_the_envelope(port: int, method: str) -> None:
    status, answer = raw(port, f"{method} {PATH} HTTP/1.1")

    assert (status, answer["status"]) == (405, "error")
