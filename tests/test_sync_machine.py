"""Many builds against a stock that changes and an API that fails: whatever comes together, no car
that is for sale disappears, none that went stays for ever, and nothing is held in silence.

What the API is asked to do is told apart: faults that are honest show less, nothing or nonsense;
faults that lie deny cars in words that agree with one another. Two lies in a row are believed.
"""

import tempfile
import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from syndicator import crawls, holds, walk
from syndicator.places import beside
from syndicator.simulator.access import Partner
from syndicator.simulator.dealers import Json
from syndicator.simulator.stock import Stock, make_stock
from syndicator.source import pace
from syndicator.source.clock import Clock
from syndicator.store import Store
from syndicator.summary import TargetSummary
from tests.watch import Watch
from tests.world import KEY, PASSING_QUARTER, Built, World

CODES = ("DEX-GENT", "DEX-ANTWERPEN", "DEX-LEUVEN", "ZILVERMEEUW", "SOLITAIR")
PAGE = 6  # listings; so that forty-five fill pages, and asking for changes is cheaper than for all
OVERLAP = walk.OVERLAP.total_seconds()
ERRORS = (
    "status=500", "status=503;retry-after=2", "status=503;retry-after=400", "status=429",
    "status=429;retry-after=3", "status=400", "status=403", "status=404", "status=422", "revoked",
    "reset", "cut", "cut=unsized", "cut=chunked", "hang", "drip=2000/1", "latency=1", "html",
    "no-body", "error-200", "broken", "bom", "redirect=https", "close-idle", "no-date",
)  # fmt: skip
ENVELOPES = (
    "total=3", "total=1000", "total=0", "pages=1", "pages=99", "no-pagination", "text-pagination",
    "short-page", "blank-page", "beyond", "beyond=422",
)  # fmt: skip
VIEWS = (
    "shuffled", "first-page", "clamp=3", "ignore=dealer", "ignore=status", "ignore=updatedSince",
    "push", "append", "lag=300",
)  # fmt: skip
RECORDS = (
    "nan", "surrogate", "latin1", "null-id", "no-id", "no-updated", "twice", "invalid=20%",
)  # fmt: skip
DENIALS = ("missing=10%", "missing=50%", "slide", "slide=9", "empty", "lag=7200")
TALES = (
    "bare", "sold", "sold=60%", "unknown-status", "updated-2099", "foreign", "two-dealers",
    "lost=DEX-GENT", "lost=DEX-ANTWERPEN;as=empty", "skew=3600", "skew=-3600", "skew=200000",
)  # fmt: skip
LIES = {each.partition("=")[0] for each in (*DENIALS, *TALES)} - {"lag"}
PLACES = ("", "", "", "", "@1", "@2", "@3-5", "@6+", "@listings#1", "@listings#2+", "@30%")
KINDS = [st.sampled_from(each) for each in (ERRORS, ENVELOPES, VIEWS, RECORDS, DENIALS, TALES)]
FAULTS = st.lists(
    st.tuples(st.one_of(KINDS), st.sampled_from(PLACES)).map("".join), min_size=1, max_size=2
)
LATER = st.sampled_from((60.0, 300.0, PASSING_QUARTER, PASSING_QUARTER, 7 * 3600.0, 2 * 86_400.0))
WHOM = st.sampled_from((*CODES, "", "", "", ""))  # nobody in particular: everybody
Order = tuple[str, str, int]  # what happens to how many cars of whom
ORDERS = st.tuples(
    st.sampled_from(
        ("edit", "add", "sell", "vanish", "vanish", "reserve", "draft", "sell_out", "wipe",
         "slip_back", "come_back", "edit_dealer", "change_access")
    ),
    st.sampled_from(CODES),
    st.sampled_from((1, 1, 2, 3, 4, 8, 12)),
)  # fmt: skip
CHANGES = st.lists(ORDERS, max_size=3)
MOVES = st.dictionaries(
    st.integers(1, 20),
    st.tuples(
        st.sampled_from(("edit", "add", "sell", "vanish")),
        st.sampled_from(CODES),
        st.integers(1, 3),
    ),
    min_size=1,
    max_size=4,
)

Change = Callable[[], None]


class Shifted(Clock):
    """A clock that runs with another one, and whose calendar somebody has set wrong."""

    def __init__(self, watch: Watch, hours: float) -> None:
        self._watch = watch
        self._shift = timedelta(hours=hours)

    def now(self) -> float:
        return self._watch.now()

    def utc(self) -> datetime:
        return self._watch.utc() + self._shift

    def sleep(self, seconds: float) -> None:
        self._watch.sleep(seconds)


