"""A kit as the build hands it out, for tests."""

from collections.abc import Callable, Iterator
from functools import cache

from syndicator.contract import Kit, Words
from syndicator.offers import templates_of
from syndicator.render import RenderKit, Templates


@cache
def sample_kit(language: str = "nl", package: str = "syndicator") -> Kit:
    """The shipped words and templates, behind those of a package with exporters of its own."""
    return RenderKit(Templates(extra=templates_of(package)), language)


class KeepingKit:
    """A kit with a memory for parts of documents, as a build has one.

    :param kept: the parts by key; they are added to it.
    """

    def __init__(self, kit: Kit, kept: dict[bytes, bytes]) -> None:
        self._kit = kit
        self._kept = kept

    @property
    def words(self) -> Words:
        """The language of the feed."""
        return self._kit.words

    def speak(self, language: str, /) -> Words:
        """Another of the site's languages."""
        return self._kit.speak(language)

    def render(self, template: str, /, **context: object) -> Iterator[bytes]:
        """A template in chunks of UTF-8."""
        return self._kit.render(template, **context)

    def recall(self, key: bytes, make: Callable[[], str], /) -> str:
        """A text that feeds share."""
        return self._kit.recall(key, make)

    def fragment(self, key: bytes, make: Callable[[], bytes], /) -> bytes:
        """A part of a document, made once."""
        if key not in self._kept:
            self._kept[key] = self._kit.fragment(key, make)
        return self._kept[key]

    def asset(self, name: str, /) -> str:
        """The path in ``output/`` of a style sheet, script or icon."""
        return self._kit.asset(name)
