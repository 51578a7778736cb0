"""Which jobs a build has, and the key under which each is fresh. Reads the catalogue only."""

import hashlib
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache, lru_cache
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

import msgspec

from syndicator import __version__, sources
from syndicator.catalogue import Catalogue
from syndicator.i18n import words_digest
from syndicator.jobs import Job, templates
from syndicator.registry import Feed
from syndicator.views import Narrowing, Setting, Slice, dealers_of, told_of

SEARCH = "@search:"  # in the name of a job of a saved search
DEMO = "demo/"  # job names of a demo, so that a real build knows what to clear away


def jobs(
    feeds: Collection[Feed],
    cuts: Collection[Slice],
    setting: Setting,
    catalogue: Catalogue,
    *,
    grounds: Mapping[str, str],
    prefix: str = "",
) -> Iterator[Job]:
    """One job for each feed on each slice of its scope, slice by slice.

    :param grounds: as :func:`grounds` gives them.
    """
    narrowing = Narrowing(setting)
    recipes = {feed.name: feed.recipe() for feed in feeds}
    for cut in cuts:
        own = narrowing.of(cut)
        stock = catalogue.digest(dealers_of(cut, own), told_of(cut, own))
        running = [feed for feed in feeds if cut.scope in feed.scopes]
        for feed in running:
            audited = [each for each in running if each is not feed] if feed.reads_audits else []
            made_by = [grounds[each.name] for each in (feed, *audited)]
            frame = digest((cut, own, made_by))
            yield Job(
                id=f"{prefix}{feed.name}@{cut.key}",
                key=digest((frame, stock)),
                frame=frame,
                feed=recipes[feed.name],
                slice=cut,
                setting=own,
                audited=tuple(recipes[each.name] for each in audited),
            )


def grounds(feeds: Collection[Feed], look: Callable[[Path | None], str]) -> dict[str, str]:
    """By feed, a digest of all that decides what it makes of a car.

    That is its options, the program, the templates and the words.

    :param look: a digest of the templates and the words for the exporters of a package, by the
        folder of its own templates.
    """
    known = cache(look)  # it reads every template and catalogue
    return {
        feed.name: digest(
            (
                *(feed.recipe(), feed.offer, code_of(feed), known(feed.recipe().templates)),
                program(),
            )
        )
        for feed in feeds
    }


def look(user: Path | None, extra: Path | None = None) -> str:
    """Of all that decides how pages look and speak, apart from the data and the code."""
    shown = templates(user, extra)
    return f"{shown.digest} {words_digest(shown.locale)}"


def twin(job: str) -> str:
    """The job that makes the same of the same dealer as a group, or alone."""
    name, _, key = job.partition("@")
    kind, _, dealer_id = key.partition(":")
    return f"{name}@{'dealer' if kind == 'group' else 'group'}:{dealer_id}"


def code_of(feed: Feed) -> str:
    """A digest of the package that the exporter comes from."""
    return code_digest(feed.offer.reference.partition(".")[0].partition(":")[0])


def digest(value: object) -> str:
    """Of any value that msgspec can write, the same in every process."""
    text = msgspec.json.encode(value, order="deterministic")
    return hashlib.blake2b(text, digest_size=16).hexdigest()


@lru_cache(maxsize=32)
def code_digest(package: str) -> str:
    """Of a package's source as the disk has it: in a checkout the version says nothing."""
    spec = find_spec(package)
    found = hashlib.blake2b(digest_size=16)
    for path in sorted(source_files(spec)) if spec else ():
        state = path.stat()
        found.update(f"{path}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    return found.hexdigest()


@cache
def program() -> str:
    """Of ourselves and all that we are run by: Python, and the versions of what is installed.

    Another version of any package may say or sort something else.
    """
    folders = map(Path, map(str, sys.path))
    installed = {path.name for folder in folders for path in folder.glob("*-info")}
    return digest((code_digest("syndicator"), __version__, sys.version, sorted(installed)))


def source_files(spec: ModuleSpec) -> Iterator[Path]:
    """What a package is made of; of a lone module its one file."""
    if spec.submodule_search_locations is None:
        yield from (Path(spec.origin),) if spec.has_location and spec.origin else ()
        return
    for folder in spec.submodule_search_locations:
        for path in sources.files(Path(folder)):
            if "__pycache__" not in path.parts:
                yield path
