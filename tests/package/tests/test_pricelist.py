from syndicator_pricelist import PriceList

from syndicator.contract import Kit
from syndicator.testing import ExporterContract, bodies, sample_kit, sample_view


class TestPriceList(ExporterContract):
    def kit(self) -> Kit:
        return sample_kit("nl", package="syndicator_pricelist")

    def make(self, kit: Kit) -> PriceList:
        return PriceList(PriceList.Options(), kit)


def test_every_price_is_on_the_list() -> None:
    kit = sample_kit("nl", package="syndicator_pricelist")
    (page,) = bodies(PriceList(PriceList.Options(), kit).export(sample_view())).values()
    assert "€\N{NO-BREAK SPACE}17.450" in page.decode()
