"""The showroom on somebody else's website: the list for a frame, and the script that frames it.

The script has one name for years, for dealers paste it once; it and the list in the frame speak by
messages, whose senders they check. What may frame us is said by the host's headers.
"""

from syndicator.contract import Artefact, Kind, Kit, View, Words
from syndicator.exporters.showroom.page import Frame
from syndicator.links import EMBED

FOLDER = "embed/"
HEIGHT = 900  # pixels of a frame that nobody makes as tall as its content


def script(kit: Kit, view: View) -> Artefact:
    """``embed.js``: knows the site's languages, and how a frame is called in each."""
    titles = {language: kit.speak(language).text("Our cars") for language in view.site.languages}
    body = kit.render("showroom/embed.js", titles=titles, height=HEIGHT)
    return Artefact.stream(EMBED, body, Kind.ASSET)


def path(language: str, frame: Frame, below: str = "") -> str:
    """A page for embedding within the slice's folder."""
    return f"{FOLDER}{frame.prefix(language)}{below}index.html"


def address(language: str, frame: Frame) -> str:
    """Where the list for a frame is."""
    return frame.links.at(frame.links.folder + path(language, frame))


def framed(frame: Frame, words: Words) -> dict[str, object]:
    """How the page in a frame departs from the full list, whose address it names."""
    addresses = frame.addresses(lambda language: address(language, frame))
    return {
        "title": f"{words.text('Our cars')} · {frame.called(words.language)}",
        "versions": tuple(frame.versions(addresses)),
        "indexed": False,
        "embedded": True,
    }
