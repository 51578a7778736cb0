"""Rate limits and authorisation, by the numbers of the catalogue of faults."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from syndicator import cli
from syndicator.simulator.access import Partner
from syndicator.simulator.messages import Request, Response
from syndicator.simulator.server import Simulator
from syndicator.simulator.service import Answer
from syndicator.simulator.stock import make_stock
from syndicator.source.pace import Pace
from tests.watch import Watch
from tests.wired import Wired
from tests.world import KEY, World

GENT, LEUVEN, ALONE = "DEX-GENT", "DEX-LEUVEN", "SOLITAIR"
HERE = ("--location", GENT)
LISTINGS_ONLY = Partner(scopes=frozenset({"read:listings"}))  # no counts: targets are read apart


class Timed(World):
    """Writes down when requests come, when their answers leave, and how many are under way."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.came: list[float] = []
        self.left: list[float] = []
        self.statuses: list[int] = []
        self.beside: list[int] = []  # requests under way when one came
        self._guard = threading.Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        with self._guard:
            number = len(self.came)
            self.beside.append(self.left.count(0.0))
            self.came.append(self.watch.now())
            self.left.append(0.0)
            self.statuses.append(0)
        answer = super().handle_request(request)
        with self._guard:
            self.left[number] = self.watch.now()
            self.statuses[number] = answer.status_code
        return answer

    def build(self, *targets: str, **asked: Any) -> Any:
        for each in (self.came, self.left, self.statuses, self.beside, self.watch.naps):
            each.clear()
        return super().build(*targets, **asked)


@pytest.fixture
def world(tmp_path: Path) -> Timed:
    return Timed(tmp_path)


def paged(folder: Path, patch: pytest.MonkeyPatch, cars: int, size: int, **how: Any) -> Timed:
    patch.setattr("syndicator.walk.PAGE_SIZE", size)
    return Timed(folder, make_stock(3, cars, 6, photo_base="https://images.example"), **how)


def most_within(times: list[float], seconds: float) -> int:
    ordered = sorted(times)
    return max(sum(start <= each < start + seconds for each in ordered) for start in ordered)


def answering(world: World, code: str, change: Callable[[Response], Response]) -> None:
    """Another answer to whatever is asked of one location, by its code or its id."""
    answer, dealer_id = world._service.answer, world.dealer(code)

    def answers(request: Request) -> Response:
        found, query = answer(request), dict(request.query)
        about = query.get("locationCode") == code or query.get("dealerId") == dealer_id
        return change(found) if about else found

    world._service.answer = answers  # type: ignore[method-assign]


def refusing(status: int, code: str) -> Callable[[Response], Response]:
    body = f'{{"error":{{"code":"{code}","message":"No"}}}}'.encode()
    return lambda found: Response(status=status, body=body, headers={"Date": found.headers["Date"]})


@pytest.mark.parametrize("seconds", [0.0, 0.2, 0.7])
def test_case_25_two_hundred_pages_never_come_too_fast_and_not_too_slowly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    world = paged(tmp_path, monkeypatch, 400, 2, rate_limit=120, seconds=seconds)
    assert world.build().code == 0
    assert len(world.came) > 200
    assert world.refused == 0
    assert most_within(world.came, 1.0) <= 5
    assert most_within(world.came, 60.0) <= 120
    if not seconds:  # the virtual seconds of requests under way at once add up
        assert world.came[-1] - world.came[0] < len(world.came) / 1.7


def test_case_26_after_a_429_the_next_request_leaves_seven_seconds_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = paged(tmp_path, monkeypatch, 95, 5)
    assert world.build(faults=("status=429;retry-after=7@12",)).code == 0
    refused = world.statuses.index(429)
    assert world.statuses.count(429) == 1
    assert 7 <= world.came[refused + 1] - world.left[refused] <= 8.5
    assert [each["page"] for each in world.asked()][refused - 1 : refused + 1] == ["11", "11"]


def test_case_26_of_several_that_wait_one_goes_alone_to_see() -> None:
    watch = Watch()
    pace = Pace(watch)
    assert all(pace.wait(watch.now()) for _ in range(3))
    pace.pause(7.0)
    pace.answered(0.1, refused=True)
    assert not pace.wait(watch.now() + 6.9)
    watch.tick(7.0)
    assert not pace.wait(watch.now())  # two are still under way
    pace.answered(0.1)
    pace.answered(0.1)  # both had left before the refusal
    assert pace.wait(watch.now())
    assert not pace.wait(watch.now() + 5.0)
    pace.answered(0.1)
    assert pace.wait(watch.now())
    assert pace.wait(watch.now())


