"""The simulator on a loopback port: the API under its base path, pictures under ``/photos/``."""

import asyncio
import functools
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Self

from syndicator.simulator import photos, wire
from syndicator.simulator.access import Partner
from syndicator.simulator.api import BASE_PATH
from syndicator.simulator.carriage import Link, Sleep, carry
from syndicator.simulator.messages import Request, Response
from syndicator.simulator.mutation import Mutation
from syndicator.simulator.service import Fault, Service
from syndicator.simulator.stock import Stock

HOST = "127.0.0.1"
REMEMBERED = 10_000  # requests, for tests to look at
PICTURES_KEPT = 128  # about 10 MB

Disguise = Callable[[str, int, Response], Response]

_PICTURE = re.compile(r"/photos/([0-9a-f-]{36})/([0-9]{1,2})\.jpg")


class Simulator:
    """A context manager: the API runs in a thread of its own until the block ends.

    :param partners: who else may ask, by key; ``key`` itself is a partner who sees everything.
    :param rate_limit: requests per minute and key; 0 lifts the limit.
    :param port: 0 takes a free one.
    :param fault: may replace, change or delay each answer of the API; pictures are left alone.
    :param mutation: changes the stock between answers.
    :param disguise: what is served instead of a picture: of which car, its number, the picture.
    :param clock: Unix seconds, for the rate limit and the ``Date`` header.
    :param sleep: how the server waits where a fault makes it wait.
    """

    def __init__(
        self,
        stock: Stock,
        *,
        key: str = "demo-key",
        partners: Mapping[str, Partner] | None = None,
        rate_limit: int = 120,
        port: int = 0,
        fault: Fault | None = None,
        mutation: Mutation | None = None,
        disguise: Disguise | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.key = key
        self.port = port
        self.requests: deque[Request] = deque(maxlen=REMEMBERED)
        self._stock = stock
        self._fault = fault
        self._disguise = disguise
        self._sleep = sleep
        everyone = {key: Partner(), **(partners or {})}
        self._service = Service(
            stock, everyone, rate_limit=rate_limit, clock=clock, mutation=mutation
        )
        self._draw = functools.lru_cache(PICTURES_KEPT)(photos.draw)
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._ready = threading.Event()
        self._failure: OSError | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"http://{HOST}:{self.port}"

    @property
    def base_url(self) -> str:
        """What a client takes for the API's base URL."""
        return self.origin + BASE_PATH

    def __enter__(self) -> Self:
        """Start to serve.

        :raises OSError: the port is taken.
        """
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            self._thread.join()
            raise self._failure
        return self

    def __exit__(self, *exception: object) -> None:
        """Drop what connections are open and stop."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    async def _run(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        try:
            server = await asyncio.start_server(
                self._connected, HOST, self.port, limit=wire.MOST_HEAD
            )
        except OSError as failure:
            self._failure = failure
            self._ready.set()
            return
        self.port = server.sockets[0].getsockname()[1]
        self._stock.photo_base = self._stock.photo_base or self.origin
        self._ready.set()
        await self._stop.wait()
        await self._hang_up(server)

    async def _hang_up(self, server: asyncio.Server) -> None:
        for listening in server.sockets:
            self._loop.remove_reader(listening.fileno())
        for _ in range(4):  # a connection just accepted takes some turns of the loop to show up,
            await asyncio.sleep(0)  # and fails to where the server was closed meanwhile
        server.close()
        tasks = dict(self._connections)
        for task, writer in tasks.items():
            task.cancel()
            writer.close()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._connections[task] = writer
        task.add_done_callback(self._connections.pop)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._exchange(reader, writer):
                pass
        except ConnectionError:
            pass  # the client left: nobody is waiting for an answer
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its answer; whether another may follow."""
        try:
            request = await wire.receive(reader)
        except wire.Unreadable as mistake:
            await wire.send(writer, Response(status=mistake.status), close=True)
            return False
        if request is None:
            return False
        self.requests.append(request)
        close = wire.wants_close(request.headers)
        response = await self._respond(request)
        if response.delay:
            await self._sleep(response.delay)
        if response.delivery is not None and request.method != "HEAD":
            kept = await carry(Link(reader, writer, self._sleep), response, response.delivery)
            return kept and not close
        await wire.send(writer, response, body=request.method != "HEAD", close=close)
        return not close

    async def _respond(self, request: Request) -> Response:
        if request.path.startswith("/photos/"):
            return await asyncio.to_thread(self._picture, request)
        if self._fault is not None:
            return self._fault(request, self._service.answer)
        return self._service.answer(request)

    def _picture(self, request: Request) -> Response:
        if request.method not in {"GET", "HEAD"}:
            return Response(status=405, headers={"Allow": "GET, HEAD"})
        found = _PICTURE.fullmatch(request.path)
        try:
            listing = self._stock.honest(found[1]) if found else None
        except KeyError:
            listing = None
        if found is None or listing is None:
            return Response(status=404)
        number = int(found[2])
        if number >= len(listing["images"]):
            return Response(status=404)
        body = self._draw(*photos.subject(listing, number))
        caching = {"Content-Type": "image/jpeg", "Cache-Control": "public, max-age=31536000"}
        photo = Response(status=200, body=body, headers=caching)
        return self._disguise(found[1], number, photo) if self._disguise else photo


def serve_forever(stock: Stock, announce: Callable[[Simulator], None], **settings: Any) -> None:
    """Serve until interrupted; ``announce`` is called once the port is known.

    :param settings: as for :class:`Simulator`.
    :raises OSError: the port is taken.
    """
    with Simulator(stock, **settings) as simulator:
        announce(simulator)
        threading.Event().wait()
