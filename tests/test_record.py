import json
from pathlib import Path

import pytest

from syndicator.catalogue import Catalogue
from syndicator.models import Showroom
from syndicator.record import build_record, digest, holds_real_site
from syndicator.store import Store
from syndicator.testing import sample_listing

ROOM = Showroom(slug="gent", name="Gent", dealer_ids=("d-1",))


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    with Store.open(tmp_path / "state.db") as store:
        store.apply([(sample_listing(dealer_id="d-1"), b"{}")])
    return Catalogue(tmp_path / "state.db")


def test_the_record_says_what_is_out(catalogue: Catalogue) -> None:
    with catalogue:
        made = build_record([ROOM], catalogue, {"a": "1", "build.json": "old"}, demo=False)
        again = build_record([ROOM], catalogue, {"a": "1", "build.json": "older"}, demo=False)
    data = b"".join(made.chunks)
    facts = json.loads(data)
    assert data == b"".join(again.chunks)
    assert (facts["files"], facts["digest"]) == (1, digest({"a": "1"}))
    assert facts["targets"][0]["listings"] == 1
    assert facts["targets"][0]["as_of"].endswith("Z")


def test_the_digest_minds_paths_and_bytes_and_no_order() -> None:
    assert digest({"a": "1", "b": "2"}) == digest({"b": "2", "a": "1"})
    assert len({digest({"a": "1"}), digest({"b": "1"}), digest({"a": "2"}), digest({})}) == 4


@pytest.mark.parametrize(
    ("text", "is_real"),
    [
        ('{"generator": "syndicator"}', True),
        ('{"generator": "syndicator", "demo": true}', False),
        ('{"generator": "other"}', False),
        ("[]", False),
        ("", False),
        ("\udcff", False),
    ],
)
def test_a_real_site_is_known_by_its_record(tmp_path: Path, text: str, *, is_real: bool) -> None:
    assert not holds_real_site(tmp_path)
    (tmp_path / "build.json").write_bytes(text.encode(errors="surrogateescape"))
    assert holds_real_site(tmp_path) is is_real
