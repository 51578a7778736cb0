import base64
import json
from pathlib import Path
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicator import disk
from syndicator.contract import Kind
from syndicator.disguise import forms
from syndicator.errors import OutputError
from syndicator.stage import Stage, Staged
from syndicator.verify import _Json, verify

SECRET = "s3cr3t/k€y+with=everything"


def stage(folder: Path, path: str, data: bytes) -> Staged:
    return Stage(folder / "stage").write(path, [data], Kind.FEED)


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a.xml", b"<?xml version='1.0' encoding='UTF-8'?><a>\xe2\x82\xac</a>"),
        ("a.svg", b"<svg/>"),
        ("a.html", b"<!doctype html><p>x</p></html>\n"),
        ("a.json", b'{"a": [1, "\xe2\x82\xac"]}'),
        ("a.css", b"<a>"),
        ("_headers", b""),
        ("long.xml", b"<a>" + b"<b>x</b>" * 200_000 + b"</a>"),
    ],
)
def test_sound_files_pass(tmp_path: Path, path: str, data: bytes) -> None:
    verify([stage(tmp_path, path, data)], forms(SECRET))


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a.xml", b""),
        ("a.xml", b"<a>"),
        ("a.xml", b"<a/><b/>"),
        ("a.xml", b"<a>&#0;</a>"),
        ("a.xml", b"<a>\xff</a>"),
        ("a.xml", b"<a>&nbsp;</a>"),
        ("a.xml", b"<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>"),
        ("a.xsd", b"<a></b>"),
        ("a.html", b"<!doctype html><p>cut off"),
        ("a.html", b""),
        ("a.json", b'{"a": NaN}'),
        ("a.json", b'{"a": 1'),
        ("a.json", b'{"a": "\xff"}'),
        ("a.json", b""),
    ],
)
def test_unsound_files_are_named(tmp_path: Path, path: str, data: bytes) -> None:
    good = stage(tmp_path, "good.html", b"</html>")
    with pytest.raises(OutputError, match=rf"^{path}: "):
        verify([good, stage(tmp_path, path, data)])


@pytest.mark.parametrize(
    "text",
    [
        SECRET.encode(),
        quote(SECRET, safe="").encode(),
        base64.b64encode(SECRET.encode()),
        base64.urlsafe_b64encode(b"u:" + SECRET.encode() + b"!"),
    ],
)
def test_the_secret_is_found_wherever_it_stands(tmp_path: Path, text: bytes) -> None:
    for before in (0, disk.CHUNK_BYTES - 5, disk.CHUNK_BYTES * 2 - len(text)):
        staged = stage(tmp_path / str(before), "a.css", b"." * before + text + b".")
        with pytest.raises(OutputError, match="holds the API key") as caught:
            verify([staged], forms(SECRET))
        assert SECRET not in str(caught.value)


def test_a_path_that_holds_the_secret_is_found_and_not_repeated(tmp_path: Path) -> None:
    staged = stage(tmp_path, "feeds/topsecret.xml", b"<a/>")
    with pytest.raises(OutputError) as caught:
        verify([staged], forms("topsecret"))
    assert "topsecret" not in str(caught.value)


def test_no_secret_finds_nothing(tmp_path: Path) -> None:
    verify([stage(tmp_path, "a.css", b"abc")], [b"", b"abc"])


@given(st.binary(max_size=9), st.text(min_size=8, max_size=40), st.binary(max_size=9))
def test_base64_hides_the_secret_nowhere(before: bytes, secret: str, after: bytes) -> None:
    text = base64.b64encode(before + secret.encode() + after)
    assert any(form in text for form in forms(secret))


def test_a_file_changed_after_staging_is_found(tmp_path: Path) -> None:
    staged = stage(tmp_path, "a.css", b"abc")
    Path(str(staged.file)).write_bytes(b"abd")
    with pytest.raises(OutputError, match="changed after"):
        verify([staged])


def test_a_file_swapped_for_a_link_is_not_followed(tmp_path: Path) -> None:
    staged = stage(tmp_path, "a.css", b"abc")
    (tmp_path / "same").write_bytes(b"abc")
    Path(str(staged.file)).unlink()
    Path(str(staged.file)).symlink_to(tmp_path / "same")
    with pytest.raises(OutputError):
        verify([staged])


def test_unchanged_files_are_not_read(tmp_path: Path) -> None:
    known = Staged(path="a.xml", digest="0", size=1, kind=Kind.FEED, mtime_ns=0)
    verify([known], forms(SECRET))


JSON_PIECES = (
    "{",
    "}",
    "[",
    "]",
    '"',
    ",",
    ":",
    "1",
    "\\",
    "\n",
    '{"a":1}',
    '"b":',
    "é",
    "\x01",
    " ",
)
RECORDS = st.sampled_from(
    ['{"a":1}', '{"a":[{"b":null}]}', '{"a":1', '{"a":"\\n"}', "{}", "0", '{"é":"é"}']
)


@given(
    st.lists(st.sampled_from(JSON_PIECES), max_size=12).map("".join)
    | st.lists(RECORDS, max_size=5).map(lambda each: '{"x":[\n' + ",\n".join(each) + "\n]}\n"),
    st.integers(1, 9),
)
def test_json_is_judged_line_by_line_as_it_would_be_at_once(text: str, size: int) -> None:
    check = _Json()
    data = text.encode()
    for start in range(0, len(data), size):
        check.feed(data[start : start + size])
    try:
        msgspec.json.decode(data, type=msgspec.Raw)
        json.loads(text)
    except ValueError:
        assert check.close()
    else:
        assert check.close() == ""


def test_of_a_long_document_of_records_little_is_held() -> None:
    check = _Json()
    check.feed(b'{"cars":[')
    for number in range(2000):
        check.feed(b",\n" * bool(number) + b'{"text":"' + b"x" * 1000 + b'"}')
    check.feed(b"\n]}\n")
    assert len(check._rest) < 10_000
    assert check.close() == ""
