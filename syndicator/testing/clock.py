"""Another time and another place, for code that must not notice."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, tzinfo
from types import ModuleType
from unittest import mock

_OWN = ("syndicator.testing.", "unittest.")


class _Stopped(type):
    """Real moments count as instances of the class that stands in for theirs."""

    real: type

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, cls.real)


@contextmanager
def clock(moment: datetime, zone: str) -> Iterator[None]:
    """Every loaded module that reads the clock reads this moment, in this time zone.

    :param zone: as ``TZ`` has it, such as ``Pacific/Apia``.
    """
    with ExitStack() as stack:
        stack.callback(time.tzset)  # called last, when the environment is as it was
        stack.enter_context(mock.patch.dict(os.environ, TZ=zone))
        seconds = moment.timestamp()
        stack.enter_context(mock.patch("time.time", return_value=seconds))
        stack.enter_context(mock.patch("time.time_ns", return_value=int(seconds) * 10**9))
        for real, fake in ((datetime, _datetime(moment)), (date, _date(moment))):
            for module, name in _holders(real):
                stack.enter_context(mock.patch.object(module, name, fake))
        time.tzset()
        yield


def _holders(real: type) -> list[tuple[ModuleType, str]]:
    return [
        (module, name)
        for key, module in list(sys.modules.items())
        if isinstance(module, ModuleType) and not key.startswith(_OWN)
        for name, value in list(vars(module).items())
        if value is real
    ]


def _datetime(moment: datetime) -> type:
    class Stopped(datetime, metaclass=_Stopped):
        real = datetime

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return moment.astimezone(tz) if tz else moment.astimezone().replace(tzinfo=None)

        @classmethod
        def utcnow(cls) -> datetime:  # type: ignore[override]
            return moment.replace(tzinfo=None)

    return Stopped


def _date(moment: datetime) -> type:
    class Stopped(date, metaclass=_Stopped):
        real = date

        @classmethod
        def today(cls) -> date:  # type: ignore[override]
            return moment.astimezone().date()

    return Stopped
