"""What a rule may do: leave a car out, or say something else of it. Pure."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

import msgspec
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
    model_validator,
)

from syndicator.conditions import Conditions
from syndicator.mistakes import nearest, wrong
from syndicator.models import CarPass, Listing, Place
from syndicator.traits import TRAITS, WHOLE, Number, Sort, Trait, sparse
from syndicator.values import plain_text, web_address

FIXED = frozenset(["id", "dealer_id", "status", "created", "updated", "sold", "originals", "price"])
"""Fields that no rule may change: who, when, and the price, which is the same everywhere."""

MONTH = r"[12]\d{3}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?"
ADDRESSES = ("url", "car_pass_url")
FROM_ONE = ("year", "gears", "doors", "seats", "weight_kg")  # where nought is no number
LARGEST = 10**7


def _setting_type(trait: Trait) -> Any:
    """What a field may be set to: nothing that the gate would not let in."""
    match trait.sort:
        case Sort.ENUM:
            return Literal[trait.words]
        case Sort.NUMBER if trait.name in WHOLE:
            least = 1 if trait.name in FROM_ONE else 0
            return Annotated[StrictInt, Field(ge=least, le=LARGEST)]
        case Sort.NUMBER:
            return Annotated[Number, Field(gt=0, le=LARGEST)]
        case Sort.BOOL:
            return StrictBool
        case _:
            return _text_type(trait.name)


def _text_type(name: str) -> Any:
    if name == "first_registration":
        return Annotated[StrictStr, Field(pattern=f"^{MONTH}$")]
    return Annotated[StrictStr, AfterValidator(_address if name in ADDRESSES else plain_text)]


def _address(value: str) -> str:
    web_address(value.partition("?")[0].partition("#")[0])
    return value


SETTABLE: Mapping[str, Trait] = {
    name: trait
    for name, trait in TRAITS.items()
    if name not in FIXED
    and name not in ("photos", "latitude", "longitude")
    and trait.sort in (Sort.TEXT, Sort.NUMBER, Sort.ENUM, Sort.BOOL)
}
_Settings: Any = sparse("_Settings", {name: _setting_type(each) for name, each in SETTABLE.items()})


class Settings(_Settings):  # type: ignore[misc] # made from the model, field by field
    """``set``: what the feed says of the car instead of what the seller said."""

    model_config = ConfigDict(defer_build=False)  # once, for all who hold one

    def put(self, listing: Listing) -> Listing:
        """The listing with these values."""
        said = {name: getattr(self, name) for name in self.model_fields_set}
        return replaced(listing, said)


def _unset(name: str) -> str:
    trait = TRAITS.get(name)
    if trait is None or not trait.optional or trait.part or name in FIXED:
        may = sorted(n for n, t in TRAITS.items() if t.optional and not t.part and n not in FIXED)
        raise wrong(f"{name!r} is no field that can be left out", nearest(name, may))
    return name


class Rule(BaseModel):
    """``when`` says which cars; ``drop`` leaves them out, ``set`` and ``unset`` change them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    when: Conditions = Conditions()
    drop: StrictBool = False
    set: Settings = Settings()
    unset: tuple[Annotated[str, AfterValidator(_unset)], ...] = ()

    @model_validator(mode="after")
    def _does_one_thing(self) -> Self:
        changes = bool(self.set.model_fields_set or self.unset)
        if self.drop and changes:
            raise wrong("drops the car and changes it", "write two rules")
        if not (self.drop or changes):
            raise wrong("does nothing", "say drop = true, set = {...} or unset = [...]")
        return self

    def changed(self, listing: Listing) -> Listing:
        """A car that is meant, as this rule wants it."""
        listing = self.set.put(listing)
        gone = {name: () if TRAITS[name].sort is Sort.TEXTS else None for name in self.unset}
        return msgspec.structs.replace(listing, **gone) if gone else listing


def check_maps(maps: Mapping[str, Mapping[str, str]]) -> None:
    """Refuse value maps that name no field, or a word that its field cannot have."""
    for name, words in maps.items():
        trait = SETTABLE.get(name)
        if trait is None or trait.sort not in (Sort.TEXT, Sort.ENUM):
            texts = [n for n, t in SETTABLE.items() if t.sort in (Sort.TEXT, Sort.ENUM)]
            raise wrong(f"{name!r} is no field of words", nearest(name, texts))
        for word in words.values():
            plain_text(word)
        if trait.closed is not None:
            for word in (*words, *words.values()):
                if word not in trait.words:
                    raise wrong(f"{name} cannot be {word!r}", f"it is {', '.join(trait.words)}")


def mapped(listing: Listing, maps: Mapping[str, Mapping[str, str]]) -> Listing:
    """The listing with every mapped word replaced; words are compared without case."""
    said: dict[str, Any] = {}
    for name, words in maps.items():
        has = TRAITS[name].read(listing)
        for word, instead in words.items():
            if has is not None and has.casefold() == word.casefold():
                said[name] = instead
    return replaced(listing, said) if said else listing


def replaced(listing: Listing, said: Mapping[str, Any]) -> Listing:
    """The listing with these plain values, as the configuration writes them.

    A value that is set is known: what the seller called it otherwise is forgotten.
    """
    fields: dict[str, Any] = {}
    for name, value in said.items():
        trait = TRAITS[name]
        if trait.part:
            inner = name.removeprefix("car_pass_") if trait.part == "car_pass" else name
            part = fields.get(trait.part) or getattr(listing, trait.part) or _EMPTY[trait.part]
            fields[trait.part] = msgspec.structs.replace(part, **{inner: value})
        else:
            fields[name] = trait.closed(value) if trait.closed else value
    originals = {each: word for each, word in listing.originals.items() if each not in fields}
    return msgspec.structs.replace(listing, **fields, originals=originals)


_EMPTY: Mapping[str, Any] = {"car_pass": CarPass(), "place": Place()}
