"""Our build beside those of generators that are known for their speed.

``pip install -e ".[test]"``, then ``python -m tests.benchmarks.make_site``. It installs Hugo and
Eleventy in its folder (``--folder``), where the stocks, too, are kept for the next time. A round
runs every contender once, forwards and backwards in turn; the table has the rounds' medians.
"""

import argparse
import os
import platform
import shutil
import sys
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks.make_site import table, tools
from tests.benchmarks.make_site.contenders import CONTENDERS
from tests.benchmarks.make_site.measure import Outcome, measure
from tests.benchmarks.make_site.stock import prepare


def main() -> None:
    """What the module says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1000,10000", help="cars, as 1000,10000,50000")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", default=",".join(CONTENDERS))
    parser.add_argument("--folder", type=Path, default=Path(".bench"))
    parser.add_argument("--hugo", type=Path, default=None, help="a program that is there already")
    asked = parser.parse_args()
    names = asked.only.split(",")
    folder = asked.folder.resolve()
    programs = tools.gather(folder, set(names), asked.hugo)
    processor = f"{os.cpu_count()} processors, {platform.system()} {platform.machine()}"
    say(f"{datetime.now(UTC):%Y-%m-%d}, {processor}, {tools.versions(programs)}")
    for size in map(int, asked.sizes.split(",")):
        prepared = folder / str(size)
        prepare(prepared, size)
        outcomes: defaultdict[str, list[Outcome]] = defaultdict(list)
        for number in range(asked.repeats):
            for name in names[:: 1 if number % 2 == 0 else -1]:
                place = folder / "round"
                shutil.rmtree(place, ignore_errors=True)
                place.mkdir(parents=True)
                for run in CONTENDERS[name](prepared, place, programs):
                    outcomes[run.name].append(measure(run))
        say("", *table.lines(size, outcomes))
    shutil.rmtree(folder / "round", ignore_errors=True)


def say(*lines: str) -> None:
    """At once: a run is long."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
