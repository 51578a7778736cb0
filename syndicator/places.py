"""Where the program keeps what it must remember: ``.syndicator/`` beside the configuration."""

from pathlib import Path

import msgspec


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
    def lock(self) -> Path:
        """Held by the one build at a time."""
        return self.root / "lock"


def templates_beside(config: Path) -> Path | None:
    """The operator's own templates, unless they are the ones that we ship."""
    own = config.resolve().parent / "templates"
    shipped = Path(__file__).resolve().parent.parent / "templates"
    return own if own.is_dir() and own != shipped else None


def beside(config: Path) -> Places:
    """The places that belong to a configuration file, whether or not it exists."""
    return Places(root=config.resolve().parent / ".syndicator")
