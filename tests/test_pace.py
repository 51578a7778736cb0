import threading

from syndicator.source.pace import Allowance, Pace
from tests.watch import Watch

FOREVER = 1e9


def limit(stated: int) -> Allowance:
    return Allowance(limit=stated)


def departures(count: int, said: Allowance | None = None) -> list[float]:
    watch = Watch()
    pace = Pace(watch)
    if said:
        pace.follow(said)
    found = []
    for _ in range(count):
        assert pace.wait(FOREVER)
        pace.answered(0.0)
        found.append(watch.now())
    assert pace.granted == count
    return found


def busiest(times: list[float], window: float) -> int:
    return max(sum(start <= each < start + window for each in times) for start in times)


def test_no_second_holds_more_than_four_and_no_minute_more_than_117() -> None:
    times = departures(600)
    assert busiest(times, 1.0) == 4
    assert busiest(times, 60.0) == 117


def test_the_allowance_is_used() -> None:
    times = departures(600)
    assert times[-1] - times[0] < 600 / 1.9


def test_another_allowance_is_followed() -> None:
    slow, fast = departures(100, limit(30)), departures(2_000, limit(600))
    assert (busiest(slow, 1.0), busiest(slow, 60.0)) == (4, 29)
    assert (busiest(fast, 1.0), busiest(fast, 60.0)) == (20, 585)
    assert busiest(departures(5, limit(1)), 60.0) == 1


def test_nonsense_changes_nothing() -> None:
    for text in ("", "abc", "-5", "0", "1e9", "9" * 30, "\N{ARABIC-INDIC DIGIT SEVEN}"):
        said = Allowance.stated(text, text, None)
        assert said.limit is None
        assert said.remaining in (None, 0)
        assert busiest(departures(200, said), 60.0) == 117
    for reset in (None, -1.0, 0.0, 100_000.0):
        assert Allowance.stated("120", "0", reset).reset is None


def test_a_new_allowance_counts_what_has_left_already() -> None:
    watch = Watch()
    pace = Pace(watch)
    for _ in range(60):
        pace.wait(FOREVER)
        pace.answered(0.0)
    pace.follow(limit(30))
    before = watch.now()
    pace.wait(FOREVER)
    assert watch.now() - before > 30


def test_what_another_program_uses_is_left_to_it() -> None:
    """The API has twenty left for half a minute: they are spread, the last one is not exceeded."""
    watch = Watch()
    pace = Pace(watch)
    pace.wait(FOREVER)
    pace.follow(Allowance(remaining=20, reset=30.0))
    pace.answered(0.1)
    before = watch.now()
    pace.wait(FOREVER)
    assert 1.4 <= watch.now() - before <= 1.6


def test_where_nothing_is_left_the_window_is_waited_for() -> None:
    watch = Watch()
    pace = Pace(watch)
    pace.wait(FOREVER)
    pace.follow(Allowance(remaining=0, reset=42.0))
    pace.answered(0.1)
    before = watch.now()
    pace.wait(FOREVER)
    assert watch.now() - before >= 41.0


def test_after_a_refusal_one_request_goes_alone() -> None:
    watch = Watch()
    pace = Pace(watch)
    pace.wait(FOREVER)
    pace.pause(7.0)
    pace.answered(0.1, refused=True)
    pace.wait(FOREVER)
    assert watch.now() >= 7.0
    passed = threading.Event()
    second = threading.Thread(target=lambda: pace.wait(FOREVER) and passed.set())
    second.start()
    while watch.slept < 100.0:  # it looks again and again, and the first is still under way
        pass
    assert not passed.is_set()
    pace.answered(0.1)
    second.join()
    assert passed.is_set()


def test_what_cannot_leave_in_time_does_not_wait() -> None:
    watch = Watch()
    pace = Pace(watch)
    pace.pause(100.0)
    assert not pace.wait(deadline=99.0)
    assert watch.slept == 0.0


def test_as_many_are_under_way_as_slow_answers_need() -> None:
    needed = []
    for latency in (0.05, 0.3, 0.6, 1.2, 9.0):
        pace = Pace(Watch())
        for _ in range(20):
            pace.wait(FOREVER)
            pace.answered(latency)
        needed.append(pace.in_flight())
    assert needed == [1, 1, 2, 4, 4]
    assert Pace(Watch()).in_flight(busy=0.6) == 2
