"""Where the program keeps what it must remember: ``.syndicator/`` beside the configuration.

``SYNDICATOR_STATE`` names another folder, for hosts that keep only certain ones between builds.
"""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from syndicator.dotenv import STATE
from syndicator.errors import UsageError

OURS = frozenset({"manifest.db", "state.db"})  # one of them is in every folder of ours
FIRST = frozenset({"lock"})  # what is there before
NOTHING_SET: Mapping[str, str] = {}


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """The files and folders of one site."""

    root: Path  # .syndicator/
    demo: bool = False
    photos_before: Path | None = None  # kept pictures that a dry run may read
    fragments_before: Path | None = None  # kept parts of documents, likewise

    @property
    def _own(self) -> Path:
        return self.root / "demo" if self.demo else self.root

    @property
    def state(self) -> Path:
        """What was read from the API. A demo has its own: its cars must never meet real ones."""
        return self._own / "state.db"

    @property
    def photos(self) -> Path:
        """Our copies of photographs."""
        return self._own / "photos"

    @property
    def photo_folders(self) -> tuple[Path, ...]:
        """Where a kept picture may be found."""
        return (self.photos,) if self.photos_before is None else (self.photos, self.photos_before)

    @property
    def fragments(self) -> Path:
        """Parts of documents that can be used again."""
        return self.fragments_before or self._own / "fragments.db"

    @property
    def manifest(self) -> Path:
        """What is out in each ``output/``, demo or not."""
        return self.root / "manifest.db"

    @property
    def status(self) -> Path:
        """What the last build came to, and when: all that moves with the clock."""
        return self._own / "status.json"

    @property
    def history(self) -> Path:
        """What the last runs came to, a line each."""
        return self._own / "history.jsonl"

    @property
    def lock(self) -> Path:
        """Held by the one build at a time."""
        return self.root / "lock"


def templates_beside(config: Path) -> Path | None:
    """The operator's own templates, unless they are the ones that we ship."""
    own = config.resolve().parent / "templates"
    shipped = Path(__file__).resolve().parent.parent / "templates"
    return own if own.is_dir() and own != shipped else None


def beside(config: Path, known: Mapping[str, str] = NOTHING_SET) -> Places:
    """The places that belong to a configuration file, whether or not it exists.

    :param known: our variables. What :data:`STATE` says is relative to the file, too.
    :raises UsageError: it names a folder of somebody else.
    """
    folder = config.resolve().parent
    if not known.get(STATE):
        return Places(root=folder / ".syndicator")
    root = (folder / known[STATE]).resolve()
    if reason := _objection(root):
        raise UsageError(
            f"{STATE}: {root}: {reason}", hint="name a folder for the state alone; it may be new"
        )
    return Places(root=root)


def _objection(root: Path) -> str:
    """Why the state may not be kept here: builds tidy up in that folder. Empty if it may."""
    try:
        found = {each.name for each in root.iterdir()}
    except FileNotFoundError:
        return ""
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return "" if found & OURS or found <= FIRST else "holds something else"
