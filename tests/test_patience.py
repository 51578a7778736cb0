import pytest

from syndicator.errors import KeyRefused, Unreachable
from syndicator.source.patience import FewRetries, Setback

PASSING = Setback(error=Unreachable("no"), passing=True)


def waits(draw: float, setback: Setback = PASSING) -> list[float | None]:
    patience = FewRetries(draw=lambda: draw)
    return [patience.next_wait(setback, attempt) for attempt in range(1, 6)]


def test_there_are_four_retries_and_the_waits_grow() -> None:
    assert waits(1.0) == [1.0, 2.0, 4.0, 8.0, None]


def test_jitter_is_full() -> None:
    assert waits(0.0) == [0.0, 0.0, 0.0, 0.0, None]


def test_what_does_not_pass_is_not_tried_again() -> None:
    assert waits(1.0, Setback(error=KeyRefused("no"))) == [None] * 5


@pytest.mark.parametrize(("asked", "wait"), [(0.0, 1.0), (7.0, 7.0), (300.0, 300.0), (301.0, None)])
def test_what_the_api_asks_for_is_kept(asked: float, wait: float | None) -> None:
    setback = Setback(error=Unreachable("no"), passing=True, asked=asked)
    assert waits(0.0, setback)[0] == wait
