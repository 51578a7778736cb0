"""Conversions at the last moment; everything before is metric. Pure."""

from decimal import ROUND_HALF_UP, Decimal

KW_PER_METRIC_HORSEPOWER = Decimal("0.73549875")  # 75 kgf m/s: pk, ch and PS alike


def whole(number: Decimal) -> int:
    """The nearest whole number, a half upwards."""
    return int(number.to_integral_value(ROUND_HALF_UP))


def metric_horsepower(kilowatt: Decimal) -> int:
    """Whole pk (ch, PS) for kW."""
    return whole(kilowatt / KW_PER_METRIC_HORSEPOWER)


def plain(number: Decimal) -> str:
    """The shortest exact decimal, without an exponent: ``5.30`` is ``5.3``, ``81.0`` is ``81``."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
