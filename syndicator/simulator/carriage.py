"""Answers that travel badly, on real sockets."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from syndicator.simulator import wire
from syndicator.simulator.delivery import CloseIdle, Cut, Delivery, Drip, Hang, Reset
from syndicator.simulator.messages import Response

Sleep = Callable[[float], Awaitable[None]]


class Link(NamedTuple):
    """The connection an answer goes out on, and how to wait meanwhile."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    sleep: Sleep


async def carry(link: Link, response: Response, delivery: Delivery) -> bool:
    """Send an answer as its delivery wants it; whether the connection may be used again."""
    return await _CARRIERS[type(delivery)](link, response, delivery)


async def _cut(link: Link, response: Response, how: Cut) -> bool:
    part = _share(response.body, how.share)
    if how.framing == "chunked":
        part = b"%x\r\n%s\r\n" % (len(part), part) if part else b""
    await wire.write_head(link.writer, response, _FRAMINGS[how.framing](response))
    await _flush(link.writer, part)
    return False


async def _drip(link: Link, response: Response, how: Drip) -> bool:
    await wire.write_head(link.writer, response, _whole(response))
    for start in range(0, len(response.body), how.size):
        await link.sleep(how.seconds)
        await _flush(link.writer, response.body[start : start + how.size])
    return True


async def _hang(link: Link, _: Response, how: Hang) -> bool:
    del how
    while await link.reader.read(wire.MOST_HEAD):
        pass  # whatever else is asked gets no answer either
    return False


async def _reset(link: Link, response: Response, how: Reset) -> bool:
    await wire.write_head(link.writer, response, _whole(response))
    await _flush(link.writer, _share(response.body, how.share))
    plug = link.writer.get_extra_info("socket")
    plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    link.writer.transport.abort()
    return False


async def _close_idle(link: Link, response: Response, how: CloseIdle) -> bool:
    del how
    await wire.send(link.writer, response)
    return False


async def _flush(writer: asyncio.StreamWriter, data: bytes) -> None:
    """Write, and wait until nothing of it is left in a buffer that a reset would throw away."""
    writer.transport.set_write_buffer_limits(0)
    writer.write(data)
    await writer.drain()


def _share(body: bytes, share: float) -> bytes:
    return body[: int(len(body) * share)]


def _whole(response: Response) -> dict[str, str]:
    return {"Content-Length": str(len(response.body)), "Connection": "keep-alive"}


def _unsized(_: Response) -> dict[str, str]:
    return {"Connection": "close"}


def _chunked(_: Response) -> dict[str, str]:
    return {"Transfer-Encoding": "chunked", "Connection": "keep-alive"}


_FRAMINGS: dict[str, Callable[[Response], dict[str, str]]] = {
    "length": _whole,
    "none": _unsized,
    "chunked": _chunked,
}
_CARRIERS: dict[type[Delivery], Callable[[Link, Response, Any], Awaitable[bool]]] = {
    Cut: _cut,
    Drip: _drip,
    Hang: _hang,
    Reset: _reset,
    CloseIdle: _close_idle,
}
