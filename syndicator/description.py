"""What an installed exporter is and which options it takes, for people."""

import inspect
import json
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from syndicator.contract import Exporter, FormatField
from syndicator.errors import UsageError
from syndicator.mistakes import nearest
from syndicator.offers import available, load, options_of

SHOWN_WORDS = 3  # of a closed list; --json has all
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


class FieldDescription(msgspec.Struct, frozen=True, kw_only=True):
    """One field of the format, as far as the exporter has a table of it.

    ``source`` is the field of the listing that it is made of; ``limits`` are in words, and
    ``words`` is the closed list it is taken from.
    """

    name: str
    need: str
    source: str
    limits: str
    words: tuple[str, ...]
    note: str


class Description(msgspec.Struct, frozen=True, kw_only=True):
    """An exporter as ``syndicator exporters`` shows it."""

    name: str
    distribution: str
    version: str
    summary: str
    scopes: tuple[str, ...]
    media_type: str
    options: tuple[OptionDescription, ...]
    fields: tuple[FieldDescription, ...] = ()


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
        fields=tuple(map(_field, getattr(kind, "fields", ()))),
    )


def _field(field: FormatField) -> FieldDescription:
    return FieldDescription(
        name=field.name,
        need=field.need.value,
        source=field.source,
        limits=", ".join(_limits(field)),
        words=field.words,
        note=field.note,
    )


def _limits(field: FormatField) -> Iterator[str]:
    """What a value may be: ``max 100 characters, cut``, ``1 of A, B, C and 9 more``."""
    if field.most is not None:
        yield f"max {field.most} characters" + (", cut" if field.cuts else "")
    if field.many is not None:
        yield f"max {field.many} times"
    if field.words:
        shown = ", ".join(field.words[:SHOWN_WORDS])
        rest = len(field.words) - SHOWN_WORDS
        of = "always" if len(field.words) == 1 else "1 of"
        yield f"{of} {shown}" + (f" and {rest} more" if rest > 0 else "")
    if field.form:
        yield f"form {field.form}"


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
