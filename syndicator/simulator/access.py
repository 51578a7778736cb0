"""Who may see what: partners, their scopes and the profiles they were given."""

from collections.abc import Mapping
from typing import Any

import msgspec

from syndicator.simulator.dealers import Dealer

Json = dict[str, Any]

READ_LISTINGS = "read:listings"
READ_LOCATIONS = "read:locations"


class Partner(msgspec.Struct, frozen=True, kw_only=True):
    """The holder of a key. ``roots`` are profile ids; ``None`` is global access."""

    id: str = "prt-demo-01"
    name: str = "Voorbeeld Partner"
    scopes: frozenset[str] = frozenset({READ_LISTINGS, READ_LOCATIONS})
    roots: tuple[str, ...] | None = None

    def visible(self, dealers: Mapping[str, Dealer]) -> tuple[str, ...]:
        """The profiles in scope, in the order of the stock: the roots and their children."""
        if self.roots is None:
            return tuple(dealers)
        return tuple(
            identity
            for identity, dealer in dealers.items()
            if identity in self.roots or dealer.profile["parentId"] in self.roots
        )

    def described(self, dealers: Mapping[str, Dealer]) -> Json:
        """``meta.partner``."""
        restricted = self.roots is not None
        roots = [root for root in self.roots or () if root in dealers]
        return {
            "id": self.id,
            "name": self.name,
            "source": "simulator",
            "access": {
                "scope": "restricted" if restricted else "global",
                "rootProfileIds": roots if restricted else None,
                "profileIds": list(self.visible(dealers)) if restricted else None,
            },
        }
