"""Who takes part: for each a way to stand ready in a folder, and the commands to be measured."""

import shutil
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tests.benchmarks.make_site import stock
from tests.benchmarks.make_site.measure import Run
from tests.benchmarks.make_site.peers import floor
from tests.benchmarks.make_site.tools import ROOT, Tools

PEERS = Path(__file__).parent / "peers"
Runs = Callable[[Path, Path, Tools], Iterator[Run]]
"""From the prepared stock, an empty folder and the programs; each run is done before the next."""


def ours(prepared: Path, folder: Path, tools: Tools) -> Iterator[Run]:
    """A whole build from what is stored, its bytes, then builds after no or little change."""
    home = folder / "home"
    shutil.copytree(prepared / "state", home)
    run = partial(_build, home, tools)
    yield run("ours")
    yield _only_writing(home / "output", folder, "writing our bytes")
    yield run("ours, unchanged")
    stock.raise_prices(home, whole_dealers=True)
    yield run("ours, 1 % of dealers")
    stock.raise_prices(home, whole_dealers=False)
    yield run("ours, 1 % of cars")
    yield Run(
        name="ours, --help only",
        command=(sys.executable, "-m", "syndicator", "--help"),
        folder=home,
        output=home / "output",
        environment={"PYTHONPATH": str(tools.program)},
    )


def as_peers(prepared: Path, folder: Path, tools: Tools) -> Iterator[Run]:
    """A whole build of what the peers make, and no more: pages, one feed, the sitemap."""
    home = folder / "home"
    shutil.copytree(prepared / "state", home)
    with (home / "syndicator.toml").open("a") as configuration:
        configuration.write(stock.AS_PEERS)
    yield _build(home, tools, "ours, the peers' files")


def _build(home: Path, tools: Tools, name: str) -> Run:
    build = ("-m", "syndicator", "build", "--offline", "--quiet", "--jobs", "2")
    return Run(
        name=name,
        command=(sys.executable, *build),
        folder=home,
        output=home / "output",
        environment={"PYTHONPATH": str(tools.program)},
    )


def hugo(prepared: Path, folder: Path, tools: Tools) -> Iterator[Run]:
    """A content adapter over the data; no taxonomies, and what a dealer's pages share made once."""
    site = _site(PEERS / "hugo", prepared, folder)
    flags = ("--quiet", "--noTimes", "--noChmod", "--destination", "output")
    yield Run(
        name="hugo",
        command=(str(tools.hugo), "build", *flags),
        folder=site,
        output=site / "output",
        environment={"HUGO_CACHEDIR": str(folder / "cache")},
    )


def eleventy(prepared: Path, folder: Path, tools: Tools) -> Iterator[Run]:
    """JavaScript templates; its program is found in a folder above the site."""
    assert tools.eleventy is not None
    site = _site(PEERS / "eleventy", prepared, folder)
    (folder / "package.json").write_text('{"private": true, "type": "module"}')
    modules = tools.eleventy / "node_modules"
    (folder / "node_modules").symlink_to(modules)
    yield Run(
        name="eleventy",
        command=("node", str(modules / "@11ty" / "eleventy" / "cmd.cjs"), "--quiet"),
        folder=site,
        output=site / "output",
    )


def jinja2(prepared: Path, folder: Path, tools: Tools) -> Iterator[Run]:
    """Stock jinja2 in two processes; then its bytes."""
    del tools
    environment = {"PYTHONPATH": str(ROOT)}
    loop = "tests.benchmarks.make_site.peers.jinja.loop"
    output = folder / "output"
    yield Run(
        name="jinja2 loop, pages only",
        command=(sys.executable, "-m", loop, str(prepared / "data"), str(output)),
        folder=folder,
        output=output,
        environment=environment,
    )
    yield _only_writing(output, folder, "writing the loop's bytes")


CONTENDERS: dict[str, Runs] = {
    "ours": ours,
    "as peers": as_peers,
    "hugo": hugo,
    "eleventy": eleventy,
    "jinja2": jinja2,
}


def _only_writing(output: Path, folder: Path, name: str) -> Run:
    """Files of the same names and sizes as in ``output``, constant bytes from one process."""
    listed, again = folder / "index", folder / "again"
    listed.write_text(floor.index(output))
    return Run(
        name=name,
        command=(sys.executable, floor.__file__, str(listed), str(again)),
        folder=folder,
        output=again,
    )


def _site(source: Path, prepared: Path, folder: Path) -> Path:
    site = folder / "site"
    shutil.copytree(source, site)
    shutil.copytree(prepared / "data", site / "data")
    return site
