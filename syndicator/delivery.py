"""Takes a message to where the operator wants it: to a command, to a webhook, or to both."""

import os
import subprocess
from collections.abc import Iterator, Sequence

import msgspec

from syndicator.dotenv import withheld
from syndicator.errors import said
from syndicator.webhook import Webhook

SECONDS = 30.0  # for the command


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a message: whether anybody has it, and in words what went wrong."""

    arrived: bool
    troubles: tuple[str, ...] = ()


def deliver(
    data: bytes, text: str, *, command: Sequence[str] = (), webhook: Webhook | None = None
) -> Delivery:
    """Send the same message every way that there is.

    :param data: for the command, on its standard input.
    :param text: for the webhook.
    """
    outcomes = list(_outcomes(data, text, command, webhook))
    return Delivery(
        arrived="" in outcomes,
        troubles=tuple(f"an alert did not arrive: {each}" for each in outcomes if each),
    )


def _outcomes(
    data: bytes, text: str, command: Sequence[str], webhook: Webhook | None
) -> Iterator[str]:
    """For each way why it failed; empty if it did not."""
    if command:
        reason = _run(command, data)
        yield reason and f"command {command[0]}: {reason}"
    if webhook:
        reason = webhook.post(text)
        yield reason and f"webhook: {reason}"


def _run(command: Sequence[str], data: bytes) -> str:
    """Run a command of the configuration, which is trusted; it inherits no secret of ours."""
    try:
        with withheld(os.environ):
            done = subprocess.run(  # noqa: S603 - as told
                command, input=data, stdout=subprocess.DEVNULL, timeout=SECONDS, check=False
            )
    except subprocess.TimeoutExpired:
        return f"took more than {SECONDS:.0f} s"
    except (OSError, ValueError) as error:
        return said(error)
    return f"ended with exit code {done.returncode}" if done.returncode else ""
