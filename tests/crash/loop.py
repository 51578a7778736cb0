"""One disturbed build after another, each looked at by what it left behind."""

import gc
import hashlib
import json
import os
import shutil
import signal
import stat
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import msgspec

from syndicator import deadlinks, journal, status
from tests.crash.meter import KILLS, NEEDS_ROOM, PASSING, Meter
from tests.crash.scenes import Ready, Tree, build, restore, rests, world_of
from tests.world import World

SITE = "https://s.example"
EMPTY = "empty folder"
WRITE_ERROR = 7
KILLED = 9

Operations = tuple[tuple[str, str], ...]
"""Each as a word, and what it is done to."""

TELLING = ("status.json", "lock")  # for people: what happened; no build goes by it


class Fate(msgspec.Struct, frozen=True):
    """What became of a process: of each of its builds the exit code, the words, what it wrote."""

    signal: int = 0
    codes: tuple[int, ...] = ()
    said: str = ""
    written: tuple[int, ...] = ()
    struck: bool = False
    operations: Operations = ()


class Run(msgspec.Struct, frozen=True):
    """One disturbed build; ``faults`` are a word for the kind, and what is wrong."""

    scene: str
    fault: str
    number: int
    operation: tuple[str, str]
    code: int
    faults: tuple[tuple[str, str], ...]


def alone(_: int) -> None:
    """Nobody looks at the process from outside."""


def ready(scene: str, folder: Path) -> Ready:
    """Bring a world to the point, and see once what comes of it if nobody disturbs it."""
    build(world_of(scene, folder / "warm"))  # what is learnt by building is known to all forks
    shutil.rmtree(folder / "warm")
    world = world_of(scene, folder / "site")
    world.folder.mkdir(parents=True, exist_ok=True)
    old = tree(world.output)
    kept = folder / "kept"
    shutil.copytree(world.folder, kept, symlinks=True)
    fate = apart(world, 1)
    assert fate.codes == (0,), fate.said
    new = tree(world.output)
    assert not list(dead(world.output, old, new)), "an undisturbed build is wrong"
    return Ready(world, kept, old, new, rests(world), fate.operations)


def disturbed(name: str, scene: Ready, fault: str, number: int) -> Run:
    """Disturb one operation, and look at what is out, and at what the next builds make of it."""
    restore(scene)
    world = scene.world
    fate = apart(world, 1, Meter(fault, number))
    code = -fate.signal if fate.signal else fate.codes[0]
    operation = scene.operations[number]
    faults = [*judged(scene, fate, fault, operation), *told(scene, fault, number)]
    return Run(name, fault, number, operation, code, (*faults, *remembered(scene)))


def judged(
    scene: Ready, fate: Fate, fault: str, operation: tuple[str, str]
) -> Iterator[tuple[str, str]]:
    """What is wrong with a disturbed build, and with what it left in the output."""
    out = tree(scene.world.output)
    word, what = operation
    if fault in KILLS:
        if fate.signal != KILLED:
            yield "exit", f"it lived: {fate}"
    elif fate.codes != (WRITE_ERROR,) and not (what.endswith("/lock") and fate.codes == (0,)):
        yield "exit", f"{fate.codes}: {fate.said}"  # only filelock may shrug: it tries twice
    if fate.codes == (0,) and out != scene.new:
        yield "exit", f"0, and yet: {difference(out, scene.new)}"
    decided = journal.exists(scene.world.folder / ".syndicator")
    for path, found in out.items():
        if found not in (scene.old.get(path), scene.new.get(path), EMPTY):
            yield "broken", f"{path} is {found}"
    if not decided and out not in (scene.old, scene.new):
        yield "broken", f"it is no build; to the new one: {difference(out, scene.new)}"
    stage = scene.world.folder / ".syndicator" / "stage"
    if fault == "ENOSPC" and word in NEEDS_ROOM and not decided and stage.exists():
        yield "difference", "what was staged still takes up room"
    yield from (("dead", each) for each in dead(scene.world.output, scene.old, out))


def told(scene: Ready, fault: str, number: int) -> Iterator[tuple[str, str]]:
    """What is wrong with ``status.json``, where the disk was well again when it was written."""
    if fault not in PASSING:
        return
    paths = [what for _, what in scene.operations]
    begun = next(at for at, path in enumerate(paths) if "state.db" in path)
    ended = next(at for at, path in enumerate(paths) if "status.json" in path)
    state = scene.world.folder / ".syndicator"
    said = status.read(state / "status.json").run
    if begun <= number < ended and (said.exit_code, bool(said.error)) != (WRITE_ERROR, True):
        yield "exit", f"status.json: {said}"


def remembered(scene: Ready) -> Sequence[tuple[str, str]]:
    """As :func:`after`, once for all that leave the very same bytes and times behind."""
    state = hashlib.blake2b()
    for path in sorted(scene.world.folder.rglob("*")):
        if path.name not in TELLING:
            found = path.lstat()
            time = found.st_mtime_ns if path.is_relative_to(scene.world.output) else 0
            state.update(f"{path}\0{found.st_mode}\0{time}\0".encode())
            state.update(path.read_bytes() if path.is_file() else b"")
    key = state.digest()
    if key not in _AFTER:
        _AFTER[key] = tuple(after(scene))
    return _AFTER[key]


