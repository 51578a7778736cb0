"""Every kind of fault by its name."""

from types import MappingProxyType

from syndicator.simulator.faults import answers, pages, records, transport, views

KINDS = MappingProxyType(
    answers.KINDS | transport.KINDS | pages.KINDS | records.KINDS | views.KINDS
)
