"""Runs libFuzzer on one check, with the stored corpus as its seeds; needs the extra ``fuzz``.

New inputs that reach new code go to a folder of their own, and what breaks a check to
``crash-*`` beside it: such a file becomes part of ``tests/fuzz/corpus`` together with the mend.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import atheris

CORPUS = Path(__file__).with_name("corpus")
LONGEST_BYTES = 8192
SLOWEST_SECONDS = 10

with atheris.instrument_imports(include=["syndicator"]):
    from tests.fuzz.checks import CHECKS


def main() -> None:
    """Fuzz until the time is up or a check fails."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("check", choices=sorted(CHECKS))
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--found", type=Path, help="where new inputs go; a temporary folder")
    asked = parser.parse_args()
    found = asked.found or Path(tempfile.mkdtemp(prefix="fuzz-"))
    found.mkdir(parents=True, exist_ok=True)
    options = [
        f"-max_total_time={asked.minutes * 60:.0f}",
        f"-max_len={LONGEST_BYTES}",
        f"-timeout={SLOWEST_SECONDS}",
        f"-artifact_prefix={found.parent / (found.name + '-')}",
        f"-dict={CORPUS / 'words.dict'}",
        "-print_final_stats=1",
        "-rss_limit_mb=1024",
    ]
    arguments = [sys.argv[0], *options, str(found), str(CORPUS / asked.check)]
    atheris.Setup(arguments, CHECKS[asked.check])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
