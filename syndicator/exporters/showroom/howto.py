"""The page that shows a dealer what to paste into the own website, in each language."""

from collections.abc import Iterator
from html import escape

import msgspec

from syndicator.contract import Artefact, Kind, Kit, View, Words
from syndicator.exporters import _structured as structured
from syndicator.exporters._languages import NATIVE
from syndicator.exporters.showroom.embed import HEIGHT, address, path
from syndicator.exporters.showroom.page import Frame
from syndicator.exporters.showroom.theme import parse
from syndicator.links import EMBED, origin

BELOW = "howto/"
SHIPPED_ACCENT = "#0b4fc4"  # --accent of showroom.css


class Snippets(msgspec.Struct, frozen=True, kw_only=True):
    """What a dealer pastes, in its forms."""

    script: str
    element: str
    frame: str
    policy: str


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """One attribute of the element: its name, what stands in it, an example."""

    name: str
    about: str
    example: str


def howtos(kit: Kit, view: View) -> Iterator[Artefact]:
    """``embed/howto/`` in each language: for the dealer, not for buyers."""
    frame = Frame(kit, view)
    for language in frame.languages:
        words = kit.speak(language)
        addresses = frame.addresses(frame.links.howto)
        step = frame.step(words.text("On your own website"), addresses[language])
        trail = (*frame.top(language), step)
        page = frame.page(
            words,
            addresses,
            trail,
            indexed=False,
            styles=frame.styles("howto.css"),
            scripts=(*frame.scripts("howto.js"), frame.links.href(frame.links.at(EMBED))),
            data=structured.graph(structured.breadcrumb(trail)),
        )
        body = frame.render("showroom/howto.html", page, words, **_context(frame, words))
        yield Artefact.stream(path(language, frame, BELOW), body, Kind.INDEX)


def _context(frame: Frame, words: Words) -> dict[str, object]:
    room = frame.view.showroom
    language = words.language
    return {
        "snippets": _snippets(frame, words),
        "settings": tuple(_settings(frame, words)),
        "dealer": frame.links.folder.rstrip("/"),
        "home": frame.links.home(language),
        "accent": own if parse(own := frame.look.accent or "") else SHIPPED_ACCENT,
        "allowed": room.embed_on if room else (),
        "origin": origin(frame.links.site_url),
        "languages": tuple(NATIVE[each] for each in frame.languages),
    }


def _snippets(frame: Frame, words: Words) -> Snippets:
    slug, language = frame.links.folder.rstrip("/"), words.language
    source, home = frame.links.at(EMBED), frame.links.home(language)
    name = escape(words.text("Our cars"))
    link = f'<a href="{home}">{name}</a>'
    host = origin(frame.links.site_url)
    inside = address(language, frame)
    return Snippets(
        script=f'<script src="{source}" data-dealer="{slug}" data-lang="{language}" async>'
        f"</script>\n<noscript>{link}</noscript>",
        element=f'<script src="{source}" async></script>\n'
        f'<dealer-showroom dealer="{slug}" lang="{language}">\n  {link}\n</dealer-showroom>',
        frame=f'<iframe src="{inside}" title="{name}" width="100%" height="{HEIGHT}"\n'
        f'  loading="lazy" allow="fullscreen; clipboard-write"></iframe>\n{link}',
        policy=f"script-src {host}; frame-src {host}",
    )


def _settings(frame: Frame, words: Words) -> Iterator[Setting]:
    text = words.text
    slug = frame.links.folder.rstrip("/")
    rows = (
        ("dealer", text("whose cars: always needed"), slug),
        ("lang", text("the language in which it opens"), ", ".join(frame.languages)),
        ("accent", text("your colour; darker or lighter where it could not be read"), "#0a5bd3"),
        ("theme", text("light or dark; without it, as the visitor's device is set"), "light, dark"),
        ("radius", text("how round corners are, in pixels: 0 to 32"), "4"),
        ("offset", text("the height of a bar that stays at the top of your page, in pixels"), "80"),
        ("height", text("the height until the cars are there, in pixels"), str(HEIGHT)),
        ("title", text("what screen readers call the frame"), text("Our cars")),
    )
    for name, about, example in rows:
        yield Setting(name=name, about=about, example=example)
