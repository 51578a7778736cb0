"""A sample of the crash loop; all of it: ``python -m tests.crash``."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
WELL = re.compile(
    r"\w+ +\S+ +(\d+) operations +(\d+) runs: 0 broken, 0 dead, 0 difference, 0 exit; ended (.*)"
)


def ended(scene: str, fault: str, *more: str, every: int = 150, deciding: int = 3) -> str:
    """How the builds ended that were disturbed, if nothing else is wrong.

    :param every: how many operations apart.
    :param deciding: the same for those by which a landing is decided, some 25.

    In a process of its own, which forks: this one may have threads.
    """
    command = [sys.executable, "-m", "tests.crash", "--scene", scene, "--fault", fault]
    command += ["--every", str(every), "--deciding", str(deciding), *more]
    command += ["--jobs", str(min(2, os.cpu_count() or 1))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    found = WELL.fullmatch(done.stdout.strip())
    assert found, done.stdout + done.stderr
    assert done.returncode == 0
    operations, runs, ends = found.groups()
    assert int(operations) > 300
    assert int(runs) > 10
    return ends


@pytest.mark.parametrize(("scene", "deciding"), [("first", 3), ("change", 1), ("dealer", 3)])
def test_case_92_whenever_it_is_killed_all_is_whole_and_the_next_build_mends_it(
    scene: str, deciding: int
) -> None:
    assert re.fullmatch(r"\d+ x -9", ended(scene, "kill", deciding=deciding))


def test_case_92_killed_within_a_write_no_half_file_is_ever_out() -> None:
    assert re.fullmatch(r"\d+ x -9", ended("change", "kill-half", deciding=1))


def test_case_95_a_disk_that_gets_full_anywhere_ends_the_build_and_keeps_what_is_out() -> None:
    assert re.fullmatch(r"\d+ x 7", ended("change", "ENOSPC"))


def test_case_97_an_error_of_close_fsync_or_rename_alone_is_noticed() -> None:
    words = [f"--word={word}" for word in ("close", "fsync", "replace")]
    assert re.fullmatch(r"([12] x 0, )?\d+ x 7", ended("change", "EIO", *words, every=6))


@pytest.mark.parametrize("fault", ["EIO", "EROFS", "EACCES"])
def test_whatever_else_the_disk_says_the_build_tells_and_the_next_one_mends_it(fault: str) -> None:
    assert re.fullmatch(r"([12] x 0, )?\d+ x 7", ended("change", fault))
