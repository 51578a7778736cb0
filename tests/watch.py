"""Time that passes only when somebody sleeps, or when it is told to."""

import threading
from datetime import UTC, datetime, timedelta

from syndicator.source.clock import Clock

START = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Watch(Clock):
    """Shared by a client and the API that it talks to; safe for threads."""

    def __init__(self, start: datetime = START) -> None:
        self.start = start
        self.naps: list[float] = []
        self._seconds = 0.0
        self._lock = threading.Lock()

    def now(self) -> float:
        return self._seconds

    def utc(self) -> datetime:
        return self.start + timedelta(seconds=self._seconds)

    def unix(self) -> float:
        return self.utc().timestamp()

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.tick(seconds)

    def tick(self, seconds: float) -> None:
        """Let time pass without anybody sleeping."""
        with self._lock:
            self._seconds += seconds

    @property
    def slept(self) -> float:
        return sum(self.naps)
