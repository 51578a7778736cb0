import contextlib
import http.client
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from syndicator import cli, demonstration
from syndicator.errors import UsageError
from syndicator.simulator.server import Simulator


@pytest.fixture
def staged(request: pytest.FixtureRequest) -> Iterator[Simulator]:
    settings = {"listings": 30, "dealers": 3, "seed": 1, "port": 0, "rate_limit": 0}
    with demonstration.stage(**settings | request.param) as simulator:
        yield simulator


def get(simulator: Simulator) -> tuple[int, bytes]:
    client = http.client.HTTPConnection("127.0.0.1", simulator.port, timeout=30)
    with contextlib.closing(client):
        path = f"{simulator.base_url.removeprefix(simulator.origin)}/listings?status=all"
        client.request("GET", path, headers={"X-API-Key": simulator.key})
        response = client.getresponse()
        return response.status, response.read()


@pytest.mark.parametrize(
    "staged", [{"faults": ["status=503@1", "reset@3", "cut@listings#4"]}], indirect=True
)
def test_faults_strike_on_real_connections(staged: Simulator) -> None:
    assert get(staged)[0] == 503
    assert get(staged)[0] == 200
    with pytest.raises(ConnectionResetError):
        get(staged)
    with pytest.raises(http.client.IncompleteRead):
        get(staged)
    assert len(json.loads(get(staged)[1])["data"]) > 30


@pytest.mark.parametrize("staged", [{"changes_per_minute": 600_000}], indirect=True)
def test_the_stock_changes_while_it_is_served(staged: Simulator) -> None:
    assert get(staged)[1] != get(staged)[1]


def test_a_fault_that_is_none_is_an_error_of_usage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.run(["simulate", "--port", "0", "--fault", "hang@2", "--fault", "drop@3"]) == 2
    said = capsys.readouterr().err
    assert "fault 'drop@3': unknown kind 'drop'" in said
    assert "did you mean 'drip'?" in said


def test_the_kinds_are_listed_for_whoever_guesses() -> None:
    with (
        pytest.raises(UsageError) as refused,
        demonstration.stage(listings=1, dealers=1, seed=1, faults=["xyzzy"]),
    ):
        pass
    assert refused.value.hint.startswith("one of status, revoked, html, ")
