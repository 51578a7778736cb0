"""``init``: what it writes loads, works on its host, and is never written over."""

import json
import shutil
import stat
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from syndicator import build, cli, starter
from syndicator.config import load, wanted
from syndicator.errors import Unreachable
from syndicator.starter import Host
from tests.wired import KEY, Wired

HOSTS = list(Host)
NASTY = (
    'a "b" ]] \\',
    "'''",
    '"""\\',
    "# [x]",
    "= 1",
    "\\u0000",
    "${{ secrets.X }}",
    "%n{x}@tell@",
)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OKASIE_API_SECRET", raising=False)


def init(*words: str) -> int:
    return cli.run(["init", "--yes", *words])


def tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("host", HOSTS)
def test_the_configuration_holds_the_answers(host: Host, tmp_path: Path) -> None:
    words = ["--title", "Auto Gent", "--language", "fr", "--language", "nl", "--language", "fr"]
    words += ["--location", "DEX-GENT", "--location", "dex-gent", "--location", "DEX-LEUVEN"]
    words += ["--site-url", "https://voorraad.example/", "--accent", "#FF0000"]
    assert init("--host", host, *words) == 0
    config = load(tmp_path / "syndicator.toml", explicit=True)
    assert (config.site.title, config.site.languages) == ("Auto Gent", ("fr", "nl"))
    assert config.site.url == "https://voorraad.example"
    assert [each.value.upper() for each in wanted(config)] == ["DEX-GENT", "DEX-LEUVEN"]
    assert {each.theme.accent for each in wanted(config)} == {"#ff0000"}


@pytest.mark.parametrize("host", HOSTS)
def test_another_address_of_the_api_is_where_builds_go(host: Host, tmp_path: Path) -> None:
    assert init("--host", host, "--api-url", "http://127.0.0.1:9/api/external/v1/") == 0
    config = load(tmp_path / "syndicator.toml")
    assert config.api_url == "http://127.0.0.1:9/api/external/v1"
    assert [each.name for each in wanted(config)] == ["all"]


@pytest.mark.parametrize("host", HOSTS)
def test_without_a_terminal_nothing_is_asked_and_all_has_a_default(
    host: Host, tmp_path: Path
) -> None:
    """Tests have no terminal, so there is no need of ``--yes``."""
    assert cli.run(["init", "--host", host]) == 0
    assert [each.name for each in wanted(load(tmp_path / "syndicator.toml"))] == ["all"]


def test_the_lines_that_are_switched_off_load_when_they_are_switched_on(tmp_path: Path) -> None:
    assert init() == 0
    file = tmp_path / "syndicator.toml"
    first, *lines = file.read_text("utf-8").splitlines()
    assert first.startswith("# ")
    file.write_text("\n".join(line.removeprefix("# ") for line in lines))
    config = load(file)
    assert config.seller.enterprise_number
    assert config.site.images == "mirror"
    assert config.targets[0].theme.accent


@pytest.mark.parametrize("nasty", NASTY)
@pytest.mark.parametrize("host", HOSTS)
def test_no_answer_breaks_out_of_its_place(host: Host, nasty: str, tmp_path: Path) -> None:
    assert init("--host", host, "--title", nasty, "--location", nasty) == 0
    config = load(tmp_path / "syndicator.toml")
    assert config.site.title == nasty
    assert [each.location for each in config.targets] == [nasty]
    assert all(nasty not in text for name, text in tree(tmp_path).items() if "toml" not in name)


