"""What every test may ask for."""

import logging
from collections.abc import Iterator

import pytest

from syndicator.contract import Kit
from syndicator.testing import sample_kit


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write what exporters now make into tests/golden/, to be read before it is committed",
    )


@pytest.fixture(autouse=True)
def untouched_logging() -> Iterator[None]:
    """A command sets up logging for its process, which here is that of all tests."""
    yield
    logger = logging.getLogger("syndicator")
    logger.handlers.clear()
    logger.setLevel(logging.NOTSET)


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be rewritten."""
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture
def kit() -> Kit:
    """The shipped templates and words, in Dutch."""
    return sample_kit()
