"""Asks the API, and shows the key to nobody else. The only I/O of this package.

One request at a time leaves each thread, is paced, limited in time and size, tried again where
that may help, and never follows a redirect.
"""

import logging
import uuid
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

import msgspec

from syndicator import __version__, late
from syndicator.errors import AnswerError, Unreachable, UsageError
from syndicator.source import answers, body, endpoint, wire
from syndicator.source.background import begun
from syndicator.source.clock import SYSTEM, Clock
from syndicator.source.pace import Pace
from syndicator.source.patience import ATTEMPTS, READINGS, RUN_SECONDS, Patience, Setback
from syndicator.source.query import ListingQuery, LocationListingQuery, LocationQuery, Query
from syndicator.source.secret import Secret
from syndicator.source.wire import Page, Pagination

if TYPE_CHECKING:
    import ssl

    import httpx  # noqa: TID251 - one of the two places that speak HTTP
else:  # a build that asks nothing need not wait for them
    ssl, httpx = late.module("ssl"), late.module("httpx")

__all__ = [
    "Client",
    "ListingQuery",
    "LocationListingQuery",
    "LocationQuery",
    "Page",
    "Pagination",
    "Secret",
]

STEP_SECONDS = 20.0  # to connect, to send, to wait for the next bytes
CONNECT_SECONDS = 10.0
MAX_SECONDS = 60.0  # of a whole attempt; httpx has no such limit
GRACE_SECONDS = 5.0  # for an attempt to end by itself
MAX_BYTES = 64 * 1024**2  # decoded
MAX_COMPLAINT = 64 * 1024  # the same, of an error
MAX_MESSAGE = 300

log = logging.getLogger(__name__)
for _name in ("httpx", "httpcore"):  # they log whole URLs and headers
    logging.getLogger(_name).setLevel(logging.WARNING)


