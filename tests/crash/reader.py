"""Somebody who reads a site while it is built: from the front page along every link, for ever.

``python -m tests.crash.reader output`` goes round and round until its standard input is closed,
and prints how often; or at once what it met that nobody may ever meet, and ends with 1.
"""

import io
import select
import sys
from pathlib import Path, PurePosixPath

from syndicator import deadlinks
from tests.crash.loop import places

FRONT = "index.html"


class Snapshot(io.BytesIO):
    """The bytes of a file as they were at one moment, in the place of its path."""

    def __init__(self, name: str, data: bytes) -> None:
        super().__init__(data)
        self.suffix = PurePosixPath(name).suffix
        self.data = data

    def read_bytes(self) -> bytes:
        return self.data


class Reader:
    """Reads as a web server does: a file by its name, again for each visit.

    :ivar complaints: what it has met.
    """

    def __init__(self, output: Path) -> None:
        self.output = output
        self.complaints: list[str] = []
        self._known: dict[tuple[str, bytes], tuple[str, ...]] = {}

    def walk(self) -> None:
        """Once everywhere."""
        seen: set[str] = set()
        waiting = {FRONT}
        if self._read(FRONT) is None:
            self.complaints.append(f"{FRONT}: is not there")
        while waiting and not self.complaints:
            name = waiting.pop()
            seen.add(name)
            data = self._read(name)
            if data is None:  # it was there when it was found
                continue
            waiting |= self._followed(name, data) - seen

    def _followed(self, name: str, data: bytes) -> set[str]:
        """The files that a page leads to, with a complaint for each link that leads nowhere."""
        found: set[str] = set()
        for link in self._links(name, data):
            meant = places(link, name)
            there = {each for each in meant if (self.output / each).is_file()}
            if meant and not there and self._read(name) == data:  # it did say so all the time
                self.complaints.append(f"{name}: dead link {link}")
            found |= there
        return found

    def _links(self, name: str, data: bytes) -> tuple[str, ...]:
        if (name, data) not in self._known:
            try:
                snapshot: object = Snapshot(name, data)
                self._known[name, data] = tuple(deadlinks.links(snapshot))  # type: ignore[arg-type]
            except deadlinks.UNSOUND as error:
                self.complaints.append(f"{name}: half a file: {error}")
                return ()
        return self._known[name, data]

    def _read(self, name: str) -> bytes | None:
        try:
            return (self.output / name).read_bytes()
        except FileNotFoundError:
            return None


def main() -> int:
    reader, walks = Reader(Path(sys.argv[1])), 0
    while not select.select([sys.stdin], [], [], 0)[0]:
        reader.walk()
        if reader.complaints:
            print("\n".join(reader.complaints))  # noqa: T201 - a program
            return 1
        walks += 1
        if walks == 1:
            print("reading", flush=True)  # noqa: T201 - likewise
    print(walks)  # noqa: T201 - likewise
    return 0


if __name__ == "__main__":
    sys.exit(main())
