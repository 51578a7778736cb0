"""Workers on other machines, played by processes on this one that know nothing of the build."""

import logging
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import distributed
import pytest
from distributed.comm import utils

from syndicator import cli, cluster, database, disk, jobs, likeness, manifest
from syndicator.cluster import Cluster
from syndicator.crew import DIED, GIVEN_UP
from syndicator.errors import OutputError
from syndicator.fetch import Fetcher
from syndicator.jobs import Job, Report, Workshop
from syndicator.likeness import Note
from syndicator.mirror import Failed, Wanted, mirror
from syndicator.places import Places
from syndicator.simulator.server import Simulator
from syndicator.simulator.stock import make_stock
from tests.world import KEY, World

FEEDS = ("vehicles", "atom", "meta", "report", "showroom")
NOTE = Note(folder=Path("/nowhere"), digest="", packages=())


def world(folder: Path) -> World:
    return World(folder, make_stock(3, 12, 6, photo_base="https://images.example"))


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What this process makes of that world, and its own pool just so."""
    alone, pool = (world(tmp_path_factory.mktemp(name)) for name in ("alone", "pool"))
    assert alone.build(only=FEEDS).code == 0
    assert pool.build(only=FEEDS, workers=2).code == 0
    assert alone.files() == pool.files()
    return alone.files()


@pytest.fixture(scope="module")
def workers(expected: dict[str, bytes]) -> Iterator[Any]:
    """Two processes and their scheduler; started late, for a pool ends all that this one has."""
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    with (
        pytest.MonkeyPatch.context() as patient,
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=2, processes=True, dashboard_address=None
        ) as local,
    ):
        patient.setattr(cluster, "CONNECT_SECONDS", 60.0)
        yield local


def test_workers_make_the_same_bytes_as_this_process_and_its_pool(
    workers: Any, tmp_path: Path, expected: dict[str, bytes]
) -> None:
    here = world(tmp_path)
    built = here.build(only=FEEDS, scheduler=workers.scheduler_address)
    assert built.summary
    assert (built.code, built.summary.jobs.failed) == (0, 0)
    assert built.summary.jobs.run > len(FEEDS)
    assert len(expected) > 30
    assert here.files() == expected


def test_what_is_out_is_known_to_workers_and_not_written_again(
    workers: Any, tmp_path: Path
) -> None:
    here = world(tmp_path)
    assert here.build(scheduler=workers.scheduler_address).code == 0
    times = {path: path.stat().st_mtime_ns for path in here.output.rglob("*.xml")}
    built = here.build(scheduler=workers.scheduler_address, rerender=True)
    assert built.summary
    assert built.summary.jobs.run > 1
    assert {path: path.stat().st_mtime_ns for path in here.output.rglob("*.xml")} == times
    left = {path.name for path in (tmp_path / ".syndicator").iterdir()}
    assert left <= {"state.db", "manifest.db", "status.json", "history.jsonl", "lock"}


def test_templates_of_the_operator_reach_workers_that_have_compiled_others(
    workers: Any, tmp_path: Path
) -> None:
    here, own = world(tmp_path), tmp_path / "templates"
    own.mkdir()
    shipped = (Path(__file__).parent.parent / "templates/layout.html").read_text()
    for mark in ("<p>first</p>", "<p>second</p>"):
        (own / "layout.html").write_text(shipped.replace("</body>", f"{mark}</body>"))
        jobs.templates.cache_clear()  # a build is a process of its own
        built = here.build(only=("showroom",), templates=own, scheduler=workers.scheduler_address)
        assert built.code == 0
        pages = [page.read_text() for page in here.output.rglob("index.html")]
        marked = [page for page in pages if mark in page]
        assert len(marked) > len(pages) / 2


def test_a_worker_that_is_killed_in_the_middle_costs_no_job(
    workers: Any, tmp_path: Path, expected: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    drive, killed = Cluster.drive, []

    def killing(
        self: Cluster, workshop: Workshop, jobs: Iterable[Job]
    ) -> Generator[Report, None, None]:
        for report in drive(self, workshop, jobs):
            if not killed:
                pids = self._client.run(os.getpid)
                killed.append(next(iter(pids.values())))
                os.kill(killed[0], signal.SIGKILL)
            yield report

    monkeypatch.setattr(Cluster, "drive", killing)
    here = world(tmp_path)
    built = here.build(only=FEEDS, scheduler=workers.scheduler_address)
    assert built.summary
    assert (built.code, built.summary.jobs.failed, len(killed)) == (0, 0, 1)
    assert here.files() == expected


def fatal(_: Note, job: Job) -> Report:
    """In place of a job, on a worker."""
    if job.feed.feed == "bad":
        os.kill(os.getpid(), signal.SIGKILL)
    return Report(job=job)


def job(feed: str, number: int = 0) -> Any:
    return SimpleNamespace(id=f"{feed}@{number}", feed=SimpleNamespace(feed=feed))


def test_a_job_that_kills_worker_after_worker_fails_alone_and_its_feed_is_given_up(
    workers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers.scheduler, "allowed_failures", 0)
    monkeypatch.setattr(cluster, "posted", lambda *_: NOTE)
    monkeypatch.setattr(cluster, "run_there", fatal)
    todo = [job("good", 1), job("bad", 1), *(job("good", each) for each in range(2, 9))]
    with distributed.Client(workers, set_as_default=False) as client:
        hired = Cluster(distributed, client, NOTE, "")
        said = [
            (each.job.id, each.error)
            for each in hired.drive(None, [*todo, job("bad", 2)])  # type: ignore[arg-type]
        ]
    assert {name for name, error in said if not error} == {f"good@{each}" for each in range(1, 9)}
    assert sorted(error for _, error in said if error) == [DIED, GIVEN_UP]  # whichever came first
    assert len(said) == len(todo) + 1


def test_photos_are_developed_by_workers_as_they_are_here(workers: Any, tmp_path: Path) -> None:
    stock = make_stock(1, 2, 1, photo_base="https://images.example")
    with Simulator(stock, key=KEY) as simulator, closing(Fetcher()) as nobody:
        paths = [*[f"/photos/{each.id}/0.jpg" for each in stock][:2], "/no/such.jpg"]
        wanted = [Wanted(url=simulator.origin + path) for path in paths]
        with closing(Fetcher(trusted_origin=simulator.origin)) as fetcher:
            here = list(mirror(wanted, fetcher, tmp_path / "here"))
        with cluster.joined(
            workers.scheduler_address,
            Places(root=tmp_path),
            tmp_path / "output",
            (),
            trusted=simulator.origin,
        ) as hired:
            there = list(hired.mirror(wanted, nobody, tmp_path / "there"))
    assert here == there
    assert [isinstance(each, Failed) for each in there] == [False, False, True]
    assert tree(tmp_path / "here") == tree(tmp_path / "there")


def test_a_build_that_mirrors_photos_leaves_them_to_the_workers(
    workers: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(_: Cluster, wanted: Iterable[Wanted], *__: Any) -> Iterator[Failed]:
        return (Failed(url=each.url, reason="not today") for each in wanted)

    monkeypatch.setattr(Cluster, "mirror", none)
    built = world(tmp_path).build(images="mirror", scheduler=workers.scheduler_address)
    assert built.summary
    assert built.summary.photos_missing > 10


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_worker_with_another_program_is_refused_before_anything_is_asked(
    workers: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = world(tmp_path)
    monkeypatch.setattr(likeness, "code", lambda _: "of another version")
    built = here.build(scheduler=workers.scheduler_address)
    assert built.code == 2
    assert "has another syndicator" in built.said
    assert "install the same" in built.said
    assert "\n" not in built.said
    assert here.requests == []
    assert not here.output.exists()


def test_a_worker_that_does_not_see_our_folders_is_refused(
    workers: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = world(tmp_path)
    monkeypatch.setattr(likeness, "put", lambda *_: None)  # as if it were on a disk of ours alone
    built = here.build(scheduler=workers.scheduler_address)
    assert built.code == 2
    assert f"does not see {tmp_path}" in built.said
    assert "under these paths" in built.said
    assert here.requests == []


def test_each_thing_that_is_not_alike_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("as it was")
    noted = likeness.note(tmp_path / "note", [file], ["syndicator"])
    assert likeness.objection(noted) is None
    file.write_text("as it is")
    likeness.objection.cache_clear()
    refusal = likeness.objection(noted)
    assert refusal
    assert f"does not see {file} as we do" in refusal.message
    theirs = likeness.of((), ["syndicator"])
    theirs.versions["lxml"] = "0.1"
    refusal = likeness.difference(theirs)
    assert refusal
    assert refusal.message.endswith(" has another lxml")


def test_templates_beyond_a_link_are_known_by_their_contents_too(tmp_path: Path) -> None:
    for name in ("templates", "elsewhere"):
        (tmp_path / name).mkdir()
    (tmp_path / "templates/showroom").symlink_to(tmp_path / "elsewhere")
    file = tmp_path / "elsewhere/list.html"
    file.write_text("as it was")
    before = likeness.contents(tmp_path / "templates")
    file.write_text("as it is")
    assert likeness.contents(tmp_path / "templates") != before


def test_the_key_is_in_nothing_that_workers_are_sent_or_can_read(
    workers: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[bytes] = []
    dumps = utils.protocol.dumps

    def recorded(*arguments: Any, **options: Any) -> Any:
        frames = dumps(*arguments, **options)
        sent.extend(map(bytes, frames))
        return frames

    posted = cluster.posted

    def seen(*arguments: Any) -> Note:
        note = posted(*arguments)
        sent.extend(tree(note.folder).values())
        return note

    monkeypatch.setattr(utils.protocol, "dumps", recorded)
    monkeypatch.setattr(cluster, "posted", seen)
    here = world(tmp_path)
    assert here.build(scheduler=workers.scheduler_address).code == 0
    everything = b"\n".join(sent)
    assert b"vehicles@site" in everything  # a job, on its way
    assert b"SQLite format 3" in everything
    assert KEY.encode() not in everything


class Played:
    """A client whose one worker has one thread, of this process."""

    def __init__(self) -> None:
        self.threads = 1

    def get_executor(self, *, pure: bool) -> ThreadPoolExecutor:
        assert not pure
        return ThreadPoolExecutor(1)

    def nthreads(self) -> dict[str, int]:
        return {"tcp://worker": self.threads} if self.threads else {}


DASK = SimpleNamespace(KilledWorker=type("KilledWorker", (Exception,), {}))


def test_jobs_are_handed_over_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[Any] = []

    def counted() -> Iterator[Any]:
        for number in range(9):
            begun.append(number)
            yield job("good", number)

    monkeypatch.setattr(cluster, "posted", lambda *_: NOTE)
    monkeypatch.setattr(cluster, "run_there", fatal)
    reports = Cluster(DASK, Played(), NOTE, "").drive(None, counted())  # type: ignore[arg-type]
    next(reports)
    assert len(begun) == 2
    assert len(list(reports)) == 8


def test_a_cluster_without_workers_is_not_waited_for_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client, end = Played(), Event()
    monkeypatch.setattr(cluster, "posted", lambda *_: NOTE)
    monkeypatch.setattr(cluster, "run_there", lambda *_: end.wait(30))
    monkeypatch.setattr(cluster, "ALONE_SECONDS", 0.1)
    monkeypatch.setattr(cluster, "LOOK_SECONDS", 0.05)
    client.threads = 0
    hired = Cluster(DASK, client, NOTE, "")
    hired._manned = cluster.time.monotonic()
    try:
        with pytest.raises(OutputError, match="no worker any more"):
            list(hired.drive(None, [job("good")]))  # type: ignore[arg-type]
    finally:
        end.set()


def test_a_scheduler_that_is_gone_ends_the_build_in_one_line() -> None:
    hired = Cluster(DASK, Played(), NOTE, "")
    future: Future[Any] = Future()
    future.cancel()
    with pytest.raises(OutputError, match="the scheduler is gone"):
        hired._outcome(future)


def test_a_snapshot_is_read_without_a_lock(tmp_path: Path) -> None:
    manifest.Manifest.open(tmp_path / "manifest.db").close()
    copy = database.snapshot(tmp_path / "manifest.db", tmp_path / "stage")
    with closing(sqlite3.connect(copy, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with manifest.Manifest.open(copy, read_only=True) as found:
            assert found.files(tmp_path) == {}


def test_what_was_written_can_be_resized_though_the_profiler_of_a_worker_holds_frames(
    tmp_path: Path,
) -> None:
    frames: list[Any] = []
    data = bytearray(b"some bytes")
    with closing((tmp_path / "file").open("wb", buffering=0)) as file:
        sys.setprofile(lambda frame, *_: frames.append(frame))
        try:
            disk.write(file.fileno(), data, tmp_path / "file")
        finally:
            sys.setprofile(None)
    data.clear()
    assert frames
    assert (tmp_path / "file").read_bytes() == b"some bytes"


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OKASIE_API_SECRET", KEY)


DASK_HERE = ["build", "--all", "--executor", "dask", "--scheduler", "tcp://127.0.0.1:1"]


def test_without_the_extra_it_says_how_to_install_it(
    elsewhere: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert cli.run(DASK_HERE) == 2
    assert 'pip install "syndicator[dask]"' in capsys.readouterr().err


@pytest.fixture
def silent() -> Iterator[str]:
    """Somebody who takes calls and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize("address", ["", "tcp://127.0.0.1:1", "tls://127.0.0.1:1", "x://y"])
