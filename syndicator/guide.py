"""A field guide for people, out of the documentation in an XML Schema. Pure.

It knows as much of XML Schema 1.0 as our own schemas use: one root element, named types that are
sequences of elements, text with attributes, words of a list, or text of a form. What
``xs:documentation`` says is the meaning; ``xs:appinfo`` may add ``#example`` and ``#unit``.
"""

from collections.abc import Iterator

import msgspec
from lxml import etree

XS = {"xs": "http://www.w3.org/2001/XMLSchema"}
TIMES = {  # least and most, as the schema writes them
    ("0", "1"): "at most once",
    ("1", "1"): "once",
    ("0", "unbounded"): "any number",
    ("1", "unbounded"): "at least once",
}
BUILT_IN = {
    "string": "text",
    "token": "a word",
    "boolean": "true or false",
    "decimal": "a number",
    "positiveInteger": "a whole number above 0",
    "nonNegativeInteger": "a whole number, 0 or more",
}

Node = etree._Element  # noqa: SLF001 - lxml has no other name for it


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """A value of a closed list, or a form that values have."""

    name: str
    anchor: str
    meaning: str


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """A closed list of values."""

    name: str
    anchor: str
    meaning: str
    words: tuple[Word, ...]


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """An element, or an attribute: ``@id`` of the table's own element, ``price@currency``."""

    name: str
    anchor: str
    meaning: str
    unit: str
    values: str
    link: str  # the anchor where the values are told; empty: nowhere
    often: str
    example: str


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """What an element may hold."""

    name: str
    anchor: str
    meaning: str
    fields: tuple[Field, ...]


class Guide(msgspec.Struct, frozen=True, kw_only=True):
    """A schema as people read it."""

    root: str
    namespace: str
    version: str
    meaning: str
    tables: tuple[Table, ...]
    lists: tuple[Words, ...]
    forms: tuple[Word, ...]


def guide(schema: bytes) -> Guide:
    """What a schema says, in its own order.

    :param schema: an XML Schema as our exporters publish it.
    """
    found = etree.fromstring(schema)
    root = _one(found, "xs:element")
    simple = found.findall("xs:simpleType", XS)
    return Guide(
        root=root.get("name", ""),
        namespace=found.get("targetNamespace", ""),
        version=found.get("version", ""),
        meaning=_meaning(found),
        tables=tuple(_tables(found, root)),
        lists=tuple(_words(each) for each in simple if _enumerations(each)),
        forms=tuple(_form(each) for each in simple if not _enumerations(each)),
    )


def _tables(schema: Node, root: Node) -> Iterator[Table]:
    """Of the root, then of each type with parts of its own."""
    yield _table(schema, root.get("name", ""), _meaning(root), _one(root, "xs:complexType"))
    for each in schema.findall("xs:complexType", XS):
        if each.find("xs:simpleContent", XS) is None:
            yield _table(schema, each.get("name", ""), _meaning(each), each)


def _table(schema: Node, name: str, meaning: str, held: Node) -> Table:
    fields = tuple(
        _field(schema, declared, label, f"{name}.{label}")
        for declared, label in _parts(schema, held)
    )
    return Table(name=name, anchor=name, meaning=meaning, fields=fields)


def _parts(schema: Node, held: Node) -> Iterator[tuple[Node, str]]:
    """Each attribute and element of a type with its label, and the attributes of those."""
    for attribute in held.findall("xs:attribute", XS):
        yield attribute, f"@{attribute.get('name')}"
    for element in held.findall("xs:sequence/xs:element", XS):
        name = element.get("name", "")
        yield element, name
        inner = _simple_content(schema, element)
        for attribute in () if inner is None else inner.findall("xs:attribute", XS):
            yield attribute, f"{name}@{attribute.get('name')}"


def _field(schema: Node, declared: Node, name: str, anchor: str) -> Field:
    inner = _simple_content(schema, declared)
    kind = declared.get("type", "") if inner is None else inner.get("base", "")
    fixed = declared.get("fixed", "")
    values, link = (f"always {fixed}", "") if fixed else _values(schema, kind)
    return Field(
        name=name,
        anchor=anchor,
        meaning=_meaning(declared),
        unit=_note(declared, "#unit") or _fixed_unit(inner),
        values=values,
        link=link,
        often=_often(declared),
        example=fixed or _note(declared, "#example"),
    )


def _values(schema: Node, kind: str) -> tuple[str, str]:
    """What stands in a field of this type, and where more is told of it."""
    if kind.startswith("xs:"):
        return BUILT_IN.get(kind.removeprefix("xs:"), kind), ""
    named = schema.find(f"xs:simpleType[@name='{kind}']", XS)
    if named is None:
        return f"parts, see {kind}", kind
    words = _enumerations(named)
    return (", ".join(each.get("value", "") for each in words) if words else kind), kind


def _simple_content(schema: Node, declared: Node) -> Node | None:
    """The extension by which the type of an element is text with attributes."""
    path = f"xs:complexType[@name='{declared.get('type')}']/xs:simpleContent/xs:extension"
    return schema.find(path, XS)


def _fixed_unit(inner: Node | None) -> str:
    unit = None if inner is None else inner.find("xs:attribute[@name='unit']", XS)
    return "" if unit is None else unit.get("fixed", "")


def _often(declared: Node) -> str:
    if etree.QName(declared).localname == "attribute":
        return "always" if declared.get("use") == "required" else "where known"
    return TIMES[declared.get("minOccurs", "1"), declared.get("maxOccurs", "1")]


def _words(listed: Node) -> Words:
    name = listed.get("name", "")
    words = tuple(
        Word(
            name=each.get("value", ""),
            anchor=f"{name}.{each.get('value')}",
            meaning=_meaning(each),
        )
        for each in _enumerations(listed)
    )
    return Words(name=name, anchor=name, meaning=_meaning(listed), words=words)


def _form(named: Node) -> Word:
    name = named.get("name", "")
    return Word(name=name, anchor=name, meaning=_meaning(named))


def _enumerations(named: Node) -> list[Node]:
    return named.findall("xs:restriction/xs:enumeration", XS)


def _meaning(declared: Node) -> str:
    return " ".join(declared.findtext("xs:annotation/xs:documentation", "", XS).split())


def _note(declared: Node, source: str) -> str:
    return declared.findtext(f"xs:annotation/xs:appinfo[@source='{source}']", "", XS).strip()


def _one(parent: Node, path: str) -> Node:
    found = parent.find(path, XS)
    if found is None:
        raise ValueError(f"the schema has no {path}")
    return found
