from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicator.units import KW_PER_METRIC_HORSEPOWER, metric_horsepower, plain, whole


@pytest.mark.parametrize(
    ("kilowatt", "horsepower"),
    [("81", 110), ("110", 150), ("85", 116), ("55", 75), ("80.9", 110), ("0", 0), ("1", 1)],
)
def test_kilowatts_become_metric_horsepower(kilowatt: str, horsepower: int) -> None:
    assert metric_horsepower(Decimal(kilowatt)) == horsepower


@given(st.integers(min_value=0, max_value=3000))
def test_horsepower_comes_back_within_rounding(kilowatt: int) -> None:
    back = metric_horsepower(Decimal(kilowatt)) * KW_PER_METRIC_HORSEPOWER
    assert abs(back - kilowatt) <= KW_PER_METRIC_HORSEPOWER / 2


@pytest.mark.parametrize(
    ("number", "nearest"), [("80.4", 80), ("80.5", 81), ("81.5", 82), ("81", 81)]
)
def test_a_half_goes_up(number: str, nearest: int) -> None:
    assert whole(Decimal(number)) == nearest


@pytest.mark.parametrize(
    ("number", "text"),
    [("5.30", "5.3"), ("81.0", "81"), ("100", "100"), ("1E+3", "1000"), ("0.0", "0")],
)
def test_a_plain_number_has_no_exponent_and_no_idle_noughts(number: str, text: str) -> None:
    assert plain(Decimal(number)) == text


@given(st.decimals(min_value=-1_000_000, max_value=1_000_000, places=4))
def test_a_plain_number_is_exact(number: Decimal) -> None:
    assert Decimal(plain(number)) == number
