import pytest

from syndicator.errors import AnswerError, KeyRefused, Unreachable
from syndicator.source.patience import ATTEMPTS, READINGS, Patience, Setback
from tests.watch import Watch

PASSING = Setback(error=Unreachable("no"), attempts=ATTEMPTS)


def waits(draw: float, setback: Setback = PASSING, seconds: float = 600.0) -> list[float | None]:
    patience = Patience(Watch(), seconds=seconds, draw=lambda: draw)
    return [patience.next_wait(setback, attempt) for attempt in range(1, 6)]


def test_there_are_five_attempts_and_the_waits_grow() -> None:
    assert waits(1.0) == [1.0, 2.0, 4.0, 8.0, None]


def test_jitter_is_full() -> None:
    assert waits(0.0) == [0.0, 0.0, 0.0, 0.0, None]


def test_an_answer_that_makes_no_sense_is_read_three_times() -> None:
    odd = Setback(error=AnswerError("HTML"), attempts=READINGS)
    assert waits(1.0, odd) == [1.0, 2.0, None, None, None]


def test_what_does_not_pass_is_not_tried_again() -> None:
    assert waits(1.0, Setback(error=KeyRefused("no"))) == [None] * 5


@pytest.mark.parametrize(
    ("asked", "wait"), [(0.0, 1.0), (7.0, 7.0), (300.0, 300.0), (301.0, None), (None, 0.0)]
)
def test_what_the_api_asks_for_is_kept(asked: float | None, wait: float | None) -> None:
    setback = Setback(error=Unreachable("no"), attempts=ATTEMPTS, asked=asked)
    assert waits(0.0, setback)[0] == wait


def test_a_refusal_is_never_followed_earlier_and_not_at_once_by_everybody() -> None:
    limited = Setback(error=Unreachable("429"), attempts=ATTEMPTS, asked=7.0, limited=True)
    assert [waits(draw, limited)[0] for draw in (0.0, 1.0)] == [7.0, 8.0]
    unsaid = Setback(error=Unreachable("429"), attempts=ATTEMPTS, limited=True)
    assert waits(0.0, unsaid)[0] == 1.0


def test_a_wait_that_does_not_fit_into_the_run_is_not_begun() -> None:
    asked = Setback(error=Unreachable("503"), attempts=ATTEMPTS, asked=120.0)
    assert waits(0.0, asked, seconds=60.0)[0] is None
    assert waits(0.0, asked, seconds=121.0)[0] == 120.0


def test_a_dead_service_uses_up_the_retries_of_the_run_and_successes_earn_some() -> None:
    patience = Patience(Watch(), draw=lambda: 0.0)
    granted = [patience.next_wait(PASSING, 1) for _ in range(100)]
    assert granted.count(0.0) == 50
    for _ in range(5):
        patience.succeeded()
    assert [patience.next_wait(PASSING, 1) for _ in range(2)] == [0.0, None]
