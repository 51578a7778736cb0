import gzip
import json
import logging
import ssl
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from syndicator import __version__
from syndicator.errors import (
    AnswerError,
    KeyRefused,
    NotVisible,
    ScopeDenied,
    SyndicatorError,
    Unreachable,
    UsageError,
)
from syndicator.source import client as module
from syndicator.source.answers import Rejected
from syndicator.source.body import TooLarge
from syndicator.source.client import (
    Client,
    ListingQuery,
    LocationListingQuery,
    LocationQuery,
    Page,
    Pagination,
    Secret,
)
from syndicator.source.patience import Patience
from tests.watch import Watch

BASE = "https://www.okasie.be/api/external/v1"
CANARY = "sk_partner_canary+xy=z"
EMPTY = b'{"data": []}'

Handler = Callable[[httpx.Request], httpx.Response]


def answer(content: bytes = EMPTY, status: int = 200, **headers: str) -> httpx.Response:
    """Unread, as off the wire, in two pieces."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    half = len(content) // 2
    return httpx.Response(status, headers=named, content=iter([content[:half], content[half:]]))


def error(status: int, code: str = "", message: str = "", **headers: str) -> httpx.Response:
    content = json.dumps({"error": {"code": code, "message": message}}).encode()
    return answer(content, status, **headers)


class Api:
    """Answers in turn, the last one for ever; remembers requests; has a clock of its own."""

    def __init__(self, *answers: httpx.Response | Exception | Handler) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []
        self.watch = Watch()
        self.draw = 1.0

    @property
    def naps(self) -> list[float]:
        return self.watch.naps

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(found, Exception):
            raise found
        return found if isinstance(found, httpx.Response) else found(request)

    def client(self, base: str = BASE) -> Client:
        return Client(
            base,
            Secret(CANARY),
            transport=httpx.MockTransport(self),
            patience=Patience(self.watch, draw=lambda: self.draw),
            clock=self.watch,
        )

    def ask(self) -> Page:
        with self.client() as client:
            return client.listings(ListingQuery())


def failure(*answers: httpx.Response | Exception | Handler) -> tuple[SyndicatorError, Api]:
    api = Api(*answers)
    with pytest.raises(SyndicatorError) as caught:
        api.ask()
    return caught.value, api


def test_a_page_of_listings_is_asked_for_and_read() -> None:
    content = {
        "data": [{"id": "a"}],
        "pagination": {"page": 2, "pageSize": 50, "totalItems": 51, "totalPages": 2},
        "meta": {"partner": {"access": {"scope": "restricted", "profileIds": ["d"]}}},
    }
    api = Api(answer(json.dumps(content).encode(), date="Tue, 24 Nov 2026 12:00:00 GMT"))
    with api.client() as client:
        page = client.listings(ListingQuery(page=2, page_size=50, location_code="DEX GENT&x=1"))
        assert client.requests == 1
    assert page == Page(
        records=(b'{"id": "a"}',),
        pagination=Pagination(page=2, page_size=50, total_items=51, total_pages=2),
        profile_ids=frozenset("d"),
        scope="restricted",
        served=datetime(2026, 11, 24, 12, tzinfo=UTC),
    )
    (request,) = api.requests
    assert request.url.copy_with(query=None) == f"{BASE}/listings"
    assert dict(request.url.params) == {
        "page": "2",
        "pageSize": "50",
        "status": "active",
        "locationCode": "DEX GENT&x=1",
    }
    assert request.headers["authorization"] == f"Bearer {CANARY}"
    assert request.headers["user-agent"] == f"syndicator/{__version__}"
    assert request.headers["accept-encoding"] == "gzip, deflate"


def test_locations_and_their_listings_have_their_own_addresses() -> None:
    api = Api(lambda _: answer())
    with api.client(f"{BASE}/") as client:
        client.locations(LocationQuery(with_counts=True))
        client.location_listings("a/../b?c", LocationListingQuery(include_children=True))
    assert [request.url.raw_path.decode() for request in api.requests] == [
        "/api/external/v1/locations?withCounts=true",
        (
            "/api/external/v1/locations/a%2F..%2Fb%3Fc/listings"
            "?page=1&pageSize=200&status=active&includeChildren=true"
        ),
    ]


@pytest.mark.parametrize("location_id", ["", " ", ".", ".."])
def test_an_id_that_leads_elsewhere_is_not_asked_for(location_id: str) -> None:
    api = Api(answer())
    with api.client() as client, pytest.raises(UsageError, match="id of the location"):
        client.location_listings(location_id, LocationListingQuery())
    assert api.requests == []


def test_locations_that_the_api_holds_back_are_told(caplog: pytest.LogCaptureFixture) -> None:
    api = Api(answer(b'{"data": [{}], "pagination": {"totalItems": 7}}'))
    with api.client() as client:
        client.locations(LocationQuery())
    assert caplog.messages == ["the API shows 1 of 7 locations"]


def test_a_compressed_answer_is_unpacked() -> None:
    packed = gzip.compress(b'{"data": [{"id": "a"}]}')
    assert Api(answer(packed, content_encoding="gzip")).ask().records == (b'{"id": "a"}',)


def test_an_answer_beyond_the_cap_is_refused_at_once() -> None:
    bomb = gzip.compress(bytes(module.MAX_BYTES + 1))
    found, api = failure(answer(bomb, content_encoding="gzip"))
    assert (type(found), len(api.requests)) == (TooLarge, 1)
    assert "64 MiB" in found.message


@pytest.mark.parametrize("content", [b"\xff", bytes(10**6)])
def test_a_refusal_counts_also_where_its_body_cannot_be_had(content: bytes) -> None:
    found, api = failure(answer(content, 401, content_encoding="gzip"))
    assert (type(found), len(api.requests)) == (KeyRefused, 1)


def test_an_answer_that_drips_is_left_at_the_deadline() -> None:
    dripped: list[bytes] = []

    def drip(api: Api) -> Iterator[bytes]:
        while True:
            api.watch.tick(1.0)
            dripped.append(b" ")
            yield b" "

    api = Api(lambda _: httpx.Response(200, content=drip(api)))
    with pytest.raises(Unreachable, match="too slowly"):
        api.ask()
    assert len(dripped) == 41 * 5  # a last wait of 20 s would end with the minute


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, "UNAUTHORIZED", KeyRefused),
        (403, "SCOPE_DENIED", ScopeDenied),
        (403, "PROFILE_FORBIDDEN", NotVisible),
        (404, "NOT_FOUND", NotVisible),
        (422, "VALIDATION_FAILED", Rejected),
    ],
)
def test_a_final_refusal_is_asked_once(status: int, code: str, kind: type[SyndicatorError]) -> None:
    found, api = failure(error(status, code, "Because"))
    assert (type(found), len(api.requests), api.naps) == (kind, 1, [])
    assert found.message == f"the API answered {status} {code} Because"


@pytest.mark.parametrize(
    "trouble",
    [
        httpx.ConnectError("refused"),
        httpx.ConnectTimeout("slow"),
        httpx.ReadTimeout("slow"),
        httpx.ReadError("reset"),
        httpx.RemoteProtocolError("peer closed connection without sending complete message body"),
        httpx.ProxyError("bad gateway"),
        lambda _: error(500),
        lambda _: error(503),
    ],
)
def test_what_may_pass_is_tried_five_times_in_all(trouble: Exception | Handler) -> None:
    found, api = failure(trouble)
    assert isinstance(found, Unreachable)
    assert (len(api.requests), api.naps[:4]) == (5, [1.0, 2.0, 4.0, 8.0])
    assert len({request.headers["x-request-id"] for request in api.requests}) == 1


@pytest.mark.parametrize(
    "trouble",
    [
        lambda _: answer(b"<html>Maintenance"),
        lambda _: answer(b""),
        lambda _: answer(b'{"data": ['),
        lambda _: answer(b'{"data": [], "error": {"code": "X"}}'),
        lambda _: answer(b"", 204),
    ],
)
def test_an_answer_that_makes_no_sense_is_asked_for_three_times(trouble: Handler) -> None:
    found, api = failure(trouble)
    assert isinstance(found, AnswerError)
    assert (len(api.requests), api.naps) == (3, [1.0, 2.0])


def test_a_failure_that_passes_is_forgotten() -> None:
    api = Api(httpx.ReadError("reset"), error(500), answer(b"<html>"), answer())
    assert api.ask().records == ()
    assert len(api.requests) == 4


def test_requests_have_ids_of_their_own() -> None:
    api = Api(lambda _: answer())
    with api.client() as client:
        client.locations(LocationQuery())
        client.locations(LocationQuery())
    assert len({request.headers["x-request-id"] for request in api.requests}) == 2


def test_a_wait_that_the_api_asks_for_is_kept() -> None:
    api = Api(error(429, retry_after="7"), error(503, retry_after="0"), answer())
    api.ask()
    assert api.naps == [8.0, 2.0]  # with a second of jitter each


def test_a_wait_of_more_than_five_minutes_is_not_waited_for() -> None:
    found, api = failure(error(503, retry_after="301"))
    assert (type(found), api.naps) == (Unreachable, [])


def test_a_redirect_is_a_mistake_of_the_configuration_and_not_followed() -> None:
    found, api = failure(answer(b"", 302, location=f"https://other.example/?k={CANARY}"))
    assert (type(found), len(api.requests)) == (UsageError, 1)
    assert "other.example" in found.message


def test_a_bad_certificate_is_told_in_one_line_and_not_tried_again() -> None:
    cause = ssl.SSLCertVerificationError(1, "certificate verify failed")
    cause.verify_message = "certificate has expired"
    trouble = httpx.ConnectError("[SSL]")
    trouble.__cause__ = OSError()
    trouble.__cause__.__context__ = cause
    found, api = failure(trouble)
    assert (type(found), len(api.requests)) == (Unreachable, 1)
    assert "its certificate is not valid: certificate has expired" in found.message
    assert "\n" not in found.message


def test_the_address_must_be_https_or_loopback() -> None:
    for base in ("http://www.okasie.be/api", "ftp://x", "https://user@okasie.be", ""):
        with pytest.raises(UsageError):
            Api(answer()).client(base)
    api = Api(answer())
    with api.client("http://127.0.0.1:8080/v1") as client:
        client.listings(ListingQuery())
    assert api.requests[0].url.host == "127.0.0.1"


def test_a_proxy_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "gopher://user:word@proxy.example")
    with pytest.raises(UsageError, match=r"proxy\.example") as caught:
        Client(BASE, Secret(CANARY))
    assert "word" not in caught.value.message


def test_loopback_never_goes_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "gopher://proxy.example")
    monkeypatch.setenv("ALL_PROXY", "gopher://proxy.example")
    Client("http://localhost:1", Secret(CANARY)).close()


def test_the_stated_allowance_is_followed() -> None:
    api = Api(lambda _: answer(x_ratelimit_limit="10"))
    with api.client() as client:
        for _ in range(12):
            client.locations(LocationQuery())
        assert client.requests == 12
    assert sum(api.naps) > 50


ECHOES: list[httpx.Response | Exception | Handler] = [
    lambda _: error(401, CANARY, f"bad key Bearer {CANARY}"),
    lambda _: error(403, "X", "x" * 290 + CANARY),
    lambda _: error(422, "X", f"Authorization: {CANARY}\r\n\x1b[31mred\u202e"),
    lambda _: error(500, "X", quote(CANARY, safe="")),
    lambda _: answer(json.dumps({"data": [], "error": {"message": CANARY}}).encode()),
    lambda _: answer(b"", 302, location=f"https://{CANARY.upper()}@{CANARY}.example/"),
    httpx.LocalProtocolError(f"Illegal header value b'Bearer {CANARY}'"),
    httpx.ConnectError(f"cannot connect: {CANARY}"),
    httpx.InvalidURL(f"bad {CANARY}"),
]


@pytest.mark.parametrize("echo", ECHOES)
def test_case_136_the_key_is_in_no_message_log_or_trace(
    echo: httpx.Response | Exception | Handler, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    api = Api(echo)
    client = api.client()
    with pytest.raises(SyndicatorError) as caught:
        client.listings(ListingQuery(location_code="secret-target"))
    found: Any = caught.value
    told = "".join(
        [
            *traceback.format_exception(found),
            found.message,
            found.hint,
            repr(found),
            caplog.text,
            repr(client),
            repr(vars(client)),
        ]
    )
    assert "sk_partner_canary" not in told.lower()
    assert "secret-target" not in caplog.text
    assert len(found.message) <= 300
    assert found.message.isprintable()


@pytest.mark.parametrize("ask", ["listings", "locations"])
def test_case_136_an_answer_that_repeats_the_key_is_not_taken(ask: str) -> None:
    records = json.dumps({"data": [{"id": "a"}, {"id": "b", "title": f"x {CANARY} y"}]})
    api = Api(answer(records.encode()))
    query = {"listings": ListingQuery(), "locations": LocationQuery()}[ask]
    with api.client() as client, pytest.raises(AnswerError, match="repeats the key") as caught:
        getattr(client, ask)(query)
    assert CANARY not in str(caught.value)
    assert len(api.requests) == 1


def test_a_key_outside_the_records_is_nowhere_kept() -> None:
    debug = json.dumps({"data": [{"id": "a"}], "meta": {"sent": CANARY}})
    with Api(answer(debug.encode())).client() as client:
        assert CANARY not in repr(client.listings(ListingQuery()))


def test_success_tells_the_log_an_address_without_its_query(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with Api(answer()).client() as client:
        client.listings(ListingQuery(location_code="secret-target"))
    assert caplog.messages == ["/api/external/v1/listings: 200, 12 bytes"]
