import errno
import json
import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from landing import Fault, Killed, World

from syndicator import disk, journal, outputs, publish
from syndicator.errors import OutputError, UsageError
from syndicator.manifest import Manifest, intact
from syndicator.outputs import check_output, stage_folder

MARKED = b'{"generator": "syndicator"}'
OLD = {
    "site": {"index.html": b"old</html>", "sitemap.xml": b"<old/>", "build.json": MARKED},
    "gent": {
        "gent/index.html": b"two</html>",
        "gent/golf/index.html": b"golf</html>",
        "gent/polo/card/index.html": b"polo</html>",
        "assets/a.1.css": b"a{}",
    },
}
NEW = {
    "site": {"index.html": b"newer</html>", "sitemap.xml": b"<new/>", "build.json": MARKED},
    "gent": {
        "gent/index.html": b"three</html>",
        "gent/golf/index.html": b"golf</html>",
        "gent/up/index.html": b"up</html>",
        "assets/a.2.css": b"b{}",
        "feeds/atom.xml": b"<feed/>",
    },
}


def whole(jobs: dict[str, dict[str, bytes]]) -> dict[str, bytes]:
    return {path: data for files in jobs.values() for path, data in files.items()}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def strike(monkeypatch: pytest.MonkeyPatch, fault: Fault) -> None:
    monkeypatch.setattr(disk, "_perform", fault.perform)
    monkeypatch.setattr(Manifest, "record", fault.recording())


def test_a_first_build_lands_whole(world: World) -> None:
    planned = world.build(OLD)
    assert world.tree() == whole(OLD)
    assert world.recorded() == {path: len(data) for path, data in whole(OLD).items()}
    assert sorted(planned.added) == sorted(whole(OLD))
    assert world.rests() == set()


def test_a_second_build_adds_replaces_removes_and_prunes_empty_folders(world: World) -> None:
    world.build(OLD)
    planned = world.build(NEW)
    assert world.tree() == whole(NEW)
    assert set(planned.removed) == {"gent/polo/card/index.html", "assets/a.1.css"}
    assert "gent/golf/index.html" not in planned.replaced
    assert planned.unchanged == 2
    assert world.recorded().keys() == whole(NEW).keys()


