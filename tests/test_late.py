import subprocess
import sys
from pathlib import Path

import pytest

from syndicator import late

HEAVY = {"httpx", "httpcore", "jinja2", "lxml", "babel", "sqlite3", "nh3", "feedgen"}
FOR_COMMANDS = {"pydantic", "rich", "msgspec"}  # of which typer wants the first for some options


def test_a_module_runs_when_it_is_first_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "packed"
    package.mkdir()
    (package / "__init__.py").write_text("ran = []")
    (package / "inner.py").write_text("import packed\npacked.ran.append(__name__)\nvalue = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    import packed  # type: ignore[import-not-found]  # noqa: PLC0415 - it was made just now

    inner = late.module("packed.inner")
    assert packed.inner is inner
    assert packed.ran == []
    assert inner.value == 1
    assert late.module("packed.inner") is inner
    assert packed.ran == ["packed.inner"]


def test_what_is_not_there_is_missed_at_once() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"syndicator\.nothing"):
        late.module("syndicator.nothing")


@pytest.mark.parametrize(
    ("words", "spared"),
    [(["--help"], HEAVY | FOR_COMMANDS), (["build", "--help"], HEAVY), (["demo", "-h"], HEAVY)],
)
def test_help_loads_nothing_that_it_does_not_need(words: list[str], spared: set[str]) -> None:
    program = (
        "import sys; from syndicator import cli; cli.run(sys.argv[1:]);"
        "print(*sys.modules, file=sys.stderr)"
    )
    found = subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, text=True, check=True
    )
    assert "Usage: " in found.stdout
    assert spared.isdisjoint(found.stderr.splitlines()[-1].split())
