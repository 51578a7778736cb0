"""What every test may ask for."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from syndicator.contract import Kit
from syndicator.testing import sample_kit
from tests.meddling import Meddled
from tests.wired import Wired

# How long an example takes says how busy the machine is, no more. The same examples each time, so
# that a change is judged by what it changes; --hypothesis-profile search looks for new ones.
CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("search", CALM)
settings.register_profile("calm", CALM, derandomize=True, database=None)
settings.load_profile("calm")


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


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten listings to a page, so that sixty are worth more than one look."""
    monkeypatch.setattr("syndicator.walk.PAGE_SIZE", 10)
    monkeypatch.setattr("syndicator.crawls.PAGE", 10)


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Meddled]:
    """A world in which nothing was built yet."""
    world = Meddled(tmp_path)
    yield world
    assert world.refused == 0


@pytest.fixture
def wired(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Wired:
    """The command itself, on real sockets."""
    return Wired(tmp_path, monkeypatch, capsys)
