"""The whole loop: ``python -m tests.crash``; it ends with 1 if anything is wrong.

A line for each scene and fault: how many operations on the disk its build has, at how many of them
it was disturbed, and what was wrong afterwards, of which all must be 0.
"""

import argparse
import logging
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from multiprocessing import get_context
from pathlib import Path

from tests.crash.loop import Operations, Run, disturbed, ready
from tests.crash.meter import FAULTS
from tests.crash.scenes import SCENES, Ready

WRONG = ("broken", "dead", "difference", "exit")
SHOWN = 5  # faults of one line, in words

Task = tuple[str, str, str, int]
"""Where to work, the scene, the fault and the number of the operation."""


def chosen(found: Operations, every: int, deciding: int, turn: int) -> list[int]:
    """Each n-th operation, and each m-th of those by which a landing is decided and recorded.

    :param turn: of the fault, so that not all of them fall on the same operations.
    """
    crucial = [number for number, (_, what) in enumerate(found) if decides(what)]
    usual = range(turn * every // len(FAULTS), len(found), every)
    return sorted({*usual, *crucial[turn % deciding :: deciding]})


def decides(what: str) -> bool:
    """Whether an operation is one on the journal, or writes the manifest."""
    path = what.partition(": ")[0].rpartition("/")[2]
    return path.startswith("journal") or (path == "manifest.db" and ": " in what)


@lru_cache(maxsize=len(SCENES))
def scene_of(name: str, base: str, process: int) -> Ready:
    """The scene in a folder of this process, whatever it has from the one that forked it."""
    return ready(name, Path(tempfile.mkdtemp(prefix=f"{process}-", dir=base)))


def work(task: Task) -> Run:
    """Disturb one build."""
    base, scene, fault, number = task
    return disturbed(scene, scene_of(scene, base, os.getpid()), fault, number)


def runs(tasks: Sequence[Task], jobs: int) -> Iterator[Run]:
    """All of them, in their order."""
    if jobs == 1:
        yield from map(work, tasks)
        return
    with get_context("fork").Pool(jobs) as pool:
        yield from pool.imap(work, tasks, chunksize=4)


def report(scene: str, fault: str, count: int, done: Sequence[Run]) -> bool:
    """Print the line, and what is behind it; whether all is well."""
    kinds = Counter(kind for run in done for kind in {kind for kind, _ in run.faults})
    codes = Counter(run.code for run in done)
    ends = ", ".join(f"{times} x {code}" for code, times in sorted(codes.items()))
    told = ", ".join(f"{kinds[kind]} {kind}" for kind in WRONG)
    runs = f"{count:5} operations {len(done):5} runs"
    say(f"{scene:7} {fault:9} {runs}: {told}; ended {ends}")
    wrong = [(run, kind, said) for run in done for kind, said in run.faults]
    for run, kind, said in wrong[:SHOWN]:
        say(f"    {run.number} {' '.join(run.operation)}: {kind}: {said}")
    return not wrong


def say(line: str) -> None:
    """At once: the loop is long."""
    print(line, flush=True)  # noqa: T201 - a program


def main(arguments: Sequence[str] | None = None) -> int:
    """The program."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--scene", action="append", choices=SCENES, help="repeatable; all")
    parser.add_argument("--fault", action="append", choices=FAULTS, help="repeatable; all")
    parser.add_argument("--word", action="append", help="an operation, as fsync; repeatable; all")
    parser.add_argument("--every", type=int, default=1, metavar="K", help="each K-th operation")
    parser.add_argument("--deciding", type=int, default=1, metavar="K", help="of a landing's own")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="side by side")
    asked = parser.parse_args(arguments)
    well = True
    logging.getLogger("syndicator").setLevel(logging.ERROR)  # a killed build is finished: as meant
    with tempfile.TemporaryDirectory(prefix="syndicator-crash-") as base:
        for scene in asked.scene or SCENES:
            found = scene_of(scene, base, os.getpid()).operations
            tasks = [
                (base, scene, fault, number)
                for turn, fault in enumerate(FAULTS)
                for number in chosen(found, asked.every, asked.deciding, turn)
                if fault in (asked.fault or FAULTS)
                and found[number][0] in (asked.word or [found[number][0]])
            ]
            for fault, done in groupby(runs(tasks, asked.jobs), key=lambda run: run.fault):
                well &= report(scene, fault, len(found), list(done))
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