class Moving(World):
    """A world whose stock may change between two requests of a build."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.due: dict[int, Change] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if change := self.due.pop(len(self.requests) + 1, None):
            change()
        return super().handle_request(request)


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What is true, and what is out, at one moment; ids by dealer."""

    active: dict[str, set[str]]
    out: dict[str, set[str]]

    def all_out(self) -> set[str]:
        """What is out of everybody."""
        return set().union(*self.out.values())


def stock_of_the_machine() -> Stock:
    """Forty-five cars at five locations, each fit for every feed."""
    stock = make_stock(3, 45, 6, photo_base="https://images.example", most_photos=1)
    for entry in list(stock):
        stock.put(fit(stock.listing(entry.id)))
    return stock


def fit(listing: Json) -> Json:
    """The listing, with all that a feed may want of it."""
    photo = {"url": f"https://images.example/{listing['id']}.jpg", "position": 0}
    return listing | {"price": listing["price"] or 9_000, "images": [photo]}


class Builds(RuleBasedStateMachine):
    """The machine: its rules change the world or build; each build is judged at its end.

    :ivar denied: how many calm builds in a row a car was out of, that is not for sale.
    :ivar lies: how many builds in a row were lied to.
    """

    @initialize(seconds=st.sampled_from((0.0, 0.25)), limit=st.sampled_from((0, 120)))
    def begin(self, seconds: float, limit: int) -> None:
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(walk, "PAGE_SIZE", PAGE)
        self.patch.setattr(crawls, "PAGE", PAGE)
        self.patch.setattr(pace, "MOST_IN_FLIGHT", 1)  # threads would take turns by chance
        self.folder = tempfile.TemporaryDirectory()
        self.world = Moving(
            Path(self.folder.name), stock_of_the_machine(), seconds=seconds, rate_limit=limit
        )
        self.left: dict[str, Json] = {}
        self.owner = {each.id: each.dealer_id for each in self.world.stock}
        self.touched: dict[str, float] = {}
        self.denied: Counter[str] = Counter()
        self.lies = 0
        self.hidden: set[str] = set()
        self.trusted_from = 0.0  # before, dates may be protected by a clock that was wrong
        self.slipped = False  # a car came back under its old date: counts may agree by chance
        self.serial = 0
        self.read: set[str] = set()  # codes of crawls that once went through
        self.judged = 0.0  # when the last build ended

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.patch.undo()
            self.folder.cleanup()

    @rule(changes=CHANGES, code=WHOM, later=LATER, full=st.booleans())
    def build(self, changes: list[Order], code: str, later: float, *, full: bool) -> None:
        self._make(changes)
        self._judge(code, later, full=full)

    @rule(
        changes=CHANGES,
        code=WHOM,
        later=LATER,
        faults=FAULTS,
        times=st.sampled_from((1, 1, 2, 3)),
    )
    def build_in_trouble(
        self, changes: list[Order], code: str, later: float, faults: list[str], times: int
    ) -> None:
        self._make(changes)
        for _ in range(times):
            self._judge(code, later, faults=tuple(faults))

    @rule(changes=CHANGES, code=WHOM, faults=FAULTS, hours=st.sampled_from((-80, -2, 2, 80)))
    def build_by_a_wrong_clock(
        self, changes: list[Order], code: str, faults: list[str], hours: int
    ) -> None:
        self._make(changes)
        self._judge(code, PASSING_QUARTER, faults=tuple(faults[1:]), hours=hours)

    @rule(changes=CHANGES, code=WHOM, moves=MOVES, faults=FAULTS, full=st.booleans())
    def build_on_the_move(
        self,
        changes: list[Order],
        code: str,
        moves: dict[int, Order],
        faults: list[str],
        *,
        full: bool,
    ) -> None:
        self._make(changes)
        for number, order in moves.items():
            self.world.due[number] = partial(self._make, [order])
        self._judge(code, PASSING_QUARTER, faults=tuple(faults[1:]), is_moving=True, full=full)

    @rule(changes=CHANGES, code=WHOM)
    def leave_in_peace(self, changes: list[Order], code: str) -> None:
        """Some builds without a fault, in one of which the operator lets pass what is held."""
        self._make(changes)
        self._judge(code, PASSING_QUARTER)
        for number in range(3):
            names = tuple(self.world.code(each) for each in self._held()) if number == 1 else ()
            self._judge("", PASSING_QUARTER, full=True, force=names)
        seen, held = self._seen(), self._held()
        for dealer in seen.active.keys() - held - self.hidden:
            assert seen.out[dealer] == seen.active[dealer], self.world.code(dealer)

    def _make(self, changes: list[Order]) -> None:
        for what, code, count in changes:
            getattr(self, f"_{what}")(code, count)

    def _edit(self, code: str, count: int) -> None:
        for car in self._cars(code)[:count]:
            self.serial += 1
            self._change(car, mileage=self.serial + 1_000)

    def _add(self, code: str, count: int) -> None:
        for _ in range(count):
            self.serial += 1
            car = str(uuid.uuid5(uuid.NAMESPACE_OID, str(self.serial)))
            self.world.stock.invent(car, self.world.dealer(code), self._now())
            self.world.stock.put(fit(self.world.stock.listing(car)))
            self.owner[car] = self.world.dealer(code)
            self.touched[car] = self.world.watch.now()

    def _sell(self, code: str, count: int, status: str = "sold") -> None:
        for car in self._cars(code)[-count:]:
            self._change(car, status=status)

    def _reserve(self, code: str, count: int) -> None:
        self._sell(code, count, "pending")

    def _draft(self, code: str, count: int) -> None:
        self._sell(code, count, "draft")

    def _vanish(self, code: str, count: int) -> None:
        for car in self._cars(code)[:count]:
            self.left[car] = self.world.stock.listing(car)
            self.world.stock.remove(car, self._now())

    def _sell_out(self, code: str, _: int) -> None:
        self._sell(code, 1_000)

    def _wipe(self, code: str, _: int) -> None:
        self._vanish(code, 1_000)

    def _slip_back(self, code: str, count: int) -> None:
        """Under their old dates."""
        for car in [each for each in sorted(self.left) if self._is_at(each, code)][:count]:
            self.world.stock.put(self.left.pop(car))
            self.slipped = True

    def _come_back(self, code: str, count: int) -> None:
        for car in [each for each in sorted(self.left) if self._is_at(each, code)][:count]:
            self.world.stock.put(self.left.pop(car))
            self._change(car)
        others = [each.id for each in self.world.stock if each.status != "active"]
        for car in [each for each in others if self._is_at(each, code)][:count]:
            self._change(car, status="active", price=9_000)

    def _edit_dealer(self, code: str, _: int) -> None:
        self.serial += 1
        dealer = self.world.stock.dealers[self.world.dealer(code)]
        dealer.profile["phone"] = f"+32 9 00 {self.serial:04}"

    def _change_access(self, code: str, _: int) -> None:
        self.hidden ^= {self.world.dealer(code)}
        roots = [each for each in self.world.stock.dealers if each not in self.hidden]
        own = [each for each in roots if self.world.code(each) != "DEX-HQ"]  # else its children too
        self.world.partners[KEY] = Partner(roots=tuple(own) if self.hidden else None)

    def _is_at(self, car: str, code: str) -> bool:
        return self.owner[car] == self.world.dealer(code)

    def _cars(self, code: str) -> list[str]:
        return sorted(self.world.active(code))

    def _change(self, car: str, **members: Any) -> None:
        self.world.change(car, **members)
        self.touched[car] = self.world.watch.now()

    def _now(self) -> int:
        return int(self.world.watch.unix() * 1_000)

    def _held(self) -> set[str]:
        with Store.open(beside(self.world.folder / "syndicator.toml").state) as store:
            return set(holds.held(store))

    def _seen(self) -> Seen:
        active: dict[str, set[str]] = {each: set() for each in self.world.stock.dealers}
        out: dict[str, set[str]] = {each: set() for each in self.world.stock.dealers}
        for entry in self.world.stock:
            if entry.status == "active":
                active[entry.dealer_id].add(entry.id)
        for car in self.world.shown():
            out.setdefault(self.owner.get(car, "nobody"), set()).add(car)
        return Seen(active=active, out=out)

    def _judge(self, code: str, later: float, **asked: Any) -> None:
        faults, hours = asked.get("faults", ()), asked.pop("hours", 0)
        is_moving = asked.pop("is_moving", False)
        force = asked.get("force", ())
        if hours:
            asked["clock"] = Shifted(self.world.watch, hours)
        is_calm = not faults and not is_moving and not hours
        is_lied_to = any(lies(each) for each in faults)
        before = self._seen()
        targets = (code,) if code else ()
        built = self.world.build(*targets, later=later, **asked)
        self.world.due.clear()
        after = self._seen()
        held = self._held()
        if any("skew" in each for each in faults):
            ahead = 70 * 3_600 if hours else 3_600
            self.trusted_from = self.world.watch.now() + ahead + 2 * OVERLAP
        self._codes_fit(built, f"location {code}".casefold() if code else "all")
        self._nothing_was_lost(built, before, after, is_lied_to=is_lied_to, force=force)
        self._nothing_strange_came(code, before, after, is_lied_to=is_lied_to)
        if built.summary is None:
            assert after.out == before.out, built
        if is_calm and built.summary is not None:
            self._what_is_out_is_true(code, after, held, asked)
        elif not is_calm:
            self.denied.clear()
        if is_moving and not faults and code in self.read:
            self._news_came(code, before, after, held)
        if built.code == 0:
            self.read.add(code)
        self.judged = self.world.watch.now()
        self.lies = self.lies + 1 if is_lied_to else 0
        for car in after.all_out() - before.all_out():
            self.touched[car] = self.world.watch.now()

    def _codes_fit(self, built: Built, name: str) -> None:
        assert built.code in {0, 2, 3, 4, 5, 6}, built
        told = {key.casefold(): each for key, each in self.world.status().targets.items()}
        assert self.world.status().run.exit_code == built.code
        if name not in told:
            assert built.code == 2, built
            return
        _agrees(built, told[name])

    def _nothing_was_lost(
        self, built: Built, before: Seen, after: Seen, *, is_lied_to: bool, force: Iterable[str]
    ) -> None:
        """Neither by an error, nor by one lie; two are believed, and so is the operator."""
        if self.lies + is_lied_to > 1 or any(lie_at_once(each) for each in self._faults()):
            return
        forced = {self.world.dealer(each) for each in force}
        for dealer in after.active.keys() - forced:
            on_offer = before.active[dealer] & after.active[dealer]
            lost = (before.out[dealer] & on_offer) - after.out[dealer]
            assert not lost, (self.world.code(dealer), lost, built)

    def _faults(self) -> tuple[str, ...]:
        script = self.world._fault
        return tuple(each.kind for each in script._rules) if script else ()

    def _nothing_strange_came(
        self, code: str, before: Seen, after: Seen, *, is_lied_to: bool
    ) -> None:
        if not code or is_lied_to:
            return
        own = self.world.dealer(code)
        for dealer in after.out.keys() - {own, "nobody"}:
            assert after.out[dealer] <= before.out[dealer], self.world.code(dealer)

    def _what_is_out_is_true(
        self, code: str, after: Seen, held: set[str], asked: dict[str, Any]
    ) -> None:
        dealers = {self.world.dealer(code)} if code else set(after.active)
        for dealer in dealers - held - self.hidden:
            missing = after.active[dealer] - after.out[dealer]
            if not self.slipped or asked.get("full"):
                assert not missing, (self.world.code(dealer), missing)
            self._ghosts_go(after.out[dealer] - after.active[dealer], asked)
        if asked.get("full") and not code:
            self.slipped = False

    def _news_came(self, code: str, before: Seen, after: Seen, held: set[str]) -> None:
        """However the pages moved: what changed before they were read is asked for by its date."""
        dealers = {self.world.dealer(code)} if code else set(after.active)
        for dealer in dealers - held - self.hidden:
            on_offer = before.active[dealer] & after.active[dealer]
            news = {car for car in on_offer if self.touched.get(car, -1.0) >= self.judged}
            assert news <= after.out[dealer], self.world.code(dealer)

    def _ghosts_go(self, ghosts: set[str], asked: dict[str, Any]) -> None:
        now = self.world.watch.now()
        for car in ghosts:
            if self.slipped and not asked.get("full"):
                continue
            if now < self.trusted_from or now - self.touched.get(car, -1e9) < OVERLAP + 60:
                continue
            self.denied[car] += 1
            assert self.denied[car] < 2, car


