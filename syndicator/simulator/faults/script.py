"""The faults of a whole run, one after the other."""

import random
import threading
from collections import Counter
from collections.abc import Iterable
from typing import Any, Self

import msgspec

from syndicator.simulator.faults.effect import Turn, instead
from syndicator.simulator.faults.rule import Rule, parse
from syndicator.simulator.messages import Json, Refusal, Request, Response
from syndicator.simulator.service import Answer

Active = list[tuple[Rule, Turn]]


class Script:
    """Rules at work: each request is counted, and those rules that cover it are applied in order.

    It waits nowhere and needs no event loop: ``Response`` says how long and how it travels.
    """

    def __init__(self, rules: Iterable[Rule], seed: int = 0) -> None:
        self._rules = tuple(rules)
        self._seed = seed
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()  # without a server, clients may ask from several threads

    @classmethod
    def of(cls, *specs: str, seed: int = 0) -> Self:
        """A script from its text.

        :raises FaultError: a fault that cannot be understood.
        """
        return cls(map(parse, specs), seed)

    def __call__(self, request: Request, answer: Answer) -> Response:
        """The answer, with whatever goes wrong with it."""
        active = self._active(request)
        if not active:
            return answer(request)
        response = _changed_payload(answer(_changed_request(request, active)), active)
        for rule, turn in active:
            if rule.effect.response is not None:
                response = rule.effect.response(response, turn)
        return response

    def _active(self, request: Request) -> Active:
        path = _resource(request)
        with self._lock:
            self._counts.update(("", path))
            counts = self._counts.copy()
        active = []
        for index, rule in enumerate(self._rules):
            number = counts[rule.when.path]
            rng = random.Random(f"{self._seed}/{index}/{number}")
            if rule.when.covers(path, number, rng):
                active.append((rule, Turn(request, rng)))
        return active


def _resource(request: Request) -> str:
    """``listings`` or ``locations``, wherever the path begins."""
    return request.path.rpartition("/")[2]


def _changed_request(request: Request, active: Active) -> Request:
    """What is asked instead; never compressed, so that the answer can be changed."""
    plain = {name: text for name, text in request.headers.items() if name != "accept-encoding"}
    request = msgspec.structs.replace(request, headers=plain)
    for rule, turn in active:
        if rule.effect.request is not None:
            request = rule.effect.request(request, turn)
    return request


def _changed_payload(response: Response, active: Active) -> Response:
    changes = [
        (rule.effect.payload, turn)
        for rule, turn in active
        if rule.effect.payload is not None
        and (rule.when.path or _resource(turn.request) == "listings")
    ]
    payload = _payload(response) if changes else None
    if payload is None:
        return response
    try:
        for change, turn in changes:
            payload = change(payload, turn)
    except Refusal as refusal:
        return instead(response, refusal.response)
    return msgspec.structs.replace(response, body=msgspec.json.encode(payload))


def _payload(response: Response) -> Json | None:
    if response.status != 200:
        return None
    payload: Any = msgspec.json.decode(response.body)
    return payload if isinstance(payload, dict) and isinstance(payload.get("data"), list) else None
