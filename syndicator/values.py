"""What single values of the configuration must look like: addresses, durations, numbers. Pure."""

import re
from collections.abc import Callable
from datetime import timedelta
from ipaddress import ip_address
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator
from pydantic_core import Url, ValidationError

from syndicator.links import may_be_slug, slugify
from syndicator.mistakes import wrong

UNITS = {"m": "minutes", "h": "hours", "d": "days"}
HOST = re.compile(r"[a-z0-9_.-]+|\[[0-9a-f:.]+\]")
# Controls, what XML forbids, and marks that turn the direction of text around.
NOT_IN_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def plain_text(value: str) -> str:
    """Text that may stand anywhere, without white space around it.

    :raises PydanticCustomError: it is empty or has a control character.
    """
    if NOT_IN_TEXT.search(value):
        raise wrong("has a control character")
    if not value.strip():
        raise wrong("is empty")
    return value.strip()


def _like(pattern: str, hint: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise wrong(f"cannot be {value!r}", hint)
        return value

    return check


def _url(value: str) -> Url:
    try:
        url = Url(value)
    except ValidationError as error:
        reason = str(error.errors(include_url=False)[0].get("ctx", {}).get("error", ""))
        raise wrong(f"is no address: {reason}") from None
    if url.scheme not in ("http", "https") or not re.fullmatch(r"[A-Za-z]+://[^\s\\]+", value):
        raise wrong("is no http or https address", "write it as https://www.example.be")
    if not HOST.fullmatch(url.host or ""):
        raise wrong("has no proper host name")
    if url.username or url.password:
        raise wrong("must not hold a name or password")
    if url.query is not None or url.fragment is not None:
        raise wrong("must not have a query (?) or a fragment (#)")
    return url


def web_address(value: str) -> str:
    """An http or https address without a name, a password, a query or a fragment.

    :raises PydanticCustomError: it is none.
    """
    return str(_url(value)).rstrip("/")


def _api_address(value: str) -> str:
    url = _url(value)
    if url.scheme == "http" and not _is_loopback((url.host or "").strip("[]")):
        raise wrong("must be https: the key would travel in the clear", "write https://")
    return str(url).rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _origin(value: str) -> str:
    url = _url(value)
    if (url.path or "/") != "/":
        raise wrong("must be an origin, without a path", f"write {_bare(url)!r}")
    return _bare(url)


def _bare(url: Url) -> str:
    port = url.port if url.port != {"http": 80, "https": 443}[url.scheme] else None
    return f"{url.scheme}://{url.host}" + (f":{port}" if port else "")


def _duration(value: object) -> timedelta:
    match = re.fullmatch(r"([1-9][0-9]{0,4})([mhd])", value) if isinstance(value, str) else None
    if match is None:
        raise wrong("is no duration", 'write "90m", "6h" or "2d"')
    return timedelta(**{UNITS[match[2]]: int(match[1])})


def _slug(value: str) -> str:
    if not may_be_slug(value):
        better = slugify(value)
        hint = f"write {better!r}" if may_be_slug(better) else ""
        raise wrong(f"{value!r} cannot be the name of a folder", hint)
    return value


def _uuid(value: str) -> str:
    if not UUID.fullmatch(value.lower()):
        raise wrong(f"{value!r} is no UUID", "a code such as DEX-GENT is a location")
    return value.lower()


def _enterprise_number(value: str) -> str:
    """The checked number as ``0123.456.749``.

    Ten digits, the first 0 or 1; the last two are 97 minus the first eight modulo 97.
    """
    digits = re.sub(r"^BE|[ .]", "", value.strip().upper())
    if not re.fullmatch(r"[01][0-9]{9}", digits):
        raise wrong("must have ten digits, the first 0 or 1", "write it as 0123.456.749")
    if 97 - int(digits[:8]) % 97 != int(digits[8:]):
        raise wrong(f"{value!r} has wrong check digits", "compare it with the KBO/BCE register")
    return f"{digits[:4]}.{digits[4:7]}.{digits[7:]}"


def _vat_number(value: str) -> str:
    """The Belgian form: ``BE`` and the enterprise number."""
    return f"BE {_enterprise_number(value)}"


Text = Annotated[str, AfterValidator(plain_text)]
SiteUrl = Annotated[str, AfterValidator(web_address)]
ApiUrl = Annotated[str, AfterValidator(_api_address)]
Origin = Annotated[str, AfterValidator(_origin)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Slug = Annotated[str, AfterValidator(_slug)]
DealerId = Annotated[str, AfterValidator(plain_text), AfterValidator(_uuid)]
EnterpriseNumber = Annotated[str, AfterValidator(_enterprise_number)]
VatNumber = Annotated[str, AfterValidator(_vat_number)]
Accent = Annotated[
    str,
    AfterValidator(_like("#[0-9A-Fa-f]{6}", "a colour is written as #0a5bd3")),
    AfterValidator(str.lower),
]
ImageName = Annotated[
    str,
    AfterValidator(_like("[A-Za-z0-9_][A-Za-z0-9_.-]*", "the name of a file in templates/assets")),
]
FeedName = Annotated[
    str, AfterValidator(_like("[a-z0-9][a-z0-9_-]{0,59}", "use a-z, 0-9, - and _"))
]
TagAuthority = Annotated[  # RFC 4151, section 2.1
    str,
    AfterValidator(
        _like(
            "(?:[A-Za-z0-9_.-]+@)?[a-z0-9][a-z0-9.-]*,[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?",
            "a domain and a date on which it was yours: example.be,2026",
        )
    ),
]
