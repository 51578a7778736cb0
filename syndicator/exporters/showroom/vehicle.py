"""The page of one car in every language: for sale, not available now, or gone."""

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import groupby

from syndicator.contract import Artefact, Kind, Kit, View, Words
from syndicator.exporters import _structured as structured
from syndicator.exporters._basis import basis
from syndicator.exporters.showroom import pricecard
from syndicator.exporters.showroom.card import Cards
from syndicator.exporters.showroom.contact import Contact, contact, forward
from syndicator.exporters.showroom.lez import zones
from syndicator.exporters.showroom.page import Frame, Page, Step
from syndicator.exporters.showroom.pictures import Picture, picture
from syndicator.exporters.showroom.pricecard import PriceCards
from syndicator.exporters.showroom.prose import fold, paragraphs
from syndicator.exporters.showroom.social import bid
from syndicator.exporters.showroom.subject import AVAILABILITY, State, Subject, subjects
from syndicator.facts import Fact, Group, facts, group_label, headline, key_facts
from syndicator.models import Dealer, FeatureCategory, Listing
from syndicator.tags import is_new

APART = {"warranty"}  # facts that have a place of their own on the page


def vehicles(
    kit: Kit,
    view: View,
    *,
    similar: int,
    show_vin: bool = False,
    price_cards: bool = True,
    pending_is_reserved: bool = False,
) -> Iterator[Artefact]:
    """A page for each car whose home is this showroom, in each language, and its price card."""
    frame = Frame(kit, view)
    writers = [
        _Writer(frame, kit.speak(each), show_vin=show_vin, price_cards=price_cards)
        for each in frame.languages
    ]
    pending = State.RESERVED if pending_is_reserved else State.PENDING
    for subject in subjects(view, similar, pending):
        addresses = frame.addresses(partial(view.links.vehicle, subject.listing))
        for writer in writers:
            yield from writer.artefacts(subject, addresses)


class _Writer:
    """Renders what there is of a car in one language."""

    def __init__(self, frame: Frame, words: Words, *, show_vin: bool, price_cards: bool) -> None:
        self._frame = frame
        self._words = words
        self._cards = Cards(frame, words)
        self._price_cards = PriceCards(frame, words) if price_cards else None
        self._show_vin = show_vin
        self._top = frame.top(words.language)

    def artefacts(self, subject: Subject, addresses: Mapping[str, str]) -> Iterator[Artefact]:
        """The page, which has these addresses by language; the price card of a car for sale."""
        listing, language = subject.listing, self._words.language
        folder = self._frame.links.vehicle_path(listing, language)
        path = folder.removeprefix(self._frame.links.folder)
        body = self._body(subject, addresses)
        yield Artefact.stream(f"{path}index.html", body, Kind.LEAF, self._basis(subject))
        if self._price_cards and subject.for_sale:
            own = self._card_body(listing, addresses, self._price_cards)
            made_of = basis(self._frame.basis, language, self._cards.basis(listing)).hex()
            yield Artefact.stream(f"{path}{pricecard.FOLDER}index.html", own, Kind.LEAF, made_of)

    def _basis(self, subject: Subject) -> str:
        """Of the page: a neighbour is told by name and address only."""
        cards = (subject.listing, *subject.similar)
        beside = (subject.before, subject.after)
        return basis(
            self._frame.basis,
            self._words.language,
            subject.state,
            [self._cards.basis(each) for each in cards],
            [self._neighbour(each) for each in beside],
        ).hex()

    def _card_body(
        self, listing: Listing, addresses: Mapping[str, str], maker: PriceCards
    ) -> Iterator[bytes]:
        """Of the price card; as that of the page it is made when it is read, if it ever is."""
        sheet = facts(listing, self._words, vin=self._show_vin)
        card = self._cards.card(listing)
        yield from maker.body(card, sheet, self._seller(listing), addresses)

    def _body(self, subject: Subject, addresses: Mapping[str, str]) -> Iterator[bytes]:
        frame, words, listing = self._frame, self._words, subject.listing
        seller = self._seller(listing)
        sheet = facts(listing, words, vin=self._show_vin) if subject.for_sale else ()
        card = self._cards.card(listing)
        price_cards = self._price_cards if subject.for_sale else None
        yield from frame.render(
            "showroom/vehicle.html",
            self._page(subject, addresses, seller, sheet),
            words,
            listing=listing,
            state=subject.state,
            card=card,
            pictures=self._pictures(listing),
            seller=seller,
            similar=tuple(self._cards.card(each) for each in subject.similar),
            before=self._neighbour(subject.before),
            after=self._neighbour(subject.after),
            placeholder=frame.asset("no-photo.svg"),
            forward=forward(headline(listing), addresses[words.language]),
            price_card=price_cards.href(listing) if price_cards else "",
            **self._details(listing, sheet, for_sale=subject.for_sale),
        )

    def _details(
        self, listing: Listing, sheet: tuple[Fact, ...], *, for_sale: bool
    ) -> dict[str, object]:
        """What only the page of a car for sale tells."""
        shown, folded = fold(paragraphs(listing.description or "") if for_sale else ())
        known = {fact.name: fact for fact in sheet}
        return {
            "highlights": self._highlights(listing, sheet),
            "paragraphs": shown,
            "folded": folded,
            "groups": self._groups(sheet),
            "environment": tuple(fact for fact in sheet if fact.group is Group.ENVIRONMENT),
            "environment_label": group_label(Group.ENVIRONMENT, self._words),
            "zones": zones(listing, self._words) if for_sale else (),
            "warranty": known.get("warranty"),
            "is_new": is_new(listing),
            "equipment": _equipment(listing) if for_sale else (),
            "is_translated": self._words.language != self._frame.languages[0],
        }

    def _page(
        self,
        subject: Subject,
        addresses: Mapping[str, str],
        seller: Contact | None,
        sheet: tuple[Fact, ...],
    ) -> Page:
        frame, words, listing = self._frame, self._words, subject.listing
        address, name = addresses[words.language], headline(listing)
        trail = (*self._top, frame.step(name, address))
        nodes = self._nodes(subject, address, sheet)
        scripts = ("gallery.js",) * bool(listing.photos) + ("share.js",) * subject.for_sale
        scripts += ("keep.js",)
        return frame.page(
            words,
            addresses,
            trail,
            title=f"{name} · {frame.name}",
            description=f"{name} · {self._cards.card(listing).line}" if subject.for_sale else name,
            indexed=subject.for_sale,
            keeps=True,
            styles=frame.styles("vehicle.css", "keep.css"),
            scripts=frame.scripts(*scripts),
            image=listing.photos[0] if listing.photos else None,
            bid=bid(listing, is_new=is_new(listing)) if subject.for_sale else None,
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
        """Facts under the heading of their group, but for those that stand apart."""
        together = (
            fact for fact in sheet if fact.group is not Group.ENVIRONMENT and fact.name not in APART
        )
        groups = groupby(together, key=lambda fact: fact.group)
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
