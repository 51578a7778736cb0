"""Which files programs and templates are made of."""

from pathlib import Path

from syndicator.sources import files


def test_files_beyond_links_are_found_once_and_hidden_ones_are_not(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "folder", tmp_path / "elsewhere"
    for name in ("a", "b/c", ".hidden", ".git/d"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    elsewhere.mkdir()
    (elsewhere / "e").touch()
    (folder / "beyond").symlink_to(elsewhere)
    (folder / "f").symlink_to(elsewhere / "e")
    (folder / "dead").symlink_to(tmp_path / "nowhere")
    for loop in ("one", "two", "b/up"):
        (folder / loop).symlink_to(folder)
    found = [path.relative_to(folder).as_posix() for path in files(folder)]
    assert sorted(found) == ["a", "b/c", "beyond/e", "f"]
    assert list(files(tmp_path / "nowhere")) == []