def test_a_build_without_news_writes_nothing_at_all(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.build(OLD)
    times = {path: (world.output / path).stat().st_mtime_ns for path in whole(OLD)}
    written: list[object] = []
    monkeypatch.setattr(journal, "carry_out", lambda *args, **_: written.append(args))
    planned = world.build(OLD)
    assert not planned.changes_files
    assert not written
    assert times == {path: (world.output / path).stat().st_mtime_ns for path in whole(OLD)}


def test_modes_do_not_depend_on_the_umask(world: World) -> None:
    before = os.umask(0o077)
    try:
        world.build(OLD)
    finally:
        os.umask(before)
    assert stat.S_IMODE((world.output / "index.html").stat().st_mode) == 0o644
    assert stat.S_IMODE((world.output / "gent/golf").stat().st_mode) == 0o755


def noting(
    name: str, step: Callable[..., None], output: Path, steps: list[str]
) -> Callable[..., None]:
    def noted(*args: Path) -> None:
        target = Path(args[-1])
        if target.is_relative_to(output):
            steps.append(f"{name} {target.relative_to(output).as_posix()}")
        step(*args)

    return noted


def test_files_land_in_the_order_in_which_no_link_dangles(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.build(OLD)
    steps: list[str] = []
    for name, step in [("move", disk.move), ("remove", disk.remove)]:
        monkeypatch.setattr(disk, name, noting(name, step, world.output, steps))
    world.build(NEW)
    assert steps == [
        "move assets/a.2.css",
        "move gent/up/index.html",
        "move feeds/atom.xml",
        "move gent/index.html",
        "move index.html",
        "move sitemap.xml",
        "remove assets/a.1.css",
        "remove gent/polo/card/index.html",
    ]


def test_the_front_page_of_a_first_build_is_there_after_all_that_it_leads_to(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    monkeypatch.setattr(disk, "move", noting("move", disk.move, world.output, steps))
    world.build({"site": {**NEW["site"], "zwaan/index.html": b"</html>"}, "gent": NEW["gent"]})
    assert steps == [
        "move assets/a.2.css",
        "move gent/golf/index.html",
        "move gent/up/index.html",
        "move feeds/atom.xml",
        "move gent/index.html",
        "move zwaan/index.html",
        "move index.html",
        "move sitemap.xml",
        "move build.json",
    ]


def test_a_new_page_is_there_before_an_older_one_links_to_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = {"showroom@gent": {"gent/index.html": b"<html>1</html>"}}
    then = {
        "showroom@gent": {
            "gent/index.html": b"<html>2</html>",
            "gent/make/zwaluw/index.html": b"<html></html>",
        }
    }
    world.build(first)
    steps: list[str] = []
    monkeypatch.setattr(disk, "move", noting("move", disk.move, world.output, steps))
    world.build(then)
    assert steps == ["move gent/make/zwaluw/index.html", "move gent/index.html"]


def test_whatever_call_fails_the_next_start_ends_in_one_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for calls in range(1000):
        world = World(tmp_path / str(calls))
        world.build(OLD)
        fault = Fault(calls, OSError(errno.ENOSPC, "No space left on device"))
        with monkeypatch.context() as patched:
            strike(patched, fault)
            error = failure(world)
        if error is None:
            assert not fault.struck
            break
        assert "No space" in str(error)
        assert isinstance(error, OutputError) or fault.recorded
        if not journal.exists(world.state):
            assert world.tree() in (whole(OLD), whole(NEW))
        settle(world)
    assert calls > 30


def failure(world: World) -> Exception | None:
    try:
        world.build(NEW)
    except (OutputError, OSError) as error:
        return error
    return None


def test_whenever_it_is_killed_the_next_start_ends_in_one_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for calls in range(1000):
        world = World(tmp_path / str(calls))
        world.build(OLD)
        with monkeypatch.context() as patched:
            strike(patched, Fault(calls, Killed()))
            try:
                world.build(NEW)
            except Killed:
                pass
            else:
                break
        for path, data in world.tree().items():
            if (world.output / path).is_file():
                assert data in (whole(OLD).get(path), whole(NEW).get(path))
        settle(world)
    assert calls > 30


def settle(world: World) -> None:
    decided = journal.exists(world.state)
    assert world.recover() == decided
    assert world.tree() in ([whole(NEW)] if decided else [whole(OLD), whole(NEW)])
    assert world.rests() == set()
    world.build(NEW)
    assert world.tree() == whole(NEW)
    assert world.recorded().keys() == whole(NEW).keys()
    assert not world.build(NEW).changes_files


def test_recovery_that_is_killed_again_is_finished_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for calls in range(100):
        world = World(tmp_path / str(calls))
        world.build(OLD)
        with monkeypatch.context() as patched:
            patched.setattr(journal, "carry_out", kill)
            with pytest.raises(Killed):
                world.build(NEW)
        with monkeypatch.context() as patched:
            strike(patched, Fault(calls, Killed()))
            try:
                world.recover()
            except Killed:
                pass
            else:
                break
        settle(world)
    assert calls > 8


def kill(*_: object, **__: object) -> None:
    raise Killed


def test_a_few_files_are_synced_one_by_one_with_the_folders_around(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(disk, "_sync_one", lambda path: synced.append(Path(path)))
    world.build(OLD)
    assert {world.output / path for path in whole(OLD)} <= set(synced)
    assert world.output / "gent/golf" in synced
    assert sum(path.is_relative_to(world.state / "stage") for path in synced) >= len(whole(OLD))


@pytest.mark.skipif(disk._sync_file_system is None, reason="this system has no syncfs")
def test_many_files_are_synced_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    sync, synced = disk._sync_file_system, []
    monkeypatch.setattr(disk, "FEW", 3)
    monkeypatch.setattr(disk, "_sync_file_system", lambda path: (synced.append(path), sync(path)))
    world.build(OLD)
    assert synced == [world.state / "stage", world.output]


def test_a_failed_job_keeps_its_files(world: World) -> None:
    world.build(OLD)
    world.build({"site": NEW["site"]})
    assert world.tree() == NEW["site"] | OLD["gent"]


def test_pruning_removes_the_files_of_that_job_only(world: World) -> None:
    world.build(OLD)
    world.build({"site": OLD["site"]}, pruned=["gent"])
    assert world.tree() == OLD["site"]
    with Manifest.open(world.manifest) as manifest:
        assert manifest.job_keys(world.output).keys() == {"site"}


def test_a_path_may_pass_from_one_job_to_another(world: World) -> None:
    world.build({"a": {"x.txt": b"x"}, "b": {"y.txt": b"y"}})
    world.build({"a": {}, "b": {"x.txt": b"x", "y.txt": b"y"}})
    assert world.tree() == {"x.txt": b"x", "y.txt": b"y"}
    with Manifest.open(world.manifest) as manifest:
        assert {entry.job for entry in manifest.files(world.output).values()} == {"b"}


def test_foreign_files_survive(world: World) -> None:
    world.build(OLD)
    (world.output / "CNAME").write_bytes(b"example.be")
    (world.output / "gent/polo/card/mine.txt").write_bytes(b"mine")
    world.build(NEW)
    assert world.tree() == whole(NEW) | {
        "CNAME": b"example.be",
        "gent/polo/card/mine.txt": b"mine",
    }


def test_a_foreign_file_on_our_path_stops_the_build(world: World) -> None:
    world.build({"site": OLD["site"]})
    (world.output / "feeds").mkdir()
    (world.output / "feeds/atom.xml").write_bytes(b"mine")
    with pytest.raises(UsageError, match=r"feeds/atom\.xml"):
        world.build(NEW)
    assert world.tree() == OLD["site"] | {"feeds/atom.xml": b"mine"}
    assert world.rests() == set()


def test_a_foreign_file_with_our_bytes_becomes_ours(world: World) -> None:
    world.build({"site": OLD["site"]})
    (world.output / "feeds").mkdir()
    feed = world.output / "feeds/atom.xml"
    feed.write_bytes(NEW["gent"]["feeds/atom.xml"])
    before = feed.stat()
    world.build(NEW)
    assert (feed.stat().st_ino, feed.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert "feeds/atom.xml" in world.recorded()


def test_a_marked_tree_without_a_manifest_is_ours(world: World) -> None:
    world.build(OLD)
    kept = (world.output / "gent/golf/index.html").stat().st_mtime_ns
    shutil.rmtree(world.state)
    world.build(NEW)
    assert whole(NEW).items() <= world.tree().items()
    assert (world.output / "gent/golf/index.html").stat().st_mtime_ns == kept
    assert (world.output / "gent/polo/card/index.html").exists()  # nobody knows whose it is


@pytest.mark.parametrize(
    "marker", [b"[]", b"{}", b'{"generator": "hugo"}', b"\xff{", b'{"generator": 1}']
)
def test_a_tree_without_our_marker_is_not_ours(world: World, marker: bytes) -> None:
    world.output.mkdir()
    (world.output / "build.json").write_bytes(marker)
    with pytest.raises(UsageError, match=r"build\.json"):
        world.build(OLD)
    assert world.tree() == {"build.json": marker}


@pytest.mark.parametrize("edit", [b"XX</html>!", b"somebody was here, and wrote more"])
def test_an_edited_file_is_noticed_and_rewritten(world: World, edit: bytes) -> None:
    world.build(OLD)
    page = world.output / "gent/index.html"
    page.write_bytes(edit)
    os.utime(page, ns=(1, 1))
    with Manifest.open(world.manifest) as manifest:
        files = manifest.files(world.output)
        assert files.keys() - intact(world.output, files).keys() == {"gent/index.html"}
    planned = world.build(OLD)
    assert planned.edited == ("gent/index.html",)
    assert world.tree() == whole(OLD)


def test_a_missing_file_is_written_again(world: World) -> None:
    world.build(OLD)
    (world.output / "gent/index.html").unlink()
    assert world.build(OLD).added == ("gent/index.html",)
    assert world.tree() == whole(OLD)


def test_a_touched_file_is_left_alone_and_its_time_learnt(world: World) -> None:
    world.build(OLD)
    page = world.output / "gent/index.html"
    os.utime(page, ns=(1, 1))
    assert not world.build(OLD).changes_files
    assert page.stat().st_mtime_ns == 1
    with Manifest.open(world.manifest) as manifest:
        assert manifest.files(world.output)["gent/index.html"].mtime_ns == 1


def test_a_link_planted_in_the_output_leads_nobody_outside(world: World) -> None:
    world.build(OLD)
    outside = world.root / "elsewhere"
    (outside / "golf").mkdir(parents=True)
    (outside / "golf/index.html").write_bytes(b"theirs")
    shutil.rmtree(world.output / "gent")
    (world.output / "gent").symlink_to(outside)
    for jobs, pruned in [(NEW, []), ({"site": NEW["site"]}, ["gent"])]:
        with pytest.raises(UsageError, match="gent: is no folder"):
            world.build(jobs, pruned=pruned)
    assert [path.name for path in outside.rglob("*")] == ["golf", "index.html"]
    assert (outside / "golf/index.html").read_bytes() == b"theirs"


def test_a_link_in_the_place_of_a_file_is_refused_and_never_followed(world: World) -> None:
    world.build(OLD)
    outside = world.root / "elsewhere"
    outside.write_bytes(b"theirs")
    (world.output / "index.html").unlink()
    (world.output / "index.html").symlink_to(outside)
    with pytest.raises(UsageError, match=r"index\.html"):
        world.build(NEW)
    assert outside.read_bytes() == b"theirs"


def test_a_link_planted_after_the_crash_stops_the_recovery(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.build({"site": OLD["site"]})
    with monkeypatch.context() as patched:
        patched.setattr(journal, "carry_out", kill)
        with pytest.raises(Killed):
            world.build(NEW)
    outside = world.root / "elsewhere"
    outside.mkdir()
    (world.output / "gent").symlink_to(outside)
    with pytest.raises(OutputError, match="gent"):
        world.recover()
    assert not any(outside.iterdir())
    (world.output / "gent").unlink()
    assert world.recover()
    assert world.tree() == whole(NEW)


def test_a_folder_where_a_file_must_go_is_refused(world: World) -> None:
    (world.output / "index.html").mkdir(parents=True)
    with pytest.raises(UsageError, match=r"index\.html: is no file"):
        world.build(OLD)


def test_what_took_the_place_of_a_removed_file_is_left_alone(world: World) -> None:
    world.build(OLD)
    card = world.output / "gent/polo/card/index.html"
    card.unlink()
    card.mkdir()
    world.build(NEW)
    assert card.is_dir()
    assert world.recorded().keys() == whole(NEW).keys()


RIVALS = [("a.xml", "A.xml"), ("é/x.txt", "É/x.txt"), ("straße.txt", "STRASSE.txt")]
RIVALS += [("a", "A/b.txt"), ("A/b.txt", "a"), ("x/a", "x/a/b/c.txt"), ("x/a/b/c.txt", "X")]


@pytest.mark.parametrize(("one", "other"), RIVALS)
@pytest.mark.parametrize("made", ["at once", "both", "the second only"])
def test_two_jobs_cannot_have_one_path_whatever_the_case(
    world: World, one: str, other: str, made: str
) -> None:
    alone = {"c": {"c.txt": b"c"}}
    both = {"a": {one: b"<a/>"}, "b": {other: b"<b/>"}}
    if made != "at once":
        world.build({**alone, "a": both["a"]})
    if made == "the second only":
        del both["a"]
    with pytest.raises(UsageError, match="cannot both") as refused:
        world.build({**alone, **both})
    assert f"{one} (of a)" in refused.value.message
    assert f"{other} (of b)" in refused.value.message
    assert set(world.tree()) == (set() if made == "at once" else {one, "c.txt"})


def test_a_path_may_change_its_case(world: World) -> None:
    world.build({"a": {"Feed.xml": b"<a/>"}})
    world.build({"a": {"feed.xml": b"<b/>"}})
    assert world.tree() == {"feed.xml": b"<b/>"}


def test_where_case_does_not_count_the_new_name_is_not_removed_with_the_old(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.build({"a": {"Feed.xml": b"<a/>"}})
    look = disk.status

    def caseless(path: Path | str) -> os.stat_result | None:
        return look(path) or look(str(path).replace("feed.xml", "Feed.xml"))

    monkeypatch.setattr(disk, "status", caseless)
    planned = world.build({"a": {"feed.xml": b"<longer/>"}}, dry_run=True)
    assert planned.replaced == ("feed.xml",)
    assert planned.removed == ()
    assert planned.landing.forgotten == ("Feed.xml",)


def test_on_another_disk_files_are_staged_beside_the_output(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    (world.root / "volume").mkdir()
    world.output = world.root / "volume/site"
    monkeypatch.setattr(outputs, "_device", lambda path: int("volume" in path.parts))
    beside = world.root / "volume/.site.syndicator-stage"
    assert stage_folder(world.state, world.output) == beside
    seen: list[Path] = []
    move = disk.move
    monkeypatch.setattr(disk, "move", lambda a, b: (seen.append(Path(a)), move(a, b)))
    world.build(OLD)
    assert world.tree() == whole(OLD)
    assert any(path.is_relative_to(beside) for path in seen)
    assert not beside.exists()
    beside.mkdir()
    world.recover()
    assert not beside.exists()


def test_between_two_mounts_files_are_copied_and_still_land_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def replace(source: Path | str, target: Path | str) -> None:
        if Path(source).parent != Path(target).parent:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        rename(source, target)

    rename = os.replace
    monkeypatch.setattr(os, "replace", replace)
    for calls in range(0, 1000, 3):
        world = World(tmp_path / str(calls))
        world.build(OLD)
        with monkeypatch.context() as patched:
            strike(patched, Fault(calls, Killed()))
            try:
                world.build(NEW)
            except Killed:
                pass
            else:
                break
        settle(world)
    assert calls > 50
    assert stat.S_IMODE((world.output / "index.html").stat().st_mode) == 0o644


def test_a_dry_run_leaves_no_trace(world: World) -> None:
    planned = world.build(OLD, dry_run=True)
    assert sorted(planned.added) == sorted(whole(OLD))
    assert not any(world.root.iterdir())
    world.build(OLD)
    before = {path: path.lstat() for path in world.root.rglob("*")}
    planned = world.build(NEW, dry_run=True)
    assert set(planned.removed) == {"gent/polo/card/index.html", "assets/a.1.css"}
    assert {path: path.lstat() for path in world.root.rglob("*")} == before


def test_too_little_room_is_said_before_anything_changes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.build(OLD)
    monkeypatch.setattr(disk, "free_bytes", lambda _: publish.RESERVE_BYTES)
    with pytest.raises(OutputError, match="too little room"):
        world.build(NEW)
    assert world.tree() == whole(OLD)
    assert world.rests() == set()


def test_a_file_that_vanishes_while_the_build_runs_stops_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.build(OLD)
    plan = publish.plan

    def late(*args: object, **kwargs: object) -> object:
        (world.output / "gent/golf/index.html").unlink()
        return plan(*args, **kwargs)

    monkeypatch.setattr("landing.plan", late)
    with pytest.raises(OutputError, match=r"golf/index\.html: changed while"):
        world.build(NEW)


@pytest.mark.parametrize("content", [b"", b'{"version": 1, "out', b'{"version": "x"}', b"\xff"])
def test_a_damaged_journal_says_what_to_do(world: World, content: bytes) -> None:
    world.build(OLD)
    (world.state / "journal").write_bytes(content)
    with pytest.raises(OutputError, match="is damaged") as caught:
        world.recover()
    assert "delete" in caught.value.hint


def test_a_newer_journal_is_left_to_the_newer_program(world: World) -> None:
    world.build(OLD)
    (world.state / "journal").write_text(json.dumps({"version": 2}))
    with pytest.raises(UsageError, match="newer"):
        world.recover()
    assert (world.state / "journal").exists()


def test_case_100_folders_that_are_no_sites_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ["home", "repository", "site"]:
        (tmp_path / name).mkdir()
    (tmp_path / "repository/.git").write_text("gitdir: elsewhere")
    (tmp_path / "file").write_text("")
    state, config = tmp_path / "site/.syndicator", tmp_path / "site/syndicator.toml"
    for bad in ["/", tmp_path / "home", tmp_path / "repository", tmp_path / "file",
                tmp_path, tmp_path / "site", state, state / "output"]:  # fmt: skip
        with pytest.raises(UsageError):
            check_output(Path(bad), state=state, config=config)
    with pytest.raises(UsageError, match="configuration"):
        check_output(tmp_path / "site", state=tmp_path / "s/.syndicator", config=config)
    check_output(tmp_path / "site/output", state=state, config=config)


def test_case_98_a_folder_that_may_not_be_written_is_named_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, _: path != world.root)
    with pytest.raises(OutputError, match="may not be written"):
        check_output(world.output, state=world.state)


@pytest.mark.parametrize("place", ["gent/up", "gent/index.html"])
def test_what_comes_in_the_way_meanwhile_leaves_no_landing_half_done(
    world: World, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    world.build(OLD)
    way = world.output / place

    def planted(*args: object) -> None:
        way.unlink(missing_ok=True)
        if place == "gent/up":
            way.write_bytes(b"foreign")
        else:
            way.mkdir()
        sync(*args)

    sync = disk.sync
    with monkeypatch.context() as patched:
        patched.setattr(disk, "sync", planted)
        with pytest.raises(OutputError, match="came while"):
            world.build(NEW)
    assert not journal.exists(world.state)
    if way.is_dir():
        way.rmdir()
    else:
        way.unlink()
    world.build(NEW)
    assert world.tree() == whole(NEW)
