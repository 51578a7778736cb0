import threading

import pytest

from syndicator.errors import Unreachable
from syndicator.source.ahead import Ahead
from syndicator.source.wire import Page, Pagination


class Api:
    """Three pages of ten, or what ``total`` says; remembers what was asked for, and by whom."""

    def __init__(self, total: int = 30) -> None:
        self.total = total
        self.asked: list[int] = []
        self.threads: set[int] = set()
        self.broken: set[int] = set()

    def __call__(self, number: int) -> Page:
        self.asked.append(number)
        self.threads.add(threading.get_ident())
        if number in self.broken:
            raise Unreachable(f"page {number}")
        stated = Pagination(page=number, page_size=10, total_items=self.total)
        return Page(records=(b"%d" % number,), pagination=stated)


def walk(api: Api, in_flight: int, pages: int = 3) -> list[bytes]:
    ahead = Ahead(api, lambda _: in_flight)
    return [ahead(number).records[0] for number in range(1, pages + 1)]


def test_one_at_a_time_needs_no_thread() -> None:
    api = Api()
    assert walk(api, 1) == [b"1", b"2", b"3"]
    assert (api.asked, api.threads) == ([1, 2, 3], {threading.get_ident()})


def test_pages_come_in_order_and_each_is_asked_for_once() -> None:
    api = Api()
    assert walk(api, 4) == [b"1", b"2", b"3"]
    assert sorted(api.asked) == [1, 2, 3]


def test_nothing_is_asked_for_beyond_the_end() -> None:
    api = Api(total=12)
    walk(api, 4, pages=2)
    assert sorted(api.asked) == [1, 2]


def test_without_a_total_nothing_is_asked_for_in_advance() -> None:
    asked: list[int] = []

    def fetch(number: int) -> Page:
        asked.append(number)
        return Page(records=())

    ahead = Ahead(fetch, lambda _: 4)
    ahead(1)
    ahead(2)
    assert asked == [1, 2]


def test_an_error_waits_for_its_page() -> None:
    api = Api()
    api.broken = {3}
    ahead = Ahead(api, lambda _: 4)
    assert ahead(1).records == (b"1",)
    assert ahead(2).records == (b"2",)
    with pytest.raises(Unreachable, match="page 3"):
        ahead(3)


def test_a_page_that_is_asked_for_again_is_fetched_again() -> None:
    api = Api()
    ahead = Ahead(api, lambda _: 2)
    for number in (1, 2, 2, 3):
        ahead(number)
    assert sorted(api.asked) == [1, 2, 2, 3]


def test_a_busy_reader_has_the_next_page_fetched_meanwhile() -> None:
    told: list[float] = []
    seconds = iter(range(100))

    def in_flight(busy: float) -> int:
        told.append(busy)
        return 1

    ahead = Ahead(Api(), in_flight, lambda: next(seconds))
    for number in (1, 2, 3):
        ahead(number)
    assert told == [0.0, 1.0, 1.0]


def test_what_a_list_has_for_certain_is_asked_for_with_its_first_page() -> None:
    api = Api(total=20)
    ahead = Ahead(api, lambda _: 3, last=2)
    ahead(1)
    ahead(2)
    assert sorted(api.asked) == [1, 2]
    assert len(api.threads) == 2
