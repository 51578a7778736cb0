"""What an answer that is no list means, as one of our errors. Pure.

The status decides, then the code; the API's own message is for people only. Nothing here is
redacted: the client does that with every message before anybody sees it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urlsplit

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
from syndicator.source.patience import Setback

PASSING = frozenset(
    [HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS]
)
NO_SCOPE = "SCOPE_DENIED"


class Rejected(AnswerError):
    """The API would not take the request itself (400, 422 and their like)."""


def refusal(status: int, headers: Mapping[str, str], body: bytes) -> Setback | None:
    """What is wrong with an answer by its status; ``None`` for 200.

    :param headers: looked up in lower case.
    """
    if status == HTTPStatus.OK:
        return None
    if status in range(300, 400):
        return Setback(error=_moved(status, headers.get("location", "")))
    said = wire.complaint(body)
    message = " ".join(filter(None, (f"the API answered {status}", said.code, said.message)))
    if status in PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Setback(
            error=Unreachable(message),
            passing=True,
            asked=wait_asked(headers.get("retry-after", ""), headers.get("date", "")),
        )
    if status in range(200, 300):
        return Setback(error=AnswerError(f"{message} instead of 200"), passing=True)
    return Setback(error=_final(status, said.code, message))


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
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _moved(status: int, target: str) -> UsageError:
    """Redirects are never followed: the key would go along."""
    try:
        host = urlsplit(target).hostname or "the same host"
    except ValueError:
        host = "nowhere"
    return UsageError(
        f"the API answered {status}: it has moved to {host}",
        hint="correct the address of the API: https, the right host, no slash at the end",
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
