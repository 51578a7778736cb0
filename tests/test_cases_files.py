"""The output folder, by the numbers of the catalogue of faults: what is there is never lost, what
is not ours is never touched, and nothing lands that was not looked at.
"""

import ctypes
import errno
import fcntl
import os
import shutil
import socket
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from syndicator import cli, database, disk, jobs, journal
from syndicator.errors import OutputError
from syndicator.links import token
from syndicator.simulator.stock import make_stock
from tests.meddling import Meddled
from tests.wired import Wired

Prepare = Callable[[Meddled, pytest.MonkeyPatch], None]

CONFIG = """
[site]
url = "https://s.example"
languages = ["nl"]

[[targets]]
all = true
"""


@pytest.fixture
def world(tmp_path: Path) -> Meddled:
    """Two dealers with a dozen cars; nothing was built yet."""
    return small(tmp_path)


@pytest.fixture
def built(world: Meddled) -> Meddled:
    """The same, and all of it is out."""
    assert everything(world) == 0
    return world


@pytest.fixture
def unprivileged() -> Iterator[Executor]:
    """Runs what it is given by the rules of a user who is no administrator, whoever runs the tests.

    An administrator's thread gives up the right to pass over modes; capabilities(7): each thread
    has its own, and what is no longer permitted does not come back.
    """
    almighty = os.geteuid() == 0 and sys.platform == "linux"
    with ThreadPoolExecutor(1, initializer=give_up_override if almighty else None) as thread:
        yield thread


def give_up_override() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3, this thread
    sets = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; then the upper halves
    assert libc.capget(header, sets) == 0
    for which in (0, 1):
        sets[which] &= ~0b110  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
    assert libc.capset(header, sets) == 0


def small(folder: Path) -> Meddled:
    return Meddled(folder, make_stock(2, 12, 3, photo_base="https://images.example"))


def everything(world: Meddled, **asked: object) -> int:
    """The exit code of a build with all feeds and pages."""
    return world.build(**({"only": ()} | asked)).code


def snapshot(folder: Path) -> dict[str, tuple[int, int, int, bytes]]:
    """All that stands in a folder: mode, inode, time and content, links not followed."""
    return {
        each.relative_to(folder).as_posix(): (
            (found := each.lstat()).st_mode,
            found.st_ino,
            found.st_mtime_ns,
            str(each.readlink()).encode()
            if each.is_symlink()
            else each.read_bytes()
            if each.is_file()
            else b"",
        )
        for each in sorted(folder.rglob("*"))
    }


