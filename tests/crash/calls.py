"""The same loop by the system's own calls, SQLite's among them: Linux, with strace.

``python -m tests.crash.calls --every 10``: each n-th call of a kind fails, or kills the build. A
call may fail where nothing depends on it; then the build must be the new one all the same.
"""

import argparse
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from syndicator import journal
from tests.crash.__main__ import report
from tests.crash.loop import EMPTY, Fate, Run, after, apart, dead, ready, tree
from tests.crash.scenes import SCENES, Ready, restore

CALLS = (
    *("write", "pwrite64", "fsync", "fdatasync", "ftruncate", "fchmod"),
    *("rename", "unlink", "unlinkat", "mkdir", "rmdir"),
)
FAULTS = {
    "ENOSPC": "error=ENOSPC:when={}+",
    "EIO": "error=EIO:when={}",
    "kill": "signal=KILL:when={}",
}


def traced(calls: str, *more: str) -> Callable[[int], None]:
    """What attaches strace to a process that waits."""

    def attach(process: int) -> None:
        command = ["strace", "-f", "-e", f"trace={calls}", *more, "-p", str(process)]
        tracer = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)  # ends with it
        assert tracer.stderr is not None
        line = tracer.stderr.readline()
        assert "attached" in line, line

    return attach


def counted(scene: Ready, folder: Path) -> Counter[str]:
    """How often an undisturbed build makes each call."""
    restore(scene)
    log = folder / "calls"
    assert apart(scene.world, 1, attach=traced(",".join(CALLS), "-o", str(log))).codes == (0,)
    words = [line.split()[1].partition("(")[0] for line in log.read_text().splitlines()]
    return Counter(word for word in words if word in CALLS)


def disturbed(name: str, scene: Ready, call: str, fault: str, number: int) -> Run:
    """Disturb the n-th of these calls, from 1 on."""
    restore(scene)
    inject = f"inject={call}:{FAULTS[fault].format(number)}"
    fate = apart(scene.world, 1, attach=traced(call, "-e", inject, "-o", "/dev/null"))
    code = -fate.signal if fate.signal else fate.codes[0]
    faults = (*judged(scene, fate, fault), *after(scene))
    return Run(name, f"{fault} {call}", number, (call, str(number)), code, faults)


def judged(scene: Ready, fate: Fate, fault: str) -> Iterator[tuple[str, str]]:
    """What is wrong with a disturbed build."""
    out = tree(scene.world.output)
    if fault != "kill" and fate.codes != (7,) and (fate.codes != (0,) or out != scene.new):
        yield "exit", f"{fate.signal} {fate.codes}: {fate.said}"
    for path, found in out.items():
        if found not in (scene.old.get(path), scene.new.get(path), EMPTY):
            yield "broken", f"{path} is {found}"
    decided = journal.exists(scene.world.folder / ".syndicator")
    if not decided and out not in (scene.old, scene.new):
        yield "broken", "it is no build"
    yield from (("dead", each) for each in dead(scene.world.output, scene.old, out))


def main(arguments: Sequence[str] | None = None) -> int:
    """The program."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash.calls", description=__doc__)
    parser.add_argument("--scene", action="append", choices=SCENES, help="repeatable; change")
    parser.add_argument("--call", action="append", choices=CALLS, help="repeatable; all")
    parser.add_argument("--every", type=int, default=1, metavar="K", help="each K-th call")
    asked = parser.parse_args(arguments)
    well = True
    with tempfile.TemporaryDirectory(prefix="syndicator-crash-") as base:
        for name in asked.scene or ["change"]:
            scene = ready(name, Path(base, name))
            calls = counted(scene, Path(base))
            for call, count in sorted(calls.items()):
                for fault in FAULTS if call in (asked.call or CALLS) else ():
                    numbers = range(1, count + 1, asked.every)
                    runs = [disturbed(name, scene, call, fault, each) for each in numbers]
                    well &= report(name, f"{fault} {call}", count, runs)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
