import logging
import pickle
from collections.abc import Iterator

import pytest

from syndicator.errors import UsageError
from syndicator.webhook import Webhook
from tests.receiver import PATH, Receiver, receiving
from tests.wired import closed_port

SECRET = "https://hooks.slack.example/services/T0/B0/canary-hook-91ab"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def test_a_text_arrives_as_slack_wants_it(receiver: Receiver) -> None:
    assert receiver.webhook.post("één\ntwee") == ""
    assert receiver.texts == ["één\ntwee"]
    ((method, path, headers),) = receiver.attempts
    assert (method, path) == ("POST", PATH)
    assert headers["Content-Type"] == "application/json"
    assert headers["User-Agent"].startswith("syndicator/")


@pytest.mark.parametrize("status", [301, 307, 400, 404, 500])
def test_anything_but_a_success_is_told_by_its_number(receiver: Receiver, status: int) -> None:
    receiver.status = status
    assert receiver.webhook.post("x") == f"status {status}"


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    with receiving() as other:
        receiver.status, receiver.location = 307, other.address
        assert receiver.webhook.post("x") == "status 307"
        assert other.attempts == []


def test_where_nobody_listens_the_reason_names_no_address() -> None:
    port = closed_port()
    assert Webhook(f"http://127.0.0.1:{port}{PATH}").post("x") == "ConnectError"


def test_a_name_that_cannot_be_one_is_no_exception() -> None:
    assert Webhook(f"https://{'a' * 70}.example{PATH}").post("x").endswith("Error")


@pytest.mark.parametrize(
    "address",
    [
        "http://hooks.slack.example/canary-hook-91ab",
        "ftp://127.0.0.1/canary-hook-91ab",
        "https:///canary-hook-91ab",
        "https://hooks.example:port/canary-hook-91ab",
        "https://hooks.example/canary hook-91ab",
        "https://hooks.example/canary\thook-91ab",
        "https://[canary-hook-91ab/",
        "canary-hook-91ab",
        "https://höoks.example/canary-hook-91ab",
    ],
)
def test_what_is_no_safe_address_is_refused_unseen(address: str) -> None:
    with pytest.raises(UsageError) as caught:
        Webhook(address)
    assert caught.value.message == "SYNDICATOR_WEBHOOK is no https address"
    assert "canary" not in repr(caught.value) + caught.value.hint
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    "address", [SECRET, "http://localhost:1/x", "http://[::1]:1/x", "https://10.0.0.7/hook"]
)
def test_https_anywhere_and_loopback_may_be_told(address: str) -> None:
    assert repr(Webhook(address)) == "Webhook([address])"


def test_nothing_that_is_set_is_no_webhook() -> None:
    assert Webhook.from_environment({}) is None
    assert Webhook.from_environment({"SYNDICATOR_WEBHOOK": SECRET}) is not None


def test_the_address_is_never_shown(receiver: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    webhook = Webhook(SECRET)
    shown = [repr(webhook), str(webhook), f"{webhook}", f"{webhook!r:>99}", repr([webhook])]
    assert receiver.webhook.post("x") == ""
    with pytest.raises(TypeError, match="not written down"):
        pickle.dumps(webhook)
    assert "canary" not in "".join(shown) + caplog.text
