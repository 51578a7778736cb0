"""The page of one car in every language: for sale, not available now, or gone."""

import enum
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import groupby, islice

import msgspec

from syndicator.contract import Artefact, Kind, Kit, View, Words
from syndicator.exporters import _structured as structured
from syndicator.exporters.showroom import shelf
from syndicator.exporters.showroom.card import Cards
from syndicator.exporters.showroom.contact import Contact, contact
from syndicator.exporters.showroom.page import Frame, Page, Step
from syndicator.exporters.showroom.pictures import Picture, picture
from syndicator.facts import Fact, facts, group_label, headline, key_facts
from syndicator.models import Dealer, FeatureCategory, Listing

SHOWN_LINES = 20  # of a description, before the rest is folded away
SPARED_LINES = 5  # too few to fold

Paragraphs = tuple[tuple[str, ...], ...]


class State(enum.StrEnum):
    """What a page says about its car."""

    FOR_SALE = "for-sale"
    PENDING = "pending"
    SOLD = "sold"
    GONE = "gone"


AVAILABILITY = {  # of schema.org
    State.FOR_SALE: structured.ON_OFFER,
    State.PENDING: "OutOfStock",
    State.SOLD: "SoldOut",
    State.GONE: "Discontinued",
}


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """A page to be: the car, what is said of it and what stands around it."""

    listing: Listing
    state: State
    similar: tuple[Listing, ...]
    before: Listing | None = None
    after: Listing | None = None


def vehicles(kit: Kit, view: View, *, similar: int, show_vin: bool) -> Iterator[Artefact]:
    """A page for each car whose home is this showroom, in each language."""
    frame = Frame(kit, view)
    writers = [_Writer(frame, kit.speak(each), show_vin=show_vin) for each in frame.languages]
    for subject in _subjects(view, similar):
        addresses = frame.addresses(partial(view.links.vehicle, subject.listing))
        for writer in writers:
            yield writer.artefact(subject, addresses)


def _subjects(view: View, similar: int) -> Iterator[Subject]:
    room = view.showroom
    assert room is not None

    def at_home(listing: Listing) -> bool:
        return view.links.dealers.get(listing.dealer_id) == room.slug

    for placed in shelf.walk(filter(at_home, view.listings), similar):
        yield Subject(
            listing=placed.listing,
            state=State.FOR_SALE,
            similar=placed.similar,
            before=placed.before,
            after=placed.after,
        )
    newest = list(islice(view.listings, shelf.SHELF))
    for listing in filter(at_home, view.pending):
        near = shelf.alike(listing, newest, similar)
        yield Subject(listing=listing, state=State.PENDING, similar=near)
    for tombstone in view.gone:
        if at_home(tombstone.listing):
            yield Subject(
                listing=tombstone.listing,
                state=State.SOLD if tombstone.sold else State.GONE,
                similar=shelf.alike(tombstone.listing, newest, similar),
            )