@pytest.mark.parametrize("nasty", ["", " ", "a\nb", "a\x00b", "\x7f", "\udcff", "a\u202eb"])
@pytest.mark.parametrize("option", ["--title", "--location", "--site-url", "--accent", "--api-url"])
def test_an_answer_that_makes_no_sense_is_named_and_nothing_is_written(
    option: str, nasty: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert init(option, nasty) == 2
    assert capsys.readouterr().err.startswith(f"syndicator: {option}: ")
    assert tree(tmp_path) == {}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--host", "heroku"), "--host: 'heroku' is none of netlify, "),
        (("--language", "it"), "--language: 'it' is none of"),
        (("--all", "--location", "A"), "exclude each other"),
        (("--accent", "red"), "a colour is written as #0a5bd3"),
        (("--api-url", "http://okasie.example/v1"), "--api-url: "),
        (("--site-url", "https://u:p@a.example"), "name or password"),
    ],
)
def test_a_wrong_option_is_told_with_what_would_be_right(
    words: tuple[str, ...], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert init(*words) == 2
    assert said in capsys.readouterr().err
    assert tree(tmp_path) == {}


@pytest.mark.parametrize("host", HOSTS)
def test_nothing_is_written_over(
    host: Host, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert init("--host", host) == 0
    names = [name for name in tree(tmp_path) if name != ".gitignore"]
    for name in names:
        (tmp_path / name).write_text("mine")
    capsys.readouterr()
    assert init("--host", host, "--title", "Other") == 0
    said = capsys.readouterr().out
    assert all((tmp_path / name).read_text() == "mine" for name in names)
    assert all(f"kept: {name}, which differs" in said for name in names)
    assert "wrote" not in said
    assert init("--host", host, "--force") == 0
    assert all((tmp_path / name).read_text() != "mine" for name in names)


def test_a_second_time_nothing_changes(tmp_path: Path) -> None:
    assert init("--host", "netlify") == 0
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    assert init("--host", "netlify", "--force") == 0
    assert before == {path: path.stat().st_mtime_ns for path in before}


@pytest.mark.parametrize(
    ("there", "then"),
    [
        ("a\n.env", "a\n.env\noutput/\n.syndicator/\n"),
        ("/output/*\n!/output/.gitkeep\n.env\n.syndicator/\n", None),
        ("", "output/\n.syndicator/\n.env\n"),
    ],
)
def test_lines_are_added_to_what_git_ignores(there: str, then: str | None, tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text(there)
    assert init() == 0
    assert (tmp_path / ".gitignore").read_text() == (there if then is None else then)


@pytest.mark.parametrize("host", HOSTS)
def test_what_a_build_makes_and_the_key_stay_out_of_git(host: Host, tmp_path: Path) -> None:
    assert init("--host", host) == 0
    subprocess.run(["git", "init", "--quiet"], check=True)
    for name in ("output/index.html", ".syndicator/state.db", ".env"):
        subprocess.run(["git", "check-ignore", "--quiet", name], check=True)
    for name in tree(tmp_path):
        if not name.startswith(".git/"):
            ignored = subprocess.run(["git", "check-ignore", "--quiet", name], check=False)
            assert ignored.returncode == 1, name


@pytest.mark.parametrize("host", HOSTS)
def test_the_key_is_in_no_file(
    host: Host,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("OKASIE_API_SECRET", KEY)
    assert init("--host", host) == 0
    assert all(KEY not in text for text in tree(tmp_path).values())
    shutil.rmtree(tmp_path / "server", ignore_errors=True)
    before = tree(tmp_path)
    assert init("--host", host, "--title", f"Auto {KEY}", "--force") == 2
    out, err = capsys.readouterr()
    assert KEY not in out + err
    assert tree(tmp_path) == before


@pytest.mark.parametrize("host", HOSTS)
def test_three_steps_are_left(host: Host, capsys: pytest.CaptureFixture[str]) -> None:
    assert init("--host", host) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-4] == "What is left to do:"
    assert [line[:3] for line in lines[-3:]] == ["1. ", "2. ", "3. "]
    assert max(map(len, lines)) <= 100
    assert host == Host.SYSTEMD or any("OKASIE" in line or ".env" in line for line in lines[-3:])


def test_a_folder_is_made_and_a_file_in_its_place_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert init("new/site") == 0
    assert (tmp_path / "new" / "site" / "syndicator.toml").is_file()
    (tmp_path / "file").touch()
    assert init("file") == 2
    assert "file: is no folder" in capsys.readouterr().err


def test_a_file_that_is_no_text_is_named_and_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "syndicator.toml").write_bytes(b"\xff")
    assert init() == 7
    assert "syndicator.toml: is not UTF-8" in capsys.readouterr().err
    assert (tmp_path / "syndicator.toml").read_bytes() == b"\xff"


def test_files_can_be_read_by_everybody_and_no_other_file_is_touched(tmp_path: Path) -> None:
    (tmp_path / "syndicator.toml.new").write_text("mine")
    (tmp_path / ".env").write_text("OKASIE_API_SECRET=")
    assert init("--host", "container") == 0
    assert stat.S_IMODE((tmp_path / "Containerfile").stat().st_mode) == 0o644
    assert (tmp_path / "syndicator.toml.new").read_text() == "mine"
    assert (tmp_path / ".env").read_text() == "OKASIE_API_SECRET="


class Person:
    """Somebody at a terminal, who types these lines."""

    def __init__(self, *lines: str) -> None:
        self.lines = list(lines)
        self.asked: list[str] = []

    def isatty(self) -> bool:
        return True

    def answer(self, question: str = "") -> str:
        self.asked.append(question)
        if not self.lines:
            raise EOFError
        return self.lines.pop(0)


def sit_down(monkeypatch: pytest.MonkeyPatch, *lines: str) -> Person:
    person = Person(*lines)
    monkeypatch.setattr("sys.stdin", person)
    monkeypatch.setattr("typer._click.termui.visible_prompt_func", person.answer)
    return person


def test_who_sits_at_a_terminal_is_asked_again_until_the_answer_makes_sense(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = ("nowhere", "netlify", "Auto Gent", "it", "nl, fr", "DEX-GENT,DEX-HQ", "", "red", "")
    person = sit_down(monkeypatch, *lines)
    assert cli.run(["init"]) == 0
    assert person.lines == []
    config = load(tmp_path / "syndicator.toml")
    assert (config.site.title, config.site.languages) == ("Auto Gent", ("nl", "fr"))
    assert [each.name for each in wanted(config)] == ["location DEX-GENT", "location DEX-HQ"]
    assert (tmp_path / "netlify.toml").is_file()
    said = capsys.readouterr()
    assert "'nowhere' is none of netlify" in said.out + said.err


def test_enter_takes_what_is_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sit_down(monkeypatch, *[""] * 6)
    assert cli.run(["init"]) == 0
    assert [each.name for each in wanted(load(tmp_path / "syndicator.toml"))] == ["all"]


def test_what_was_given_is_not_asked_and_yes_asks_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = sit_down(monkeypatch, "", "")
    given = ("--host", "plain", "--title", "x", "--language", "nl", "--all")
    assert cli.run(["init", *given]) == 0
    assert len(person.asked) == 2
    assert cli.run(["init", "other", "--yes"]) == 0
    assert len(person.asked) == 2


def test_who_leaves_in_the_middle_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sit_down(monkeypatch, "netlify", "Auto Gent")
    assert cli.run(["init"]) == 2
    assert "nothing was written" in capsys.readouterr().err
    assert tree(tmp_path) == {}


def test_whoever_has_a_key_is_shown_what_it_sees(
    wired: Wired, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sit_down(monkeypatch, *["netlify", "x", "nl", "DEX-GENT", "", ""] * 2)
    with wired.serving() as simulator:
        assert cli.run(["init", "--api-url", simulator.base_url]) == 0
    assert "DEX-GENT" in capsys.readouterr().out

    def unreachable(*_: object) -> None:
        raise Unreachable("nobody answers")

    monkeypatch.setattr(build, "visible", unreachable)
    assert cli.run(["init"]) == 0
    assert "the locations cannot be listed" in capsys.readouterr().err


def test_the_site_of_a_newcomer_builds(wired: Wired) -> None:
    assert init("--host", "netlify", "--language", "fr", "--location", "DEX-GENT") == 0
    ran = wired.build()
    assert ran.code == 0
    assert (wired.output / "dex-gent" / "feeds" / "vehicles.xml").is_file()


def test_the_record_of_what_is_out_is_all_that_a_host_without_a_memory_needs(wired: Wired) -> None:
    """The files for Netlify and Pages fetch it where the state is lost."""
    both = ("--location", "DEX-GENT", "--location", "DEX-LEUVEN")
    assert wired.build(*both).code == 0
    record = (wired.output / "build.json").read_bytes()

    def lost(*targets: str) -> int:
        shutil.rmtree(wired.output)
        shutil.rmtree(wired.output.parent / ".syndicator")
        wired.output.mkdir()
        (wired.output / "build.json").write_bytes(record)
        return wired.build(*targets).code

    assert lost(*both[:2]) == 4
    assert [path.name for path in wired.output.iterdir()] == ["build.json"]
    assert lost(*both) == 0
    assert (wired.output / "build.json").read_bytes() == record


def test_what_pip_installs_is_where_the_program_came_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def recorded(**record: Any) -> str:
        text = json.dumps(record) if record else None
        found = SimpleNamespace(read_text={"direct_url.json": text}.get)
        monkeypatch.setattr("syndicator.starter.metadata.distribution", lambda _: found)
        return starter.requirement(tmp_path)

    assert recorded() == f"syndicator=={starter.__version__}"
    assert recorded(url="file:///src", dir_info={}) == f"syndicator=={starter.__version__}"
    git = {"vcs": "git", "commit_id": "0a1b"}
    assert recorded(url="https://h.example/s", vcs_info=git) == (
        "syndicator @ git+https://h.example/s@0a1b"
    )
    assert recorded(url="https://h.example/s.whl", archive_info={}) == (
        "syndicator @ https://h.example/s.whl"
    )
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "syndicator"\n')
    assert recorded() == "."


def test_a_clone_as_it_is_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OKASIE_API_SECRET", KEY)
    assert cli.run(["build", "--site-url", "https://s.example"]) == 2
    said = capsys.readouterr().err
    assert "there is nothing to publish" in said
    assert "syndicator init" in said
