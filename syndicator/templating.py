"""Addresses by the operator's templates: a car's page elsewhere, its photos elsewhere. Pure.

A template is text with names in braces. What a listing puts into it is percent-encoded, so no
seller's text can leave its place in the address.
"""

import re
from collections.abc import Collection, Iterator
from string import Formatter
from typing import Annotated
from urllib.parse import quote, unquote, urlsplit

import msgspec
from pydantic import AfterValidator

from syndicator.mistakes import nearest, wrong
from syndicator.models import Photo
from syndicator.values import NOT_IN_TEXT, web_address

IMAGE_TYPES = {  # not the mimetypes module: it reads the machine's own table
    ".avif": "image/avif",
    ".bmp": "image/bmp",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".webp": "image/webp",
}
# The end of the path: what stands between the host and the query. Each address is asked often.
_SUFFIX = re.compile(r"https?://[^/?#]*/[^?#]*(\.[A-Za-z0-9]{1,5})(?:[?#]|$)", re.IGNORECASE)
IN_LINKS = ("reference", "id", "slug", "dealer", "language")
IN_IMAGES = ("url", "host", "path", "stem")


def _template(template: str, known: Collection[str]) -> str:
    if not template:
        return template
    if not re.match(r"https?://[^{}/\s]+/", template) or re.search(r"[\s\\\"<>]", template):
        raise wrong("must start with http:// or https:// and a host, and hold no blanks")
    if NOT_IN_TEXT.search(template):
        raise wrong("has a control character")
    try:
        parts = list(Formatter().parse(template))
    except ValueError as error:
        raise wrong(f"has a brace too many or too few: {error}") from None
    for _, name, spec, conversion in parts:
        if name is not None and (name not in known or spec or conversion):
            names = ", ".join(f"{{{each}}}" for each in known)
            raise wrong(f"unknown {{{name}}}", nearest(name, known) or f"there are {names}")
    sample = template.format(**dict.fromkeys(known, "x"))
    if re.search("[{}]", sample):
        raise wrong("has braces that name nothing")
    web_address(re.split("[?#]", sample)[0])
    return template


def _link(template: str) -> str:
    return _telling(_template(template, IN_LINKS), ("reference", "id", "slug"))


def _image(template: str) -> str:
    return _telling(_template(template, IN_IMAGES), ("url", "path", "stem"))


def _telling(template: str, names: Collection[str]) -> str:
    """Refuse a template that gives everything one address."""
    if template and not any(f"{{{name}}}" in template for name in names):
        raise wrong("is the same for all", f"put in {' or '.join(f'{{{n}}}' for n in names)}")
    return template


def _address(address: str) -> str:
    return _template(f"{address}/", ())[:-1] if address else address


LinkTemplate = Annotated[str, AfterValidator(_link)]
ImageTemplate = Annotated[str, AfterValidator(_image)]
WebAddress = Annotated[str, AfterValidator(_address)]


def moved(photo: Photo, template: str, media_type: str) -> Photo:
    """The photo where an image server of the operator's gives it out, in whatever size.

    :param media_type: of what that server answers; empty where its address tells it.
    """
    if not template:
        return photo
    parts = urlsplit(photo.url)
    path = "/".join(_kept(parts.path))
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", path)
    url = template.format(
        url=quote(photo.url, safe=""),
        host=quote(parts.netloc, safe=""),
        path=path,
        stem=stem,
    )
    if parts.query and "{url}" not in template:  # it may be what tells two photos apart
        url += ("&" if "?" in url else "?") + quote(parts.query, safe="=&%")
    return Photo(url=url, media_type=media_type or None)


def _kept(path: str) -> Iterator[str]:
    """The parts of a path, each in its place: none climbs, and none is two."""
    for part in map(unquote, path.split("/")):
        if part not in ("", ".", "..") and not re.search(r"[/\\]", part):
            yield quote(part, safe="")


def told(photo: Photo) -> Photo:
    """The photo, with the media type that its address tells if no more is known."""
    if photo.media_type:
        return photo
    suffix = _SUFFIX.match(photo.url)
    media_type = IMAGE_TYPES.get(suffix[1].lower()) if suffix else None
    return msgspec.structs.replace(photo, media_type=media_type) if media_type else photo
