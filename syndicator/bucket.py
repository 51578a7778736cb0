"""A bucket of an object store, by its address; the only module that speaks obstore.

obstore itself reads credentials, region and endpoint from the environment. Its errors may hold
whatever was sent or answered, so nothing of their text is shown: only what kind of trouble it was.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import msgspec

from syndicator.errors import OutputError, SyndicatorError, Unreachable, UsageError
from syndicator.source.endpoint import is_loopback

INSTALL: Final = 'pip install "syndicator[deploy]"'
PART_BYTES: Final = 8 << 20  # what is larger is sent in parts of this size
PARTS: Final = 2  # of one object, at once
TIMEOUT: Final = "120s"  # for one request, which may carry a part over a slow line
RETRIES: Final[Mapping[str, Any]] = {
    "max_retries": 5,
    "retry_timeout": timedelta(minutes=1),
    "backoff": {
        "init_backoff": timedelta(milliseconds=200),
        "max_backoff": timedelta(seconds=10),
        "base": 2,
    },
}
MENDS: Final = {  # what to look at when a store refuses
    "s3": "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION",
    "gs": "GOOGLE_APPLICATION_CREDENTIALS or GOOGLE_SERVICE_ACCOUNT",
    "az": "AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY",
}
ENDPOINTS: Final = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")

_ADDRESS: Final = re.compile(r"(s3|gs|az)://(\$?[A-Za-z0-9][A-Za-z0-9._-]*)((?:/[^/]+)*)/?")
_PART: Final = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._~!@+=,-]+")
_URL: Final = re.compile(r"https?://([^/\s]+)\S*")


Told = tuple[type[SyndicatorError], str, str]
"""An error's class, its message after the place, and a hint."""

_FAILED: Final[Told] = OutputError, "the store failed", "deploy again: it goes on where it was"
_KINDS: Final[tuple[tuple[str, Told], ...]] = (  # the first pattern that the text fits decides
    (
        r"169\.254\.|metadata\.google",  # where machines of a cloud find theirs
        (UsageError, "there are no credentials", "set {mends}"),
    ),
    (
        r"^(PermissionDenied|Unauth\w+)Error|code: 40[13]|(Expired|Invalid)Token|HeaderMalformed",
        (UsageError, "the store refused us", "see to {mends}, and to what they permit"),
    ),
    (
        r"status code: 404",
        (UsageError, "there is no such bucket", "make it first, or see to {mends}"),
    ),
    (
        r"configured region|status code: 30[17]",
        (UsageError, "the bucket is elsewhere", "see to {mends}"),
    ),
    (
        r"HTTP error|status code: (5\d\d|408|425|429)",
        (Unreachable, "the store cannot be reached", "deploy again: it goes on where it was"),
    ),
    (
        r"Missing|[Cc]redential|must be specified|Invalid Access Key|Config error",
        (UsageError, "the credentials are not whole", "see to {mends}"),
    ),
    (
        r"^InvalidPathError",
        (
            OutputError,
            "holds an object that cannot be listed, as one with // in its name",
            "remove it, or deploy to a folder of its own",
        ),
    ),
    (
        r"^(FileNotFound|Permission|IsADirectory|OS)Error",
        (OutputError, "its file cannot be read", "run `syndicator check`"),
    ),
)


class Address(msgspec.Struct, frozen=True):
    """Where a site goes: a bucket, or a folder in it."""

    scheme: str
    bucket: str
    prefix: str  # without slashes at its ends; empty for the whole bucket

    def __str__(self) -> str:
        return f"{self.scheme}://{self.bucket}" + (f"/{self.prefix}" if self.prefix else "")


class Found(msgspec.Struct, frozen=True, gc=False):
    """An object as a listing shows it."""

    path: str
    size: int
    etag: str  # without quotes; of many stores the MD5 of the content


class Bucket(Protocol):
    """The part of an object store that a deploy needs. Paths are relative to the prefix."""

    def list(self) -> Iterator[Found]:
        """Every object below the prefix, in any order."""

    def read(self, path: str) -> bytes | None:
        """The content of a small object; ``None`` where there is none."""

    def headers(self, path: str) -> Mapping[str, str]:
        """The headers that an object is stored with; none where there is no object."""

    def write(self, path: str, body: bytes | Path, headers: Mapping[str, str]) -> None:
        """Put an object in place, at one instant; a file is sent piece by piece."""

    def remove(self, paths: Sequence[str]) -> None:
        """Remove objects; those that are gone already are fine."""


def address(url: str) -> Address:
    """The address, in its parts.

    :raises UsageError: it is none. What was said is not repeated: it may hold a password.
    """
    match = _ADDRESS.fullmatch(url)
    parts = match[3].split("/")[1:] if match else []
    if match is None or not all(map(_PART.fullmatch, parts)):
        raise UsageError(
            "no address of a bucket",
            hint="say s3://bucket/folder, gs://bucket/folder or az://container/folder",
        )
    return Address(match[1], match[2], "/".join(parts))


