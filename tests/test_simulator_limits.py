import gzip
import json
from email.utils import parsedate_to_datetime

import pytest

from syndicator.simulator.access import Partner
from syndicator.simulator.api import BASE_PATH
from syndicator.simulator.messages import Request
from syndicator.simulator.service import Service
from syndicator.simulator.stock import make_stock

NOON = 1_796_040_000.0  # a multiple of 60


class Clock:
    """Time that passes when told."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def service(clock: Clock, rate_limit: int) -> Service:
    return Service(make_stock(1, 5, 2), {"secret": Partner()}, rate_limit=rate_limit, clock=clock)


def request(key: str = "secret", **headers: str) -> Request:
    sent = {"x-api-key": key} | {name.replace("_", "-"): text for name, text in headers.items()}
    return Request(method="GET", path=f"{BASE_PATH}/listings", headers=sent)


def test_what_is_left_is_counted_down_until_the_window_ends(clock: Clock) -> None:
    api = service(clock, 3)
    clock.now += 10
    shown = []
    for _ in range(4):
        response = api.answer(request())
        shown.append((response.status, response.headers["X-RateLimit-Remaining"]))
    assert shown == [(200, "2"), (200, "1"), (200, "0"), (429, "0")]
    assert response.headers["X-RateLimit-Limit"] == "3"
    assert response.headers["X-RateLimit-Reset"] == str(int(NOON) + 60)
    assert response.headers["Retry-After"] == "50"
    error = json.loads(response.body)["error"]
    assert error["code"] == "RATE_LIMITED"
    assert error["retryAt"].endswith(":00Z")
    clock.now = NOON + 60
    assert api.answer(request()).status == 200


def test_no_more_than_five_in_any_second(clock: Clock) -> None:
    api = service(clock, 100)
    statuses = []
    for _ in range(6):
        statuses.append(api.answer(request()).status)
        clock.now += 0.19
    assert statuses == [200] * 5 + [429]
    assert [api.answer(request()).headers.get("Retry-After")] == ["1"]
    clock.now += 1
    assert api.answer(request()).status == 200


def test_five_a_second_apart_enough_are_fine(clock: Clock) -> None:
    api = service(clock, 100)
    statuses = set()
    for _ in range(20):
        statuses.add(api.answer(request()).status)
        clock.now += 0.2001
    assert statuses == {200}


def test_each_key_has_its_own_allowance_and_refusals_count(clock: Clock) -> None:
    api = service(clock, 2)
    assert [api.answer(request("wrong")).status for _ in range(3)] == [401, 401, 429]
    assert api.answer(request()).status == 200


def test_without_a_limit_a_high_one_is_stated_and_none_enforced(clock: Clock) -> None:
    api = service(clock, 0)
    responses = [api.answer(request()) for _ in range(50)]
    assert {each.status for each in responses} == {200}
    assert responses[-1].headers["X-RateLimit-Limit"] == "60000"
    assert responses[-1].headers["X-RateLimit-Remaining"] == "59950"


def test_the_request_id_is_given_back_or_made(clock: Clock) -> None:
    api = service(clock, 0)
    assert api.answer(request(x_request_id="abc-1")).headers["X-Request-Id"] == "abc-1"
    made = [api.answer(request()).headers["X-Request-Id"] for _ in range(2)]
    assert made == ["sim-00000001", "sim-00000002"]
    hostile = api.answer(request(x_request_id="a\r\nSet-Cookie: b=c"))
    assert hostile.headers["X-Request-Id"] == "sim-00000003"


def test_the_date_is_the_clocks(clock: Clock) -> None:
    date = service(clock, 0).answer(request()).headers["Date"]
    assert parsedate_to_datetime(date).timestamp() == NOON


@pytest.mark.parametrize(
    ("offer", "encoding"),
    [("gzip, deflate", "gzip"), ("br, *;q=0.1", "gzip"), ("gzip;q=0", None), ("", None)],
)
def test_answers_are_compressed_for_those_who_take_it(
    clock: Clock, offer: str, encoding: str | None
) -> None:
    response = service(clock, 0).answer(request(accept_encoding=offer))
    assert response.headers.get("Content-Encoding") == encoding
    body = gzip.decompress(response.body) if encoding else response.body
    assert json.loads(body)["pagination"]["totalItems"] == 5
