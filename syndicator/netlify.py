"""Tells Netlify from which hosts its image service may take photos: those of the data.

Netlify's Frameworks API reads ``.netlify/v1/config.json`` after the build command and adds it to
``netlify.toml``. Each pattern is a regular expression of a whole address; some readers of it look
for a match anywhere, so both ends are said.

Listings decide on hosts here, so only names of the open internet are let through, and not too many.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from syndicator import atomic, disk
from syndicator.catalogue import Catalogue
from syndicator.errors import OutputError

FILE = Path(".netlify", "v1", "config.json")
MOST = 50  # hosts
MOST_COUNTED = 10_000  # hosts that are counted at all
HTTPS = (None, 443)  # the ports of an https address without another one

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?")  # no number: no address
_OURS = re.compile(r"\^https://(?:[a-z0-9_-]|\\\.)+/\.\*\$")

Config = dict[str, Any]


def settle(
    config: Path, images: str, catalogue: Catalogue, dealer_ids: Collection[str]
) -> list[str]:
    """See to the file that belongs to a configuration.

    :param images: where pages take photos from, as the configuration names it.
    :param dealer_ids: those whose cars have pages.
    :returns: what a person should hear.
    :raises OutputError: see :func:`allow` and :func:`forget`.
    """
    folder = config.resolve().parent
    if images == "netlify":
        return list(allow(folder, catalogue.every_photo_url(sorted(dealer_ids))))
    forget(folder)
    return []


def allow(folder: Path, urls: Iterable[str]) -> Iterator[str]:
    """Allow the hosts of these photos, the most used ones first, and no other.

    :param folder: of the configuration, where Netlify builds.
    :returns: what a person should hear.
    :raises OutputError: the file cannot be written, or is somebody else's and no JSON object.
    """
    counts: Counter[str] = Counter()
    refused = 0
    for url in urls:
        host = host_of(url)
        if host and (host in counts or len(counts) < MOST_COUNTED):
            counts[host] += 1
        else:
            refused += 1
    ranked = sorted(counts, key=lambda host: (-counts[host], host))
    _write(folder / FILE, sorted(map(pattern, ranked[:MOST])))
    if refused:
        yield f"{refused} photos are at no public https host: Netlify's image service takes none"
    if rest := sum(counts[host] for host in ranked[MOST:]):
        yield f"{rest} photos are at more than {MOST} hosts: Netlify's image service refuses them"


def forget(folder: Path) -> None:
    """Remove the file if it holds what we wrote and nothing else.

    :raises OutputError: it cannot be removed.
    """
    path = folder / FILE
    try:
        known = _read(path)
    except OutputError:  # then it is not ours
        return
    match known:
        case {"images": {"remote_images": [*patterns], **more}, **others} if not (more or others):
            if all(isinstance(each, str) and _OURS.fullmatch(each) for each in patterns):
                disk.remove(path)


def host_of(url: str) -> str:
    """The host of an https address, in lower case; empty where no stranger may lead there."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    is_plain = parts.scheme == "https" and port in HTTPS and "@" not in parts.netloc
    return host if is_plain and _HOST.fullmatch(host) else ""


def pattern(host: str) -> str:
    """What matches every address at a host; of its letters only the dot means anything else."""
    return "^https://" + host.replace(".", r"\.") + "/.*$"


def _write(path: Path, patterns: list[str]) -> None:
    """Keep what else the file says."""
    known = _read(path)
    images = known.get("images", {})
    if not isinstance(images, dict):
        raise _strange(path)
    wanted = known | {"images": images | {"remote_images": patterns}}
    if wanted != known:
        atomic.replace(path, msgspec.json.format(msgspec.json.encode(wanted), indent=2) + b"\n")


def _read(path: Path) -> Config:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Config)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise OutputError(f"{path}: {error.strerror}") from error
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise _strange(path) from None


def _strange(path: Path) -> OutputError:
    return OutputError(f"{path}: is no configuration of Netlify", hint="move it away")