def opened(where: Address, environ: Mapping[str, str]) -> Bucket:
    """The bucket; nothing is asked of it yet.

    :raises UsageError: obstore is not installed, or the environment makes no sense.
    """
    try:
        obstore = import_module("obstore")
        stores = import_module("obstore.store")
    except ImportError as error:
        raise UsageError("deploy needs obstore", hint=INSTALL) from error
    _check(environ)
    make = {"s3": stores.S3Store, "gs": stores.GCSStore, "az": stores.AzureStore}[where.scheme]
    options: dict[str, Any] = {"timeout": TIMEOUT}
    if where.scheme == "s3" and _endpoint(environ).startswith("http://"):
        options["allow_http"] = True
    with _telling(where):
        store = make(
            where.bucket, prefix=where.prefix or None, config=options, retry_config=RETRIES
        )
    return _Store(where, obstore, store)


class _Store:
    """A bucket through obstore."""

    def __init__(self, where: Address, obstore: Any, store: Any) -> None:
        self._where = where
        self._obstore = obstore
        self._store = store

    def list(self) -> Iterator[Found]:
        with _telling(self._where):
            for page in self._obstore.list(self._store, chunk_size=1000):
                for each in page:
                    yield Found(each["path"], each["size"], (each["e_tag"] or "").strip('"'))

    def read(self, path: str) -> bytes | None:
        with _telling(self._where, path):
            try:
                return bytes(self._obstore.get(self._store, path).bytes())
            except FileNotFoundError:
                return None  # if the bucket itself is missing, the listing says so

    def headers(self, path: str) -> Mapping[str, str]:
        with _telling(self._where, path):
            try:
                found = self._obstore.get(self._store, path, options={"head": True})
            except FileNotFoundError:
                return {}
            return dict(found.attributes)

    def write(self, path: str, body: bytes | Path, headers: Mapping[str, str]) -> None:
        with _telling(self._where, path):
            self._obstore.put(
                self._store,
                path,
                body,
                attributes=dict(headers),
                chunk_size=PART_BYTES,
                max_concurrency=PARTS,
            )

    def remove(self, paths: Sequence[str]) -> None:
        with _telling(self._where, paths[0]):
            try:
                self._obstore.delete(self._store, paths)
            except FileNotFoundError:  # some stores mind, and leave the rest
                if len(paths) > 1:
                    for each in paths:
                        self.remove([each])


def _check(environ: Mapping[str, str]) -> None:
    """What obstore would end the process for, with a trace of its own.

    :raises UsageError: names the variable, never its value.
    """
    for name, value in environ.items():
        is_plain = value == value.strip() and value.isascii() and value.isprintable()
        if name.startswith(("AWS_", "AZURE_")) and not is_plain:
            raise UsageError(
                f"{name}: has a line break, a space at an end, or what is not ASCII",
                hint="set it again without",
            )
    url = _endpoint(environ)
    if not url:
        return
    try:
        parts = urlsplit(url)
        is_sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_sound = False
    if not is_sound:
        raise UsageError("the endpoint is no address", hint="set AWS_ENDPOINT_URL to https://host")
    is_allowed = environ.get("AWS_ALLOW_HTTP", "").lower() in ("1", "true", "yes", "on")
    if parts.scheme == "http" and not is_allowed and not is_loopback(parts.hostname or ""):
        raise UsageError(
            "the endpoint is plain http",
            hint="use https, or set AWS_ALLOW_HTTP=true in a network that you trust",
        )


def _endpoint(environ: Mapping[str, str]) -> str:
    return next((environ[name] for name in ENDPOINTS if environ.get(name)), "")


@contextmanager
def _telling(where: Address, path: str = "") -> Iterator[None]:
    """What fails in the body, in our words."""
    try:
        yield
    except BaseException as error:
        is_rust = type(error).__name__ == "PanicException"  # which can be imported from nowhere
        if isinstance(error, SyndicatorError) or not (is_rust or isinstance(error, Exception)):
            raise
        raise trouble(where, path, error) from None  # the text of the cause is not ours to show


def trouble(where: Address, path: str, error: BaseException) -> SyndicatorError:
    """The kind of trouble that an error of obstore stands for. Pure.

    It has classes for few kinds; the others are told apart by their text, addresses left out.
    """
    head, _, _ = str(error).partition("\n\nDebug source")
    hosts = _URL.sub(r"\1", head)
    text = f"{type(error).__name__}: {hosts}"
    kind, message, hint = next(
        (told for pattern, told in _KINDS if re.search(pattern, text)), _FAILED
    )
    place = f"{where}/{path}" if path else str(where)
    mends = MENDS[where.scheme]
    return kind(f"{place}: {message}", hint=hint.format(mends=mends))
