"""Work in threads that nobody has to wait for."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


def begun(work: Callable[[], T]) -> Future[T]:
    """The work, in a daemon: a process that is asked to end does not wait for an answer."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - raised where the result is wanted
            future.set_exception(error)

    Thread(target=run, daemon=True).start()
    return future
