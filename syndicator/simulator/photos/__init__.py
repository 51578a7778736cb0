"""Pictures of the invented stock, drawn by this program: no brand, no text, nobody's photograph."""

import hashlib
import io
from typing import Any

from syndicator.simulator.photos import cabin, studio
from syndicator.simulator.photos.layers import compose, layers
from syndicator.simulator.photos.paints import paint
from syndicator.simulator.photos.scene import Stand
from syndicator.simulator.photos.shapes import SHAPES
from syndicator.simulator.photos.studio import FINE, HEIGHT, WIDTH

VIEWS = ("front-right", "right", "rear-left", "cabin", "front", "rear", "wheel", "left",
         "boot", "front-left", "rear-right")  # fmt: skip

_YAW = {
    "front": 0, "front-right": 38, "right": 90, "rear-right": 142,
    "rear": 180, "rear-left": 218, "left": 270, "front-left": 322,
}  # fmt: skip
_W, _H = WIDTH * FINE, HEIGHT * FINE
_BOX = (0.07 * _W, 0.15 * _H, 0.93 * _W, 0.83 * _H)
_NARROW_BOX = (0.2 * _W, 0.17 * _H, 0.8 * _W, 0.85 * _H)  # a nose or a tail alone
_WHEEL = Stand(72, 70, 700, (-1.86 * _W, -2 * _H, 1.14 * _W, 0.97 * _H))


def subject(listing: dict[str, Any], number: int) -> tuple[str, str, str, str, int]:
    """What :func:`draw` needs for the n-th picture of a listing, from 0."""
    digest = hashlib.blake2b(listing["id"].encode(), digest_size=4).digest()
    seed = int.from_bytes(digest) + number // len(VIEWS)
    view = VIEWS[number % len(VIEWS)]
    return listing["brand"] or "", listing["bodyType"] or "", listing["color"] or "", view, seed


def draw(make: str, body: str, color: str, view: str, seed: int) -> bytes:
    """A JPEG of 960 by 720 pixels, the same for the same arguments."""
    if view in {"cabin", "boot"}:
        image = cabin.inside(make, view, seed)
    else:
        image = studio.backdrop(seed).copy()
        compose(image, layers(body if body in SHAPES else "", _stand(view)), paint(color))
    data = io.BytesIO()
    image.save(data, "JPEG", quality=85)
    return data.getvalue()


def _stand(view: str) -> Stand:
    if view == "wheel":
        return _WHEEL
    box = _NARROW_BOX if view in {"front", "rear"} else _BOX
    return Stand(_YAW[view], 118, 920, box)
