import re
from pathlib import Path

from tests.cases import ALL, NOT_APPLICABLE

HERE = Path(__file__).parent
NAME = re.compile(r"^\s*(?:async )?def test_case_(\d+)_\w+\(", re.MULTILINE)
RUN = {
    int(number)
    for path in HERE.glob("test_*.py")
    for number in NAME.findall(path.read_text("utf-8"))
}


def test_every_numbered_case_is_run_or_has_a_reason_not_to_be() -> None:
    assert sorted(set(ALL) - RUN - NOT_APPLICABLE.keys()) == []
    assert sorted(RUN & NOT_APPLICABLE.keys()) == []
    assert RUN | NOT_APPLICABLE.keys() == set(ALL)


def test_few_cases_do_not_apply() -> None:
    assert len(NOT_APPLICABLE) <= 12
    assert all(NOT_APPLICABLE.values())
