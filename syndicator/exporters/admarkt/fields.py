"""The elements of an Admarkt document with their limits, in the order of the public sample.

They are those of the "Sellside" documentation 0.129, read in 2026
(ecg-icas.github.io/icas/doc/prod/feed-details.html). Its schema is each tenant's own, at
``GET {tenant}/feed/xsd``.
"""

from collections.abc import Mapping

from syndicator.contract import FormatField, Need
from syndicator.exporters._sheet import (
    table,
)
from syndicator.tags import Condition

NAMESPACE = "http://admarkt.marktplaats.nl/schemas/1.0"
CONDITIONS: Mapping[Condition, str] = {
    Condition.NEW: "new",
    Condition.DEMO: "used",
    Condition.USED: "used",
    Condition.CLASSIC: "used",
    Condition.DAMAGED: "used",
}
IMAGE_KINDS: Mapping[str, str] = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/gif": "GIF",
    "image/bmp": "BMP",
}
LOCALES: Mapping[str, str] = {"nl": "nl_BE", "fr": "fr_BE"}  # no other is documented
MOST_ID_CHARACTERS = 64
MOST_DESCRIPTION_CHARACTERS = 65_535
MOST_VALUE_CHARACTERS = 512

FIELDS = table(
    FormatField(
        name="vendorId",
        need=Need.REQUIRED,
        source="reference",
        most=MOST_ID_CHARACTERS,
        note="one that comes twice spoils the whole document",
    ),
    FormatField(
        name="title",
        need=Need.REQUIRED,
        source="title",
        most=120,
        cuts=True,
        note="without addresses or numbers; a category may want less",
    ),
    FormatField(
        name="description",
        need=Need.REQUIRED,
        source="description",
        most=MOST_DESCRIPTION_CHARACTERS,
        note="p, ul and li; without addresses or numbers",
    ),
    FormatField(
        name="categoryId",
        need=Need.REQUIRED,
        source="make",
        form=r"[1-9]\d*",
        note="option, by make",
    ),
    FormatField(name="url", source="reference", most=2048),
    FormatField(name="vanityUrl", most=256, note="the host of url"),
    FormatField(
        name="price",
        source="price",
        form=r"[1-9]\d{0,9}|10000000000",
        note="cents of a euro; required with FIXED_PRICE",
    ),
    FormatField(name="priceType", need=Need.REQUIRED, words=("FIXED_PRICE", "ON_DEMAND")),
    FormatField(name="phoneNumber", most=32, form=r"\+?\d+", note="of the dealer"),
    FormatField(name="emailAdvertiser", words=("true", "false"), note="option"),
    FormatField(name="sellerName", most=60, cuts=True, note="of the dealer"),
    FormatField(name="status", words=("ACTIVE",)),
    FormatField(name="media", source="photos", note="JPEG, PNG, GIF, BMP"),
    FormatField(name="budget", note="option: it spends money"),
    FormatField(name="shippingOptions", source="place", note="option: PICKUP and postal code"),
    FormatField(name="attributes", note="option, by field"),
    FormatField(name="productType", source="model", most=750, cuts=True),
    FormatField(name="googleProductCategory", words=("916",)),
    FormatField(name="brand", source="make", most=70),
    FormatField(name="condition", words=("new", "used")),
    FormatField(
        name="color", source="color", most=100, form=r"[^/]+(/[^/]+){0,2}", note="up to three"
    ),
)