def contents(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file with its mode, and every folder."""
    return {path: (mode, data) for path, (mode, _, _, data) in snapshot(folder).items()}


# 98: a folder that may not be written


def test_case_98_a_folder_of_somebody_else_is_refused_before_any_request(
    world: Meddled, unprivileged: Executor
) -> None:
    world.output.mkdir()
    world.output.chmod(0o555)
    built = unprivileged.submit(world.build).result()
    assert built.code == 7
    assert "may not be written" in built.said
    assert world.requests == []
    assert not any(world.output.iterdir())
    world.output.chmod(0o755)
    assert unprivileged.submit(world.build).result().code == 0


@pytest.mark.parametrize("place", ["", "site", "site/output"])
def test_case_98_a_file_in_the_way_is_named_before_any_request(world: Meddled, place: str) -> None:
    world.output.write_bytes(b"theirs")
    world.output.chmod(0o777)
    file, world.output = world.output, world.output / place
    built = world.build()
    assert built.code in (2, 7)
    assert str(file) in built.said
    assert world.requests == []
    assert file.read_bytes() == b"theirs"


def test_case_98_a_disk_that_turns_read_only_meanwhile_leaves_what_is_out(
    built: Meddled, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(built.output)
    built.change(built.active()[0], price=9_999)

    def refuse(path: Path | str, *_: object) -> int:
        raise disk._failure(path, OSError(errno.EROFS, "Read-only file system"))

    monkeypatch.setattr(disk, "create", refuse)
    outcome = built.build(only=())
    assert outcome.code == 7
    assert "Read-only" in outcome.said
    assert contents(built.output) == before


# 99: another file system


@pytest.mark.parametrize("mounted", [False, True])
def test_case_99_an_output_on_another_disk_is_staged_there_or_copied(
    world: Meddled, monkeypatch: pytest.MonkeyPatch, *, mounted: bool
) -> None:
    """``mounted``: the output itself is where the disk begins, so no stage can be beside it."""
    rename = os.replace
    crossed: list[Path] = []

    def disk_of(path: Path | str) -> int:
        inside = Path(path).is_relative_to(other)
        return int(inside and not (mounted and Path(path).name.startswith(".output.")))

    def replace(source: Path | str, target: Path | str) -> None:
        if disk_of(source) != disk_of(target):
            crossed.append(Path(target))
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        rename(source, target)

    other = world.folder / "other"
    other.mkdir()
    world.output = other / "output"
    if mounted:
        world.output.mkdir()
    monkeypatch.setattr("syndicator.outputs._device", disk_of)
    monkeypatch.setattr(os, "replace", replace)
    assert everything(world) == 0
    assert bool(crossed) == mounted
    assert world.shown() == set(world.active())
    assert {each.name for each in other.iterdir()} == {"output"}
    world.change(world.active()[0], price=9_999)
    assert everything(world) == 0
    assert contents(world.output) == contents(elsewhere(world).output)


def elsewhere(world: Meddled) -> Meddled:
    """A new output for the same stock and the same memory."""
    world.output = world.folder / "plain"
    assert everything(world, later=0.0) == 0
    return world


@pytest.mark.skipif(
    not Path("/dev/shm").is_dir() or Path("/dev/shm").stat().st_dev == Path("/tmp").stat().st_dev,
    reason="this machine has one file system",
)
def test_case_99_a_real_second_file_system(world: Meddled) -> None:
    with tempfile.TemporaryDirectory(dir="/dev/shm") as name:
        world.output = Path(name) / "output"
        assert everything(world) == 0
        assert world.shown() == set(world.active())
        assert [each.name for each in Path(name).iterdir()] == ["output"]


# 100: a folder that is no site's


@pytest.mark.parametrize("way", ["plain", "link", "dots"])
@pytest.mark.parametrize(
    "place", ["/", ".", "home", "home/..", "repository", "settings", "state", "state/output"]
)
def test_case_100_a_folder_that_is_no_sites_is_refused_and_not_touched(
    wired: Wired, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, way: str
) -> None:
    bad = tmp_path / place if place != "/" else Path("/")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("home", "repository/.git", "settings", "state"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "settings/syndicator.toml").write_text(CONFIG)
    (tmp_path / ".syndicator").symlink_to("state")
    (tmp_path / "link").symlink_to(bad)
    ways = {
        "plain": place if place == "/" else bad,
        "link": tmp_path / "link",
        "dots": tmp_path / "home" / ".." / "link" / "." / "",
    }
    asked = ["--output", str(ways[way]), "--all"]
    if place == "settings":
        asked += ["--config", "settings/syndicator.toml"]
    before = snapshot(tmp_path)
    ran = wired.build(*asked)
    assert ran.code == 2, ran.told
    assert ran.requests == 0
    assert snapshot(tmp_path) == before


def test_case_100_a_machine_without_a_home_builds(
    world: Meddled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a container that runs under a number of no account."""

    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)
    assert world.build().code == 0


# 101: what is somebody else's


def test_case_101_foreign_files_survive_all_that_a_build_does(built: Meddled) -> None:
    dealer = next(each for each in built.output.iterdir() if (each / "feeds").is_dir())
    page = next(dealer.glob("*/card/index.html")).parent.parent
    foreign = {
        built.output / "CNAME": b"example.be",
        built.output / "google123.html": b"google-site-verification: google123.html",
        built.output / ".well-known/security.txt": b"Contact: mailto:x@example.be",
        dealer / "mine/notes.txt": b"mine",
        page / "mine.txt": b"mine",
    }
    for path, data in foreign.items():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    (built.output / "empty").mkdir()
    for listing_id in built.active():
        built.stock.remove(listing_id)
    for asked in ({"rerender": True}, {"prune": True, "feeds": {}, "full": True}):
        everything(built, **asked)
        assert {path: path.read_bytes() for path in foreign} == foreign
        assert (built.output / "empty").is_dir()


