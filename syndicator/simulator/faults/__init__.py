"""Faults by script: which of them, and at which requests.

::

    script     which rules cover a request, and what they do to it and to its answer
      rule       ``KIND[=VALUE][;OPTION=VALUE...][@[PATH#]WHEN]`` to a rule
        when       ``2``, ``4-6``, ``8+``, ``30%``
        kinds      every kind by name
          views      what the API shows of its stock
          pages      the envelope of a page
          records    single records of it
          answers    status, headers and bytes
          transport  how the bytes travel
            effect     what a kind is made of
"""

from syndicator.simulator.faults.effect import FaultError
from syndicator.simulator.faults.kinds import KINDS
from syndicator.simulator.faults.rule import Rule, parse
from syndicator.simulator.faults.script import Script

__all__ = ["KINDS", "FaultError", "Rule", "Script", "parse"]
