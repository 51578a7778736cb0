import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from syndicator import late
from tests.world import World

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
    assert packed.ran == []
    assert inner.value == 1
    assert late.module("packed.inner").value == 1
    assert packed.ran == ["packed.inner"]
    monkeypatch.setattr(packed.inner, "value", 2)
    assert inner.value == 2


def test_no_thread_sees_half_a_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "slow_to_load.py").write_text("import time\ntime.sleep(0.2)\nvalue = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    slow, begin = late.module("slow_to_load"), Barrier(4)

    def look(_: int) -> int:
        begin.wait()
        return int(slow.value)

    with ThreadPoolExecutor(4) as threads:
        assert [*threads.map(look, range(4))] == [1] * 4


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


def test_a_build_that_finds_all_fresh_loads_nothing_to_render_with(tmp_path: Path) -> None:
    config = tmp_path / "syndicator.toml"
    config.write_text(
        '[site]\nurl = "https://s.example"\n[sync]\nstale_after = "9999d"\n'
        "[[targets]]\nall = true\n"
    )
    assert World(tmp_path).build(only=()).code == 0
    program = (
        "import sys; from syndicator import cli; code = cli.run(sys.argv[1:]);"
        "print(*sys.modules, file=sys.stderr); sys.exit(code)"
    )
    command = [sys.executable, "-c", program, "build", "--offline", "--config", str(config)]
    spared = {"jinja2", "feedgen.entry", "rich.progress", "httpx", "httpcore", "multiprocessing"}
    for words in (["--rerender"], []):
        found = subprocess.run([*command, *words], capture_output=True, text=True, check=True)
        loaded = found.stderr.splitlines()[-1].split()
        assert ("jobs: 0 run" in found.stdout) is not bool(words)
        assert spared.isdisjoint(loaded) is not bool(words)
