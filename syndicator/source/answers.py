"""What an answer that is no list means, as one of our errors. Pure.

The status decides, then the code; the API's own message is for people only. Nothing here is
redacted: the client does that with every message before anybody sees it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

from syndicator.errors import (
    AnswerError,
    KeyRefused,
    NotVisible,
    ScopeDenied,
    SyndicatorError,
    Unreachable,
    UsageError,
)
from syndicator.source import wire
from syndicator.source.pace import Allowance
from syndicator.source.patience import ATTEMPTS, READINGS, Setback

MILLISECONDS = 10**11  # a larger Unix time counts these: seconds would be in the year 5138
PASSING = frozenset([HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY])
MOST_DIGITS = 16
YEARS = range(1970, 9000)  # in which a day more or less is a date, too
CORRECT = "correct the address of the API: https, the right host, no slash at the end"
NO_SCOPE = "SCOPE_DENIED"


class Rejected(AnswerError):
    """The API would not take the request itself (400, 422 and their like)."""


def refusal(
    status: int, headers: Mapping[str, str], body: bytes, address: str = ""
) -> Setback | None:
    """What is wrong with an answer by its status; ``None`` for 200.

    :param headers: looked up in lower case.
    :param address: what was asked, to tell a redirect to it in another form.
    """
    if status == HTTPStatus.OK:
        return None
    if status in range(300, 400):
        return Setback(error=_moved(status, headers.get("location", ""), address))
    said = wire.complaint(body)
    message = " ".join(filter(None, (f"the API answered {status}", said.code, said.message)))
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Setback(
            error=Unreachable(f"rate limited: {message}"),
            attempts=ATTEMPTS,
            asked=_asked(headers),
            limited=True,
        )
    if status in PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        asked = _retry_after(headers)
        return Setback(error=Unreachable(message), attempts=ATTEMPTS, asked=asked)
    if status in range(200, 300):
        return Setback(error=AnswerError(f"{message} instead of 200"), attempts=READINGS)
    return Setback(error=_final(status, said.code, message))


def seconds_to_reset(headers: Mapping[str, str]) -> float | None:
    """Until the moment of ``X-RateLimit-Reset`` by the API's own clock; never in the past.

    Unix time in seconds, or in milliseconds as some servers have it.
    """
    text, now = headers.get("x-ratelimit-reset", "").strip(), moment(headers.get("date", ""))
    if now is None or not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        return None
    at = int(text) / (1_000 if int(text) > MILLISECONDS else 1)
    return at - now.timestamp() if at > now.timestamp() else None


def allowance(headers: Mapping[str, str]) -> Allowance:
    """What the ``X-RateLimit-*`` headers say; of no use where they make no sense."""
    return Allowance.stated(
        headers.get("x-ratelimit-limit", ""),
        headers.get("x-ratelimit-remaining", ""),
        seconds_to_reset(headers),
    )


def _retry_after(headers: Mapping[str, str]) -> float | None:
    return wait_asked(headers.get("retry-after", ""), headers.get("date", ""))


def _asked(headers: Mapping[str, str]) -> float | None:
    """How long a 429 wants us to wait: until the reset, too, unless it was a mere burst."""
    after, reset = _retry_after(headers), seconds_to_reset(headers)
    left = headers.get("x-ratelimit-remaining", "").strip()
    if after is not None and left.isascii() and left.isdigit() and int(left[:9]) > 0:
        return after
    return max((each for each in (after, reset) if each is not None), default=None)


def wait_asked(retry_after: str, now: str) -> float | None:
    """Seconds of a ``Retry-After`` header; ``None`` where it says nothing of use.

    :param now: the ``Date`` header of the same answer, for our clock may differ.
    """
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    until, since = moment(retry_after), moment(now)
    if until is None or since is None or until <= since:
        return None
    return (until - since).total_seconds()


def moment(header: str) -> datetime | None:
    """An HTTP date in UTC."""
    try:
        when = parsedate_to_datetime(header)
        found = (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.year in YEARS else None


def _moved(status: int, target: str, address: str) -> UsageError:
    """Redirects are never followed: the key would go along."""
    try:
        parts, asked = urlsplit(urljoin(address, target)), urlsplit(address)
        host = parts.hostname or "nowhere"
    except ValueError:
        return UsageError(f"the API answered {status}: it has moved", hint=CORRECT)
    if not target or host != asked.hostname:
        return UsageError(f"the API answered {status}: it has moved to {host}", hint=CORRECT)
    base = f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/")
    for endpoint in ("/listings", "/locations"):
        base = base.removesuffix(endpoint)
    is_set = base == f"{asked.scheme}://{asked.netloc}{asked.path}".rpartition("/")[0]
    return UsageError(
        f"the API answered {status}: its address is written differently",
        hint=CORRECT if is_set else f"set OKASIE_API_URL to {base}",
    )


def _final(status: int, code: str, message: str) -> SyndicatorError:
    match status:
        case HTTPStatus.UNAUTHORIZED:
            return KeyRefused(message, hint="check OKASIE_API_SECRET")
        case HTTPStatus.FORBIDDEN if code == NO_SCOPE:
            return ScopeDenied(message, hint="ask Okasie for the scopes of this key")
        case HTTPStatus.FORBIDDEN | HTTPStatus.NOT_FOUND:
            return NotVisible(message)
        case _:
            return Rejected(message)
