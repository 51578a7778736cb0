import io
import logging
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from syndicator import console
from syndicator.errors import UsageError
from syndicator.summary import Summary, TargetSummary

HELD = Summary(
    output="output",
    targets=[TargetSummary(target="location A", state="held", reason="odd")],
    failures=["atom@site: ValueError: one\ntwo"],
    warnings=["late"],
)


def test_a_log_line_is_one_line_without_terminal_effects(
    capsys: pytest.CaptureFixture[str],
) -> None:
    console.set_up_logging(1)
    logging.getLogger("syndicator.x").info("title %s", "\x1b[2Jred\x9b")
    assert capsys.readouterr().err == "INFO syndicator.x: title \\x1b[2Jred\\x9b\n"


def test_verbosity_says_what_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    log = logging.getLogger("syndicator.x")
    for verbosity, words in ((-1, "e"), (0, "we"), (1, "iwe"), (2, "diwe"), (9, "diwe")):
        console.set_up_logging(verbosity)
        for said, level in zip("diwe", (10, 20, 30, 40), strict=True):
            log.log(level, said)
        assert "".join(line[-1] for line in capsys.readouterr().err.splitlines()) == words


def test_an_error_says_what_and_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    console.tell_error(UsageError("one\ntwo", hint="mend it"))
    assert capsys.readouterr().err == "syndicator: one\nsyndicator: two\n  hint: mend it\n"


def test_a_trace_names_places_and_no_values(capsys: pytest.CaptureFixture[str]) -> None:
    console.set_up_logging(1)
    try:
        int("secret-4711".removeprefix("sec"))
    except ValueError as error:
        console.tell_trace(error)
    said = capsys.readouterr().err
    assert "test_console.py" in said
    assert "invalid literal" not in said


def test_a_quiet_run_still_says_what_went_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    console.report(HELD, as_object=False, quiet=True)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.splitlines() == [
        "location A: HELD: odd; what was not seen to go was kept",
        "failed: atom@site: ValueError: one\\ntwo",
    ]


def test_json_is_the_only_thing_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    console.report(HELD, as_object=True, quiet=False)
    printed = capsys.readouterr()
    assert len(printed.out.splitlines()) == 1
    assert printed.err == "warning: late\n"


def test_without_a_terminal_there_is_no_progress(capsys: pytest.CaptureFixture[str]) -> None:
    with console.progress() as notify:
        notify("everything", 1, None)
        notify("everything", 2, 2)
    assert capsys.readouterr().err == ""


class Terminal(io.StringIO):
    """A standard error that somebody looks at."""

    def isatty(self) -> bool:
        return True


def move() -> None:
    what = "photos\x1b[2J of a name that is longer than a terminal is wide, by far"
    with console.progress() as notify:
        for done in range(2):
            notify(what, done, 9)
        raise ValueError


@pytest.mark.parametrize("wanted", [True, False])
def test_on_a_terminal_bars_show_how_far_it_is_and_vanish(
    monkeypatch: pytest.MonkeyPatch, *, wanted: bool
) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_PROGRESS", raising=False)
    if not wanted:
        monkeypatch.setenv("NO_PROGRESS", "1")
    with pytest.raises(ValueError, match=r"^$"):
        move()
    shown = terminal.getvalue()
    assert ("photos\\x1b[2J of a name" in shown) is wanted
    assert "by far" not in shown
    assert "\x1b[2J" not in shown
    assert shown.endswith("\x1b[2K") is wanted  # the line is cleared


def test_without_a_standard_error_there_is_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = Terminal()
    closed.close()
    for stream in (None, closed):
        monkeypatch.setattr("sys.stderr", stream)
        with pytest.raises(ValueError, match=r"^$"):
            move()


def syndicator(*arguments: str, **streams: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "syndicator", *arguments]
    return subprocess.Popen(command, stderr=subprocess.PIPE, **streams)  # type: ignore[call-overload, no-any-return]


def test_a_reader_that_leaves_early_is_no_bug() -> None:
    process = syndicator("exporters", stdout=subprocess.PIPE)
    process.stdout.close()  # type: ignore[union-attr]
    assert process.stderr.read() == b""  # type: ignore[union-attr]
    process.stderr.close()  # type: ignore[union-attr]
    assert process.wait() == 0


@pytest.mark.parametrize("closed", ["2>&-", ">&-", ">&- 2>&-"])
@pytest.mark.parametrize(("words", "code"), [("exporters", 0), ("exporters nothing", 2)])
def test_a_command_works_where_a_stream_is_closed(closed: str, words: str, code: int) -> None:
    line = f"{shlex.quote(sys.executable)} -m syndicator {words} {closed}"
    ended = subprocess.run(["/bin/sh", "-c", line], capture_output=True, check=False, text=True)
    assert ended.returncode == code
    assert "Traceback" not in ended.stderr
    assert bool(ended.stdout) is (code == 0 and closed == "2>&-")


def test_a_name_that_a_terminal_has_no_letters_for_ends_no_command() -> None:
    said = (
        "from syndicator import console as c; c.answer('\u0160koda \U0001f697'); c.tell('\u0160')"
    )
    made = subprocess.run(
        [sys.executable, "-c", said],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=True,
    )
    assert made.stdout.split() == [b"\\u0160koda", b"\\U0001f697"]
    assert made.stderr.split() == [b"\\u0160"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_an_answer_that_cannot_be_written_is_told() -> None:
    with Path("/dev/full").open("wb") as full, syndicator("exporters", stdout=full.fileno()) as one:
        _, said = one.communicate()
    assert one.returncode == 7
    assert said == b"syndicator: standard output: No space left on device\n"
