"""The API with its state: keys, rate limits, request ids, dates and compression."""

import gzip
import itertools
import re
import threading
from collections.abc import Callable
from email.utils import formatdate
from typing import Protocol

from syndicator.simulator.api import Partners, respond
from syndicator.simulator.limiter import Limiter
from syndicator.simulator.messages import Request, Response
from syndicator.simulator.mutation import Mutation
from syndicator.simulator.stock import Stock

SMALLEST_GZIP = 600  # bytes; below it compression gains nothing

Answer = Callable[[Request], Response]


class Fault(Protocol):
    """What may come between a request and its answer.

    It gets the request and the way to answer it, and may ask for another answer than the one
    wanted, change what it got, or answer by itself. It never waits: the response says how long.
    """

    def __call__(self, request: Request, answer: Answer, /) -> Response:
        """The response to send."""


class Service:
    """Answers requests to the API, one after the other. ``clock`` gives Unix seconds."""

    def __init__(
        self,
        stock: Stock,
        partners: Partners,
        *,
        rate_limit: int,
        clock: Callable[[], float],
        mutation: Mutation | None = None,
    ) -> None:
        self._stock = stock
        self._partners = partners
        self._limiter = Limiter(rate_limit, clock)
        self._clock = clock
        self._mutation = mutation
        self._serial = itertools.count(1)
        self._lock = threading.Lock()  # without a server, clients may ask from several threads

    def answer(self, request: Request) -> Response:
        """The whole answer, headers included."""
        with self._lock:
            if self._mutation is not None:
                self._mutation.advance()
            stated, refusal = self._limiter.take(request.key or "")
            response = refusal or respond(request, self._shown(request), self._partners)
        return _compressed(request, response).adding(
            {
                **stated,
                "Date": formatdate(self._clock(), usegmt=True),
                "X-Request-Id": self._request_id(request),
            }
        )

    def _shown(self, request: Request) -> Stock:
        lag = request.variant.lag
        return self._stock.as_of(int((self._clock() - lag) * 1000)) if lag else self._stock

    def _request_id(self, request: Request) -> str:
        sent = request.headers.get("x-request-id", "")
        return sent if re.fullmatch(r"[!-~]{1,200}", sent) else f"sim-{next(self._serial):08}"


def _compressed(request: Request, response: Response) -> Response:
    vary = response.adding({"Vary": "Accept-Encoding"})
    if len(response.body) < SMALLEST_GZIP or not _accepts_gzip(request):
        return vary
    body = gzip.compress(response.body, compresslevel=5, mtime=0)
    return Response(
        status=response.status, body=body, headers={**vary.headers, "Content-Encoding": "gzip"}
    )


def _accepts_gzip(request: Request) -> bool:
    for offer in request.headers.get("accept-encoding", "").lower().split(","):
        name, _, weight = offer.partition(";")
        if name.strip() in {"gzip", "*"}:
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False
