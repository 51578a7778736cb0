"""Time as the program waits for it. One object, so that a test's time passes without waiting."""

import time
from datetime import UTC, datetime


class Clock:
    """The machine's own time."""

    def now(self) -> float:
        """Seconds on a clock that nobody sets: deadlines survive a machine that slept."""
        return time.monotonic()

    def utc(self) -> datetime:
        """The calendar, which somebody may have set wrong."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait; a signal's exception ends it at once."""
        time.sleep(seconds)


SYSTEM = Clock()
