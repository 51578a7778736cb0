"""The same invented stock for every contender: our state, and the peers' JSON files of it."""

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from email.utils import format_datetime
from itertools import groupby
from pathlib import Path

import msgspec

from syndicator.catalogue import Catalogue
from syndicator.contract import Words
from syndicator.exporters import _structured as structured
from syndicator.exporters.showroom.contact import Contact, contact, forward
from syndicator.exporters.showroom.prose import paragraphs
from syndicator.facts import (
    Fact,
    Group,
    facts,
    group_label,
    headline,
    key_facts,
    price_text,
    summary,
    vat_text,
)
from syndicator.links import distinct_slugs, vehicle_slug
from syndicator.models import Dealer, FeatureCategory, Listing, Money, Seller
from syndicator.simulator.stock import make_stock
from syndicator.store import Store
from syndicator.testing.kit import sample_kit
from tests.benchmarks.make_site import shapes
from tests.benchmarks.make_site.shapes import SITE, Step
from tests.world import World

CARS_A_DEALER = 50
LEAST_DEALERS = 7  # a head office, its locations and some garages
MOST_PHOTOS = 8
CONFIGURATION = f"""[site]
url = "{SITE}"
languages = ["nl"]
images = "remote"

[sync]
stale_after = "9999d"

[[targets]]
all = true
"""
AS_PEERS = """
[feeds.showroom]
price_cards = false

""" + "".join(
    f"[feeds.{name}]\nenabled = false\n\n"
    for name in ("rss", "jsonfeed", "changes", "vehicles", "meta", "schemaorg", "report")
)


def prepare(folder: Path, size: int) -> None:
    """``state/``, as a sync leaves it, and ``data/``, unless they are there."""
    state, data = folder / "state", folder / "data"
    if not state.exists():
        half_made = folder / "new"
        shutil.rmtree(half_made, ignore_errors=True)
        half_made.mkdir(parents=True)
        _sync(half_made, size)
        half_made.rename(state)
    if not data.exists():
        half_made = folder / "new"
        half_made.mkdir()
        with Catalogue(database(state)) as catalogue:
            for dealer in _dealers(catalogue):
                path = half_made / f"{dealer.slug}.json"
                path.write_bytes(msgspec.json.encode(dealer))
        half_made.rename(data)


def database(home: Path) -> Path:
    """Where a folder has its listings."""
    return home / ".syndicator" / "state.db"


def raise_prices(home: Path, *, whole_dealers: bool) -> int:
    """Change 1 % of the cars, spread over all or all of 1 % of the dealers; how many that were."""
    with Catalogue(database(home)) as catalogue:
        chosen = [*_every_car_of_some(catalogue)] if whole_dealers else [*_some_cars(catalogue)]
    with Store.open(database(home)) as store:
        store.apply(map(_dearer, chosen))
    return len(chosen)