@pytest.mark.parametrize(
    "claimed", ["index.html", "robots.txt", "feeds/vehicles.xml", "INDEX.html"]
)
def test_case_101_a_foreign_file_on_one_of_our_paths_stops_the_build(
    world: Meddled, claimed: str
) -> None:
    if claimed == "INDEX.html" and not (world.folder / "WORLD").exists():
        claimed = "build.json"  # names that differ in case are two files here
    file = world.output / claimed
    file.parent.mkdir(parents=True)
    file.write_bytes(b"theirs")
    before = snapshot(world.output)
    outcome = world.build(only=())
    assert outcome.code == 2
    assert claimed in outcome.said
    assert snapshot(world.output) == before
    file.unlink()
    assert everything(world) == 0


# 102: links planted in the output


@pytest.mark.parametrize("asked", [{}, {"rerender": True}, {"prune": True, "targets": 1}])
@pytest.mark.parametrize("planted", ["dealer", "page folder", "page", "gone page", "asset"])
def test_case_102_a_planted_link_leads_nobody_outside(
    built: Meddled, planted: str, asked: dict[str, object]
) -> None:
    first, second = sorted({built.code(each.dealer_id) for each in built.stock})
    sold = built.active(second)[0]
    (page,) = (built.output / second.lower()).glob(f"*-{token(sold)}/index.html")
    place = {
        "dealer": built.output / second.lower(),
        "page folder": page.parent,
        "page": page,
        "gone page": page.parent / "card" / "index.html",
        "asset": next((built.output / "assets").iterdir()),
    }[planted]
    outside = built.folder / "outside"
    shutil.copytree(built.output / second.lower(), outside / "theirs")
    target = outside / "theirs" if place.is_dir() else outside / "file.html"
    (outside / "file.html").write_bytes(b"theirs")
    disk.remove_tree(place) if place.is_dir() else place.unlink()
    place.symlink_to(target)
    before = snapshot(outside)
    built.change(sold, status="sold")  # its page is written anew, its price card removed
    targets = (first,) if "targets" in asked else ()
    options = {name: each for name, each in asked.items() if name != "targets"}
    outcome = built.build(*targets, only=(), **options)
    assert outcome.code in (0, 2, 7), outcome.said
    assert snapshot(outside) == before
    assert place.is_symlink() or outcome.code == 0


# 103: the stage is exchanged


