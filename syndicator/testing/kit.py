"""A kit as the build hands it out, for tests."""

from functools import cache

from syndicator.contract import Kit
from syndicator.offers import templates_of
from syndicator.render import RenderKit, Templates


@cache
def sample_kit(language: str = "nl", package: str = "syndicator") -> Kit:
    """The shipped words and templates, behind those of a package with exporters of its own."""
    return RenderKit(Templates(extra=templates_of(package)), language)