def _sync(folder: Path, size: int) -> None:
    dealers = max(LEAST_DEALERS, size // CARS_A_DEALER)
    stock = make_stock(1, size, dealers, "https://images.example", most_photos=MOST_PHOTOS)
    built = World(folder, stock).build(only=("meta",))
    if built.summary is None:
        raise RuntimeError(built.said)
    shutil.rmtree(folder / "output")
    (folder / ".syndicator" / "manifest.db").unlink()
    (folder / "syndicator.toml").write_text(CONFIGURATION)


def _every_car_of_some(catalogue: Catalogue) -> Iterator[Listing]:
    """Of dealers in the middle by the size of their stock."""
    ranked = [dealer_id for dealer_id, _ in Counter(catalogue.counts()).most_common()]
    wanted = max(1, len(ranked) // 100)
    start = (len(ranked) - wanted) // 2
    yield from catalogue.listings(ranked[start : start + wanted])


def _some_cars(catalogue: Catalogue) -> Iterator[Listing]:
    for number, listing in enumerate(catalogue.listings()):
        if number % 100 == 0:
            yield listing


def _dearer(listing: Listing) -> Listing:
    price = listing.price or Money(minor=0, currency="EUR")
    return msgspec.structs.replace(
        listing,
        price=msgspec.structs.replace(price, minor=price.minor + 10_000),
        updated=listing.updated + timedelta(minutes=1),
    )


def _dealers(catalogue: Catalogue) -> Iterator[shapes.Dealer]:
    words = sample_kit().speak("nl")
    dealers = {dealer.id: dealer for dealer in catalogue.dealers()}
    names = {each: dealers[each].location_code or dealers[each].name for each in catalogue.counts()}
    for dealer_id, slug in distinct_slugs(names).items():
        yield _dealer(dealers[dealer_id], slug, [*catalogue.listings([dealer_id])], words)


def _dealer(dealer: Dealer, slug: str, listings: list[Listing], words: Words) -> shapes.Dealer:
    seller = contact(dealer, Seller(), words)
    neighbours = [Step(), *(_step(each, slug) for each in listings), Step()]
    return shapes.Dealer(
        slug=slug,
        name=dealer.name,
        company=dealer.company_name or "",
        street=seller.street,
        town=seller.town,
        phone=seller.phone,
        call=seller.call,
        email=seller.email,
        cars=tuple(
            _car(each, dealer, here, words, before=before, after=after)
            for each, before, here, after in zip(
                listings, neighbours, neighbours[1:], neighbours[2:], strict=False
            )
        ),
    )


def _step(listing: Listing, slug: str) -> Step:
    return Step(f"/{slug}/{vehicle_slug(listing)}/", listing.name)


def _car(
    listing: Listing, dealer: Dealer, here: Step, words: Words, *, before: Step, after: Step
) -> shapes.Car:
    sheet = facts(listing, words)
    address = SITE + here.href
    name = f"{listing.name} ({listing.reference})" if listing.reference else listing.name
    reached: Contact = contact(dealer, Seller(), words, name)
    return shapes.Car(
        slug=vehicle_slug(listing),
        title=headline(listing),
        line=summary(listing, words),
        price=price_text(listing, words),
        vat=vat_text(listing, words) or "",
        updated=listing.updated.isoformat(timespec="seconds"),
        date=format_datetime(listing.updated),
        tiles=_rows(key_facts(listing, words)),
        paragraphs=paragraphs(listing.description or ""),
        groups=tuple(
            shapes.Group(group_label(group, words), _rows(members))
            for group, members in groupby(sheet, key=_group)
        ),
        equipment=tuple(_equipment(listing, words)),
        photos=tuple(
            shapes.Picture(photo.url, f"{listing.name}, foto {number}")
            for number, photo in enumerate(listing.photos, start=1)
        ),
        before=before,
        after=after,
        letter=reached.mail,
        forward=forward(headline(listing), address),
        data=_json_ld(listing, dealer, sheet, address),
    )


def _group(fact: Fact) -> Group:
    return fact.group


def _rows(sheet: Iterable[Fact]) -> tuple[shapes.Row, ...]:
    return tuple(shapes.Row(fact.label, fact.value) for fact in sheet)


def _equipment(listing: Listing, words: Words) -> Iterator[shapes.Equipment]:
    for category in FeatureCategory:
        names = tuple(each.name for each in listing.features if each.category is category)
        if names:
            yield shapes.Equipment(words.label(category), names)


def _json_ld(listing: Listing, dealer: Dealer, sheet: tuple[Fact, ...], address: str) -> str:
    home = address.rsplit("/", 2)[0] + "/"
    offer = structured.offer(listing, address, home, structured.ON_OFFER)
    graph = structured.graph(
        structured.car(listing, sheet, address, offer),
        structured.dealer_node(dealer, home, listing.place),
    )
    return msgspec.json.encode(graph).decode().replace("<", "\\u003c")