def test_a_scheduler_that_does_not_answer_is_told_before_anything_is_asked(
    address: str, silent: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.5)
    here = world(tmp_path)
    built = here.build(scheduler=address or silent)
    assert built.code == 2
    assert f"no Dask scheduler answers at {address or silent} (" in built.said
    assert "\n" not in built.said
    assert here.requests == []
    assert not (tmp_path / ".syndicator/stage").exists()


def test_a_worker_is_not_taken_for_a_scheduler(workers: Any, tmp_path: Path) -> None:
    workers.wait_for_workers(2, timeout=60)  # one that was killed above is being replaced
    (address, *_) = workers.scheduler_info["workers"]
    assert "it is a Worker" in world(tmp_path).build(scheduler=address).said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["build", "--all", "--executor", "dask"], "go together"),
        (["build", "--all", "--scheduler", "tcp://127.0.0.1:1"], "go together"),
        ([*DASK_HERE, "--jobs", "2"], "leave it out with --executor dask"),
        ([*DASK_HERE, "--dry-run"], "a folder that no other machine sees"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    elsewhere: None, arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(arguments) == 2
    assert words in capsys.readouterr().err


def test_dask_is_imported_only_when_it_is_asked_for() -> None:
    script = "import sys, syndicator.cli; sys.exit('distributed' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
