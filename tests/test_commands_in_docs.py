"""Every command of ours that a page shows is run, or at least understood, by the real program.

What stands in a shell block is run against the simulator, in a folder with a configuration that has
what pages name. What cannot be run here stands in :data:`ONLY_PARSED`, with the reason; that, and
what stands in sentences and in the files of other programs, is parsed by the real command line.
"""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import typer

from syndicator import cli
from tests import pages
from tests.desk import Desk, put

ONLY_PARSED: Mapping[frozenset[str], str] = {
    frozenset({"--executor", "dask"}): "no cluster is at that address",
    frozenset({"deploy"}): "there is no such bucket",
    frozenset({"exporters", "pricelist"}): "test_package.py installs that package, and runs this",
}
"""Words that a command has, to the reason why it is not run."""

HERE = ("/srv/showroom/",)  # folders of a page's own machine, for which the desk's stands in
LASTING = {"serve", "simulate"}  # until they are interrupted
LOOKING = {"check", "headers", "history", "serve"}  # at what was built
CONFIGURATION = """
[site]
url = "https://voorraad.example.be"
languages = ["nl", "fr"]

[[targets]]
location = "DEX-GENT"
slug = "gent"

[feeds.trovit]
"""
PATIENCE_SECONDS = 60
GROUP = typer.main.get_command(cli.app)


def found(*, typed: bool) -> list[Any]:
    """The commands of all pages, each once, with the first page that has it."""
    known: dict[tuple[str, ...], pages.Command] = {}
    for page in pages.PAGES:
        for each in pages.commands(page):
            if each.is_typed is typed:
                known.setdefault(each.words, each)
    return [
        pytest.param(each.words, id=f"{each.page}: {' '.join(each.words)}")
        for each in known.values()
    ]


def reason_not_to_run(words: tuple[str, ...]) -> str:
    return next((why for those, why in ONLY_PARSED.items() if those <= set(words)), "")


TYPED, SAID = found(typed=True), found(typed=False)
RUN = [each for each in TYPED if not reason_not_to_run(each.values[0])]
PARSED = [*SAID, *(each for each in TYPED if reason_not_to_run(each.values[0]))]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with Desk(tmp_path / "site", monkeypatch).open() as opened:
        put(opened.folder, {"syndicator.toml": CONFIGURATION})
        yield opened


@pytest.mark.parametrize("words", RUN)
def test_a_command_on_a_page_runs(words: tuple[str, ...], desk: Desk) -> None:
    command, *options = map(at_the_desk, words)
    if command in LOOKING or "--offline" in options:
        said = desk.type("syndicator build --quiet")
        assert desk.code == 0, said
    if command in LASTING or "--serve" in options:
        code, said = until_it_serves([command, *options, "--port", "0"], desk.folder)
        assert code == 128 + signal.SIGINT, said
        return
    few = ["--listings", "1", "--dealers", "1"] if command == "demo" else []
    said = desk.run([command, *options, *few])
    assert desk.code == 0, said


def at_the_desk(word: str) -> str:
    for folder in HERE:
        word = word.replace(folder, "")
    return word


def until_it_serves(words: list[str], folder: Path) -> tuple[int, str]:
    """A command that goes on until it is interrupted, as it is once it tells its address."""
    started = subprocess.Popen(
        [sys.executable, "-m", "syndicator", *words],
        cwd=folder,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert started.stdout
        said = ""
        for line in started.stdout:
            said += line
            if re.search(r"http://(127\.0\.0\.1|localhost):\d+", line):
                started.send_signal(signal.SIGINT)
                break
        rest, _ = started.communicate(timeout=PATIENCE_SECONDS)
    finally:
        started.kill()
        started.wait()
    return started.returncode, said + rest


@pytest.mark.parametrize("words", PARSED)
def test_a_command_that_is_not_run_is_understood(words: tuple[str, ...]) -> None:
    parse(words)


@pytest.mark.parametrize(
    "words", [("built",), ("build", "--locaton", "X"), ("build", "--jobs", "n")]
)
def test_what_is_not_understood_is_an_error(words: tuple[str, ...]) -> None:
    with pytest.raises(Exception, match=r"(?i)no such|valid integer"):
        parse(words)


def parse(words: tuple[str, ...]) -> None:
    """As the command line does it, up to where the command would be called.

    A command that is named alone may lack what it needs.

    :raises Exception: of typer's own, with what it would print.
    """
    group: Any = GROUP
    with group.make_context("syndicator", list(words)) as above:
        _name, command, rest = group.resolve_command(above, list(words))
        command.make_context(command.name, rest, parent=above, resilient_parsing=len(words) == 1)


def test_the_list_of_what_is_only_parsed_is_no_longer_than_it_has_to_be() -> None:
    typed = [set(each.values[0]) for each in TYPED]
    assert [those for those in ONLY_PARSED if not any(those <= each for each in typed)] == []
    assert len(RUN) > len(ONLY_PARSED)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("syndicator build --all", ("build", "--all")),
        ("$ .venv/bin/syndicator check > report.txt", ("check",)),
        ("cd site && NO_COLOR=1 syndicator build || test -e output", ("build",)),
        ("sudo -u syndicator syndicator serve --port 0", ("serve", "--port", "0")),
        ("syndicator bild", ("bild",)),
        ("useradd --system syndicator --shell /bin/false", None),
    ],
)
def test_commands_are_found_in_what_is_typed(
    line: str, words: tuple[str, ...] | None, tmp_path: Path
) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"Type this:\n\n```sh\n{line}\n```\n")
    assert [each.words for each in pages.commands(page)] == ([words] if words else [])


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("ini", "ExecStart=/srv/venv/bin/syndicator build --quiet"),
        ("toml", 'command = "uv run syndicator build --quiet"'),
        ("yaml", "      - run: syndicator build --quiet"),
        ("text", "*/15 * * * * cd /srv && syndicator build --quiet && curl https://x.example"),
    ],
)
def test_commands_are_found_in_files_of_other_programs(
    language: str, line: str, tmp_path: Path
) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"```{language}\n{line}\n```\n\nSay `syndicator check`.\n")
    found = [(each.words, each.is_typed) for each in pages.commands(page)]
    assert found == [(("build", "--quiet"), False), (("check",), False)]