@pytest.mark.parametrize("written", [1, 14, 37])
def test_case_103_a_stage_that_becomes_a_link_is_noticed(
    built: Meddled, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    before = contents(built.output)
    outside = built.folder / "outside"
    outside.mkdir()
    create, made = disk.create, []

    def meddled(path: Path | str) -> int:
        descriptor = create(path)
        made.append(Path(path))
        if len(made) == written:
            made[-1].parent.rename(built.folder / "aside")
            made[-1].parent.symlink_to(outside)
        return descriptor

    monkeypatch.setattr(disk, "create", meddled)
    outcome = built.build(only=(), rerender=True, languages=("fr",))
    assert len(made) >= written
    assert outcome.code == 7, outcome.said
    assert not any(outside.iterdir())
    monkeypatch.undo()
    assert contents(built.output) == before
    assert built.build(only=()).code == 7  # nobody but its owner can clear that away
    made[0].parent.unlink()
    assert everything(built) == 0


# 104: the output is a link


def test_case_104_an_output_that_is_a_link_stays_one_and_is_published_through(
    world: Meddled,
) -> None:
    for name in ("one", "two"):
        (world.folder / name).mkdir()
    world.output.symlink_to("one")
    assert everything(world) == 0
    assert world.output.readlink() == Path("one")
    first = contents(world.folder / "one")
    before = snapshot(world.folder / "one")
    assert everything(world) == 0
    assert snapshot(world.folder / "one") == before
    world.output.unlink()
    world.output.symlink_to("two")  # the next release, empty yet
    assert everything(world, later=0.0) == 0
    assert world.output.readlink() == Path("two")
    assert contents(world.folder / "two") == first
    assert snapshot(world.folder / "one") == before


# 107: a disk without locks


@pytest.mark.parametrize("code", ["ENOSYS", "ENOLCK", "EOPNOTSUPP", "EIO"])
def test_case_107_a_disk_without_locks_is_refused_clearly(
    world: Meddled, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(getattr(errno, code), os.strerror(getattr(errno, code)))

    monkeypatch.setattr(fcntl, "flock", refuse)
    outcome = world.build()
    assert outcome.code == 7
    assert "cannot be locked" in outcome.said
    assert "disk that has locks" in outcome.said
    assert world.requests == []
    assert not world.output.exists()


# 108: nothing changed


def test_case_108_a_stock_without_news_writes_nothing(built: Meddled) -> None:
    before = snapshot(built.output)
    outcome = built.build(only=())
    assert outcome.code == 0
    assert outcome.summary is not None
    assert outcome.summary.changed is False
    assert (outcome.summary.files.written, outcome.summary.files.removed) == (0, 0)
    assert snapshot(built.output) == before


# 110: another machine

ELSEWHERE = (
    {"TZ": "Pacific/Auckland", "LC_ALL": "tr_TR.UTF-8", "LANG": "C", "PYTHONHASHSEED": "1"},
    {"TZ": "America/St_Johns", "LC_ALL": "C", "PYTHONHASHSEED": "31337", "PYTHONUTF8": "0"},
)


def test_case_110_another_machine_makes_the_same_bytes_and_modes(built: Meddled) -> None:
    (built.folder / "syndicator.toml").write_text(CONFIG)
    known = ("PATH", "HOME", "TMPDIR", "SYSTEMROOT")
    common = {name: os.environ[name] for name in known if name in os.environ}
    for number, (umask, environment) in enumerate(zip((0o077, 0o000), ELSEWHERE, strict=True)):
        command = [sys.executable, "-m", "syndicator", "build", "--offline", "--quiet"]
        command += ["--output", f"out-{number}", "--jobs", str(number + 1)]
        subprocess.run(
            command,
            cwd=built.folder,
            env=common | environment,
            umask=umask,
            check=True,
            timeout=300,
        )
    assert contents(built.folder / "out-0") == contents(built.folder / "out-1")
    modes = {stat.S_IMODE(mode) for mode, _ in contents(built.folder / "out-0").values()}
    assert modes == {0o644, 0o755}
    feed = "feeds/vehicles.xml"  # a page tells how old its data is by now
    assert (built.folder / "out-0" / feed).read_bytes() == (built.output / feed).read_bytes()


# 111: another template


def test_case_111_a_changed_template_makes_all_pages_anew_that_use_it(built: Meddled) -> None:
    shipped = Path(cli.__file__).resolve().parent.parent / "templates"
    own = built.folder / "templates"
    (own / "showroom").mkdir(parents=True)
    template = (shipped / "showroom/vehicle.html").read_text()
    (own / "showroom/vehicle.html").write_text(template)
    assert everything(built, templates=own) == 0
    before = contents(built.output)
    (own / "showroom/vehicle.html").write_text(template.replace("</h1>", "</h1><hr>", 1))
    jobs.templates.cache_clear()  # as a new process
    outcome = built.build(only=(), templates=own)
    assert outcome.code == 0
    after = contents(built.output)
    touched = {path for path in after if after[path] != before.get(path)}
    pages = {path.parent for path in built.output.rglob("card") if path.is_dir()}
    expected = {(each / "index.html").relative_to(built.output).as_posix() for each in pages}
    assert len(expected) >= 12
    assert touched == expected | {"build.json"}


# 113: somebody edits what is out


@pytest.mark.parametrize("edit", [b"", b"mine", None])
def test_case_113_an_edited_file_is_noticed_rewritten_and_told(
    built: Meddled, edit: bytes | None
) -> None:
    before = contents(built.output)
    path = next(path for path in before if path.endswith("/card/index.html"))
    page = built.output / path
    data = page.read_bytes()
    page.write_bytes(data.replace(b"a", b"b") if edit is None else edit)
    outcome = built.build(only=())
    assert outcome.code == 0
    assert f"{path}: was edited" in outcome.said
    assert contents(built.output) == before
    assert "was edited" not in built.build(only=()).said


# 149: a dry run


def interrupted(world: Meddled, patch: pytest.MonkeyPatch) -> None:
    """A landing that was decided and cut."""

    def kill(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    world.change(world.active()[0], price=9_999)
    with patch.context() as patched:
        patched.setattr(journal, "carry_out", kill)
        with pytest.raises(KeyboardInterrupt):
            world.build(only=())
    assert (world.folder / ".syndicator/journal").exists()


def written_on(world: Meddled, patch: pytest.MonkeyPatch) -> None:
    """A reading that was cut while it wrote: SQLite's own journal is still there."""
    state = world.folder / ".syndicator/state.db"
    cut = """if True:
        import os, sqlite3, sys
        state = sqlite3.connect(sys.argv[1], isolation_level=None)
        state.execute("PRAGMA cache_size = 1")
        state.execute("BEGIN IMMEDIATE")
        state.execute("DELETE FROM listings")
        state.execute("CREATE TABLE filler AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL"
            " SELECT i + 1 FROM n WHERE i < 500) SELECT i, randomblob(4000) FROM n")
        os._exit(0)
    """
    subprocess.run([sys.executable, "-c", cut, str(state)], check=True)
    assert state.with_name("state.db-journal").stat().st_size > 0


def held(world: Meddled, patch: pytest.MonkeyPatch) -> None:
    """A dealer whose stock went in a way that cannot be true."""
    for listing_id in world.active()[1:]:
        world.stock.remove(listing_id)
    assert world.build(only=(), full=True).code == 4


def damaged(world: Meddled, patch: pytest.MonkeyPatch) -> None:
    """A state that is no database."""
    (world.folder / ".syndicator/state.db").write_bytes(b"no database" * 1_000)


def grown(world: Meddled, patch: pytest.MonkeyPatch) -> None:
    """A car more to be told of."""
    world.change(world.active()[0], price=9_999)


def failing(world: Meddled, patch: pytest.MonkeyPatch) -> None:
    """An API that answers nothing but errors."""
    world.script = ("status=503@1+",)


PREPARED = [(None, 0), (grown, 0), (interrupted, 2), (written_on, 0), (held, 4), (damaged, 0)]


@pytest.mark.parametrize(("prepare", "code"), [*PREPARED, (failing, 6)])
@pytest.mark.parametrize("workers", [1, 2])
def test_case_149_a_dry_run_changes_no_file(
    built: Meddled,
    monkeypatch: pytest.MonkeyPatch,
    prepare: Prepare | None,
    code: int,
    workers: int,
) -> None:
    if prepare:
        prepare(built, monkeypatch)
    before = snapshot(built.folder)
    outcome = built.build(only=(), full=True, dry_run=True, workers=workers)
    assert outcome.code == code, outcome.said
    assert snapshot(built.folder) == before


def test_case_149_a_dry_run_where_nothing_was_built_leaves_nothing(world: Meddled) -> None:
    outcome = world.build(only=(), dry_run=True)
    assert outcome.code == 0
    assert outcome.summary is not None
    assert outcome.summary.files.written > 12
    assert not any(world.folder.iterdir())


def test_case_149_a_dry_run_sees_what_a_cut_reading_would_be_undone_to(
    built: Meddled, monkeypatch: pytest.MonkeyPatch
) -> None:
    written_on(built, monkeypatch)
    outcome = built.build(only=(), secret=None, dry_run=True)
    assert (outcome.code, outcome.said) == (0, "")
    assert outcome.summary is not None
    assert not outcome.summary.changed


@pytest.mark.parametrize("spills", [False, True])
def test_case_149_a_dry_run_never_sees_half_of_what_another_build_writes(
    built: Meddled, monkeypatch: pytest.MonkeyPatch, *, spills: bool
) -> None:
    """A writer whose memory is full writes to the file before it has decided."""
    monkeypatch.setattr(database, "PATIENCE_SECONDS", 0.0)
    path = built.folder / ".syndicator/state.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute(f"PRAGMA cache_size = {1 if spills else 10_000}")
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM listings")
        writer.execute("CREATE TABLE filler AS SELECT randomblob(4000) FROM prices, prices AS two")
        before = snapshot(built.folder)
        outcome = built.build(only=(), secret=None, dry_run=True)
        assert snapshot(built.folder) == before
        writer.execute("ROLLBACK")
    if spills:
        assert outcome.code == 75
    else:
        assert outcome.summary is not None
        assert not outcome.summary.changed


# What else may stand where a file of ours was


def planted(path: Path, what: str) -> None:
    """Something that is no plain file, in place of what is there."""
    path.unlink()
    match what:
        case "pipe":
            os.mkfifo(path)
        case "socket":
            with socket.socket(socket.AF_UNIX) as plug:
                plug.bind(os.path.relpath(path))  # such a path may have about 100 characters
        case "device":
            path.symlink_to("/dev/zero")
        case "folder":
            path.mkdir()


@pytest.mark.parametrize("name", ["build.json", "feeds/vehicles.xml", "robots.txt"])
@pytest.mark.parametrize("what", ["pipe", "socket", "device", "folder"])
def test_what_is_no_file_is_neither_waited_for_nor_read(
    built: Meddled, monkeypatch: pytest.MonkeyPatch, what: str, name: str
) -> None:
    monkeypatch.chdir(built.output)
    planted(built.output / name, what)
    before = (built.output / name).lstat()
    built.change(built.active()[0], price=9_999)
    outcome = built.build(only=())
    assert outcome.code in (2, 7)
    assert name in outcome.said
    after = (built.output / name).lstat()
    assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)


def test_a_pipe_that_comes_between_two_looks_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OutputError, match="pipe"):
        disk.digest(tmp_path / "pipe")


def test_a_second_name_of_a_published_file_keeps_its_bytes(built: Meddled) -> None:
    """No file is written where it stands, so a hard link elsewhere sees nothing of a build."""
    names = {}
    for number, file in enumerate(sorted(built.output.rglob("*.*"))):
        if file.is_file():
            names[file] = built.folder / f"second-{number}"
            os.link(file, names[file])
    kept = {file: name.read_bytes() for file, name in names.items()}
    for listing_id in built.active():
        built.change(listing_id, price=9_999)
    assert everything(built, rerender=True) == 0
    changed = {file for file in names if file.exists() and file.read_bytes() != kept[file]}
    assert len(changed) > 12
    assert {file: name.read_bytes() for file, name in names.items()} == kept


def test_a_file_of_ours_that_became_a_hard_link_to_another_is_replaced(built: Meddled) -> None:
    theirs = built.folder / "theirs"
    theirs.write_bytes(b"theirs")
    robots = built.output / "robots.txt"
    data = robots.read_bytes()
    robots.unlink()
    os.link(theirs, robots)
    assert "robots.txt: was edited" in built.build(only=()).said
    assert (robots.read_bytes(), theirs.read_bytes()) == (data, b"theirs")


def test_a_foreign_file_that_comes_between_plan_and_landing_is_not_overwritten(
    world: Meddled, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync, file = disk.sync, world.output / "robots.txt"

    def late(folder: Path, paths: list[Path]) -> None:
        if not world.output.exists():
            world.output.mkdir()
            file.write_bytes(b"theirs")
        sync(folder, paths)

    monkeypatch.setattr(disk, "sync", late)
    outcome = world.build(only=())
    assert outcome.code == 7
    assert "robots.txt" in outcome.said
    assert list(world.output.iterdir()) == [file]
    assert file.read_bytes() == b"theirs"
