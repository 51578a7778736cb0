"""For authors of exporters: sample data, and the contract that every exporter keeps.

::

    class TestAcme(ExporterContract):
        def make(self, kit: Kit) -> Acme:
            return Acme(Acme.Options(), kit)
"""

from syndicator.testing.contract import ExporterContract, bodies
from syndicator.testing.kit import sample_kit
from syndicator.testing.samples import (
    DEALER_ID,
    PARENT_ID,
    sample_dealer,
    sample_listing,
    sample_view,
)
from syndicator.testing.stock import LargeStock, sample_views

__all__ = [
    "DEALER_ID",
    "PARENT_ID",
    "ExporterContract",
    "LargeStock",
    "bodies",
    "sample_dealer",
    "sample_kit",
    "sample_listing",
    "sample_view",
    "sample_views",
]
