import json
import re
import shlex
from typing import Any

import pytest

from syndicator import errors
from syndicator.offers import available
from syndicator.testing import sample_kit, sample_view
from tests.readme import COMMANDS, README, block, generated, reference

TEXT = README.read_text("utf-8")


def test_help_in_the_readme_is_what_the_commands_print() -> None:
    assert generated(TEXT) == TEXT


def test_the_page_of_commands_is_what_they_and_the_simulator_say() -> None:
    text = COMMANDS.read_text("utf-8")
    assert reference(text) == text


def test_each_exporter_is_in_the_readme() -> None:
    ours = {name for name, offer in available().items() if offer.distribution == "syndicator"}
    assert set(re.findall(r"^\| `(\w+)` \|", TEXT, re.MULTILINE)) == ours


def test_each_exit_code_is_in_the_readme() -> None:
    kinds = [errors.SyndicatorError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    codes = {str(kind.exit_code) for kind in kinds} | {"0", "130", "143"}
    told = re.findall(r"^\| ([\d, ]+) \|", TEXT, re.MULTILINE)
    assert {code for cell in told for code in cell.split(", ")} == codes


@pytest.mark.parametrize("name", ["demo", "tests"])
def test_the_two_commands_are_one_line_each(name: str) -> None:
    (line,) = block("run", name).splitlines()
    assert shlex.split(line)[0] == "python3"


def test_the_exporter_of_the_readme_works_and_keeps_the_contract() -> None:
    found: dict[str, Any] = {}
    exec(block("python", "exporter") + block("python", "contract"), found)
    exporter = found["PriceList"](found["PriceList"].Options(), sample_kit())
    (artefact,) = exporter.export(sample_view())
    (data,) = artefact.chunks
    assert list(json.loads(data).values()) == ["17450.00"]
    suite = found["TestPriceList"]()
    checks = [name for name in dir(suite) if name.startswith("test_")]
    assert len(checks) > 5
    for name in checks:
        getattr(suite, name)()
