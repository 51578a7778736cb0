import json
from typing import Any

import pytest

from syndicator.errors import AnswerError, NotVisible, Unreachable
from syndicator.source.answers import Rejected
from syndicator.source.sweep import Sweep
from syndicator.source.wire import Page, Pagination

SIZE = 10
Answers = dict[int, Page | Exception]


def record(name: object) -> bytes:
    return json.dumps({"id": name}).encode()


def page(
    names: Any, total: int | None = None, *, number: int | None = None, **stated: int | None
) -> Page:
    pagination = Pagination(page=number, total_items=total, **({"page_size": SIZE} | stated))
    return Page(records=tuple(map(record, names)), pagination=pagination)


def stock(count: int) -> list[str]:
    return [f"car-{each}" for each in range(count)]


def pages(names: list[str], total: int | None = None) -> Answers:
    total = len(names) if total is None else total
    count = max(1, -(-total // SIZE))
    return {
        number: page(names[(number - 1) * SIZE : number * SIZE], total, number=number)
        for number in range(1, count + 1)
    }


class Api:
    """Answers by page number, and remembers which were asked for."""

    def __init__(self, answers: Answers, beyond: Page | Exception | None = None) -> None:
        self.answers = answers
        self.beyond = beyond or page([], None)
        self.asked: list[int] = []

    def __call__(self, number: int) -> Page:
        self.asked.append(number)
        answer = self.answers.get(number, self.beyond)
        if isinstance(answer, Exception):
            raise answer
        return answer


def walk(answers: Answers, beyond: Page | Exception | None = None) -> tuple[Sweep, Api]:
    api = Api(answers, beyond)
    sweep = Sweep(api, SIZE)
    for _ in sweep:
        pass
    return sweep, api


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 43])
def test_a_quiet_list_is_walked_once_and_clean(count: int) -> None:
    names = stock(count)
    sweep, api = walk(pages(names))
    assert (sweep.complete, sweep.clean, sweep.total) == (True, True, count)
    assert sweep.ids == set(names)
    assert api.asked == list(range(1, max(1, -(-count // SIZE)) + 1))


def test_pages_are_handed_on_while_walking() -> None:
    api = Api(pages(stock(25)))
    sweep = Sweep(api, SIZE)
    for handed, each in enumerate(sweep, 1):
        assert api.asked == list(range(1, handed + 1))
        assert each.records
        assert not sweep.clean
    assert sweep.clean


def test_a_smaller_page_than_asked_for_loses_nothing() -> None:
    names = stock(12)
    answers: Answers = {
        number: page(names[(number - 1) * 5 : number * 5], 12, page_size=5) for number in (1, 2, 3)
    }
    assert walk(answers)[0].clean
    unsaid: Answers = {
        number: page(names[(number - 1) * 5 : number * 5], 12, page_size=None)
        for number in (1, 2, 3)
    }
    assert walk(unsaid)[0].clean


def test_too_few_pages_announced_are_not_believed() -> None:
    answers = pages(stock(35))
    answers |= {
        number: page(stock(35)[(number - 1) * SIZE : number * SIZE], 35, total_pages=3)
        for number in range(1, 5)
    }
    sweep, api = walk(answers)
    assert (sweep.clean, api.asked) == (True, [1, 2, 3, 4])


def test_a_million_pages_announced_end_with_the_first_empty_one() -> None:
    names = stock(15)
    answers: Answers = {
        1: page(names[:10], 15, total_pages=10**6),
        2: page(names[10:], 15, total_pages=10**6),
        3: page([], 15, total_pages=10**6),
    }
    sweep, api = walk(answers)
    assert (sweep.complete, api.asked) == (True, [1, 2, 3])


def test_a_list_that_shrinks_is_walked_to_its_new_end_and_not_clean() -> None:
    names = stock(31)
    sweep, api = walk({**pages(names), 3: page(names[20:30], 30)})
    assert (sweep.complete, sweep.clean, api.asked) == (True, False, [1, 2, 3])


def test_a_list_that_grows_is_walked_to_its_new_end_and_not_clean() -> None:
    names = stock(31)
    sweep, _ = walk({1: page(names[:10], 20), **{n: p for n, p in pages(names).items() if n > 1}})
    assert (sweep.complete, sweep.clean, sweep.total) == (True, False, 31)
    assert sweep.ids == set(names)


def test_a_list_that_never_ends_is_left() -> None:
    def grow(number: int) -> Page:
        names = [f"{number}-{each}" for each in range(SIZE)]
        return page(names, (number + 5) * SIZE)

    sweep = Sweep(grow, SIZE)
    with pytest.raises(AnswerError, match="more pages than announced"):
        list(sweep)
    assert (sweep.complete, sweep.clean) == (False, False)


def test_a_listing_seen_twice_is_not_clean() -> None:
    names = stock(20)
    names[10] = names[9]  # it slid over the boundary, and another one was missed
    sweep, _ = walk(pages(names))
    assert (sweep.complete, sweep.clean) == (True, False)
    doubled = walk(pages(["a", "a", "b"]))[0]
    assert not doubled.clean


def test_fewer_listings_than_the_total_are_not_clean() -> None:
    sweep, _ = walk(pages(stock(14), total=15))
    assert (sweep.complete, sweep.clean) == (True, False)


def test_an_empty_page_in_the_middle_does_not_end_the_walk() -> None:
    answers = pages(stock(35))
    sweep, api = walk({**answers, 2: page([], 35)})
    assert (sweep.complete, sweep.clean, api.asked) == (True, False, [1, 2, 3, 4])


def test_a_short_page_in_the_middle_is_refused() -> None:
    answers = pages(stock(35))
    with pytest.raises(AnswerError, match="9 records where 10 must be"):
        walk({**answers, 2: page(stock(19)[10:], 35)})


def test_more_records_than_asked_for_are_refused() -> None:
    with pytest.raises(AnswerError, match="11 records where 10 were asked"):
        walk({1: page(stock(11), 11, page_size=11)})


def test_one_page_for_every_number_is_a_loop() -> None:
    with pytest.raises(AnswerError, match="same listings"):
        walk({}, beyond=page(stock(10), 35))
    with pytest.raises(AnswerError, match="same listings"):
        walk({1: page(stock(10))}, beyond=page(reversed(stock(10))))


def test_nothing_on_two_pages_of_the_middle_is_a_loop() -> None:
    with pytest.raises(AnswerError, match="same listings"):
        walk({1: page(stock(10), 95)}, beyond=page([], 95))


def test_an_answer_for_another_page_is_not_clean() -> None:
    answers = pages(stock(20))
    assert not walk({**answers, 2: page(stock(20)[10:], 20, number=1)})[0].clean


def test_a_size_that_changes_on_the_way_is_not_clean() -> None:
    answers: Answers = {1: page(stock(10), 15), 2: page(stock(15)[10:], 15, page_size=5)}
    answers[3] = page([], 15, page_size=5)
    sweep, _ = walk(answers)
    assert (sweep.ids, sweep.clean) == (set(stock(15)), False)


@pytest.mark.parametrize("beyond", [page([]), Page(records=()), NotVisible("404"), Rejected("422")])
def test_without_totals_the_walk_goes_on_until_nothing_comes_and_is_never_clean(
    beyond: Page | Exception,
) -> None:
    answers: Answers = {1: page(stock(10)), 2: page(stock(15)[10:])}
    sweep, api = walk(answers, beyond)
    assert (sweep.ids, sweep.complete, sweep.clean) == (set(stock(15)), True, False)
    assert api.asked == [1, 2, 3]


def test_a_last_page_that_vanished_is_the_end_and_not_clean() -> None:
    answers = {**pages(stock(31)), 4: NotVisible("404")}
    sweep, _ = walk(answers)
    assert (sweep.complete, sweep.clean, len(sweep.ids)) == (True, False, 30)


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("kind", [NotVisible, Rejected, Unreachable, AnswerError])
def test_an_error_before_the_end_is_passed_on(number: int, kind: type[Exception]) -> None:
    answers = pages(stock(35))
    sweep = Sweep(Api({**answers, number: kind("no")}), SIZE)
    with pytest.raises(kind, match="no"):
        list(sweep)
    assert (sweep.complete, sweep.clean) == (False, False)


def test_records_without_an_id_are_counted_not_named() -> None:
    sweep, _ = walk({1: page(["a", None, 5], 3)})
    assert (sweep.ids, sweep.clean) == ({"a"}, True)
