"""The record that a store keeps of a deploy: what is ours there, and as what it was sent."""

import zlib
from collections.abc import Mapping
from typing import Final

import msgspec

from syndicator.bucket import Bucket
from syndicator.errors import UsageError

RECORD: Final = ".syndicator/deployed.json.gz"  # no file of a build begins with a dot
VERSION: Final = 1
CLAIMED: Final = ""  # in place of a mark: it is ours, whatever it holds
MOST_BYTES: Final = 1 << 28  # unpacked
GZIP: Final = 31  # as zlib has it


class _Record(msgspec.Struct, frozen=True, kw_only=True):
    version: int
    files: dict[str, str]


class _Version(msgspec.Struct):
    version: int


def read(bucket: Bucket) -> tuple[dict[str, str], str]:
    """Path to mark of all that is ours, and what is wrong with the record, if anything.

    :raises UsageError: a newer program wrote it.
    """
    data = bucket.read(RECORD)
    if data is None:
        return {}, ""
    try:
        text = _unpacked(data)
        version = msgspec.json.decode(text, type=_Version).version
        files = msgspec.json.decode(text, type=_Record).files if version <= VERSION else None
    except (zlib.error, msgspec.MsgspecError, UnicodeError, RecursionError):
        return {}, f"{RECORD} is damaged; everything was compared with what is there"
    if files is None:
        raise UsageError(f"{RECORD}: written by a newer syndicator", hint="update syndicator")
    return files, ""


def write(bucket: Bucket, files: Mapping[str, str]) -> None:
    """Put the record in place of the last one."""
    text = msgspec.json.encode(_Record(version=VERSION, files=dict(files)), order="sorted")
    packer = zlib.compressobj(wbits=GZIP)  # with no time in it
    data = packer.compress(text) + packer.flush()
    headers = {"Content-Type": "application/gzip", "Cache-Control": "no-store"}
    bucket.write(RECORD, data, headers)


def _unpacked(data: bytes) -> bytes:
    unpacker = zlib.decompressobj(wbits=GZIP)
    text = unpacker.decompress(data, MOST_BYTES)
    if not unpacker.eof:
        raise zlib.error("is cut, or too large")
    return text
