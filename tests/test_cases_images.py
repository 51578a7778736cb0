"""Pictures of strangers, by the numbers of the catalogue of faults: each costs itself at most."""

import io
import itertools
import resource
import signal
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from syndicator import darkroom
from syndicator.darkroom import MOST_DEATHS, Darkroom
from syndicator.developer import (
    HEAD,
    LIMITS,
    Copy,
    Develop,
    Developer,
    Look,
    Print,
    Refusal,
    Shape,
    frames,
    send,
)
from syndicator.errors import OutputError
from syndicator.fetch import Fetched, Fetcher
from syndicator.renditions import Refused
from tests.bad_developer import Fault
from tests.meddling import Meddled
from tests.world import KEY

BAD = ("-m", "tests.bad_developer")
HTML = b"<html><script>alert(1)</script></html>"


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), **options: Any) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", size, "#336699").save(data, kind, **options)
    return data.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    """Of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(*chunks: bytes, size: tuple[int, int] = (40, 30)) -> bytes:
    """A picture with these chunks before its pixels; its size may be a lie."""
    plain = picture()
    head = struct.pack(">II", *size) + plain[24:29]
    return plain[:8] + chunk(b"IHDR", head) + b"".join(chunks) + plain[33:]


def zeros(megabytes: int) -> bytes:
    """Deflated."""
    press = zlib.compressobj(9)
    return b"".join([*(press.compress(bytes(1 << 20)) for _ in range(megabytes)), press.flush()])


def lying(kind: str, size: tuple[int, int] = (16_000, 16_000)) -> bytes:
    """A WebP or AVIF that says in its head to be larger than what follows."""
    data = bytearray(picture(kind, size=(64, 64), **({"lossless": True} if kind == "WEBP" else {})))
    if kind == "WEBP":
        at = data.index(b"VP8L") + 9
        bits = int.from_bytes(data[at : at + 4], "little") & ~0xFFFFFFF
        data[at : at + 4] = (bits | (size[0] - 1) | (size[1] - 1) << 14).to_bytes(4, "little")
    else:
        at = data.index(b"ispe") + 8
        data[at : at + 8] = struct.pack(">II", *size)
    return bytes(data)


def with_exif(data: bytes) -> bytes:
    """A JPEG with metadata of our own."""
    segment = b"Exif\0\0" + data
    return b"\xff\xd8\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + picture("JPEG")[2:]


def animated_webp(frames_: int) -> bytes:
    """The same frame again and again."""
    two = io.BytesIO()
    first, second = Image.new("RGB", (20, 20), "#336699"), Image.new("RGB", (20, 20), "red")
    first.save(two, "WEBP", save_all=True, append_images=[second], duration=9, lossless=True)
    data = two.getvalue()
    at = data.index(b"ANMF")
    length = 8 + int.from_bytes(data[at + 4 : at + 8], "little")
    body = data[8:at] + data[at : at + length] * frames_
    return b"RIFF" + struct.pack("<I", len(body)) + body


LEFT_OUT = {
    "60 000 x 60 000": png(size=(60_000, 60_000)),
    "2 147 483 647 squared": png(size=(2**31 - 1, 2**31 - 1)),
    "41 megapixels": png(size=(8200, 5000)),
    "40 megapixels without pixels": png(size=(8000, 5000)),
    "WebP that lies": lying("WEBP"),
    "WebP that lies within bounds": lying("WEBP", (6000, 6000)),
    "AVIF that lies": lying("AVIF"),
    "GIF and script": b"GIF89a=1;alert(1);//" + picture("GIF")[20:],
    "script": b"alert(1)//",
    "page": HTML,
    "SVG": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "PDF": b"%PDF-1.7\n" + picture("JPEG"),
    "PDF of Pillow's": picture("PDF"),
    "EPS": picture("EPS"),
    "TIFF": picture("TIFF"),
    "ICO": picture("ICO"),
    "BMP": picture("BMP"),
    "GIF": picture("GIF"),
    "PPM": picture("PPM"),
    "JPEG 2000": picture("JPEG2000"),
    "gzip": b"\x1f\x8b\x08\0" + bytes(20),
    "cut JPEG": picture("JPEG", (400, 300))[:900],
    "cut PNG": picture()[:60],
    "cut WebP": picture("WEBP", (400, 300), lossless=True)[:40],
    "cut AVIF": picture("AVIF")[:-20],
    "nothing": b"",
    "one byte": b"\xff",
}
SHOWN = {
    "JPEG and page": picture("JPEG") + HTML,
    "page in a comment": picture("JPEG", comment=HTML),
    "page in a PNG": png(chunk(b"tEXt", b"Comment\0" + HTML)),
    "many texts": png(*[chunk(b"tEXt", b"a\0" + bytes(900)) for _ in range(2000)]),
    "4 GB of EXIF": with_exif(b"MM\0*\0\0\0\x08\0\1\x01\x12\0\3\xff\xff\xff\xff\xff\xff\xff\xff"),
    "EXIF in a circle": with_exif(b"MM\0*\0\0\0\x08\0\1\x87\x69\0\4\0\0\0\1\0\0\0\x08\0\0\0\x08"),
    "10 000 frames of APNG": png(chunk(b"acTL", struct.pack(">II", 10_000, 0))),
    "10 000 frames of WebP": animated_webp(10_000),
}
EITHER = {
    "AVIF that lies within bounds": lying("AVIF", (6000, 6000)),
    "a gigabyte of colour profile": png(chunk(b"iCCP", b"p\0\0" + zeros(1024))),
    "a gigabyte of text": png(chunk(b"zTXt", b"t\0\0" + zeros(1024))),
    "a gigabyte of international text": png(chunk(b"iTXt", b"t\0\1\0\0\0" + zeros(1024))),
}


@pytest.fixture(scope="module")
def room() -> Iterator[Darkroom]:
    with Darkroom(1) as opened:
        yield opened


@pytest.fixture(scope="module")
def bad_room() -> Iterator[Darkroom]:
    with Darkroom(1, seconds=20.0, program=BAD) as opened:
        yield opened


def copies(room: Darkroom, data: bytes) -> list[bytes]:
    """All that is made of a picture."""
    with room.developed(data) as (shape, copy):
        kinds = ("image/avif", "image/webp", "image/jpeg")
        return [copy(width, kind) for kind in kinds for width in shape.widths]


def process(room: Darkroom) -> "subprocess.Popen[bytes]":
    """The one that runs now."""
    (only,) = room._all
    assert only._running is not None
    return only._running


@pytest.mark.parametrize("name", LEFT_OUT)
def test_case_144_what_is_no_picture_of_ours_is_left_out(room: Darkroom, name: str) -> None:
    with pytest.raises(Refused):
        copies(room, LEFT_OUT[name])
    assert process(room).poll() is None  # not even a process was lost


@pytest.mark.parametrize("name", SHOWN)
def test_case_144_of_a_picture_that_hides_something_only_the_picture_is_shown(
    room: Darkroom, name: str
) -> None:
    made = copies(room, SHOWN[name])
    assert len(made) == 3
    for each in made:
        assert b"script" not in each
        assert len(each) < 5000
        assert getattr(Image.open(io.BytesIO(each)), "n_frames", 1) == 1


@pytest.mark.parametrize("name", EITHER)
def test_case_144_what_swells_costs_at_most_itself(room: Darkroom, name: str) -> None:
    with suppress(Refused):
        assert copies(room, EITHER[name])
    assert len(copies(room, picture())) == 3


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_case_144_the_largest_picture_that_we_take_fits_in(room: Darkroom, kind: str) -> None:
    data = io.BytesIO()
    fast = {"AVIF": {"speed": 10}, "WEBP": {"method": 0}, "PNG": {"compress_level": 1}}
    mode = "RGB" if kind == "JPEG" else "RGBA"
    Image.new(mode, (8000, 5000), "#33669980").save(data, kind, **fast.get(kind, {}))
    with room.developed(data.getvalue()) as (shape, copy):
        assert (shape.widths, shape.height) == ((480, 960, 1600), 1000)
        assert copy(480, "image/jpeg")


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault.CRASH, "SIGSEGV"),
        (Fault.SPIN, "s of computing"),
        (Fault.SWELL, "MemoryError"),
        (Fault.LEAVE, "code 3"),
        (Fault.RAISE, "SystemError"),
        (Fault.TALK, "ended the process|something else"),
    ],
)
def test_case_144_a_picture_that_breaks_its_decoder_costs_itself(
    bad_room: Darkroom, fault: Fault, reason: str
) -> None:
    before = copies(bad_room, picture())
    with pytest.raises(Refused, match=reason):
        copies(bad_room, picture() + bytes([fault]))
    assert copies(bad_room, picture()) == before


def test_case_144_a_picture_that_takes_for_ever_is_given_up() -> None:
    with Darkroom(1, program=BAD) as room:
        before = copies(room, picture())
        room._all[0]._seconds = 0.2
        with pytest.raises(Refused, match="took more than 0 s"):
            copies(room, picture() + bytes([Fault.HANG]))
        room._all[0]._seconds = darkroom.SECONDS
        assert copies(room, picture()) == before


def test_case_144_a_build_with_such_pictures_ends_well_and_counts_them(
    fresh: Meddled, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = itertools.count(1)

    def get(_self: Fetcher, _url: str) -> Fetched:
        fault = {1: Fault.CRASH, 2: Fault.LEAVE, 3: Fault.SWELL}.get(next(numbers), 0)
        return Fetched(picture() + bytes([fault]))

    monkeypatch.setattr(Fetcher, "get", get)
    monkeypatch.setattr("syndicator.mirror.Darkroom", partial(Darkroom, program=BAD))
    built = fresh.build("DEX-GENT", only=("showroom",), images="mirror")
    assert built.code == 0
    assert built.summary is not None
    assert built.summary.photos_missing == 3
    monkeypatch.setattr(Fetcher, "get", lambda _self, _url: Fetched(picture()))
    built = fresh.build("DEX-GENT", only=("showroom",), images="mirror")
    assert built.summary is not None
    assert built.summary.photos_missing == 0


def test_case_144_a_process_has_no_key_and_little_of_anything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OKASIE_API_SECRET", KEY)
    started: list[dict[str, Any]] = []
    start = subprocess.Popen

    def noted(*arguments: Any, **how: Any) -> Any:
        started.append({"arguments": arguments, **how})
        return start(*arguments, **how)

    monkeypatch.setattr(darkroom.subprocess, "Popen", noted)
    with Darkroom(2) as room:
        copies(room, picture())
        copies(room, picture())
        (running,) = (each._running for each in room._all if each._running)
        if sys.platform == "linux":
            assert {
                name: resource.prlimit(running.pid, getattr(resource, name)) for name in LIMITS
            } == {name: (most, most) for name, most in LIMITS.items()}
            assert KEY.encode() not in Path(f"/proc/{running.pid}/environ").read_bytes()
    assert running.poll() is not None
    assert len(started) == 1  # it served for both
    assert KEY not in repr(started)


def test_case_144_no_process_is_started_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(darkroom.subprocess, "Popen")
    with Darkroom():
        pass


def test_case_144_a_process_that_cannot_start_is_no_bad_picture() -> None:
    with (
        Darkroom(1, program=("-c", "raise SystemExit(3)")) as room,
        pytest.raises(OutputError, match=r"does not start.*code 3"),
    ):
        copies(room, picture())


def test_case_144_signals_are_for_the_main_process(room: Darkroom) -> None:
    copies(room, picture())
    running = process(room)
    for number in (signal.SIGINT, signal.SIGTERM):
        running.send_signal(number)
    assert len(copies(room, picture())) == 3
    assert process(room) is running


def test_case_144_a_process_ends_with_the_main_one_even_at_work() -> None:
    patient = [sys.executable, *BAD, "60"]  # seconds of computing: its own limit is not meant here
    with subprocess.Popen(patient, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        answers = frames(running.stdout)
        next(answers)
        send(running.stdin, Look(picture() + bytes([Fault.SPIN])))
        next(answers)
        send(running.stdin, Develop())
        running.stdin.close()  # as it is when the main process was killed
        assert running.wait(60) == 0


def test_case_144_a_run_ends_with_a_few_pictures_that_break_their_decoder() -> None:
    reasons = []
    with Darkroom(1, program=BAD) as room:
        for _ in range(MOST_DEATHS + 2):
            with pytest.raises(Refused) as refused:
                copies(room, picture() + bytes([Fault.LEAVE]))
            reasons.append(str(refused.value))
    assert len(set(reasons[:MOST_DEATHS])) == 1
    assert set(reasons[MOST_DEATHS:]) == {
        "not developed: too many pictures before it have ended their process"
    }


def test_a_room_that_is_closed_starts_nothing_more() -> None:
    with Darkroom(1) as room:
        copies(room, picture())
        running = process(room)
    with pytest.raises(Refused, match="interrupted"):
        copies(room, picture())
    assert running.poll() is not None


def test_questions_out_of_order_are_refused() -> None:
    developer = Developer()
    assert isinstance(developer.answer(Print(40, "image/jpeg")), Refusal)
    assert isinstance(developer.answer(Develop()), Refusal)
    developer.answer(Look(picture()))
    assert isinstance(developer.answer(Develop()), Shape)
    assert isinstance(developer.answer(Print(40, "image/jpeg")), Copy)
    assert isinstance(developer.answer(Print(40, "image/gif")), Refusal)
    developer.answer(Look(picture()))
    assert isinstance(developer.answer(Print(40, "image/jpeg")), Refusal)


def test_a_frame_is_whole_or_none() -> None:
    whole = HEAD.pack(2) + b"ab"
    assert list(frames(io.BytesIO(whole * 2))) == [b"ab", b"ab"]
    for cut in range(len(whole)):
        assert list(frames(io.BytesIO(whole[:cut]))) == []
    assert list(frames(io.BytesIO(HEAD.pack(1 << 31) + bytes(9)))) == []