class _Writer:
    """Renders car pages in one language."""

    def __init__(self, frame: Frame, words: Words, *, show_vin: bool) -> None:
        self._frame = frame
        self._words = words
        self._cards = Cards(frame, words)
        self._show_vin = show_vin
        self._top = frame.top(words.language)

    def artefact(self, subject: Subject, addresses: Mapping[str, str]) -> Artefact:
        """One page, which has these addresses by language."""
        frame, words, listing = self._frame, self._words, subject.listing
        for_sale = subject.state is State.FOR_SALE
        seller = self._seller(listing)
        sheet = facts(listing, words, vin=self._show_vin) if for_sale else ()
        paragraphs, folded = _folded(_paragraphs(listing.description or "") if for_sale else ())
        body = frame.render(
            "showroom/vehicle.html",
            self._page(subject, addresses, seller, sheet),
            words,
            listing=listing,
            state=subject.state,
            card=self._cards.card(listing),
            pictures=self._pictures(listing),
            groups=self._groups(sheet),
            equipment=_equipment(listing) if for_sale else (),
            highlights=self._highlights(listing, sheet),
            paragraphs=paragraphs,
            folded=folded,
            seller=seller,
            similar=tuple(self._cards.card(each) for each in subject.similar),
            before=self._neighbour(subject.before),
            after=self._neighbour(subject.after),
            placeholder=frame.asset("no-photo.svg"),
        )
        folder = frame.links.vehicle_path(listing, words.language)
        path = folder.removeprefix(frame.links.folder) + "index.html"
        return Artefact.stream(path, body, Kind.LEAF)

    def _page(
        self,
        subject: Subject,
        addresses: Mapping[str, str],
        seller: Contact | None,
        sheet: tuple[Fact, ...],
    ) -> Page:
        frame, words, listing = self._frame, self._words, subject.listing
        for_sale = subject.state is State.FOR_SALE
        address, name = addresses[words.language], headline(listing)
        trail = (*self._top, frame.step(name, address))
        nodes = self._nodes(subject, address, sheet)
        return frame.page(
            words,
            addresses,
            trail,
            title=f"{name} · {frame.name}",
            description=f"{name} · {self._cards.card(listing).line}" if for_sale else name,
            indexed=for_sale,
            styles=frame.styles("vehicle.css"),
            scripts=frame.scripts("gallery.js") if listing.photos else (),
            image=listing.photos[0] if listing.photos else None,
            sellers=(seller,) if seller else (),
            data=structured.graph(*nodes, structured.breadcrumb(trail)),
        )

    def _nodes(
        self, subject: Subject, address: str, sheet: tuple[Fact, ...]
    ) -> Iterator[structured.Node]:
        listing = subject.listing
        home = self._frame.links.dealer(listing.dealer_id)
        offer = structured.offer(listing, address, home, AVAILABILITY[subject.state])
        yield structured.car(listing, sheet, address, offer)
        dealer = self._dealer(listing)
        if dealer:
            yield structured.dealer_node(dealer, home, listing.place)

    def _groups(self, sheet: tuple[Fact, ...]) -> tuple[tuple[str, tuple[Fact, ...]], ...]:
        """Facts under the heading of their group."""
        groups = groupby(sheet, key=lambda fact: fact.group)
        return tuple((group_label(group, self._words), tuple(each)) for group, each in groups)

    def _highlights(self, listing: Listing, sheet: tuple[Fact, ...]) -> tuple[Fact, ...]:
        """What stands beside the price: an even number where all is known."""
        body = (fact for fact in sheet if fact.name == "body")
        return (*key_facts(listing, self._words), *body)

    def _dealer(self, listing: Listing) -> Dealer | None:
        return self._frame.dealers.get(listing.dealer_id)

    def _seller(self, listing: Listing) -> Contact | None:
        dealer = self._dealer(listing)
        if dealer is None:
            return None
        about = listing.name
        if listing.reference:
            about = f"{about} ({self._words.text('ref. {ref}', ref=listing.reference)})"
        return contact(dealer, self._frame.seller, self._words, about)

    def _pictures(self, listing: Listing) -> tuple[Picture, ...]:
        last = len(listing.photos)
        return tuple(
            picture(
                photo,
                self._frame.links,
                self._words.text(
                    "{car}, photo {number} of {last}", car=listing.name, number=number, last=last
                ),
            )
            for number, photo in enumerate(listing.photos, start=1)
        )

    def _neighbour(self, listing: Listing | None) -> Step | None:
        if listing is None:
            return None
        address = self._frame.links.vehicle(listing, self._words.language)
        return self._frame.step(listing.name, address)


def _equipment(listing: Listing) -> tuple[tuple[FeatureCategory, tuple[str, ...]], ...]:
    """Names under their category, in the order of the categories and then of the seller."""
    named = {
        category: tuple(
            feature.name for feature in listing.features if feature.category is category
        )
        for category in FeatureCategory
    }
    return tuple((category, names) for category, names in named.items() if names)


def _folded(paragraphs: Paragraphs) -> tuple[Paragraphs, Paragraphs]:
    """What of a description is shown at once, and what only on demand."""
    if sum(map(len, paragraphs)) <= SHOWN_LINES + SPARED_LINES:
        return paragraphs, ()
    shown, folded, left = [], [], SHOWN_LINES
    for lines in paragraphs:
        shown.append(lines[:left])
        folded.append(lines[left:])
        left -= len(shown[-1])
    return tuple(filter(None, shown)), tuple(filter(None, folded))


def _paragraphs(description: str) -> Paragraphs:
    """Blank lines part paragraphs; the others stay line breaks."""
    blocks = groupby(description.splitlines(), key=lambda line: bool(line.strip()))
    return tuple(tuple(line.strip() for line in lines) for kept, lines in blocks if kept)