class Client:
    """A connection to the API under one key; a context manager.

    :raises UsageError: the address is not https (plain http only for loopback hosts).
    """

    def __init__(
        self,
        base_url: str,
        secret: Secret,
        *,
        transport: "httpx.BaseTransport | None" = None,
        seconds: float = RUN_SECONDS,
        patience: Patience | None = None,
        clock: Clock = SYSTEM,
    ) -> None:
        """:param seconds: all requests together may take."""
        self.answers = 0  # that were good
        self._good: set[str] = set()  # paths that answered well, so the address is right
        self._base = base_url.rstrip("/")
        self._host = endpoint.host_of(self._base)
        self._secret = secret
        self._pace = Pace(clock)
        self._patience = patience or Patience(clock, seconds=seconds)
        self._clock = clock
        self._proxy = endpoint.proxy_for(self._base)
        self._http = self._connected(transport)
        if self._proxy:
            log.warning("requests go through the proxy %s of the environment", self._proxy)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    @property
    def requests(self) -> int:
        """How many were sent, retries included."""
        return self._pace.granted

    def in_flight(self, busy: float) -> int:
        """How many requests should be under way at once to use the allowance.

        :param busy: seconds from an answer to the next question.
        """
        return self._pace.in_flight(busy)

    def now(self) -> float:
        """Seconds, on the clock that requests are paced by."""
        return self._clock.now()

    @property
    def seconds_left(self) -> float:
        """Of the run."""
        return self._patience.left

    def listings(self, query: ListingQuery) -> Page:
        """One page of ``/listings``.

        :raises SourceError: as drawn in :mod:`syndicator.errors`; so do the other methods.
        """
        return self._ask("/listings", query)

    def location_listings(self, location_id: str, query: LocationListingQuery) -> Page:
        """One page of the listings of a location.

        :raises UsageError: the id would lead to another address.
        """
        if not location_id.strip(". "):
            raise UsageError("the id of the location is empty")
        return self._ask(f"/locations/{quote(location_id, safe='')}/listings", query)

    def locations(self, query: LocationQuery) -> Page:
        """All locations, which the API gives in one answer."""
        page = self._ask("/locations", query)
        total = page.pagination.total_items if page.pagination else None
        if total is not None and total > len(page.records):
            log.warning("the API shows %d of %d locations", len(page.records), total)
        return page

    def _connected(self, transport: "httpx.BaseTransport | None") -> "httpx.Client":
        try:
            return httpx.Client(
                transport=transport,
                trust_env=not endpoint.is_loopback(self._host),  # a proxy is not this machine
                follow_redirects=False,
                headers={
                    "User-Agent": f"syndicator/{__version__}",
                    "Accept": "application/json",
                    "Accept-Encoding": body.ACCEPTED,
                },
            )
        except (ImportError, ValueError, httpx.InvalidURL):  # SOCKS, or no address at all
            raise UsageError(f"cannot use the proxy {self._proxy} of the environment") from None

    def _ask(self, path: str, query: Query) -> Page:
        url, request_id = self._base + path, str(uuid.uuid4())
        setbacks: list[Setback] = []
        while True:
            if not self._pace.wait(self._patience.deadline):
                raise Unreachable("the time for this run is used up", hint="see [sync] deadline")
            outcome = self._once(url, query.parameters(), request_id)
            if isinstance(outcome, Page):
                self._patience.succeeded()
                self.answers += 1
                self._good.add(path)
                return outcome
            if path in self._good and isinstance(outcome.error, UsageError):  # a log-in page, say
                raise AnswerError(outcome.error.message)
            setbacks.append(outcome)
            self._wait_after(setbacks, f"{url} (request {request_id})")

    def _wait_after(self, setbacks: Sequence[Setback], what: str) -> None:
        """Return when it is time to try again.

        :raises SourceError: it makes no sense to.
        """
        setback, attempt = setbacks[-1], len(setbacks)
        alike = sum(each.attempts == setback.attempts for each in setbacks)
        wait = self._patience.next_wait(setback, attempt, alike)
        if wait is None:
            log.debug("gave up %s after attempt %d", what, attempt)
            raise setback.error
        level = logging.INFO if attempt == 1 else logging.WARNING  # one hiccup is no news
        log.log(level, "%s; again in %.1f s: %s", setback.error, wait, what)
        if setback.limited:
            self._pace.pause(wait)
        else:
            self._clock.sleep(wait)

    def _once(self, url: str, parameters: dict[str, str], request_id: str) -> Page | Setback:
        """One attempt. A failure is a value, so that no traceback leads to what httpx held."""
        began, outcome = self._clock.now(), None
        try:
            outcome = self._whole(partial(self._request, url, parameters, request_id))
        except AnswerError as error:
            again = 1 if isinstance(error, body.TooLarge) else READINGS
            outcome = self._cleaned(Setback(error=error, attempts=again))
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError) as error:
            return self._trouble(error)
        finally:
            refused = isinstance(outcome, Setback) and outcome.limited
            took = self._clock.now() - began if outcome is not None else None
            self._pace.answered(took, refused=refused)
        return outcome

    def _whole(self, request: "Callable[[], httpx.Request]") -> Page | Setback:
        """The exchange, or an error at its end: what drips in a head would have none.

        It is left to itself then, and its connection with it; httpx has no limit of that kind.
        """
        exchange = begun(lambda: self._exchange(request()))
        try:
            return exchange.result(self._span + GRACE_SECONDS)
        except TimeoutError:
            if exchange.done():
                raise
        raise httpx.ReadTimeout("the answer comes too slowly for the time there is")

    def _exchange(self, request: "httpx.Request") -> Page | Setback:
        latest = self._clock.now() + self._span - request.extensions["timeout"]["read"]
        response = self._http.send(request, stream=True)
        try:
            self._pace.follow(answers.allowance(response.headers))
            data = self._read(response, latest)
        finally:
            response.close()
        log.debug("%s: %d, %d bytes", request.url.path, response.status_code, len(data))
        setback = answers.refusal(response.status_code, response.headers, data, str(request.url))
        if setback is not None:
            return self._cleaned(setback)
        page = wire.page(data, answers.moment(response.headers.get("date", "")))
        if any(map(self._secret.stands_in, page.records)):  # or it would be stored and published
            return Setback(error=AnswerError("the answer repeats the key among its records"))
        return page

    def _request(self, url: str, parameters: dict[str, str], request_id: str) -> "httpx.Request":
        step = max(0.1, min(STEP_SECONDS, self._span * STEP_SECONDS / MAX_SECONDS))
        request = self._http.build_request(
            "GET",
            url,
            params=parameters,
            headers={"X-Request-Id": request_id},
            timeout=httpx.Timeout(step, connect=min(CONNECT_SECONDS, step)),
        )
        if request.url.host != self._host:  # the key goes to the configured host alone
            raise UsageError("a request was about to leave for another host")
        request.headers["Authorization"] = f"Bearer {self._secret.reveal()}"
        return request

    @property
    def _span(self) -> float:
        """How long an attempt may take that begins now."""
        return min(MAX_SECONDS, self._patience.left)

    def _read(self, response: "httpx.Response", latest: float) -> bytes:
        """The whole body; of a refusal, whose status says enough, only if it can be had."""
        good = response.status_code == httpx.codes.OK
        chunks = self._timely(response, latest)
        encoding = response.headers.get("content-encoding", "")
        try:
            return body.read(chunks, encoding, MAX_BYTES if good else MAX_COMPLAINT)
        except (AnswerError, httpx.HTTPError):
            if good:
                raise
            return b""

    def _timely(self, response: "httpx.Response", latest: float) -> Iterator[bytes]:
        """What comes while a wait for more, begun at the latest then, still ends in time."""
        for chunk in response.iter_raw():
            if self._clock.now() > latest and chunk:
                raise httpx.ReadTimeout("the answer comes too slowly for the time there is")
            yield chunk

    def _trouble(self, error: Exception) -> Setback:
        """What the network, or something in it, did."""
        certificate = _certificate_error(error)
        cause = certificate.verify_message if certificate else str(error)
        kind = "its certificate is not valid" if certificate else type(error).__name__
        way = f" through the proxy {self._proxy}" if self._proxy else ""
        message = self._clean(f"no answer from {self._host}{way}: {kind}: {cause}")
        return Setback(error=Unreachable(message), attempts=ATTEMPTS if certificate is None else 1)

    def _cleaned(self, setback: Setback) -> Setback:
        error = setback.error
        clean = type(error)(self._clean(error.message), hint=self._clean(error.hint))
        return msgspec.structs.replace(setback, error=clean)

    def _clean(self, text: str) -> str:
        """One short line without the key, for a person or a log."""
        shown = self._secret.redact(text)[:MAX_MESSAGE]
        return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in shown)[:MAX_MESSAGE]


def _certificate_error(error: BaseException | None) -> "ssl.SSLCertVerificationError | None":
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error
