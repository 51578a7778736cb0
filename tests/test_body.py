import gzip
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicator.errors import AnswerError
from syndicator.source import body

MIB = 1024**2


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


PACKERS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("", bytes),
    ("identity", bytes),
    ("gzip", gzip.compress),
    (" GZIP ", gzip.compress),
    ("deflate", zlib.compress),
    ("deflate", raw_deflate),
]


@given(st.binary(max_size=5_000), st.integers(1, 700), st.sampled_from(PACKERS))
def test_a_body_comes_out_as_it_went_in(
    data: bytes, size: int, packer: tuple[str, Callable[[bytes], bytes]]
) -> None:
    encoding, pack = packer
    packed = pack(data)
    chunks = [packed[at : at + size] for at in range(0, len(packed), size)]
    assert body.read([b"", *chunks], encoding, MIB) == data


@pytest.mark.parametrize(("encoding", "pack"), PACKERS)
def test_a_body_beyond_the_cap_is_refused_before_it_is_unpacked(
    encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    packed = pack(bytes(2 * MIB))
    assert len(body.read([packed], encoding, 2 * MIB)) == 2 * MIB
    with pytest.raises(body.TooLarge, match="1 MiB"):
        body.read([packed, b"never looked at"], encoding, MIB)


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_compressed_body_that_is_cut_or_broken_is_refused(encoding: str) -> None:
    packed = gzip.compress(b"x" * 999) if encoding == "gzip" else zlib.compress(b"x" * 999)
    with pytest.raises(AnswerError, match="cut short"):
        body.read([packed[:-4]], encoding, MIB)
    with pytest.raises(AnswerError, match="decompressed"):
        body.read([b"\xff" + packed], encoding, MIB)


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "x"])
def test_what_was_not_asked_for_is_refused(encoding: str) -> None:
    with pytest.raises(AnswerError, match="not asked for"):
        body.read([b"x"], encoding, MIB)
