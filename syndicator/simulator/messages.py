"""Requests and responses of the simulator, apart from how they travel."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from syndicator.simulator.delivery import Delivery
from syndicator.simulator.variant import Variant

Json = dict[str, Any]


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One request: header names in lower case, the query as decoded pairs in their order.

    ``variant`` is no part of what was sent: it is how the API shall answer.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = {}
    variant: Variant = Variant()

    @property
    def key(self) -> str | None:
        """The secret it carries, in either form; the bearer form wins."""
        scheme, _, secret = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and secret.strip():
            return secret.strip()
        return self.headers.get("x-api-key") or None


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """One answer, whole; ``delivery`` is how its bytes travel, unless they just do."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = {}
    delay: float = 0.0  # seconds before the first byte
    delivery: Delivery | None = None

    def adding(self, headers: Mapping[str, str]) -> "Response":
        """The same answer with more headers."""
        return msgspec.structs.replace(self, headers={**self.headers, **headers})


def answer(status: int, body: Json, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer."""
    kind = {"Content-Type": "application/json; charset=utf-8"}
    return Response(status=status, body=_encoded(body), headers=kind | dict(headers or {}))


def _encoded(body: Json) -> bytes:
    try:
        return msgspec.json.encode(body)
    except UnicodeEncodeError:  # half a character, which is JSON but no UTF-8
        return json.dumps(body).encode()


class Refusal(Exception):
    """The request is answered with an error envelope; ``more`` are further members of it."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(message)
        body = {"error": {"code": code, "message": message, **more}}
        self.response = answer(status, body, headers)
