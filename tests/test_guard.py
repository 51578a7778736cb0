import pytest

from syndicator.guard import Change, Have, Hold, Release, has_grown, is_outbreak, judge, lifts


def change(before: int, **parts: object) -> Change:
    return Change(before=before, **parts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("made", "release"),
    [
        (change(0, added=500), None),
        (change(4, missing=2), None),  # a share of a few says nothing
        (change(5, missing=4), None),
        (change(120, missing=5), None),
        (change(120, missing=24), None),  # a fifth
        (change(120, missing=25), Release.AGREEMENT),
        (change(120, missing=60), Release.AGREEMENT),  # half
        (change(120, missing=61), Release.FORCE),
        (change(9, missing=7), Release.AGREEMENT),
        (change(10, missing=6), Release.FORCE),
        (change(1, missing=1), Release.FORCE),  # none is left
        (change(120, missing=120), Release.FORCE),
        (change(120, missing=120, added=1), Release.FORCE),
        (change(3, explained=2, missing=1), Release.FORCE),
        (change(3, explained=3), None),  # three cars may be sold in a day
        (change(19, explained=19), None),
        (change(20, explained=16), None),
        (change(20, explained=17), Release.AGREEMENT),
        (change(300, explained=300), Release.AGREEMENT),
        (change(300, unusable=15), None),
        (change(300, unusable=16), Release.FORCE),
        (change(12, unusable=2), None),  # a bad record costs that record
        (change(12, unusable=3), Release.FORCE),
    ],
)
def test_what_may_go_and_what_is_held(made: Change, release: Release | None) -> None:
    hold = judge(made)
    assert (hold and hold.release) == release


def had(cars: int, priced: int, pictured: int) -> Have:
    return Have(cars=cars, priced=priced, pictured=pictured)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (had(100, 95, 95), had(100, 40, 95), "prices of 60%"),
        (had(100, 95, 95), had(100, 95, 0), "photos of 100%"),
        (had(100, 95, 95), had(100, 50, 95), None),
        (had(100, 90, 95), had(100, 0, 95), None),  # not everybody states a price here
        (had(5, 5, 5), had(5, 0, 0), None),
    ],
)
def test_fields_that_are_lost_all_at_once_hold(
    before: Have, after: Have, words: str | None
) -> None:
    hold = judge(change(before.cars, had=before, has=after))
    assert hold is None if words is None else words in (hold.reason if hold else "")


def held(after: int, release: Release = Release.AGREEMENT) -> Hold:
    return Hold(reason="x", release=release, after=after)


def test_a_second_sweep_that_says_nearly_the_same_lifts_a_hold() -> None:
    assert lifts(held(70), held(70), forced=False)
    assert lifts(held(70), held(63), forced=False)
    assert lifts(held(0), held(0), forced=False)
    assert not lifts(held(70), held(62), forced=False)
    assert not lifts(None, held(70), forced=False)
    assert not lifts(held(70), held(30, Release.FORCE), forced=False)
    assert not lifts(held(30, Release.FORCE), held(30, Release.FORCE), forced=False)
    assert not lifts(held(30, Release.FORCE), held(30), forced=False)


def test_force_lifts_what_a_person_can_judge() -> None:
    assert lifts(None, held(70), forced=True)
    assert lifts(None, held(0, Release.FORCE), forced=True)
    assert not lifts(None, held(0, Release.NEVER), forced=True)


def test_more_than_half_of_several_are_an_outbreak() -> None:
    assert [is_outbreak(*each) for each in ((1, 1), (1, 2), (2, 2), (2, 3), (2, 4), (0, 5))] == [
        False,
        False,
        True,
        True,
        False,
        False,
    ]


def test_a_stock_that_grows_beyond_belief_is_noticed() -> None:
    assert has_grown(change(10, added=31))
    assert not has_grown(change(10, added=30))
    assert not has_grown(change(9, added=900))
