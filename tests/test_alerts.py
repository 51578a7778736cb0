import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from syndicator import cli, logbook
from syndicator.alerts import (
    MOST_TEXT,
    SAID,
    TODO,
    News,
    Told,
    as_json,
    counted,
    news,
    problems,
    slack,
    text,
    told,
)
from syndicator.config import FeedTable
from syndicator.simulator.stock import make_stock
from syndicator.status import Alert, Run, Status
from syndicator.summary import TargetSummary
from tests.meddling import Meddled
from tests.receiver import Receiver, receiving
from tests.watch import START
from tests.wired import Wired
from tests.world import World

GENT = "location DEX-GENT"
SINCE = "Since 2026-11-24 12:00 UTC: "


def run(exit_code: int = 0, **known: Any) -> Run:
    return Run(started=START, finished=START, exit_code=exit_code, **known)


def target(name: str = GENT, **known: Any) -> TargetSummary:
    return TargetSummary(target=name, **known)


def status(last: Run, *targets: TargetSummary, before: Status | None = None) -> Status:
    """After one more build, counted."""
    alerts = before.alerts if before else {}
    known = Status(run=last, targets={each.target: each for each in targets}, alerts=alerts)
    return msgspec.structs.replace(known, alerts=counted(known))


def delivered(known: Status, after: int = 2) -> Status:
    return msgspec.structs.replace(known, alerts=told(known.alerts, news(known, after)))


def keys(found: News) -> tuple[list[str], list[str]]:
    return [each.problem for each in found.begun], [each.problem for each in found.over]


# What is wrong


def test_a_build_that_went_well_has_no_problem() -> None:
    assert problems(Status(run=run(), targets={GENT: target()})) == {}


@pytest.mark.parametrize(
    ("known", "key", "words"),
    [
        ({"state": "held", "reason": "82 of 100 gone", "held_since": "x"}, "held", "82 of 100"),
        ({"state": "failed", "reason": "503"}, "failed", "FAILED: 503"),
        ({"stale_since": "2026-11-24T06:00:00Z"}, "stale", "confirmed at 2026-11-24T06:00:00Z"),
    ],
)
def test_a_target_that_is_not_well_is_a_problem(
    known: dict[str, str], key: str, words: str
) -> None:
    found = problems(Status(run=run(3), targets={GENT: target(**known)}))
    assert list(found) == [f"{key}: {GENT}"]
    assert words in found[f"{key}: {GENT}"]


def test_a_held_target_is_told_with_the_command_that_lifts_the_hold() -> None:
    held = {"state": "held", "held_since": "x"}
    lines = problems(
        Status(
            run=run(4),
            targets={
                each: target(each, **held) for each in (GENT, "location A'B C", "all", "parent 1-2")
            },
        )
    )
    ends = {key.partition(": ")[2]: line.partition("--force ")[2] for key, line in lines.items()}
    assert ends == {GENT: "DEX-GENT", "location A'B C": "'A'\"'\"'B C'", "all": "CODE",
                    "parent 1-2": "CODE"}  # fmt: skip


def test_a_feed_that_failed_is_a_problem_whatever_its_reason() -> None:
    for reason in ("ValueError: 17", "ValueError: 18"):
        found = problems(Status(run=run(3, failures=(f"acme@dealer:d1: {reason}",))))
        assert list(found) == ["feed: acme@dealer:d1"]


@pytest.mark.parametrize("code", sorted(SAID))
def test_a_run_that_ended_early_is_one_problem_with_words_of_its_own(code: int) -> None:
    failed = [target(each, state="failed", reason="the same") for each in (GENT, "all")]
    last = run(code, error="why", hint="do this" if code == 2 else "")
    ((key, line),) = problems(status(last, *failed)).items()
    assert key == f"run: {code}"
    assert line.startswith(f"{SAID[code]} (exit code {code}): why. What to do: ")
    assert line.endswith(f"{TODO.get(code, 'do this')}.")


def test_an_api_that_nobody_reached_is_one_problem_not_one_of_each_target() -> None:
    failed = [
        target(each, state="failed", reason="no answer from api.example") for each in (GENT, "all")
    ]
    found = problems(Status(run=run(6), targets={each.target: each for each in failed}))
    assert list(found) == ["run: 6"]
    assert "no answer from api.example" in found["run: 6"]


# When it is told


def test_a_hold_is_told_once_and_once_when_it_is_over() -> None:
    held = target(state="held", reason="82 of 100", held_since="x")
    first = status(run(4), held)
    assert keys(news(first, 2)) == ([f"held: {GENT}"], [])
    other = target(state="held", reason="83 of 100", held_since="x")
    second = status(run(4), other, before=delivered(first))
    assert not news(second, 2)
    third = status(run(), target(), before=delivered(second))
    assert keys(news(third, 2)) == ([], [f"held: {GENT}"])
    assert not news(status(run(), target(), before=delivered(third)), 2)


