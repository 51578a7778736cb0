from types import SimpleNamespace
from typing import Any

import pytest

from syndicator import jobs
from syndicator.contract import Finding, Outcome
from syndicator.errors import OutputError, Stopped
from syndicator.jobs import Report, left_out, run

JOB: Any = SimpleNamespace(id="atom@site")


def fails_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> Any:
    def make(*_: object) -> Report:
        raise error

    monkeypatch.setattr(jobs, "make", make)
    return None


class Panic(BaseException):
    """What extensions in Rust raise."""


@pytest.mark.parametrize(
    "error",
    [
        ValueError("odd"),
        Panic("odd"),
        OSError("odd"),
        MemoryError(),
        SystemExit(0),
        GeneratorExit(),
    ],
)
def test_whatever_an_exporter_raises_costs_its_job(
    monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    workshop = fails_with(monkeypatch, error)
    assert run(workshop, JOB).error == f"{type(error).__name__}: {error}"


@pytest.mark.parametrize("error", [OutputError("full"), Stopped(15), KeyboardInterrupt()])
def test_a_full_disk_and_a_signal_end_the_build(
    monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    workshop = fails_with(monkeypatch, error)
    with pytest.raises(type(error)):
        run(workshop, JOB)


def test_a_listing_left_out_counts_once_under_its_first_reason() -> None:
    wanting = [
        Finding(listing_id=listing, field=field, outcome=Outcome.LEFT_OUT, reason="wanting")
        for listing, field in (("a", "price"), ("a", "photo"), ("b", "photo"))
    ]
    poorer = Finding(listing_id="c", field="vin", outcome=Outcome.POORER)
    by_rule = Finding(listing_id="d", outcome=Outcome.LEFT_OUT, reason="rule {n}", values={"n": 2})
    assert left_out([*wanting, poorer, by_rule]) == {"photo": 1, "price": 1, "rule 2": 1}
    assert left_out([]) == {}
