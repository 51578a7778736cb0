"""What makes a body a car, in the order in which it is painted."""

from collections.abc import Iterator

from syndicator.simulator.photos.ends import nose, tail
from syndicator.simulator.photos.flanks import flank, mirror
from syndicator.simulator.photos.open_top import open_cabin
from syndicator.simulator.photos.view import Mark, View
from syndicator.simulator.photos.wheels import arch, tyre, wheel


def behind(view: View) -> Iterator[Mark]:
    """What the body hides in part: tyres, and the far mirror."""
    for axle in view.shape.axles:
        for side in (1, -1):
            yield tyre(view, axle, side)
    for side in (1, -1):
        if side != view.side:
            yield from mirror(view, side)


def marks(view: View) -> Iterator[Mark]:
    """What lies on the body, in the order of painting."""
    if view.shape.open_top:
        yield from open_cabin(view)
    if view.side:
        yield from flank(view)
    if view.end == -1:
        yield from nose(view)
    if view.end == 1:
        yield from tail(view)
    if view.side:
        yield from mirror(view, view.side)
        for axle in view.shape.axles:
            yield from arch(view, axle)
            yield from wheel(view, axle)
    elif view.end:
        for side in (1, -1):
            yield from mirror(view, side)
