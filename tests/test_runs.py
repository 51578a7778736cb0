import json
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from syndicator import cli
from syndicator.errors import OutputError
from syndicator.runs import WORDS, Entry, append, as_json, last, lines
from tests.readme import README
from tests.watch import START
from tests.wired import Wired
from tests.world import World


def entry(number: int = 0, **known: object) -> Entry:
    began = START + timedelta(minutes=15 * number)
    facts = {"started": began, "finished": began + timedelta(seconds=7), "exit_code": 0}
    return Entry(**(facts | {"requests": number} | known))  # type: ignore[arg-type]


def numbers(path: Path, limit: int = 100) -> list[int]:
    return [each.requests for each in last(path, limit)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "history.jsonl"


def test_the_newest_come_first_and_only_so_many(path: Path) -> None:
    for number in range(5):
        append(path, entry(number))
    assert numbers(path, 3) == [4, 3, 2]
    assert len(path.read_text().splitlines()) == 5
    assert last(path, 1) == [entry(4)]


def test_without_a_file_there_are_none(path: Path) -> None:
    assert last(path, 5) == []


def test_a_file_that_is_twice_too_long_is_cut_to_the_newest(path: Path) -> None:
    for number in range(6):
        append(path, entry(number), most=3)
    assert numbers(path) == [5, 4, 3, 2, 1, 0]
    append(path, entry(6), most=3)
    assert numbers(path) == [6, 5, 4]
    assert [each.name for each in path.parent.iterdir()] == ["history.jsonl"]


@pytest.mark.parametrize(
    "damage", [b'{"started": "2026', b"\xff\xfe\n", b"\0\0\0\0\n", b"[]\n", b"\n\n", b"{}\n"]
)
def test_a_torn_or_damaged_line_costs_itself_alone(path: Path, damage: bytes) -> None:
    append(path, entry(1))
    with path.open("ab") as file:
        file.write(damage)
    append(path, entry(2))
    assert numbers(path) == [2, 1]


def test_facts_of_a_later_version_are_passed_over(path: Path) -> None:
    append(path, entry(1))
    facts = msgspec.to_builtins(entry(2)) | {"weather": "fine"}
    with path.open("ab") as file:
        file.write(msgspec.json.encode(facts) + b"\n")
    assert numbers(path) == [2, 1]


def test_what_cannot_be_written_is_an_error(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(OutputError, match=r"history\.jsonl: Is a directory"):
        append(path, entry())


def test_a_link_in_its_place_is_not_followed(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir()
    (tmp_path / "other").write_text("")
    path.symlink_to(tmp_path / "other")
    with pytest.raises(OutputError):
        append(path, entry())
    assert (tmp_path / "other").read_text() == ""


def test_a_reason_of_many_words_stays_within_the_table() -> None:
    many = 123_456
    odd = entry(
        exit_code=6, reason="word " * 90, listings=many, added=many // 10, written=812, removed=3
    )
    shown = list(lines([entry(), odd]))
    assert max(map(len, shown)) <= 80
    assert shown[0].split() == [
        *("started", "(UTC)", "took", "result", "stock", "new", "chg", "price", "gone", "req"),
        "files",
    ]
    assert shown[1].split() == ["2026-11-24", "12:00", "7", "s", "done", *("-" * 7)]
    assert shown[2].split()[-8:] == ["123456", "12345", "-", "-", "-", "-", "+812", "-3"]
    assert " ".join(line.strip() for line in shown[3:]) == ("word " * 90).strip()


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(-5, "0 s"), (0.4, "0 s"), (99, "99 s"), (100, "2 m"), (5_900, "98 m"), (7_200, "2 h")],
)
def test_a_duration_has_two_digits_and_a_unit(seconds: float, told: str) -> None:
    took = entry(finished=START + timedelta(seconds=seconds))
    assert f" {told}  done" in list(lines([took]))[1]


def test_each_exit_code_of_a_build_has_a_word() -> None:
    assert set(WORDS) == set(range(8))
    told = README.read_text("utf-8")
    assert all(f"\n| {code} |" in told for code in WORDS)
    assert "exit 99" in list(lines([entry(exit_code=99)]))[1]


def test_json_is_one_object_with_the_whole_reason() -> None:
    told = json.loads(as_json([entry(exit_code=4, reason="r" * 400)]))
    (run,) = told["runs"]
    assert (run["result"], run["reason"]) == ("held", "r" * 400)
    assert run["started"] == "2026-11-24T12:00:00Z"


def test_every_build_leaves_a_line_and_a_dry_run_none(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.build()
    world.build(dry_run=True)
    world.build(faults=("hang",))
    world.build(faults=("revoked",))
    path = tmp_path / ".syndicator" / "history.jsonl"
    refused, away, first = last(path, 5)
    assert (first.exit_code, first.listings, first.added, first.requests) == (0, 60, 60, 3)
    assert first.written > 5
    assert (away.exit_code, away.written) == (6, 0)
    assert "all: failed: no answer from api.example" in away.reason
    assert (refused.exit_code, refused.listings) == (5, 0)
    assert "401" in refused.reason


def test_the_command_shows_the_builds_that_were(
    wired: Wired, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["history"]) == 0
    assert capsys.readouterr().out == "no build has run yet\n"
    assert wired.build("--all").code == 0
    assert wired.build("--all", faults=("status=401",)).code == 5
    assert cli.run(["history"]) == 0
    head, refused, why, done = capsys.readouterr().out.splitlines()
    assert head.startswith("started (UTC)")
    assert "key refused" in refused
    assert why.startswith("    ")
    assert " done " in done
    assert cli.run(["history", "--limit", "1", "--json"]) == 0
    (only,) = json.loads(capsys.readouterr().out)["runs"]
    assert only["exit_code"] == 5
    assert cli.run(["history", "--config", "nowhere.toml"]) == 2


def test_a_demo_has_a_history_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    demo = ["demo", "--listings", "3", "--dealers", "2", "--exporter", "vehicles", "--quiet"]
    assert cli.run(demo) == 0
    assert len(last(tmp_path / ".syndicator" / "demo" / "history.jsonl", 5)) == 1
    assert not (tmp_path / ".syndicator" / "history.jsonl").exists()