@pytest.mark.parametrize(
    ("last", "targets"),
    [
        (run(6), ()),
        (run(6, error="away"), ()),
        (run(3, error="is no JSON"), ()),
        (run(3), (target(state="failed", reason="503"),)),
    ],
)
def test_what_mostly_heals_by_itself_is_told_when_it_lasts(
    last: Run, targets: tuple[TargetSummary, ...]
) -> None:
    first = status(last, *targets)
    assert not news(first, 2)
    assert news(first, 1).begun
    second = status(last, *targets, before=delivered(first))
    assert len(news(second, 2).begun) == 1
    assert not news(second, 3)
    well = status(run(), target(), before=first)
    assert well.alerts == {}  # which nobody was told of, so nobody is told that it is over


@pytest.mark.parametrize("code", [1, 2, 4, 5, 7])
def test_what_does_not_heal_by_itself_is_told_at_once(code: int) -> None:
    assert len(news(status(run(code, error="x")), 9).begun) == 1


def test_what_did_not_arrive_is_told_again() -> None:
    held = target(state="held", held_since="x")
    first = status(run(4), held)
    second = status(run(4), held, before=first)
    assert keys(news(second, 2))[0] == [f"held: {GENT}"]
    third = status(run(), target(), before=delivered(second))
    fourth = status(run(), target(), before=third)
    assert keys(news(fourth, 2))[1] == [f"held: {GENT}"]


def test_while_nothing_can_be_known_nothing_is_over() -> None:
    held = target(state="held", held_since="x")
    before = delivered(status(run(4), held))
    refused = status(run(5, error="401"), target(state="failed", held_since="x"), before=before)
    assert keys(news(refused, 2)) == (["run: 5"], [])
    full = status(run(7, error="disk"), target(state="failed"), before=delivered(refused))
    assert keys(news(full, 2)) == (["run: 7"], [])
    well = status(run(), target(), before=delivered(full))
    assert keys(news(well, 2)) == ([], [f"held: {GENT}", "run: 5", "run: 7"])


def test_a_problem_that_is_over_before_it_was_told_to_be_over_may_come_back_unsaid() -> None:
    held = target(state="held", held_since="x")
    before = delivered(status(run(4), held))
    gone = status(run(), target(), before=before)  # nobody could be told
    back = status(run(4), held, before=gone)
    assert not news(back, 2)


def test_a_target_that_is_configured_no_more_has_no_problem() -> None:
    before = delivered(status(run(4), target(state="held", held_since="x")))
    assert keys(news(status(run(), before=before), 2)) == ([], [f"held: {GENT}"])


# In which words


def test_a_message_names_the_site_and_says_each_thing_in_a_line() -> None:
    held = target(state="held", reason="82 of 100 cars would go", held_since="x")
    first = status(run(4), held, target("all", state="failed", reason="503"))
    found = news(first, 1)
    assert text("Voorraad", "https://v.example", found).splitlines() == [
        "Voorraad (https://v.example):",
        f"{SINCE}all FAILED: 503; what was not seen to go was kept.",
        (
            f"{SINCE}{GENT} is HELD: 82 of 100 cars would go; what was not seen to go was kept. "
            "Look, then: syndicator build --force DEX-GENT"
        ),
    ]
    over = news(status(run(), target(), before=delivered(first, 1)), 1)
    assert text("V", "u", over).splitlines()[1:] == [
        "Over: all is read again",
        f"Over: {GENT} is no longer held",
    ]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("run: 5", "the key is accepted again"),
        ("run: 1", "builds no longer end with exit code 1"),
        ("stale: all", "all is up to date again"),
        ("feed: acme@site", "feed acme@site is made again"),
    ],
)
def test_the_end_of_each_kind_of_problem_has_words(key: str, words: str) -> None:
    known = Status(run=run(), alerts={key: Alert(since=START, builds=3, is_told=True)})
    (over,) = news(msgspec.structs.replace(known, alerts=counted(known)), 1).over
    assert over.line == f"Over: {words}"


def test_a_sellers_words_are_data() -> None:
    evil = "<!channel> <https://evil.example|pay here> & @all\n\x1b[2J\u202e"
    held = target(state="held", reason=evil, held_since="x")
    line = text("V", "u", news(status(run(4), held), 1), slack).splitlines()[1]
    assert "&lt;!channel&gt; &lt;https://evil.example|pay here&gt; &amp; @\u200ball" in line
    assert line.replace("\u200b", "").isprintable()


