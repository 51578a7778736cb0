"""Where strangers' pictures are decoded: in processes of their own, of which each may die of one.

A process is started when there is a picture to make, serves for many, and is replaced when a
picture has ended it. It gets no environment, so no key; what it sends back is read as data of a
few known types, and files are written by the main process alone.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from queue import LifoQueue
from threading import Event, Lock, Timer
from typing import Self, TypeAlias, TypeVar

import msgspec

from syndicator.developer import (
    CPU_SECONDS,
    Answer,
    Copy,
    Develop,
    Look,
    Print,
    Question,
    Ready,
    Refusal,
    Shape,
    Size,
    frames,
    send,
)
from syndicator.errors import OutputError
from syndicator.renditions import Refused

PROCESSES = min(4, os.cpu_count() or 1)
SECONDS = 120.0  # of one picture, and of a start, on a busy machine
MOST_DEATHS = 10  # of processes by pictures in one run: what is left then waits for the next
GREAT_PIXELS = (
    12_000_000  # larger ones are developed one at a time: each takes up to 16 bytes a pixel
)
PROGRAM = ("-m", "syndicator.developer")
HINT = 'is memory short? images = "remote" needs no such process'
INTERRUPTED = "interrupted"
KEPT = ("SYSTEMROOT", "PYTHONHOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")  # to start at all

Running: TypeAlias = "subprocess.Popen[bytes]"

_answers: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)
_Known = TypeVar("_Known", Ready, Size, Shape, Copy)


class Darkroom:
    """A few processes; a context manager that ends them, whatever they are doing."""

    def __init__(
        self,
        processes: int = PROCESSES,
        *,
        seconds: float = SECONDS,
        program: tuple[str, ...] = PROGRAM,
    ) -> None:
        self._all = [_Process(program, seconds) for _ in range(processes)]
        self._idle: LifoQueue[_Process] = LifoQueue()  # whoever was started goes first
        for each in self._all:
            self._idle.put(each)
        self._great = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for each in self._all:
            each.close()

    @contextmanager
    def developed(self, data: bytes) -> Iterator[tuple[Shape, Callable[[int, str], bytes]]]:
        """What a picture is like, and a function from width and media type to a copy of it.

        :raises Refused: as the function does: not one that we publish, or it ended its process.
        :raises OutputError: no process can be started.
        """
        process = self._idle.get()
        try:
            if sum(each.deaths for each in self._all) >= MOST_DEATHS:
                raise Refused("not developed: too many pictures before it have ended their process")
            process.start()
            size = process.ask(Look(data), Size)
            with self._room_for(size):
                shape = process.ask(Develop(), Shape)
            yield shape, lambda width, kind: process.ask(Print(width, kind), Copy).data
        finally:
            self._idle.put(process)

    def _room_for(self, size: Size) -> AbstractContextManager[object]:
        return self._great if size.width * size.height > GREAT_PIXELS else nullcontext()


class _Process:
    """One that is there when it is needed: it is started late, and anew when it has died."""

    def __init__(self, program: tuple[str, ...], seconds: float) -> None:
        self._program = program
        self._seconds = seconds
        self._door = Lock()
        self._running: Running | None = None
        self._closed = False
        self.deaths = 0  # of which pictures were the cause

    def close(self) -> None:
        """End it, and start no other."""
        with self._door:
            self._closed = True
            if self._running is not None:
                _end(self._running)

    def start(self) -> None:
        """See to it that it runs.

        :raises OutputError: it cannot be started, whatever the picture.
        """
        with self._door:
            if self._closed:
                raise Refused(INTERRUPTED)
            if self._running is not None:
                if self._running.poll() is None:
                    return
                _end(self._running)
            self._running = _started(self._program)
        try:
            self._exchange(self._running, None, Ready)
        except Refused as error:
            if self._closed:
                raise
            raise OutputError(
                f"the process that decodes photos does not start: it {error}", hint=HINT
            ) from None

    def ask(self, question: Question, kind: type[_Known]) -> _Known:
        """The answer, in time; whoever gives none, or a wrong one, is ended.

        :raises Refused: by the process, or because it is no more.
        """
        if self._running is None:
            raise Refused(INTERRUPTED)
        return self._exchange(self._running, question, kind)

    def _exchange(self, running: Running, question: Question | None, kind: type[_Known]) -> _Known:
        late = Event()
        timer = Timer(self._seconds, _kill_late, (running, late))
        timer.daemon = True
        timer.start()
        try:
            answer = _answer(running, question)
        except (
            OSError,
            ValueError,
            EOFError,
            msgspec.DecodeError,
        ):  # a closed pipe is a ValueError
            _end(running)
            self.deaths += 1
            if late.is_set():
                raise Refused(f"took more than {self._seconds:.0f} s") from None
            raise Refused(_end_of(running.returncode)) from None
        finally:
            timer.cancel()
        if isinstance(answer, Refusal):
            raise Refused(answer.reason)
        if not isinstance(answer, kind):
            _end(running)
            raise Refused("was answered with something else")
        return answer


def _started(program: tuple[str, ...]) -> Running:
    """A process that inherits nothing but where to find modules."""
    known = {name: os.environ[name] for name in KEPT if name in os.environ}
    paths = os.pathsep.join(str(Path(each).absolute()) for each in sys.path)
    try:
        return subprocess.Popen(  # noqa: S603 - the program is our own
            [sys.executable, "-P", "-s", *program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what codecs have to say of strangers' files
            env={**known, "PYTHONPATH": paths},
        )
    except OSError as error:
        raise OutputError(
            f"the process that decodes photos does not start: {error.strerror}", hint=HINT
        ) from error


def _kill_late(running: Running, late: Event) -> None:
    late.set()
    running.kill()


def _answer(running: Running, question: Question | None) -> Answer:
    if running.stdin is None or running.stdout is None:
        raise EOFError
    if question is not None:
        send(running.stdin, question)
    for frame in frames(running.stdout):
        return _answers.decode(frame)
    raise EOFError


def _end(running: Running) -> None:
    """At once, and wait until it is gone."""
    running.kill()
    running.wait()
    for pipe in (running.stdin, running.stdout):
        if pipe is not None:
            with suppress(OSError):  # what it was not told any more
                pipe.close()


def _end_of(code: int) -> str:
    """What became of a process, from its exit code."""
    if code == -getattr(signal, "SIGXCPU", 0):
        return f"took more than {CPU_SECONDS} s of computing"
    name = signal.Signals(-code).name if -code in {*map(int, signal.Signals)} else f"code {code}"
    return f"ended the process that decoded it ({name})"
