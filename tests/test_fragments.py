import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from syndicator import fragments
from syndicator.fragments import Fragments, prepare
from tests.world import World


class Makers:
    """Makes parts, and counts."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def ask(
        self, path: Path | None, *keys: str, ground: str = "g", read_only: bool = False
    ) -> list[bytes]:
        with Fragments(path, read_only=read_only) as kept:
            keep = kept.keep(ground)
            return [keep(key.encode(), lambda key=key: self._make(key)) for key in keys]  # type: ignore[misc]

    def _make(self, key: str) -> bytes:
        self.made.append(key)
        return f"<{key}>".encode()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "state" / "fragments.db"
    prepare(file)
    return file


def test_a_part_is_made_once_for_all_jobs_and_builds(path: Path) -> None:
    makers = Makers()
    assert makers.ask(path, "a", "b", "a") == [b"<a>", b"<b>", b"<a>"]
    prepare(path)
    assert makers.ask(path, "b", "c") == [b"<b>", b"<c>"]
    assert makers.made == ["a", "b", "c"]


def test_another_ground_has_parts_of_its_own(path: Path) -> None:
    makers = Makers()
    makers.ask(path, "a")
    makers.ask(path, "a", ground="h")
    assert makers.made == ["a", "a"]


def test_without_a_file_each_is_made_when_it_is_asked_for(tmp_path: Path) -> None:
    makers = Makers()
    assert makers.ask(None, "a", "a") == [b"<a>", b"<a>"]
    assert makers.ask(tmp_path / "none.db", "a") == [b"<a>"]
    assert makers.made == ["a", "a", "a"]
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_reads_what_is_kept_and_keeps_nothing(path: Path) -> None:
    makers = Makers()
    makers.ask(path, "a")
    before = path.read_bytes()
    makers.ask(path, "a", "b", read_only=True)
    makers.ask(path, "b", read_only=True)
    assert makers.made == ["a", "b", "b"]
    assert path.read_bytes() == before


def test_a_job_that_fails_keeps_nothing(path: Path) -> None:
    makers = Makers()
    with pytest.raises(ZeroDivisionError), Fragments(path) as kept:
        _ = kept.keep("g")(b"a", lambda: b"half"), 1 // 0
    assert makers.ask(path, "a") == [b"<a>"]


def test_many_parts_are_written_before_the_job_ends(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fragments, "MOST_HELD_BYTES", 10)
    makers = Makers()
    with Fragments(path) as kept:
        keep = kept.keep("g")
        for number in range(10):
            keep(f"{number}".encode(), lambda: b"x" * 6)
            assert len(kept._new) <= 1
        assert makers.ask(path, "0", "9", read_only=True) == [b"xxxxxx", b"xxxxxx"]


SPOILING = (
    "UPDATE parts SET body = substr(body, 1, 25)",
    "UPDATE parts SET body = CAST(replace(CAST(body AS TEXT), '<', '>') AS BLOB)",
    "UPDATE keys SET key = key + 1",
)


@pytest.mark.parametrize("spoil", SPOILING)
def test_a_part_that_is_not_whole_is_made_again(path: Path, spoil: str) -> None:
    makers = Makers()
    makers.ask(path, "a", "b")
    with sqlite3.connect(path) as connection:
        connection.execute(spoil)
    connection.close()
    assert makers.ask(path, "a", "b") == [b"<a>", b"<b>"]
    assert len(makers.made) > 2


def test_parts_are_not_those_of_another_key_with_the_same_number(path: Path) -> None:
    makers = Makers()
    makers.ask(path, "a", "b")
    with sqlite3.connect(path) as connection:
        first, second = (row for (row,) in connection.execute("SELECT body FROM parts"))
        connection.execute("UPDATE parts SET body = ? WHERE body = ?", (first, second))
    connection.close()
    assert makers.ask(path, "a", "b") == [b"<a>", b"<b>"]


@pytest.mark.parametrize(("damage", "times"), [("no database" * 100, 3), ("", 2)])
def test_a_file_that_is_none_costs_time_and_nothing_else(
    path: Path, damage: str, times: int
) -> None:
    makers = Makers()
    makers.ask(path, "a")
    path.write_text(damage)
    assert makers.ask(path, "a") == [b"<a>"]
    prepare(path)
    assert makers.ask(path, "a", "a") == [b"<a>", b"<a>"]
    assert makers.ask(path, "a") == [b"<a>"]
    assert len(makers.made) == times


def test_a_file_that_breaks_in_use_is_put_away(path: Path) -> None:
    makers = Makers()
    makers.ask(path, *(f"{number}" * 4000 for number in range(9)))
    body = bytearray(path.read_bytes())
    body[200:] = b"\xff" * (len(body) - 200)
    path.write_bytes(body)
    assert makers.ask(path, "1" * 4000) == [b"<" + b"1" * 4000 + b">"]
    prepare(path)
    assert makers.ask(path, "1" * 4000) == [b"<" + b"1" * 4000 + b">"]


def bodies(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        ((count,),) = connection.execute("SELECT COUNT(*) FROM parts")
    return int(count)


def test_two_makers_of_one_part_leave_one(path: Path) -> None:
    prepare(path)
    with Fragments(path) as one, Fragments(path) as other:
        assert one.keep("feed")(b"a", lambda: b"<a>") == b"<a>"
        assert other.keep("feed")(b"a", lambda: b"<a>") == b"<a>"
    assert bodies(path) == 1


def test_what_nobody_uses_goes_and_what_is_used_stays(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fragments, "FRESH", 2)
    monkeypatch.setattr(fragments, "KEPT", 6)
    makers = Makers()
    makers.ask(path, "old", "used")
    for _ in range(12):
        prepare(path)
        makers.ask(path, "used")
    assert makers.made == ["old", "used"]
    assert bodies(path) == 1
    makers.ask(path, "old")
    assert makers.made == ["old", "used", "old"]


def test_what_is_put_together_from_parts_is_what_a_whole_rendering_makes(tmp_path: Path) -> None:
    world = World(tmp_path)
    assert world.build(only=()).code == 0
    one, other = world.active()[:2]
    world.change(one, price=4321)
    world.change(other, status="sold")
    assert world.build(only=()).code == 0
    put_together = world.files()
    assert world.build(only=(), rerender=True).code == 0
    assert world.files() == put_together
