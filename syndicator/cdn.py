"""Photos through the image service of the host: Netlify makes each width when it is first asked.

It sends the format that the browser asks for, and only from the hosts that it is told of
(docs.netlify.com, Image CDN), which ``netlify.py`` does.
"""

from urllib.parse import quote

import msgspec

from syndicator.links import origin
from syndicator.look import WIDTHS_PX
from syndicator.models import Photo, Rendition

PATH = "/.netlify/images"  # at the root of the host, wherever the site is


def service(site_url: str) -> str:
    """The address of the image service of the host that the site is on."""
    return origin(site_url) + PATH


def offered(photo: Photo, address: str) -> Photo:
    """The photo at its own address, and in each width that the service makes of it."""
    asked = f"{address}?url={quote(photo.url, safe='')}"
    return msgspec.structs.replace(
        photo,
        renditions=tuple(
            Rendition(url=f"{asked}&w={width}", width_px=width) for width in WIDTHS_PX
        ),
    )
