"""Which hosts have kept us waiting, so that one that is down does not cost hours."""

from collections import Counter
from threading import Lock

MAX_SILENCES = 5  # of a host, one after the other: then it is left alone for this run
MAX_IN_ALL = 100  # from then on only hosts are asked that have answered in this run


class Silences:
    """What came of the questions of one run; for any number of threads."""

    def __init__(self) -> None:
        self._door = Lock()
        self._of: Counter[str] = Counter()
        self._heard: set[str] = set()

    def forbid(self, host: str) -> bool:
        """Whether a host is not worth the time any more."""
        with self._door:
            many = self._of.total() >= MAX_IN_ALL and host not in self._heard
            return many or self._of[host] >= MAX_SILENCES

    def note(self, host: str, *, heard: bool) -> None:
        """A host has answered, be it with a refusal; or it has not, or not in time."""
        with self._door:
            if heard:
                self._heard.add(host)
                del self._of[host]
            else:
                self._of[host] += 1
