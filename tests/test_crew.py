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

from syndicator import crew
from syndicator.crew import MOST_WORKERS, WORTH, drive, fitting, pool
from syndicator.errors import Stopped
from syndicator.jobs import Report
from tests.world import World

JOB: Any = SimpleNamespace(id="atom@site", is_ours=True)


def test_jobs_start_as_reports_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    started = 0

    def counted() -> Iterator[Any]:
        nonlocal started
        for _ in range(10):
            started += 1
            yield JOB

    monkeypatch.setattr(crew, "run", lambda _, job: Report(job=job))
    reports = drive(None, counted())  # type: ignore[arg-type]  # not looked at
    next(reports)
    assert started == 1
    assert len(list(reports)) == 9


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


def test_workers_leave_signals_to_the_main_process() -> None:
    with pool(2) as executor:
        assert executor.submit(signal.getsignal, signal.SIGINT).result() == signal.SIG_IGN
        assert executor.submit(signal.getsignal, signal.SIGTERM).result() == signal.SIG_IGN


def is_alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="asks Linux who is alive")
def test_workers_end_when_the_main_process_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "main.py"
    script.write_text(
        "import os, time\nfrom syndicator.crew import pool\n"
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


@pytest.mark.parametrize(
    ("cars", "there", "begun"), [(WORTH - 1, 4, 1), (WORTH, 4, 4), (WORTH, 64, MOST_WORKERS)]
)
def test_processes_are_started_where_they_pay(
    monkeypatch: pytest.MonkeyPatch, cars: int, there: int, begun: int
) -> None:
    monkeypatch.setattr(crew, "processors", lambda: there)
    assert fitting(cars) == begun


@pytest.mark.parametrize(("asked", "worth", "begun"), [(None, 1, 3), (None, 10**6, 1), (2, 1, 2)])
def test_a_build_has_as_many_processes_as_it_was_asked_for_or_as_pay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: int | None, worth: int, begun: int
) -> None:
    told: list[int] = []

    def noting(workshop: Any, jobs: Any, workers: int) -> Any:
        told.append(workers)
        return drive(workshop, jobs)

    monkeypatch.setattr(crew, "WORTH", worth)
    monkeypatch.setattr(crew, "processors", lambda: 3)
    monkeypatch.setattr(crew, "drive", noting)
    assert World(tmp_path).build(workers=asked).code == 0
    assert told == [begun]
