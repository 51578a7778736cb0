"""A world in which a test steps in at the n-th question for listings, or rewrites its answer."""

from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
from lxml import etree

from syndicator.simulator.dealers import Json
from syndicator.simulator.messages import Request, Response
from syndicator.simulator.stock import Stock
from tests.world import Built, World

BUSY = "DEX-ANTWERPEN"  # has 27 of the 60 cars
SLUG = "dex-antwerpen"
SPACE = {"v": "urn:syndicator:vehicles:1"}


def nothing(number: int) -> None:
    """What happens before a question where a test has no other wish."""


def as_it_is(payload: Json) -> Json:
    """How an answer is rewritten where a test has no other wish."""
    return payload


class Meddled(World):
    """A world with two hands on it, given to ``build``; the next one starts without them.

    :ivar before: told the number of each question for listings, from 1 on, before it is answered.
    :ivar rewrite: makes another answer of each answer with listings.
    """

    def __init__(self, folder: Path, stock: Stock | None = None, **known: Any) -> None:
        super().__init__(folder, stock, **known)
        self.before: Callable[[int], None] = nothing
        self.rewrite: Callable[[Json], Json] = as_it_is
        self._plain = self._service.answer
        self._service.answer = self._answered  # type: ignore[method-assign]
        self._numbers = count(1)

    def build(self, *targets: str, **asked: Any) -> Built:
        self._numbers = count(1)
        self.before = asked.pop("before", nothing)
        self.rewrite = asked.pop("rewrite", as_it_is)
        return super().build(*targets, **asked)

    def told(self, member: str) -> Mapping[str, str | None]:
        """What the feed of all vehicles says of each, by id; ``None`` where it says nothing."""
        root = etree.parse(self.output / "feeds" / "vehicles.xml").getroot()
        vehicles = root.findall("v:vehicle", SPACE)
        found = {each.get("id", ""): each.findtext(f"v:{member}", None, SPACE) for each in vehicles}
        assert len(found) == len(vehicles)  # none of them is out twice
        return found

    def _answered(self, request: Request) -> Response:
        if not request.path.endswith("/listings"):
            return self._plain(request)
        self.before(next(self._numbers))
        if self.rewrite is as_it_is:
            return self._plain(request)
        kept = {name: text for name, text in request.headers.items() if name != "accept-encoding"}
        response = self._plain(msgspec.structs.replace(request, headers=kept))
        payload = self.rewrite(msgspec.json.decode(response.body))
        return msgspec.structs.replace(response, body=msgspec.json.encode(payload))
