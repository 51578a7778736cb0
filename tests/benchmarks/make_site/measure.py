"""One run of one contender: what it cost, and what it wrote."""

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import fmean

import msgspec

LAUNCH = Path(__file__).with_name("launch.py")
COARSE = 50_000_000  # nanoseconds that a file's time may lie behind ours


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A command that is ready to be measured."""

    name: str
    command: tuple[str, ...]
    folder: Path
    output: Path
    environment: dict[str, str] = {}


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """Of a process and its descendants; ``peak`` is the largest one's, in bytes."""

    code: int
    wall: float
    cpu: float
    peak: int


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a run came to; ``page`` is the mean size of a car's page, in bytes like ``size``."""

    cost: Cost
    files: int
    written: int
    size: int
    page: float


def measure(run: Run) -> Outcome:
    """Run it once; what others have written before is on the disk by then.

    :raises RuntimeError: it failed.
    """
    os.sync()
    began = time.time_ns() - COARSE
    cost = spend(run.command, run.folder, run.environment)
    if cost.code:
        raise RuntimeError(f"{run.name} ended with {cost.code}: {' '.join(run.command)}")
    found = [path.stat() for path in run.output.rglob("*") if path.is_file()]
    pages = [path.stat().st_size for path in run.output.glob("*/*/index.html")]
    return Outcome(
        cost=cost,
        files=len(found),
        written=sum(each.st_mtime_ns >= began for each in found),
        size=sum(each.st_size for each in found),
        page=fmean(pages),
    )


def spend(command: tuple[str, ...], folder: Path, environment: dict[str, str]) -> Cost:
    """What a command costs."""
    launched = subprocess.run(
        [sys.executable, "-I", "-S", str(LAUNCH), *command],
        cwd=folder,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        check=True,
    )
    return msgspec.json.decode(launched.stdout, type=Cost)