def test_case_26_what_retry_after_asks_counts_more_than_an_earlier_reset(world: Timed) -> None:
    assert world.build(faults=("status=429;retry-after=7;reset=in:2@2",)).code == 0
    assert world.came[2] >= world.left[1] + 7


@pytest.mark.parametrize("skew", [0, 5_000, -5_000])
def test_case_27_without_retry_after_the_reset_by_the_servers_own_clock_is_awaited(
    world: Timed, skew: int
) -> None:
    script = (f"skew={skew}@1+", "status=429;reset=in:41@2")
    assert world.build(faults=script).code == 0
    assert 41 <= world.came[2] - world.left[1] <= 42.5


def test_case_28_a_reset_in_milliseconds_is_understood(world: Timed) -> None:
    assert world.build(faults=("status=429;reset=ms:41@2",)).code == 0
    assert 41 <= world.came[2] - world.left[1] <= 42.5


@pytest.mark.parametrize("reset", ["in:-30", "-5", "abc", "", "1e12", "9" * 30, "ms:-9"])
def test_case_28_a_reset_that_makes_no_sense_leaves_our_own_wait(world: Timed, reset: str) -> None:
    assert world.build(faults=(f"status=429;reset={reset}@2",)).code == 0
    assert 1 <= world.came[2] - world.left[1] <= 4


@pytest.mark.parametrize("reset", ["in:-30", "-5", "abc", "ms:-9", "1e12"])
@pytest.mark.parametrize("remaining", ["-3", "abc", "0", ""])
def test_case_28_headers_of_good_answers_that_make_no_sense_stall_nothing(
    world: Timed, reset: str, remaining: str
) -> None:
    script = (f"header=X-RateLimit-Reset: {reset}", f"header=X-RateLimit-Remaining: {remaining}")
    assert world.build(faults=script).code == 0
    assert world.came[-1] - world.came[0] < 5


