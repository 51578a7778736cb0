"""Which hosts have cost time for nothing, so that one that is down or slow does not cost hours."""

from collections import Counter
from threading import Lock

MOST_SECONDS = 100.0  # for pictures of one host that never came: it is left alone for this run
MOST_SECONDS_IN_ALL = 2000.0  # then only hosts are asked that have sent a picture in this run
FORGIVEN_SECONDS = 5.0  # for a picture that came


class Waste:
    """What came of the questions of one run; for any number of threads."""

    def __init__(self) -> None:
        self._door = Lock()
        self._lost: Counter[str] = Counter()  # milliseconds
        self._useful: set[str] = set()

    def forbid(self, host: str) -> bool:
        """Whether a host is not worth the time any more."""
        with self._door:
            much = self._lost.total() >= MOST_SECONDS_IN_ALL * 1000 and host not in self._useful
            return much or self._lost[host] >= MOST_SECONDS * 1000

    def note(self, host: str, seconds: float, *, came: bool) -> None:
        """A picture has come from a host, or, after so many seconds, has not."""
        with self._door:
            if came:
                self._useful.add(host)
                self._lost[host] = max(0, self._lost[host] - int(FORGIVEN_SECONDS * 1000))
            else:
                self._lost[host] += int(seconds * 1000)
