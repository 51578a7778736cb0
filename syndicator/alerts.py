"""What is wrong, by all that ``status.json`` knows, and what of it people are told. Pure.

A problem has a key that does not move while it is the same problem, such as ``held: location
DEX-GENT`` or ``run: 6``, however its reason reads. It is told once, and once more when it is over.
"""

import shlex
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import msgspec

from syndicator.errors import KeyRefused, SourceError, Unreachable
from syndicator.status import Alert, Run, Status
from syndicator.summary import KEPT, TargetSummary

RUN, HELD, FAILED, STALE, FEED = "run", "held", "failed", "stale", "feed"
NAMED = frozenset({"location", "dealer"})  # targets that --force takes without touching others
PATIENT = tuple(f"{RUN}: {each.exit_code}" for each in (SourceError, Unreachable))
"""What mostly heals by itself, as do targets that failed."""

SAID = {
    1: "there is a bug in syndicator",
    2: "the configuration or the environment is wrong",
    3: "the API gave answers that make no sense",
    4: "a guard let nothing be published",
    5: "the API refuses the key",
    6: "the API cannot be reached",
    7: "output or state cannot be written",
}
TODO = {
    1: "run syndicator build -v and report what it says",
    3: "the next build tries again",
    4: "look, then --force what is right",
    5: "renew the key, or have its rights restored",
    6: "mostly that passes: the next build tries again",
    7: "make room, or let the user who builds write there",
}
OVER = {
    "3": "the API makes sense again",
    "5": "the key is accepted again",
    "6": "the API can be reached again",
    "7": "output and state can be written again",
}
MOST_REASON = 300  # characters of a reason, which may be a seller's words
MOST_NAME = 100  # the same of what stands before it
MOST_TEXT = 2000  # characters of a message; Discord takes no more, Slack and Mattermost do


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of news: a problem that began, or is over, in a line."""

    problem: str
    since: datetime
    line: str


class News(msgspec.Struct, frozen=True, kw_only=True):
    """All of one run."""

    begun: tuple[Told, ...] = ()
    over: tuple[Told, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.begun or self.over)


def problems(status: Status) -> dict[str, str]:
    """What is wrong after the last build: each problem by its key, in a line."""
    run, found = status.run, {}
    if is_whole_failure(run):
        found[f"{RUN}: {run.exit_code}"] = _of_run(status)
    if run.error:  # then of targets and feeds nothing new is known
        return found
    for name, target in sorted(status.targets.items()):
        if target.held_since or target.state == HELD:
            found[f"{HELD}: {name}"] = _of_held(target)
        if target.state == FAILED and not is_whole_failure(run):
            found[f"{FAILED}: {name}"] = f"{name} FAILED: {_short(target.reason)}; {KEPT}."
        if target.stale_since:
            found[f"{STALE}: {name}"] = f"{name} is STALE: last confirmed at {target.stale_since}."
    for failure in run.failures:
        job, _, reason = failure.partition(": ")
        found[f"{FEED}: {job}"] = f"feed {job} FAILED: {_short(reason)}; what is out stays."
    return found


def is_whole_failure(run: Run) -> bool:
    """Whether the run says nothing new of targets: it ended early, or nobody answered it."""
    codes = (KeyRefused.exit_code, Unreachable.exit_code)
    return bool(run.error) or run.exit_code in codes


def counted(status: Status) -> dict[str, Alert]:
    """The alerts with what the last build saw. While nothing can be known, nothing is over."""
    found, alerts = problems(status), {}
    for key in found:
        known = status.alerts.get(key, Alert(since=status.run.finished))
        alerts[key] = msgspec.structs.replace(known, builds=known.builds + 1)
    for key, known in status.alerts.items():
        if key in found:
            continue
        if is_whole_failure(status.run):
            alerts[key] = known
        elif known.is_told:
            alerts[key] = msgspec.structs.replace(known, builds=0)
    return alerts


def news(status: Status, after: int) -> News:
    """What is to be told now.

    :param status: counted.
    :param after: so many builds in a row must see what mostly heals by itself.
    """
    lines = problems(status)
    alerts = sorted(status.alerts.items())
    begun = (
        Told(problem=key, since=alert.since, line=f"Since {_when(alert.since)}: {lines[key]}")
        for key, alert in alerts
        if key in lines and not alert.is_told and alert.builds >= (after if _passes(key) else 1)
    )
    over = (
        Told(problem=key, since=alert.since, line=f"Over: {_over(key)}")
        for key, alert in alerts
        if alert.is_told and not alert.builds
    )
    return News(begun=tuple(begun), over=tuple(over))


def told(alerts: Mapping[str, Alert], delivered: News) -> dict[str, Alert]:
    """The alerts once the news have arrived."""
    begun, over = ({each.problem for each in part} for part in (delivered.begun, delivered.over))
    return {
        key: msgspec.structs.replace(alert, is_told=True) if key in begun else alert
        for key, alert in alerts.items()
        if key not in over
    }


def text(title: str, url: str, found: News, escape: Callable[[str], str] = str) -> str:
    """The news for people, a line each; as many as fit.

    :param escape: what a line must go through where the text is going to be read.
    """
    head = f"{_short(title, MOST_NAME)} ({_short(url, MOST_NAME)}):"
    lines = [head, *(each.line for each in (*found.begun, *found.over))]
    return _fitting([escape(_clean(each)) for each in lines])


def slack(line: str) -> str:
    """As Slack wants its three special characters, and so that nobody is called by ``@``.

    Mattermost, which takes the same messages, would wake a whole channel for a seller's ``@all``.
    """
    escaped = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("@", "@\N{ZERO WIDTH SPACE}")


def as_json(title: str, url: str, found: News) -> bytes:
    """The same for programs: ``text``, ``title``, ``url``, ``begun`` and ``over``."""
    facts = {"text": text(title, url, found), "title": title, "url": url}
    facts |= msgspec.to_builtins(found)
    return msgspec.json.format(msgspec.json.encode(facts), indent=2) + b"\n"


def _passes(key: str) -> bool:
    return key in PATIENT or key.startswith(f"{FAILED}: ")


def _of_run(status: Status) -> str:
    run = status.run
    failed = (each.reason for each in status.targets.values() if each.state == FAILED)
    said = SAID.get(run.exit_code, "the build failed")
    reason = _short(run.error or next(failed, "")).rstrip(".")
    hint = _short(run.hint or TODO.get(run.exit_code, "")).rstrip(".")
    what = f"{said} (exit code {run.exit_code})" + (f": {reason}" if reason else "")
    return f"{what}. What to do: {hint}." if hint else f"{what}."


def _of_held(target: TargetSummary) -> str:
    kind, _, value = target.target.partition(" ")
    whom = shlex.quote(value) if kind in NAMED else "CODE"  # of one dealer after the other
    return (
        f"{target.target} is HELD: {_short(target.reason)}; {KEPT}. "
        f"Look, then: syndicator build --force {whom}"
    )


def _over(key: str) -> str:
    kind, _, name = key.partition(": ")
    if kind == RUN:
        return OVER.get(name, f"builds no longer end with exit code {name}")
    words = {
        HELD: "{} is no longer held",
        FAILED: "{} is read again",
        STALE: "{} is up to date again",
        FEED: "feed {} is made again",
    }
    return words.get(kind, "{} is well again").format(name)


def _when(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _clean(line: str) -> str:
    """One line, without what moves a cursor or turns text around."""
    return "".join(each if each.isprintable() else " " for each in line)


def _short(words: str, most: int = MOST_REASON) -> str:
    return words if len(words) <= most else f"{words[: most - 1]}\N{HORIZONTAL ELLIPSIS}"


def _fitting(lines: Sequence[str]) -> str:
    rest = "and {} more: see status.json"
    room = MOST_TEXT - len(rest) - len(str(len(lines)))
    shown: list[str] = []
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        shown.append(line)
    left = len(lines) - len(shown)
    return "\n".join([*shown, *([rest.format(left)] if left else [])])
