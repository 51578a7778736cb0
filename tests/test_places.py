"""Where the state is kept, when ``SYNDICATOR_STATE`` says so."""

import json
from pathlib import Path

import pytest

from syndicator import cli
from syndicator.errors import UsageError
from syndicator.places import beside
from tests.wired import Wired
from tests.world import World

NAME = "SYNDICATOR_STATE"
ALL = "--all"


def test_without_a_wish_it_stands_beside_the_configuration(tmp_path: Path) -> None:
    for known in ({}, {NAME: ""}):
        assert beside(tmp_path / "x.toml", known).root == tmp_path / ".syndicator"


def test_a_relative_folder_is_relative_to_the_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    found = beside(Path("../site/x.toml"), {NAME: "../kept/state"})
    assert found.root == tmp_path / "kept" / "state"
    absolute = tmp_path / "cache"
    assert beside(Path("x.toml"), {NAME: str(absolute)}).root == absolute


def test_a_folder_with_something_else_in_it_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Builds tidy up in their folder: the photos of a home would be gone."""
    (tmp_path / "home" / "photos").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))  # a new user's own may be empty
    for wish in ("home", ".", "..", "/", str(Path.home())):
        with pytest.raises(UsageError, match=f"{NAME}: .*: holds something else") as caught:
            beside(tmp_path / "home" / "x.toml", {NAME: str(tmp_path / wish)})
        assert "name a folder for the state alone" in caught.value.hint


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot be read: Not a directory"):
        beside(tmp_path / "x.toml", {NAME: "file"})


@pytest.mark.parametrize("names", [(), ("lock",), ("manifest.db", "x"), ("state.db", "demo")])
def test_a_folder_that_is_new_or_ours_is_taken(tmp_path: Path, names: tuple[str, ...]) -> None:
    (tmp_path / "kept").mkdir()
    for name in names:
        (tmp_path / "kept" / name).touch()
    assert beside(tmp_path / "x.toml", {NAME: "kept"}).root == tmp_path / "kept"


def test_every_command_finds_the_state_there_and_nothing_else_is_left(
    wired: Wired, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(".env").write_text(f"{NAME}=cache/site\n")
    assert wired.build(ALL).code == 0
    assert wired.build(ALL).code == 0
    assert not Path(".syndicator").exists()
    assert {each.name for each in Path("cache/site").iterdir()} >= {"state.db", "status.json"}
    assert cli.run(["check", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["exit_code"] == 0
    assert cli.run(["history", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["runs"]) == 2
    assert not Path(".syndicator").exists()
    monkeypatch.setenv(NAME, "other")  # the environment wins
    assert cli.run(["history"]) == 0
    assert "no build has run yet" in capsys.readouterr().out


@pytest.mark.parametrize("wish", ["output", "output/state", "output/../output/deep/state"])
def test_a_folder_inside_the_output_is_refused(
    wired: Wired, monkeypatch: pytest.MonkeyPatch, wish: str
) -> None:
    monkeypatch.setenv(NAME, wish)
    ran = wired.build(ALL)
    assert (ran.code, ran.requests) == (2, 0)
    assert "the state of the build" in ran.err
    assert not Path("output").exists()


def test_an_output_inside_the_state_is_refused(
    wired: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(NAME, "kept")
    ran = wired.build(ALL, "--output", "kept/output")
    assert (ran.code, ran.requests) == (2, 0)
    assert "is within the state of the build" in ran.err
    assert not Path("kept").exists()


def test_a_folder_of_somebody_is_refused_before_anything_is_asked(
    wired: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("site").mkdir()
    Path("site/important").touch()
    monkeypatch.setenv(NAME, "site")
    ran = wired.build(ALL)
    assert (ran.code, ran.requests) == (2, 0)
    assert "holds something else" in ran.err
    assert [each.name for each in Path("site").iterdir()] == ["important"]


def test_the_state_may_lie_on_another_disk_than_the_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(tmp_path)
    kept = beside(tmp_path / "syndicator.toml", {NAME: "kept"})
    device = lambda path: 1 if path.is_relative_to(kept.root) else 2  # noqa: E731
    monkeypatch.setattr("syndicator.outputs._device", device)
    monkeypatch.setattr("tests.world.beside", lambda _: kept)
    assert world.build().code == 0
    assert world.shown() == set(world.active())
    assert not (tmp_path / ".syndicator").exists()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["kept", "output"]
