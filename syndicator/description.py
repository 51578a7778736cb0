"""What an installed exporter is and which options it takes, for people."""

import inspect
import json
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from syndicator.contract import Exporter
from syndicator.errors import UsageError
from syndicator.mistakes import nearest
from syndicator.registry import available, load, options_of

TOML_WORDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "table",
}


class OptionDescription(msgspec.Struct, frozen=True, kw_only=True):
    """One option; ``default`` is written as in TOML, and is empty where there is none."""

    name: str
    type: str
    default: str
    summary: str


class Description(msgspec.Struct, frozen=True, kw_only=True):
    """An exporter as ``syndicator exporters`` shows it."""

    name: str
    distribution: str
    version: str
    summary: str
    scopes: tuple[str, ...]
    media_type: str
    options: tuple[OptionDescription, ...]


def describe(name: str) -> Description:
    """One exporter, which is imported for this.

    :raises UsageError: it is not installed, or is broken.
    """
    offers = available()
    if name not in offers:
        raise UsageError(f"there is no exporter {name!r}", hint=nearest(name, offers))
    offer = offers[name]
    kind = load(offer)
    facts: Any = kind
    return Description(
        name=name,
        distribution=offer.distribution,
        version=offer.version,
        summary=(inspect.getdoc(kind) or "").partition("\n")[0],
        scopes=tuple(sorted(scope.value for scope in facts.scopes)),
        media_type=facts.media_type,
        options=tuple(_options(kind)),
    )


def _options(kind: type[Exporter]) -> Iterator[OptionDescription]:
    schema = options_of(kind).model_json_schema()
    defined = schema.get("$defs", {})
    for name, option in schema.get("properties", {}).items():
        default = option.get("default")
        yield OptionDescription(
            name=name,
            type=_type(option, defined),
            default="" if default is None else json.dumps(default, ensure_ascii=False),
            summary=" ".join(option.get("description", "").split()),
        )


def _type(schema: Mapping[str, Any], defined: Mapping[str, Any]) -> str:
    """A JSON schema in words: ``text``, ``list of table``, ``"new" or "used"``."""
    if "$ref" in schema:
        return _type(defined[schema["$ref"].rpartition("/")[2]], defined)
    if "enum" in schema or "const" in schema:
        return " or ".join(json.dumps(each) for each in schema.get("enum", [schema.get("const")]))
    if "anyOf" in schema:
        kinds = [_type(each, defined) for each in schema["anyOf"] if each.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}), defined)}"
    return TOML_WORDS.get(schema.get("type", ""), "any value")
