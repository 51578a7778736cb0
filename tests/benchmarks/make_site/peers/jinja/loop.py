"""A bare jinja2 loop in two processes: ``python -m …loop DATA OUTPUT`` writes pages and lists."""

import multiprocessing
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
from jinja2 import Environment, FileSystemLoader

from tests.benchmarks.make_site.shapes import PER_PAGE, SITE, Dealer

PROCESSES = 2


def write(files: list[Path], output: Path) -> None:
    """The showrooms of some dealers."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["site"] = SITE
    decode = msgspec.json.Decoder(Dealer).decode
    for path in files:
        dealer = decode(path.read_bytes())
        for folder, page in pages(environment, dealer):
            place = f"{output}/{dealer.slug}/{folder}"
            os.makedirs(place, exist_ok=True)  # noqa: PTH103 - pathlib takes its time
            file = os.open(f"{place}/index.html", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.write(file, page.encode())
            os.close(file)


def pages(environment: Environment, dealer: Dealer) -> Iterator[tuple[str, str]]:
    """Each page of a dealer, by its folder."""
    car_page, list_page = map(environment.get_template, ("car.html", "list.html"))
    for car in dealer.cars:
        yield car.slug, car_page.render(dealer=dealer, car=car)
    last = -(-len(dealer.cars) // PER_PAGE)
    for number in range(1, last + 1):
        shown = dealer.cars[(number - 1) * PER_PAGE : number * PER_PAGE]
        yield (
            f"page/{number}" if number > 1 else "",
            list_page.render(dealer=dealer, cars=shown, number=number, last=last),
        )


def halves(data: Path) -> list[list[Path]]:
    """As many heaps as there are processes, of about the same weight."""
    heaps: list[list[Path]] = [[] for _ in range(PROCESSES)]
    weights = [0] * PROCESSES
    for path in sorted(data.glob("*.json"), key=lambda each: -each.stat().st_size):
        lightest = weights.index(min(weights))
        heaps[lightest].append(path)
        weights[lightest] += path.stat().st_size
    return heaps


def main() -> None:
    """What the module says."""
    data, output = map(Path, sys.argv[1:])
    spawning = multiprocessing.get_context("spawn")
    workers = [spawning.Process(target=write, args=(heap, output)) for heap in halves(data)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    sys.exit(max(worker.exitcode or 0 for worker in workers))


if __name__ == "__main__":
    main()
