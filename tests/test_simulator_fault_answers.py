import gzip
import json
import zlib
from email.utils import parsedate_to_datetime

import pytest

from syndicator.simulator.api import BASE_PATH
from syndicator.simulator.delivery import CloseIdle, Cut, Delivery, Drip, Hang, Reset
from syndicator.simulator.stock import Stock, make_stock
from tests.asking import NOON, asking, body, ids


@pytest.fixture
def stock() -> Stock:
    return make_stock(3, 120, 6, "http://photos.example")


@pytest.mark.parametrize(
    ("spec", "delivery"),
    [
        ("cut", Cut(framing="length")),
        ("cut=length", Cut(framing="length")),
        ("cut=unsized", Cut(framing="none")),
        ("cut=chunked", Cut(framing="chunked")),
        ("reset", Reset()),
        ("hang", Hang()),
        ("close-idle", CloseIdle()),
        ("drip", Drip(size=1, seconds=1.0)),
        ("drip=512/0.25", Drip(size=512, seconds=0.25)),
    ],
)
def test_a_delivery_is_told_with_the_answer(stock: Stock, spec: str, delivery: Delivery) -> None:
    response = asking(stock, spec)()
    assert response.delivery == delivery
    assert len(ids(response)) == 50


@pytest.mark.parametrize(
    ("options", "header", "text"),
    [
        (";retry-after=7", "Retry-After", "7"),
        (";retry-after=soon", "Retry-After", "soon"),
        (";retry-after=-3", "Retry-After", "-3"),
        (";retry-after=date:30", "Retry-After", "Mon, 30 Nov 2026 12:00:30 GMT"),
        (";retry-after=date:-3600", "Retry-After", "Mon, 30 Nov 2026 11:00:00 GMT"),
        (";reset=in:7", "X-RateLimit-Reset", "1796040007"),
        (";reset=ms:7", "X-RateLimit-Reset", "1796040007000"),
        (";reset=in:-60", "X-RateLimit-Reset", "1796039940"),
        (";reset=abc", "X-RateLimit-Reset", "abc"),
        (";remaining=0", "X-RateLimit-Remaining", "0"),
    ],
)
def test_a_refusal_says_when_to_come_back(
    stock: Stock, options: str, header: str, text: str
) -> None:
    response = asking(stock, f"status=429{options}")()
    assert response.status == 429
    assert body(response)["error"]["code"] == "RATE_LIMITED"
    rate = {name for name in response.headers if name.startswith(("X-RateLimit", "Retry"))}
    assert rate == {header}
    assert response.headers[header] == text
    assert {"Date", "X-Request-Id"} <= response.headers.keys()


def test_several_headers_stand_behind_one_another(stock: Stock) -> None:
    response = asking(stock, "status=503;retry-after=1;reset=in:9;code=BUSY@1")()
    assert body(response)["error"]["code"] == "BUSY"
    assert response.headers["Retry-After"] == "1"
    assert response.headers["X-RateLimit-Reset"] == "1796040009"


@pytest.mark.parametrize(
    ("spec", "status", "kind", "content"),
    [
        ("status=502;body=html", 502, "text/html; charset=utf-8", b"<!doctype html>"),
        ("status=500;body=text", 500, "text/plain", b"Internal Server Error"),
        ("status=500;body=string", 500, "application/json", b'"kapot"'),
        ("status=500;body=array", 500, "application/json", b'["kapot"]'),
        ("html", 200, "text/html; charset=utf-8", b"<!doctype html>"),
        ("error-200", 200, "application/json", b'{"error":{"code":"FETCH_FAILED"'),
        ("bom", 200, "application/json; charset=utf-8", b'\xef\xbb\xbf{"data":['),
    ],
)
def test_a_body_may_be_something_else(
    stock: Stock, spec: str, status: int, kind: str, content: bytes
) -> None:
    response = asking(stock, spec)()
    assert (response.status, response.headers["Content-Type"]) == (status, kind)
    assert response.body.startswith(content)


@pytest.mark.parametrize("spec", ["no-body", "status=204", "status=500;body=empty"])
def test_a_body_may_be_missing(stock: Stock, spec: str) -> None:
    assert asking(stock, spec)().body == b""


def test_broken_json_cannot_be_read(stock: Stock) -> None:
    with pytest.raises(json.JSONDecodeError):
        body(asking(stock, "broken")())


def test_a_key_is_revoked_from_a_request_on(stock: Stock) -> None:
    ask = asking(stock, "revoked@3+")
    assert [ask().status for _ in range(5)] == [200, 200, 401, 401, 401]
    assert body(ask())["error"]["code"] == "UNAUTHORIZED"


def test_a_bomb_is_small_and_holds_a_good_answer_behind_its_blanks(stock: Stock) -> None:
    ask = asking(stock, "bomb=20")
    response = ask()
    assert response.headers["Content-Encoding"] == "gzip"
    assert len(response.body) < 60_000
    unpacked = zlib.decompress(response.body, wbits=31)
    assert unpacked.startswith(b" " * 20 * 2**20 + b"{")
    assert len(json.loads(unpacked)["data"]) == 50
    assert ask().body == response.body


def test_an_encoding_may_be_unknown_or_fivefold(stock: Stock) -> None:
    response = asking(stock, "encoding=zopfli")()
    assert response.headers["Content-Encoding"] == "zopfli"
    assert response.body.startswith(b'{"data"')
    response = asking(stock, "encoding=fivefold")()
    assert response.headers["Content-Encoding"] == "gzip, gzip, gzip, gzip, gzip"
    unpacked = response.body
    for _ in range(5):
        unpacked = gzip.decompress(unpacked)
    assert unpacked.startswith(b'{"data"')


@pytest.mark.parametrize(
    ("target", "location"),
    [
        ("https://evil.example/x", "https://evil.example/x"),
        ("https", f"https://api.example{BASE_PATH}/listings?pageSize=50"),
        ("slash", f"{BASE_PATH}/listings/?pageSize=50"),
    ],
)
def test_a_redirect_leads_elsewhere(stock: Stock, target: str, location: str) -> None:
    response = asking(stock, f"redirect={target}@1")()
    assert (response.status, response.headers["Location"]) == (302, location)


def test_the_date_may_be_missing_or_off(stock: Stock) -> None:
    assert "Date" not in asking(stock, "no-date")().headers
    date = asking(stock, "skew=-7200")().headers["Date"]
    assert parsedate_to_datetime(date).timestamp() == NOON - 7200


def test_a_header_may_say_anything(stock: Stock) -> None:
    ask = asking(stock, "header=X-RateLimit-Remaining: 3", "header=X-RateLimit-Reset: in:5")
    headers = ask().headers
    assert headers["X-RateLimit-Remaining"] == "3"
    assert headers["X-RateLimit-Reset"] == "1796040005"
