"""The fields of a listing that a configuration can name, and how their values compare. Pure.

The table is made from the model itself, so that a new field needs no line here.
"""

import enum
import types
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    create_model,
    model_serializer,
)

from syndicator.mistakes import wrong
from syndicator.models import CarPass, Feature, Listing, Money, Photo, Place


class Sort(enum.Enum):
    """How the values of a field compare."""

    TEXT = enum.auto()
    TEXTS = enum.auto()  # several: one must be like it
    NUMBER = enum.auto()
    ENUM = enum.auto()
    BOOL = enum.auto()
    MOMENT = enum.auto()
    PART = enum.auto()  # known or not; its own fields stand beside it


class Trait(msgspec.Struct, frozen=True):
    """A field that a condition can name: how it compares, where it is, and its closed values."""

    name: str
    sort: Sort
    read: Callable[[Listing], Any]
    closed: type[enum.StrEnum] | None = None
    part: str = ""  # the struct within the listing that holds it
    optional: bool = True  # may be unknown

    @property
    def words(self) -> tuple[str, ...]:
        """Its closed values."""
        return tuple(each.value for each in self.closed) if self.closed else ()


def _traits() -> dict[str, Trait]:
    hints = get_type_hints(Listing)
    found = (each for name in Listing.__struct_fields__ for each in _traits_of(name, hints[name]))
    return {each.name: each for each in found}


def _traits_of(name: str, hint: Any) -> list[Trait]:
    kind = _bare(hint)
    own: Callable[[Listing], Any] = attrgetter(name)
    if kind is Money:
        return [Trait(name, Sort.NUMBER, lambda car: _amount(own(car)))]
    if kind is CarPass or kind is Place:
        prefix = "car_pass_" if kind is CarPass else ""
        inner = get_type_hints(kind).items()
        return [Trait(name, Sort.PART, own), *(_inner(name, prefix, *each) for each in inner)]
    if kind == tuple[Photo, ...]:
        return [Trait(name, Sort.NUMBER, lambda car: len(own(car)), optional=False)]
    if kind == tuple[Feature, ...]:
        return [Trait(name, Sort.TEXTS, lambda car: [each.name for each in own(car)])]
    if kind == dict[str, str]:
        return [Trait(name, Sort.TEXTS, lambda car: list(own(car).values()))]
    sort = _sort(kind)
    closed = kind if sort is Sort.ENUM else None
    optional = kind is not hint or sort is Sort.TEXTS
    return [Trait(name, sort, own, closed, optional=optional)]


def _inner(part: str, prefix: str, name: str, hint: Any) -> Trait:
    """A field of a struct within the listing."""

    def read(listing: Listing) -> Any:
        return getattr(getattr(listing, part), name, None)

    return Trait(f"{prefix}{name}", _sort(_bare(hint)), read, part=part)


def _bare(hint: Any) -> Any:
    """The type without ``None``."""
    if get_origin(hint) in (Union, types.UnionType):
        (kind,) = [each for each in get_args(hint) if each is not types.NoneType]
        return kind
    return hint


def _sort(kind: Any) -> Sort:
    if kind == tuple[str, ...]:
        return Sort.TEXTS
    if isinstance(kind, type) and issubclass(kind, enum.StrEnum):
        return Sort.ENUM
    sorts = {str: Sort.TEXT, int: Sort.NUMBER, Decimal: Sort.NUMBER, bool: Sort.BOOL}
    return (sorts | {datetime: Sort.MOMENT})[kind]


def _amount(money: Money | None) -> Decimal | None:
    return money.amount if money else None


TRAITS: Mapping[str, Trait] = _traits()


WHOLE = frozenset(name for name, hint in get_type_hints(Listing).items() if _bare(hint) is int)
"""The numbers that have no decimals."""


class Sparse(BaseModel):
    """A table that is written with what was said only, and whose other keys are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    @model_serializer(mode="wrap")
    def _said(self, handler: Any) -> dict[str, Any]:
        return {key: each for key, each in handler(self).items() if key in self.model_fields_set}


def sparse(name: str, types_of: Mapping[str, Any]) -> Any:
    """A :class:`Sparse` model with these optional keys."""
    fields: Any = {key: (kind, None) for key, kind in types_of.items()}
    return create_model(name, __base__=Sparse, **fields)


def _no_bool(value: Any) -> Any:
    if isinstance(value, bool):
        raise wrong("must be a number")
    return value


Number = Annotated[Decimal, BeforeValidator(_no_bool), Field(allow_inf_nan=False)]