def lies(fault: str) -> bool:
    """Whether it denies cars, or says what is not so, in words that agree with one another."""
    kind = fault.partition("=")[0].partition("@")[0]
    return kind in LIES or fault.startswith("lag=7200")


def lie_at_once(kind: str) -> bool:
    """Whether one such answer is believed: what is seen sold is sold."""
    return kind in {"sold", "unknown-status", "foreign", "two-dealers", "updated-2099"}


def _agrees(built: Built, told: TargetSummary) -> None:
    """Exit code, state, reason and since when."""
    if built.summary is None:
        assert built.code != 0
        assert told.state != "ok"
        assert told.reason
        return
    if told.state == "held":
        assert built.code in {4, 5}, built
        assert told.reason
        assert told.held_since, (built, told)
    if built.code == 0:
        assert told.state == "ok", told
    if told.state == "failed":
        assert built.code in {3, 4, 5, 6}
        assert told.reason
    if told.state == "ok":
        assert built.code in {0, 4}, built
        assert not built.summary.failures
        assert not told.held_since


Builds.TestCase.settings = settings(
    phases=(Phase.generate,),  # shrinking takes minutes; ten steps can be read
    max_examples=16,
    stateful_step_count=10,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
TestBuilds = pytest.mark.timeout(600)(Builds.TestCase)  # 16 lives of a site
