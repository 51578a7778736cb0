"""Faults on the way: cut, reset, slow and missing answers."""

import msgspec

from syndicator.simulator.delivery import CloseIdle, Cut, Delivery, Drip, Hang, Reset
from syndicator.simulator.faults.effect import (
    Effect,
    Kind,
    Options,
    Turn,
    choice,
    decimal,
    fixed,
    whole,
)
from syndicator.simulator.messages import Response

_CUTS: dict[str, Delivery] = {
    "length": Cut(framing="length"),
    "unsized": Cut(framing="none"),
    "chunked": Cut(framing="chunked"),
}


def _travelling(delivery: Delivery) -> Effect:
    def change(response: Response, _: Turn) -> Response:
        return msgspec.structs.replace(response, delivery=delivery)

    return Effect(response=change)


def _cut(value: str, _: Options) -> Effect:
    return _travelling(_CUTS[choice(value, _CUTS, "length")])


def _drip(value: str, _: Options) -> Effect:
    size, _slash, seconds = value.partition("/")
    return _travelling(Drip(whole(size, 1, least=1), decimal(seconds, 1.0)))


def _latency(value: str, _: Options) -> Effect:
    seconds = decimal(value)

    def change(response: Response, _: Turn) -> Response:
        return msgspec.structs.replace(response, delay=response.delay + seconds)

    return Effect(response=change)


KINDS = {
    "cut": Kind("cut[=length|unsized|chunked]", "The connection ends in mid-body.", _cut),
    "reset": Kind("reset", "It is reset (RST) in mid-body.", fixed(_travelling(Reset()))),
    "drip": Kind("drip[=BYTES/SECONDS]", "The body comes in drops; 1/1 by default.", _drip),
    "hang": Kind("hang", "No answer ever comes.", fixed(_travelling(Hang()))),
    "close-idle": Kind(
        "close-idle",
        "A good answer, then the connection is closed.",
        fixed(_travelling(CloseIdle())),
    ),
    "latency": Kind("latency=SECONDS", "The first byte comes late.", _latency),
}
