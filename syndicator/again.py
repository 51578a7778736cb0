"""What is stored, rendered again as things are now: as ``build --offline`` does, for a preview.

In a fresh process each time: nothing of the last rendering is left over there, and what goes wrong
ends nothing here.
"""

from collections import Counter
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import msgspec

from syndicator import build, config, console, crew, deadlinks, demonstration, overrides
from syndicator.errors import LockedError, SyndicatorError, said
from syndicator.places import Places, templates_beside
from syndicator.plan import MARKER
from syndicator.planning import DEMO
from syndicator.summary import Summary


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What is worked on.

    ``file`` is the configuration. Where ``is_there``, it has to stay: that it cannot be found is
    no wish for the defaults.
    """

    file: Path
    output: Path
    places: Places
    is_there: bool


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a rendering; ``is_busy``: nothing, for another build is at work."""

    problem: str = ""  # in lines
    changed: int = 0  # files
    is_busy: bool = False


def apart(subject: Subject) -> Outcome:
    """:func:`rendered` in a process of its own, which ends with this one."""
    with crew.pool(1) as executor:
        try:
            outcome: Outcome = executor.submit(rendered, subject).result()
        except BrokenProcessPool:
            return Outcome(problem="the process that renders has died; is memory short?")
        return outcome


def rendered(subject: Subject) -> Outcome:
    """Render what is stored; whatever is wrong with that is the outcome."""
    console.set_up_logging(0)
    try:
        return outcome_of(build.build(order(subject), lambda *_: None))
    except LockedError:
        return Outcome(is_busy=True)
    except SyndicatorError as error:
        return Outcome(problem="\n  hint: ".join(filter(None, (error.message, error.hint))))
    except Exception as error:  # noqa: BLE001 - a bug must not end the preview
        return Outcome(problem=f"this is a bug: {said(error)}")


def outcome_of(summary: Summary) -> Outcome:
    """Feeds that could not be made, each reason once; what a guard holds was held before."""
    parts = (failure.removeprefix(DEMO).partition(": ") for failure in summary.failures)
    reasons = Counter((job.partition("@")[0], reason) for job, _, reason in parts)
    return Outcome(
        problem="\n".join(
            f"{feed}: {reason}" + (f" ({count} times)" if count > 1 else "")
            for (feed, reason), count in reasons.items()
        ),
        changed=summary.files.written + summary.files.removed,
    )


def order(subject: Subject) -> build.Request:
    """What is stored, as the configuration has it now; of a demo, the demo's own.

    Where no address is configured, the site keeps the one that it was built for.

    :raises UsageError: the configuration is wrong.
    """
    file, output = subject.file, subject.output
    demo = is_demo(output)
    loaded = _demo() if demo else config.load(file, explicit=subject.is_there)
    url = None if "url" in loaded.site.model_fields_set else deadlinks.site_url(output)
    settings = overrides.override(loaded, output=output, site_url=url)
    targets = config.wanted(settings) if settings.targets else ()
    return build.Request(
        config=settings,
        config_file=None if demo else file,
        places=msgspec.structs.replace(subject.places, demo=demo),
        targets=targets,
        configured=targets,
        templates=templates_beside(file),
    )


class _Record(msgspec.Struct):
    demo: bool = False


def is_demo(output: Path) -> bool:
    """Whether a demo stands there."""
    try:
        return msgspec.json.decode((output / MARKER).read_bytes(), type=_Record).demo
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return False


def _demo() -> config.Config:
    """As :func:`syndicator.demonstration.request` has it."""
    return config.Config(
        site=config.SiteTable(
            title=demonstration.TITLE, languages=("nl", "fr", "de", "en"), images="mirror"
        ),
        targets=(config.TargetTable(all=True),),
        searches={"electric": demonstration.SEARCH},
    )
