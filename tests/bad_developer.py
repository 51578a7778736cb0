"""The process that decodes, with a codec that does what the last byte of a picture tells it to."""

import os
import signal
import sys
from enum import IntEnum

from syndicator import developer, renditions


class Fault(IntEnum):
    """What a codec may do to its process."""

    CRASH = 1
    HANG = 2
    SPIN = 3
    SWELL = 4
    LEAVE = 5
    RAISE = 6
    TALK = 7


develop = renditions.develop


def misled(data: bytes) -> renditions.Developed:
    """No format reads what stands behind its end."""
    match data[-1]:
        case Fault.CRASH:
            os.kill(os.getpid(), signal.SIGSEGV)
        case Fault.HANG:
            sys.stdin.readline()  # the thread that listens holds the door
        case Fault.SPIN:
            while True:
                pass
        case Fault.SWELL:
            bytearray(1 << 33)
        case Fault.LEAVE:
            os._exit(3)
        case Fault.RAISE:
            raise SystemError("inside of a codec")
        case Fault.TALK:
            sys.stdout.buffer.write(b"\0\0\0\5hello")
            sys.stdout.buffer.flush()
    return develop(data)


if __name__ == "__main__":
    renditions.develop = misled
    developer.CPU_SECONDS = int(*sys.argv[1:] or "1")
    developer.main()
