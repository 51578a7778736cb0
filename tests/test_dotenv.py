import os
from pathlib import Path

import pytest

from syndicator.dotenv import NAMES, environment, withheld
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


def test_all_our_variables_may_stand_in_the_file(config: Path) -> None:
    write(config, "".join(f"{name}=x{number}\n" for number, name in enumerate(NAMES)))
    assert environment(config, {}) == {name: f"x{number}" for number, name in enumerate(NAMES)}
    assert set(NAMES) >= {"SYNDICATOR_STATE", "SYNDICATOR_WEBHOOK"}


def test_secrets_are_not_inherited_and_stand_there_again_afterwards() -> None:
    environ = {KEY: "key", "SYNDICATOR_WEBHOOK": "hook", "SYNDICATOR_STATE": "x", "PATH": "/bin"}
    before = dict(environ)
    with withheld(environ) as whole:
        assert whole == before
        assert environ == {"SYNDICATOR_STATE": "x", "PATH": "/bin"}
    assert environ == before
    with withheld({}) as whole:
        assert whole == {}


@pytest.mark.skipif(os.name != "posix", reason="asks for rights as POSIX has them")
@pytest.mark.parametrize(
    ("name", "what"), [(KEY, "the key"), ("SYNDICATOR_WEBHOOK", "the webhook's address")]
)
def test_a_secret_that_everybody_can_read_is_told(
    config: Path, caplog: pytest.LogCaptureFixture, name: str, what: str
) -> None:
    write(config, f"{name}=canary\n")
    (config.parent / ".env").chmod(0o644)
    environment(config, {})
    assert f"every user of this machine can read {what}: chmod 600 it" in caplog.text
    assert "canary" not in caplog.text
