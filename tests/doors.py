"""Servers on loopback that stand before the simulator: one that speaks TLS, and a proxy."""

import http.client
import select
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Self

from tests.wired import LOOPBACK

Handle = Callable[[socket.socket], None]


class Door(socketserver.ThreadingTCPServer):
    """A context manager: each connection is given to ``handle``."""

    def __init__(self, handle: Handle) -> None:
        super().__init__((LOOPBACK, 0), socketserver.BaseRequestHandler)
        self._handle = handle
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,))

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def finish_request(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        with suppress(OSError):
            self._handle(request)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()


def secure(context: ssl.SSLContext, port: int) -> Door:
    """HTTPS in front of a port that speaks HTTP."""

    def handle(plug: socket.socket) -> None:
        with context.wrap_socket(plug, server_side=True) as safe, safe.makefile("rb") as lines:
            while head := _head(lines):
                safe.sendall(_asked(head, port))

    return Door(handle)


def tunnel(port: int, answer: str = "200 OK", seen: list[str] | None = None) -> Door:
    """A proxy that leads every CONNECT to one port of loopback, or answers something else."""

    def handle(plug: socket.socket) -> None:
        with plug.makefile("rb", buffering=0) as lines:
            head = _head(lines)
        if seen is not None:
            seen.append(b"\n".join(head).decode())
        plug.sendall(f"HTTP/1.1 {answer}\r\n\r\n".encode())
        if answer.startswith("200"):
            with socket.create_connection((LOOPBACK, port)) as far:
                _carry(plug, far)

    return Door(handle)


def _head(lines: object) -> list[bytes]:
    found = []
    while line := lines.readline().rstrip():  # type: ignore[attr-defined]
        found.append(line)
    return found


def _asked(head: list[bytes], port: int) -> bytes:
    target = head[0].split()[1].decode()
    headers = dict(line.decode("latin-1").split(": ", 1) for line in head[1:])
    upstream = http.client.HTTPConnection(LOOPBACK, port)
    try:
        upstream.request("GET", target, headers=headers)
        answer = upstream.getresponse()
        body = answer.read()
    finally:
        upstream.close()
    lines = [f"HTTP/1.1 {answer.status} {answer.reason}"]
    lines += [f"{name}: {text}" for name, text in answer.getheaders()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def _carry(near: socket.socket, far: socket.socket) -> None:
    other = {near: far, far: near}
    while True:
        for ready in select.select([near, far], [], [])[0]:
            data = ready.recv(65_536)
            if not data:
                return
            other[ready].sendall(data)
