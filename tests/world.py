"""A whole world without a network or a second of waiting: a dealer group's stock, the API in front
of it, faults on the way, and builds that follow one another. All share one clock.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec

from syndicator import build
from syndicator.config import Config, SiteTable, SyncTable, TargetTable, wanted
from syndicator.errors import SyndicatorError
from syndicator.places import beside
from syndicator.simulator import faults
from syndicator.simulator.access import Partner
from syndicator.simulator.delivery import Cut, Drip, Hang, Reset
from syndicator.simulator.messages import Request, Response
from syndicator.simulator.mutation import Mutation
from syndicator.simulator.service import Service
from syndicator.simulator.stock import Stock, make_stock
from syndicator.source.client import Client, Secret
from syndicator.source.clock import Clock
from syndicator.status import Status, read
from syndicator.summary import Summary
from tests.watch import Watch

KEY = "canary-4f1c9e7b2d"
PASSING_QUARTER = 900.0  # seconds from one build to the next


class Built(msgspec.Struct, frozen=True):
    """What a build came to."""

    code: int
    said: str
    summary: Summary | None = None


class World(httpx.BaseTransport):
    """The API as a transport, and the folder that is built into.

    :ivar partner: what the key may see; changing it between builds is a change of access.
    :ivar script: faults, counted anew for each build.
    """

    def __init__(
        self,
        folder: Path,
        stock: Stock | None = None,
        *,
        rate_limit: int = 0,
        seconds: float = 0.0,
        per_minute: float = 0.0,
        seed: int = 0,
        traceless: float = 0.0,
    ) -> None:
        """:param seconds: that an answer takes."""
        self.folder = folder
        self.output = folder / "output"
        self.watch = Watch()
        self.stock = stock or make_stock(3, 60, 6, photo_base="https://images.example")
        self.mutation = Mutation(self.stock, per_minute, self.watch.unix, seed, traceless=traceless)
        self.partners = {KEY: Partner()}
        self.script: tuple[str, ...] = ()
        self.requests: list[Request] = []
        self.refused = 0
        self._fault: faults.Script | None = None
        self._seconds = seconds
        self._service = Service(
            self.stock,
            self.partners,
            rate_limit=rate_limit,
            clock=self.watch.unix,
            mutation=self.mutation,
        )

    def build(self, *targets: str, later: float = PASSING_QUARTER, **asked: Any) -> Built:
        """A build of locations by code, or of everything, a quarter of an hour after the last.

        :param asked: as in :class:`syndicator.build.Request`, ``faults``, a key of ``[sync]``,
            ``languages`` and ``images`` of ``[site]``, or the tables ``feeds`` and ``searches``.
        """
        self.watch.tick(later)
        self.requests.clear()
        self._fault = faults.Script.of(*asked.pop("faults", self.script))
        sync = {name: asked.pop(name) for name in SyncTable.model_fields if name in asked}
        tables = {name: asked.pop(name) for name in ("feeds", "searches") if name in asked}
        config = Config(
            site=SiteTable(
                url="https://s.example",
                languages=asked.pop("languages", ("nl",)),
                images=asked.pop("images", "remote"),
            ),
            sync=SyncTable(**sync),
            targets=tuple(map(_target, targets)) or (TargetTable(all=True),),
            output=self.output,
            api_url="https://api.example/api/external/v1",
            **tables,
        )
        request = {
            "only": ("vehicles",),
            "secret": Secret(KEY),
            "connect": self._connect,
            "clock": self.watch,
        } | asked
        places = beside(self.folder / "syndicator.toml")
        order = build.Request(
            config=config, places=places, targets=wanted(config), configured=wanted(config),
            **request,
        )  # fmt: skip
        try:
            summary = build.build(order, lambda *_: None)
        except SyndicatorError as error:
            return Built(error.exit_code, f"{error.message} {error.hint}")
        said = "; ".join([*(each.reason for each in summary.targets), *summary.warnings])
        return Built(summary.exit_code, said, summary)

    def shown(self, slug: str | None = None) -> set[str]:
        """The ids of the listings that are out: of one showroom, or of the whole site."""
        path = self.output / (f"{slug}/feeds/vehicles.xml" if slug else "feeds/vehicles.xml")
        return (
            set(re.findall(r'<vehicle id="([^"]+)"', path.read_text())) if path.exists() else set()
        )

    def files(self) -> dict[str, bytes]:
        """Everything that is out but the record, which says since when something is not well."""
        return {
            path.relative_to(self.output).as_posix(): path.read_bytes()
            for path in self.output.rglob("*")
            if path.is_file() and path.name != "build.json"
        }

    def active(self, code: str | None = None) -> list[str]:
        """The ids of the active listings of a location, or of all."""
        return [
            each.id
            for each in self.stock
            if each.status == "active" and code in (None, self.code(each.dealer_id))
        ]

    def code(self, dealer_id: str) -> str:
        """A dealer's location code."""
        return str(self.stock.dealers[dealer_id].profile["locationCode"])

    def dealer(self, code: str) -> str:
        """The dealer with a location code."""
        return next(each for each in self.stock.dealers if self.code(each) == code)

    def change(self, listing_id: str, **members: Any) -> None:
        """Edit a listing now."""
        now = self.watch.utc().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self.stock.amend(listing_id, **({"updatedAt": now} | members))

    def status(self) -> Status:
        """What the last build left for whoever watches."""
        return read(self.folder / ".syndicator" / "status.json")

    def asked(self, path: str = "listings") -> list[dict[str, str]]:
        """The queries of the last build's requests."""
        return [dict(each.query) for each in self.requests if each.path.endswith(path)]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer, or fail, as the script has it."""
        self.watch.tick(self._seconds)
        asked = Request(
            method=request.method,
            path=request.url.path,
            query=tuple(request.url.params.multi_items()),
            headers={name.lower(): text for name, text in request.headers.items()},
        )
        self.requests.append(asked)
        assert self._fault is not None
        response = self._fault(asked, self._service.answer)
        self.watch.tick(response.delay)
        self.refused += response.status == 429
        return httpx.Response(
            response.status, headers=dict(response.headers), content=self._body(response)
        )

    def _body(self, response: Response) -> Iterator[bytes]:
        match response.delivery:
            case Hang():
                self.watch.tick(20.0)
                raise httpx.ReadTimeout("nothing came")
            case Cut(framing="none", share=share):
                return iter([response.body[: int(len(response.body) * share)]])
            case Cut() | Reset():
                return _broken(response.body)
            case Drip(size=size, seconds=seconds):
                return self._drops(response.body, size, seconds)
        return iter([response.body])

    def _drops(self, body: bytes, size: int, seconds: float) -> Iterator[bytes]:
        for start in range(0, len(body), size):
            self.watch.tick(seconds)
            yield body[start : start + size]

    def _connect(self, url: str, secret: Secret, seconds: float, clock: Clock) -> Client:
        return Client(url, secret, transport=self, seconds=seconds, clock=clock)


def _broken(body: bytes) -> Iterator[bytes]:
    yield body[: len(body) // 2]
    raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")


def _target(name: str) -> TargetTable:
    kind, _, value = name.rpartition(" ")
    return TargetTable(**{kind or "location": value})
