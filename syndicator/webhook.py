"""Posts a message to an address that the operator keeps secret: whoever knows it may post, too.

The address is the operator's own, so it may lead into a private network. It is never shown: what
goes wrong is told without it.
"""

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit

import msgspec

from syndicator import __version__, late
from syndicator.dotenv import WEBHOOK
from syndicator.errors import UsageError
from syndicator.source.endpoint import is_loopback

if TYPE_CHECKING:
    import httpx  # noqa: TID251 - the operator's address, to which no key goes
else:
    httpx = late.module("httpx")

SECONDS = 10.0  # for each step
LOGGERS = ("httpx", "httpcore")  # which log whole addresses


class Webhook:
    """An address that takes Slack's JSON; ``str``, ``repr`` and ``format`` show a mask."""

    __slots__ = ("_address",)

    def __init__(self, address: str) -> None:
        """:raises UsageError: it is none; the message does not show it."""
        if not _may_be(address):
            raise UsageError(
                f"{WEBHOOK} is no https address",
                hint="copy it again, all of it; plain http is for loopback hosts only",
            )
        self._address = address

    @classmethod
    def from_environment(cls, known: Mapping[str, str]) -> "Webhook | None":
        """The webhook that ``SYNDICATOR_WEBHOOK`` names, if it names one.

        :raises UsageError: it is no address.
        """
        return cls(known[WEBHOOK]) if known.get(WEBHOOK) else None

    def post(self, text: str) -> str:
        """Send a text, already escaped; follow no redirect, read no answer.

        :returns: why it did not arrive, without the address; empty if it did.
        """
        for name in LOGGERS:
            logging.getLogger(name).setLevel(logging.WARNING)
        body = msgspec.json.encode({"text": text})
        headers = {"Content-Type": "application/json", "User-Agent": f"syndicator/{__version__}"}
        try:
            with (
                httpx.Client(timeout=SECONDS, follow_redirects=False) as client,
                client.stream("POST", self._address, content=body, headers=headers) as response,
            ):
                return "" if response.is_success else f"status {response.status_code}"
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            return type(error).__name__

    def __repr__(self) -> str:
        return "Webhook([address])"

    __str__ = __repr__

    def __format__(self, _: str) -> str:
        return repr(self)

    def __reduce__(self) -> NoReturn:
        raise TypeError("an address that is secret is not written down")


def _may_be(address: str) -> bool:
    if not (address.isascii() and address.isprintable()) or " " in address:
        return False
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
    return bool(host) and is_safe
