"""The simulator's API with faults, asked without a socket."""

import gzip
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from syndicator.simulator.access import Partner
from syndicator.simulator.api import BASE_PATH
from syndicator.simulator.faults import Script
from syndicator.simulator.messages import Request, Response
from syndicator.simulator.service import Service
from syndicator.simulator.stock import Stock

NOON = 1_796_040_000.0
Ask = Callable[..., Response]


def asking(stock: Stock, *faults: str, seed: int = 0, roots: tuple[str, ...] | None = None) -> Ask:
    """The API with faults, as a function of what is asked."""
    service = Service(stock, {"k": Partner(roots=roots)}, rate_limit=0, clock=lambda: NOON)
    script = Script.of(*faults, seed=seed)

    def ask(target: str = "/listings?pageSize=50", **headers: str) -> Response:
        path, _, query = target.partition("?")
        sent = {"x-api-key": "k", "host": "api.example", "accept-encoding": "gzip"} | headers
        pairs = tuple(parse_qsl(query))
        request = Request(method="GET", path=BASE_PATH + path, query=pairs, headers=sent)
        return script(request, service.answer)

    return ask


def body(response: Response) -> Any:
    """The JSON of an answer."""
    packed = response.headers.get("Content-Encoding") == "gzip"
    return json.loads(gzip.decompress(response.body) if packed else response.body)


def ids(response: Response) -> list[str]:
    """The ids of its records."""
    return [each["id"] for each in body(response)["data"]]


def every_id(ask: Ask) -> list[list[str]]:
    """The ids on three pages of fifty, page by page."""
    return [ids(ask(f"/listings?pageSize=50&page={page}")) for page in (1, 2, 3)]
