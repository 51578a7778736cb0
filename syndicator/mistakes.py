"""Mistakes in a configuration, in plain words with a hint, all of them at once. Pure."""

import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, get_args

import msgspec
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from syndicator.errors import UsageError

SHOWN_CHARACTERS = 40
MEANT_SECRETLY = re.compile(r"secret|token|password|api_?key|webhook")

LOOKS_SECRET = re.compile(r"(?=.*\d)(?=.*[A-Za-z])(?!.*://)(?![0-9a-fA-F-]{36}$)[!-~]{24,}")

PHRASES = {
    "missing": "is missing",
    "string_type": "must be text in quotes",
    "path_type": "must be text in quotes",
    "string_too_short": "is empty",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "decimal_type": "must be a number",
    "decimal_parsing": "must be a number",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "too_short": "has too few entries",
}


class Mistake(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that somebody must correct: where, what is wrong, what to do."""

    where: str
    what: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" if self.where else self.what


def refusal(mistakes: Sequence[Mistake]) -> UsageError:
    """The error for one or more mistakes; of several, each has a line of its own, hint included."""
    if len(mistakes) == 1:
        return UsageError(str(mistakes[0]), hint=mistakes[0].hint)
    lines = (f"{each} ({each.hint})" if each.hint else str(each) for each in mistakes)
    return UsageError("\n".join(lines))


def nearest(word: str, known: Iterable[str]) -> str:
    """``did you mean 'languages'?``, or empty where nothing comes near."""
    by_folded = {each.casefold(): each for each in known}
    found = difflib.get_close_matches(word.casefold(), by_folded, n=1)
    return f"did you mean {by_folded[found[0]]!r}?" if found else ""


def wrong(what: str, hint: str = "") -> PydanticCustomError:
    """What a validator raises: words of our own, and what to do."""
    return PydanticCustomError("wrong", "{what}", {"what": what, "hint": hint})


def found_by_pydantic(
    error: ValidationError,
    model: type[BaseModel],
    *,
    prefix: str = "",
    options: bool = False,
    others: Collection[str] = (),
) -> Iterator[Mistake]:
    """Each mistake of a table, as ``site.langages: unknown key``.

    :param model: the class that was validated; its fields are what a hint chooses from.
    :param prefix: where the table stands in the file.
    :param options: the keys are an exporter's options: ``feeds.atom: unknown option 'limitt'``.
    :param others: further keys that the table may hold.
    """
    for details in error.errors(include_url=False):
        location = [prefix, *details["loc"]] if prefix else [*details["loc"]]
        what = _what(details)
        if options and details["type"] == "extra_forbidden" and len(details["loc"]) == 1:
            what = f"unknown option {location.pop()!r}"
        hint = _hint(details, model, others)
        yield _hushed(Mistake(where=_path(location), what=what, hint=hint), details["input"])


def _hushed(mistake: Mistake, value: object) -> Mistake:
    """The mistake without a value that may be a key, pasted into the wrong place."""
    if not isinstance(value, str) or not LOOKS_SECRET.fullmatch(value.strip()):
        return mistake
    what = mistake.what
    for shown in (repr(value), repr(value.strip()), _shown(value)):
        what = what.replace(shown, f"a text of {len(value)} characters")
    hint = "" if mistake.hint.startswith("write ") else mistake.hint
    return Mistake(where=mistake.where, what=what, hint=hint)


def _what(details: ErrorDetails) -> str:
    kind = details["type"]
    if kind == "extra_forbidden":
        return "unknown key"
    if kind in ("literal_error", "enum"):
        return f"{_shown(details['input'])} is none of {details['ctx']['expected']}"
    phrase = PHRASES.get(kind)
    return phrase or details["msg"].removeprefix("Value error, ").replace("Input ", "", 1)


def _hint(details: ErrorDetails, model: type[BaseModel], others: Collection[str]) -> str:
    kind, value, context = details["type"], details["input"], details.get("ctx", {})
    if kind == "extra_forbidden":
        return _hint_for_key(details["loc"], model, others)
    if kind in ("literal_error", "enum"):
        return nearest(str(value), re.findall(r"'([^']+)'", context["expected"]))
    if kind == "tuple_type" and isinstance(value, str):
        return f"write [{value!r}]"
    if kind == "tuple_type" and isinstance(value, dict):
        return f"write [[{_path(details['loc'])}]]"
    return str(context.get("hint", ""))


def _hint_for_key(
    location: Sequence[str | int], model: type[BaseModel], others: Collection[str]
) -> str:
    key = str(location[-1])
    if MEANT_SECRETLY.search(key.casefold()):
        return "a secret belongs in the environment or in .env, never in this file"
    keys = {name for each in _models_at(model, location[:-1]) for name in _keys(each)}
    return nearest(key, sorted(keys.union(others if len(location) == 1 else ())))


def _models_at(model: type[BaseModel], path: Sequence[str | int]) -> list[type[BaseModel]]:
    """The tables that may stand at a path; positions, free keys and union tags change nothing."""
    models = [model]
    for step in path:
        fields = [
            field.annotation
            for each in models
            for name, field in each.model_fields.items()
            if step in (name, field.alias)
        ]
        models = [found for annotation in fields for found in _models_in(annotation)] or models
    return models


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)


def _keys(model: type[BaseModel]) -> Iterator[str]:
    return (field.alias or name for name, field in model.model_fields.items())


def _path(location: Sequence[str | int]) -> str:
    """``("targets", 0, "slug")`` as ``targets[0].slug``."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{_printable(step)}" for step in location)
    return "".join(steps).removeprefix(".").removesuffix(".[key]")


def _printable(key: str) -> str:
    return key if key.isprintable() else repr(key)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "..."
