"""Admarkt: advertisements by click on 2dehands, 2ememain and Marktplaats.

Categories and attributes are each tenant's own, and an ad spends money: all three stand in the
configuration, or nothing is made.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from lxml import etree

from syndicator.contract import Kit, Need, View
from syndicator.exporters import _advert, _xml
from syndicator.exporters._clean import without_contacts
from syndicator.exporters._phone import international
from syndicator.exporters._portal import (
    Portal,
    Writer,
)
from syndicator.exporters._sheet import (
    SHORTENED,
    Identities,
    Sheet,
)
from syndicator.exporters._xml import Node, add
from syndicator.exporters.admarkt.fields import (
    CONDITIONS,
    FIELDS,
    IMAGE_KINDS,
    LOCALES,
    MOST_DESCRIPTION_CHARACTERS,
    MOST_ID_CHARACTERS,
    MOST_VALUE_CHARACTERS,
    NAMESPACE,
)
from syndicator.exporters.admarkt.markup import description
from syndicator.exporters.admarkt.options import Attribute, Budget
from syndicator.exporters.admarkt.options import Options as AdmarktOptions
from syndicator.facts import euro_norm
from syndicator.models import Listing
from syndicator.tags import condition
from syndicator.traits import TRAITS, Sort

NO_CATEGORY = (
    "The settings of this feed have no category for {make}: {portal} takes no car without."
)
OTHER_CURRENCY = "The price is in {currency}: {portal} counts in euro."
REASONS = (NO_CATEGORY, OTHER_CURRENCY)
TRADE_WORDS = ("color", "interior_color", "interior_material", "paint")


class Admarkt(Portal):
    """Ads for 2dehands, 2ememain and Marktplaats, which cost money by click.

    It needs the tenant's categories and attributes, and a budget.
    """

    title = "Admarkt"
    mark = b"<ad>"
    fields = FIELDS
    Options = AdmarktOptions

    def document(self, view: View) -> Iterator[bytes]:
        """The ads."""
        return _xml.document("ads", self.sent(view), namespace=NAMESPACE)

    def writer(self, view: View) -> Writer:
        """Fills one sheet."""
        return _Writer(view, self.kit, self.options)

    def written(self, sheet: Sheet) -> bytes:
        """One car."""
        return _xml.part(sheet.node("ad"))


class _Writer:
    """Turns the listings of one view into ads."""

    def __init__(self, view: View, kit: Kit, options: AdmarktOptions) -> None:
        self._links = view.links
        self._words = kit.words
        self._options = options
        self._categories = {make.casefold(): each for make, each in options.categories.items()}
        self._dealers = {dealer.id: dealer for dealer in view.dealers}
        self._identities = Identities(view.listings, MOST_ID_CHARACTERS)

    def others(self, listing: Listing) -> object:
        """Whether its reference is its own."""
        return self._identities.serves(listing)

    def fill(self, listing: Listing, sheet: Sheet) -> None:
        """Every element that the listing can fill, in the order of the table."""
        dealer = self._dealers.get(listing.dealer_id)
        url = self._links.landing(listing, self._words.language)
        self._identities.put(sheet, "vendorId", listing)
        sheet.put("title", without_contacts(listing.title))
        self._put_description(listing, sheet)
        self._put_category(listing, sheet)
        sheet.put("url", url)
        sheet.put("vanityUrl", urlsplit(url).netloc if url else None)
        self._put_price(listing, sheet)
        sheet.put("phoneNumber", international(dealer.phone or "") if dealer else None)
        sheet.put("emailAdvertiser", _xml.text(self._options.email_advertiser))
        sheet.put("sellerName", dealer.name if dealer else None)
        sheet.put("status", "ACTIVE")
        urls = _advert.photo_urls(sheet, "media", listing, IMAGE_KINDS, required=False)
        sheet.put("media", _media(urls))
        sheet.put("budget", _budget(self._options.budget))
        sheet.put("shippingOptions", _pickup(listing) if self._options.pickup else None)
        sheet.put("attributes", self._attributes(listing))
        sheet.put("productType", _product_type(listing))
        sheet.put("googleProductCategory", "916")
        sheet.put("brand", listing.make)
        sheet.put("condition", CONDITIONS[condition(listing)])
        sheet.put("color", self._words.trade(listing.color) if listing.color else None)

    def _put_description(self, listing: Listing, sheet: Sheet) -> None:
        most = MOST_DESCRIPTION_CHARACTERS
        markup, is_cut = description(listing, self._words, most)
        if is_cut:
            sheet.impoverish(SHORTENED, "description", "description", n=most)
        sheet.put("description", markup)

    def _put_category(self, listing: Listing, sheet: Sheet) -> None:
        """The leaf of the make; without a make the table has its say."""
        number = self._categories.get((listing.make or "").casefold())
        if number is None and listing.make:
            sheet.leave_out(NO_CATEGORY, "make", "categoryId", make=listing.make)
        else:
            sheet.put("categoryId", None if number is None else str(number))

    def _put_price(self, listing: Listing, sheet: Sheet) -> None:
        price = listing.price
        if price is None and self._options.without_price == "ON_DEMAND":
            sheet.put("priceType", "ON_DEMAND")
        elif price is not None and price.currency != "EUR":
            sheet.leave_out(OTHER_CURRENCY, "price", "price", currency=price.currency)
        else:
            sheet.put("price", str(price.minor) if price else None, need=Need.REQUIRED)
            sheet.put("priceType", "FIXED_PRICE")

    def _attributes(self, listing: Listing) -> Node | None:
        node = etree.Element("attributes")
        for field, attribute in self._options.attributes.items():
            value = self._value(listing, field, attribute)
            if value is None or not 0 < len(value) <= MOST_VALUE_CHARACTERS:
                continue
            part = etree.SubElement(node, "attribute")
            add(part, "attributeName", attribute.name)
            add(part, "attributeLocale", LOCALES.get(self._words.language))
            add(part, "attributeLabel", attribute.label or None)
            add(part, "attributeValue", value)
        return node if len(node) else None

    def _value(self, listing: Listing, field: str, attribute: Attribute) -> str | None:
        """In the operator's words, else in those of the feed's language."""
        value = TRAITS[field].read(listing)
        if value is None:
            return None
        written = _xml.text(value)
        if written in attribute.values:
            return attribute.values[written]
        if TRAITS[field].sort is Sort.ENUM:
            is_other = value.name == "OTHER"
            return listing.originals.get(field) if is_other else self._words.label(value)
        if field in TRADE_WORDS:
            return self._words.trade(written)
        return euro_norm(written) if field == "emission_class" else written


def _media(urls: tuple[str, ...]) -> Node | None:
    if not urls:
        return None
    node = etree.Element("media")
    for url in urls:
        etree.SubElement(node, "image", url=url)
    return node


def _budget(budget: Budget) -> Node:
    node = etree.Element("budget")
    add(node, "cpc", budget.cpc)
    add(node, "autobid", budget.autobid)
    add(node, "totalBudget", budget.total_budget)
    add(node, "dailyBudget", budget.daily_budget)
    return node


def _pickup(listing: Listing) -> Node | None:
    if listing.place is None or listing.place.postal_code is None:
        return None
    node = etree.Element("shippingOptions")
    option = etree.SubElement(node, "shippingOption")
    add(option, "shippingType", "PICKUP")
    add(option, "location", listing.place.postal_code)
    return node


def _product_type(listing: Listing) -> str | None:
    if listing.make is None or listing.model is None:
        return None
    return f"Auto's > {listing.make} > {listing.model}"