def test_a_message_is_short_however_much_there_is_to_tell() -> None:
    held = [
        target(f"location {number}", state="held", reason="<" * 9_999, held_since="x")
        for number in range(50)
    ]
    found = news(status(run(4), *held), 1)
    assert len(found.begun) == 50
    for escape in (str, slack):
        told_text = text("T" * 999, "u" * 999, found, escape)
        assert len(told_text) <= MOST_TEXT
        assert told_text.splitlines()[-1].startswith("and ")
    assert not text("T", "u", found, slack).removesuffix("e").endswith("&")


def test_a_command_gets_the_same_as_json() -> None:
    found = news(status(run(5, error="<401>")), 1)
    facts = json.loads(as_json("V", "https://v.example", found))
    assert facts.keys() == {"text", "title", "url", "begun", "over"}
    assert "<401>" in facts["text"]
    (begun,) = facts["begun"]
    assert (begun["problem"], begun["since"]) == ("run: 5", "2026-11-24T12:00:00Z")


def test_the_alert_of_a_run_is_no_news_by_itself() -> None:
    assert not News()
    assert News(over=(Told(problem="x", since=START, line="x"),))


# In a build


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def test_a_hold_of_a_build_is_told_and_its_end(tmp_path: Path, receiver: Receiver) -> None:
    world = Meddled(tmp_path, make_stock(3, 60, 6))
    asked: dict[str, Any] = {"webhook": receiver.webhook}
    assert world.build("DEX-ANTWERPEN", **asked).code == 0
    assert receiver.attempts == []
    for car in world.active("DEX-ANTWERPEN")[:20]:
        world.stock.remove(car)
    assert world.build("DEX-ANTWERPEN", **asked).code == 4
    assert world.build("DEX-ANTWERPEN", **asked).code == 4
    (line,) = receiver.taken()
    assert "location DEX-ANTWERPEN is HELD: 20 of 27 listings vanished" in line
    assert line.endswith("syndicator build --force DEX-ANTWERPEN")
    assert world.build("DEX-ANTWERPEN", force=("DEX-ANTWERPEN",), **asked).code == 0
    assert receiver.taken() == ["Over: location DEX-ANTWERPEN is no longer held"]
    assert world.status().alerts == {}


def test_a_refused_key_is_told_at_once_and_an_outage_when_it_lasts(
    tmp_path: Path, receiver: Receiver
) -> None:
    world = World(tmp_path)
    world.build(webhook=receiver.webhook)
    for faults, said in (
        ("hang", []),
        ("hang", ["the API cannot be reached (exit code 6): no answer from api.example"]),
        ("hang", []),
        ("revoked", ["the API refuses the key (exit code 5): "]),
        ("revoked", []),
        ("", ["the key is accepted again", "the API can be reached again"]),
        ("hang", []),
        ("", []),
    ):
        world.build(faults=tuple(filter(None, [faults])), webhook=receiver.webhook)
        lines = receiver.taken()
        assert len(lines) == len(said)
        assert all(words in line for words, line in zip(said, lines, strict=True))


