"""A desk at which what pages show is typed: a folder, a shell of few words, and the API.

Commands of ours run in this process, on real sockets, by a clock of their own, so that no retry
takes a second; whatever else is typed goes to ``sh``. The API is that of ``syndicator simulate
--listings 60 --dealers 6``, so readers who type the same see the same.
"""

import io
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from syndicator import build, cli, demonstration, i18n, jobs
from syndicator.simulator import faults
from syndicator.simulator.messages import Request, Response
from syndicator.simulator.server import Simulator
from syndicator.simulator.service import Answer
from syndicator.simulator.stock import make_stock
from syndicator.source.client import Client, Secret
from syndicator.source.clock import Clock
from syndicator.source.patience import Patience
from tests.watch import Watch

Fault = Callable[[Request, Answer], Response]

QUARTER = 900.0  # seconds from one command to the next
STOCK = (1, 60, 6)  # seed, listings and dealers
MOST_PHOTOS = 20


class Desk:
    """Where somebody sits who reads a page.

    :ivar faults: what is wrong with the API from now on, as ``--fault`` takes it.
    :ivar code: that the last command ended with.
    """

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.watch = Watch()
        self.code = 0
        self.faults: tuple[str, ...] = ()
        self._patch = patch
        self._stock = make_stock(*STOCK, most_photos=MOST_PHOTOS)
        self._script: Fault = faults.Script.of()

    @contextmanager
    def open(self) -> Iterator["Desk"]:
        """With the API at work, and known to the commands."""
        self.sit(self.folder)
        patch = self._patch
        for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
            patch.delenv(name, raising=False)
            patch.delenv(name.upper(), raising=False)
        timed = partial(build.Request, clock=self.watch, connect=self._connect)
        patch.setattr(build, "Request", timed)
        known: dict[str, Any] = {"key": demonstration.KEY, "rate_limit": 0}
        clock = self.watch.unix
        with Simulator(self._stock, fault=self._answered, clock=clock, **known) as simulator:
            self.log_in(simulator)
            yield self

    def sit(self, folder: Path) -> None:
        """Work there from now on."""
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self._patch.chdir(folder)

    def log_in(self, simulator: Simulator) -> None:
        """What ``simulate`` tells to export."""
        self._patch.setenv("OKASIE_API_URL", simulator.base_url)
        self._patch.setenv("OKASIE_API_SECRET", simulator.key)

    def type(self, line: str) -> str:
        """One line, and all that it prints."""
        words = shlex.split(line, comments=True)
        match words:
            case ["echo", "$?"]:
                return f"{self.code}\n"
            case ["export", assignment]:
                name, _, value = assignment.partition("=")
                self._patch.setenv(name, value)
                return ""
            case ["unset", name]:
                self._patch.delenv(name)
                return ""
            case ["syndicator", *arguments]:
                return self.run(arguments)
        done = subprocess.run(
            ["sh", "-c", line],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.code = done.returncode
        return done.stdout

    def script_of(self) -> Fault:
        """What is wrong during the next command."""
        return faults.Script.of(*self.faults)

    @contextmanager
    def repriced(self, reference: str, price: int) -> Iterator[None]:
        """With another price for the car of that reference, as of now."""
        cars = (self._stock.listing(each.id) for each in self._stock)
        (car,) = (each for each in cars if each["externalReference"] == reference)
        now = self.watch.utc().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        before = {name: car[name] for name in ("price", "updatedAt")}
        self._stock.amend(car["id"], price=price, updatedAt=now)
        try:
            yield
        finally:
            self._stock.amend(car["id"], **before)

    def run(self, arguments: list[str]) -> str:
        """One command of ours, by its words, and all that it prints."""
        self.watch.tick(QUARTER)
        jobs.templates.cache_clear()  # a command of its own would find what has changed
        i18n._words.cache_clear()
        self._script = self.script_of()
        said = io.StringIO()
        with redirect_stdout(said), redirect_stderr(said):
            self.code = cli.run(arguments)
        return said.getvalue()

    def _answered(self, request: Request, answer: Answer) -> Response:
        return self._script(request, answer)

    def _connect(self, url: str, secret: Secret, seconds: float, clock: Clock) -> Client:
        return Client(url, secret, patience=Patience(clock, seconds=seconds), clock=clock)


def put(folder: Path, files: dict[str, str]) -> None:
    """The files that a page shows, where it says."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def restore(saved: Path, folder: Path) -> None:
    """The folder as it was saved, with the times of its files, by which edits are seen."""
    for each in folder.iterdir():
        if each.is_dir():
            shutil.rmtree(each)
        else:
            each.unlink()
    shutil.copytree(saved, folder, dirs_exist_ok=True)


def shows(told: str, shown: str) -> bool:
    """Whether a page shows what was told; ``…`` stands for any text, alone for any lines."""
    pattern = ""
    for line in shown.splitlines():
        if line == "…":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*".join(map(re.escape, line.split("…"))) + r"\n"
    return re.fullmatch(pattern, told) is not None
