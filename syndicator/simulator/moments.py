"""Times as the API speaks them, and the stock's own today."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)  # today in the stock, which reads no clock

_UNIX = datetime(1970, 1, 1, tzinfo=UTC)


def instant(milliseconds: int) -> str:
    """RFC 3339 in UTC with milliseconds, from milliseconds since 1970."""
    moment = _UNIX + timedelta(milliseconds=milliseconds)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03}Z"


def milliseconds(moment: str) -> int:
    """Milliseconds since 1970, from RFC 3339; a time without an offset is UTC.

    :raises ValueError: it is no date and time.
    """
    parsed = datetime.fromisoformat(moment)
    if len(moment) < len("2026-03-01T00:00"):
        raise ValueError("a date without a time")
    aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    return (aware - _UNIX) // timedelta(milliseconds=1)
