import json
from datetime import timedelta
from pathlib import Path

import msgspec

from syndicator.errors import HoldError, Unreachable
from syndicator.status import Alert, Run, Status, after, failed, read, write
from syndicator.summary import TargetSummary
from tests.watch import START
from tests.world import World

RUN = Run(started=START, finished=START + timedelta(seconds=7), exit_code=0, requests=3)


def status(*targets: TargetSummary, **known: Alert) -> Status:
    return Status(run=RUN, targets={each.target: each for each in targets}, alerts=known)


def test_it_is_an_object_that_people_can_read(tmp_path: Path) -> None:
    path = tmp_path / "state" / "status.json"
    write(path, status(TargetSummary(target="all", last_success="2026-11-24T12:00:00Z")))
    told = json.loads(path.read_text())
    assert told["run"]["started"] == "2026-11-24T12:00:00Z"
    assert told["targets"]["all"]["last_success"] == "2026-11-24T12:00:00Z"
    assert [each.name for each in path.parent.iterdir()] == ["status.json"]
    assert read(path) == status(TargetSummary(target="all", last_success="2026-11-24T12:00:00Z"))


def test_targets_and_alerts_of_other_runs_are_kept() -> None:
    alert = Alert(since=START, builds=3, is_told=True)
    before = status(TargetSummary(target="location A", listings=3), x=alert)
    told = after(before, RUN, [TargetSummary(target="location B", listings=4)])
    assert {name: each.listings for name, each in told.targets.items()} == {
        "location A": 3,
        "location B": 4,
    }
    assert told.alerts == {"x": alert}


def test_targets_that_have_left_the_configuration_are_forgotten() -> None:
    before = status(*(TargetSummary(target=each, state="held") for each in ("a", "b", "c")))
    told = after(before, RUN, [TargetSummary(target="c")], configured={"a", "c"})
    assert {name: each.state for name, each in told.targets.items()} == {"a": "held", "c": "ok"}


def test_what_cannot_be_read_is_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "status.json"
    path.write_bytes(b"\xff{")
    (tmp_path / "status.json.new").write_text("left by a crash")
    assert read(path).targets == {}
    write(path, status())
    assert read(path).run == RUN


def test_the_file_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    path = tmp_path / "status.json"
    facts = msgspec.to_builtins(status(TargetSummary(target="all")))
    del facts["alerts"], facts["run"]["hint"], facts["run"]["failures"]
    path.write_bytes(msgspec.json.encode(facts))
    assert list(read(path).targets) == ["all"]


def test_a_build_that_ended_early_keeps_the_times_of_the_last_success() -> None:
    known = status(TargetSummary(target="all", last_success="2026-11-24T12:00:00Z"))
    before, new = failed(known, ("all", "location B"), Unreachable("away"))
    assert (before.state, before.reason, before.last_success) == (
        "failed",
        "away",
        "2026-11-24T12:00:00Z",
    )
    assert new.state == "failed"
    (held,) = failed(known, ("all",), HoldError("less than what is out"))
    assert held.state == "held"


def test_every_build_leaves_one(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.build()
    run, told = world.status().run, world.status().targets["all"]
    assert (run.exit_code, run.requests, run.changed, run.error) == (0, 3, True, "")
    assert (told.state, told.listings, told.last_success) == ("ok", 60, "2026-11-24T12:15:00Z")
    world.build(faults=("hang",))
    run, told = world.status().run, world.status().targets["all"]
    assert (run.exit_code, run.changed) == (6, False)
    assert (told.state, told.last_success) == ("failed", "2026-11-24T12:15:00Z")
    assert "no answer from api.example" in told.reason
    world.build(faults=("revoked",))
    run = world.status().run
    assert (run.exit_code, world.status().targets["all"].state) == (5, "failed")
    assert "401" in run.error


def test_a_record_that_was_left_out_is_named(tmp_path: Path) -> None:
    world = World(tmp_path)
    broken = world.active("DEX-GENT")[0]
    world.stock.put(world.stock.listing(broken) | {"dealerProfileId": world.dealer("DEX-GENT")})
    world.stock._written[broken]["status"] = 5
    world.build()
    (left_out,) = world.status().targets["all"].unusable
    assert left_out.id == broken
    assert "status" in left_out.reason


def test_a_dry_run_leaves_none(tmp_path: Path) -> None:
    world = World(tmp_path)
    assert world.build(dry_run=True).code == 0
    assert not (tmp_path / ".syndicator").exists()
