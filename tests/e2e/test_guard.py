"""Who may ask: the app under its own name, and no page of somebody else's; nobody is called."""

import base64
import os
import socket

import pytest

from tests.e2e.server import Server

pytestmark = pytest.mark.e2e

PATHS = ("/", "/toets", "/_stcore/health", "/_stcore/host-config")


def answer(server: Server, path: str, **headers: str | None) -> str:
    """Ask for a path with these headers by hand; return the status line of the answer."""
    lines = [f"GET {path} HTTP/1.1", *(f"{n}: {v}" for n, v in headers.items() if v is not None)]
    with socket.create_connection(("localhost", server.port), timeout=60) as connection:
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        return connection.recv(200).decode(errors="replace").split("\r\n")[0]


def handshake(server: Server, host: str, origin: str | None) -> str:
    """Ask for the websocket of the app."""
    key = base64.b64encode(os.urandom(16)).decode()
    return answer(
        server, "/_stcore/stream", Host=host, Origin=origin, Upgrade="websocket",
        Connection="Upgrade", **{"Sec-WebSocket-Key": key, "Sec-WebSocket-Version": "13"},
    )  # fmt: skip


def own(server: Server) -> list[str]:
    """Return the names of the app."""
    return [f"{name}:{server.port}" for name in ("localhost", "127.0.0.1", "[::1]", "LOCALHOST")]


def test_its_own_page_and_a_program_come_in(server: Server) -> None:
    for host in own(server):
        assert " 101 " in handshake(server, host, f"http://{host}"), host
        assert " 101 " in handshake(server, host, None), host
        assert " 200 " in answer(server, "/", Host=host, Connection="close")


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "https://localhost.evil.example", "null", "file://", "http://8.8.8.8",
     "http://localhost:1", "http://localhost@evil.example"],
)  # fmt: skip
def test_a_page_of_somebody_else_is_refused_and_nobody_is_called(
    server: Server, origin: str
) -> None:
    host = own(server)[0]
    assert " 403 " in handshake(server, host, origin)
    for path in PATHS:
        assert " 403 " in answer(server, path, Host=host, Origin=origin, Connection="close")
    assert server.calls_outside() == []


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "10.0.0.1", "", "[", "a@b"]
)
def test_a_host_and_an_origin_that_agree_are_not_enough(server: Server, host: str) -> None:
    """So a name of somebody else's that is made to point here (DNS rebinding) opens nothing."""
    named = f"{host}:{server.port}" if host else ""
    assert " 403 " in handshake(server, named, f"http://{named}")
    for path in PATHS:
        assert " 403 " in answer(server, path, Host=named, Connection="close")
    assert server.calls_outside() == []
