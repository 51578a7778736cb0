"""The key of the API, which no text, log or error shows."""

from collections.abc import Mapping
from typing import NoReturn

from syndicator.disguise import MASK, SMALLEST, forms, redactor, unescaped
from syndicator.dotenv import KEY as VARIABLE
from syndicator.errors import UsageError


class Secret:
    """The key. ``str``, ``repr`` and ``format`` show a mask; :meth:`reveal` is for the header."""

    __slots__ = ("_forms", "_redact", "_text")

    def __init__(self, text: str) -> None:
        """:raises UsageError: it cannot be a key; the message does not show it."""
        text = text.strip()
        if not text:
            raise UsageError("the API key is empty", hint=f"set {VARIABLE}")
        if not (text.isascii() and text.isprintable()) or " " in text:
            raise UsageError(
                "the API key has blanks, control or non-ASCII characters in it",
                hint=f"copy {VARIABLE} again, without anything around it",
            )
        if text[0] == text[-1] and text[0] in "\"'":
            raise UsageError("the API key stands in quotes", hint=f"take them out of {VARIABLE}")
        if len(text) < SMALLEST:  # it could be a word of any page, and nobody could look for it
            raise UsageError(
                f"the API key has fewer than {SMALLEST} characters",
                hint=f"copy {VARIABLE} again, all of it",
            )
        self._text = text
        self._forms = forms(text)
        self._redact = redactor(text)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Secret":
        """The key that ``OKASIE_API_SECRET`` holds.

        :raises UsageError: it is not set, or cannot be a key.
        """
        if VARIABLE not in environ:
            raise UsageError(
                "there is no API key",
                hint=f"set {VARIABLE} in the environment or in .env; `demo` needs none",
            )
        return cls(environ[VARIABLE])

    def reveal(self) -> str:
        """The key itself."""
        return self._text

    @property
    def forms(self) -> frozenset[bytes]:
        """Byte strings of which one is wherever the key is."""
        return self._forms

    def redact(self, text: str) -> str:
        """The text without the key, also in other case, URL-encoded or in base64."""
        return self._redact(text)

    def stands_in(self, data: bytes) -> bool:
        """Whether JSON holds the key, be it escaped or in another form."""
        meant = unescaped(data)
        return any(form in meant for form in self._forms)

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    __str__ = __repr__

    def __format__(self, _: str) -> str:
        return repr(self)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not written down")
