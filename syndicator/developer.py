"""The program of a process that develops strangers' pictures, and does nothing else.

It is started as ``python -m syndicator.developer`` and asked over its standard input; answers go
to its standard output. It imports little, opens no file and no connection once it runs, and whoever
takes it over finds no key and little memory. Bytes are framed by their length; neither side trusts
the other with more than the types below.
"""

import os
import signal
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from typing import IO

import msgspec
from PIL import AvifImagePlugin, Image

from syndicator import renditions
from syndicator.renditions import Developed, Refused

if sys.platform != "win32":
    import resource

MEMORY_BYTES = 1280 << 20  # of which the largest picture that we take needs three quarters
CPU_SECONDS = 30  # of one picture
LIMITS = {"RLIMIT_AS": MEMORY_BYTES, "RLIMIT_CORE": 0, "RLIMIT_FSIZE": 0, "RLIMIT_NOFILE": 3}
HEAD = struct.Struct(">I")


class Look(msgspec.Struct, frozen=True, tag=True):
    """What picture is this? Answered by a :class:`Size`."""

    data: bytes


class Develop(msgspec.Struct, frozen=True, tag=True):
    """Make what was looked at ready; answered by a :class:`Shape`."""


class Print(msgspec.Struct, frozen=True, tag=True):
    """Make a copy of what was developed; answered by a :class:`Copy`."""

    width: int
    media_type: str


class Ready(msgspec.Struct, frozen=True, tag=True):
    """Said once, when questions may come."""


class Size(msgspec.Struct, frozen=True, tag=True):
    """In pixels, as the header has it."""

    width: int
    height: int


class Shape(msgspec.Struct, frozen=True, tag=True):
    """Of the widest copy, as in :class:`syndicator.renditions.Developed`."""

    widths: tuple[int, ...]
    height: int
    tint: str


class Copy(msgspec.Struct, frozen=True, tag=True):
    """A file."""

    data: bytes


class Refusal(msgspec.Struct, frozen=True, tag=True):
    """No copy can be had of this picture."""

    reason: str


Question = Look | Develop | Print
Answer = Ready | Size | Shape | Copy | Refusal

_questions = msgspec.msgpack.Decoder(Question)


class Developer:
    """Answers questions about one picture at a time."""

    def __init__(self) -> None:
        self._data = b""
        self._picture: Developed | None = None

    def answer(self, question: Question) -> Answer:
        """Whatever goes wrong is the picture's fault."""
        try:
            return self._answer(question)
        except Refused as error:
            return Refusal(str(error))
        except Exception as error:  # noqa: BLE001 - no list of what a codec raises is complete
            return Refusal(f"no copy can be made ({type(error).__name__})")

    def _answer(self, question: Question) -> Answer:
        match question:
            case Look(data):
                self._data, self._picture = data, None
                return Size(*renditions.size_of(data))
            case Develop():
                self._picture = made = renditions.develop(self._data)
                return Shape(made.widths, made.image.height, made.tint)
            case Print(width, media_type):
                if self._picture is None:
                    raise Refused("nothing is developed")
                return Copy(renditions.encode(self._picture, width, media_type))


def main() -> None:
    """Answer until the main process has no more to ask, or is no more."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # these are for the main process to heed
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    source, target = sys.stdin.buffer, sys.stdout.buffer
    questions: SimpleQueue[bytes] = SimpleQueue()
    Thread(target=listen, args=(source, questions.put), daemon=True).start()
    Image.init()  # all that is to be imported
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # there is a process for each core
    bound()
    developer = Developer()
    with renditions.quiet():
        send(target, Ready())
        while True:
            question = _questions.decode(questions.get())
            if isinstance(question, Look):
                allow_seconds(CPU_SECONDS)
            send(target, developer.answer(question))


def listen(source: IO[bytes], put: Callable[[bytes], None]) -> None:
    """Hand on what is asked; end this process with the last question, whatever it is doing."""
    for frame in frames(source):
        put(frame)
    os._exit(0)


def frames(source: IO[bytes], most: int = 1 << 26) -> Iterator[bytes]:
    """What the other side sent, piece by piece, until it has closed."""
    while len(head := source.read(HEAD.size)) == HEAD.size:
        (length,) = HEAD.unpack(head)
        if length > most:
            return
        data = source.read(length)
        if len(data) < length:
            return
        yield data


def send(target: IO[bytes], message: Question | Answer) -> None:
    """Send one piece."""
    data = msgspec.msgpack.encode(message)
    target.write(HEAD.pack(len(data)))
    target.write(data)
    target.flush()


def bound() -> None:
    """Give away for good what no picture needs, as far as this system knows how."""
    if sys.platform != "win32":
        for name, most in LIMITS.items():
            with suppress(AttributeError, OSError, ValueError):
                resource.setrlimit(getattr(resource, name), (most, most))


def allow_seconds(seconds: int) -> None:
    """End this process if it computes for longer than that from now on."""
    if sys.platform != "win32":
        used = resource.getrusage(resource.RUSAGE_SELF)
        until = int(used.ru_utime + used.ru_stime) + 1 + seconds
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CPU, (until, hard))


if __name__ == "__main__":
    main()
