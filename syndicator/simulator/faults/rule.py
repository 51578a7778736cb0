"""A fault as it is written, understood."""

import msgspec

from syndicator.mistakes import nearest
from syndicator.simulator.faults.effect import Effect, FaultError, Kind
from syndicator.simulator.faults.kinds import KINDS
from syndicator.simulator.faults.when import ALWAYS, When, times


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What happens, and at which requests; ``kind`` is how it is called."""

    kind: str
    effect: Effect
    when: When = ALWAYS


def parse(spec: str) -> Rule:
    """``KIND[=VALUE][;OPTION=VALUE...][@[PATH#]WHEN]``.

    :raises FaultError: it cannot be understood.
    """
    if not (spec.isascii() and spec.isprintable()):
        raise FaultError(f"fault {spec!r}: is not plain ASCII")
    what, at, numbers = spec.rpartition("@")
    first, *rest = (what if at else spec).split(";")
    name, _, value = (each.strip() for each in first.partition("="))
    try:
        kind = _kind(name)
        effect = kind.read(value, _options(kind, rest))
        return Rule(kind=name, effect=effect, when=times(numbers) if at else ALWAYS)
    except FaultError as mistake:
        raise FaultError(f"fault {spec!r}: {mistake.message}", hint=mistake.hint) from None


def _kind(name: str) -> Kind:
    if name not in KINDS:
        hint = nearest(name, KINDS) or f"one of {', '.join(KINDS)}"
        raise FaultError(f"unknown kind {name!r}", hint=hint)
    return KINDS[name]


def _options(kind: Kind, words: list[str]) -> dict[str, str]:
    options = {}
    for word in words:
        name, _, value = (each.strip() for each in word.partition("="))
        if name not in kind.options:
            hint = f"it is written {kind.syntax}"
            raise FaultError(f"unknown option {name!r}", hint=hint)
        options[name] = value
    return options
