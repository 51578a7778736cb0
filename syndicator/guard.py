"""What may be published. Pure."""

from collections.abc import Collection

from syndicator.errors import HoldError


def check_not_emptied(name: str, live: Collection[str], shown: Collection[str]) -> None:
    """Refuse to believe that everything went at once without a trace.

    :param live: listings on offer before the crawl, less those seen with another status.
    :param shown: listings that the crawl showed.
    :raises HoldError: there were listings, and now there is none.
    """
    if live and not shown:
        raise HoldError(
            f"{name}: the API shows none of {len(live)} listings that were on offer",
            hint="look at the dealer on Okasie; the next build asks again",
        )