def test_an_alert_that_does_not_arrive_fails_no_build_and_is_tried_again(
    tmp_path: Path, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    world = Meddled(tmp_path, make_stock(3, 60, 6))
    receiver.status = 500
    assert world.build(webhook=receiver.webhook).code == 0
    assert world.build(faults=("revoked",), webhook=receiver.webhook).code == 5
    assert "an alert did not arrive: webhook: status 500" in caplog.text
    receiver.status = 200
    assert world.build(faults=("revoked",), webhook=receiver.webhook).code == 5
    assert len(receiver.taken()) == 1
    receiver.status = 500
    built = world.build(webhook=receiver.webhook)
    assert built.code == 0
    assert "an alert did not arrive: webhook: status 500" in built.said
    receiver.status = 200
    assert world.build(webhook=receiver.webhook).code == 0
    assert receiver.taken() == ["Over: the key is accepted again"]
    assert "canary-hook" not in caplog.text + built.said


def test_a_feed_that_cannot_be_made_is_told(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(tmp_path)
    feeds = {"vehicles": FeedTable(), "rss": FeedTable()}
    asked: dict[str, Any] = {"feeds": feeds, "only": (), "webhook": receiver.webhook, "workers": 1}
    with monkeypatch.context() as patch:
        patch.setattr("syndicator.exporters.rss.Rss.export", lambda *_: 1 / 0)
        assert world.build(**asked).code == 3
        first = receiver.taken()
        assert world.build(**asked).code == 3
    assert len(first) > 1
    assert all("feed rss@" in line and "FAILED: ZeroDivisionError" in line for line in first)
    assert receiver.taken() == []
    assert world.build(**asked).code == 0
    assert len(receiver.taken()) == len(first)


def test_a_bug_is_told_without_its_words(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("sk_partner_words")

    world = World(tmp_path)
    world.build(webhook=receiver.webhook)
    monkeypatch.setattr("syndicator.build.sync", broken)
    with pytest.raises(RuntimeError):
        world.build(webhook=receiver.webhook)
    (line,) = receiver.taken()
    assert "there is a bug in syndicator (exit code 1): RuntimeError" in line
    assert "sk_partner_words" not in line + (tmp_path / ".syndicator/status.json").read_text()
    assert world.status().run.exit_code == 1


def test_an_output_that_fails_before_the_build_begins_is_told_once(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr("syndicator.outputs.os.access", lambda *_: False)
        for said in (1, 0):
            assert world.build(webhook=receiver.webhook).code == 7
            lines = receiver.taken()
            assert len(lines) == said
            assert all("output: may not be written" in line or "may not be" in line
                       for line in lines)  # fmt: skip
        before = (tmp_path / ".syndicator" / "status.json").read_bytes()
        assert world.build(webhook=receiver.webhook, dry_run=True).code == 7
        assert (tmp_path / ".syndicator" / "status.json").read_bytes() == before
    assert world.build(webhook=receiver.webhook).code == 0
    assert receiver.taken() == ["Over: output and state can be written again"]


def test_what_cannot_be_remembered_is_not_told(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else every build of a full disk would tell it."""
    world = World(tmp_path)
    world.build(webhook=receiver.webhook)
    (tmp_path / ".syndicator" / "status.json").unlink()
    (tmp_path / ".syndicator" / "status.json").mkdir()
    assert world.build(webhook=receiver.webhook, faults=("revoked",)).code == 5
    assert world.build(webhook=receiver.webhook).code == 7
    assert receiver.attempts == []


def test_a_dry_run_and_what_asks_nothing_tell_nothing(tmp_path: Path, receiver: Receiver) -> None:
    world = World(tmp_path)
    world.build(webhook=receiver.webhook)
    world.build(webhook=receiver.webhook, faults=("revoked",))
    assert len(receiver.taken()) == 1
    world.build(webhook=receiver.webhook, dry_run=True)
    world.build(webhook=receiver.webhook, secret=None)
    world.build(webhook=receiver.webhook, dry_run=True, faults=("status=500",))
    assert receiver.taken() == []
    assert list(world.status().alerts) == ["run: 5"]


def test_a_demo_tells_nothing(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    told_of: list[object] = []
    monkeypatch.setattr(logbook, "deliver", lambda *a, **k: told_of.append((a, k)))
    monkeypatch.setattr("syndicator.build.sync", lambda *_: 1 / 0)
    monkeypatch.setenv("SYNDICATOR_WEBHOOK", receiver.address)
    monkeypatch.chdir(tmp_path)
    assert cli.run(["demo", "--listings", "3", "--dealers", "2", "--exporter", "vehicles"]) == 1
    assert told_of == []
    assert receiver.attempts == []


# As it is typed


NOTING = "import sys; open('told.jsonl', 'ab').write(sys.stdin.buffer.read())"


def test_a_configured_command_and_a_webhook_of_env_are_used(
    wired: Wired, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    command = json.dumps([sys.executable, "-c", NOTING])
    Path("syndicator.toml").write_text(
        f"[site]\ntitle = 'Voorraad'\n[alerts]\nafter = 1\ncommand = {command}\n"
    )
    Path(".env").write_text(f"SYNDICATOR_WEBHOOK={receiver.address}\n")
    Path(".env").chmod(0o600)
    assert wired.build("--all").code == 0
    ran = wired.build("--all", "-vv", faults=("revoked",))
    assert ran.code == 5
    (said,) = receiver.texts
    assert said.startswith("Voorraad (https://s.example):\nSince ")
    facts = json.loads(Path("told.jsonl").read_bytes())
    assert facts["begun"][0]["problem"] == "run: 5"
    assert "canary-hook" not in ran.told + caplog.text
    for path in Path().rglob("*"):
        if path.is_file() and path.name != ".env":
            assert b"canary-hook" not in path.read_bytes(), path


def test_a_webhook_that_is_none_stops_the_build_unseen(
    wired: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYNDICATOR_WEBHOOK", "http://hooks.example/canary-hook-91ab")
    ran = wired.build("--all", "-vv")
    assert (ran.code, ran.requests) == (2, 0)
    assert "SYNDICATOR_WEBHOOK is no https address" in ran.err
    assert "canary" not in ran.told
