import base64
import copy
import pickle
from urllib.parse import quote

import pytest

from syndicator.errors import UsageError
from syndicator.source.secret import Secret

KEY = "sk_partner_canary/+%=?"


def test_nothing_but_reveal_shows_the_key() -> None:
    secret = Secret(f"  {KEY}\n")
    shown = [str(secret), repr(secret), f"{secret}", f"{secret:>99}", f"{secret!r}", f"{[secret]}"]
    assert not any(KEY in each for each in shown)
    assert secret.reveal() == KEY


def test_a_key_is_never_written_down() -> None:
    for write in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            write(Secret(KEY))


def test_every_form_of_the_key_is_redacted() -> None:
    secret = Secret(KEY)
    forms = [
        KEY,
        f"Bearer {KEY}",
        KEY.upper(),
        quote(KEY, safe=""),
        base64.b64encode(KEY.encode()).decode(),
        base64.urlsafe_b64encode(KEY.encode()).decode(),
        base64.b64encode(f"Bearer {KEY}".encode()).decode(),
    ]
    for form in forms:
        text = secret.redact(f"before {form} after")
        assert form not in text
        assert text.startswith("before ")
        assert text.endswith(" after")


@pytest.mark.parametrize(
    "bad", ["", " \n", "two words", "tab\tbed", "nul\x00", "clé", "'abc'", '"abc"']
)
def test_what_cannot_be_a_key_is_refused_without_showing_it(bad: str) -> None:
    with pytest.raises(UsageError) as caught:
        Secret(bad)
    assert caught.value.exit_code == 2
    assert not bad.strip() or bad.strip() not in caught.value.message + caught.value.hint


def test_the_environment_names_the_key() -> None:
    assert Secret.from_environment({"OKASIE_API_SECRET": KEY}).reveal() == KEY
    for environ in ({}, {"OKASIE_API_SECRET": ""}):
        with pytest.raises(UsageError) as caught:
            Secret.from_environment(environ)
        assert "OKASIE_API_SECRET" in caught.value.hint
