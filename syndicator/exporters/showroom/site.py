"""The site around the showrooms: its front page, "not found", robots.txt and the web manifest."""

from collections.abc import Iterator

import msgspec

from syndicator.contract import Artefact, Kind, View, Words
from syndicator.exporters import _structured as structured
from syndicator.exporters.showroom import doors
from syndicator.exporters.showroom.build import build
from syndicator.exporters.showroom.doors import Census
from syndicator.exporters.showroom.page import Frame

HOME_SCREEN_PX = (192, 512)  # what Android and its kin ask for
FINDABLE = 8  # doors; among more one searches
MOST_WAYS = 12  # from a wrong address


def front(frame: Frame, census: Census) -> Iterator[Artefact]:
    """The front page and the page for wrong addresses per language, and the site's own files."""
    for language in frame.languages:
        words = frame.kit.speak(language)
        yield _index(frame, words, census)
        yield _not_found(frame, words, census)
    yield build(frame, census)
    yield Artefact.whole("robots.txt", _robots(frame.view), Kind.RECORD)
    yield Artefact.whole("site.webmanifest", _manifest(frame), Kind.ASSET)


def _index(frame: Frame, words: Words, census: Census) -> Artefact:
    found = doors.showrooms(frame, words, census)
    is_long = len(found) > FINDABLE
    trail = frame.top(words.language)
    total = words.text("{n} cars", n=census.total)
    page = frame.page(
        words,
        frame.addresses(frame.links.site),
        trail,
        description=f"{frame.name} · {total}",
        styles=frame.styles("site.css"),
        scripts=frame.scripts("doors.js") if is_long else (),
        image=next(iter(census.photos.values()), None),
        data=structured.graph(
            structured.website(frame.name, frame.links.site(words.language), words.locale),
            structured.breadcrumb(trail),
        ),
        sellers=(),
    )
    body = frame.render(
        "site/index.html",
        page,
        words,
        doors=found,
        searches=doors.searches(frame, words, census),
        is_long=is_long,
        count=census.total,
        placeholder=frame.asset("no-photo.svg"),
    )
    return Artefact.stream(frame.prefix(words.language) + "index.html", body, Kind.INDEX)


def _not_found(frame: Frame, words: Words, census: Census) -> Artefact:
    addresses = frame.addresses(
        lambda language: frame.links.own(f"{frame.prefix(language)}404.html")
    )
    step = frame.step(words.text("Page not found"), addresses[words.language])
    trail = (*frame.top(words.language), step)
    page = frame.page(
        words, addresses, trail, indexed=False, sellers=(), styles=frame.styles("site.css")
    )
    ways = doors.showrooms(frame, words, census)
    shown = ways if len(ways) <= MOST_WAYS else ()  # more are the front page
    body = frame.render("site/404.html", page, words, doors=shown)
    return Artefact.stream(frame.prefix(words.language) + "404.html", body, Kind.INDEX)


def _robots(view: View) -> bytes:
    """RFC 9309. Nothing is closed: pages that want no visit say ``noindex`` themselves."""
    return f"User-agent: *\nDisallow:\n\nSitemap: {view.links.own('sitemap.xml')}\n".encode()


def _manifest(frame: Frame) -> bytes:
    """What a phone's home screen shows (W3C Web Application Manifest)."""
    home = frame.links.href(frame.links.site())
    return msgspec.json.encode(
        {
            "name": frame.name,
            "lang": frame.kit.words.locale,
            "start_url": home,
            "scope": home,
            "display": "browser",
            "icons": [
                {"src": frame.asset("icon.svg"), "sizes": "any", "type": "image/svg+xml"},
                *(
                    {
                        "src": frame.asset(f"icon-{size}.png"),
                        "sizes": f"{size}x{size}",
                        "type": "image/png",
                    }
                    for size in HOME_SCREEN_PX
                ),
            ],
        }
    )
