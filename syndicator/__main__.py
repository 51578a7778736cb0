"""``python -m syndicator`` is the same command as ``syndicator``."""

from syndicator.cli import main

if __name__ == "__main__":
    main()
