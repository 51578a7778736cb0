"""How far something is, on a terminal."""

from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
)

LONGEST = 48  # characters of a name


class Bars:
    """One bar for each thing that is under way; they vanish at the end.

    :param printable: makes a name fit for a terminal.
    """

    def __init__(self, printable: Callable[[str], str]) -> None:
        self._printable = printable
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            console=Console(stderr=True, highlight=False),
            transient=True,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def move(self, what: str, done: int, total: int | None) -> None:
        """Show how far one thing is."""
        if what not in self._tasks:
            label = self._printable(what)[:LONGEST]
            self._tasks[what] = self._progress.add_task(label, total=total)
        self._progress.update(self._tasks[what], completed=done, total=total)
