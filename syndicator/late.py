"""Modules that are loaded when they are first used: a command starts with what it needs."""

import sys
from importlib.util import LazyLoader, find_spec, module_from_spec
from types import ModuleType


def module(name: str) -> ModuleType:
    """The module of that name, whose code runs when anything of it is first asked for.

    :raises ModuleNotFoundError: there is none.
    """
    found = sys.modules.get(name)
    if found is not None:
        return found
    spec = find_spec(name)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"no module named {name!r}", name=name)
    loader = spec.loader = LazyLoader(spec.loader)
    made = sys.modules[name] = module_from_spec(spec)
    loader.exec_module(made)
    above, _, own = name.rpartition(".")
    if above:
        setattr(sys.modules[above], own, made)  # as an import would
    return made
