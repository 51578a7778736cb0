from pathlib import Path

import pytest

from syndicator.dotenv import environment
from syndicator.errors import UsageError

KEY = "OKASIE_API_SECRET"
URL = "OKASIE_API_URL"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "syndicator.toml"


def write(config: Path, text: str | bytes) -> None:
    data = text.encode() if isinstance(text, str) else text
    (config.parent / ".env").write_bytes(data)


@pytest.mark.parametrize(
    ("line", "value"),
    [
        (f"{KEY}=abc", "abc"),
        (f"  export {KEY} = abc  ", "abc"),
        (f"{KEY}='a b # c'", "a b # c"),
        (f'{KEY}="a b # c"  # why', "a b # c"),
        (f"{KEY}=abc # why", "abc"),
        (f"{KEY}=ab#c=", "ab#c="),
        (f"\ufeff{KEY}=abc", "abc"),
        (f"{KEY}=old\r\n{KEY}=new\r\n", "new"),
    ],
)
def test_a_value_is_read_as_shells_write_it(config: Path, line: str, value: str) -> None:
    write(config, line)
    assert environment(config, {}) == {KEY: value}


@pytest.mark.parametrize("line", [f"{KEY}=", f"{KEY}= # none", f"{KEY}=''", f"# {KEY}=abc", ""])
def test_what_is_blank_or_commented_out_is_not_set(config: Path, line: str) -> None:
    write(config, line)
    assert environment(config, {}) == {}


def test_no_file_is_no_mistake(config: Path) -> None:
    assert environment(config, {}) == {}


def test_only_our_own_variables_are_read(config: Path) -> None:
    write(config, f"PATH=/tmp\nX{KEY}=a\n{KEY}_2=b\nrubbish 'line\n{URL}=https://api.example\n")
    assert environment(config, {"HOME": "/root"}) == {URL: "https://api.example"}


def test_the_real_environment_wins_unless_it_is_blank(config: Path) -> None:
    write(config, f"{KEY}=file\n{URL}=https://file.example\n")
    assert environment(config, {KEY: " real ", URL: " "}) == {
        KEY: "real",
        URL: "https://file.example",
    }


@pytest.mark.parametrize("value", ["'geheim", '"geheim', "geheim woord", "#geheim", "ge'heim"])
def test_a_line_that_cannot_be_read_is_told_without_its_value(config: Path, value: str) -> None:
    write(config, f"\n{KEY}={value}\n")
    with pytest.raises(UsageError) as caught:
        environment(config, {})
    assert caught.value.message.endswith(f".env:2: {KEY} cannot be read")
    assert "heim" not in caught.value.message + caught.value.hint


def test_a_file_that_is_not_utf_8_is_refused(config: Path) -> None:
    write(config, b"\xff\xfe" + KEY.encode("utf-16-le"))
    with pytest.raises(UsageError, match="is not UTF-8"):
        environment(config, {})
