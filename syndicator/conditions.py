"""Conditions on any field of the model, as rules and saved searches write them. Pure.

A condition is a field with a value, or a field, an underscore and how to compare::

    fuel = "diesel"          price_below = 3000        color_contains = "wit"
    fuel_not = ["lpg", "cng"]    photos_from = 5       vin_known = true

All conditions of a table must hold; of a list of values, one. Text is compared without case. What
is unknown is neither below nor above, nor like anything: only ``_not`` and ``_known = false`` hold.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from unicodedata import normalize

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StrictBool, StrictStr

from syndicator.models import Listing
from syndicator.traits import TRAITS, Number, Sort, Trait, sparse
from syndicator.values import plain_text

Test = Callable[[Any, Any], bool]  # what the listing has, what the condition says


def _like(has: Any, says: Collection[Any]) -> bool:
    return has is not None and _folded(has) in says


def _one_like(has: Collection[str], says: Collection[str]) -> bool:
    return any(_folded(each) in says for each in has)


def _holds_text(has: str | None, says: Collection[str]) -> bool:
    return has is not None and any(each in has.casefold() for each in says)


def _one_holds_text(has: Collection[str], says: Collection[str]) -> bool:
    return any(_holds_text(each, says) for each in has)


def _known(has: Any, says: bool) -> bool:  # noqa: FBT001 - it is the value
    return (has is not None and has not in ((), [])) is says


def _folded(value: Any) -> Any:
    """Text as the gate composes it, without case."""
    return normalize("NFC", value).casefold() if isinstance(value, str) else value


TESTS: Mapping[Sort, Mapping[str, Test]] = {
    Sort.TEXT: {
        "": _like,
        "_not": lambda has, says: not _like(has, says),
        "_contains": _holds_text,
    },
    Sort.TEXTS: {
        "": _one_like,
        "_not": lambda has, says: not _one_like(has, says),
        "_contains": _one_holds_text,
    },
    Sort.ENUM: {"": _like, "_not": lambda has, says: not _like(has, says)},
    Sort.BOOL: {"": lambda has, says: has is says},
    Sort.NUMBER: {
        "": lambda has, says: has in says,
        "_not": lambda has, says: has not in says,
        "_below": lambda has, says: has is not None and has < says,
        "_above": lambda has, says: has is not None and has > says,
        "_from": lambda has, says: has is not None and has >= says,
        "_to": lambda has, says: has is not None and has <= says,
    },
    Sort.MOMENT: {
        "_before": lambda has, says: has is not None and has < says,
        "_after": lambda has, says: has is not None and has >= says,
    },
    Sort.PART: {},
}


def _several(value: Any) -> Any:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def _fold_all(value: Any) -> Any:
    return tuple(_folded(each) for each in _several(value))


def _moment(value: datetime) -> datetime:
    """A bare day begins at midnight UTC."""
    return value if value.tzinfo else value.replace(tzinfo=UTC)


Numbers = Annotated[tuple[Number, ...], BeforeValidator(_several), Field(min_length=1)]
Words = Annotated[StrictStr, AfterValidator(plain_text)]
Texts = Annotated[tuple[Words, ...], BeforeValidator(_fold_all), Field(min_length=1)]
Moment = Annotated[datetime, AfterValidator(_moment)]


def _condition_types(trait: Trait) -> dict[str, Any]:
    """Each condition on a field, and the type of what it says."""
    found: dict[str, Any]
    match trait.sort:
        case Sort.ENUM:
            found = dict.fromkeys(TESTS[Sort.ENUM], _closed(trait))
        case Sort.NUMBER:
            found = {end: Number if end in _ORDERED else Numbers for end in TESTS[Sort.NUMBER]}
        case Sort.BOOL:
            found = {"": StrictBool}
        case Sort.MOMENT:
            found = dict.fromkeys(TESTS[Sort.MOMENT], Moment)
        case _:
            found = dict.fromkeys(TESTS[trait.sort], Texts)
    if trait.optional:
        found["_known"] = StrictBool
    return {trait.name + end: kind for end, kind in found.items()}


def _closed(trait: Trait) -> Any:
    members: Any = Literal[trait.words]
    several: Any = tuple[members, ...]
    return Annotated[several, BeforeValidator(_fold_all), Field(min_length=1)]


_ORDERED = frozenset({"_below", "_above", "_from", "_to"})
_CONDITIONS = {
    name: kind for trait in TRAITS.values() for name, kind in _condition_types(trait).items()
}
_TESTS: Mapping[str, tuple[Trait, Test]] = {
    trait.name + end: (trait, test)
    for trait in TRAITS.values()
    for end, test in (*TESTS[trait.sort].items(), ("_known", _known))
}


_Conditions: Any = sparse("_Conditions", _CONDITIONS)


class Conditions(_Conditions):  # type: ignore[misc] # made from the model, field by field
    """``when``: every condition of the table must hold; none at all fits every car."""

    model_config = ConfigDict(defer_build=False)  # once, for all who hold one

    def fits(self, listing: Listing) -> bool:
        """Whether a car is meant."""
        for name in self.model_fields_set:
            trait, test = _TESTS[name]
            if not test(trait.read(listing), getattr(self, name)):
                return False
        return True
