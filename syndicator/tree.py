"""The dealer tree: who belongs to whom, as the API tells it. Pure; survives cycles and gaps."""

from collections.abc import Iterable

from syndicator.models import Dealer


class Tree:
    """All dealers that are known, findable by id, by code and by parent."""

    def __init__(self, dealers: Iterable[Dealer]) -> None:
        self._dealers = {dealer.id: dealer for dealer in dealers}
        self._codes: dict[str, str] = {}
        self._children: dict[str, list[str]] = {}
        for dealer in self._dealers.values():
            if dealer.location_code:
                self._codes.setdefault(dealer.location_code.casefold(), dealer.id)
            parent_id = dealer.parent_id or (dealer.parent.id if dealer.parent else None)
            if parent_id and parent_id != dealer.id:
                self._children.setdefault(parent_id, []).append(dealer.id)

    def __contains__(self, dealer_id: str) -> bool:
        return dealer_id in self._dealers

    def __getitem__(self, dealer_id: str) -> Dealer:
        return self._dealers[dealer_id]

    @property
    def ids(self) -> tuple[str, ...]:
        """Every dealer, in id order."""
        return tuple(sorted(self._dealers))

    @property
    def codes(self) -> tuple[str, ...]:
        """Every location code as the API writes it, sorted."""
        codes = (dealer.location_code for dealer in self._dealers.values())
        return tuple(sorted(code for code in codes if code))

    @property
    def parents(self) -> tuple[str, ...]:
        """The ids that other dealers name as their parent, whether or not we may see them."""
        return tuple(sorted(self._children))

    def by_code(self, code: str) -> str | None:
        """The dealer with this location code, compared without case."""
        return self._codes.get(code.casefold())

    def family(self, parent_id: str) -> tuple[str, ...]:
        """The parent itself and all below it, at any depth, in id order."""
        found: set[str] = set()
        ahead = [parent_id]
        while ahead:
            dealer_id = ahead.pop()
            if dealer_id not in found:
                found.add(dealer_id)
                ahead += self._children.get(dealer_id, ())
        return tuple(sorted(found))

    def locations(self, parent_id: str) -> tuple[str, ...]:
        """All below the parent that we may see, without the parent, in id order."""
        return tuple(
            dealer_id
            for dealer_id in self.family(parent_id)
            if dealer_id != parent_id and dealer_id in self._dealers
        )

    def active(self, dealer_id: str) -> int | None:
        """How many listings the dealer has on offer by the API's own count."""
        stats = self._dealers[dealer_id].stats if dealer_id in self._dealers else None
        return stats.active if stats else None

    def name(self, dealer_id: str) -> str:
        """What people call the dealer; a head dealer we may not see is named by its locations."""
        if dealer_id in self._dealers:
            return self._dealers[dealer_id].name
        for child_id in self.locations(dealer_id):
            parent = self._dealers[child_id].parent
            if parent and parent.id == dealer_id:
                return parent.display_name or parent.company_name or parent.full_name or dealer_id
        return dealer_id

    def code(self, dealer_id: str) -> str | None:
        """The location code, also of a head dealer that only its locations know."""
        if dealer_id in self._dealers:
            return self._dealers[dealer_id].location_code
        for child_id in self.locations(dealer_id):
            parent = self._dealers[child_id].parent
            if parent and parent.id == dealer_id and parent.location_code:
                return parent.location_code
        return None
