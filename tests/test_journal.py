from pathlib import Path

import msgspec
import pytest

from syndicator import journal
from syndicator.contract import Kind
from syndicator.journal import Landing, Put
from syndicator.stage import Stage, Staged


def landing(count: int, folder: Path) -> Landing:
    staged = [Stage(folder / "job").write(f"{n}.xml", [b"x"], Kind.FEED) for n in range(count)]
    there = Staged(path="there", digest="0", size=1, kind=Kind.LEAF, mtime_ns=5, basis=b"\xff\x00")
    return Landing(
        output=str(folder / "output"),
        puts=tuple(Put(each, "atom@site") for each in [*staged, there]),
        removals=("old",),
        forgotten=("gone",),
        keys={"atom@site": "1"},
        dropped=("rss@site",),
    )


@pytest.mark.parametrize("count", [0, 1, journal.LINES - 1, journal.LINES])
def test_what_was_decided_is_read_back(tmp_path: Path, count: int) -> None:
    decided = landing(count, tmp_path)
    journal.write(tmp_path, decided)
    read = journal.read(tmp_path)
    assert read == decided
    assert list(read.moves) == list(decided.moves)
    assert len(list(read.moves)) == count
    assert all(Path(file).read_bytes() == b"x" for file, _ in read.moves)


def test_one_object_of_plain_json_holds_it(tmp_path: Path) -> None:
    """So that an older program, which may have to finish it, can."""
    journal.write(tmp_path, landing(1, tmp_path))
    told = msgspec.json.decode((tmp_path / "journal").read_bytes())
    assert told["version"] == 1
    assert [put["path"] for put in told["puts"]] == ["0.xml", "there"]
    assert told["puts"][1]["file"] is None
    assert set(told["puts"][0]["entry"]) == {"digest", "size", "kind", "job", "mtime_ns", "basis"}
