"""A kit as the build hands it out, for tests."""

from functools import cache

from syndicator.contract import Kit
from syndicator.render import RenderKit, Templates


@cache
def sample_kit(language: str = "nl") -> Kit:
    """The shipped templates and words."""
    return RenderKit(Templates(), language)
