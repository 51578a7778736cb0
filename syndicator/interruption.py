"""Signals that ask the process to end, as an exception that unwinds what is at work."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from types import FrameType
from typing import NoReturn

from syndicator.errors import Stopped

SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
MOMENT_SECONDS = 0.05


@contextmanager
def stoppable() -> Iterator[None]:
    """Let SIGTERM and SIGHUP unwind as Ctrl-C does; a second signal ends at once.

    A signal that is ignored, as under ``nohup``, stays ignored. One that comes while Python clears
    an object away, where whatever is raised gets lost, is sent once more.
    """

    def stop(number: int, _frame: FrameType | None) -> NoReturn:
        for each in before:
            signal.signal(each, signal.SIG_DFL)
        raise Stopped(number)

    def listen() -> None:
        for each in before:
            signal.signal(each, stop)

    def lost(unraisable: "sys.UnraisableHookArgs") -> None:
        if isinstance(unraisable.exc_value, Stopped):
            listen()
            again = Timer(MOMENT_SECONDS, os.kill, (os.getpid(), unraisable.exc_value.number))
            again.daemon = True
            again.start()
        else:
            hook(unraisable)

    before = {each: signal.getsignal(each) for each in SIGNALS}
    before = {each: handler for each, handler in before.items() if handler != signal.SIG_IGN}
    hook, sys.unraisablehook = sys.unraisablehook, lost
    listen()
    try:
        yield
    finally:
        sys.unraisablehook = hook
        for each, handler in before.items():
            signal.signal(each, handler)
