import errno
import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from syndicator.errors import LockedError, OutputError
from syndicator.lock import held

HOLD = """
import sys
from pathlib import Path
from syndicator.lock import held
with held(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / ".syndicator/lock"


def test_a_second_build_is_told_who_holds_the_lock_and_a_dead_one_holds_nothing(
    path: Path,
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(LockedError, match=rf"process {other.pid}, since 2\d{{3}}-"), held(path):
            pytest.fail("two builds at once")
        other.send_signal(signal.SIGKILL)
        other.wait()
        with held(path):
            assert path.exists()


def test_the_lock_is_free_after_the_body_even_if_it_fails(path: Path) -> None:
    with pytest.raises(KeyError), held(path):
        raise KeyError
    with held(path):
        assert str(os.getpid()) in path.read_text()


def test_one_process_cannot_hold_it_twice(path: Path) -> None:
    with held(path), pytest.raises(LockedError), held(path):
        pytest.fail("held twice")


def test_a_holder_that_did_not_sign_still_holds(path: Path) -> None:
    with held(path):
        path.write_bytes(b"?")
        with pytest.raises(LockedError, match=r"lock$"), held(path):
            pytest.fail("held twice")


def test_a_disk_without_locks_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(*_: object) -> None:
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    with pytest.raises(OutputError, match="cannot be locked"), held(path):
        pytest.fail("pretended to lock")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / ".syndicator").write_text("in the way")
    with pytest.raises(OutputError, match="syndicator"), held(tmp_path / ".syndicator/lock"):
        pytest.fail("locked nothing")
