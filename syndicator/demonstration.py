"""The demo: invented dealers behind a real API on loopback, built like any other stock."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec

from syndicator.build import Request
from syndicator.config import Config, SearchTable, SiteTable, TargetTable, wanted
from syndicator.errors import UsageError
from syndicator.overrides import override
from syndicator.places import NOTHING_SET, beside
from syndicator.simulator import hostile
from syndicator.simulator.faults import FaultError, Script
from syndicator.simulator.mutation import Mutation
from syndicator.simulator.server import Simulator
from syndicator.simulator.stock import make_stock
from syndicator.source.client import Secret

KEY = "demo-key"
PORT = 8571
TITLE = "Autogroep Demo"
SEARCH = SearchTable.model_validate(
    {
        "title": {"nl": "Elektrisch", "fr": "Électrique", "de": "Elektrisch", "en": "Electric"},
        "slug": "elektrisch",
        "when": {"fuel": "electric"},
    }
)
MOST_PHOTOS = 6  # per listing: drawing and encoding them is most of a demo's time


@contextmanager
def stage(
    *,
    listings: int,
    dealers: int,
    seed: int,
    port: int | None = None,
    rate_limit: int = 120,
    most_photos: int = MOST_PHOTOS,
    faults: Sequence[str] = (),
    changes_per_minute: float = 0,
    is_hostile: bool = False,
) -> Iterator[Simulator]:
    """A running simulator; without a wish for a port the usual one, or a free one.

    The usual port keeps the addresses of photos the same from demo to demo.

    :param is_hostile: every text of the stock tries to break out of where it stands.

    :raises UsageError: a fault that cannot be understood, or a port that is taken.
    """
    fault = _script(faults, seed) if faults else None
    stock = make_stock(seed, listings, dealers, most_photos=most_photos)
    if is_hostile:
        hostile.arm(stock)
    mutation = Mutation(stock, changes_per_minute, seed=seed) if changes_per_minute else None
    with ExitStack() as open_now:
        for number in (PORT, 0) if port is None else (port,):
            simulator = Simulator(
                stock,
                key=KEY,
                rate_limit=rate_limit,
                port=number,
                fault=fault,
                mutation=mutation,
                disguise=hostile.disguise if is_hostile else None,
            )
            try:
                open_now.enter_context(simulator)
            except OSError as error:
                refused = error
            else:
                yield simulator
                return
    raise UsageError(
        f"port {port} cannot be used: {refused.strerror}", hint="choose another with --port"
    )


def request(
    simulator: Simulator,
    *,
    output: Path,
    site_url: str,
    only: tuple[str, ...],
    workers: int | None,
    here: Path,
    known: Mapping[str, str] = NOTHING_SET,
) -> Request:
    """All that the key can see, in four languages, with photos that need no other host.

    :param here: the file beside which the state goes.
    :param known: our variables.
    """
    site = SiteTable(url=site_url, title=TITLE, languages=("nl", "fr", "de", "en"), images="mirror")
    config = Config(
        site=site,
        targets=(TargetTable(all=True),),
        searches={"electric": SEARCH},
        output=output,
        api_url=simulator.base_url,
    )
    return Request(
        config=override(config, exporters=only),
        places=msgspec.structs.replace(beside(here, known), demo=True),
        targets=wanted(config),
        secret=Secret(simulator.key),
        only=only,
        workers=workers,
        loopback_origin=simulator.origin,
    )


def _script(faults: Sequence[str], seed: int) -> Script:
    try:
        return Script.of(*faults, seed=seed)
    except FaultError as mistake:
        raise UsageError(mistake.message, hint=mistake.hint) from mistake
