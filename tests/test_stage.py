import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicator import disk
from syndicator.contract import Kind
from syndicator.errors import OutputError
from syndicator.manifest import Entry
from syndicator.stage import BUFFER_BYTES, PathRefused, Stage, checked, fold

BIG = b"0123456789abcdef" * (BUFFER_BYTES // 8)


def digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def entry(data: bytes) -> Entry:
    return Entry(digest=digest(data), size=len(data), kind=Kind.LEAF, job="j", mtime_ns=7)


def in_pieces(data: bytes) -> Iterator[bytes]:
    return (data[start : start + 1000] for start in range(0, len(data), 1000))


@pytest.mark.parametrize("data", [b"", b"small", BIG])
def test_new_bytes_are_written_and_described(tmp_path: Path, data: bytes) -> None:
    staged = Stage(tmp_path / "job").write("a/b.txt", in_pieces(data), Kind.LEAF)
    assert (staged.path, staged.size, staged.digest) == ("a/b.txt", len(data), digest(data))
    assert staged.file is not None
    file = Path(staged.file)
    assert file.read_bytes() == data
    assert file.parent == tmp_path / "job"
    assert staged.mtime_ns == file.stat().st_mtime_ns


@pytest.mark.parametrize("data", [b"", b"small", BIG])
def test_known_bytes_leave_nothing_on_the_disk(tmp_path: Path, data: bytes) -> None:
    staged = Stage(tmp_path / "job").write("b.txt", in_pieces(data), Kind.LEAF, entry(data))
    assert staged.file is None
    assert (staged.digest, staged.mtime_ns) == (digest(data), 7)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_small_known_bytes_never_touch_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "_perform", lambda *_: pytest.fail("touched"))
    Stage(tmp_path / "job").write("b.txt", [b"small"], Kind.LEAF, entry(b"small"))


def test_an_exporter_that_breaks_down_leaves_no_half_file(tmp_path: Path) -> None:
    def chunks() -> Iterator[bytes]:
        yield BIG
        raise KeyError("price")

    with pytest.raises(KeyError):
        Stage(tmp_path / "job").write("b.txt", chunks(), Kind.LEAF)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("call", ["open", "write", "close", "fchmod", "mkdir"])
def test_a_disk_that_fails_is_no_fault_of_the_exporter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    real = getattr(os, call)

    def fail(*args: object, **kwargs: object) -> None:
        if call == "close":
            real(*args, **kwargs)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, call, fail)
    with pytest.raises(OutputError, match="No space left") as caught:
        Stage(tmp_path / "job").write("b.txt", [b"x"], Kind.LEAF)
    monkeypatch.undo()
    assert str(tmp_path) in caught.value.message
    assert caught.value.hint


def test_the_folder_is_private_and_the_files_are_not(tmp_path: Path) -> None:
    before = os.umask(0o007)
    try:
        staged = Stage(tmp_path / "job").write("b.txt", [b"x"], Kind.LEAF)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "job").stat().st_mode) == 0o700
    assert stat.S_IMODE(Path(str(staged.file)).stat().st_mode) == 0o644


def test_a_stage_swapped_for_a_link_is_detected(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "job")
    stage.write("a.txt", [b"x"], Kind.LEAF)
    shutil.rmtree(tmp_path / "job")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "job").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputError, match="was replaced"):
        stage.write("b.txt", [b"x"], Kind.LEAF)
    assert not any((tmp_path / "elsewhere").iterdir())


def test_a_stage_that_is_a_link_from_the_start_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "job").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputError, match="job"):
        Stage(tmp_path / "job").write("b.txt", [b"x"], Kind.LEAF)


def test_one_job_cannot_make_a_file_twice(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "job")
    stage.write("Feed.xml", [b"<a/>"], Kind.FEED)
    with pytest.raises(PathRefused, match="twice"):
        stage.write("feed.xml", [b"<a/>"], Kind.FEED)


@pytest.mark.parametrize(
    "path",
    ["", ".", "..", "/etc/passwd", "a//b", "a/", "../a", "a/../b", "a/./b", "a\\b", "..\\b",
     "a\0b", "a\nb", "a\x7fb", "a\u202eb", "a\ud800b", ".htaccess", "gent/.htaccess", "con",
     "a/NUL.txt", "COM\u00b9", "aux .txt", "a.", "a /b", "a:b", "a?b", "a*", '"', "e\u0301.html",
     "x" * 241, "\N{EURO SIGN}" * 86, "C:/x"],
)  # fmt: skip
def test_a_path_that_is_unsafe_anywhere_is_the_exporters_failure(path: str) -> None:
    with pytest.raises(PathRefused) as caught:
        checked(path)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "path",
    ["index.html", "_headers", "gent/feeds/atom.xml", "één auto/x.html", "console.js", "x" * 240],
)  # fmt: skip
def test_a_safe_path_stays_as_it_is(path: str) -> None:
    assert checked(PurePosixPath(path)) == path


@given(st.text(max_size=40))
def test_what_passes_stays_inside(path: str) -> None:
    try:
        name = checked(path)
    except PathRefused:
        return
    assert os.path.normpath(f"/output/{name}") == f"/output/{name}"


@given(st.text(max_size=20))
def test_folding_is_stable_and_minds_no_case(path: str) -> None:
    assert fold(fold(path)) == fold(path)
    assert fold(path.upper().lower()) == fold(path.upper())
