"""Modules that are loaded when they are first used: a command starts with what it needs."""

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any


class Late(ModuleType):
    """Stands for a module; whatever is asked of it, the module itself is asked.

    Python's own ``LazyLoader`` shows half a module to a second thread, before 3.11.9 and 3.12.3.
    """

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self.__name__), name)


def module(name: str) -> ModuleType:
    """The module of that name, whose code runs when anything of it is first asked for.

    :raises ModuleNotFoundError: there is none.
    """
    if find_spec(name) is None:
        raise ModuleNotFoundError(f"no module named {name!r}", name=name)
    return Late(name)
