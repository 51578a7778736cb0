from pathlib import Path

import pytest

from syndicator.contract import Kind
from syndicator.errors import OutputError, UsageError
from syndicator.manifest import Entry, Manifest, intact


def entry(job: str, size: int = 1) -> Entry:
    return Entry(digest="0" * 32, size=size, kind=Kind.FEED, job=job, mtime_ns=5)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / ".syndicator/manifest.db"


def test_what_is_recorded_is_read_back_by_another_process(path: Path, tmp_path: Path) -> None:
    output = tmp_path / "output"
    with Manifest.open(path) as manifest:
        manifest.record(
            output,
            written={"a.xml": entry("a"), "b.xml": entry("b")}.items(),
            removed=[],
            keys={"a": "1", "b": "2"},
        )
    with Manifest.open(path, read_only=True) as manifest:
        assert manifest.files(output) == {"a.xml": entry("a"), "b.xml": entry("b")}
        assert manifest.files(output, job="b") == {"b.xml": entry("b")}
        assert manifest.files(output, job="c") == {}
        assert manifest.job_keys(output) == {"a": "1", "b": "2"}


def test_outputs_do_not_know_one_another_and_a_link_is_no_other_output(
    path: Path, tmp_path: Path
) -> None:
    one, other, link = tmp_path / "one", tmp_path / "other", tmp_path / "link"
    one.mkdir()
    link.symlink_to(one)
    with Manifest.open(path) as manifest:
        manifest.record(one, written={"x": entry("a")}.items(), removed=[], keys={"a": "1"})
        manifest.record(other, written={"x": entry("a", 9)}.items(), removed=[], keys={"a": "2"})
        assert manifest.files(link)["x"].size == 1
        assert manifest.files(other, job="a")["x"].size == 9
        manifest.record(link, written={}.items(), removed=["x"], keys={}, dropped=["a"])
        assert manifest.files(one) == {}
        assert manifest.job_keys(one) == {}
        assert manifest.files(other).keys() == {"x"}


def test_to_record_twice_is_to_record_once(path: Path, tmp_path: Path) -> None:
    with Manifest.open(path) as manifest:
        manifest.record(
            tmp_path,
            written={"old": entry("a"), "b": entry("b")}.items(),
            removed=[],
            keys={"a": "1", "b": "1"},
        )
        for _ in range(2):
            manifest.record(
                tmp_path,
                written={"new": entry("a")}.items(),
                removed=["old", "never"],
                keys={"a": "2"},
                dropped=["b", "nobody"],
            )
            assert manifest.files(tmp_path) == {"new": entry("a")}
            assert manifest.job_keys(tmp_path) == {"a": "2"}


def test_a_record_that_fails_changes_nothing(path: Path, tmp_path: Path) -> None:
    with Manifest.open(path) as manifest:
        manifest.record(tmp_path, written={"a": entry("a")}.items(), removed=[], keys={"a": "1"})
        with pytest.raises(KeyError):
            manifest.record(
                tmp_path, written={"b": entry("unknown")}.items(), removed=["a"], keys={"a": "2"}
            )
        assert manifest.files(tmp_path).keys() == {"a"}
        assert manifest.job_keys(tmp_path) == {"a": "1"}


def test_reading_makes_no_file_where_there_is_none(path: Path, tmp_path: Path) -> None:
    with Manifest.open(path, read_only=True) as manifest:
        assert manifest.files(tmp_path) == {}
        assert manifest.job_keys(tmp_path) == {}
    assert not path.parent.exists()


def test_a_damaged_manifest_is_set_aside(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"\x89noise" * 1000)
    with pytest.raises(OutputError), Manifest.open(path, read_only=True) as manifest:
        manifest.files(tmp_path)
    with Manifest.open(path) as manifest:
        assert manifest.rebuilt
        assert manifest.files(tmp_path) == {}
    assert len(list(path.parent.iterdir())) == 2


def test_a_newer_manifest_is_left_alone(path: Path) -> None:
    with Manifest.open(path) as manifest:
        manifest._connection.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(UsageError, match="newer"):
        Manifest.open(path)
    assert path.read_bytes() == before


def test_files_are_found_by_index_not_by_walking(path: Path, tmp_path: Path) -> None:
    from syndicator import manifest as module  # noqa: PLC0415 - its queries are nobody else's

    with Manifest.open(path) as manifest:
        for query, values in [(module._FILES, ("x", "y")), (module._ALL_FILES, ("x",))]:
            plan = manifest._rows(f"EXPLAIN QUERY PLAN {query}", *values)
            assert not [row for row in plan if row[3].startswith("SCAN")]


def test_drift_is_seen_by_size_by_content_and_by_absence(path: Path, tmp_path: Path) -> None:
    names = ["same", "longer", "other", "gone", "link", "folder"]
    blank = "cae66941d9efbd404e4d88758ea67670"  # BLAKE2b, 16 bytes, of nothing
    files = {
        name: Entry(digest=blank, size=0, kind=Kind.LEAF, job="a", mtime_ns=1) for name in names
    }
    (tmp_path / "same").write_bytes(b"")
    (tmp_path / "longer").write_bytes(b"x")
    (tmp_path / "other").write_bytes(b"x")
    files["other"] = Entry(digest="0" * 32, size=1, kind=Kind.LEAF, job="a", mtime_ns=1)
    (tmp_path / "link").symlink_to(tmp_path / "same")
    (tmp_path / "folder").mkdir()
    assert files.keys() - intact(tmp_path, files).keys() == set(names) - {"same"}
    assert intact(tmp_path, files)["same"].mtime_ns == (tmp_path / "same").stat().st_mtime_ns
