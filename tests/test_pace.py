from syndicator.source.pace import Pace


class Watch:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def departures(count: int, stated: str | None = None) -> list[float]:
    watch = Watch()
    pace = Pace(clock=watch.clock, sleep=watch.sleep)
    pace.follow(stated)
    found = []
    for _ in range(count):
        pace.wait()
        found.append(watch.now)
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
    slow, fast = departures(100, "30"), departures(2_000, "600")
    assert (busiest(slow, 1.0), busiest(slow, 60.0)) == (4, 29)
    assert (busiest(fast, 1.0), busiest(fast, 60.0)) == (20, 585)
    assert busiest(departures(5, "1"), 60.0) == 1


def test_nonsense_changes_nothing() -> None:
    for stated in (None, "", "abc", "-5", "0", "1e9", "9" * 30, "٣٠"):
        assert busiest(departures(200, stated), 60.0) == 117


def test_a_new_allowance_counts_what_has_left_already() -> None:
    watch = Watch()
    pace = Pace(clock=watch.clock, sleep=watch.sleep)
    for _ in range(60):
        pace.wait()
    pace.follow("30")
    before = watch.now
    pace.wait()
    assert watch.now - before > 30
