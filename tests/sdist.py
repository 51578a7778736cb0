"""Checks a source distribution, and that a wheel built from it is the one built from the checkout.

``python -m tests.sdist dist/syndicator-….tar.gz dist/syndicator-….whl again/syndicator-….whl``; in
a clone, where nothing lies around. The first wheel is of the checkout, the second of the archive.
"""

import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent
METADATA = "PKG-INFO"  # what the build backend adds


def kept(root: Path = ROOT) -> dict[str, bytes]:
    """Every file that git has, as it stands in the checkout."""
    told = subprocess.run(
        ["git", "ls-files", "-z"], cwd=root, check=True, capture_output=True, text=True
    )
    return {name: (root / name).read_bytes() for name in told.stdout.split("\0") if name}


def packed(archive: Path) -> dict[str, bytes]:
    """The files of a source distribution, by their path in its one folder.

    :raises ValueError: there is something else than files in that folder.
    """
    top = archive.name.removesuffix(".tar.gz")
    found: dict[str, bytes] = {}
    with tarfile.open(archive) as tar:
        for member in tar:
            folder, _, name = member.name.partition("/")
            if folder != top or ".." in member.name.split("/") or not member.isfile():
                raise ValueError(f"{member.name}: is no file in {top}/")
            stream = tar.extractfile(member)
            assert stream is not None
            found[name] = stream.read()
    return found


def zipped(wheel: Path) -> dict[str, bytes]:
    """The files of a wheel; RECORD among them has the digests of all others."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def differences(wanted: Mapping[str, bytes], found: Mapping[str, bytes]) -> Iterator[str]:
    """One line for each file that is missing, surplus or another."""
    for name in sorted(wanted.keys() | found.keys()):
        if name not in found:
            yield f"missing: {name}"
        elif name not in wanted:
            yield f"surplus: {name}"
        elif wanted[name] != found[name]:
            yield f"differs: {name}"


def main() -> None:
    source, wheel, again = map(Path, sys.argv[1:])
    files = packed(source)
    about = files.pop(METADATA, b"")
    faults = [] if about else [f"missing: {METADATA}"]
    faults += [f"{source.name}: {each}" for each in differences(kept(), files)]
    faults += [f"{again}: {each}" for each in differences(zipped(wheel), zipped(again))]
    for each in faults:
        print(each)  # noqa: T201 - a program
    print(f"{len(files)} files in the source distribution")  # noqa: T201
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