def after(scene: Ready) -> Iterator[tuple[str, str]]:
    """What is wrong with the builds that follow, which nobody disturbs."""
    world = scene.world
    fate = apart(world, 2)
    if fate.codes != (0, 0):
        yield "difference", f"the next builds: {fate.codes} {fate.said}"
        return
    if fate.written[1]:
        yield "difference", f"the build after the next one wrote {fate.written[1]} files"
    out = tree(world.output)
    if out != scene.new:
        yield "difference", f"the next build: {difference(out, scene.new)}"
    if left := rests(world) ^ scene.rests:
        yield "difference", f"lies around: {sorted(left)}"


def apart(
    world: World, builds: int, meter: Meter | None = None, attach: Callable[[int], None] = alone
) -> Fate:
    """Build in a process of its own, which starts with all that this one knows.

    :param attach: given its number while it waits to be let go on.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        end = 1
        try:
            gc.disable()  # or it would touch, and so copy, all that was there before
            if attach is not alone:
                os.kill(os.getpid(), signal.SIGSTOP)
            text = memoryview(json.dumps(worked(world, builds, meter or Meter())).encode())
            while text:
                text = text[os.writev(writing, [text]) :]  # no operation on a disk is that call
            end = 0
        finally:
            os._exit(end)
    os.close(writing)
    if attach is not alone:
        os.waitpid(child, os.WUNTRACED)
        attach(child)
        os.kill(child, signal.SIGCONT)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    _, end = os.waitpid(child, 0)
    if os.WIFSIGNALED(end):
        return Fate(signal=os.WTERMSIG(end))
    return msgspec.json.decode(text, type=Fate)


def worked(world: World, builds: int, meter: Meter) -> dict[str, object]:
    codes, said, written = [], [], []
    for _ in range(builds):
        try:
            with meter.watching():
                built = build(world)
        except BaseException:  # noqa: BLE001 - whatever it is, it is told
            codes.append(1)
            said.append(traceback.format_exc())
            break
        codes.append(built.code)
        said.append(built.said)
        files = built.summary.files if built.summary else None
        written.append(files.written + files.removed if files else 0)
    return {
        "codes": codes,
        "said": "\n".join(said),
        "written": written,
        "struck": meter.struck,
        "operations": meter.told,
    }


def tree(output: Path) -> Tree:
    """All that is below a folder; empty folders are told, the full ones go without saying."""
    found = {}
    for path in sorted(output.rglob("*")):
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode) and not any(path.iterdir()):
            found[path.relative_to(output).as_posix()] = EMPTY
        if stat.S_ISREG(mode):
            kind = hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()
            found[path.relative_to(output).as_posix()] = f"{stat.S_IMODE(mode):o} {kind}"
        elif not stat.S_ISDIR(mode):
            found[path.relative_to(output).as_posix()] = "no file"
    return found


def difference(one: Tree, other: Tree) -> str:
    """In words, for people."""
    more, less = sorted(one.keys() - other.keys()), sorted(other.keys() - one.keys())
    changed = sorted(each for each in one.keys() & other.keys() if one[each] != other[each])
    return f"{len(more)} more {more[:3]}, {len(less)} less {less[:3]}, changed {changed[:3]}"


def dead(output: Path, old: Tree, out: Tree) -> Iterator[str]:
    """Dead links, and files that are not whole, on every page that somebody may come to.

    People have the addresses that were out before, and the front page. Pages that are new and that
    nothing leads to yet may lead to one another before they are all there.
    """
    known = frozenset(path for path, what in out.items() if what != EMPTY)
    reached: set[str] = set()
    waiting = {*(old.keys() & known), "index.html"} & known
    while waiting:
        name = waiting.pop()
        reached.add(name)
        for link in read(output, name, out[name]):
            if isinstance(link, Exception):
                yield f"{name}: {link}"
            elif not deadlinks._leads(link, name, SITE, known):
                yield f"{name}: dead link {link}"
            else:
                waiting |= places(link, name) & (known - reached)


def read(output: Path, name: str, what: str) -> Sequence[str | Exception]:
    """What a file leads to, or why that cannot be said; a file is read once however often it is."""
    if (name, what) not in _READ:
        try:
            _READ[name, what] = tuple(deadlinks.links(output / name))
        except deadlinks.UNSOUND as error:
            _READ[name, what] = (error,)
    return _READ[name, what]


def places(link: str, name: str) -> set[str]:
    """The files that may be meant by an address of this site."""
    parts = urlsplit(urljoin(f"{SITE}/{name}".removesuffix("index.html"), link))
    path = unquote(parts.path).lstrip("/")
    own = f"{parts.scheme}://{parts.netloc}" == SITE
    return {path, f"{path.rstrip('/')}/index.html".lstrip("/")} if own else set()


_READ: dict[tuple[str, str], Sequence[str | Exception]] = {}
_AFTER: dict[bytes, Sequence[tuple[str, str]]] = {}
