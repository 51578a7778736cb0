"""HTTP/1.1 on asyncio streams, as much of it as the simulator needs."""

import asyncio
import http
from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote, urlsplit

from syndicator.simulator.messages import Request, Response

MOST_HEAD = 16 * 1024  # bytes of request line and headers
BODILESS = {204, 304}  # statuses whose answers have no body, and say no length
MOST_BODY = 1024 * 1024  # bytes of a request's body, which is read and thrown away


class Unreadable(Exception):
    """The request is answered with this status, and the connection ends."""

    def __init__(self, status: int) -> None:
        super().__init__(http.HTTPStatus(status).phrase)
        self.status = status


async def receive(reader: asyncio.StreamReader) -> Request | None:
    """The next request, or ``None`` where the client hung up.

    :raises Unreadable: it is too large, or no HTTP/1.1.
    """
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    except asyncio.LimitOverrunError as mistake:
        raise Unreadable(431) from mistake
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    method, target = _request_line(first)
    headers = dict(map(_header, lines))
    await _skip_body(reader, headers)
    parts = urlsplit(target)
    return Request(
        method=method,
        path=unquote(parts.path),
        query=tuple(parse_qsl(parts.query, keep_blank_values=True)),
        headers=headers,
    )


async def send(
    writer: asyncio.StreamWriter, response: Response, *, body: bool = True, close: bool = False
) -> None:
    """Write an answer, its body left out for HEAD."""
    await write_head(writer, response, _framing(response, close=close))
    if body and response.status not in BODILESS:
        writer.write(response.body)
    await writer.drain()


async def write_head(
    writer: asyncio.StreamWriter, response: Response, framing: Mapping[str, str]
) -> None:
    """Write status line and headers; ``framing`` says where the body ends."""
    headers = {**response.headers, **framing}
    lines = [f"HTTP/1.1 {response.status} {_reason(response.status)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
    await writer.drain()


def _framing(response: Response, *, close: bool) -> dict[str, str]:
    connection = {"Connection": "close" if close else "keep-alive"}
    if response.status in BODILESS:
        return connection
    return {"Content-Length": str(len(response.body)), **connection}


def _reason(status: int) -> str:
    try:
        return http.HTTPStatus(status).phrase
    except ValueError:
        return "Unassigned"


def wants_close(headers: Mapping[str, str]) -> bool:
    """Whether the client asked for the connection to end."""
    return "close" in headers.get("connection", "").lower()


def _request_line(line: str) -> tuple[str, str]:
    method, _, rest = line.partition(" ")
    target, _, version = rest.rpartition(" ")
    if version != "HTTP/1.1" or not target.startswith("/") or not method.isalpha():
        raise Unreadable(400)
    return method, target


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or not name or name != name.strip():
        raise Unreadable(400)
    return name.lower(), value.strip()


async def _skip_body(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> None:
    if "transfer-encoding" in headers:
        raise Unreadable(411)
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit()):
        raise Unreadable(400)
    if len(length) > 9 or int(length) > MOST_BODY:
        raise Unreadable(413)
    try:
        await reader.readexactly(int(length))
    except asyncio.IncompleteReadError as mistake:
        raise Unreadable(400) from mistake