def test_case_29_another_program_on_the_key_slows_us_down_before_the_first_429(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = paged(tmp_path, monkeypatch, 400, 2, rate_limit=120)
    counts, answer = world._service._limiter._counts, world._service.answer

    def shared(request: Request) -> Response:
        window, count = counts.get(KEY, (0, 0))
        counts[KEY] = window, count + 1  # one request of theirs for each of ours
        return answer(request)

    world._service.answer = shared  # type: ignore[method-assign]
    assert world.build().code == 0
    assert len(world.came) > 200
    assert world.refused == 0
    assert most_within(world.came, 60.0) <= 62


def test_case_30_429_on_every_attempt_keeps_what_is_out_and_says_so(world: Timed) -> None:
    assert world.build().code == 0
    before = world.files()
    world.change(world.active()[0], price=12_345)
    built = world.build(deadline="2m", faults=("status=429;retry-after=50@1+",))
    assert built.code == 6
    assert "rate limited" in built.said
    assert "used up" not in built.said
    assert world.files() == before
    assert len(world.came) <= 4
    assert all(status == 429 for status in world.statuses)
    assert world.left[-1] - world.came[0] <= 120


def test_case_30_rate_limited_is_told_by_the_command_too(wired: Wired) -> None:
    assert wired.build(*HERE).code == 0
    before = wired.files()
    wired.change()
    ran = wired.build(*HERE, "-q", "--full", faults=("status=429;retry-after=200@listings#1+",))
    assert ran.code == 6
    assert len(ran.lines("rate limited: the API answered 429 RATE_LIMITED")) == 1
    assert wired.files() == before


def test_case_31_a_second_build_ends_with_75_and_asks_nothing(wired: Wired, tmp_path: Path) -> None:
    second: list[subprocess.CompletedProcess[str]] = []
    with Simulator(wired.stock, key=KEY, rate_limit=0) as other:
        command = [sys.executable, "-m", "syndicator", "build", "--all"]
        command += ["--api-url", other.base_url, "--site-url", "https://s.example"]
        known = {"PYTHONPATH": os.pathsep.join(sys.path)} | os.environ

        def meanwhile(request: Request, answer: Answer) -> Response:
            if not second:
                ran = subprocess.run(
                    command, cwd=tmp_path, env=known, capture_output=True, text=True, check=False
                )
                second.append(ran)
            return answer(request)

        assert wired.build("--all", fault=meanwhile).code == 0
        assert list(other.requests) == []
    assert second[0].returncode == 75
    assert "another build holds" in second[0].stderr
    assert f"process {os.getpid()}" in second[0].stderr
    assert "Traceback" not in second[0].stderr
    assert KEY not in second[0].stderr


@pytest.mark.parametrize("targets", [("--all",), HERE, (*HERE, "--location", ALONE, "--full")])
def test_case_32_a_wrong_key_ends_the_run_after_one_request(
    wired: Wired, monkeypatch: pytest.MonkeyPatch, targets: tuple[str, ...]
) -> None:
    assert wired.build(*targets).code == 0
    before = wired.files()
    wired.change()
    monkeypatch.setenv("OKASIE_API_SECRET", "canary-wrong-key")
    ran = wired.build(*targets)
    assert (ran.code, ran.requests, ran.naps) == (5, 1, [])
    assert len(ran.lines("syndicator: the API answered 401 UNAUTHORIZED")) == 1
    assert "hint: check OKASIE_API_SECRET" in ran.err
    assert "canary" not in ran.told
    assert wired.files() == before


def test_case_33_a_key_revoked_in_the_middle_publishes_what_was_finished(
    tmp_path: Path,
) -> None:
    world = Timed(tmp_path, make_stock(3, 500, 6, photo_base="https://images.example"))
    world.partners[KEY] = LISTINGS_ONLY
    assert world.build(GENT, LEUVEN, ALONE).code == 0
    before = world.files()
    for code in (GENT, LEUVEN, ALONE):
        world.change(world.active(code)[0], price=12_345)
    built = world.build(GENT, LEUVEN, ALONE, full=True, faults=("revoked@listings#4+",))
    assert built.code == 5
    assert "401" in built.said
    after = world.files()
    changed = {path.split("/")[0] for path in after if after[path] != before.get(path)}
    assert changed == {"dex-gent", "feeds"}
    assert world.statuses.count(401) == 1
    states = {each.target: each.state for each in built.summary.targets}
    assert list(states.values()) == ["ok", "failed", "failed"]


def test_case_33_a_key_revoked_within_a_single_walk_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = paged(tmp_path, monkeypatch, 95, 10)
    assert world.build().code == 0
    before = world.files()
    world.change(world.active()[0], price=12_345)
    assert world.build(full=True, faults=("revoked@listings#5+",)).code == 5
    assert world.files() == before
    assert world.statuses.count(401) == 1


@pytest.mark.parametrize("code", ["PROFILE_FORBIDDEN", "FORBIDDEN", ""])
def test_case_34_a_dealer_that_is_forbidden_keeps_its_own_and_the_others_publish(
    tmp_path: Path, code: str
) -> None:
    """A dealer that was read before is held: exit 4, which wins over 3."""
    world = Timed(tmp_path, make_stock(3, 500, 6, photo_base="https://images.example"))
    world.partners[KEY] = LISTINGS_ONLY
    assert world.build(GENT, LEUVEN, ALONE).code == 0
    before = world.files()
    for each in (GENT, LEUVEN, ALONE):
        world.change(world.active(each)[0], price=12_345)
    answering(world, GENT, refusing(403, code))
    built = world.build(GENT, LEUVEN, ALONE, full=True)
    assert built.code == 4
    assert "access lost" in built.said
    after = world.files()
    changed = {path.split("/")[0] for path in after if after[path] != before.get(path)}
    assert changed == {"dex-leuven", "solitair", "feeds"}
    assert world.shown("dex-gent") == set(world.active(GENT))
    assert 403 in world.statuses
    assert world.statuses.count(403) <= 2


def test_case_34_a_dealer_that_was_never_readable_costs_nobody_else(tmp_path: Path) -> None:
    world = Timed(tmp_path, make_stock(3, 500, 6, photo_base="https://images.example"))
    answering(world, GENT, refusing(403, "PROFILE_FORBIDDEN"))
    built = world.build(GENT, ALONE)
    assert built.code == 3
    assert "403 PROFILE_FORBIDDEN" in built.said
    assert not (world.output / "dex-gent").exists()
    assert world.shown("solitair") == set(world.active(ALONE))


def test_case_34_a_scope_that_was_taken_away_stops_the_run(world: Timed) -> None:
    assert world.build(GENT, ALONE).code == 0
    before = world.files()
    built = world.build(GENT, ALONE, full=True, faults=("status=403;code=SCOPE_DENIED@1+",))
    assert built.code == 5
    assert "SCOPE_DENIED" in built.said
    assert world.files() == before
    assert len(world.came) <= 2


@pytest.mark.parametrize("around", ["{}\n", " {}", "{}\r\n", "\t{} \n"])
def test_case_35_blanks_around_a_key_are_taken_off(
    wired: Wired, monkeypatch: pytest.MonkeyPatch, around: str
) -> None:
    monkeypatch.setenv("OKASIE_API_SECRET", around.format(KEY))
    assert wired.build(*HERE).code == 0


@pytest.mark.parametrize(
    "key",
    [
        '"canary-quoted"',
        "'canary-quoted'",
        "canary-é-letter",
        "canary in two",
        "canary\nnext",
        "canary\x1b[31m",
        "\u201ccanary\u201d",
        "Bearer canary-4f1c",
    ],
)
def test_case_35_a_key_that_cannot_be_one_is_refused_unseen(
    wired: Wired, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("OKASIE_API_SECRET", key)
    ran = wired.build(*HERE)
    assert (ran.code, ran.requests) == (2, 0)
    assert len(ran.lines("syndicator: the API key ")) == 1
    assert "OKASIE_API_SECRET" in ran.err
    assert "canary" not in ran.told
    assert not wired.output.exists()


@pytest.mark.parametrize("blank", [None, "", " \n"])
@pytest.mark.parametrize("command", [("build", "--all"), ("build", *HERE), ("locations",)])
def test_case_36_without_a_key_the_variable_is_named(
    wired: Wired,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: tuple[str, ...],
    blank: str | None,
) -> None:
    monkeypatch.delenv("OKASIE_API_SECRET")
    if blank is not None:
        monkeypatch.setenv("OKASIE_API_SECRET", blank)
    with wired.serving() as simulator:
        assert cli.run([*command, "--api-url", simulator.base_url]) == 2
        assert list(simulator.requests) == []
    out, err = capsys.readouterr()
    told = [line for line in err.splitlines() if not line.startswith("note:")]
    assert out == ""
    assert told[0] == "syndicator: there is no API key"
    assert "OKASIE_API_SECRET" in told[1]
    assert len(told) == 2
    assert not wired.output.exists()


@pytest.mark.parametrize("targets", [(), (GENT, ALONE)], ids=["all", "by code"])
@pytest.mark.parametrize("full", [True, False], ids=["sweep", "follow"])
def test_case_37_a_dealer_that_left_the_scope_is_held_as_lost(
    world: Timed, targets: tuple[str, ...], *, full: bool
) -> None:
    assert world.build(*targets).code == 0
    before = world.files()
    others = tuple(each for each in world.stock.dealers if each != world.dealer(GENT))
    world.partners[KEY] = Partner(roots=tuple(each for each in others if each != root(world)))
    for _ in range(3):
        built = world.build(*targets, full=full)
        assert built.code == 4
        assert "access lost" in built.said
        assert world.files() == before
        assert world.shown("dex-gent") == set(world.active(GENT))


def root(world: World) -> str:
    """Above Gent: who sees it sees Gent."""
    return str(world.stock.dealers[world.dealer(GENT)].profile["parentId"])


@pytest.mark.parametrize("status", [404, 403])
def test_case_37_a_dealer_that_is_not_found_any_more_is_held_as_lost(
    tmp_path: Path, status: int
) -> None:
    world = Timed(tmp_path, make_stock(3, 500, 6, photo_base="https://images.example"))
    assert world.build(GENT, ALONE).code == 0
    before = world.files()
    answering(world, GENT, refusing(status, "NOT_FOUND"))
    for _ in range(2):
        built = world.build(GENT, ALONE, full=True)
        assert built.code == 4
        assert "access lost" in built.said
        assert world.files() == before
