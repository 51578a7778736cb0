import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from syndicator import build, cli
from syndicator.errors import Stopped
from syndicator.interruption import stoppable
from syndicator.simulator.server import Simulator
from syndicator.simulator.stock import make_stock

KEY = "canary-77c1"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OKASIE_API_SECRET", KEY)


def test_an_output_that_is_a_file_and_a_configuration_that_is_a_folder_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    assert cli.run(["build", "--all", "--output", "file"]) == 2
    assert "is no folder" in capsys.readouterr().err
    assert cli.run(["build", "--all", "--config", "folder"]) == 2
    assert "cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["serve", "simulate"])
def test_a_port_that_is_taken_is_named(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / "index.html").touch()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert cli.run([command, "--port", str(port)]) == 2
    assert f"port {port} cannot be used" in capsys.readouterr().err


def test_a_bug_is_one_line_without_what_was_at_hand(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError(KEY)

    monkeypatch.setattr(build, "build", broken)
    assert cli.run(["build", "--all", "--quiet"]) == 1
    said = capsys.readouterr().err
    assert said == "syndicator: this is a bug: RuntimeError; -v shows where\n"
    assert cli.run(["build", "--all", "-vv"]) == 1
    assert KEY not in capsys.readouterr().err


def test_a_key_cannot_be_an_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["build", "--help"]) == 0
    assert KEY not in capsys.readouterr().out
    assert cli.run(["build", "--api-key", "x"]) == 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_unwinds_and_the_handlers_are_put_back(number: int) -> None:
    before = signal.getsignal(number)
    with pytest.raises(Stopped) as stopped, stoppable():
        os.kill(os.getpid(), number)
    assert stopped.value.number == number
    assert signal.getsignal(number) == before


class Deaf:
    """Is sent a signal while it is cleared away: what is raised there is lost."""

    def __del__(self) -> None:
        os.kill(os.getpid(), signal.SIGTERM)


def test_a_signal_that_gets_lost_is_heard_a_moment_later() -> None:
    def work() -> None:
        Deaf()
        threading.Event().wait(60)

    with pytest.raises(Stopped), stoppable():
        work()


def test_an_ignored_signal_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stoppable():
            os.kill(os.getpid(), signal.SIGHUP)
            assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def alive_in(group: int) -> list[str]:
    """The processes of a group that do more than wait to be buried, as Linux tells."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _parent, its_group, *_ = path.read_text().rpartition(")")[2].split()
            if int(its_group) == group and state != "Z":
                found.append(path.parent.joinpath("cmdline").read_text())
    return found


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_interrupted_build_leaves_nothing_behind(
    tmp_path: Path, number: int, code: int, workers: str
) -> None:
    stock = make_stock(3, 1200, 6, photo_base="https://images.example")
    with Simulator(stock, key=KEY, rate_limit=0) as simulator:
        command = [sys.executable, "-m", "syndicator", "build", "--all", "--jobs", workers]
        process = subprocess.Popen(
            [*command, "--api-url", simulator.base_url],
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        while not list(tmp_path.glob(".syndicator/stage/*")):
            assert process.poll() is None, "was done before it could be stopped"
        os.killpg(process.pid, number)  # as a terminal does, and as hosts do
        _, said = process.communicate()
    assert process.returncode == code
    assert said.decode().splitlines()[-1] == (
        "syndicator: stopped; what was published stays as it is"
    )
    assert b"Traceback" not in said
    assert not (tmp_path / "output").exists()
    assert not (tmp_path / ".syndicator" / "stage").exists()
    deadline = time.monotonic() + 30
    while left := alive_in(process.pid):
        assert time.monotonic() < deadline, left
