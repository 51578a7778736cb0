"""Runs a command and prints what its whole process tree cost, as JSON on the last line.

It is a program of its own because the kernel counts the memory of whoever starts a process as the
process's own, so the starter must be small: ``python -I -S launch.py COMMAND…``.
"""

import json
import os
import sys
import time

KIBIBYTE = 1024 if sys.platform != "darwin" else 1  # in what ru_maxrss counts


def main() -> None:
    """What the module says."""
    command = sys.argv[1:]
    silence = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    began = time.perf_counter()
    process = os.posix_spawnp(command[0], command, os.environ, file_actions=silence)
    _, status, used = os.wait4(process, 0)  # with all descendants that were waited for
    wall = time.perf_counter() - began
    cost = {
        "code": os.waitstatus_to_exitcode(status),
        "wall": wall,
        "cpu": used.ru_utime + used.ru_stime,
        "peak": used.ru_maxrss * KIBIBYTE,
    }
    sys.stdout.write(json.dumps(cost) + "\n")


if __name__ == "__main__":
    main()
