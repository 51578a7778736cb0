import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from multiprocessing import active_children
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from syndicator import jobs
from syndicator.contract import Finding, Outcome
from syndicator.errors import OutputError, Stopped
from syndicator.jobs import Inline, Report, drive, left_out, pool, run

JOB: Any = SimpleNamespace(id="atom@site")


def fails_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> Any:
    def make(*_: object) -> Report:
        raise error

    monkeypatch.setattr(jobs, "make", make)
    return None


class Panic(BaseException):
    """What extensions in Rust raise."""


@pytest.mark.parametrize("error", [ValueError("odd"), Panic("odd"), OSError("odd"), MemoryError()])
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


def test_few_jobs_are_in_flight_and_all_report(monkeypatch: pytest.MonkeyPatch) -> None:
    started = 0

    def counted() -> Iterator[Any]:
        nonlocal started
        for _ in range(10):
            started += 1
            yield JOB

    monkeypatch.setattr(jobs, "make", lambda _, job: Report(job=job))
    reports = drive(Inline(), None, counted(), window=2)  # type: ignore[arg-type]  # not looked at
    next(reports)
    assert started <= 4
    assert len(list(reports)) == 9


def test_a_listing_left_out_counts_once_under_its_first_reason() -> None:
    wanting = [
        Finding(listing_id=listing, field=field, outcome=Outcome.LEFT_OUT, reason="wanting")
        for listing, field in (("a", "price"), ("a", "photo"), ("b", "photo"))
    ]
    poorer = Finding(listing_id="c", field="vin", outcome=Outcome.POORER)
    by_rule = Finding(listing_id="d", outcome=Outcome.LEFT_OUT, reason="rule {n}", values={"n": 2})
    assert left_out([*wanting, poorer, by_rule]) == {"photo": 1, "price": 1, "rule 2": 1}
    assert left_out([]) == {}


def test_no_worker_outlives_an_interruption() -> None:
    def interrupted() -> None:
        with pool(2) as executor:
            executor.submit(time.sleep, 60)
            executor.submit(time.sleep, 60)
            assert len(active_children()) == 2
            raise Stopped(15)

    started = time.monotonic()
    with pytest.raises(Stopped):
        interrupted()
    assert active_children() == []
    assert time.monotonic() - started < 30


def test_a_worker_that_somebody_ended_is_no_bug() -> None:
    with pytest.raises(OutputError, match="worker process"), pool(2) as executor:
        executor.submit(os.kill, executor.submit(os.getpid).result(), signal.SIGKILL).result()


def test_workers_leave_signals_to_the_main_process() -> None:
    with pool(2) as executor:
        assert executor.submit(signal.getsignal, signal.SIGINT).result() == signal.SIG_IGN
        assert executor.submit(signal.getsignal, signal.SIGTERM).result() == signal.SIG_IGN


def is_alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="asks Linux who is alive")
def test_workers_end_when_the_main_process_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "main.py"
    script.write_text(
        "import os, time\nfrom syndicator.jobs import pool\n"
        "if __name__ == '__main__':\n"
        "    with pool(2) as executor:\n"
        "        print(executor.submit(os.getpid).result(), flush=True)\n"
        "        time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        worker = int(process.stdout.readline())
        process.kill()
    deadline = time.monotonic() + 30
    while is_alive(worker) and time.monotonic() < deadline:
        pass
    assert not is_alive(worker)
