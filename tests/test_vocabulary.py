from collections.abc import Mapping
from enum import StrEnum

import pytest

from syndicator.models import Body, Co2Cycle, Drive, FeatureCategory, Fuel, Transmission, VatRegime
from syndicator.source import vocabulary

TABLES = {
    name: each for name, each in vars(vocabulary).items() if name.isupper() and name[0] != "_"
}

DOCUMENTED = {  # each value that the API names, and what it is to us
    "STATUS": {word: word for word in ("active", "pending", "sold", "draft")},
    "FUEL": {each.value: each for each in Fuel},
    "TRANSMISSION": {each.value: each for each in Transmission},
    "BODY": {each.value: each for each in Body},
    "DRIVE": {
        "FWD": Drive.FWD,
        "RWD": Drive.RWD,
        "AWD": Drive.AWD,
        "4WD": Drive.FOUR_WD,
        "4x4": Drive.FOUR_WD,
    },
    "VAT_REGIME": {"margin": VatRegime.MARGIN, "btw": VatRegime.DEDUCTIBLE},
    "CO2_CYCLE": {"WLTP": Co2Cycle.WLTP, "NEDC": Co2Cycle.NEDC},
    "FEATURE_CATEGORY": {each.value: each for each in FeatureCategory},
}


def test_every_table_is_held_against_the_documents() -> None:
    assert TABLES.keys() == DOCUMENTED.keys()


@pytest.mark.parametrize(
    ("name", "word"), [(name, word) for name, words in DOCUMENTED.items() for word in words]
)
def test_every_documented_word_is_known_in_any_case(name: str, word: str) -> None:
    for spelled in (word, word.upper(), word.lower()):
        assert TABLES[name][vocabulary.key(spelled)] == DOCUMENTED[name][word]


@pytest.mark.parametrize("name", DOCUMENTED)
def test_every_table_can_say_other_and_is_asked_by_its_own_keys(name: str) -> None:
    assert TABLES[name]["other"].value == "other"
    assert all(vocabulary.key(word) == word for word in TABLES[name])


@pytest.mark.parametrize(
    ("table", "word", "member"),
    [
        (vocabulary.TRANSMISSION, "semi_automatic", Transmission.SEMI_AUTOMATIC),
        (vocabulary.TRANSMISSION, " Semi  Automatic ", Transmission.SEMI_AUTOMATIC),
        (vocabulary.FUEL, "Benzine", Fuel.PETROL),
        (vocabulary.BODY, "Coupé", Body.COUPE),
        (vocabulary.VAT_REGIME, "BTW-aftrekbaar", VatRegime.DEDUCTIBLE),
    ],
)
def test_spelling_makes_no_difference(
    table: Mapping[str, StrEnum], word: str, member: StrEnum
) -> None:
    assert table[vocabulary.key(word)] is member
