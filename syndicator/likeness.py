"""Whether another machine has the same programs and files as the one where a build runs.

What must be alike is noted in a file on shared storage; who reads it there compares it with what
he has himself.
"""

import hashlib
import os
import platform
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.util import find_spec
from pathlib import Path

import msgspec

from syndicator import disk, sources
from syndicator.errors import UsageError
from syndicator.planning import source_files

NAME = "likeness.json"
SHARE = "every machine must see the folders of the configuration and of output/, under these paths"
INSTALL = "install the same packages on every machine, then start its workers anew"


class Likeness(msgspec.Struct, frozen=True, kw_only=True):
    """Digests of files by path and of packages by name, versions of distributions by name."""

    files: dict[str, str]
    packages: dict[str, str]
    versions: dict[str, str]


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """Where a likeness is noted, the digest of the file that says it, and whose code it covers."""

    folder: Path
    digest: str
    packages: tuple[str, ...]


def of(files: Iterable[Path], packages: Iterable[str]) -> Likeness:
    """What this machine has."""
    return Likeness(
        files={str(each): contents(each) for each in files},
        packages={each: code(each) for each in packages},
        versions=dict(versions()),
    )


def note(folder: Path, files: Iterable[Path], packages: Iterable[str]) -> Note:
    """Write down what this machine has, for others to compare with.

    :param folder: on shared storage; it is made unless it is there.
    :raises OutputError: it cannot be written.
    """
    names = tuple(packages)
    data = msgspec.json.encode(of(files, names))
    put(folder / NAME, data)
    return Note(folder=folder, digest=_digest(data), packages=names)


def put(path: Path, data: bytes) -> None:
    """Write a new file into a folder of ours.

    :raises OutputError: it cannot be written.
    """
    disk.make_folder(path.parent, disk.PRIVATE_MODE)
    descriptor = disk.create(path)
    disk.write(descriptor, data, path)
    disk.finish(descriptor, path)


@lru_cache(maxsize=4)
def objection(to: Note) -> UsageError | None:
    """Why this process cannot stand in for the one that wrote a note; none if it can."""
    data = _read(to.folder / NAME)
    if _digest(data) != to.digest:
        return UsageError(f"{platform.node()} does not see {to.folder}", hint=SHARE)
    return difference(msgspec.json.decode(data, type=Likeness))


def difference(theirs: Likeness) -> UsageError | None:
    """What is not here as it is there, if anything."""
    ours = of(map(Path, theirs.files), theirs.packages)
    if unseen := _unlike(theirs.files, ours.files):
        return UsageError(f"{platform.node()} does not see {unseen[0]} as we do", hint=SHARE)
    others = _unlike(theirs.packages, ours.packages) + _unlike(theirs.versions, ours.versions)
    if others:
        return UsageError(f"{platform.node()} has another {', '.join(others)}", hint=INSTALL)
    return None


def _unlike(theirs: dict[str, str], ours: dict[str, str]) -> list[str]:
    return [name for name in theirs if theirs[name] != ours.get(name)]


@cache
def code(package: str) -> str:
    """A digest of a package's source, from when this process first asked: that is what it runs.

    Of names and bytes only, so that it is the same wherever the same is installed.
    """
    spec = find_spec(package)
    files = sorted(source_files(spec)) if spec else []
    return _digest_of(files, os.path.commonpath([each.parent for each in files]) if files else "")


@cache
def versions() -> dict[str, str]:
    """Of Python and of what we need; of what is missing, empty."""
    needed = [each for each in requires("syndicator") or () if "extra ==" not in each]
    names = {found[0] for each in needed if (found := re.match(r"[\w.-]+", each))}
    return {"python": ".".join(platform.python_version_tuple()[:2])} | {
        each: _version(each) for each in sorted(names)
    }


def contents(path: Path) -> str:
    """A digest of a file, or of what a folder is made of, with the names; of nothing, empty."""
    if path.is_dir():
        return _digest_of(sorted(sources.files(path)), path)
    data = _read(path)
    return _digest(data) if data else ""


def _digest_of(files: Iterable[Path], folder: Path | str) -> str:
    lines = (f"{each.relative_to(folder)}\0{_digest(_read(each))}\n" for each in files)
    return _digest("".join(lines).encode())


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
