import os
from pathlib import Path

from syndicator_pricelist import PriceList

from syndicator.contract import Kit, Outcome
from syndicator.testing import (
    ExporterContract,
    bodies,
    sample_kit,
    sample_listing,
    sample_view,
)

GOLDEN = Path(__file__).parent / "golden"


class TestPriceList(ExporterContract):
    def kit(self) -> Kit:
        return sample_kit("nl", package="syndicator_pricelist")

    def make(self, kit: Kit) -> PriceList:
        return PriceList(PriceList.Options(), kit)


def price_list() -> PriceList:
    kit = sample_kit("nl", package="syndicator_pricelist")
    return PriceList(PriceList.Options(), kit)


def test_every_price_is_on_the_list() -> None:
    (page,) = bodies(price_list().export(sample_view())).values()
    assert "€\N{NO-BREAK SPACE}17.450" in page.decode()


def test_a_car_without_a_price_is_left_out_and_reported() -> None:
    view = sample_view([sample_listing(price=None)])
    (page,) = bodies(price_list().export(view)).values()
    (finding,) = price_list().audit(view)
    assert "<li>" not in page.decode()
    assert (finding.outcome, finding.source) == (Outcome.LEFT_OUT, "price")


def test_the_page_is_as_somebody_has_read_it() -> None:
    for path, body in bodies(price_list().export(sample_view())).items():
        golden = GOLDEN / path
        if "UPDATE_GOLDEN" in os.environ:
            golden.parent.mkdir(parents=True, exist_ok=True)
            golden.write_bytes(body)
        assert body.decode() == golden.read_text("utf-8")
